"""How networks are built: chains of maps, connection tables, blocks."""

from collections.abc import Sequence
from math import prod

import numpy as np
from matplotlib.patches import FancyBboxPatch, Rectangle

from course_lib import plotting

from .cells import draw_cells, tint


def draw_c3(table: Sequence[Sequence[int]], *, ax):
    """LeNet-5's connections between the maps of S2 and those of C3.

    Parameters
    ----------
    table : sequence of sequences of int
        The S2 maps that feed each C3 map, as `C3_TABLE`.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    rows = 1 + max(max(inputs) for inputs in table)
    connected = np.zeros((rows, len(table)), int)
    for column, inputs in enumerate(table):
        connected[list(inputs), column] = 1
    draw_cells(connected, ax=ax, texts=np.where(connected, "×", ""))
    ax.set_axis_on()
    ax.set(xlabel="map of C3", ylabel="map of S2")
    ax.set_xticks(range(len(table)))
    ax.set_yticks(range(rows))
    ax.set_title(f"Only {connected.sum()} of {connected.size} connections: each C3 map sees other S2 maps", y=1.0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return ax


def draw_chain(shapes: Sequence[tuple[str, tuple[int, ...]]], *, ax):
    """A network as a chain of slabs: height follows the maps' side, width their number, both on a log scale.

    Parameters
    ----------
    shapes : sequence of (name, shape)
        The shape is (channels, height, width), or (units,) for a fully connected layer.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    heights = [0.25 + np.log2(shape[-1] if len(shape) > 1 else 1) for _, shape in shapes]
    widths = [0.1 + min(0.75, np.log2(1 + shape[0]) / 14) for _, shape in shapes]
    size = 12 if len(shapes) <= 10 else 10.5
    for place, ((name, shape), height, width) in enumerate(zip(shapes, heights, widths, strict=True)):
        color = plotting.COLORS["blue" if len(shape) > 1 else "orange"]
        slab = Rectangle((place - width / 2, -height / 2), width, height, facecolor=color, alpha=0.85)
        ax.add_patch(slab)
        ax.text(place, max(heights) / 2 + 0.35, name, ha="center", va="bottom", fontsize=size + 1, fontweight="bold")
        what = f"maps\n{' × '.join(map(str, shape[1:]))}" if len(shape) > 1 else "units"
        what = what.replace("maps", "map") if shape[0] == 1 else what
        ax.text(place, -max(heights) / 2 - 0.35, f"{shape[0]:,} {what}", ha="center", va="top", fontsize=size)
    first, last = (prod(shapes[end][1]) for end in (0, -1))
    ax.set(xlim=(-0.6, len(shapes) - 0.4), ylim=(-max(heights) / 2 - 2.3, max(heights) / 2 + 1.4))
    ax.set_title(f"{first:,} numbers in, {last:,} out: maps get smaller and more numerous", y=1.0)
    ax.set_axis_off()
    return ax


def draw_blocks(*, axes):
    """What a plain, a residual and a dense block compute.

    Parameters
    ----------
    axes : array of 3 Axes

    Returns
    -------
    array of 3 Axes
    """
    titles = "Plain: learn H(x)", "Residual: learn H(x) − x", "Dense: keep all maps"
    outputs = "H(x)", "F(x) + x", "[x, f₁, f₂]"
    for ax, title, output in zip(axes, titles, outputs, strict=True):
        ax.set(xlim=(-1.6, 1.8), ylim=(-0.5, 7.2))
        ax.set_axis_off()
        ax.set_title(title, y=1.0)
        ax.text(0, -0.1, "x", ha="center", va="center", fontsize=15, style="italic")
        ax.text(0, 6.9, output, ha="center", va="center", fontsize=14)
        for start, end in ((0.25, 1.1), (1.9, 3.6), (4.4, 6.55)):
            _arrow((0, start), (0, end), ax=ax)
        for center in ((0, 1.5), (0, 4)):
            _box(center, "3×3 conv", ax=ax)
    for ax in axes[:2]:
        ax.text(0.14, 2.75, "ReLU", va="center", fontsize=12.5, color=plotting.COLORS["muted"])
    for ax, start, end, reach in (
        (axes[1], 0.65, 5.4, 1.3),  # x to the sum
        (axes[2], 0.65, 5.4, 1.5),  # x to the output
        (axes[2], 0.65, 2.95, 1.15),  # x to the second convolution
        (axes[2], 2.2, 5.4, -1.3),  # f₁ to the output
    ):
        _bypass(start, end, ax=ax, reach=reach)
    for ax, height, sign in ((axes[1], 5.4, "+"), (axes[2], 2.95, "c"), (axes[2], 5.4, "c")):
        _knot((0, height), sign, ax=ax)
    axes[2].text(0.35, -0.1, "c: concatenate", va="center", fontsize=12.5, color=plotting.COLORS["muted"])
    return axes


def draw_inception(*, ax):
    """The Inception module: four branches side by side, 1×1 convolutions before the expensive ones.

    Parameters
    ----------
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    branches = (
        (("1×1", "blue"),),
        (("1×1 reduces", "orange"), ("3×3", "blue")),
        (("1×1 reduces", "orange"), ("5×5", "blue")),
        (("3×3 max pool", "green"), ("1×1", "orange")),
    )
    ax.set(xlim=(-1.2, 10.2), ylim=(-0.5, 6.3))
    ax.set_axis_off()
    ax.set_title("Inception: cheap 1×1 convolutions stand before the expensive ones", y=1.0)
    _box((4.5, 0), "input: 480 maps, 14 × 14", ax=ax, width=4.4, color="muted")
    _box((4.5, 5.6), "all branches' maps, stacked", ax=ax, width=4.8, color="muted")
    for x, layers in zip((0, 3, 6, 9), branches, strict=True):
        heights = (2.8,) if len(layers) == 1 else (1.9, 3.7)
        _arrow((4.5 + (x - 4.5) * 0.42, 0.45), (x, heights[0] - 0.45), ax=ax)
        for (text, color), height in zip(layers, heights, strict=True):
            _box((x, height), text, ax=ax, width=2.3, color=color)
        if len(layers) == 2:
            _arrow((x, 2.35), (x, 3.25), ax=ax)
        _arrow((x, heights[-1] + 0.45), (4.5 + (x - 4.5) * 0.46, 5.15), ax=ax)
    return ax


def _box(center: tuple[float, float], text: str, *, ax, width: float = 1.5, color: str = "blue") -> None:
    x, y = center
    style = "round,pad=0,rounding_size=0.12"
    fill, edge = tint(color, 0.22), plotting.COLORS[color]
    ax.add_patch(
        FancyBboxPatch((x - width / 2, y - 0.4), width, 0.8, style, facecolor=fill, edgecolor=edge, linewidth=2)
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=13)


def _arrow(start: tuple[float, float], end: tuple[float, float], *, ax) -> None:
    arrow = {"arrowstyle": "-|>", "color": plotting.COLORS["ink"], "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=arrow)


def _bypass(start: float, end: float, *, ax, reach: float) -> None:
    """A line that leaves the chain at one height and joins it again at another."""
    ax.plot([0, reach, reach], [start, start, end], color=plotting.COLORS["orange"], linewidth=2.5)
    arrow = {"arrowstyle": "-|>", "color": plotting.COLORS["orange"], "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (0.24 if reach > 0 else -0.24, end), (reach, end), arrowprops=arrow)


def _knot(center: tuple[float, float], sign: str, *, ax) -> None:
    color = plotting.COLORS["orange"]
    ax.plot(
        *center,
        "o",
        markersize=25,
        markerfacecolor=tint("orange", 0.2),
        markeredgecolor=color,
        markeredgewidth=2,
        zorder=5,
    )
    ax.text(*center, sign, zorder=6, ha="center", va="center_baseline", fontsize=15, fontweight="bold")
