"""The young look older and the old younger: how much, and how it is corrected."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .ages import Line, check_order, check_rows, known_pairs, paired, vector
from .fitted_on import FittedOn

METHODS = ("beheshti", "cole", "de lange-cole", "smith")
AGE_FREE = ("cole",)
BEYOND = 0.05  # of the fitted range of ages: as far beyond it a line may be drawn out without a word
FLATTEST = 0.01  # years predicted per year of age: dividing by less would multiply all noise by more than 100


@dataclass(eq=False)
class BiasCorrection:
    """Take the age bias out of predicted ages: fitted on one cohort, applied to another.

    A regression that is not certain shrinks its predictions towards the mean age (regression dilution), so that the
    gap Δ = predicted − age falls with age. With a line (or parabola) fitted by least squares to people of known age:

    - "beheshti": Δ = α·age + β; corrected = predicted − (α·age + β).
    - "de lange-cole": predicted = α·age + β; corrected = predicted + age − (α·age + β). Its α is Beheshti's plus 1, and
      its result Beheshti's.
    - "cole": predicted = α·age + β; corrected = (predicted − β)/α. The only one that needs no age of whom it corrects.
      It widens the scatter by 1/α.
    - "smith": Δ is a parabola of age; corrected = predicted − that.

    **There is no score of a corrected age, and there will be none.** All but Cole's put the true age of the person into
    the answer: corrected = age + (predicted − what is predicted on average at this age). A predictor that tells
    everybody 62.5 years becomes exact by it (MAE 0, R² 1), and noise of 3 years that has seen no brain becomes age plus
    that noise (MAE 2.4 years, and R² .91 among ages spread evenly from 45 to 80). What is left after the correction is
    a gap for comparing people of different ages, `corrected_gap`; accuracy is that of the uncorrected prediction.

    Parameters
    ----------
    method : str
        One of those above.

    Attributes
    ----------
    method_ : str
        The one it was fitted with; another needs another fit.
    alpha_, beta_ : float
        Slope, and intercept at age 0 in years, of the line named above; NaN for "smith".
    coef_ : array, (2,) or (3,)
        Of what was fitted, in powers of age − `center_`, lowest first.
    center_ : float
        Mean age of the cohort, in years.
    age_range_ : (float, float)
        Youngest and oldest of the cohort.
    n_ : int
        People it was fitted on: those with both an age and a prediction.

    References
    ----------
    Beheshti, I. et al. (2019). Bias-adjustment in neuroimaging-based brain age frameworks. NeuroImage: Clinical 24.
    de Lange, A.-M. G. and Cole, J. H. (2020). Correction procedures in brain-age prediction. NeuroImage: Clinical 26.
    Cole, J. H. et al. (2018). Brain age predicts mortality. Molecular Psychiatry 23, 1385-1392.
    Smith, S. M. et al. (2019). Estimation of brain age delta from brain imaging. NeuroImage 200, 528-539.
    Butler, E. R. et al. (2021). Pitfalls in brain age analyses. Human Brain Mapping 42(13), 4092-4101.
    de Lange, A.-M. G. et al. (2022). Mind the gap. Human Brain Mapping 43(10), 3113-3129.

    Examples
    --------
    Fitted on three people who are shrunk by half towards 60, applied to a fourth who looks 5 years older than that:

    >>> correction = BiasCorrection().fit(age=[50, 60, 70], predicted=[55, 60, 65])
    >>> correction.alpha_, correction.beta_
    (-0.5, 30.0)
    >>> correction.correct([70], [70])
    array([75.])
    >>> BiasCorrection("cole").fit([50, 60, 70], [55, 60, 65]).correct([70])
    array([80.])
    """

    method: str = "beheshti"
    method_: str | None = field(default=None, init=False, repr=False)
    alpha_: float = field(default=np.nan, init=False, repr=False)
    beta_: float = field(default=np.nan, init=False, repr=False)
    coef_: np.ndarray | None = field(default=None, init=False, repr=False)
    center_: float = field(default=np.nan, init=False, repr=False)
    age_range_: tuple[float, float] | None = field(default=None, init=False, repr=False)
    n_: int = field(default=0, init=False, repr=False)
    _seen: FittedOn | None = field(default=None, init=False, repr=False)

    @property
    def uses_age(self) -> bool:
        """Whether the true age of whom it corrects is part of the corrected age.

        Raises
        ------
        ValueError
            If the method is none.
        """
        if self.method not in METHODS:
            raise ValueError(f"method: got {self.method!r}, allowed are {', '.join(map(repr, METHODS))}")
        return self.method not in AGE_FREE

    def fit(self, age: ArrayLike, predicted: ArrayLike, *, ids: ArrayLike | None = None) -> BiasCorrection:
        """Fit to healthy people whom the network was not trained on, and who will not be corrected.

        Parameters
        ----------
        age, predicted : array, (N,)
            In years. A pair with a NaN is left out.
        ids : array of str or int, (N,), optional
            Of the people: `correct` refuses those that it finds here.

        Returns
        -------
        BiasCorrection
            Itself.

        Raises
        ------
        ValueError
            If the method is none, there are fewer than three pairs or different ages ("smith"; two for the lines), or
            the predictions do not rise with age ("cole").
        """
        squared = self.uses_age and self.method == "smith"
        a, p = known_pairs(age, predicted)
        _check_enough(a, ages=3 if squared else 2)
        check_rows("ids", ids, age, row="person")
        seen = FittedOn.of(a, p, ids)
        line = Line.through(a, p if self.method in ("cole", "de lange-cole") else p - a)
        if self.method == "cole":
            _check_rising(line)
        parabola = np.polynomial.polynomial.polyfit(a - line.center, p - a, 2) if squared else None
        self.coef_ = parabola if squared else np.array([line.height, line.slope])
        self.alpha_, self.beta_ = (np.nan, np.nan) if squared else (line.slope, line.intercept)
        self.center_, self.age_range_, self.n_ = line.center, (float(a.min()), float(a.max())), line.n
        self.method_, self._seen = self.method, seen
        return self

    def correct(
        self,
        predicted: ArrayLike,
        age: ArrayLike | None = None,
        *,
        ids: ArrayLike | None = None,
        same_people: bool = False,
    ) -> np.ndarray:
        """Corrected ages, for `corrected_gap` and pictures of it: no measure of accuracy may be taken of them.

        Parameters
        ----------
        predicted : array, (M,)
            In years; NaN stays NaN.
        age : array, (M,), optional
            True ages in years; NaN where it is unknown makes the answer NaN. Needed by all methods but "cole", whose
            answer does not depend on it: it only tells who these people are, and whether they are of the fitted ages.
        ids : array of str or int, (M,), optional
            Needed if `fit` had them, and only then.
        same_people : bool
            Allow those whom it was fitted on.

        Returns
        -------
        array of float64, (M,)
            A UserWarning says where ages lie outside those it was fitted on.

        Raises
        ------
        ValueError
            If nothing was fitted (with this method), the method needs ages and there are none, shapes disagree, or,
            without `same_people`, these are people that it was fitted on: recognized by ids, or by the very same rows.
        """
        return self._corrected(*self._checked(predicted, age, ids, same_people))

    def corrected_gap(
        self, predicted: ArrayLike, age: ArrayLike, *, ids: ArrayLike | None = None, same_people: bool = False
    ) -> np.ndarray:
        """Corrected age minus age, in years, (M,): what people, or groups of them, may be compared by.

        Parameters and errors as of `correct`; every method needs the age here.
        """
        if age is None:
            raise ValueError("age: got None, but a gap is the corrected age minus the true one")
        p, a = self._checked(predicted, age, ids, same_people)
        return self._corrected(p, a) - a

    def get_params(self, deep: bool = True) -> dict[str, str]:
        """What the constructor was given, as scikit-learn's `clone` asks for it."""
        return {"method": self.method}

    def _checked(
        self, predicted: ArrayLike, age: ArrayLike | None, ids: ArrayLike | None, same_people: bool
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Predicted and true ages, once it is clear that these people may be corrected."""
        if self._seen is None:
            raise ValueError("BiasCorrection: not fitted yet; call fit(age, predicted) first")
        if self.method != self.method_:
            raise ValueError(f"method: got {self.method!r}, but it was fitted with {self.method_!r}; call fit again")
        if age is None and self.uses_age:
            raise ValueError(
                f"age: got None, but method {self.method!r} needs the true age of whom it corrects; "
                f"without ages allowed is {' or '.join(map(repr, AGE_FREE))}"
            )
        p, a = (vector("predicted", predicted), None) if age is None else paired(predicted=predicted, age=age)
        if not same_people:
            check_order("ids", ids, "predicted", predicted)
            self._seen.refuse_again(p, a, ids)
        if a is not None:
            self._warn_beyond(a)
        return p, a

    def _corrected(self, predicted: np.ndarray, age: np.ndarray | None) -> np.ndarray:
        if self.method == "cole":
            height, slope = self.coef_
            return self.center_ + (predicted - height) / slope
        fitted = np.polynomial.polynomial.polyval(age - self.center_, self.coef_)
        return predicted + age - fitted if self.method == "de lange-cole" else predicted - fitted

    def _warn_beyond(self, age: np.ndarray) -> None:
        low, high = self.age_range_
        slack = BEYOND * (high - low)
        outside = int(((age < low - slack) | (age > high + slack)).sum())
        if outside:
            warnings.warn(
                f"age: {outside} of {len(age)} people lie outside the {low:.0f} to {high:.0f} years that the "
                "correction was fitted on; it is drawn out to them unseen",
                stacklevel=4,
            )


def _check_enough(age: np.ndarray, ages: int) -> None:
    if len(age) < 3:
        raise ValueError(f"age: got {len(age)} people with age and prediction, allowed are 3 or more")
    if len(np.unique(age)) < ages:
        raise ValueError(f"age: got {len(np.unique(age))} different ages, allowed are {ages} or more")


def _check_rising(line: Line) -> None:
    if not line.slope >= FLATTEST:
        raise ValueError(
            f"predicted: it rises by {line.slope:.3g} years per year of age; 'cole' divides by that, allowed is "
            f"{FLATTEST} or more"
        )
    if (low := line.slope_interval(0.95)[0]) <= 0:
        warnings.warn(
            f"predicted: whether it rises with age is not certain (slope {line.slope:.2f}, 95 % interval from "
            f"{low:.2f}); 'cole' divides by this slope",
            stacklevel=3,
        )
