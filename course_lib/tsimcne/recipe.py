"""How to learn: the original's recipe for long runs, and one for short runs on two cores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from .schedule import factors, learning_rates

MOMENTUM, DECAY = 0.9, 5e-4  # of the original's SGD


@dataclass(frozen=True)
class Recipe:
    """Optimizer, learning rates and the spread of stage 2's first weights.

    Parameters
    ----------
    optimizer : {"sgd", "adamw"}
        SGD with momentum .9 and weight decay 5e-4, and the learning rates of `learning_rates`, constant in each epoch;
        or AdamW (betas .9 and .99, weight decay 1e-4) with the rates below and a schedule that changes with every step.
    output_sd : float
        Standard deviation of the weights of the last layer that stage 2 begins with.
    rates : (float, float, float)
        AdamW's peak rate in each stage.
    """

    optimizer: str = "sgd"
    output_sd: float = 1.0
    rates: tuple[float, float, float] = (6e-3, 1e-2, 6e-3)

    def __post_init__(self):
        if self.optimizer not in ("sgd", "adamw"):
            raise ValueError(f"optimizer: got {self.optimizer!r}, allowed are 'sgd', 'adamw'")

    def make_optimizer(self, parameters: Iterable[nn.Parameter]) -> Optimizer:
        """A new one, as every stage gets; its learning rate is set before each step."""
        if self.optimizer == "sgd":
            return SGD(parameters, lr=1.0, momentum=MOMENTUM, weight_decay=DECAY)
        return AdamW(parameters, lr=1.0, betas=(0.9, 0.99), weight_decay=1e-4)

    def step_rates(self, stage: int, n_epochs: int, n_steps: int, batch_size: int) -> np.ndarray:
        """The learning rate of every step of a stage, (n_epochs, n_steps)."""
        if self.optimizer == "sgd":
            return np.repeat(learning_rates(stage, n_epochs, batch_size)[:, None], n_steps, axis=1)
        n = n_epochs * n_steps
        return self.rates[stage - 1] * factors(n, 0 if stage == 2 else n).reshape(n_epochs, n_steps)


PAPER = Recipe()
SHORT = Recipe("adamw", 0.1)
RECIPES = {"paper": PAPER, "short": SHORT}
