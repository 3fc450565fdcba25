import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor

from course_lib.cnn import LeNet5, feature_maps, filters, small_network


def test_feature_maps_are_torchvisions():
    model, images = small_network("residual", 6).eval(), torch.rand(3, 1, 8, 8)
    layers = ["blocks.1", "stem.0"]
    expected = create_feature_extractor(model, layers)(images)
    found = feature_maps(model, images, layers)
    assert list(found) == layers
    for layer in layers:
        torch.testing.assert_close(found[layer], expected[layer].detach())


def test_one_image_gives_maps_without_a_batch():
    maps = feature_maps(LeNet5(), torch.rand(1, 32, 32), ["C1", "S2", "C3"])
    assert [tuple(m.shape) for m in maps.values()] == [(6, 28, 28), (6, 14, 14), (16, 10, 10)]


def test_looking_changes_nothing():
    model = small_network("plain", 4).train()
    before = model.stem[1].running_mean.clone()
    feature_maps(model, torch.rand(1, 8, 8), ["stem.0"])
    assert model.training
    assert model.stem[1].running_mean.equal(before)
    assert not model.stem[0]._forward_hooks


def test_hooks_are_gone_even_when_the_network_fails():
    model = LeNet5()
    with pytest.raises(ValueError, match="images: got shape"):
        feature_maps(model, torch.rand(1, 28, 28), ["C1"])
    assert not model.C1._forward_hooks


def test_a_shifted_image_shifts_the_feature_map():
    model, image = LeNet5(), torch.rand(1, 32, 32)
    shifted = torch.roll(image, (2, 3), (1, 2))
    here, there = (feature_maps(model, seen, ["C1"])["C1"] for seen in (image, shifted))
    torch.testing.assert_close(there[:, 2:, 3:], here[:, :-2, :-3])


def test_subsampling_follows_even_shifts_only():
    model, image = LeNet5(), torch.rand(1, 32, 32)
    here = feature_maps(model, image, ["S2"])["S2"]
    two, one = (feature_maps(model, torch.roll(image, n, 2), ["S2"])["S2"] for n in (2, 1))
    torch.testing.assert_close(two[:, :, 1:], here[:, :, :-1])
    assert not torch.allclose(one[:, :, 1:], here[:, :, :-1], atol=1e-3)


def test_an_unknown_layer_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="layers: got 'conv1'; allowed are C1, S2, C3"):
        feature_maps(LeNet5(), torch.rand(1, 32, 32), ["conv1"])
    with pytest.raises(ValueError, match=r"image: got shape \(32, 32\)"):
        feature_maps(LeNet5(), torch.rand(32, 32), ["C1"])


def test_a_layer_that_does_not_run_is_named():
    model = LeNet5()
    model.spare = nn.ReLU()
    with pytest.raises(ValueError, match=r"layers: the model has but does not run \['spare'\]"):
        feature_maps(model, torch.rand(1, 32, 32), ["spare"])


def test_filters_are_a_copy_of_the_kernels():
    model = LeNet5()
    kernels = filters(model, "C1")
    np.testing.assert_array_equal(kernels, model.C1.weight.detach())
    kernels[:] = 0
    assert model.C1.weight.abs().sum() > 0


def test_a_layer_without_kernels_is_refused():
    with pytest.raises(ValueError, match="layer: 'F6' is a Linear; allowed is a Conv2d"):
        filters(LeNet5(), "F6")
