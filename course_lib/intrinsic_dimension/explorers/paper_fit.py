"""The paper's lines: drop a data set, and see what is left of the slope."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from course_lib.explorer import Choice, Explorer, Scene, TextBox
from course_lib.published import published

from ..figures.fits import draw_fit, draw_leave_one_out
from ..generalization import GeneralizationFit, generalization_fit

DOMAINS = ("radiological", "natural")
NOTHING = ""


def paper_fit_explorer() -> Explorer:
    """Choose a training size and leave data sets out by a click or by name; slope, interval and R² follow."""
    sizes = published("intrinsic_dimension")["konz.training_sizes"].value
    return Explorer(
        paper_scene,
        title="The paper's fit",
        panels=2,
        size=(11.6, 5.0),
        point=clicked,
        domain=Choice("Images", list(DOMAINS)),
        n_train=Choice("Training images", {f"{n:,}": n for n in sizes}, sizes[-1]),
        drop=TextBox("Leave out (names, commas)", NOTHING),
    )


def paper_scene(domain: str, n_train: int, drop: str) -> Scene:
    """What `paper_fit_explorer` shows for these values of its controls."""
    names, dimension, accuracy = table(domain, n_train)
    out = _names(drop, names)
    kept = np.array([name not in out for name in names])
    if kept.sum() < 3:
        raise ValueError(f"{kept.sum()} data sets are left, and a line with an interval needs three")
    whole, fit = generalization_fit(accuracy, dimension), generalization_fit(accuracy[kept], dimension[kept])
    left, fits = without_each(domain, n_train, out)

    def figure(axes):
        title = f"Slope {fit.slope:.4f}, R² {fit.r2:.2f}, n = {fit.n}".replace("-", "−")
        groups = {domain: (names, dimension, accuracy, fit)}
        draw_fit(groups, ax=axes[0], title=title, dropped=out)
        draw_leave_one_out(left, fits, fit, ax=axes[1], title="One more left out")

    low, high = fit.interval
    change = "" if not out else f" All {whole.n} give {whole.slope:.4f} (R² {whole.r2:.2f})."
    verdict = "0 is in it" if low <= 0 <= high else "0 is not in it"
    return Scene(
        text=f"{domain.capitalize()} images, {n_train:,} for training (ResNet-18, Konz et al. 2022), n = {fit.n} data "
        f"sets: accuracy changes by {fit.slope:.4f} per dimension [{low:.4f}, {high:.4f}], {verdict}; R² = "
        f"{fit.r2:.3f}.{change}".replace("-0.", "−0."),
        alt="Left, accuracy against dimension with the fitted line and its fan of slopes; right, the slope without "
        "each data set in turn, with intervals.",
        figure=figure,
    )


def clicked(panel: int, x: float, y: float, values: dict) -> dict:
    """Drop the data set nearest to a click, or take it back."""
    if panel != 0:
        return {}
    names, dimension, accuracy = table(values["domain"], values["n_train"])
    away = np.hypot((dimension - x) / np.ptp(dimension), (accuracy - y) / np.ptp(accuracy))
    try:
        out = _names(values["drop"], names)
    except ValueError:
        out = []
    name = names[int(away.argmin())]
    return {"drop": ", ".join(each for each in names if (each in out) != (each == name))}


def table(domain: str, n_train: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, dimensions and accuracies of the paper's data sets of one domain."""
    facts = published("intrinsic_dimension")
    names, column = facts[f"konz.{domain}"].value, facts["konz.training_sizes"].value.index(n_train)
    dimension = np.array([facts["konz.dimension"].value[name] for name in names], float)
    return names, dimension, np.array([facts["konz.accuracy"].value[name][column] for name in names])


@lru_cache(maxsize=256)
def _without(domain: str, n_train: int, out: tuple[str, ...]) -> GeneralizationFit:
    names, dimension, accuracy = table(domain, n_train)
    kept = np.array([name not in out for name in names])
    return generalization_fit(accuracy[kept], dimension[kept])


def without_each(domain: str, n_train: int, out: list[str]) -> tuple[list[str], list[GeneralizationFit]]:
    """The remaining names, and the fit without each of them; none where three would not be left."""
    left = [name for name in table(domain, n_train)[0] if name not in out]
    if len(left) < 4:
        return [], []
    return left, [_without(domain, n_train, (*out, name)) for name in left]


def _names(drop: str, allowed: list[str]) -> list[str]:
    """Those named, in any case of letters."""
    by_lower = {name.lower(): name for name in allowed}
    asked = [part.strip() for part in drop.split(",") if part.strip()]
    if unknown := [part for part in asked if part.lower() not in by_lower]:
        raise ValueError(f"{unknown[0]!r} is not one of {', '.join(allowed)}")
    return [by_lower[part.lower()] for part in asked]
