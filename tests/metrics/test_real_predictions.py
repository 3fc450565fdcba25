"""A public CheXNet reproduction on the 22,433 test images of ChestX-ray14: what is published comes out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from course_lib.metrics import ConfusionCounts, auroc, average_precision, bootstrap_auroc, delong_interval


@pytest.fixture(scope="module")
def chest(test_data):
    """(labels, probabilities, patients, names) of the test images."""
    folder = test_data / "nih_cxr14"
    scores = pd.read_csv(folder / "chexnet_predictions" / "preds.csv.gz", index_col=0)
    table = pd.read_csv(folder / "Data_Entry_2017_v2020.csv.gz", index_col=0).loc[scores.index]
    names = [column.removeprefix("prob_") for column in scores]
    found = table["Finding Labels"].str.get_dummies("|")
    return found[names].to_numpy(), scores.to_numpy(float), table["Patient ID"].to_numpy(), names


@pytest.fixture(scope="module")
def by_patient(chest):
    labels, scores, patients, names = chest
    return bootstrap_auroc(labels, scores, groups=patients, names=names)


@pytest.fixture(scope="module")
def by_image(chest):
    labels, scores, _, names = chest
    return bootstrap_auroc(labels, scores, names=names)


def test_the_cohort_is_the_published_one(chest):
    labels, _, patients, _ = chest
    assert labels.shape == (22_433, 14) and len(np.unique(patients)) == 6_187


def test_the_published_aurocs_are_reproduced_exactly(chest, test_data):
    labels, scores, _, names = chest
    ours = auroc(labels, scores)
    assert np.abs(ours - roc_auc_score(labels, scores, average=None)).max() <= 1e-12
    file = pd.read_csv(test_data / "nih_cxr14" / "chexnet_predictions" / "aucs.csv", index_col="label")["auc"]
    assert ours == pytest.approx(file[names].to_numpy(), abs=1e-12)
    assert ours.mean() == pytest.approx(0.8383, abs=5e-5)


def test_average_precision_is_scikit_learns(chest):
    labels, scores, *_ = chest
    assert (
        np.abs(average_precision(labels, scores) - average_precision_score(labels, scores, average=None)).max() <= 1e-12
    )


def test_predicting_all_zeros_is_right_nineteen_times_of_twenty(chest, test_data):
    lines = pd.read_csv(
        test_data / "nih_cxr14" / "chexnet_split" / "test_list.txt.gz", sep=" ", header=None, index_col=0
    )
    for labels, published_accuracy in ((lines.to_numpy(), 0.94743), (chest[0], 0.94731)):  # the split's, and v2020
        accuracy = ConfusionCounts.from_labels(labels, np.zeros_like(labels)).sum().accuracy
        assert accuracy == pytest.approx(published_accuracy, abs=5e-6)


def test_the_macro_intervals_are_the_verified_ones(by_patient, by_image):
    assert by_patient.macro.interval() == pytest.approx([0.8310, 0.8437], abs=1e-3)
    assert by_image.macro.interval() == pytest.approx([0.8328, 0.8428], abs=1e-3)


def test_patients_widen_the_intervals_as_verified(by_patient, by_image):
    widening = (np.ptp(by_patient.interval(), axis=1) / np.ptp(by_image.interval(), axis=1)).ravel()
    assert widening.mean() == pytest.approx(1.35, abs=0.1)
    by_name = dict(zip(by_patient.names, widening, strict=True))
    assert by_name["Pneumothorax"] == pytest.approx(1.88, abs=0.15)
    assert by_name["Mass"] == pytest.approx(1.62, abs=0.15)
    assert by_name["Effusion"] == pytest.approx(1.56, abs=0.15)


def test_every_replicate_is_scikit_learns(chest, by_patient):
    labels, scores, *_ = chest
    plan = by_patient.resampling
    _, draws = next(plan.weights(0, 64))
    times = draws[plan.groups]
    for replicate in (0, 63):
        expected = roc_auc_score(labels, scores, average=None, sample_weight=times[:, replicate])
        assert np.abs(by_patient.replicates[replicate] - expected).max() <= 1e-12


def test_delong_agrees_with_the_bootstrap_of_images(chest, by_image):
    labels, scores, *_ = chest
    assert delong_interval(labels, scores) == pytest.approx(by_image.interval(), abs=0.01)
