"""Maps by this course and by the public package tsimcne 0.3.12 of the same images: are ours as good?

    python -m benchmarks.tsimcne_quality

4,000 real blood cells and MNIST's 10,000 test images (COURSE_TEST_DATA), with the same network (width 16, one residual
block in each of four stages, stem of stride 2), the same augmentations (the package has no rotations), epochs, batches
and seeds. The package is given no warm-up; with its own ten epochs it would hardly leave it. Each learns by its own
recipe: the package by SGD, for it has no other, this course by `SHORT`, and by `PAPER` beside it.

An hour or two on two cores: what is done is kept in build/tsimcne_quality.json, so a run that was stopped goes on.
Exits with 1 where a map of ours is worse: where the 95 % interval of the difference (Welch) lies below 0.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.record import write_result
from course_lib.tsimcne import TSimCNE
from course_lib.tsimcne.baselines import map_quality
from course_lib.whole import whole

KEPT = Path(__file__).parents[1] / "build" / "tsimcne_quality.json"
SEEDS, BATCH, EPOCHS = (0, 1, 2), 128, (10, 1, 9)
PEER = """
import logging, random, sys, warnings
import numpy as np, torch
from PIL import Image
warnings.simplefilter("ignore"); logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
from tsimcne.models.simclr_like import make_model, make_projection_head
from tsimcne.tsimcne import TSimCNE
from course_lib.tsimcne import Encoder
images, target, seed, batch, *epochs = sys.argv[1:]
images, seed, epochs = np.load(images, allow_pickle=False), int(seed), [int(n) for n in epochs]
random.seed(seed); np.random.seed(seed); torch.manual_seed(seed)
data = [(Image.fromarray(image), 0) for image in images]
class Images(torch.utils.data.Dataset):
    def __len__(self): return len(data)
    def __getitem__(self, i): return data[i]
encoder = Encoder(3 if images.ndim == 4 else 1, 16, (1, 1, 1, 1), stem="3x3, stride 2")
network = make_model(encoder.backbone, make_projection_head("mlp", in_dim=encoder.n_features))
model = TSimCNE(model=network, total_epochs=epochs, batch_size=int(batch), num_workers=0, warmup=[0, 0, 0])
quiet = {"enable_progress_bar": False, "logger": False, "enable_checkpointing": False}
model.trainer_kwargs |= {"accelerator": "cpu"} | quiet  # passed as an argument, they would be lost
model.fit(Images())
network = model.plmodel.model.eval()
x = torch.from_numpy(images if images.ndim == 4 else images[..., None]).permute(0, 3, 1, 2)
with torch.no_grad():
    np.save(target, torch.cat([network(part / 255)[0] for part in x.split(500)]).numpy())
"""


def image_sets(
    folder: Path, n_cells: int = 4000, n_digits: int = 10_000
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, images and labels."""
    with np.load(folder / "blood" / "pbc_28.npz", allow_pickle=False) as file:
        rows = np.sort(np.random.default_rng(0).permutation(len(file["labels"]))[:n_cells])
        yield "blood cells", file["images"][rows], file["labels"][rows]
    with gzip.open(folder / "mnist" / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / "mnist" / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    yield "MNIST, test images", images[:n_digits].copy(), labels[:n_digits]


def course(recipe: str, images: np.ndarray, seed: int, epochs: tuple[int, int, int]) -> np.ndarray:
    """A map by this course."""
    network = {"blocks": (1, 1, 1, 1), "batch_size": BATCH, "recipe": recipe}
    return TSimCNE.for_two_cores(epochs=epochs, random_state=seed, **network).fit_transform(images)


def package(images: np.ndarray, seed: int, epochs: tuple[int, int, int]) -> np.ndarray:
    """A map by the public package, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "images.npy"), images)
        arguments = [str(Path(folder, "images.npy")), str(Path(folder, "map.npy")), str(seed), str(BATCH)]
        command = [sys.executable, "-c", PEER, *arguments, *map(str, epochs)]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
        if run.returncode:
            raise RuntimeError(f"tsimcne: {run.stderr[-2000:]}")
        return np.load(Path(folder, "map.npy"), allow_pickle=False)


METHODS = {
    "course": lambda *given: course("short", *given),
    "tsimcne": package,
    "course, the paper's recipe": lambda *given: course("paper", *given),
}


def collect(sets: list, epochs: tuple[int, int, int], path: Path = KEPT) -> dict[str, dict[str, float]]:
    """Quality and seconds of every run; what `path` holds is not done again."""
    done = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, images, labels in sets:
        for seed in SEEDS:
            for method, draw in METHODS.items():
                key = f"{name} / {method} / {seed}"
                if key in done:
                    continue
                start = time.perf_counter()
                embedding = draw(images, seed, epochs)
                done[key] = map_quality(embedding, labels) | {"seconds": time.perf_counter() - start}
                print(key, done[key], flush=True)
                with whole(path) as beside:
                    beside.write_text(json.dumps(done), encoding="utf-8")
    return done


def compare(done: dict[str, dict[str, float]], name: str, method: str, quantity: str) -> dict[str, object]:
    """Values of both over seeds, their mean difference and its interval."""
    ours, theirs = ([done[f"{name} / {each} / {seed}"][quantity] for seed in SEEDS] for each in (method, "tsimcne"))
    interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
    difference = float(np.mean(ours) - np.mean(theirs))
    found = {"set": name, "method": method, "quantity": quantity, "course": ours, "tsimcne": theirs}
    return found | {"difference": difference, "low": float(interval.low), "high": float(interval.high)}


def main(arguments: list[str] | None = None) -> int:
    """Print and store everything; 1 where ours is worse."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few images, only to see that it runs; nothing is stored")
    quick, folder = parser.parse_args(arguments).quick, os.environ.get("COURSE_TEST_DATA")
    if not folder or not find_spec("tsimcne"):
        print("needs COURSE_TEST_DATA and the package: pip install 'tsimcne==0.3.12'")
        return 0
    sets = list(image_sets(Path(folder), *((300, 300) if quick else ())))
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "kept.json") if quick else KEPT
        done = collect(sets, (1, 1, 1) if quick else EPOCHS, path)
    methods, quantities = [each for each in METHODS if each != "tsimcne"], ("knn_accuracy", "silhouette")
    rows = [compare(done, name, each, quantity) for name, *_ in sets for each in methods for quantity in quantities]
    for row in rows:
        said = f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"
        print(f"{row['set']}, {row['method']}, {row['quantity']}: course minus tsimcne {said}")
    kept = {f"{row['set']}, {row['quantity']}: no worse": row["high"] >= 0 for row in rows if row["method"] == "course"}
    if not quick:
        sizes = {name: len(images) for name, images, _ in sets}
        write_result(
            "tsimcne_quality", {"images": sizes, "epochs": EPOCHS, "batch_size": BATCH, "rows": rows, "kept": kept}
        )
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
