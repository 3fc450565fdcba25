"""Shares as whole people: for pictures that count heads."""

import numpy as np

from .arguments import check_whole
from .counts import ConfusionCounts


def whole_people(counts: ConfusionCounts, total: int = 1000) -> ConfusionCounts:
    """Scale one confusion matrix to `total` people and round to whole ones, by the largest remainders.

    They were not counted, whoever was: the answer is marked as expected and has no intervals.

    Raises
    ------
    ValueError
        If there is nobody, there are several matrices, or `total` is no whole number.

    Examples
    --------
    >>> whole_people(ConfusionCounts(0.0097, 0.0011, 0.0989, 0.8903))
    ConfusionCounts(tp=10, fn=1, fp=99, tn=890)
    """
    check_whole("total", total, least=1)
    values = np.array([counts.tp, counts.fn, counts.fp, counts.tn], float)
    if values.ndim > 1:
        raise ValueError(f"counts: got shape {values.shape[1:]}, allowed is one matrix, such as counts[0]")
    if not values.sum() > 0:
        raise ValueError(f"counts: got {counts}, which is nobody; allowed are counts of at least one person")
    shares = total * values / values.sum()
    whole = np.floor(shares).astype(int)
    whole[np.argsort(whole - shares, kind="stable")[: total - whole.sum()]] += 1
    return ConfusionCounts(*whole.tolist(), expected=True)
