"""The pictures of lecture 6 show what they were given, and say whether it is simulated."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from course_lib.tsimcne import figures, simulate_blood

CELLS = simulate_blood(60, seed=0)
RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 2)) + CELLS.labels[:, None]
KINDS = CELLS.class_names


def axes(*panels):
    return Figure(figsize=(9, 5), layout="constrained").subplots(*(panels or (1, 1)))


def test_a_map_has_every_point_in_its_classes_color_and_a_legend_of_those_that_are_there():
    ax = figures.draw_map(POINTS, CELLS.labels, KINDS, ax=axes(), title="Map", simulated=True)
    assert ax.get_title("left") == "Map (simulated)"
    (dots,) = ax.collections
    colors = figures.class_colors(8)
    shown = {
        tuple(place): tuple(color) for place, color in zip(dots.get_offsets().data, dots.get_facecolors(), strict=True)
    }
    for place, label in zip(POINTS, CELLS.labels, strict=True):
        assert shown[tuple(place)][:3] == pytest.approx(to_rgba(colors[label])[:3])
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == [KINDS[k] for k in np.unique(CELLS.labels)]
    assert len(ax.get_xticks()) == 0 and ax.get_aspect() == 1


def test_eight_classes_have_eight_colors():
    assert len(set(figures.class_colors(8))) == 8 and figures.class_colors(9)[8] == figures.class_colors(1)[0]


def test_new_images_stand_out_on_the_map():
    ax = figures.draw_map(POINTS, CELLS.labels, KINDS, ax=axes(), new=[[3.0, 4.0]], new_labels=[2], legend=False)
    dots, new = ax.collections
    assert new.get_offsets().tolist() == [[3.0, 4.0]] and new.get_sizes()[0] > dots.get_sizes()[0]
    assert ax.get_legend() is None


@pytest.mark.parametrize("images", [CELLS.images, CELLS.images[..., 0]])
def test_the_grid_shows_one_image_of_each_crowded_square_in_its_classes_color(images):
    points = np.r_[np.full((30, 2), 0.05), np.full((29, 2), 0.95), [[0.5, 0.5]]]
    points = points + RNG.uniform(-0.04, 0.04, points.shape)
    ax = figures.draw_image_map(points, images, CELLS.labels, ax=axes(), n_classes=8, cells=4, least=2)
    assert len(ax.images) == 2 and len(ax.patches) == 2
    colors = figures.class_colors(8)
    possible = [{to_rgba(colors[label]) for label in part} for part in (CELLS.labels[:30], CELLS.labels[30:59])]
    corners = sorted((patch.get_x(), patch.get_edgecolor()) for patch in ax.patches)
    assert [place for place, _ in corners] == pytest.approx([0.06, 3.06])
    assert all(color in allowed for (_, color), allowed in zip(corners, possible, strict=True))


def test_places_show_their_nearest_images():
    ax = figures.draw_places(POINTS, CELLS.images, [0, 7, 20], ax=axes(), n_near=3, title="Places", simulated=True)
    boxes = [artist for artist in ax.artists if hasattr(artist, "offsetbox")]
    assert len(boxes) == 3
    assert {tuple(box.xy) for box in boxes} == {tuple(POINTS[k]) for k in (0, 7, 20)}
    strip = next(box.offsetbox for box in boxes if tuple(box.xy) == tuple(POINTS[7])).get_data()
    near = np.argsort(np.linalg.norm(POINTS - POINTS[7], axis=1))[:3]
    assert strip.shape == (28, 3 * 28 + 2, 3) and np.allclose(strip[:, :28], CELLS.images[near[0]] / 255)


def test_views_stand_in_rows_behind_the_image():
    panels = axes(2, 4)
    rows = {"a": RNG.random((3, 8, 8, 3)), "b": RNG.random((3, 8, 8, 3))}
    figures.draw_views(rows, axes=panels, first=np.zeros((8, 8, 3)))
    assert panels[0, 0].get_ylabel() == "a" and panels[1, 0].images[0].get_array().max() == 0
    assert np.allclose(panels[1, 2].images[0].get_array(), rows["b"][1])


HISTORY = pd.DataFrame({"stage": [1, 1, 1, 2, 3, 3], "epoch": [1, 2, 3, 1, 1, 2], "loss": [5, 4, 3, 6, 5, 4.5]})


def test_a_run_has_a_line_for_each_stage():
    ax = figures.draw_history(HISTORY, ax=axes(), title="Loss", simulated=False)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 3], [4], [5, 6]]
    assert ax.lines[2].get_ydata().tolist() == [5, 4.5] and ax.get_title("left") == "Loss"
    quality = HISTORY.assign(knn_accuracy=HISTORY["loss"] / 10)
    ax = figures.draw_stages(quality, ax=axes(), pixels=0.5)
    assert ax.lines[0].get_ydata() == pytest.approx([50, 40, 30])
    assert ax.lines[3].get_ydata() == [50, 50]


def test_the_comparison_has_intervals_and_published_values_beside():
    table = pd.DataFrame(
        [
            {"method": "pixels", "quantity": "knn_accuracy", "mean": 0.5, "low": 0.4, "high": 0.6},
            {"method": "pixels", "quantity": "silhouette", "mean": -0.1, "low": -0.2, "high": 0.0},
        ]
    )
    published = pd.DataFrame(
        [
            {"method": method, "quantity": quantity, "mean": value, "low": np.nan, "high": np.nan}
            for method, values in {"pixels": (0.732, 0.07), "other": (0.9, 0.4)}.items()
            for quantity, value in zip(("knn_accuracy", "silhouette"), values, strict=True)
        ]
    )
    panels = axes(1, 2)
    figures.draw_comparison({"here": table, "published": published}, axes=panels)
    assert [label.get_text() for label in panels[0].get_yticklabels()] == ["pixels", "other"]
    (ours,), theirs = panels[0].containers, panels[0].lines[-1]
    assert ours[0].get_xdata()[0] == 50 and np.isnan(ours[0].get_xdata()[1])
    assert ours[2][0].get_segments()[0][:, 0].tolist() == pytest.approx([40, 60])
    assert theirs.get_xdata().tolist() == pytest.approx([73.2, 90.0])
    assert panels[1].lines[-1].get_xdata().tolist() == [0.07, 0.4]
    assert ours[0].get_ydata()[0] > theirs.get_ydata()[0]
    assert {text.get_text() for text in panels[0].get_legend().get_texts()} == {"here", "published"}
