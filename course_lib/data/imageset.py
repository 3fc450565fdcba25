"""What flows through the house: images, and what is known about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data import validation
from course_lib.data.card import DatasetCard
from course_lib.data.resize import resize
from course_lib.data.splitting import split_indices

if TYPE_CHECKING:
    import pandas as pd
    import torch


@dataclass(frozen=True, eq=False)
class ImageSet:
    """N images with their labels, validated when made and never changed afterwards.

    The arrays are kept as read-only views: nothing is copied, and a memory-mapped array stays one.

    Parameters
    ----------
    images : ndarray, (N, H, W), (N, H, W, 3) or (N, D, H, W)
        uint8, or float32 of any finite range; uint8 becomes [0, 1] in `tensors`. Gray images, color images or volumes:
        four axes with a last one of length 3 are color images. Floats must be finite: one NaN turns every weight of a
        network into NaN.
    labels : ndarray, optional
        (N,) integers: classes; (N, L) zeros and ones: several findings per image; (N,) floats: a measured quantity.
    class_names : sequence of str
        The name of each class or finding; empty where they have none.
    groups : ndarray, (N,), optional
        What must stay together in a split, such as the patient.
    covariates : pandas.DataFrame, N rows, optional
        Age, sex, site …
    card : DatasetCard, optional
        Where the images come from.
    extras : mapping of str to ndarray with N rows
        What else belongs to each image: masks, the truth behind a simulation, the official split.

    Raises
    ------
    ValueError
        Naming the field, what came and what is allowed.

    Examples
    --------
    >>> digits = ImageSet(np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1]), class_names=("zero", "one"))
    >>> digits
    ImageSet(4 gray images of 8×8, uint8, 2 classes)
    >>> len(digits[1:]), digits[digits.labels == 1].labels.tolist()
    (3, [1, 1])
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    covariates: pd.DataFrame | None = None
    card: DatasetCard | None = None
    extras: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        images = validation.images(self.images)
        names = validation.class_names(self.class_names)
        self._set(
            images=images,
            class_names=names,
            labels=validation.labels(self.labels, len(images), names),
            groups=validation.groups(self.groups, len(images)),
            covariates=validation.covariates(self.covariates, len(images)),
            extras=validation.extras(self.extras, len(images)),
        )

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.images)

    def __iter__(self) -> Iterator[ImageSet]:
        return (self[index] for index in range(len(self)))

    @property
    def kind(self) -> str:
        """ "gray", "color" or "volume"."""
        if self.images.ndim == 3:
            return "gray"
        return "color" if self.images.shape[-1] == 3 else "volume"

    @property
    def task(self) -> str:
        """ "none", "classes", "multi-label" or "regression", from the labels."""
        if self.labels is None:
            return "none"
        if self.labels.ndim == 2:
            return "multi-label"
        return "regression" if self.labels.dtype.kind == "f" else "classes"

    def __getitem__(self, index: int | slice | Sequence[int] | np.ndarray) -> ImageSet:
        """The chosen images, always as an ImageSet: one integer gives a set of one.

        A slice is a view; indices and masks copy.
        """
        rows = validation.index(index, len(self))
        chosen = object.__new__(ImageSet)  # a part of what was validated needs no second look at every pixel
        chosen._set(
            images=validation.frozen(self.images[rows]),
            labels=None if self.labels is None else validation.frozen(self.labels[rows]),
            class_names=self.class_names,
            groups=None if self.groups is None else validation.frozen(self.groups[rows]),
            covariates=None if self.covariates is None else self.covariates.iloc[rows].reset_index(drop=True),
            card=self.card,
            extras={name: validation.frozen(values[rows]) for name, values in self.extras.items()},
        )
        return chosen

    def split(
        self,
        fractions: Sequence[float] = (0.7, 0.15, 0.15),
        stratify: bool = True,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> tuple[ImageSet, ...]:
        """Cut the set into parts; no group is ever on two sides.

        Parameters
        ----------
        fractions : sequence of float
            The share of each part; they add up to 1. With groups they are met as nearly as whole groups allow.
        stratify : bool
            Whether each part should have the same mix of labels, as nearly as possible.
        groups : ndarray, (N,), optional
            What must stay together; the set's own groups by default.
        seed : int
            The same seed gives the same parts.

        Raises
        ------
        ValueError
            If the fractions are not positive or do not add up to 1, or there are fewer groups (images) than parts.

        Examples
        --------
        >>> patients = np.repeat(np.arange(10), 3)
        >>> train, test = ImageSet(np.zeros((30, 8, 8), np.uint8), groups=patients).split((0.8, 0.2))
        >>> len(train), len(test), set(train.groups) & set(test.groups)
        (24, 6, set())
        """
        together = self.groups if groups is None else validation.groups(groups, len(self))
        mix = self.labels if stratify else None
        return tuple(self[rows] for rows in split_indices(len(self), fractions, mix, together, seed))

    def resized(self, side: int) -> ImageSet:
        """The same set with every image (or volume) brought to ``side`` pixels along each axis, bicubically.

        Extras are kept as they are: masks are not resized with the images.

        Raises
        ------
        ValueError
            If ``side`` is not a positive whole number.

        Examples
        --------
        >>> ImageSet(np.zeros((2, 28, 28, 3), np.uint8)).resized(32)
        ImageSet(2 color images of 32×32, uint8)
        """
        if not isinstance(side, (int, np.integer)) or side < 1:
            raise ValueError(f"side: {side!r} is not allowed; it is a whole number of pixels, 1 or more")
        axes = 3 if self.kind == "volume" else 2
        return replace(self, images=np.stack([resize(image, (side,) * axes) for image in self.images]))

    def tensors(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Images and labels for a network, copied into memory.

        Returns
        -------
        images : float32 tensor, (N, 1, H, W), (N, 3, H, W) or (N, 1, D, H, W)
            In [0, 1] where they were uint8; floats come as they are.
        labels : int64 tensor for classes, float32 for findings and measurements, None without labels
        """
        import torch

        images = torch.from_numpy(np.array(self.images))
        images = images.permute(0, 3, 1, 2) if self.kind == "color" else images.unsqueeze(1)  # channels second
        images = images.float().div_(255) if images.dtype == torch.uint8 else images
        if self.labels is None:
            return images.contiguous(), None
        dtype = torch.int64 if self.task == "classes" else torch.float32
        return images.contiguous(), torch.tensor(np.array(self.labels, order="C"), dtype=dtype)

    def class_counts(self) -> dict[str, int]:
        """How many images each class or finding has, by name (by number where it has none)."""
        if self.task not in ("classes", "multi-label"):
            return {}
        if self.task == "multi-label":
            counts = self.labels.sum(axis=0, dtype=int)
        else:
            counts = np.bincount(self.labels.astype(np.int64), minlength=len(self.class_names))
        names = self.class_names or [str(number) for number in range(len(counts))]
        return dict(zip(names, counts.tolist(), strict=True))

    def __repr__(self) -> str:
        noun = {"gray": "gray images", "color": "color images", "volume": "volumes"}[self.kind]
        size = "×".join(
            str(length) for length in (self.images.shape[1:3] if self.kind == "color" else self.images.shape[1:])
        )
        known = {
            "classes": f"{len(self.class_counts())} classes",
            "multi-label": f"{len(self.class_counts())} findings",
        }
        parts = [f"{len(self)} {noun} of {size}", str(self.images.dtype), known.get(self.task, self.task)]
        simulated = ["simulated"] if self.card is not None and self.card.simulated else []
        return f"ImageSet({', '.join(simulated + [part for part in parts if part != 'none'])})"

    def _repr_html_(self) -> str:
        counts = "".join(
            f"<tr><td style='text-align:left'>{escape(name)}</td><td>{count:,}</td></tr>"
            for name, count in self.class_counts().items()
        )
        table = (
            f"<table><tr><th style='text-align:left'>class</th><th>images</th></tr>{counts}</table>" if counts else ""
        )
        card = self.card._repr_html_() if self.card is not None else ""
        return f"{card}<div>{escape(repr(self))}</div>{table}"
