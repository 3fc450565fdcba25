"""The training loop itself: epochs of optimizer steps, a look at the validation set after each, and when to stop."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_lib.training.checkpoint import State
from course_lib.training.recipe import Recipe
from course_lib.training.samples import Samples, random_state, seed_for, shuffled

if TYPE_CHECKING:
    from lightning_fabric import Fabric

ORDER, DROPOUT, TRANSFORM = range(3)  # the three uses of chance in an epoch, each with its own seed


@dataclass
class Loop:
    """One run: the recipe, the data, the state it changes, and the progress bar that shows it."""

    fabric: Fabric
    recipe: Recipe
    state: State
    train: Samples
    validation: Samples | None
    bar: tqdm
    after_epoch: Callable[[dict], object]

    def __post_init__(self):
        self.model, self.optimizer = self.fabric.setup(self.state.model, self.state.optimizer)

    def run(self) -> str:
        """Train epoch after epoch; says why it ended: finished, early or interrupted."""
        try:
            while len(self.state.history) < self.recipe.epochs:
                if self.out_of_patience():
                    return "early"
                row = self.run_epoch(len(self.state.history) + 1)
                self.remember(row)
                if self.fabric.is_global_zero:
                    self.after_epoch(row)
        except KeyboardInterrupt:
            return "interrupted"
        return "finished"

    def run_epoch(self, epoch: int) -> dict:
        """Train once over everything, then look at the validation set: one row of the history."""
        start = time.perf_counter()
        self.bar.set_description(f"epoch {epoch}/{self.recipe.epochs}", refresh=False)
        row = {"epoch": epoch, "train_loss": self.train_epoch(epoch)}
        self.require_finite("train_loss", row)
        if self.validation is not None:
            row |= self.evaluate()
            self.require_finite("validation_loss", row)
        row |= {"learning_rate": self.optimizer.param_groups[0]["lr"], "seconds": time.perf_counter() - start}
        self.bar.set_postfix({name: f"{value:.4f}" for name, value in row.items() if name.endswith("_loss")})
        return self.fabric.broadcast(row)  # one process's word for all, so that all stop at the same epoch

    def train_epoch(self, epoch: int) -> float:
        """One pass over the training set in a fresh order; the mean loss per sample.

        All chance is seeded from (seed, epoch): an epoch depends on the weights it starts from, on nothing before.
        """
        seed, rank, device = self.recipe.seed, self.fabric.global_rank, self.fabric.device
        order = shuffled(len(self.train), seed_for(seed, epoch, ORDER))
        generator = torch.Generator(device).manual_seed(seed_for(seed, epoch, TRANSFORM))
        steps = order.split(self.recipe.batch_size * self.recipe.accumulate)
        self.model.train()
        losses = []
        with random_state(seed_for(seed, epoch, DROPOUT, rank), device):
            for number, samples in enumerate(steps):
                self.set_learning_rate((epoch - 1 + number / len(steps)) / self.recipe.epochs)
                losses += self.step(samples, generator)
        self.model.eval()
        return float(self.fabric.all_reduce(torch.stack(losses).sum(), reduce_op="sum")) / len(self.train)

    def step(self, samples: Tensor, generator: torch.Generator) -> list[Tensor]:
        """One step of the optimizer down the gradient of the mean loss over `samples`, taken batch by batch.

        Processes average their gradients, so each multiplies its sum of losses by their number; the result is the mean
        over all samples, however unevenly they are shared out. Returns the sum of losses of each batch.
        """
        sums = []
        self.optimizer.zero_grad()
        batches = samples.split(self.recipe.batch_size)
        for batch in batches:
            inputs, targets, count = self.share(batch, generator)
            with self.fabric.no_backward_sync(self.model, enabled=batch is not batches[-1]):
                loss = count * self.recipe.loss(self.model(inputs), targets)
                self.fabric.backward(loss * (self.fabric.world_size / len(samples)))
            sums.append(loss.detach())
            self.bar.update()
        self.optimizer.step()
        return sums

    def share(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, int]:
        """This process's part of a batch (every n-th sample), and how many samples count in it.

        A transform sees the whole batch, so that it draws the same numbers however many processes share it. A process
        left without a sample takes the first one and counts it zero times: it must still meet the others.
        """
        rank, world = self.fabric.global_rank, self.fabric.world_size
        mine = slice(rank, None, world) if rank < len(batch) else slice(0, 1)
        count = len(range(rank, len(batch), world))
        if self.recipe.transform is None:
            return *self.train.take(batch[mine], self.fabric.device), count
        inputs, targets = self.train.take(batch, self.fabric.device)
        return self.recipe.transform(inputs, generator)[mine], targets[mine], count

    def set_learning_rate(self, fraction_done: float) -> None:
        """Scale every group's own learning rate by the schedule's factor."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"] * self.recipe.factor(fraction_done)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Mean loss and metrics on the validation set; every process evaluates all of it."""
        total, outputs = 0.0, []
        for inputs, targets in self.validation.in_turn(self.recipe.batch_size, self.fabric.device):
            output = self.model(inputs)
            total += len(targets) * self.recipe.loss(output, targets)
            if self.recipe.metrics:
                outputs.append(output.float().cpu())
        row = {"validation_loss": float(total) / len(self.validation)}
        if self.recipe.metrics:
            true, predicted = self.validation.targets.cpu().numpy(), torch.cat(outputs).numpy()
            row |= {name: float(metric(true, predicted)) for name, metric in self.recipe.metrics.items()}
        return row

    def require_finite(self, name: str, row: Mapping) -> None:
        """Stop at a loss that is no number: nothing learned after it is worth keeping."""
        if not math.isfinite(row[name]):
            rate = self.optimizer.param_groups[0]["lr"]
            raise FloatingPointError(
                f"{name} became {row[name]} in epoch {row['epoch']}: try a smaller learning rate (it was {rate:g}), "
                "look for NaN or unscaled values in the inputs and targets, or set precision='32-true'"
            )

    def remember(self, row: dict) -> None:
        """Add a row to the history; if it is the best so far, note it, and keep its weights where needed."""
        state, value = self.state, row.get(self.recipe.monitor, math.nan)
        best = math.inf if self.recipe.mode == "min" else -math.inf
        if state.best_epoch is not None:
            best = state.history[state.best_epoch - 1][self.recipe.monitor]
        state.history.append(row)
        if self.recipe.better(value, best):
            state.best_epoch = row["epoch"]
            if self.recipe.patience is not None:
                state.best_weights = copy.deepcopy(state.model.state_dict())

    def out_of_patience(self) -> bool:
        """Whether `patience` epochs have passed since the best one."""
        waited = len(self.state.history) - (self.state.best_epoch or 0)
        return self.recipe.patience is not None and waited >= self.recipe.patience
