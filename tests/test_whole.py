import os

import pytest

from course_lib.whole import whole


def test_the_new_file_takes_the_name_when_it_is_done(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    for content in ("one", "two"):
        with whole(path) as beside:
            beside.write_text(content)
            assert beside != path and beside.parent == path.parent
        assert path.read_text() == content and list(path.parent.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_and_what_somebody_is_writing_is_not(tmp_path):
    path = tmp_path / "file.txt"
    path.with_name("file.txt.1-00ff00ff.partial").write_text("left behind")
    path.with_name("other.txt.1-00ff00ff.partial").write_text("somebody else's")
    with whole(path) as first:
        first.write_text("first")
        with whole(path) as second:
            second.write_text("second")
            assert first.exists() and first != second and str(os.getpid()) in first.name
        assert path.read_text() == "second"
    assert path.read_text() == "first"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.txt", "other.txt.1-00ff00ff.partial"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_old_file_stays_where_writing_fails(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(error), whole(path) as beside:
        beside.write_text("half")
        raise error
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_block_that_writes_nothing_is_an_error_and_leaves_no_file(tmp_path):
    with pytest.raises(FileNotFoundError), whole(tmp_path / "file.txt"):
        pass
    assert list(tmp_path.iterdir()) == []
