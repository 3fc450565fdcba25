"""Compare the gaps of patients with those of controls: corrected or not, at matched ages or not, in two scanners."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from course_lib.explorer import Choice, Explorer, FloatSlider, Scene, Switch

from ..figures.groups import draw_ages, draw_strips
from ..figures.lines import plain, signed
from ..gap import GapComparison, compare_gaps
from .corrections import METHODS, NONE, corrected_ages, heard, name_of

CONTROL = "control"
NEEDED = ["age", "predicted", "diagnosis", "site"]
REPLICATES = 500
SIZE = 13


@dataclass(frozen=True, eq=False)
class Compared:
    """Who is compared: a cohort by row, and healthy people that a correction is fitted on.

    Attributes
    ----------
    cohort : DataFrame
        Columns age, predicted, diagnosis, site.
    calibration : (age, predicted), arrays (M,)
    simulated : bool
    """

    cohort: pd.DataFrame
    calibration: tuple[np.ndarray, np.ndarray]
    simulated: bool

    @property
    def groups(self) -> list[str]:
        """Diagnoses beside the controls."""
        return [name for name in self.cohort["diagnosis"].unique() if name != CONTROL]

    @property
    def sites(self) -> list[str]:
        """In their order by name; the controls are those of the first."""
        return sorted(self.cohort.loc[self.cohort["diagnosis"] != CONTROL, "site"].unique())

    @property
    def home(self) -> str:
        """Site of the controls."""
        return min(self.cohort.loc[self.cohort["diagnosis"] == CONTROL, "site"])

    @lru_cache(maxsize=16)  # noqa: B019, an explorer lives as long as its notebook
    def gaps(self, method: str) -> tuple[np.ndarray, str]:
        """Everybody's gap in years, and what the correction warns of."""
        age, predicted = (self.cohort[name].to_numpy(float) for name in ("age", "predicted"))
        corrected, caution = corrected_ages(method, self.calibration, predicted, age)
        return corrected - age, caution

    def rows(self, group: str, site: str) -> np.ndarray:
        """Places of the people of a diagnosis at a site."""
        return np.flatnonzero((self.cohort["diagnosis"] == group) & (self.cohort["site"] == site))

    @lru_cache(maxsize=64)  # noqa: B019, as above
    def found(self, group: str, site: str, method: str, caliper: float | None) -> tuple[GapComparison, str]:
        """What `compare_gaps` says of a group against the controls, and what it warns of."""
        (gaps, _), age = self.gaps(method), self.cohort["age"].to_numpy(float)
        cases, controls = self.rows(group, site), self.rows(CONTROL, self.home)
        return heard(
            compare_gaps,
            gaps[cases],
            gaps[controls],
            age_cases=age[cases],
            age_controls=age[controls],
            caliper=caliper,
            n_replicates=REPLICATES,
        )


def gap_explorer(cohort: pd.DataFrame, calibration: pd.DataFrame, *, simulated: bool) -> Explorer:
    """Compare the brain-age gaps of a diagnosis with those of controls, and see what each choice does to the answer.

    Parameters
    ----------
    cohort : DataFrame
        Columns age and predicted in years, diagnosis (one of them "control"), site.
    calibration : DataFrame
        Columns age and predicted of healthy people who are not in the cohort: the correction is fitted on them.
    simulated : bool
        Whether the pictures and sentences are to say so.

    Raises
    ------
    ValueError
        If a column is missing, there is no control, or nobody else.
    """
    compared = checked(cohort, calibration, simulated)
    return Explorer(
        partial(gap_scene, compared),
        title="Brain-age gap of a group",
        panels=2,
        size=(11, 4.8),
        group=Choice("Compare with controls", compared.groups),
        site=Choice("Site of the patients", compared.sites),
        method=Choice("Correction", METHODS),
        matched=Switch("Match ages"),
        caliper=FloatSlider("Caliper (years)", 2, min=0.5, max=5, step=0.5),
    )


def checked(cohort: pd.DataFrame, calibration: pd.DataFrame, simulated: bool) -> Compared:
    """A `Compared`, once it is clear that there is something to compare."""
    for name, frame, needed in (("cohort", cohort, NEEDED), ("calibration", calibration, NEEDED[:2])):
        if missing := [column for column in needed if column not in frame]:
            raise ValueError(f"{name}: columns {missing} are missing; needed are {needed}")
    diagnoses = set(cohort["diagnosis"])
    if CONTROL not in diagnoses or len(diagnoses) < 2:
        raise ValueError(f"cohort: got diagnoses {sorted(diagnoses)}, needed are {CONTROL!r} and another one")
    pair = tuple(calibration[name].to_numpy(float) for name in NEEDED[:2])
    return Compared(cohort[NEEDED].reset_index(drop=True), pair, simulated)


def gap_scene(
    compared: Compared, group: str, site: str, method: str = NONE, matched: bool = False, caliper: float = 2.0
) -> Scene:
    """What `gap_explorer` shows for these values of its controls."""
    cases, controls = compared.rows(group, site), compared.rows(CONTROL, compared.home)
    if not len(cases):
        raise ValueError(f"site: nobody with {group} was scanned at site {site}")
    found, note = compared.found(group, site, method, caliper if matched else None)
    (gaps, caution), age = compared.gaps(method), compared.cohort["age"].to_numpy(float)
    cases, controls = cases[found.i_cases], controls[found.i_controls]  # those who were compared
    everybody = gaps[np.isin(compared.cohort["diagnosis"], [CONTROL, group])]
    limits = float(np.nanmin(everybody)) - 1, float(np.nanmax(everybody)) + 1

    def figure(axes):
        shown = {CONTROL: controls, group: cases}
        strips, ages = ({name: values[rows] for name, rows in shown.items()} for values in (gaps, age))
        what = "Raw" if method == NONE else f"Corrected ({name_of(method)})"
        draw_strips(strips, ax=axes[0], simulated=compared.simulated, title=what, limits=limits, size=SIZE)
        title = "Matched" if matched else "Not matched"
        draw_ages(ages, ax=axes[1], simulated=compared.simulated, title=title, limits=(age.min(), age.max()),
            size=SIZE)  # fmt: skip

    said = [_who(found, group, site, caliper), _measures(found, group), _ages(found)]
    return Scene(
        text=" ".join(
            filter(None, ["Simulated."] * compared.simulated + said + [_abroad(compared, site), caution, note])
        ),
        alt=f"Left, the gaps of controls and of {group}, with means and intervals; right, histograms of their ages.",
        figure=figure,
    )


def _abroad(compared: Compared, site: str) -> str:
    """What else is in the gap where the scanners differ."""
    if site == compared.home:
        return ""
    return f"They were scanned at site {site}, the controls at {compared.home}: what the scanner does is in the gap."


def _who(found: GapComparison, group: str, site: str, caliper: float) -> str:
    """How many of each are compared."""
    said = f"{found.n_cases:,} people with {group} at site {site} against {found.n_controls:,} controls"
    return f"{said}." if found.n_pairs is None else f"{said}: {found.n_pairs:,} pairs within {caliper:g} years of age."


def _measures(found: GapComparison, group: str) -> str:
    """Difference, effect size and AUROC, each with its interval."""
    low, high = (signed(bound) for bound in found.difference_interval)
    g = f"Hedges' g {plain(found.hedges_g, 2)} ({_range(found.hedges_g_interval)})"
    area = f"AUROC {found.auroc:.2f} ({_range(found.auroc_interval)})"
    return f"Gap of {group} {signed(found.difference)} years against controls ({low} to {high}); {g}; {area}."


def _ages(found: GapComparison) -> str:
    """How far the ages are apart."""
    said = f"Mean age {signed(found.age_difference)} years against controls"
    return f"{said}." if found.n_pairs is None else f"{said}, in the pairs {signed(found.age_difference_matched)}."


def _range(bounds: tuple[float, float]) -> str:
    return f"{plain(bounds[0], 2)} to {plain(bounds[1], 2)}"
