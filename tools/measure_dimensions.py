"""Measure the dimension of real images and write it into data/reference/intrinsic_dimension.json.

    python -m tools.measure_dimensions FOLDER

FOLDER holds the files that tests use (COURSE_TEST_DATA). Lecture 5 shows these numbers beside those of its simulated
images: the images themselves are not part of the course.
"""

import gzip
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from course_lib.data import ImageSet
from course_lib.intrinsic_dimension import comparable, find_duplicates, profile
from course_lib.whole import whole

REFERENCE = Path(__file__).parents[1] / "data" / "reference" / "intrinsic_dimension.json"
N = 300
NOTE = (
    f"{N} images drawn at random (seed 0) after exact duplicates were dropped, one per patient where patients are "
    "known; gray, ×255/maximum, 32 × 32; k = 20; 95 % intervals by subsampling. AdrenalMNIST3D: the middle slice of "
    "each gland."
)


def real_sets(folder: Path) -> Iterator[tuple[str, str, np.ndarray]]:
    """Name, kind and images of each set."""
    with np.load(folder / "nih_cxr14" / "nih_starter_621_128px.npz", allow_pickle=False) as file:
        yield "ChestX-ray14", "radiology", file["images"]
    for name, stem in (
        ("PneumoniaMNIST", "pneumoniamnist_reassembled"),
        ("BreastMNIST", "breastmnist"),
        ("AdrenalMNIST3D", "adrenalmnist3d"),
    ):
        with np.load(folder / "medmnist" / f"{stem}.npz", allow_pickle=False) as file:
            yield name, "radiology", np.concatenate([file[f"{part}_images"] for part in ("train", "val", "test")])
    with np.load(folder / "blood" / "pbc_28.npz", allow_pickle=False) as file:
        yield "blood cells (PBC)", "microscopy", file["images"]
    with gzip.open(folder / "mnist" / "t10k-images-idx3-ubyte.gz") as file:
        yield "MNIST", "handwriting", np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)


def measured(kind: str, images: np.ndarray) -> dict[str, dict]:
    """MLE and TwoNN of N images in the lecture's form, with intervals."""
    whole = comparable(ImageSet(images))
    different = whole[find_duplicates(whole.images).first]
    some = comparable(different, N)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of near-duplicates
        table = profile(some.images, [20], sizes=[N])
    found = {"kind": kind, "of": len(images), "n": N, "duplicates": len(images) - len(different)}
    for row in table.to_dict("records"):
        found[row["estimator"]] = [round(row[name], 2) for name in ("dimension", "low", "high")]
    return found


def main() -> None:
    """Measure every set and write the file."""
    values = {name: measured(kind, images) for name, kind, images in real_sets(Path(sys.argv[1]))}
    facts = json.loads(REFERENCE.read_text(encoding="utf-8"))
    source = "this course, tools/measure_dimensions.py; MedMNIST v2, NIH Clinical Center, Acevedo et al. (2020), MNIST"
    facts["measured.real"] = {"value": values, "source": source, "note": NOTE}
    with whole(REFERENCE) as beside:
        beside.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
