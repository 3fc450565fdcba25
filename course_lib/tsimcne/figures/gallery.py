"""The images themselves on the map: one for each crowded square, or some from chosen places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from course_lib import plotting
from course_lib.titles import titled

from .maps import class_colors, plain


def draw_image_map(
    embedding, images, labels, *, ax, n_classes: int, cells=10, least=None, title="", simulated=False, seed=0
):
    """A grid over the map with one image in every square that holds enough points, framed in its class's color.

    Parameters
    ----------
    embedding : array, (N, 2)
    images : array, (N, H, W) or (N, H, W, 3)
    labels : array of int, (N,)
    n_classes : int
    cells : int
        Squares along each side; the paper's figure has ten.
    least : int, optional
        Points that a square must hold; the paper asks for 100 of many thousands, by default it is the same share of N
        as 100 of 17,092, at least 2.
    seed : int
        Of the choice in each square.
    """
    embedding, labels, images = np.asarray(embedding), np.asarray(labels), np.asarray(images)
    least = max(round(100 / 17_092 * len(embedding)), 2) if least is None else least
    low, high = np.quantile(embedding, [0.005, 0.995], axis=0)
    square = np.clip(((embedding - low) / (high - low) * cells).astype(int), -1, cells)
    colors, rng = class_colors(n_classes), np.random.default_rng(seed)
    for column in range(cells):
        for row in range(cells):
            here = np.flatnonzero((square == (column, row)).all(axis=1))
            if len(here) < least:
                continue
            chosen = rng.choice(here)
            edges = column + 0.06, column + 0.94, row + 0.06, row + 0.94
            _show(ax, images[chosen], edges)
            x, y = edges[0], edges[2]
            frame = {"fill": False, "ec": colors[labels[chosen]], "lw": 3.2, "zorder": 3}
            ax.add_patch(plotting.mpl.patches.Rectangle((x, y), 0.88, 0.88, **frame))
    plain(ax, adjustable="box")
    ax.set(xlim=(0, cells), ylim=(0, cells))
    return titled(ax, title, simulated=simulated)


def draw_places(
    embedding, images, places: Sequence[int], *, ax, colors=None, frames=None, n_near=4, title="", simulated=False
):
    """The map in gray, and beside each chosen point the images that lie nearest to it.

    Parameters
    ----------
    places : sequence of int
        Points of the map.
    colors : array of str, (N,), optional
        Of the points.
    frames : sequence of str, optional
        A color for each place, of the frame around its images.
    n_near : int
        Images at each place.
    """
    embedding, images = np.asarray(embedding), np.asarray(images)
    ax.scatter(*embedding.T, s=8, c=plotting.COLORS["grid"] if colors is None else colors, linewidths=0, alpha=0.8)
    plain(ax)
    ax.set_aspect("auto")  # the strips beside the map take the room
    low, high = embedding.min(axis=0), embedding.max(axis=0)
    middle, reach = (low + high) / 2, (high - low) / 2
    angles = np.arctan2(*((embedding[places] - middle) / reach).T[::-1])
    order = np.argsort(angles)
    for rank, which in enumerate(order):  # around the map, in the order of the places
        turn = 2 * np.pi * rank / len(places) - np.pi
        strip = _strip(images[np.argsort(np.linalg.norm(embedding - embedding[places[which]], axis=1))[:n_near]])
        frame = plotting.COLORS["ink"] if frames is None else frames[which]
        box = AnnotationBbox(
            OffsetImage(strip, zoom=44 / strip.shape[0]),
            tuple(embedding[places[which]]),
            xybox=tuple(middle + reach * (1.75 * np.cos(turn), 1.6 * np.sin(turn))),
            boxcoords="data",
            pad=0.1,
            arrowprops={"arrowstyle": "-", "color": frame, "lw": 1.4},
            bboxprops={"ec": frame, "lw": 2.4},
        )
        ax.add_artist(box)
    ax.set(xlim=middle[0] + 2.25 * reach[0] * np.array([-1, 1]), ylim=middle[1] + 1.8 * reach[1] * np.array([-1, 1]))
    return titled(ax, title, simulated=simulated)


def _show(ax, image: np.ndarray, edges: tuple[float, float, float, float]) -> None:
    scale = {} if image.ndim == 3 else {"cmap": "gray", "vmin": 0, "vmax": 255 if image.dtype == np.uint8 else 1}
    ax.imshow(image, extent=edges, interpolation="nearest", zorder=2, **scale)


def _strip(images: np.ndarray) -> np.ndarray:
    """Images side by side, in color, from 0 to 1."""
    images = images / 255 if images.dtype == np.uint8 else images
    images = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=3)
    gap = np.ones((images.shape[1], 1, 3))
    return np.concatenate([part for image in images for part in (image, gap)][:-1], axis=1)
