"""The explorers of lecture 6 in JupyterLab: move a control, read the changed sentence, draw a lasso on the map."""

import io
import re

import numpy as np
import pytest
from lecture_page import lecture_page
from PIL import Image
from playwright.sync_api import expect

AUGMENTATIONS, LOSSES, LAPSE, ATLAS = range(4)
SETUP = """
cells = simulate_blood(200, seed=0)
lapse = explorers.TimeLapse(cells.labels)
fitted = TSimCNE.for_two_cores(epochs=(2, 1, 2), callback=lapse, progress=False).fit(cells)
"""
EXPLORERS = [
    "explorers.augmentation_lab_explorer(cells)",
    "explorers.loss_lab_explorer()",
    "explorers.time_lapse_explorer(lapse, cells.class_names, 0.5)",
    "explorers.atlas_explorer(fitted.embedding_, cells, batches=cells.covariates['batch'])",
]


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "06_tsimcne", EXPLORERS, SETUP)


def draw_lasso(page, number):
    """Around the middle of the map, whose points must be there to be seen."""
    canvas = page.explorer(number).locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box, mouse = canvas.bounding_box(), page.page.mouse
    picture = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("HSV"))
    assert (picture[:, 130:, 1] > 100).mean() > 0.002, "no colored points on the map"
    corners = [(0.3, 0.2), (0.7, 0.2), (0.7, 0.8), (0.3, 0.8), (0.3, 0.25)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=15)
    mouse.up()


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(4)]

    lecture.expect_text("Simulated; image 0,", AUGMENTATIONS)
    lecture.move_slider("Image", 2, AUGMENTATIONS)
    lecture.expect_text("Simulated; image 2,", AUGMENTATIONS)
    before = lecture.explorer_text(AUGMENTATIONS)
    lecture.choose("Rotations", "none", AUGMENTATIONS)
    lecture.wait_for_change(before, AUGMENTATIONS)

    lecture.expect_text("A click moves view 1.", LOSSES)
    lecture.choose("A click moves", "view 2", LOSSES)
    lecture.expect_text("A click moves view 2.", LOSSES)
    before = lecture.explorer_text(LOSSES)
    lecture.click(0.3, 0.3, LOSSES)
    lecture.wait_for_change(before, LOSSES)

    lecture.expect_text("stage 3, epoch 2: everything learns.", LAPSE)
    lecture.move_slider("Epoch", -2, LAPSE)
    lecture.expect_text("stage 2, epoch 1: only the last layer learns.", LAPSE)

    lecture.expect_text("200 of 200 images chosen", ATLAS)
    lecture.choose("Color by", "k-NN", ATLAS)
    expect(lecture.explorer(ATLAS).get_by_text("wrong", exact=True)).to_be_visible()  # in the map's legend
    draw_lasso(lecture, ATLAS)
    lecture.expect_text(re.compile(r"^\s*(?!200 )\d+ of 200 images chosen"), ATLAS)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []
