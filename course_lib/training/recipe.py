"""How to train: what the arguments of `fit` allow, and how two runs are told apart."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from course_lib.training.checkpoint import State, describe_model, describe_optimizer
from course_lib.training.samples import Samples

OWN_COLUMNS = ("epoch", "train_loss", "validation_loss", "learning_rate", "seconds")


@dataclass(frozen=True)
class Recipe:
    """The arguments of `fit` that are neither the model nor the data nor the machine; see there for their meaning."""

    loss: Callable[[Tensor, Tensor], Tensor]
    metrics: Mapping[str, Callable]
    epochs: int
    batch_size: int
    accumulate: int
    schedule: str | Callable[[float], float] | None
    patience: int | None
    monitor: str
    mode: str
    transform: Callable | None
    seed: int

    def __post_init__(self):
        for name in ("epochs", "batch_size", "accumulate", "patience"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}: {value} came; at least 1 is needed")
        if self.seed < 0:
            raise ValueError(f"seed: {self.seed} came; at least 0 is needed")
        if self.mode not in ("min", "max"):
            raise ValueError(f"mode: {self.mode!r} came; allowed are 'min' and 'max'")
        if not (self.schedule in (None, "cosine") or callable(self.schedule)):
            raise ValueError(f"schedule: {self.schedule!r} came; allowed are None, 'cosine' and a function")
        if taken := set(OWN_COLUMNS) & set(self.metrics):
            raise ValueError(f"metrics: {sorted(taken)} came; the history uses these names for columns of its own")

    def check_against(self, validation: Samples | None) -> None:
        """Metrics need a validation set; what is monitored must be in the history."""
        if self.metrics and validation is None:
            raise ValueError(f"metrics: {sorted(self.metrics)} came without validation, on which they are computed")
        allowed = ["train_loss"] + ([] if validation is None else ["validation_loss", *self.metrics])
        unused = self.patience is None and self.monitor == "validation_loss"
        if self.monitor not in allowed and not unused:
            raise ValueError(f"monitor: {self.monitor!r} came; this run's history can offer {allowed}")

    def factor(self, fraction_done: float) -> float:
        """The schedule's factor on the learning rate; the cosine falls from 1 to 0 along half a period."""
        if self.schedule is None:
            return 1.0
        if self.schedule == "cosine":
            return (1 + math.cos(math.pi * fraction_done)) / 2
        return float(self.schedule(fraction_done))

    def better(self, value: float, best: float) -> bool:
        """Whether a monitored value improves on the best so far; NaN never does."""
        return value < best if self.mode == "min" else value > best


def settings(recipe: Recipe, state: State, train: Samples, validation: Samples | None) -> dict:
    """What must be equal for a checkpoint to be this run's: plain values, named as the arguments of `fit` are.

    A schedule is known by its factors and by the epochs it spreads over; functions are known by their names.
    """
    plain = ("seed", "batch_size", "accumulate", "patience", "monitor", "mode")
    return {name: getattr(recipe, name) for name in plain} | {
        "model": describe_model(state.model),
        "optimizer": describe_optimizer(state.optimizer),
        "train": train.fingerprint(),
        "validation": None if validation is None else validation.fingerprint(),
        "loss": _name(recipe.loss),
        "metrics": list(recipe.metrics),
        "transform": _name(recipe.transform),
        "schedule": [recipe.factor(quarter / 4) for quarter in range(4)],
        "epochs of the schedule": None if recipe.schedule is None else recipe.epochs,
    }


def _name(function: Callable | None) -> str | None:
    return None if function is None else getattr(function, "__name__", type(function).__name__)
