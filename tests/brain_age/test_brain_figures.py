"""The pictures of lecture 4 say in their titles what the data says, and whether it is simulated."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy.stats import linregress
from scipy.stats import t as student
from sklearn.metrics import mean_absolute_error, r2_score, roc_auc_score

from course_lib import plotting
from course_lib.brain_age import figures as pictures
from course_lib.brain_age.anatomy import template
from course_lib.brain_age.figures.ages import draw_predictors
from course_lib.brain_age.figures.brains import draw_plane, slice_of
from course_lib.brain_age.figures.cohort import running_mean
from course_lib.brain_age.figures.groups import draw_ages, mean_interval
from course_lib.brain_age.figures.lines import line_with_band
from course_lib.brain_age.figures.patches import cells_of, patch_at
from course_lib.brain_age.importance import changed_voxels
from course_lib.brain_age.patches import PatchGrid

RNG = np.random.default_rng(0)
AGE = RNG.uniform(45, 80, 120)
PREDICTED = 62.5 + 0.7 * (AGE - 62.5) + RNG.normal(0, 3, 120)
FLAT = AGE + RNG.normal(0, 3, 120)
BRAIN = template(4)
VOLUMES = np.stack([BRAIN.t1] * 3)
OUTLINES = {"ventricles": np.stack([BRAIN.ventricles] * 3), "hippocampi": np.stack([BRAIN.hippocampi] * 3)}
TITLES = ["Control, 61 years", "MCI, 62 years", "AD, 61 years"]
CUT = (22, 22, 26)
GRID = PatchGrid((40, 48, 40), 16, (3, 3, 3))
MAE = np.linspace(2.6, 4.9, 27)
TABLE = pd.DataFrame(
    {"name": ["best patch", "mean of all", "linear, all"], "mae": [4.1, 5.0, 3.2], "r2": [0.7, 0.6, 0.8]}
)
TABLE = TABLE.assign(low=TABLE["mae"] - 0.2, high=TABLE["mae"] + 0.2)
PUBLISHED = {"best patch": 2.45, "mean of all": 2.66, "linear, all": 2.13}
TRUTH = BRAIN.ventricles > 0.3
MAPS = {"gradient": BRAIN.ventricles + 0.2 * RNG.random(TRUTH.shape), "noise": RNG.random(TRUTH.shape)}
GAPS = {name: RNG.normal(mean, 3, n) for name, mean, n in (("control", 0, 60), ("MCI", 3, 40), ("AD", 7, 30))}
HISTORY = pd.DataFrame({"epoch": [1, 2, 3, 4], "train": [9.0, 6.0, 4.0, 3.0], "mae": [9.5, 6.5, 4.5, 4.7]})


def axes(panels=1, size=(9, 5)):
    figure = Figure(figsize=size, layout="constrained", dpi=80)
    FigureCanvasAgg(figure)
    return figure.subplots(*(panels if isinstance(panels, tuple) else (1, panels)))


def title(ax):
    return ax.get_title("left").replace("\n", " ").replace("\xa0", " ")


SIM, BOTH = {"simulated": True}, {"training": "train", "validation": "mae"}
DRAWINGS = {
    "planes": (3, (12, 4.6), lambda a: pictures.draw_three_planes(BRAIN.t1, "70 years", axes=a, **SIM, cut=CUT)),
    "scatter": (1, (7, 5.4), lambda a: pictures.draw_age_scatter(AGE, PREDICTED, ax=a, **SIM)),
    "gap": (1, (8, 4.6), lambda a: pictures.draw_gap_against_age(AGE, PREDICTED - AGE, ax=a, **SIM)),
    "dilution": (1, (8.5, 5.6), lambda a: pictures.draw_dilution(AGE, PREDICTED, ax=a, **SIM)),
    "correction": (2, (13, 4.8), lambda a: pictures.draw_correction(AGE, PREDICTED, FLAT, axes=a, **SIM)),
    "flattery": (2, (13, 5.2), lambda a: pictures.draw_flattery(AGE, PREDICTED, FLAT, axes=a, **SIM)),
    "ensembles": (1, (9, 5), lambda a: pictures.draw_ensembles(TABLE, ax=a, **SIM)),
    "importance": (2, (9, 5), lambda a: pictures.draw_importance(BRAIN.t1, MAPS, TRUTH, axes=a, **SIM, cut=CUT)),
    "groups": (2, (13, 5), lambda a: pictures.draw_group_gaps(GAPS, GAPS, axes=a, **SIM)),
    "sites": (1, (7, 6), lambda a: pictures.draw_site_gaps(PREDICTED, PREDICTED + 9.5, ax=a, **SIM)),
    "structures": (2, (13, 4.8), lambda a: pictures.draw_structure_curves(AGE, AGE / 2, 9 - AGE / 30, axes=a, **SIM)),
    "learning": (1, (8, 4.4), lambda a: pictures.draw_learning(HISTORY, ax=a, **SIM, columns=BOTH, baseline=9.1)),
}
PARTLY = {  # only the first title says it: the others name what stands in their panels
    "patches": (3, (12.5, 5), lambda a: pictures.draw_patch_map(MAE, GRID, BRAIN.t1, axes=a, **SIM, marked=4)),
}
ONCE = {  # a line of the figure says it for all of its panels
    "brains": (3, (10, 4), lambda a: pictures.draw_brains(VOLUMES, TITLES, axes=a, **SIM, outlines=OUTLINES)),
    "all planes": ((3, 3), (8.6, 9), lambda a: pictures.draw_brains(VOLUMES, TITLES, axes=a, **SIM, outlines=OUTLINES)),
}
REAL = {
    "published": (1, (8, 5), lambda a: pictures.draw_published(PUBLISHED, ax=a, source="Bintsi et al. 2020")),
    "real scatter": (1, (7, 5), lambda a: pictures.draw_age_scatter(AGE, FLAT, ax=a, simulated=False)),
}


def inside(figure):
    """Whether all that is drawn lies in the picture, to a pixel."""
    drawn, pixel = figure.get_tightbbox(), 1 / figure.dpi
    width, height = figure.get_size_inches()
    return min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) > -pixel


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*DRAWINGS, *PARTLY, *ONCE, *REAL])
def test_each_picture_is_drawn_in_either_theme_and_what_is_written_fits_into_it(name, theme, monkeypatch):
    monkeypatch.setattr(plotting, "COLORS", plotting.THEMES[theme])
    panels, size, draw = (DRAWINGS | PARTLY | ONCE | REAL)[name]
    with plotting.style():
        drawn = axes(panels, size)
        assert draw(drawn) is drawn
        figure = np.ravel(drawn)[0].figure
        figure.canvas.draw()
    said = [title(ax) for ax in (np.ravel(drawn)[:1] if name in PARTLY else np.ravel(drawn))]
    each = name in DRAWINGS | PARTLY
    assert all(words and words.endswith("(simulated)") == each for words in said[: None if each else 3])
    assert figure.get_suptitle() == ("Simulated" if name in ONCE else "")
    assert inside(figure)


@pytest.mark.parametrize("name", [*DRAWINGS, *PARTLY, *ONCE])
def test_nothing_is_written_smaller_than_eleven_points(name):
    panels, size, draw = (DRAWINGS | PARTLY | ONCE)[name]
    with plotting.style():
        drawn = axes(panels, size)
        draw(drawn)
        figure = np.ravel(drawn)[0].figure
        figure.canvas.draw()
        written = [text for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")) if text.get_text()]
    assert written and min(text.get_fontsize() for text in written) >= 11


def marked_volume():
    """Zero, but for one voxel low, in front, on the right."""
    volume = np.zeros((40, 48, 40), np.uint8)
    volume[3, 44, 33] = 255
    return volume


@pytest.mark.parametrize(("plane", "x", "y"), [("axial", 33, 44), ("coronal", 33, 3), ("sagittal", 44, 3)])
def test_right_is_drawn_right_front_is_up_and_top_is_up(plane, x, y):
    drawn = draw_plane(marked_volume(), plane, ax=axes(), cut=(3, 44, 33))
    (image,) = drawn.images
    row, column = np.argwhere(image.get_array() == 255)[0]
    assert (column, row) == (x, y) and image.origin == "lower"
    to_pixel = drawn.transData.transform
    assert to_pixel((x, y))[0] > to_pixel((x - 1, y))[0] and to_pixel((x, y))[1] > to_pixel((x, y - 1))[1]


@pytest.mark.parametrize(
    ("plane", "letters"), [("axial", "LRPA"), ("coronal", "LRIS"), ("sagittal", "PAIS")]
)  # left, right, below, above
def test_the_letters_stand_on_their_sides(plane, letters):
    drawn = draw_plane(BRAIN.t1, plane, ax=axes())
    left, right, below, above = ("".join(text.get_text() for text in drawn.texts if at(text)) for at in (
        lambda text: text.get_position()[0] < 0.1,
        lambda text: text.get_position()[0] > 0.9,
        lambda text: text.get_position()[1] < 0.1,
        lambda text: text.get_position()[1] > 0.9,
    ))  # fmt: skip
    assert left + right + below + above == letters


def test_all_planes_have_one_scale_and_the_middle_is_cut_by_default():
    drawn = pictures.draw_three_planes(BRAIN.t1, "a", axes=axes(3), simulated=False)
    spans = {tuple(np.ptp(ends) for ends in (ax.get_xlim(), ax.get_ylim())) for ax in drawn}
    assert len(spans) == 1 and len(set(spans.pop())) == 1
    np.testing.assert_array_equal(drawn[0].images[0].get_array(), BRAIN.t1[20])
    np.testing.assert_array_equal(drawn[2].images[0].get_array(), BRAIN.t1[:, :, 20])
    assert [title(ax) for ax in drawn] == ["a", "Coronal", "Sagittal"]


def test_images_are_shown_as_they_are_and_none_is_stretched():
    for volume, end in ((BRAIN.t1 / 3, 1), ((BRAIN.t1 * 100).astype(np.uint8), 255)):
        assert draw_plane(volume, "axial", ax=axes()).images[0].get_clim() == (0, end)


def test_outlines_run_where_half_of_a_voxel_is_the_structure_and_an_empty_one_is_left_out():
    share = np.zeros((40, 48, 40), np.float32)
    share[20, 10:20, 5:12] = 1
    drawn = draw_plane(BRAIN.t1, "axial", ax=axes(), outlines={"a": share, "b": 0 * share})
    (line,) = drawn.collections
    low, high = (line.get_paths()[0].vertices.min(axis=0), line.get_paths()[0].vertices.max(axis=0))
    assert low.tolist() == [4.5, 9.5] and high.tolist() == [11.5, 19.5]


def test_the_overlay_is_red_above_zero_blue_below_and_clear_at_zero():
    change = np.zeros((40, 48, 40))
    change[20, 20, 10], change[20, 20, 30] = 0.3, -0.3
    drawn = pictures.draw_three_planes(BRAIN.t1, "", axes=axes(3), simulated=False, overlay=change, reach=0.3)
    overlay = drawn[0].images[1]
    gain, loss, none = (overlay.to_rgba(overlay.get_array())[20, x] for x in (10, 30, 20))
    assert gain[0] > 2 * gain[2] and loss[2] > 2 * loss[0] and none[3] < 0.05 < gain[3] == pytest.approx(loss[3])


def test_what_does_not_match_the_brains_is_named():
    for change, message in (
        ({"titles": ["a"]}, r"axes: got shape \(3,\) and 1 titles for 3 brains"),
        ({"volumes": BRAIN.t1}, r"volumes: got shape \(40, 48, 40\), allowed is \(K, D, H, W\)"),
        ({"plane": "oblique"}, "plane: got 'oblique', allowed are 'axial'"),
        ({"outlines": {"a": np.zeros((3, 2, 2, 2))}}, r"outlines\['a'\]: shape \(2, 2, 2\) does not match"),
        ({"cut": (40, 0, 0)}, r"cut: got \(40, 0, 0\), allowed are voxels of a volume of shape"),
    ):
        arguments = {"volumes": VOLUMES, "titles": TITLES, "simulated": False, "axes": axes(3)} | change
        with pytest.raises(ValueError, match=message):
            pictures.draw_brains(**arguments)


def test_a_slice_of_each_plane_is_the_voxels_of_that_plane():
    volume = np.arange(24).reshape(2, 3, 4)
    assert slice_of(volume, "axial", (1, 0, 0)).tolist() == volume[1].tolist()
    assert slice_of(volume, "coronal", (0, 2, 0)).tolist() == volume[:, 2].tolist()
    assert slice_of(volume, "sagittal", (0, 0, 3)).tolist() == volume[:, :, 3].tolist()


def test_the_scatters_title_is_scikit_learns_mae_and_r2_of_those_whose_ages_are_known():
    age = np.append(AGE, [50, np.nan])
    predicted = np.append(PREDICTED, [np.nan, 50])
    drawn = pictures.draw_age_scatter(age, predicted, ax=axes(), simulated=False, groups=["A", "B"] * 61)
    mae, r2 = mean_absolute_error(AGE, PREDICTED), r2_score(AGE, PREDICTED)
    assert title(drawn) == f"MAE {mae:.2f} years, R² {r2:.2f}"
    assert sum(len(line.get_xdata()) for line in drawn.lines[1:]) == 120
    assert [text.get_text() for text in drawn.get_legend().get_texts()] == ["A", "B"]
    assert "years" in drawn.get_xlabel() and "years" in drawn.get_ylabel()


def test_people_of_one_age_have_an_error_but_no_r2():
    drawn = pictures.draw_age_scatter([60, 60], [61, 63], ax=axes(), simulated=False)
    assert title(drawn) == "MAE 2.00 years"


def test_a_scatter_of_nobody_or_of_too_many_groups_is_refused():
    with pytest.raises(ValueError, match="age: for nobody are age and predicted and person known"):
        pictures.draw_age_scatter([np.nan], [60], ax=axes(), simulated=False)
    with pytest.raises(ValueError, match="groups: got 7 different ones, allowed are 6 at most"):
        pictures.draw_age_scatter(AGE[:7], AGE[:7], ax=axes(), simulated=False, groups=list("abcdefg"))
    with pytest.raises(ValueError, match=r"predicted: shape \(2,\) does not match age's \(3,\)"):
        pictures.draw_age_scatter([1, 2, 3], [1, 2], ax=axes(), simulated=False)


def test_the_line_and_its_band_are_those_of_least_squares():
    at = np.array([50.0, 70.0])
    line, half = line_with_band(AGE, PREDICTED, at)
    fit = linregress(AGE, PREDICTED)
    np.testing.assert_allclose(line, fit.intercept + fit.slope * at)
    rest = PREDICTED - fit.intercept - fit.slope * AGE
    design = np.column_stack([np.ones(120), AGE])
    places = np.column_stack([np.ones(2), at])
    covariance = rest @ rest / 118 * np.linalg.inv(design.T @ design)
    np.testing.assert_allclose(half, student.ppf(0.975, 118) * np.sqrt(np.diag(places @ covariance @ places.T)))
    with pytest.raises(ValueError, match="x: got 1 different values, a line needs two"):
        line_with_band([1, 1], [2, 3], [1])


def test_the_gaps_title_tells_a_trend_only_where_its_interval_excludes_zero():
    falling = pictures.draw_gap_against_age(AGE, PREDICTED - AGE, ax=axes(), simulated=False)
    fit = linregress(AGE, PREDICTED - AGE)
    half = student.ppf(0.975, 118) * fit.stderr
    assert title(falling) == f"The gap falls by {-fit.slope:.2f} years per year of age"
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"[−\d]+\.\d+", falling.texts[0].get_text())]
    assert numbers == pytest.approx([fit.slope, fit.slope - half, fit.slope + half], abs=0.006)
    none = pictures.draw_gap_against_age(AGE, FLAT - AGE, ax=axes(), simulated=False, slope=(0.01, -0.1, 0.12))
    assert title(none) == "No straight trend is seen"
    rising = pictures.draw_gap_against_age(AGE, AGE, ax=axes(), simulated=False, title="Raw", slope=(1, 0.9, 1.1))
    assert title(rising) == "Raw: the gap rises by 1.00 years per year of age"


def test_two_people_show_no_trend_and_are_refused():
    with pytest.raises(ValueError, match="age: got 2 people"):
        pictures.draw_gap_against_age([50, 60], [1, 2], ax=axes(), simulated=False)


def test_the_dilution_names_the_mean_gaps_of_the_outer_quarters():
    drawn = pictures.draw_dilution(AGE, PREDICTED, ax=axes(), simulated=False)
    quarters = pd.qcut(AGE, 4, labels=False)
    young, old = quarters == 0, quarters == 3
    gaps = [(PREDICTED - AGE)[who].mean() for who in (young, old)]
    assert gaps[0] > 0 > gaps[1]
    assert title(drawn) == (
        f"The youngest quarter looks {gaps[0]:.1f} years too old, the oldest quarter {-gaps[1]:.1f} years too young"
    )
    flatter, upright = (line for line in drawn.lines if line.get_linewidth() == 4)
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in (flatter, upright)]
    assert slopes[0] == pytest.approx(linregress(AGE, PREDICTED).slope)
    assert slopes[1] == pytest.approx(1 / linregress(PREDICTED, AGE).slope)


def test_both_panels_of_a_correction_have_one_scale():
    drawn = pictures.draw_correction(AGE, PREDICTED, FLAT, axes=axes(2), simulated=False, names=("Raw", "Beheshti"))
    assert drawn[0].get_ylim() == drawn[1].get_ylim()
    assert title(drawn[0]).startswith("Raw: the gap falls") and title(drawn[1]) == "Beheshti: no straight trend is left"


def test_flattery_is_stamped_and_the_raw_predictions_are_not():
    left, right = pictures.draw_flattery(AGE, PREDICTED, FLAT, axes=axes(2), simulated=False)
    assert not left.texts and "NOT ACCURACY" in right.texts[0].get_text()
    assert f"{mean_absolute_error(AGE, FLAT):.2f}" in title(right) and left.get_ylim() == right.get_ylim()


def test_the_cells_of_patches_tile_the_volume_and_hold_their_centers():
    cells = cells_of(GRID)
    y0, y1, x0, x1 = cells.T
    z, y, x = GRID.centers.T
    assert np.all((y0 < y) & (y < y1) & (x0 < x) & (x < x1))
    for level in np.unique(z):
        here = z == level
        assert ((y1 - y0) * (x1 - x0))[here].sum() == pytest.approx(48 * 40)
    assert (y0.min(), y1.max(), x0.min(), x1.max()) == (-0.5, 47.5, -0.5, 39.5)


def test_a_click_finds_the_patch_whose_center_is_nearest():
    levels = np.unique(GRID.centers[:, 0])
    for panel, y, x in RNG.uniform((0, 0, 0), (3, 47, 39), (50, 3)):
        found = patch_at(int(panel), x, y, GRID)
        here = np.flatnonzero(GRID.centers[:, 0] == levels[int(panel)])
        assert found in here
        y0, y1, x0, x1 = cells_of(GRID)[found]
        assert y0 <= y <= y1 and x0 <= x <= x1
    assert patch_at(3, 10, 10, GRID) is None


def test_the_colors_of_the_map_change_at_the_bands_and_the_numbers_stand_in_their_cells():
    mae = np.full(27, 9.0)
    mae[:5] = [2.9, 3.0, 3.49, 3.5, 4.0]
    drawn = pictures.draw_patch_map(mae, GRID, BRAIN.t1, axes=axes(3), simulated=False, marked=26, members=[0, 1])
    colors = drawn[0].collections[0].get_facecolors()[:5]
    hues = [plotting.THEMES["dark"][hue] for hue in ("green", "sky", "sky", "gold", "orange")]
    assert [to_rgb(color) for color in colors] == [to_rgb(hue) for hue in hues]
    numbers = {
        tuple(np.round(text.get_position(), 1)): text.get_text() for text in drawn[0].texts if "." in text.get_text()
    }
    y0, y1, x0, x1 = cells_of(GRID)[0]
    assert numbers[tuple(np.round(((x0 + x1) / 2, (y0 + y1) / 2), 1))] == "2.9" and len(numbers) == 9
    assert [len(ax.lines) for ax in drawn] == [1, 0, 0]
    assert [len(ax.collections[0].get_paths()) for ax in drawn] == [9, 9, 10]  # the framed one is drawn on top
    assert title(drawn[0]) == "MAE 2.9 to 9.0 years"
    (legend,) = drawn[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["< 3", "3 to 3.5", "3.5 to 4", "≥ 4"]
    assert "patches overlap" in legend.get_title().get_text()


def test_whole_years_are_written_without_decimals_in_the_maps_legend():
    for bands in ((4, 5, 6), np.array([4.0, 5.0, 6.0])):
        drawn = pictures.draw_patch_map(MAE, GRID, BRAIN.t1, axes=axes(3), simulated=False, bands=bands)
        (legend,) = drawn[0].figure.legends
        assert [text.get_text() for text in legend.get_texts()] == ["< 4", "4 to 5", "5 to 6", "≥ 6"]


def test_each_patchs_number_stands_in_its_own_cell_where_numbers_are_wanted():
    levels = np.unique(GRID.centers[:, 0])
    drawn = pictures.draw_patch_map(MAE, GRID, BRAIN.t1, axes=axes(3), simulated=False, numbers=True)
    seen = []
    for panel, ax in enumerate(drawn):
        for text in (text for text in ax.texts if text.get_text().isdigit()):
            assert patch_at(panel, *text.get_position(), GRID) == int(text.get_text()) - 1
            seen.append(int(text.get_text()))
    assert sorted(seen) == list(range(1, 28)) and len(levels) == 3
    plain = pictures.draw_patch_map(MAE, GRID, BRAIN.t1, axes=axes(3), simulated=False)
    assert not any(text.get_text().isdigit() for ax in plain for text in ax.texts)


def test_a_map_refuses_what_does_not_match_the_grid():
    for change, message in (
        ({"mae": MAE[:5]}, r"mae: got shape \(5,\), allowed is \(27,\)"),
        ({"bands": (4, 3, 2)}, r"bands: got \(4, 3, 2\), allowed are three numbers, growing"),
        ({"axes": axes(2)}, "axes: got 2 for 3 levels of the grid"),
    ):
        arguments = {"mae": MAE, "axes": axes(3), "simulated": False} | change
        with pytest.raises(ValueError, match=message):
            pictures.draw_patch_map(arguments.pop("mae"), GRID, BRAIN.t1, **arguments)


def test_ensembles_stand_in_the_given_order_and_the_title_names_best_and_worst():
    drawn = pictures.draw_ensembles(TABLE, ax=axes(), simulated=False, marked="linear, all")
    rows = [tick.get_text() for tick in drawn.get_yticklabels()]
    places = drawn.get_yticks()
    assert [rows[k] for k in np.argsort(-places)] == list(TABLE["name"])
    assert title(drawn) == "Linear, all 3.20 years, mean of all 5.00"
    assert [text.get_text() for text in drawn.texts] == ["4.10  (R² 0.70)", "5.00  (R² 0.60)", "3.20  (R² 0.80)"]
    with pytest.raises(ValueError, match=r"table: columns \['high'\] are missing"):
        pictures.draw_ensembles(TABLE.drop(columns="high"), ax=axes(), simulated=False)
    with pytest.raises(ValueError, match="table: got no row"):
        pictures.draw_ensembles(TABLE[:0], ax=axes(), simulated=False)


def test_published_numbers_are_said_to_be_of_other_people():
    drawn = pictures.draw_published(PUBLISHED | {"whole brain": np.nan}, ax=axes(), source="Bintsi et al. 2020")
    assert title(drawn) == "Published (Bintsi et al. 2020): other people, other images"
    assert [text.get_text() for text in drawn.texts] == ["2.45", "2.66", "2.13"]
    with pytest.raises(ValueError, match="errors: got no number"):
        pictures.draw_published({"a": np.nan}, ax=axes(), source="")


def test_the_maps_titles_are_scikit_learns_areas_in_the_brain():
    drawn = pictures.draw_importance(BRAIN.t1, MAPS, TRUTH, axes=axes(2), simulated=False, cut=CUT)
    within = BRAIN.t1 > 0
    for ax, (name, values) in zip(drawn, MAPS.items(), strict=True):
        assert title(ax) == f"{name.capitalize()}: AUROC {roc_auc_score(TRUTH[within], values[within]):.2f}"
        assert len(ax.images) == 2 and len(ax.collections) == 1
    (legend,) = drawn[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["where aging truly changes the image"]


def test_the_legend_of_the_maps_says_what_it_is_told_to_say():
    words = "changes by more than half of the largest change"
    drawn = pictures.draw_importance(BRAIN.t1, MAPS, changed_voxels(), axes=axes(2), simulated=True, plane="axial",
        cut=(20, 22, 20), told=words)  # fmt: skip
    (legend,) = drawn[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [words]
    assert len(drawn[0].collections[0].get_paths()[0].to_polygons()) > 3  # borders of both ventricles, in pieces


def test_a_constant_map_is_drawn_and_other_areas_may_be_written():
    constant = {"nothing": np.ones(TRUTH.shape)}
    drawn = pictures.draw_importance(BRAIN.t1, constant, TRUTH, axes=axes(), simulated=False, areas={"nothing": 0.5})
    assert title(drawn) == "Nothing: AUROC 0.50"
    with pytest.raises(ValueError, match="truth: every voxel of the brain has one value"):
        pictures.draw_importance(BRAIN.t1, constant, 0 * TRUTH, axes=axes(), simulated=False)
    with pytest.raises(ValueError, match=r"nothing: shape \(2, 2, 2\) does not match"):
        pictures.draw_importance(BRAIN.t1, {"nothing": np.ones((2, 2, 2))}, TRUTH, axes=axes(), simulated=False)


def test_group_means_are_written_and_compared_with_the_first_group():
    gaps = {"control": [0, 1, np.nan, 2], "AD": [6, 8]}
    drawn = pictures.draw_group_gaps(gaps, axes=axes(), simulated=False)
    assert [text.get_text() for text in drawn.texts] == ["+1.0", "+7.0"]
    assert title(drawn) == "AD +6.0 years against control"
    assert [tick.get_text() for tick in drawn.get_xticklabels()] == ["control\nN = 3", "AD\nN = 2"]
    alone = pictures.draw_group_gaps({"control": [1.0]}, axes=axes(), simulated=False)
    assert title(alone) == "control +1.0 years"
    assert drawn.get_xlabel() == "line: mean; gray box: its 95% interval"


@pytest.mark.parametrize("mean", [-0.1, 0.0, 0.1, 0.8])
def test_zeros_dashed_line_runs_through_no_number(mean):
    gaps = {"control": mean + np.linspace(-8, 8, 41), "AD": np.linspace(-4, 16, 30)}
    drawn = pictures.draw_group_gaps(gaps, axes=axes(2, (11.5, 4.2))[0], simulated=True)
    drawn.figure.canvas.draw()
    box = drawn.texts[0].get_window_extent()
    zero = drawn.transData.transform((0, 0))[1]
    assert box.y0 > zero or box.y1 < zero
    assert (box.y0 > zero) == (mean >= 0)


def test_raw_and_corrected_gaps_have_one_scale_and_an_empty_group_is_refused():
    drawn = pictures.draw_group_gaps(
        GAPS, {name: gaps / 2 for name, gaps in GAPS.items()}, axes=axes(2), simulated=False
    )
    assert drawn[0].get_ylim() == drawn[1].get_ylim() and title(drawn[1]).startswith("Corrected: ")
    with pytest.raises(ValueError, match="AD: nobody in this group has a gap"):
        pictures.draw_group_gaps({"control": [1], "AD": [np.nan]}, axes=axes(), simulated=False)
    with pytest.raises(ValueError, match="axes: got 2 for 1 kinds of gaps"):
        pictures.draw_group_gaps(GAPS, axes=axes(2), simulated=False)


def test_the_interval_of_a_mean_is_students():
    values = RNG.normal(3, 2, 12)
    mean, low, high = mean_interval(values)
    expected = student.interval(0.95, 11, loc=values.mean(), scale=values.std(ddof=1) / np.sqrt(12))
    assert (low, high) == pytest.approx(expected) and mean == pytest.approx(values.mean())
    assert np.isnan(mean_interval([4.0])[1:]).all()


def test_a_group_has_the_same_color_in_every_picture():
    strips = pictures.draw_group_gaps(GAPS, axes=axes(), simulated=False)
    ages = draw_ages({"control": AGE, "AD": AGE + 5}, ax=axes(), simulated=False)
    clouds = {len(line.get_xdata()): line.get_color() for line in strips.lines}
    colors = [clouds[len(GAPS["control"])], clouds[len(GAPS["AD"])]]
    assert [to_rgb(patch.get_facecolor()) for patch in ages.patches] == [to_rgb(color) for color in colors]
    assert title(ages) == "AD 5.0 years older"
    with pytest.raises(ValueError, match="ages: got 3 groups, allowed are two"):
        draw_ages(GAPS, ax=axes(), simulated=False)


def test_a_shift_between_sites_is_the_mean_difference_of_the_same_people():
    drawn = pictures.draw_site_gaps(PREDICTED, PREDICTED + 9.5, ax=axes(), simulated=False)
    assert title(drawn) == "The same 120 brains look 9.5 years older at site B"
    assert [text.get_text() for text in drawn.texts if text.get_text()] == ["+9.5 years"]
    younger = pictures.draw_site_gaps([60, 70, np.nan], [58, 67, 1], ax=axes(), simulated=False, names=("old", "new"))
    assert title(younger) == "The same 2 brains look 2.5 years younger at new"
    constant = pictures.draw_site_gaps([60, 60, 60], [61, 62, 63], ax=axes(), simulated=False)
    assert title(constant) == "The same 3 brains look 2.0 years older at site B"


def test_a_shift_that_shrinks_with_age_is_told_at_both_ends_and_its_curve_runs_through_the_points():
    here = np.linspace(46, 80, 171)
    shift = 20 - 0.2 * here + 0.5 * np.sin(40 * here)
    drawn = pictures.draw_site_gaps(here, here + shift, ax=axes(), simulated=True)
    assert title(drawn) == (
        f"The same 171 brains look {shift.mean():.1f} years older at site B: +10 at 50, +5 at 75 (simulated)"
    )
    (curve,) = (line for line in drawn.lines if line.get_linewidth() == 3)
    x, y = curve.get_xdata(), curve.get_ydata()
    inner = (x > 52) & (x < 74)  # at the ends a running mean leans inwards
    np.testing.assert_allclose((y - x)[inner], 20 - 0.2 * x[inner], atol=0.15)
    assert [text.get_text()[:3] for text in drawn.texts if text.get_text()] in (["+10", "+5."], ["+9.", "+5."])


def test_noise_alone_is_no_shift_that_changes_with_age():
    """The difference falls against either scanner's predictions, as regression to the mean; both scanners are alike."""
    rng = np.random.default_rng(5)
    true = rng.uniform(45, 80, 300)
    here, there = true + rng.normal(0, 5, 300), true + 4 + rng.normal(0, 5, 300)
    fit = linregress(here, there - here)
    assert fit.slope + student.ppf(0.975, 298) * fit.stderr < 0
    drawn = pictures.draw_site_gaps(here, there, ax=axes(), simulated=False)
    assert title(drawn) == f"The same 300 brains look {(there - here).mean():.1f} years older at site B"


def test_structures_grow_or_shrink_as_their_running_means_say():
    age = np.linspace(45, 80, 400)
    left, right = pictures.draw_structure_curves(age, 20 + 0.5 * (age - 45), 8 - 0.05 * (age - 45), axes=axes(2),
        simulated=False)  # fmt: skip
    assert re.fullmatch(r"Ventricles grow from 2\d to 3\d ml between 48 and 76 years", title(left))
    assert re.fullmatch(r"Hippocampi shrink from 7\.\d to 6\.\d ml between 48 and 76 years", title(right))


def test_both_volumes_of_a_title_have_the_same_digits():
    age = np.linspace(45, 80, 400)
    volumes = 17.6 + 0.5 * (age - 48.5), 9.6 + 0.05 * (age - 48.5)
    left, right = pictures.draw_structure_curves(age, *volumes, axes=axes(2), simulated=False)
    assert re.search(r"from 18 to 3\d ml", title(left)) and re.search(r"from 9\.\d to 1\d\.\d ml", title(right))


def test_no_line_of_a_title_ends_between_a_number_and_its_unit():
    narrow = [pictures.draw_age_scatter(AGE, PREDICTED, ax=axes(1, (width, 4)), simulated=True) for width in (2, 3, 4)]
    narrow += list(pictures.draw_structure_curves(AGE, AGE / 2, 9 - AGE / 30, axes=axes(2, (5, 4)), simulated=True))
    for ax in narrow:
        for line in ax.get_title("left").split("\n"):
            assert not re.search(r"(R²|MAE|\d to)$", line) and not re.match(r"(years|ml|to)\b", line)
    assert any("\n" in ax.get_title("left") for ax in narrow)


def test_brains_say_once_that_they_are_simulated_and_keep_a_line_that_the_figure_has():
    drawn = pictures.draw_brains(VOLUMES, TITLES, axes=axes(3), simulated=False)
    assert drawn[0].figure.get_suptitle() == ""
    drawn = axes(3)
    drawn[0].figure.suptitle("Three people")
    for _ in range(2):
        pictures.draw_brains(VOLUMES, TITLES, axes=drawn, simulated=True)
    assert drawn[0].figure.get_suptitle() == "Three people (simulated)"
    alone = pictures.draw_brains(VOLUMES[:1], TITLES[:1], axes=[axes()], simulated=True)
    assert title(alone[0]) == "Control, 61 years (simulated)" and alone[0].figure.get_suptitle() == ""


def test_a_running_mean_of_a_constant_is_that_constant_also_far_from_all_points():
    assert running_mean([50, 60], [3, 3], [40, 55, 500]).tolist() == pytest.approx([3, 3, 3])


def test_the_lowest_validation_error_is_marked_and_named():
    drawn = pictures.draw_learning(HISTORY, ax=axes(), simulated=False)
    assert title(drawn) == "Validation MAE falls to 4.50 years in epoch 3 of 4" and drawn.get_legend() is None
    assert drawn.lines[-1].get_xdata() == [3]
    both = pictures.draw_learning(HISTORY, ax=axes(), simulated=False, columns=BOTH, baseline=9.08)
    assert {text.get_text() for text in both.get_legend().get_texts()} == {"training", "validation"}
    assert both.texts[0].get_text() == "mean age for everybody: 9.1 years"
    with pytest.raises(ValueError, match=r"history: columns \['mae'\] are missing"):
        pictures.draw_learning(HISTORY.drop(columns="mae"), ax=axes(), simulated=False)
    with pytest.raises(ValueError, match="history: got no epoch"):
        pictures.draw_learning(HISTORY[:0], ax=axes(), simulated=False)


@pytest.mark.parametrize(
    ("mae", "side"),
    [
        ([9.5, 8, 7, 6, 5, 4, 3, 3, 3, 3], "right"),
        ([4, 4, 4, 4, 4, 5, 8, 9.4, 9, 9.4], "left"),
        ([7, 6, 13, 7, 6, 5, 4, 3, 3, 3], "right"),  # between its points the curve crosses the words
    ],
)
def test_the_words_at_the_dashed_line_stand_where_the_curve_is_not(mae, side):
    history = pd.DataFrame({"epoch": range(1, 11), "mae": mae})
    drawn = pictures.draw_learning(history, ax=axes(1, (9, 3.6)), simulated=True, baseline=9.0)
    assert drawn.texts[0].get_ha() == side
    drawn.figure.canvas.draw()
    box = drawn.texts[0].get_window_extent()
    at = np.linspace(1, 10, 500)
    pixels = drawn.transData.transform(np.column_stack([at, np.interp(at, history["epoch"], mae)]))
    assert not ((pixels > (box.x0, box.y0)) & (pixels < (box.x1, box.y1))).all(axis=1).any()


def test_several_predictors_share_a_panel_with_a_fixed_axis():
    drawn = draw_predictors(AGE, {"a": PREDICTED, "b": FLAT}, "Two", ax=axes(), simulated=True, limits=(30, 95))
    assert title(drawn) == "Two (simulated)" and drawn.get_ylim() == (30, 95)
    assert [text.get_text() for text in drawn.get_legend().get_texts()] == ["a", "b"]


def test_nothing_that_is_given_is_changed():
    given = [AGE, PREDICTED, FLAT, VOLUMES, MAE, TRUTH, *MAPS.values(), *GAPS.values()]
    before = [values.copy() for values in given]
    for panels, size, draw in (DRAWINGS | PARTLY | ONCE).values():
        draw(axes(panels, size))
    assert all(np.array_equal(values, old) for values, old in zip(given, before, strict=True))
