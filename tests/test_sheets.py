"""Contact sheets and dots by class show what they are given."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib import sheets


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.mark.parametrize("shape", [(11, 6, 6), (11, 6, 6, 3), (11, 12, 5, 3)])
def test_a_sheet_shows_every_image_with_its_caption_inside_the_axes(ax, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    sheets.draw_sheet(images, [f"number {row}" for row in range(11)], ax=ax, columns=4, title="All", simulated=True)
    assert all((np.asarray(shown.get_array()) == image).all() for shown, image in zip(ax.images, images, strict=True))
    assert [text.get_text() for text in ax.texts] == [f"number {row}" for row in range(11)]
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for text in ax.texts:
        assert left < text.get_position()[0] < right and top < text.get_position()[1] < bottom
    assert ax.get_title("left") == "All (simulated)"


def test_a_sheet_of_nothing_is_empty_and_captions_must_fit(ax):
    assert len(sheets.draw_sheet(np.zeros((0, 4, 4), np.uint8), [], ax=ax).images) == 0
    with pytest.raises(ValueError, match="captions: got 1, allowed are as many as images, 2"):
        sheets.draw_sheet(np.zeros((2, 4, 4), np.uint8), ["one"], ax=ax)


def test_rows_need_not_be_equally_long_and_carry_their_names(ax):
    rng = np.random.default_rng(0)
    rows = {name: rng.integers(0, 256, (n, 8, 4), dtype=np.uint8) for name, n in {"a": 3, "none": 0, "b": 1}.items()}
    sheets.draw_rows(rows, ax=ax, title="Kinds", simulated=True)
    assert len(ax.images) == 4 and ax.get_title("left") == "Kinds (simulated)"
    places = dict(zip([tick.get_text() for tick in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    left, right, bottom, top = ax.images[3].get_extent()
    assert list(places) == list(rows) and top < places["b"] < bottom and (left, right) == (0, 1)
    assert len(sheets.draw_rows({}, ax=ax).get_yticks()) == 0


def test_dots_stand_in_the_row_of_their_class_and_suspects_are_marked(ax):
    values, labels = np.arange(9.0), np.repeat([0, 2], [4, 5])
    sheets.draw_values(values, labels, ["a", "b", "c"], ax=ax, label="brightness", marked=[8])
    first, second, third, special = ax.lines
    assert sorted(first.get_xdata()) == [0, 1, 2, 3] and len(second.get_xdata()) == 0
    assert sorted(third.get_xdata()) == [4, 5, 6, 7] and (np.abs(third.get_ydata() - 2) < 0.3).all()
    assert (special.get_xdata().tolist(), special.get_ydata().tolist()) == ([8.0], [2])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]


def test_dots_without_suspects_have_no_legend(ax):
    sheets.draw_values([1.0], [0], ["a"], ax=ax, label="brightness")
    assert ax.get_legend() is None


@pytest.mark.parametrize("length", range(1, 30))
def test_short_names_are_short(length):
    short = sheets.short_name("folder/" + "x" * length + ".nii.gz")
    assert len(short) == min(length, 14)
