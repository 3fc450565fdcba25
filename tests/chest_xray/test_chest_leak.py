"""The two networks of the split experiment learn from the patients that they should, and from no others."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.chest_xray import leak, simulate_radiographs, split_experiment


@pytest.fixture(scope="module")
def returning():
    return simulate_radiographs(40, seed=7, images_per_patient=3, persistence=1.0)


@pytest.fixture
def seen(monkeypatch, returning):
    """The patients of every training and validation set, recognized by their images."""
    of_image = {image.tobytes(): patient for image, patient in zip(returning.images, returning.groups, strict=True)}
    calls, train = [], leak.train_classifier

    def watched(model, part, other, **settings):
        calls.append([[of_image[image.tobytes()] for image in one.images] for one in (part, other)])
        return train(model, part, other, **settings)

    monkeypatch.setattr(leak, "train_classifier", watched)
    return calls


few = pytest.mark.filterwarnings(  # some findings are absent among so few patients, and both places say so
    "ignore::sklearn.exceptions.UndefinedMetricWarning", "ignore:.*validation.*:UserWarning"
)


@few
def test_only_the_split_by_image_meets_its_test_patients(returning, seen):
    result = split_experiment(returning, epochs=1, seed=0, n_test_images=2)
    (by_image, other), (by_patient, other_again) = seen
    tested = set(np.unique(returning.groups)[:16])
    assert set(by_image) == tested and not set(by_patient) & tested
    assert not set(other) & (set(by_image) | set(by_patient)) and other == other_again
    assert len(by_image) == len(by_patient) == result.n_train == 16
    assert result.n_test == 32 and result.n_patients == 16


@few
def test_the_difference_is_paired_and_the_experiment_repeats(returning):
    first, again = (split_experiment(returning, epochs=1, seed=3) for _ in range(2))
    estimate, low, high = first.difference
    assert first.frame["split"].tolist() == ["by image", "by patient"]
    assert estimate == pytest.approx(first.frame["estimate"].iloc[0] - first.frame["estimate"].iloc[1])
    assert low <= estimate <= high and first.difference == again.difference


def test_patients_need_as_many_images_each(returning):
    with pytest.raises(ValueError, match="cohort: each patient needs the same number of images, more than 3"):
        split_experiment(returning, epochs=1, seed=0, n_test_images=3)
    with pytest.raises(ValueError, match="cohort: each patient needs the same number of images"):
        split_experiment(returning[1:], epochs=1, seed=0)
    with pytest.raises(ValueError, match="cohort: got no groups"):
        split_experiment(replace(returning, groups=None), epochs=1, seed=0)
