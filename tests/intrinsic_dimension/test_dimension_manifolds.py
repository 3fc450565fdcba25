"""Manifolds have the shape, the spread and the dimension that they are said to have."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import kstest

from course_lib.intrinsic_dimension.manifolds import ball, embed, flat_torus, sphere, swiss_roll


def tangent_spread(points, at, k):
    """Singular values of the k points around one of them: as many large ones as there are dimensions."""
    away = np.linalg.norm(points - points[at], axis=1)
    near = points[np.argsort(away)[:k]]
    return np.linalg.svd(near - near.mean(axis=0), compute_uv=False)


@pytest.mark.parametrize("d", [1, 3, 10])
def test_a_ball_is_filled_evenly(d):
    points = ball(d, 4000)
    volume_within = np.linalg.norm(points, axis=1) ** d
    assert points.shape == (4000, d) and kstest(volume_within, "uniform").pvalue > 0.001
    assert np.abs(points.mean(axis=0)).max() < 0.05


@pytest.mark.parametrize("d", [1, 2, 7])
def test_a_sphere_has_radius_1_and_no_side_is_preferred(d):
    points = sphere(d, 4000)
    assert points.shape == (4000, d + 1)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    np.testing.assert_allclose(points.T @ points / 4000, np.eye(d + 1) / (d + 1), atol=0.03)


def test_height_on_a_sphere_of_two_dimensions_is_uniform():
    assert kstest(sphere(2, 4000)[:, 2], "uniform", args=(-1, 2)).pvalue > 0.001  # Archimedes


def test_a_flat_torus_is_a_product_of_circles():
    points = flat_torus(5, 300)
    np.testing.assert_allclose(points[:, :5] ** 2 + points[:, 5:] ** 2, 1)
    angles = np.arctan2(points[:, 5:], points[:, :5])
    assert kstest(angles.ravel(), "uniform", args=(-np.pi, 2 * np.pi)).pvalue > 0.001


def test_a_swiss_roll_is_a_spiral_with_a_height():
    x, height, z = swiss_roll(500).T
    turn = np.hypot(x, z)
    np.testing.assert_allclose(x, turn * np.cos(turn), atol=1e-9)
    assert height.min() >= 0 and height.max() <= 21


def test_a_linear_embedding_keeps_every_distance():
    points = ball(3, 60)
    np.testing.assert_allclose(pdist(embed(points, 40)), pdist(points), rtol=1e-10)
    assert np.abs(embed(points, 40)).min() > 0  # no coordinate is left empty


def test_a_nonlinear_embedding_bends_without_folding():
    points = ball(3, 60)
    bent = embed(points, 40, kind="nonlinear")
    stretch = pdist(bent) / pdist(points)
    assert stretch.min() >= 1 - 1e-12 and stretch.max() > 1.1 * stretch.min()
    assert np.linalg.matrix_rank(bent - bent.mean(axis=0)) > 3


@pytest.mark.parametrize("kind", ["linear", "nonlinear"])
def test_around_a_point_an_embedded_plane_is_a_plane(kind):
    plane = embed(ball(2, 20_000), 12, kind=kind)
    spread = tangent_spread(plane, at=0, k=40)
    assert spread[1] > 20 * spread[2]


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: ball(3, 9, seed),
        lambda seed: sphere(3, 9, seed),
        lambda seed: flat_torus(3, 9, seed),
        lambda seed: swiss_roll(9, seed),
        lambda seed: embed(np.eye(3), 9, seed=seed),
    ],
)
def test_the_seed_decides(make):
    np.testing.assert_array_equal(make(4), make(4))
    assert (make(4) != make(5)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ball(0, 5), "d: got 0, allowed is a whole number from 1 on"),
        (lambda: sphere(2, 0), "n: got 0, allowed is a whole number from 1 on"),
        (lambda: swiss_roll(0), "n: got 0, allowed is a whole number from 1 on"),
        (lambda: embed(np.eye(3), 2), "D: got 2, allowed are 3 or more for 3 coordinates"),
        (lambda: embed(np.eye(3), 3, "nonlinear"), "D: got 3, allowed are 4 or more for 3 coordinates"),
        (lambda: embed(np.eye(3), 5, "affine"), "kind: got 'affine', allowed are 'linear', 'nonlinear'"),
        (lambda: embed(np.ones(3), 5), r"X: got shape (3,), allowed is (N, d)"),
    ],
)
def test_what_is_not_allowed_is_named(call, message):
    with pytest.raises(ValueError) as told:
        call()
    assert str(told.value) == message
