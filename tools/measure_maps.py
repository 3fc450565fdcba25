"""Draw maps of the same cells by several methods, keep them, and write down how good they are.

    python -m tools.measure_maps              # simulated cells: "measured.simulated" in data/reference/tsimcne.json
    python -m tools.measure_maps pbc_28.npz   # the 17,092 real cells of that file: "measured.real"

Every method and seed takes minutes on two cores, which lecture 6 has not got: it shows these numbers and maps, and says
so. A run is kept in build/maps when it is done, so that a measurement that was stopped goes on. The maps of the first
seed go to data/reference/tsimcne_maps.npz.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib.data import ImageSet
from course_lib.tsimcne import Recipe, SimCLR, TSimCNE, simulate_blood
from course_lib.tsimcne.baselines import map_quality, tsne
from course_lib.whole import whole

ROOT = Path(__file__).parents[1]
REFERENCE, MAPS, KEPT = (
    ROOT / "data/reference/tsimcne.json",
    ROOT / "data/reference/tsimcne_maps.npz",
    ROOT / "build/maps",
)
NEW = 500  # cells that no training sees
METHODS = (
    "t-SNE of pixels",
    "t-SimCNE",
    "t-SimCNE, right angles",
    "t-SimCNE, any angle",
    "t-SNE of SimCLR, right angles",
)
SHOWN = METHODS[:4]  # of which the lecture shows a map
KINDS = {"": "natural", "right angles": "right-angles", "any angle": "any-angle"}
NETWORK = {"blocks": (1, 1, 1, 1), "recipe": Recipe("adamw", 0.1, (3e-3, 1e-2, 3e-3))}


@dataclass(frozen=True)
class Setting:
    """Which cells, for how long: `cells(seed)` are those to learn from and those that no training sees."""

    name: str
    cells: Callable[[int], tuple[ImageSet, ImageSet]]
    epochs: tuple[int, int, int]
    about: str


def simulated(n: int = 2000, epochs: tuple[int, int, int] = (40, 5, 45)) -> Setting:
    """Other cells for every seed."""

    def cells(seed: int) -> tuple[ImageSet, ImageSet]:
        drawn = simulate_blood(n + NEW, seed=100 + seed)
        return drawn[:n], drawn[n:]

    return Setting("simulated", cells, epochs, f"{n:,} simulated cells, other ones for each seed")


def real(path: Path, epochs: tuple[int, int, int] = (24, 2, 24)) -> Setting:
    """All cells of a file but `NEW`, which are others for every seed."""
    with np.load(path, allow_pickle=False) as file:
        names = tuple(map(str, file["class_names"]))
        every = ImageSet(file["images"], file["labels"].astype(np.int64), names)

    def cells(seed: int) -> tuple[ImageSet, ImageSet]:
        order = np.random.default_rng(seed).permutation(len(every))
        return every[np.sort(order[NEW:])], every[np.sort(order[:NEW])]

    return Setting("real", cells, epochs, f"{len(every) - NEW:,} of the {len(every):,} real cells of {path.name}")


def draw(setting: Setting, method: str, seed: int) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """One map: its quality, its points, float32 (N, 2), and their labels."""
    cells, new = setting.cells(seed)
    start, fitted = time.perf_counter(), None
    if method == "t-SNE of pixels":
        embedding = tsne(cells, seed=seed)
    else:
        what, _, turns = method.partition(", ")
        estimator = TSimCNE if what == "t-SimCNE" else SimCLR
        epochs = setting.epochs if what == "t-SimCNE" else sum(setting.epochs)
        changes = NETWORK | {"augmentations": KINDS[turns], "random_state": seed, "epochs": epochs}
        fitted = estimator.for_two_cores(**changes).fit(cells)
        embedding = fitted.embedding_ if what == "t-SimCNE" else tsne(fitted.embedding_, seed=seed)
    found = map_quality(embedding, cells.labels) | {"seconds": time.perf_counter() - start}
    if cells.covariates is not None:
        found["batch"] = map_quality(embedding, cells.covariates["batch"])["knn_accuracy"]
    if method.startswith("t-SimCNE"):
        from sklearn.neighbors import KNeighborsClassifier

        found["new"] = KNeighborsClassifier(15).fit(embedding, cells.labels).score(fitted.transform(new), new.labels)
    return {name: round(float(value), 4) for name, value in found.items()}, embedding.astype(np.float32), cells.labels


def collect(setting: Setting, seeds: int, draw: Callable = draw, folder: Path = KEPT) -> dict[tuple[str, int], Path]:
    """Where each map stands, by method and seed; what stands in `folder` is not drawn again."""
    done = {}
    for seed in range(seeds):
        for method in METHODS:
            path = done[method, seed] = folder / f"{setting.name} - {method} - {seed}.npz"
            if path.exists():
                continue
            quality, embedding, labels = draw(setting, method, seed)
            print(setting.name, method, seed, quality, flush=True)
            save(path, embedding=embedding, labels=labels, **quality)
    return done


def qualities(done: dict[tuple[str, int], Path]) -> dict[str, dict[str, list[float]]]:
    """By method and quantity, one value per seed."""
    values: dict[str, dict[str, list[float]]] = {}
    for (method, _), path in done.items():
        with np.load(path, allow_pickle=False) as file:
            for name in sorted(set(file.files) - {"embedding", "labels", "seconds"}):
                values.setdefault(method, {}).setdefault(name, []).append(float(file[name]))
    return values


def save(path: Path, **arrays) -> None:
    """Write a file of arrays, whole or not at all."""
    with whole(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, **arrays)


def write(setting: Setting, seeds: int, done: dict[tuple[str, int], Path]) -> None:
    """Put the numbers into the file of published and measured numbers, and the first seed's maps beside it."""
    facts = json.loads(REFERENCE.read_text(encoding="utf-8"))
    note = (
        f"{setting.about}; {seeds} seed(s). Width 16, blocks {list(NETWORK['blocks'])}, {sum(setting.epochs)} epochs, "
        "AdamW, batches of 128. k-NN accuracy: k = 15, mean over ten 9:1 splits. new: of "
        f"{NEW} cells that no training has seen, by their neighbors on the map. batch: k-NN accuracy for the staining "
        "batch, where there is one."
    )
    source = "this course, tools/measure_maps.py"
    facts[f"measured.{setting.name}"] = {"value": qualities(done), "source": source, "note": note}
    with whole(REFERENCE) as beside:
        beside.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    maps = dict(np.load(MAPS, allow_pickle=False)) if MAPS.exists() else {}
    for method in SHOWN:
        with np.load(done[method, 0], allow_pickle=False) as file:
            points = file["embedding"] - file["embedding"].mean(axis=0)
            maps[f"{setting.name} / {method}"] = (points / np.abs(points).max()).astype(np.float16)
            maps[f"{setting.name} / labels"] = file["labels"].astype(np.uint8)
    save(MAPS, **maps)


def main() -> None:
    """Draw what is missing and write the files."""
    parser = argparse.ArgumentParser(description="Draw maps of cells and write down how good they are.")
    parser.add_argument("cells", nargs="?", type=Path, help="npz file with images, labels and class_names")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    setting = simulated() if given.cells is None else real(given.cells)
    done = collect(setting, given.seeds)
    write(setting, given.seeds, done)
    for method, found in qualities(done).items():
        print(f"{method}: {100 * np.mean(found['knn_accuracy']):.1f} %, {np.mean(found['silhouette']):.2f}")


if __name__ == "__main__":
    main()
