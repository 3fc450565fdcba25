import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.preprocessing import scale

from course_lib.brain_age.anatomy import template
from course_lib.brain_age.linear import ridge_regression, voxel_features
from course_lib.data import ImageSet


@pytest.fixture(scope="module")
def people():
    """Forty people with more features than people, one of them constant."""
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 80, 40)
    features = rng.normal(0, [0.01, 1, 100] * 20, (40, 60))
    features[:, :6] += age[:, None] * ([0.001, 0.1, 10] * 2)
    features[:, 59] = 7
    return features, age


def test_the_choice_of_alpha_is_that_of_leaving_out_each_person_in_turn(people):
    features, age = people
    alphas = (0.1, 10, 1000)
    chosen = ridge_regression(alphas).fit(features, age)
    errors = [
        np.mean((cross_val_predict(Ridge(alpha), scale(features), age, cv=LeaveOneOut()) - age) ** 2)
        for alpha in alphas
    ]
    assert chosen.named_steps["ridgecv"].alpha_ == alphas[int(np.argmin(errors))]


def test_the_prediction_solves_the_normal_equations_of_scaled_features(people):
    features, age = people
    z = np.delete(scale(features), 59, axis=1)  # 0 everywhere, so without a weight
    weights = np.linalg.solve(z.T @ z + 10 * np.eye(59), z.T @ (age - age.mean()))
    np.testing.assert_allclose(ridge_regression([10]).fit(features, age).predict(features), z @ weights + age.mean())


def test_the_unit_of_a_feature_does_not_matter(people):
    features, age = people
    units = np.geomspace(0.001, 1000, 60)
    np.testing.assert_allclose(
        ridge_regression().fit(features * units, age).predict(features * units),
        ridge_regression().fit(features, age).predict(features),
        rtol=1e-6,
    )


@pytest.mark.parametrize("alphas", [[], [0], [-1, 1], [np.nan], [np.inf], [[1, 2]]])
def test_an_alpha_that_is_none_is_refused(alphas):
    with pytest.raises(ValueError, match=r"alphas: got .*, allowed are one or more numbers above 0"):
        ridge_regression(alphas)


def test_each_feature_is_the_mean_of_its_block_and_the_template_says_which_blocks():
    rng = np.random.default_rng(0)
    volumes = rng.integers(0, 256, (2, 40, 48, 40), np.uint8)
    got = voxel_features(ImageSet(volumes), block=8)
    brain, expected = template(4).brain, []
    for z in range(0, 40, 8):
        for y in range(0, 48, 8):
            for x in range(0, 40, 8):
                box = (slice(z, z + 8), slice(y, y + 8), slice(x, x + 8))
                if brain[box].mean() >= 0.5:
                    expected.append(volumes[:, *box].mean(axis=(1, 2, 3)) / 255)
    np.testing.assert_allclose(got, np.array(expected).T, rtol=1e-5)
    assert got.dtype == np.float32


def test_columns_are_the_same_places_in_every_set_even_an_empty_or_a_dark_one():
    dark = voxel_features(ImageSet(np.zeros((1, 40, 48, 40), np.uint8)))
    bright = voxel_features(ImageSet(np.full((3, 40, 48, 40), 255, np.uint8)))
    none = voxel_features(ImageSet(np.zeros((0, 40, 48, 40), np.uint8)))
    assert dark.shape[1] == bright.shape[1] == none.shape[1] and len(none) == 0
    assert (dark == 0).all() and (bright == 1).all()


def test_single_voxels_are_those_of_the_brain_and_floats_stay_as_they_are():
    brain = template(4)
    features = voxel_features(ImageSet(np.array(brain.t1)[None]), block=1)
    np.testing.assert_array_equal(features[0], brain.t1[brain.brain])


def test_two_millimeters_have_a_brain_of_their_own():
    fine = template(2)
    features = voxel_features(ImageSet(np.array(fine.t1)[None]), block=1)
    np.testing.assert_array_equal(features[0], fine.t1[fine.brain])


@pytest.mark.parametrize("shape", [(1, 40, 40, 48), (1, 28, 28, 28), (2, 40, 48)])
def test_volumes_of_another_grid_are_refused(shape):
    with pytest.raises(ValueError, match=r"images: got shape .*, allowed are \(N, 40, 48, 40\)"):
        voxel_features(ImageSet(np.zeros(shape, np.uint8)))


@pytest.mark.parametrize("block", [0, 3, 16, 2.0, True])
def test_a_block_that_does_not_divide_the_volume_is_refused(block):
    with pytest.raises(ValueError, match=r"block: got .*, allowed are 1, 2, 4, 8"):
        voxel_features(ImageSet(np.zeros((1, 40, 48, 40), np.uint8)), block=block)
