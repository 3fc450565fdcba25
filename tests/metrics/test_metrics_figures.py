"""The pictures say in their titles what the data says, and change nothing that they are given."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from course_lib import plotting
from course_lib.metrics import figures as pictures
from course_lib.metrics.counts import ConfusionCounts
from course_lib.metrics.figures.explorer_panels import draw_two_resamplings
from course_lib.published import published

facts = {name: entry.value for name, entry in published("metrics").items()}
COUNTS = {name: ConfusionCounts(**counts) for name, counts in facts["roc_example.counts"].items()}
POINTS = {name: (counts.fpr, counts.tpr) for name, counts in COUNTS.items()}
Y = np.repeat([1, 0], [40, 160])
SCORES = np.random.default_rng(0).normal(1.2 * Y)
FPR, TPR, _ = roc_curve(Y, SCORES, drop_intermediate=False)
PRECISION, RECALL = (values[::-1] for values in precision_recall_curve(Y, SCORES)[:2])
HITS = np.random.default_rng(1).normal(size=(4, 30, 2)) * np.array([0.1, 0.1, 0.4, 0.4])[:, None, None]
HITS += np.array([[0, 0], [0.5, 0.5], [0, 0], [0.5, 0.5]])[:, None]
BINS = pd.DataFrame({"predicted": [0.1, 0.5, 0.9], "observed": [0.1, 0.2, 0.8], "n": 50})
BINS = BINS.assign(low=BINS["observed"] - 0.05, high=BINS["observed"] + 0.05)
FOREST = pd.DataFrame(
    {"label": ["Hernia", "Mass"], "estimate": [0.92, 0.84], "low": [0.86, 0.83], "high": [0.96, 0.85]}
)
BOTH = FOREST.assign(low2=[0.86, 0.82], high2=[0.96, 0.86])
RUNS = pd.DataFrame(
    {"seed": [0, 1, 2], "estimate": [0.9, 0.88, 0.94], "low": [0.85, 0.83, 0.9], "high": [0.94, 0.92, 0.97]}
)
MODELS = pd.DataFrame({"AUROC": [0.9, 0.8], "F1": [0.3, 0.4]}, index=["forest", "network"])


def axes(panels=1, size=(11.5, 6.4)):
    figure = Figure(figsize=size, layout="constrained", dpi=80)
    FigureCanvasAgg(figure)
    return figure.subplots(1, panels)


def title(ax):
    return ax.get_title("left") or ax.get_title()


def written(ax):
    legend = ax.get_legend()
    texts = [text for text in ax.get_children() if isinstance(text, Text)] + [ax.xaxis.label, ax.yaxis.label]
    return [text for text in texts + (legend.get_texts() if legend else []) if text.get_text()]


def twice_robust(ax):
    pictures.draw_robustness([0, 1, 2], [[0.9, 0.8, 0.5], [0.9, 0.7, 0.58]], ax=ax, label="plain")
    return pictures.draw_robustness([0, 1, 2], [[0.8, 0.8, 0.8]], ax=ax, label="augmented", color="orange")


DRAWINGS = {
    "targets": (4, (11, 3.4), lambda a: pictures.draw_targets(HITS, axes=a)),
    "targets in mm": (4, (11, 3.6), lambda a: pictures.draw_targets(5 * HITS, axes=a, radius=5, unit="mm")),
    "confusion": (1, (6, 4.6), lambda a: pictures.draw_confusion_matrix(COUNTS["A"], ax=a)),
    "expected shares": (1, (6, 4.6), lambda a: pictures.draw_confusion_matrix(COUNTS["A"].at_prevalence(0.01), ax=a)),
    "quantities": (1, (11.5, 6.4), lambda a: pictures.draw_quantity_map(COUNTS["A"], ax=a)),
    "undefined": (1, (11.5, 6.4), lambda a: pictures.draw_quantity_map(ConfusionCounts(0, 42, 0, 22_391), ax=a)),
    "plane": (1, (6.5, 5.6), lambda a: pictures.draw_roc_plane(POINTS, ax=a, curves={"simulated": (FPR, TPR)})),
    "ROC": (1, (6.5, 5.6), lambda a: pictures.draw_roc({"x": (FPR, TPR)}, ax=a, bands={"x": (FPR, TPR - 0.1, TPR)})),
    "PR": (1, (6.5, 5.2), lambda a: pictures.draw_precision_recall({"x": (RECALL, PRECISION)}, 0.2, ax=a)),
    "scores": (1, (7.5, 4.4), lambda a: pictures.draw_score_histograms(Y, SCORES, 0.5, ax=a)),
    "prevalence": (1, (7.5, 4.6), lambda a: pictures.draw_prevalence_curve(0.9, 0.9, [0.5, 0.1, 0.0019], ax=a)),
    "people": (1, (9, 6), lambda a: pictures.draw_people(COUNTS["A"], ax=a)),
    "reliability": (1, (6, 5.4), lambda a: pictures.draw_reliability({"network": BINS, "shifted": BINS}, ax=a)),
    "forest": (1, (8, 4), lambda a: pictures.draw_intervals(BOTH, ax=a)),
    "forest of one kind": (1, (8, 4), lambda a: pictures.draw_intervals(FOREST, ax=a)),
    "replicates": (1, (7, 4.2), lambda a: pictures.draw_replicates([0.8, 0.9, np.nan], 0.85, (0.8, 0.9), ax=a)),
    "robustness": (1, (7, 4.4), twice_robust),
    "runs": (1, (8, 4), lambda a: pictures.draw_training_runs(RUNS, ax=a)),
    "models": (1, (8, 4.4), lambda a: pictures.draw_metric_comparison(MODELS, ax=a)),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_each_picture_is_drawn_in_either_theme_and_what_is_written_fits_into_it(name, theme, monkeypatch):
    monkeypatch.setattr(plotting, "COLORS", plotting.THEMES[theme])
    panels, size, draw = DRAWINGS[name]
    with plotting.style():
        drawn = axes(panels, size)
        assert draw(drawn) is drawn
        figure = np.ravel(drawn)[0].figure
        figure.canvas.draw()
        ends = [text.get_window_extent() for ax in figure.axes for text in written(ax)]
    assert all(title(ax) for ax in np.ravel(drawn))
    assert all(end.x0 > -1 and end.x1 < figure.bbox.width + 1 for end in ends)
    assert all(end.y0 > -1 and end.y1 < figure.bbox.height + 1 for end in ends)


@pytest.mark.parametrize("counts", [COUNTS["A"], ConfusionCounts(0, 42, 0, 22_391)])
def test_no_text_of_the_quantity_map_covers_another(counts):
    with plotting.style():
        drawn = pictures.draw_quantity_map(counts, ax=axes())
        drawn.figure.canvas.draw()
        boxes = [text.get_window_extent().shrunk(0.95, 0.8) for text in drawn.texts]
    assert not any(boxes[i].overlaps(boxes[j]) for i in range(len(boxes)) for j in range(i))


def test_the_targets_say_what_they_show_and_that_it_is_simulated():
    drawn = pictures.draw_targets(HITS, axes=axes(4))
    expected = ["Precise, true", "Precise, biased", "Scattered, true", "Scattered, biased"]
    assert [ax.get_title() for ax in drawn] == [f"{words}\n(simulated)" for words in expected]
    in_mm = pictures.draw_targets(5 * HITS, axes=axes(4), radius=5, unit="mm")
    assert [ax.get_title() for ax in in_mm] == [ax.get_title() for ax in drawn]


def test_the_targets_write_scatter_and_bias_in_the_unit_and_name_the_cross():
    shots = np.array([[[1, 0], [3, 0], [2, 1], [2, -1]], [[0, 0.3], [0, -0.3], [0, 0.3], [0, -0.3]]])
    drawn = pictures.draw_targets(shots, axes=axes(2), radius=5, unit="mm")
    assert [ax.texts[0].get_text() for ax in drawn] == ["scatter 1.0 mm\nbias 2.0 mm", "scatter 0.3 mm\nbias 0.0 mm"]
    assert max(patch.radius for patch in drawn[0].patches) == 5
    (legend,) = drawn[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["shot", "truth", "mean of the shots"]
    without = pictures.draw_targets(shots / 5, axes=axes(2))
    assert without[0].texts[0].get_text() == "scatter 0.20\nbias 0.40"


def test_a_shot_beside_the_target_is_drawn_and_all_panels_keep_one_scale():
    shots = np.array([[[0.1, 0], [-0.1, 0]], [[2.5, 0], [0, -2.5]]])
    first, second = pictures.draw_targets(shots, axes=axes(2))
    assert first.get_xlim() == second.get_xlim() and first.get_ylim() == second.get_ylim()
    assert second.get_xlim()[1] > 2.5 and second.get_ylim()[0] < -2.5


def test_truth_stands_in_rows_and_the_decision_in_columns():
    drawn = pictures.draw_confusion_matrix(ConfusionCounts(11, 12, 13, 14), ax=axes())
    place = {text.get_text(): text.get_position() for text in drawn.texts}
    assert place["11"][1] == place["12"][1] < place["13"][1] == place["14"][1]
    assert place["11"][0] == place["13"][0] < place["12"][0] == place["14"][0]
    assert title(drawn) == "25 of 50 decisions are right"
    assert place["23"][1] == pytest.approx(place["11"][1], abs=0.1)  # sums of rows stand beside, of columns below
    assert place["24"][0] == place["11"][0]
    assert {"27", "26", "50"} <= set(place)


def test_each_quantity_of_the_lecture_is_on_the_map_and_none_is_zero_where_it_is_undefined():
    drawn = pictures.draw_quantity_map(COUNTS["A"], ax=axes())
    texts = [text.get_text() for text in drawn.texts]
    names = {
        "TPR",
        "FNR",
        "FPR",
        "TNR",
        "PPV",
        "FOR",
        "FDR",
        "NPV",
        "LR+",
        "LR−",
        "DOR",
        "prevalence",
        "ACC",
        "BA",
        "F1",
        "FM",
        "TS",
        "MCC",
        "BM",
        "MK",
    }
    assert names <= set(texts)
    assert texts[texts.index("PPV") + 1] == "0.69"
    assert title(drawn) == "63 of 100 positives are found; 63 of 91 positive calls are right"
    nobody = pictures.draw_quantity_map(ConfusionCounts(0, 5, 0, 5), ax=axes())
    texts = [text.get_text() for text in nobody.texts]
    assert texts[texts.index("PPV") + 1] == "–"
    assert title(nobody) == "0 of 5 positives are found; none is called positive"


def test_a_rare_disease_is_not_written_as_none():
    drawn = pictures.draw_quantity_map(ConfusionCounts(0, 42, 0, 22_391), ax=axes())
    texts = [text.get_text() for text in drawn.texts]
    assert texts[texts.index("prevalence") + 1] == "0.002"
    assert texts[texts.index("ACC") + 1] == "0.998"


def test_the_plane_points_from_c_to_its_inverse_only():
    arrows = [note for note in pictures.draw_roc_plane(POINTS, ax=axes()).texts if getattr(note, "arrowprops", None)]
    assert len(arrows) == 1
    assert arrows[0].xyann == pytest.approx(POINTS["C"])
    assert arrows[0].xy == pytest.approx(1 - np.array(POINTS["C"]))
    assert not any(
        getattr(note, "arrowprops", None) for note in pictures.draw_roc_plane({"A": (0.1, 0.9)}, ax=axes()).texts
    )


def test_the_best_point_is_the_one_furthest_above_the_diagonal():
    assert title(pictures.draw_roc_plane(POINTS, ax=axes())) == "C′ lies furthest above chance"
    assert title(pictures.draw_roc_plane({"B": POINTS["B"], "A": POINTS["A"]}, ax=axes())).startswith("A lies")


def test_areas_in_the_legends_are_scikit_learns():
    drawn = pictures.draw_roc({"x": (FPR, TPR)}, ax=axes())
    assert drawn.get_legend().get_texts()[0].get_text() == f"x: {roc_auc_score(Y, SCORES):.3f}"
    drawn = pictures.draw_precision_recall({"x": (RECALL, PRECISION)}, 0.2, ax=axes())
    assert drawn.get_legend().get_texts()[0].get_text() == f"x: {average_precision_score(Y, SCORES):.3f}"


@pytest.mark.parametrize("threshold", [SCORES.min() - 1, SCORES[3], 0.5, SCORES.max() + 1])
def test_the_histogram_counts_each_score_on_its_side_of_the_threshold(threshold):
    drawn = pictures.draw_score_histograms(Y, SCORES, threshold, ax=axes())
    counts = ConfusionCounts.at_threshold(Y, SCORES, threshold)
    assert {text.get_text() for text in drawn.texts} == {
        f"{counts.tp} true positive", f"{counts.fn} false negative", f"{counts.fp} false positive",
        f"{counts.tn} true negative",
    }  # fmt: skip
    assert f"{counts.fn} missed, {counts.fp} false alarms" in title(drawn)


def test_the_bar_at_the_threshold_changes_its_color_there():
    drawn = pictures.draw_score_histograms(Y, SCORES, 0.5, ax=axes())
    spans = {to_hex(patch.get_facecolor()): patch.get_data().edges[[0, -1]] for patch in drawn.patches}
    assert spans[plotting.COLORS["orange"].lower()][1] == spans[plotting.COLORS["blue"].lower()][0] == 0.5
    assert spans[plotting.COLORS["sky"].lower()][1] == spans[plotting.COLORS["purple"].lower()][0] == 0.5


def test_a_constant_score_still_has_a_histogram():
    assert "0 missed, 2 false alarms" in title(pictures.draw_score_histograms([1, 0, 0], [0.3] * 3, 0.3, ax=axes()))


def test_the_prevalence_curve_writes_the_lectures_predictive_values():
    drawn = pictures.draw_prevalence_curve(0.9, 0.9, facts["prevalence.prevalences"], ax=axes())
    assert [text.get_text() for text in drawn.texts] == ["90%", "50%", "8.95%", "1.68%"]
    assert title(drawn) == "PPV falls from 90% to 1.68% as the disease gets rarer"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 1, 99, 891), (9, 1, 99, 891)),
        ((0.009, 0.001, 0.099, 0.891), (9, 1, 99, 891)),
        ((1, 1, 1, 0), (334, 333, 333, 0)),
        ((0, 42, 0, 22_391), (0, 2, 0, 998)),
    ],
)
def test_there_are_always_a_thousand_people(counts, expected):
    four = SimpleNamespace(**dict(zip(("tp", "fn", "fp", "tn"), counts, strict=True)))
    drawn = pictures.draw_people(four, ax=axes())
    assert tuple(len(group.get_offsets()) for group in drawn.collections) == expected
    places = np.concatenate([group.get_offsets() for group in drawn.collections])
    assert len(np.unique(places, axis=0)) == 1000


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (np.nan, 1, 1, 1)])
def test_people_who_cannot_be_counted_are_refused(counts):
    four = SimpleNamespace(**dict(zip(("tp", "fn", "fp", "tn"), counts, strict=True)))
    with pytest.raises(ValueError, match="counts: got"):
        pictures.draw_people(four, ax=axes())


def test_the_reliability_title_names_the_bin_that_is_furthest_off():
    assert (
        title(pictures.draw_reliability({"network": BINS}, ax=axes())) == "Where 50% are predicted,\n20% are observed"
    )
    better = BINS.assign(observed=BINS["predicted"])
    drawn = pictures.draw_reliability({"shifted": better, "network": BINS}, ax=axes())
    assert title(drawn) == "network: where 50% are predicted,\n20% are observed"


def test_bins_without_a_value_are_left_out_but_one_is_needed():
    partly = BINS.assign(observed=[0.1, np.nan, 0.8])
    drawn = pictures.draw_reliability({"network": partly}, ax=axes())
    assert title(drawn) == "Where 90% are predicted,\n80% are observed"
    with pytest.raises(ValueError, match="curves: got no defined bin in 'empty', allowed is"):
        pictures.draw_reliability({"network": BINS, "empty": BINS.assign(observed=np.nan)}, ax=axes())


@pytest.mark.parametrize(("lowest", "start"), [(0.5, 0.45), (0.45, 0.45), (0.44, 0.2), (0.23, 0.2), (0.1, 0)])
def test_the_axis_of_two_resamplings_holds_every_replicate_and_begins_at_few_places(lowest, start):
    replicates = {"image": [0.7, 0.8, np.nan, 0.9], "patient": [lowest, 0.8, 0.85, 1.0]}
    intervals = {"image": (0.7, 0.9), "patient": (0.6, 0.95)}
    drawn = draw_two_resamplings(replicates, intervals, 0.8, 0.8, ax=axes())
    assert drawn.get_xlim() == (start, 1)
    above, below = (patch.get_data() for patch in drawn.patches)
    assert np.count_nonzero(above.values) == 3 and np.count_nonzero(below.values) == 4
    assert np.allclose(np.diff(above.edges), 0.01)


def test_the_forest_is_sorted_and_says_how_much_wider_the_second_interval_is():
    drawn = pictures.draw_intervals(BOTH, ax=axes())
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == ["Mass", "Hernia"]
    assert [text.get_text() for text in drawn.texts] == ["2.00×", "1.00×"]
    assert title(drawn) == "By patient, intervals are 1.50 times as wide"
    assert title(pictures.draw_intervals(FOREST, ax=axes())) == "Hernia is known least: 0.860 to 0.960"


def test_undefined_replicates_are_left_out_and_not_counted():
    drawn = pictures.draw_replicates([0.8, np.nan, 0.9], 0.85, (0.8, 0.9), ax=axes())
    assert title(drawn).endswith("from 2 replicates")


def test_the_robustness_title_names_the_largest_area():
    drawn = twice_robust(axes())
    assert title(drawn) == "Largest area: augmented"
    assert [text.get_text() for text in drawn.get_legend().get_texts()] == [
        "plain: area 0.735", "augmented: area 0.800",
    ]  # fmt: skip
    alone = pictures.draw_robustness([0, 1], [[0.9, 0.6]], ax=axes(), label="plain", metric="F1")
    assert title(alone) == "F1 goes from 0.90 to 0.60"


def test_runs_are_sorted_and_their_spread_is_the_title():
    drawn = pictures.draw_training_runs(RUNS, ax=axes(), label="accuracy")
    assert title(drawn) == "3 runs of one network: accuracy 0.880 to 0.940"
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == ["seed 1", "seed 0", "seed 2"]


def test_metrics_that_disagree_have_more_than_one_winner():
    assert title(pictures.draw_metric_comparison(MODELS, ax=axes())) == "2 metrics have 2 winners"
    assert title(pictures.draw_metric_comparison(MODELS[["F1"]], ax=axes())) == "network is best by every metric"


def test_nothing_that_is_drawn_is_changed():
    y, score, frame = Y.copy(), SCORES.copy(), BOTH.copy()
    pictures.draw_score_histograms(y, score, 0.5, ax=axes())
    pictures.draw_intervals(frame, ax=axes())
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(score, SCORES)
    pd.testing.assert_frame_equal(frame, BOTH)
