"""The explorers of lecture 2 in JupyterLab: move a control, read the changed sentence, see no error on the console."""

import pytest
from lecture_page import lecture_page

COCKPIT, PREVALENCE, BOOTSTRAP, CALIBRATION = range(4)


@pytest.fixture
def lecture(lab, open_notebook):
    return lecture_page(lab, open_notebook, "02_classification_metrics")


def test_each_explorer_of_the_lecture_answers_in_the_browser(lecture):
    pictures = [lecture.image(number).get_attribute("src") for number in range(4)]

    lecture.expect_text("TP 63, FN 37, FP 28, TN 72", COCKPIT)
    lecture.choose("Preset", "C′", COCKPIT)
    lecture.expect_text("TP 76, FN 24, FP 12, TN 88", COCKPIT)
    lecture.switch("Invert the decisions", COCKPIT)
    lecture.expect_text("TP 24, FN 76, FP 88, TN 12", COCKPIT)
    lecture.choose("Preset", "A", COCKPIT)
    lecture.expect_text("TP 63, FN 37, FP 28, TN 72", COCKPIT)
    lecture.choose("Share of the ill", "1%", COCKPIT)
    lecture.expect_text("calling nobody ill: 0.990", COCKPIT)
    before = lecture.explorer_text(COCKPIT)
    lecture.move_slider("Threshold", 3, COCKPIT)
    lecture.wait_for_change(before, COCKPIT)

    lecture.expect_text("PPV 0.9000, NPV 0.9000", PREVALENCE)
    lecture.choose("Prevalence", "0.19%", PREVALENCE)
    lecture.expect_text("PPV 0.0168", PREVALENCE)
    lecture.move_slider("Specificity", 1, PREVALENCE)
    lecture.expect_text("specificity 0.901", PREVALENCE)

    lecture.expect_text("400 images of 100 patients", BOOTSTRAP)
    lecture.move_slider("Images per patient", -3, BOOTSTRAP)
    lecture.expect_text("100 images of 100 patients", BOOTSTRAP)
    lecture.move_slider("Replicates", 2, BOOTSTRAP)
    lecture.expect_text("(220 replicates)", BOOTSTRAP)

    lecture.expect_text("AUROC 0.843, Brier score 0.1136", CALIBRATION)
    lecture.move_slider("Shift of the logits", 5, CALIBRATION)
    lecture.expect_text("+ 0.05: AUROC 0.843, Brier score 0.113", CALIBRATION)

    for number, before in enumerate(pictures):
        lecture.wait_for_new_picture(before, number)
    assert lecture.errors == []


def test_a_click_between_the_scores_moves_the_threshold(lecture):
    lecture.expect_text("TP 63, FN 37", COCKPIT)
    lecture.click(0.12, 0.25, COCKPIT)  # far to the left: nearly everybody is called ill
    lecture.expect_text("FN 0", COCKPIT)
    assert lecture.errors == []
