# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 1: convolutional networks, by hand
#
# Nine questions, 20 points. Each asks for the body of one function; the cell under it checks your answer at once and says what
# it expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: mend it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_lib.checks import check, expect
from course_lib.cnn import C3_TABLE

# %% [markdown]
# ### Question 1 (1 point): downhill
#
# Write `gradient_step(theta, gradient, eta)`: one step of gradient descent with learning rate `eta`. `theta` and `gradient` are
# arrays of one shape; return the new parameters and leave the old ones as they were.


# %% nbgrader={"grade": false, "grade_id": "gradient_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_step(theta, gradient, eta):
    ### BEGIN SOLUTION
    return theta - eta * gradient
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gradient_step-check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
with check("gradient_step", hint="The gradient points uphill. Which way do you want to go, and how far?"):
    before = np.array([1.0, -2.0])
    expect(gradient_step(before, np.array([10.0, 0.0]), 0.1), np.array([0.0, -2.0]))
    expect(before, np.array([1.0, -2.0]), message="theta was changed in place")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(1)
for _ in range(5):
    hidden_theta, hidden_slope = hidden_rng.normal(size=(2, 4, 3))
    hidden_copy = hidden_theta.copy()
    expect(gradient_step(hidden_theta, hidden_slope, 0.25), hidden_copy - hidden_slope / 4)
    expect(hidden_theta, hidden_copy)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (3 points): nine products and a sum
#
# Write `cross_correlate(image, kernel)`: slide the kernel over the image without padding, one pixel at a time, and at each place
# multiply what lies under it and add up. `image` is (H, W), `kernel` is (h, w), not necessarily square; the result is
# (H − h + 1, W − w + 1). This is what deep-learning frameworks call a convolution: the kernel is *not* flipped.
# Two loops and one line inside them are enough.


# %% nbgrader={"grade": false, "grade_id": "cross_correlate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_correlate(image, kernel):
    ### BEGIN SOLUTION
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            result[row, column] = (image[row : row + height, column : column + width] * kernel).sum()
    return result
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cross_correlate-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check("cross_correlate", hint="The window at (row, column) is image[row : row + h, column : column + w]."):
    image = np.array([[3.0, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
    kernel = np.array([[0.0, 1, 2], [2, 2, 0], [0, 1, 2]])
    expect(cross_correlate(image, kernel), np.array([[12.0, 12, 17], [10, 17, 19], [9, 6, 14]]))
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(2)
for hidden_image_shape, hidden_kernel_shape in [((7, 9), (3, 3)), ((6, 8), (2, 5)), ((4, 4), (4, 4)), ((5, 3), (1, 2))]:
    hidden_image = hidden_rng.normal(size=hidden_image_shape)
    hidden_kernel = hidden_rng.normal(size=hidden_kernel_shape)
    hidden_windows = np.lib.stride_tricks.sliding_window_view(hidden_image, hidden_kernel_shape)
    hidden_want = np.einsum("rchw,hw->rc", hidden_windows, hidden_kernel)
    expect(cross_correlate(hidden_image, hidden_kernel), hidden_want, rtol=1e-4, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (2 points): how big is the output?
#
# Write `output_size(i, k, p=0, s=1, d=1)`: the length of the output along one axis, for input length `i`, kernel length `k`,
# `p` zeros added at *each* end, stride `s`, and dilation `d` (a dilated kernel has `d − 1` holes between neighboring weights).


# %% nbgrader={"grade": false, "grade_id": "output_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
def output_size(i, k, p=0, s=1, d=1):
    ### BEGIN SOLUTION
    reach = d * (k - 1) + 1
    return (i + 2 * p - reach) // s + 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "output_size-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "output_size", hint="Start from i − k + 1, then think of both ends, of the stride (round down), of the holes."
):
    expect(output_size(5, 3), 3, message="output_size(5, 3)")
    expect(output_size(5, 4, p=2), 6, message="output_size(5, 4, p=2)")
    expect(output_size(5, 3, p=1, s=2), 3, message="output_size(5, 3, p=1, s=2)")
    expect(output_size(32, 3, d=2), 28, message="output_size(32, 3, d=2)")
### BEGIN HIDDEN TESTS
for hidden_case in [
    (224, 11, 2, 4, 1),
    (227, 11, 0, 4, 1),
    (28, 5, 2, 1, 1),
    (10, 3, 0, 4, 1),
    (17, 3, 2, 3, 3),
    (64, 5, 4, 2, 2),
]:
    hidden_i, hidden_k, hidden_p, hidden_s, hidden_d = hidden_case
    hidden_layer = nn.Conv1d(1, 1, hidden_k, stride=hidden_s, padding=hidden_p, dilation=hidden_d)
    expect(output_size(*hidden_case), hidden_layer(torch.zeros(1, 1, hidden_i)).shape[-1])
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (2 points): what does one unit see?
#
# Write `receptive_field(layers)` for a chain of layers `[(k, s), …]`, from the image upward: how many input pixels, along one
# axis, can change one unit of the last layer? With no layer at all, a unit is a pixel: 1.


# %% nbgrader={"grade": false, "grade_id": "receptive_field", "locked": false, "schema_version": 3, "solution": true, "task": false}
def receptive_field(layers):
    ### BEGIN SOLUTION
    field, jump = 1, 1
    for k, s in layers:
        field += (k - 1) * jump
        jump *= s
    return field
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "receptive_field-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "receptive_field",
    hint="Keep two numbers: the field, and the jump between neighbors in pixels. Which changes first?",
):
    expect(receptive_field([(3, 1)]), 3, message="one layer")
    expect(receptive_field([(3, 1), (3, 1)]), 5, message="two 3 × 3 layers")
    lenet_up_to_c5 = [(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)]
    expect(receptive_field(lenet_up_to_c5), 32, message="LeNet up to C5")
### BEGIN HIDDEN TESTS
hidden_vgg = [*[(3, 1)] * 2, (2, 2)] * 2 + [*[(3, 1)] * 3, (2, 2)] * 3
expect(receptive_field(hidden_vgg), 212)
expect(receptive_field([(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]), 195)
expect(receptive_field([]), 1)
expect(receptive_field([(1, 1), (7, 2)]), 7)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (2 points): counting
#
# Write `conv_parameters(c_in, c_out, k, groups=1, bias=True)`: the number of trainable parameters of a convolution with k × k
# kernels. With `groups` > 1 the channels are dealt into that many equal groups, and an output map sees only the input maps of its own group.


# %% nbgrader={"grade": false, "grade_id": "conv_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_parameters(c_in, c_out, k, groups=1, bias=True):
    ### BEGIN SOLUTION
    weights = c_out * (c_in // groups) * k * k
    return weights + (c_out if bias else 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "conv_parameters-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "conv_parameters",
    hint="Each output map has its own kernel for each input map it sees, and one bias, not one per weight.",
):
    expect(conv_parameters(3, 4, 5, bias=False), 300, message="conv_parameters(3, 4, 5, bias=False)")
    expect(conv_parameters(3, 4, 5), 304, message="conv_parameters(3, 4, 5)")
    expect(conv_parameters(96, 256, 5, groups=2), 307_456, message="conv_parameters(96, 256, 5, groups=2)")
### BEGIN HIDDEN TESTS
for hidden_case in [
    (1, 6, 5, 1, True),
    (384, 384, 3, 2, True),
    (64, 64, 3, 64, False),
    (480, 16, 1, 1, True),
    (8, 12, 7, 4, True),
]:
    hidden_layer = nn.Conv2d(hidden_case[0], hidden_case[1], hidden_case[2], groups=hidden_case[3], bias=hidden_case[4])
    expect(conv_parameters(*hidden_case), sum(p.numel() for p in hidden_layer.parameters()))
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (3 points): LeNet's C3, where not everything is connected
#
# In LeNet-5 a map of C3 looks only at some maps of S2. The table `C3_TABLE` says at which: `C3_TABLE[j]` holds the numbers of the S2
# maps that map `j` of C3 sees. Map 0 sees (0, 1, 2), map 15 sees all six.
#
# Write `sparse_convolution(maps, kernels, biases, table)`:
# `maps` is (N, I, H, W); `kernels` is (I, J, k, k), with `kernels[i, j]` for input map i and output map j (kernels of connections
# that are not in the table must not matter, even if they are not zero); `biases` is (J,). Return (N, J, H − k + 1, W − k + 1).
# Torch's `F.conv2d` may be used: it wants its weights as (J, I, k, k).


# %% nbgrader={"grade": false, "grade_id": "sparse_convolution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sparse_convolution(maps, kernels, biases, table):
    ### BEGIN SOLUTION
    weights = torch.zeros_like(kernels).transpose(0, 1).contiguous()  # (J, I, k, k)
    for j, seen in enumerate(table):
        weights[j, list(seen)] = kernels[list(seen), j]
    return F.conv2d(maps, weights, biases)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "sparse_convolution-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "sparse_convolution",
    hint="Start from weights that are all zero, (J, I, k, k), and fill in those that the table names.",
):
    ones = sparse_convolution(torch.ones(1, 6, 14, 14), torch.ones(6, 16, 5, 5), torch.zeros(16), C3_TABLE)
    expect(tuple(ones.shape), (1, 16, 10, 10))
    expect(ones[0, 0, 0, 0].item(), 75.0, message="map 0 sees three maps: 3 × 25 ones")
    expect(ones[0, 15, 0, 0].item(), 150.0, message="map 15 sees all six maps: 6 × 25 ones")
### BEGIN HIDDEN TESTS
hidden_generator = torch.Generator().manual_seed(6)
hidden_maps = torch.randn(2, 6, 9, 8, generator=hidden_generator)
hidden_kernels = torch.randn(6, 16, 3, 3, generator=hidden_generator)
hidden_biases = torch.randn(16, generator=hidden_generator)
hidden_got = sparse_convolution(hidden_maps, hidden_kernels.clone(), hidden_biases, C3_TABLE)
for hidden_j, hidden_seen in enumerate(C3_TABLE):
    hidden_weight = hidden_kernels[list(hidden_seen), hidden_j][None]
    hidden_want = F.conv2d(hidden_maps[:, list(hidden_seen)], hidden_weight, hidden_biases[hidden_j : hidden_j + 1])
    expect(hidden_got[:, hidden_j], hidden_want[:, 0], rtol=1e-4, atol=1e-5)
hidden_few = sparse_convolution(hidden_maps[:, :3], hidden_kernels[:3, :2], hidden_biases[:2], [(2,), (0, 1)])
expect(tuple(hidden_few.shape), (2, 2, 7, 6))
for hidden_j, hidden_seen in enumerate([[2], [0, 1]]):
    hidden_weight = hidden_kernels[hidden_seen, hidden_j][None]
    hidden_want = F.conv2d(hidden_maps[:, hidden_seen], hidden_weight, hidden_biases[hidden_j : hidden_j + 1])
    expect(hidden_few[:, hidden_j], hidden_want[:, 0], rtol=1e-4, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (2 points): the bottleneck
#
# A 5 × 5 convolution on a thick stack of maps is dear. GoogLeNet first thins the stack with a 1 × 1 convolution to `reduced` maps.
# Write `bottleneck_multiplications(height, width, c_in, c_out, k, reduced)`: the multiplications of the 1 × 1 convolution and
# the k × k convolution after it together (stride 1, "same" padding; biases do not multiply). `reduced=None` means no bottleneck: only the
# k × k convolution.


# %% nbgrader={"grade": false, "grade_id": "bottleneck_multiplications", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bottleneck_multiplications(height, width, c_in, c_out, k, reduced=None):
    ### BEGIN SOLUTION
    positions = height * width
    if reduced is None:
        return positions * c_out * k * k * c_in
    return positions * reduced * c_in + positions * c_out * k * k * reduced
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "bottleneck_multiplications-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "bottleneck_multiplications", hint="Each output value costs one multiplication per kernel weight per input map."
):
    expect(bottleneck_multiplications(14, 14, 480, 48, 5), 112_896_000, message="without a bottleneck")
    expect(bottleneck_multiplications(14, 14, 480, 48, 5, reduced=16), 5_268_480, message="with reduced=16")
### BEGIN HIDDEN TESTS
expect(bottleneck_multiplications(28, 20, 192, 32, 5, 16), 28 * 20 * 16 * (192 + 25 * 32))
expect(bottleneck_multiplications(7, 9, 832, 128, 3, 48), 7 * 9 * 48 * (832 + 9 * 128))
expect(bottleneck_multiplications(7, 9, 832, 128, 3), 7 * 9 * 832 * 9 * 128)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (3 points): a dense layer that slides
#
# `linear` is an `nn.Linear`, with or without a bias, that was trained on maps of shape (channels, height, width), flattened. Write
# `to_convolution(linear, channels, height, width)`: an `nn.Conv2d` with the same numbers that gives, on such maps, the same outputs (as
# N × out × 1 × 1), and on larger maps slides the same classifier over them.


# %% nbgrader={"grade": false, "grade_id": "to_convolution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_convolution(linear, channels, height, width):
    ### BEGIN SOLUTION
    convolution = nn.Conv2d(channels, linear.out_features, (height, width), bias=linear.bias is not None)
    with torch.no_grad():
        convolution.weight.copy_(linear.weight.reshape(linear.out_features, channels, height, width))
        if linear.bias is not None:
            convolution.bias.copy_(linear.bias)
    return convolution
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "to_convolution-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "to_convolution",
    hint="Reshape each row of linear.weight to (channels, height, width): that is its kernel. And the bias?",
):
    linear = nn.Linear(3 * 5 * 5, 10)
    maps = torch.linspace(-1, 1, 4 * 75).reshape(4, 3, 5, 5)
    expect(to_convolution(linear, 3, 5, 5)(maps).flatten(1), linear(maps.flatten(1)), rtol=1e-4, atol=1e-5)
    expect(isinstance(to_convolution(linear, 3, 5, 5), nn.Conv2d), True, message="the result is an nn.Conv2d")
    expect(tuple(to_convolution(linear, 3, 5, 5)(torch.zeros(1, 3, 12, 12)).shape), (1, 10, 8, 8))
### BEGIN HIDDEN TESTS
hidden_generator = torch.Generator().manual_seed(8)
for hidden_bias in (True, False):
    hidden_linear = nn.Linear(2 * 3 * 4, 7, bias=hidden_bias)
    hidden_maps = torch.randn(5, 2, 6, 9, generator=hidden_generator)
    hidden_slid = to_convolution(hidden_linear, 2, 3, 4)(hidden_maps)
    expect(tuple(hidden_slid.shape), (5, 7, 4, 6))
    for hidden_row, hidden_column in [(0, 0), (3, 5), (2, 1)]:
        hidden_window = hidden_maps[:, :, hidden_row : hidden_row + 3, hidden_column : hidden_column + 4]
        hidden_want = hidden_linear(hidden_window.flatten(1))
        expect(hidden_slid[:, :, hidden_row, hidden_column], hidden_want, rtol=1e-4, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (2 points): learn the difference
#
# Write `residual_block(x, branch, shortcut=None)`, a block as He et al. published it in 2015: the `branch` (any module) learns what
# must be *added* to the input; the sum goes through a ReLU. Where the branch changes the shape, `shortcut` (a module) brings the input to
# that shape; where it is `None` the input is passed on as it is. Leave `x` itself as it was.


# %% nbgrader={"grade": false, "grade_id": "residual_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def residual_block(x, branch, shortcut=None):
    ### BEGIN SOLUTION
    passed_on = x if shortcut is None else shortcut(x)
    return torch.relu(branch(x) + passed_on)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "residual_block-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "residual_block", hint="Add first, then ReLU. A branch that gives zero must pass a positive input on unchanged."
):
    positive = torch.tensor([[1.0, 2.0]])
    expect(residual_block(positive, torch.zeros_like), positive, message="a branch that adds nothing")
    expect(residual_block(positive, lambda x: -3 * x), torch.zeros(1, 2), message="ReLU comes after the sum")
    expect(positive, torch.tensor([[1.0, 2.0]]), message="x was changed in place")
### BEGIN HIDDEN TESTS
hidden_generator = torch.Generator().manual_seed(9)
hidden_x = torch.randn(2, 4, 6, 6, generator=hidden_generator)
hidden_branch = nn.Sequential(nn.Conv2d(4, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
hidden_shortcut = nn.Conv2d(4, 8, 1, stride=2)
hidden_want = (hidden_branch(hidden_x) + hidden_shortcut(hidden_x)).clamp(min=0)
expect(residual_block(hidden_x, hidden_branch, hidden_shortcut), hidden_want, rtol=1e-4, atol=1e-5)
expect(residual_block(hidden_x, torch.neg), torch.zeros_like(hidden_x))
expect(residual_block(hidden_x, torch.sin), (torch.sin(hidden_x) + hidden_x).clamp(min=0), rtol=1e-4, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: `from course_lib import cnn`, then `cnn.output_size??` in a cell shows the source.
#
# | Question | In the library |
# |---|---|
# | 1 | `cnn.descend` |
# | 2 | `cnn.convolve2d` |
# | 3, 4 | `cnn.output_size`, `cnn.receptive_field` |
# | 5, 7 | `cnn.layer_table`, `cnn.bottleneck_operations` |
# | 6 | `cnn.LeNet5().C3` |
# | 8 | `cnn.fully_convolutional` |
# | 9 | `cnn.small_network("residual", depth=8)` |
