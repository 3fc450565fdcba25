"""What is known about one quantity of a confusion matrix: names, formula, undefined cases and interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cells import CELLS, NEGATIVES, POSITIVES, WHY_EMPTY, Cells, Counted, total
from .intervals import Bounds, log_interval, sum_interval, wilson_interval


@dataclass(frozen=True)
class Quantity:
    """One quantity of a confusion matrix.

    Attributes
    ----------
    name, abbreviation, long_name : str
        The attribute of `ConfusionCounts`, the lecture's abbreviation, and the name in words.
    synonyms : tuple of str
        What else the field calls it.
    formula : str
    compute : callable
        Maps arrays tp, fn, fp, tn to the quantity; what it gives where `needs` are not met is not looked at.
    needs : tuple of tuples of cells
        Sums that must not be 0, the first thing to name first; else the quantity is undefined.
    method : str
        How its interval is found: "Wilson", "log", "MOVER", "bootstrap", or "" for a count, which has none.
    bounds : callable, optional
        Maps (counted cells, level) to (low, high), where a closed form is there.
    bounds_need : tuple of tuples of cells
        Sums that must not be 0 for the interval.
    """

    name: str
    abbreviation: str
    long_name: str
    synonyms: tuple[str, ...]
    formula: str
    compute: Callable[..., np.ndarray]
    needs: tuple[Cells, ...] = ()
    method: str = "bootstrap"
    bounds: Callable[[Counted, float], Bounds] | None = None
    bounds_need: tuple[Cells, ...] = ()

    def of(self, counted: Counted) -> np.ndarray:
        """The quantity, NaN where it is undefined."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return _where_met(counted, self.needs, self.compute(**counted))

    def interval(self, counted: Counted, level: float) -> Bounds:
        """Bounds of the quantity, NaN where it or they are undefined; a ValueError where there is no closed form."""
        if self.bounds is None:
            advice = "resample it with bootstrap_quantity" if self.method else "a count has no interval"
            raise ValueError(f"quantity: {self.long_name} has no interval in closed form; {advice}")
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = self.bounds(counted, level)
        return tuple(_where_met(counted, self.needs + self.bounds_need, bound) for bound in (low, high))

    def reason(self, counted: Counted) -> np.ndarray:
        """Why the quantity is undefined, or "" where it is defined; an array of str."""
        return _first_empty(counted, self.needs)

    def interval_reason(self, counted: Counted) -> np.ndarray:
        """Why a quantity that is defined has no interval, or ""; an array of str."""
        if self.bounds is None:
            why = np.full(
                np.shape(counted["tp"]), "resample with bootstrap_quantity" if self.method else "it is a count"
            )
        else:
            why = _first_empty(counted, self.bounds_need)
        silent = (why == "") | (self.reason(counted) != "")
        return np.where(silent, "", np.char.add("no interval: ", why))

    def describe(self) -> str:
        """Names, formula and undefined cases, as a docstring."""
        lines = [f"{self.long_name[0].upper()}{self.long_name[1:]} ({self.abbreviation}), {self.formula}."]
        if self.synonyms:
            lines.append(f"Also called {', '.join(self.synonyms)}.")
        if self.needs:
            lines.append(f"NaN where {' or '.join(WHY_EMPTY[cells] for cells in self.needs)}.")
        return "\n\n".join(lines)


def count(name: str, abbreviation: str, long_name: str, cells: Cells, synonyms: str = "") -> Quantity:
    """Build the quantity that is a sum of cells."""
    formula = " + ".join(cells).upper()
    return Quantity(name, abbreviation, long_name, _split(synonyms), formula, lambda **c: total(c, cells), method="")


def proportion(name: str, abbreviation: str, long_name: str, part: Cells, whole: Cells, synonyms: str = "") -> Quantity:
    """Build the quantity part / whole, both of them sums of cells."""
    above, below = (text if len(text) < 3 else f"({text})" for text in (_written(part), _written(whole)))
    return Quantity(
        name,
        abbreviation,
        long_name,
        _split(synonyms),
        formula=f"{above} / {below}",
        compute=lambda **counted: total(counted, part) / total(counted, whole),
        needs=(whole,),
        method="Wilson",
        bounds=lambda counted, level: wilson_interval(total(counted, part), total(counted, whole), level),
    )


def likelihood_ratio(
    name: str, abbreviation: str, long_name: str, formula: str, above: str, below: str, synonyms: str = ""
) -> Quantity:
    """Build the quantity (above / positives) / (below / negatives), above and below one cell each."""

    def compute(**counted):
        return (counted[above] / total(counted, POSITIVES)) / (counted[below] / total(counted, NEGATIVES))

    def bounds(counted, level):
        among_positives = 1 / counted[above] - 1 / total(counted, POSITIVES)
        among_negatives = 1 / counted[below] - 1 / total(counted, NEGATIVES)
        return log_interval(compute(**counted), among_positives + among_negatives, level)

    needs = (POSITIVES, NEGATIVES, (below,))
    others = tuple(
        cell for cell in CELLS if cell not in (above, below)
    )  # both 0: the variance is 0 and certainty feigned
    return Quantity(
        name, abbreviation, long_name, _split(synonyms), formula, compute, needs, "log", bounds, ((above,), others)
    )


def sum_of_two(
    name: str,
    abbreviation: str,
    long_name: str,
    formula: str,
    needs: tuple[Cells, Cells],
    form: Callable,
    synonyms: str = "",
) -> Quantity:
    """Build the quantity form(s), s = TP / needs[0] + TN / needs[1], `form` growing with s."""
    first, second = needs
    return Quantity(
        name,
        abbreviation,
        long_name,
        _split(synonyms),
        formula,
        compute=lambda **counted: form(counted["tp"] / total(counted, first) + counted["tn"] / total(counted, second)),
        needs=needs,
        method="MOVER",
        bounds=lambda counted, level: tuple(
            form(bound)
            for bound in sum_interval(
                (counted["tp"], total(counted, first)), (counted["tn"], total(counted, second)), level
            )
        ),
    )


def _where_met(counted: Counted, needs: tuple[Cells, ...], values: np.ndarray) -> np.ndarray:
    met = [total(counted, cells) != 0 for cells in needs]
    return np.where(np.logical_and.reduce(met), values, np.nan) if met else np.asarray(values)


def _first_empty(counted: Counted, needs: tuple[Cells, ...]) -> np.ndarray:
    if not needs:
        return np.full(np.shape(counted["tp"]), "")
    empty = [np.asarray(total(counted, cells) == 0) for cells in needs]
    return np.select(empty, [WHY_EMPTY[cells] for cells in needs], "")


def _written(cells: Cells) -> str:
    return "n" if cells == CELLS else " + ".join(cells).upper()


def _split(synonyms: str) -> tuple[str, ...]:
    return tuple(synonyms.split(", ")) if synonyms else ()
