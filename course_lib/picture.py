"""An explorer's picture: one figure drawn over and over, and the place in the page where it appears."""

import io
from collections.abc import Callable
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course_lib import plotting

CSS_DPI = 80  # one CSS pixel of the page: figures of the notebooks have the same size
SHARPNESS = 1.5  # drawn pixels per CSS pixel, so that text stays crisp on fine screens


class Picture(anywidget.AnyWidget):
    """A picture with its sentence and table: swapped without flicker, focusable where it answers to the pointer.

    The front end writes a click into `clicked` and the pointer's place into `hovered`, each as [x, y, count] with x and
    y fractions of the picture from its upper left corner, and sends keys as messages {"key": …, "shift": …}.
    """

    _esm = Path(__file__).with_name("picture.js")
    _css = Path(__file__).with_name("picture.css")

    png = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    html = traitlets.Unicode("").tag(sync=True)
    tone = traitlets.Enum(["plain", "impossible", "error"], "plain").tag(sync=True)
    width = traitlets.Int(0).tag(sync=True)
    answers = traitlets.Enum(["nothing", "click", "hover"], "nothing").tag(sync=True)
    clicked = traitlets.List().tag(sync=True)
    hovered = traitlets.List().tag(sync=True)


class Canvas:
    """One figure outside pyplot, drawn again for every scene: nothing piles up, and the panels stay where they are.

    Working out where the panels go costs as much as drawing them, so it is done again only when what stands around them
    (titles, labels, tick labels) needs more room than before; so the panels do not jump about either.

    Parameters
    ----------
    panels : (rows, columns)
    size : (width, height), in inches at `CSS_DPI`

    Attributes
    ----------
    axes : list of Axes
        The panels of the last drawing, row by row.
    """

    def __init__(self, panels: tuple[int, int], size: tuple[float, float]):
        self.axes: list = []
        self._panels = panels
        self._room, self._places = np.zeros((0, 7)), []
        self._figure = Figure(figsize=size, dpi=CSS_DPI * SHARPNESS)
        FigureCanvasAgg(self._figure)

    def draw(self, scene_figure: Callable) -> bytes:
        """Let `scene_figure` draw into fresh Axes and return the picture as PNG."""
        with plotting.style():
            for ax in self._figure.axes:  # clear() alone would first make each of them ready to draw in again
                self._figure.delaxes(ax)
            self._figure.clear()
            self._figure.set_facecolor(plotting.COLORS["card"])
            self._figure.set_layout_engine("constrained")
            axes = self._figure.subplots(*self._panels)
            self.axes = [axes] if self._panels == (1, 1) else list(axes.flat)
            scene_figure(axes)
            self._render()
            return self._png()

    def still(self) -> bytes:
        """Return the last drawing at the size of the notebooks' other figures, for pages without widgets."""
        sharp = Image.open(io.BytesIO(self._png()))
        file = io.BytesIO()
        width, height = (round(inches * CSS_DPI) for inches in self._figure.get_size_inches())
        small = sharp.resize((width, height), Image.Resampling.LANCZOS)
        small.save(file, "png", optimize=True)
        return file.getvalue()

    def find(self, x: float, y: float) -> tuple[int, float, float] | None:
        """Return (panel, x, y in its data coordinates) for fractions of the picture from its upper left corner."""
        pixel = np.array([x, 1 - y]) * self._figure.bbox.size
        for panel, ax in enumerate(self.axes):
            if ax.bbox.contains(*pixel):
                return panel, *(float(value) for value in ax.transData.inverted().transform(pixel))
        return None

    def _render(self) -> None:
        everything = self._figure.axes
        if len(everything) == len(self._places):
            self._figure.set_layout_engine("none")
            for ax, place in zip(everything, self._places, strict=True):
                ax.set_position(place)
            self._figure.canvas.draw()
            if np.all(self._needs() <= self._room):
                return
            for ax in everything:
                ax.set_in_layout(True)
            self._figure.set_layout_engine("constrained")
        self._figure.canvas.draw()
        self._room = self._needs()
        self._places = [ax.get_position(original=True) for ax in everything]

    def _needs(self) -> np.ndarray:
        """Count what takes room around each of the Axes: lines of titles and labels, signs of the longest tick."""
        return np.array(
            [
                [
                    *(_lines(ax.get_title(side)) for side in ("left", "center", "right")),
                    *(_lines(label) for label in (ax.get_xlabel(), ax.get_ylabel())),
                    *(
                        max((len(tick.label1.get_text()) for tick in axis.majorTicks), default=0)
                        for axis in (ax.xaxis, ax.yaxis)
                    ),
                ]
                for ax in self._figure.axes
            ]
        )

    def _png(self) -> bytes:
        file = io.BytesIO()
        pixels = np.asarray(self._figure.canvas.buffer_rgba())[..., :3]
        Image.fromarray(pixels).save(file, "png", compress_level=3)
        return file.getvalue()


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0
