"""The simulated cohort: anatomy, what age does to it, who is in it, and what is only nuisance."""

import numpy as np
import pytest
from scipy import stats

from course_lib.brain_age.anatomy import SHAPES, affine, coordinates, template
from course_lib.brain_age.simulator import age_brain, aged_maps, effect_map, simulate_cohort, structure_mask
from course_lib.brain_age.simulator.cohort import MARGIN, TOGETHER
from course_lib.brain_age.simulator.scanner import SITES, _basis, draw_head, places, scan
from course_lib.brain_age.simulator.years import mean_years


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort(160, seed=3)


def test_the_template_is_nilearns_in_place_and_whole():
    from nilearn.datasets import load_mni152_template

    image = load_mni152_template(resolution=1)
    values, brain, place = image.get_fdata(), template(1), coordinates(1)
    lower = np.floor(place - image.affine[:3, 3]).astype(int)  # half a mm from one of nilearn's voxels to the next
    theirs = values[tuple(np.moveaxis(lower, -1, 0))]
    np.testing.assert_allclose(brain.t1, theirs, atol=1e-6)
    assert brain.t1.sum() == pytest.approx(values.sum(), rel=2e-3)  # the end of the brainstem is cut off, nothing else
    assert not brain.brain[-1].any() and not brain.brain[:, [0, -1]].any() and not brain.brain[..., [0, -1]].any()
    coarse = brain.t1.reshape(40, 4, 48, 4, 40, 4).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(template(4).t1, coarse, atol=1e-5)


def test_a_grid_that_does_not_exist_is_said_to_be_so():
    for ask in (affine, coordinates, template):
        with pytest.raises(ValueError, match="resolution_mm: got 3, allowed are 4, 2, 1"):
            ask(3)


@pytest.mark.parametrize("resolution", SHAPES)
def test_every_grid_covers_the_same_box(resolution):
    place = coordinates(resolution)
    assert place.shape == (*SHAPES[resolution], 3)
    half = resolution / 2
    np.testing.assert_allclose(place[0, 0, 0] - half, (-80, -112, -66))
    np.testing.assert_allclose(place[-1, -1, -1] + half, (80, 80, 94))
    index = np.array([3, 5, 7, 1])  # x, y, z
    np.testing.assert_allclose((affine(resolution) @ index)[:3], place[7, 5, 3])


def test_structures_are_where_anatomy_puts_them():
    brain, place = template(2), coordinates(2)
    for share, lateral, sagittal, height in (
        (brain.ventricles, 14, -15, 12),
        (brain.hippocampi, 28, -22, -14),
    ):
        inside = place[share > 0.5]
        assert np.abs(inside[:, 0]).mean() == pytest.approx(lateral, abs=5)
        assert inside[:, 1].mean() == pytest.approx(sagittal, abs=8)
        assert inside[:, 2].mean() == pytest.approx(height, abs=5)
    volume = {name: getattr(brain, name).sum() * 0.008 for name in ("ventricles", "hippocampi")}
    assert 15 < volume["ventricles"] < 25 and 4 < volume["hippocampi"] < 8  # ml
    left, right = brain.ventricles[..., :40].sum(), brain.ventricles[..., 40:].sum()
    assert left == pytest.approx(right, rel=0.12)  # the template is symmetric, the grid half a mm off its middle


def test_the_template_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        template(4).t1[0, 0, 0] = 1


def test_ventricles_widen_faster_with_the_years_and_hippocampi_shrink():
    ages = np.arange(45, 81, 5)
    maps = [aged_maps(age) for age in ages]
    ventricles, hippocampi = (np.array([each[name].sum() for each in maps]) for name in ("ventricles", "hippocampi"))
    assert (np.diff(ventricles) > 0).all() and (np.diff(ventricles, 2) > -1e-3 * ventricles[0]).sum() >= 5
    assert (np.diff(hippocampi) < 0).all()
    assert 2 < ventricles[-1] / ventricles[0] < 3
    assert 0.55 < hippocampi[-1] / hippocampi[0] < 0.85


def test_effects_grow_with_age_over_all_allowed_years():
    years = mean_years(np.arange(18.0, 111.0))
    for values in vars(years).values():
        assert (np.diff(values) > 0).all()
    assert years.ventricles[27] == pytest.approx(0)  # at 45


def test_nothing_folds_over_at_the_oldest_age():
    from course_lib.brain_age.simulator.atlas import CONTRACTION, _between, atlas

    field, years = atlas(4), mean_years(np.array([105.0]))
    moved = (_between(field.wall, years.ventricles + 1)[0] + CONTRACTION * 0.9 * field.shrink).numpy()  # mm, (x, y, z)
    gradient = np.stack([np.stack(np.gradient(component, 4.0)[::-1]) for component in moved])  # d component / d axis
    jacobian = np.moveaxis(gradient, (0, 1), (-2, -1)) + np.eye(3)
    assert np.linalg.det(jacobian).min() > 0


def test_a_structure_can_be_older_than_the_rest():
    both, only = age_brain(80), age_brain(60, ventricles=20)
    plain = age_brain(60)
    changed = np.abs(only - plain) > 0.05
    assert aged_maps(60, ventricles=20)["ventricles"].sum() == pytest.approx(
        aged_maps(80)["ventricles"].sum(), rel=0.01
    )
    assert changed.any() and np.abs(both - only)[template(4).hippocampi > 0.5].mean() > 0.01
    with pytest.raises(ValueError, match="hippocampi: got an age of 120 years, allowed are 18 to 110"):
        age_brain(60, hippocampi=60)


def test_the_effect_lies_around_the_ventricles():
    effect, brain = effect_map(), template(4)
    near = aged_maps(80)["ventricles"] > 0.2
    assert effect[near].mean() > 3 * effect[brain.brain & ~near].mean()
    assert effect[~brain.brain].max() < 0.05


def test_the_cohort_is_what_it_says(cohort):
    assert cohort.images.shape == (160, 40, 48, 40) and cohort.images.dtype == np.uint8
    assert cohort.task == "regression" and cohort.card.simulated and "simulated" in repr(cohort)
    assert cohort.labels.min() >= 45 and cohort.labels.max() <= 80
    assert stats.kstest(cohort.labels, "uniform", (45, 35)).pvalue > 0.01
    gap = cohort.extras["biological_age"] - cohort.labels
    assert abs(gap.mean()) < 0.6 and gap.std() == pytest.approx(2, abs=0.4)
    assert set(cohort.covariates["sex"]) == {"F", "M"} and set(cohort.covariates["diagnosis"]) == {"control"}
    assert len(set(cohort.groups)) == len(cohort)


def test_age_shows_in_the_structures_and_more_so_biological_age(cohort):
    ventricles, hippocampi = cohort.extras["ventricle_ml"], cohort.extras["hippocampus_ml"]
    biological = cohort.extras["biological_age"]
    assert np.corrcoef(ventricles, biological)[0, 1] > 0.8 and np.corrcoef(hippocampi, biological)[0, 1] < -0.4
    assert np.corrcoef(ventricles, biological)[0, 1] > np.corrcoef(ventricles, cohort.labels)[0, 1]


def test_masks_are_where_the_image_is_dark_and_have_the_volumes_that_are_told(cohort):
    ventricles = structure_mask(cohort, "ventricles")
    inside = np.array([image[mask].mean() for image, mask in zip(cohort.images, ventricles, strict=True)])
    brain = np.array([image[image > 0].mean() for image in cohort.images])
    assert (inside < 0.75 * brain).all()
    counted = ventricles.sum(axis=(1, 2, 3)) * 0.064
    assert np.corrcoef(counted, cohort.extras["ventricle_ml"])[0, 1] > 0.98
    aging = structure_mask(cohort, "aging")
    assert 0.005 < aging.mean() < 0.08
    assert not (structure_mask(cohort, "hippocampi") & (cohort.images == 0)).sum() > 50


def test_a_person_does_not_depend_on_how_many_there_are():
    few, many = simulate_cohort(3, seed=8), simulate_cohort(20, seed=8)
    assert np.array_equal(few.images, many.images[:3]) and np.array_equal(few.labels, many.labels[:3])
    assert not np.array_equal(few.images, simulate_cohort(3, seed=9).images)


def test_another_site_is_the_same_people_in_another_scanner():
    here, there = (simulate_cohort(12, seed=4, site=site) for site in "AB")
    assert np.array_equal(here.labels, there.labels)
    assert np.array_equal(here.extras["masks"], there.extras["masks"])
    assert list(there.covariates["site"]) == ["B"] * 12
    inside = here.images > 0
    assert there.images[inside].mean() < 0.97 * here.images[inside].mean()


def test_the_ill_are_older_in_years_and_older_still_in_their_brains():
    people = simulate_cohort(240, seed=1, groups={"control": 1, "MCI": 1, "AD": 1})
    table = people.covariates.assign(gap=people.extras["biological_age"] - people.labels)
    by = table.groupby("diagnosis")
    assert (by.size() > 55).all()
    assert by["gap"].mean()["AD"] == pytest.approx(7, abs=1) and by["gap"].mean()["MCI"] == pytest.approx(3, abs=1)
    assert by["age"].mean()["AD"] > by["age"].mean()["control"] + 2


def test_heads_of_men_are_larger(cohort):
    people = cohort
    size = (people.images > 0).sum(axis=(1, 2, 3))
    men = (people.covariates["sex"] == "M").to_numpy()
    assert stats.ttest_ind(size[men], size[~men]).pvalue < 0.01 and size[men].mean() > size[~men].mean()


def test_large_heads_have_room():
    images = simulate_cohort(100, seed=12).images
    touching = (images[:, -1] > 0).sum(axis=(1, 2))  # at the top of the grid
    assert (touching > 0).mean() < 0.1 and touching.max() < 60


def test_no_brain_reaches_beyond_what_is_computed():
    from scipy.ndimage import distance_transform_edt

    away = distance_transform_edt(~template(4).brain, sampling=4)
    images = simulate_cohort(100, seed=11).images
    assert away[(images > 0).any(axis=0)].max() < MARGIN


def test_a_head_that_lies_as_the_template_is_looked_up_in_place():
    rng = np.random.default_rng(0)
    head = draw_head(rng, "F")
    still = type(head)(np.eye(3, dtype=np.float32), np.zeros(3, np.float32), np.zeros_like(head.warp))
    np.testing.assert_allclose(places([still], 4)[0], coordinates(4), atol=1e-4)
    turn = head.matrix @ head.matrix.T  # scale² in the turned axes: a rotation leaves nothing else
    assert np.linalg.det(head.matrix) == pytest.approx(np.sqrt(np.linalg.det(turn)), rel=1e-4)


def test_the_warp_is_a_cubic_b_spline():
    from scipy.interpolate import BSpline

    rng = np.random.default_rng(1)
    head = draw_head(rng, "M")
    still = type(head)(np.eye(3, dtype=np.float32), np.zeros(3, np.float32), head.warp)
    moved = places([still], 4)[0] - coordinates(4)
    knots = np.arange(-3, 8.0)
    along = [BSpline(knots, np.eye(7)[k], 3) for k in range(7)]
    z, y, x = 11, 30, 21
    at = [(index + 0.5) / length * 4 for index, length in zip((z, y, x), SHAPES[4], strict=True)]
    weight = [np.array([spline(value) for spline in along]) for value in at]
    expected = np.einsum("cijk,i,j,k->c", head.warp, *weight)
    np.testing.assert_allclose(moved[z, y, x], expected, atol=1e-3)


def test_the_splines_that_all_heads_share_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        _basis(40, 7)[0, 0] = 1


def test_a_brain_does_not_depend_on_how_many_are_moved_at_once(monkeypatch):
    whole = simulate_cohort(3, seed=5, resolution_mm=2)
    monkeypatch.setitem(TOGETHER, 2, 3)
    assert np.array_equal(simulate_cohort(3, seed=5, resolution_mm=2).images, whole.images)


def test_noise_is_ricean_and_the_skull_stays_out():
    flat, brain = np.full((1, 40, 48, 40), 0.5, np.float32), np.ones((1, 40, 48, 40), np.float32)
    brain[:, :10] = 0
    seen = [scan(flat, brain, [np.random.default_rng(2)], SITES[site])[0] for site in "AB"]
    assert all((image[:10] == 0).all() for image in seen)
    assert seen[1][10:].std() > seen[0][10:].std()
    dark = scan(np.zeros_like(flat), np.ones_like(flat), [np.random.default_rng(2)], SITES["A"])[0] / 255
    assert dark.mean() == pytest.approx(0.04 * np.sqrt(np.pi / 2), rel=0.03)  # Rayleigh


def test_finer_brains_are_the_same_brains():
    coarse, fine = (simulate_cohort(2, seed=6, resolution_mm=mm) for mm in (4, 2))
    assert fine.images.shape[1:] == SHAPES[2] and np.array_equal(coarse.labels, fine.labels)
    halved = fine.images.reshape(2, 40, 2, 48, 2, 40, 2).mean(axis=(2, 4, 6))
    assert np.corrcoef(halved.ravel(), coarse.images.ravel())[0, 1] > 0.97
    np.testing.assert_allclose(fine.extras["ventricle_ml"], coarse.extras["ventricle_ml"], rtol=0.2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n: got 0, allowed is a whole number from 1 on"),
        ({"n": 2, "seed": -1}, "seed: got -1"),
        ({"n": 2, "ages": (80, 45)}, r"ages: got \(80, 45\), allowed are two ages"),
        ({"n": 2, "ages": 60}, "ages: got 60"),
        ({"n": 2, "groups": "ADHD"}, "groups: got 'ADHD', allowed are 'control', 'MCI', 'AD'"),
        ({"n": 2, "groups": {"AD": -1}}, "groups: .* allowed are shares of at least 0"),
        ({"n": 2, "groups": {"AD": np.inf, "control": 1}}, "groups: .* allowed are shares of at least 0"),
        ({"n": 2, "groups": {"AD": np.nan}}, "groups: .* allowed are shares of at least 0"),
        ({"n": 2, "groups": ["AD", "MCI"]}, r"groups: got \['AD', 'MCI'\], allowed are one of"),
        ({"n": 2, "groups": None}, "groups: got None, allowed are one of"),
        ({"n": 2, "site": "C"}, "site: got 'C', allowed are 'A', 'B'"),
        ({"n": 2, "resolution_mm": 3}, "resolution_mm: got 3, brains are simulated at 4 and 2"),
    ],
)
def test_arguments_outside_what_is_allowed_are_named(arguments, said):
    with pytest.raises(ValueError, match=said):
        simulate_cohort(**arguments)


def test_masks_are_asked_for_by_a_known_name_from_a_simulated_cohort(cohort):
    from dataclasses import replace

    with pytest.raises(ValueError, match="structure: got 'amygdala'"):
        structure_mask(cohort, "amygdala")
    with pytest.raises(ValueError, match="it has no masks"):
        structure_mask(replace(cohort, extras={}), "ventricles")


def test_one_age_for_all_is_allowed():
    assert np.allclose(simulate_cohort(3, ages=(60, 60)).labels, 60)


def test_one_structure_can_age_alone_in_everybody(cohort):
    plain, wide = cohort[:20], simulate_cohort(20, seed=3, older={"ventricles": 10})
    assert np.array_equal(plain.labels, wide.labels)
    assert np.array_equal(plain.extras["biological_age"], wide.extras["biological_age"])
    assert (wide.extras["ventricle_ml"] > plain.extras["ventricle_ml"] + 1).all()
    np.testing.assert_allclose(wide.extras["hippocampus_ml"], plain.extras["hippocampus_ml"], rtol=0.05)
    thin = simulate_cohort(20, seed=3, older={"cortex": 20})
    assert np.array_equal(thin.extras["masks"], plain.extras["masks"])
    assert thin.images.mean() < plain.images.mean()


@pytest.mark.parametrize(
    ("older", "said"),
    [({"thalamus": 3}, "older: got 'thalamus'"), ({"cortex": 40}, "older: got 40 for 'cortex', allowed are years")],
)
def test_only_known_structures_age_alone(older, said):
    with pytest.raises(ValueError, match=said):
        simulate_cohort(2, older=older)
