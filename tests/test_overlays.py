"""Outlines and colors over gray images."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course_lib import overlays
from course_lib.overlays import draw_outline, signed_colors


def shown(mask):
    ax = Figure().subplots()
    ax.imshow(np.zeros(mask.shape))
    limits = ax.get_xlim(), ax.get_ylim()
    draw_outline(mask, ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    return ax.collections


def test_an_outline_runs_between_inside_and_outside_and_is_closed_at_the_border():
    mask = np.zeros((6, 8))
    mask[2:4, 5:] = 1
    (line,) = shown(mask)
    (left, low), (right, high) = line.get_paths()[0].get_extents().get_points()
    assert (left, low, right, high) == (4.5, 1.5, 7.5, 3.5)


def test_an_empty_mask_has_no_outline_and_a_share_is_outlined_at_one_half():
    assert len(shown(np.zeros((4, 4)))) == 0 and len(shown(np.full((4, 4), 0.4))) == 0
    assert len(shown(np.full((4, 4), 0.6))) == 1


def test_the_colors_are_clear_at_zero_and_as_opaque_as_asked_at_the_ends():
    colors = signed_colors(0.8)
    assert colors([0.0, 1.0])[:, 3].tolist() == [0.8, 0.8] and colors(0.5)[3] < 0.01
    assert np.abs(np.subtract(colors(0.0)[:3], colors(1.0)[:3])).max() > 0.3


def test_outlines_stand_out_from_black_and_from_white():
    gold = np.array(to_rgb(overlays.OUTLINE))
    assert gold[0] - gold[2] > 0.3  # no gray of a radiograph looks like it
