"""A disk that runs full: one sentence, nothing half-written, and after making room it goes on."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from trainings import classes

from course_lib.data import unpack
from course_lib.data.files import obtain
from course_lib.grading import classroom, find_submissions, grade_class
from course_lib.grading.report import Question, Report
from course_lib.training import checkpoint
from course_lib.tsimcne import TSimCNE, simulate_blood
from tools import build

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a small disk or a limit on files, as POSIX has them")
SAID = "was not written: the disk is full, or a quota used up; make room, then do it again"


@dataclass
class Disk:
    """A folder on a disk that can be filled up and emptied again."""

    folder: Path

    def fill(self) -> None:
        """Leave no byte."""
        with pytest.raises(OSError) as caught, (self.folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1024))
        assert caught.value.errno == errno.ENOSPC

    def empty(self) -> None:
        """Make room."""
        (self.folder / "filler").unlink(missing_ok=True)


@dataclass
class Quota(Disk):
    """The same by a limit on the size of files, where nothing can be mounted."""

    def fill(self) -> None:
        """No file may grow beyond 60 bytes."""
        self._limit(60)

    def empty(self) -> None:
        """Files may grow again."""
        self._limit(None)

    def _limit(self, size: int | None) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


@pytest.fixture(params=["full disk", "quota"])
def disk(request, tmp_path):
    place = Disk(request.getfixturevalue("small_disk")) if request.param == "full disk" else Quota(tmp_path / "quota")
    place.folder.mkdir(exist_ok=True)
    yield place
    place.empty()


def names(folder):
    """What is there, but for the filler and locks."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_training_stops_with_a_sentence_and_goes_on_from_its_last_whole_checkpoint(disk, tmp_path, monkeypatch):
    classes(tmp_path / "undisturbed")
    write = checkpoint.write

    def write_until_full(path, state, settings):
        if len(state.history) == 3:
            disk.fill()
        write(path, state, settings)

    with monkeypatch.context() as patch:
        patch.setattr("course_lib.training.fitting.write", write_until_full)
        with pytest.raises(OSError, match=rf"run\.checkpoint {SAID}$"):
            classes(disk.folder)
    disk.empty()
    assert names(disk.folder) == ["run.checkpoint"]
    assert len(checkpoint._unpack(disk.folder / "run.checkpoint")["history"]) == 2
    classes(disk.folder)
    for name in ("weights.bin", "history.json"):
        assert (disk.folder / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes()


def test_a_download_on_a_disk_that_fills_up_is_told_and_goes_on_where_there_is_room(
    disk, published, server, monkeypatch
):
    disk.fill()
    with monkeypatch.context() as patch:  # there was room when it was looked for
        patch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10**9}))
        with pytest.raises(FileNotFoundError, match=r"set\.npz could not be downloaded: .*sets is full, or a quota"):
            obtain(published, disk.folder, download=True)
    disk.empty()
    assert "set.npz" not in names(disk.folder)
    assert obtain(published, disk.folder, download=True).read_bytes() == server.content


def test_a_download_for_which_there_is_no_room_is_not_begun(small_disk, published):
    Disk(small_disk).fill()
    with pytest.raises(FileNotFoundError, match=r"0\.00 GB are to come, but .*sets has 0\.00 GB left"):
        obtain(published, small_disk, download=True)
    assert "set.npz.part" not in names(small_disk)


def test_a_file_that_is_there_is_used_even_where_no_note_of_it_can_be_kept(disk, published, server):
    (disk.folder / "set.npz").write_bytes(server.content)
    disk.fill()
    assert obtain(published, disk.folder) == disk.folder / "set.npz"
    disk.empty()
    assert names(disk.folder) == ["set.npz"]
    obtain(published, disk.folder)
    assert len(names(disk.folder)) == 2  # now the note is there


def test_an_unpacking_is_told_and_done_again(disk, monkeypatch):
    monkeypatch.setattr(unpack, "IN_MEMORY", 0)
    target, content = disk.folder / "images.npy", bytes(range(250)) * 40
    disk.fill()
    with pytest.raises(OSError, match=rf"images\.npy {SAID}"):
        unpack.assemble(target, (10_000,), np.dtype(np.uint8), [content])
    disk.empty()
    assert names(disk.folder) == []
    assert unpack.assemble(target, (10_000,), np.dtype(np.uint8), [content]).tobytes() == content


def test_a_map_that_cannot_be_saved_is_told_and_the_old_one_stays(disk):
    small = {"epochs": (1, 1, 1), "width": 2, "batch_size": 8, "device": "cpu", "progress": False}
    learner = TSimCNE.for_two_cores(**small).fit(simulate_blood(8, seed=0))
    path = disk.folder / "map.safetensors"
    learner.save(path)
    before = path.read_bytes()
    disk.fill()
    with pytest.raises(OSError, match=rf"map\.safetensors {SAID}"):
        learner.save(path)
    disk.empty()
    assert path.read_bytes() == before and names(disk.folder) == ["map.safetensors"]
    np.testing.assert_array_equal(TSimCNE.load(path).embedding_, learner.embedding_)


def test_the_grading_of_a_class_is_told_and_goes_on(disk, solution, hand_in, monkeypatch):
    graded = []
    report = Report((Question("double", 1, 1),))
    monkeypatch.setattr(classroom, "grade", lambda path, *_, **more: graded.append(path.stem) or report)
    folder = hand_in(ann="return x + x")
    grade_class(find_submissions(folder, "toy"), solution, disk.folder)
    folder = hand_in(bob="return 2 * x")
    disk.fill()
    with pytest.raises(OSError, match=rf"(ann\.html|bob\.json) {SAID}"):
        grade_class(find_submissions(folder, "toy"), solution, disk.folder, jobs=1)
    disk.empty()
    assert names(disk.folder) == ["ann.html", "ann.json", "points.csv"]
    assert grade_class(find_submissions(folder, "toy"), solution, disk.folder)["points"].tolist() == [1, 1]
    assert graded.count("ann") == 1


def test_a_notebook_that_cannot_be_built_is_told_and_built_the_next_time(disk, toy):
    (disk.folder / "solutions").mkdir()
    (disk.folder / "solutions" / "01_toy.py").write_text(toy)
    target = next(target for target in build.targets(disk.folder) if target.kind == "exercises")
    (disk.folder / "exercises").mkdir()
    disk.fill()
    with pytest.raises(OSError, match=rf"01_toy\.ipynb {SAID}"):
        build.build(target, disk.folder)
    disk.empty()
    assert names(disk.folder) == ["01_toy.py"]
    build.build(target, disk.folder)
    assert target.path.exists()
