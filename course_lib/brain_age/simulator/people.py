"""Who is in a simulated cohort: ages, sexes, diagnoses, and how far each brain has aged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np

from .years import Years, mean_years

DIAGNOSES = ("control", "MCI", "AD")
GAP = {"control": (0.0, 2.0), "MCI": (3.0, 3.0), "AD": (7.0, 3.0)}  # biological − chronological age: mean, SD (years)
LOSS = {"control": 0.0, "MCI": 0.05, "AD": 0.12}  # further contraction of the hippocampi
ONSET = {"control": (1.0, 1.0), "MCI": (1.8, 1.2), "AD": (2.4, 1.2)}  # Beta distribution of ages: the ill are older
OWN = {"ventricles": 0.55, "hippocampi": 0.06, "cortex": 0.10}  # SD of each structure at a given biological age


@dataclass(frozen=True)
class Person:
    """One subject.

    Attributes
    ----------
    age, biological_age : float
        Years.
    sex : str
        "F" or "M".
    diagnosis : str
    years : Years of one brain
    """

    age: float
    biological_age: float
    sex: str
    diagnosis: str
    years: Years


def draw_person(
    rng: np.random.Generator, ages: tuple[float, float], shares: Mapping[str, float], older: Mapping[str, float]
) -> Person:
    """Draw a subject: diagnosis by its share, age within `ages`, then a biological age and what it did to the brain."""
    names, total = list(shares), sum(shares.values())
    diagnosis = names[int(np.searchsorted(np.cumsum([shares[name] / total for name in names]), rng.random()))]
    low, high = ages
    age = low + (high - low) * rng.beta(*ONSET[diagnosis])
    biological_age = age + rng.normal(*GAP[diagnosis])
    sex = "F" if rng.random() < 0.5 else "M"
    expected = {name: getattr(mean_years(np.array([biological_age + older.get(name, 0.0)])), name) for name in OWN}
    own = {name: rng.normal(0, sd) for name, sd in OWN.items()}
    own["hippocampi"] += LOSS[diagnosis]
    years = Years(*((expected[name] + value).astype(np.float32) for name, value in own.items()))
    return Person(float(age), float(biological_age), sex, diagnosis, years)


def check_shares(groups: str | Mapping[str, float]) -> dict[str, float]:
    """The share of each diagnosis, from a name or a mapping.

    Raises
    ------
    ValueError
        If a diagnosis is unknown, a share is negative or infinite, or none is positive.
    """
    if not isinstance(groups, (str, Mapping)):
        raise ValueError(f"groups: got {groups!r}, allowed are one of {DIAGNOSES}, or a mapping from them to shares")
    shares = {groups: 1.0} if isinstance(groups, str) else dict(groups)
    if unknown := [name for name in shares if name not in DIAGNOSES]:
        raise ValueError(f"groups: got {unknown[0]!r}, allowed are {', '.join(map(repr, DIAGNOSES))}")
    numbers = all(
        isinstance(share, Real) and not isinstance(share, bool) and 0 <= share < np.inf for share in shares.values()
    )
    if not numbers or not sum(shares.values()) > 0:
        raise ValueError(f"groups: got {groups!r}, allowed are shares of at least 0, one of them positive")
    return {name: float(shares[name]) for name in DIAGNOSES if shares.get(name, 0) > 0}


def check_older(older: Mapping[str, float] | None) -> dict[str, float]:
    """The years by which structures are older than the rest.

    Raises
    ------
    ValueError
        If a structure is unknown, or its years are no number from −20 to 20.
    """
    if not isinstance(older, Mapping | None):
        raise ValueError(f"older: got {older!r}, allowed is a mapping from structures to years")
    extra = dict(older or {})
    for name, value in extra.items():
        if name not in OWN:
            raise ValueError(f"older: got {name!r}, allowed are {', '.join(map(repr, OWN))}")
        if isinstance(value, bool) or not isinstance(value, Real) or not -20 <= value <= 20:
            raise ValueError(f"older: got {value!r} for {name!r}, allowed are years from -20 to 20")
    return extra
