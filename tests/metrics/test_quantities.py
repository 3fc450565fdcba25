import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from course_lib.metrics.counts import ConfusionCounts
from course_lib.metrics.quantities import QUANTITIES, find_quantity
from course_lib.metrics.quantities import plain as without_case

A = ConfusionCounts(63, 37, 28, 72)
DERIVED = [name for name, quantity in QUANTITIES.items() if quantity.method]

decisions = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40).map(
    lambda pairs: tuple(np.array(pairs).T)
)
cells = st.lists(st.integers(0, 30), min_size=4, max_size=4)


def close(value, expected):
    return value == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(decisions)
def test_equals_scikit_learn_where_both_are_defined(pair):
    y_true, y_pred = pair
    counts = ConfusionCounts.from_labels(y_true, y_pred)
    (tn, fp), (fn, tp) = sk.confusion_matrix(y_true, y_pred, labels=[0, 1])
    assert (counts.tp, counts.fn, counts.fp, counts.tn) == (tp, fn, fp, tn)
    assert close(counts.accuracy, sk.accuracy_score(y_true, y_pred))
    assert close(counts.precision, sk.precision_score(y_true, y_pred, zero_division=np.nan))
    assert close(counts.recall, sk.recall_score(y_true, y_pred, zero_division=np.nan))
    assert close(counts.npv, sk.precision_score(y_true, y_pred, pos_label=0, zero_division=np.nan))
    assert close(counts.specificity, sk.recall_score(y_true, y_pred, pos_label=0, zero_division=np.nan))
    assert close(counts.f1, sk.f1_score(y_true, y_pred, zero_division=np.nan))
    assert close(counts.jaccard, sk.jaccard_score(y_true, y_pred) if tp + fn + fp else np.nan)
    assert close(counts.mcc, np.corrcoef(y_true, y_pred)[0, 1] if np.ptp(y_true) and np.ptp(y_pred) else np.nan)
    if np.ptp(y_true) and np.ptp(y_pred):
        assert close(counts.mcc, sk.matthews_corrcoef(y_true, y_pred))
        assert close(counts.balanced_accuracy, sk.balanced_accuracy_score(y_true, y_pred))
    if np.ptp(y_true) and fp and tn:
        plus, minus = sk.class_likelihood_ratios(y_true, y_pred)
        assert close(counts.lr_plus, plus) and close(counts.lr_minus, minus)


@settings(max_examples=60, deadline=None)
@given(cells)
def test_the_quantities_obey_the_identities_of_the_lecture(numbers):
    c = ConfusionCounts(*numbers)
    assert close(c.tpr, 1 - c.fnr) and close(c.tnr, 1 - c.fpr)
    assert close(c.ppv, 1 - c.fdr) and close(c.npv, 1 - c["FOR"])
    assert close(c.informedness, c.tpr + c.tnr - 1) and close(c.markedness, c.ppv + c.npv - 1)
    if not np.isnan(c.mcc):
        assert close(c.mcc_from_roots, c.mcc)
        assert close(c.mcc**2, c.informedness * c.markedness)
    if not np.isnan(c.fowlkes_mallows):
        assert close(c.fowlkes_mallows**2, c.ppv * c.tpr)
    if not np.isnan([c.dor, c.lr_minus]).any():
        assert c.dor == pytest.approx(c.lr_plus / c.lr_minus)


def test_the_slide_that_takes_dor_for_fdr_under_the_root_is_wrong():
    right = np.sqrt(A.tpr * A.tnr * A.ppv * A.npv)
    assert close(right - np.sqrt(A.fnr * A.fpr * A["FOR"] * A.fdr), A.mcc)
    assert abs(right - np.sqrt(A.fnr * A.fpr * A["FOR"] * A.dor) - A.mcc) > 0.2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=1, max_size=6))
def test_arrays_give_what_each_matrix_gives_alone(matrices):
    together, alone = ConfusionCounts(*np.array(matrices).T), [ConfusionCounts(*numbers) for numbers in matrices]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in QUANTITIES:
            np.testing.assert_array_equal(together[name], [counts[name] for counts in alone])
            assert together.reason(name).tolist() == [counts.reason(name) for counts in alone]


@settings(max_examples=60, deadline=None)
@given(cells)
def test_a_quantity_is_nan_exactly_where_it_has_a_reason_and_is_never_infinite(numbers):
    counts = ConfusionCounts(*numbers)
    for name in DERIVED:
        assert np.isnan(counts[name]) == bool(counts.reason(name))
        assert not np.isinf(counts[name])


@pytest.mark.parametrize(
    ("numbers", "quantity", "reason"),
    [
        ((0, 5, 0, 95), "precision", "nothing was predicted positive (TP + FP = 0)"),
        ((5, 0, 95, 0), "NPV", "nothing was predicted negative (FN + TN = 0)"),
        ((0, 0, 5, 95), "sensitivity", "there are no positives (TP + FN = 0)"),
        ((5, 95, 0, 0), "specificity", "there are no negatives (FP + TN = 0)"),
        ((60, 40, 0, 100), "LR+", "there are no false positives (FP = 0)"),
        ((60, 40, 100, 0), "LR-", "there are no true negatives (TN = 0)"),
        ((60, 0, 40, 100), "DOR", "there are no false negatives (FN = 0)"),
        ((0, 0, 0, 100), "F1", "nothing is positive, neither in truth nor predicted (TP + FN + FP = 0)"),
        ((0, 5, 0, 95), "MCC", "nothing was predicted positive (TP + FP = 0)"),
        ((0, 0, 0, 0), "accuracy", "nobody was counted (n = 0)"),
    ],
)
def test_what_is_undefined_is_nan_and_says_why(numbers, quantity, reason):
    counts = ConfusionCounts(*numbers)
    assert np.isnan(counts[quantity])
    assert counts.reason(quantity) == reason


def test_f1_of_a_classifier_that_finds_nothing_is_zero_and_defined():
    counts = ConfusionCounts(0, 5, 0, 95)
    assert (counts.f1, counts.reason("f1")) == (0, "")


@pytest.mark.parametrize(
    ("spoken", "attribute"),
    [
        *[("SENSITIVITY", "tpr"), ("recall", "tpr"), ("Hit rate", "tpr"), ("hit_rate", "tpr"), ("power", "tpr")],
        *[("probability of detection", "tpr"), ("probability of false alarm", "fpr"), ("fall-out", "fpr")],
        *[("specificity", "tnr"), ("selectivity", "tnr"), ("miss rate", "fnr"), ("precision", "ppv")],
        *[("FOR", "false_omission_rate"), ("fomr", "false_omission_rate"), ("ACC", "accuracy")],
        *[("BA", "balanced_accuracy"), ("Critical success index", "threat_score"), ("Jaccard index", "threat_score")],
        *[("Bookmaker informedness", "informedness"), ("youden", "informedness"), ("Youden's J", "informedness")],
        *[("deltaP", "markedness"), ("Δp", "markedness"), ("MK", "markedness"), ("F₁ score", "f1")],
        *[("Fowlkes–Mallows index", "fowlkes_mallows"), ("Fowlkes-Mallows index", "fowlkes_mallows")],
        *[("Matthews correlation coefficient", "mcc"), ("LR+", "lr_plus"), ("LR-", "lr_minus"), ("LR−", "lr_minus")],
        *[("hit", "tp"), ("correct rejection", "tn"), ("false alarm", "fp"), ("miss", "fn")],
        *[("type I error", "fp"), ("Type II error", "fn"), ("n", "n"), ("N", "negatives"), ("P", "positives")],
    ],
)
def test_a_quantity_is_found_by_the_names_of_the_field(spoken, attribute):
    assert find_quantity(spoken).name == attribute
    assert A[spoken] == getattr(A, attribute)


@pytest.mark.parametrize("name", [[], None, 3])
def test_a_name_is_text(name):
    with pytest.raises(ValueError, match=r"quantity: got .* allowed is a name"):
        find_quantity(name)


def test_no_name_means_two_quantities_but_n_and_capital_n():
    owners = {}
    for quantity in QUANTITIES.values():
        for name in (quantity.name, quantity.abbreviation, quantity.long_name, *quantity.synonyms):
            owners.setdefault(without_case(name), set()).add(quantity.name)
    assert [name for name, found in owners.items() if len(found) > 1] == ["n"]


def test_synonyms_are_attributes_and_are_completed():
    assert A.sensitivity == A.recall == A.hit_rate == A.tpr
    assert (A.fall_out, A.false_omission_rate, A.csi, A.bm) == (A.fpr, A.fomr, A.threat_score, A.informedness)
    assert {"tpr", "mcc", "sensitivity", "fall_out", "type_i_error"} <= set(dir(A))
    assert "TP / (TP + FN)" in ConfusionCounts.tpr.__doc__


def test_an_unknown_name_is_answered_with_near_ones():
    with pytest.raises(ValueError, match=r"quantity: got 'senstivity'.*'sensitivity'"):
        A["senstivity"]
    with pytest.raises(AttributeError, match=r"no attribute 'senstivity'.*'sensitivity'"):
        _ = A.senstivity
