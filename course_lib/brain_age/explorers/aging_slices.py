"""An aging brain where it is looked at: in three slices, and wherever its ventricles and hippocampi can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..anatomy import affine, coordinates
from ..simulator import aged_maps
from ..simulator.aging import CHANNELS, Years, atlas, mean_years, move

CENTER = (25.0, -23.0, 14.0)  # mm (x, y, z): through both lateral ventricles, and the right hippocampus
STRUCTURES = ("ventricles", "hippocampi")
REACH = (30.0, 105.0)  # years: structures fill no voxel outside those that they fill at one of these ages


@dataclass(frozen=True, eq=False)
class AgingSlices:
    """What `aged_maps` gives, at one voxel in seven: fast enough to follow a slider.

    Attributes
    ----------
    resolution_mm : int
    cut : (z, y, x)
        Voxel that the slices go through.
    seen : array of bool, (D, H, W)
        Voxels that are computed.
    """

    resolution_mm: int
    cut: tuple[int, int, int]
    seen: np.ndarray

    @classmethod
    def of(cls, resolution_mm: int) -> AgingSlices:
        """At 4 or 2 mm; the structures' voxels are found from the youngest and the oldest brain."""
        first = affine(resolution_mm)[:3, 3]
        cut = tuple(int(place) for place in np.round((np.array(CENTER) - first) / resolution_mm)[::-1])
        ends = [aged_maps(age, resolution_mm=resolution_mm) for age in REACH]
        seen = np.any([maps[name] > 0 for maps in ends for name in STRUCTURES], axis=0)
        seen[cut[0]], seen[:, cut[1]], seen[:, :, cut[2]] = True, True, True
        return cls(resolution_mm, cut, seen)

    def aged(self, age: float, *, ventricles: float = 0.0, hippocampi: float = 0.0) -> dict[str, np.ndarray]:
        """Image and structures by name, float32 (D, H, W), 0 where nothing is computed; arguments as of `age_brain`."""
        ages = np.array([age + ventricles]), np.array([age + hippocampi]), np.array([age])
        names = ("ventricles", "hippocampi", "cortex")
        years = Years(*(getattr(mean_years(at), name) for name, at in zip(names, ages, strict=True)))
        moved = move(atlas(self.resolution_mm), coordinates(self.resolution_mm)[self.seen], years)[0].numpy()
        maps = {}
        for name in ("t1", *STRUCTURES):
            maps[name] = np.zeros(self.seen.shape, np.float32)
            maps[name][self.seen] = moved[CHANNELS.index(name)]
        return maps

    def milliliters(self, share: np.ndarray) -> float:
        """Volume of a structure from its share of each voxel."""
        return float(share.sum() * self.resolution_mm**3 / 1000)
