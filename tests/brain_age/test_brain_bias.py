import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

from course_lib.brain_age.bias import METHODS, BiasCorrection
from course_lib.brain_age.predictors import simulate_predictor
from course_lib.brain_age.slope import bias_slope
from course_lib.metrics import mean_absolute_error, r2_score


def people(n, seed, skill=0.8):
    """Ages of n people, uniform from 45 to 80, and what a predictor of known skill tells them."""
    age = np.random.default_rng(seed).uniform(45, 80, n)
    return age, simulate_predictor(age, skill, seed=seed + 1000)


@st.composite
def two_cohorts(draw):
    """Ages that differ by a year or more and any predictions: of those fitted, and of those corrected."""
    years = st.floats(18, 100)
    size = draw(st.integers(3, 20))
    age = np.array(draw(st.lists(years, min_size=size, max_size=size)))
    age[0], age[1] = 40, 41 + draw(st.floats(0, 40))
    predicted = np.array(draw(st.lists(years, min_size=size, max_size=size)))
    others = draw(st.lists(st.tuples(st.floats(40, 41), years), min_size=1, max_size=10))
    return age, predicted, *np.array(others).T


@settings(deadline=None)
@given(two_cohorts())
def test_de_lange_and_cole_correct_exactly_as_beheshti(cohorts):
    age, predicted, new_age, new_predicted = cohorts
    one, other = (BiasCorrection(method).fit(age, predicted) for method in ("beheshti", "de lange-cole"))
    assert other.alpha_ == pytest.approx(one.alpha_ + 1, abs=1e-12)
    corrected = [each.correct(new_predicted, new_age, same_people=True) for each in (one, other)]
    np.testing.assert_allclose(*corrected, rtol=1e-12, atol=1e-12)


def test_the_two_forms_agree_to_1e_minus_12_years_in_a_real_sized_cohort():
    corrected = [
        BiasCorrection(method).fit(*people(500, 0)).correct(*people(500, 1)[::-1])
        for method in ("beheshti", "de lange-cole")
    ]
    assert np.abs(corrected[0] - corrected[1]).max() < 1e-12


def test_alpha_and_beta_are_those_of_scipys_regression():
    age, predicted = people(300, 2)
    for method, target in {"beheshti": predicted - age, "cole": predicted, "de lange-cole": predicted}.items():
        correction, line = BiasCorrection(method).fit(age, predicted), linregress(age, target)
        assert (correction.alpha_, correction.beta_) == pytest.approx((line.slope, line.intercept))
        np.testing.assert_allclose(correction.coef_, [line.intercept + line.slope * age.mean(), line.slope])


def test_beheshti_is_the_formula_of_the_slide():
    age, predicted = people(50, 3)
    correction = BiasCorrection().fit(*people(300, 4))
    by_hand = predicted - (correction.alpha_ * age + correction.beta_)
    np.testing.assert_allclose(correction.correct(predicted, age), by_hand)


def test_cole_needs_no_age_and_its_answer_does_not_depend_on_one():
    age, predicted = people(50, 5)
    correction = BiasCorrection("cole").fit(*people(300, 6))
    assert not correction.uses_age
    blind = correction.correct(predicted)
    np.testing.assert_allclose(blind, (predicted - correction.beta_) / correction.alpha_)
    np.testing.assert_array_equal(blind, correction.correct(predicted, age))
    np.testing.assert_allclose(correction.corrected_gap(predicted, age), blind - age)


def test_smith_takes_out_the_parabola_that_scikit_learn_fits():
    age, predicted = people(300, 7)
    bent = predicted + (age - 60) ** 2 / 50
    new_age, new_predicted = people(100, 8)
    correction = BiasCorrection("smith").fit(age, bent)
    powers = PolynomialFeatures(2, include_bias=False)
    oracle = LinearRegression().fit(powers.fit_transform(age[:, None]), bent - age)
    expected = new_predicted - oracle.predict(powers.transform(new_age[:, None]))
    np.testing.assert_allclose(correction.correct(new_predicted, new_age), expected, atol=1e-8)
    assert np.isnan(correction.alpha_) and len(correction.coef_) == 3


def test_smith_sees_a_bend_that_a_line_does_not():
    rng = np.random.default_rng(9)
    age, new_age = rng.uniform(45, 80, (2, 400))
    bent, new_bent = (years + (years - 62) ** 2 / 20 for years in (age, new_age))
    left = {
        method: np.abs(BiasCorrection(method).fit(age, bent).corrected_gap(new_bent, new_age)).mean()
        for method in ("smith", "beheshti")
    }
    assert left["smith"] < 1e-9 and left["beheshti"] > 3


@pytest.mark.parametrize("method", METHODS)
def test_after_the_correction_the_gap_of_other_people_no_longer_follows_age(method):
    age, predicted = people(400, 10)
    correction = BiasCorrection(method).fit(*people(4000, 11))
    assert bias_slope(age, predicted).high < 0
    assert not bias_slope(age, correction.correct(predicted, age)).biased


@pytest.mark.parametrize("method", ["beheshti", "de lange-cole", "smith"])
def test_a_constant_becomes_perfect_if_the_correction_is_told_the_ages(method):
    age, new_age = np.random.default_rng(12).uniform(45, 80, (2, 200))
    correction = BiasCorrection(method).fit(age, np.full(200, 62.5))
    flattered = correction.correct(np.full(200, 62.5), new_age)
    assert mean_absolute_error(new_age, flattered) == pytest.approx(0, abs=1e-10)
    assert r2_score(new_age, flattered) == pytest.approx(1)
    assert r2_score(new_age, np.full(200, 62.5)) <= 0


def test_cole_refuses_the_constant_which_it_would_have_to_divide_by():
    with pytest.raises(ValueError, match="predicted: it rises by 0 years per year of age; 'cole' divides by that"):
        BiasCorrection("cole").fit([50, 60, 70], [62, 62, 62])
    with pytest.raises(ValueError, match="predicted: it rises by -1 years"):
        BiasCorrection("cole").fit([50, 60, 70], [70, 60, 50])


def test_cole_warns_where_the_rise_may_be_chance():
    with pytest.warns(UserWarning, match="whether it rises with age is not certain"):
        BiasCorrection("cole").fit([50, 60, 70, 80], [60, 75, 55, 76])


@pytest.mark.parametrize("name", ["score", "corrected_accuracy", "corrected_mae", "corrected_r2"])
def test_there_is_no_score_of_a_corrected_age(name):
    assert not hasattr(BiasCorrection(), name)


def test_the_docstring_says_why_there_is_none():
    assert "MAE 0, R² 1" in BiasCorrection.__doc__ and "no score of a corrected age" in BiasCorrection.__doc__


@pytest.mark.parametrize("method", sorted({*METHODS} - {"cole"}))
def test_a_method_that_needs_the_age_says_which_does_not(method):
    correction = BiasCorrection(method).fit(*people(50, 13))
    assert correction.uses_age
    with pytest.raises(ValueError, match=f"age: got None, but method '{method}' needs the true age.*allowed is 'cole'"):
        correction.correct([60.0])


@pytest.mark.parametrize("method", METHODS)
def test_those_it_was_fitted_on_are_recognized_in_any_order_and_precision(method):
    age, predicted = people(60, 14)
    correction = BiasCorrection(method).fit(age, predicted)
    order = np.random.default_rng(0).permutation(60)
    for kind in (np.float64, np.float32):
        with pytest.raises(ValueError, match="these are the people that the correction was fitted on"):
            correction.correct(predicted[order].astype(kind), age[order].astype(kind))
    with pytest.raises(ValueError, match="same_people=True"):
        correction.corrected_gap(np.append(predicted, np.nan), np.append(age, 60))
    looked_at = correction.corrected_gap(predicted, age, same_people=True)
    assert looked_at.mean() == pytest.approx(0, abs=1e-9)


def test_cole_recognizes_them_by_their_predictions_alone():
    age, predicted = people(60, 15)
    correction = BiasCorrection("cole").fit(age, predicted)
    with pytest.raises(ValueError, match="these are the people"):
        correction.correct(predicted[::-1])
    assert len(correction.correct(predicted, same_people=True)) == 60


def test_ids_find_one_person_of_the_calibration_among_others():
    age, predicted = people(60, 16)
    correction = BiasCorrection().fit(age, predicted, ids=np.arange(60))
    new_age, new_predicted = people(3, 17)
    assert len(correction.correct(new_predicted, new_age, ids=[60, 61, 62])) == 3
    with pytest.raises(ValueError, match=r"ids: 1 of 3 people were in the cohort .* \(59\)"):
        correction.correct(new_predicted, new_age, ids=[59, 60, 61])
    with pytest.raises(ValueError, match="ids: given only when fitting"):
        correction.correct(new_predicted, new_age)
    with pytest.raises(ValueError, match="text on one side"):
        correction.correct(new_predicted, new_age, ids=["a", "b", "c"])
    with pytest.raises(ValueError, match=r"ids: got shape \(2,\), allowed is \(3,\)"):
        correction.correct(new_predicted, new_age, ids=[1, 2])


def test_ids_must_come_both_times_and_one_each():
    age, predicted = people(60, 18)
    with pytest.raises(ValueError, match="ids: given only when correcting"):
        BiasCorrection().fit(age, predicted).correct([60.0], [60.0], ids=[1])
    with pytest.raises(ValueError, match=r"ids: got shape \(2,\), allowed is \(60,\), one per person"):
        BiasCorrection().fit(age, predicted, ids=[1, 2])


@pytest.mark.parametrize("method", METHODS)
def test_who_is_unknown_is_left_out_of_the_fit_and_stays_unknown(method):
    age, predicted = people(60, 19)
    gaps = np.nan, 60.0
    with_unknown = BiasCorrection(method).fit(np.append(age, gaps), np.append(predicted, gaps[::-1]))
    assert with_unknown.n_ == 60
    np.testing.assert_allclose(with_unknown.coef_, BiasCorrection(method).fit(age, predicted).coef_)
    corrected = with_unknown.correct([60, np.nan, 61], [60, 60, 60])
    assert np.isnan(corrected).tolist() == [False, True, False]


def test_one_person_and_nobody_can_be_corrected():
    correction = BiasCorrection().fit(*people(60, 20))
    assert correction.correct([70.0], [60.0]).shape == (1,)
    assert correction.correct([], []).shape == (0,)


@pytest.mark.parametrize(
    ("method", "age", "said"),
    [
        ("beheshti", [], "age: got 0 people with age and prediction, allowed are 3 or more"),
        ("beheshti", [50], "age: got 1 people"),
        ("beheshti", [50, 60, np.nan], "age: got 2 people"),
        ("beheshti", [60, 60, 60], "age: got 1 different ages, allowed are 2 or more"),
        ("smith", [60, 60, 70], "age: got 2 different ages, allowed are 3 or more"),
        ("beheshti", [50, 60, np.inf], "age: got infinity"),
        ("beheshti", [[50, 60, 70]], r"age: got shape \(1, 3\), allowed is \(N,\)"),
        ("beheshti", ["a", "b", "c"], "age: got list that is no array of numbers"),
    ],
)
def test_ages_that_carry_no_line_are_refused(method, age, said):
    with pytest.raises(ValueError, match=said):
        BiasCorrection(method).fit(age, np.arange(np.size(age)).reshape(np.shape(age)))


def test_shapes_methods_and_order_of_calls_are_checked():
    with pytest.raises(ValueError, match="method: got 'magic', allowed are 'beheshti', 'cole'"):
        BiasCorrection("magic").fit([50, 60, 70], [1, 2, 3])
    with pytest.raises(ValueError, match=r"predicted: shape \(2,\) does not match age's \(3,\)"):
        BiasCorrection().fit([50, 60, 70], [1, 2])
    with pytest.raises(ValueError, match="BiasCorrection: not fitted yet"):
        BiasCorrection().correct([60], [60])
    with pytest.raises(ValueError, match=r"age: shape \(1,\) does not match predicted's \(2,\)"):
        BiasCorrection().fit(*people(9, 21)).correct([60, 61], [60])
    with pytest.raises(ValueError, match="age: got None, but a gap is"):
        BiasCorrection("cole").fit(*people(9, 21)).corrected_gap([60.0], None)


def test_a_method_changed_after_the_fit_is_refused_until_it_is_fitted_again():
    correction = BiasCorrection("beheshti").fit(*people(60, 27))
    assert correction.method_ == "beheshti"
    correction.method = "cole"
    for use in (correction.correct, correction.corrected_gap):
        with pytest.raises(ValueError, match="method: got 'cole', but it was fitted with 'beheshti'; call fit again"):
            use([60.0], [60.0])
    new_age, told = people(30, 28)
    expected = BiasCorrection("cole").fit(*people(60, 27)).correct(told, new_age)
    np.testing.assert_array_equal(correction.fit(*people(60, 27)).correct(told, new_age), expected)


def test_a_fit_that_fails_leaves_the_one_before():
    age, told = people(60, 29)
    correction = BiasCorrection().fit(age, told)
    before = correction.coef_.copy()
    with pytest.raises(ValueError, match="ids: got both text and numbers"):
        correction.fit(*people(60, 30), ids=[0, *"a" * 59])
    np.testing.assert_array_equal(correction.coef_, before)
    with pytest.raises(ValueError, match="these are the people that the correction was fitted on"):
        correction.correct(told, age)


def test_ages_far_outside_those_of_the_fit_are_told():
    correction = BiasCorrection().fit([45, 60, 80], [50, 60, 70])
    with pytest.warns(UserWarning, match="age: 2 of 3 people lie outside the 45 to 80 years") as told:
        correction.corrected_gap([30, 60, 90], [30, 60, 90])
    assert told[0].filename == __file__


def test_ages_a_little_outside_are_no_reason_to_warn(recwarn):
    BiasCorrection().fit(*people(200, 23)).correct([45.0, 80.0], [44.5, 80.5])
    assert not recwarn.list


def test_nothing_that_came_is_changed_and_a_copy_for_scikit_learn_is_unfitted():
    age, predicted = people(60, 24)
    before = age.copy(), predicted.copy()
    correction = BiasCorrection("cole")
    assert correction.fit(age, predicted) is correction
    correction.correct(predicted, same_people=True)
    np.testing.assert_array_equal(before, (age, predicted))
    copy = clone(correction)
    assert copy.method == "cole" and copy.n_ == 0
