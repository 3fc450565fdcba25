"""Folders that may not be written to, and accounts without a home: one sentence, or a place that is said."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import writers
from trainings import classes, map_of_cells
from typer.testing import CliRunner

from course_lib import config, doctor
from course_lib.cli import app
from course_lib.data import load, unpack
from course_lib.data.files import obtain
from course_lib.grading import classroom, find_submissions, grade_class
from course_lib.grading.report import Question, Report
from tools import build, convert


def test_a_download_names_the_folder_and_the_way_out(closed, published):
    folder = closed()
    with pytest.raises(
        PermissionError, match=rf"^{folder} may not be written to; set COURSE_DATA to a folder that may$"
    ):
        obtain(published, folder, download=True)
    assert list(folder.iterdir()) == []


def test_what_lies_in_a_closed_folder_is_read_and_unpacked_to_the_users_cache(closed, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *names, **options: tmp_path / "own")
    content = offered(monkeypatch)
    folder = closed(lambda folder: (folder / "breastmnist.npz").write_bytes(content))
    assert len(load("breastmnist", root=folder)) == 300
    assert len(list((tmp_path / "own").rglob("*.npy"))) == 2


def test_where_neither_the_folder_nor_the_users_cache_may_be_written_to_that_is_told(closed, tmp_path, monkeypatch):
    nowhere = tmp_path / "file" / "cache"
    nowhere.parent.write_text("no folder")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *names, **options: nowhere)
    content = offered(monkeypatch)
    folder = closed(lambda folder: (folder / "breastmnist.npz").write_bytes(content))
    with pytest.raises(OSError, match=rf"^{nowhere}.*: this folder cannot be made \(Not a directory\)$"):
        load("breastmnist", root=folder)
    monkeypatch.setattr(unpack, "IN_MEMORY", 2**20)
    assert len(load("breastmnist", root=folder)) == 300  # small sets need no room


def offered(monkeypatch) -> bytes:
    """The archive of a small breastmnist, which this test takes for the real one."""
    from course_lib.data import medmnist, registry
    from course_lib.data.download import transfer

    for module, name in ((medmnist, "information"), (registry, "sources"), (unpack, "IN_MEMORY"), (unpack, "CHUNK")):
        monkeypatch.setattr(module, name, getattr(module, name))  # so that it is put back
    monkeypatch.setitem(transfer.__kwdefaults__, "pause", 0.01)
    content = writers.archive()
    writers.offer(content)
    return content


@pytest.mark.parametrize("program", [classes, map_of_cells])
def test_a_training_says_that_its_checkpoint_has_no_place_before_the_first_epoch(program, closed, monkeypatch):
    folder = closed()
    monkeypatch.setattr("torch.Tensor.backward", None)  # nothing is to be learned
    with pytest.raises(PermissionError, match=rf"^checkpoint: {folder} may not be written to; name a folder that may$"):
        program(folder)


def test_a_class_whose_points_have_no_place_is_told(closed, solution, hand_in, monkeypatch):
    monkeypatch.setattr(classroom, "grade", lambda *_, **more: Report((Question("double", 1, 1),)))
    folder, submissions = closed(), find_submissions(hand_in(ann="return 2 * x"), "toy")
    with pytest.raises(
        PermissionError, match=r"ann\.json was not written: its folder may not be written to; name a folder"
    ):
        grade_class(submissions, solution, folder)
    said = CliRunner().invoke(
        app, ["grade", str(submissions[0].path.parent), "--solution", str(solution), "--output", str(folder / "out")]
    )
    assert said.exit_code == 2 and "may not be written to" in said.stderr and "Traceback" not in said.stderr


def test_temporary_files_in_a_folder_with_too_long_a_name_are_told(tmp_path, solution, hand_in):
    place = tmp_path / ("long" * 25)
    place.mkdir()
    environment = {**os.environ, "TMPDIR": str(place), "COLUMNS": "500"}
    command = [
        sys.executable,
        "-c",
        "from course_lib.cli import app; app()",
        "grade",
        str(hand_in(ann="return 2 * x") / "ann.ipynb"),
    ]
    done = subprocess.run(
        [*command, "--solution", str(solution)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert "TMPDIR: " in done.stderr and "set TMPDIR to a folder with a shorter name" in done.stderr


def test_a_notebook_whose_folder_is_closed_is_told_and_stays(closed, toy):
    def fill(folder):
        for name, text in {"solutions/01_toy.py": toy, "exercises/01_toy.ipynb": "old"}.items():
            (folder / name).parent.mkdir()
            (folder / name).write_text(text)
        if os.geteuid():
            (folder / "exercises").chmod(0o555)

    folder = closed(fill)
    target = next(target for target in build.targets(folder) if target.kind == "exercises")
    with pytest.raises(PermissionError, match=r"01_toy\.ipynb was not written: its folder may not be written to"):
        build.build(target, folder)
    assert target.path.read_text() == "old"


@pytest.fixture
def homeless(monkeypatch, tmp_path):
    """An account without a home in a container: HOME is not set, and nobody knows the user's number."""
    pwd = pytest.importorskip("pwd", reason="accounts of POSIX systems")

    def nobody(number):
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("HOME", "XDG_CACHE_HOME", "COURSE_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setattr(config, "checkout", lambda: None)  # the installed package
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path)


def test_without_a_home_data_lie_among_the_temporary_files_and_no_folder_is_named_tilde(
    homeless, published, server, tmp_path
):
    place = config.cache_folder()
    assert place.parent == tmp_path / "temporary" and place.name.startswith("ai-in-medicine-")
    assert len(load("digits", "test")) == 269
    assert obtain(published, download=True).read_bytes() == server.content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["temporary"]


def test_without_a_home_the_doctor_and_the_builder_still_speak(homeless):
    line = doctor.check_disk(doctor.Facts(cache=Path("/somewhere/data")))
    assert line.status == "ok" and "/somewhere/data" in line.text
    assert convert._anonymous("in /somewhere/data", Path("/course")) == "in /somewhere/data"


def test_a_tilde_that_means_nothing_is_said(homeless, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "~/data")
    with pytest.raises(ValueError, match=r"^COURSE_DATA: '~/data' begins with ~, but this account has no home folder$"):
        load("digits")


def test_a_home_that_cannot_be_made_is_said_where_something_is_to_be_kept(homeless, published, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(OSError, match=r"file/home/.*: this folder cannot be made \(Not a directory\)"):
        obtain(published, download=True)
    assert isinstance(load("digits").images, np.ndarray)
