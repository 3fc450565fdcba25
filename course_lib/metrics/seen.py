"""What a threshold was chosen on, so that it is not judged on the same images or patients."""

from hashlib import sha256
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from .validation import Prepared


def fingerprint(data: Prepared) -> str:
    """Hash of the rows, whatever their order, and whether scores are float64 or their copies in float32."""
    with np.errstate(over="ignore"):
        rounded = data.score.astype(np.float32)
    rows = np.hstack([data.y, rounded]) + 0.0  # −0 becomes 0
    return sha256(repr(rows.shape).encode() + rows[np.lexsort(rows.T)].tobytes()).hexdigest()


def checked_ids(ids: ArrayLike, n: int) -> frozenset:
    """Return ids as a set: all str or all int.

    Raises
    ------
    ValueError
        If there is not one per image, or they are of another kind or of two.
    """
    values = np.asarray(ids, dtype=object)
    if values.shape != (n,):
        raise ValueError(f"ids: got shape {values.shape}, allowed is {(n,)}, one per image")
    odd = [one for one in values if isinstance(one, bool) or not isinstance(one, (str, Integral))]
    if odd or len({isinstance(one, str) for one in values}) > 1:
        got = f"{odd[0]!r} among them" if odd else "both text and numbers"
        raise ValueError(f"ids: got {got}, allowed are text or whole numbers, all of one kind")
    return frozenset(values)


def check_unseen(seen: frozenset | None, ids: frozenset | None) -> None:
    """Raise a ValueError for ids that were seen, or that cannot be compared."""
    if (seen is None) != (ids is None):
        when = "choosing the threshold" if ids is None else "evaluating it"
        raise ValueError(f"ids: given only when {when}; give them both times, so that they can be compared")
    if not seen or not ids:
        return
    kinds = {isinstance(next(iter(group)), str) for group in (seen, ids)}
    if len(kinds) > 1:
        raise ValueError("ids: text on one side and whole numbers on the other cannot be compared; use one kind")
    if shared := sorted(seen & ids):
        named = ", ".join(map(repr, shared[:3])) + (", …" if len(shared) > 3 else "")
        raise ValueError(
            f"ids: {len(shared)} of {len(ids)} were in the set that the threshold was chosen on ({named}); evaluate it "
            "on images and patients that it has not seen"
        )


def column_names(values: ArrayLike) -> tuple[str, ...] | None:
    """Names of a DataFrame's columns; None of anything else."""
    return tuple(map(str, values.columns)) if hasattr(values, "columns") else None
