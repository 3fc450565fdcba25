"""A map while it is learned, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from course_lib import plotting
from course_lib.explorer import Explorer, IntSlider, Scene
from course_lib.metrics import knn_accuracy

from ..figures.maps import draw_map
from ..figures.run import draw_stages

SAID = {1: "two of 128 dimensions (principal components)", 2: "only the last layer learns", 3: "everything learns"}


@dataclass
class TimeLapse:
    """A callback for `TSimCNE` that keeps what each epoch gave.

    Parameters
    ----------
    labels : array of int, (N,)
        To measure with; the network never sees them.
    n_splits : int
        9:1 splits of which the k-NN accuracy is the mean; each costs a search for neighbors in every epoch.

    Attributes
    ----------
    frames : list of array, float32, (N, 2)
        In stage 1 the first two principal components of the 128 outputs.
    quality : DataFrame
        stage, epoch, loss, and the k-NN accuracy of all outputs.
    """

    labels: np.ndarray
    n_splits: int = 1
    frames: list[np.ndarray] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)

    def __call__(self, row: dict, embedding: np.ndarray) -> None:
        accuracy = float(np.mean([knn_accuracy(embedding, self.labels, seed=seed) for seed in range(self.n_splits)]))
        self.rows.append({name: row[name] for name in ("stage", "epoch", "loss")} | {"knn_accuracy": accuracy})
        self.frames.append(embedding if embedding.shape[1] == 2 else principal(embedding))

    @property
    def quality(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)


def principal(points: np.ndarray) -> np.ndarray:
    """The first two principal components, their signs fixed: (N, D) to (N, 2)."""
    centered = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2, np.abs(axes[:2]).argmax(axis=1)].diagonal())[:, None]
    return (centered @ axes.T).astype(np.float32)


def time_lapse_explorer(
    lapse: TimeLapse, names: Sequence[str], pixels: float | None = None, *, simulated: bool = True
) -> Explorer:
    """Slide through the epochs of a run: the map, and what its neighborhoods were worth.

    Parameters
    ----------
    lapse : TimeLapse
        Filled by a run.
    names : sequence of str
        Of the classes.
    pixels : float, optional
        k-NN accuracy of t-SNE of pixels.
    """
    if not lapse.frames:
        raise ValueError("lapse: it holds no epoch; pass it to TSimCNE as callback, and fit")
    return Explorer(
        partial(lapse_scene, lapse, tuple(names), pixels, simulated),
        title="Time lapse",
        panels=2,
        size=(12.0, 5.0),
        epoch=IntSlider("Epoch", len(lapse.frames), min=1, max=len(lapse.frames)),
    )


def lapse_scene(lapse: TimeLapse, names, pixels, simulated, epoch: int) -> Scene:
    """What `time_lapse_explorer` shows after this epoch."""
    row, quality = lapse.rows[epoch - 1], lapse.quality
    accuracy = 100 * row["knn_accuracy"]

    def figure(axes):
        title = f"Stage {row['stage']}: {accuracy:.0f} % k-NN"
        draw_map(lapse.frames[epoch - 1], lapse.labels, names, ax=axes[0], title=title, simulated=simulated)
        draw_stages(quality, ax=axes[1], pixels=pixels, title="What neighbors are worth", simulated=simulated)
        axes[1].axvline(epoch, color=plotting.COLORS["muted"], lw=1.4)

    return Scene(
        text=f"{'Simulated; ' if simulated else ''}stage {row['stage']}, epoch {row['epoch']}: {SAID[row['stage']]}. "
        f"Loss {row['loss']:.2f}, k-NN accuracy {accuracy:.0f} %.",
        alt="Left the map, one point per image in the color of its class; right the k-NN accuracy against the epoch, "
        "with a line at this one.",
        figure=figure,
    )
