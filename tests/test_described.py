"""What a listener is told of a figure."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib import plotting
from course_lib.described import in_words


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_titles_come_first_and_what_the_axes_measure_after_them():
    figure, axes = plotting.figure(2)
    axes[0].set(title="Older brains are thinner", xlabel="Age (years)", ylabel="Thickness (mm)")
    axes[1].set(title="Not everywhere.", xlabel="Age (years)", ylabel="Thickness (mm)")
    assert in_words(figure) == "Older brains are thinner. Not everywhere. Thickness (mm) against Age (years)."


def test_a_title_at_the_left_or_over_all_panels_is_read_too():
    figure, ax = plotting.figure()
    figure.suptitle("Two\nlines")
    ax.set_title("at the left", loc="left")
    assert in_words(figure) == "Two lines. at the left."


def test_a_sheet_of_images_is_not_read_to_its_end():
    figure, axes = plotting.figure((2, 10))
    for number, ax in enumerate(axes.flat):
        plotting.image_axes(ax, np.zeros((2, 2)), title=f"digit {number}")
    assert in_words(figure).endswith("digit 5. and 14 more.")


def test_a_figure_without_words_still_says_what_it_is():
    figure, axes = plotting.figure(2)
    assert in_words(figure) == "A drawing."
    for ax in axes:
        plotting.image_axes(ax, np.zeros((2, 2)))
    assert in_words(figure) == "2 images."


def test_a_notebook_shows_the_words_with_the_picture_and_leaves_the_drawing_to_its_own_settings():
    from IPython.core.interactiveshell import InteractiveShell

    formatter = InteractiveShell.instance().display_formatter
    formatter.formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", lambda figure: "drawn")
    figure, ax = plotting.figure()
    ax.set_title("Found")
    data, metadata = formatter.format(figure)
    InteractiveShell.clear_instance()
    assert data["image/png"] == "drawn"
    assert metadata["image/png"] == {"alt": "Found."}
