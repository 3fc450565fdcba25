"""The three stages of t-SimCNE, epoch by epoch: two views of every image, one loss, one step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_lib.training.checkpoint import State, read, write
from course_lib.training.samples import seed_for, shuffled
from course_lib.whole import check_open

from .augmentation import Augmentation
from .losses import contrastive_loss
from .networks import Encoder
from .recipe import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

ORDER, VIEWS, OUTPUT = range(3)  # the three uses of chance, each with its own seed


@dataclass(frozen=True)
class Plan:
    """What a run does, apart from its images and network.

    Attributes
    ----------
    epochs : tuple of int
        Of each stage: three for t-SimCNE, one for SimCLR.
    """

    epochs: tuple[int, ...]
    batch_size: int
    kernel: str
    augmentation: Augmentation
    recipe: Recipe
    seed: int


@dataclass
class Run:
    """One training: what it is made of, and the state that it changes.

    Parameters
    ----------
    images : Tensor, uint8 or float from 0 to 1, (N, C, H, W)
        On the device, where it stays.
    fill : Tensor, (C,)
        Of corners.
    after_epoch : callable(row)
        Called when an epoch is done and its checkpoint written, in the first process.
    """

    fabric: Fabric
    plan: Plan
    encoder: Encoder
    images: Tensor
    fill: Tensor
    after_epoch: Callable[[dict], object] = lambda row: None
    checkpoint: Path | None = None
    settings: dict[str, str] = field(default_factory=dict)
    progress: bool = True
    compile: bool = False
    history: list[dict] = field(default_factory=list)

    def run(self) -> str:
        """Train stage after stage; "finished" or "interrupted"."""
        saved = None
        if self.checkpoint is not None:
            check_open("checkpoint", self.checkpoint.parent)  # before an epoch is spent
        if self.checkpoint is not None and self.checkpoint.exists():
            saved = read(self.checkpoint, self.settings)
            self.history = list(saved["history"])
        reached = self.history[-1]["stage"] if self.history else 1
        total = sum(self.plan.epochs)
        shown = self.progress and self.fabric.is_global_zero
        with tqdm(initial=len(self.history), total=total, unit="epoch", disable=not shown, leave=False) as bar:
            try:
                for stage in range(1, len(self.plan.epochs) + 1):
                    state = self.begin(stage)
                    if stage < reached:
                        continue
                    if saved is not None and stage == reached:
                        state.load(saved)
                        self.history = state.history
                    self.train(stage, state, bar)
            except KeyboardInterrupt:
                return "interrupted"
            finally:
                self.encoder.freeze_all_but_output(False)
                self.encoder.eval()
        return "finished"

    def begin(self, stage: int) -> State:
        """The network as the stage finds it, and a new optimizer."""
        if stage == 2:
            generator = torch.Generator().manual_seed(seed_for(self.plan.seed, 0, OUTPUT))
            self.encoder.replace_output(2, self.plan.recipe.output_sd, generator)
        self.encoder.freeze_all_but_output(stage == 2)
        trained = [parameter for parameter in self.encoder.parameters() if parameter.requires_grad]
        return State(self.encoder, self.plan.recipe.make_optimizer(trained), self.history)

    def train(self, stage: int, state: State, bar: tqdm) -> None:
        """All epochs of a stage that are not in the history yet."""
        done = sum(row["stage"] == stage for row in self.history)
        n_epochs, n_steps = self.plan.epochs[stage - 1], self.n_steps
        if done == n_epochs:
            return
        model = torch.compile(self.encoder) if self.compile else self.encoder
        model, optimizer = self.fabric.setup(model, state.optimizer)
        rates = self.plan.recipe.step_rates(stage, n_epochs, n_steps, self.plan.batch_size)
        for epoch in range(done, n_epochs):
            start = time.perf_counter()
            loss = self.train_epoch(model, optimizer, stage, epoch, rates[epoch])
            row = {"stage": stage, "epoch": epoch + 1, "loss": loss, "learning_rate": float(rates[epoch, -1])}
            row |= {"seconds": time.perf_counter() - start}
            self.history.append(row)
            bar.update()
            bar.set_description(f"stage {stage}", refresh=False)
            bar.set_postfix({"loss": f"{loss:.3f}"})
            if self.fabric.is_global_zero:
                if self.checkpoint is not None:
                    write(self.checkpoint, state, self.settings)
                self.after_epoch(row)

    @property
    def n_steps(self) -> int:
        """Batches of an epoch; images of an incomplete last one wait for the next epoch's order."""
        return max(len(self.images) // self.plan.batch_size, 1)

    def train_epoch(self, model, optimizer, stage: int, epoch: int, rates) -> float:
        """One pass over the images in a fresh order; the mean loss.

        All chance is seeded from (seed, stage, epoch): an epoch depends on the weights it starts from, on nothing
        before.
        """
        seed, device = (self.plan.seed, stage, epoch), self.images.device
        order = shuffled(len(self.images), seed_for(*seed, ORDER)).split(self.plan.batch_size)[: self.n_steps]
        generator = torch.Generator().manual_seed(seed_for(*seed, VIEWS))
        total = torch.zeros((), device=device)
        model.train()
        for batch, rate in zip(order, rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = float(rate)
            loss = self.loss(model, self.views(batch, generator))
            optimizer.zero_grad()
            self.fabric.backward(loss)
            optimizer.step()
            total += loss.detach()
        mean = float(total) / len(order)
        if not math.isfinite(mean):
            raise FloatingPointError(
                f"the loss became {mean} in epoch {epoch + 1} of stage {stage}: try precision='32-true', or look for "
                "NaN in the images"
            )
        return mean

    def views(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """This process's share of two views of each image: first all first views, then all second ones.

        Chance draws for the whole batch in every process, so that views are the same however many share them.
        """
        draws = self.plan.augmentation.draw(2 * len(batch), *self.images.shape[2:], generator)
        mine = torch.arange(len(batch))[self.fabric.global_rank :: self.fabric.world_size]
        images = self.images[batch[mine].to(self.images.device)].repeat(2, 1, 1, 1)
        views = self.plan.augmentation.apply(images, draws.take(torch.cat([mine, mine + len(batch)])), self.fill)
        return views.contiguous(memory_format=self.encoder.layout)

    def loss(self, model, views: Tensor) -> Tensor:
        """The loss of the whole batch: outputs of all processes are brought together, and gradients go back to each.

        Every process holds the same loss, so the gradient that comes back to one is the sum over processes; the mean
        over processes of the parameters' gradients, which DDP takes, is then that of one process with all images.
        """
        outputs = model(views).float()
        if self.fabric.world_size == 1:
            view1, view2 = outputs.chunk(2)
        else:  # one gathering for both: with two, gradients came back to the wrong views
            together = self.fabric.all_gather(outputs, sync_grads=True)  # (processes, 2B, D)
            view1, view2 = (view.flatten(0, 1) for view in together.chunk(2, dim=1))
        return contrastive_loss(view1, view2, self.plan.kernel)
