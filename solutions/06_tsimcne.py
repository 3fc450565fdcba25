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
# # Exercise 6: a map that learns
#
# Ten questions, 24 points. Each asks for the body of one function; the cell under it checks your answer at once and says what it
# expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the
# check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: fix it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.
#
# A batch of $B$ images gives $2B$ views. Their outputs are $z_0, \dots, z_{2B-1}$: first those of all first views, then those of all
# second views in the same order, so the partner of $z_i$ is $z_{i+B}$, and the other way around. The arguments are NumPy arrays,
# unless the question says otherwise; your function must not change them. All images in the checks are invented.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import torch  # for Question 6
from torch import nn  # for Question 6

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (3 points): Cauchy's loss by hand
#
# With $q(i,k) = 1/(1 + \lVert z_i - z_k\rVert^2)$ and $i'$ the partner of $i$, write `cauchy_loss(view1, view2)` for two float arrays
# (B, D). Return the float
#
# $$L = \frac{1}{2B} \sum_i \Big[-\log q(i,i') + \log \sum_{k \ne i} q(i,k)\Big].$$
#
# The sum over $k$ runs over all $2B - 1$ other views, the partner among them.


# %% nbgrader={"grade": false, "grade_id": "cauchy_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cauchy_loss(view1, view2):
    ### BEGIN SOLUTION
    z = np.concatenate([view1, view2])
    q = 1 / (1 + ((z[:, None] - z[None]) ** 2).sum(axis=2))
    np.fill_diagonal(q, 0)
    n = len(view1)
    partner = np.concatenate([np.diag(q, n), np.diag(q, -n)])
    return (np.log(q.sum(axis=1)) - np.log(partner)).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cauchy_loss-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "cauchy_loss",
    hint="Stack both views to (2B, D). A view is no neighbor of itself: q(i, i) does not belong to the sum, but q of the partner does.",
):
    view1, view2 = np.array([[0.0, 0], [1, 0], [0, 2]]), np.array([[1.0, 1], [1, -1], [0, 3]])
    expect(cauchy_loss(view1, view2), 1.1123333, rtol=1e-6, message="three images in the plane")
    expect(cauchy_loss(view1 + 5, view2 + 5), 1.1123333, rtol=1e-6, message="the same, moved: only distances count")
    same = np.ones((256, 2))
    expect(cauchy_loss(same, same), 6.2363696, rtol=1e-6, message="512 views at one place: log 511")
    expect(cauchy_loss(np.array([[0.0, 1]]), np.array([[3.0, 1]])), 0.0, message="a single image: its partner is all there is")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(1)
for hidden_n, hidden_d in [(2, 1), (5, 2), (17, 3), (8, 128)]:
    hidden_1, hidden_2 = hidden_rng.normal(0, 2, (2, hidden_n, hidden_d))
    hidden_before, hidden_z = hidden_1.copy(), [*hidden_1, *hidden_2]
    hidden_want = 0.0
    for hidden_i in range(2 * hidden_n):
        hidden_q = [1 / (1 + float(np.sum((hidden_z[hidden_i] - other) ** 2))) for other in hidden_z]
        hidden_sum = sum(hidden_q) - hidden_q[hidden_i]
        hidden_want -= np.log(hidden_q[(hidden_i + hidden_n) % (2 * hidden_n)] / hidden_sum) / (2 * hidden_n)
    expect(cauchy_loss(hidden_1, hidden_2), hidden_want, rtol=1e-6, message=f"{hidden_n} images, {hidden_d} dimensions")
    expect(hidden_1, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (2 points): SimCLR's loss by hand
#
# Now $q(i,k) = \exp(\cos(z_i, z_k)/\tau)$. Write `cosine_loss(view1, view2, temperature)` for two float arrays (B, D), no row of which
# is all 0, and $\tau \ge 0.05$. Return the loss of Question 1 with this $q$, a float.


# %% nbgrader={"grade": false, "grade_id": "cosine_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cosine_loss(view1, view2, temperature):
    ### BEGIN SOLUTION
    z = np.concatenate([view1, view2])
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    similarity = z @ z.T / temperature
    partner = np.concatenate([np.diag(similarity, len(view1)), np.diag(similarity, -len(view1))])
    np.fill_diagonal(similarity, -np.inf)
    return (np.log(np.exp(similarity).sum(axis=1)) - partner).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cosine_loss-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "cosine_loss",
    hint="Divide each row by its length first; then the cosine of two rows is their inner product.",
):
    view1, view2 = np.array([[0.5, 0.25], [1.5, 0.25], [0.5, 2.25]]), np.array([[1.5, 1.25], [1.5, -0.75], [0.5, 3.25]])
    expect(cosine_loss(view1, view2, 0.5), 1.0897030, rtol=1e-6, message="three images in the plane, temperature 0.5")
    expect(cosine_loss(7 * view1, 7 * view2, 0.5), 1.0897030, rtol=1e-6, message="the same, seven times as long: only directions count")
    expect(cosine_loss(np.eye(2), np.eye(2), 1.0), 0.5514447, rtol=1e-6, message="two images at right angles, temperature 1")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(2)
for hidden_n, hidden_d, hidden_t in [(1, 3, 0.5), (2, 2, 1.0), (6, 2, 0.1), (9, 128, 0.5)]:
    hidden_1, hidden_2 = hidden_rng.normal(0, 2, (2, hidden_n, hidden_d))
    hidden_before, hidden_z = hidden_1.copy(), [*hidden_1, *hidden_2]
    hidden_want = 0.0
    for hidden_i, hidden_one in enumerate(hidden_z):
        hidden_s = [float(hidden_one @ other / np.sqrt((hidden_one @ hidden_one) * (other @ other))) / hidden_t for other in hidden_z]
        hidden_sum = sum(np.exp(hidden_value) for hidden_k, hidden_value in enumerate(hidden_s) if hidden_k != hidden_i)
        hidden_want += (np.log(hidden_sum) - hidden_s[(hidden_i + hidden_n) % (2 * hidden_n)]) / (2 * hidden_n)
    expect(cosine_loss(hidden_1, hidden_2, hidden_t), hidden_want, rtol=1e-5, atol=1e-7, message=f"{hidden_n} images, {hidden_d} dimensions, temperature {hidden_t}")
    expect(hidden_1, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (2 points): two views of everything
#
# Write `two_views(images, augment)`. `images` is an array (B, H, W), and `augment` a function that takes **one** image (H, W) and returns
# a changed one of the same shape, by chance: another one each time. Return `(views, partner)`:
#
# - `views`, an array (2B, H, W): first the first views of all images in their order, then the second views in the same order. Call `augment`
#   exactly $2B$ times, so that no two views share a call;
# - `partner` (2B,), whole numbers: the row at which each view's partner stands.


# %% nbgrader={"grade": false, "grade_id": "two_views", "locked": false, "schema_version": 3, "solution": true, "task": false}
def two_views(images, augment):
    ### BEGIN SOLUTION
    n = len(images)
    views = [augment(image) for image in images] + [augment(image) for image in images]
    return np.stack(views), (np.arange(2 * n) + n) % (2 * n)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "two_views-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "two_views",
    hint="Two passes over the images, with a call of augment in each. The partner of row i is i + B, and of row i + B it is i.",
):
    calls = []

    def numbered(image):
        calls.append(image.shape)
        return image + len(calls) / 100

    images = np.array([[[1.0, 1]], [[2, 2]], [[3, 3]]])  # three images of 1 × 2
    views, partner = two_views(images, numbered)
    expect(calls, [(1, 2)] * 6, message="calls of augment for three images: one for each of six views, with one image")
    expect(views.shape, (6, 1, 2), message="shape of views")
    expect(np.floor(views[:, 0, 0]), np.array([1.0, 2, 3, 1, 2, 3]), message="which image each view is of")
    expect(len(set(views[:, 0, 0].tolist())), 6, message="different views")
    expect([int(row) for row in partner], [3, 4, 5, 0, 1, 2], message="partner")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(3)
for hidden_n in (1, 2, 7):
    hidden_calls, hidden_images = [], hidden_rng.random((hidden_n, 3, 2))
    hidden_images[:, 0, 0] = np.arange(hidden_n)

    def hidden_augment(image, calls=hidden_calls):
        calls.append(np.array(image))
        changed = image * 1.0
        changed[2, 1] = len(calls)
        return changed

    hidden_before = hidden_images.copy()
    hidden_views, hidden_partner = two_views(hidden_images, hidden_augment)
    hidden_order = list(range(hidden_n)) * 2
    expect(np.asarray(hidden_views)[:, 0, 0], np.array(hidden_order, float), message=f"which image each view of {hidden_n} images is of")
    expect(sorted(np.asarray(hidden_views)[:, 2, 1].tolist()), list(range(1, 2 * hidden_n + 1)), message="calls of augment")
    expect(len(hidden_calls), 2 * hidden_n, message="calls of augment")
    expect([int(row) for row in hidden_partner], [*range(hidden_n, 2 * hidden_n), *range(hidden_n)], message="partner")
    expect(hidden_images, hidden_before, message="an argument was changed in place")
    for hidden_call in hidden_calls:
        hidden_same = any(np.array_equal(hidden_call, hidden_image) for hidden_image in hidden_before)
        expect(hidden_same, True, message="augment was called with an image that had been changed before")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (3 points): no room on a circle
#
# Let the two views of each of $n$ images coincide, so that partners have cosine 1. Write `crowding(n, temperature)` for $n \ge 2$. Return
# `(circle, simplex)`, two floats: the loss of Question 2 of these $2n$ views
#
# - where image $j$ stands on the unit circle at the angle $2\pi j/n$, all a plane has to offer;
# - where the images are as far apart as $n - 1$ dimensions allow: the cosine between any two different images is $-1/(n-1)$.


# %% nbgrader={"grade": false, "grade_id": "crowding", "locked": false, "schema_version": 3, "solution": true, "task": false}
def crowding(n, temperature):
    ### BEGIN SOLUTION
    circle = np.cos(2 * np.pi * np.arange(1, n) / n)
    simplex = np.full(n - 1, -1 / (n - 1))
    own = 1 / temperature
    return tuple(np.log(np.exp(own) + 2 * np.exp(cosines / temperature).sum()) - own for cosines in (circle, simplex))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "crowding-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "crowding",
    hint="By symmetry every view has the same loss. Its sum has one partner with exp(1/τ), and two views of each of the n − 1 other images.",
):
    expect(crowding(2, 0.5), (0.0359763, 0.0359763), rtol=1e-5, message="two images: opposite one another either way")
    expect(crowding(3, 0.5), (0.1816115, 0.1816115), rtol=1e-5, message="three images: a triangle either way")
    expect(crowding(100, 0.5), (4.1059711, 3.3054379), rtol=1e-5, message="100 images: the plane is full")
    expect(crowding(10, 1.0), (2.1180842, 1.9352065), rtol=1e-5, message="10 images, temperature 1")
### BEGIN HIDDEN TESTS
for hidden_n, hidden_t in [(2, 1.0), (4, 0.5), (7, 0.2), (50, 2.0)]:
    hidden_angles = 2 * np.pi * np.arange(hidden_n) / hidden_n
    hidden_circle = np.c_[np.cos(hidden_angles), np.sin(hidden_angles)]
    hidden_simplex = np.eye(hidden_n) - 1 / hidden_n
    hidden_want = []
    for hidden_points in (hidden_circle, hidden_simplex):
        hidden_z = np.concatenate([hidden_points, hidden_points])
        hidden_z = hidden_z / np.sqrt((hidden_z**2).sum(axis=1))[:, None]
        hidden_first = np.exp((hidden_z @ hidden_z[0]) / hidden_t)
        hidden_want.append(-np.log(hidden_first[hidden_n] / hidden_first[1:].sum()))
    expect(tuple(crowding(hidden_n, hidden_t)), tuple(map(float, hidden_want)), rtol=1e-5, message=f"{hidden_n} images, temperature {hidden_t}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (2 points): the color of corners
#
# A turned image has corners that come from nowhere. They take the data set's border color: of each image the mean over its border pixels
# (the outermost rows and columns), **each pixel once**, and then the mean over images. Write `border_color(images)` for `images`
# (N, H, W, 3), `uint8`, with H and W at least 2. Return a float array (3,) of values from 0 to 1.


# %% nbgrader={"grade": false, "grade_id": "border_color", "locked": false, "schema_version": 3, "solution": true, "task": false}
def border_color(images):
    ### BEGIN SOLUTION
    border = np.ones(images.shape[1:3], bool)
    border[1:-1, 1:-1] = False
    return images[:, border].mean(axis=(0, 1)) / 255
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "border_color-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "border_color",
    hint="A boolean mask (H, W) that is True on the border counts every pixel once: images[:, mask] has shape (N, pixels, 3).",
):
    one = np.zeros((1, 3, 4, 3), np.uint8)
    one[0, 0, 0] = 250  # a corner
    one[0, 1, 1:3] = 99  # inside: does not count
    expect(border_color(one), np.full(3, 250 / 10 / 255), rtol=1e-6, message="one image of 3 × 4: ten border pixels, one of them 250")
    two = np.concatenate([one, one])
    two[1, :, :, 0], two[1, :, :, 1], two[1, :, :, 2] = 200, 100, 50
    expect(border_color(two), np.array([225, 125, 75]) / 2 / 255, rtol=1e-6, message="with a second image of (200, 100, 50)")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(5)
for hidden_shape in [(3, 5, 5), (2, 2, 6), (4, 2, 2), (7, 28, 20), (1, 3, 3)]:
    hidden_images = hidden_rng.integers(0, 256, (*hidden_shape, 3), dtype=np.uint8)
    hidden_before, hidden_means = hidden_images.copy(), []
    for hidden_image in hidden_images.astype(int).tolist():
        hidden_pixels = [
            pixel
            for row, line in enumerate(hidden_image)
            for column, pixel in enumerate(line)
            if row in (0, len(hidden_image) - 1) or column in (0, len(line) - 1)
        ]
        hidden_means.append([sum(values) / len(values) / 255 for values in zip(*hidden_pixels, strict=True)])
    expect(border_color(hidden_images), np.array(hidden_means).mean(axis=0), rtol=1e-6, message=f"{hidden_shape[0]} images of {hidden_shape[1]} × {hidden_shape[2]}")
    expect(hidden_images, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (3 points): stage 2 begins
#
# `network` is a PyTorch module whose part `network.head` is an `nn.Sequential` that ends with an `nn.Linear`. Write
# `begin_stage_2(network)`, which changes the network **in place**:
#
# - the last layer of the head is replaced by an `nn.Linear` with as many inputs and **2** outputs, its weights drawn from N(0, 1)
#   (`nn.init.normal_`), its bias as PyTorch makes it;
# - only this new layer learns: `requires_grad` is False for all other parameters, and no value of theirs changes;
# - the network is in training mode, so that batch normalization goes on following its batches.
#
# Return how many numbers learn (parameters are tensors: count their elements), a whole number.


# %% nbgrader={"grade": false, "grade_id": "begin_stage_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def begin_stage_2(network):
    ### BEGIN SOLUTION
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    layer = nn.Linear(network.head[-1].in_features, 2)
    nn.init.normal_(layer.weight)
    network.head[-1] = layer
    network.train()
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "begin_stage_2-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "begin_stage_2",
    hint="Freeze everything first, then put the new layer in: network.head[-1] = nn.Linear(...). parameter.numel() counts the elements of a tensor.",
):
    class Small(nn.Module):
        def __init__(self, hidden):
            super().__init__()
            self.backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten())
            self.head = nn.Sequential(nn.Linear(16, hidden), nn.ReLU(), nn.Linear(hidden, 128))

        def forward(self, images):
            return self.head(self.backbone(images))

    network = Small(1024).eval()
    old = [parameter.detach().clone() for parameter in list(network.parameters())[:-2]]
    expect(begin_stage_2(network), 2050, message="numbers that learn, with 1,024 inputs to the last layer")
    expect(tuple(network(torch.zeros(3, 1, 4, 4)).shape), (3, 2), message="shape of the output for three images")
    learn = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
    expect(learn, ["head.2.weight", "head.2.bias"], message="what learns")
    weight, bias = network.head[-1].weight.detach(), network.head[-1].bias.detach()
    expect(float(weight.std()), 1.0, rtol=0.1, message="standard deviation of the new weights")
    expect(float(weight.mean()), 0.0, atol=0.15, message="mean of the new weights")
    expect(bool(bias.abs().max() <= 1 / 32), True, message="PyTorch's bias lies within ±1/√inputs")
    kept = all(torch.equal(a, b) for a, b in zip(old, list(network.parameters())[:-2], strict=True))
    expect(kept, True, message="the other parameters keep their values")
    expect(network.training and network.backbone.training, True, message="training mode")
### BEGIN HIDDEN TESTS
class HiddenNetwork(nn.Module):
    def __init__(self, hidden, depth):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(5, hidden), nn.BatchNorm1d(hidden))
        middle = [layer for _ in range(depth) for layer in (nn.Linear(hidden, hidden), nn.ReLU())]
        self.head = nn.Sequential(*middle, nn.Linear(hidden, 30))

    def forward(self, rows):
        return self.head(self.stem(rows))


for hidden_width, hidden_depth in [(700, 1), (900, 2), (2000, 0)]:
    hidden_net = HiddenNetwork(hidden_width, hidden_depth).eval()
    hidden_names = [name for name, _ in hidden_net.named_parameters()][:-2]
    hidden_old = {name: value.detach().clone() for name, value in hidden_net.named_parameters()}
    expect(int(begin_stage_2(hidden_net)), 2 * hidden_width + 2, message=f"numbers that learn, with {hidden_width} inputs")
    hidden_last = hidden_net.head[-1]
    expect(type(hidden_last) is nn.Linear and hidden_last.in_features == hidden_width and hidden_last.out_features == 2, True, message="the last layer")
    expect(len(hidden_net.head), 2 * hidden_depth + 1, message="layers of the head")
    for hidden_name, hidden_value in hidden_net.named_parameters():
        expect(hidden_value.requires_grad, hidden_name not in hidden_names, message=f"whether {hidden_name} learns")
        if hidden_name in hidden_names:
            expect(bool(torch.equal(hidden_value, hidden_old[hidden_name])), True, message=f"{hidden_name} keeps its values")
    hidden_weight, hidden_bias = hidden_last.weight.detach(), hidden_last.bias.detach()
    expect(float(hidden_weight.std()), 1.0, rtol=0.1, message="standard deviation of the new weights")
    expect(bool(hidden_weight.mean().abs() < 0.15), True, message="mean of the new weights")
    expect(bool(hidden_bias.abs().max() <= 1 / np.sqrt(hidden_width) + 1e-6), True, message="the bias as PyTorch makes it")
    expect(bool(hidden_bias.abs().max() > 0), True, message="the bias as PyTorch makes it")
    expect(hidden_net.training and hidden_net.stem[1].training, True, message="training mode")
    hidden_out = hidden_net(torch.randn(4, 5)).sum()
    hidden_out.backward()
    expect(hidden_last.weight.grad is not None, True, message="the new layer gets a gradient")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (2 points): how fast to learn
#
# The learning rate of epoch $e$ (from 0) in a stage of $n$ epochs with $w$ epochs of warm-up and the peak $p$ is
#
# $$\text{rate}(e) = \begin{cases} p \cdot e/(w-1) & e < w \\ \tfrac{p}{2}\big(1 + \cos\frac{\pi(e-w)}{n+1-w}\big) & e \ge w \end{cases}$$
#
# Write `rates(n, warmup, peak)`. Return a float array (n,). `warmup` is 0 or from 2 to `n`.


# %% nbgrader={"grade": false, "grade_id": "rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates(n, warmup, peak):
    ### BEGIN SOLUTION
    e = np.arange(n)
    rising = peak * e / max(warmup - 1, 1)
    return np.where(e < warmup, rising, peak / 2 * (1 + np.cos(np.pi * (e - warmup) / (n + 1 - warmup))))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "rates-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "rates",
    hint="np.where chooses between two arrays. With warmup 0 no epoch rises; the cosine's denominator is n + 1 − w, so that the last rate is above 0.",
):
    stage1 = rates(1000, 10, 0.12)
    expect(len(stage1), 1000, message="epochs of stage 1")
    expect(stage1[[0, 1, 9, 10]], np.array([0, 0.0133333, 0.12, 0.12]), rtol=1e-4, message="epochs 0, 1, 9 and 10 of stage 1")
    expect(stage1[-1], 1.20596e-6, rtol=1e-4, message="the last epoch of stage 1")
    stage2 = rates(50, 0, 0.12)
    expect(stage2[[0, 1, 2, 49]], np.array([0.12, 0.119886, 0.119545, 4.5477e-4]), rtol=1e-4, message="epochs 0, 1, 2 and 49 of stage 2")
    expect(rates(450, 10, 1.2e-4)[449], 6.0897e-9, rtol=1e-4, message="the last epoch of stage 3")
### BEGIN HIDDEN TESTS
from math import cos as hidden_cos
from math import pi as hidden_pi

for hidden_n, hidden_w, hidden_p in [(1, 0, 0.5), (7, 3, 1.0), (20, 2, 0.03), (12, 0, 2.0), (5, 5, 0.1)]:
    hidden_want = [
        hidden_p * e / (hidden_w - 1) if e < hidden_w else hidden_p / 2 * (1 + hidden_cos(hidden_pi * (e - hidden_w) / (hidden_n + 1 - hidden_w)))
        for e in range(hidden_n)
    ]
    expect(np.asarray(rates(hidden_n, hidden_w, hidden_p)), np.array(hidden_want), rtol=1e-6, message=f"{hidden_n} epochs, {hidden_w} of warm-up, peak {hidden_p}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (3 points): is a neighbor a relative?
#
# Write `knn_accuracy(points, labels, test, k)`. `points` (N, 2) is a map, `labels` (N,) are whole numbers, and `test` (N,) is boolean: the
# points held out. Each held-out point gets the most frequent label among its `k` nearest points **of those not held out** (Euclidean
# distance); where several are equally frequent, the lowest. Return the share of held-out points whose label is right, a float. No
# two distances from a point are equal, at least one point is held out, and at least `k` are not.


# %% nbgrader={"grade": false, "grade_id": "knn_accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def knn_accuracy(points, labels, test, k):
    ### BEGIN SOLUTION
    known, right = np.flatnonzero(~test), []
    for i in np.flatnonzero(test):
        near = known[np.argsort(((points[known] - points[i]) ** 2).sum(axis=1))[:k]]
        values, counts = np.unique(labels[near], return_counts=True)
        right.append(values[counts.argmax()] == labels[i])
    return np.mean(right)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "knn_accuracy-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "knn_accuracy",
    hint="np.unique(..., return_counts=True) sorts the labels, and argmax takes the first of equal counts: the lower label.",
):
    points = np.array([[0.0, 0], [1, 0.1], [2.1, 0], [3.3, 0.2], [10, 0], [11.2, 0], [12.5, 0.1], [13.9, 0]])
    labels = np.array([0, 0, 1, 0, 1, 1, 0, 1])
    test = np.array([True, False, False, False, True, False, False, False])
    expect(knn_accuracy(points, labels, test, 1), 1.0, message="k = 1: the nearest known one")
    expect(knn_accuracy(points, labels, test, 3), 1.0, message="k = 3")
    expect(knn_accuracy(points, labels, test, 2), 0.5, message="k = 2: in a tie the lower label")
    far = np.array([[0.0, 0], [0.1, 0], [5, 0], [6.2, 0]])
    expect(knn_accuracy(far, np.array([1, 1, 0, 0]), np.array([True, True, False, False]), 1), 0.0, message="two held-out points do not know each other's labels")
### BEGIN HIDDEN TESTS
from sklearn.neighbors import KNeighborsClassifier as HiddenNeighbors

hidden_rng = np.random.default_rng(8)
for hidden_n, hidden_k, hidden_kinds in [(40, 5, 3), (60, 15, 8), (30, 1, 2), (25, 4, 5), (16, 2, 2)]:
    hidden_points = hidden_rng.normal(0, 1, (hidden_n, 2)) * [1, 5]
    hidden_labels = hidden_rng.integers(0, hidden_kinds, hidden_n) * 3 + (hidden_points[:, 0] > 0)
    hidden_test = hidden_rng.random(hidden_n) < 0.3
    hidden_test[0], hidden_test[-1] = True, False
    hidden_before = hidden_points.copy(), hidden_labels.copy()
    hidden_fit = HiddenNeighbors(hidden_k).fit(hidden_points[~hidden_test], hidden_labels[~hidden_test])
    hidden_want = float((hidden_fit.predict(hidden_points[hidden_test]) == hidden_labels[hidden_test]).mean())
    expect(knn_accuracy(hidden_points, hidden_labels, hidden_test, hidden_k), hidden_want, rtol=1e-6, message=f"{hidden_n} points of {hidden_kinds} classes, k = {hidden_k}")
    expect(hidden_points, hidden_before[0], message="points were changed in place")
    expect(hidden_labels, hidden_before[1], message="labels were changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (2 points): the silhouette
#
# Of a point, let $a$ be its mean distance to the **other** points of its class, and $b$ the lowest, over the other classes, of its mean
# distance to the points of that class. Its silhouette is $s = (b - a)/\max(a, b)$, and 0 where its class has no other point. Write
# `silhouette(points, labels)` for `points` (N, D) and whole numbers `labels` (N,) of at least two classes; no two points are equal. Return
# the mean of $s$ over all points, a float.


# %% nbgrader={"grade": false, "grade_id": "silhouette", "locked": false, "schema_version": 3, "solution": true, "task": false}
def silhouette(points, labels):
    ### BEGIN SOLUTION
    away = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    scores = []
    for i, own in enumerate(labels):
        if (labels == own).sum() == 1:
            scores.append(0.0)
            continue
        a = away[i, labels == own].sum() / ((labels == own).sum() - 1)
        b = min(away[i, labels == other].mean() for other in np.unique(labels) if other != own)
        scores.append((b - a) / max(a, b))
    return np.mean(scores)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "silhouette-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "silhouette",
    hint="A point's distance to itself is 0 and must not enter the mean: divide the sum by the number of the others.",
):
    expect(silhouette(np.array([[0.0], [1], [10], [11]]), np.array([0, 0, 1, 1])), 0.8997494, rtol=1e-6, message="two pairs on a line")
    expect(silhouette(np.array([[0.0], [10], [1], [11]]), np.array([0, 0, 1, 1])), -0.45, rtol=1e-6, message="the same with mixed labels")
    square = np.array([[0.0, 0], [0, 2], [4, 0], [4, 2], [9, 1]])
    expect(silhouette(square, np.array([0, 0, 1, 1, 2])), 0.4222912, rtol=1e-6, message="three classes, one of a single point")
### BEGIN HIDDEN TESTS
from sklearn.metrics import silhouette_score as hidden_score

hidden_rng = np.random.default_rng(9)
for hidden_n, hidden_d, hidden_kinds in [(20, 2, 2), (50, 2, 6), (30, 5, 3), (12, 1, 4)]:
    hidden_points = hidden_rng.normal(0, 1, (hidden_n, hidden_d))
    hidden_labels = np.arange(hidden_n) % hidden_kinds * 7
    hidden_labels[0] = 99  # alone
    hidden_points[:, 0] += hidden_labels / 20
    hidden_before = hidden_points.copy()
    expect(silhouette(hidden_points, hidden_labels), float(hidden_score(hidden_points, hidden_labels)), rtol=1e-5, message=f"{hidden_n} points of {hidden_kinds + 1} classes")
    expect(hidden_points, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 10 (2 points): which augmentations does a data set allow?
#
# Rotations suit cells, and not digits: a 6 becomes a 9. Before training one can ask the images. Write `added_error(images, labels, changes)`
# for `images` (N, H, W), float, `labels` (N,), whole numbers, and a dict `changes` from a name to a function that takes an image (H, W) and
# returns one of that shape. For each image, change it, and find the **unchanged** image that is nearest to it (Euclidean distance of
# pixels), leaving out the image itself. The *error* of a change is the share of images for which that nearest one has another label. Return a dict from each name, in the order of
# `changes`, to the error of that change **minus the error without any change**. No two distances from an image are equal.
#
# Pixels are poor judges, as the lecture showed; so a low added error is necessary, and not sufficient.


# %% nbgrader={"grade": false, "grade_id": "added_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def added_error(images, labels, changes):
    ### BEGIN SOLUTION
    flat = images.reshape(len(images), -1)

    def error(changed):
        away = np.linalg.norm(changed.reshape(len(flat), -1)[:, None] - flat[None], axis=2)
        np.fill_diagonal(away, np.inf)
        return (labels[away.argmin(axis=1)] != labels).mean()

    before = error(images)
    return {name: error(np.stack([change(image) for image in images])) - before for name, change in changes.items()}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "added_error-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "added_error",
    hint="A table of distances from changed to unchanged images, with np.inf on its diagonal; argmin over each row is the nearest other image.",
):
    bright = np.array([[9, 2], [1, 0]]) + np.array([0, 0.35, 0.8])[:, None, None] * np.array([[1, 0.3], [0.1, 0.2]])
    images, labels = np.concatenate([bright, bright[:, ::-1, ::-1] * 1.1 + 0.05]), np.array([0, 0, 0, 1, 1, 1])
    changes = {"half a turn": lambda image: image[::-1, ::-1], "transposed": lambda image: image.T, "as it is": lambda image: image}
    found = added_error(images, labels, changes)
    expect(list(found), list(changes), message="names in their order")
    expect(found["half a turn"], 1.0, message="class 0 is bright at the upper left, class 1 at the lower right: half a turn")
    expect(found["transposed"], 0.0, message="transposed, a corner stays")
    expect(found["as it is"], 0.0, message="no change")
    mixed = added_error(images, np.array([0, 1, 0, 1, 1, 1]), {"half a turn": lambda image: image[::-1, ::-1]})
    expect(mixed["half a turn"], 1 / 3, rtol=1e-6, message="half a turn, where half of the images err without any change")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(10)
for hidden_n, hidden_side in [(12, 3), (30, 4), (20, 5)]:
    hidden_images = hidden_rng.random((hidden_n, hidden_side, hidden_side))
    hidden_labels = hidden_rng.integers(0, 3, hidden_n) * 4
    hidden_images[:, 0, 0] += hidden_labels / 3
    hidden_changes = {"turned": np.rot90, "mirrored": np.fliplr, "same": lambda image: image, "darker": lambda image: image * 0.6}
    hidden_before = hidden_images.copy()

    def hidden_error(change, images=hidden_images, labels=hidden_labels):
        wrong = 0
        for i, image in enumerate(images):
            distances = [np.sqrt(((change(image) - other) ** 2).sum()) if j != i else np.inf for j, other in enumerate(images)]
            wrong += int(labels[int(np.argmin(distances))] != labels[i])
        return wrong / len(images)

    hidden_none = hidden_error(lambda image: image)
    hidden_got = added_error(hidden_images, hidden_labels, hidden_changes)
    expect(list(hidden_got), list(hidden_changes), message="names in their order")
    for hidden_name, hidden_change in hidden_changes.items():
        expect(float(hidden_got[hidden_name]), hidden_error(hidden_change) - hidden_none, rtol=1e-6, message=f"{hidden_name}, {hidden_n} images")
    expect(hidden_images, hidden_before, message="an argument was changed in place")
hidden_base = hidden_rng.random((5, 3, 3))
hidden_images = np.concatenate([hidden_base, hidden_base + 0.01 * hidden_rng.random((5, 3, 3)), hidden_base[:, ::-1, ::-1] + 0.02 * hidden_rng.random((5, 3, 3))])
hidden_labels = np.repeat([0, 1, 0], 5)
hidden_want = hidden_error(lambda image: image[::-1, ::-1], hidden_images, hidden_labels) - hidden_error(lambda image: image, hidden_images, hidden_labels)
hidden_got = added_error(hidden_images, hidden_labels, {"half a turn": lambda image: image[::-1, ::-1]})
expect(bool(hidden_want < 0), True, message="a change that helps")
expect(float(hidden_got["half a turn"]), hidden_want, rtol=1e-6, message="a change that helps")
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: for instance
# `from course_lib.tsimcne import losses`, then `losses.contrastive_loss??` in a cell shows the source.
#
# | Question | In the library |
# |---|---|
# | 1, 2 | `course_lib.tsimcne.losses.contrastive_loss(view1, view2, kernel)`, in PyTorch, with gradients |
# | 3 | `course_lib.tsimcne.training.Run.views`, for a whole batch at once |
# | 4 | related: `course_lib.tsimcne.explorers.loss_lab_explorer` |
# | 5 | `course_lib.tsimcne.augmentation.border_color` |
# | 6 | `course_lib.tsimcne.networks.Encoder.replace_output` and `freeze_all_but_output` |
# | 7 | `course_lib.tsimcne.schedule.learning_rates(stage, n_epochs, batch_size)` |
# | 8, 9 | `course_lib.metrics.knn_accuracy` and `silhouette` |
# | 10 | related: `course_lib.tsimcne.explorers.augmentation_lab_explorer` |
