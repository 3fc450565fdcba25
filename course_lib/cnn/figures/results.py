"""What trained networks do: learning curves, confusions, filters, maps."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course_lib import plotting

from ..small import KINDS
from .cells import bare, draw_cells, mosaic


def draw_learning_curves(history: pd.DataFrame, column: str, *, ax, label: str = "", color: str = "blue"):
    """One thin line per seed and their mean; the label says where they end.

    Parameters
    ----------
    history : DataFrame
        Columns epoch, seed and the one to draw.
    column : str
    ax : matplotlib Axes
        Several calls may draw into the same.
    label : str
        Name of the curve in the legend; its last mean and the range over seeds are put behind it.
    color : str
        Name of a course color.

    Returns
    -------
    matplotlib Axes
    """
    curves = history.pivot_table(index="epoch", columns="seed", values=column)  # (epochs, seeds)
    ax.plot(curves.index, curves, color=plotting.COLORS[color], linewidth=1, alpha=0.45)
    last = curves.iloc[-1]
    ends = f"{last.mean():.3f}" + (f" ({last.min():.3f} to {last.max():.3f})" if len(last) > 1 else "")
    text = f"{label}: {ends}" if label else ends
    ax.plot(curves.index, curves.mean(axis=1), color=plotting.COLORS[color], linewidth=3.5, label=text)
    ax.set(xlabel="epoch", ylabel=column.replace("_", " "))
    ax.legend()
    return ax


def draw_confusion(matrix: ArrayLike, class_names: Sequence[str], *, ax):
    """A confusion matrix with its counts; the title names the most frequent mistake.

    Parameters
    ----------
    matrix : array (classes, classes) of int
        True class in rows, predicted in columns.
    class_names : sequence of str
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    matrix, names = np.asarray(matrix), [str(name) for name in class_names]
    if matrix.shape != (len(names), len(names)):
        raise ValueError(f"matrix: got shape {matrix.shape}; allowed is {(len(names), len(names))}, one row per class")
    wrong = matrix - np.diag(matrix.diagonal())
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    draw_cells(matrix, ax=ax, shades=np.sqrt(shares))
    true, read = np.unravel_index(wrong.argmax(), wrong.shape)
    title = f"{matrix.trace()} of {matrix.sum()} right"
    if wrong.any():
        title += f"; {names[true]} read as {names[read]}: {wrong.max()}×"
    ax.set_axis_on()
    ax.set(xlabel="predicted", ylabel="true")
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set_title(title, y=1.0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return ax


def draw_mistakes(images: ArrayLike, truth: Sequence, predicted: Sequence, *, axes):
    """Images that were read wrongly, each with what it is and what it was taken for.

    Parameters
    ----------
    images : array (N, height, width) or (N, height, width, 3)
    truth, predicted : sequence of N labels
    axes : array of Axes
        Those beyond the N-th stay empty.

    Returns
    -------
    array of Axes
    """
    for ax in np.ravel(axes):
        bare(ax)
    for ax, image, true, read in zip(np.ravel(axes), images, truth, predicted, strict=False):
        ax.imshow(image, cmap="gray", interpolation="nearest")
        bare(ax, f"{true}, read as {read}")
    return axes


def draw_filters(filters: ArrayLike, *, ax, title: str = "", columns: int | None = None):
    """Kernels side by side, red where they add and blue where they subtract.

    Parameters
    ----------
    filters : array (N, height, width)
    ax : matplotlib Axes
    title : str
        Where empty, how many there are and of what size.
    columns : int, optional

    Returns
    -------
    matplotlib Axes
    """
    filters = np.asarray(filters, float)
    reach = abs(filters).max() or 1
    ax.imshow(mosaic(filters, columns), cmap=plotting.DIVERGING, vmin=-reach, vmax=reach, interpolation="nearest")
    return bare(
        ax, title or f"{len(filters)} filters of {filters.shape[1]} × {filters.shape[2]}: red adds, blue subtracts"
    )


def draw_feature_maps(maps: ArrayLike, *, ax, title: str = "", columns: int | None = None):
    """The maps of a layer side by side, each with its own brightest pixel white.

    Parameters
    ----------
    maps : array (maps, height, width)
    ax : matplotlib Axes
    title : str
        Where empty, how many maps there are and of what size.
    columns : int, optional

    Returns
    -------
    matplotlib Axes
    """
    maps = np.asarray(maps, float)
    low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    scaled = (maps - low) / np.where(high > low, high - low, 1)
    ax.imshow(mosaic(scaled, columns, gap=max(1, maps.shape[1] // 12)), cmap="gray", interpolation="nearest")
    return bare(ax, title or f"{len(maps)} maps of {maps.shape[1]} × {maps.shape[2]}")


def draw_depth(history: pd.DataFrame, *, axes):
    """Training loss by depth, one panel per kind of network, all on the same axis.

    Parameters
    ----------
    history : DataFrame
        Columns kind, depth, epoch, train_loss and, where there are several, seed. A kind need not have every depth.
    axes : array of Axes
        As many as there are kinds, which come in the order plain, residual, dense.

    Returns
    -------
    array of Axes
    """
    panels, depths = np.ravel(axes), sorted(history["depth"].unique())
    colors = [plotting.COLORS[name] for name in ("blue", "green", "gold", "orange")][-len(depths) :]
    color_of = dict(zip(depths, colors, strict=True))
    for ax, kind in zip(panels, sorted(history["kind"].unique(), key=KINDS.index), strict=True):
        rows = history[history["kind"] == kind]
        _draw_depths(rows, color_of, ax=ax)
        last = rows[rows["epoch"] == rows["epoch"].max()].groupby("depth")["train_loss"].mean()
        shallow, deep = last.index[[0, -1]]
        others = f", {shallow} at {last[shallow]:.2f}" if len(last) > 1 else ""
        ax.set(title=f"{kind.capitalize()}: {deep} layers\nend at {last[deep]:.2f}{others}", xlabel="epoch")
    panels[0].set_ylabel("training loss")
    top = history["train_loss"].max()
    for ax in panels:
        ax.set_ylim(-0.03 * top, 1.05 * top)
    # where all depths are named; of such panels the last, for there the losses are lower and leave room
    max(reversed(panels), key=lambda ax: len(ax.get_legend_handles_labels()[1])).legend()
    return axes


def _draw_depths(rows: pd.DataFrame, color_of: dict[int, str], *, ax) -> None:
    """The losses of one kind: thin lines for the seeds, a thick one for their mean."""
    for depth, runs in rows.groupby("depth"):
        if "seed" in runs:
            each = runs.pivot_table(index="epoch", columns="seed", values="train_loss")
            ax.plot(each.index, each, color=color_of[depth], linewidth=1, alpha=0.4)
        mean = runs.groupby("epoch")["train_loss"].mean()
        ax.plot(mean.index, mean, color=color_of[depth], linewidth=3, label=f"{depth} layers")


def draw_score_map(canvas: ArrayLike, scores: ArrayLike, *, axes, class_names: Sequence[str] | None = None):
    """A large image, and the most likely class at each place of a fully convolutional network's output.

    Parameters
    ----------
    canvas : array (height, width)
    scores : array (classes, rows, columns)
    axes : array of 2 Axes
    class_names : sequence of str, optional
        The class numbers where left out.

    Returns
    -------
    array of 2 Axes
    """
    scores = np.asarray(scores, float)
    _, rows, cols = scores.shape
    best, lead = scores.argmax(0), np.diff(np.sort(scores, 0)[-2:], axis=0)[0]
    names = class_names or [str(number) for number in range(len(scores))]
    axes[0].imshow(canvas, cmap="gray", interpolation="nearest")
    bare(axes[0], f"One canvas, {np.shape(canvas)[0]} × {np.shape(canvas)[1]} pixels")
    labels = np.array([names[number] for number in best.flat]).reshape(best.shape)
    draw_cells(lead, ax=axes[1], color="green", numbers=rows * cols <= 600, texts=labels)
    axes[1].set_title(f"{rows} × {cols} answers in one pass\n(stronger color: surer)", y=1.0)
    return axes
