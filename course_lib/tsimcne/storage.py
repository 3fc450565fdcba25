"""Fitted estimators in files of plain tensors, with their parameters as text beside."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import torch

from course_lib.whole import whole

from .augmentation import Augmentation
from .networks import Encoder
from .recipe import Recipe

FORMAT = "course_lib.tsimcne 1"
NOT_SAVED = ("callback", "checkpoint", "device")
KINDS = {"augmentations": Augmentation, "recipe": Recipe}  # parameters that may be more than a name


def save_estimator(estimator, path: Path) -> None:
    """Write the file, whole or not at all."""
    from safetensors.torch import save

    tensors = {f"encoder.{name}": value.cpu().contiguous() for name, value in estimator.encoder_.state_dict().items()}
    tensors |= {"embedding": torch.from_numpy(estimator.embedding_), "fill": estimator.fill_.cpu()}
    parameters = {name: value for name, value in estimator.get_params().items() if name not in NOT_SAVED}
    parameters |= {name: asdict(parameters[name]) for name in KINDS if isinstance(parameters[name], KINDS[name])}
    about = {"format": FORMAT, "kind": type(estimator).__name__, "parameters": json.dumps(parameters)}
    about |= {"history": json.dumps(estimator.history_.to_dict("records"))}
    about |= {"stopped": estimator.stopped_}
    with whole(path) as beside:
        beside.write_bytes(save(tensors, about))


def load_estimator(kind: type, path: Path, device: torch.device):
    """A fitted estimator of this kind."""
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        raise FileNotFoundError(f"path: {path} is not there")
    try:
        with safe_open(path, "pt") as file:
            about, tensors = file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"path: {path} is damaged or no file of tensors ({error})") from error
    if about.get("format") != FORMAT or about["kind"] != kind.__name__:
        raise ValueError(f"path: {path} holds {about.get('kind', 'something else')}, not a {kind.__name__}")
    parameters = json.loads(about["parameters"])
    for name, made_of in KINDS.items():
        if isinstance(parameters[name], dict):
            parameters[name] = made_of(**_tuples(parameters[name]))
    estimator = kind(**_tuples(parameters))
    weights = {name.removeprefix("encoder."): tensor for name, tensor in tensors.items() if name.startswith("encoder.")}
    channels, outputs = weights["backbone.0.weight"].shape[1], len(weights["head.2.bias"])
    encoder = Encoder(channels, estimator.width, estimator.blocks, outputs, estimator.stem)
    encoder.load_state_dict(weights)
    estimator.encoder_ = encoder.to(device, memory_format=encoder.layout).eval()
    estimator.embedding_, estimator.fill_ = tensors["embedding"].numpy(), tensors["fill"]
    estimator.history_ = pd.DataFrame(json.loads(about["history"]))
    estimator.n_channels_, estimator.stopped_ = channels, about["stopped"]
    return estimator


def _tuples(values: dict) -> dict:
    """With the tuples that JSON made lists of."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
