"""A clock that jumps by years, back and forth: nothing in the course believes it."""

import hashlib
import itertools
import os
import time

import nbformat
import pytest
import trainings

from course_lib.data import files
from course_lib.data.files import obtain
from course_lib.grading import classroom, find_submissions, grade, grade_class
from course_lib.grading.report import Question, Report
from tools import build, convert

YEAR = 365 * 86400


@pytest.fixture
def jumping(monkeypatch):
    """Every look at the clock finds another decade."""
    now, jumps = time.time(), itertools.cycle([0, 10 * YEAR, -10 * YEAR, YEAR])
    monkeypatch.setattr(time, "time", lambda: now + next(jumps))
    monkeypatch.setattr(time, "time_ns", lambda: int(1e9 * (now + next(jumps))))


def test_a_download_and_its_note_do_not_mind(jumping, published, server, tmp_path, monkeypatch):
    hashed = []
    file_md5 = files.file_md5
    monkeypatch.setattr(files, "file_md5", lambda path: hashed.append(path) or file_md5(path))
    path = obtain(published, tmp_path, download=True)
    obtain(published, tmp_path)
    assert len(hashed) == 1
    for when in (time.time() + 10 * YEAR, 0):  # a file from the future, and one from 1970
        os.utime(path, (when, when))
        obtain(published, tmp_path)
        obtain(published, tmp_path)
    assert len(hashed) == 3  # once for each new time of change
    assert hashlib.md5(path.read_bytes()).hexdigest() == published.md5


def test_a_training_gives_the_same_weights(jumping, tmp_path, monkeypatch):
    trainings.classes(tmp_path / "jumping")
    monkeypatch.undo()
    trainings.classes(tmp_path / "steady")
    assert (tmp_path / "jumping" / "weights.bin").read_bytes() == (tmp_path / "steady" / "weights.bin").read_bytes()


def test_a_submission_is_graded_within_its_limits(jumping, solution, hand_in):
    path = hand_in(ann="return x + x") / "ann.ipynb"
    assert grade(path, solution, time_limit=100, cell_limit=50).total == 1


def test_a_class_is_graded_again_by_content_and_not_by_time(jumping, solution, hand_in, tmp_path, monkeypatch):
    graded = []
    report = Report((Question("double", 1, 1),))
    monkeypatch.setattr(classroom, "grade", lambda path, *_, **more: graded.append(path.stem) or report)
    folder = hand_in(ann="return x + x", bob="return 2 * x")
    grade_class(find_submissions(folder, "toy"), solution, tmp_path / "out")
    os.utime(folder / "ann.ipynb", (2e9, 2e9))  # as if it were newer: it is not
    hand_in(bob="return x * 2")
    os.utime(folder / "bob.ipynb", (0, 0))  # as if it were older: it has changed
    grade_class(find_submissions(folder, "toy"), solution, tmp_path / "out")
    assert sorted(graded) == ["ann", "bob", "bob"]


def test_a_built_notebook_is_current_by_content_and_not_by_time(jumping, toy, tmp_path):
    (tmp_path / "solutions").mkdir()
    source = tmp_path / "solutions" / "01_toy.py"
    source.write_text(toy)
    for target in build.targets(tmp_path):
        target.path.parent.mkdir(exist_ok=True)
        target.path.write_text(convert.to_text(nbformat.from_dict(target.unexecuted())))
    for when in (0, 2e9):
        os.utime(source, (when, when))
        assert build.check(tmp_path) == []
