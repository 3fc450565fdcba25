"""Lecture 2: what a classifier is worth, with intervals that are honest about patients."""

from .agreement import cohen_kappa
from .averages import MacroMean, macro_mean
from .bootstrap import (
    Bootstrap,
    bootstrap_auroc,
    bootstrap_average_precision,
    bootstrap_quantity,
    bootstrap_regression,
    roc_band,
)
from .brier import BrierParts, brier_decomposition, brier_score
from .calibration import ECE, InTheLarge, calibration_in_the_large, expected_calibration_error, reliability_curve
from .class_matrix import class_matrix
from .counts import ConfusionCounts
from .curves import OperatingPoints, operating_points, precision_recall_curve, roc_curve
from .degradation import Robustness, robustness
from .delong import DeLongTest, delong_interval, delong_test, delong_variance
from .embedding import knn_accuracy, silhouette
from .intervals import wilson_interval
from .measurement import Repeatability, TotalError, Trueness, repeatability, total_error, trueness
from .people import whole_people
from .ranking import auroc, average_precision
from .recalibration import TemperatureScaling, shift_logits
from .regression import mean_absolute_error, r2_score, root_mean_squared_error
from .simulate import Predictions, binormal_quantiles, separation_for, simulate_predictions
from .thresholds import Threshold, choose_threshold

__all__ = [
    "Bootstrap",
    "BrierParts",
    "ConfusionCounts",
    "DeLongTest",
    "ECE",
    "InTheLarge",
    "MacroMean",
    "OperatingPoints",
    "Predictions",
    "Repeatability",
    "Robustness",
    "TemperatureScaling",
    "Threshold",
    "TotalError",
    "Trueness",
    "auroc",
    "average_precision",
    "binormal_quantiles",
    "bootstrap_auroc",
    "bootstrap_average_precision",
    "bootstrap_quantity",
    "bootstrap_regression",
    "brier_decomposition",
    "brier_score",
    "calibration_in_the_large",
    "choose_threshold",
    "class_matrix",
    "cohen_kappa",
    "delong_interval",
    "delong_test",
    "delong_variance",
    "expected_calibration_error",
    "knn_accuracy",
    "macro_mean",
    "mean_absolute_error",
    "operating_points",
    "precision_recall_curve",
    "r2_score",
    "reliability_curve",
    "repeatability",
    "robustness",
    "roc_band",
    "roc_curve",
    "root_mean_squared_error",
    "separation_for",
    "shift_logits",
    "silhouette",
    "simulate_predictions",
    "total_error",
    "trueness",
    "whole_people",
    "wilson_interval",
]
