"""Lecture 5's explorers: each scene against an independent oracle, each widget without a browser."""

import itertools
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats
from scipy.spatial import cKDTree

from course_lib.intrinsic_dimension.explorers import (
    estimator_lab_explorer,
    neighborhood_explorer,
    paper_fit_explorer,
    patient_slices_explorer,
)
from course_lib.intrinsic_dimension.explorers.estimator_lab import ESTIMATORS, SHAPES, estimator_scene
from course_lib.intrinsic_dimension.explorers.neighborhood import CLOUDS, N, nearest_on_paper, neighborhood_scene
from course_lib.intrinsic_dimension.explorers.paper_fit import clicked, paper_scene
from course_lib.intrinsic_dimension.explorers.patient_slices import EACH, TREATMENTS, slices_scene
from course_lib.intrinsic_dimension.figures import project
from course_lib.intrinsic_dimension.manifolds import ball, swiss_roll
from course_lib.published import published

FACTS = {name: entry.value for name, entry in published("intrinsic_dimension").items()}
RADIOLOGICAL = FACTS["konz.radiological"]


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+(?:\.\d+)?", text.replace(",", ""))]


def draw(scene, panels=2):
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    scene.figure(figure.subplots(1, panels))
    figure.canvas.draw()
    return figure


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_neighborhood_tells_what_a_tree_finds(cloud):
    truth, make = CLOUDS[cloud]
    points = make(0)
    distances = cKDTree(points).query(points, 13)[0][:, 1:]
    logs = np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
    text = neighborhood_scene(0, cloud, 77, 12, 20).text
    first, second, ratio = (float(re.search(rf"{name} = ([\d.]+)", text)[1].rstrip(".")) for name in ("T₁", "T₂", "T₁"))
    near = distances[77]
    assert (first, second) == pytest.approx((near[0], near[1]), rel=0.01) and ratio > 0
    own, everybody, said = re.search(
        r"dimension ([\d.]+); all points together say ([\d.]+); the truth is (\d)", text
    ).groups()
    assert float(own) == pytest.approx(11 / logs[77], abs=0.006)
    assert float(everybody) == pytest.approx(11 / logs.mean(), abs=0.006)
    assert int(said) == truth


def test_a_click_chooses_the_point_that_is_drawn_there():
    points = swiss_roll(N, 0)
    places, _ = project(points[np.hypot(points[:, 0], points[:, 2]).argsort()], (15, 12.0))  # along the roll
    values = {"cloud": "Swiss roll", "turn": 15}
    assert nearest_on_paper(0, 0, *places[123], values) == {"at": 123}
    assert nearest_on_paper(0, 1, 1.0, 1.0, values) == {}


def test_the_lab_says_by_how_much_each_estimator_is_off():
    points = ball(10, 500, 0)
    distances = cKDTree(points).query(points, 21)[0][:, 1:]
    right = 19 / np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1).mean()
    scene = estimator_scene(0, next(iter(SHAPES)), 10, 500, 0, 20, "MLE")
    assert f"MLE says {right:.2f}" in scene.text and "not in it" in scene.text
    assert f"an error of −{abs(round(10 * right - 100))} %" in scene.text
    released = estimator_scene(0, next(iter(SHAPES)), 10, 500, 0, 20, "MLE as released")
    assert f"says {right * 18 / 19:.2f}" in released.text


def test_noise_lifts_and_many_dimensions_lower_the_estimate():
    def said(**changes):
        values = {"shape": next(iter(SHAPES)), "d": 5, "n": 500, "noise": 0.0, "k": 10, "estimator": "MLE"} | changes
        return float(re.search(r"says ([\d.]+)", estimator_scene(0, **values).text)[1])

    assert said(noise=0.2) > said() + 1
    assert said(d=40) < 30 and said(n=100) < said(n=1000)


def test_the_lab_says_why():
    def told(shape=0, **changes):
        values = {"d": 10, "n": 500, "noise": 0.0, "k": 20, "estimator": "MLE"} | changes
        return estimator_scene(0, list(SHAPES)[shape], **values).text

    assert told().endswith(
        "Of 500 points in 10 dimensions, the nearest 20 are far, and beyond the edge there are none."
    )
    assert told(1, estimator="TwoNN", d=40).endswith("the nearest 2 are far.")
    assert told(d=2, noise=0.2, k=3).endswith("near neighbors differ by little else.")
    assert told(estimator="MLE as released", k=3).endswith("takes 50 % off the MLE.")
    assert "error of 0 %" in told(d=1) and told(d=1).endswith("No more than chance would do.")


def test_slices_say_what_is_left_of_the_dimension():
    alone, together, careful, masked = (
        float(re.search(r"dimension ([\d.]+)", slices_scene(0, each, 0.2, treatment).text)[1])
        for each, treatment in ((1, TREATMENTS[0]), (5, TREATMENTS[0]), (5, TREATMENTS[2]), (5, TREATMENTS[1]))
    )
    assert together < 2 < 7 < careful < alone < masked
    assert "0% are of the same patient" in slices_scene(0, 1, 0.2, TREATMENTS[0]).text


@pytest.mark.parametrize("out", [[], ["Prostate"], ["CheXpert", "BraTS"]])
def test_the_papers_fit_is_that_of_the_data_sets_that_are_left(out):
    kept = [name for name in RADIOLOGICAL if name not in out]
    x = [FACTS["konz.dimension"][name] for name in kept]
    fit = stats.linregress(x, [round(750 * FACTS["konz.accuracy"][name][6]) / 750 for name in kept])
    half = stats.t.ppf(0.975, len(kept) - 2) * fit.stderr
    text = paper_scene("radiological", 2000, ", ".join(out).lower()).text
    assert f"n = {len(kept)} data sets" in text and f"R² = {fit.rvalue**2:.3f}" in text
    found = numbers(text.split("changes by")[1])[:3]
    assert found == pytest.approx([fit.slope, fit.slope - half, fit.slope + half], abs=6e-5)
    assert ("All 7 give" in text) == bool(out)


def test_a_click_drops_a_data_set_and_takes_it_back():
    place = FACTS["konz.dimension"]["Prostate"], FACTS["konz.accuracy"]["Prostate"][6]
    values = {"domain": "radiological", "n_train": 2000, "drop": ""}
    assert clicked(0, *place, values) == {"drop": "Prostate"}
    assert clicked(0, *place, values | {"drop": "BraTS, prostate"}) == {"drop": "BraTS"}
    assert clicked(0, *place, values | {"drop": "nonsense"}) == {"drop": "Prostate"}
    assert clicked(1, *place, values) == {}


def test_too_few_data_sets_and_unknown_names_are_said_on_screen():
    explorer = paper_fit_explorer()
    before = explorer.picture.png
    explorer.move(domain="natural", drop="MNIST, SVHN")
    assert explorer.text.startswith("Not possible: 2 data sets are left") and explorer.picture.png == before
    explorer.move(drop="Mars")
    assert "'Mars' is not one of MNIST, SVHN, CIFAR-10, ImageNet" in explorer.text


@pytest.mark.parametrize(
    ("scene", "choices"),
    [
        (neighborhood_scene, [list(CLOUDS), (0, N - 1), (3, 200), (-90, 90)]),
        (estimator_scene, [list(SHAPES), (1, 40), (100,), (0.0, 0.2), (3, 50), ESTIMATORS]),
        (slices_scene, [(1, 10), (0.05, 2.0), TREATMENTS]),
    ],
)
def test_every_end_of_every_control_is_drawn_and_told(scene, choices):
    for values in itertools.product(*choices):
        found = scene(0, *values)
        assert "nan" not in found.text and "Simulated" in found.text and found.alt
    draw(found)


@pytest.mark.parametrize("size", FACTS["konz.training_sizes"])
@pytest.mark.parametrize("domain", ["radiological", "natural"])
def test_every_line_of_the_paper_is_drawn(domain, size):
    scene = paper_scene(domain, size, "")
    slope = FACTS["konz.slope"][domain][FACTS["konz.training_sizes"].index(size)]
    assert numbers(scene.text.split("changes by")[1])[0] == pytest.approx(slope, abs=1e-4)
    draw(scene)


@pytest.mark.parametrize(
    ("make", "moves"),
    [
        (neighborhood_explorer, {"cloud": "sphere", "at": 5, "k": 30, "turn": 60}),
        (
            estimator_lab_explorer,
            {"shape": list(SHAPES)[2], "d": 3, "n": 200, "noise": 0.1, "k": 5, "estimator": "TwoNN"},
        ),
        (patient_slices_explorer, {"each": EACH[3], "spread": 1.0, "treatment": TREATMENTS[2]}),
        (paper_fit_explorer, {"domain": "natural", "n_train": 500, "drop": "BraTS"}),
    ],
)
def test_every_control_changes_the_picture_and_the_sentence(make, moves):
    for name, value in moves.items():
        explorer = make()
        before = explorer.picture.png, explorer.text
        explorer.controls[name].value = value
        assert explorer.error is None and explorer.picture.png != before[0]
        assert explorer.text != before[1] or name == "turn"
