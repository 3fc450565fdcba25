from collections import Counter

import numpy as np
import pytest
import torch
from torch.nn import functional

from course_lib.cnn import C3_TABLE, LeNet5, layer_table
from course_lib.cnn.lenet import SparseConv2d, Subsampling, digit_codes, squash
from course_lib.published import published

reference = {name: entry.value for name, entry in published("cnn").items()}


def test_every_layer_has_the_papers_parameters():
    table = layer_table(LeNet5(), (1, 32, 32)).set_index("name")
    for name in ("C1", "S2", "C3", "S4", "C5", "F6"):
        assert table.loc[name, "parameters"] == reference[f"lenet5.{name}"]
    assert table["parameters"].sum() == reference["lenet5.total"]
    assert table.loc["output", "parameters"] == 0


def test_every_layer_has_the_papers_shape():
    shapes = layer_table(LeNet5(), (1, 32, 32)).set_index("name")["output_shape"].to_dict()
    assert shapes == {
        "C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5), "C5": (120, 1, 1),
        "F6": (84,), "output": (10,),
    }  # fmt: skip


def test_the_output_layers_weights_are_fixed_and_apart():
    model = LeNet5()
    assert model.output.codes.numel() == reference["lenet5.fixed"]
    assert not any(parameter is model.output.codes for parameter in model.parameters())
    assert "output.codes" in model.state_dict()


def test_table_1_has_60_connections_in_the_papers_pattern():
    assert sum(map(len, C3_TABLE)) == reference["lenet5.C3_connections"]
    assert Counter(map(len, C3_TABLE)) == {int(k): n for k, n in reference["lenet5.C3_columns"].items()}
    uses = Counter(entering for column in C3_TABLE for entering in column)
    assert set(uses.values()) == {reference["lenet5.C3_per_S2_map"]}
    assert len({frozenset(column) for column in C3_TABLE}) == 16


def test_a_dense_c3_would_have_2416():
    assert sum(p.numel() for p in torch.nn.Conv2d(6, 16, 5).parameters()) == reference["lenet5.dense_C3"]


def test_a_sparse_convolution_is_the_sum_over_its_own_input_maps():
    layer, maps = SparseConv2d(C3_TABLE, 5).double(), torch.randn(2, 6, 14, 14, dtype=torch.float64)
    position, expected = 0, []
    for output, inputs in enumerate(C3_TABLE):
        kernels = layer.weight[position : position + len(inputs)]
        position += len(inputs)
        expected.append(functional.conv2d(maps[:, list(inputs)], kernels[None], layer.bias[output : output + 1]))
    torch.testing.assert_close(layer(maps), torch.cat(expected, 1))


def test_a_map_that_is_not_connected_has_no_influence():
    layer, maps = SparseConv2d(C3_TABLE, 5), torch.randn(1, 6, 14, 14)
    changed = maps.clone()
    changed[:, 5] += 1
    differs = (layer(maps) != layer(changed)).flatten(2).any(-1)[0].tolist()
    assert differs == [5 in inputs for inputs in C3_TABLE]


def test_subsampling_is_a_gain_and_a_bias_on_the_mean_of_four():
    layer = Subsampling(2)
    with torch.no_grad():
        layer.gain.copy_(torch.tensor([2.0, 3.0]))
        layer.bias.copy_(torch.tensor([0.0, 1.0]))
    maps = torch.tensor([[[[1.0, 2], [3, 6]], [[0, 0], [0, 4]]]])
    assert layer(maps).flatten().tolist() == [6.0, 4.0]
    assert sum(p.numel() for p in layer.parameters()) == 4


def test_squash_maps_one_to_one_and_saturates_at_1_7159():
    assert squash(torch.tensor(1.0)).item() == pytest.approx(1, abs=1e-4)
    assert squash(torch.tensor(50.0)).item() == pytest.approx(1.7159)


def test_the_bitmaps_are_ten_different_pictures_in_black_and_white():
    codes = digit_codes()
    assert codes.abs().eq(1).all()
    assert len(np.unique(codes.numpy(), axis=0)) == 10


def test_the_largest_logit_is_that_of_the_nearest_bitmap():
    model = LeNet5()
    assert model.output(model.output.codes).argmax(1).tolist() == list(range(10))
    assert model.output(model.output.codes).diagonal().tolist() == [0] * 10


def test_it_learns_sixteen_images_by_heart():
    torch.manual_seed(0)
    model, images, labels = LeNet5(), torch.rand(16, 1, 32, 32), torch.arange(16) % 10
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(60):
        loss = functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model(images).argmax(1).equal(labels)


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (1, 3, 32, 32), (1, 32, 32)])
def test_other_images_are_refused(shape):
    with pytest.raises(ValueError, match=r"images: got shape .*; allowed is \(N, 1, 32, 32\)"):
        LeNet5()(torch.zeros(shape))
