"""The explorers of lecture 1 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import json
import re

import pytest
from lecture_page import lecture_page
from notebook_page import CURRENT, PATIENCE
from playwright.sync_api import expect

DESCENT, CONVOLUTION, FIELD, LEDGER, BOTTLENECK = range(5)


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "01_cnn_fundamentals")


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(5)]

    lecture.expect_text("descent goes downhill without overshooting", DESCENT)
    lecture.move_slider("Steps", 1, DESCENT)
    lecture.expect_text("in 21 steps", DESCENT)

    lecture.expect_text("= 12; output 3×3", CONVOLUTION)
    lecture.switch("Flip the kernel", CONVOLUTION)
    lecture.expect_text("= 18; output 3×3", CONVOLUTION)
    lecture.move_slider("Padding p", 1, CONVOLUTION)
    lecture.expect_text("output 5×5 = ⌊(5−3+2)/1⌋+1", CONVOLUTION)
    lecture.write("Image", "3 3 2\n0 0", CONVOLUTION)
    lecture.expect_text("Not possible: image: row 2 has 2 of the 3 numbers of row 1", CONVOLUTION)

    lecture.expect_text("one unit sees 32 × 32 pixels", FIELD)
    lecture.choose("Network", "VGG-16, pool5", FIELD)
    lecture.expect_text("one unit sees 212 × 212 pixels", FIELD)

    lecture.expect_text("AlexNet: 60,965,224 parameters", LEDGER)
    lecture.choose("Network", "AlexNet, no last pool", LEDGER)
    lecture.expect_text("200,425,832 parameters", LEDGER)

    lecture.expect_text("112,896,000 multiplications", BOTTLENECK)
    lecture.move_slider("Channels after the 1×1", 16, BOTTLENECK)
    lecture.expect_text("1,505,280 + 3,763,200 = 5,268,480 multiplications", BOTTLENECK)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []


def test_a_click_on_the_picture_chooses_the_output_cell(lecture):
    before = lecture.explorer_text(CONVOLUTION)
    lecture.click(0.97, 0.5, CONVOLUTION)
    lecture.wait_for_change(before, CONVOLUTION)
    assert lecture.explorer_text(CONVOLUTION).startswith("row 2, column 3: ")
    assert lecture.errors == []


def test_a_saved_explorer_is_still_to_be_seen_when_its_kernel_is_gone(lecture, lab, open_notebook):
    lecture.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    lecture.page.evaluate(f"async () => {{ await {CURRENT}.sessionContext.shutdown(); }}")
    assert "widgets" in json.loads((lab.folder / "explorers_01.ipynb").read_text())["metadata"]
    reopened = open_notebook("explorers_01.ipynb")
    reopened.expect_text("descent goes downhill without overshooting", DESCENT)
    shown = expect(reopened.image(DESCENT))  # its picture comes a moment after the sentence
    shown.to_have_attribute("src", re.compile("."), timeout=PATIENCE)
