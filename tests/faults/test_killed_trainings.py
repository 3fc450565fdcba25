"""Trainings killed at random moments: what stands is whole, and the rerun ends where nothing had happened."""

import os

import killing
import pytest
import trainings
from killing import MOMENTS, assert_survived, moments, undisturbed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL, audit events of POSIX paths and a fork server")


def n_renamed(events):
    """How often a file took its name."""
    return sum(event.startswith("rename") for event in events)


def sound(checkpoint):
    """Every byte of a checkpoint is there, and it can be gone on from; False for files that are no checkpoint."""
    from course_lib.training.checkpoint import _unpack

    return checkpoint.suffix == ".checkpoint" and {"model", "optimizer", "history"} <= _unpack(checkpoint).keys()


@pytest.mark.parametrize("program", [trainings.classes, trainings.findings, trainings.ages])
def test_a_killed_training_goes_on_and_ends_with_the_same_weights_bit_for_bit(program, tmp_path):
    events = undisturbed(program, tmp_path / "whole")
    assert events.count("step") >= 12 and n_renamed(events) == 4 + 2  # each epoch's checkpoint, and two results
    for number, moment in enumerate(moments(events, seed=0)):
        assert_survived(program, tmp_path / "whole", tmp_path / f"{number}", moment, sound=sound)


def test_a_killed_table_of_trainings_keeps_its_rows_and_ends_with_the_same_table(tmp_path):
    events = undisturbed(trainings.curves, tmp_path / "whole")
    assert n_renamed(events) == 4 + 1
    lines = (tmp_path / "whole" / "table.csv").read_text().splitlines(keepends=True)
    for number, moment in enumerate(moments(events, seed=1)):
        killed = tmp_path / f"{number}"
        assert killing.run(trainings.curves, killed, moment=moment) < 0
        kept = killed / "table.csv"
        rows = kept.read_text().splitlines(keepends=True) if kept.exists() else []
        assert rows == lines[: len(rows)]
        assert killing.run(trainings.curves, killed) == 0
        assert killing.files(killed) == killing.files(tmp_path / "whole")


@pytest.fixture(scope="module")
def whole_map(tmp_path_factory):
    """The undisturbed run of t-SimCNE, and its events."""
    folder = tmp_path_factory.mktemp("map") / "whole"
    return folder, undisturbed(trainings.map_of_cells, folder)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_map_killed_in_any_stage_goes_on_and_ends_with_the_same_weights_bit_for_bit(stage, whole_map, tmp_path):
    folder, events = whole_map
    ends = [0] + [place + 1 for place, name in enumerate(events) if name.startswith("rename")]
    first, last = ends[2 * stage - 2], ends[2 * stage]  # two epochs a stage, each ends with its checkpoint's renaming
    for number, moment in enumerate(moments(events[:last], stage, first)):
        assert_survived(trainings.map_of_cells, folder, tmp_path / f"{number}", moment, sound=sound)


def test_the_moments_are_random_but_the_same_every_time():
    events = ["step", "open", "rename 10"] * 9
    drawn = moments(events, seed=0)
    assert drawn == moments(events, seed=0) != moments(events, seed=1)
    assert len(drawn) == MOMENTS and events[drawn[0].event] == "rename 10"
    assert events[drawn[1].event] == "open" and 0 <= drawn[1].size < 10
