"""Titles that fit, and that say what is simulated."""

from textwrap import fill

LETTER = 0.6  # width of a bold one, in sizes of the font
TITLE = 14.5  # points, as in the course's style


def titled(ax, words: str, *, simulated: bool, size: float = TITLE):
    """Give `ax` a title, broken into lines that fit; it ends in "(simulated)" where no patient was involved.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> titled(Figure().subplots(), "Mass", simulated=True).get_title("left")
    'Mass (simulated)'
    """
    points = 72 * ax.bbox.width / ax.figure.dpi
    letters = max(12, int(points / (LETTER * size)))
    lines = fill(marked(words, simulated), letters, break_long_words=False, break_on_hyphens=False)
    ax.set_title(lines, loc="left", fontsize=size)
    return ax


def marked(words: str, simulated: bool) -> str:
    """The words, with "(simulated)" behind them where it applies.

    >>> marked("Mass", simulated=True)
    'Mass (simulated)'
    """
    return f"{words} (simulated)".strip() if simulated else words
