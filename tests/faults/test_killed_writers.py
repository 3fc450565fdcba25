"""Downloads, caches, builds and gradings killed at random moments: files are whole or not there, reruns end well."""

import hashlib
import json
import os

import numpy as np
import pytest
import writers
from killing import NIGHTLY, Moment, assert_survived, files, moments, run, undisturbed
from PIL import Image

from course_lib.grading import grade

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL, audit events of POSIX paths and a fork server")


def survive(program, tmp_path, *arguments, seed=0, sound=lambda path: False):
    events = undisturbed(program, tmp_path / "whole", arguments)
    for number, moment in enumerate(moments(events, seed)):
        assert_survived(program, tmp_path / "whole", tmp_path / f"killed-{number}", moment, arguments, sound)
    return events


def test_a_killed_download_goes_on_and_ends_with_the_same_bytes(server, tmp_path):
    md5 = hashlib.md5(server.content).hexdigest()
    events = survive(writers.bring, tmp_path, server.url, md5)
    assert events.count("step") > 9 and f"rename {len(server.content)}" in events
    assert (tmp_path / "whole" / "set.npz").read_bytes() == server.content


def test_a_killed_unpacking_starts_clean_and_ends_with_the_same_arrays(tmp_path):
    (tmp_path / "set.npz").write_bytes(writers.archive())

    def note(path):
        """Whether it is the note that a file was verified: it names its folder."""
        return path.name.startswith("verified-") and json.loads(path.read_text())["bytes"] > 0

    events = survive(writers.unpack, tmp_path, tmp_path / "set.npz", sound=note)
    assert sum(event.startswith("rename") for event in events) == 5  # the archive, the note, images, labels, what came


@pytest.fixture
def pictures(tmp_path):
    """A folder of seven radiographs."""
    random, folder = np.random.default_rng(0), tmp_path / "pictures"
    folder.mkdir()
    for number in range(7):
        Image.fromarray(random.integers(0, 256, (20, 20), np.uint8)).save(folder / f"{number:08}_000.png")
    return folder


def test_a_killed_cache_of_radiographs_goes_on_and_ends_with_the_same_pixels(tmp_path, pictures):
    def note(path):
        """The note of a finished cache: it may be there a moment before its file, never the other way round."""
        return path.suffix == ".json" and json.loads(path.read_text())["images"] == 7

    events = survive(writers.radiographs, tmp_path, pictures, sound=note)
    assert events.count("step") == 7


def test_a_note_that_outlived_its_cache_does_not_speak_for_the_next_one(tmp_path, pictures):
    events = undisturbed(writers.radiographs, tmp_path / "whole", (pictures,))
    named = [place for place, event in enumerate(events) if event.startswith("rename")][-2]  # of the cache itself
    killed = tmp_path / "killed"
    assert run(writers.radiographs, killed, (pictures,), Moment(named + 1)) < 0  # before the last note is removed
    (found,) = killed.glob("*.npy")
    found.unlink()  # by somebody who needs room
    assert run(writers.radiographs, killed, (pictures,), Moment(events.index("step") + 2)) < 0
    assert run(writers.radiographs, killed, (pictures,)) == 0
    assert files(killed) == files(tmp_path / "whole")


def test_a_killed_builder_leaves_whole_notebooks_and_the_next_one_builds_the_same(tmp_path, toy):
    events = survive(writers.build, tmp_path, toy)
    assert sum(event.startswith("rename") for event in events) == 2 + 3  # two sources, three notebooks


def test_a_killed_grading_of_a_class_goes_on_and_ends_with_the_same_table_and_pages(tmp_path, solution, hand_in):
    folder = hand_in(ann="return x + x", bob="return 2", cleo="return x ** 2")
    reports = {path.stem: grade(path, solution) for path in sorted(folder.iterdir())}
    assert [report.total for report in reports.values()] == [1, 0, 0]
    events = survive(writers.grade, tmp_path, folder, solution, {} if NIGHTLY else reports)
    assert sum(event.startswith("rename") for event in events) == 3 + 3 + 1  # kept, pages, points
