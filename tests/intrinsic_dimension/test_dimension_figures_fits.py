"""Names stand clear of points, lines and one another; titles of slopes say what the intervals say."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.intrinsic_dimension import figures as pictures
from course_lib.intrinsic_dimension import generalization_fit
from course_lib.intrinsic_dimension.figures.names import name_points
from course_lib.published import published

FACTS = {name: entry.value for name, entry in published("intrinsic_dimension").items()}


def paper(domain, at):
    names = FACTS[f"konz.{domain}"]
    dimension = np.array([FACTS["konz.dimension"][name] for name in names], float)
    accuracy = np.array([FACTS["konz.accuracy"][name][at] for name in names])
    return names, dimension, accuracy, generalization_fit(accuracy, dimension)


def one_axes():
    return Figure(figsize=(5.5, 5)).subplots()


def boxes(ax):
    ax.figure.canvas.draw()
    return {text.get_text(): text.get_window_extent() for text in ax.texts}


@pytest.mark.parametrize("domain", ["radiological", "natural"])
@pytest.mark.parametrize("at", range(7))
def test_no_name_of_the_paper_covers_a_point_a_line_or_a_name(domain, at):
    names, x, y, fit = paper(domain, at)
    ax = pictures.draw_fit({domain: (names, x, y, fit)}, ax=one_axes(), title="Fit")
    found = boxes(ax)
    assert list(found) == names
    assert not any(one.overlaps(other) for one, other in combinations(found.values(), 2))
    along = np.linspace(x.min() - 1, x.max() + 1, 500)
    for marks in (np.c_[x, y], np.c_[along, fit.predict(along)]):
        pixels = ax.transData.transform(marks)
        assert not any(box.contains(*pixel) for box in found.values() for pixel in pixels)


def test_a_name_at_the_edge_stays_in_the_picture():
    ax = one_axes()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    name_points(ax, ["in the far corner", "and below"], [0.98, 0.5], [0.98, 0.01])
    assert all(ax.bbox.contains(box.x0, box.y0) and ax.bbox.contains(box.x1, box.y1) for box in boxes(ax).values())


def test_one_point_alone_has_its_name_on_the_right_and_none_has_none():
    ax = one_axes()
    name_points(ax, ["alone"], [0.5], [0.5])
    assert boxes(ax)["alone"].x0 > ax.transData.transform((0.5, 0.5))[0]
    assert not name_points(one_axes(), [], [], []).texts


def test_points_at_the_same_place_have_their_names_apart():
    ax = one_axes()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    first, second = boxes(name_points(ax, ["one", "other"], [0.5, 0.5], [0.5, 0.5])).values()
    assert not first.overlaps(second)


def test_limits_that_are_given_are_kept():
    group = {"radiological": paper("radiological", 6)}
    ax = pictures.draw_fit(group, ax=one_axes(), xlim=(2, 25), ylim=(0.4, 1.1))
    assert (ax.get_xlim(), ax.get_ylim()) == ((2, 25), (0.4, 1.1))


def test_slopes_say_how_many_intervals_leave_zero_out():
    groups = {domain: [paper(domain, at)[3] for at in range(7)] for domain in ("radiological", "natural")}
    left, right = pictures.draw_slopes(FACTS["konz.training_sizes"], groups, axes=Figure((12, 5)).subplots(1, 2))
    assert left.get_title("left") == "12 of 14 intervals exclude 0"  # natural images: not at 500 and 750
    assert right.get_title("left") == "R² from 0.64 to 0.99"


def test_nothing_but_the_title_is_drawn_where_no_data_set_can_be_spared():
    fit = paper("radiological", 6)[3]
    ax = pictures.draw_leave_one_out([], [], fit, ax=one_axes(), title="None to spare")
    assert ax.get_title("left") == "None to spare" and not ax.axison and not ax.lines


def test_no_line_of_slices_lies_behind_the_legend():
    lines = {"as they come": [9.7, 6.7], "masked": [9.7, 10.8]}
    ax = pictures.draw_slices([1, 10], lines, ax=one_axes(), truth=12)
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().y1 < ax.bbox.y0
    assert ax.get_ylim() == pictures.draw_slices([1, 10], {"a": [9, 0.5]}, ax=one_axes(), truth=12).get_ylim()
