"""Who comes, how often, with which findings: patterns of labels from the real table, follow-ups, reports' errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.chest_xray.findings import FINDINGS
from course_lib.published import published

CEILING = 0.14  # no finding is in more than this share of the images when a floor is set
WITHOUT_FINDING = 0.35
MOST_FINDINGS = 4  # in one image; the real table has more in 0.3 % of them
IMAGES_PER_PATIENT = (0.40, 0.22, 0.16, 0.12, 0.10)  # 1 to 5
FEMALE = 0.46  # of the patients of ChestX-ray14
AGE_MEAN, AGE_SD, AGES = 46.6, 16.6, (18, 94)  # of the images of ChestX-ray14, adults only
AGE_OF = {"Hernia": 15, "Fibrosis": 6, "Atelectasis": 4, "Emphysema": 4, "Pleural Thickening": 4, "Effusion": 3}
SEVERITY_POWER, DRIFT = 1.25, 0.08


@dataclass(frozen=True)
class Patterns:
    """Which findings come together, and how often.

    Attributes
    ----------
    present : array of bool, (P, 14)
    probability : array, (P,)
        Adds up to 1.
    """

    present: np.ndarray
    probability: np.ndarray

    @property
    def prevalence(self) -> np.ndarray:
        """Share of images with each finding, (14,)."""
        return self.probability @ self.present


@dataclass(frozen=True)
class Visit:
    """One radiograph to be taken: age in years, and the severity of each finding, 0 where it is absent."""

    age: int
    severity: np.ndarray


@lru_cache(maxsize=8)
def label_patterns(floor: float | None) -> Patterns:
    """The patterns of ChestX-ray14's labels, raked so that no finding is rarer than `floor`.

    With a floor, iterative proportional fitting moves each finding's prevalence to its real one clipped to
    [floor, .14], and images without a finding to 35 %; how findings go together is kept as nearly as that allows.
    Without one (None) the real shares stay.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). Annals of Mathematical Statistics 11(4), 427-444.
    """
    counts = published("chest_xray")["label_patterns"].value
    counts = {pattern: count for pattern, count in counts.items() if len(pattern.split("|")) <= MOST_FINDINGS}
    present = np.array([[finding in pattern.split("|") for finding in FINDINGS] for pattern in counts])
    probability = np.array(list(counts.values()), float)
    probability /= probability.sum()
    if floor is not None:
        target = np.clip(probability @ present, floor, CEILING)
        probability = _rake(present, probability, target)
    return Patterns(present, probability)


def _rake(present: np.ndarray, probability: np.ndarray, target: np.ndarray) -> np.ndarray:
    columns = np.column_stack([present, ~present.any(1)])
    goals = np.append(target, WITHOUT_FINDING)
    for _ in range(400):
        for column, goal in zip(columns.T, goals, strict=True):
            share = probability[column].sum()
            probability = np.where(column, probability * goal / share, probability * (1 - goal) / (1 - share))
    return probability


def draw_patient(
    rng: np.random.Generator, patterns: Patterns, n_images: int | None, persistence: float
) -> tuple[bool, list[Visit]]:
    """Sex (female or not) and visits of one patient."""
    female = bool(rng.random() < FEMALE)
    many = int(np.searchsorted(np.cumsum(IMAGES_PER_PATIENT), rng.random(), side="right")) + 1
    present = _draw_pattern(rng, patterns)
    older = max((AGE_OF.get(name, 0) for name, there in zip(FINDINGS, present, strict=True) if there), default=-1)
    age = _draw_age(rng, AGE_MEAN + older)
    severity = _draw_severity(rng) * present
    visits = [Visit(int(age), severity)]
    for _ in range((n_images or min(many, len(IMAGES_PER_PATIENT))) - 1):
        age = min(age + int(rng.random() < 0.25), AGES[1])
        stays, pattern, fresh = rng.random() < persistence, _draw_pattern(rng, patterns), _draw_severity(rng)
        drift = DRIFT * rng.standard_normal(len(FINDINGS))
        again = np.clip(severity + drift, 0.02, 1.0) * (severity > 0)
        both = np.where(severity > 0, again, fresh)
        severity = again if stays else both * pattern
        visits.append(Visit(int(age), severity))
    return female, visits


def _draw_pattern(rng: np.random.Generator, patterns: Patterns) -> np.ndarray:
    row = np.searchsorted(np.cumsum(patterns.probability), rng.random(), side="right")
    return patterns.present[min(row, len(patterns.present) - 1)]


def _draw_age(rng: np.random.Generator, mean: float) -> int:
    return int(np.clip(round(mean + AGE_SD * rng.standard_normal()), *AGES))


def _draw_severity(rng: np.random.Generator) -> np.ndarray:
    return np.maximum(rng.random(len(FINDINGS)) ** SEVERITY_POWER, 0.02)


def report_labels(
    rng: np.random.Generator, truth: np.ndarray, prevalence: np.ndarray, label_noise: float
) -> np.ndarray:
    """Labels as a text miner reads them from a report.

    A finding that is there is missed with probability ν; one that is not there is named with probability
    ν·p/(1 − p), p its prevalence. Sensitivity and positive predictive value are then both 1 − ν, and the prevalence
    stays.

    Parameters
    ----------
    truth : array of 0 and 1, (14,)
    prevalence : array, (14,)
    label_noise : float
        ν, in [0, .5].
    """
    flip = np.where(truth == 1, label_noise, label_noise * prevalence / (1 - prevalence))
    return np.where(rng.random(len(truth)) < flip, 1 - truth, truth)
