"""Honest intervals, fast: `functions` holds what to call, `resampling` the draws, `statistics` what they change.

A statistic of another room that follows from sums takes them from `sums`.

The idea that makes it fast: AUROC, average precision, F1 or R² of a replicate follow from a few sums over its samples.
Which samples belong to which sum is known before anything is drawn, so a replicate is one sparse matrix product.
"""

from .band import roc_band
from .functions import bootstrap_auroc, bootstrap_average_precision, bootstrap_quantity, bootstrap_regression
from .result import Bootstrap

__all__ = [
    "Bootstrap",
    "bootstrap_auroc",
    "bootstrap_average_precision",
    "bootstrap_quantity",
    "bootstrap_regression",
    "roc_band",
]
