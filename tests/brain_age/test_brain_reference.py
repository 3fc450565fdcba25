"""Lecture 4's published numbers agree with one another, and those that can be counted again are."""

import numpy as np
import pandas as pd
import pytest

from course_lib.published import published

facts = {name: entry.value for name, entry in published("brain_age").items()}
ROWS = list(facts["bintsi.mae"])


def implied_sd(mae, r2):
    """SD of age among people in whom normal errors give this MAE and this R²."""
    return mae / np.sqrt(2 / np.pi) / np.sqrt(1 - r2)


@pytest.mark.parametrize("row", ROWS)
def test_every_pair_of_mae_and_r2_comes_from_people_of_one_spread_of_ages(row):
    lowest, highest = facts["age_sd"]
    assert lowest <= round(implied_sd(facts["bintsi.mae"][row], facts["bintsi.r2"][row]), 1) <= highest


def test_the_spread_told_is_that_of_the_pairs():
    implied = [implied_sd(facts["bintsi.mae"][row], facts["bintsi.r2"][row]) for row in ROWS]
    assert [round(min(implied), 1), round(max(implied), 1)] == facts["age_sd"]


def test_the_relation_of_mae_to_rmse_is_that_of_normal_errors():
    errors = np.random.default_rng(0).normal(0, 3, 200_000)
    assert np.abs(errors).mean() / errors.std() == pytest.approx(np.sqrt(2 / np.pi), abs=0.005)


def test_the_whole_brain_alone_explains_what_its_mae_says():
    sd = np.mean(facts["age_sd"])
    told = 1 - (facts["bintsi.mae"]["whole brain"] / np.sqrt(2 / np.pi) / sd) ** 2
    assert told == pytest.approx(facts["bintsi.r2"]["whole brain"], abs=0.015)


def test_a_lower_mae_goes_with_a_higher_r2():
    frame = pd.DataFrame({"mae": facts["bintsi.mae"], "r2": facts["bintsi.r2"]}).sort_values("mae")
    whole, averaged = frame.loc["whole brain"], frame.loc["mean of all patches"]
    assert whole["mae"] < averaged["mae"] and whole["r2"] < averaged["r2"]  # the one exception, within rounding
    assert frame.drop("mean of all patches")["r2"].is_monotonic_decreasing


def test_both_tables_have_the_same_rows_and_corrected_ones_follow_their_uncorrected_selves():
    assert list(facts["bintsi.r2"]) == ROWS
    corrected = [row for row in ROWS if row.endswith(", corrected")]
    assert len(corrected) == 2
    for row in corrected:
        before = row.removesuffix(", corrected")
        assert facts["bintsi.mae"][row] < facts["bintsi.mae"][before]
        assert facts["bintsi.r2"][row] > facts["bintsi.r2"][before]


def test_the_abstract_and_the_slides_tell_the_same():
    abstract, mae = facts["bintsi.abstract"], facts["bintsi.mae"]
    assert abstract["ensemble"] == mae["linear regression on all patches"]
    assert abstract["ensemble, corrected"] == mae["linear regression on all patches, corrected"]
    assert abstract["single patch"] == pytest.approx(facts["bintsi.patch_mae"][0], abs=0.01)


def test_the_ensemble_is_better_than_its_best_patch_and_its_patches_fall_into_all_four_colors():
    best, worst = facts["bintsi.patch_mae"]
    assert facts["bintsi.mae"]["linear regression on all patches"] < best
    edges = facts["patch_map.edges"]
    assert best < edges[0] < edges[1] < edges[2] < worst


def test_sfcn_has_as_many_parameters_as_its_layers():
    channels, bins = facts["sfcn.channels"], facts["sfcn.bins"]["count"]
    total = 0
    for place, (before, after) in enumerate(zip([1, *channels], channels, strict=False)):
        kernel = 3 if place < 5 else 1
        total += kernel**3 * before * after + after + 2 * after  # weights, biases, batch normalization
    assert total + channels[-1] * bins + bins == facts["sfcn.parameters"]
    assert round(facts["sfcn.parameters"] / 1e6, 2) == 2.95


def test_sfcns_bins_fill_its_range_and_its_people_are_all_told():
    bins = facts["sfcn.bins"]
    assert (bins["last"] - bins["first"]) / bins["width"] == bins["count"]
    assert sum(facts["sfcn.subjects"].values()) == facts["sfcn.all_subjects"]
    assert facts["sfcn.subjects"]["train"] == 12949


def test_five_poolings_leave_five_by_six_by_five_of_sfcns_input():
    assert [side // 2**5 for side in facts["sfcn.input_shape"]] == [5, 6, 5]


def test_the_state_of_the_art_on_the_slide_is_above_what_the_lecture_itself_reports():
    uncorrected = {row: mae for row, mae in facts["bintsi.mae"].items() if not row.endswith(", corrected")}
    assert min(uncorrected.values()) == 2.13 < facts["sfcn.mae"] < facts["state_of_the_art.slide"]


def test_a_corrected_age_correlates_with_age_whatever_the_predictor_explains():
    rng = np.random.default_rng(1)
    age = rng.normal(size=100_000)
    found = []
    for share in (0.05, 0.5, 0.95):
        predicted = share * age + np.sqrt(share * (1 - share)) * rng.normal(size=age.size)
        corrected = predicted - np.polyval(np.polyfit(age, predicted - age, 1), age)
        found.append(np.corrcoef(age, corrected)[0, 1] ** 2)
        assert found[-1] == pytest.approx(1 / (1 + share * (1 - share)), abs=0.005)
    assert min(found) == pytest.approx(0.80, abs=0.005) and max(found) > facts["butler.corrected_r2"]


def test_every_erratum_says_what_stands_there_what_is_right_and_where_that_is_shown():
    errata = {name: value for name, value in facts.items() if name.startswith("errata.")}
    assert len(errata) == 6
    assert all(list(value) == ["slide", "correct", "proof"] and all(value.values()) for value in errata.values())
    assert f"{facts['bintsi.mae']['mean of selected patches']} years" in errata["errata.averaging"]["correct"]
    assert "2.26" in errata["errata.averaging"]["slide"]
    for number in (facts["sfcn.mae"], facts["bintsi.abstract"]["ensemble"]):
        assert str(number) in errata["errata.state_of_the_art"]["correct"]
    selected = facts["bintsi.mae"]["linear regression on selected patches"]
    assert f"b. Selected patches: {selected}" in errata["errata.lettering"]["correct"]


def test_neither_reading_of_the_mean_of_selected_patches_contradicts_its_r2():
    lowest, highest = facts["age_sd"]
    r2 = facts["bintsi.r2"]["mean of selected patches"]
    assert all(lowest < implied_sd(mae, r2) < highest for mae in (2.26, 2.28))


def test_the_papers_of_the_lecture_are_all_there():
    assert {"Beheshti 2019", "Butler 2021", "de Lange 2022", "Peng 2021"} < facts["references"].keys()
    assert len(facts["references"]) == 10


def test_the_cohorts_are_as_large_as_their_tables(test_data):
    folder, cohorts = test_data / "ageing", facts["cohorts"]
    ages = pd.read_csv(folder / "IXI_age_gender.csv").dropna(subset="age")
    thickness = pd.read_csv(folder / "IXI_aparc_thickness.csv").dropna()
    assert ages.merge(thickness, on="participant_id")["participant_id"].nunique() == cohorts["IXI, cortical thickness"]
    for part, file in {"train": "tr", "test": "te"}.items():
        table = pd.read_csv(folder / f"OpenNeuroTransfer_ct_{file}.csv")
        assert len(table) == cohorts[f"OpenNeuro, cortical thickness, {part}"]
