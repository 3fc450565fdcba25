"""No patient on two sides."""

import numpy as np
from numpy.typing import ArrayLike


def check_disjoint(argument: str, groups: ArrayLike, other: str, others: ArrayLike) -> None:
    """Raise a ValueError that names up to three patients who are on both sides.

    Parameters
    ----------
    argument, other : str
        What the two sides are called in the message.
    groups, others : array, (N,) and (M,)
        Whose image it is: all numbers or all text.

    Raises
    ------
    ValueError
        If a patient is on both sides, or numbers are on one side and text on the other.

    Examples
    --------
    >>> check_disjoint("validation", [7, 8, 8], "train", [1, 2, 8])
    Traceback (most recent call last):
    ValueError: validation: 1 of 2 patients are in train too (8); keep all images of a patient on one side
    """
    groups, others = np.unique(np.asarray(groups)), np.unique(np.asarray(others))
    first, second = groups.tolist()[:1], others.tolist()[:1]
    if first and second and isinstance(first[0], str) != isinstance(second[0], str):
        raise ValueError(
            f"{argument}: its patients are like {first[0]!r}, those of {other} like {second[0]!r}; "
            "numbers and text cannot be compared"
        )
    shared = np.intersect1d(groups, others)
    if len(shared):
        named = ", ".join(repr(one) for one in shared[:3].tolist()) + (", …" if len(shared) > 3 else "")
        raise ValueError(
            f"{argument}: {len(shared)} of {len(groups)} patients are in {other} too ({named}); keep all images of a "
            "patient on one side"
        )
