"""The explorers of lecture 3 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import pytest
from lecture_page import lecture_page

READING_ROOM, INSPECTOR, OPERATING_POINT = range(3)
SETUP = """
cohort = chest_xray.simulate_radiographs(40, size=64, seed=2)
validation = chest_xray.simulate_radiographs(40, size=64, seed=1)
network = chest_xray.trained_network(0)
scores, others = (predict(network, part).numpy() for part in (cohort, validation))
"""
EXPLORERS = [
    "explorers.reading_room_explorer(cohort, scores=scores)",
    "explorers.cam_inspector_explorer(network, cohort)",
    "explorers.operating_point_explorer(cohort.labels, scores, (validation.labels, others), simulated=True)",
]


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "03_chest_xray", EXPLORERS, SETUP)


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(3)]

    lecture.expect_text("What do you see?", READING_ROOM)
    before = lecture.explorer_text(READING_ROOM)
    lecture.move_slider("Image", 2, READING_ROOM)
    lecture.wait_for_change(before, READING_ROOM)
    lecture.expect_text("Image 3 of", READING_ROOM)

    lecture.expect_text("= logit", INSPECTOR)
    lecture.choose("Finding", "Effusion", INSPECTOR)
    lecture.expect_text("Effusion", INSPECTOR)

    before = lecture.explorer_text(OPERATING_POINT)
    lecture.choose("Finding", "Effusion", OPERATING_POINT)
    lecture.wait_for_change(before, OPERATING_POINT)
    lecture.expect_text("Effusion", OPERATING_POINT)
    lecture.expect_text("sensitivity", OPERATING_POINT)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []
