import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from course_lib.brain_age.bias import BiasCorrection
from course_lib.brain_age.gap import compare_gaps
from course_lib.brain_age.predictors import simulate_predictor
from course_lib.brain_age.site import site_shift
from course_lib.metrics import delong_interval


def groups(n_cases=60, n_controls=80, gap=5.0, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(gap, 3, n_cases), rng.normal(0, 3, n_controls)


def test_unmatched_the_three_measures_are_those_of_their_formulas():
    cases, controls = groups()
    found = compare_gaps(cases, controls)
    assert found.difference == pytest.approx(cases.mean() - controls.mean())
    pooled = np.sqrt((59 * cases.var(ddof=1) + 79 * controls.var(ddof=1)) / 138)
    assert found.hedges_g == pytest.approx(found.difference / pooled * (1 - 3 / (4 * 140 - 9)))
    truth, gaps = np.repeat([1, 0], [60, 80]), np.concatenate([cases, controls])
    assert found.auroc == pytest.approx(roc_auc_score(truth, gaps))
    assert found.auroc_interval == pytest.approx(delong_interval(truth, gaps))
    assert (found.n_cases, found.n_controls, found.n_pairs) == (60, 80, None)
    assert np.isnan([found.age_difference, found.age_difference_matched]).all()


def test_the_interval_of_the_difference_is_scipys_bootstrap_of_both_groups():
    cases, controls = groups(30, 40)
    oracle = bootstrap(
        (cases, controls),
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        n_resamples=4000,
        method="percentile",
        random_state=np.random.default_rng(1),
    ).confidence_interval
    found = compare_gaps(cases, controls, n_replicates=4000)
    np.testing.assert_allclose(found.difference_interval, (oracle.low, oracle.high), atol=0.12)


def test_the_interval_of_hedges_g_is_as_wide_as_its_normal_theory():
    cases, controls = groups(80, 80, gap=2.0)
    found = compare_gaps(cases, controls, n_replicates=4000)
    half = 1.96 * np.sqrt(2 / 80 + found.hedges_g**2 / 320)
    np.testing.assert_allclose(found.hedges_g_interval, (found.hedges_g - half, found.hedges_g + half), atol=0.08)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    inside = []
    for seed in range(300):
        found = compare_gaps(*groups(40, 40, gap=4.0, seed=seed), n_replicates=300, level=0.9)
        inside.append(found.difference_interval[0] <= 4 <= found.difference_interval[1])
    assert np.mean(inside) == pytest.approx(0.89, abs=0.05)


def test_groups_of_one_size_are_not_drawn_alike():
    same = np.random.default_rng(0).normal(0, 3, 50)
    low, high = compare_gaps(same, same).difference_interval
    assert low < -0.5 and high > 0.5


def test_pairs_are_drawn_together():
    rng = np.random.default_rng(2)
    age = np.linspace(50, 80, 60)
    shared = 6 * np.sin(age)  # what two people of one age have in common
    cases, controls = shared + rng.normal(4, 0.5, 60), shared + rng.normal(0, 0.5, 60)
    matched = compare_gaps(cases, controls, age_cases=age, age_controls=age, caliper=0)
    apart = compare_gaps(cases, controls)
    widths = [np.ptp(found.difference_interval) for found in (matched, apart)]
    assert matched.n_pairs == 60 and widths[0] < widths[1] / 4
    oracle = bootstrap(
        (cases - controls,), np.mean, n_resamples=4000, method="percentile", random_state=np.random.default_rng(1)
    )
    np.testing.assert_allclose(matched.difference_interval, oracle.confidence_interval, atol=0.03)


def aging_cohort(n, low, high, gap, seed):
    """Ages, and the uncorrected gaps that a diluted regression gives people whose brains are `gap` years older."""
    age = np.random.default_rng(seed).uniform(low, high, n)
    return age, simulate_predictor(age + gap, 0.7, sd=0, seed=seed) - age


def test_matching_takes_away_the_age_bias_that_makes_old_patients_look_young():
    age_cases, cases = aging_cohort(150, 65, 80, 0, seed=3)
    age_controls, controls = aging_cohort(400, 45, 80, 0, seed=4)
    raw = compare_gaps(cases, controls)
    matched = compare_gaps(cases, controls, age_cases=age_cases, age_controls=age_controls)
    assert raw.difference_interval[1] < 0  # "patients look younger", though nothing is wrong with them
    assert matched.difference_interval[0] < 0 < matched.difference_interval[1]
    assert matched.age_difference > 8 and abs(matched.age_difference_matched) < 1
    assert matched.n_pairs <= 150 == matched.n_cases


def test_correction_and_matching_find_the_true_gap():
    calibration_age, calibration_gap = aging_cohort(400, 45, 80, 0, seed=5)
    correction = BiasCorrection().fit(calibration_age, calibration_age + calibration_gap)
    ages, gaps = zip(aging_cohort(150, 60, 80, 7, seed=6), aging_cohort(300, 45, 80, 0, seed=7), strict=True)
    corrected = [correction.corrected_gap(age + gap, age) for age, gap in zip(ages, gaps, strict=True)]
    found = compare_gaps(*corrected, age_cases=ages[0], age_controls=ages[1])
    low, high = found.difference_interval
    assert low < 0.7 * 7 < high  # a diluted regression tells 70 % of what is there
    assert found.hedges_g_interval[0] > 0 and found.auroc_interval[0] > 0.5


def test_ages_without_a_caliper_are_told_but_nobody_is_matched():
    age_cases, cases = aging_cohort(50, 65, 80, 0, seed=8)
    age_controls, controls = aging_cohort(50, 45, 80, 0, seed=9)
    found = compare_gaps(cases, controls, age_cases=age_cases, age_controls=age_controls, caliper=None)
    assert found.n_pairs is None and found.difference == compare_gaps(cases, controls).difference
    assert found.age_difference == pytest.approx(age_cases.mean() - age_controls.mean())
    assert np.isnan(found.age_difference_matched)


def test_who_is_unknown_is_left_out():
    cases, controls = groups(20, 30)
    found = compare_gaps(np.append(cases, np.nan), controls)
    assert found.n_cases == 20 and found.difference == compare_gaps(cases, controls).difference
    ages = np.linspace(60, 70, 20), np.linspace(60, 70, 30)
    aged = compare_gaps(cases, controls, age_cases=np.append(ages[0][:-1], np.nan), age_controls=ages[1])
    assert aged.n_cases == 19


def test_it_says_who_was_compared_in_the_places_of_what_came():
    age_cases, age_controls = np.array([70, 60, np.nan, 72, 66, 90]), np.array([71, 50, 69, 61, 73, 65])
    cases, controls = np.array([5, np.nan, 4, 7, 3, 6.0]), np.array([1, 9, 0, 2, np.nan, 2.5])
    found = compare_gaps(cases, controls, age_cases=age_cases, age_controls=age_controls)
    assert list(zip(found.i_cases.tolist(), found.i_controls.tolist(), strict=True)) == [(0, 2), (3, 0), (4, 5)]
    assert found.difference == pytest.approx(cases[found.i_cases].mean() - controls[found.i_controls].mean())
    assert found.n_pairs == 3 and (found.n_cases, found.n_controls) == (4, 5)
    apart = np.abs(age_cases[found.i_cases] - age_controls[found.i_controls])
    assert apart.max() <= 2 and found.age_difference_matched == pytest.approx(
        age_cases[found.i_cases].mean() - age_controls[found.i_controls].mean()
    )


@pytest.mark.parametrize("ages", [{}, {"age_cases": [60, 61, 62], "age_controls": [60, 61, 70], "caliper": None}])
def test_without_matching_all_who_are_known_were_compared(ages):
    found = compare_gaps([5, np.nan, 4], [1, 2, 3], **ages)
    assert (found.i_cases.tolist(), found.i_controls.tolist()) == ([0, 2], [0, 1, 2])


def test_gaps_that_scatter_in_no_replicate_ask_for_more_replicates():
    with pytest.raises(ValueError, match="n_replicates: got 1, of which none holds what the estimate needs"):
        for seed in range(20):  # of two and two, one draw in four repeats one person of each group
            compare_gaps([1, 2], [0, 1.5], n_replicates=1, seed=seed)


def test_constant_gaps_have_a_difference_but_no_effect_size():
    with pytest.warns(UserWarning, match="the AUC is exactly 0 or 1"):
        found = compare_gaps([5.1] * 4, [2.0] * 4)
    assert found.difference == pytest.approx(3.1) and found.difference_interval == pytest.approx((3.1, 3.1))
    assert np.isnan([found.hedges_g, *found.hedges_g_interval]).all()


def test_tied_gaps_count_one_half():
    assert compare_gaps([1, 1, 2], [1, 1, 2]).auroc == 0.5


def test_the_table_has_a_row_for_each_measure_and_the_same_seed_gives_the_same():
    first, again, other = (compare_gaps(*groups(), seed=seed) for seed in (0, 0, 1))
    table = first.table()
    assert table.columns.tolist() == ["measure", "unit", "estimate", "low", "high"]
    assert (table["low"] < table["estimate"]).all() and (table["estimate"] < table["high"]).all()
    assert first.table().equals(again.table()) and first.difference_interval == again.difference_interval
    assert first.difference_interval != other.difference_interval


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"gap_cases": [1]}, "gap_cases: got 1 people of whom all is known, needed are 2 or more"),
        ({"gap_controls": []}, "gap_controls: got 0 people"),
        ({"gap_cases": [1, np.nan]}, "gap_cases: got 1 people"),
        ({"age_cases": [60, 60]}, "age_controls: got None, but the ages of the others were given"),
        ({"age_controls": [60, 60]}, "age_cases: got None"),
        ({"age_cases": [60, 90], "age_controls": [60, 75]}, "caliper: 1 pairs lie within 2.0 years"),
        ({"age_cases": [60], "age_controls": [60, 75]}, r"age_cases: shape \(1,\) does not match gap_cases's \(2,\)"),
        ({"age_cases": [60, 61], "age_controls": [60, 61], "caliper": "2"}, "caliper: got '2', allowed is a number"),
        ({"level": 1}, "level: got 1"),
        ({"n_replicates": 0}, "n_replicates: got 0"),
        ({"seed": -1}, "seed: got -1"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(arguments, said):
    with pytest.raises(ValueError, match=said):
        compare_gaps(**{"gap_cases": [1, 2], "gap_controls": [0, 1.5]} | arguments)


def two_scanners(n=120, added=9.0, seed=0):
    """The same people in both: age, predicted age, site and person."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(45, 80, n)
    told = simulate_predictor(age, 0.85, sd=0, seed=seed)
    ages, predicted = np.tile(age, 2), np.concatenate([told, told + added + rng.normal(0, 0.5, n)])
    return ages, predicted, np.repeat(["A", "B"], n), np.tile(np.arange(n), 2)


def test_another_scanner_adds_years_and_leaves_the_order_of_people():
    age, predicted, site, who = two_scanners()
    found = site_shift(age, predicted, site, reference="A", groups=who)
    here, other = found.per_site.to_dict("records")
    assert found.interval[0] < 9 < found.interval[1] and found.shift == pytest.approx(9, abs=0.2)
    assert (here["site"], other["site"]) == ("A", "B")
    assert other["mae"] > 8 and other["mae_centered"] == pytest.approx(here["mae_centered"], abs=0.15)
    assert other["correlation"] == pytest.approx(here["correlation"], abs=0.02)
    assert other["correlation"] == pytest.approx(np.corrcoef(age[120:], predicted[120:])[0, 1])


def test_the_same_people_at_both_sites_say_more_than_others():
    age, predicted, site, who = two_scanners()
    paired = site_shift(age, predicted, site, reference="A", groups=who)
    apart = site_shift(age, predicted, site, reference="A")
    assert paired.shift == apart.shift
    assert np.ptp(paired.interval) < 0.25 * np.ptp(apart.interval)
    gap = (predicted - age).reshape(2, -1)
    half = 1.96 * (gap[1] - gap[0]).std(ddof=1) / np.sqrt(120)
    np.testing.assert_allclose(paired.interval, (paired.shift - half, paired.shift + half), atol=0.03)


def test_seen_from_the_other_site_the_shift_has_the_other_sign():
    age, predicted, site, who = two_scanners()
    there = site_shift(age, predicted, site, reference="B", groups=who)
    assert there.shift == pytest.approx(-site_shift(age, predicted, site, reference="A").shift)
    assert there.per_site["site"].tolist() == ["B", "A"]


def test_unknown_rows_are_left_out_of_the_shift_and_a_constant_has_no_correlation():
    found = site_shift([50, 60, 70, 80, 90], [60, 60, 71, 82, np.nan], list("AABBB"), reference="A")
    assert found.per_site["n"].tolist() == [2, 2] and np.isnan(found.per_site["correlation"][0])
    assert found.shift == pytest.approx(1.5 - 5)


@pytest.mark.parametrize(
    ("site", "reference", "said"),
    [
        (list("AAAA"), "A", r"site: got A \(4 rows\), allowed are two sites of 2 rows or more"),
        (list("AABC"), "A", r"site: got A \(2 rows\), B \(1 rows\), C \(1 rows\)"),
        (list("AAAB"), "A", r"site: got A \(3 rows\), B \(1 rows\)"),
        (list("AABB"), "C", "reference: got 'C', allowed are 'A', 'B'"),
        (list("AAB"), "A", r"site: got shape \(3,\), allowed is \(4,\), one per row"),
        (["A", "A", "B", None], "A", r"site: 1 rows have none \(None or NaN\); each needs one"),
        ([1, 1, np.nan, np.nan], 1, "site: 2 rows have none"),
        ([1, 1, 2, 2], "1", "reference: got '1', allowed are 1, 2"),
    ],
)
def test_two_sites_are_needed_and_one_is_the_reference(site, reference, said):
    with pytest.raises(ValueError, match=said):
        site_shift([50, 60, 70, 80], [50, 60, 70, 80], site, reference=reference)


def test_sites_may_be_numbers_and_keep_them():
    age, predicted, site, who = two_scanners()
    number = np.where(site == "A", 7, 2)
    found = site_shift(age, predicted, number, reference=7, groups=who)
    named = site_shift(age, predicted, site, reference="A", groups=who)
    assert (found.shift, found.interval) == (named.shift, named.interval)
    assert found.per_site["site"].tolist() == [7, 2]
    assert found.per_site.drop(columns="site").equals(named.per_site.drop(columns="site"))


def test_who_is_unknown_needs_no_site():
    found = site_shift([50, 60, 70, 80, np.nan], [51, 61, 73, 83, 90], ["A", "A", "B", "B", None], reference="A")
    assert found.shift == pytest.approx(2)


def test_replicates_that_all_lack_a_site_ask_for_more():
    site, who = list("AABB"), [0, 0, 1, 1]
    with pytest.raises(ValueError, match="n_replicates: got 1, of which none holds what the estimate needs"):
        for seed in range(20):  # of two people, one draw in two repeats one of them
            site_shift([50, 60, 50, 60], [51, 60, 60, 69], site, reference="A", groups=who, n_replicates=1, seed=seed)
