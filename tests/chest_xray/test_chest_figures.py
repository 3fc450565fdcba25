"""The pictures of lecture 3 say in their titles what the data says, and whether it is simulated."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib import plotting
from course_lib.chest_xray import figures as pictures
from course_lib.chest_xray.explain import upsampled
from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.simulator import finding_mask, simulate_radiographs
from course_lib.published import published

facts = {name: entry.value for name, entry in published("chest_xray").items()}
RNG = np.random.default_rng(0)
LABELS = (RNG.random((300, 14)) < np.linspace(0.05, 0.3, 14)).astype(int)
IMAGES = RNG.integers(0, 256, (4, 32, 32), dtype=np.uint8)
MASKS = np.zeros((4, 32, 32), bool)
MASKS[:3, 10:20, 5:12] = True
MAPS = RNG.normal(size=(4, 4, 4))
AUROC = np.linspace(0.65, 0.96, 14)
TABLE = pd.DataFrame({"finding": FINDINGS, "auroc": AUROC, "low": AUROC - 0.04, "high": AUROC + 0.03})
OTHER = TABLE.assign(**{name: TABLE[name] - np.linspace(0, 0.13, 14) for name in ("auroc", "low", "high")})
MEAN = pd.DataFrame({"finding": ["Mean of 14"], "auroc": [AUROC.mean()], "low": [0.79], "high": [0.82]})
BESIDE = pd.concat([TABLE, MEAN], ignore_index=True).assign(
    CheXNet=[*(AUROC + 0.02), AUROC.mean()], Wang=[*(AUROC - 0.1), AUROC.mean() - 0.1]
)
NOT_COMPARABLE = BESIDE.assign(CheXNet="not comparable: simulated images")
POINTING = pd.DataFrame({"finding": FINDINGS, "n": 50, "hits": np.arange(1, 29, 2)})
POINTING = POINTING.assign(
    rate=POINTING["hits"] / 50, low=POINTING["hits"] / 60, high=POINTING["hits"] / 40, chance=0.1
)
HISTORY = pd.DataFrame({"epoch": [1, 2, 3, 4], "auroc": [0.6, 0.8, 0.85, 0.84]})
LEAK = pd.DataFrame(
    {"split": ["by image", "by patient"], "estimate": [0.87, 0.85], "low": [0.86, 0.84], "high": [0.88, 0.86]}
)
READERS = pd.DataFrame(
    {"reader": [*facts["f1.readers"], "CheXNet"], "f1": [*facts["f1.readers"].values(), facts["f1.chexnet"]]}
)
READERS[["low", "high"]] = [*facts["f1.readers_intervals"].values(), facts["f1.chexnet_interval"]]
SIGMOID = np.clip(0.2 + 0.5 * LABELS + 0.1 * RNG.random(LABELS.shape), 0, 1)
SOFTMAX = (LABELS + 0.01) / (LABELS + 0.01).sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def cohort():
    return simulate_radiographs(60, seed=0)


def axes(panels=1, size=(9, 5)):
    figure = Figure(figsize=size, layout="constrained", dpi=80)
    FigureCanvasAgg(figure)
    return figure.subplots(*(panels if isinstance(panels, tuple) else (1, panels)))


def title(ax):
    return ax.get_title("left").replace("\n", " ")


SIM, TWO = {"simulated": True}, {"weighted": HISTORY, "unweighted": HISTORY}
COLUMNS = ["CheXNet", "Wang"]
LONG, LOGITS = ["Pleural Thickening"] * 4, ["Mass: logit −2.1"] * 4
DRAWINGS = {
    "radiographs": (4, (11, 3.6), lambda a: pictures.draw_radiographs(IMAGES, LONG, axes=a, **SIM, masks=MASKS)),
    "cohort": (2, (15, 6.4), lambda a: pictures.draw_cohort(LABELS, axes=a, **SIM)),
    "training": (1, (8, 4.2), lambda a: pictures.draw_training_curves({"seed 0": HISTORY}, ax=a, **SIM)),
    "two trainings": (1, (8, 4.2), lambda a: pictures.draw_training_curves(TWO, ax=a, **SIM)),
    "AUROC": (1, (9, 6), lambda a: pictures.draw_auroc_table(TABLE, ax=a, **SIM)),
    "not comparable": (1, (9, 7), lambda a: pictures.draw_auroc_table(NOT_COMPARABLE, ax=a, **SIM, published=COLUMNS)),
    "heat maps": (4, (13, 3.6), lambda a: pictures.draw_heat_maps(IMAGES, MAPS, LOGITS, axes=a, **SIM, masks=MASKS)),
    "pointing": (1, (9, 6), lambda a: pictures.draw_pointing(POINTING, ax=a, **SIM)),
    "softmax": (1, (9, 5), lambda a: pictures.draw_softmax_harm(LABELS, SIGMOID, SOFTMAX, ax=a, **SIM)),
    "leak": (2, (12, 3.8), lambda a: pictures.draw_leak(LEAK, (0.02, 0.01, 0.03), axes=a, **SIM)),
    "readers": (1, (9, 4.6), lambda a: pictures.draw_readers(READERS, "CheXNet", ax=a, **SIM)),
    "sites": (1, (9, 6.4), lambda a: pictures.draw_site_shift(TABLE, OTHER, ax=a, **SIM)),
}  # fmt: skip
REAL = {
    "published": (1, (9, 6.6), lambda a: pictures.draw_auroc_table(BESIDE, ax=a, simulated=False, published=COLUMNS)),
    "data sets": (1, (9, 4.4), lambda a: pictures.draw_datasets(facts["datasets"], ax=a)),
}  # fmt: skip


def inside(figure):
    """Whether all that is drawn lies in the picture, to a pixel."""
    drawn, pixel = figure.get_tightbbox(), 1 / figure.dpi
    width, height = figure.get_size_inches()
    return min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) > -pixel


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*DRAWINGS, *REAL])
def test_each_picture_is_drawn_in_either_theme_and_what_is_written_fits_into_it(name, theme, monkeypatch):
    monkeypatch.setattr(plotting, "COLORS", plotting.THEMES[theme])
    monkeypatch.setattr(plotting, "CYCLE", [plotting.THEMES[theme][hue] for hue in plotting.HUES])
    panels, size, draw = (DRAWINGS | REAL)[name]
    with plotting.style():
        drawn = axes(panels, size)
        assert draw(drawn) is drawn
        figure = np.ravel(drawn)[0].figure
        figure.canvas.draw()
    assert all(title(ax).endswith("(simulated)") == (name in DRAWINGS) and title(ax) for ax in np.ravel(drawn))
    assert inside(figure)


def test_the_gallery_shows_each_finding_once_and_outlines_it(cohort):
    with plotting.style():
        drawn = axes((2, 7), (14, 5))
        assert pictures.draw_findings_gallery(cohort, axes=drawn) is drawn
        figure = drawn[0, 0].figure
        figure.canvas.draw()
    assert figure.get_suptitle().endswith("(simulated)") and inside(figure)
    assert [title(ax) for ax in drawn.ravel()] == list(FINDINGS)
    for ax, name in zip(drawn.ravel(), FINDINGS, strict=True):
        shown = np.asarray(ax.images[0].get_array())
        (row,) = np.flatnonzero((cohort.images == shown).all(axis=(1, 2)))
        assert finding_mask(cohort, name)[row].any() and len(ax.collections) == 1


def test_a_gallery_needs_each_finding(cohort):
    without = cohort[cohort.extras["true_labels"][:, 13] == 0]
    with pytest.raises(ValueError, match="cohort: no image shows Hernia; simulate more patients"):
        pictures.draw_findings_gallery(without, axes=axes((2, 7)))
    with pytest.raises(ValueError, match="cohort: it has no masks and no severity"):
        pictures.draw_findings_gallery(replace(cohort, extras={}), axes=axes((2, 7)))


def test_images_are_shown_as_they_are_and_the_rest_of_the_axes_stays_empty():
    drawn = axes(5)
    pictures.draw_radiographs(IMAGES // 4, list("abcd"), axes=drawn, simulated=False, masks=MASKS)
    assert all(ax.images[0].get_clim() == (0, 255) for ax in drawn[:4]) and not drawn[4].axison
    assert [len(ax.collections) for ax in drawn] == [1, 1, 1, 0, 0]  # an empty mask has no outline
    pictures.draw_radiographs(IMAGES[:1] / 255, ["a"], axes=(one := axes()), simulated=False)
    assert one.images[0].get_clim() == (0, 1) and title(one) == "a"


def test_an_outline_follows_the_mask_also_at_the_images_border():
    mask = np.zeros((1, 32, 32), bool)
    mask[0, :10, 22:] = True
    drawn = pictures.draw_radiographs(IMAGES[:1], ["a"], axes=axes(), simulated=False, masks=mask)
    (outline,) = drawn.collections
    (path,) = outline.get_paths()
    low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
    assert low.tolist() == [21.5, -0.5] and high.tolist() == [31.5, 9.5]
    assert drawn.get_xlim() == (-0.5, 31.5) and drawn.get_ylim() == (31.5, -0.5)


def test_what_does_not_match_the_images_is_named():
    for arguments, message in (
        ({"titles": ["a"]}, "titles: got 1 for 4 images"),
        ({"titles": list("abcd"), "masks": MASKS[:2]}, "masks: got 2 for 4 images"),
    ):
        with pytest.raises(ValueError, match=message):
            pictures.draw_radiographs(IMAGES, axes=axes(4), simulated=False, **arguments)
    with pytest.raises(ValueError, match="axes: got 2 for 4 images"):
        pictures.draw_radiographs(IMAGES, list("abcd"), axes=axes(2), simulated=False)
    with pytest.raises(ValueError, match="maps: got 2 for 4 images"):
        pictures.draw_heat_maps(IMAGES, MAPS[:2], list("abcd"), axes=axes(4), simulated=False)


def test_prevalence_and_what_comes_together_are_counted():
    labels = np.zeros((10, 3), int)
    labels[:6, 0], labels[4:8, 1], labels[0, 2] = 1, 1, 1
    bars, matrix = pictures.draw_cohort(labels, axes=axes(2), simulated=False, names=list("ABC"))
    assert [text.get_text() for text in bars.texts] == ["10%", "40%", "60%"]
    assert [tick.get_text() for tick in bars.get_yticklabels()] == ["C", "B", "A"]
    shown = np.ma.filled(matrix.images[0].get_array(), np.nan)
    np.testing.assert_allclose(shown, [[np.nan, 100 / 3, 100 / 6], [50, np.nan, 0], [100, 0, np.nan]])
    assert title(bars) == "A in 60% of images, C in 10%" and title(matrix) == "C: 100% have A too"


def test_a_cohort_in_which_nothing_comes_together_is_drawn():
    drawn = pictures.draw_cohort(np.eye(14)[:5], axes=axes(2), simulated=False)
    assert title(drawn[1]) == "No image has two findings"
    with pytest.raises(ValueError, match=r"labels: got shape \(3, 2\), allowed is \(N, 14\)"):
        pictures.draw_cohort(np.zeros((3, 2)), axes=axes(2), simulated=False)


def test_the_data_sets_stand_in_the_order_of_their_size():
    drawn = pictures.draw_datasets(facts["datasets"], ax=axes())
    sizes = [int(text.get_text().replace(",", "")) for text in drawn.texts]
    assert sizes == sorted(sizes) and len(sizes) == len(facts["datasets"])
    assert np.allclose([bar.get_x() + bar.get_width() for bar in drawn.patches], sizes)
    assert title(drawn) == "From 247 to 377,110 images" and drawn.get_xscale() == "log"


def test_the_kept_epoch_is_the_one_with_the_highest_auroc_the_first_of_several():
    drawn = pictures.draw_training_curves({"seed 0": HISTORY}, ax=axes(), simulated=False)
    assert title(drawn) == "Kept: epoch 3 of 4, validation AUROC 0.850"
    flat = pictures.draw_training_curves({"a": HISTORY.assign(auroc=0.5), "b": HISTORY}, ax=axes(), simulated=False)
    assert title(flat) == "b reaches 0.850 in epoch 3"
    assert [text.get_text() for text in flat.get_legend().get_texts()] == ["a: 0.500", "b: 0.850"]
    assert flat.lines[1].get_xdata() == [1]


def test_softmax_has_one_probability_to_share_out():
    labels = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    ideal = labels / np.maximum(labels.sum(axis=1, keepdims=True), 1)
    drawn = pictures.draw_softmax_harm(labels, 0.9 * labels, ideal, ax=axes(), simulated=False)
    assert [text.get_text() for text in drawn.texts] == ["0.90"] * 3 + ["1.00", "0.50", "0.29"]
    assert title(drawn) == "With 3 or more findings, softmax gives each true one 0.29, sigmoids 0.90"
    bound = drawn.collections[-1].get_segments()
    assert [segment[0][1] for segment in bound] == pytest.approx([1, 0.5, (1 / 3 + 1 / 4) / 2])
    assert [tick.get_text() for tick in drawn.get_xticklabels()] == [
        "1\n1 images",
        "2\n1 images",
        "3 or more\n2 images",
    ]


def test_the_harm_needs_images_with_three_findings_and_matching_shapes():
    with pytest.raises(ValueError, match="labels: no image has 3 findings"):
        pictures.draw_softmax_harm(np.eye(4), np.eye(4), np.eye(4), ax=axes(), simulated=False)
    with pytest.raises(ValueError, match=r"softmax: shape \(4, 5\) does not match labels' \(4, 4\)"):
        pictures.draw_softmax_harm(np.eye(4), np.eye(4), np.ones((4, 5)), ax=axes(), simulated=False)


def test_findings_are_sorted_by_auroc_and_the_mean_stands_below():
    drawn = pictures.draw_auroc_table(BESIDE.iloc[::-1], ax=axes(), simulated=False, published=["Wang", "CheXNet"])
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == ["Mean of 14", *FINDINGS]
    assert title(drawn) == "CheXNet lies inside the interval for 14 of 14 findings"
    (legend,) = drawn.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["here (interval by patient)", "Wang", "CheXNet"]
    plain = pictures.draw_auroc_table(TABLE, ax=axes(), simulated=False)
    assert title(plain) == "From Atelectasis, 0.65, to Hernia, 0.96" and not plain.figure.legends


def test_what_is_not_comparable_is_named_and_not_drawn():
    drawn = pictures.draw_auroc_table(NOT_COMPARABLE, ax=axes(), simulated=True, published=["CheXNet"])
    assert len(drawn.lines) == 1 and "CheXNet: not comparable: simulated images" in drawn.get_xlabel()


def test_findings_without_an_auroc_are_left_out_but_one_is_needed():
    partly = TABLE.assign(auroc=[0.7, np.nan, *[0.8] * 12])
    drawn = pictures.draw_auroc_table(partly, ax=axes(), simulated=False)
    assert "Cardiomegaly" not in [tick.get_text() for tick in drawn.get_yticklabels()]
    with pytest.raises(ValueError, match="frame: no finding has an AUROC"):
        pictures.draw_auroc_table(TABLE.assign(auroc=np.nan), ax=axes(), simulated=False)
    with pytest.raises(ValueError, match=r"frame: columns \['Yao'\] are missing"):
        pictures.draw_auroc_table(TABLE, ax=axes(), simulated=False, published=["Yao"])


def test_all_heat_maps_share_one_symmetric_scale():
    drawn = pictures.draw_heat_maps(IMAGES, MAPS, list("abcd"), axes=axes(4), simulated=False)
    for ax, values in zip(drawn, upsampled(MAPS, 32), strict=True):
        overlay = ax.images[1]
        assert overlay.get_clim() == (-abs(MAPS).max(), abs(MAPS).max())
        np.testing.assert_array_equal(overlay.get_array(), values)
    assert drawn[0].figure.axes[-1].get_ylabel() == "evidence (logits)"


def test_red_speaks_for_blue_against_and_nothing_hides_the_image_where_the_map_is_zero():
    maps = np.stack([np.full((4, 4), 2.0), np.full((4, 4), -2.0), np.zeros((4, 4))])
    drawn = pictures.draw_heat_maps(IMAGES[:3], maps, list("abc"), axes=axes(3), simulated=False)
    colors = [ax.images[1].to_rgba(ax.images[1].get_array())[16, 16] for ax in drawn]
    assert colors[0][0] > 2 * colors[0][2] and colors[1][2] > 2 * colors[1][0]
    assert colors[0][3] == pytest.approx(colors[1][3]) and colors[0][3] < 0.8 and colors[2][3] < 0.01
    pictures.draw_heat_maps(IMAGES[:1], maps[2:], ["a"], axes=axes(), simulated=False)


def test_the_pointing_title_pools_all_images_and_counts_what_may_be_chance():
    frame = pd.DataFrame(
        {"finding": ["A", "B", "C"], "n": [10, 30, 0], "hits": [8, 3, 0], "rate": [0.8, 0.1, np.nan],
         "low": [0.5, 0.03, np.nan], "high": [0.9, 0.25, np.nan], "chance": [0.2, 0.04, np.nan]}
    )  # fmt: skip
    drawn = pictures.draw_pointing(frame, ax=axes(), simulated=False)
    assert title(drawn).startswith("Maps point at the finding in 28% of images, by chance in 8%; for 1 of 2 findings")
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == ["B (30)", "A (10)"]
    with pytest.raises(ValueError, match="frame: no finding has an image"):
        pictures.draw_pointing(frame[2:], ax=axes(), simulated=False)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ((0.02, 0.01, 0.03), "Split by image, one measures 0.020 more: interval +0.010 to +0.030"),
        ((-0.02, -0.03, -0.01), "Split by image, one measures 0.020 less: interval −0.030 to −0.010"),
        ((0.02, -0.01, 0.05), "No difference is shown: interval −0.010 to +0.050"),
    ],
)
def test_a_leak_is_only_claimed_where_the_interval_excludes_zero(difference, words):
    left, right = pictures.draw_leak(LEAK, difference, axes=axes(2), simulated=False)
    assert title(right) == words and title(left) == "Split by image: 0.870; by patient: 0.850"
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["by patient", "by image"]
    with pytest.raises(ValueError, match="frame: got 1 rows"):
        pictures.draw_leak(LEAK[:1], difference, axes=axes(2), simulated=False)


def test_the_papers_readers_stand_above_the_model_and_the_title_counts_them():
    drawn = pictures.draw_readers(READERS, "CheXNet", ax=axes(), simulated=False)
    assert [tick.get_text() for tick in drawn.get_yticklabels()][::-1] == READERS["reader"].tolist()
    assert title(drawn) == "CheXNet 0.435 is above 3 of 4 readers (mean 0.387); its interval overlaps those of 4"
    with pytest.raises(ValueError, match="model: got 'GPT', allowed is one of Radiologist 1"):
        pictures.draw_readers(READERS, "GPT", ax=axes(), simulated=False)
    with pytest.raises(ValueError, match="model: got 'CheXNet'"):
        pictures.draw_readers(READERS[4:], "CheXNet", ax=axes(), simulated=False)


def test_the_largest_loss_at_the_other_hospital_is_on_top():
    drawn = pictures.draw_site_shift(TABLE, OTHER.iloc[::-1], ax=axes(), simulated=False)
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == list(FINDINGS)
    means = TABLE["auroc"].mean(), OTHER["auroc"].mean()
    assert title(drawn) == f"The mean AUROC falls from {means[0]:.3f} to {means[1]:.3f} at site B"
    back = pictures.draw_site_shift(OTHER, TABLE, ax=axes(), simulated=False, names=("there", "here"))
    assert "rises" in title(back) and title(back).endswith("at here")
    with pytest.raises(ValueError, match="there: no finding has an AUROC at both sites"):
        pictures.draw_site_shift(TABLE, TABLE.assign(auroc=np.nan), ax=axes(), simulated=False)


def test_nothing_that_is_drawn_is_changed():
    before = (
        [value.copy() for value in (LABELS, IMAGES, MAPS, MASKS, SIGMOID)],
        [frame.copy() for frame in (TABLE, BESIDE)],
    )
    for panels, size, draw in (DRAWINGS | REAL).values():
        draw(axes(panels, size))
    assert all(np.array_equal(a, b) for a, b in zip(before[0], (LABELS, IMAGES, MAPS, MASKS, SIGMOID), strict=True))
    assert all(a.equals(b) for a, b in zip(before[1], (TABLE, BESIDE), strict=True))
