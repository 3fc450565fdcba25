"""ROC and precision-recall curves against scikit-learn."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from test_ranking import samples

from course_lib.metrics import auroc, operating_points, precision_recall_curve, roc_curve


@settings(max_examples=40, deadline=None)
@given(sample=samples())
def test_the_roc_curve_is_scikit_learns(sample):
    y, score, _ = sample
    fpr, tpr, thresholds = sklearn.metrics.roc_curve(y, score, drop_intermediate=False)
    curve = roc_curve(y, score)
    np.testing.assert_allclose(curve, np.stack([thresholds, fpr, tpr], axis=1), atol=1e-12)
    assert sklearn.metrics.auc(curve["fpr"], curve["tpr"]) == pytest.approx(auroc(y, score), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(sample=samples())
def test_the_precision_recall_curve_is_scikit_learns(sample):
    y, score, _ = sample
    precision, recall, thresholds = sklearn.metrics.precision_recall_curve(y, score)
    curve = precision_recall_curve(y, score).iloc[1:]  # the first, where nobody is called positive, is undefined
    expected = np.stack([thresholds, recall[:-1], precision[:-1]], axis=1)[::-1]
    np.testing.assert_allclose(curve, expected, atol=1e-12)


def test_the_precision_of_calling_nobody_is_undefined_not_one():
    assert np.isnan(precision_recall_curve([0, 1], [0.1, 0.2])["precision"][0])


def test_every_threshold_is_counted_as_at_least():
    y, score = np.array([0, 1, 1, 0]), np.array([0.3, 0.3, 0.7, 0.1])
    points = operating_points(y, score)
    for place, threshold in enumerate(points.thresholds):
        assert points.counts.tp[place] == ((score >= threshold) & (y == 1)).sum()
        assert points.counts.fp[place] == ((score >= threshold) & (y == 0)).sum()


def test_without_negatives_there_is_no_false_positive_rate():
    assert roc_curve([1, 1], [0.1, 0.2])["fpr"].isna().all()


def test_one_label_at_a_time():
    with pytest.raises(ValueError, match="y_true: got 2 labels, allowed is one"):
        roc_curve([[0, 1]], [[0.1, 0.2]])
