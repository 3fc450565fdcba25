"""Checks of single arguments: whole numbers, shares, and scores that go by another name."""

from collections.abc import Sequence
from numbers import Integral, Real

from numpy.typing import ArrayLike

from .validation import Prepared, prepare


def check_whole(name: str, value: int, least: int = 0) -> None:
    """Raise a ValueError unless `value` is a whole number from `least` on.

    Examples
    --------
    >>> check_whole("seed", -1)
    Traceback (most recent call last):
    ValueError: seed: got -1, allowed is a whole number from 0 on
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: got {value!r}, allowed is a whole number from {least} on")


def check_share(name: str, value: float) -> None:
    """Raise a ValueError unless 0 ≤ `value` ≤ 1.

    Examples
    --------
    >>> check_share("prevalence", 10)
    Traceback (most recent call last):
    ValueError: prevalence: got 10, allowed is a number from 0 to 1
    """
    if not (isinstance(value, Real) and 0 <= value <= 1):
        raise ValueError(f"{name}: got {value!r}, allowed is a number from 0 to 1")


def check_number(name: str, value: float, least: float = 0.0) -> None:
    """Raise a ValueError unless `value` is a finite number from `least` on.

    Examples
    --------
    >>> check_number("noise", float("nan"))
    Traceback (most recent call last):
    ValueError: noise: got nan, allowed is a finite number from 0 on
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not least <= value < float("inf"):
        raise ValueError(f"{name}: got {value!r}, allowed is a finite number from {least:g} on")


def prepare_as(
    argument: str,
    y_true: ArrayLike,
    score: ArrayLike,
    *,
    uncertain: str | None = None,
    names: Sequence[str] | None = None,
) -> Prepared:
    """`prepare` labels and scores whose argument is not called y_score, with errors that name it.

    Raises
    ------
    ValueError
        As `prepare`.
    """
    try:
        return prepare(y_true, score, uncertain=uncertain, names=names)
    except ValueError as problem:
        raise ValueError(str(problem).replace("y_score", argument)) from problem
