import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestCentroid
from torch import nn

from course_lib.cnn.representation import few_label_accuracy
from course_lib.data import ImageSet


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    images = rng.integers(0, 90, (60, 4, 4)) + 60 * labels[:, None, None]
    return ImageSet(images.astype(np.uint8), labels)


@pytest.fixture(scope="module")
def network():
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 5)).eval()


def test_one_row_per_layer_and_repeat_pixels_first(blobs, network):
    table = few_label_accuracy(network, blobs, ["1"], repeats=4)
    assert table["layer"].unique().tolist() == ["pixels", "1"]
    assert table.groupby("layer").size().tolist() == [4, 4]


def test_agrees_with_scikit_learns_nearest_centroid(blobs, network):
    got = few_label_accuracy(network, blobs, ["1"], per_class=3, repeats=1, seed=7)
    rng = np.random.default_rng(7)
    chosen = np.concatenate([rng.choice(np.flatnonzero(blobs.labels == k), 3, replace=False) for k in range(3)])
    rest = np.setdiff1d(np.arange(60), chosen)
    pixels = blobs.tensors()[0].flatten(1)
    with torch.no_grad():
        spaces = {"pixels": pixels.numpy(), "1": network(pixels).numpy()}
    for name, x in spaces.items():
        oracle = NearestCentroid().fit(x[chosen], blobs.labels[chosen]).score(x[rest], blobs.labels[rest])
        assert got.set_index("layer").loc[name, "accuracy"] == pytest.approx(oracle)


def test_a_class_must_have_an_image_to_spare(blobs, network):
    with pytest.raises(ValueError, match="per_class: got 20; allowed are 1 to 19"):
        few_label_accuracy(network, blobs, ["1"], per_class=20)
