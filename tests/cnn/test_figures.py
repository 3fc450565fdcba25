"""The pictures say in their titles what the data says, and change nothing that they are given."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.testing import assert_array_equal

from course_lib import plotting
from course_lib.cnn import C3_TABLE, convolution_step, convolve2d, transposed_convolve2d, transposed_grid
from course_lib.cnn import figures as pictures
from course_lib.cnn.figures.cells import mosaic, number
from course_lib.cnn.zoo import STACKS, comparison, network_table
from course_lib.published import published

IMAGE = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
KERNEL = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])
LINEAR = np.array([[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]])
SMALL = np.array([[5, 3, 1], [0, 2, 4], [4, 3, 5]])


def axes(panels=1):
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots(*((1, panels) if isinstance(panels, int) else panels))


def titles(drawn):
    return [ax.get_title("left") or ax.get_title() for ax in np.ravel(drawn)]


def history(kinds=("plain",), depths=(4,)):
    rows = [
        {"kind": kind, "depth": depth, "seed": seed, "epoch": epoch, "train_loss": depth / epoch + seed}
        for kind in kinds
        for depth in depths
        for seed in range(3)
        for epoch in range(1, 5)
    ]
    return pd.DataFrame(rows)


def accuracy_table():
    return comparison().dropna()


STEP = convolution_step(IMAGE, KERNEL, 1, 1)
SCORES = np.random.default_rng(0).random((10, 5, 9))
VGG = STACKS["VGG-16, pool5"]
DRAWINGS = {
    "activations": (2, lambda a: pictures.draw_activations(a)),
    "descent": (1, lambda a: pictures.draw_descent(np.square, [2, 1, 0.5], ax=a)),
    "loss by step": (1, lambda a: pictures.draw_loss_by_step([4, 1, 0], ax=a)),
    "history": (1, lambda a: pictures.draw_history(published("cnn")["history"].value, ax=a)),
    "weights": (1, lambda a: pictures.draw_weights([64, 128, 256, 512], 10, ax=a)),
    "correlation": (1, lambda a: pictures.draw_pixel_correlation([1, 2, 9], [0.97, 0.9, 0.2], ax=a)),
    "step": (4, lambda a: pictures.draw_convolution_step(IMAGE, KERNEL, STEP, convolve2d(IMAGE, KERNEL), axes=a)),
    "filtered": (3, lambda a: pictures.draw_filtered(IMAGE, {"Edges": [[1, -1]], "Blur": [[0.5, 0.5]]}, axes=a)),
    "pooling": (3, lambda a: pictures.draw_pooling(IMAGE[:4, :4], axes=a)),
    "shift": (3, lambda a: pictures.draw_shift(IMAGE, np.roll(IMAGE, 1, 1), axes=a, shift=(0, 1))),
    "field": (2, lambda a: pictures.draw_receptive_field(VGG.layers, (0, 6), axes=a, image=224, padding=VGG.padding)),
    "units": (1, lambda a: pictures.draw_units(7, (3, 3), ax=a, title="pool5")),
    "effective": (1, lambda a: pictures.draw_effective_field(np.outer([1, 2, 1], [1, 2, 1]), ax=a)),
    "upsampling": (
        4,
        lambda a: pictures.draw_upsampling(
            SMALL, transposed_grid(SMALL, (3, 3)), LINEAR, transposed_convolve2d(SMALL, LINEAR), axes=a
        ),
    ),
    "C3": (1, lambda a: pictures.draw_c3(C3_TABLE, ax=a)),
    "chain": (1, lambda a: pictures.draw_chain([("in", (1, 32, 32)), ("C1", (6, 28, 28)), ("F", (10,))], ax=a)),
    "curves": (1, lambda a: pictures.draw_learning_curves(history(), "train_loss", ax=a, label="LeNet-5")),
    "confusion": (1, lambda a: pictures.draw_confusion([[5, 1], [0, 4]], ["cat", "dog"], ax=a)),
    "mistakes": ((2, 2), lambda a: pictures.draw_mistakes(np.zeros((3, 8, 8)), [1, 2, 3], [7, 8, 9], axes=a)),
    "filters": (1, lambda a: pictures.draw_filters(np.ones((6, 5, 5)), ax=a)),
    "maps": (1, lambda a: pictures.draw_feature_maps(np.ones((16, 14, 14)), ax=a)),
    "ledger": (2, lambda a: pictures.draw_ledger(network_table("AlexNet"), axes=a)),
    "blocks": (3, lambda a: pictures.draw_blocks(axes=a)),
    "inception": (1, lambda a: pictures.draw_inception(ax=a)),
    "depth of three kinds": (
        3,
        lambda a: pictures.draw_depth(history(("plain", "residual", "dense"), (8, 20, 44)), axes=a),
    ),
    "depth": (2, lambda a: pictures.draw_depth(history(("plain", "residual"), (4, 20)), axes=a)),
    "cost": (1, lambda a: pictures.draw_accuracy_cost(accuracy_table(), ax=a)),
    "scores": (2, lambda a: pictures.draw_score_map(np.zeros((32, 48)), SCORES, axes=a)),
    "bottleneck": (2, lambda a: pictures.draw_bottleneck(16, axes=a)),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_each_picture_is_drawn_in_either_theme_and_what_is_written_fits_into_it(name, theme, monkeypatch):
    monkeypatch.setattr(plotting, "COLORS", plotting.THEMES[theme])
    panels, draw = DRAWINGS[name]
    with plotting.style():
        drawn = axes(panels)
        assert draw(drawn) is drawn
        figure = np.ravel(drawn)[0].figure
        figure.canvas.draw()
        written = [text for ax in figure.axes for text in ax.get_children() if isinstance(text, Text)]
        ends = [text.get_window_extent() for text in written if text.get_text()]
    assert all(end.x0 > -1 and end.x1 < figure.bbox.width + 1 for end in ends)


def test_the_step_is_the_lectures_and_its_panels_name_sizes_and_sum():
    drawn = axes(4)
    pictures.draw_convolution_step(IMAGE, KERNEL, STEP, convolve2d(IMAGE, KERNEL), axes=drawn, at=(1, 1))
    assert titles(drawn) == ["Image, 5 × 5", "Kernel", "Products: 17", "Output, 3 × 3"]


def test_a_turned_kernel_says_so():
    step = convolution_step(IMAGE, KERNEL, 0, 0, mode="convolution")
    drawn = axes(4)
    pictures.draw_convolution_step(IMAGE, KERNEL, step, convolve2d(IMAGE, KERNEL, "convolution"), axes=drawn)
    assert titles(drawn)[1] == "Kernel, turned"


def test_padding_is_drawn_around_the_image():
    step = convolution_step(IMAGE, KERNEL, 0, 0, padding=2)
    drawn = axes(4)
    pictures.draw_convolution_step(IMAGE, KERNEL, step, convolve2d(IMAGE, KERNEL, padding=2), axes=drawn, padding=2)
    assert drawn[0].images[0].get_array().shape == (9, 9, 3)


def test_the_image_given_is_not_changed():
    before = IMAGE.copy()
    pictures.draw_pooling(IMAGE[:4, :4], axes=axes(3))
    pictures.draw_cells(IMAGE, ax=axes(), muted=IMAGE == 0)
    assert_array_equal(IMAGE, before)


def test_pooling_wants_whole_blocks():
    with pytest.raises(ValueError, match=r"image: got shape \(5, 5\); allowed are even"):
        pictures.draw_pooling(IMAGE, axes=axes(3))


def test_upsampling_tells_a_zero_of_the_image_from_zeros_put_in():
    from course_lib.cnn.figures.convolution import _own_pixels

    own = _own_pixels(SMALL, transposed_grid(SMALL, (3, 3)))
    assert_array_equal(np.argwhere(own), [[r, c] for r in (1, 3, 5) for c in (1, 3, 5)])


def test_a_shifted_map_moved_back_is_identical_and_another_is_not():
    drawn = axes(3)
    pictures.draw_shift(IMAGE, np.roll(IMAGE, (1, 2), (0, 1)), axes=drawn, shift=(1, 2))
    assert titles(drawn)[2] == "Moved back: identical"
    pictures.draw_shift(IMAGE, IMAGE[::-1], axes=drawn, shift=(1, 2))
    assert "off" in titles(drawn)[2]


@pytest.mark.parametrize(("stack", "field"), [("LeNet-5, C5", 32), ("AlexNet, pool5", 195), ("VGG-16, pool5", 212)])
def test_the_chain_ends_at_the_published_receptive_field(stack, field):
    drawn = axes(2)
    pictures.draw_receptive_field(STACKS[stack].layers, (0, 0), axes=drawn, image=STACKS[stack].input_size)
    assert titles(drawn)[0] == f"One unit sees {field} × {field} pixels"
    assert drawn[0].texts[0].get_text() == str(field)


def test_a_window_past_the_border_is_said_to_be_and_shown_whole():
    drawn = axes(2)
    pictures.draw_receptive_field(VGG.layers, (0, 0), axes=drawn, image=224, padding=VGG.padding)
    assert titles(drawn)[1] == "Its window passes the border"
    window = drawn[1].patches[-1]
    assert drawn[1].get_xlim()[0] < window.get_x() < -1


def test_half_the_influence_of_an_even_gradient_lies_in_half_the_window():
    drawn = axes()
    pictures.draw_effective_field(np.ones((10, 10)), ax=drawn)
    assert titles(drawn) == ["Half of the influence lies\nin 50% of the window"]


def test_the_confusion_names_the_most_frequent_mistake_and_none_where_all_is_right():
    drawn = axes()
    pictures.draw_confusion([[5, 0], [3, 4]], ["cat", "dog"], ax=drawn)
    assert titles(drawn) == ["9 of 12 right; dog read as cat: 3×"]
    pictures.draw_confusion(np.diag([5, 4]), ["cat", "dog"], ax=drawn)
    assert titles(drawn) == ["9 of 9 right"]


def test_a_confusion_matrix_has_one_row_per_class():
    with pytest.raises(ValueError, match=r"matrix: got shape \(2, 2\); allowed is \(3, 3\)"):
        pictures.draw_confusion(np.eye(2), "abc", ax=axes())


def test_the_learning_curve_says_where_its_seeds_end():
    drawn = axes()
    pictures.draw_learning_curves(history(), "train_loss", ax=drawn, label="plain")
    assert drawn.get_legend().get_texts()[0].get_text() == "plain: 2.000 (1.000 to 3.000)"


def test_plain_and_residual_losses_share_one_axis():
    drawn = axes(2)
    pictures.draw_depth(history(("plain", "residual"), (4, 20)), axes=drawn)
    assert drawn[0].get_ylim() == drawn[1].get_ylim()
    assert titles(drawn)[0] == "Plain: 20 layers\nend at 6.00, 4 at 2.00"


def test_any_kinds_of_networks_have_a_panel_each_in_the_lectures_order():
    table = pd.concat([history(("residual", "plain"), (4, 20)), history(("dense",), (4,))])
    drawn = axes(3)
    pictures.draw_depth(table.sample(frac=1, random_state=0), axes=drawn)
    assert titles(drawn) == [
        "Plain: 20 layers\nend at 6.00, 4 at 2.00", "Residual: 20 layers\nend at 6.00, 4 at 2.00",
        "Dense: 4 layers\nend at 2.00",
    ]  # fmt: skip
    assert len({ax.get_ylim() for ax in drawn}) == 1
    assert [ax.get_legend() is not None for ax in drawn] == [False, True, False]
    assert drawn[2].lines[-1].get_color() == drawn[0].get_legend_handles_labels()[0][0].get_color()


def test_the_ledger_names_the_layer_that_holds_most():
    drawn = axes(2)
    pictures.draw_ledger(network_table("AlexNet"), axes=drawn)
    assert titles(drawn)[0] == "61 M parameters,\n62% in F6"


def test_the_bars_of_a_deep_network_are_grouped_by_map_size_and_lose_nothing():
    drawn = axes(2)
    table = network_table("DenseNet-121")
    pictures.draw_ledger(table, axes=drawn)
    labels = [text.get_text() for text in drawn[0].get_yticklabels()]
    assert labels == ["112 × 112", "56 × 56", "28 × 28", "14 × 14", "7 × 7", "fully connected"]
    for ax in drawn:
        assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(100)


def test_vggs_fully_connected_bar_is_the_lectures_89_percent():
    drawn = axes(2)
    pictures.draw_ledger(network_table("VGG-16"), axes=drawn)
    assert titles(drawn)[0] == "138 M parameters,\n89% in fully connected"


def test_c3_has_sixty_of_ninety_six_connections():
    drawn = axes()
    pictures.draw_c3(C3_TABLE, ax=drawn)
    assert titles(drawn)[0].startswith("Only 60 of 96 connections")


def test_every_milestone_stands_on_the_line_of_time_and_no_label_covers_another():
    milestones = published("cnn")["history"].value
    with plotting.style():
        drawn = axes()
        pictures.draw_history(milestones, ax=drawn)
        drawn.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in drawn.texts]
    assert {text.get_text() for text in drawn.texts} == {f"{entry['year']}\n{entry['name']}" for entry in milestones}
    assert not any(boxes[i].overlaps(boxes[j]) for i in range(len(boxes)) for j in range(i))
    assert titles(drawn) == ["6 of 11 milestones lie in the last 10 of 59 years"]


def test_names_beside_bubbles_do_not_cover_each_other():
    with plotting.style():
        drawn = axes()
        pictures.draw_accuracy_cost(accuracy_table(), ax=drawn)
        drawn.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in drawn.texts]
    overlaps = [(i, j) for i in range(len(boxes)) for j in range(i) if boxes[i].shrunk(0.9, 0.8).overlaps(boxes[j])]
    assert len(boxes) == len(accuracy_table())
    assert overlaps == []


@pytest.mark.parametrize(("reduce", "title"), [(16, "21.4 times fewer"), (480, "1.4 times more"), (0, "No reduction")])
def test_the_bottleneck_says_what_it_saves(reduce, title):
    drawn = axes(2)
    pictures.draw_bottleneck(reduce, axes=drawn)
    assert titles(drawn)[0].startswith(title)


@pytest.mark.parametrize("reduce", [0, 16, 480])
def test_the_bottleneck_leaves_its_break_even_to_be_found(reduce):
    drawn = axes(2)
    pictures.draw_bottleneck(reduce, axes=drawn)
    written = [text.get_text() for ax in drawn for text in ax.findobj(Text)]
    assert not any(re.search(r"\b34\d\b", text) for text in written)
    assert drawn[1].lines[0].get_xdata().max() == reduce


@pytest.mark.parametrize("value", [0, 3, -2.5, 0.125, 999, 1000, -123456, 3e8])
def test_a_number_in_a_cell_reads_back_to_three_digits(value):
    assert float(re.sub(",", "", number(value)).replace("−", "-")) == pytest.approx(value, rel=5e-3)


@pytest.mark.parametrize("count", [1, 2, 5, 7, 12, 64])
def test_a_mosaic_shows_every_picture_once(count):
    pictures_in = np.arange(1, count + 1)[:, None, None] * np.ones((count, 2, 3))
    sheet = mosaic(pictures_in)
    values, counts = np.unique(sheet[~np.isnan(sheet)], return_counts=True)
    assert_array_equal(values, np.arange(1, count + 1))
    assert_array_equal(counts, 6)
