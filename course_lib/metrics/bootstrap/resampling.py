"""Drawing samples, or whole groups of them, again and again."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import check_whole
from ..sequences import group_codes
from .statistics import Statistic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

CHUNK = 64  # replicates at a time: they share one pass through memory, and one stream of random numbers
IN_MEMORY = 2**22  # weights and sums that a thread holds at once, at least one replicate's: about 100 MB
WORTH_A_THREAD = 2**24  # weights to add up; below, starting threads costs more than it saves


@dataclass(frozen=True)
class Resampling:
    """R bootstrap replicates of the units of a sample, each as how often every unit was drawn.

    A unit is one sample, or one group (a patient) with all its samples. The replicates depend on the number of units,
    R and the seed alone: not on the number of threads, nor on what is computed from them.

    Attributes
    ----------
    groups : array of int, (N,), or None
        Which unit each sample belongs to, where units are groups.
    n_units, n_replicates, seed : int
    """

    groups: np.ndarray | None
    n_units: int
    n_replicates: int
    seed: int

    @classmethod
    def of(cls, n: int, groups: ArrayLike | None, n_replicates: int, seed: int) -> "Resampling":
        """Check the arguments of a bootstrap of `n` samples.

        Raises
        ------
        ValueError
            If there are fewer than two units, or an argument is not allowed.
        """
        check_whole("n_replicates", n_replicates, least=1)
        check_whole("seed", seed)
        codes, units = (None, n) if groups is None else group_codes("groups", groups, n)
        if units < 2:
            named = "y_true" if groups is None else "groups"
            raise ValueError(f"{named}: got {units} to draw from, a bootstrap needs at least 2")
        return cls(codes, units, int(n_replicates), int(seed))

    def chunks(self) -> Iterator[tuple[int, slice]]:
        """Yield the number and the replicates of each chunk."""
        for number, start in enumerate(range(0, self.n_replicates, CHUNK)):
            yield number, slice(start, min(start + CHUNK, self.n_replicates))

    def weights(self, number: int, size: int, at_once: int = CHUNK) -> Iterator[tuple[slice, np.ndarray]]:
        """How often each unit was drawn in the `size` replicates of a chunk.

        Yields
        ------
        slice, array of float32, (n_units, at most `at_once`)
            Which of the chunk's replicates, and their draws.
        """
        random = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        for start in range(0, size, at_once):
            stop = min(start + at_once, size)
            # two bytes hold any count that will ever occur, and are turned on their side five times faster than four
            drawn = np.empty((stop - start, self.n_units), np.uint16)
            for row in drawn:
                row[:] = np.bincount(random.integers(self.n_units, size=self.n_units), minlength=self.n_units)
            yield slice(start, stop), drawn.T.astype(np.float32, order="C")

    def by_unit(self, members: "csr_matrix") -> "csr_matrix":
        """Add up the columns of `members`, (rows, N), of each unit, in a type that keeps sums exact."""
        if self.groups is not None:
            from scipy.sparse import csr_matrix

            n = len(self.groups)
            belongs = csr_matrix((np.ones(n, members.dtype), (np.arange(n), self.groups)), shape=(n, self.n_units))
            members = members @ belongs
        largest_sum = self.n_units * (members.max() if members.nnz else 0)  # one unit drawn every time
        return members.astype(float) if largest_sum >= 2**24 else members  # float32 is exact below

    def same_draws(self, other: "Resampling") -> bool:
        """Whether `other` draws the same samples in each replicate."""
        same_size = (self.n_units, self.n_replicates, self.seed) == (other.n_units, other.n_replicates, other.seed)
        return same_size and np.array_equal(self.groups, other.groups)


def resample(statistics: Sequence[Statistic], resampling: Resampling) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Evaluate each statistic on the sample and on every replicate of it.

    Returns
    -------
    estimate : array, (L,)
    replicates : array, (R, L)
    influence : array, (n_units, L)
        How the estimate changes with the weight of each unit: the infinitesimal jackknife.
    """
    members = [resampling.by_unit(statistic.members) for statistic in statistics]
    sums = [unit_members @ np.ones(resampling.n_units) for unit_members in members]
    estimate = np.array([s.value(total[:, None])[0] for s, total in zip(statistics, sums, strict=True)])
    slopes = [
        unit_members.T @ s.gradient(total) for s, unit_members, total in zip(statistics, members, sums, strict=True)
    ]
    replicates = np.empty((resampling.n_replicates, len(statistics)))
    height = resampling.n_units + max(unit_members.shape[0] for unit_members in members)
    at_once = min(CHUNK, max(1, IN_MEMORY // height))

    def fill(chunk: tuple[int, slice]) -> None:
        number, rows = chunk
        for part, weights in resampling.weights(number, rows.stop - rows.start, at_once):
            for column, (statistic, unit_members) in enumerate(zip(statistics, members, strict=True)):
                replicates[rows, column][part] = statistic.value(unit_members @ weights)

    work = resampling.n_replicates * sum(unit_members.nnz for unit_members in members)
    with ThreadPoolExecutor(_threads() if work > WORTH_A_THREAD else 1) as pool:
        for _ in pool.map(fill, resampling.chunks()):
            pass
    return estimate, replicates, np.stack(slopes, axis=1)


def _threads() -> int:
    """Cores that this process may use, at most four: beyond, memory is the limit."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(4, allowed or 1)
