import socket
import subprocess
import sys
import time

import pytest

from course_lib.data.download import CHUNK, DownloadError, file_md5, transfer

FETCH = """
import sys
from pathlib import Path
from course_lib.data.download import transfer
transfer(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
"""
QUICK = {"stalled_after": 0.3, "pause": 0.01}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data" / "file.npz"


def names(place):
    return sorted(path.name for path in place.parent.iterdir() if not path.name.endswith(".lock"))


def test_a_file_arrives_whole_and_nothing_else_is_left(server, place):
    assert transfer(server.url, place, server.md5, **QUICK) == place
    assert place.read_bytes() == server.content
    assert names(place) == ["file.npz"]
    assert server.ranges == [None]


def test_a_file_that_is_there_is_not_fetched_again(server, place):
    transfer(server.url, place, server.md5)
    transfer(server.url, place, server.md5)
    assert len(server.ranges) == 1


def test_a_transfer_that_is_cut_is_resumed_where_it_stopped(server, place):
    server.script = ["truncate"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert server.ranges == [None, f"bytes={len(server.content) // 2}-"]
    assert server.sent == len(server.content)  # no byte came twice


def test_a_transfer_that_stalls_is_resumed_near_where_it_stopped(server, place):
    server.script = ["stall"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert len(server.ranges) == 2
    resumed_at = int(server.ranges[1].removeprefix("bytes=").rstrip("-"))
    assert len(server.content) // 2 - CHUNK <= resumed_at <= len(server.content) // 2


def test_a_later_process_resumes_what_an_earlier_one_left(server, place):
    server.script = ["truncate", "500", "500", "500"]
    with pytest.raises(DownloadError, match="500"):
        transfer(server.url, place, server.md5, **QUICK)
    assert names(place) == ["file.npz.part"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert server.ranges[-1] == f"bytes={len(server.content) // 2}-"
    assert server.sent == len(server.content)


def test_a_killed_process_leaves_nothing_under_the_final_name_and_its_part_is_resumed(server, place):
    server.script = ["stall"]
    process = subprocess.Popen([sys.executable, "-c", FETCH, server.url, str(place), server.md5])
    part = place.with_name("file.npz.part")
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size > 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert names(place) == ["file.npz.part"]
    left = part.stat().st_size
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert server.ranges[-1] == f"bytes={left}-"


def test_a_server_that_cannot_resume_sends_all_of_it_again(server, place):
    server.script = ["truncate", "no range"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content


def test_a_server_that_cannot_resume_and_always_breaks_off_is_given_up(server, place):
    server.script = ["truncate, no range"] * 9
    with pytest.raises(DownloadError, match="cut"):
        transfer(server.url, place, server.md5, **QUICK)
    assert len(server.ranges) == 3
    assert names(place) == ["file.npz.part"]


def test_progress_made_resets_the_count_of_failures(server, place):
    server.script = ["truncate"] * 6  # more than the attempts allowed, but each gets further
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert len(server.ranges) == 7


def test_a_silent_server_is_given_up_after_the_allowed_attempts(server, place):
    server.script = ["silent"] * 9
    with pytest.raises(DownloadError, match=r"^no answer from 127\.0\.0\.1:\d+ for 0\.1 s$"):
        transfer(server.url, place, server.md5, stalled_after=0.1, attempts=2, pause=0.01)
    assert len(server.ranges) == 2
    assert not place.exists()


def test_a_corrupt_file_is_thrown_away_and_both_checksums_are_named(server, place):
    server.script = ["corrupt"]
    with pytest.raises(DownloadError, match=f"has MD5 [0-9a-f]{{32}}, not {server.md5}"):
        transfer(server.url, place, server.md5, **QUICK)
    assert names(place) == []


def test_a_wrong_piece_from_an_earlier_run_is_thrown_away_and_the_file_fetched_afresh(server, place):
    place.parent.mkdir()
    place.with_name("file.npz.part").write_bytes(b"something else")
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert server.ranges == ["bytes=14-", None]


def test_a_complete_piece_that_was_only_not_renamed_is_used(server, place):
    place.parent.mkdir()
    place.with_name("file.npz.part").write_bytes(server.content)
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert server.sent == 0


def test_a_piece_longer_than_the_file_is_thrown_away(server, place):
    place.parent.mkdir()
    place.with_name("file.npz.part").write_bytes(server.content + b"more")
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content


def test_a_passing_server_error_is_tried_again(server, place):
    server.script = ["500", "503"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content
    assert len(server.ranges) == 3


@pytest.mark.parametrize("status", ["403", "404"])
def test_a_refusal_is_not_tried_again(server, place, status):
    server.script = [status]
    with pytest.raises(DownloadError, match=status):
        transfer(server.url, place, server.md5, **QUICK)
    assert len(server.ranges) == 1
    assert names(place) == []


def test_a_refused_connection_is_said_in_a_few_words(place, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/file.npz"
        with pytest.raises(DownloadError, match=r"^no connection to 127\.0\.0\.1:\d+, or it was cut$"):
            transfer(url, place, "0" * 32, **QUICK)
    assert names(place) == []


def test_a_gz_file_stays_as_sent_even_where_the_server_calls_that_an_encoding(server, place):
    server.script = ["gzip label"]
    transfer(server.url, place, server.md5, **QUICK)
    assert place.read_bytes() == server.content


def test_the_bar_counts_every_byte_once_and_starts_where_the_part_ended(server, place):
    seen = []

    class Bar:
        def __init__(self, **options):
            self.options, self.count, self.closed = options, 0, False
            seen.append(self)

        def update(self, count):
            self.count += count

        def close(self):
            self.closed = True

    server.script = ["truncate"]
    transfer(server.url, place, server.md5, progress=Bar, **QUICK)
    size = len(server.content)
    assert [bar.options["initial"] for bar in seen] == [0, size // 2]
    assert [bar.options["total"] for bar in seen] == [size, size]
    assert [bar.options["desc"] for bar in seen] == ["file.npz"] * 2
    assert sum(bar.count for bar in seen) == size
    assert all(bar.closed for bar in seen)


def test_two_processes_that_want_the_same_file_take_turns(server, place):
    command = [sys.executable, "-c", FETCH, server.url, str(place), server.md5]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert place.read_bytes() == server.content
    assert len(server.ranges) == 1


def test_a_disk_that_is_too_full_is_said_before_anything_is_written(server, place, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10}))
    with pytest.raises(DownloadError, match="GB are to come"):
        transfer(server.url, place, server.md5, **QUICK)
    assert names(place) == []


def test_the_checksum_is_md5(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    assert file_md5(tmp_path / "empty") == "d41d8cd98f00b204e9800998ecf8427e"
