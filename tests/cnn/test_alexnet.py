import math

import pytest
import torch

from course_lib.cnn import AlexNet, layer_table, output_size
from course_lib.published import published

reference = {name: entry.value for name, entry in published("cnn").items()}


def table(**options):
    with torch.device("meta"):
        model = AlexNet(**options)
    return layer_table(model, (3, 224, 224)).set_index("name")


def test_two_groups_as_published_and_one():
    assert table()["parameters"].sum() == reference["alexnet.total"]
    assert table(groups=1)["parameters"].sum() == reference["alexnet.one_group"]


def test_its_units_are_the_papers_650_thousand():
    assert table()["units"].sum() == reference["alexnet.units"] == pytest.approx(650_000, rel=0.02)


def test_five_convolutions_and_two_hidden_fully_connected_layers():
    kinds = table()["kind"].value_counts()
    assert kinds["Conv2d"] == reference["alexnet.convolutions"]
    assert kinds["Linear"] - 1 == reference["alexnet.hidden_fully_connected"]


def test_same_padding_gives_56_and_the_published_network_55():
    side_same, side = reference["alexnet.C1_same"], reference["alexnet.C1"]
    assert table(same=True).loc["features.C1", "output_shape"] == (96, side_same, side_same)
    assert table().loc["features.C1", "output_shape"] == (96, side, side)
    assert output_size(224, 11, p=2, s=4) == output_size(227, 11, s=4) == side == 55
    assert side_same == math.ceil(224 / 4) == 56


def test_both_paddings_pool_to_the_same_27():
    assert table(same=True).loc["features.pool1", "output_shape"] == table().loc["features.pool1", "output_shape"]
    assert table(same=True)["parameters"].sum() == reference["alexnet.total"]


def test_the_last_pool_keeps_the_network_small():
    assert list(table().loc["features.pool5", "output_shape"]) == reference["alexnet.last_pool"]
    assert table(last_pool=False)["parameters"].sum() == reference["alexnet.no_last_pool"]


def test_a_group_sees_only_its_own_half_of_the_maps():
    with torch.device("meta"):
        model = AlexNet()
    assert [model.features.get_submodule(name).weight.shape[1] for name in ("C2", "C3", "C4", "C5")] == [
        48,
        256,
        192,
        192,
    ]


def test_other_groups_are_refused():
    with pytest.raises(ValueError, match="groups: got 3; allowed are 1 and 2"):
        AlexNet(groups=3)
