"""Who is in the data: how often each finding is there, what comes together, how large the data sets are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.titles import titled

from ..findings import FINDINGS


def draw_cohort(labels: ArrayLike, *, axes, simulated: bool, names: Sequence[str] = FINDINGS):
    """How many images have each finding, and which others those have too.

    Parameters
    ----------
    labels : array, (N, L), of 0 and 1
    axes : two Axes
        For the bars and for the matrix.
    simulated : bool
    names : sequence of L str

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If there is not a name for each column, or no image.
    """
    labels = np.asarray(labels, float)
    if labels.ndim != 2 or labels.shape[1] != len(names) or not len(labels):
        raise ValueError(f"labels: got shape {labels.shape}, allowed is (N, {len(names)}), N at least 1")
    _draw_prevalence(labels.mean(axis=0), names, simulated, np.ravel(axes)[0])
    _draw_together(labels, names, simulated, np.ravel(axes)[1])
    return axes


def draw_datasets(datasets: Mapping[str, Mapping], *, ax, marked: str = "ChestX-ray14"):
    """Public data sets of chest radiographs by their number of images, on a logarithmic axis.

    Parameters
    ----------
    datasets : {name: {"images": int, …}}
        As ``published("chest_xray")["datasets"].value``.
    ax : matplotlib Axes
    marked : str
        The data set of this lecture, in another color.

    Returns
    -------
    matplotlib Axes
    """
    names = sorted(datasets, key=lambda name: datasets[name]["images"])
    images, rows = [datasets[name]["images"] for name in names], np.arange(len(names))
    colors = [plotting.COLORS["orange" if name == marked else "blue"] for name in names]
    start = 10 ** np.floor(np.log10(images[0]) - 0.01)
    ax.barh(rows, np.array(images) - start, left=start, height=0.68, color=colors)
    for row, number in zip(rows, images, strict=True):
        ax.annotate(f"{number:,}", (number, row), (7, 0), textcoords="offset points", va="center", fontsize=13)
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.set(xlim=(start, 4.5 * images[-1]), xlabel="images (log scale)")
    _rows(ax, names)
    if marked in names:
        label = ax.get_yticklabels()[names.index(marked)]
        label.set(color=plotting.COLORS["orange"], fontweight="bold")
    return titled(ax, f"From {images[0]:,} to {images[-1]:,} images", simulated=False)


def _draw_prevalence(share: np.ndarray, names: Sequence[str], simulated: bool, ax) -> None:
    order = np.argsort(share, kind="stable")
    ax.barh(np.arange(len(order)), 100 * share[order], height=0.7, color=plotting.COLORS["blue"])
    for row, value in enumerate(share[order]):
        ax.annotate(_percent(value), (100 * value, row), (6, 0), textcoords="offset points", va="center", fontsize=12)
    ax.set(xlabel="share of the images (%)", xlim=(0, 118 * max(share.max(), 0.01)))
    _rows(ax, [names[place] for place in order])
    most, least = (f"{names[place]} in {_percent(share[place])}" for place in (order[-1], order[0]))
    titled(ax, f"{most} of images, {least}", simulated=simulated)


def _draw_together(labels: np.ndarray, names: Sequence[str], simulated: bool, ax) -> None:
    """Row: a finding; column: the share of its images that have another one too."""
    both, n = labels.T @ labels, labels.sum(axis=0)  # (L, L), (L,)
    share = np.divide(100 * both, n[:, None], out=np.full(both.shape, np.nan), where=n[:, None] > 0)
    np.fill_diagonal(share, np.nan)
    seen = np.nan_to_num(share)
    ax.imshow(np.ma.masked_invalid(share), cmap=plotting.SEQUENTIAL, vmin=0, vmax=max(seen.max(), 1), aspect="auto")
    plotting.annotate_matrix(ax, share, form="{:.0f}", size=10)
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor", fontsize=11)
    ax.set_yticks(range(len(names)), names, fontsize=11)
    ax.set_xlabel("… % have this one too")
    ax.set_ylabel("of those with this …")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    row, column = np.unravel_index(seen.argmax(), seen.shape)
    words = f"{names[row]}: {seen.max():.0f}% have {names[column]} too"
    titled(ax, words if seen.any() else "No image has two findings", simulated=simulated, size=13)


def _rows(ax, names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(axis="x")
    ax.grid(False, axis="y")


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.1 or share == 0 else f"{100 * share:.2g}%"
