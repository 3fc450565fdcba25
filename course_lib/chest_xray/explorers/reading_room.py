"""Read a radiograph first, then see what is there, what the report says and what the model thinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from course_lib.data import ImageSet
from course_lib.explorer import Choice, Explorer, IntSlider, Scene, Switch

from ..explain import common_scale
from ..figures.reading_panels import draw_evidence, draw_outlines, draw_reading_form, draw_window
from ..simulator import finding_mask
from .scores import as_probabilities

EVERY, NONE = "every image", "no finding"
FIRST = 3  # of the model's opinion
SEX = {"F": "woman", "M": "man"}


@dataclass(frozen=True, eq=False)
class Room:
    """What is read: a cohort, and what a model says about it.

    Attributes
    ----------
    cohort : ImageSet
    there : array of bool, (N, L), or None
        The truth, where it is known.
    probability : array, (N, L), or None
    maps : dict finding -> array (N, h, w) in [−1, 1], each finding's on one scale
    reach : dict finding -> the evidence that the full color stands for
    """

    cohort: ImageSet
    there: np.ndarray | None
    probability: np.ndarray | None
    maps: dict[str, np.ndarray]
    reach: dict[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the findings."""
        return self.cohort.class_names

    @property
    def simulated(self) -> bool:
        """Whether no patient was involved."""
        return self.cohort.card is not None and self.cohort.card.simulated

    def rows(self, show: str) -> np.ndarray:
        """Places of the images with a finding, by the truth where it is known, else by the report."""
        found = np.asarray(self.cohort.labels if self.there is None else self.there, bool)
        if show == EVERY:
            return np.arange(len(found))
        return np.flatnonzero(~found.any(axis=1) if show == NONE else found[:, self.names.index(show)])


def reading_room_explorer(
    cohort: ImageSet,
    scores: ArrayLike | None = None,
    maps: Mapping[str, ArrayLike] | None = None,
    *,
    logits: bool = True,
) -> Explorer:
    """Browse radiographs by finding and window them; what is there and what the model thinks is shown on demand.

    Parameters
    ----------
    cohort : ImageSet
        Gray images with labels (N, L), at least one image. With the extras `true_labels` and `masks` of
        `simulate_radiographs`, the truth can be told and outlined; without them the report's labels are all there is.
    scores : array, (N, L), optional
        Logits, or probabilities with ``logits=False``.
    maps : dict finding -> array (N, h, w), optional
        Heat maps, as `class_activation_map` gives them; each finding's images share one scale.

    Raises
    ------
    ValueError
        If the cohort is of another kind, or scores or maps do not belong to its images.
    """
    room = furnished(cohort, scores, maps, logits)
    choices = [show for show in (EVERY, NONE, *room.names) if len(room.rows(show))]
    show, number = Choice("Show", choices), IntSlider("Image", 1, min=1, max=len(cohort))
    show.observe(lambda change: _fit(number, len(room.rows(change.new))), "value")  # before the explorer redraws
    controls = {"show": show, "number": number}
    controls |= {"truth": Switch("Show what is there" if room.there is not None else "Show the report")}
    if scores is not None:
        controls |= {"opinion": Switch("Show the model's opinion")}
    if room.maps:
        controls |= {"heat": Choice("Heat map", ["none", *room.maps])}
    controls |= {
        "center": IntSlider("Window center", 128, max=255),
        "width": IntSlider("Window width", 256, min=2, max=384),
    }
    return Explorer(partial(reading_scene, room), title="Reading room", panels=2, size=(10.5, 5.2), **controls)


def furnished(cohort: ImageSet, scores: ArrayLike | None, maps: Mapping | None, logits: bool = True) -> Room:
    """A `Room`, checked."""
    if cohort.kind != "gray" or cohort.task != "multi-label" or not len(cohort) or not cohort.class_names:
        raise ValueError(f"cohort: got {cohort!r}, allowed are gray images with labels (N, L) and their names")
    if scores is not None:
        if np.shape(scores) != cohort.labels.shape:
            raise ValueError(
                f"scores: got shape {np.shape(scores)}, allowed is that of the labels, {cohort.labels.shape}"
            )
        scores = as_probabilities(scores, logits)
    for name, values in (maps or {}).items():
        if name not in cohort.class_names or len(values) != len(cohort):
            raise ValueError(f"maps: got {len(values)} of {name!r} for {len(cohort)} images; allowed are its findings")
    there = cohort.extras.get("true_labels")
    return Room(
        cohort,
        None if there is None else there.astype(bool),
        scores,
        {name: common_scale(values) for name, values in (maps or {}).items()},
        {name: float(np.abs(values).max()) for name, values in (maps or {}).items()},
    )


def reading_scene(
    room: Room,
    show: str,
    number: int,
    truth: bool = False,
    opinion: bool = False,
    heat: str = "none",
    center: int = 128,
    width: int = 256,
) -> Scene:
    """What `reading_room_explorer` shows for these values of its controls."""
    rows = room.rows(show)
    if not 1 <= number <= len(rows):
        raise ValueError(f"number: got {number}, allowed are 1 to {len(rows)}: so many images are shown as {show!r}")
    row = int(rows[number - 1])
    pixels = room.cohort.images[row] * (1 if room.cohort.images.dtype == np.uint8 else 255.0)
    reported = room.cohort.labels[row].astype(bool)
    there = room.there[row] if truth and room.there is not None else None
    outlined = {} if there is None or "masks" not in room.cohort.extras else _masks(room, row, there)
    probability = room.probability[row] if opinion else None
    order = None if probability is None else np.argsort(-probability, kind="stable")[:FIRST]

    def figure(axes):
        draw_window(pixels, (center, width), f"Image {number} of {len(rows)}", ax=axes[0], simulated=room.simulated)
        if heat != "none":
            draw_evidence(room.maps[heat][row], pixels.shape, ax=axes[0])
        draw_outlines(outlined, ax=axes[0])
        title = "Read first: what do you see?"
        if truth:
            title = f"There: {_listed(room.names, there)}" if there is not None else "As the report has it"
        elif opinion:
            title = f"The model's first thought: {room.names[order[0]]}"
        reports = reported if truth else None
        draw_reading_form(room.names, title, ax=axes[1], there=there, reported=reports, probability=probability)

    said = [
        f"{'Simulated. ' if room.simulated else ''}Image {number} of {len(rows)}{_of(show)}: {_patient(room, row)}."
    ]
    if truth:
        said.append(_told(room.names, there, reported))
    if order is not None:
        thoughts = ", ".join(f"{room.names[place]} {100 * probability[place]:.1f} %" for place in order)
        said.append(f"The model's first {len(order)}: {thoughts}.")
    if heat != "none":
        strongest, reach = room.maps[heat][row].max() * room.reach[heat], room.reach[heat]
        words = f"Heat map of {heat}: at most {strongest:+.2f} in this image, full color is ±{reach:.2f}."
        said.append(words.replace("-", "−"))
    if not truth and not opinion:
        said.append("What do you see?")
    return Scene(text=" ".join(said), alt=_alt(room, row, outlined, heat, truth, opinion), figure=figure)


def _fit(number: ipywidgets.IntSlider, most: int) -> None:
    number.max = most


def _masks(room: Room, row: int, there: np.ndarray) -> dict[str, np.ndarray]:
    image = room.cohort[row]
    return {name: finding_mask(image, name)[0] for name, present in zip(room.names, there, strict=True) if present}


def _of(show: str) -> str:
    return "" if show == EVERY else f" with {show}"


def _patient(room: Room, row: int) -> str:
    """Who it is: number, sex, age, how often seen before."""
    about = {} if room.cohort.covariates is None else room.cohort.covariates.iloc[row].to_dict()
    sex, age, follow_up = (about.get(name) for name in ("sex", "age", "follow_up"))
    words = [] if room.cohort.groups is None else [f"patient {room.cohort.groups[row]}"]
    words += [SEX[sex]] if sex in SEX else []
    words += [f"{age:.0f} years"] if age is not None and np.isfinite(age) else []
    if follow_up is not None:
        words.append("first image" if follow_up == 0 else f"follow-up {follow_up}")
    return ", ".join(words) or "nothing is known of the patient"


def _listed(names: Sequence[str], marks: np.ndarray) -> str:
    return ", ".join(name for name, mark in zip(names, marks, strict=True) if mark) or "no finding"


def _told(names: Sequence[str], there: np.ndarray | None, reported: np.ndarray) -> str:
    """The truth and the report, and where these differ."""
    if there is None:
        return f"The report names {_listed(names, reported)}; what is truly there is not known."
    missed, invented = there & ~reported, reported & ~there
    wrong = [f"misses {_listed(names, missed)}"] if missed.any() else []
    wrong += [f"names {_listed(names, invented)}, which is not there"] if invented.any() else []
    agreed = f"the report {' and '.join(wrong)}" if wrong else "the report's labels agree"
    return f"There: {_listed(names, there)}; {agreed}."


def _alt(room: Room, row: int, outlined: dict, heat: str, truth: bool, opinion: bool) -> str:
    image = "A simulated radiograph" if room.simulated else "A radiograph"
    on_it = [f"{', '.join(outlined)} outlined"] if outlined else []
    on_it += [f"the heat map of {heat} over it"] if heat != "none" else []
    beside = ["what is there and reported"] if truth else []
    beside += ["the model's probabilities"] if opinion else []
    listed = f"the list of {len(room.names)} findings {'with ' + ' and '.join(beside) if beside else 'to fill in'}"
    return f"{', '.join([f'{image} of the chest', *on_it])}; beside it {listed}."
