"""Shares as whole people: for pictures that count heads."""

import numpy as np

from .counts import ConfusionCounts


def whole_people(counts: ConfusionCounts, total: int = 1000) -> ConfusionCounts:
    """Scale one confusion matrix to `total` people and round to whole ones, by the largest remainders.

    Raises
    ------
    ValueError
        If there is nobody.

    Examples
    --------
    >>> whole_people(ConfusionCounts(0.0097, 0.0011, 0.0989, 0.8903))
    ConfusionCounts(tp=10, fn=1, fp=99, tn=890)
    """
    values = np.array([counts.tp, counts.fn, counts.fp, counts.tn], float)
    if not values.sum() > 0:
        raise ValueError(f"counts: got {counts}, which is nobody; allowed are counts of at least one person")
    shares = total * values / values.sum()
    whole = np.floor(shares).astype(int)
    whole[np.argsort(whole - shares, kind="stable")[: total - whole.sum()]] += 1
    return ConfusionCounts(*whole.tolist())
