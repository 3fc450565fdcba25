"""Where patches lie: cubes that are evenly spread over a volume."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class PatchGrid:
    """Cubes of `size` voxels, evenly spread over a volume; they overlap where they must.

    Parameters
    ----------
    shape : (D, H, W)
    size : int
        Voxels along each side of a patch.
    counts : (nz, ny, nx)
        Patches along each axis.
    only : int, optional
        The number of a single patch: the grid of it alone. By default there are all.

    Attributes
    ----------
    slices : list of P tuples of three slices
        Patch by patch, the last axis (x) fastest.

    Raises
    ------
    ValueError
        If a patch is larger than the volume, the patches leave gaps, or an argument is no whole number.

    Examples
    --------
    >>> grid = PatchGrid((40, 48, 40), size=16, counts=(3, 3, 3))
    >>> len(grid), grid.slices[1]
    (27, (slice(0, 16, None), slice(0, 16, None), slice(12, 28, None)))
    """

    shape: tuple[int, int, int]
    size: int = 16
    counts: tuple[int, int, int] = (3, 3, 3)
    only: int | None = None
    slices: list[tuple[slice, slice, slice]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("shape", "counts"):
            object.__setattr__(self, name, _three(name, getattr(self, name)))
        if not _is_whole(self.size):
            raise ValueError(f"size: got {self.size!r}, allowed is a whole number")
        starts = []
        for length, count in zip(self.shape, self.counts, strict=True):
            if not 1 <= self.size <= length or count < 1:
                raise ValueError(f"size: got {self.size} and counts {self.counts}, the volume has {self.shape} voxels")
            if count * self.size < length:
                raise ValueError(f"counts: {count} patches of {self.size} leave gaps in {length} voxels; take more")
            starts.append(np.rint(np.linspace(0, length - self.size, count)).astype(int).tolist())
        slices = [tuple(slice(start, start + self.size) for start in place) for place in product(*starts)]
        if self.only is not None:
            slices = [slices[_number("only", self.only, len(slices))]]
        object.__setattr__(self, "slices", slices)

    def __len__(self) -> int:
        return len(self.slices)

    @property
    def centers(self) -> np.ndarray:
        """The middle of each patch in voxels (z, y, x), (P, 3)."""
        return np.array([[(part.start + part.stop - 1) / 2 for part in place] for place in self.slices])

    def alone(self, patch: int) -> PatchGrid:
        """The grid of a single one of these patches."""
        number = _number("patch", patch, len(self))
        return replace(self, only=number if self.only is None else self.only)

    def extract(self, volumes: Tensor) -> Tensor:
        """All patches of some volumes: (N, 1, D, H, W) → (N, P, size, size, size)."""
        import torch  # here, for drawing a grid needs none

        if volumes.ndim != 5 or tuple(volumes.shape[2:]) != self.shape:
            raise ValueError(
                f"volumes: got {tuple(volumes.shape)}, allowed are (N, 1, {', '.join(map(str, self.shape))})"
            )
        return torch.stack([volumes[(slice(None), 0, *place)] for place in self.slices], dim=1)

    def share(self, mask: ArrayLike) -> np.ndarray:
        """Which share of each patch a mask (D, H, W) fills, (P,)."""
        mask = np.asarray(mask)
        return np.array([mask[place].mean() for place in self.slices])


def _three(name: str, values: Sequence[int]) -> tuple[int, int, int]:
    """A list or an array is as good as a tuple."""
    three = tuple(values) if isinstance(values, Iterable) else ()
    if len(three) != 3 or not all(map(_is_whole, three)):
        raise ValueError(f"{name}: got {values!r}, allowed are three whole numbers, along z, y and x")
    return tuple(map(int, three))


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _number(name: str, value: int, p: int) -> int:
    if not _is_whole(value) or not 0 <= value < p:
        raise ValueError(f"{name}: got {value!r}, the patches are 0 to {p - 1}")
    return int(value)
