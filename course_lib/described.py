"""Figures that say in words what they show, for those who do not see them."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

MOST_TITLES = 6  # of a sheet of images; a listener has understood by then


class DescribedFigure(Figure):
    """A figure whose picture carries its alternative text wherever a notebook shows it."""

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        """No data of its own, so that the notebook draws it as it draws every figure; only the words are added."""
        return {}, {"image/png": {"alt": in_words(self)}}


def in_words(figure: Figure) -> str:
    """What a figure says: its titles, which state findings, and what its axes measure.

    Parameters
    ----------
    figure : matplotlib Figure

    Returns
    -------
    str
        One line. Titles stand in the order of the panels, each once; what axes measure follows, each pair once.

    Examples
    --------
    >>> figure = Figure()
    >>> _ = figure.subplots().set(title="Older brains are thinner", xlabel="Age (years)", ylabel="Thickness (mm)")
    >>> in_words(figure)
    'Older brains are thinner. Thickness (mm) against Age (years).'
    """
    titles = _once([figure.get_suptitle(), *(_title(ax) for ax in figure.axes)])
    if len(titles) > MOST_TITLES:
        titles = [*titles[:MOST_TITLES], f"and {len(titles) - MOST_TITLES} more"]
    sentences = [*titles, *_once([_axes(ax) for ax in figure.axes])]
    if not sentences:
        number = sum(bool(ax.images) for ax in figure.axes)
        sentences = [f"{number} images" if number > 1 else "An image" if number else "A drawing"]
    return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences)


def _once(texts: list[str]) -> list[str]:
    """Each text once, on one line, without the empty ones."""
    return list(dict.fromkeys(filter(None, (" ".join(text.split()) for text in texts))))


def _title(ax: Axes) -> str:
    return " ".join(filter(None, (ax.get_title(place) for place in ("left", "center", "right"))))


def _axes(ax: Axes) -> str:
    x, y = ax.get_xlabel(), ax.get_ylabel()
    return f"{y} against {x}" if x and y else x or y
