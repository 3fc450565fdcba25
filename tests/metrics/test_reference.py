"""The lecture's published numbers agree with one another, and those that were counted once can be counted again."""

from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, f1_score, matthews_corrcoef, roc_auc_score

from course_lib.published import published

facts = {name: entry.value for name, entry in published("metrics").items()}
COUNTS = facts["roc_example.counts"]


def two_digits(numerator, denominator):
    return float((Decimal(numerator) / Decimal(denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def labels_of(tp, fn, fp, tn):
    return np.repeat([1, 1, 0, 0], [tp, fn, fp, tn]), np.repeat([1, 0, 1, 0], [tp, fn, fp, tn])


@pytest.mark.parametrize("name", COUNTS)
def test_the_slides_rates_follow_from_its_counts_rounded_half_up(name):
    c = SimpleNamespace(**COUNTS[name])
    assert facts["roc_example.slide"][name] == {
        "tpr": two_digits(c.tp, c.tp + c.fn),
        "fpr": two_digits(c.fp, c.fp + c.tn),
        "ppv": two_digits(c.tp, c.tp + c.fp),
        "f1": two_digits(2 * c.tp, 2 * c.tp + c.fp + c.fn),
        "accuracy": two_digits(c.tp + c.tn, 200),
    }
    assert c.tp + c.fn == c.fp + c.tn == 100
    truth, read = labels_of(**COUNTS[name])
    assert f1_score(truth, read) == pytest.approx(facts["roc_example.slide"][name]["f1"], abs=0.005)


def test_inverting_the_decisions_of_c_gives_c_prime_and_a_rounds_up():
    truth, read = labels_of(**COUNTS["C"])
    (tn, fp), (fn, tp) = confusion_matrix(truth, 1 - read)
    assert {"tp": tp, "fn": fn, "fp": fp, "tn": tn} == COUNTS["C′"]
    assert (COUNTS["A"]["tp"] + COUNTS["A"]["tn"]) / 200 == facts["roc_example.accuracy_A"]


def test_the_predictive_values_of_the_example_are_bayes():
    sick = facts["prevalence.sensitivity"] * np.array(facts["prevalence.prevalences"])
    healthy = (1 - facts["prevalence.specificity"]) * (1 - np.array(facts["prevalence.prevalences"]))
    np.testing.assert_allclose(sick / (sick + healthy), facts["prevalence.ppv"], atol=5e-5)
    of_split = facts["test.positives_of_split"]
    rare = [of_split["Pneumonia"] / 22_433, of_split["Hernia"] / 22_433]
    np.testing.assert_allclose(rare, facts["prevalence.prevalences"][2:], atol=5e-5)


@pytest.mark.parametrize("name", COUNTS)
def test_mcc_needs_fdr_under_the_second_root_and_dor_is_the_slip(name):
    tp, fn, fp, tn = (COUNTS[name][key] for key in ("tp", "fn", "fp", "tn"))
    tpr, tnr, ppv, npv = tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn)
    rest = (1 - tpr) * (1 - tnr) * (1 - npv)
    right, slip = (np.sqrt(tpr * tnr * ppv * npv) - np.sqrt(rest * last) for last in (1 - ppv, tp * tn / (fp * fn)))
    truth = matthews_corrcoef(*labels_of(tp, fn, fp, tn))
    assert right == pytest.approx(truth)
    assert slip != pytest.approx(truth, abs=0.01)
    slide, correct = (facts["errata.mcc"][key] for key in ("slide", "correct"))
    assert slide.replace("DOR", "FDR") == correct


def test_the_parts_of_the_split_are_the_whole():
    assert sum(facts["split.images"].values()) == facts["chest_xray14.images"]
    assert sum(facts["split.patients"].values()) == facts["chest_xray14.patients"]


def test_images_per_patient_add_up_to_the_test_part():
    images = {int(count): patients for count, patients in facts["test.images_per_patient"].items()}
    assert sum(images.values()) == facts["split.patients"]["test"]
    assert sum(count * patients for count, patients in images.items()) == facts["split.images"]["test"]


@pytest.mark.parametrize(
    ("positives", "accuracy"),
    [("test.positives_of_split", "all_zeros.accuracy"), ("test.positives", "all_zeros.accuracy_v2020")],
)
def test_all_zeros_are_right_wherever_nothing_was_found(positives, accuracy):
    share = sum(facts[positives].values()) / (22_433 * len(facts["findings"]))
    assert 1 - share == pytest.approx(facts[accuracy], abs=5e-6)


def test_every_table_of_findings_is_in_the_lectures_order():
    for name in ("test.positives", "test.positives_of_split", "test.positive_patients", "reproduction.auroc"):
        assert list(facts[name]) == facts["findings"]
    assert all(facts["test.positive_patients"][name] <= facts["test.positives"][name] for name in facts["findings"])


def test_the_macro_is_the_mean_of_fourteen_and_lies_in_both_intervals():
    macro = np.mean(list(facts["reproduction.auroc"].values()))
    assert macro == pytest.approx(facts["reproduction.macro_auroc"], abs=5e-5)
    (patient_low, patient_high), (image_low, image_high) = (
        facts["interval.macro_patient"],
        facts["interval.macro_image"],
    )
    assert patient_low < image_low < macro < image_high < patient_high


def test_no_published_network_beats_all_zeros_by_a_thousandth():
    best = max(model["accuracy"] for model in facts["chestmnist.published"].values())
    assert best - facts["all_zeros.accuracy"] < 0.001


@pytest.fixture(scope="module")
def cohort(test_data):
    folder = test_data / "nih_cxr14"
    table = pd.read_csv(folder / "Data_Entry_2017_v2020.csv.gz")
    scores = pd.read_csv(folder / "chexnet_predictions" / "preds.csv.gz")
    return scores.merge(table, on="Image Index", validate="one_to_one")


def found(cohort):
    names = [name.replace(" ", "_") for name in facts["findings"]]
    return cohort["Finding Labels"].str.get_dummies("|")[names].set_axis(facts["findings"], axis=1)


def test_positives_and_patients_are_those_of_the_real_table(cohort):
    labels = found(cohort)
    assert labels.sum().to_dict() == facts["test.positives"]
    patients = labels.groupby(cohort["Patient ID"]).max()
    assert patients.sum().to_dict() == facts["test.positive_patients"]
    images = cohort.groupby("Patient ID").size().value_counts()
    assert {str(count): n for count, n in images.items()} == facts["test.images_per_patient"]


def test_the_splits_own_lists_hold_the_older_labels_of_the_same_images(cohort, test_data):
    folder = test_data / "nih_cxr14" / "chexnet_split"
    lists = {
        part: pd.read_csv(folder / f"{file}_list.txt.gz", sep=" ", header=None, index_col=0)
        for part, file in {"train": "train", "validation": "val", "test": "test"}.items()
    }
    assert {part: len(images) for part, images in lists.items()} == facts["split.images"]
    assert set(lists["test"].index) == set(cohort["Image Index"])
    assert lists["test"].sum().tolist() == list(facts["test.positives_of_split"].values())
    patients = {part: {name.split("_")[0] for name in images.index} for part, images in lists.items()}
    assert {part: len(ids) for part, ids in patients.items()} == facts["split.patients"]
    assert len(set.union(*patients.values())) == facts["chest_xray14.patients"]


def test_the_public_aurocs_are_those_of_the_real_predictions(cohort, test_data):
    file = pd.read_csv(test_data / "nih_cxr14" / "chexnet_predictions" / "aucs.csv")
    assert file["auc"].tolist() == list(facts["reproduction.auroc"].values())
    columns = [f"prob_{name.replace(' ', '_')}" for name in facts["findings"]]
    recomputed = roc_auc_score(found(cohort), cohort[columns], average=None)
    np.testing.assert_allclose(recomputed, file["auc"], rtol=0, atol=1e-12)
