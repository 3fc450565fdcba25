import warnings

import joblib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from course_lib.data import ImageSet
from course_lib.intrinsic_dimension import eight_bit, nearest_neighbors, neighbors, selection


def by_definition(X, k):
    """Every distance by difference, equal ones in order of the index."""
    points = np.asarray(X, np.float64).reshape(len(X), -1)
    squared = np.array([((points - point) ** 2).sum(axis=1) for point in points])
    np.fill_diagonal(squared, np.inf)
    indices = np.argsort(squared, axis=1, kind="stable")[:, :k]
    return np.sqrt(np.take_along_axis(squared, indices, axis=1)), indices


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(neighbors, "BLOCKS", {"cpu": (2**20, 7, 6), "other": (2**20, 7, 6)})


@pytest.fixture
def fresh_check():
    caches = (eight_bit.exact_arithmetic, eight_bit.is_exact)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("features", [1, 2, 3, 10, 200])
def test_finds_the_neighbors_that_scikit_learn_finds(features, dtype):
    X = np.random.default_rng(features).normal(size=(400, features)).astype(dtype)
    tree = NearestNeighbors(n_neighbors=12, algorithm="kd_tree").fit(X.astype(np.float64))
    expected, who = tree.kneighbors()
    distances, indices = nearest_neighbors(X, 12)
    np.testing.assert_allclose(distances, expected, rtol=1e-12 if dtype == np.float64 else 2e-5)
    assert np.array_equal(indices, who)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("dtype", [np.float64, np.uint8])
@pytest.mark.parametrize("n", [2, 6, 7, 8, 15, 50])
def test_where_blocks_end_does_not_matter(n, dtype):
    X = np.random.default_rng(n).integers(0, 256, (n, 3, 5)).astype(dtype)
    for k in {1, n - 1}:
        distances, indices = nearest_neighbors(X, k, progress=False)
        expected, who = by_definition(X, k)
        np.testing.assert_allclose(distances, expected, rtol=1e-14)
        assert np.array_equal(indices, who)


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(2, 12), st.integers(1, 40)), elements=st.sampled_from([0, 1, 127, 255])))
def test_8_bit_distances_are_exact_and_ties_go_to_the_lower_index(X):
    found = nearest_neighbors(X, len(X) - 1)
    expected, who = by_definition(X, len(X) - 1)
    assert np.array_equal(found.distances, expected)
    assert np.array_equal(found.indices, who)


def test_black_and_white_masks_are_8_bit_images():
    X = np.random.default_rng(0).random((30, 9)) < 0.5
    distances, indices = nearest_neighbors(X, 3)
    expected, who = by_definition(X, 3)
    assert np.array_equal(distances, expected)
    assert np.array_equal(indices, who)


def test_8_bit_sums_beyond_int32_do_not_overflow():
    X = np.zeros((3, 140_000), np.uint8)
    X[1, :] = 255
    X[2, :70_000] = 255
    distances, indices = nearest_neighbors(X, 2)
    assert np.array_equal(distances**2, np.array([[7, 14], [7, 14], [7, 7]]) * 1e4 * 255**2)
    assert indices.tolist() == [[2, 1], [2, 0], [0, 1]]


@pytest.mark.parametrize("arithmetic", ["int8", "float32"])
def test_chunks_of_features_add_up_to_the_product(arithmetic, monkeypatch):
    monkeypatch.setitem(eight_bit.CHUNKS, arithmetic, 32)
    a, b = np.random.default_rng(1).integers(-128, 128, (2, 5, 101), dtype=np.int8)
    found = eight_bit.products(torch.from_numpy(a), torch.from_numpy(b), arithmetic)
    assert np.array_equal(found.numpy(), a.astype(int) @ b.astype(int).T)


@pytest.mark.parametrize("columns", [1, 16, 95, 96, 97, 160, 1000])
@pytest.mark.parametrize("dtype", [torch.int64, torch.float32])
def test_the_lowest_are_those_of_a_full_sort(columns, dtype):
    rng = np.random.default_rng(columns)
    table = torch.from_numpy(np.array([rng.permutation(columns) for _ in range(20)])).to(dtype)
    for k in (1, 3, 20):
        values, places = selection.lowest(table, k)
        expected = table.sort(dim=1)
        assert torch.equal(values, expected.values[:, :k])
        assert torch.equal(places, expected.indices[:, :k])


def saturating(a, b):
    exact = a.to(torch.float64) @ b.to(torch.float64).T
    return exact.clamp(-(2**20), 2**20).to(torch.int32)


def missing(a, b):
    raise AttributeError("module 'torch' has no attribute '_int_mm'")


@pytest.mark.usefixtures("fresh_check")
@pytest.mark.parametrize("broken", [saturating, missing])
def test_a_processor_without_exact_integers_gets_exact_floats_and_is_told(broken, monkeypatch):
    monkeypatch.setitem(eight_bit._MULTIPLY, "int8", broken)
    X = np.random.default_rng(2).integers(0, 256, (40, 3000), dtype=np.uint8)
    with pytest.warns(UserWarning, match="device: 'cpu' has no exact product of 8-bit numbers"):
        found = nearest_neighbors(X, 5, device="cpu")
    expected, who = by_definition(X, 5)
    assert found.arithmetic == "8-bit in float32"
    assert np.array_equal(found.distances, expected)
    assert np.array_equal(found.indices, who)


@pytest.mark.usefixtures("fresh_check")
@pytest.mark.parametrize(("slow", "said"), [("int8", "8-bit in float32"), ("float32", "int8")])
def test_of_two_exact_products_the_faster_one_is_taken_without_a_word(slow, said, monkeypatch):
    monkeypatch.setattr(eight_bit, "_seconds", lambda arithmetic, device: float(arithmetic == slow))
    X = np.random.default_rng(2).integers(0, 256, (40, 3000), dtype=np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = nearest_neighbors(X, 5, device="cpu")
    expected, who = by_definition(X, 5)
    assert found.arithmetic == said
    assert np.array_equal(found.distances, expected) and np.array_equal(found.indices, who)


@pytest.mark.usefixtures("fresh_check")
def test_a_device_that_is_never_exact_is_refused(monkeypatch):
    for arithmetic in ("int8", "float32"):
        monkeypatch.setitem(eight_bit._MULTIPLY, arithmetic, saturating)
    with pytest.raises(ValueError, match="device: 'cpu' multiplies 8-bit numbers wrongly"):
        nearest_neighbors(np.zeros((3, 2), np.uint8), 1, device="cpu")


def test_says_how_it_was_computed():
    X = np.arange(6).reshape(3, 2)
    kinds = {dtype: nearest_neighbors(X.astype(dtype), 1).arithmetic for dtype in ("f4", "f8", "i2", "i8")}
    assert kinds == {"f4": "float32", "f8": "float64", "i2": "float32", "i8": "float64"}
    assert nearest_neighbors(X.astype(np.uint8), 1, device="cpu").arithmetic in ("int8", "8-bit in float32")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_offset_changes_nothing(dtype):
    whole = np.random.default_rng(3).integers(0, 100, (300, 20))
    distances, _ = nearest_neighbors((whole + 100_000).astype(dtype), 5)
    np.testing.assert_allclose(distances, by_definition(whole, 5)[0], rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_duplicates_are_at_distance_exactly_0(dtype):
    X = np.random.default_rng(4).normal(size=(200, 30)).astype(dtype)
    X[150:170] = X[:20]
    distances, indices = nearest_neighbors(X, 3)
    assert np.array_equal(indices[:20, 0], np.arange(150, 170))
    assert np.flatnonzero(distances[:, 0] == 0).tolist() == [*range(20), *range(150, 170)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_crowds_far_from_the_center_are_told_apart(dtype):
    """Within a crowd all of float32's digits of |a|² + |b|² − 2ab are noise: more points than candidates are wrong."""
    rng = np.random.default_rng(5)
    X = (np.repeat([[-1.0] * 6, [1.0] * 6], 80, axis=0) + rng.normal(scale=1e-5, size=(160, 6))).astype(dtype)
    distances, indices = nearest_neighbors(X, 10)
    expected, who = by_definition(X, 10)
    np.testing.assert_allclose(distances, expected, rtol=1e-10)
    assert np.array_equal(indices, who)


def test_equal_distances_come_in_order_of_the_index():
    grid = np.stack(np.meshgrid(np.arange(7.0), np.arange(7.0)), axis=-1).reshape(-1, 2)
    assert np.array_equal(nearest_neighbors(grid, 6).indices, by_definition(grid, 6)[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_of_a_constant_the_first_points_are_the_neighbors(dtype):
    distances, indices = nearest_neighbors(np.full((30, 4), 7, dtype), 3)
    assert not distances.any()
    assert indices[0].tolist() == [1, 2, 3]
    assert (indices[3:] == [0, 1, 2]).all()


@pytest.mark.parametrize("factor", [1e-40, 1e-30, 1e30, 1e37])
def test_units_do_not_matter(factor):
    X = np.random.default_rng(6).normal(size=(100, 5))
    expected, who = by_definition(X, 4)
    distances, indices = nearest_neighbors(X * factor, 4)
    np.testing.assert_allclose(distances / factor, expected, rtol=1e-12)
    assert np.array_equal(indices, who)


def test_a_large_unit_fits_float32():
    X = np.random.default_rng(6).normal(size=(100, 5)).astype(np.float32)
    np.testing.assert_allclose(
        nearest_neighbors(X * np.float32(3e37), 4).distances / np.float32(3e37), by_definition(X, 4)[0], rtol=1e-5
    )


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_file_is_read_in_blocks(tmp_path, dtype, monkeypatch):
    class Counted(np.memmap):
        largest = 0

        def __getitem__(self, index):
            found = super().__getitem__(index)
            if np.ndim(found) == 3:
                Counted.largest = max(Counted.largest, len(found))
            return found

    X = np.random.default_rng(7).integers(0, 256, (60, 4, 4)).astype(dtype)
    X.tofile(tmp_path / "points")
    monkeypatch.setattr("course_lib.intrinsic_dimension.rows.READ_AT_ONCE", 7 * 16)
    monkeypatch.setattr("course_lib.intrinsic_dimension.differences.AT_ONCE", 7 * 16)
    mapped = Counted(tmp_path / "points", dtype=dtype, mode="r", shape=X.shape)
    distances, _ = nearest_neighbors(mapped, 4, progress=False)
    np.testing.assert_allclose(distances, by_definition(X, 4)[0], rtol=1e-5)
    assert 0 < Counted.largest <= 7


def test_images_are_flattened():
    images = np.random.default_rng(8).integers(0, 256, (20, 5, 5, 3), dtype=np.uint8)
    found = nearest_neighbors(ImageSet(images), 2)
    assert np.array_equal(found.distances, by_definition(images, 2)[0])


def test_every_second_row_of_another_array_will_do():
    X = np.random.default_rng(9).normal(size=(60, 8))
    before = X.copy()
    np.testing.assert_allclose(nearest_neighbors(X[::2, ::-2], 3).distances, by_definition(X[::2, ::-2], 3)[0])
    assert np.array_equal(X, before)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_several_workers_find_what_one_finds(dtype):
    X = np.random.default_rng(10).integers(0, 256, (50, 6)).astype(dtype)
    alone = nearest_neighbors(X, 4, progress=False)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        together = nearest_neighbors(X, 4, progress=False)
    assert np.array_equal(alone.distances, together.distances)
    assert np.array_equal(alone.indices, together.indices)


def test_a_lower_precision_set_elsewhere_is_neither_used_nor_changed():
    X = np.random.default_rng(11).normal(size=(100, 40)).astype(np.float32)
    torch.set_float32_matmul_precision("medium")
    try:
        distances, _ = nearest_neighbors(X, 5)
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision("highest")
    np.testing.assert_allclose(distances, by_definition(X, 5)[0], rtol=1e-5)


def test_digits_have_the_published_dimensions():
    """scikit-dimension's MLE at k = 20 says 6.84, TwoNN 8.91."""
    digits = load_digits().data
    for X in (digits, digits.astype(np.float32), digits.astype(np.uint8)):
        distances, _ = nearest_neighbors(X, 20)
        logs = np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
        assert 19 / logs.mean() == pytest.approx(6.84, abs=0.005)
        ratio = np.sort(np.log(distances[:, 1] / distances[:, 0]))[: int(0.9 * len(X))]
        rarer = -np.log1p(-np.arange(1, len(ratio) + 1) / len(X))
        assert ratio @ rarer / (ratio @ ratio) == pytest.approx(8.91, abs=0.005)


@pytest.mark.parametrize("k", [0, -1, 5, 2.0, True, None])
def test_k_must_leave_a_neighbor_for_everybody(k):
    with pytest.raises(ValueError, match=rf"k: got {k}, allowed are whole numbers from 1 to 4"):
        nearest_neighbors(np.zeros((5, 2)), k)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_value_that_is_no_number_is_refused(bad, dtype):
    X = np.ones((5, 2), dtype)
    X[3, 1] = bad
    with pytest.raises(ValueError, match="X: row 3 has values that are NaN or infinite"):
        nearest_neighbors(X, 1)


@pytest.mark.parametrize("shape", [(), (4,), (0, 3), (1, 3), (4, 0)])
def test_points_must_be_rows(shape):
    with pytest.raises(ValueError, match="X: got shape"):
        nearest_neighbors(np.zeros(shape), 1)


@pytest.mark.parametrize("values", [[["a"], ["b"]], [[1j], [2]]])
def test_values_must_be_real(values):
    with pytest.raises(ValueError, match=r"X: got values of .*, allowed are booleans, integers and floats"):
        nearest_neighbors(np.array(values), 1)


def test_squares_must_stay_finite():
    with pytest.raises(ValueError, match=r"X: got values up to 1e\+200"):
        nearest_neighbors(np.array([[1e200], [-1e200]]), 1)


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match="'abacus' is not available here"):
        nearest_neighbors(np.zeros((3, 2)), 1, device="abacus")
