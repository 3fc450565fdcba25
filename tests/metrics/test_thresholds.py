import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import confusion_matrix, f1_score, recall_score

from course_lib.metrics.thresholds import choose_threshold

Y, SCORE = np.array([0, 0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.9])


@st.composite
def labels_and_tied_scores(draw):
    """At least one of each class; few different scores."""
    y = draw(st.permutations([0, 1, *draw(st.lists(st.integers(0, 1), max_size=14))]))
    score = draw(st.lists(st.integers(-3, 3), min_size=len(y), max_size=len(y)))
    return np.array(y), np.array(score) / 3


def best_by_hand(y, score, value, candidates=None):
    """The highest candidate (by default, score) at which value(y, decisions) is largest, within rounding."""
    candidates = np.unique(score) if candidates is None else candidates
    values = np.array([value(y, score >= t) for t in candidates])
    return candidates[values >= values.max() - 1e-9].max()


def sensitivity(y, called):
    return recall_score(y, called)


def specificity(y, called):
    return recall_score(y, called, pos_label=0)


@settings(max_examples=60, deadline=None)
@given(labels_and_tied_scores())
def test_f1_is_maximal_and_of_equals_the_highest_score_is_taken(data):
    y, score = data
    assert choose_threshold(y, score).value == best_by_hand(y, score, f1_score)


@settings(max_examples=60, deadline=None)
@given(labels_and_tied_scores())
def test_youden_is_maximal_and_of_equals_the_highest_score_is_taken(data):
    y, score = data
    expected = best_by_hand(y, score, lambda y, called: sensitivity(y, called) + specificity(y, called))
    assert choose_threshold(y, score, criterion="youden").value == expected


@settings(max_examples=60, deadline=None)
@given(labels_and_tied_scores(), st.sampled_from([0.001, 0.25, 1 / 3, 0.5, 0.9, 1]))
def test_sensitivity_takes_the_highest_score_that_reaches_the_target(data, target):
    y, score = data
    expected = max(t for t in score if sensitivity(y, score >= t) >= target)
    assert choose_threshold(y, score, criterion="sensitivity", target=target).value == expected


@settings(max_examples=60, deadline=None)
@given(labels_and_tied_scores(), st.sampled_from([0.001, 0.25, 1 / 3, 0.5, 0.9, 1]))
def test_specificity_takes_the_lowest_score_that_reaches_the_target(data, target):
    y, score = data
    expected = min(t for t in [*score, np.inf] if specificity(y, score >= t) >= target)
    assert choose_threshold(y, score, criterion="specificity", target=target).value == expected


@settings(max_examples=60, deadline=None)
@given(labels_and_tied_scores(), st.sampled_from([0.1, 0.3, 1, 3]), st.sampled_from([0.1, 0.3, 1, 7]))
def test_cost_is_minimal_and_of_equals_the_highest_threshold_is_taken(data, cost_fp, cost_fn):
    y, score = data

    def saving(y, called):
        _, fp, fn, _ = confusion_matrix(y, called, labels=[0, 1]).ravel()
        return -(cost_fp * fp + cost_fn * fn)

    threshold = choose_threshold(y, score, criterion="cost", cost_fp=cost_fp, cost_fn=cost_fn)
    assert threshold.value == best_by_hand(y, score, saving, np.append(np.unique(score), np.inf))


@settings(max_examples=30, deadline=None)
@given(labels_and_tied_scores(), st.sampled_from(["f1", "youden", "cost"]))
def test_counts_are_those_of_the_decisions_on_the_fitting_set(data, criterion):
    y, score = data
    threshold = choose_threshold(y, score, criterion=criterion)
    counts = threshold.counts
    expected = confusion_matrix(y, score >= threshold.value, labels=[0, 1])
    assert [[counts.tn, counts.fp], [counts.fn, counts.tp]] == expected.tolist()


@pytest.mark.parametrize(("cost_fp", "cost_fn"), [(1, 1), (1, 4), (3, 1)])
@pytest.mark.parametrize("prior", [(2, 4), (3, 2)])
def test_calibrated_scores_are_cheapest_at_the_ratio_of_the_costs_at_every_prevalence(cost_fp, cost_fn, prior):
    rng = np.random.default_rng(8)
    p = rng.beta(*prior, size=100_000)
    y = rng.random(p.size) < p
    ratio = cost_fp / (cost_fp + cost_fn)
    threshold = choose_threshold(y, p, criterion="cost", cost_fp=cost_fp, cost_fn=cost_fn)
    at_ratio = np.sum(cost_fp * (~y & (p >= ratio)) + cost_fn * (y & (p < ratio)))
    assert threshold.value == pytest.approx(ratio, abs=0.06)
    assert cost_fp * threshold.counts.fp + cost_fn * threshold.counts.fn == pytest.approx(at_ratio, rel=0.01)


def test_nobody_is_called_positive_where_false_alarms_cost_too_much():
    threshold = choose_threshold([0, 1, 0], [0.3, 0.2, 0.9], criterion="cost", cost_fp=10)
    assert threshold.value == np.inf
    assert (threshold.counts.fp, threshold.counts.fn) == (0, 1)


def test_specificity_of_1_may_need_a_threshold_above_every_score():
    assert choose_threshold([0, 1, 0], [0.3, 0.2, 0.9], criterion="specificity", target=1).value == np.inf


def test_equal_costs_are_equal_though_rounding_says_otherwise():
    # three false alarms at .1 cost as much as one miss at .3, but .1 * 3 > .3 in floating point
    y, score = [1, 0, 0, 0], [0.2, 0.4, 0.6, 0.8]
    assert choose_threshold(y, score, criterion="cost", cost_fp=0.1, cost_fn=0.3).value == np.inf
    assert choose_threshold(y, score, criterion="cost", cost_fp=0.3, cost_fn=0.9).value == np.inf


def test_one_score_for_all_is_the_only_threshold():
    assert choose_threshold([0, 1, 1], [0.5, 0.5, 0.5]).value == 0.5
    assert choose_threshold([1], [0.5]).value == 0.5


@pytest.mark.parametrize(
    ("y", "criterion", "reason"),
    [
        ([0, 0], "f1", "there is no positive image"),
        ([0, 0], "youden", "there is no positive image"),
        ([1, 1], "youden", "there is no negative image"),
        ([0, 0], "sensitivity", "there is no positive image"),
        ([1, 1], "specificity", "there is no negative image"),
        ([np.nan, np.nan], "cost", "no label is known"),
    ],
)
def test_a_class_that_the_criterion_needs_and_misses_leaves_the_threshold_undefined(y, criterion, reason):
    target = 0.9 if criterion in ("sensitivity", "specificity") else None
    with pytest.warns(UndefinedMetricWarning, match=rf"the threshold \({criterion}\).* edema: {reason}"):
        threshold = choose_threshold(y, [0.1, 0.9], criterion=criterion, target=target, names=["edema"])
    assert np.isnan(threshold.value)
    assert np.isnan(threshold.counts.accuracy)
    assert np.isnan(threshold.evaluate([0, 1], [0.3, 0.4]).sensitivity)


@pytest.mark.filterwarnings("error")
def test_a_class_that_the_criterion_does_not_need_may_be_missing():
    assert choose_threshold([1, 1], [0.1, 0.9]).value == 0.1
    assert choose_threshold([1, 1], [0.1, 0.9], criterion="sensitivity", target=0.5).value == 0.9
    assert choose_threshold([0, 0], [0.1, 0.9], criterion="specificity", target=0.5).value == 0.9
    assert choose_threshold([0, 0], [0.1, 0.9], criterion="cost").value == np.inf


def test_every_label_gets_the_threshold_it_would_get_alone():
    rng = np.random.default_rng(9)
    y, score = rng.integers(0, 2, (50, 3)).astype(float), rng.normal(size=(50, 3)).round(1)
    y[:20, 1], y[:, 2] = np.nan, 0
    with pytest.warns(UndefinedMetricWarning, match="for label 2"):
        threshold = choose_threshold(y, score)
    for label in range(2):
        alone = choose_threshold(y[:, label], score[:, label])
        assert threshold.value[label] == alone.value
        assert threshold.counts.tp[label] == alone.counts.tp
    assert np.isnan(threshold.value[2])
    assert threshold.counts.n.tolist() == [50, 30, 0]
    assert threshold.evaluate(y[:9], score[:9]).n.tolist() == [9, 0, 0]


def test_two_labels_of_one_name_are_refused_so_that_none_hides_the_others_missing_class():
    y, score = np.array([[0, 0], [0, 1]]), np.array([[0.1, 0.2], [0.3, 0.4]])
    with pytest.raises(ValueError, match="names: got"):
        choose_threshold(y, score, names=["edema", "edema"])


def test_columns_name_the_labels():
    y = pd.DataFrame({"edema": [0, 1], "hernia": [0, 1]})
    threshold = choose_threshold(y, pd.DataFrame(0.5 * y))
    assert threshold.counts.names == ("edema", "hernia")
    assert threshold.evaluate(np.array([[1, 1]]), np.array([[0.1, 0.7]])).names == ("edema", "hernia")


def test_a_table_of_other_labels_or_of_another_order_is_refused():
    y = pd.DataFrame({"edema": [0, 1, 1], "hernia": [0, 1, 0]})
    threshold, other = choose_threshold(y, y * 0.5), y[["hernia", "edema"]].iloc[:2]
    message = r"got columns \['hernia', 'edema'\], the threshold was chosen for \['edema', 'hernia'\]"
    with pytest.raises(ValueError, match=f"y_true: {message}"):
        threshold.evaluate(other, other * 0.5)
    with pytest.raises(ValueError, match=f"y_score: {message}"):
        threshold.evaluate(y.iloc[:2].to_numpy(), other * 0.5)
    with pytest.raises(ValueError, match=f"y_true: {message}"):
        choose_threshold(y.to_numpy(), y.to_numpy() * 0.5, names=["edema", "hernia"]).evaluate(other, other)


def test_a_table_is_welcome_with_the_columns_of_the_fitting_set_or_where_nothing_had_a_name():
    y = pd.DataFrame({"edema": [0, 1, 1], "hernia": [0, 1, 0]})
    renamed = choose_threshold(y, y * 0.5, names=["Edema", "Hernia"])
    assert renamed.evaluate(y.iloc[:2], y.iloc[:2] * 0.5).names == ("Edema", "Hernia")
    scores = (y * 0.5).add_prefix("score of ")
    assert choose_threshold(y, scores).evaluate(y.iloc[:2], scores.iloc[:2]).names == ("edema", "hernia")
    assert choose_threshold(y.to_numpy(), y.to_numpy() * 0.5).evaluate(y.iloc[:2], y.iloc[:2]).n.tolist() == [2, 2]


def test_uncertain_labels_need_a_policy_where_the_threshold_is_chosen():
    message = r"y_true: 2 labels are −1 .*choose_threshold\(uncertain='ignore', 'zeros' or 'ones'\)"
    with pytest.raises(ValueError, match=message):
        choose_threshold(Y, SCORE).evaluate([-1, -1, 1], [0.1, 0.2, 0.3])


def test_uncertain_labels_are_read_alike_in_both_sets():
    threshold = choose_threshold([0, -1, 1], [0.1, 0.5, 0.9], uncertain="ones")
    assert threshold.value == 0.5
    assert threshold.evaluate([-1, 0], [0.6, 0.7]).tp == 1


def test_evaluation_counts_decisions_on_the_other_set():
    counts = choose_threshold(Y, SCORE, criterion="sensitivity", target=1).evaluate([1, 1, 0, 0], [0.3, 0.2, 0.3, 0.0])
    assert (counts.tp, counts.fn, counts.fp, counts.tn) == (1, 1, 1, 1)


@pytest.mark.parametrize("ids", [np.array([1, 2, 3, 4, 5, 6]), list("abcdef"), pd.Series(list("abcdef"))])
def test_ids_that_were_seen_are_refused(ids):
    threshold = choose_threshold(Y, SCORE, ids=ids)
    with pytest.raises(ValueError, match=r"ids: 1 of 1 were in the set that the threshold was chosen on \((1|'a')\)"):
        threshold.evaluate([1], [0.7], ids=ids[:1])


def test_at_most_three_shared_ids_are_named_and_all_are_counted():
    threshold = choose_threshold(Y, SCORE, ids=[10, 11, 12, 13, 14, 14])
    with pytest.raises(ValueError, match=r"ids: 5 of 6 were in the set .* \(10, 11, 12, …\)"):
        threshold.evaluate([*Y, 0], [*SCORE, 0], ids=[15, 14, 13, 12, 11, 10, 10])


def test_new_ids_are_welcome_and_may_repeat():
    threshold = choose_threshold(Y, SCORE, ids=[1, 1, 2, 2, 3, 3])
    assert threshold.evaluate(Y, SCORE, ids=[4, 4, 4, 5, 5, 5]) == threshold.counts


def test_ids_must_come_both_times_or_never():
    with_ids, without = choose_threshold(Y, SCORE, ids=range(6)), choose_threshold(Y, SCORE)
    with pytest.raises(ValueError, match="ids: given only when choosing the threshold"):
        with_ids.evaluate([1], [0.7])
    with pytest.raises(ValueError, match="ids: given only when evaluating it"):
        without.evaluate([1], [0.7], ids=[7])


def test_ids_must_be_of_one_kind_that_can_be_compared():
    threshold = choose_threshold(Y, SCORE, ids=range(6))
    with pytest.raises(ValueError, match="ids: text on one side and whole numbers on the other"):
        threshold.evaluate([1], [0.7], ids=["7"])
    for ids, got in (([1.5] * 6, "1.5 among"), ([1, "a"] * 3, "both text"), (["a", None] * 3, "None among")):
        with pytest.raises(ValueError, match=f"ids: got {got}.*allowed are text or whole numbers"):
            choose_threshold(Y, SCORE, ids=ids)
    with pytest.raises(ValueError, match=r"ids: got shape \(5,\), allowed is \(6,\)"):
        choose_threshold(Y, SCORE, ids=range(5))


def test_without_ids_the_very_same_data_are_refused_in_whatever_order():
    threshold = choose_threshold(Y, SCORE)
    order = np.random.default_rng(1).permutation(6)
    for y, score in ((Y, SCORE), (Y.tolist(), SCORE.copy()), (Y[order], SCORE[order])):
        with pytest.raises(ValueError, match="these are the data that the threshold was chosen on"):
            threshold.evaluate(y, score)
    for fitted, copy in ((SCORE, SCORE.astype(np.float32)), (SCORE.astype(np.float32), SCORE)):
        with pytest.raises(ValueError, match="these are the data that the threshold was chosen on"):
            choose_threshold(Y, fitted).evaluate(Y[order], copy[order])
    assert threshold.evaluate(Y, SCORE + 0.01).n == 6
    assert threshold.evaluate(Y[1:], SCORE[1:]).n == 5


def test_scores_too_large_for_float32_are_welcome():
    assert choose_threshold(Y, SCORE * 1e300).evaluate(Y[1:], SCORE[1:] * 1e300).n == 5


def test_ragged_labels_are_refused_by_name():
    with pytest.raises(ValueError, match="y_true: got list that is no array of numbers"):
        choose_threshold(Y, SCORE).evaluate([[1, 0], [1]], [0.1, 0.2])


def test_evaluation_needs_the_same_labels():
    with pytest.raises(ValueError, match=r"y_true: got shape \(2, 2\), the threshold was chosen for \(\)"):
        choose_threshold(Y, SCORE).evaluate(np.eye(2), np.eye(2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"criterion": "accuracy"}, "criterion: got 'accuracy', allowed are 'f1', 'youden'"),
        ({"target": 0.9}, "target: got 0.9, but criterion 'f1' takes none"),
        ({"criterion": "sensitivity"}, "target: got None, criterion 'sensitivity' needs a number above 0"),
        ({"criterion": "specificity", "target": 90}, "target: got 90,"),
        ({"criterion": "sensitivity", "target": 0}, "target: got 0,"),
        ({"criterion": "cost", "cost_fn": -1}, "cost_fn: got -1, allowed is a positive number"),
        ({"criterion": "cost", "cost_fp": np.nan}, "cost_fp: got nan"),
        ({"criterion": "cost", "cost_fp": "a"}, "cost_fp: got 'a', allowed is a positive number"),
        ({"criterion": "cost", "cost_fn": [1, 2]}, r"cost_fn: got \[1, 2\], allowed is a positive number"),
        ({"criterion": "sensitivity", "target": "a"}, "target: got 'a',"),
        ({"cost_fn": 5}, "cost_fn: got 5, but criterion 'f1' takes no costs"),
    ],
)
def test_arguments_must_belong_to_the_criterion(arguments, message):
    with pytest.raises(ValueError, match=message):
        choose_threshold(Y, SCORE, **arguments)


def test_inputs_are_left_alone():
    before = Y.copy(), SCORE.copy()
    choose_threshold(Y, SCORE, criterion="youden")
    assert np.array_equal(Y, before[0])
    assert np.array_equal(SCORE, before[1])
