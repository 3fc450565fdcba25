import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from course_lib.cnn import AlexNet, LeNet5, layer_table, small_network

SMALL = nn.Sequential(
    nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2),
    nn.BatchNorm2d(6),
    nn.ReLU(),
    nn.ConvTranspose2d(6, 2, 3, stride=2),
    nn.Flatten(),
    nn.Linear(2 * 9 * 9, 5),
)


def counted_by_pytorch(model, shape):
    """PyTorch's own counter: two operations, a product and a sum, per multiplication."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        model.to("meta").eval()(torch.zeros(1, *shape))
    return counter.get_total_flops() / 2


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (lambda: SMALL, (4, 8, 8)),
        (AlexNet, (3, 224, 224)),
        (models.resnet18, (3, 224, 224)),
        (models.densenet121, (3, 224, 224)),
        (lambda: small_network("dense", 6), (1, 8, 8)),
    ],
)
def test_multiplications_are_half_the_operations_pytorch_counts(build, shape):
    with torch.device("meta"):
        model = build()
    assert layer_table(model, shape)["multiplications"].sum() == counted_by_pytorch(model, shape)


def test_the_formula_by_hand():
    table = layer_table(nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), (4, 8, 8))
    assert table.loc[0, "multiplications"] == 4 * 4 * 3 * 3 * (4 // 2) * 6
    assert table.loc[0, "parameters"] == 3 * 3 * 2 * 6 + 6
    assert table.loc[0, "units"] == 6 * 4 * 4


def test_a_sparse_convolution_counts_its_connections_only():
    table = layer_table(LeNet5(), (1, 32, 32)).set_index("name")
    assert table.loc["C3", "multiplications"] == 10 * 10 * 25 * 60


def test_shares_add_up_to_one():
    table = layer_table(LeNet5(), (1, 32, 32))
    assert table["parameter_share"].sum() == pytest.approx(1)
    assert table["multiplication_share"].sum() == pytest.approx(1)


def test_a_network_without_weights_costs_nothing():
    table = layer_table(nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)), (3, 8, 8))
    assert table[["parameters", "multiplications", "parameter_share", "multiplication_share"]].to_numpy().sum() == 0
    assert table["output_shape"].tolist() == [(3, 8, 8), (3, 4, 4)]


def test_the_model_stays_as_and_where_it_is():
    model = LeNet5().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    layer_table(model, (1, 32, 32))
    assert model.training
    assert all(value.device.type == "cpu" and value.equal(before[name]) for name, value in model.state_dict().items())
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_a_single_layer_has_no_name():
    assert layer_table(nn.Linear(3, 2), (3,)).loc[0, "name"] == ""


def test_a_layer_that_runs_twice_is_paid_for_once_in_parameters():
    shared = nn.Conv2d(2, 2, 3, padding=1)
    table = layer_table(nn.Sequential(shared, nn.ReLU(), shared), (2, 4, 4))
    assert table["parameters"].sum() == sum(parameter.numel() for parameter in shared.parameters())
    assert table["multiplications"].sum() == 2 * 4 * 4 * 9 * 2 * 2


def test_parameters_beside_a_modules_children_are_listed_too():
    with torch.device("meta"):
        model = models.vit_b_16()
    table = layer_table(model, (3, 224, 224))
    assert table.loc[table["kind"] == "VisionTransformer", "parameters"].tolist() == [768]  # the class token


def test_an_image_the_model_does_not_take_is_refused():
    with pytest.raises(ValueError, match=r"input_shape: the model does not take \(1, 28, 28\): images: got shape"):
        layer_table(LeNet5(), (1, 28, 28))
    with pytest.raises(ValueError, match=r"input_shape: the model does not take \(3, 8, 8\)"):
        layer_table(nn.Conv2d(4, 6, 3), (3, 8, 8))
