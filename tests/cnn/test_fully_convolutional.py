import pytest
import torch
from torch import nn

from course_lib.cnn import LeNet5, fully_convolutional, slide_lenet
from course_lib.published import published


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 5), (1, 1), (2, 7)])
def test_the_outputs_are_those_of_the_layer(shape, bias):
    linear = nn.Linear(3 * shape[0] * shape[1], 4, bias=bias).double()
    maps = torch.randn(2, 3, *shape, dtype=torch.float64)
    put_out = fully_convolutional(linear, shape)(maps)
    assert put_out.shape == (2, 4, 1, 1)
    torch.testing.assert_close(put_out.flatten(1), linear(maps.flatten(1)))


def test_twelve_by_twelve_on_a_five_by_five_network_gives_eight_by_eight():
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(27, 4)).double()
    sliding = nn.Sequential(network[0], network[1], fully_convolutional(network[3], (3, 3)))
    image = torch.randn(1, 1, 12, 12, dtype=torch.float64)
    place = sliding(image)
    side = published("cnn")["fully_convolutional.map"].value
    assert place.shape == (1, 4, side, side)
    for row in range(side):
        for col in range(side):
            crop = image[..., row : row + 5, col : col + 5]
            torch.testing.assert_close(place[..., row, col], network(crop))


def test_the_layer_is_copied_not_shared():
    linear = nn.Linear(12, 2)
    convolution = fully_convolutional(linear, (2, 2))
    with torch.no_grad():
        convolution.weight.zero_()
    assert linear.weight.abs().sum() > 0


def test_a_shape_that_does_not_divide_the_inputs_is_refused():
    with pytest.raises(ValueError, match=r"spatial_shape: got 5 × 5; .* area divides the layer's 120 inputs"):
        fully_convolutional(nn.Linear(120, 84), (5, 5))


def test_lenet_slides_over_a_canvas_as_it_would_look_at_each_window():
    torch.manual_seed(0)
    model, canvas = LeNet5().double(), torch.rand(2, 1, 44, 52, dtype=torch.float64)
    places = slide_lenet(model, canvas)
    assert places.shape == (2, 10, 4, 6)
    for row in range(4):
        for col in range(6):
            window = canvas[..., 4 * row : 4 * row + 32, 4 * col : 4 * col + 32]
            torch.testing.assert_close(places[..., row, col], model(window))


@pytest.mark.parametrize("shape", [(1, 1, 31, 40), (1, 3, 40, 40), (40, 40)])
def test_a_canvas_without_room_for_the_window_is_refused(shape):
    with pytest.raises(ValueError, match="canvas: got shape"):
        slide_lenet(LeNet5(), torch.zeros(shape))
