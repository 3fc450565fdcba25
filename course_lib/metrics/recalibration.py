"""Repair of probabilities by one or two numbers: a shift after weighted training, and temperature scaling."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .binning import one_label
from .validation import as_floats, probabilities

COLDEST, HOTTEST = 1e-3, 1e3


def shift_logits(logits: ArrayLike, pos_weight: ArrayLike) -> np.ndarray:
    """Undo the weight of positives, z − log(pos_weight).

    Training with ``BCEWithLogitsLoss(pos_weight=w)`` multiplies the odds by w: where the true probability is p, the
    loss is least at σ(z) = wp/(wp + 1 − p), which is z = logit p + log w. With w = negatives/positives, a constant
    predictor ends at 0.5, whatever the prevalence. The shift takes log w away again. It moves no ranks: AUROC stays.

    Parameters
    ----------
    logits : array, (N,) or (N, L)
    pos_weight : float, or array (L,)
        As given to the loss: positive, one number, or one per label.

    Returns
    -------
    array of the logits' shape
        Logits of calibrated probabilities, as far as the weight was what miscalibrated them.

    Raises
    ------
    ValueError
        If a logit is not finite, a weight is not positive, or there is not one for each label.

    References
    ----------
    Elkan, C. (2001). The foundations of cost-sensitive learning. IJCAI, 973-978.

    Examples
    --------
    >>> shift_logits([0.0, 3.0], pos_weight=20).round(3)
    array([-2.996,  0.004])
    """
    logits, weight = as_floats("logits", logits), as_floats("pos_weight", pos_weight)
    if not np.isfinite(logits).all():
        raise ValueError("logits: got NaN or infinity, allowed are finite numbers")
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError(f"pos_weight: got {pos_weight!r}, allowed are finite numbers above 0")
    if weight.ndim and (logits.ndim != 2 or weight.shape != logits.shape[1:]):
        raise ValueError(
            f"pos_weight: shape {weight.shape} does not match logits of shape {logits.shape}; "
            "allowed are one number, and (L,) for logits (N, L)"
        )
    return logits - np.log(weight)


@dataclass
class TemperatureScaling:
    """Temperature scaling, p = σ(z/T), or σ(z/T + shift), with the T (and shift) of least log loss.

    T > 1 makes predictions less certain, T < 1 more. T is positive, so that ranks and AUROC stay as they are while the
    Brier score moves. The log loss is convex in (1/T, shift): there is one minimum. With a shift this is Platt's
    scaling, a logistic regression on the logit whose slope is 1/T. Fit it on other samples than those that are judged.

    Parameters
    ----------
    shift : bool
        Whether to fit a shift too. A temperature alone cannot move a prediction across 0.5.

    Attributes
    ----------
    temperature_ : float
        From 0.001 to 1000. Where the log loss would fall forever, T stays at a bound and a ConvergenceWarning says why:
        at the lower where the logits separate the two classes, at the upper where the positives' are not the higher.
    shift_ : float
        0 without `shift`.

    References
    ----------
    Guo, C. et al. (2017). On calibration of modern neural networks. ICML, 1321-1330.
    Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin Classifiers, 61-74.

    Examples
    --------
    Three of four are right at |z| = 4, so that ±log 3 is what should have been said:

    >>> scaling = TemperatureScaling().fit([4, 4, 4, 4, -4, -4, -4, -4], [1, 1, 1, 0, 0, 0, 0, 1])
    >>> scaling.predict_proba([4, -4, 0]).round(3)
    array([0.75, 0.25, 0.5 ])
    >>> round(scaling.temperature_, 3)
    3.641
    """

    shift: bool = False
    temperature_: float = field(default=np.nan, init=False)
    shift_: float = field(default=np.nan, init=False)

    def fit(self, logits: ArrayLike, y_true: ArrayLike, *, uncertain: str | None = None) -> TemperatureScaling:
        """Find T (and shift) of least mean log loss, −y log p − (1 − y) log(1 − p).

        Parameters
        ----------
        logits : array, (N,)
            Finite where the truth is known.
        y_true : array, (N,)
            0 or 1; NaN is ignored; −1 needs `uncertain`.
        uncertain : "ignore", "zeros" or "ones", optional
            What −1 in `y_true` means.

        Returns
        -------
        TemperatureScaling
            Itself.

        Raises
        ------
        ValueError
            If labels have two dimensions, none is known, its logit is not finite, or a shift is asked for where there
            is one class only.
        """
        y, z = one_label(y_true, logits, uncertain, argument="logits")
        if not len(y):
            raise ValueError("y_true: no label is known, needed is at least one")
        if self.shift and y.min() == y.max():
            raise ValueError(f"y_true: every known label is {y[0]:g}; a shift needs both classes")
        center, bounds, why = _limits(z, y, self.shift)
        slope, offset = _least_log_loss(z - center, y, bounds, self.shift)
        self.temperature_ = 1 / slope
        self.shift_ = offset - center * slope
        if slope in (1 / HOTTEST, 1 / COLDEST):
            self._warn(why or "the log loss is least beyond it: are these logits?")
        return self

    def transform(self, logits: ArrayLike) -> np.ndarray:
        """Return the logits z/T + shift, of any shape.

        Raises
        ------
        ValueError
            If nothing has been fitted.
        """
        if np.isnan(self.temperature_):
            raise ValueError("TemperatureScaling: not fitted yet; call fit(logits, y_true) first")
        return as_floats("logits", logits) / self.temperature_ + self.shift_

    def predict_proba(self, logits: ArrayLike) -> np.ndarray:
        """Return the probabilities of being positive, σ(z/T + shift), in the shape of the logits."""
        return probabilities(self.transform(logits), logits=True)

    def _warn(self, why: str) -> None:
        from sklearn.exceptions import ConvergenceWarning

        bound = "lower" if self.temperature_ < 1 else "upper"
        warnings.warn(
            f"temperature_ stays at its {bound} bound, {self.temperature_:g}: {why}", ConvergenceWarning, stacklevel=3
        )


def _limits(z: np.ndarray, y: np.ndarray, shift: bool) -> tuple[float, tuple[float, float], str]:
    """Where to center the logits, the bounds of 1/T, and why they are but one point if the log loss has no minimum."""
    least, most = 1 / HOTTEST, 1 / COLDEST
    sign = 2 * y - 1
    if shift:
        above, below = z[y == 1], z[y == 0]
        center = (above.min() + below.max()) / 2
        separated = above.min() >= below.max() and z.min() < z.max()
        useless = above.mean() <= below.mean()
    else:
        center = 0.0
        separated = (sign * z).min() >= 0 and (z != 0).any()
        useless = (sign * z).sum() <= 0
    if separated:
        return center, (most, most), "the logits separate the two classes, so that no temperature is low enough"
    center = z.mean() if shift else 0.0
    if useless:
        return center, (least, least), "the logits of positives are not higher, so that no temperature is high enough"
    return center, (least, most), ""


def _least_log_loss(z: np.ndarray, y: np.ndarray, bounds: tuple[float, float], shift: bool) -> tuple[float, float]:
    """Slope 1/T within bounds and offset (0 without shift) of least log loss, in the unit of the logits' spread."""
    from scipy.optimize import minimize

    unit = np.sqrt(np.mean(z**2)) or 1.0
    inputs = np.column_stack([z / unit, np.full_like(z, shift)])

    def loss(parameters):
        scaled = inputs @ parameters
        slopes = inputs.T @ (probabilities(scaled, logits=True) - y) / len(y)
        return np.mean(np.logaddexp(0, scaled) - y * scaled), slopes

    low, high = np.multiply(bounds, unit)
    found = minimize(
        loss,
        [np.clip(1, low, high), 0],
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high), (None, None)],
        options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 1000},
    ).x
    return float(np.clip(found[0] / unit, *bounds)), float(found[1])
