"""Averages over labels that say how many labels they used."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .sequences import listed
from .validation import as_floats


@dataclass(frozen=True)
class MacroMean:
    """The mean over the labels for which a metric is defined; ``float()`` gives its value.

    Attributes
    ----------
    value : float
        NaN where no label is left.
    n_used, n_labels : int
        How many labels the mean is over, and how many there are.
    missing : tuple of str
        Names of the labels left out.
    """

    value: float
    n_used: int
    n_labels: int
    missing: tuple[str, ...]

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        undefined = f" (undefined: {', '.join(self.missing)})" if self.missing else ""
        return f"{self.value:.3f} over {self.n_used} of {self.n_labels} labels{undefined}"


def macro_mean(values: ArrayLike, names: Sequence[str] | None = None) -> MacroMean:
    """Mean over labels, Σ vₗ / L, of those that are not NaN, with the names of the others.

    Parameters
    ----------
    values : array, (L,)
        A metric per label, NaN where it is undefined.
    names : sequence of L str, optional
        By default "label 0", "label 1", ….

    Raises
    ------
    ValueError
        If there is no single value per label, one is infinite, or there is not one name each.

    Examples
    --------
    >>> print(macro_mean([0.9, float("nan"), 0.8], ["Edema", "Hernia", "Mass"]))
    0.850 over 2 of 3 labels (undefined: Hernia)
    """
    values = as_floats("values", values)
    if values.ndim != 1:
        raise ValueError(f"values: got shape {values.shape}, allowed is (L,), one value per label")
    if np.isinf(values).any():
        raise ValueError("values: got infinity, allowed are finite numbers and NaN (undefined)")
    names = [f"label {number}" for number in range(len(values))] if names is None else listed("names", names)
    if len(names) != len(values):
        raise ValueError(f"names: got {len(names)} names for {len(values)} labels")
    used = ~np.isnan(values)
    value = float(values[used].mean()) if used.any() else float("nan")
    missing = tuple(str(name) for name, kept in zip(names, used, strict=True) if not kept)
    return MacroMean(value, int(used.sum()), len(values), missing)
