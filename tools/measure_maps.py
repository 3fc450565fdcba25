"""Draw maps of the same simulated cells by several methods and write their quality into data/reference/tsimcne.json.

    python -m tools.measure_maps

Every method and seed takes minutes on two cores, which lecture 6 has not got: it shows these numbers and says so. What
is done is kept (in build/maps.json), so a run that was stopped goes on.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from course_lib.tsimcne import SimCLR, TSimCNE, simulate_blood
from course_lib.tsimcne.baselines import map_quality, tsne

ROOT = Path(__file__).parents[1]
REFERENCE, KEPT = ROOT / "data" / "reference" / "tsimcne.json", ROOT / "build" / "maps.json"
N, NEW, SEEDS = 1500, 500, (0, 1, 2)
EPOCHS = 24, 3, 33
NOTE = (
    f"{N:,} simulated cells, other ones and another training for each of {len(SEEDS)} seeds; the network and recipe "
    f"of for_two_cores, {sum(EPOCHS)} epochs. k-NN accuracy: k = 15, mean over ten 9:1 splits. new: of {NEW} "
    "cells that no training has seen, by their neighbors on the map. batch: k-NN accuracy for the staining batch."
)
METHODS = [
    "t-SNE of pixels",
    "t-SimCNE",
    "t-SimCNE, right angles",
    "t-SimCNE, any angle",
    "t-SNE of SimCLR, right angles",
]


def draw(method: str, seed: int) -> dict[str, float]:
    """One map: its quality, that of the staining batch, and of new cells where a method can place them."""
    cells = simulate_blood(N + NEW, seed=100 + seed)
    cells, new = cells[:N], cells[N:]
    start, fitted = time.perf_counter(), None
    if method == "t-SNE of pixels":
        embedding = tsne(cells, seed=seed)
    else:
        what, _, turns = method.partition(", ")
        kind = {"": "natural", "right angles": "right-angles", "any angle": "any-angle"}[turns]
        estimator, epochs = (TSimCNE, EPOCHS) if what == "t-SimCNE" else (SimCLR, sum(EPOCHS))
        fitted = estimator.for_two_cores(augmentations=kind, random_state=seed, epochs=epochs).fit(cells)
        embedding = fitted.embedding_ if what == "t-SimCNE" else tsne(fitted.embedding_, seed=seed)
    found = map_quality(embedding, cells.labels) | {"seconds": time.perf_counter() - start}
    found["batch"] = map_quality(embedding, cells.covariates["batch"])["knn_accuracy"]
    if method.startswith("t-SimCNE"):
        from sklearn.neighbors import KNeighborsClassifier

        found["new"] = KNeighborsClassifier(15).fit(embedding, cells.labels).score(fitted.transform(new), new.labels)
    return {name: round(float(value), 4) for name, value in found.items()}


def collect(draw: Callable[[str, int], dict] = draw, path: Path = KEPT) -> dict[str, dict[str, list[float]]]:
    """Quality by method and quantity, one value per seed; what `path` holds is not drawn again."""
    done = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for seed in SEEDS:
        for method in METHODS:
            name = f"{method} / {seed}"
            if name not in done:
                done[name] = draw(method, seed)
                print(name, done[name], flush=True)
                path.parent.mkdir(parents=True, exist_ok=True)
                beside = path.with_name(path.name + ".partial")
                beside.write_text(json.dumps(done), encoding="utf-8")
                beside.replace(path)
    quantities = {method: done[f"{method} / {SEEDS[0]}"].keys() - {"seconds"} for method in METHODS}
    return {
        method: {name: [done[f"{method} / {seed}"][name] for seed in SEEDS] for name in sorted(quantities[method])}
        for method in METHODS
    }


def main() -> None:
    """Draw what is missing and write the file."""
    values = collect()
    facts = json.loads(REFERENCE.read_text(encoding="utf-8"))
    facts["measured.simulated"] = {"value": values, "source": "this course, tools/measure_maps.py", "note": NOTE}
    beside = REFERENCE.with_name(REFERENCE.name + ".partial")
    beside.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(REFERENCE)
    best = {method: f"{100 * np.mean(found['knn_accuracy']):.1f} %" for method, found in values.items()}
    print(best)


if __name__ == "__main__":
    main()
