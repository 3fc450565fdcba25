import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.data import ImageSet


def gray(n=6, **fields):
    return ImageSet(np.arange(n * 12, dtype=np.uint8).reshape(n, 3, 4), **fields)


patients = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=8, max_size=80)


@settings(deadline=None)
@given(patients, st.integers(0, 5), st.booleans())
def test_a_patient_is_never_on_both_sides_and_no_image_is_lost(rows, seed, stratify):
    groups, labels = np.array(rows).T
    data = gray(len(rows), labels=labels, groups=groups, extras={"row": np.arange(len(rows))})
    if len(set(groups.tolist())) < 3:
        with pytest.raises(ValueError, match="groups cannot fill 3 parts"):
            data.split(stratify=stratify, seed=seed)
        return
    parts = data.split(stratify=stratify, seed=seed)
    sides = [set(part.groups.tolist()) for part in parts]
    assert all(sides)
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(groups.tolist()))
    assert sorted(np.concatenate([part.extras["row"] for part in parts]).tolist()) == list(range(len(rows)))


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=200), st.integers(0, 5))
def test_without_groups_sizes_are_exact_and_classes_proportional(labels, seed):
    labels = np.array(labels)
    fractions = (0.7, 0.15, 0.15)
    parts = gray(len(labels), labels=labels).split(fractions, seed=seed)
    assert sum(map(len, parts)) == len(labels)
    for part, fraction in zip(parts, fractions, strict=True):
        assert len(part) >= 1
        if len(labels) >= 20:
            assert abs(len(part) - fraction * len(labels)) <= 1
            for label in range(4):
                assert abs((part.labels == label).sum() - fraction * (labels == label).sum()) <= 2


def test_groups_of_unlike_size_still_give_nearly_the_fractions_and_the_mix():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(300), rng.integers(1, 6, 300))
    labels = (rng.random(300) < 0.2).astype(int)[groups]
    data = gray(len(groups), labels=labels, groups=groups)
    for part, fraction in zip(data.split(), (0.7, 0.15, 0.15), strict=True):
        assert len(part) / len(data) == pytest.approx(fraction, abs=0.01)
        assert part.labels.mean() == pytest.approx(labels.mean(), abs=0.02)


@pytest.mark.parametrize("grouped", [False, True])
def test_findings_are_mixed_alike_even_the_rare_one(grouped):
    rng = np.random.default_rng(1)
    findings = (rng.random((1000, 4)) < (0.5, 0.2, 0.1, 0.02)).astype(int)
    groups = np.arange(1000) // 2 if grouped else None
    for part, fraction in zip(gray(1000, labels=findings, groups=groups).split(), (0.7, 0.15, 0.15), strict=True):
        expected = fraction * findings.sum(axis=0)
        assert (np.abs(part.labels.sum(axis=0) - expected) <= np.maximum(3, 0.12 * expected)).all()


@pytest.mark.parametrize("grouped", [False, True])
def test_a_measured_quantity_is_mixed_alike(grouped):
    ages = np.random.default_rng(2).uniform(20, 80, 400)
    data = gray(400, labels=ages, groups=np.arange(400) if grouped else None)
    assert all(part.labels.mean() == pytest.approx(ages.mean(), abs=2.5) for part in data.split())


def test_the_seed_decides_and_only_the_seed():
    data = gray(60, labels=np.arange(60) % 3)
    first, again, other = (data.split(seed=seed)[0].images.tolist() for seed in (0, 0, 1))
    assert first == again != other
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    data.split(seed=3)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_groups_given_to_split_replace_the_sets_own():
    parts = gray(6, groups=np.zeros(6)).split((0.5, 0.5), groups=[0, 0, 1, 1, 2, 2])
    assert sum(len(part) for part in parts) == 6


@pytest.mark.parametrize("fractions", [(), (0.5, 0.6), (1.2, -0.2), (0, 1), (0.5, float("nan"))])
def test_fractions_must_be_positive_and_add_up_to_one(fractions):
    with pytest.raises(ValueError, match=r"fractions: .* add up to 1"):
        gray().split(fractions)


def test_more_parts_than_images_are_refused():
    with pytest.raises(ValueError, match="2 images cannot fill 3 parts"):
        gray(2).split()
