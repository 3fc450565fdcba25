"""Lecture 5's published fits come out of its published table, and its numbers agree with one another."""

import numpy as np
import pytest

from course_lib.intrinsic_dimension.generalization import generalization_fit
from course_lib.published import published

facts = {name: entry.value for name, entry in published("intrinsic_dimension").items()}
SIZES = facts["konz.training_sizes"]
WORLDS = {
    "radiological": 0.0005,
    "natural": 0.0,
}  # what rounding to three digits hides; natural's two digits hid nothing


def table(world):
    """Dimensions (S,) and accuracies (S, M) of one kind of images."""
    names = facts[f"konz.{world}"]
    return np.array([facts["konz.dimension"][name] for name in names], float), np.array(
        [facts["konz.accuracy"][name] for name in names]
    )


def hidden(dimension, rounding):
    """By how much a slope can move where each accuracy moves by `rounding` at most."""
    away = dimension - dimension.mean()
    return rounding * np.abs(away).sum() / (away @ away)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("column", range(7))
def test_every_slope_and_r2_comes_out_of_the_table(world, column):
    dimension, accuracy = table(world)
    found = generalization_fit(accuracy[:, column], dimension)
    slope, r2 = facts["konz.slope"][world][column], facts["konz.r2"][world][column]
    assert found.slope == pytest.approx(slope, abs=0.0000051 + hidden(dimension, WORLDS[world]))
    assert found.r2 == pytest.approx(r2, abs=0.00051 + 2 * WORLDS[world])
    assert found.n == len(facts[f"konz.{world}"])


@pytest.mark.parametrize("world", WORLDS)
def test_the_line_at_2000_images_is_drawn_where_the_paper_draws_it(world):
    dimension, accuracy = table(world)
    found = generalization_fit(accuracy[:, -1], dimension)
    assert found.intercept == pytest.approx(facts["konz.intercept"][world], abs=0.0005 + WORLDS[world])


@pytest.mark.parametrize("world", WORLDS)
def test_both_planes_come_out_of_the_table(world):
    dimension, accuracy = table(world)
    found, told = generalization_fit(accuracy, dimension, SIZES), facts["konz.plane"][world]
    assert found.slope == pytest.approx(told["slope"], abs=0.00001)
    assert found.size_slope == pytest.approx(told["size_slope"], abs=0.0001)
    assert found.intercept == pytest.approx(told["intercept"], abs=0.0005)
    assert found.r2 == pytest.approx(told["r2"], abs=0.0005)


def test_seven_points_tell_a_slope_and_four_hardly_do():
    widths = {}
    for world in WORLDS:
        dimension, accuracy = table(world)
        found = generalization_fit(accuracy[:, 0], dimension)
        widths[world] = (found.interval[1] - found.interval[0]) / abs(found.slope)
        assert found.n == {"radiological": 7, "natural": 4}[world]
    low, high = generalization_fit(table("natural")[1][:, 0], table("natural")[0]).interval
    assert low < 0 < high and widths["natural"] > widths["radiological"]


def test_every_accuracy_has_its_data_set_and_its_size():
    named = set(facts["konz.radiological"]) | set(facts["konz.natural"])
    assert named == facts["konz.accuracy"].keys() <= facts["konz.dimension"].keys()
    assert {len(row) for row in facts["konz.accuracy"].values()} == {len(SIZES)}
    assert np.diff(SIZES).tolist() == [250] * 6 and len(facts["konz.networks"]) == 9


@pytest.mark.parametrize("name", ["estimates.ball_5", "estimates.digits", "estimates.swiss_roll"])
def test_the_released_code_is_lower_by_18_nineteenths(name):
    assert facts[name]["pope"] == pytest.approx(facts[name]["mackay-ghahramani"] * 18 / 19, abs=0.011)


def test_along_the_torus_the_released_code_is_lower_by_its_factor_of_k():
    told = facts["estimates.flat_torus"]
    k = np.array(told["k"])
    np.testing.assert_allclose(told["pope"], np.array(told["mackay-ghahramani"]) * (k - 2) / (k - 1), atol=0.011)
