"""What one epoch hands to the next, written to a file so that a stopped run can go on as if nothing had happened."""

import io
import pickle
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from course_lib.whole import whole

FORMAT = "course_lib.training 1"


@dataclass
class State:
    """All that changes from epoch to epoch; with the arguments of `fit` it decides everything that follows."""

    model: nn.Module
    optimizer: Optimizer
    history: list[dict] = field(default_factory=list)
    best_epoch: int | None = None
    best_weights: dict[str, Tensor] | None = None

    def load(self, content: Mapping) -> None:
        """Take over what a checkpoint holds."""
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.history, self.best_epoch = content["history"], content["best_epoch"]
        self.best_weights = content["best_weights"]


def write(path: Path, state: State, settings: Mapping) -> None:
    """Write a checkpoint, whole or not at all."""
    content = {"format": FORMAT, "settings": dict(settings), "history": state.history, "best_epoch": state.best_epoch}
    content |= {"model": state.model.state_dict(), "optimizer": state.optimizer.state_dict()}
    content |= {"best_weights": state.best_weights}
    packed = io.BytesIO()  # first in memory: where torch itself meets a full disk, it says nothing of the disk
    torch.save(content, packed)
    with whole(path) as beside:
        beside.write_bytes(packed.getbuffer())


def read(path: Path, settings: Mapping) -> dict:
    """What `write` wrote, provided that the file is whole and was made with the same settings.

    Raises
    ------
    ValueError
        If the file is damaged, is no checkpoint of ours, or belongs to a run with other settings.
    """
    content = _unpack(path)
    then = content["settings"]
    others = [name for name in {**settings, **then} if then.get(name) != settings.get(name)]
    if others:
        differences = "; ".join(f"{name}: {then.get(name)} there, {settings.get(name)} here" for name in others)
        raise ValueError(
            f"checkpoint: {path} belongs to another run ({differences}); "
            "go on with the same arguments, or name another file to start afresh"
        )
    return content


def _unpack(path: Path) -> dict:
    """The file's content; torch does not verify the checksums in its own files, so the zip reader does it first."""
    advice = "delete it to start afresh"
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        content = None if damaged else torch.load(path, map_location="cpu", weights_only=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise ValueError(f"checkpoint: {path} is damaged or no checkpoint ({error}); {advice}") from error
    if damaged:
        raise ValueError(f"checkpoint: {path} is damaged ({damaged} fails its checksum); {advice}")
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"checkpoint: {path} was not written by course_lib.training.fit; name another file")
    return content


def describe_model(model: nn.Module) -> str:
    """Class, number of values, and a checksum of the names and shapes of a model's tensors; then what the model adds.

    Two models may differ in what no tensor shows, such as the part of an image that they look at: a model with an
    attribute `settings`, a text, is told apart by it.
    """
    layout = [(name, tuple(tensor.shape)) for name, tensor in model.state_dict().items()]
    size = sum(tensor.numel() for tensor in model.state_dict().values())
    told = f"{type(model).__name__} of {size} values, layout {zlib.crc32(repr(layout).encode()):08x}"
    own = getattr(model, "settings", "")
    return f"{told}, {own}" if own else told


def describe_optimizer(optimizer: Optimizer) -> str:
    """Class and settings of an optimizer, group by group."""
    groups = [{name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups]
    return f"{type(optimizer).__name__} {groups}"
