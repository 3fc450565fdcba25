"""Every public metric, given whatever people pass by mistake: a well-formed answer, or an error that names it."""

import inspect

import numpy as np
import pytest
from allowed_answers import REFUSED, answer, cases, well_formed
from hypothesis import given
from hypothesis import strategies as st
from odd_values import arrays, options, samples

from course_lib import metrics

CASES = 7
LABELS, SCORES = ("labels", "labels", "missing", "uncertain", "findings"), ("scores", "ties", "logits", "table")
CLASSES, VALUES = ("classes", "text", "large classes"), ("ages", "logits", "huge", "missing")
LEVELS, COUNTS, SEEDS = (0.5, 0.95), (1, 5, 30), (0, 7)
UNCERTAIN, NAMES = ("ignore", "zeros", "ones"), ("finding", ["a", "b", "c"], ["a", "a"])
RANKED = {"uncertain": UNCERTAIN, "names": NAMES}
CALIBRATED = {"uncertain": UNCERTAIN, "logits": (False, True)}
DRAWN = {"n_replicates": (2, 20), "seed": SEEDS}
TAKES = {  # each metric of two arrays: likely kinds of the first, of the second, and what else it takes
    "auroc": (LABELS, SCORES, RANKED),
    "average_precision": (LABELS, SCORES, RANKED),
    "bootstrap_auroc": (LABELS, SCORES, RANKED | DRAWN),
    "bootstrap_average_precision": (LABELS, SCORES, RANKED | DRAWN),
    "bootstrap_quantity": (LABELS, ("labels", "findings"), RANKED | DRAWN | {"quantity": ("sensitivity", "f1")}),
    "bootstrap_regression": (VALUES, VALUES, DRAWN),
    "brier_score": (LABELS, SCORES, CALIBRATED),
    "brier_decomposition": (LABELS, SCORES, CALIBRATED | {"n_bins": COUNTS}),
    "calibration_in_the_large": (LABELS, SCORES, CALIBRATED | {"level": LEVELS}),
    "choose_threshold": (
        LABELS,
        SCORES,
        RANKED | {"criterion": ("f1", "youden", "cost", "sensitivity"), "target": LEVELS, "cost_fn": (1, 10)},
    ),
    "class_matrix": (CLASSES, CLASSES, {"classes": ([0, 1, 2, 3], ["a", "b"])}),
    "cohen_kappa": (CLASSES, CLASSES, {"weights": ("linear", "quadratic"), "classes": ([0, 1, 2, 3],)}),
    "delong_interval": (LABELS, SCORES, RANKED | {"level": LEVELS}),
    "delong_variance": (LABELS, SCORES, RANKED),
    "expected_calibration_error": (LABELS, SCORES, CALIBRATED | {"n_bins": COUNTS, "prevalence": LEVELS}),
    "knn_accuracy": (("points", "table"), CLASSES, {"k": (1, 3), "test_share": (0.2, 0.5), "seed": SEEDS}),
    "mean_absolute_error": (VALUES, VALUES, {}),
    "operating_points": (LABELS, SCORES, {"uncertain": UNCERTAIN}),
    "precision_recall_curve": (LABELS, SCORES, {"uncertain": UNCERTAIN}),
    "r2_score": (VALUES, VALUES, {}),
    "reliability_curve": (LABELS, SCORES, CALIBRATED | {"n_bins": COUNTS, "level": LEVELS}),
    "roc_curve": (LABELS, SCORES, {"uncertain": UNCERTAIN}),
    "root_mean_squared_error": (VALUES, VALUES, {}),
    "shift_logits": (("logits", "table"), ("one number", "scores"), {}),
    "silhouette": (("points", "table"), CLASSES, {"max_samples": (2, 10), "seed": SEEDS}),
    "total_error": (("table", "points"), VALUES, {}),
    "trueness": (("table", "points"), VALUES, {"level": LEVELS}),
    "wilson_interval": (("classes",), ("classes",), {"level": LEVELS}),
}
REQUIRED = {"bootstrap_quantity": {"quantity": "f1"}}
MAY_BE_INFINITE = {
    "roc_curve",
    "precision_recall_curve",
    "operating_points",
    "choose_threshold",
}  # thresholds: the first flags nobody


def parameters(call) -> tuple[str, ...]:
    return tuple(inspect.signature(call).parameters)


@pytest.mark.parametrize("name", TAKES)
def test_a_metric_of_odd_arrays_answers_or_names_what_was_wrong(name):
    metric = getattr(metrics, name)
    first, second, more = TAKES[name]

    @cases(CASES)
    @given(data=st.data())
    def check(data):
        n = data.draw(samples())
        a, b = data.draw(arrays(n, *first)), data.draw(arrays(n, *second))
        arguments = REQUIRED.get(name, {}) | data.draw(options(**more))
        result = answer(lambda: metric(a, b, **arguments), parameters(metric))
        if result is not REFUSED and name not in MAY_BE_INFINITE:
            well_formed(result)

    check()


@cases(30)
@given(data=st.data())
def test_weights_and_groups_are_checked_as_labels_are(data):
    n = data.draw(samples())
    y, score = data.draw(arrays(n, "labels")), data.draw(arrays(n, "scores"))
    weight, groups = data.draw(arrays(n, "scores", "missing")), data.draw(arrays(n, "classes", "text"))
    names = parameters(metrics.bootstrap_auroc)
    well_formed(answer(lambda: metrics.auroc(y, score, sample_weight=weight), names))
    drawn = answer(lambda: metrics.bootstrap_auroc(y, score, groups=groups, n_replicates=9), names)
    if drawn is not REFUSED:
        assert drawn.replicates.shape[0] == 9 or drawn.replicates.shape[-1] == 9
        answer(drawn.table, names)


@cases(20)
@given(data=st.data())
def test_two_scores_are_compared_or_the_one_at_fault_is_named(data):
    n = data.draw(samples())
    y, a, b = (data.draw(arrays(n, *kinds)) for kinds in (LABELS, SCORES, SCORES))
    arguments = data.draw(options(level=LEVELS, uncertain=UNCERTAIN))
    well_formed(answer(lambda: metrics.delong_test(y, a, b, **arguments), parameters(metrics.delong_test)))


@cases(20)
@given(data=st.data())
def test_a_threshold_is_judged_on_odd_arrays_as_it_is_chosen(data):
    n = data.draw(samples())
    chosen = answer(lambda: metrics.choose_threshold([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], ids=[1, 2, 3, 4]), ())
    y, score, ids = (data.draw(arrays(n, *kinds)) for kinds in (LABELS, SCORES, ("classes", "text")))
    result = answer(lambda: chosen.evaluate(y, score, ids=ids), parameters(chosen.evaluate))
    if result is not REFUSED:
        assert np.all(result.tp + result.fn + result.fp + result.tn <= n)


@cases(20)
@given(data=st.data())
def test_a_repeated_measurement_of_odd_values_answers_or_names_them(data):
    values = data.draw(arrays(data.draw(samples()), "table", "points", "missing"))
    arguments = data.draw(options(level=LEVELS))
    well_formed(answer(lambda: metrics.repeatability(values, **arguments), ("values", "level")))


@cases(20)
@given(data=st.data())
def test_means_and_shares_of_odd_numbers_answer_or_name_them(data):
    values = data.draw(arrays(data.draw(samples()), "scores", "missing"))
    well_formed(answer(lambda: metrics.macro_mean(values), ("values", "names")))
    well_formed(answer(lambda: metrics.separation_for(values), ("auc",)))
    four = data.draw(st.tuples(*[arrays(3, "classes", "scores")] * 4))
    counts = answer(lambda: metrics.ConfusionCounts(*four), ("tp", "fn", "fp", "tn"))
    if counts is not REFUSED:
        total = data.draw(st.sampled_from((1, 10, 1000, 2.5, -1, "x", None)))
        answer(lambda: metrics.whole_people(counts, total), ("counts", "total"))
        answer(counts.table, ("counts", "expected"))


@cases(20)
@given(data=st.data())
def test_a_temperature_is_fitted_to_odd_logits_or_they_are_named(data):
    n = data.draw(samples())
    logits, y, new = (data.draw(arrays(n, *kinds)) for kinds in (("logits", "huge"), LABELS, ("logits", "table")))
    scaling = metrics.TemperatureScaling(shift=data.draw(st.booleans()))
    names = {*parameters(scaling.fit), *parameters(scaling.transform), "fit", "y_true", "y_score", "logits"}
    if answer(lambda: scaling.fit(logits, y), names) is not REFUSED:
        probabilities = answer(lambda: scaling.predict_proba(new), names)
        if probabilities is not REFUSED:
            assert (np.isnan(probabilities) | ((probabilities >= 0) & (probabilities <= 1))).all()


@cases(15)
@given(data=st.data())
def test_a_degradation_that_returns_odd_values_is_named(data):
    levels = data.draw(arrays(data.draw(samples()), "classes", "ages"))
    value = data.draw(st.sampled_from((0.5, np.nan, 1, True, "x", None, [0.1, 0.2])))
    seeds = data.draw(st.sampled_from(((0, 1), (), (-1,), (0.5,), "x", 3)))
    call = lambda: metrics.robustness(lambda *_: value, lambda level, rng: ([0, 1], [0, 1]), levels, seeds=seeds)  # noqa: E731
    answer(call, ("metric", "degrade", "levels", "seeds", "level"))


def test_every_metric_of_the_package_is_here():
    source = inspect.getsource(inspect.getmodule(parameters))
    functions = [name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))]
    elsewhere = {"roc_band", "binormal_quantiles", "simulate_predictions"}  # of a Resampling; the others are simulators
    missing = [name for name in functions if f'"{name}"' not in source and f"metrics.{name}" not in source]
    assert set(missing) <= elsewhere
