"""What t-SimCNE and SimCLR share: fitting, mapping new images, saving and loading."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, TransformerMixin
from torch import Tensor

from course_lib import config
from course_lib.metrics.arguments import check_whole
from course_lib.training import predict
from course_lib.training.launch import start
from course_lib.training.samples import Samples, seed_for
from course_lib.training.samples import random_state as seeded

from .augmentation import Augmentation, border_color
from .inputs import as_images
from .networks import Encoder
from .recipe import RECIPES, Recipe
from .storage import load_estimator, save_estimator
from .training import Plan, Run

BATCH = 512  # images that are mapped at once
TWO_CORES = {"width": 16, "blocks": (1, 1), "stem": "3x3, stride 2", "batch_size": 128, "recipe": "short"}


class ContrastiveEstimator(TransformerMixin, BaseEstimator):
    """Parameters and methods of both; a subclass says which kernel, how many epochs, and what is mapped."""

    kernel: str
    paper_epochs: tuple[int, ...]

    def __init__(
        self,
        *,
        width=64,
        blocks=(2, 2, 2, 2),
        stem="3x3",
        epochs=None,
        batch_size=1024,
        augmentations="natural",
        recipe="paper",
        random_state=0,
        device=None,
        precision=None,
        compile=False,
        checkpoint=None,
        callback=None,
        progress=True,
    ):
        self.width = width
        self.blocks = blocks
        self.stem = stem
        self.epochs = epochs
        self.batch_size = batch_size
        self.augmentations = augmentations
        self.recipe = recipe
        self.random_state = random_state
        self.device = device
        self.precision = precision
        self.compile = compile
        self.checkpoint = checkpoint
        self.callback = callback
        self.progress = progress

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True  # images, not rows of features
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []  # whatever came, a map is float32
        return tags

    def fit(self, X: Any, y: None = None):
        """Learn from images alone; `y` is ignored.

        Parameters
        ----------
        X : ImageSet or array, (N, H, W) or (N, H, W, 3)
            uint8, or floats from 0 to 1; at least two images.

        Raises
        ------
        ValueError
            If the images or a parameter are not allowed, or the checkpoint belongs to another run.
        FloatingPointError
            If the loss becomes infinite or NaN.
        """
        images, epochs, recipe = as_images(X), self._epochs(), self._recipe()
        if len(images) < 2:
            raise ValueError("X: one image came; at least two are needed, for an image is told from others")
        batch_size = self._batch_size(len(images))
        check_whole("random_state", self.random_state)
        device = config.device(self.device)
        fabric = start(device, self.precision or config.precision(device))
        if batch_size % fabric.world_size:
            raise ValueError(f"batch_size: {batch_size} cannot be shared by {fabric.world_size} processes")
        with seeded(seed_for(self.random_state), torch.device("cpu")):
            encoder = Encoder(images.shape[1], self.width, self.blocks, stem=self.stem)
        self.encoder_ = encoder.to(fabric.device, memory_format=encoder.layout)
        images, self.fill_ = images.to(fabric.device), border_color(images)
        known = isinstance(self.augmentations, Augmentation)
        augmentation = self.augmentations if known else Augmentation(self.augmentations)
        plan = Plan(epochs, batch_size, self.kernel, augmentation, recipe, self.random_state)
        run = Run(fabric, plan, self.encoder_, images, self.fill_, self._after_epoch(images), progress=self.progress)
        run.compile, run.settings = self.compile, self._settings(images)
        run.checkpoint = None if self.checkpoint is None else Path(self.checkpoint)
        self.stopped_ = run.run()
        fabric.barrier()
        self.history_ = pd.DataFrame(run.history, columns=["stage", "epoch", "loss", "learning_rate", "seconds"])
        self.n_channels_ = images.shape[1]
        self.embedding_ = self._map(images)
        if self.stopped_ == "interrupted" and self.embedding_.shape[1] != self._n_outputs():
            warnings.warn(f"interrupted in stage 1: embedding_ is {self.embedding_.shape[1]}-dimensional", stacklevel=2)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Where images come to lie, new ones too: without augmentation, in evaluation mode; float32 (N, D)."""
        return self._map(as_images(X, self._fitted().n_channels_))

    def fit_transform(self, X: Any, y: None = None) -> np.ndarray:
        """`fit`, and the map: float32 (N, D)."""
        return self.fit(X).embedding_

    def features(self, X: Any) -> np.ndarray:
        """h, what the backbone says of images, before the head: float32 (N, n_features)."""
        return self._map(as_images(X, self._fitted().n_channels_), self.encoder_.backbone)

    def save(self, path: str | Path) -> None:
        """Write parameters, weights, map and history to one file of plain tensors (safetensors, no pickle)."""
        save_estimator(self._fitted(), Path(path))

    @classmethod
    def load(cls, path: str | Path, device: str | None = None):
        """What `save` wrote, on `device` (by default what `course_lib.config` chooses).

        Raises
        ------
        FileNotFoundError, ValueError
            If the file is not there, is damaged, or holds another estimator.
        """
        return load_estimator(cls, Path(path), config.device(device))

    def _fitted(self):
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "encoder_")
        return self

    def _map(self, images: Tensor, network: torch.nn.Module | None = None) -> np.ndarray:
        network = self._mapping() if network is None else network
        found = []
        for batch in images.split(BATCH):
            batch = batch / 255 if batch.dtype == torch.uint8 else batch
            found.append(predict(network, batch.contiguous(memory_format=self.encoder_.layout), BATCH))
        return torch.cat(found).numpy()

    def _mapping(self) -> torch.nn.Module:
        return self.encoder_

    def _n_outputs(self) -> int:
        return 2

    def _after_epoch(self, images: Tensor) -> Callable[[dict], None]:
        if self.callback is None:
            return lambda row: None
        return lambda row: self.callback(row, self._map(images))

    def _epochs(self) -> tuple[int, ...]:
        if self.epochs is None:
            return self.paper_epochs
        epochs, stages = (self.epochs,) if np.ndim(self.epochs) == 0 else tuple(self.epochs), len(self.paper_epochs)
        if len(epochs) != stages or not all(_is_whole(n, 1) for n in epochs):
            raise ValueError(f"epochs: got {self.epochs!r}, allowed are {stages} whole number(s) from 1")
        return tuple(int(n) for n in epochs)

    def _recipe(self) -> Recipe:
        if isinstance(self.recipe, Recipe):
            return self.recipe
        if self.recipe not in tuple(RECIPES):
            raise ValueError(f"recipe: got {self.recipe!r}, allowed are 'paper', 'short' or a Recipe")
        return RECIPES[self.recipe]

    def _batch_size(self, n: int) -> int:
        if not _is_whole(self.batch_size, 2):
            raise ValueError(f"batch_size: got {self.batch_size!r}, allowed are whole numbers from 2")
        return min(int(self.batch_size), n)

    def _settings(self, images: Tensor) -> dict[str, str]:
        """What a checkpoint must have been made with."""
        free = ("callback", "checkpoint", "compile", "device", "progress")
        told = {name: repr(value) for name, value in self.get_params().items() if name not in free}
        return told | {"images": Samples(images, torch.zeros(len(images))).fingerprint()}


def _is_whole(value: object, least: int) -> bool:
    """2.0 is whole too, as it comes from a search over parameters."""
    return isinstance(value, Real) and not isinstance(value, bool) and value >= least and float(value).is_integer()
