import pytest
import torch
from torch import nn

from course_lib.cnn import layer_table, small_network
from course_lib.cnn.depth import depth_experiment
from course_lib.cnn.small import BasicBlock, DenseLayer


@pytest.mark.parametrize("kind", ["plain", "residual", "dense"])
@pytest.mark.parametrize("depth", [4, 8, 20])
def test_depth_counts_the_weight_layers(kind, depth):
    model = small_network(kind, depth, width=4, in_channels=3, n_classes=5)
    kinds = layer_table(model, (3, 16, 16))["kind"]
    assert kinds.isin(["Conv2d", "Linear"]).sum() == depth
    assert model(torch.rand(2, 3, 16, 16)).shape == (2, 5)


def test_plain_and_residual_start_from_the_same_weights():
    weights = []
    for kind in ("plain", "residual"):
        torch.manual_seed(3)
        weights.append(small_network(kind, 8).state_dict())
    assert weights[0].keys() == weights[1].keys()
    assert all(value.equal(weights[1][name]) for name, value in weights[0].items())


def test_a_residual_block_that_has_learned_nothing_hands_its_input_on():
    block, maps = BasicBlock(4, residual=True), torch.rand(2, 4, 8, 8)
    nn.init.zeros_(block.body[-1].weight)
    torch.testing.assert_close(block(maps), maps)
    block.residual = False
    assert block(maps).eq(0).all()


def test_a_residual_block_puts_out_its_change_plus_its_input():
    plain, residual = BasicBlock(4, residual=False), BasicBlock(4, residual=True)
    residual.load_state_dict(plain.state_dict())
    maps = torch.rand(2, 4, 8, 8)
    change = plain.body(maps)
    torch.testing.assert_close(residual(maps), (change + maps).clamp(min=0))
    torch.testing.assert_close(plain(maps), change.clamp(min=0))


def test_a_dense_layer_keeps_what_it_was_given():
    maps = torch.rand(2, 4, 8, 8)
    assert DenseLayer(4, growth=3)(maps)[:, :4].equal(maps)


def test_impossible_networks_are_refused():
    with pytest.raises(ValueError, match="kind: got 'resnet'; allowed are 'plain', 'residual', 'dense'"):
        small_network("resnet", 8)
    with pytest.raises(ValueError, match="depth: got 7; allowed are even numbers for a plain network"):
        small_network("plain", 7)
    with pytest.raises(ValueError, match="depth: got 2; allowed are whole numbers from 4 on"):
        small_network("dense", 2)
    with pytest.raises(ValueError, match="width: got 0"):
        small_network("plain", 8, width=0)


def test_the_experiment_keeps_one_row_per_epoch_and_repeats_itself():
    options = {"depths": (4,), "seeds": (1,), "epochs": 2, "width": 2, "progress": False}
    table, again = depth_experiment(**options), depth_experiment(**options)
    assert table[["kind", "depth", "seed", "epoch"]].to_numpy().tolist() == [
        ["plain", 4, 1, 1], ["plain", 4, 1, 2], ["residual", 4, 1, 1], ["residual", 4, 1, 2],
    ]  # fmt: skip
    assert table["train_loss"].equals(again["train_loss"])
    assert table["train_loss"].gt(0).all()
