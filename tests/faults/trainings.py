"""The trainings of the lectures, small: each leaves a checkpoint, its weights and its history in a folder."""

import json
from pathlib import Path

import numpy as np
import torch

from course_lib.whole import whole


def _leave(folder: Path, model, history) -> None:
    """Weights byte by byte, and what was measured, but for times."""
    weights = [value.detach().cpu().numpy().tobytes() for value in model.state_dict().values()]
    with whole(folder / "weights.bin") as beside:
        beside.write_bytes(b"".join(weights))
    with whole(folder / "history.json") as beside:
        beside.write_text(json.dumps(history.drop(columns="seconds").to_dict("list")))


def classes(folder: Path) -> None:
    """Lecture 1: a residual network on handwritten digits, with a schedule."""
    from course_lib.cnn.small import small_network
    from course_lib.data import load
    from course_lib.training import fit

    digits = load("digits")[:72]
    torch.manual_seed(0)
    run = fit(
        small_network("residual", 4, width=4),
        digits[:48],
        digits[48:],
        epochs=4,
        batch_size=16,
        schedule="cosine",
        checkpoint=folder / "run.checkpoint",
        device="cpu",
        precision="32-true",
        progress=False,
    )
    _leave(folder, run.model, run.history)


def findings(folder: Path) -> None:
    """Lecture 3: several findings a radiograph, augmented, the best epoch kept."""
    from course_lib.chest_xray.classifier import train_classifier
    from course_lib.chest_xray.networks import SmallChestNet
    from course_lib.data import ImageSet

    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (48, 32, 32), np.uint8), random.integers(0, 2, (48, 2), np.uint8)
    everybody = ImageSet(images, labels, ("left", "right"), groups=np.arange(48) // 2)
    torch.manual_seed(0)
    network = SmallChestNet(n_findings=2)
    options = {"epochs": 4, "seed": 0, "batch_size": 8, "checkpoint": folder / "run.checkpoint", "progress": False}
    run = train_classifier(network, everybody[:32], everybody[32:], **options)
    _leave(folder, run.model, run.history)


def ages(folder: Path) -> None:
    """Lecture 4: ages from volumes, jittered, the best epoch kept."""
    from course_lib.brain_age.networks import BrainNet
    from course_lib.brain_age.regression import train_regressor
    from course_lib.data import ImageSet

    random = np.random.default_rng(0)
    volumes, years = random.integers(0, 256, (30, 16, 16, 16), np.uint8), random.uniform(45, 80, 30)
    people = ImageSet(volumes, years.astype(np.float32), groups=np.arange(30))
    torch.manual_seed(0)
    options = {"epochs": 4, "seed": 0, "batch_size": 6, "checkpoint": folder / "run.checkpoint", "progress": False}
    run = train_regressor(BrainNet((2, 4, 4, 4)), people[:18], people[18:], **options)
    _leave(folder, run.model, run.history)


def curves(folder: Path) -> None:
    """Lecture 5: a table of trainings, a row each."""
    from course_lib.intrinsic_dimension import rendered_images
    from course_lib.intrinsic_dimension.learning import Plan, training_curves

    task = {"size": rendered_images(80, ["size"], size=8)}
    plan = Plan(n_validation=10, n_test=14, epochs=2)
    options = {"sizes": (20,), "seeds": range(4), "plan": plan, "progress": False}
    table = training_curves(task, path=folder / "table.csv", **options)
    with whole(folder / "rows.csv") as beside:
        table.to_csv(beside, index=False)


def map_of_cells(folder: Path) -> None:
    """Lecture 6: three stages of two epochs; then the map is saved."""
    from course_lib.tsimcne import TSimCNE, simulate_blood

    cells = simulate_blood(32, seed=0)
    small = {"epochs": (2, 2, 2), "width": 4, "batch_size": 16, "device": "cpu", "precision": "32-true"}
    learner = TSimCNE.for_two_cores(**small, checkpoint=folder / "run.checkpoint", progress=False)
    points = learner.fit_transform(cells)
    _leave(folder, learner.encoder_, learner.history_)
    with whole(folder / "map.bin") as beside:
        beside.write_bytes(points.tobytes())
