"""What networks cost, layer by layer and against what they achieve."""

import numpy as np
import pandas as pd

from course_lib import plotting

from ..arithmetic import bottleneck_operations
from .cells import headed
from .labels import label_points

MOST_BARS = 12
SUFFIXES = ((1e9, " G"), (1e6, " M"), (1e3, " k"), (1, ""))


def draw_ledger(table: pd.DataFrame, *, axes):
    """Parameters and multiplications of a network, per layer or, in deep ones, per size of the maps.

    Parameters
    ----------
    table : DataFrame
        From `layer_table`.
    axes : array of 2 Axes

    Returns
    -------
    array of 2 Axes
    """
    sums = _by_layer_or_size(table)
    for ax, column, color in zip(axes, ("parameters", "multiplications"), ("blue", "orange"), strict=True):
        values = sums[column].to_numpy()
        largest, total = int(values.argmax()), values.sum()
        shares = values / (total or 1)
        rows = np.arange(len(sums))
        ax.barh(rows, shares * 100, color=plotting.COLORS[color], height=0.72)
        for row, share, value in zip(rows, shares, values, strict=True):
            ax.text(share * 100 + 1.5, row, _short(value), va="center", fontsize=12)
        ax.set(
            xlim=(0, 100 * shares.max() * 1.28 + 1), ylim=(len(sums) - 0.4, -0.6), xlabel=f"share of all {column} (%)"
        )
        ax.set_yticks(rows, sums.index if ax is axes[0] else [""] * len(rows))
        headed(ax, f"{_short(total)} {column},\n{shares[largest]:.0%} in {sums.index[largest]}")
        ax.grid(False)
    return axes


def draw_bottleneck(reduce: int, *, axes, shape: tuple[int, int, int] = (14, 14, 480), kernel: int = 5, out: int = 48):
    """Multiplications of a large convolution, straight and behind a 1×1 reduction.

    Parameters
    ----------
    reduce : int
        Channels after the reduction; 0 for none.
    axes : array of 2 Axes
    shape, kernel, out
        As in `bottleneck_operations`.

    Returns
    -------
    array of 2 Axes
    """
    straight = bottleneck_operations(shape, kernel, out)["total"] / 1e6
    steps = bottleneck_operations(shape, kernel, out, reduce or None)
    reducing, convolving = (steps.get(name, 0) / 1e6 for name in ("reduction", "convolution"))
    total = reducing + convolving
    per_channel = bottleneck_operations(shape, kernel, out, 1)["total"] / 1e6
    most = per_channel * shape[2]
    blue, orange = plotting.COLORS["blue"], plotting.COLORS["orange"]
    axes[0].barh([0, 1], [straight, convolving], left=[0, reducing], color=blue, height=0.6, label=f"{kernel}×{kernel}")
    axes[0].barh([1], [reducing], color=orange, height=0.6, label="1×1")
    for row, value in enumerate((straight, total)):
        axes[0].text(value + 0.02 * straight, row, f"{value:.2f} M", va="center", fontweight="bold")
    axes[0].set_yticks([0, 1], ["straight", f"reduced\nto {reduce}" if reduce else "not\nreduced"])
    axes[0].set(ylim=(1.6, -0.6), xlim=(0, 1.3 * most), xlabel="multiplications (millions)")
    headed(axes[0], _times(straight, total))
    axes[0].grid(False)
    axes[0].legend(loc="center right", bbox_to_anchor=(1, 0.5), ncols=2, handlelength=1, borderpad=0, frameon=False)
    axes[1].plot([0, reduce], [0, per_channel * reduce], color=orange)  # as far as tried: the rest is to be found out
    axes[1].axhline(straight, color=blue, linewidth=2)
    axes[1].text(shape[2], straight * 0.97, "straight", color=blue, va="top", ha="right", fontweight="bold")
    axes[1].plot(reduce, total, "o", color=orange if reduce else blue, markersize=14)
    headed(axes[1], f"{reduce} channels: {total:.3g} M for {straight:.3g} M" if reduce else "Not reduced yet")
    axes[1].set(xlabel="channels after the 1×1", xlim=(-15, shape[2] + 15))
    axes[1].set(ylabel="multiplications (millions)", ylim=(0, most * 1.05))
    return axes


def draw_accuracy_cost(table: pd.DataFrame, *, ax):
    """Accuracy against operations; the area of a bubble is the number of parameters.

    Parameters
    ----------
    table : DataFrame
        As `comparison` gives it, without gaps: indexed by name; top1_accuracy (share in [0, 1]), multiplications (per
        image), parameters, family.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    families = list(dict.fromkeys(table["family"]))
    colors = {family: plotting.CYCLE[number % len(plotting.CYCLE)] for number, family in enumerate(families)}
    x, y = table["multiplications"].to_numpy(float) / 1e9, table["top1_accuracy"].to_numpy(float) * 100
    area = table["parameters"].to_numpy(float) / 1e6 * 12
    ax.scatter(x, y, s=area, c=[colors[family] for family in table["family"]], alpha=0.6, linewidths=1)
    ax.set(xscale="log", xlabel="multiplications per image (billions, log scale)", ylabel="top-1 accuracy (%)")
    ax.set(xlim=(x.min() / 1.9, x.max() * 2.2), ylim=(y.min() - 4, y.max() + 4))
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if x.min() / 1.9 < tick < x.max() * 2.2]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    best, most = table["top1_accuracy"].idxmax(), table["parameters"].idxmax()
    ax.set_title(f"{best} is right most often; {most} is the largest (area: parameters)")
    label_points(x, y, np.sqrt(area) / 2, list(table.index), [colors[family] for family in table["family"]], ax=ax)
    return ax


def _by_layer_or_size(table: pd.DataFrame) -> pd.DataFrame:
    weighty = table[table["parameters"] > 0]
    if len(weighty) <= MOST_BARS:
        return weighty.set_index(weighty["name"].str.split(".").str[-1])[["parameters", "multiplications"]]
    sizes = [
        "fully connected" if len(shape) == 1 else f"{shape[-2]} × {shape[-1]}" for shape in weighty["output_shape"]
    ]
    return weighty.groupby(sizes, sort=False)[["parameters", "multiplications"]].sum()


def _short(value: float) -> str:
    """A count with three digits and a suffix: 61.0 M, 156, 0."""
    for scale, suffix in SUFFIXES:
        if value >= scale:
            scaled = value / scale
            return f"{scaled:.0f}{suffix}" if scaled >= 100 or scale == 1 else f"{scaled:.3g}{suffix}"
    return "0"


def _times(straight: float, total: float) -> str:
    if total == straight:
        return "No reduction: one large step"
    return (
        f"{straight / total:.1f} times fewer multiplications"
        if total < straight
        else f"{total / straight:.1f} times more multiplications"
    )
