"""One label's known outcomes and their scores, and bins of equal mass."""

import numpy as np
from numpy.typing import ArrayLike

from .arguments import prepare_as
from .validation import probabilities

NOTHING = {"y_true": "no label is known"}


def one_label(
    y_true: ArrayLike, y_score: ArrayLike, uncertain: str | None = None, argument: str = "y_score"
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and scores of the samples whose truth is known, for what is read label by label.

    Errors call the scores by the name of their `argument`.

    Raises
    ------
    ValueError
        If there are two dimensions, or a value is not allowed.

    Examples
    --------
    >>> one_label([1, np.nan, 0], [0.9, 0.5, 0.2])
    (array([1., 0.]), array([0.9, 0.2]))
    """
    prepared = prepare_as(argument, y_true, y_score, uncertain=uncertain)
    if not prepared.single:
        raise ValueError(f"y_true: got shape {np.shape(y_true)}, allowed is (N,): go label by label, one column a call")
    ((y, score, _),) = prepared.columns()
    return y, score


def known_probabilities(
    y_true: ArrayLike, y_score: ArrayLike, logits: bool, uncertain: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and probabilities of the samples whose truth is known.

    Raises
    ------
    ValueError
        As `one_label` and `validation.probabilities`.
    """
    y, score = one_label(y_true, y_score, uncertain)
    return y, probabilities(score, logits=logits)


def equal_mass_bins(score: np.ndarray, n_bins: int) -> np.ndarray:
    """Number the bin of each sample, ⌊n_bins · mid-rank / N⌋, without gaps and by rising score.

    The mid-rank is the middle of the places 0…N that samples of one score take up together, so that equal scores are
    never parted. There may be fewer bins than `n_bins`.

    Raises
    ------
    ValueError
        If `n_bins` is no whole number from 1 on.

    Examples
    --------
    >>> equal_mass_bins(np.array([0.1, 0.4, 0.2, 0.3]), 2)
    array([0, 1, 0, 1])
    >>> equal_mass_bins(np.array([0.0, 0.0, 0.0, 0.9]), 2)
    array([0, 0, 0, 1])
    """
    if not (isinstance(n_bins, (int, np.integer)) and n_bins >= 1):
        raise ValueError(f"n_bins: got {n_bins!r}, allowed is a whole number from 1 on")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    twice_the_middle = 2 * np.cumsum(count) - count
    part = twice_the_middle * n_bins // max(2 * len(score), 1)
    return np.unique(part[place], return_inverse=True)[1]
