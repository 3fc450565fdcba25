"""Ridge regression on cortical thickness, on made-up tables and on the real ones of IXI and OpenNeuro."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, cross_val_predict

from course_lib.brain_age.bias import BiasCorrection
from course_lib.brain_age.linear import ridge_regression
from course_lib.brain_age.slope import bias_slope
from course_lib.brain_age.thickness import load_thickness
from course_lib.data.splitting import split_indices
from course_lib.metrics import bootstrap_regression

TABLE = pd.DataFrame(
    {
        "sub_id": ["a", "b", "c", "d"],
        "age": [20.5, 30, 40, 50],
        "sex": [1, 2, 2, 1],
        "site": list("xxyy"),
        "lh_cuneus_thickness": [2.1, 2.0, 1.9, 1.8],
        "rh_cuneus_thickness": [2.2, 2.1, 2.0, 1.7],
        "lh_old_name_thickness": 0,
        "lh_cuneus_thickness.1": 9,
        "eTIV": 1.5e6,
    }
)
THICK = TABLE.drop(columns=["age", "sex", "site"])
AGES = TABLE[["sub_id", "age", "sex", "site"]]
NOT_SAID = pytest.mark.filterwarnings("ignore:thickness. left out:UserWarning")


def test_halves_of_precision_do_as_well():
    halves = TABLE.astype({name: "float16" for name in TABLE.columns if name.endswith("_thickness")})
    assert load_thickness(halves).subject.tolist() == load_thickness(TABLE).subject.tolist()


def test_only_thickness_that_differs_between_people_becomes_a_feature():
    data = load_thickness(TABLE)
    assert list(data.features) == ["lh_cuneus_thickness", "rh_cuneus_thickness"]
    assert data.dropped == ("lh_old_name_thickness",) and data.left_out == {}
    assert data.age.tolist() == [20.5, 30, 40, 50] and data.subject.tolist() == list("abcd")
    assert data.sex.tolist() == [1, 2, 2, 1] and data.site.tolist() == list("xxyy")


def test_ages_may_be_in_another_table_in_another_order_under_another_name(tmp_path):
    AGES.rename(columns={"sub_id": "participant_id"}).iloc[::-1].to_csv(tmp_path / "ages.tsv", sep="\t", index=False)
    THICK.to_csv(tmp_path / "thickness.csv", index=False)
    apart, together = load_thickness(tmp_path / "thickness.csv", tmp_path / "ages.tsv"), load_thickness(TABLE)
    pd.testing.assert_frame_equal(apart.features, together.features)
    for name in ("age", "sex", "site", "subject"):
        assert getattr(apart, name).tolist() == getattr(together, name).tolist()


def test_sex_and_site_may_be_unknown():
    data = load_thickness(TABLE.drop(columns=["sex", "site"]))
    assert data.sex is None and data.site is None and data[:2].sex is None


def test_people_of_whom_one_table_knows_nothing_are_left_out_and_counted():
    told = "thickness: left out are 1 without a plausible age, 2 without a row in both tables"
    ages = AGES.assign(sub_id=["a", "b", "c", "e"], age=[20.5, np.nan, 40, 60])
    with pytest.warns(UserWarning, match=told) as caught:
        data = load_thickness(THICK, ages)
    assert data.subject.tolist() == ["a", "c"] and caught[0].filename == __file__
    assert data.left_out == {"without a plausible age": 1, "without a row in both tables": 2}


@NOT_SAID
def test_rows_that_agree_count_once_and_two_ages_for_one_measurement_count_as_none():
    ages = pd.concat([AGES, AGES.iloc[:1], AGES.iloc[1:2].assign(age=31)])
    data = load_thickness(THICK, ages)
    assert data.subject.tolist() == ["a", "c", "d"] and data.left_out == {"with two ages": 1}
    inside = pd.concat([TABLE, TABLE.iloc[:1], TABLE.iloc[1:2].assign(age=31)])
    assert load_thickness(inside).subject.tolist() == ["a", "c", "d"]


def test_two_visits_with_two_ages_stay_and_belong_to_one_person():
    visit = TABLE.iloc[:1].assign(age=23, lh_cuneus_thickness=2.05)
    data = load_thickness(pd.concat([TABLE, visit]))
    assert data.subject.tolist() == list("abcda") and data.age.tolist() == [20.5, 30, 40, 50, 23]


def test_two_measurements_with_one_age_are_refused():
    visit = THICK.iloc[:1].assign(lh_cuneus_thickness=2.05)
    with pytest.raises(ValueError, match="path: a has two different measurements, but only one age"):
        load_thickness(pd.concat([THICK, visit]), AGES)


def test_rows_that_are_nobodys_are_not_taken_for_one_person():
    thick = THICK.assign(sub_id=["a", None, "c", "d"])
    ages = pd.concat([AGES, AGES.iloc[:2].assign(sub_id=[None, " "], age=[77, 78])])
    with pytest.warns(UserWarning, match="1 without a row in both tables, 3 without an id"):
        data = load_thickness(thick, ages)
    assert data.subject.tolist() == ["a", "c", "d"] and data.age.tolist() == [20.5, 40, 50]
    assert data.left_out == {"without a row in both tables": 1, "without an id": 3}  # nobody knows that b was one


def test_in_one_table_too_rows_without_an_id_are_left_out():
    with pytest.warns(UserWarning, match="left out are 2 without an id"):
        data = load_thickness(TABLE.assign(sub_id=["a", None, np.nan, "d"]))
    assert data.subject.tolist() == ["a", "d"]


@pytest.mark.parametrize("where", ["both", "thickness"])
def test_names_of_digits_under_a_column_of_ones_own_stay_names(tmp_path, where):
    names = ["007", "008", "009", "010"]
    thick, ages = (part.assign(sub_id=names).rename(columns={"sub_id": "ID"}) for part in (THICK, AGES))
    ages = ages if where == "both" else ages.rename(columns={"ID": "participant_id"})
    for name, part in (("t.csv", thick), ("a.csv", ages)):
        part.to_csv(tmp_path / name, index=False)
    data = load_thickness(tmp_path / "t.csv", tmp_path / "a.csv", subject="ID")
    assert data.subject.tolist() == names and data.age.tolist() == [20.5, 30, 40, 50] and data.left_out == {}


def test_the_number_of_one_table_is_the_text_of_the_other():
    numbers, text = THICK.assign(sub_id=[7, 8, 9, 10]), AGES.assign(sub_id=["7", "8", "9", "10"])
    assert load_thickness(numbers, text).subject.tolist() == ["7", "8", "9", "10"]
    with pytest.warns(UserWarning, match="1 without an id"):  # a hole turns the numbers of a column into floats
        assert load_thickness(numbers.assign(sub_id=[7, 8, 9, np.nan]), text[:3]).subject.tolist() == ["7", "8", "9"]


@pytest.mark.parametrize("hole", [np.nan, np.inf, "n/a"])
def test_a_missing_thickness_leaves_the_person_out(hole):
    table = TABLE.astype({"rh_cuneus_thickness": object})
    table.loc[2, "rh_cuneus_thickness"] = hole
    with pytest.warns(UserWarning, match="1 with a missing thickness"):
        data = load_thickness(table)
    assert data.subject.tolist() == ["a", "b", "d"] and np.isfinite(data.features.to_numpy()).all()


def test_one_person_keeps_every_column_that_is_not_zero():
    data = load_thickness(TABLE.iloc[:1])
    assert list(data.features) == ["lh_cuneus_thickness", "rh_cuneus_thickness"] and len(data) == 1


def test_a_part_has_the_chosen_rows_and_the_same_columns():
    data = load_thickness(TABLE)
    for rows in (slice(1, 3), np.array([1, 2]), np.array([False, True, True, False])):
        part = data[rows]
        assert part.subject.tolist() == ["b", "c"] and part.age.tolist() == [30, 40] and len(part) == 2
        pd.testing.assert_frame_equal(part.features, data.features.iloc[1:3].reset_index(drop=True))


@pytest.mark.parametrize(
    ("table", "ages", "message"),
    [
        (
            TABLE.drop(columns="sub_id"),
            None,
            "subject: none of participant_id, sub_id, subject, subject_id is a column",
        ),
        (TABLE.drop(columns="age"), None, "table: no column 'age'"),
        (THICK, AGES.drop(columns="age"), "table: no column 'age'"),
        (AGES, None, "path: no column ends in '_thickness'; there are sub_id, age"),
        (TABLE.assign(age=np.nan), None, "path: nobody is left .*'without a plausible age': 4"),
        (TABLE.assign(sub_id=None), None, "path: nobody is left .*'without an id': 4"),
        (THICK.assign(sub_id=None), AGES, "path: nobody is left .*'without an id': 4"),
        (THICK.assign(sub_id=list("efgh")), AGES, "path: nobody is left .*'without a row in both tables': 8"),
        (TABLE.iloc[:0], None, "has no rows"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(table, ages, message):
    with pytest.raises(ValueError, match=message):
        load_thickness(table, ages)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"table: .*thickness.csv is not a file"):
        load_thickness(tmp_path / "thickness.csv")


@pytest.fixture(scope="module")
def ixi(test_data):
    folder = test_data / "ageing"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_thickness(folder / "IXI_aparc_thickness.csv", folder / "IXI_age_gender.csv")


@pytest.fixture(scope="module")
def openneuro(test_data):
    """The larger file to learn from, the smaller one to test on, without those who are in both."""
    folder = test_data / "ageing"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        larger, smaller = (load_thickness(folder / f"OpenNeuroTransfer_ct_{part}.csv") for part in ("te", "tr"))
    return larger, smaller, smaller[~np.isin(smaller.subject, larger.subject)]


def test_ixi_has_558_people_in_both_tables_two_of_them_with_two_ages(ixi, test_data):
    ids = [set(pd.read_csv(test_data / "ageing" / f"IXI_{name}.csv")["participant_id"]) for name in
           ("aparc_thickness", "age_gender")]  # fmt: skip
    assert len(ids[0] & ids[1]) == 558 == len(ixi) + ixi.left_out["with two ages"]
    assert ixi.left_out == {"with two ages": 2, "without a row in both tables": len(ids[0] ^ ids[1])}
    assert ixi.features.shape == (556, 70) and ixi.dropped == () and 19 < ixi.age.min() < ixi.age.max() < 87


def test_thickness_tells_the_age_of_ixi_to_nine_years_where_the_mean_gives_fourteen(ixi):
    folds = KFold(5, shuffle=True, random_state=0)  # every person has one row
    predicted = cross_val_predict(ridge_regression(), ixi.features, ixi.age, cv=folds)
    errors = bootstrap_regression(ixi.age, predicted).table().set_index("label")
    assert 8 < errors.loc["MAE", "low"] < errors.loc["MAE", "estimate"] < errors.loc["MAE", "high"] < 10.2
    assert errors.loc["R²", "low"] > 0.4
    assert np.abs(ixi.age - ixi.age.mean()).mean() > 14
    found = bias_slope(ixi.age, predicted)
    assert found.biased and -0.55 < found.low < found.high < -0.35  # the young look old, and the old young


def parts(data, fractions, seed):
    return [data[rows] for rows in split_indices(len(data), fractions, None, data.subject, seed)]


@pytest.mark.filterwarnings("ignore:age. 2 of 139 people lie outside")
def test_in_ixi_a_correction_fitted_on_others_takes_the_slope_away(ixi):
    train, validation, test = parts(ixi, (0.5, 0.25, 0.25), seed=0)
    model = ridge_regression().fit(train.features, train.age)
    predicted = model.predict(test.features)
    assert bias_slope(test.age, predicted).high < -0.2
    correction = BiasCorrection().fit(validation.age, model.predict(validation.features))
    corrected = bias_slope(test.age, correction.correct(predicted, test.age))
    assert not corrected.biased and abs(corrected.slope) < 0.1


def test_openneuro_gives_28_children_two_ages_and_nine_of_them_in_two_files(openneuro):
    larger, smaller, test = openneuro
    assert (len(larger), larger.left_out) == (398, {"with two ages": 19})
    assert (len(smaller), len(test)) == (110, 101)
    assert len(larger.dropped) == 10 and set(larger.dropped) == set(smaller.dropped)
    twice = np.isin(smaller.subject, larger.subject)
    before, after = smaller[twice], larger[np.isin(larger.subject, smaller.subject)]
    order, other = np.argsort(before.subject), np.argsort(after.subject)
    assert before.subject[order].tolist() == after.subject[other].tolist()
    np.testing.assert_array_equal(before.features.to_numpy()[order], after.features.to_numpy()[other])
    assert (np.abs(before.age[order] - after.age[other]) > 0.5).all() and before.age.max() < 8


def test_in_openneuro_thickness_beats_the_mean_and_the_correction_takes_the_slope_away(openneuro):
    larger, _, test = openneuro
    assert larger.age.min() < 6 and larger.age.max() > 70 and len(np.unique(larger.site)) == 6
    train, validation = parts(larger, (0.6, 0.4), seed=0)
    model = ridge_regression().fit(train.features, train.age)
    predicted = model.predict(test.features[train.features.columns])
    errors = bootstrap_regression(test.age, predicted).table().set_index("label")
    assert 4.5 < errors.loc["MAE", "low"] < errors.loc["MAE", "high"] < 8
    assert errors.loc["MAE", "high"] < np.abs(test.age - train.age.mean()).mean() and errors.loc["R²", "low"] > 0.4
    assert bias_slope(test.age, predicted).high < -0.2
    correction = BiasCorrection().fit(validation.age, model.predict(validation.features))
    corrected = bias_slope(test.age, correction.correct(predicted, test.age))
    assert not corrected.biased and abs(corrected.slope) < 0.1
