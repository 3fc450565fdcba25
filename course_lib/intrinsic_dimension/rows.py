"""Points as rows, read a block at a time: what is memory-mapped is never copied whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data import ImageSet
from course_lib.metrics.sequences import as_array

READ_AT_ONCE = 2**20  # values: few enough to stay in a processor's cache
LARGEST = 1e150  # squares of what is larger leave float64
USUAL_SPREADS = (1e-12, 1e12)  # squares of these, and sums of them, keep well inside float32


@dataclass(frozen=True)
class Rows:
    """N points of D features: the rows of an array, whatever its shape.

    Attributes
    ----------
    values : array, (N, ...)
        Of booleans, integers or floats; not copied.
    """

    values: np.ndarray

    @classmethod
    def of(cls, X: ArrayLike | ImageSet) -> Rows:
        """Rows of an array or of images.

        Raises
        ------
        ValueError
            If there are no two rows, a row has no values, or the values are no real numbers.
        """
        values = X.images if isinstance(X, ImageSet) else as_array("X", X)
        if values.ndim < 2 or len(values) < 2 or values[:1].size == 0:
            raise ValueError(f"X: got shape {values.shape}, allowed are 2 or more rows, each of 1 or more values")
        if values.dtype.kind not in "buif":
            raise ValueError(f"X: got values of {values.dtype}, allowed are booleans, integers and floats")
        return cls(values)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def features(self) -> int:
        return int(np.prod(self.values.shape[1:]))

    @property
    def eight_bit(self) -> bool:
        """Whether the values are those of 8-bit images."""
        return self.values.dtype in (np.uint8, np.bool_)

    @property
    def double(self) -> bool:
        """Whether the values need more than the 24 bits of float32."""
        return self.values.dtype.itemsize > 2 and self.values.dtype != np.float32

    def block(self, start: int, stop: int) -> np.ndarray:
        """Rows from `start` to before `stop`, (stop − start, D), in their own type."""
        return np.asarray(self.values[start:stop]).reshape(-1, self.features)

    def finite_block(self, start: int, stop: int) -> np.ndarray:
        """As `block`; a ValueError names the first row that has a NaN or an infinite value."""
        block = self.block(start, stop)
        if block.dtype.kind == "f" and not np.isfinite(block).all():
            row = start + int(np.flatnonzero(~np.isfinite(block).all(axis=1))[0])
            raise ValueError(f"X: row {row} has values that are NaN or infinite, allowed are finite ones")
        return block

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Chosen rows as float64, (len(indices), D)."""
        return np.asarray(self.values[indices], np.float64).reshape(len(indices), self.features)

    def spans(self, size: int) -> Iterator[tuple[int, int]]:
        """Where blocks of at most `size` rows begin and end."""
        return ((start, min(start + size, len(self))) for start in range(0, len(self), size))

    def small_spans(self) -> Iterator[tuple[int, int]]:
        """Where blocks that fit a processor's cache begin and end."""
        return self.spans(max(1, READ_AT_ONCE // self.features))

    @cached_property
    def center(self) -> tuple[np.ndarray, float]:
        """Mean of the rows, (D,) of float64, and a unit in which float32 can square their differences.

        The unit is 1, or, where values spread very widely or hardly at all, a power of two near their range.

        Raises
        ------
        ValueError
            If a value is NaN or infinite, or so large that its square is.
        """
        total, low, high = (np.full(self.features, fill) for fill in (0.0, np.inf, -np.inf))
        for start, stop in self.small_spans():
            block = self.finite_block(start, stop)
            total += block.sum(axis=0, dtype=np.float64)
            low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
        largest = float(max(-low.min(), high.max()))
        if not largest < LARGEST:
            raise ValueError(f"X: got values up to {largest:.3g}, allowed are those below {LARGEST:g}")
        spread = float((high - low).max())
        usual = spread == 0 or USUAL_SPREADS[0] < spread < USUAL_SPREADS[1]
        return total / len(self), 1.0 if usual else float(2.0 ** np.round(np.log2(spread)))
