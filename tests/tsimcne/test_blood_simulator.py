"""Simulated blood cells: what they promise, whatever they look like."""

import numpy as np
import pytest

from course_lib.published import published
from course_lib.tsimcne import CELLS, simulate_blood
from course_lib.tsimcne.simulator.shape import _granules as granules_of
from course_lib.tsimcne.simulator.shape import blur

COUNTS = published("tsimcne")["blood.counts"].value


@pytest.fixture(scope="module")
def cells():
    return simulate_blood(800)


def test_they_are_said_to_be_simulated_and_named_as_in_bloodmnist(cells):
    assert cells.card.simulated and cells.images.shape == (800, 28, 28, 3)
    assert {kind.name: kind.count for kind in CELLS} == COUNTS
    assert list(cells.class_names) == list(COUNTS)


def test_kinds_are_as_common_as_in_bloodmnist_or_equally(cells):
    expected = 800 * np.array(list(COUNTS.values())) / sum(COUNTS.values())
    assert (np.abs(np.bincount(cells.labels, minlength=8) - expected) < 4 * np.sqrt(expected)).all()
    equal = np.bincount(simulate_blood(400, size=16, balanced=True).labels, minlength=8)
    assert (np.abs(equal - 50) < 28).all()


def test_a_cell_depends_on_its_number_and_not_on_how_many_there_are(cells):
    few = simulate_blood(5)
    np.testing.assert_array_equal(few.images, cells.images[:5])
    np.testing.assert_array_equal(few.labels, cells.labels[:5])
    assert (simulate_blood(5, seed=1).images != few.images).any(axis=(1, 2, 3)).all()


def test_the_same_cells_come_at_every_size():
    small, large = simulate_blood(60), simulate_blood(60, size=56)
    np.testing.assert_array_equal(small.labels, large.labels)
    halved = large.images.reshape(60, 28, 2, 28, 2, 3).mean(axis=(2, 4))
    assert np.abs(halved - small.images).mean() < 4  # the camera's noise is drawn anew
    area_small, area_large = ((each.extras["masks"] > 0).mean(axis=(1, 2)) for each in (small, large))
    assert np.corrcoef(area_small, area_large)[0, 1] > 0.99


def test_nuclei_are_darker_than_cells_and_cells_than_the_glass(cells):
    masks, gray = cells.extras["masks"], cells.images.mean(axis=3)
    glass, plasma, nucleus = (gray[masks == part].mean() for part in (0, 1, 2))
    assert nucleus < plasma - 20 < glass - 40
    platelets = cells.labels == 7
    assert not (masks[platelets] == 2).any() and (masks[~platelets] == 2).any(axis=(1, 2)).mean() > 0.99
    areas = [(masks[cells.labels == kind] > 0).mean() for kind in range(8)]
    assert np.argmin(areas) == 7 and np.argmax(areas) in (3, 5)


def test_staining_batches_differ_in_color_as_much_as_they_should():
    def difference(strength):
        cells = simulate_blood(300, size=16, batch_strength=strength)
        pairs = zip(cells.images, cells.extras["masks"], strict=True)
        glass = np.stack([image[mask == 0].mean(axis=0) for image, mask in pairs])
        hue = glass[:, 0] - glass[:, 2]  # red against blue
        batch = cells.covariates["batch"].to_numpy()
        return abs(hue[batch == 0].mean() - hue[batch == 1].mean())

    assert difference(0) < 3 < 10 < difference(1) < difference(2)


def test_cells_lie_at_any_angle():
    turned = simulate_blood(400, size=20, balanced=True, seed=3)
    monocytes = turned.extras["masks"][turned.labels == 5] == 2
    places = np.arange(20) - 9.5
    across = (monocytes.sum(axis=1) @ places) / monocytes.sum(axis=(1, 2))
    down = (monocytes.sum(axis=2) @ places) / monocytes.sum(axis=(1, 2))
    quarters = np.bincount(2 * (across > 0) + (down > 0), minlength=4)
    assert (quarters > 0).all() and abs(np.mean(across)) < 1


def test_granules_are_as_large_at_every_size():
    def length_of_runs(size):
        axis = ((np.arange(2 * size) + 0.5) / (2 * size) - 0.5) * 28
        grid = np.meshgrid(axis, axis)
        drawn = [granules_of(CELLS[0].granules, grid, *map(np.random.default_rng, (i, i))) for i in range(20)]
        starts = sum((np.diff(each, axis=1) > 0).sum() for each in drawn)
        return np.sum(drawn) / starts * 14 / size

    assert abs(length_of_runs(64) / length_of_runs(28) - 1) < 0.1


@pytest.mark.parametrize("size", [28, 64])
def test_the_center_that_is_told_is_that_of_the_mask(size):
    cells = simulate_blood(80, size=size, seed=4)
    inside = cells.extras["masks"] > 0
    whole = ~(inside[:, [0, -1]].any(axis=(1, 2)) | inside[:, :, [0, -1]].any(axis=(1, 2)))
    places = np.arange(size) + 0.5
    across, down = ((inside.sum(axis=axis) @ places) / inside.sum(axis=(1, 2)) for axis in (1, 2))
    found = np.stack([across, down], axis=1)[whole]
    assert whole.mean() > 0.8 and np.abs(found - cells.extras["center"][whole]).max() < 0.06 * size


def test_blurring_keeps_what_is_even_and_spreads_a_point():
    np.testing.assert_allclose(blur(np.full((4, 5, 3), 2.0)), 2)
    point = np.zeros((5, 5))
    point[2, 2] = 16
    np.testing.assert_array_equal(blur(point)[1:4, 1:4], [[1, 2, 1], [2, 4, 2], [1, 2, 1]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: got 0, allowed are whole numbers from 1"),
        ({"n": 2.0}, "n: got 2.0"),
        ({"n": True}, "n: got True"),
        ({"size": 8}, "size: got 8, allowed are whole numbers from 16"),
        ({"size": 28.0}, "size: got 28.0"),
        ({"batch_strength": -0.1}, "batch_strength: got -0.1, allowed are numbers from 0 to 2"),
        ({"batch_strength": np.nan}, "batch_strength: got nan"),
        ({"batch_strength": np.inf}, "batch_strength: got inf"),
        ({"seed": -1}, "seed: got -1"),
        ({"seed": None}, "seed: got None"),
    ],
)
def test_what_is_not_allowed_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_blood(**{"n": 2, **arguments})


def test_some_kinds_only_are_drawn_equally_often():
    some = simulate_blood(200, size=16, kinds=("monocyte", "platelet"))
    counts = some.class_counts()
    assert counts["monocyte"] + counts["platelet"] == 200 and abs(counts["monocyte"] - 100) < 28
    assert len(some.class_names) == 8


@pytest.mark.parametrize("kinds", [(), ("unicorn",), "monocyte"])
def test_kinds_must_be_names_of_kinds(kinds):
    with pytest.raises(ValueError, match=r"kinds: got .* allowed are one or more of basophil"):
        simulate_blood(1, kinds=kinds)
