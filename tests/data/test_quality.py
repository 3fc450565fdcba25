"""What is odd about images is found, and what is usual is left alone."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scipy import ndimage, stats

from course_lib.data import ImageSet, find_suspects, image_facts


@pytest.fixture
def usual():
    """Forty smooth gray images with a little noise."""
    rng = np.random.default_rng(0)
    smooth = ndimage.gaussian_filter(rng.normal(size=(40, 24, 24)), (0, 2, 2))
    scaled = 120 + 40 * smooth / smooth.std(axis=(1, 2), keepdims=True) + rng.normal(0, 2, smooth.shape)
    return np.clip(scaled, 1, 254).astype(np.uint8)


def told(images, sizes=None):
    found = find_suspects(images, sizes)
    return list(zip(found["row"], found["finding"], strict=True))


def test_what_is_usual_is_not_suspect(usual):
    assert told(usual) == told(ImageSet(usual)) == []


def test_each_fault_is_found_where_it_is_and_named(usual):
    images = usual.copy()
    images[3] = 77
    images[5] = 100 + usual[5] % 8
    images[8] = np.clip(usual[8].astype(int) * 3, 0, 255)
    images[13] = np.clip(usual[13].astype(int) - 120, 0, 255)
    images[21] = np.asarray(Image.fromarray(usual[21]).filter(ImageFilter.GaussianBlur(4)))
    images[34] = np.random.default_rng(1).integers(0, 256, images[34].shape)
    found = told(images)
    rows = dict(found)
    assert [row for row, _ in found if found.count(row) > 1] == []
    assert rows.keys() == {3, 5, 8, 13, 21, 34}
    assert (rows[3], rows[5], rows[21], rows[34]) == ("blank", "hardly any contrast", "out of focus", "noisy")
    assert (8, "overexposed") in found and (13, "underexposed") in found


def test_sharpness_is_the_variance_of_the_laplacian_over_that_of_the_image(usual):
    values = usual / 255
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    by_scipy = [ndimage.convolve(image, kernel)[1:-1, 1:-1].var() / image.var() for image in values]
    assert image_facts(usual)["sharpness"].tolist() == pytest.approx(by_scipy, rel=1e-3)
    darker = (usual // 2).astype(np.float32) / 255
    assert image_facts(darker)["sharpness"].tolist() == pytest.approx(by_scipy, rel=0.05)


def test_facts_of_color_images_are_those_of_their_gray_ones():
    color = np.random.default_rng(0).integers(0, 256, (6, 12, 9, 3), dtype=np.uint8)
    facts = image_facts(color)
    gray = [np.asarray(Image.fromarray(image).convert("L")).mean() / 255 for image in color]
    assert facts["brightness"].tolist() == pytest.approx(gray, abs=0.003)
    assert facts["spread"].tolist() == pytest.approx(
        [np.diff(np.quantile(image, [0.01, 0.99]))[0] / 255 for image in color]
    )
    assert (facts["area"] == 108).all() and facts["aspect"].tolist() == pytest.approx([0.75] * 6)
    pure = np.zeros((1, 4, 4, 3), np.uint8)
    pure[..., 0] = 255  # saturated red is neither black nor white
    assert image_facts(pure)[["low", "high"]].to_numpy().tolist() == [[0, 0]]


def test_five_robust_standard_deviations_are_those_of_scipy(usual):
    verdicts = set()
    for far in (0.07, 0.09, 0.11, 0.13):
        images = usual.astype(np.float32) / 510
        images[0] += np.float32(0.24 + far - images[0].mean())
        level = images.mean(axis=(1, 2))
        z = (level - np.median(level)) / max(stats.median_abs_deviation(level, scale="normal"), 0.02)
        expected = [(row, "bright") for row in np.flatnonzero(z > 5)]
        assert [pair for pair in told(images) if pair[1] == "bright"] == expected
        verdicts.add(len(expected))
    assert verdicts == {0, 1}


def test_another_size_stands_out_among_equal_ones_only(usual):
    sizes = np.full((40, 2), 100)
    sizes[7], sizes[9] = (200, 200), (100, 50)
    assert told(usual, sizes) == [(7, "large"), (9, "small"), (9, "tall")]
    mixed = np.random.default_rng(0).integers(60, 200, (40, 2))
    assert told(usual, mixed) == []


def test_of_few_images_only_what_is_wrong_in_itself_is_told(usual):
    few = usual[:7].copy()
    few[2], few[4] = 0, np.clip(few[4].astype(int) * 3, 0, 255)
    assert told(few) == [(2, "blank")]
    assert told(few[2:3]) == [(0, "blank")]
    assert told(few[:1]) == []


def test_no_image_has_no_finding():
    for images in (np.zeros((0, 8, 8), np.uint8), np.zeros((0, 8, 8, 3), np.float32)):
        found = find_suspects(images)
        assert len(found) == 0 and list(found) == ["row", "finding", "value", "usual"]


def test_all_blank_images_are_all_told():
    assert told(np.full((12, 5, 5), 9, np.uint8)) == [(row, "blank") for row in range(12)]


def test_missing_values_are_told_and_disturb_no_other_image(usual):
    images = usual.astype(np.float32) / 255
    images[4, :6] = np.nan
    found = find_suspects(images)
    assert told(images) == [(4, "missing values")] and found["value"].tolist() == [0.25]
    images[:] = np.nan
    assert told(images) == [(row, "missing values") for row in range(40)]


def test_inputs_are_not_changed(usual):
    before = usual.copy()
    find_suspects(usual)
    assert (usual == before).all()


@pytest.mark.parametrize(
    ("images", "sizes", "message"),
    [
        (np.zeros((3, 4), np.uint8), None, r"images: got shape \(3, 4\)"),
        (np.zeros((3, 4, 4, 2), np.uint8), None, r"images: got shape \(3, 4, 4, 2\)"),
        (np.zeros((3, 4, 4), int), None, "images: got int64, allowed are uint8"),
        (np.full((3, 4, 4), 2.0), None, "images: got floats from 2 to 2"),
        (np.zeros((3, 4, 4), np.uint8), np.ones((2, 2)), r"sizes: got shape \(2, 2\), allowed is \(3, 2\)"),
        (np.zeros((3, 4, 4), np.uint8), np.zeros((3, 2)), "with numbers above 0"),
    ],
)
def test_what_is_not_allowed_is_said(images, sizes, message):
    with pytest.raises(ValueError, match=message):
        find_suspects(images, sizes)
