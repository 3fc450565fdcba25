"""The quantities of a confusion matrix as properties, found by any of their names."""

import numpy as np

from .cells import CELLS
from .quantities import QUANTITIES, find_quantity, plain
from .quantity import Quantity
from .validation import check_level

NOT_COUNTED = "expected shares, not counts: how many cases stand behind them is not known"


class Quantified:
    """What has attributes tp, fn, fp and tn, and by them every quantity of the registry as a property.

    Synonyms are attributes too: ``counts.sensitivity`` is ``counts.tpr``. An attribute `expected` says whether the four
    are expected shares, whose quantities have no interval.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """() for one matrix, else the shape of the arrays."""
        return np.shape(self.tp)

    def reason(self, quantity: str) -> str | np.ndarray:
        """Why a quantity is undefined, "" where it is defined; an array of str for arrays of counts."""
        reason = find_quantity(quantity).reason(self._cells())
        return reason if self.shape else str(reason)

    def interval(self, quantity: str, level: float = 0.95) -> tuple[float, float] | np.ndarray:
        """Confidence interval of a quantity in closed form.

        Wilson's for proportions; by the log method for LR+, LR− and DOR; from two Wilson intervals (MOVER) for
        informedness, markedness and balanced accuracy; F1's from that of the threat score, of which it is a growing
        function. The counts must be those of independent cases.

        Parameters
        ----------
        quantity : str
            Any name of it.
        level : float
            Between 0 and 1.

        Returns
        -------
        (low, high), or array (..., 2) for arrays of counts
            NaN where the quantity is undefined, for LR+, LR− and DOR where a cell the variance needs is 0, and for
            expected shares, such as those of `at_prevalence`; `interval_reason` says which.

        Raises
        ------
        ValueError
            If there is no closed form, as for MCC and Fowlkes–Mallows: resample with `bootstrap_quantity`.
        """
        check_level(level)
        low, high = find_quantity(quantity).interval(self._cells(), level)
        if self.expected:
            low = high = np.full(self.shape, np.nan)
        return np.stack([low, high], -1) if self.shape else (float(low), float(high))

    def interval_reason(self, quantity: str) -> str | np.ndarray:
        """Why a quantity that is defined has no interval, "" where it has one; an array of str for arrays of counts."""
        found = find_quantity(quantity)
        reason = found.interval_reason(self._cells())
        if self.expected:
            reason = np.where(found.reason(self._cells()) == "", f"no interval: {NOT_COUNTED}", "")
        return reason if self.shape else str(reason)

    def __getattr__(self, name: str):
        problem = f"{type(self).__name__} has no attribute {name!r}"
        if not name.startswith("_"):
            try:
                found = find_quantity(name).name
            except ValueError as unknown:
                raise AttributeError(f"{problem}; {unknown}") from None
            if found != name:
                return getattr(self, found)
        raise AttributeError(problem)

    def __dir__(self) -> list[str]:
        synonyms = {plain(spoken).replace(" ", "_") for entry in QUANTITIES.values() for spoken in entry.synonyms}
        return sorted({*super().__dir__(), *filter(str.isidentifier, synonyms)})

    def _cells(self) -> dict[str, np.ndarray]:
        return {name: np.asarray(getattr(self, name), np.float64) for name in CELLS}


def _property(quantity: Quantity) -> property:
    def whole(counts: Quantified) -> float | np.ndarray:
        return quantity.compute(**{cell: getattr(counts, cell) for cell in CELLS})  # whole numbers stay whole

    def value(counts: Quantified) -> float | np.ndarray:
        values = quantity.of(counts._cells())
        return values if values.ndim else float(values)

    return property(value if quantity.method else whole, doc=quantity.describe())


for _quantity in QUANTITIES.values():
    if _quantity.name not in CELLS:
        setattr(Quantified, _quantity.name, _property(_quantity))
