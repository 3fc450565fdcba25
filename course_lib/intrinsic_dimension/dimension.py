"""What every estimator of dimension does alike: duplicates, patients with several images, intervals, and warnings."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from course_lib.data import ImageSet
from course_lib.metrics.arguments import check_whole
from course_lib.metrics.sequences import group_codes

from .distinct import one_per_group, strip_duplicates
from .duplicates import NEAR, find_duplicates, near_duplicates
from .neighbors import nearest_neighbors

Z = 1.959963984540054  # of the normal distribution's central 95 %
MANY = 0.01  # of the points: fewer than that are not worth a warning


class DimensionEstimator(BaseEstimator):
    """An estimator that tells the dimension from the distances to a few nearest neighbors: `MLE` or `TwoNN`."""

    def fit(self, X: ArrayLike | ImageSet, y: None = None, groups: ArrayLike | None = None) -> Self:
        """Estimate the dimension of `X`.

        Parameters
        ----------
        X : array, (N, features), or images (N, H, W, …), or an ImageSet, whose groups are the default of `groups`
            Exact duplicates are dropped, with a warning that says how many. Images of 8 bits stay so: their distances
            are exact.
        y : None
            Not used.
        groups : array, (N,), optional
            Whose image each is. Images of one patient are near one another, and a neighborhood of them tells the
            dimension of a patient, not of the data; so of patients with several, one image is drawn, `n_draws` times,
            and the estimate is the mean. A warning says that patients repeat. Without `groups` nobody can know.

        Returns
        -------
        Itself.

        Raises
        ------
        ValueError
            If a parameter is not allowed, `X` holds NaN or infinity, an image has no group, or there are too few
            different points.
        """
        needed = self._needed()
        if isinstance(X, ImageSet):
            X, groups = X.images, X.groups if groups is None else groups
        data = self._checked(X)
        kept = np.flatnonzero(find_duplicates(data).first)
        self._say_dropped(len(data) - len(kept))
        draws = [kept] if groups is None else self._draws(kept, groups, len(data))
        _check_enough(min(map(len, draws)), needed)
        found = []
        for rows in draws:
            points = data if len(rows) == len(data) else data[rows]
            nearest = nearest_neighbors(points, needed, self.device, progress=len(draws) == 1)
            _check_apart(nearest.distances)
            found.append((rows, nearest.distances))
        return self._keep(found, len(data))

    def from_neighbors(self, distances: ArrayLike, indices: ArrayLike | None = None) -> Self:
        """Estimate the dimension from distances that are known: one search for neighbors serves every estimator.

        Parameters
        ----------
        distances : array, (N, K)
            From each point to its K nearest others, ascending; K is at least k (2 for `TwoNN`).
        indices : array of int, (N, K), optional
            Of those neighbors. With them duplicates (distance 0) are dropped, as by `fit`; this needs as many more
            neighbors as there are duplicates around a point.

        Returns
        -------
        Itself.

        Raises
        ------
        ValueError
            If a parameter or shape is not allowed, distances do not ascend, or there are duplicates and no indices or
            too few neighbors to do without them.
        """
        needed = self._needed()
        rows, nearest = strip_duplicates(distances, indices, needed)
        n = len(np.asarray(distances))
        self._say_dropped(n - len(rows))
        _check_enough(len(rows), needed)
        return self._keep([(rows, nearest)], n)

    def _checked(self, X: ArrayLike) -> np.ndarray:
        try:
            return validate_data(self, X, order="C", allow_nd=True, ensure_min_samples=2)
        except ValueError as problem:  # scikit-learn's own words
            raise ValueError(f"X: {problem}") from problem

    def _needed(self) -> int:
        """Neighbors that the estimator asks for, once its parameters are checked."""
        raise NotImplementedError

    def _estimate(self, distances: np.ndarray) -> tuple[float, float, int, np.ndarray | None]:
        """Dimension, standard error, points used, and each point's dimension where the estimator has one."""
        raise NotImplementedError

    def _say_dropped(self, dropped: int) -> None:
        self.n_duplicates_ = dropped
        if dropped:
            warnings.warn(f"X: {dropped} exact duplicate{'s were' if dropped > 1 else ' was'} dropped", stacklevel=3)

    def _draws(self, kept: np.ndarray, groups: ArrayLike, n: int) -> list[np.ndarray]:
        names, _ = group_codes("groups", groups, n)
        patients = len(np.unique(names[kept]))
        if patients == len(kept):
            return [kept]
        check_whole("n_draws", self.n_draws, least=1)
        warnings.warn(
            f"groups: {len(kept)} images are of only {patients} patients; one image per patient is drawn, "
            f"{self.n_draws} times",
            stacklevel=3,
        )
        rng = check_random_state(self.random_state)
        return [one_per_group(kept, names[kept], rng) for _ in range(self.n_draws)]

    def _keep(self, found: list[tuple[np.ndarray, np.ndarray]], n: int) -> Self:
        """Set what was estimated: the mean over draws, and an interval of both kinds of chance."""
        estimates = [self._estimate(distances) for _, distances in found]
        dimensions, errors, used, local = zip(*estimates, strict=True)
        self.draws_ = np.array(dimensions)
        self.dimension_ = float(self.draws_.mean())
        between = self.draws_.var(ddof=1) if len(found) > 1 and np.isfinite(self.draws_).all() else 0.0
        self.standard_error_ = float(np.sqrt(np.mean(np.square(errors)) + between))
        self.interval_ = (self.dimension_ - Z * self.standard_error_, self.dimension_ + Z * self.standard_error_)
        self.n_used_ = used[0]
        self.near_duplicates_ = float(np.mean([near_duplicates(distances).mean() for _, distances in found]))
        self.twins_ = float(np.mean([(distances[:, 1] > 3 * distances[:, 0]).mean() for _, distances in found]))
        if local[0] is not None:
            self.dimension_pw_ = _mean_by_point([rows for rows, _ in found], local, n)
        self._warn_of(found)
        return self

    def _warn_of(self, found: list[tuple[np.ndarray, np.ndarray]]) -> None:
        if self.near_duplicates_ > MANY + 5 * NEAR**self.dimension_:  # on a curve, some are that near by chance
            warnings.warn(
                f"X: {self.near_duplicates_:.1%} of the points have a neighbor a hundred times nearer than is usual; "
                "near-duplicates pull the estimate down",
                stacklevel=4,
            )
        expected = 3.0**-self.dimension_  # the share with T₂ > 3·T₁, whatever the density
        if self.twins_ > 2 * MANY + 5 * expected:
            warnings.warn(
                f"X: {self.twins_:.1%} of the points have one neighbor three times nearer than the next; in "
                f"{self.dimension_:.1f} dimensions {expected:.1%} would. Twins, such as two images of one finding, "
                "pull the estimate down, and that of TwoNN most",
                stacklevel=4,
            )
        if not np.isfinite(self.dimension_):
            tied = sum(int((distances[:, -1] == distances[:, 0]).sum()) for _, distances in found)
            warnings.warn(
                f"X: the nearest neighbors of {tied} points are all equally far, and the dimension is infinite",
                stacklevel=4,
            )


def _check_enough(n: int, needed: int) -> None:
    if n <= needed:
        raise ValueError(f"X: got {n} different points, allowed are {needed + 1} or more for {needed} neighbors")


def _check_apart(distances: np.ndarray) -> None:
    if close := int((distances[:, 0] == 0).sum()):
        raise ValueError(
            f"X: {close} points differ from another by so little that the distance is rounded to 0; drop one of each"
        )


def _mean_by_point(rows: list[np.ndarray], local: tuple[np.ndarray, ...], n: int) -> np.ndarray:
    total, count = np.zeros(n), np.zeros(n)
    for which, values in zip(rows, local, strict=True):
        total[which] += values
        count[which] += 1
    return np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
