"""The map to walk in: hover to see an image, draw a lasso to see who lives there."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import ipywidgets
import numpy as np
import pandas as pd

from course_lib import plotting
from course_lib.controls import Choice, IntSlider
from course_lib.data import ImageSet
from course_lib.explorer import Explorer, Scene

from ..figures.maps import class_colors

SHOWN, COLUMNS = 24, 8  # images in the gallery
GAP, TALL = 1.15, 1.48  # width and height of an image's place, in images: below it stands its class
K = 15


def atlas_explorer(embedding, images: ImageSet, *, batches=None, names=("batch 0", "batch 1")) -> ipywidgets.VBox:
    """A map that answers: hover over a point to see its image, draw a lasso to see a gallery; the wheel zooms.

    Parameters
    ----------
    embedding : array, (N, 2)
    images : ImageSet
        With classes.
    batches : array of int, (N,), optional
        Something that the map was not told, such as the staining batch.
    names : sequence of str
        Of the batches.

    Returns
    -------
    VBox
        `.scatter` is jupyter-scatter's, `.gallery` the explorer beside it; its `choose(points)` does what a lasso does.
    """
    return Atlas(np.asarray(embedding, float), images, batches, tuple(names))


class Atlas(ipywidgets.VBox):
    """See `atlas_explorer`."""

    def __init__(self, embedding: np.ndarray, images: ImageSet, batches, names: tuple[str, ...]):
        from jscatter import Scatter  # here, for it takes two seconds to load

        self.images, self.chosen = images, np.arange(len(images))
        self.table = atlas_table(embedding, images, batches, names)
        self.colors = atlas_colors(self.table, images.class_names, names)
        # Opacity must be given here: set later, points become invisible (jupyter-scatter 1.0).
        self.scatter = Scatter(data=self.table, x="x", y="y", height=430, size=5, opacity=0.85)
        self.scatter.tooltip(True, properties=["class"], preview="image", preview_type="image", preview_image_height=84)
        self.scatter.axes(False).background(plotting.COLORS["card"]).mouse(mode="lasso")
        by = Choice("Color by", list(self.colors))
        by.observe(lambda change: self.paint(change.new), "value")
        self.paint(by.value)
        page = IntSlider("Page of the gallery", 0, max=20)
        self.gallery = Explorer(self.scene, size=(11.0, 5.2), page=page)
        self.scatter.widget.observe(lambda change: self.choose(change.new), "selection")
        heading = ipywidgets.HTML('<h3 class="course-title">Atlas</h3>')
        super().__init__([heading, by, self.scatter.show(), self.gallery])
        self.add_class("course-explorer")

    def paint(self, column: str) -> None:
        """Color the points by a column of the table."""
        self.scatter.color(by=column, map=self.colors[column])
        self.scatter.legend(True)

    def choose(self, points) -> None:
        """Show these points' images; none at all means every point."""
        points = np.asarray([] if points is None else points, int)
        self.chosen = points if len(points) else np.arange(len(self.images))
        self.gallery._redraw()

    def scene(self, page: int) -> Scene:
        """The gallery of what is chosen, and how its classes are mixed."""
        start = page * SHOWN % max(len(self.chosen), 1)
        shown = self.chosen[start : start + SHOWN]
        mix = self.table["class"].iloc[self.chosen].value_counts()
        share = ", ".join(f"{name} {100 * n / len(self.chosen):.0f} %" for name, n in mix[mix > 0].items())
        wrong = 100 * (self.table["k-NN"].iloc[self.chosen] == "wrong").mean()

        def figure(ax):
            plotting.image_axes(ax, mosaic(self.images.images[shown]))
            side = self.images.images.shape[1:3]
            for place, point in enumerate(shown):
                row, column = divmod(place, COLUMNS)
                at = (column + 0.5) * round(GAP * side[1]), row * round(TALL * side[0]) + 1.03 * side[0]
                ax.text(*at, self.table["class"].iloc[point].replace(" ", "\n"), ha="center", va="top", fontsize=12)

        return Scene(
            text=f"{len(self.chosen):,} of {len(self.images):,} images chosen: {share}; their neighbors' majority is "
            f"wrong for {wrong:.0f} %.",
            alt=f"Images of {len(shown)} of the chosen points, each with its class.",
            figure=figure,
        )


def mosaic(images: np.ndarray) -> np.ndarray:
    """Images in rows of `COLUMNS`, each in a place that is larger than itself, on the card's color: uint8, in color."""
    images = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=3)
    high, wide = images.shape[1:3]
    tall, broad, rows = round(TALL * high), round(GAP * wide), -(-SHOWN // COLUMNS)
    card = [int(plotting.COLORS["card"][place : place + 2], 16) for place in (1, 3, 5)]
    canvas = np.full((rows * tall, COLUMNS * broad, 3), card, np.uint8)
    for place, image in enumerate(images):
        top, left = place // COLUMNS * tall, place % COLUMNS * broad + (broad - wide) // 2
        canvas[top : top + high, left : left + wide] = image
    return canvas


def atlas_table(embedding: np.ndarray, images: ImageSet, batches, names: tuple[str, ...]) -> pd.DataFrame:
    """One row per image: x, y, class, k-NN (right or wrong), batch where there is one, and the image as a data URL."""
    from sklearn.neighbors import NearestNeighbors

    labels = np.asarray(images.labels)
    near = NearestNeighbors(n_neighbors=min(K, len(labels) - 1)).fit(embedding).kneighbors(return_distance=False)
    votes = np.stack([(labels[near] == k).sum(axis=1) for k in range(len(images.class_names))], axis=1)
    right = votes.argmax(axis=1) == labels
    table = pd.DataFrame({"x": embedding[:, 0], "y": embedding[:, 1]})
    table["class"] = pd.Categorical.from_codes(labels, list(images.class_names))
    table["k-NN"] = pd.Categorical(np.where(right, "right", "wrong"), ["right", "wrong"])
    if batches is not None:
        table["batch"] = pd.Categorical.from_codes(np.asarray(batches), list(names))
    table["image"] = [_data_url(image) for image in images.images]
    return table


def atlas_colors(table: pd.DataFrame, classes, names) -> dict[str, dict[str, str]]:
    """Colors of the values of each column that points can be colored by."""
    colors = {"class": dict(zip(classes, class_colors(len(classes)), strict=True))}
    if "batch" in table:
        colors["batch"] = dict(zip(names, class_colors(len(names)), strict=True))
    colors["k-NN"] = {"right": plotting.COLORS["muted"], "wrong": plotting.COLORS["orange"]}
    return colors


def _data_url(image: np.ndarray) -> str:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "png")
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()
