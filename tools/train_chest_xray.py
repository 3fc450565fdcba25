"""Train lecture 3's small networks on the simulated cohort and store them: `python -m tools.train_chest_xray`.

Writes data/checkpoints/chest_xray/seed{0,1,2}.pt (weights, two bytes each) and log.json (histories, versions, times).
About a minute a network on two cores. To be run again whenever the simulator or the network changes.
"""

import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from course_lib.chest_xray.classifier import train_classifier
from course_lib.chest_xray.cohorts import PATIENTS, cohort
from course_lib.chest_xray.networks import SmallChestNet, prior_bias
from course_lib.chest_xray.softmax import OneOfFifteen, shared_bias, softmax_loss
from course_lib.chest_xray.trained import SEEDS
from course_lib.data import ImageSet
from course_lib.whole import whole

FOLDER = Path(__file__).parents[1] / "data" / "checkpoints" / "chest_xray"
EPOCHS = 22


def main() -> None:
    """Train every seed and write what came of it."""
    train, validation = cohort("simulated", "train"), cohort("simulated", "validation")
    histories, seconds = [], {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        torch.manual_seed(seed)
        network = prior_bias(SmallChestNet(), train.labels)
        start = time.perf_counter()
        run = train_classifier(network, train, validation, epochs=EPOCHS, seed=seed)
        seconds[str(seed)] = round(time.perf_counter() - start, 1)
        histories.append(run.history.assign(seed=seed, kept=run.history["epoch"] == run.best_epoch))
        store(network, FOLDER / f"seed{seed}.pt")
    histories.append(train_softmax(train, validation))
    columns = ["seed", "epoch", "train_loss", "validation_loss", "auroc", "kept"]
    log = {
        "cohort": {"patients": PATIENTS, "train images": len(train), "validation images": len(validation)},
        "epochs": EPOCHS,
        "seconds": seconds,
        "versions": {"python": platform.python_version(), "torch": version("torch")},
        "history": pd.concat(histories)[columns].round(5).to_dict("records"),
    }
    with whole(FOLDER / "log.json") as beside:
        beside.write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")


def train_softmax(train: ImageSet, validation: ImageSet) -> pd.DataFrame:
    """The same network with one softmax over findings and none, to show what that costs."""
    torch.manual_seed(SEEDS[0])
    network = shared_bias(OneOfFifteen(), train.labels)
    run = train_classifier(network, train, validation, loss=softmax_loss, epochs=EPOCHS, seed=SEEDS[0])
    store(network, FOLDER / "softmax.pt")
    return run.history.assign(seed="softmax", kept=run.history["epoch"] == run.best_epoch)


def store(network: nn.Module, path: Path) -> None:
    """Write the weights in half precision, whole or not at all."""
    state = network.cpu().state_dict()
    weights = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    with whole(path) as beside, beside.open("wb") as file:  # torch would write a path's name into the file
        torch.save(weights, file)


if __name__ == "__main__":
    main()
