"""A predictor from noise to perfect, and what a bias correction makes of it."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from course_lib.explorer import Choice, Explorer, FloatSlider, Scene

from ..figures.ages import draw_age_scatter
from ..figures.correction import STAMP, draw_stamp
from ..figures.lines import plain
from ..figures.words import errors_said
from ..predictors import simulate_predictor
from ..slope import bias_slope
from .corrections import METHODS, NONE, corrected_ages, name_of

AGES = (45, 80)
N_FIT, N_TEST = 200, 300
OTHERS, THEMSELVES = "others (validation)", "those it corrects"
TRUE, PREDICTED = "their true ages", "their predicted ages"
LIMITS = (30.0, 95.0)  # years, of both axes of predictions where they hold them
SIZE = 13


def correction_lab_explorer(seed: int = 0) -> Explorer:
    """Turn a predictor's skill from noise to perfect and see what its "corrected" ages are worth.

    Parameters
    ----------
    seed : int
        Of the simulated people.
    """
    return Explorer(
        partial(correction_scene, seed),
        title="Correction lab",
        panels=2,
        size=(10.4, 4.7),
        skill=FloatSlider("Skill (0: noise, 1: perfect)", 0.8, min=0, max=1, step=0.05),
        sd=FloatSlider("SD of the noise (years)", 3, min=0, max=10, step=0.5),
        method=Choice("Correction", METHODS, "beheshti"),
        fitted=Choice("Fitted on", [OTHERS, THEMSELVES]),
        given=Choice("Ages put in", [TRUE, PREDICTED]),
    )


def correction_scene(
    seed: int, skill: float, sd: float, method: str = "beheshti", fitted: str = OTHERS, given: str = TRUE
) -> Scene:
    """What `correction_lab_explorer` shows for these values of its controls."""
    (fit_age, fit_raw), (age, raw) = people(seed, skill, sd)
    name, same = name_of(method), fitted == THEMSELVES
    source = (age, raw) if same else (fit_age, fit_raw)
    corrected, caution = corrected_ages(method, source, raw, age if given == TRUE else raw, same)
    flattering = method in ("beheshti", "smith") and given == TRUE
    limits = min(LIMITS[0], raw.min() - 1, corrected.min() - 1), max(LIMITS[1], raw.max() + 1, corrected.max() + 1)

    def figure(axes):
        draw_age_scatter(age, raw, ax=axes[0], simulated=True, title="Predicted", limits=limits, size=SIZE)
        title = "Not corrected" if method == NONE else f"“Corrected” ({name})" if flattering else f"Corrected ({name})"
        draw_age_scatter(age, corrected, ax=axes[1], simulated=True, title=title, limits=limits, size=SIZE)
        axes[1].set_ylabel("corrected age (years)")
        if flattering:
            draw_stamp(STAMP, ax=axes[1])

    return Scene(
        text=" ".join(
            [f"Simulated, {len(age)} people: {_told(age, raw)}.", *_after(age, corrected, name, method, fitted, given)]
            + [caution] * bool(caution)
        ),
        alt=_described(name, flattering),
        figure=figure,
    )


@lru_cache(maxsize=128)
def people(seed: int, skill: float, sd: float) -> tuple:
    """Ages and predictions of those to fit on, and of the others: ((N_FIT,), (N_FIT,)), ((N_TEST,), (N_TEST,))."""
    sides = []
    for number, n in enumerate((N_FIT, N_TEST)):
        age = np.random.default_rng([seed, number]).uniform(*AGES, n)
        sides.append((age, simulate_predictor(age, skill, sd=sd, ages=AGES, seed=2 * seed + number)))
    return tuple(sides)


def _described(name: str, flattering: bool) -> str:
    """The picture in words."""
    left = "Left, predicted against chronological age; right, "
    if METHODS[name] == NONE:
        return f"{left}the same once more: nothing is corrected."
    return f"{left}the same after {name}'s correction{', stamped as not accuracy' if flattering else ''}."


def _told(age: np.ndarray, predicted: np.ndarray) -> str:
    return f"{errors_said(age, predicted)}, slope of the gap {plain(bias_slope(age, predicted).slope, 2)}"


def _after(age, corrected, name: str, method: str, fitted: str, given: str) -> list[str]:
    """What it came to, and what was put in."""
    if method == NONE:
        return ["Nothing is corrected."]
    whom = f"{N_FIT} other people" if fitted == OTHERS else "the very people it corrects"
    said = [f"{name}'s correction, fitted on {whom}: {_told(age, corrected)}."]
    if method == "cole":
        return [*said, "No age of theirs was put in: it stretches the predictions, and the noise with them."]
    if given == TRUE:
        return [*said, "This is not accuracy: each person's true age was put in."]
    return [*said, "Their predicted ages were put in, for want of the true ones: what flattered is gone."]
