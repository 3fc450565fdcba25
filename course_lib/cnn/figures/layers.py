"""How much each layer knows, from the pixels upward."""

import numpy as np
import pandas as pd

from course_lib import plotting


def draw_by_layer(table: pd.DataFrame, *, ax):
    """Accuracy of every repeat as a dot, and the median of each layer, from the input upward.

    Parameters
    ----------
    table : DataFrame
        One row per layer and repeat, with columns ``layer`` and ``accuracy``; layers in the order of their rows.
    ax : matplotlib Axes
    """
    layers = table["layer"].unique()
    rng = np.random.default_rng(0)  # spreads the dots sideways
    for place, layer in enumerate(layers):
        values = table.loc[table["layer"] == layer, "accuracy"]
        ax.plot(place + rng.uniform(-0.16, 0.16, len(values)), values, ".", color=plotting.COLORS["sky"], alpha=0.55)
    medians = table.groupby("layer", sort=False)["accuracy"].median()
    ax.plot(range(len(layers)), medians, "-", lw=1.5, color=plotting.COLORS["muted"], zorder=1)
    ax.plot(range(len(layers)), medians, "D", ms=9, color=plotting.COLORS["orange"], label="median")
    for place, value in enumerate(medians):
        ax.annotate(f"{value:.2f}", (place + 0.2, value), va="bottom")
    first, last = medians.iloc[0], medians.iloc[-1]
    ax.set_xticks(range(len(layers)), layers)
    ax.set(
        title=f"The same few labels: {first:.0%} right on {layers[0]}, {last:.0%} on {layers[-1]}",
        ylabel="accuracy of nearest class mean",
    )
    ax.set_xlim(-0.5, len(layers) - 0.2)
    return ax
