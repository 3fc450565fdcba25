"""Every estimator, given whatever people pass by mistake: a well-formed answer, or an error that names it."""

import inspect

import numpy as np
import pytest
from allowed_answers import REFUSED, answer, cases, well_formed
from hypothesis import given
from hypothesis import strategies as st
from odd_values import ARRAYS, arrays, options, samples

from course_lib import brain_age as brains
from course_lib import intrinsic_dimension as dimension
from course_lib.data import ImageSet
from course_lib.tsimcne import Augmentation, Encoder, Recipe, SimCLR, TSimCNE, contrastive_loss, learning_rates

CASES = 12
POINTS = ("table", "points", "cube", "huge", "column")
AGES = ("ages", "ages", "missing")
PEOPLE = ("classes", "text", "large classes")
DRAWN = {"n_replicates": (2, 20), "seed": (0, 7), "level": (0.5, 0.95)}
SEEN_BY = {"neighbors": ("k", "X"), "MLE": ("k", "convention", "X", "groups"), "TwoNN": ("fraction", "method", "X")}
CONVENTIONS = {"convention": ("levina-bickel", "pope"), "n_draws": (1, 3)}
OF_TWO = {  # functions of two arrays: likely kinds of the first, of the second, and what else they take
    "generalization_fit": (dimension, ("scores", "table"), ("ages", "scores"), {"n": ([10, 20, 30],), "level": (0.5,)}),
    "leave_one_out": (dimension, ("scores",), ("ages", "scores"), {"level": (0.5, 0.9)}),
    "label_sharpness": (dimension, POINTS, ("labels", "classes"), {}),
    "sharpest_pair": (dimension, POINTS, ("labels", "classes"), {}),
    "masked_dimension": (dimension, ("points", "table"), PEOPLE, {"k": (2, 3)}),
    "duplicates_among": (dimension, ("table", "points"), ("findings", "points"), {}),
    "bias_slope": (brains, AGES, AGES, DRAWN),
    "compare_gaps": (brains, AGES, AGES, DRAWN | {"caliper": (1.0, 5.0)}),
    "match_ages": (brains, AGES, AGES, {"caliper": (1.0, 5.0)}),
    "select_patches": (brains, ("table", "points"), AGES, {"n": (1, 2)}),
    "cross_fit": (brains, ("table", "points"), AGES, {"method": ("mean", "linear"), "folds": (2, 3), "seed": (0, 7)}),
}
REQUIRED = {"select_patches": {"n": 1}}


@pytest.mark.parametrize("name", OF_TWO)
def test_a_function_of_odd_arrays_answers_or_names_what_was_wrong(name):
    room, first, second, more = OF_TWO[name]
    call = getattr(room, name)

    @cases(CASES)
    @given(data=st.data())
    def check(data):
        n = data.draw(samples())
        a, b = data.draw(arrays(n, *first)), data.draw(arrays(n, *second))
        arguments = REQUIRED.get(name, {}) | data.draw(options(**more))
        result = answer(lambda: call(a, b, **arguments), tuple(inspect.signature(call).parameters))
        if result is not REFUSED and name != "label_sharpness":  # documented: infinite where an image has two labels
            well_formed(result)

    check()


@cases(40)
@given(data=st.data())
def test_neighbors_of_odd_points_are_found_or_the_points_are_named(data):
    n = data.draw(samples())
    points, k = data.draw(arrays(n, *POINTS)), data.draw(st.sampled_from((1, 1, 2, 0, n, -1, 2.0, "x", None, True)))
    found = answer(lambda: dimension.nearest_neighbors(points, k, progress=False), SEEN_BY["neighbors"])
    if found is not REFUSED:
        assert found.distances.shape == found.indices.shape == (len(points), k)
        assert (np.diff(found.distances, axis=1) >= 0).all() and np.isfinite(found.distances).all()
        assert (found.indices != np.arange(len(points))[:, None]).all()


@pytest.mark.parametrize("kind", ["MLE", "TwoNN"])
def test_a_dimension_of_odd_points_is_told_or_the_points_are_named(kind):
    more = (
        {"k": (2, 3)} | CONVENTIONS if kind == "MLE" else {"fraction": (0.5, 0.9), "method": ("ml",), "n_draws": (2,)}
    )

    @cases(30)
    @given(data=st.data())
    def check(data):
        n = data.draw(samples())
        points, people = data.draw(arrays(n, *POINTS)), data.draw(st.one_of(st.none(), arrays(n, *PEOPLE)))
        estimator = getattr(dimension, kind)(**({"k": 2} if kind == "MLE" else {})).set_params(
            **data.draw(options(**more))
        )
        fitted = answer(lambda: estimator.fit(points, groups=people), (*SEEN_BY[kind], "groups", "n_draws"))
        if fitted is not REFUSED:
            assert fitted.dimension_ > 0 or np.isnan(fitted.dimension_)
            assert fitted.interval_[0] <= fitted.dimension_ <= fitted.interval_[1] or not np.isfinite(fitted.dimension_)

    check()


@cases(20)
@given(data=st.data())
def test_a_dimension_from_odd_distances_is_told_or_they_are_named(data):
    n = data.draw(samples())
    distances, indices = data.draw(arrays(n, "table", "points")), data.draw(arrays(n, "findings", "nothing"))
    for estimator in (dimension.MLE(k=2), dimension.TwoNN()):
        answer(lambda one=estimator: one.from_neighbors(distances, indices), ("distances", "indices", "X"))


@cases(30)
@given(data=st.data())
def test_a_bias_is_corrected_in_odd_ages_or_they_are_named(data):
    n = data.draw(samples())
    method = data.draw(st.sampled_from(("beheshti", "cole", "de lange-cole", "smith", "x", None, 3)))
    age, predicted, ids, new = (data.draw(arrays(n, *kinds)) for kinds in (AGES, AGES, ("nothing", *PEOPLE), AGES))
    correction = brains.BiasCorrection(method)
    names = ("method", "age", "predicted", "ids", "fit")
    if answer(lambda: correction.fit(age, predicted, ids=ids), names) is not REFUSED:
        corrected = answer(lambda: correction.correct(new, age, same_people=True), names)
        if corrected is not REFUSED:
            assert corrected.shape == np.shape(new)
            well_formed(corrected)


@cases(20)
@given(data=st.data())
def test_members_are_combined_or_the_odd_ones_are_named(data):
    n = data.draw(samples())
    told, age, new = (data.draw(arrays(n, *kinds)) for kinds in (("table", "points"), AGES, ("table", "points")))
    arguments = data.draw(options(method=("mean", "linear"), members=([0], [0, 1])))
    names = ("validation", "validation_age", "test", "method", "members")
    well_formed(answer(lambda: brains.combine(told, age, new, **arguments), names))


@cases(20)
@given(data=st.data())
def test_sites_are_compared_or_the_odd_ones_are_named(data):
    n = data.draw(samples())
    age, predicted, site = (data.draw(arrays(n, *kinds)) for kinds in (AGES, AGES, ("text", "labels")))
    reference = data.draw(st.sampled_from(("a", "b", 0, 1, "x", None)))
    arguments = data.draw(options(**DRAWN))
    names = ("age", "predicted", "site", "reference", "groups", *DRAWN)
    call = lambda: brains.site_shift(age, predicted, site, reference=reference, **arguments)  # noqa: E731
    well_formed(answer(call, names))


@cases(15)
@given(data=st.data())
def test_a_simulated_predictor_of_odd_ages_answers_or_names_them(data):
    age = data.draw(arrays(data.draw(samples()), *AGES))
    arguments = {"skill": 0.5, "seed": 0} | data.draw(options(skill=(0.2, 0.9), sd=(1.0, 3.0), seed=(0, 7)))
    names = ("age", "skill", "sd", "ages", "seed")
    told = answer(lambda: brains.simulate_predictor(age, **arguments), names)
    if told is not REFUSED:
        assert told.shape == np.shape(age)


IMAGES = ("cube", "cube", "table", "empty", "text", "complex", "huge", "infinite", "bool", "labels")
PARAMETERS = {
    "width": (4,),
    "blocks": ((1, 1),),
    "stem": ("3x3",),
    "epochs": (1, (1, 1, 1)),
    "batch_size": (4,),
    "augmentations": ("natural", "right-angles"),
    "recipe": ("short", "paper"),
    "random_state": (0,),
}


@pytest.mark.parametrize("kind", [TSimCNE, SimCLR])
def test_a_map_of_odd_images_or_with_an_odd_parameter_is_drawn_or_it_is_named(kind):
    small = {
        "width": 4,
        "blocks": (1,),
        "epochs": (1, 1, 1) if kind is TSimCNE else 1,
        "batch_size": 4,
        "device": "cpu",
    }

    @cases(8)
    @given(data=st.data())
    def check(data):
        n = data.draw(st.sampled_from((1, 2, 5)))
        images, odd = data.draw(arrays(n, *IMAGES)), data.draw(st.sampled_from(tuple(PARAMETERS)))
        arguments = small | {"progress": False, odd: data.draw(options(**{odd: PARAMETERS[odd]})).get(odd, 1)}
        learner = kind(**arguments)
        points = answer(lambda: learner.fit_transform(images), ("X", *PARAMETERS, "images", "seed"))
        if points is not REFUSED:
            assert points.shape[0] == n and np.isfinite(points).all()

    check()


@cases(15)
@given(data=st.data())
def test_the_parts_of_a_learner_take_odd_numbers_or_name_them(data):
    numbers = data.draw(options(stage=(1, 2, 3), n_epochs=(1, 5), batch_size=(2, 64)))
    rates = answer(lambda: learning_rates(**({"stage": 1, "n_epochs": 2, "batch_size": 4} | numbers)), numbers)
    if rates is not REFUSED:
        well_formed(rates)
    kind = data.draw(st.sampled_from(("natural", "any-angle", "x", "", None, 3)))
    answer(lambda: Augmentation(kind), ("augmentations",))
    widths = data.draw(options(width=(2, 4), blocks=((1,), (1, 1)), stem=("3x3",), n_outputs=(2,)))
    answer(lambda: Encoder(1, **({"width": 2, "blocks": (1,)} | widths)), ("channels", *widths))
    assert isinstance(Recipe(), Recipe)


@cases(15)
@given(data=st.data())
def test_the_loss_of_odd_views_is_finite_or_they_are_named(data):
    import torch

    n, kinds = (
        data.draw(samples()),
        st.sampled_from(("points", "points", "table", "cube", "empty", "infinite", "no columns")),
    )
    views = [torch.tensor(np.array(ARRAYS[data.draw(kinds)](np.random.default_rng(seed), n))) for seed in (0, 1)]
    arguments = data.draw(options(kernel=("cosine", "cauchy"), temperature=(0.1, 1.0)))
    loss = answer(lambda: contrastive_loss(*views, **arguments), ("view1", "view2", "kernel", "temperature"))
    assert loss is REFUSED or loss.ndim == 0


@cases(10)
@given(data=st.data())
def test_a_grid_of_patches_takes_odd_numbers_or_names_them(data):
    numbers = data.draw(options(size=(4, 8), counts=((1, 1, 1), (2, 2, 2))))
    grid = answer(lambda: brains.PatchGrid((12, 12, 12), **numbers), ("shape", "size", "counts", "only"))
    if grid is not REFUSED:
        assert len(grid.centers) == len(grid)
    images = ImageSet(np.zeros((3, 40, 48, 40), np.uint8), np.array([50.0, 60.0, 70.0]))
    ensemble = brains.PatchEnsemble()
    answer(lambda: ensemble.predict(images), ("networks", "fit", "trained"))
