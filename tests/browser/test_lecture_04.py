"""The explorers of lecture 4 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import pytest
from lecture_page import lecture_page

AGING, LAB, PATCHES, GAP = range(4)
SETUP = """
import numpy as np
import pandas as pd
from course_lib.brain_age.anatomy import template
from course_lib.brain_age.patches import PatchGrid
from course_lib.brain_age.predictors import simulate_predictor

grid, sides = PatchGrid((40, 48, 40), 16, (3, 3, 3)), []
for seed, n in ((0, 80), (1, 100)):
    age = np.random.default_rng(seed).uniform(45, 80, n)
    sides += [np.stack([simulate_predictor(age, 0.3 + p / 60, seed=100 * seed + p) for p in range(27)], axis=1), age]

def people(diagnosis, n, gap, seed, site="A"):
    age = np.random.default_rng(seed).uniform(50, 80, n)
    predicted = simulate_predictor(age + gap, 0.8, seed=seed)
    return pd.DataFrame({"age": age, "predicted": predicted, "diagnosis": diagnosis, "site": site})

groups = [("control", 60, 0, 1), ("MCI", 40, 3, 2), ("AD", 40, 7, 3), ("MCI", 40, 9, 5, "B")]
cohort = pd.concat([people(*group) for group in groups])
healthy = people("control", 60, 0, 4)
"""
EXPLORERS = [
    "explorers.aging_brain_explorer()",
    "explorers.correction_lab_explorer()",
    "explorers.patch_map_explorer(*sides, grid, template(4).t1, simulated=True)",
    "explorers.gap_explorer(cohort, healthy, simulated=True)",
]


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "04_brain_age", EXPLORERS, SETUP)


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(4)]

    lecture.expect_text("A brain of 70 years.", AGING)
    lecture.move_slider("Age (years)", 2, AGING)
    lecture.expect_text("A brain of 72 years.", AGING)
    lecture.move_slider("Ventricles older", 3, AGING)
    lecture.expect_text("with ventricles as at 75.", AGING)

    lecture.expect_text("This is not accuracy", LAB)
    lecture.choose("Correction", "Smith", LAB)
    lecture.expect_text("Smith's correction, fitted on 200 other people", LAB)
    lecture.choose("Ages put in", "their predicted ages", LAB)
    lecture.expect_text("what flattered is gone", LAB)

    lecture.write("Patches in it", "1-4", PATCHES)
    lecture.expect_text("mean of 4 of 27 patches", PATCHES)
    lecture.choose("Combined by", "linear regression", PATCHES)
    lecture.expect_text("Its 5 weights were fitted on 80 validation people", PATCHES)
    before = lecture.explorer_text(PATCHES)
    lecture.click(0.06, 0.35, PATCHES)
    lecture.wait_for_change(before, PATCHES)

    before = lecture.explorer_text(GAP)
    lecture.choose("Compare with controls", "AD", GAP)
    lecture.wait_for_change(before, GAP)
    lecture.switch("Match ages", GAP)
    lecture.expect_text("pairs within 2 years of age", GAP)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []
