"""Draw maps of the same simulated cells by several methods and write their quality into data/reference/tsimcne.json.

    python -m tools.measure_maps            # "measured.simulated": one residual block in each of four stages
    python -m tools.measure_maps --shallow  # "measured.shallow": two stages, fewer cells and epochs

Every method and seed takes minutes on two cores, which lecture 6 has not got: it shows these numbers and says so. What
is done is kept (in build/maps.json), so a run that was stopped goes on.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from course_lib.tsimcne import SHORT, Recipe, SimCLR, TSimCNE, simulate_blood
from course_lib.tsimcne.baselines import map_quality, tsne

ROOT = Path(__file__).parents[1]
REFERENCE, KEPT = ROOT / "data" / "reference" / "tsimcne.json", ROOT / "build" / "maps.json"
NEW, SEEDS = 500, (0, 1, 2)


@dataclass(frozen=True)
class Setting:
    """How large a run is: images, epochs of the three stages, the network's blocks and its recipe."""

    n: int
    epochs: tuple[int, int, int]
    blocks: tuple[int, ...]
    recipe: Recipe

    @property
    def note(self) -> str:
        return (
            f"{self.n:,} simulated cells, other ones and another training for each of {len(SEEDS)} seeds; width 16, "
            f"blocks {list(self.blocks)}, {sum(self.epochs)} epochs. k-NN accuracy: k = 15, mean over ten 9:1 splits. "
            f"new: of {NEW} cells that no training has seen, by their neighbors on the map. batch: k-NN accuracy for "
            "the staining batch."
        )


SETTINGS = {
    "measured.simulated": Setting(2000, (40, 5, 45), (1, 1, 1, 1), Recipe("adamw", 0.1, (3e-3, 1e-2, 3e-3))),
    "measured.shallow": Setting(1500, (24, 3, 33), (1, 1), SHORT),
}
METHODS = [
    "t-SNE of pixels",
    "t-SimCNE",
    "t-SimCNE, right angles",
    "t-SimCNE, any angle",
    "t-SNE of SimCLR, right angles",
]


def draw(setting: Setting, method: str, seed: int) -> dict[str, float]:
    """One map: its quality, that of the staining batch, and of new cells where a method can place them."""
    cells = simulate_blood(setting.n + NEW, seed=100 + seed)
    cells, new = cells[: setting.n], cells[setting.n :]
    start, fitted = time.perf_counter(), None
    if method == "t-SNE of pixels":
        embedding = tsne(cells, seed=seed)
    else:
        what, _, turns = method.partition(", ")
        kind = {"": "natural", "right angles": "right-angles", "any angle": "any-angle"}[turns]
        estimator, epochs = (TSimCNE, setting.epochs) if what == "t-SimCNE" else (SimCLR, sum(setting.epochs))
        changes = {"blocks": setting.blocks, "recipe": setting.recipe, "epochs": epochs}
        fitted = estimator.for_two_cores(augmentations=kind, random_state=seed, **changes).fit(cells)
        embedding = fitted.embedding_ if what == "t-SimCNE" else tsne(fitted.embedding_, seed=seed)
    found = map_quality(embedding, cells.labels) | {"seconds": time.perf_counter() - start}
    found["batch"] = map_quality(embedding, cells.covariates["batch"])["knn_accuracy"]
    if method.startswith("t-SimCNE"):
        from sklearn.neighbors import KNeighborsClassifier

        found["new"] = KNeighborsClassifier(15).fit(embedding, cells.labels).score(fitted.transform(new), new.labels)
    return {name: round(float(value), 4) for name, value in found.items()}


def collect(draw: Callable[[str, int], dict], name: str, path: Path = KEPT) -> dict[str, dict[str, list[float]]]:
    """Quality by method and quantity, one value per seed; what `path` holds under this name is not drawn again."""
    done = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for seed in SEEDS:
        for method in METHODS:
            key = f"{name} / {method} / {seed}"
            if key not in done:
                done[key] = draw(method, seed)
                print(key, done[key], flush=True)
                path.parent.mkdir(parents=True, exist_ok=True)
                beside = path.with_name(path.name + ".partial")
                beside.write_text(json.dumps(done), encoding="utf-8")
                beside.replace(path)
    values = {}
    for method in METHODS:
        found = [done[f"{name} / {method} / {seed}"] for seed in SEEDS]
        values[method] = {quantity: [each[quantity] for each in found] for quantity in sorted(found[0])}
        del values[method]["seconds"]
    return values


def main() -> None:
    """Draw what is missing and write the file."""
    parser = argparse.ArgumentParser(description="Draw maps of simulated cells and write their quality down.")
    parser.add_argument("--shallow", action="store_true", help="the network and schedule of 'measured.shallow'")
    name = "measured.shallow" if parser.parse_args().shallow else "measured.simulated"
    setting = SETTINGS[name]
    values = collect(partial(draw, setting), name)
    facts = json.loads(REFERENCE.read_text(encoding="utf-8"))
    facts[name] = {"value": values, "source": "this course, tools/measure_maps.py", "note": setting.note}
    beside = REFERENCE.with_name(REFERENCE.name + ".partial")
    beside.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(REFERENCE)
    print({method: f"{100 * np.mean(found['knn_accuracy']):.1f} %" for method, found in values.items()})


if __name__ == "__main__":
    main()
