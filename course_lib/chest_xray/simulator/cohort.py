"""Cohorts of simulated radiographs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import pandas as pd

from course_lib.chest_xray.findings import FINDINGS
from course_lib.data import DatasetCard, ImageSet

from .body import draw_body, draw_visit
from .detector import SITES
from .patients import CEILING, Patterns, draw_patient, label_patterns, report_labels
from .render import radiograph
from .vessels import grow

SIZES = (64, 128, 224)
LIFE, BODY, VESSELS, VISIT, REPORT, FINDING = range(6)  # streams of random numbers


@dataclass(frozen=True)
class _Picture:
    image: np.ndarray
    masks: np.ndarray
    truth: np.ndarray
    labels: np.ndarray
    severity: np.ndarray
    about: tuple[int, int, str, int]  # patient, age, sex, follow-up


def simulate_radiographs(
    n_patients: int,
    *,
    size: int = 64,
    seed: int = 0,
    site: str = "A",
    images_per_patient: int | None = None,
    persistence: float = 0.6,
    label_noise: float = 0.0,
    floor: float | None = 0.10,
) -> ImageSet:
    """Simulated PA chest radiographs with up to four of fourteen findings, and the mask of each.

    Every picture is 37 cm wide and high, whatever its size in pixels. The patient's right is on the left of the
    picture, bones are white. Which findings come together follows ChestX-ray14's table.

    Parameters
    ----------
    n_patients : int
        At least 1. The pictures of patient i depend on the other arguments and on i, not on how many there are.
    size : int
        64, 128 or 224 pixels along each side.
    seed : int
        Not negative.
    site : str
        "A", or "B": another hospital, with other gray values, less dose, sharpened edges, stronger bones and wider
        shutters around the same patients.
    images_per_patient : int, optional
        How often each patient is imaged; by default 1 to 5 times, with probabilities .40, .22, .16, .12 and .10.
    persistence : float
        Probability that a patient comes back with the findings of the visit before, a little better or worse;
        otherwise findings are drawn anew. A finding that a patient has again is at the same site.
    label_noise : float
        Share ν in [0, .5] of errors of text-mined labels: a finding is missed with probability ν, and named where it
        is not with probability ν·p/(1 − p) for a prevalence p, so that sensitivity and positive predictive value are
        both 1 − ν.
    floor : float or None
        Smallest prevalence: each finding's real one is clipped to [floor, .14], and 35 % of images have none; None
        keeps the real prevalences (hernia: 2 in 1,000).

    Returns
    -------
    ImageSet
        `images` uint8 (N, size, size); `labels` uint8 (N, 14) as mined from reports; `class_names` the findings;
        `groups` the patient; `covariates` age (years), sex ("F", "M") and follow_up (0 for the first image). `extras`:
        true_labels uint8 (N, 14); severity float32 (N, 14), 0 where absent, up to 1; masks uint16 (N, size, size), bit
        k set where finding k is, also where another one hides it.

    Raises
    ------
    ValueError
        If an argument is outside what is allowed.

    References
    ----------
    Wang, X. et al. (2017). ChestX-ray8. CVPR, 3462-3471: the findings, and how often they come together.

    Examples
    --------
    >>> cohort = simulate_radiographs(4, seed=1)
    >>> cohort.images.shape[1:], len(set(cohort.groups))
    ((64, 64), 4)
    """
    _check(n_patients, size, seed, site, images_per_patient, persistence, label_noise, floor)
    patterns = label_patterns(None if floor is None else float(floor))
    pictures = [
        picture
        for patient in range(n_patients)
        for picture in _patient(patient, size, seed, site, images_per_patient, persistence, label_noise, patterns)
    ]
    about = pd.DataFrame([picture.about for picture in pictures], columns=["patient", "age", "sex", "follow_up"])
    return ImageSet(
        np.stack([picture.image for picture in pictures]),
        np.stack([picture.labels for picture in pictures]).astype(np.uint8),
        class_names=FINDINGS,
        groups=about.pop("patient").to_numpy(),
        covariates=about,
        card=_card(site, seed),
        extras={
            "true_labels": np.stack([picture.truth for picture in pictures]).astype(np.uint8),
            "severity": np.stack([picture.severity for picture in pictures]).astype(np.float32),
            "masks": np.stack([picture.masks for picture in pictures]),
        },
    )


def _patient(
    patient: int,
    size: int,
    seed: int,
    site: str,
    n_images: int | None,
    persistence: float,
    label_noise: float,
    patterns: Patterns,
) -> Iterator[_Picture]:
    """All pictures of one patient."""

    def stream(*path: int) -> np.random.Generator:
        return np.random.default_rng([seed, patient, *path])

    female, visits = draw_patient(stream(LIFE), patterns, n_images, persistence)
    body, tree = draw_body(stream(BODY), visits[0].age, female), grow(stream(VESSELS))
    for number, visit in enumerate(visits):
        rng = stream(VISIT, number)
        today, placement = draw_visit(rng, body)
        image, masks = radiograph(
            today, tree, placement, visit.severity, size, SITES[site], lambda k: stream(FINDING, k), rng
        )
        truth = (visit.severity > 0).astype(np.uint8)
        labels = report_labels(stream(REPORT, number), truth, patterns.prevalence, label_noise)
        yield _Picture(
            image, masks, truth, labels, visit.severity, (patient, visit.age, "F" if female else "M", number)
        )


def finding_mask(cohort: ImageSet, finding: str) -> np.ndarray:
    """Where one finding is in each image of a simulated cohort.

    Parameters
    ----------
    cohort : ImageSet
        From :func:`simulate_radiographs`, or a part of it.
    finding : str
        One of the fourteen.

    Returns
    -------
    array of bool, (N, H, W)

    Raises
    ------
    ValueError
        If the finding is unknown, or the cohort has no masks.

    Examples
    --------
    >>> cohort = simulate_radiographs(3, seed=1)
    >>> drawn = finding_mask(cohort, "Nodule").any(axis=(1, 2))
    >>> np.array_equal(drawn, cohort.extras["true_labels"][:, FINDINGS.index("Nodule")])
    True
    """
    if finding not in FINDINGS:
        raise ValueError(f"finding: {finding!r} is unknown; allowed are {', '.join(FINDINGS)}")
    if "masks" not in cohort.extras:
        raise ValueError("cohort: it has no masks; only simulated radiographs come with them")
    return (cohort.extras["masks"] >> FINDINGS.index(finding) & 1).astype(bool)


def _card(site: str, seed: int) -> DatasetCard:
    return DatasetCard(
        name="chest radiographs",
        source=f"this course's simulator, site {site}, seed {seed}",
        license="as the course",
        citation="Labels after Wang, X. et al. (2017). ChestX-ray8. CVPR, 3462-3471.",
        simulated=True,
        description="PA views drawn from formulas, 37 cm wide; up to four of fourteen findings, each with its mask.",
    )


def _check(n_patients, size, seed, site, images_per_patient, persistence, label_noise, floor) -> None:
    whole = {"n_patients": (n_patients, 1), "seed": (seed, 0)}
    if images_per_patient is not None:
        whole["images_per_patient"] = (images_per_patient, 1)
    for name, (value, low) in whole.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
            raise ValueError(f"{name}: {value!r} is not allowed; a whole number from {low} on")
    if size not in SIZES:
        raise ValueError(f"size: {size!r} is not allowed; {', '.join(map(str, SIZES))} pixels")
    if site not in tuple(SITES):
        raise ValueError(f"site: {site!r} is unknown; allowed are {', '.join(map(repr, SITES))}")
    shares = {"persistence": (persistence, 0.0, 1.0), "label_noise": (label_noise, 0.0, 0.5)}
    if floor is not None:
        shares["floor"] = (floor, 0.0, CEILING)
    for name, (value, low, high) in shares.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
            raise ValueError(f"{name}: {value!r} is not allowed; a number from {low} to {high}")
