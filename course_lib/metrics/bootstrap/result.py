"""What a bootstrap found: estimate, replicates, intervals, and the difference to another model's."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..validation import check_level
from .intervals import METHODS, bootstrap_interval
from .resampling import Resampling


@dataclass(frozen=True, eq=False)
class MacroBootstrap:
    """The mean over labels: `estimate` (float), `replicates` (R,), and its `interval` (2,).

    A replicate in which one of the labels used is undefined has no macro mean (NaN) and is left out of the interval.

    Attributes
    ----------
    n_used, n_labels : int
        How many labels are in the mean, and how many there are.
    missing : tuple of str
        The labels left out because they are undefined.
    """

    estimate: float
    replicates: np.ndarray
    influence: np.ndarray = field(repr=False)
    n_used: int
    n_labels: int
    missing: tuple[str, ...]

    @property
    def n_undefined(self) -> int:
        """Replicates without a value."""
        return int(np.isnan(self.replicates).sum())

    def interval(self, level: float = 0.95, method: str = "percentile") -> np.ndarray:
        """As `Bootstrap.interval`: (2,)."""
        check_interval_arguments(level, method)
        columns = np.array([self.estimate]), self.replicates[:, None], self.influence[:, None]
        return bootstrap_interval(*columns, level, method)[0]


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """A statistic of each of L labels on the sample and on R replicates of it.

    Attributes
    ----------
    metric : str
    names : tuple of str, L
    estimate : array of float, (L,)
    replicates : array of float, (R, L)
        NaN where a replicate lacks what the statistic needs, such as a class.
    influence : array of float, (n_units, L)
        The derivative of the estimate by the weight of each unit: the infinitesimal jackknife.
    n : int
        Samples whose truth is known for one label at least.
    n_positive : array of int, (L,), or None
    resampling : Resampling
        How the replicates were drawn.
    truth : bytes
        A digest of true values and weights, so that only models judged on the same samples are compared.
    """

    metric: str
    names: tuple[str, ...]
    estimate: np.ndarray
    replicates: np.ndarray = field(repr=False)
    influence: np.ndarray = field(repr=False)
    n: int
    n_positive: np.ndarray | None
    resampling: Resampling = field(repr=False)
    truth: bytes = field(repr=False)

    @property
    def unit(self) -> str:
        """What was drawn: "sample" or "group"."""
        return "sample" if self.resampling.groups is None else "group"

    @property
    def n_units(self) -> int:
        """How many samples, or groups, were drawn from."""
        return self.resampling.n_units

    @property
    def seed(self) -> int:
        """What the draws follow from."""
        return self.resampling.seed

    @property
    def n_undefined(self) -> np.ndarray:
        """Replicates without a value, of each label: (L,)."""
        return np.isnan(self.replicates).sum(axis=0)

    @property
    def standard_error(self) -> np.ndarray:
        """Standard deviation of the replicates that have a value, of each label: (L,)."""
        return pd.DataFrame(self.replicates).std().to_numpy()

    def interval(self, level: float = 0.95, method: str = "percentile") -> np.ndarray:
        """Interval of each label, (L, 2).

        Parameters
        ----------
        level : float
            Between 0 and 1.
        method : "percentile" or "bca"
            BCa shifts the percentiles by the replicates' median bias and by the skewness of the units' influence. It
            needs more replicates: some thousands.

        Raises
        ------
        ValueError
            If an argument is not allowed.
        """
        check_interval_arguments(level, method)
        return bootstrap_interval(self.estimate, self.replicates, self.influence, level, method)

    @property
    def macro(self) -> MacroBootstrap:
        """The mean over those labels whose estimate is defined."""
        used = ~np.isnan(self.estimate)
        missing = tuple(name for name, here in zip(self.names, used, strict=True) if not here)
        if not used.any():
            nothing = np.full(len(self.replicates), np.nan), np.full(self.n_units, np.nan)
            return MacroBootstrap(np.nan, *nothing, 0, len(used), missing)
        means = (values[..., used].mean(axis=-1) for values in (self.estimate, self.replicates, self.influence))
        estimate, replicates, influence = means
        return MacroBootstrap(float(estimate), replicates, influence, int(used.sum()), len(used), missing)

    def minus(self, other: "Bootstrap") -> "Bootstrap":
        """The paired difference to another model's: both on the same draws of the same samples.

        Raises
        ------
        ValueError
            If the two differ in metric, labels, truth, groups, seed or number of replicates.

        Examples
        --------
        >>> from course_lib.metrics import bootstrap_auroc
        >>> y, a, b = [0, 0, 1, 1, 0, 1], [1, 2, 3, 4, 5, 6], [6, 2, 3, 4, 5, 1]
        >>> difference = bootstrap_auroc(y, a).minus(bootstrap_auroc(y, b))
        >>> difference.estimate.round(3)
        array([0.556])
        """
        differing = [
            what
            for what, same in {
                "metric": self.metric == other.metric,
                "names": self.names == other.names,
                "true values, or which of them are judged": self.truth == other.truth,
                "draws (groups, n_replicates, seed)": self.resampling.same_draws(other.resampling),
            }.items()
            if not same
        ]
        if differing:
            raise ValueError(f"other: not paired with this, for these differ: {'; '.join(differing)}")
        values = {name: getattr(self, name) - getattr(other, name) for name in ("estimate", "replicates", "influence")}
        shared = {name: getattr(self, name) for name in ("names", "n", "n_positive", "resampling", "truth")}
        return Bootstrap(metric=f"difference in {self.metric}", **values, **shared)

    def table(self, level: float = 0.95, method: str = "percentile") -> pd.DataFrame:
        """One row per label: label, n_positive (of classifiers), estimate, low, high, n_undefined."""
        low, high = self.interval(level, method).T
        columns = {"label": self.names, "n_positive": self.n_positive, "estimate": self.estimate, "low": low}
        frame = pd.DataFrame({**columns, "high": high, "n_undefined": self.n_undefined})
        return frame if self.n_positive is not None else frame.drop(columns="n_positive")


def check_interval_arguments(level: float, method: str) -> None:
    """Raise a ValueError that names the argument, unless both are allowed."""
    check_level(level)
    if method not in METHODS:
        raise ValueError(f"method: got {method!r}, allowed are {', '.join(map(repr, METHODS))}")
