"""Lecture 3's explorers: each scene against an independent oracle, each widget without a browser."""

import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from sklearn.metrics import (
    confusion_matrix,
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_curve,
)

from course_lib import plotting
from course_lib.chest_xray.explain import class_activation_map, grad_cam
from course_lib.chest_xray.explorers import (
    cam_inspector_explorer,
    operating_point_explorer,
    reading_room_explorer,
)
from course_lib.chest_xray.explorers.cam_inspector import COMMON, OWN, cam_scene, checked
from course_lib.chest_xray.explorers.layers import LAST, layers_by_size, weighted_maps
from course_lib.chest_xray.explorers.operating_point import CRITERIA, decide, operating_scene
from course_lib.chest_xray.explorers.reading_room import EVERY, NONE, furnished, reading_scene
from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.networks import PooledClassifier, SmallChestNet
from course_lib.chest_xray.simulator import finding_mask, simulate_radiographs
from course_lib.published import published

NUMBER = r"([−+]?\d+\.\d+)"
PREVALENCE = published("chest_xray")["prevalence"].value


@pytest.fixture(scope="module")
def cohort():
    return simulate_radiographs(30, seed=5, label_noise=0.3)


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return SmallChestNet().eval()


@pytest.fixture(scope="module")
def logits(model, cohort):
    with torch.no_grad():
        return model(cohort.tensors()[0]).numpy()


@pytest.fixture(scope="module")
def inspected(model, cohort):
    return checked(model, cohort)


def binormal(n, seed):
    rng = np.random.default_rng(seed)
    y = (rng.random((n, len(FINDINGS))) < 0.15).astype(int)
    return y, 1.5 * y + rng.normal(size=y.shape) - 2


@pytest.fixture(scope="module")
def decided():
    """Ten findings' worth of images are drawn; one is enough here."""
    (vy, vz), (y, z) = binormal(400, 1), binormal(500, 2)
    validation, test = ((labels[:, 4], 1 / (1 + np.exp(-scores[:, 4]))) for labels, scores in ((vy, vz), (y, z)))
    return {"Mass": decide(validation, test)}


def as_number(text):
    return float(text.replace("−", "-"))


def said(text, name):
    """The number that follows a name in a sentence."""
    return as_number(re.search(rf"\b{re.escape(name)} {NUMBER}", text)[1])


def drawn(explorer):
    """Pixels of the picture, by which scenes are told apart."""
    return explorer.picture.png


def test_browsing_goes_through_exactly_the_images_that_have_the_finding(cohort):
    room = furnished(cohort, None, None)
    truth = cohort.extras["true_labels"]
    for place, name in enumerate(FINDINGS):
        assert room.rows(name).tolist() == [row for row in range(len(cohort)) if truth[row, place]]
    assert room.rows(NONE).tolist() == [row for row in range(len(cohort)) if not truth[row].any()]
    assert room.rows(EVERY).tolist() == list(range(len(cohort)))


def test_without_known_truth_the_reports_labels_decide(cohort):
    real = replace(cohort, extras={}, card=None)
    room = furnished(real, None, None)
    assert room.rows("Mass").tolist() == np.flatnonzero(cohort.labels[:, 4]).tolist()
    text = reading_scene(room, "Mass", 1, truth=True).text
    assert "The report names" in text and text.endswith("what is truly there is not known.")
    assert "imulated" not in text
    assert reading_room_explorer(real).controls["truth"].description == "Show the report"


def test_students_read_first_and_neither_truth_nor_model_speaks(cohort, logits):
    explorer = reading_room_explorer(cohort, logits)
    assert explorer.text.endswith("What do you see?")
    assert not any(name in explorer.text for name in FINDINGS)
    assert explorer.text.startswith("Simulated. ") and "simulated" in explorer.picture.alt


def test_the_patient_is_told_as_the_cohort_has_it(cohort):
    room = furnished(cohort, None, None)
    for row in (0, 7, len(cohort) - 1):
        about = cohort.covariates.iloc[row]
        visit = "first image" if about["follow_up"] == 0 else f"follow-up {about['follow_up']}"
        sex = {"F": "woman", "M": "man"}[about["sex"]]
        expected = f"patient {cohort.groups[row]}, {sex}, {about['age']} years, {visit}."
        assert expected in reading_scene(room, EVERY, row + 1).text


def test_an_unknown_age_or_patient_is_left_out(cohort):
    ages = cohort.covariates.assign(age=np.nan)
    assert "years" not in reading_scene(furnished(replace(cohort, covariates=ages), None, None), EVERY, 1).text
    unknown = replace(cohort, covariates=None, groups=None)
    assert "nothing is known of the patient" in reading_scene(furnished(unknown, None, None), EVERY, 1).text


def test_the_truth_is_told_with_every_error_of_the_report(cohort):
    room, truth = furnished(cohort, None, None), cohort.extras["true_labels"]
    wrong = 0
    for row in range(len(cohort)):
        text = reading_scene(room, EVERY, row + 1, truth=True).text.split("There: ")[1]
        there, report = text.split("; ")
        names = [name for name, mark in zip(FINDINGS, truth[row], strict=True) if mark]
        assert there == (", ".join(names) or "no finding")
        missed = {n for n, t, r in zip(FINDINGS, truth[row], cohort.labels[row], strict=True) if t and not r}
        invented = {n for n, t, r in zip(FINDINGS, truth[row], cohort.labels[row], strict=True) if r and not t}
        assert {name for name in FINDINGS if name in report} == missed | invented
        assert ("misses" in report) == bool(missed) and ("which is not there" in report) == bool(invented)
        assert ("agree" in report) == (not missed and not invented)
        wrong += bool(missed or invented)
    assert wrong  # the labels of this cohort are noisy


def test_the_model_names_its_highest_probabilities(cohort, logits):
    room = furnished(cohort, logits, None)
    text = reading_scene(room, EVERY, 4, opinion=True).text
    p = 1 / (1 + np.exp(-logits[3].astype(float)))
    expected = ", ".join(
        f"{FINDINGS[place]} {100 * p[place]:.1f} %" for place in sorted(range(14), key=lambda k: -p[k])[:3]
    )
    assert f"The model's first 3: {expected}." in text


def test_probabilities_are_taken_as_they_are_when_said_to_be(cohort, logits):
    p = 1 / (1 + np.exp(-logits.astype(float)))
    same = [
        reading_scene(furnished(cohort, *how), EVERY, 2, opinion=True).text
        for how in ((logits, None), (p, None, False))
    ]
    assert same[0] == same[1]
    with pytest.raises(ValueError, match="outside"):
        reading_room_explorer(cohort, logits, logits=False)
    with pytest.raises(ValueError, match="as probabilities do; if they are, say logits=False"):
        reading_room_explorer(cohort, p)


def test_the_outlines_are_those_of_the_masks(cohort):
    truth = cohort.extras["true_labels"]
    row = int(truth.sum(axis=1).argmax())
    shown = [name for name, mark in zip(FINDINGS, truth[row], strict=True) if mark]
    explorer = reading_room_explorer(cohort)
    explorer.move(number=row + 1, truth=True)
    assert ", ".join(shown) + " outlined" in explorer.picture.alt
    lines = explorer._canvas.axes[0].collections
    assert len(lines) == len(shown)
    for line, name in zip(lines, shown, strict=True):
        rows, columns = np.nonzero(finding_mask(cohort[row], name)[0])
        (left, low), (right, high) = line.get_paths()[0].get_extents().get_points()
        expected = columns.min() - 0.5, rows.min() - 0.5, columns.max() + 0.5, rows.max() + 0.5
        assert (left, low, right, high) == pytest.approx(expected)


def test_the_window_maps_its_ends_to_black_and_white(cohort):
    explorer = reading_room_explorer(cohort)
    explorer.move(center=100, width=60)
    assert explorer._canvas.axes[0].images[0].get_clim() == (70, 130)
    floats = replace(cohort, images=(cohort.images / np.float32(255)).astype(np.float32))
    shown = reading_room_explorer(floats)._canvas.axes[0].images[0]
    assert np.allclose(shown.get_array(), cohort.images[0], atol=1e-3)
    assert shown.get_clim() == (0, 256)


def test_heat_maps_of_all_images_share_one_scale(cohort, model):
    maps = {"Mass": class_activation_map(model, cohort, "Mass")}
    explorer = reading_room_explorer(cohort, maps=maps)
    assert "opinion" not in explorer.controls
    reach = np.abs(maps["Mass"]).max()
    for row in (0, 9):
        explorer.move(heat="Mass", number=row + 1)
        assert said(explorer.text, "at most") == pytest.approx(maps["Mass"][row].max(), abs=0.006)
        assert f"full color is ±{reach:.2f}" in explorer.text
        overlay = explorer._canvas.axes[0].images[1]
        assert overlay.get_clim() == (-1, 1)
        assert np.abs(overlay.get_array()).max() <= np.abs(maps["Mass"][row]).max() / reach + 1e-6


def test_the_image_slider_follows_the_finding_and_never_points_beyond(cohort):
    explorer = reading_room_explorer(cohort)
    explorer.controls["number"].value = len(cohort)
    texts = []
    explorer.picture.observe(lambda change: texts.append(change.new), "text")
    explorer.controls["show"].value = "Mass"
    n = int(cohort.extras["true_labels"][:, 4].sum())
    assert explorer.controls["number"].max == explorer.values["number"] == n
    assert explorer.text.startswith(f"Simulated. Image {n} of {n} with Mass:")
    assert not any("Not possible" in text for text in texts)
    explorer.controls["show"].value = EVERY
    assert explorer.controls["number"].max == len(cohort)


def test_only_what_the_cohort_has_can_be_shown(cohort):
    truth = cohort.extras["true_labels"]
    part = cohort[np.flatnonzero(truth[:, 4])]
    options = reading_room_explorer(part).controls["show"].options
    present = [name for name, n in zip(FINDINGS, part.extras["true_labels"].sum(axis=0), strict=True) if n]
    assert list(options) == [EVERY, *present]


def test_a_room_refuses_what_does_not_belong_to_its_images(cohort, logits, model):
    with pytest.raises(ValueError, match=r"scores: got shape \(3, 14\)"):
        reading_room_explorer(cohort, logits[:3])
    with pytest.raises(ValueError, match="maps: got 2 of 'Mass'"):
        reading_room_explorer(cohort, maps={"Mass": np.zeros((2, 8, 8))})
    with pytest.raises(ValueError, match=r"maps: got \d+ of 'Gout'"):
        reading_room_explorer(cohort, maps={"Gout": np.zeros((len(cohort), 8, 8))})
    with pytest.raises(ValueError, match=r"cohort: got .* 2 classes\), allowed are gray images"):
        reading_room_explorer(replace(cohort, labels=cohort.labels[:, 0].astype(int), class_names=("no", "yes")))
    with pytest.raises(ValueError, match="number: got 99, allowed are 1 to"):
        reading_scene(furnished(cohort, None, None), "Mass", 99)


def test_every_control_of_the_room_changes_the_picture(cohort, logits, model):
    maps = {"Mass": class_activation_map(model, cohort, "Mass")}
    explorer = reading_room_explorer(cohort, logits, maps)
    moves = {"show": "Mass", "number": 2, "truth": True, "opinion": True, "heat": "Mass", "center": 90, "width": 100}
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = drawn(explorer)
        explorer.controls[name].value = value
        assert drawn(explorer) != before and explorer.error is None


@pytest.mark.parametrize("finding", [0, 4, 13])
def test_the_written_sum_is_the_map_the_bias_and_the_logit(inspected, cohort, model, logits, finding):
    maps = class_activation_map(model, cohort, finding)
    bias = model.classifier.bias[finding].item()
    for row in (0, 11):
        text = cam_scene(inspected, finding, row + 1).text
        assert said(text, "mean of the map") == pytest.approx(maps[row].mean(), abs=6e-4)
        assert said(text, "bias") == pytest.approx(bias, abs=6e-4)
        assert said(text, "logit") == pytest.approx(logits[row, finding], abs=6e-4)
        assert f"probability {100 / (1 + np.exp(-logits[row, finding])):.1f} %" in text
        assert "the network's own within 0.00001" in text
        assert "truly there" in text if cohort.extras["true_labels"][row, finding] else "truly absent" in text


@pytest.mark.parametrize("layer", [None, "features.2", "features.1"])
def test_maps_times_weights_are_captums_grad_cam(model, cohort, layer):
    pixels = cohort.tensors()[0][:3]
    expected = grad_cam(model, pixels, 4, layer)
    for row in range(3):
        seen = weighted_maps(model, pixels[row : row + 1], 4, layer or LAST)
        summed = np.tensordot(seen.weights, seen.maps, 1)
        assert np.allclose(summed, expected[row], atol=1e-4) and np.allclose(seen.evidence, summed)
        assert seen.logit == pytest.approx(model(pixels[row : row + 1])[0, 4].item(), abs=1e-5)
        assert seen.parts.sum() == pytest.approx(summed.mean(), abs=1e-4)


def test_on_the_last_maps_the_weights_are_those_of_the_linear_layer(inspected, model, cohort):
    backwards = weighted_maps(model, cohort.tensors()[0][5:6], 7, LAST)
    direct = inspected.taken_apart(7, LAST, 5)
    for seen in (backwards, direct):
        assert np.allclose(seen.weights, model.classifier.weight[7].detach().numpy(), atol=1e-5)
        assert seen.parts.sum() + model.classifier.bias[7].item() == pytest.approx(seen.logit, abs=1e-4)
    assert np.allclose(backwards.maps, direct.maps, atol=1e-5)


def test_the_table_adds_up_to_the_logit_and_shows_the_strongest_maps(inspected, logits):
    scene = cam_scene(inspected, 4, 3)
    cells = re.findall(r">([^<>]*)</td>", scene.html)
    rows = {cells[k]: cells[k + 1 : k + 4] for k in range(0, len(cells), 4)}
    adds = {name: as_number(values[2]) for name, values in rows.items()}
    parts = {name: value for name, value in adds.items() if name not in ("sum", "logit of the network")}
    assert sum(parts.values()) == pytest.approx(logits[2, 4], abs=4e-3)
    assert adds["sum"] == adds["logit of the network"] == pytest.approx(logits[2, 4], abs=6e-4)
    strongest = np.argsort(-np.abs(inspected.taken_apart(4, LAST, 2).parts))[:3]
    assert list(rows)[:3] == [f"map {k}" for k in strongest]
    for name in list(rows)[:3]:
        weight, mean, product = map(as_number, rows[name])
        assert product == pytest.approx(weight * mean, abs=2e-3)


def test_before_the_last_maps_no_sum_is_claimed(inspected, logits):
    scene = cam_scene(inspected, 4, 1, "features.2")
    assert f"but the logit is {logits[0, 4]:+.3f}".replace("-", "−") in scene.text
    assert "nothing makes the mean a logit" in scene.text and "there is no sum" in scene.html


def test_min_max_paints_the_highest_place_red_even_where_it_speaks_against_the_finding(inspected):
    below = PooledClassifier(torch.nn.Sequential(torch.nn.Conv2d(1, 4, 5, stride=4), torch.nn.Softplus()), 4, 14)
    with torch.no_grad():
        below.classifier.weight.fill_(-1)  # times maps that are positive: all evidence is against
    against = checked(below, inspected.images)
    text = cam_scene(against, 4, 1, scale=OWN).text
    assert "paints its highest place red although it speaks against the finding (−" in text
    assert "0 % of the strongest" in cam_scene(against, 4, 1, scale=COMMON).text
    explorer = cam_inspector_explorer(below, inspected.images)
    explorer.move(scale=OWN)
    assert explorer._canvas.axes[2].images[0].get_array().max() == 1
    explorer.move(scale=COMMON)
    assert explorer._canvas.axes[2].images[0].get_array().max() < 0


def test_one_scale_keeps_the_relation_between_images(inspected, model, cohort):
    maps = class_activation_map(model, cohort, 4)
    explorer = cam_inspector_explorer(model, cohort)
    explorer.move(finding=4)
    for row in (0, 8):
        explorer.move(number=row + 1)
        shown = explorer._canvas.axes[2].images[0].get_array()
        assert np.allclose(shown, maps[row] / np.abs(maps).max(), atol=1e-5)


def test_the_scale_is_the_strongest_evidence_of_either_sign_in_any_image(inspected, model, cohort):
    for finding in (0, 4):
        expected = np.abs(class_activation_map(model, cohort, finding)).max()
        assert inspected.reach(finding, LAST) == pytest.approx(expected, rel=1e-4)
        first = np.abs(grad_cam(model, cohort[:32], finding, "features.2")).max()
        assert inspected.reach(finding, "features.2") == pytest.approx(first, rel=1e-4)
    assert "of the strongest evidence in the first 32 images" in cam_scene(inspected, 4, 40, "features.2").text
    assert "of the strongest evidence in any image" in cam_scene(inspected, 4, 40).text


def test_a_layer_of_each_size_is_offered_and_the_last_comes_first(model, cohort):
    layers = layers_by_size(model, cohort.tensors()[0][:1])
    assert layers == {"8 × 8 (the last)": "features", "32 × 32": "features.1", "16 × 16": "features.2"}


def test_the_inspector_keeps_the_network_as_it_was_and_leaves_it_alone(cohort):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = SmallChestNet().train()
    explorer = cam_inspector_explorer(model, cohort)
    before = explorer.text
    assert model.training and all(weight.grad is None for weight in model.parameters())
    with torch.no_grad():
        model.classifier.bias += 5
    explorer.move(number=2)
    explorer.move(number=1)
    assert explorer.text == before


def test_the_inspector_refuses_other_networks_and_other_findings(model, cohort):
    with pytest.raises(ValueError, match="model: got a Linear"):
        cam_inspector_explorer(torch.nn.Linear(2, 2), cohort)
    with pytest.raises(ValueError, match=r"images: got .* the model's 3 findings"):
        cam_inspector_explorer(SmallChestNet(3), cohort)


def test_every_control_of_the_inspector_changes_text_and_picture(model, cohort):
    explorer = cam_inspector_explorer(model, cohort)
    moves = {"finding": 4, "number": 9, "layer": "features.2", "scale": OWN}
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = explorer.text, drawn(explorer)
        explorer.controls[name].value = value
        assert explorer.text != before[0] and drawn(explorer) != before[1] and explorer.error is None


@pytest.mark.parametrize("threshold", [0.02, 0.1, 0.237, 0.6])
def test_the_operating_points_numbers_are_scikit_learns(decided, threshold):
    y, p = decided["Mass"].test
    called = p >= threshold
    tn, fp, fn, tp = confusion_matrix(y, called).ravel()
    text = operating_scene(decided, True, "Mass", "own", threshold).text
    expected = {
        "sensitivity": recall_score(y, called),
        "specificity": recall_score(1 - y, ~called),
        "PPV": precision_score(y, called),
        "F1": f1_score(y, called),
    }
    assert {name: said(text, name) for name in expected} == pytest.approx(expected, abs=6e-4)
    for name, (k, n) in {"sensitivity": (tp, tp + fn), "specificity": (tn, tn + fp), "PPV": (tp, tp + fp)}.items():
        bounds = binomtest(int(k), int(n)).proportion_ci(method="wilson")
        assert re.search(rf"{name} [\d.]+ \({bounds.low:.3f} to {bounds.high:.3f}\)", text)
    assert f"On {len(y):,} test images, {y.sum()} with it" in text
    vy, vp = decided["Mass"].validation
    assert said(text, "F1 on validation") == pytest.approx(f1_score(vy, vp >= threshold), abs=6e-4)


def test_elsewhere_the_ppv_follows_from_bayes_rule(decided):
    y, p = decided["Mass"].test
    called = p >= 0.3
    true = recall_score(y, called) * PREVALENCE["Mass"]
    false = (1 - recall_score(1 - y, ~called)) * (1 - PREVALENCE["Mass"])
    text = operating_scene(decided, True, "Mass", "own", 0.3).text
    assert said(text, "the PPV would be") == pytest.approx(true / (true + false), abs=6e-4)
    assert f"{100 * PREVALENCE['Mass']:.1f} %" in text
    wells = (y == 0).sum()
    bounds = binomtest(int((~called)[y == 0].sum()), int(wells)).proportion_ci(method="wilson")
    ends = [true / (true + (1 - bound) * (1 - PREVALENCE["Mass"])) for bound in bounds]
    assert f"({ends[0]:.3f} to {ends[1]:.3f} by the interval of the specificity alone)" in text


def test_each_criterion_is_met_on_validation_images_by_no_better_threshold(decided):
    y, p = decided["Mass"].validation
    chosen = {name: decided["Mass"].thresholds[name].value for name in CRITERIA}
    f1, youden, sensitive, cost = chosen.values()
    precision, recall, steps = precision_recall_curve(y, p)
    with np.errstate(invalid="ignore"):
        best = np.nan_to_num(2 * precision * recall / (precision + recall))[:-1]
    assert f1_score(y, p >= f1) == pytest.approx(best.max())
    fpr, tpr, steps = roc_curve(y, p, drop_intermediate=False)
    assert (tpr - fpr)[steps == youden] == pytest.approx((tpr - fpr).max())
    assert sensitive == steps[tpr >= 0.9].max()
    loss = 10 * (1 - tpr) * y.sum() + fpr * (1 - y).sum()
    assert loss[steps == cost] == pytest.approx(loss.min())
    for name in CRITERIA:
        text = operating_scene(decided, True, "Mass", name, 0.5).text  # the slider's value is not asked
        assert said(text, "threshold") == pytest.approx(chosen[name], abs=6e-4) and f"by {name} on 400 val" in text


def test_nobody_called_positive_has_no_ppv_and_is_said_so(decided):
    scene = operating_scene(decided, True, "Mass", "own", 1.0)
    missed = int(decided["Mass"].test[0].sum())
    assert f"Nobody is called positive: all {missed} of 500 test images with it are missed." in scene.text
    assert "undefined" in scene.html and "nan" not in scene.text + scene.html


def test_real_images_are_not_called_simulated(decided):
    for simulated in (True, False):
        scene = operating_scene(decided, simulated, "Mass", "F1", 0.5)
        assert scene.text.startswith("Simulated. ") == simulated


def widget(**kwargs):
    return operating_point_explorer(*binormal(500, 2), binormal(400, 1), simulated=True, **kwargs)


def test_the_slider_follows_the_criterion_and_a_hand_on_it_ends_the_criterion():
    explorer = widget()
    chosen = said(explorer.text, "threshold")
    assert explorer.values["threshold"] == pytest.approx(chosen, abs=1e-9)
    explorer.controls["criterion"].value = "sensitivity at least 90 %"
    assert explorer.values["threshold"] == said(explorer.text, "threshold") < chosen
    explorer.controls["finding"].value = "Hernia"
    assert explorer.values["criterion"] == "sensitivity at least 90 %"
    assert explorer.values["threshold"] == said(explorer.text, "threshold")
    explorer.controls["threshold"].value = 0.4
    assert explorer.values["criterion"] == "own" and "0.400 set by hand" in explorer.text
    explorer.controls["finding"].value = "Mass"
    assert explorer.values["threshold"] == 0.4
    explorer.controls["criterion"].value = "F1"
    assert explorer.values["threshold"] != 0.4 and explorer.error is None


def test_probabilities_give_what_their_logits_give():
    (vy, vz), (y, z) = binormal(400, 1), binormal(500, 2)
    p, vp = (1 / (1 + np.exp(-scores)) for scores in (z, vz))
    same = operating_point_explorer(y, p, (vy, vp), simulated=True, logits=False)
    assert same.text == widget().text


def test_groups_behind_the_validation_images_and_unknown_labels_are_taken():
    (vy, vz), (y, z) = binormal(400, 1), binormal(500, 2)
    unknown = np.where(np.arange(500)[:, None] < 100, np.nan, y)
    explorer = operating_point_explorer(unknown, z, (vy, vz, np.arange(400)), simulated=False)
    assert f"On 400 test images, {int(np.nansum(unknown[:, 0]))} with it" in explorer.text


def test_findings_that_nobody_has_are_left_out_and_none_left_is_refused():
    (vy, vz), (y, z) = binormal(400, 1), binormal(500, 2)
    vy = vy * (np.arange(14) != 13)
    explorer = operating_point_explorer(y, z, (vy, vz), simulated=True)
    assert list(explorer.controls["finding"].options) == list(FINDINGS[:-1])
    with pytest.raises(ValueError, match="no finding is in some"):
        operating_point_explorer(y, z, (0 * vy, vz), simulated=True)


def test_the_images_that_the_threshold_was_chosen_on_are_refused_as_test_images():
    y, z = binormal(300, 1)
    with pytest.raises(ValueError, match="these are the data that the threshold was chosen on"):
        operating_point_explorer(y, z, (y, z), simulated=True)
    with pytest.raises(ValueError, match=r"validation: got labels \(300, 14\) and scores \(299, 14\)"):
        operating_point_explorer(y, z, (y, z[1:]), simulated=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("threshold", [0.0, 0.15, 1.0])
def test_the_picture_is_drawn_in_both_themes_at_every_end(theme, threshold):
    with mpl.rc_context():  # later tests must find Matplotlib as it was
        plotting.use(theme)
        explorer = widget()
        explorer.move(threshold=threshold)
        assert explorer.error is None and drawn(explorer)[:4] == b"\x89PNG"
        plotting.use("light")
