"""The explorers of lecture 5 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import pytest
from lecture_page import lecture_page

NEIGHBORHOOD, LAB, SLICES, PAPER = range(4)
EXPLORERS = [
    "explorers.neighborhood_explorer()",
    "explorers.estimator_lab_explorer()",
    "explorers.patient_slices_explorer()",
    "explorers.paper_fit_explorer()",
]


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "05_intrinsic_dimension", EXPLORERS)


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(4)]

    lecture.expect_text("Point 350:", NEIGHBORHOOD)
    lecture.move_slider("Point", 3, NEIGHBORHOOD)
    lecture.expect_text("Point 353:", NEIGHBORHOOD)
    lecture.choose("Cloud", "helix", NEIGHBORHOOD)
    lecture.expect_text("the truth is 1.", NEIGHBORHOOD)
    before = lecture.explorer_text(NEIGHBORHOOD)
    lecture.click(0.2, 0.3, NEIGHBORHOOD)
    lecture.wait_for_change(before, NEIGHBORHOOD)

    lecture.expect_text("true dimension 10, MLE says", LAB)
    lecture.choose("Estimator", "TwoNN", LAB)
    lecture.expect_text("true dimension 10, TwoNN says", LAB)
    lecture.move_slider("True dimension", 2, LAB)
    lecture.expect_text("true dimension 12, TwoNN says", LAB)

    lecture.expect_text("600 images of 600 patients", SLICES)
    lecture.choose("Slices of each patient", "5", SLICES)
    lecture.expect_text("600 images of 120 patients", SLICES)
    lecture.choose("Neighbors", "one slice per patient", SLICES)
    lecture.expect_text("Neighbors one slice per patient:", SLICES)

    lecture.expect_text("n = 7 data sets", PAPER)
    lecture.write("Leave out (names, commas)", "prostate", PAPER)
    lecture.expect_text("n = 6 data sets", PAPER)
    lecture.choose("Images", "natural", PAPER)
    lecture.expect_text("n = 4 data sets", PAPER)  # prostate waits for its own domain
    lecture.write("Leave out (names, commas)", "nobody", PAPER)
    lecture.expect_text("Not possible: 'nobody' is not one of MNIST", PAPER)
    lecture.write("Leave out (names, commas)", "mnist", PAPER)
    lecture.expect_text("n = 3 data sets", PAPER)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []
