"""Small networks trained beforehand on the simulated cohort, so that the lecture need not train for minutes.

`python -m tools.train_chest_xray` made them; its log lies beside them.
"""

import json
from pathlib import Path

import pandas as pd
import torch

from course_lib import config

from .networks import SmallChestNet
from .softmax import OneOfFifteen

SEEDS = (0, 1, 2)


def trained_network(seed: int = 0) -> SmallChestNet:
    """A SmallChestNet trained on ``cohort("simulated", "train")``, its weights stored with two bytes each.

    Parameters
    ----------
    seed : int
        Of the training: of first weights, order and augmentation.

    Raises
    ------
    ValueError
        If no network was trained with that seed.

    Examples
    --------
    >>> trained_network(0).training
    False
    """
    if seed not in SEEDS:
        raise ValueError(f"seed: got {seed!r}, networks were trained with {', '.join(map(str, SEEDS))}")
    weights = torch.load(checkpoint_folder() / f"seed{seed}.pt", map_location="cpu", weights_only=True)
    network = SmallChestNet()
    network.load_state_dict(weights)  # two bytes become four
    return network.eval()


def trained_softmax() -> OneOfFifteen:
    """The same network with one softmax over findings and "none", trained on the same images (seed 0)."""
    network = OneOfFifteen()
    network.load_state_dict(torch.load(checkpoint_folder() / "softmax.pt", map_location="cpu", weights_only=True))
    return network.eval()


def training_log() -> pd.DataFrame:
    """How the stored networks were trained: a row per seed and epoch, as `course_lib.training.fit` records it."""
    log = json.loads((checkpoint_folder() / "log.json").read_text(encoding="utf-8"))
    return pd.DataFrame(log["history"])


def checkpoint_folder() -> Path:
    """Where the networks lie: in the checkout, or in the installed package."""
    root = config.checkout()
    data = root / "data" if root else Path(__file__).parents[1]
    return data / "checkpoints" / "chest_xray"
