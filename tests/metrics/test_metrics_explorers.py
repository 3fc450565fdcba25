"""Lecture 2's explorers: each scene against an independent oracle, each widget without a browser."""

import re

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from course_lib.metrics import ConfusionCounts, binormal_quantiles, bootstrap_auroc, reliability_curve
from course_lib.metrics.bootstrap.band import GRID, roc_band
from course_lib.metrics.explorers import (
    bootstrap_explorer,
    calibration_explorer,
    prevalence_explorer,
    threshold_cockpit_explorer,
)
from course_lib.metrics.explorers.bootstrap import bootstrap_scene, cohort
from course_lib.metrics.explorers.calibration import ILL, WELL, calibrated, calibration_scene
from course_lib.metrics.explorers.prevalence import prevalence_scene
from course_lib.metrics.explorers.threshold import (
    PRESETS,
    REACH,
    quantities,
    ranked,
    threshold_point,
    threshold_scene,
)
from course_lib.metrics.explorers.threshold import WELL as SHARES
from course_lib.metrics.people import whole_people
from course_lib.published import published

FACTS = {name: fact.value for name, fact in published("metrics").items()}
START = {"preset": "A", **PRESETS["A"]}


def said(text, name):
    """The number that follows a name in a sentence."""
    number = re.search(rf"{re.escape(name)}:? (?:of )?([−+]?[\d.,]*\d)", text)[1]
    return float(number.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_has_the_slides_counts_and_quantities(name):
    text = threshold_scene(name, **PRESETS[name]).text
    counts, rates = FACTS["roc_example.counts"][name], FACTS["roc_example.slide"][name]
    assert f"TP {counts['tp']}, FN {counts['fn']}, FP {counts['fp']}, TN {counts['tn']};" in text
    assert said(text, "sensitivity") == rates["tpr"]
    assert 1 - said(text, "specificity") == pytest.approx(rates["fpr"])
    assert said(text, "PPV") == pytest.approx(rates["ppv"], abs=0.006)
    assert said(text, "F1") == pytest.approx(rates["f1"], abs=0.006)
    assert said(text, "accuracy") == pytest.approx(rates["accuracy"], abs=0.006)


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("well", SHARES.values())
@pytest.mark.parametrize(("separation", "threshold"), [(0.91, 0.58), (-1.5, 0.3), (2.4, 1.0)])
def test_the_cockpits_numbers_are_scikit_learns(separation, threshold, well, invert):
    y, score = binormal_quantiles(100, well, separation)
    decided = (score < threshold) if invert else (score >= threshold)
    text = threshold_scene("own", separation, threshold, well, invert).text
    tn, fp, fn, tp = confusion_matrix(y, decided).ravel()
    assert f"TP {tp}, FN {fn}, FP {fp}, TN {tn};" in text
    expected = {
        "sensitivity": recall_score(y, decided),
        "specificity": recall_score(1 - y, ~decided),
        "PPV": precision_score(y, decided),
        "F1": f1_score(y, decided),
        "accuracy": accuracy_score(y, decided),
        "calling nobody ill": accuracy_score(y, 0 * y),
        "AUC": roc_auc_score(y, -score if invert else score),
    }
    assert {name: said(text, name) for name in expected} == pytest.approx(expected, abs=5.1e-4)


def test_nobody_ill_scores_on_the_chest_films_what_the_lecture_says():
    well = SHARES["5.3% (ChestX-ray14)"]
    assert well / (100 + well) == pytest.approx(FACTS["all_zeros.accuracy"], abs=2e-5)


def test_inverting_mirrors_the_curve_and_turns_the_area_around():
    points, area = ranked(100, 0.91)
    _, score = binormal_quantiles(100, 100, 0.91)
    mirrored = points.counts.inverted()[::-1]
    fpr, tpr, _ = roc_curve(np.repeat([1, 0], 100), -score, drop_intermediate=False)
    assert np.array_equal(mirrored.fpr, fpr) and np.array_equal(mirrored.tpr, tpr)
    assert area + roc_auc_score(np.repeat([1, 0], 100), -score) == pytest.approx(1)


def test_a_ppv_of_nobody_is_undefined_and_the_table_says_why():
    scene = threshold_scene(**{**START, "threshold": REACH})
    assert "PPV undefined, F1 0.000" in scene.text
    assert "nothing was predicted positive (TP + FP = 0)" in scene.html


def test_the_table_has_wilsons_intervals_and_sends_mcc_to_the_bootstrap():
    table = quantities(ConfusionCounts(63, 37, 28, 72))
    for successes, trials in ((63, 100), (72, 100), (63, 91), (72, 109), (135, 200)):
        bounds = binomtest(successes, trials).proportion_ci(method="wilson")
        assert f"{successes / trials:.3f}</td>" in table
        assert f"{bounds.low:.3f} to {bounds.high:.3f}</td>" in table
    assert "resample with bootstrap_quantity" in table.split("Matthews correlation coefficient")[1]
    assert table.count("resample with") == 1


def test_the_preset_says_own_once_anything_is_moved_and_fills_in_when_chosen():
    explorer = threshold_cockpit_explorer()
    assert explorer.values["preset"] == "A"
    for name, value in {"threshold": 0.59, "separation": 0.92, "well": 400, "invert": True}.items():
        explorer.controls["preset"].value = "A"
        assert explorer.values == START
        explorer.controls[name].value = value
        assert explorer.values == {**START, "preset": "own", name: value}
    explorer.controls["preset"].value = "C′"
    assert explorer.values == {"preset": "C′", **PRESETS["C′"]}
    assert "TP 76, FN 24, FP 12, TN 88" in explorer.text


def test_choosing_own_changes_nothing():
    explorer = threshold_cockpit_explorer()
    before = explorer.text
    explorer.controls["preset"].value = "own"
    assert explorer.text == before and explorer.values == {**START, "preset": "own"}


def test_c_inverted_is_c_prime_of_the_same_scores():
    explorer = threshold_cockpit_explorer()
    explorer.controls["preset"].value = "C"
    explorer.controls["invert"].value = True
    inverted = explorer.text
    explorer.controls["preset"].value = "C′"
    assert explorer.text == inverted


def test_pointing_at_the_scores_sets_the_threshold_within_the_sliders_reach():
    assert threshold_point(0, 1.234, 0, START) == {"threshold": 1.23}
    assert threshold_point(0, -5.5, 0, START) == {"threshold": -REACH}
    assert threshold_point(1, 0.5, 0.5, START) == threshold_point(3, 0.5, 0.5, START) == {}


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("rate", [0.02, 0.28, 0.5, 0.9])
def test_pointing_at_the_roc_plane_goes_to_that_false_positive_rate(rate, invert):
    values = {**START, "invert": invert}
    text = threshold_scene(**{**values, **threshold_point(2, rate, 0.1, values)}).text
    assert said(text, "specificity") == pytest.approx(1 - rate, abs=0.011)
    assert threshold_point(2, -0.01, 0.1, values) == {"threshold": -3.72 if invert else 3.72}


def test_a_click_on_the_picture_moves_the_threshold():
    explorer = threshold_cockpit_explorer()
    scores = explorer._canvas.axes[0]
    x, y = explorer._canvas._figure.transFigure.inverted().transform(scores.transData.transform((1.5, 0)))
    explorer.picture.clicked = [x, 1 - y, 1]
    assert explorer.values["threshold"] == 1.5
    assert explorer.values["preset"] == "own"


@pytest.mark.parametrize("prevalence", FACTS["prevalence.prevalences"])
def test_the_predictive_values_are_those_of_bayes_rule(prevalence):
    text = prevalence_scene(prevalence, 0.9, 0.9).text
    expected = dict(zip(FACTS["prevalence.prevalences"], FACTS["prevalence.ppv"], strict=True))[prevalence]
    assert said(text, "PPV") == expected
    healthy = 0.9 * (1 - prevalence)
    assert said(text, "NPV") == round(healthy / (healthy + 0.1 * prevalence), 4)
    assert f"of 100 positive tests, {100 * expected:.1f} are ill" in text or expected < 0.1


@pytest.mark.parametrize("specificity", [0.5, 0.9, 0.987, 0.999])
@pytest.mark.parametrize("prevalence", [0.5, 0.02, 0.0108, 0.0019])
def test_the_icons_are_a_thousand_and_none_is_off_by_a_whole_person(prevalence, specificity):
    shares = ConfusionCounts(0.873, 0.127, 1 - specificity, specificity).at_prevalence(prevalence)
    people = whole_people(shares)
    assert people.n == 1000
    for cell in ("tp", "fn", "fp", "tn"):
        assert abs(getattr(people, cell) - 1000 * getattr(shares, cell)) < 1


def test_the_prevalence_widget_offers_the_lectures_prevalences_and_says_that_it_rounds():
    explorer = prevalence_explorer()
    assert explorer.text.startswith("Prevalence 50%, sensitivity 0.900, specificity 0.900: PPV 0.9000, NPV 0.9000")
    for prevalence in FACTS["prevalence.prevalences"][1:]:
        explorer.controls["prevalence"].value = prevalence
        assert f"Prevalence {100 * prevalence:g}%" in explorer.text
    assert "of 100 positive tests, 1.7 are ill" in explorer.text
    assert explorer.text.endswith("Rounded to 1,000 whole people: 2 true positive, 0 false negative, "
                                  "100 false positive, 898 true negative.")  # fmt: skip
    explorer.move(sensitivity=0.999, specificity=0.999)
    assert said(explorer.text, "PPV") == 0.6554
    assert explorer.error is None


def test_the_bootstrap_scene_tells_of_the_cohort_and_its_auroc():
    data = cohort(60, 3, 0.5, 7)
    text = bootstrap_scene(60, 3, 0.5, 100, 7).text
    assert text.startswith("Simulated, 180 images of 60 patients: ")
    assert said(text, "AUROC") == pytest.approx(roc_auc_score(data.y_true[:, 0], data.y_score[:, 0]), abs=5.1e-4)


def test_the_scenes_intervals_are_percentiles_of_scikit_learns_auroc_on_the_same_draws():
    data = cohort(50, 2, 0.5, 3)
    y, score = data.y_true[:, 0], data.y_score[:, 0]
    for unit, groups in (("image", None), ("patient", data.groups)):
        resampling = bootstrap_auroc(y, score, groups=groups, n_replicates=60, seed=3).resampling
        _, drawn = next(resampling.weights(0, 60))
        drawn = drawn if groups is None else drawn[groups]
        areas = [roc_auc_score(y, score, sample_weight=weight) for weight in drawn.T]
        low, high = np.percentile(areas, [2.5, 97.5])
        assert f"by {unit} {low:.3f} to {high:.3f}" in bootstrap_scene(50, 2, 0.5, 60, 3).text


@pytest.mark.parametrize(("images", "icc", "ratio"), [(1, 0.6, 1.0), (4, 1.0, 2.0), (8, 1.0, 8**0.5), (4, 0.0, 1.0)])
def test_the_interval_by_patient_widens_with_the_copies_of_a_patient(images, icc, ratio):
    text = bootstrap_scene(200, images, icc, 1000, 2).text
    found = float(re.search(r"([\d.]+) times as wide", text)[1])
    assert found == 1.0 if images == 1 else found == pytest.approx(ratio, rel=0.15)


def test_replicates_are_added_and_none_changes():
    data = cohort(50, 2, 0.5, 3)
    few, many = (
        bootstrap_auroc(data.y_true[:, 0], data.y_score[:, 0], n_replicates=number, seed=3).replicates
        for number in (90, 300)
    )
    assert np.array_equal(few, many[:90])


@pytest.mark.parametrize("by_patient", [False, True])
@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_the_band_is_that_of_scikit_learns_curves_also_with_ties(by_patient, decimals):
    data = cohort(40, 3, 0.5, 5)
    y, score = data.y_true[:, 0], data.y_score[:, 0].round(decimals)
    groups = data.groups if by_patient else None
    resampling = bootstrap_auroc(y, score, groups=groups, n_replicates=80, seed=1).resampling
    curves = []
    for number, rows in resampling.chunks():
        _, drawn = next(resampling.weights(number, rows.stop - rows.start))
        for weight in drawn.T:
            weight = weight[groups] if by_patient else weight
            fpr, tpr, _ = roc_curve(y, score, sample_weight=weight, drop_intermediate=False)
            curves.append(np.interp(GRID, fpr, tpr))
    grid, low, high = roc_band(y, score, resampling)
    expected = np.quantile(curves, [0.025, 0.975], axis=0)
    off = np.abs(np.array([low, high]) - expected)[:, 1:]  # at a rate of 0 the curve is a vertical line,
    assert np.median(off) < 1e-6 and off.max() < 0.02  # and at some others rounding decides which of its ends counts
    assert np.array_equal(grid, GRID) and (low <= high).all()


def test_a_band_of_one_class_is_undefined():
    resampling = bootstrap_auroc([0, 0, 1], [1, 2, 3], n_replicates=5).resampling
    assert np.isnan(roc_band([0, 0, 0], [1, 2, 3], resampling)[1]).all()


def test_the_bootstrap_widget_answers_to_every_control():
    explorer = bootstrap_explorer()
    moves = {"patients": 50, "images": 8, "icc": 1.0, "replicates": 10, "sample": 50}
    for name, value in moves.items():
        before = explorer.text
        explorer.controls[name].value = value
        assert explorer.text != before
        assert explorer.error is None
    assert explorer.text.startswith("Simulated, 400 images of 50 patients") and "(10 replicates)" in explorer.text


def test_the_undistorted_logits_are_calibrated():
    y, logits = calibrated()
    separation = 2 * norm.ppf(0.85) / 2**0.5
    score = (logits - np.log(ILL / WELL) + separation**2 / 2) / separation
    odds = ILL * norm.pdf(score, separation) / (WELL * norm.pdf(score))
    assert np.exp(logits) == pytest.approx(odds)
    observed = reliability_curve(y, 1 / (1 + np.exp(-logits)))
    assert observed["predicted"].between(observed["low"], observed["high"]).sum() >= 9


@pytest.mark.parametrize(("temperature", "shift"), [(1.0, 0.0), (0.2, -3.0), (4.0, 3.0), (1.0, 1.39)])
def test_auroc_stays_while_brier_moves_and_both_are_scikit_learns(temperature, shift):
    y, logits = calibrated()
    p = 1 / (1 + np.exp(-(logits / temperature + shift)))
    text = calibration_scene("own", temperature, shift).text
    assert said(text, "AUROC") == said(calibration_scene("own", 1.0, 0.0).text, "AUROC")
    assert said(text, "AUROC") == pytest.approx(roc_auc_score(y, p), abs=5.1e-4)
    assert said(text, "Brier score") == pytest.approx(brier_score_loss(y, p), abs=5.1e-5)
    assert "(0.1600 for telling everybody the prevalence)" in text
    assert said(text, "mean probability") == pytest.approx(100 * p.mean(), abs=0.051)
    assert said(text, "difference") == pytest.approx(100 * (p.mean() - y.mean()), abs=0.051)


@pytest.mark.parametrize(("temperature", "shift"), [(1.0, 0.0), (0.4, 0.0), (1.0, 1.39)])
def test_ece_is_that_of_scikit_learns_quantile_bins(temperature, shift):
    y, logits = calibrated()
    p = 1 / (1 + np.exp(-(logits / temperature + shift)))
    observed, predicted = calibration_curve(y, p, n_bins=15, strategy="quantile")
    expected = np.abs(observed - predicted).mean()  # 3,000 samples in bins of 200
    text = calibration_scene("own", temperature, shift).text
    assert said(text, "ECE") == pytest.approx(expected, abs=2e-3)
    assert "(0.0000 for that)" in text


def test_the_parts_of_the_table_add_up_to_the_brier_score():
    scene = calibration_scene("own", 0.4, 0.5)
    parts = [float(cell.replace("−", "-")) for cell in re.findall(r">(−?0\.\d{4})</td>", scene.html)]
    reliability, resolution, uncertainty, within = parts
    assert reliability - resolution + uncertainty + within == pytest.approx(said(scene.text, "Brier score"), abs=2e-4)


def test_the_weighted_preset_overestimates_and_taking_the_weight_away_repairs_it():
    explorer = calibration_explorer()
    calibrated_text = explorer.text
    explorer.controls["preset"].value = "weighted training: pos_weight = N/P"
    assert explorer.values["shift"] == pytest.approx(np.log(WELL / ILL), abs=0.005)
    assert said(explorer.text, "difference") > 15
    explorer.controls["shift"].value = 0.0
    assert explorer.values["preset"] == "own"
    assert explorer.text == calibrated_text


def test_every_calibration_preset_keeps_its_name_while_it_is_shown():
    explorer = calibration_explorer()
    for name in list(explorer.controls["preset"].options)[:-1]:
        explorer.controls["preset"].value = name
        assert explorer.values["preset"] == name
        assert explorer.error is None
