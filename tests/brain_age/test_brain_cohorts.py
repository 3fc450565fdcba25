import numpy as np
import pandas as pd
import pytest

from course_lib.brain_age import cohorts
from course_lib.brain_age.cohorts import PEOPLE, cohort, cohort_parts
from course_lib.data import ImageSet


@pytest.fixture
def small(monkeypatch):
    """The same cohort, of a few people."""
    monkeypatch.setattr(cohorts, "PEOPLE", {"train": 4, "validation": 3, "test": 5})


@pytest.fixture
def asked(monkeypatch):
    """Instead of OASIS, 40 people of whom a quarter have a dementia; and what was asked of its loader."""
    calls, rating = [], np.tile([0, np.nan, 0.5, 0], 10)

    def load(**kwargs):
        calls.append(kwargs)
        ages = np.linspace(20, 90, 40).astype(np.float32)
        people = pd.DataFrame({"age": ages, "cdr": rating})
        return ImageSet(np.zeros((40, 2, 2, 2), np.uint8), ages, groups=np.arange(40), covariates=people)

    monkeypatch.setattr(cohorts, "load_oasis", load)
    return calls


def test_the_parts_of_the_simulated_cohort_share_nobody(small):
    parts = {split: cohort("simulated", split, seed=2) for split in PEOPLE}
    assert {split: len(part) for split, part in parts.items()} == {"train": 4, "validation": 3, "test": 5}
    assert len(np.unique(np.concatenate([part.groups for part in parts.values()]))) == 12
    assert not np.array_equal(parts["train"].images[:3], parts["validation"].images)
    assert all(part.card.simulated for part in parts.values())


def test_another_seed_gives_other_people_and_the_same_the_same(small):
    first, again, other = (cohort("simulated", "train", seed=seed).images for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_oasis_is_a_cohort_of_people_without_dementia_cut_into_three(asked):
    parts = [cohort("oasis", split, seed=1) for split in PEOPLE]
    assert [len(part) for part in parts] == pytest.approx([18, 6, 6], abs=1)  # stratified by age
    everybody = np.concatenate([part.groups for part in parts])
    assert sorted(everybody) == [who for who in range(40) if who % 4 != 2]
    assert not any((part.covariates["cdr"] > 0).any() for part in parts)


def test_nothing_is_downloaded_without_being_asked(asked):
    cohort("oasis", "test", folder="here", resolution_mm=2)
    cohort("oasis", "test", download=True)
    assert asked == [
        {"folder": "here", "resolution_mm": 2, "download": False},
        {"folder": None, "resolution_mm": 4, "download": True},
    ]


def test_missing_files_say_how_to_get_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="With a network: say download=True"):
        cohort("oasis", "train", folder=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"Get IXI-T1\.tar"):
        cohort("ixi", "train", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": "ukb"}, "name: got 'ukb', allowed are 'simulated', 'oasis', 'ixi'"),
        ({"split": "all"}, "split: got 'all', allowed are 'train', 'validation', 'test'"),
        ({"budget": "huge"}, "budget: got 'huge', allowed are 'quick', 'full'"),
        ({"seed": -1}, "seed: got -1, allowed is a whole number from 0 on"),
        ({"seed": 1.5}, "seed: got 1.5, allowed is a whole number from 0 on"),
        ({"name": "oasis", "seed": -1}, "seed: got -1"),
        ({"resolution_mm": 3}, "resolution_mm: got 3"),
    ],
)
def test_what_there_is_not_is_named(arguments, said):
    with pytest.raises(ValueError, match=said):
        cohort(**{"name": "simulated", "split": "test"} | arguments)


def test_all_parts_at_once_are_the_parts_and_a_real_cohort_is_read_once(small, asked):
    for name in ("simulated", "oasis"):
        together = cohort_parts(name, seed=1)
        assert list(together) == list(PEOPLE)
        reads = len(asked)
        for split, part in together.items():
            np.testing.assert_array_equal(part.labels, cohort(name, split, seed=1).labels)
        assert reads == (1 if name == "oasis" else 0)
    with pytest.raises(TypeError, match="color"):
        cohort_parts("oasis", color="red")
