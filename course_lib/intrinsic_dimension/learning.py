"""How hard is a data set to learn? Many small trainings, one row of a table each."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm.auto import tqdm

from course_lib.data import ImageSet
from course_lib.data.files import write_whole
from course_lib.training import fit, predict
from course_lib.training.checkpoint import describe_model

from .networks import small_classifier
from .tasks import draw_parts

KEY = ["task", "network", "n_train", "seed"]


@dataclass(frozen=True)
class Plan:
    """What all trainings share.

    Attributes
    ----------
    n_validation, n_test : int
        Images, half of either class.
    epochs, batch_size : int
        An epoch is as many steps for every training size: smaller sets are gone over several times.
    learning_rate : float
        Adam's, at the start; it falls along a cosine.
    """

    n_validation: int = 60
    n_test: int = 100
    epochs: int = 10
    batch_size: int = 16
    learning_rate: float = 2e-3


def training_curves(
    tasks: Mapping[str, ImageSet],
    *,
    sizes: Sequence[int] = (40, 80, 160),
    networks: Mapping[str, Callable[[int], nn.Module]] | None = None,
    seeds: Sequence[int] = (0, 1),
    plan: Plan | None = None,
    path: str | Path | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Train every network on every task, with every training size and seed, and test each once.

    A seed draws test, validation and training images anew, class-balanced and with nobody's images on two sides;
    smaller training sets lie within the larger ones. The epoch is chosen on the validation images, and the network of
    that epoch is tested.

    Parameters
    ----------
    tasks : mapping of str to ImageSet
        From `binary_task`.
    sizes : sequence of int
        Training images, even.
    networks : mapping of str to callable(channels) -> nn.Module, optional
        Each takes (B, channels, H, W) and gives two outputs; by default `small_classifier`.
    seeds : sequence of int
    plan : Plan, optional
    path : path, optional
        A table (CSV), written after every training; runs that are in it are not done again.
    progress : bool

    Returns
    -------
    DataFrame
        One row per training: task, network, n_train, seed, n_test, epoch (the chosen one), validation_accuracy,
        accuracy (on the test images), highest_test_accuracy (over all epochs: what one gets by choosing with the test
        images, and must not report), recipe (a hash of data and settings).

    Raises
    ------
    ValueError
        If there is nothing to train, a size is odd, a task is not binary or too small, or the table holds the same
        training with other data or settings.
    KeyboardInterrupt
        If the stop button came before any training had finished; later, those finished are kept and returned.
    """
    plan, networks = plan or Plan(), networks or {"small": small_classifier}
    runs = list(_runs(tasks, sizes, networks, seeds))
    _check(tasks, {"tasks": tasks, "sizes": sizes, "networks": networks, "seeds": seeds})
    table = _Table(None if path is None else Path(path))
    try:
        for name, network, n_train, seed in tqdm(runs, desc="Trainings", disable=not progress, leave=False):
            key = {"task": name, "network": network, "n_train": n_train, "seed": seed}
            recipe = _recipe(tasks[name], networks[network], max(sizes), plan)
            if not table.has(key, recipe):
                found = _train(tasks[name], networks[network], n_train, max(sizes), seed, plan)
                table.add(key | found | {"recipe": recipe})
    except KeyboardInterrupt:  # the stop button, in a training or between two
        pass
    return table.of(runs)


def _runs(tasks, sizes, networks, seeds) -> Iterator[tuple[str, str, int, int]]:
    return ((task, network, n, seed) for task in tasks for network in networks for seed in seeds for n in sizes)


def _train(task: ImageSet, build: Callable, n_train: int, largest: int, seed: int, plan: Plan) -> dict:
    """One training's numbers."""
    test, validation, train = draw_parts(task, [plan.n_test, plan.n_validation, largest], seed)
    again = np.resize(train[:n_train], largest)
    (x_test, y_test), held_out, learned = (task[rows].tensors() for rows in (test, validation, again))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build(learned[0].shape[1])
    tested = []

    def look(_epoch: int, _row: dict, model: nn.Module) -> None:
        tested.append(_accuracy(y_test.numpy(), predict(model, x_test).numpy()))

    run = fit(
        model,
        learned,
        held_out,
        metrics={"accuracy": _accuracy},
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        optimizer=lambda parameters: torch.optim.Adam(parameters, lr=plan.learning_rate),
        schedule="cosine",
        patience=plan.epochs,
        monitor="accuracy",
        mode="max",
        seed=seed,
        progress=False,
        callback=look,
    )
    if run.stopped == "interrupted":
        raise KeyboardInterrupt  # half a training is no row
    chosen = run.history.set_index("epoch").loc[run.best_epoch, "accuracy"]
    return {
        "n_test": len(test),
        "epoch": run.best_epoch,
        "validation_accuracy": float(chosen),
        "accuracy": tested[run.best_epoch - 1],
        "highest_test_accuracy": max(tested),
    }


def _accuracy(targets: np.ndarray, outputs: np.ndarray) -> float:
    return float((outputs.argmax(axis=1) == targets).mean())


class _Table:
    """Finished trainings, in memory and where there is a path on disk."""

    def __init__(self, path: Path | None):
        self.path, self.rows = path, []
        if path is not None and path.exists():
            words = dict.fromkeys(("task", "network", "recipe"), str)  # also where a hash reads like a number
            table = pd.read_csv(path, dtype=words, keep_default_na=False)
            self.rows = table.to_dict("records")

    def has(self, key: dict, recipe: str) -> bool:
        for row in self.rows:
            if all(row[name] == value for name, value in key.items()):
                if row["recipe"] != recipe:
                    raise ValueError(
                        f"path: {self.path} holds {key} with other data or settings; name another file, or delete it"
                    )
                return True
        return False

    def add(self, row: dict) -> None:
        self.rows.append(row)
        if self.path is not None:
            text = io.StringIO()
            pd.DataFrame(self.rows).to_csv(text, index=False)
            write_whole(self.path, text.getvalue().encode())

    def of(self, runs: list[tuple]) -> pd.DataFrame:
        """The rows of these trainings, in their order."""
        by_key = {tuple(row[name] for name in KEY): row for row in self.rows}
        if not (found := [by_key[key] for key in runs if key in by_key]):
            raise KeyboardInterrupt("no training was finished")
        return pd.DataFrame(found)


def _check(tasks: Mapping[str, ImageSet], asked: Mapping[str, Sequence | Mapping]) -> None:
    if empty := [name for name, values in asked.items() if not len(values)]:
        raise ValueError(f"{empty[0]}: got none, at least one is needed")
    if odd := [size for size in asked["sizes"] if size < 2 or size % 2]:
        raise ValueError(f"sizes: got {odd[0]}, allowed are even numbers from 2, half for either class")
    for name, task in tasks.items():
        if task.task != "classes" or set(np.unique(task.labels)) != {0, 1}:
            raise ValueError(f"tasks: {name!r} has labels that are not 0 and 1; make it one with binary_task")


def _recipe(task: ImageSet, build: Callable, largest: int, plan: Plan) -> str:
    """A hash of all that a training depends on, but for its key."""
    channels = 3 if task.kind == "color" else 1
    groups = None if task.groups is None else task.groups.tolist()
    with torch.random.fork_rng():
        network = describe_model(build(channels))
    about = [vars(plan), largest, network, task.labels.tolist(), groups]
    content = hashlib.sha256(json.dumps(about, default=str).encode())
    content.update(np.ascontiguousarray(task.images))
    return content.hexdigest()[:12]
