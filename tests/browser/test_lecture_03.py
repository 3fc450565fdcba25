"""The explorers of lecture 3 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import json

import pytest
from test_kit import notebook

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
    """The lecture's own setup and explorers, on a smaller cohort, on a page that has run them."""
    source = json.loads((lab.folder / "notebooks" / "03_chest_xray.ipynb").read_text())
    code = ["".join(cell["source"]) for cell in source["cells"] if cell["cell_type"] == "code"]
    setup = code[: 1 + next(number for number, cell in enumerate(code) if "plotting.use()" in cell)]
    shown = {line.partition("(")[0] for cell in code for line in cell.splitlines() if line.startswith("explorers.")}
    assert shown == {line.partition("(")[0] for line in EXPLORERS}
    (lab.folder / "explorers_03.ipynb").write_text(json.dumps(notebook([*setup, SETUP, *EXPLORERS])))
    page = open_notebook("explorers_03.ipynb")
    page.run_all()
    return page


def changed(page, number: int, before: str) -> None:
    page.page.wait_for_function(
        "([n, old]) => document.querySelectorAll('.course-explorer .course-text')[n].innerText !== old",
        arg=[number, before],
    )


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(3)]

    lecture.expect_text("What do you see?", READING_ROOM)
    before = lecture.explorer_text(READING_ROOM)
    lecture.move_slider("Image", 2, READING_ROOM)
    changed(lecture, READING_ROOM, before)
    lecture.expect_text("Image 3 of", READING_ROOM)

    lecture.expect_text("= logit", INSPECTOR)
    lecture.choose("Finding", "Effusion", INSPECTOR)
    lecture.expect_text("Effusion", INSPECTOR)

    before = lecture.explorer_text(OPERATING_POINT)
    lecture.choose("Finding", "Effusion", OPERATING_POINT)
    changed(lecture, OPERATING_POINT, before)
    lecture.expect_text("Effusion", OPERATING_POINT)
    lecture.expect_text("sensitivity", OPERATING_POINT)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []
