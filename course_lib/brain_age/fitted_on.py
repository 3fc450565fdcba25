"""Whom a correction was fitted on, so that the same people are not corrected by it unawares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.seen import checked_ids, fingerprint
from course_lib.metrics.validation import Prepared


@dataclass(frozen=True)
class FittedOn:
    """A memory of people: their ids if there were any, and digests of their ages and predictions.

    Attributes
    ----------
    ids : frozenset, or None
    pairs, predictions : str
        Digests of (age, predicted), and of the predictions alone, whatever the order and rounded to float32 or not.
    """

    ids: frozenset | None
    pairs: str
    predictions: str

    @classmethod
    def of(cls, age: np.ndarray, predicted: np.ndarray, ids: ArrayLike | None) -> FittedOn:
        """Remember people of known age and prediction, (n,) each, and all ids that came."""
        return cls(None if ids is None else _as_set(ids), _digest(predicted, age), _digest(predicted))

    def refuse_again(self, predicted: np.ndarray, age: np.ndarray | None, ids: ArrayLike | None) -> None:
        """Raise a ValueError if these people are among those remembered, or cannot be compared with them.

        Without ids, only the very same rows are recognized.
        """
        if (self.ids is None) != (ids is None):
            when = "correcting" if self.ids is None else "fitting"
            raise ValueError(f"ids: given only when {when}; give them both times, so that they can be compared")
        if ids is not None:
            self._refuse_shared(_as_set(ids, len(predicted)))
            return
        known = ~np.isnan(predicted if age is None else predicted + age)
        same = (
            _digest(predicted[known]) == self.predictions
            if age is None
            else _digest(predicted[known], age[known]) == self.pairs
        )
        if same:
            raise ValueError(
                "predicted: these are the people that the correction was fitted on, whose mean gap and slope are 0 "
                "after it by construction; correct others, or say same_people=True to look at the fit itself"
            )

    def _refuse_shared(self, ids: frozenset) -> None:
        kinds = {isinstance(one, str) for one in self.ids | ids}
        if len(kinds) > 1:
            raise ValueError("ids: text on one side and whole numbers on the other cannot be compared; use one kind")
        if shared := sorted(self.ids & ids):
            named = ", ".join(map(repr, shared[:3])) + (", …" if len(shared) > 3 else "")
            raise ValueError(
                f"ids: {len(shared)} of {len(ids)} people were in the cohort that the correction was fitted on "
                f"({named}); correct others, or say same_people=True to look at the fit itself"
            )


def _as_set(ids: ArrayLike, n: int | None = None) -> frozenset:
    return checked_ids(ids, np.size(ids) if n is None else n)


def _digest(predicted: np.ndarray, age: np.ndarray | None = None) -> str:
    rows = np.zeros_like(predicted) if age is None else age
    return fingerprint(Prepared(rows.astype(np.float32)[:, None], predicted[:, None], None, ("age",), True))
