"""The pictures of lecture 5 show what they were given, and say whether it is simulated."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_lib import plotting
from course_lib.intrinsic_dimension import MLE, TwoNN, ball, generalization_fit, nearest_neighbors, profile
from course_lib.intrinsic_dimension import figures as pictures

NEAR = nearest_neighbors(ball(3, 300), 20, progress=False)
DIMENSION, ACCURACY = np.array([4.0, 6, 11, 20]), np.array([0.99, 0.84, 0.75, 0.64])
NAMES = ["Prostate", "BraTS", "DBC", "CheXpert"]
FIT = generalization_fit(ACCURACY, DIMENSION)
CURVES = pd.DataFrame(
    {
        "task": ["a"] * 4 + ["b"] * 4,
        "n_train": [40, 40, 80, 80] * 2,
        "seed": [0, 1] * 4,
        "accuracy": [0.5, 0.6, 0.7, 0.8, 0.8, 0.9, 0.9, 1.0],
        "highest_test_accuracy": [0.6, 0.6, 0.75, 0.8, 0.9, 0.9, 0.95, 1.0],
    }
)


def axes(panels=1):
    return Figure(figsize=(9, 5), layout="constrained").subplots(1, panels)


def heard(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_turned_view_keeps_distances_on_paper_and_in_depth():
    points = np.random.default_rng(0).normal(size=(50, 3))
    places, depth = pictures.project(points, (33, 20))
    np.testing.assert_allclose(np.linalg.norm(np.c_[places, depth], axis=1), np.linalg.norm(points, axis=1))
    straight, _ = pictures.project(points, (0, 0))
    np.testing.assert_allclose(straight, points[:, [0, 2]])


def test_a_neighborhood_marks_its_point_and_names_the_nearest_two():
    points = ball(3, 300)
    ax = pictures.draw_neighborhood(points, 7, NEAR.distances[7], NEAR.indices[7], ax=axes(), title="Ball")
    assert ax.get_title("left") == "Ball (simulated)"
    assert heard(ax) == [f"$T_1$ = {NEAR.distances[7, 0]:.2g}", f"$T_2$ = {NEAR.distances[7, 1]:.2g}"]
    places, _ = pictures.project(points)
    np.testing.assert_allclose(ax.collections[-1].get_offsets()[0], places[7])


@pytest.mark.parametrize("view", [(0, 0), (40, 12), (-75, 60)])
def test_the_circle_holds_the_neighbors_from_every_side_and_moves_no_limits(view):
    points = ball(3, 300)
    ax = pictures.draw_neighborhood(points, 7, NEAR.distances[7], NEAR.indices[7], ax=axes(), view=view)
    circle = next(artist for artist in ax.get_children() if isinstance(artist, Circle))
    places, _ = pictures.project(points, view)
    assert circle.radius == NEAR.distances[7, -1]
    assert np.linalg.norm(places[NEAR.indices[7]] - circle.center, axis=1).max() <= circle.radius
    alone = pictures.draw_cloud(points, ax=axes(), view=view)
    np.testing.assert_allclose(ax.get_xlim(), alone.get_xlim())


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((5, 2)), np.zeros(3)])
def test_a_cloud_must_be_in_space_and_have_points(points):
    with pytest.raises(ValueError, match=r"points: got shape \(.*\), allowed are \(N, 3\)"):
        pictures.draw_cloud(points, ax=axes())


def test_a_single_point_is_a_cloud():
    assert len(pictures.draw_cloud(np.zeros((1, 3)), ax=axes()).collections[0].get_offsets()) == 1


def test_the_twonn_line_has_the_estimates_slope_and_the_ratios_that_were_used():
    ax = pictures.draw_twonn_line(NEAR.distances, ax=axes(), truth=3)
    left, used, line, _truth = ax.lines
    estimate = TwoNN().from_neighbors(NEAR.distances[:, :2]).dimension_
    x, y = line.get_data()
    assert y[1] / x[1] == pytest.approx(estimate) and f"slope {estimate:.2f}" in heard(ax)
    assert len(used.get_xdata()) == 270 and len(left.get_xdata()) == 29
    assert used.get_xdata().max() <= left.get_xdata().min()


def test_the_likelihood_is_highest_at_the_estimate():
    ax = pictures.draw_likelihood(NEAR.distances, ax=axes(), truth=3)
    d, level = ax.lines[0].get_data()
    estimate = MLE().from_neighbors(NEAR.distances).dimension_
    assert d[level.argmax()] == pytest.approx(estimate, rel=0.01) and level.max() == 0
    assert ax.get_title("left") == f"The likelihood is largest at {estimate:.2f}"


def test_growth_is_drawn_on_doubly_logarithmic_axes_with_its_slope():
    radii = np.geomspace(0.1, 1, 8)
    ax = pictures.draw_growth({"sheet": (radii, 500 * radii**2, 2)}, ax=axes(), simulated=False)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    x, y = np.log(ax.lines[1].get_data())
    assert np.polyfit(x, y, 1)[0] == pytest.approx(2)
    assert 2 <= len(ax.get_xticks()) <= 6


def test_a_radius_without_points_is_left_out_and_the_slope_stays():
    radii = np.array([0.1, 1, 2, 4])
    ax = pictures.draw_growth({"sheet": (radii, [0, 5, 20, 80], 2)}, ax=axes())
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 4]
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [5, 20, 80])


def test_an_estimate_above_the_truth_stays_in_the_picture():
    ax = pictures.draw_against_truth([2, 5], {"MLE": [2.5, 9]}, ax=axes())
    assert ax.get_ylim()[1] > 9


def test_a_profile_is_drawn_by_points_or_by_neighbors():
    table = profile(ball(2, 100), [5], sizes=[50], n_draws=2)
    with pytest.raises(ValueError, match=r"by: got 'm', allowed are 'n', 'k'"):
        pictures.draw_profile(table, ax=axes(), by="m")


def test_estimates_profiles_and_conventions_are_drawn_as_they_come():
    truth = pictures.draw_against_truth([2, 5], {"MLE": [1.9, 4.5], "TwoNN": [2, 4.8]}, ax=axes())
    assert heard(truth) == ["MLE", "TwoNN"] and truth.lines[1].get_ydata().tolist() == [1.9, 4.5]
    table = profile(ball(2, 200), [5], sizes=[50, 100, 200], n_draws=2)
    by_n = pictures.draw_profile(table, ax=axes(), truth=2)
    assert heard(by_n) == ["MLE", "TwoNN", "truth: 2"]
    assert [tick.get_text() for tick in by_n.get_xticklabels()] == ["50", "100", "200"]
    ks = pictures.draw_conventions([3, 5], {"a": [1, 2], "b": [2, 2]}, ax=axes(), truth=2, simulated=True, title="k")
    assert ks.get_title("left") == "k (simulated)" and ks.get_ylim()[0] == 0


def test_bars_are_sorted_have_intervals_and_say_what_must_be_known():
    rows = [
        {
            "name": name,
            "kind": kind,
            "note": note,
            "estimator": estimator,
            "dimension": value,
            "low": value - 1,
            "high": value + 1,
        }
        for name, kind, note, value in (
            ("x", "radiology", "simulated", 9.0),
            ("y", "natural", "", 20.0),
            ("z", "made", "", 5.0),
        )
        for estimator, value in (("MLE", value), ("TwoNN", value + 2))
    ]
    ax = pictures.draw_dimension_bars(pd.DataFrame(rows), ax=axes(), limit=30)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["z", "x\nsimulated", "y"]
    assert sorted(bar.get_width() for bar in ax.patches) == [5, 9, 20]
    diamonds = next(line for line in ax.lines if line.get_marker() == "D")
    assert diamonds.get_xdata().tolist() == [7, 11, 22]
    assert set(heard(ax)) == {"radiology", "natural", "made", "TwoNN"}


def test_published_bars_carry_their_numbers_and_kinds():
    ax = pictures.draw_published_bars({"A": 4, "MNIST": 13, "C": 43}, ["A"], ax=axes())
    assert [text.get_text() for text in ax.texts] == ["4", "13", "43"]
    colors = {round(bar.get_width()): bar.get_facecolor()[:3] for bar in ax.patches}
    named = {4: "blue", 13: "green", 43: "orange"}
    for width, hue in named.items():
        assert colors[width] == pytest.approx(to_rgb(plotting.COLORS[hue]))


def test_a_fit_shows_its_line_its_fan_and_what_was_left_out():
    kept = generalization_fit(ACCURACY[:3], DIMENSION[:3])
    ax = pictures.draw_fit({"r": (NAMES, DIMENSION, ACCURACY, kept)}, ax=axes(), dropped=["CheXpert"], title="Fit")
    assert ax.lines[1].get_xdata().tolist() == [20] and ax.lines[1].get_markerfacecolor() == "none"
    x, y = ax.lines[2].get_data()
    np.testing.assert_allclose(y, kept.predict(x))
    assert [text.get_text() for text in ax.texts] == NAMES
    corners = ax.collections[0].get_paths()[0].vertices
    assert corners[:, 1].max() > y.max()


def test_slopes_and_leave_one_out_show_intervals():
    two = pictures.draw_slopes([500, 2000], {"r": [FIT, FIT]}, axes=axes(2))
    assert two[0].containers[0].lines[0].get_ydata().tolist() == [FIT.slope] * 2
    assert two[1].lines[0].get_ydata().tolist() == [FIT.r2] * 2
    fits = [generalization_fit(np.delete(ACCURACY, k), np.delete(DIMENSION, k)) for k in range(4)]
    ax = pictures.draw_leave_one_out(NAMES, fits, FIT, ax=axes())
    assert ax.get_yticklabels()[0].get_text() == f"without Prostate (R² {fits[0].r2:.2f})"
    assert heard(ax) == [f"all 4: R² {FIT.r2:.2f}"]


def test_training_curves_are_means_with_the_reach_of_seeds():
    ax = pictures.draw_training_curves(CURVES, ax=axes(), title="Two")
    first = ax.containers[0]
    np.testing.assert_allclose(first.lines[0].get_ydata(), [0.55, 0.75])
    ends = first.lines[2][0].get_segments()[0][:, 1]
    assert ends.tolist() == pytest.approx([0.5, 0.6])
    assert ax.get_title("left") == "Two (simulated)" and heard(ax) == ["a", "b"]


def test_flattery_is_never_below_the_diagonal():
    ax = pictures.draw_flattery(CURVES, ax=axes())
    x, y = ax.lines[1].get_data()
    assert (y >= x).all() and len(x) == 8
    assert ax.get_xlim() == ax.get_ylim()


def test_slices_and_chains_are_drawn_by_patient():
    lines = {"as they come": [9, 1.4], "one each": [9, 8.7]}
    ax = pictures.draw_slices([1, 5], lines, ax=axes(), truth=12, at=(5, 1.4), chosen="one each")
    assert ax.lines[1].get_linewidth() > ax.lines[0].get_linewidth()
    assert heard(ax) == ["as they come", "one each", "truth: 12"] and ax.lines[-1].get_data() == ([5], [1.4])
    places, patients = np.random.default_rng(0).normal(size=(12, 2)), np.repeat(np.arange(4), 3)
    chains = pictures.draw_chains(places, patients, ax=axes(), marked=2)
    assert [len(line.get_xdata()) for line in chains.lines] == [6, 3, 3]


def test_images_stand_in_a_row_with_their_titles():
    row = pictures.draw_images([np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint8)], ["a", "b"], axes=axes(2))
    assert [ax.get_title("center") for ax in row] == ["a", "b"] and row[0].images[0].get_clim() == (0, 255)
    faint = np.array([[0.0, 0.1], [0.2, 0.3]], np.float32)
    assert pictures.draw_images([faint], ["c"], axes=axes()).images[0].get_clim() == pytest.approx((0, 0.3))


def test_errors_are_bars_beside_the_truth():
    ax = pictures.draw_errors({"MLE": 8.0, "TwoNN": 9.0}, 10, chosen="TwoNN", ax=axes(), title="−10 %")
    assert [bar.get_width() for bar in ax.patches] == [8, 9]
    for number, strength in enumerate((0.5, 1)):
        assert ax.patches[number].get_facecolor() == pytest.approx((*to_rgb(plotting.CYCLE[number]), strength))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["MLE\n8.00", "TwoNN\n9.00"]
    assert ax.lines[0].get_xdata()[0] == 10
