import copy
import pickle
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from course_lib.metrics.class_matrix import class_matrix
from course_lib.metrics.counts import ConfusionCounts
from course_lib.metrics.people import whole_people
from course_lib.metrics.quantities import QUANTITIES

A = ConfusionCounts(63, 37, 28, 72)
B = ConfusionCounts(77, 23, 77, 23)
C = ConfusionCounts(24, 76, 88, 12)
DERIVED = [name for name, quantity in QUANTITIES.items() if quantity.method]


def close(value, expected):
    return value == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "tpr", "fpr", "ppv", "f1", "accuracy"),
    [
        (A, 0.63, 0.28, 0.69, 0.66, 0.675),
        (B, 0.77, 0.77, 0.50, 0.61, 0.50),
        (C, 0.24, 0.88, 0.21, 0.23, 0.18),
        (C.inverted(), 0.76, 0.12, 0.86, 0.81, 0.82),
    ],
)
def test_the_four_points_of_the_lecture_have_their_printed_values(counts, tpr, fpr, ppv, f1, accuracy):
    assert (counts.tpr, counts.fpr, counts.accuracy) == (tpr, fpr, accuracy)
    assert (round(counts.ppv, 2), round(counts.f1, 2)) == (ppv, f1)


def test_inverting_c_gives_c_prime():
    assert C.inverted() == ConfusionCounts(tp=76, fn=24, fp=12, tn=88)


@pytest.mark.parametrize("bad", [-1, np.nan, np.inf, [3, -1]])
def test_what_is_no_count_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=r"^fp: got (-1|nan|inf), allowed are finite counts"):
        ConfusionCounts(1, 2, bad, 4)


def test_shapes_broadcast_or_are_refused():
    counts = ConfusionCounts(np.ones((3, 1)), 2, np.ones(2), 4)
    assert counts.shape == counts.tpr.shape == (3, 2) and counts.tn.dtype == np.float64
    with pytest.raises(ValueError, match=r"shapes \(3,\), \(\), \(2,\), \(\) do not fit"):
        ConfusionCounts(np.ones(3), 1, np.ones(2), 1)


def test_counts_cannot_be_changed_not_even_through_the_array_they_came_from():
    came = np.array([1.0, 2.0])
    counts = ConfusionCounts(came, 1, 1, 1)
    came[0] = 99
    assert counts.tp.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        counts.tp[0] = 5
    with pytest.raises(AttributeError):
        counts.tp = came


def test_equality_is_of_all_cells_and_names():
    left = ConfusionCounts([1, 2], 3, 4, 5, names=("a", "b"))
    assert left == ConfusionCounts([1.0, 2.0], [3, 3], 4, 5, names=("a", "b"))
    assert left != ConfusionCounts([1, 2], 3, 4, 6, names=("a", "b"))
    assert left != ConfusionCounts([1, 2], 3, 4, 5)
    assert ConfusionCounts(1, 2, 3, 4) == ConfusionCounts(1.0, 2, 3, 4) != "counts"


def test_counts_survive_copying_and_pickling():
    labels = ConfusionCounts([1, 2], 3, 4, 5, names=("a", "b"))
    assert pickle.loads(pickle.dumps(labels)) == copy.deepcopy(labels) == labels


def test_whole_counts_stay_whole():
    assert (A.n, A.positives) == (200, 100)
    assert isinstance(A.n, int) and isinstance(A.tpr, float)


def test_unknown_truth_is_not_counted_and_uncertain_truth_needs_a_policy():
    y_true, y_pred = [1, 0, np.nan, -1], [1, 0, 1, 1]
    with pytest.raises(ValueError, match="uncertain"):
        ConfusionCounts.from_labels(y_true, y_pred)
    assert ConfusionCounts.from_labels(y_true, y_pred, uncertain="ignore") == ConfusionCounts(1, 0, 0, 1)
    assert ConfusionCounts.from_labels(y_true, y_pred, uncertain="zeros") == ConfusionCounts(1, 0, 1, 1)
    assert ConfusionCounts.from_labels(y_true, y_pred, uncertain="ones") == ConfusionCounts(2, 0, 0, 1)


def test_a_decision_may_be_missing_only_where_the_truth_is():
    assert ConfusionCounts.from_labels([1, np.nan], [1, np.nan]) == ConfusionCounts(1, 0, 0, 0)
    with pytest.raises(ValueError, match="y_pred: got nan, allowed are 0 and 1"):
        ConfusionCounts.from_labels([1, 0], [1, np.nan])


def test_scores_and_classes_are_no_decisions():
    with pytest.raises(ValueError, match=r"y_pred: got 0\.7, allowed are 0 and 1; for scores there is at_threshold"):
        ConfusionCounts.from_labels([1, 0], [0.7, 0])
    with pytest.raises(ValueError, match=r"y_pred: shape \(3,\) does not match y_true's \(2,\)"):
        ConfusionCounts.from_labels([1, 0], [1, 0, 0])


def test_nobody_at_all_and_one_person_can_be_counted():
    assert ConfusionCounts.from_labels([], []) == ConfusionCounts(0, 0, 0, 0)
    assert ConfusionCounts.from_labels([True], [False]) == ConfusionCounts(0, 1, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_labels_are_counted_as_by_scikit_learn(seed):
    y_true, y_pred = np.random.default_rng(seed).integers(0, 2, (2, 12, 3))
    counts = ConfusionCounts.from_labels(pd.DataFrame(y_true, columns=["Edema", "Hernia", "Mass"]), y_pred)
    expected = sk.multilabel_confusion_matrix(y_true, y_pred)
    np.testing.assert_array_equal(counts.tn, expected[:, 0, 0])
    np.testing.assert_array_equal(counts.fp, expected[:, 0, 1])
    np.testing.assert_array_equal(counts.fn, expected[:, 1, 0])
    np.testing.assert_array_equal(counts.tp, expected[:, 1, 1])
    assert counts.names == ("Edema", "Hernia", "Mass")
    assert close(counts.sum().f1, sk.f1_score(y_true, y_pred, average="micro", zero_division=np.nan))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
def test_classes_are_counted_one_against_the_rest_as_by_scikit_learn(pairs):
    y_true, y_pred = (list(column) for column in zip(*pairs, strict=True))
    counts = ConfusionCounts.one_vs_rest(y_true, y_pred, classes="abc")
    precision, recall, f1, support = sk.precision_recall_fscore_support(
        y_true, y_pred, labels=list("abc"), zero_division=np.nan
    )
    for ours, theirs in [(counts.ppv, precision), (counts.tpr, recall), (counts.f1, f1), (counts.positives, support)]:
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    assert counts.sum().accuracy == pytest.approx(1 - 2 / 3 * np.mean(np.array(y_true) != y_pred))


def test_classes_are_sorted_and_a_missing_truth_is_left_out():
    counts = ConfusionCounts.one_vs_rest(np.array([2, 10, np.nan, 2]), np.array([10, 10, 2, 2]))
    assert counts.names == ("2.0", "10.0") and counts.n.tolist() == [3, 3]
    assert ConfusionCounts.one_vs_rest(["x", None], ["x", "y"], ["y", "x"]).tp.tolist() == [0, 1]


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
@pytest.mark.parametrize(("first", "second"), [("cat", "dog"), (3, 5)])
def test_a_missing_truth_is_no_class_in_whatever_company(missing, first, second):
    counts = ConfusionCounts.one_vs_rest([first, missing, second], [first, second, second])
    assert counts.names == (str(first), str(second)) and counts.tp.tolist() == [1, 1] and counts.fp.tolist() == [0, 0]
    with pytest.raises(ValueError, match="y_pred: got a missing class"):
        ConfusionCounts.one_vs_rest([first, second], [first, missing])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_multi_class_accuracy_is_the_sums_sensitivity_precision_and_f1_and_the_traces_share(pairs):
    y_true, y_pred = np.array(pairs).T
    total, (matrix, _) = ConfusionCounts.one_vs_rest(y_true, y_pred).sum(), class_matrix(y_true, y_pred)
    for share in (total.sensitivity, total.precision, total.f1, matrix.trace() / matrix.sum()):
        assert share == pytest.approx(sk.accuracy_score(y_true, y_pred))


def test_truth_values_are_classes_and_go_with_0_and_1():
    assert class_matrix([True, False, True], [1, 0, 0])[0].tolist() == [[1, 0], [1, 1]]
    assert class_matrix(pd.Categorical(["x", "y"]), np.array(["x", "x"]))[1] == ("x", "y")


def test_text_and_numbers_are_not_the_same_classes():
    for y_true, y_pred in (([1, 2], ["1", "2"]), (["a", 1], ["a", 1])):
        with pytest.raises(ValueError, match=r"y_true, y_pred: got '.' and 1, allowed are classes that are all text"):
            class_matrix(y_true, y_pred)
    with pytest.raises(ValueError, match=r"y_pred: got '1', allowed are the classes \[1, 2\]"):
        class_matrix([1, 2], ["1", "2"], [1, 2])
    assert class_matrix([1, "?"], [1, 1], [1, "?"])[0].tolist() == [[1, 0], [1, 0]]


def test_ragged_labels_are_refused_by_name():
    with pytest.raises(ValueError, match="y_true: got list that is no array of numbers"):
        ConfusionCounts.from_labels([[1, 0], [1]], [1, 0])
    with pytest.raises(ValueError, match=r"y_true: got \[1, 0\] for one sample"):
        class_matrix([[1, 0], [1]], [1, 0])


@pytest.mark.parametrize(
    ("y_pred", "classes", "message"),
    [
        (["a", "z"], ["a", "b"], "y_pred: got 'z', allowed are the classes"),
        (["a", None], None, "y_pred: got a missing class"),
        (["a"], None, r"y_pred: shape \(1,\) does not match"),
        (["a", "b"], ["a", "a", "b"], "classes: .* allowed is every class once"),
    ],
)
def test_what_is_no_class_is_refused(y_pred, classes, message):
    with pytest.raises(ValueError, match=message):
        ConfusionCounts.one_vs_rest(["a", "b"], y_pred, classes)


def test_a_score_at_the_threshold_is_positive_and_infinity_calls_nobody_positive():
    y_true, score = [1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1]
    assert ConfusionCounts.at_threshold(y_true, score, 0.5) == ConfusionCounts(2, 0, 1, 1)
    assert ConfusionCounts.at_threshold(y_true, score, np.inf) == ConfusionCounts(0, 2, 0, 2)


def test_each_label_can_have_its_threshold():
    y_true, score = np.array([[1, 0], [0, 1]]), np.array([[0.3, 0.3], [0.1, 0.8]])
    counts = ConfusionCounts.at_threshold(y_true, score, [0.2, 0.9], names=("Mass", "Edema"))
    assert counts == ConfusionCounts([1, 0], [0, 1], [0, 0], [1, 1], names=("Mass", "Edema"))
    for wrong in ([0.1, 0.2, 0.3], [[0.1, 0.2]]):
        with pytest.raises(ValueError, match="t: got shape"):
            ConfusionCounts.at_threshold(y_true, score, wrong)
    with pytest.raises(ValueError, match="t: got NaN"):
        ConfusionCounts.at_threshold(y_true, score, np.nan)


@pytest.mark.parametrize(("prevalence", "ppv"), [(0.5, 0.9), (0.1, 0.5), (0.0108, 0.0895), (0.0019, 0.0168)])
def test_the_predictive_value_falls_with_prevalence_as_in_the_lecture(prevalence, ppv):
    shares = ConfusionCounts(90, 10, 10, 90).at_prevalence(prevalence)
    assert shares.ppv == pytest.approx(ppv, abs=5e-5)
    assert shares.n == pytest.approx(1) and shares.prevalence == pytest.approx(prevalence)
    assert (shares.tpr, shares.tnr) == pytest.approx((0.9, 0.9))


def test_many_prevalences_at_once_and_none_outside_zero_to_one():
    assert A.at_prevalence([0, 0.5, 1]).ppv == pytest.approx([0, 0.63 / 0.91, 1])
    with pytest.raises(ValueError, match=r"prevalence: got 1\.2"):
        A.at_prevalence(1.2)
    with pytest.raises(ValueError, match="TPR is undefined: there are no positives"):
        ConfusionCounts(0, 0, 1, 1).at_prevalence(0.5)


def test_expected_shares_have_values_but_no_intervals_and_say_why():
    shares = ConfusionCounts(9000, 1000, 1000, 9000).at_prevalence(0.1)
    table = shares.table().set_index("abbreviation")
    assert table["value"].notna().all() and table[["low", "high"]].isna().all(axis=None)
    assert table["reason"].str.startswith("no interval: expected shares, not counts: ").all()
    for name in ("ppv", "prevalence", "sensitivity", "LR+", "informedness", "F1"):
        assert np.isnan(shares.interval(name)).all()
        assert shares.interval_reason(name) == table["reason"].iloc[0] and shares.reason(name) == ""
    never = ConfusionCounts(0, 5, 0, 95).at_prevalence(0.1)
    assert never.table().set_index("abbreviation").loc["PPV", "reason"].startswith("nothing was predicted positive")
    assert A.interval_reason("ppv") == "" and np.isfinite(A.interval("ppv")).all()


def test_what_is_made_of_expected_shares_is_expected_too():
    shares = A.at_prevalence([0.1, 0.2, 0.5])
    assert shares.interval("ppv").shape == (3, 2)
    assert shares.interval_reason("ppv").shape == (3,)
    for derived in (shares, shares[0], shares[1:], shares.inverted(), shares.sum(), shares[0].at_prevalence(0.3)):
        assert derived.expected and np.isnan(derived.interval("ppv")).all()
    assert pickle.loads(pickle.dumps(shares)) == shares
    assert shares[0] != ConfusionCounts(shares.tp[0], shares.fn[0], shares.fp[0], shares.tn[0])
    assert not (A.inverted().expected or ConfusionCounts([1, 2], 1, 1, 1).sum().expected)


def test_whole_people_were_not_counted_and_are_one_matrix_of_a_whole_number():
    people = whole_people(A, 1000)
    assert people.n == 1000 and np.isnan(people.interval("sensitivity")).all()
    for total in (2.5, 0, "a"):
        with pytest.raises(ValueError, match=f"total: got {total!r}, allowed is a whole number from 1"):
            whole_people(A, total)
    with pytest.raises(ValueError, match=r"counts: got shape \(2,\), allowed is one matrix"):
        whole_people(ConfusionCounts([1, 2], 1, 1, 1))


def test_labels_are_taken_by_place_and_keep_their_names():
    counts = ConfusionCounts([1, 2, 3], 1, 1, 1, names=("a", "b", "c"))
    assert counts[1] == ConfusionCounts(2, 1, 1, 1)
    assert counts[1:] == ConfusionCounts([2, 3], 1, 1, 1, names=("b", "c"))
    with pytest.raises(ValueError, match="key: got 0"):
        A[0]


def test_names_must_be_as_many_as_labels():
    with pytest.raises(ValueError, match=r"names: got 2 names for counts of shape \(3,\)"):
        ConfusionCounts([1, 2, 3], 1, 1, 1, names=("a", "b"))


def test_the_table_has_every_derived_quantity_with_value_interval_and_reason():
    table = ConfusionCounts(0, 5, 0, 95).table().set_index("abbreviation")
    assert len(table) == len(DERIVED)
    assert table.loc["ACC", "value"] == 0.95 and table.loc["ACC", "low"] < 0.95 < table.loc["ACC", "high"]
    assert table.loc["PPV", "reason"] == "nothing was predicted positive (TP + FP = 0)"
    assert A.table().set_index("abbreviation").loc["MCC", "reason"] == "no interval: resample with bootstrap_quantity"
    assert (table["reason"] != "").equals(table[["value", "low", "high"]].isna().any(axis=1))
    with pytest.raises(ValueError, match=r"table: .* got shape \(2,\)"):
        ConfusionCounts([1, 2], 1, 1, 1).table()


def test_a_single_matrix_shows_itself_as_a_small_table():
    body = ElementTree.fromstring(ConfusionCounts(1234, 5, 0.25, 7)._repr_html_()).find("tbody")
    rows = [["".join(cell.itertext()) for cell in row] for row in body]
    assert rows == [["Actually positive", "TP 1,234", "FN 5"], ["Actually negative", "FP 0.25", "TN 7"]]
    assert ConfusionCounts([1, 2], 1, 1, 1)._repr_html_() is None


def test_tables_of_labels_and_decisions_in_another_order_are_refused():
    y = pd.DataFrame({"Mass": [0, 1], "Edema": [1, 0]})
    with pytest.raises(ValueError, match=r"y_pred: its columns .* is in another order than y_true's"):
        ConfusionCounts.from_labels(y, y[["Edema", "Mass"]])
