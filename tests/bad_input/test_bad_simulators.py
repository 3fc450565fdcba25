"""Every simulator, given odd numbers: what it promises, or an error that names the argument."""

import inspect

import numpy as np
import pytest
from allowed_answers import REFUSED, answer, cases, well_formed
from hypothesis import given
from hypothesis import strategies as st
from odd_values import NUMBERS, arrays, options

from course_lib import brain_age, chest_xray, intrinsic_dimension, metrics, tsimcne
from course_lib.data import ImageSet

SEEDS = (0, 7)
LONGEST = 8
SIMULATORS = {  # what it is called with, and what is varied
    "radiographs": (
        chest_xray.simulate_radiographs,
        {"n_patients": 1, "images_per_patient": 1},
        {
            "n_patients": (1, 2),
            "size": (64, 32),
            "seed": SEEDS,
            "site": ("A", "B"),
            "images_per_patient": (1, 2),
            "persistence": (0.1,),
            "label_noise": (0.2,),
            "floor": (0.1, None),
        },
        10,
    ),
    "cohort": (
        brain_age.simulate_cohort,
        {"n": 1},
        {
            "n": (1, 2),
            "ages": ((45, 80), (80, 45), (60, 60), (np.nan, 80)),
            "groups": ("AD", {"control": 1, "AD": 0}, {"x": 1}, {"AD": -1}, {}),
            "site": ("A", "B"),
            "older": (None, {"ventricles": 5.0}, {"x": 1}, {"cortex": np.nan}),
            "resolution_mm": (4, 3),
            "seed": SEEDS,
        },
        10,
    ),
    "blood": (
        tsimcne.simulate_blood,
        {"n": 1},
        {"n": (1, 3), "size": (16, 28), "seed": SEEDS, "batch_strength": (0.0, 2.0), "balanced": (False,)},
        15,
    ),
    "lesions": (
        intrinsic_dimension.rendered_images,
        {"n": 2},
        {
            "n": (1, 3),
            "factors": (("x",), ["size", "y"], ("x", "x"), ["z"], "x"),
            "size": (8, 32),
            "noise": (0.0, 3.0),
            "seed": SEEDS,
        },
        20,
    ),
}
POINTS = {
    "ball": ({"d": 2, "n": 5}, {"d": (1, 3), "n": (1, 4), "seed": SEEDS}),
    "sphere": ({"d": 2, "n": 5}, {"d": (1, 3), "n": (1, 4), "seed": SEEDS}),
    "flat_torus": ({"d": 2, "n": 5}, {"d": (1, 3), "n": (1, 4), "seed": SEEDS}),
    "swiss_roll": ({"n": 5}, {"n": (1, 4), "seed": SEEDS}),
    "simulate_slices": (
        {"n_patients": 2, "per_patient": 2},
        {"n_patients": (1, 3), "per_patient": (1, 3), "d": (1, 3), "spread": (0.0, 0.5), "seed": SEEDS},
    ),
}


@pytest.mark.parametrize("name", SIMULATORS)
def test_images_are_simulated_or_the_odd_number_is_named(name):
    simulate, needed, varied, number = SIMULATORS[name]

    @cases(number)
    @given(arguments=options(**varied))
    def check(arguments):
        arguments = needed | arguments
        images = answer(lambda: simulate(**arguments), tuple(varied))
        if images is not REFUSED:
            assert isinstance(images, ImageSet) and images.card.simulated
            first = next(iter(needed))
            assert len(images) >= arguments[first]
            again = simulate(**arguments)
            np.testing.assert_array_equal(images.images, again.images)

    check()


@pytest.mark.parametrize("name", POINTS)
def test_points_are_simulated_or_the_odd_number_is_named(name):
    simulate, (needed, varied) = getattr(intrinsic_dimension, name), POINTS[name]

    @cases(8)
    @given(arguments=options(**varied))
    def check(arguments):
        points = answer(lambda: simulate(**(needed | arguments)), tuple(varied))
        if points is not REFUSED:
            well_formed(points)

    check()


@cases(20)
@given(data=st.data())
def test_points_are_embedded_or_what_is_odd_is_named(data):
    points = data.draw(arrays(3, "points", "table"))
    arguments = {"D": 5} | data.draw(options(D=(4, 9), kind=("nonlinear", "linear"), seed=SEEDS))
    embedded = answer(lambda: intrinsic_dimension.embed(points, **arguments), ("X", "D", "kind", "seed"))
    if embedded is not REFUSED:
        assert embedded.shape == (len(points), arguments["D"])


@cases(25)
@given(data=st.data())
def test_predictions_are_simulated_or_what_is_odd_is_named(data):
    several, share, auc = (data.draw(arrays(3, *kinds)) for kinds in (("classes", "labels"), ("scores",), ("scores",)))
    if isinstance(several, np.ndarray) and several.dtype.kind in "iu":
        several = np.minimum(several, LONGEST)  # more images are asked for in earnest, and take their memory
    arguments = data.draw(options(label_icc=(0.0, 0.5), score_icc=(0.5,), seed=SEEDS, names=(["a", "b", "c"], "abc")))
    names = tuple(inspect.signature(metrics.simulate_predictions).parameters)
    told = answer(lambda: metrics.simulate_predictions(several, share, auc, **arguments), names)
    if told is not REFUSED:
        assert told.y_true.shape == told.y_score.shape and np.isin(told.y_true, (0, 1)).all()
        well_formed(told.y_score)


@cases(20)
@given(data=st.data())
def test_quantiles_and_readers_are_simulated_or_what_is_odd_is_named(data):
    numbers = {"n_positive": 2, "n_negative": 2, "separation": 1.0}
    numbers |= data.draw(options(n_positive=(0, 3), n_negative=(0, 3), separation=(0.0, -2.0)))
    well_formed(answer(lambda: metrics.binormal_quantiles(**numbers), tuple(numbers)))
    truth, found, spared = (data.draw(arrays(3, *kinds)) for kinds in (("labels",), ("scores",), ("scores",)))
    more = {"difficulty": data.draw(st.sampled_from(NUMBERS)), "seed": data.draw(st.sampled_from((0, 7, *NUMBERS)))}
    simulate = chest_xray.simulate_readers
    calls = answer(
        lambda: simulate(truth, sensitivity=found, specificity=spared, **more),
        ("truth", "sensitivity", "specificity", *more),
    )
    if calls is not REFUSED:
        assert calls.shape == (len(truth), len(found)) and np.isin(calls, (0, 1)).all()


@cases(15)
@given(data=st.data())
def test_readers_calls_are_compared_or_what_is_odd_is_named(data):
    calls = data.draw(arrays(5, "findings", "findings", "labels"))
    arguments = data.draw(options(n_replicates=(2, 20), seed=SEEDS))
    names = ("calls", "model", "groups", "n_replicates", "seed")
    answer(lambda: chest_xray.f1_against_others(calls, **arguments), names)
    model = data.draw(st.sampled_from((0, 2, "Reader 1", *NUMBERS)))
    answer(lambda: chest_xray.model_against_readers(calls, model, **arguments), names)


@cases(12)
@given(data=st.data())
def test_one_brain_is_aged_or_what_is_odd_is_named(data):
    arguments = {"age": 60.0} | data.draw(options(age=(45, 80), ventricles=(5.0,), hippocampi=(0.0,), cortex=(-3.0,)))
    brain = answer(lambda: brain_age.age_brain(**arguments), (*arguments, "resolution_mm"))
    if brain is not REFUSED:
        well_formed(brain)


@cases(15)
@given(data=st.data())
def test_images_of_odd_shape_are_brought_to_the_published_form_or_named(data):
    images = data.draw(arrays(4, "cube", "bool", "table"))
    size = data.draw(st.sampled_from((8, 16, *NUMBERS)))
    for prepare in (intrinsic_dimension.konz_preprocess, intrinsic_dimension.pope_preprocess):
        prepared = answer(lambda call=prepare: call(images, size), ("images", "size"))
        if prepared is not REFUSED:
            assert prepared.shape[:3] == (len(images), size, size) and prepared.dtype == np.uint8
