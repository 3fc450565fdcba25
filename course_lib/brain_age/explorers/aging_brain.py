"""Age one brain, and its ventricles and hippocampi faster or slower than the rest."""

from __future__ import annotations

from functools import lru_cache, partial

from course_lib.explorer import Choice, Explorer, IntSlider, Scene, Switch

from ..figures.brains import draw_three_planes
from .aging_slices import STRUCTURES, AgingSlices

YOUNG, OLD = 45, 80
IMAGE, DIFFERENCE = "the image", f"the difference to age {YOUNG}"
FULL = 0.3  # change of intensity with the full color


def aging_brain_explorer(resolution_mm: int = 4) -> Explorer:
    """Move the age of a simulated brain, and let its ventricles or hippocampi be older or younger than the rest.

    Parameters
    ----------
    resolution_mm : 4 or 2

    Raises
    ------
    ValueError
        If brains are not simulated at this resolution.
    """
    return Explorer(
        partial(aging_scene, AgingSlices.of(resolution_mm)),
        title="An aging brain",
        panels=3,
        size=(10.8, 4.6),
        age=IntSlider("Age (years)", 70, min=YOUNG, max=OLD),
        ventricles=IntSlider("Ventricles older by (years)", 0, min=-10, max=20),
        hippocampi=IntSlider("Hippocampi older by (years)", 0, min=-10, max=20),
        show=Choice("Show", [IMAGE, DIFFERENCE]),
        outlines=Switch("Outline both", True),
    )


def aging_scene(
    slices: AgingSlices, age: int, ventricles: int = 0, hippocampi: int = 0, show: str = IMAGE, outlines: bool = True
) -> Scene:
    """What `aging_brain_explorer` shows for these values of its controls."""
    maps, young = slices.aged(age, ventricles=ventricles, hippocampi=hippocampi), _young(slices)
    volumes, before = ({name: slices.milliliters(at[name]) for name in STRUCTURES} for at in (maps, young))
    drawn = {name: maps[name] for name in STRUCTURES} if outlines else {}
    change = maps["t1"] - young["t1"] if show == DIFFERENCE else None
    title = f"{age} years"

    def figure(axes):
        draw_three_planes(maps["t1"], title, axes=axes, simulated=True, outlines=drawn, cut=slices.cut, overlay=change,
            reach=FULL)  # fmt: skip

    return Scene(
        text=f"Simulated. {_said(age, ventricles, hippocampi)} Ventricles {_volume(volumes['ventricles'])} ml, "
        f"hippocampi {_volume(volumes['hippocampi'])} ml; at {YOUNG} years {_volume(before['ventricles'])} and "
        f"{_volume(before['hippocampi'])} ml."
        + (f" Blue has become darker than at {YOUNG}, red brighter; full color: {FULL}." if change is not None else ""),
        alt=f"An axial, a coronal and a sagittal slice of a simulated brain of {age} years"
        + (", its ventricles and hippocampi outlined" if outlines else "")
        + (f", with what has changed since {YOUNG} in color." if change is not None else "."),
        figure=figure,
    )


@lru_cache(maxsize=4)
def _young(slices: AgingSlices) -> dict:
    return slices.aged(YOUNG)


def _said(age: int, ventricles: int, hippocampi: int) -> str:
    """Who this is."""
    apart = [
        f"{name} as at {age + years}"
        for name, years in (("ventricles", ventricles), ("hippocampi", hippocampi))
        if years
    ]
    return f"A brain of {age} years{', with ' + ' and '.join(apart) if apart else ''}."


def _volume(milliliters: float) -> str:
    return f"{milliliters:.1f}"
