import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from course_lib.cnn import AlexNet, resnet18, zoo
from course_lib.data import ImageSet
from course_lib.published import published

reference = {name: entry.value for name, entry in published("cnn").items()}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("LeNet-5", "lenet5.total"),
        ("AlexNet", "alexnet.total"),
        ("AlexNet, one group", "alexnet.one_group"),
        ("AlexNet, no last pool", "alexnet.no_last_pool"),
        ("AlexNet (torchvision)", "alexnet.torchvision"),
        ("VGG-16", "vgg16.total"),
        ("VGG-19", "vgg19.total"),
        ("ResNet-18", "resnet18.total"),
        ("ResNet-50", "resnet50.total"),
        ("ResNet-152", "resnet152.total"),
        ("DenseNet-121", "densenet121.total"),
        ("DenseNet-201", "densenet201.total"),
    ],
)
def test_parameters_are_the_lectures(name, key):
    assert zoo.network_table(name)["parameters"].sum() == reference[key]


def test_vgg16_block_by_block_and_nine_tenths_in_its_fully_connected_layers():
    table = zoo.network_table("VGG-16")
    counts = table.loc[table["parameters"] > 0, "parameters"].tolist()
    blocks = np.split(counts, np.cumsum([2, 2, 3, 3, 3, 1, 1]))
    names = ["conv3-64", "conv3-128", "conv3-256", "conv3-512, first", "conv3-512, second", "fc1", "fc2", "fc3"]
    assert [block.sum() for block in blocks] == [reference[f"vgg16.{name}"] for name in names]
    share = table.loc[table["kind"] == "Linear", "parameter_share"].sum()
    assert round(share, 3) == reference["vgg16.fully_connected_share"]


def test_densenet_with_the_14_findings():
    with torch.device("meta"):
        model = models.densenet121(num_classes=14)
    assert sum(parameter.numel() for parameter in model.parameters()) == reference["densenet121.14_outputs"]


@pytest.mark.parametrize("name", zoo.NETWORKS)
def test_every_network_lists_all_its_parameters_and_needs_no_memory(name):
    model = zoo.build(name)
    assert all(parameter.is_meta for parameter in model.parameters())
    assert zoo.network_table(name)["parameters"].sum() == sum(parameter.numel() for parameter in model.parameters())


def test_the_comparison_is_torchvisions_own():
    table = zoo.comparison()
    for name, network in zoo.NETWORKS.items():
        if network.weights is not None:
            # the documented giga-operations count multiplications, and those of auxiliary classifiers not at all
            assert table.loc[name, "multiplications"] / 1e9 == pytest.approx(network.weights.meta["_ops"], rel=0.01)
    assert table.loc["ResNet-50", "top1_accuracy"] == pytest.approx(0.7613)
    assert np.isnan(table.loc["LeNet-5", "top1_accuracy"])


def test_a_variant_belongs_to_the_family_of_its_network():
    families = zoo.comparison()["family"]
    assert set(families) == {"LeNet", "AlexNet", "VGG", "GoogLeNet", "Inception", "ResNet", "DenseNet"}
    assert set(families[families.index.str.startswith("AlexNet")]) == {"AlexNet"}


def test_the_tables_can_be_changed_without_harm():
    table = zoo.network_table("LeNet-5")
    table["parameters"] = 0
    assert zoo.network_table("LeNet-5")["parameters"].sum() == 60000


@pytest.mark.parametrize("name", zoo.STACKS)
def test_a_stack_is_the_network_it_is_named_after(name):
    """Kernels, strides and paddings of the convolutions and poolings, read off the network itself."""
    stack = zoo.STACKS[name]
    if name.startswith("LeNet"):
        assert dict(zip(stack.names, stack.layers, strict=True))["C5"] == (5, 1)
        return
    with torch.device("meta"):
        model = AlexNet() if name.startswith("AlexNet") else models.vgg16()
    layers = [layer for layer in model.features if isinstance(layer, nn.Conv2d | nn.MaxPool2d)]
    assert list(stack.layers) == [(_one(layer.kernel_size), _one(layer.stride)) for layer in layers]
    paddings = [_one(layer.padding) for layer in layers]
    if name.startswith("AlexNet"):
        paddings[0] = model.features.pad1.padding[0]
    assert list(stack.padding) == paddings


def _one(size):
    return size if isinstance(size, int) else size[0]


def test_an_unknown_network_is_refused_with_those_allowed():
    with pytest.raises(ValueError, match=r"name: got 'VGG'; allowed are LeNet-5, AlexNet, .*DenseNet-201"):
        zoo.build("VGG")
    with pytest.raises(ValueError, match="name: got 'VGG'"):
        zoo.network_table("VGG")


@pytest.mark.parametrize(("side", "channels"), [(28, 1), (64, 3), (96, 3)])
def test_resnet18_fits_the_images(side, channels):
    shape = (2, side, side) if channels == 1 else (2, side, side, 3)
    images = ImageSet(np.zeros(shape, np.uint8), np.array([0, 1]), class_names=("a", "b"))
    assert resnet18(images)(images.tensors()[0]).shape == (2, 2)


def test_resnet18_keeps_small_images_large():
    images = ImageSet(np.zeros((1, 28, 28), np.uint8), np.array([0]), class_names=("a", "b"))
    assert isinstance(resnet18(images).maxpool, nn.Identity)


def test_resnet18_refuses_volumes():
    volumes = ImageSet(np.zeros((2, 8, 8, 8), np.uint8), np.array([0, 1]), class_names=("a", "b"))
    with pytest.raises(ValueError, match=r"images: came .* allowed are gray or color"):
        resnet18(volumes)
