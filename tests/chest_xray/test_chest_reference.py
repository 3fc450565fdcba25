"""Lecture 3's published numbers agree with one another, and those that were counted once can be counted again."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from course_lib.published import published

facts = {name: entry.value for name, entry in published("chest_xray").items()}
FINDINGS = facts["findings"]
N = facts["chest_xray14.images"]
SHARED = [name for name in facts if name in published("metrics")]


@pytest.mark.parametrize("name", SHARED)
def test_what_lecture_2_also_quotes_is_the_same_there(name):
    assert published("metrics")[name] == published("chest_xray")[name]


@pytest.mark.parametrize("column", ["wang", "yao", "chexnet"])
def test_the_mean_of_each_column_follows_from_its_fourteen(column):
    auroc, mean = facts[f"auroc.{column}"], facts["auroc.means"][column]
    assert list(auroc) == FINDINGS
    assert np.mean(list(auroc.values())) == pytest.approx(mean, abs=5e-4 if column != "chexnet" else 5e-5)


def test_chexnet_leads_each_row_of_its_own_table():
    rows = pd.DataFrame({column: facts[f"auroc.{column}"] for column in ("wang", "yao", "chexnet")})
    assert (rows.idxmax(axis=1) == "chexnet").all()


def test_the_radiologists_mean_is_that_of_the_four_but_its_interval_is_not_the_mean_interval():
    readers, intervals = facts["f1.readers"], facts["f1.readers_intervals"]
    assert np.mean(list(readers.values())) == pytest.approx(facts["f1.readers_mean"], abs=5.01e-4)
    np.testing.assert_allclose(np.mean(list(intervals.values()), axis=0), [0.318, 0.452], atol=1e-3)
    assert facts["f1.readers_mean_interval"] == [0.330, 0.442]
    assert all(low < readers[name] < high for name, (low, high) in intervals.items())


def test_one_radiologist_beats_chexnet_and_its_interval_overlaps_all_of_theirs():
    low, high = facts["f1.chexnet_interval"]
    assert max(facts["f1.readers"], key=facts["f1.readers"].get) == "Radiologist 4"
    assert low < facts["f1.chexnet"] < facts["f1.readers"]["Radiologist 4"] < high
    everyone = [*facts["f1.readers_intervals"].values(), facts["f1.readers_mean_interval"]]
    assert all(reader_low < high and low < reader_high for reader_low, reader_high in everyone)


def test_chexnet_is_a_densenet_with_fourteen_outputs():
    torchvision = pytest.importorskip("torchvision")
    network = torchvision.models.densenet121(weights=None, num_classes=len(FINDINGS))
    assert sum(weight.numel() for weight in network.parameters()) == facts["chexnet.parameters"]


def test_every_split_has_all_patients_and_all_images_but_for_the_pneumonia_experiment():
    for name in ("split", "pneumonia_split", "nih_split"):
        assert sum(facts[f"{name}.patients"].values()) == facts["chest_xray14.patients"]
    for name in ("split", "nih_split"):
        assert sum(facts[f"{name}.images"].values()) == N
    assert N - sum(facts["pneumonia_split.images"].values()) == 6712


def test_the_patterns_and_the_rare_ones_make_up_all_images():
    assert sum(facts["label_patterns"].values()) + facts["label_patterns.rare"]["images"] == N
    assert min(facts["label_patterns"].values()) >= 5
    for pattern in facts["label_patterns"].keys() - {"No Finding"}:
        assert pattern == "|".join(name for name in FINDINGS if name in pattern.split("|"))


def test_positives_prevalences_and_numbers_of_findings_agree():
    positives = facts["positives"]
    per_image = {int(count): images for count, images in facts["findings_per_image"].items()}
    assert sum(per_image.values()) == N and per_image[0] == facts["label_patterns"]["No Finding"]
    assert sum(count * images for count, images in per_image.items()) == sum(positives.values())
    for name in FINDINGS:
        assert facts["prevalence"][name] == round(positives[name] / N, 5)
        in_patterns = sum(count for pattern, count in facts["label_patterns"].items() if name in pattern.split("|"))
        assert 0 <= positives[name] - in_patterns <= facts["label_patterns.rare"]["images"]
        assert facts["test.positives"][name] < positives[name] >= facts["positive_patients"][name]


def test_patients_ages_and_views_add_up():
    images = {int(count): patients for count, patients in facts["images_per_patient"].items()}
    assert sum(images.values()) == facts["chest_xray14.patients"]
    assert sum(count * patients for count, patients in images.items()) == N == sum(facts["views"].values())
    assert sum(sex["images"] for sex in facts["age_by_sex"].values()) == N
    assert sum(sex["patients"] for sex in facts["age_by_sex"].values()) == facts["chest_xray14.patients"]


def test_the_classes_of_mammography_are_in_order_of_risk_and_density():
    risks = list(facts["mammography.malignancy"].values())
    assert list(facts["mammography.birads"]) == list(facts["mammography.malignancy"]) == ["I", "II", "III", "IV", "V"]
    assert all(low <= high <= next_low for (low, high), (next_low, _) in pairwise(risks))
    assert list(facts["mammography.density"]) == ["a", "b", "c", "d"]


def test_every_erratum_says_what_stands_there_what_is_right_and_where_that_is_shown():
    errata = {name: value for name, value in facts.items() if name.startswith("errata.")}
    assert errata
    assert all(list(value) == ["slide", "correct", "proof"] and all(value.values()) for value in errata.values())
    assert f"{facts['datasets']['MIMIC-CXR-JPG']['images']:,}" in errata["errata.mimic_size"]["correct"]


@pytest.fixture(scope="module")
def table(test_data):
    return pd.read_csv(test_data / "nih_cxr14" / "Data_Entry_2017_v2020.csv.gz")


@pytest.fixture(scope="module")
def found(table):
    dummies = table["Finding Labels"].str.get_dummies("|")
    return dummies.rename(columns=lambda name: name.replace("_", " "))


def test_the_patterns_are_those_of_the_real_table(found):
    counts = found[FINDINGS].value_counts()
    patterns = {
        "|".join(name for name, there in zip(FINDINGS, row, strict=True) if there) or "No Finding": int(count)
        for row, count in counts.items()
    }
    assert {pattern: count for pattern, count in patterns.items() if count >= 5} == facts["label_patterns"]
    rare = [count for count in patterns.values() if count < 5]
    assert {"patterns": len(rare), "images": sum(rare)} == facts["label_patterns.rare"]
    per_image = found[FINDINGS].sum(axis=1).value_counts()
    assert {str(number): images for number, images in per_image.items()} == facts["findings_per_image"]


def test_positives_and_patients_are_those_of_the_real_table(table, found):
    assert found[FINDINGS].sum().to_dict() == facts["positives"]
    patients = found[FINDINGS].groupby(table["Patient ID"]).max()
    assert patients.sum().to_dict() == facts["positive_patients"]
    images = table["Patient ID"].value_counts().value_counts()
    assert {str(count): n for count, n in images.items()} == facts["images_per_patient"]


def test_ages_and_views_are_those_of_the_real_table(table):
    assert table["View Position"].value_counts().to_dict() == facts["views"]
    for sex, rows in table.groupby("Patient Gender"):
        age, told = rows["Patient Age"].to_numpy(), facts["age_by_sex"][sex]
        assert (len(rows), rows["Patient ID"].nunique()) == (told["images"], told["patients"])
        assert [age.mean(), age.std(ddof=1)] == pytest.approx([told["mean"], told["sd"]], abs=0.005)
        assert np.percentile(age, [25, 50, 75]).tolist() == told["quartiles"]
        assert [age.min(), age.max()] == told["range"]


def test_nihs_own_lists_part_the_patients_as_told(table, test_data):
    patient = table.set_index("Image Index")["Patient ID"]
    parts = {
        part: pd.read_csv(test_data / "nih_cxr14" / file, header=None)[0]
        for part, file in {"train_validation": "train_val_list.txt.gz", "test": "test_list.txt.gz"}.items()
    }
    assert {part: len(names) for part, names in parts.items()} == facts["nih_split.images"]
    patients = {part: set(patient[names]) for part, names in parts.items()}
    assert {part: len(ids) for part, ids in patients.items()} == facts["nih_split.patients"]
    assert not patients["train_validation"] & patients["test"]


def test_the_boxes_are_those_of_nihs_list(test_data):
    folder = test_data / "nih_cxr14"
    boxes = pd.read_csv(folder / "BBox_List_2017.csv.gz", usecols=[0, 1], names=["image", "finding"], skiprows=1)
    counts = boxes["finding"].replace("Infiltrate", "Infiltration").value_counts()
    assert counts.to_dict() == facts["boxes"]
    for part, file in {"train": "train", "validation": "val", "test": "test"}.items():
        names = pd.read_csv(folder / "chexnet_split" / f"{file}_list.txt.gz", sep=" ", header=None)[0]
        assert np.isin(boxes["image"].unique(), names).sum() == facts["boxes.images"][part]
