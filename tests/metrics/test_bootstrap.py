"""The bootstrap against scikit-learn replicate by replicate, and its intervals against SciPy and theory."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    matthews_corrcoef,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from course_lib.metrics import (
    auroc,
    bootstrap_auroc,
    bootstrap_average_precision,
    bootstrap_quantity,
    bootstrap_regression,
    simulate_predictions,
)
from course_lib.metrics.bootstrap import resampling
from course_lib.metrics.bootstrap.resampling import CHUNK, Resampling

PEERS = {
    "auroc": (bootstrap_auroc, roc_auc_score),
    "average precision": (bootstrap_average_precision, average_precision_score),
}
each_metric = pytest.mark.parametrize(("ours", "theirs"), PEERS.values(), ids=PEERS)


def cohort(n=300, labels=3, decimals=8, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random((n, labels)) < [0.5, 0.2, 0.05, 0.4][:labels]).astype(int)
    return y, (y + rng.normal(size=y.shape)).round(decimals), rng.integers(0, n // 3, n)


def draws(n, groups=None, n_replicates=100, seed=0):
    """How often each sample is in each replicate, (R, N), as the library draws."""
    plan = Resampling.of(n, groups, n_replicates, seed)
    parts = [weights for k, rows in plan.chunks() for _, weights in plan.weights(k, rows.stop - rows.start)]
    units = np.concatenate(parts, axis=1).T
    return units if groups is None else units[:, plan.groups]


@each_metric
@pytest.mark.parametrize("by_group", [False, True], ids=["by image", "by patient"])
@pytest.mark.parametrize("decimals", [8, 0], ids=["few ties", "heavy ties"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_every_replicate_is_scikit_learns(ours, theirs, by_group, decimals, weighted):
    y, score, patients = cohort(decimals=decimals)
    groups, n = (patients if by_group else None), len(y)
    weight = np.random.default_rng(5).random(n) if weighted else None
    result = ours(y, score, groups=groups, n_replicates=100, seed=7, sample_weight=weight)
    own = np.ones(n) if weight is None else weight
    assert result.estimate == pytest.approx(theirs(y, score, average=None, sample_weight=weight), abs=1e-12)
    for times, replicate in zip(draws(n, groups, seed=7), result.replicates, strict=True):
        assert replicate == pytest.approx(theirs(y, score, average=None, sample_weight=times * own), abs=1e-12)
        assert result.resampling.n_units == (len(np.unique(groups)) if by_group else n)


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 25), st.integers(0, 10_000), st.sampled_from([0, 1, 6]))
def test_every_replicate_of_a_small_tied_sample_is_scikit_learns(n, seed, decimals):
    rng = np.random.default_rng(seed)
    y, score = np.r_[0, 1, rng.integers(0, 2, n - 2)], rng.normal(size=n).round(decimals)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        replicates = bootstrap_auroc(y, score, n_replicates=20, seed=seed).replicates[:, 0]
    for times, replicate in zip(draws(n, n_replicates=20, seed=seed), replicates, strict=True):
        if times[y == 1].any() and times[y == 0].any():
            assert replicate == pytest.approx(roc_auc_score(y, score, sample_weight=times), abs=1e-12)
        else:
            assert np.isnan(replicate)


def test_repeating_the_drawn_rows_gives_the_same_as_weighing_them():
    y, score, groups = cohort()
    result = bootstrap_auroc(y, score, groups=groups, n_replicates=20)
    for times, replicate in zip(draws(len(y), groups, 20), result.replicates, strict=True):
        rows = np.repeat(np.arange(len(y)), times.astype(int))
        assert replicate == pytest.approx(roc_auc_score(y[rows], score[rows], average=None), abs=1e-12)


def test_patients_are_drawn_whole_and_as_many_as_there_are():
    groups = np.array(["b", "a", "b", "c", "a", "b"])
    times = draws(6, groups, n_replicates=500)
    for name in "abc":
        of_patient = times[:, groups == name]
        assert (of_patient == of_patient[:, :1]).all()
    firsts = times[:, [0, 1, 3]]
    assert (firsts.sum(axis=1) == 3).all()
    assert firsts.mean(axis=0) == pytest.approx([1, 1, 1], abs=0.15)


def test_groups_of_one_image_are_the_image_bootstrap():
    y, score, _ = cohort()
    alone = bootstrap_auroc(y, score, groups=np.arange(len(y)))
    np.testing.assert_array_equal(alone.replicates, bootstrap_auroc(y, score).replicates)


def test_copies_of_every_image_narrow_the_image_interval_but_not_the_patients():
    y, score, _ = cohort(labels=1)
    y4, score4, groups = np.repeat(y, 4, axis=0), np.repeat(score, 4, axis=0), np.repeat(np.arange(len(y)), 4)
    width = {
        name: np.diff(result.interval())[0, 0]
        for name, result in {
            "once": bootstrap_auroc(y, score),
            "by image": bootstrap_auroc(y4, score4),
            "by patient": bootstrap_auroc(y4, score4, groups=groups),
        }.items()
    }
    assert width["by patient"] == pytest.approx(width["once"], rel=1e-9)
    assert width["by image"] == pytest.approx(width["once"] / 2, rel=0.15)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    held = []
    for seed in range(200):
        sample = simulate_predictions(np.ones(150, int), 0.3, 0.8, seed=seed)
        low, high = bootstrap_auroc(sample.y_true, sample.y_score, n_replicates=200, seed=seed).interval(0.9)[0]
        held.append(low <= 0.8 <= high)
    assert 0.83 <= np.mean(held) <= 0.96  # 0.9, within what 200 samples and a percentile interval allow


@pytest.mark.parametrize("metric", PEERS)
def test_bca_is_scipys_on_the_same_replicates(metric):
    ours, theirs = PEERS[metric]
    y, score, _ = cohort(n=200, labels=1, seed=3)
    result = ours(y[:, 0], score[:, 0], n_replicates=2000)
    scipys = scipy.stats.bootstrap(
        (y[:, 0], score[:, 0]),
        theirs,
        paired=True,
        vectorized=False,
        n_resamples=0,
        bootstrap_result=SimpleNamespace(bootstrap_distribution=result.replicates[:, 0]),
        method="BCa",
    ).confidence_interval
    # SciPy leaves samples out one by one, we take the derivative: the same to order 1/n
    assert result.interval(method="bca")[0] == pytest.approx(scipys, abs=2e-4)
    assert np.abs(result.interval()[0] - scipys).max() > 1e-3  # the plain percentiles are something else
    assert result.macro.interval(method="bca") == pytest.approx(result.interval(method="bca")[0], abs=1e-12)


def test_the_influence_of_a_patient_predicts_what_leaving_it_out_changes():
    y, score, groups = cohort(labels=2)
    result = bootstrap_auroc(y, score, groups=groups, n_replicates=2)
    for unit in range(10):
        keep = result.resampling.groups != unit
        change = auroc(y[keep], score[keep]) - result.estimate
        assert change == pytest.approx(-result.influence[unit], rel=0.1, abs=2e-4)


def test_the_spread_of_the_replicates_is_the_spread_of_the_influences():
    y, score, groups = cohort(n=2000)
    result = bootstrap_auroc(y, score, groups=groups, n_replicates=4000)
    assert result.standard_error == pytest.approx(np.sqrt((result.influence**2).sum(axis=0)), rel=0.06)


def test_the_same_seed_gives_the_same_draws_whatever_the_number_of_threads(monkeypatch):
    y, score, _ = cohort(labels=2)
    monkeypatch.setattr(resampling, "WORTH_A_THREAD", 0)
    results = []
    for threads in (1, 3):
        monkeypatch.setattr(resampling, "_threads", lambda threads=threads: threads)
        results.append(bootstrap_auroc(y, score, n_replicates=5 * CHUNK + 3).replicates)
    np.testing.assert_array_equal(*results)
    assert not np.array_equal(results[0], bootstrap_auroc(y, score, n_replicates=5 * CHUNK + 3, seed=1).replicates)


def test_more_replicates_go_on_from_fewer():
    y, score, _ = cohort()
    few, many = (bootstrap_auroc(y, score, n_replicates=n).replicates for n in (2 * CHUNK, 3 * CHUNK))
    np.testing.assert_array_equal(many[: 2 * CHUNK], few)


def test_the_paired_difference_is_the_difference_on_the_same_patients():
    y, score, groups = cohort(n=600)
    worse = score + np.random.default_rng(1).normal(0, 0.3, score.shape)
    first, second = (bootstrap_auroc(y, s, groups=groups, n_replicates=500) for s in (score, worse))
    paired = first.minus(second)
    np.testing.assert_array_equal(paired.replicates, first.replicates - second.replicates)
    assert paired.macro.estimate == pytest.approx(first.macro.estimate - second.macro.estimate)
    unpaired = first.replicates - bootstrap_auroc(y, worse, groups=groups, n_replicates=500, seed=9).replicates
    assert (paired.replicates.std(axis=0) < 0.7 * unpaired.std(axis=0)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, r"other: not paired with this, for these differ: draws \(groups, n_replicates, seed\)$"),
        ({"groups": np.arange(300)}, "draws"),
        ({"names": list("abc")}, "names"),
        ({"y_true": 1 - cohort()[0]}, "true values"),
    ],
)
def test_what_is_not_paired_is_not_subtracted(change, message):
    y, score, groups = cohort()
    first = bootstrap_auroc(y, score, groups=groups, n_replicates=10)
    arguments = {"y_true": y, "y_score": score, "groups": groups, "n_replicates": 10, **change}
    with pytest.raises(ValueError, match=message):
        first.minus(bootstrap_auroc(**arguments))
    with pytest.raises(ValueError, match="metric"):
        first.minus(bootstrap_average_precision(y, score, groups=groups, n_replicates=10))


def test_an_absent_class_is_named_and_the_macro_mean_says_how_many_it_used():
    y, score, _ = cohort()
    y[:, 1] = 0
    with pytest.warns(UndefinedMetricWarning, match="Hernia: no positives among 300 samples"):
        result = bootstrap_auroc(y, score, names=["Mass", "Hernia", "Edema"], n_replicates=50)
    assert np.isnan(result.estimate[1]) and np.isnan(result.interval()[1]).all()
    assert (result.macro.n_used, result.macro.n_labels, result.macro.missing) == (2, 3, ("Hernia",))
    assert result.macro.estimate == pytest.approx(result.estimate[[0, 2]].mean())
    np.testing.assert_allclose(result.macro.replicates, result.replicates[:, [0, 2]].mean(axis=1))
    assert np.isfinite(result.macro.interval(method="bca")).all()


def test_replicates_without_a_class_are_left_out_counted_and_said():
    y, score = np.r_[1, np.zeros(19, int)], np.arange(20.0)
    with pytest.warns(UndefinedMetricWarning, match=r"replicates in which it is undefined.*: label 0 \(3\d%\)"):
        result = bootstrap_auroc(y, score, n_replicates=1000)
    assert result.n_undefined[0] == pytest.approx(1000 / np.e, abs=60)
    assert np.isfinite(result.interval()).all()


def test_nothing_defined_at_all_is_nan_not_an_error():
    with pytest.warns(UndefinedMetricWarning):
        result = bootstrap_auroc([0, 0, 0], [1.0, 2, 3], n_replicates=5)
    assert np.isnan(result.macro.estimate) and np.isnan(result.macro.interval()).all() and result.macro.n_used == 0


def test_a_perfect_ranking_stays_perfect():
    result = bootstrap_auroc([0] * 20 + [1] * 20, np.arange(40.0), n_replicates=200)
    assert result.interval().tolist() == result.interval(method="bca").tolist() == [[1, 1]]


def test_unknown_truth_is_left_out_of_its_label_only():
    y, score, groups = cohort()
    known = y.astype(float)
    known[::3, 0] = np.nan
    result = bootstrap_auroc(known, score, groups=groups, n_replicates=30)
    times = draws(len(y), groups, 30)
    keep = ~np.isnan(known[:, 0])
    for weight, replicate in zip(times, result.replicates, strict=True):
        assert replicate[0] == pytest.approx(roc_auc_score(y[keep, 0], score[keep, 0], sample_weight=weight[keep]))
        assert replicate[1] == pytest.approx(roc_auc_score(y[:, 1], score[:, 1], sample_weight=weight))


@pytest.mark.parametrize(("quantity", "theirs"), [("f1", f1_score), ("MCC", matthews_corrcoef)])
def test_quantities_of_the_confusion_matrix_are_scikit_learns(quantity, theirs):
    y, score, groups = cohort(labels=2)
    called = (score > 0.5).astype(int)
    result = bootstrap_quantity(y, called, quantity, groups=groups, n_replicates=30)
    for times, replicate in zip(draws(len(y), groups, 30), result.replicates, strict=True):
        for label in range(2):
            expected = theirs(y[:, label], called[:, label], sample_weight=times)
            assert replicate[label] == pytest.approx(expected, abs=1e-12)
    for unit in range(20):
        keep = result.resampling.groups != unit
        change = theirs(y[keep, 0], called[keep, 0]) - result.estimate[0]
        assert change == pytest.approx(-result.influence[unit, 0], rel=0.05, abs=1e-4)


def test_only_decisions_have_a_confusion_matrix():
    with pytest.raises(ValueError, match=r"y_pred: got 0.3, allowed are the decisions 0 and 1; compare scores with"):
        bootstrap_quantity([0, 1], [0.3, 0.7], "f1")
    with pytest.raises(ValueError, match="f11"):
        bootstrap_quantity([0, 1], [0, 1], "f11")


def test_errors_of_a_regression_are_scikit_learns():
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 80, 200)
    predicted, groups = age + rng.normal(1, 3, 200), rng.integers(0, 60, 200)
    result = bootstrap_regression(np.r_[age, np.nan], np.r_[predicted, 60.0], groups=np.r_[groups, 0], n_replicates=30)
    assert result.names == ("MAE", "RMSE", "R²")
    scores = mean_absolute_error, root_mean_squared_error, r2_score
    assert result.estimate == pytest.approx([score(age, predicted) for score in scores], abs=1e-10)
    for times, replicate in zip(draws(201, np.r_[groups, 0], 30)[:, :-1], result.replicates, strict=True):
        assert replicate == pytest.approx([score(age, predicted, sample_weight=times) for score in scores], abs=1e-10)


def test_a_constant_truth_explains_nothing_and_has_no_r_squared():
    with np.errstate(all="raise"), pytest.warns(UndefinedMetricWarning, match="R²: all true values are equal"):
        result = bootstrap_regression([5.0, 5, 5], [4.0, 5, 6], n_replicates=5)
    assert np.isnan(result.estimate[2]) and result.estimate[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_replicates": 0}, "n_replicates: got 0, allowed is a whole number from 1"),
        ({"n_replicates": 1.5}, "n_replicates"),
        ({"seed": -1}, "seed: got -1, allowed is a whole number from 0"),
        ({"groups": [1, 2]}, r"groups: got shape \(2,\), allowed is \(4,\), one per sample"),
        ({"groups": [1, 1, 1, 1]}, "groups: got 1 to draw from, a bootstrap needs at least 2"),
        ({"groups": [1, np.nan, 1, 2]}, r"groups: 1 samples have none \(NaN\)"),
    ],
)
def test_what_is_not_allowed_is_said(settings, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_auroc([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], **settings)


def test_one_sample_cannot_be_drawn_from():
    with pytest.raises(ValueError, match="y_true: got 1 to draw from"), pytest.warns(UndefinedMetricWarning):
        bootstrap_auroc([1], [0.5])


def test_the_interval_checks_its_arguments():
    result = bootstrap_auroc([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], n_replicates=10)
    with pytest.raises(ValueError, match="level: got 95"):
        result.interval(95)
    with pytest.raises(ValueError, match="method: got 'BCa', allowed are 'percentile', 'bca'"):
        result.macro.interval(method="BCa")


def test_the_table_has_a_row_for_each_label():
    y, score, groups = cohort()
    frame = bootstrap_auroc(y, score, groups=groups, names=list("abc"), n_replicates=50).table()
    assert frame["label"].tolist() == ["a", "b", "c"]
    assert frame["n_positive"].tolist() == y.sum(axis=0).tolist()
    assert (frame["low"] <= frame["estimate"]).all() and (frame["estimate"] <= frame["high"]).all()
    assert "n_positive" not in bootstrap_regression([1.0, 2, 3], [1.0, 2, 4], n_replicates=5).table()


wide = st.sampled_from([0.0, 1e-6, 1.0, 1e6])


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 20), st.integers(0, 10_000), st.sampled_from([0, 6]), st.data())
def test_every_replicate_of_weighted_partly_known_labels_is_scikit_learns(n, seed, decimals, data):
    rng = np.random.default_rng(seed)
    y, score = rng.integers(0, 2, (n, 2)).astype(float), rng.normal(size=(n, 2)).round(decimals)
    y[rng.random((n, 2)) < 0.2] = np.nan
    own = np.array(data.draw(st.lists(wide, min_size=n, max_size=n)))
    for ours, theirs in PEERS.values():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndefinedMetricWarning)
            replicates = ours(y, score, n_replicates=8, seed=seed, sample_weight=own).replicates
        for times, replicate in zip(draws(n, n_replicates=8, seed=seed), replicates, strict=True):
            for label, value in enumerate(replicate):
                known = ~np.isnan(y[:, label])
                truth, weight = y[known, label], (own * times)[known]
                if weight[truth == 1].any() and weight[truth == 0].any():
                    expected = theirs(truth, score[known, label], sample_weight=weight)
                    assert value == pytest.approx(expected, abs=1e-12)


def test_small_memory_draws_the_same(monkeypatch):
    y, score, groups = cohort()
    expected = bootstrap_auroc(y, score, groups=groups, n_replicates=2 * CHUNK + 5).replicates
    monkeypatch.setattr(resampling, "IN_MEMORY", 2000)
    result = bootstrap_auroc(y, score, groups=groups, n_replicates=2 * CHUNK + 5)
    np.testing.assert_array_equal(result.replicates, expected)


def test_sums_too_large_for_four_bytes_are_kept_in_eight():
    for largest, expected in ((6e6, np.float64), (1e6, np.float32)):
        members = scipy.sparse.csr_matrix(np.full((1, 3), largest, np.float32))
        assert Resampling.of(3, None, 1, 0).by_unit(members).dtype == expected


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_errors_of_a_regression_do_not_depend_on_the_unit(scale):
    rng = np.random.default_rng(0)
    volume = rng.normal(1.5, 0.1, 100)
    predicted = volume + rng.gamma(0.3, 0.02, 100)
    once = bootstrap_regression(volume, predicted)
    scaled = bootstrap_regression(scale * volume, scale * predicted)
    factor = np.array([scale, scale, 1])
    assert scaled.influence == pytest.approx(once.influence * factor, rel=1e-6)
    assert scaled.interval(method="bca") == pytest.approx(once.interval(method="bca") * factor[:, None], rel=1e-9)
    assert np.abs(once.interval() - once.interval(method="bca")).max() > 1e-4


def test_the_influence_on_a_regressions_errors_predicts_leaving_one_out():
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 80, 400)
    predicted = age + rng.normal(1, 3, 400)
    result = bootstrap_regression(age, predicted, n_replicates=2)
    for left_out in range(20):
        keep = np.arange(400) != left_out
        scores = [
            score(age[keep], predicted[keep]) for score in (mean_absolute_error, root_mean_squared_error, r2_score)
        ]
        assert scores - result.estimate == pytest.approx(-result.influence[left_out], rel=0.05, abs=1e-4)


def test_the_influence_on_a_ratio_of_rare_cells_is_its_derivative():
    truth, called = np.repeat([1, 1, 0, 0], [1500, 500, 3, 200_000]), np.repeat([1, 0, 1, 0], [1500, 500, 3, 200_000])
    result = bootstrap_quantity(truth, called, "LR+", n_replicates=2)
    # LR+ = (TP/P)/(FP/N): one more false positive divides it by (1 + 1/FP)/(1 + 1/N)
    false_positive = result.influence[2001, 0]
    assert false_positive == pytest.approx(result.estimate[0] * (1 / 200_003 - 1 / 3), rel=1e-5)


def test_models_that_were_judged_on_different_patients_are_not_paired():
    age, first = np.array([50.0, 60, 70, 80]), np.array([51.0, 63, 71, 79])
    second = np.where(age == 60, np.nan, first)
    with pytest.raises(ValueError, match="true values, or which of them are judged"):
        bootstrap_regression(age, first, n_replicates=5).minus(bootstrap_regression(age, second, n_replicates=5))
    y, score = [0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]
    with pytest.raises(ValueError, match="true values, or which of them are judged"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bootstrap_auroc(y, score, n_replicates=5).minus(bootstrap_auroc(y, score, sample_weight=[1, 2, 3, 4]))


def test_a_quantity_has_one_name():
    first, second = (bootstrap_quantity([0, 1] * 9, [0, 1] * 9, name, n_replicates=5) for name in ("recall", "TPR"))
    assert first.minus(second).estimate == [0]


def test_undefined_quantities_are_named_with_their_reason():
    with pytest.warns(UndefinedMetricWarning, match=r"ppv .*label 0: nothing was predicted positive"):
        bootstrap_quantity([0, 1] * 5, [0, 0] * 5, "ppv", n_replicates=5)


def test_a_macro_mean_that_rests_on_few_replicates_says_so():
    y, score = np.zeros((60, 5), int), np.random.default_rng(0).normal(size=(60, 5))
    y[range(5), range(5)] = 1
    with pytest.warns(UndefinedMetricWarning, match=r"the macro mean \(9\d%\)|the macro mean \(8\d%\)"):
        result = bootstrap_auroc(y, score)
    assert result.macro.n_undefined > 800


def test_every_call_warns_not_only_the_first():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        bootstrap_auroc([0, 0], [1, 2], n_replicates=2)
        bootstrap_auroc([0, 0], [1, 3], n_replicates=2)
        auroc([0, 0], [1, 2])
        auroc([0, 0], [1, 3])
    assert len(said) == 4
    assert {warning.filename for warning in said} == {__file__}
