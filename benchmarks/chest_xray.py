"""The chest X-ray pipeline on real images: python -m benchmarks.chest_xray.

Where COURSE_TEST_DATA names the real files: 621 radiographs of as many patients (NIH, 128 pixels, here 64), and
PneumoniaMNIST and BreastMNIST (28 pixels, here 32). Each is trained on a part, chosen on another, judged on a third,
with the house's loop and the small network of the lecture; the peer is a logistic regression of the pixels. Also what
the simulator makes in a second.
"""

import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.record import write_result
from course_lib import metrics
from course_lib.chest_xray import FINDINGS, SmallChestNet, prior_bias, simulate_radiographs, train_classifier
from course_lib.data import ImageSet
from course_lib.training import predict

SEEDS, EPOCHS = (0, 1, 2), 20


def radiographs(folder: Path) -> tuple[ImageSet, ...]:
    """The 621 radiographs at 64 pixels, cut by patient."""
    file = np.load(folder / "nih_cxr14" / "nih_starter_621_128px.npz", allow_pickle=False)
    images = ImageSet(file["images"], file["labels"], class_names=FINDINGS, groups=file["patient_id"])
    return images.resized(64).split((0.6, 0.15, 0.25), seed=0)


def medmnist(folder: Path, name: str) -> tuple[ImageSet, ...]:
    """A MedMNIST set of two classes at 32 pixels, as one finding, in its official parts."""
    file = np.load(folder / "medmnist" / f"{name}.npz", allow_pickle=False)
    parts = [
        ImageSet(file[f"{part}_images"], (file[f"{part}_labels"] == 1).astype(np.uint8), class_names=("class 1",))
        for part in ("train", "val", "test")
    ]
    return tuple(part.resized(32) for part in parts)


def network_scores(parts: tuple[ImageSet, ...], seed: int) -> np.ndarray:
    """Logits of the test images."""
    train, validation, test = parts
    torch.manual_seed(seed)
    network = prior_bias(SmallChestNet(len(train.class_names)), train.labels)
    run = train_classifier(network, train, validation, epochs=EPOCHS, seed=seed, progress=False)
    return predict(run.model, test).numpy()


def pixel_scores(parts: tuple[ImageSet, ...]) -> np.ndarray:
    """A logistic regression of 16 × 16 pixels per finding; constant where the training part lacks a class."""
    train, _, test = (part.resized(16) for part in parts)
    inputs = [np.asarray(part.images, float).reshape(len(part), -1) for part in (train, test)]
    scores = np.zeros(test.labels.shape)
    for label in range(train.labels.shape[1]):
        if len(np.unique(train.labels[:, label])) == 2:
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))
            scores[:, label] = model.fit(inputs[0], train.labels[:, label]).decision_function(inputs[1])
    return scores


def judged(name: str, who: str, test: ImageSet, scores: np.ndarray) -> dict:
    """Macro AUROC with its interval, and what it rests on."""
    result = metrics.bootstrap_auroc(test.labels, scores, groups=test.groups, names=test.class_names)
    low, high = result.macro.interval()
    return {
        "data": name,
        "who": who,
        "macro_auroc": round(result.macro.estimate, 3),
        "low": round(low, 3),
        "high": round(high, 3),
        "labels_used": result.macro.n_used,
        "n_test": len(test),
    }


def simulator() -> dict:
    """Images per second of one process at 64 pixels."""
    start = time.perf_counter()
    images = simulate_radiographs(200, size=64, seed=0)
    return {"images_per_second": round(len(images) / (time.perf_counter() - start), 1), "size": 64}


def main() -> int:
    """Write the results and print them; without the real files only the simulator is measured."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    folder, rows = Path(os.environ.get("COURSE_TEST_DATA", "")), []
    if (folder / "nih_cxr14").is_dir():
        sets = {"NIH, 621 radiographs": radiographs(folder)}
        sets["PneumoniaMNIST"] = medmnist(folder, "pneumoniamnist_reassembled")
        sets["BreastMNIST"] = medmnist(folder, "breastmnist")
        for name, parts in sets.items():
            scores = [network_scores(parts, seed) for seed in SEEDS]
            rows += [
                judged(name, f"small network, seed {seed}", parts[2], s) for seed, s in zip(SEEDS, scores, strict=True)
            ]
            rows.append(judged(name, "mean of the three", parts[2], np.mean(scores, axis=0)))
            rows.append(judged(name, "logistic regression of pixels", parts[2], pixel_scores(parts)))
    speed = simulator()
    if rows:  # without the real files, an earlier result stays
        write_result("chest_xray", {"task": f"{EPOCHS} epochs, best on validation", "rows": rows, "simulator": speed})
    print(pd.DataFrame(rows).to_string(index=False))
    print("simulator:", speed)
    return int(speed["images_per_second"] < 50)


if __name__ == "__main__":
    sys.exit(main())
