"""Click a patch, see what it tells by itself, and put patches together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike

from course_lib.explorer import Choice, Explorer, IntSlider, Scene
from course_lib.metrics import mean_absolute_error

from ..ensembles import combine
from ..figures.ages import draw_predictors
from ..figures.lines import limits_of
from ..figures.patches import BANDS, draw_patch_map, patch_at
from ..figures.words import errors_said
from .members import parsed, wired

ALL = "all patches"
BEST = (9, 3)  # how many of the best on validation are offered
METHODS = {"mean": "mean", "linear regression": "linear"}
SIZE = 13


@dataclass(frozen=True, eq=False)
class Patches:
    """What each patch predicted, and where it is.

    Attributes
    ----------
    validation, test : (age, predictions), arrays (N,) and (N, P), in years
    grid : PatchGrid
    background : array, (D, H, W)
    bands : three numbers
        Years at which the color of the map changes.
    simulated : bool
    """

    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    grid: object
    background: np.ndarray
    bands: tuple[float, ...]
    simulated: bool

    @property
    def n(self) -> int:
        """Number of patches."""
        return self.test[1].shape[1]

    def mae(self, side: str) -> np.ndarray:
        """Of each patch by itself, (P,): "validation" or "test"."""
        age, predictions = getattr(self, side)
        return np.abs(predictions - age[:, None]).mean(axis=0)

    def presets(self) -> dict[str, tuple[int, ...]]:
        """Choices of patches by name, none of which has seen the test people."""
        order = np.argsort(self.mae("validation"), kind="stable")
        best = {f"the best {k} on validation": tuple(sorted(map(int, order[:k]))) for k in BEST if k < self.n}
        return {ALL: tuple(range(self.n)), **best}

    @lru_cache(maxsize=128)  # noqa: B019, an explorer lives as long as its notebook
    def together(self, members: tuple[int, ...], method: str) -> np.ndarray:
        """The ensemble's ages of the test people; a regression's weights come from validation people."""
        return combine(self.validation[1], self.validation[0], self.test[1], method=method, members=list(members))


def patch_map_explorer(
    predictions_validation: ArrayLike,
    age_validation: ArrayLike,
    predictions_test: ArrayLike,
    age_test: ArrayLike,
    grid,
    background: ArrayLike,
    *,
    simulated: bool,
    bands: tuple[float, ...] = BANDS,
) -> Explorer:
    """Click a patch on the map, see its scatter, and put it into an ensemble or take it out.

    The map shows errors of validation people, since the ensemble is chosen by it; it is judged on test people.

    Parameters
    ----------
    predictions_validation, predictions_test : array, (Nv, P) and (Nt, P)
        Ages in years that each patch predicts.
    age_validation, age_test : array, (Nv,) and (Nt,)
    grid : PatchGrid
    background : array, (D, H, W)
        A brain, uint8 or floats in [0, 1].
    simulated : bool
        Whether the pictures and sentences are to say so.
    bands : three numbers
        Years at which the color of the map changes.

    Raises
    ------
    ValueError
        If the shapes do not match each other or the grid.
    """
    sides = [
        _side(predictions, age, len(grid.centers), name)
        for name, predictions, age in (
            ("predictions_validation", predictions_validation, age_validation),
            ("predictions_test", predictions_test, age_test),
        )
    ]
    patches = Patches(*sides, grid, np.asarray(background), tuple(bands), simulated)
    start = int(patches.mae("validation").argmin())
    controls = wired(IntSlider("Patch", start + 1, min=1, max=patches.n), patches.presets())
    levels = len(np.unique(np.asarray(grid.centers)[:, 0]))
    return Explorer(
        partial(patch_scene, patches),
        title="Patches and ensembles",
        panels=levels + 1,
        size=(11.4, 4.1),
        point=partial(patch_point, patches),
        **controls,
        method=Choice("Combined by", METHODS),
    )


def patch_scene(patches: Patches, patch: int, member: bool, chosen: str, members: str, method: str = "mean") -> Scene:
    """What `patch_map_explorer` shows; the switch and the choice only fill in the list of members."""
    numbers, row = parsed(members, patches.n), patch - 1
    age, predictions = patches.test
    own, ensemble, seen = predictions[:, row], patches.together(numbers, method), patches.mae("validation")
    errors = [mean_absolute_error(age, years) for years in (own, ensemble)]
    names = f"patch {patch}", f"{method} of {len(numbers)}"
    shown = {f"{name}: {mae:.2f}": years for name, mae, years in zip(names, errors, (own, ensemble), strict=True)}

    def figure(axes):
        *levels, last = np.ravel(axes)
        draw_patch_map(seen, patches.grid, patches.background, axes=levels, bands=patches.bands, marked=row,
            simulated=patches.simulated, members=numbers, legend=False, numbers=True,
            title="Validation MAE")  # fmt: skip
        draw_predictors(age, shown, f"Ensemble {errors[1]:.1f} years", ax=last, simulated=patches.simulated,
            limits=limits_of(age, predictions), size=SIZE)  # fmt: skip
        last.set_xlabel("age of test people (years)")

    return Scene(
        text=_told(patches, patch, own, ensemble, len(numbers), method),
        alt=_described(seen, row),
        figure=figure,
    )


def patch_point(patches: Patches, panel: int, x: float, y: float, values: dict) -> dict:
    """The patch that was clicked on."""
    patch = patch_at(panel, x, y, patches.grid)
    return {} if patch is None else {"patch": patch + 1}


def _told(patches: Patches, patch: int, own: np.ndarray, ensemble: np.ndarray, n: int, method: str) -> str:
    """Errors of the patch, of the ensemble of n, and of the patch that validation people would choose."""
    age, name = patches.test[0], next(label for label, value in METHODS.items() if value == method)
    best, fitted = int(patches.mae("validation").argmin()), len(patches.validation[0])
    weights = f"Its {n + 1} weights were fitted on {fitted:,} validation people."
    said = [
        f"{'Simulated. ' * patches.simulated}On {len(age):,} test people: patch {patch} {errors_said(age, own)}; "
        f"{name} of {n} of {patches.n} patches {errors_said(age, ensemble)}; "
        f"best patch on validation ({best + 1}) {patches.mae('test')[best]:.2f} years.",
        weights if method == "linear" else "A mean has no weights to fit.",
        f"Numbers on the map: MAE of {fitted:,} validation people, colors change at {_listed(patches.bands)} years; "
        "in the corners the patches' numbers. Judged on test people.",
    ]
    return " ".join(said)


def _described(mae: np.ndarray, row: int) -> str:
    """The picture in words, with the numbers of the best, the worst and the framed patch."""
    best, worst, framed = (f"patch {p + 1} with {mae[p]:.1f} years" for p in (mae.argmin(), mae.argmax(), row))
    return (
        f"Axial slices of a brain with the MAE of validation people in each patch's cell: lowest {best}, highest "
        f"{worst}; framed is {framed}, members are dotted. Beside them predicted against chronological age of test "
        "people, of the framed patch and of the ensemble."
    )


def _listed(bands: tuple[float, ...]) -> str:
    *first, last = (f"{value:g}" for value in bands)
    return f"{', '.join(first)} and {last}"


def _side(predictions: ArrayLike, age: ArrayLike, n_patches: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    predictions, age = np.asarray(predictions, float), np.asarray(age, float)
    if predictions.shape != (len(age), n_patches):
        raise ValueError(f"{name}: got shape {predictions.shape}, allowed is ({len(age)}, {n_patches})")
    return age, predictions
