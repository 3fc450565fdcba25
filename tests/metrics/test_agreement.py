import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import cohen_kappa_score

from course_lib.metrics.agreement import cohen_kappa

WEIGHTS = [None, "linear", "quadratic"]
ratings = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60).map(
    lambda rows: tuple(np.array(rows).T)
)


def constant(a, b):
    return len(set(a) | set(b)) == 1


@settings(max_examples=60, deadline=None)
@given(ratings, st.sampled_from(WEIGHTS))
def test_kappa_is_scikit_learns(pair, weights):
    assume(not constant(*pair))
    assert cohen_kappa(*pair, weights=weights) == pytest.approx(cohen_kappa_score(*pair, weights=weights), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(ratings, st.sampled_from(WEIGHTS), st.permutations(range(5)))
def test_kappa_over_all_classes_in_any_order_is_scikit_learns(pair, weights, classes):
    assume(not constant(*pair))
    expected = cohen_kappa_score(*pair, weights=weights, labels=classes)
    assert cohen_kappa(*pair, weights=weights, classes=classes) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(ratings, st.sampled_from(WEIGHTS))
def test_kappa_is_the_same_whoever_is_named_first(pair, weights):
    a, b = pair
    assume(not constant(a, b))
    assert cohen_kappa(a, b, weights=weights) == pytest.approx(cohen_kappa(b, a, weights=weights), abs=1e-12)


def test_cohens_example_of_two_psychiatrists():
    counts = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])  # 70 % agree, 41 % would by chance
    a, b = np.repeat(np.indices((3, 3)).reshape(2, -1), counts.ravel(), axis=1)
    assert cohen_kappa(a, b) == pytest.approx((0.70 - 0.41) / (1 - 0.41))


def test_a_rater_who_always_says_the_same_agrees_by_chance_alone():
    assert cohen_kappa([1, 1, 1, 1], [0, 1, 1, 0]) == 0


def test_perfect_agreement_is_one_and_two_raters_who_swap_two_classes_are_at_minus_one():
    assert cohen_kappa([0, 1, 0, 1], [0, 1, 0, 1]) == 1
    assert cohen_kappa([0, 1, 0, 1], [1, 0, 1, 0]) == -1


def test_an_unused_grade_matters_to_a_weighted_kappa_once_it_is_named():
    a, b = [1, 2, 5, 5, 1], [1, 5, 5, 2, 2]
    assert cohen_kappa(a, b, classes=range(1, 6)) == cohen_kappa(a, b)
    assert cohen_kappa(a, b, weights="linear", classes=range(1, 6)) != cohen_kappa(a, b, weights="linear")


@pytest.mark.parametrize("weights", WEIGHTS)
def test_text_answers_as_numbers_in_the_same_order(weights):
    grades = ["low", "middle", "high"]
    a, b = [0, 1, 2, 2, 0, 1], [0, 2, 2, 1, 0, 0]
    named = [[grades[k] for k in rater] for rater in (a, b)]
    assert cohen_kappa(*named, weights=weights, classes=grades) == cohen_kappa(a, b, weights=weights)


def test_a_weighted_kappa_of_text_needs_an_order():
    with pytest.raises(ValueError, match="classes: a quadratic κ of strings needs all classes in their order"):
        cohen_kappa(["low", "high"], ["low", "low"], weights="quadratic")
    assert cohen_kappa(["low", "high"], ["low", "low"]) == 0


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
def test_pairs_with_a_missing_rating_are_ignored(missing):
    expected = cohen_kappa(["a", "b", "b"], ["a", "b", "a"])
    assert cohen_kappa(["a", missing, "b", "b", "a"], ["a", "b", "b", "a", missing]) == expected


def test_tables_and_truth_values_are_ratings_too():
    table = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 0, 1, 0]})
    assert cohen_kappa(table["a"], table["b"]) == 0.5
    assert cohen_kappa(table["a"] == 1, table["b"] == 1) == 0.5
    assert cohen_kappa(table["a"].astype("category"), table["b"].astype("category")) == 0.5


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("classes", [None, [0, 1, 2]])
@pytest.mark.parametrize("n", [1, 5])
def test_two_raters_who_always_say_the_same_one_thing_are_undefined_not_perfect(weights, classes, n):
    with pytest.warns(UndefinedMetricWarning, match="κ is undefined .*both raters give one class to every case"):
        assert np.isnan(cohen_kappa([1] * n, [1] * n, weights=weights, classes=classes))


@pytest.mark.parametrize(("a", "b"), [([], []), ([np.nan, 1], [1, np.nan])])
def test_without_a_pair_kappa_is_undefined(a, b):
    with pytest.warns(UndefinedMetricWarning, match="no pair of classes is known"):
        assert np.isnan(cohen_kappa(a, b))


def test_text_and_numbers_are_compared_only_where_the_classes_say_so():
    for a, b in (([1, 2, 1, 2], ["1", "2", "1", "2"]), ([1, "2", 1], [1, "2", 1])):
        with pytest.raises(
            ValueError, match=r"a, b: got '.' and 1, allowed are classes that are all text or all numbers"
        ):
            cohen_kappa(a, b)
    assert cohen_kappa([0, 1, "unclear"], [0, 1, "unclear"], classes=[0, 1, "unclear"]) == 1


def test_one_case_has_one_class():
    with pytest.raises(ValueError, match=r"a: got \[0, 1\] for one sample"):
        cohen_kappa([[0, 1], [1]], [0, 1])


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match=r"b: shape \(1,\) does not match a's \(2,\)"):
        cohen_kappa([0, 1], [0])
    with pytest.raises(ValueError, match=r"a: got shape \(2, 2\), allowed is \(N,\)"):
        cohen_kappa(np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match="weights: got 'cubic', allowed are None, 'linear' and 'quadratic'"):
        cohen_kappa([0, 1], [0, 1], weights="cubic")
    with pytest.raises(ValueError, match=r"classes: 2 was given by a rater but is not among \[0, 1\]"):
        cohen_kappa([0, 1], [0, 2], classes=[0, 1])
    with pytest.raises(ValueError, match=r"classes: got \[0, 0, 1\], allowed are classes that differ"):
        cohen_kappa([0, 1], [0, 1], classes=[0, 0, 1])
