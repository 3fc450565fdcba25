"""The paper's lines: drop a data set, and see what is left of the slope."""

from __future__ import annotations

import numpy as np

from course_lib.explorer import Choice, Explorer, Scene, TextBox
from course_lib.published import published

from ..figures.fits import draw_fit, draw_leave_one_out
from ..generalization import GeneralizationFit, generalization_fit, leave_one_out

DOMAINS = ("radiological", "natural")
FRAMES = {"radiological": ((2, 25), (0.45, 1.05)), "natural": ((10, 50), (0.45, 1.05))}
NEAR = 0.1  # of the spread of the points: a click farther away means none of them


def paper_fit_explorer() -> Explorer:
    """Choose a training size and leave data sets out by a click or by name; slope, interval and R² follow."""
    sizes = published("intrinsic_dimension")["konz.training_sizes"].value
    return Explorer(
        paper_scene,
        title="The paper's fit",
        panels=2,
        size=(11.0, 4.4),
        point=clicked,
        domain=Choice("Images", list(DOMAINS)),
        n_train=Choice("Training images", {f"{n:,}": n for n in sizes}, sizes[-1]),
        drop=TextBox("Leave out (names, commas)", ""),
    )


def paper_scene(domain: str, n_train: int, drop: str) -> Scene:
    """What `paper_fit_explorer` shows for these values of its controls."""
    names, dimension, accuracy = table(domain, n_train)
    out = _names(drop, names)
    kept = np.array([name not in out for name in names])
    if kept.sum() < 3:
        raise ValueError(f"{kept.sum()} data sets are left, and a line with an interval needs three")
    whole, fit = generalization_fit(accuracy, dimension), generalization_fit(accuracy[kept], dimension[kept])
    left = [name for name in names if name not in out]
    fits = leave_one_out(accuracy[kept], dimension[kept]) if len(left) > 3 else []
    (xlim, ylim), beside = FRAMES[domain], "One more left out" if fits else "A line needs three: none to spare"

    def figure(axes):
        title = f"Slope {fit.slope:.4f}, R² {fit.r2:.2f}, n = {fit.n}".replace("-", "−")
        groups = {domain: (names, dimension, accuracy, fit)}
        draw_fit(groups, ax=axes[0], title=title, dropped=out, xlim=xlim, ylim=ylim)
        draw_leave_one_out(left, fits, fit, ax=axes[1], title=beside)

    low, high = fit.interval
    verdict = "0 is in it" if _holds_zero(fit) else "0 is not in it"
    return Scene(
        text=f"{domain.capitalize()} images, {n_train:,} for training (ResNet-18, Konz et al. 2022), n = {fit.n} data "
        f"sets: accuracy changes by {_signed(fit.slope)} per dimension [{_signed(low)}, {_signed(high)}], {verdict}; "
        f"R² = {fit.r2:.3f}. {_beside(domain, n_train, fit, whole)}{_without_one_more(fits)}",
        alt="Left, accuracy against dimension with the fitted line and its fan of slopes; right, the slope without "
        "each data set in turn, with intervals.",
        figure=figure,
    )


def _signed(slope: float) -> str:
    return f"{slope:.4f}".replace("-", "−")


def _holds_zero(fit: GeneralizationFit) -> bool:
    return fit.interval[0] <= 0 <= fit.interval[1]


def _beside(domain: str, n_train: int, fit: GeneralizationFit, whole: GeneralizationFit) -> str:
    """What to compare it with: all data sets, or where none is left out, the paper's own line."""
    if fit.n < whole.n:
        return f"All {whole.n} give {_signed(whole.slope)} (R² {whole.r2:.2f}): now it is {_change(fit, whole)}."
    facts = published("intrinsic_dimension")
    at = facts["konz.training_sizes"].value.index(n_train)
    slope, r2 = (facts[f"konz.{what}"].value[domain][at] for what in ("slope", "r2"))
    return f"The paper prints {_signed(slope)} and {r2:.3f}, without an interval."


def _change(fit: GeneralizationFit, whole: GeneralizationFit) -> str:
    if fit.slope * whole.slope < 0:
        return "turned round"
    change = round(100 * (fit.slope / whole.slope - 1))
    return f"{abs(change)} % {'steeper' if change > 0 else 'flatter'}" if change else "as steep"


def _without_one_more(fits: list[GeneralizationFit]) -> str:
    return f" With one more left out, 0 is in {sum(map(_holds_zero, fits))} of {len(fits)} intervals." if fits else ""


def clicked(panel: int, x: float, y: float, values: dict) -> dict:
    """Drop the data set that was clicked, or take it back."""
    if panel != 0:
        return {}
    names, dimension, accuracy = table(values["domain"], values["n_train"])
    away = np.hypot((dimension - x) / np.ptp(dimension), (accuracy - y) / np.ptp(accuracy))
    if away.min() > NEAR:
        return {}
    try:
        out = _names(values["drop"], names)
    except ValueError:
        out = []
    name = names[int(away.argmin())]
    return {"drop": ", ".join(each for each in names if (each in out) != (each == name))}


def table(domain: str, n_train: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, dimensions and accuracies of the paper's data sets of one domain.

    Radiological accuracies were printed with three digits; they are shares of a known number of test images.
    """
    facts = published("intrinsic_dimension")
    names, column = facts[f"konz.{domain}"].value, facts["konz.training_sizes"].value.index(n_train)
    dimension = np.array([facts["konz.dimension"].value[name] for name in names], float)
    accuracy = np.array([facts["konz.accuracy"].value[name][column] for name in names])
    if domain == "radiological":
        tests = facts["konz.test_images"].value
        accuracy = np.round(accuracy * tests) / tests
    return names, dimension, accuracy


def _names(drop: str, allowed: list[str]) -> list[str]:
    """Those named, in any case of letters; names of the other domain's data sets wait until it is chosen."""
    facts = published("intrinsic_dimension")
    known = {name.lower(): name for domain in DOMAINS for name in facts[f"konz.{domain}"].value}
    asked = [part.strip() for part in drop.split(",") if part.strip()]
    if unknown := [part for part in asked if part.lower() not in known]:
        raise ValueError(f"{unknown[0]!r} is not one of {', '.join(allowed)}")
    return [name for name in (known[part.lower()] for part in asked) if name in allowed]
