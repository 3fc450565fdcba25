"""The explorers of lecture 4 and the moves by which `benchmarks.explorers` times them.

Simulated predictions ask for the same arithmetic and the same picture as a network's.
"""

import numpy as np
import pandas as pd

from course_lib.brain_age.anatomy import template
from course_lib.brain_age.explorers import (
    aging_brain_explorer,
    correction_lab_explorer,
    gap_explorer,
    patch_map_explorer,
)
from course_lib.brain_age.patches import PatchGrid
from course_lib.brain_age.predictors import simulate_predictor
from course_lib.explorer import Explorer


def aging_difference() -> Explorer:
    """With everything on."""
    explorer = aging_brain_explorer()
    explorer.move(show=explorer.controls["show"].options[1])
    return explorer


def patch_map() -> Explorer:
    """27 patches, combined by linear regression."""
    grid, sides = PatchGrid((40, 48, 40), 16, (3, 3, 3)), []
    for seed, n in ((0, 200), (1, 300)):
        age = np.random.default_rng(seed).uniform(45, 80, n)
        told = [simulate_predictor(age, 0.3 + p / 60, seed=100 * seed + p) for p in range(len(grid))]
        sides += [np.stack(told, axis=1), age]
    explorer = patch_map_explorer(*sides, grid, template(4).t1, simulated=True)
    explorer.move(method="linear")
    return explorer


def gap_lab() -> Explorer:
    """Corrected, and at matched ages."""
    people = [_people(*who) for who in (("control", 120, 0), ("MCI", 80, 3), ("AD", 70, 7))]
    explorer = gap_explorer(pd.concat(people), _people("control", 200, 0, seed=9), simulated=True)
    explorer.move(method="beheshti", matched=True)
    return explorer


def _people(diagnosis: str, n: int, gap: float, seed: int = 0) -> pd.DataFrame:
    age = np.random.default_rng([seed, n]).uniform(50, 80, n)
    predicted = simulate_predictor(age + gap, 0.8, seed=n + seed)
    return pd.DataFrame({"age": age, "predicted": predicted, "diagnosis": diagnosis, "site": "A"})


ENTRIES = [
    ("brain age: aging brain", aging_brain_explorer, [{"age": age} for age in range(45, 80)]),
    ("brain age: aging brain, difference", aging_difference, [{"age": age} for age in range(45, 80)]),
    ("brain age: correction lab", correction_lab_explorer, [{"skill": step / 20} for step in range(20)]),
    ("brain age: patches", patch_map, [{"patch": patch} for patch in range(1, 28)]),
    ("brain age: gap of a group", gap_lab, [{"caliper": step / 2} for step in range(1, 10)]),
]
