"""`fit` and `predict`: what a notebook calls."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from tqdm.auto import tqdm

from course_lib import config
from course_lib.training.checkpoint import State, read, write
from course_lib.training.inputs import in_precision
from course_lib.training.launch import start
from course_lib.training.loop import Loop
from course_lib.training.recipe import Recipe, settings
from course_lib.training.samples import Samples, as_samples
from course_lib.whole import check_open

TRUE = {"64-true": torch.float64, "bf16-true": torch.bfloat16, "16-true": torch.float16}  # of weights, by precision


@dataclass
class Training:
    """What a training gave.

    Attributes
    ----------
    model : nn.Module
        The model that was passed to `fit`, trained, in evaluation mode, on the device it was trained on.
    history : pandas.DataFrame
        One row per completed epoch: epoch (from 1), train_loss (mean over the epoch, while the weights were changing),
        validation_loss and the metrics (after the epoch), learning_rate (of the epoch's last step), seconds.
    stopped : str
        "finished" (all epochs), "early" (patience ran out) or "interrupted" (the stop button).
    best_epoch : int or None
        The epoch with the best monitored value; None where nothing was monitored.
    """

    model: nn.Module
    history: pd.DataFrame
    stopped: str
    best_epoch: int | None


def fit(
    model: nn.Module,
    train: Any,
    validation: Any = None,
    *,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    metrics: Mapping[str, Callable] | None = None,
    epochs: int = 10,
    batch_size: int = 64,
    optimizer: Callable[..., Optimizer] | None = None,
    schedule: str | Callable[[float], float] | None = None,
    accumulate: int = 1,
    patience: int | None = None,
    monitor: str = "validation_loss",
    mode: str = "min",
    transform: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    checkpoint: str | Path | None = None,
    seed: int = 0,
    device: str | torch.device | None = None,
    precision: str | None = None,
    progress: bool = True,
    callback: Callable[[int, dict, nn.Module], object] | None = None,
) -> Training:
    """Train a model by gradient descent on batches in random order.

    Parameters
    ----------
    model : nn.Module
        Trained in place; seed torch before making it where its first weights matter.
    train, validation : ImageSet or (inputs, targets)
        Tensors of N samples each. They stay in memory where they are; one batch at a time goes to the device.
    loss : callable(outputs, targets) -> scalar tensor
        The mean over the samples of a batch; by default the cross-entropy.
    metrics : {name: callable(targets, outputs) -> float}
        Computed on the whole validation set, from arrays, after every epoch.
    epochs, batch_size, accumulate : int
        One step of the optimizer follows the mean gradient of `accumulate` batches of `batch_size` samples
        (over all processes together).
    optimizer : callable(parameters) -> Optimizer
        By default AdamW with learning rate 1e-3.
    schedule : None, "cosine" or callable(fraction) -> factor
        Multiplies the learning rate before every step, given the fraction of all steps already done, in [0, 1).
    patience, monitor, mode : int, str, "min" or "max"
        Stop once `monitor` (a column of the history) has not improved for `patience` epochs. With a patience the best
        epoch's weights are what is returned, however the training ended; without one, the last weights.
    transform : callable(batch, generator) -> batch
        Augmentation of the training inputs, on the device; it draws from `generator` only.
    checkpoint : path
        Rewritten after every epoch; if it is there, the run goes on from it. All processes must see the same folder.
    seed : int, at least 0
        Of the order of samples, of dropout and of the transform. The global random state is left alone.
    device, precision : str
        By default what `course_lib.config` chooses.
    progress : bool
        Show one bar for the run.
    callback : callable(epoch, row, model)
        Called after every epoch (in the first process only), once its checkpoint is written.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If an argument is not allowed, or the checkpoint is damaged or belongs to a run with other arguments.
    OSError
        If the checkpoint's folder may not be written to, or the disk is full: the last whole checkpoint stays.
    FloatingPointError
        If a loss becomes infinite or NaN.

    Notes
    -----
    The stop button (KeyboardInterrupt) ends the training and keeps what was learned up to that moment.

    A resumed run gives what the uninterrupted one would have given with the same arguments, bit for bit on the same
    machine's CPU: it repeats the epoch it was stopped in, and every epoch draws its random numbers from (seed, epoch).
    Other arguments, data, layers or precision are refused (a loss or a transform is known by its name only). More
    epochs may be asked for later, unless there is a schedule: it was spread over the epochs planned at first, so every
    step already taken would have been another one.

    Under `torchrun --nproc_per_node n` each process takes every n-th sample of each batch, and the gradient is that of
    one process with the same batch. Only what a model draws or computes per batch inside itself (dropout, batch
    normalization) differs between one process and several.

    Examples
    --------
    >>> x = torch.linspace(-1, 1, 64)[:, None]
    >>> line = nn.Linear(1, 1)
    >>> done = fit(line, (x, 2 * x + 1), loss=nn.functional.mse_loss, epochs=50, batch_size=8, progress=False,
    ...            optimizer=lambda parameters: torch.optim.SGD(parameters, lr=0.1), device="cpu", precision="32-true")
    >>> done.stopped, round(line.weight.item(), 3), round(line.bias.item(), 3)
    ('finished', 2.0, 1.0)
    """
    train = as_samples("train", train)
    validation = None if validation is None else as_samples("validation", validation)
    loss, metrics = loss or nn.functional.cross_entropy, metrics or {}
    recipe = Recipe(loss, metrics, epochs, batch_size, accumulate, schedule, patience, monitor, mode, transform, seed)
    recipe.check_against(validation)
    device = config.device(device)
    precision = precision or config.precision(device)
    fabric = start(device, precision)
    model.to(fabric.device, TRUE.get(precision))  # before a checkpoint is loaded, whose moments follow the weights
    state = State(model, _make_optimizer(optimizer, model))
    own = settings(recipe, state, train, validation) | {"precision": precision}
    path = None if checkpoint is None else Path(checkpoint)
    if path is not None:
        check_open("checkpoint", path.parent)  # before an epoch is spent
        _resume(state, path, own, epochs)

    def after_epoch(row: dict) -> None:
        if path is not None:
            write(path, state, own)
        if callback is not None:
            callback(row["epoch"], row, model)

    with _bar(recipe, state, len(train), shown=progress and fabric.is_global_zero) as bar:
        stopped = Loop(fabric, recipe, state, train, validation, bar, after_epoch).run()
    fabric.barrier()  # the first process may still be writing
    if state.best_weights is not None:
        model.load_state_dict(state.best_weights)
    return Training(model.eval(), _as_table(state.history, recipe, validation), stopped, state.best_epoch)


@torch.no_grad()
def predict(model: nn.Module, inputs: Any, batch_size: int = 256, device: str | torch.device | None = None) -> Tensor:
    """The model's outputs, computed in evaluation mode, batch by batch.

    Parameters
    ----------
    model : nn.Module
    inputs : ImageSet, tensor or array
        N samples. An ImageSet comes as its `tensors` do, uint8 scaled to [0, 1]; tensors and arrays are taken as they
        are, and must be what the model was trained on. Floats come in the precision of the model's weights.
    batch_size : int
        How many samples are on the device at once; the outputs do not depend on it.
    device : str, optional
        Where to compute; the model is moved there. By default where the model is.

    Returns
    -------
    Tensor, float32, (N, …)
        On the CPU, in the order of the inputs.

    Examples
    --------
    >>> predict(nn.Flatten(), torch.ones(3, 2, 2)).shape
    torch.Size([3, 4])
    """
    images = inputs if hasattr(inputs, "images") else None  # an ImageSet: bytes become floats batch by batch
    if images is not None:
        samples = torch.arange(len(images))
    else:
        samples = torch.as_tensor(inputs.tensors()[0] if hasattr(inputs, "tensors") else inputs)
    if batch_size < 1:
        raise ValueError(f"batch_size: {batch_size} came; at least 1 is needed")
    if device is not None:
        model.to(config.device(device))
    place = next((tensor.device for tensor in model.state_dict().values()), samples.device)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        batches = samples.split(batch_size)
        if images is not None:
            batches = (images[int(rows[0]) : int(rows[-1]) + 1].tensors()[0] for rows in batches)
        return torch.cat([model(in_precision(batch.to(place), model)).float().cpu() for batch in batches])
    finally:
        for module, mode in modes.items():
            module.training = mode


def _make_optimizer(make: Callable[..., Optimizer] | None, model: nn.Module) -> Optimizer:
    """The optimizer, its groups remembering the learning rate that a schedule scales."""
    optimizer = AdamW(model.parameters(), lr=1e-3) if make is None else make(model.parameters())
    for group in optimizer.param_groups:
        group["initial_lr"] = group["lr"]
    return optimizer


def _resume(state: State, path: Path, own: Mapping, epochs: int) -> None:
    """Go on from a checkpoint where there is one, unless it has already gone further than asked."""
    if not path.exists():
        return
    content = read(path, own)
    if len(content["history"]) > epochs:
        raise ValueError(f"epochs: {epochs} came, but {path} has already trained {len(content['history'])}")
    state.load(content)


def _bar(recipe: Recipe, state: State, n: int, *, shown: bool) -> tqdm:
    """One bar for the whole run, counting batches."""
    batches = math.ceil(n / recipe.batch_size)
    done, total = len(state.history) * batches, recipe.epochs * batches
    return tqdm(initial=done, total=total, unit="batch", disable=not shown, leave=False)


def _as_table(history: list[dict], recipe: Recipe, validation: Samples | None) -> pd.DataFrame:
    """The history as a table, with its columns even where no epoch was completed."""
    measured = [] if validation is None else ["validation_loss", *recipe.metrics]
    return pd.DataFrame(history, columns=["epoch", "train_loss", *measured, "learning_rate", "seconds"])
