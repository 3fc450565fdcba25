"""The widget kit: controls → a pure function of their values → a picture and a sentence.

A *scene* turns the values of the controls into what is shown. `Explorer` calls it whenever a control moves, draws into
one figure that is used again each time, and swaps the picture in place::

    def scene(shift: int) -> Scene:
        return Scene(text=f"Shifted by {shift} px", alt="…", figure=lambda ax: draw(shift, ax=ax))

    Explorer(scene, shift=IntSlider("Shift (px)", 0, max=12))
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

import ipywidgets

from course_lib.controls import Choice, FloatSlider, IntSlider, Switch, TextBox
from course_lib.picture import CSS_DPI, Canvas, Picture

__all__ = ["Choice", "Explorer", "FloatSlider", "IntSlider", "Picture", "Scene", "Switch", "TextBox"]
ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, 1), "ArrowDown": (0, -1)}


@dataclass(frozen=True)
class Scene:
    """What an explorer shows for one setting of its controls.

    Attributes
    ----------
    text : str
        One sentence with the numbers that matter; read aloud by screen readers when it changes.
    alt : str
        What the picture shows, for those who do not see it.
    figure : callable or None
        Draws into the Axes it is given (an array of Axes where the explorer has several panels).
    html : str
        A table under the picture, already escaped.
    """

    text: str
    alt: str
    figure: Callable[..., object] | None = None
    html: str = ""


class Explorer(ipywidgets.VBox):
    """Controls, and the picture and sentence that follow from them.

    Parameters
    ----------
    scene : callable
        Pure function from the controls' values (by name) to a `Scene`. A ValueError says that these values are not
        possible: its message is shown and the last picture stays.
    title : str
        Heading above the controls.
    panels : int or (rows, columns)
        How many Axes the scene's figure draws into.
    size : (width, height)
        Of the picture, in inches at 80 px each.
    point : callable, optional
        ``point(panel, x, y, values)`` → new values for some of the controls, where a panel was clicked, in its data
        coordinates. With it the picture can be focused: arrow keys move by one pixel of an image, or by a fortieth of
        an axis; Shift with an arrow goes to the next panel; Enter repeats the click.
    hover : bool
        Whether `point` is also asked while the pointer moves over the picture.
    **controls
        The widgets, by the name of the scene's argument.

    Attributes
    ----------
    controls : dict
        The widgets by name; setting a ``.value`` redraws before it returns.
    picture : Picture
    error : Exception or None
        What the last move raised.

    Examples
    --------
    >>> def scene(n):
    ...     return Scene(f"{n} squared is {n**2}", alt="a dot", figure=lambda ax: ax.plot(n, n**2, "o"))
    >>> explorer = Explorer(scene, n=IntSlider("Number", 2, max=9))
    >>> explorer.controls["n"].value = 3
    >>> explorer.text
    '3 squared is 9'
    """

    def __init__(self, scene, *, title="", panels=1, size=(9.0, 4.0), point=None, hover=False, **controls):
        self.scene, self.point, self.controls, self.error = scene, point, controls, None
        self._pointer, self._held = None, False
        self._canvas = Canvas((1, panels) if isinstance(panels, int) else tuple(panels), size)
        answers = ("hover" if hover else "click") if point else "nothing"
        self.picture = Picture(width=round(size[0] * CSS_DPI), answers=answers)
        self.picture.add_class("course-picture")
        heading = [ipywidgets.HTML(f'<h3 class="course-title">{escape(title)}</h3>')] if title else []
        row = ipywidgets.Box(
            list(controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        )
        super().__init__([*heading, row, self.picture])
        self.add_class("course-explorer")
        for control in controls.values():
            control.observe(lambda _: self._redraw(), "value")
        self.picture.observe(lambda change: self._pointed(*change.new[:2]), ["clicked", "hovered"])
        self.picture.on_msg(lambda _, message, __: self._key(message["key"], message["shift"]))
        self._redraw()

    @property
    def values(self) -> dict:
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def text(self) -> str:
        """The sentence on screen."""
        return self.picture.text

    def move(self, **values) -> None:
        """Set several controls at once and redraw once."""
        with self._one_redraw():
            for name, value in values.items():
                self.controls[name].value = value

    @contextmanager
    def _one_redraw(self) -> Iterator[None]:
        before, self._held = self.values, True
        try:
            yield
        finally:
            self._held = False
        if self.values != before:
            self._redraw()

    def _redraw(self) -> None:
        if self._held:
            return
        try:
            scene = self.scene(**self.values)
        except ValueError as problem:
            self._say(f"Not possible: {problem}", "impossible", problem)
            return
        except Exception as problem:
            self._fail(problem)
            raise
        self._show(scene)

    def _show(self, scene: Scene) -> None:
        try:
            png = self._canvas.draw(scene.figure) if scene.figure else b""
        except Exception as problem:
            self._fail(problem)
            raise
        with self.picture.hold_sync():  # picture and sentence travel in one message: they never disagree on screen
            self._say(scene.text, "plain", None)
            self.picture.png, self.picture.alt, self.picture.html = png, scene.alt, scene.html

    def _fail(self, problem: Exception) -> None:
        """Put the error on screen: ipywidgets would only log what a callback raises."""
        self._say(f"{type(problem).__name__}: {problem}", "error", problem)

    def _say(self, text: str, tone: str, problem: Exception | None) -> None:
        self.error = problem
        with self.picture.hold_sync():
            self.picture.text, self.picture.tone = text, tone

    def _pointed(self, x: float, y: float) -> None:
        if place := self._canvas.find(x, y):
            self._ask(*place)

    def _ask(self, panel: int, x: float, y: float) -> None:
        self._pointer = panel, x, y
        self.move(**(self.point(panel, x, y, self.values) or {}))

    def _key(self, key: str, shift: bool = False) -> None:
        """Move the pointer by one pixel of an image, or a fortieth of an axis; with Shift to another panel."""
        axes = self._canvas.axes
        if not axes:
            return
        panel, x, y = self._pointer or (0, *_center(axes[0]))
        right, up = ARROWS.get(key, (0, 0))
        if shift:
            panel = (panel + right - up) % len(axes)
            self._ask(panel, *_center(axes[panel]))
        else:
            by_pixel, ax = bool(axes[panel].images), axes[panel]
            self._ask(panel, _step(x, right, ax.get_xlim(), by_pixel), _step(y, up, ax.get_ylim(), by_pixel))

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        """Add a still picture and the sentence, for pages where no widget lives."""
        bundle = {**(super()._repr_mimebundle_(**kwargs) or {}), "text/plain": self.text}
        if not self.picture.png:
            return bundle, {}
        bundle["image/png"] = b64encode(self._canvas.still()).decode()
        return bundle, {"image/png": {"alt": self.picture.alt, "width": self.picture.width}}


def _center(ax) -> tuple[float, float]:
    """The middle of a panel; of an image, a pixel's middle and not the line between two."""
    x, y = sum(ax.get_xlim()) / 2, sum(ax.get_ylim()) / 2
    return (float(int(x)), float(int(y))) if ax.images else (x, y)


def _step(at: float, direction: int, ends: tuple[float, float], by_pixel: bool) -> float:
    """One step along an axis, towards its right or upper end, wherever that axis points; never over the edge."""
    start, end = ends
    moved = at + direction * (1 if by_pixel else abs(end - start) / 40) * (1 if end > start else -1)
    return moved if min(ends) <= moved <= max(ends) else at
