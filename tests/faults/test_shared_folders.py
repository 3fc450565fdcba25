"""Two processes at work in one folder at the same time: both end well, and the files are those of one."""

import hashlib
import os

import pytest
import trainings
import tried
import writers
from killing import NIGHTLY, files, start, undisturbed

from course_lib.grading import grade

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a fork server, to start two at the same moment")
ROUNDS = 5 if NIGHTLY else 2


def together(program, tmp_path, *arguments, own=()):
    """Run it once alone, then in pairs; `own` are endings of files that differ from run to run."""
    undisturbed(program, tmp_path / "alone", arguments)
    expected = files(tmp_path / "alone")
    for number in range(ROUNDS):
        folder = tmp_path / f"pair-{number}"
        tried.once()
        pair = [start(program, folder, arguments) for _ in range(2)]
        for process in pair:
            process.join()
        assert [process.exitcode for process in pair] == [0, 0]
        came = files(folder)
        assert len(came) == len(expected)  # nothing half-written lies about
        different = [name for name, content in came.items() if expected.get(name) != content]
        assert not [name for name in different if not name.endswith(own)]


def test_one_download(server, tmp_path):
    together(writers.bring, tmp_path, server.url, hashlib.md5(server.content).hexdigest())


def test_one_cache_of_unpacked_arrays(tmp_path):
    (tmp_path / "set.npz").write_bytes(writers.archive())
    together(writers.unpack, tmp_path, tmp_path / "set.npz", own=(".json",))  # the note names the folder


def test_one_checkpoint_of_a_training(tmp_path):
    together(trainings.classes, tmp_path, own=(".checkpoint",))  # it tells seconds


def test_one_checkpoint_of_a_map(tmp_path):
    together(trainings.map_of_cells, tmp_path, own=(".checkpoint",))


def test_one_table_of_trainings(tmp_path):
    together(trainings.curves, tmp_path)


def test_one_folder_of_notebooks(tmp_path, toy):
    together(writers.build, tmp_path, toy)


def test_one_class(tmp_path, solution, hand_in):
    folder = hand_in(ann="return x + x", bob="return 2")
    reports = {path.stem: grade(path, solution) for path in sorted(folder.iterdir())}
    together(writers.grade, tmp_path, folder, solution, reports)
