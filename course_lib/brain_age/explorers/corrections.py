"""The corrections that explorers offer, and what one warns of."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from ..bias import BiasCorrection

NONE = "none"
METHODS = {"none": NONE, "Beheshti": "beheshti", "Cole": "cole", "Smith": "smith"}


def name_of(method: str) -> str:
    """As it is shown.

    >>> name_of("cole")
    'Cole'
    """
    return next(name for name, value in METHODS.items() if value == method)


def corrected_ages(
    method: str,
    source: tuple[np.ndarray, np.ndarray],
    predicted: np.ndarray,
    age: np.ndarray,
    same_people: bool = False,
) -> tuple[np.ndarray, str]:
    """Corrected ages, and the sentence in which the correction warns, "" where it does not.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    source : (age, predicted), arrays (M,)
        Whom it is fitted on.
    predicted, age : array, (N,)
        Whom it corrects, and the ages that are put in.
    same_people : bool
        Whether they are those of `source`.

    Raises
    ------
    ValueError
        As `BiasCorrection`.
    """
    if method == NONE:
        return predicted, ""
    correction, of_fit = heard(BiasCorrection(method).fit, *source)
    put_in = age if correction.uses_age else None
    corrected, of_use = heard(correction.correct, predicted, put_in, same_people=same_people)
    return corrected, of_fit or of_use


def heard(function: Callable, *arguments, **named) -> tuple:
    """What a function returns, and the first warning that it gives, as a sentence for the screen, or "".

    >>> heard(abs, -3)
    (3, '')
    """
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        value = function(*arguments, **named)
    said = [str(warning.message) for warning in raised if warning.category is UserWarning]
    return value, f"Warning: {said[0]}." if said else ""
