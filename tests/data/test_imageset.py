import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data import DatasetCard, ImageSet

CARD = DatasetCard("cohort", "this <course>", "MIT", "nobody", simulated=True, description="made & drawn")


def gray(n=6, **fields):
    return ImageSet(np.arange(n * 12, dtype=np.uint8).reshape(n, 3, 4), **fields)


@pytest.mark.parametrize(
    ("shape", "kind"), [((2, 5, 3), "gray"), ((2, 5, 4, 3), "color"), ((2, 3, 5, 4), "volume"), ((0, 5, 5), "gray")]
)
def test_the_kind_is_read_from_the_shape(shape, kind):
    assert ImageSet(np.zeros(shape, np.uint8)).kind == kind


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"images": [[1]]}, "images: a list came; a NumPy array is needed"),
        ({"images": np.zeros((3, 4), np.uint8)}, r"images: shape \(3, 4\) is not one of"),
        ({"images": np.zeros((2, 0, 4), np.uint8)}, r"images: shape \(2, 0, 4\)"),
        ({"images": np.zeros((2, 3, 4))}, "images: float64 is not allowed; convert to uint8"),
        ({"images": np.full((2, 3, 4), -np.inf, np.float32)}, "images: image 0 has infinite or missing values"),
        ({"images": np.array([[[0]], [[np.nan]]], np.float32)}, "images: image 1 has infinite or missing values"),
        ({"labels": [0, 1]}, r"labels: shape \(2,\) does not fit 6 images"),
        ({"labels": np.zeros((6, 0))}, r"labels: shape \(6, 0\) came; with two axes there is one column a finding"),
        ({"labels": [0, 1, 2, 0, 1, -1]}, "labels: -1 came"),
        ({"labels": [0, 1, 2, 0, 1, 1], "class_names": ("a", "b")}, "labels: 2 came, but class_names has only 2"),
        ({"labels": ["a"] * 6}, "labels: <U1 is not allowed"),
        ({"labels": np.full((6, 2), 2)}, "labels: .* only 0 and 1"),
        ({"labels": np.zeros((6, 2), int), "class_names": ("a",)}, "labels: 2 findings came, but class_names has 1"),
        ({"labels": [1.0, 2, 3, 4, 5, np.nan]}, "labels: image 5 has no finite value"),
        ({"labels": [1.5] * 6, "class_names": ("a",)}, "class_names: 1 came, but labels are measurements"),
        ({"class_names": ("a", "b")}, "class_names: 2 came, but labels are missing"),
        ({"class_names": ("a", "a"), "labels": [0] * 6}, "class_names: 'a' stands twice"),
        ({"class_names": "ab", "labels": [0] * 6}, "class_names: the text 'ab' came"),
        ({"groups": [1, 2]}, r"groups: shape \(2,\) does not fit 6 images"),
        ({"groups": [1, 2, 3, 4, 5, np.nan]}, "groups: missing for 1 images, the first being image 5"),
        ({"groups": np.array(["a", None, "b", "c", "d", "e"], object)}, "groups: missing .* image 1"),
        ({"covariates": {"age": [1] * 6}}, "covariates: a dict came"),
        ({"covariates": pd.DataFrame({"age": [1]})}, "covariates: 1 rows do not fit 6 images"),
        ({"extras": {"mask": np.zeros((5, 3, 4))}}, r"extras: 'mask' has shape \(5, 3, 4\)"),
    ],
)
def test_what_is_wrong_is_said_with_the_fields_name(fields, message):
    with pytest.raises(ValueError, match=message):
        ImageSet(**({"images": np.zeros((6, 3, 4), np.uint8)} | fields))


def test_nothing_in_a_set_can_be_changed_and_the_callers_arrays_stay_writable():
    images, labels = np.zeros((6, 3, 4), np.uint8), np.zeros(6, int)
    data = ImageSet(images, labels, extras={"mask": images.copy()})
    for array in (data.images, data.labels, data.extras["mask"], data[:2].images, data[[0, 1]].images):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        data.images = images
    images[0] = 1


@given(st.data())
def test_indexing_takes_the_same_rows_of_everything(data):
    n = data.draw(st.integers(1, 9))
    rows = st.integers(-n, n - 1)
    index = data.draw(
        st.one_of(rows, st.lists(rows), st.slices(n), st.lists(st.booleans(), min_size=n, max_size=n).map(np.array))
    )
    numbers = np.arange(n)
    whole = gray(
        n, labels=numbers, groups=numbers, covariates=pd.DataFrame({"age": numbers}), extras={"twice": 2 * numbers}
    )
    expected = np.atleast_1d(numbers[np.array(index, int) if isinstance(index, list) and not index else index])
    part = whole[index]
    assert len(part) == len(expected)
    np.testing.assert_array_equal(part.images, whole.images[expected])
    for values in (part.labels, part.groups, part.covariates["age"], part.extras["twice"] / 2):
        np.testing.assert_array_equal(values, expected)
    assert list(part.covariates.index) == list(range(len(part)))


@pytest.mark.parametrize("index", [[True, False], [0.5], "a", np.zeros((2, 2), int)])
def test_an_index_that_fits_nothing_is_refused(index):
    with pytest.raises(ValueError, match="index"):
        gray()[index]


def test_a_row_that_is_not_there_is_an_index_error():
    with pytest.raises(IndexError, match="6 is outside a set of 6 images"):
        gray()[6]


def test_iterating_gives_sets_of_one():
    assert [part.images.tolist() for part in gray(3)] == [[image.tolist()] for image in gray(3).images]


def test_a_slice_of_memory_mapped_images_is_still_memory_mapped(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((5, 4, 4), np.uint8))
    data = ImageSet(np.load(tmp_path / "images.npy", mmap_mode="r"))
    assert isinstance(data[1:3].images.base, np.memmap) or isinstance(data[1:3].images, np.memmap)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 5, 4), (2, 1, 5, 4)),
        ((2, 5, 4, 3), (2, 3, 5, 4)),
        ((2, 6, 5, 4), (2, 1, 6, 5, 4)),
        ((0, 5, 4), (0, 1, 5, 4)),
    ],
)
def test_tensors_put_the_channels_second_and_lie_in_the_unit_interval(shape, expected):
    images, labels = ImageSet(np.full(shape, 255, np.uint8)).tensors()
    assert images.shape == expected and images.dtype == torch.float32 and images.is_contiguous()
    assert labels is None
    assert (images == 1).all()


def test_a_label_that_is_a_view_from_behind_becomes_a_tensor():
    labels = np.array([0.25, 0.5])[::-1][:1]
    assert ImageSet(np.zeros((1, 2, 2), np.uint8), labels).tensors()[1].tolist() == [0.5]


def test_color_planes_are_not_mixed_up():
    image = np.zeros((1, 2, 2, 3), np.uint8)
    image[..., 1] = 51
    assert ImageSet(image).tensors()[0][0, :, 0, 0].tolist() == pytest.approx([0, 0.2, 0])


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 3), (2, 5, 3, 4)])
def test_float_images_of_any_range_come_as_they_are_and_the_tensor_is_a_copy(shape):
    scored = np.random.default_rng(0).normal(0, 900, shape).astype(np.float32)
    data = ImageSet(scored.copy())
    images, _ = data.tensors()
    assert sorted(images.flatten().tolist()) == sorted(scored.ravel().tolist())
    images[:] = 1
    assert (data.images == scored).all()


def test_resized_float_images_keep_their_range():
    scored = np.random.default_rng(0).normal(0, 3, (2, 6, 6, 6)).astype(np.float32)
    resized = ImageSet(scored).resized(9).images
    assert resized.dtype == np.float32
    assert scored.min() <= resized.min() < -1
    assert 1 < resized.max() <= scored.max()


@pytest.mark.parametrize(
    ("labels", "dtype", "task"),
    [
        (np.array([0, 1], np.uint8), torch.int64, "classes"),
        (np.array([[0, 1], [1, 1]]), torch.float32, "multi-label"),
        (np.array([41.5, 60.25]), torch.float32, "regression"),
    ],
)
def test_labels_become_what_the_losses_take(labels, dtype, task):
    data = ImageSet(np.zeros((2, 3, 4), np.uint8), labels)
    assert data.task == task
    assert data.tensors()[1].dtype == dtype
    assert data.tensors()[1].tolist() == labels.tolist()


def test_the_picture_in_the_notebook_shows_card_shape_and_counts_and_says_simulated():
    shown = gray(labels=[0, 0, 1, 1, 1, 1], class_names=("a<b", "c"), card=CARD)._repr_html_()
    for part in (
        "cohort (simulated)",
        "this &lt;course&gt;",
        "made &amp; drawn",
        "6 gray images of 3×4",
        "a&lt;b",
        "<td>4</td>",
    ):
        assert part in shown
    assert "simulated" in repr(gray(card=CARD))
    assert "simulated" not in repr(gray())


def test_classes_are_counted_also_where_one_has_no_image():
    assert gray(labels=[0, 0, 2, 2, 2, 2], class_names=("a", "b", "c")).class_counts() == {"a": 2, "b": 0, "c": 4}
    assert gray(3, labels=[[1, 0], [1, 1], [0, 0]]).class_counts() == {"0": 2, "1": 1}
    assert gray().class_counts() == {}


@pytest.mark.parametrize("shape", [(3, 8, 8), (3, 8, 8, 3), (3, 8, 8, 8)])
def test_resized_images_keep_labels_kind_and_a_constant(shape):
    images = ImageSet(np.full(shape, 9, np.uint8), np.array([0, 1, 0]))
    resized = images.resized(12)
    assert resized.images.shape[1:3] == (12, 12)
    assert resized.kind == images.kind
    assert (resized.images == 9).all()
    assert resized.labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize("side", [0, -3, 2.5, "32"])
def test_a_size_that_is_none_is_refused(side):
    with pytest.raises(ValueError, match=r"side: .* is not allowed; it is a whole number of pixels"):
        ImageSet(np.zeros((1, 4, 4), np.uint8)).resized(side)
