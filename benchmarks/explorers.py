"""How long an explorer takes to answer: from a control's new value to the finished picture, in milliseconds.

    python -m benchmarks.explorers

Every explorer must answer within 100 ms at its defaults (median of 20 moves, on two cores); exits with 1 where one
does not. The peer draws the same scenes the usual way, a new pyplot figure for every move as `ipywidgets.interact`
does, encoded as the same PNG.
"""

import io
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from statistics import median

import numpy as np
import pandas

from benchmarks import (
    explorers_brain_age,
    explorers_chest_xray,
    explorers_cnn,
    explorers_intrinsic_dimension,
    explorers_metrics,
    explorers_tsimcne,
)
from benchmarks.record import write_result
from course_lib import plotting
from course_lib.explorer import Explorer, IntSlider, Scene

LIMIT = 100.0
MOVES = 20

Entry = tuple[str, Callable[[], Explorer], list[dict]]


def answer_times(explorer: Explorer, moves: list[dict]) -> list[float]:
    """Return milliseconds for `MOVES` moves: `moves` over and over, each different from the one before it."""
    times = []
    for values in islice(cycle(moves), MOVES + 2):
        start = time.perf_counter()
        explorer.move(**values)
        times.append(1000 * (time.perf_counter() - start))
    return times[2:]  # the first moves load fonts


def interact_times(explorer: Explorer, moves: list[dict]) -> list[float]:
    """The same moves, each drawn as `ipywidgets.interact` would: figure made, drawn, encoded, closed."""
    import matplotlib.pyplot as plt

    times, values = [], explorer.values
    own = explorer._canvas._figure
    for move in islice(cycle(moves), MOVES + 2):
        start = time.perf_counter()
        values = {**values, **move}
        with plotting.style():
            figure, axes = plt.subplots(
                *explorer._canvas._panels, figsize=own.get_size_inches(), dpi=own.dpi, layout="constrained"
            )
            explorer.scene(**values).figure(axes)
            figure.savefig(io.BytesIO(), format="png")
            plt.close(figure)
        times.append(1000 * (time.perf_counter() - start))
    return times[2:]


def measure(entries: list[Entry]) -> list[dict]:
    """Return one row for each (name, factory, moves)."""
    rows = []
    for name, factory, moves in entries:
        explorer = factory()
        times, peer = answer_times(explorer, moves), interact_times(explorer, moves)
        rows.append(
            {
                "explorer": name,
                "median_ms": round(median(times), 1),
                "slowest_ms": round(max(times), 1),
                "interact_median_ms": round(median(peer), 1),
                "ratio": round(median(times) / median(peer), 2),
                "png_kB": round(len(explorer.picture.png) / 1000, 1),
            }
        )
    return rows


def kit_explorer() -> Explorer:
    """Three panels of the kit itself: a line with ticks, an image, and a matrix with 25 numbers."""

    def scene(n):
        values = np.random.default_rng(n).integers(-9, 10, (5, 5))

        def draw(axes):
            axes[0].plot(values.ravel())
            axes[0].set(title="A line", xlabel="place", ylabel="value")
            plotting.image_axes(axes[1], np.kron(values, np.ones((6, 6))), "An image")
            plotting.annotate_matrix(plotting.image_axes(axes[2], values, "A matrix"), values)

        return Scene(f"{n}", "three panels", draw)

    return Explorer(scene, panels=(1, 3), size=(12, 4), n=IntSlider("n", 0, max=99))


ENTRIES: list[Entry] = [
    ("kit: line, image, matrix", kit_explorer, [{"n": n} for n in range(1, 9)]),
    *explorers_cnn.ENTRIES,
    *explorers_metrics.ENTRIES,
    *explorers_chest_xray.ENTRIES,
    *explorers_brain_age.ENTRIES,
    *explorers_intrinsic_dimension.ENTRIES,
    *explorers_tsimcne.ENTRIES,
]


def main() -> int:
    """Write the results, print them as a table, and return 1 where an explorer is too slow."""
    rows = measure(ENTRIES)
    write_result("explorers", {"task": f"median of {MOVES} moves, from new value to finished PNG", "rows": rows})
    print(pandas.DataFrame(rows).to_string(index=False))
    return int(any(row["median_ms"] > LIMIT for row in rows))


if __name__ == "__main__":
    sys.exit(main())
