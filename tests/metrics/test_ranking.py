"""AUROC and average precision against scikit-learn, and where they are undefined."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import average_precision_score, roc_auc_score

from course_lib.metrics import auroc, average_precision
from course_lib.metrics.ranking import Ranking

METRICS = [(auroc, roc_auc_score), (average_precision, average_precision_score)]
both = pytest.mark.parametrize(("ours", "theirs"), METRICS, ids=["auroc", "average precision"])

tied = st.sampled_from([-2.0, -0.5, 0.0, 0.25, 1.0])
spread = st.floats(-1e6, 1e6, allow_subnormal=False)
weights = st.sampled_from([0.0, 0.5, 1.0, 3.0]) | st.floats(0.01, 100)


@st.composite
def samples(draw, values=tied | spread):
    n = draw(st.integers(2, 40))
    y = draw(arrays(int, n, elements=st.integers(0, 1)))
    assume(0 < y.sum() < n)
    return y, draw(arrays(float, n, elements=values)), draw(arrays(float, n, elements=weights))


@both
@settings(max_examples=60, deadline=None)
@given(sample=samples())
def test_equals_scikit_learn_on_any_ties_and_weights(ours, theirs, sample):
    y, score, weight = sample
    assert ours(y, score) == pytest.approx(theirs(y, score), abs=1e-12)
    assume(weight[y == 1].sum() > 0 and weight[y == 0].sum() > 0)
    assert ours(y, score, sample_weight=weight) == pytest.approx(theirs(y, score, sample_weight=weight), abs=1e-12)


@both
@settings(max_examples=30, deadline=None)
@given(sample=samples())
def test_unknown_truth_is_left_out(ours, theirs, sample):
    y, score, _ = sample
    assert ours(np.r_[y, [np.nan] * 3], np.r_[score, np.nan, 7.0, -7.0]) == ours(y, score)


@both
def test_each_label_of_many_is_scikit_learns(ours, theirs):
    rng = np.random.default_rng(0)
    y, score = rng.integers(0, 2, (300, 5)), rng.normal(size=(300, 5)).round(1)
    assert ours(y, score) == pytest.approx(theirs(y, score, average=None), abs=1e-12)


@both
def test_constant_scores_rank_nothing(ours, theirs):
    y = np.array([0, 1, 0, 0])
    assert ours(y, np.ones(4)) == theirs(y, np.ones(4)) == (0.5 if ours is auroc else 0.25)


def test_only_the_order_counts():
    rng = np.random.default_rng(1)
    y, logit = rng.integers(0, 2, 500), rng.normal(size=500)
    assert auroc(y, logit) == auroc(y, 1 / (1 + np.exp(-logit))) == auroc(y, 3 * logit - 7)


def test_a_reversed_ranking_scores_zero_and_inversion_mirrors():
    y = [0, 0, 1, 1]
    assert auroc(y, [4, 3, 2, 1]) == 0
    assert auroc(y, [1, 3, 2, 4]) == 1 - auroc(y, [-1, -3, -2, -4])


def test_an_absent_class_is_undefined_and_named():
    y = pd.DataFrame({"Mass": [0, 1, 0], "Hernia": [0, 0, 0]})
    with pytest.warns(UndefinedMetricWarning, match=r"auroc .*Hernia: no positives among 3 samples"):
        values = auroc(y, np.ones((3, 2)))
    assert values[0] == 0.5 and np.isnan(values[1])


def test_average_precision_needs_no_negatives_but_auroc_does():
    assert average_precision([1, 1], [0.2, 0.3]) == 1
    with pytest.warns(UndefinedMetricWarning, match="label 0: no negatives among 2 samples"):
        assert np.isnan(auroc([1, 1], [0.2, 0.3]))


def test_a_class_with_no_weight_is_absent():
    with pytest.warns(UndefinedMetricWarning, match="no positives"):
        assert np.isnan(auroc([0, 1], [0.1, 0.2], sample_weight=[1, 0]))


@both
def test_nothing_at_all_is_undefined(ours, theirs):
    with pytest.warns(UndefinedMetricWarning, match="among 0 samples"):
        assert np.isnan(ours([], []))


@pytest.mark.parametrize(("policy", "labels"), [("zeros", [0, 0, 1, 1]), ("ones", [0, 1, 1, 1])])
def test_uncertain_labels_follow_the_policy(policy, labels):
    score = [0.1, 0.6, 0.35, 0.8]
    assert auroc([0, -1, 1, 1], score, uncertain=policy) == auroc(labels, score)


def test_uncertain_labels_need_a_policy():
    with pytest.raises(ValueError, match=r"y_true: 1 labels are −1 \(uncertain\); say what they mean with uncertain="):
        auroc([0, -1, 1], [0.1, 0.2, 0.3])
    assert auroc([0, -1, 1], [0.1, 0.2, 0.3], uncertain="ignore") == 1


@pytest.mark.parametrize(
    ("y", "score", "settings", "message"),
    [
        ([0, 1], [0.1], {}, r"y_score: shape \(1,\) does not match y_true's \(2,\)"),
        ([0, 2], [0.1, 0.2], {}, "y_true: got 2, allowed are 0, 1"),
        ([0, 1], [0.1, np.nan], {}, "y_score: got NaN or infinity"),
        ([0, 1], ["a", "b"], {}, "y_score: got list that is no array of numbers"),
        ([0, 1], [0.1, 0.2], {"uncertain": "maybe"}, "uncertain: got 'maybe', allowed are 'ignore', 'zeros', 'ones'"),
        ([0, 1], [0.1, 0.2], {"sample_weight": [1, -1]}, "sample_weight: allowed are finite numbers"),
        ([0, 1], [0.1, 0.2], {"sample_weight": [1]}, r"sample_weight: got shape \(1,\), allowed is \(2,\)"),
        ([[0, 1]], [[0.1, 0.2]], {"names": ["one"]}, "names: got 1 names for 2 labels"),
        (
            np.zeros((2, 2, 2)),
            np.zeros((2, 2, 2)),
            {},
            r"y_true: got shape \(2, 2, 2\), allowed are \(N,\) and \(N, L\)",
        ),
    ],
)
def test_what_is_not_allowed_is_said(y, score, settings, message):
    with pytest.raises(ValueError, match=message):
        auroc(y, score, **settings)


def test_inputs_are_left_as_they_were():
    y, score = np.array([0.0, -1, 1, np.nan]), np.array([0.1, 0.2, 0.3, np.nan])
    before = y.copy(), score.copy()
    auroc(y, score, uncertain="ones")
    np.testing.assert_array_equal([y, score], before)


@settings(max_examples=30, deadline=None)
@given(sample=samples(tied))
def test_the_gradient_is_what_a_little_more_of_one_sample_changes(sample):
    y, score, _ = sample
    ranking, step = Ranking.of(y, score), 1e-6
    ones = np.ones((len(y), 1))
    nudged = ones + step * np.eye(len(y))
    for value, gradient in (
        (ranking.auroc, ranking.auroc_gradient),
        (ranking.average_precision, ranking.average_precision_gradient),
    ):
        change = (value(ranking.members @ nudged) - value(ranking.members @ ones)) / step
        slopes = ranking.members.T @ gradient((ranking.members @ ones)[:, 0])
        assert slopes == pytest.approx(change, abs=1e-4)
        assert slopes.sum() == pytest.approx(0, abs=1e-9)  # twice the weight of everybody changes nothing


def test_tables_in_another_order_are_not_matched_by_place():
    y = pd.DataFrame({"Mass": [0, 1, 0], "Edema": [1, 0, 0]}, index=["a", "b", "c"])
    score = y.astype(float)
    with pytest.raises(ValueError, match=r"y_score: its columns \['Edema', 'Mass'\] is in another order than y_true's"):
        auroc(y, score[["Edema", "Mass"]])
    with pytest.raises(ValueError, match=r"y_score: its index \['c', 'b', 'a'\] is in another order"):
        auroc(y, score[::-1])
    assert auroc(y, score.add_prefix("p_").reset_index(drop=True)).tolist() == [1, 1]  # other names: by place


def test_names_must_differ():
    with pytest.raises(ValueError, match=r"names: got \['a', 'a'\], allowed are names that differ"):
        auroc([[0, 1]], [[0.1, 0.2]], names=["a", "a"])


def test_a_series_names_its_label():
    with pytest.warns(UndefinedMetricWarning, match="Hernia: no positives"):
        auroc(pd.Series([0, 0], name="Hernia"), [1, 2])


@both
@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_only_the_ratios_of_weights_count(ours, theirs, scale):
    y, score, weight = [0, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.4], np.array([1.0, 2, 3, 4, 1])
    assert ours(y, score, sample_weight=scale * weight) == pytest.approx(
        theirs(y, score, sample_weight=weight), abs=1e-12
    )


@pytest.mark.parametrize("weight", [[1, 1, 1e17], [1e-6, 1e-6, 1e6]])
def test_a_heavy_negative_below_hides_no_light_one_above(weight):
    y, score = [0, 1, 0], [3.0, 2, 1]
    assert average_precision(y, score, sample_weight=weight) == pytest.approx(0.5, abs=1e-12)


def test_a_tensor_that_keeps_its_gradient_is_refused_by_name():
    import torch

    with pytest.raises(ValueError, match="y_score: got Tensor that is no array of numbers"):
        auroc([0, 1], torch.tensor([0.1, 0.2], requires_grad=True))
