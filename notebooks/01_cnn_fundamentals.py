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
# # Convolutional neural networks: from one neuron to 152 layers
#
# **AI in Medicine, lecture 1**
#
# In 1998 a network of 60,000 numbers read the amounts on bank checks. In 2015 a network of 152 layers named the things in
# photographs, and a few years later its cousins read chest radiographs, retinas and skin. This lecture builds the first, takes it apart,
# and then follows, one idea at a time, the path from it to the second.
#
# ## Goals
#
# After this lecture you can
#
# 1. say why an image network shares its weights, and what it gives up by doing so;
# 2. compute, by hand, the output of a convolution, its size, its parameters, its multiplications, and what a unit sees;
# 3. build LeNet-5 to the last of its parameters, train it, and report its accuracy with *two* honest intervals;
# 4. say what AlexNet, VGG, network in network, GoogLeNet, ResNet and DenseNet each changed, and what the change cost or saved;
# 5. show that a deeper network can train *worse*, and why a residual network does not.
#
# Everything runs offline, in under 90 seconds on two CPU cores. Where a sentence states a number, a cell beside it has checked it; sentences about
# accuracies speak of the digits and the quick budget.

# %% tags=["parameters"]
from course_lib import config

DATASET = "digits"  # or "mnist", or a gray MedMNIST set such as "pneumoniamnist": downloaded once, verified, kept
BUDGET = config.budget()  # "quick", or "full": more seeds and epochs, and ResNet-18 on BloodMNIST; for a GPU
SEED = config.seed()

# %%
import numpy as np
import pandas as pd
import torch
from scipy.signal import convolve2d as true_convolution
from scipy.stats import binomtest
from sklearn.datasets import load_sample_image
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.nn import functional as F

# %%
from course_lib import cnn, plotting
from course_lib.cnn import explorers, figures
from course_lib.data import load
from course_lib.published import published
from course_lib.training import interval_of_mean, predict, repeat_training, summarize

plotting.use()
facts = published("cnn")
print(f"device {config.device()}, precision {config.precision()}, budget {BUDGET}, seed {SEED}")

# %% [markdown]
# ## What do we ask of an image?
#
# *Classification* asks for a category: is there a pneumothorax, which MR sequence is this, is the scan usable? *Regression* asks for a number:
# how old is this brain? Both map a picture to a few values, and both used to start with a person who decided which features to measure:
# edges, textures, shapes; a classifier then weighed them. A deep network learns the features and their weights together, from examples.
#
# Our examples today are handwritten digits: small enough for a laptop, and the problem that convolutional networks were made for.

# %%
parts = [load(DATASET, part, download=True).resized(32) for part in ("train", "validation", "test")]
train, validation, test = parts
shares = np.array([len(part) for part in parts]) / sum(len(part) for part in parts)
assert DATASET != "digits" or np.allclose(shares, [0.7, 0.15, 0.15], atol=0.01)
fig, axes = plotting.figure((2, 10), size=(10, 2.6))
for ax, image, label in zip(axes.flat, train.images, train.labels, strict=False):
    plotting.image_axes(ax, image, title=str(label))

# %% [markdown]
# Seventy percent of the images are for training, fifteen to watch while we train, fifteen to test on. Nothing is chosen by its score on the test
# part: whoever does that has used it up.

# %% [markdown]
# ## One neuron
#
# A neuron weighs its inputs, adds a bias, and passes the sum through an *activation*: $\hat y = f\left(\sum_i \theta_i x_i + \theta_0\right)$.
# Without the activation, a stack of layers would be one linear map, however deep.

# %%
x = torch.linspace(-6, 6, 241, requires_grad=True)
slopes = {f.__name__: torch.autograd.grad(f(x).sum(), x)[0] for f in (torch.sigmoid, torch.tanh, torch.relu)}
assert np.isclose(slopes["sigmoid"].max(), 0.25) and np.isclose(slopes["tanh"].max(), 1.0)
assert set(slopes["relu"].unique().tolist()) == {0.0, 1.0}
assert 0.25**10 < 1e-6
fig, axes = plotting.figure(2, size=(10, 3.6))
figures.draw_activations(axes);

# %% [markdown]
# The sigmoid's slope is at most ¼. An error signal that passes back through ten of them has been multiplied by less than a
# millionth, unless large weights make up for it: the first layers of a deep sigmoid network hardly learn. The ReLU's slope is 1 wherever it is not 0.
# Keep this in mind for the networks after 2012.

# %% [markdown]
# ## Learning is walking downhill
#
# The loss says how wrong the network is: here $\mathcal L = \frac12\sum (t - o)^2$. Gradient descent takes a step against its slope,
# $\theta \leftarrow \theta - \eta\,\partial\mathcal L/\partial\theta$, and backpropagation is the chain rule that finds that slope for every weight.
# For an output unit Rumelhart, Hinton and Williams (1986) wrote the *delta rule* $\Delta w = \eta\,\delta\,x$ with $\delta = (t - o)\,f'(\mathrm{net})$. Is that the same thing?

# %%
generator = torch.Generator().manual_seed(SEED)
inputs, targets = torch.rand(20, 3, generator=generator), torch.rand(20, generator=generator)
weights = torch.randn(3, generator=generator, requires_grad=True)
outputs = torch.sigmoid(inputs @ weights)
loss = 0.5 * ((targets - outputs) ** 2).sum()
(gradient,) = torch.autograd.grad(loss, weights)
delta_rule = ((targets - outputs) * outputs * (1 - outputs)) @ inputs
assert torch.allclose(delta_rule, -gradient, atol=1e-6)
step_down, step_up = (
    0.5 * ((targets - torch.sigmoid(inputs @ (weights + d))) ** 2).sum() for d in (delta_rule, gradient)
)
assert step_down < loss < step_up
print(f"loss {loss:.3f}; after a step against the gradient {step_down:.3f}, along it {step_up:.3f}")

# %% [markdown]
# The delta rule is minus the gradient, exactly. The sign matters: with a plus, the loss grows.
#
# A hidden unit has no target of its own. It gets its share of the blame back through the weights it sent its output along:
# $\delta_j = f'(\mathrm{net}_j)\sum_k \delta_k w_{kj}$. That is all of backpropagation.

# %%
w1 = torch.randn(3, 4, generator=generator, requires_grad=True)  # three inputs, four hidden units
w2 = torch.randn(4, generator=generator, requires_grad=True)  # four hidden units, one output
hidden = torch.sigmoid(inputs @ w1)  # (20, 4)
outputs = torch.sigmoid(hidden @ w2)  # (20,)
delta_output = (targets - outputs) * outputs * (1 - outputs)  # (20,)
delta_hidden = hidden * (1 - hidden) * (delta_output[:, None] * w2)  # (20, 4)
gradient1, gradient2 = torch.autograd.grad(0.5 * ((targets - outputs) ** 2).sum(), (w1, w2))
assert torch.allclose(hidden.T @ delta_output, -gradient2, atol=1e-5)
assert torch.allclose(inputs.T @ delta_hidden, -gradient1, atol=1e-5)
print("four lines by hand, the same numbers as torch.autograd")

# %% [markdown]
# *Predict first*: the loss below is a parabola with curvature 1. From which learning rate on does each step land further from the
# bottom than it started? Write your guess down, then move the slider.

# %%
explorers.descent_explorer()

# %%
far = {eta: abs(cnn.descend(lambda theta: theta, 2.5, eta, 20)[-1]) for eta in (0.3, 1.0, 1.9, 2.1)}
assert far[1.0] == 0 and far[0.3] < far[1.9] < 2.5 < far[2.1]
print({eta: f"{distance:.3g}" for eta, distance in far.items()})

# %% [markdown]
# Up to 2 divided by the curvature every step ends nearer to the bottom, even where it overshoots; from there on each is worse than the last. A real
# loss has a different curvature in every direction, and one learning rate for all of them.
#
# ### From a score to a class
#
# A classifier has one output $z_k$ per class. The *softmax* makes them positive and lets them add up to 1, $p_k = e^{z_k}/\sum_j e^{z_j}$, and the loss is the
# *cross-entropy* $-\log p_{\text{true}}$: small where the network was sure of the truth, large where it was sure of something else.

# %%
z = torch.tensor([2.0, 0.5, -1.0], requires_grad=True)
truth = torch.tensor([1.0, 0.0, 0.0])
p = z.softmax(0).detach()
(slope,) = torch.autograd.grad(F.cross_entropy(z[None], truth[None]), z)
assert torch.isclose(p.sum(), torch.tensor(1.0)) and torch.allclose(slope, p - truth, atol=1e-6)
print("p", p.numpy().round(3), "slope", slope.numpy().round(3))

# %% [markdown]
# The slope is what the network said minus what is true: the delta rule again, without the $f'$ that would slow it down.
#
# ### Six decades in one line

# %%
fig, ax = plotting.figure(size=(10, 3.2))
figures.draw_history(facts["history"].value, ax=ax);

# %% [markdown]
# The ideas are old: the perceptron (1958), the neocognitron's local features (1980), backpropagation (1986), LeNet (1989–1998).
# What had changed by 2012 was the amount of labeled data and a graphics card that multiplies.

# %% [markdown]
# ## Why not connect every pixel to every neuron?

# %%
sizes = np.array([32, 64, 128, 256, 512, 1024])
assert 512 * 512 == facts["fully_connected.weights_512"].value == 262_144
assert 10 * 10 == facts["fully_connected.weights_kernel_10"].value == 100
fig, ax = plotting.figure(size=(9, 3.8))
figures.draw_weights(sizes, kernel=10, ax=ax);

# %% [markdown]
# At 512 × 512 one single fully connected neuron has 262,144 weights. A neuron that looks at a 10 × 10 window has 100, at any image size.
# Is a window enough? Let a photograph answer: how similar is a pixel to its neighbor?

# %%
photograph = load_sample_image("flower.jpg").mean(axis=-1)
distances = np.array([1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128])
correlation = cnn.pixel_correlation(photograph, distances)
assert correlation[0] > 0.97 and correlation[-2] < 0.3 and correlation[-1] < 0.2
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_pixel_correlation(distances, correlation, ax=ax);

# %% [markdown]
# Neighbors are almost copies of each other; pixels a hundred apart tell little about each other. Two assumptions follow, and a convolutional
# layer is nothing but these two: **locality** (a neuron looks at a small window) and **stationarity** (what is worth finding here is worth finding there,
# so that all windows share one set of weights). Neither is a law of nature. Later we make both false and see what they were worth.

# %% [markdown]
# ## Convolution, by hand
#
# Slide a small kernel over the image; at each place multiply what lies under it and add up.

# %%
image, kernel = np.array(facts["example.image"].value), np.array(facts["example.kernel"].value)
output = cnn.convolve2d(image, kernel)
flipped = cnn.convolve2d(image, kernel, mode="convolution")
assert output.tolist() == facts["example.cross_correlation"].value
assert flipped.tolist() == facts["example.convolution"].value
assert flipped.tolist() == true_convolution(image, kernel, mode="valid").tolist()
fig, axes = plotting.figure(4, size=(11, 3.2))
figures.draw_convolution_step(image, kernel, cnn.convolution_step(image, kernel, 0, 0), output, axes=axes);

# %% [markdown]
# The nine products add up to 12. What frameworks call a convolution is, strictly, a *cross-correlation*: mathematics flips the kernel
# first, and then the same corner gives 18. For learned kernels it makes no difference, the network learns the flipped one. For a formula and an example on one slide it does: see the errata.
#
# *Predict first*: with padding 1 and stride 2, how many rows has the output of this 5 × 5 image? And for which kernels does flipping change nothing at all?

# %%
explorers.convolution_explorer()

# %%
half_turn = np.array([[1, 2, 3], [4, 5, 4], [3, 2, 1]])
assert cnn.convolve2d(image, kernel, padding=1, stride=2).shape == (3, 3)
assert (cnn.convolve2d(image, half_turn) == cnn.convolve2d(image, half_turn, mode="convolution")).all()
assert (cnn.convolve2d(image, kernel.T) != cnn.convolve2d(image, kernel.T, mode="convolution")).any()

# %% [markdown]
# Three rows; and flipping, which is half a turn, changes nothing for kernels that look the same after half a turn, such as a blur.
#
# Kernels that people designed, before networks learned them:

# %%
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
kernels = {"vertical edges": sobel, "horizontal edges": sobel.T, "blur": np.full((5, 5), 1 / 25)}
picture = photograph[40:300, 180:440]
assert all(k.sum() == 0 for k in (sobel, sobel.T)) and np.isclose(kernels["blur"].sum(), 1)
assert np.allclose(cnn.convolve2d(np.full((9, 9), 7), sobel), 0)
fig, axes = plotting.figure(4, size=(11, 3))
figures.draw_filtered(picture, kernels, axes=axes);

# %% [markdown]
# An edge kernel adds up to 0: where the image is constant it says nothing. A blur adds up to 1: it keeps the brightness. Red and blue are the two signs:
# the same edge from the left and from the right.

# %% [markdown]
# ## How big is the output?
#
# $o = \left\lfloor\dfrac{i - d\,(k-1) - 1 + 2p}{s}\right\rfloor + 1$: kernel $k$ on input $i$ with $p$ zeros at each end, stride $s$, dilation $d$. A dilated
# kernel has $d - 1$ holes between its weights: it sees further and costs the same.

# %%
cases = pd.DataFrame(facts["output_size.examples"].value).rename(columns={"o": "published"})
cases["output_size"] = [cnn.output_size(*case) for case in cases[["i", "k", "p", "s"]].to_numpy()]
assert (cases["output_size"] == cases["published"]).all()
for case in cases.itertuples():
    layer = nn.Conv1d(1, 1, case.k, padding=case.p, stride=case.s)
    assert layer(torch.zeros(1, 1, case.i)).shape[-1] == case.output_size
with_holes = cnn.zero_insert(kernel, 2)  # 5 × 5, nine of them not zero
assert cnn.convolve2d(image, kernel, dilation=2).tolist() == cnn.convolve2d(image, with_holes).tolist() == [[14]]
assert cnn.output_size(5, 3, d=2) == 1
plotting.table(cases, caption="The lecture's three examples, by the formula and by torch")

# %% [markdown]
# Without padding every layer takes $k - 1$ pixels away; with $p = (k-1)/2$ and stride 1 the size stays; stride 2 halves it. With dilation 2 a 3 × 3 kernel spans the whole
# 5 × 5 image, and there is one output left.

# %% [markdown]
# ## Many kernels, many channels
#
# A color image has three channels, so a kernel is 5 × 5 × 3. One kernel makes one map; four kernels make four. The stack of maps is the
# next layer's image.

# %%
bank = nn.Conv2d(3, 4, kernel_size=5)
weights, biases = bank.weight.numel(), bank.bias.numel()
assert weights == facts["filter_bank.weights"].value == 300
assert weights + biases == facts["filter_bank.parameters"].value == 304
dense_weights = 4 * 3 * 512 * 512
assert dense_weights > 10_000 * weights
print(f"{weights} weights, {biases} biases; four fully connected neurons on 512 × 512 × 3: {dense_weights:,} weights")

# %% [markdown]
# Three hundred weights, whatever the size of the image, and each of them learns from every window of every image: ten thousand times fewer numbers to learn, and far more examples for each.

# %% [markdown]
# ## Pooling, and what happens when the object moves
#
# Pooling keeps one value of each small window: the largest, or the mean. It has nothing to learn. It saves memory, widens what later
# units see, and forgives small shifts.

# %%
grid = np.array([[1, 3, 2, 1], [4, 6, 5, 0], [7, 2, 1, 2], [0, 1, 3, 8]])
largest = F.max_pool2d(torch.tensor(grid, dtype=torch.float)[None], 2)[0]
mean = F.avg_pool2d(torch.tensor(grid, dtype=torch.float)[None], 2)[0]
assert largest.tolist() == [[6, 5], [7, 8]] and mean.tolist() == [[3.5, 2.0], [2.5, 3.5]]
fig, axes = plotting.figure(3, size=(9, 3.2))
figures.draw_pooling(grid, axes=axes);

# %% [markdown]
# *Predict first*: move the digit three pixels to the right. What happens to its feature map: nothing, everything, or exactly the same move?

# %%
digit = torch.tensor(np.asarray(train.images[0], dtype=np.float32) / 255)
moved = torch.roll(digit, 3, dims=1)
before, after = (
    F.conv2d(d[None, None], torch.tensor(sobel, dtype=torch.float)[None, None])[0, 0] for d in (digit, moved)
)
inside = slice(4, None)
assert torch.equal(after[:, inside], torch.roll(before, 3, dims=1)[:, inside])
fig, axes = plotting.figure(3, size=(10, 3.2))
figures.draw_shift(before, after, shift=(0, 3), axes=axes);

# %% [markdown]
# The map makes exactly the same move (away from the border): a convolution is *equivariant* to shifts. Does that make a network of convolutions *invariant*?
# We come back to it when we have one.

# %% [markdown]
# ## What does a unit see?
#
# The *receptive field* of a unit is the window of the image that can change it. Going up, each layer widens it by $(k-1)$ steps,
# and a step is as many pixels as the strides below multiply to.

# %%
fields = {name: cnn.receptive_field(stack.layers) for name, stack in cnn.STACKS.items()}
keys = ("lenet5_C5", "alexnet_pool5", "vgg16_pool5")
assert list(fields.values()) == [facts[f"receptive_field.{key}"].value for key in keys]
assert list(fields.values()) == [32, 195, 212]
assert cnn.receptive_field([(3, 1)] * 2) == cnn.receptive_field([(5, 1)]) == 5
lenet_stack = cnn.STACKS["LeNet-5, C5"]
plotting.table(cnn.receptive_field_table(lenet_stack.layers, lenet_stack.names), caption="LeNet-5, line by line")

# %% [markdown]
# A unit of LeNet's C5 sees 32 pixels: the whole image. AlexNet's last pool sees 195, VGG-16's 212, of 224. Two 3 × 3 layers see as much as one 5 × 5.
#
# *Predict first*: all convolutions of VGG-16 are 3 × 3. Which of them adds most to the field of the last pool, the first or the last?

# %%
explorers.receptive_field_explorer()

# %%
stack = cnn.STACKS["VGG-16, pool5"]
growth = np.diff([cnn.receptive_field(stack.layers[:n]) for n in range(len(stack.layers) + 1)])
added = dict(zip(stack.names, growth.tolist(), strict=True))
assert added["conv1-1"] == 2 and added["conv5-3"] == max(added.values()) == 32
print({name: pixels for name, pixels in added.items() if name.startswith("conv")})

# %% [markdown]
# The last: two steps, as every 3 × 3 layer adds, but its steps are 16 pixels long. Stride, not kernel size, makes fields large.

# %% [markdown]
# The window says what a unit *can* see. What it *does* see is less: the gradient of a unit's output tells how much each pixel counts.

# %%
sensitivity = cnn.effective_field(depth=10, kernel=3, side=31, seed=SEED)
support = int((sensitivity.max(axis=0) > 0).sum())
assert support == cnn.receptive_field([(3, 1)] * 10) == 21
center = sensitivity[10:21, 10:21].sum() / sensitivity.sum()
assert center > 0.9 and (11 / 21) ** 2 < 0.28
fig, ax = plotting.figure(size=(5, 4.4))
figures.draw_effective_field(sensitivity[5:26, 5:26], ax=ax);

# %% [markdown]
# Ten linear layers of 3 × 3 with random positive weights reach 21 × 21 pixels, but more than 90 % of the influence comes from the middle 11 × 11, little more than a
# quarter of that area: the *effective* field is smaller than the one computed. Training widens it, but has to (Luo et al. 2016). A large theoretical field is no promise that a network uses the whole lung.

# %% [markdown]
# ## Going up again
#
# Segmentation and image synthesis need large outputs from small maps. Put zeros between the values, then convolve: that is a
# *transposed convolution*, and its kernel can be learned.

# %%
small, bilinear = np.array(facts["upsampling.image"].value), np.array(facts["upsampling.kernel"].value)
large = cnn.transposed_convolve2d(small, bilinear, stride=2, padding=1, output_padding=1)
by_torch = F.conv_transpose2d(
    *(torch.tensor(a, dtype=torch.double)[None, None] for a in (small, bilinear)), None, 2, 1, 1
)
assert np.allclose(large, by_torch[0, 0])
assert large.tolist() == facts["upsampling.output"].value and large[1, 2] == 2.5
fig, axes = plotting.figure(4, size=(11, 3.2))
figures.draw_upsampling(small, cnn.zero_insert(small, 2), bilinear, large, axes=axes);

# %% [markdown]
# This kernel interpolates: the known values stay, the others are means of their neighbors, except at the right and bottom edge, where the neighbors are
# padding zeros. Row 2, column 3 lies between the 3 above it and the 2 below it, so it is 2.5.

# %% [markdown]
# ## LeNet-5, put together
#
# Two rounds of convolution and subsampling, then three layers that no longer know what an image is. Every part has a reason:
# subsampling takes the mean of 2 × 2 pixels and has one trainable gain and one bias per map; activations are tanh; and C3 is *sparse*: each of its 16 maps looks at
# only some of the 6 maps below it, to break the symmetry and to save weights on the machines of 1998. The output is not ten more neurons: F6's 84 values
# are compared with ten fixed 7 × 12 pictures of digits (840 weights that are never trained), and the nearest wins.

# %%
lenet_shapes = [("input", (1, 32, 32)), ("C1", (6, 28, 28)), ("S2", (6, 14, 14)), ("C3", (16, 10, 10))]
lenet_shapes += [("S4", (16, 5, 5)), ("C5", (120, 1, 1)), ("F6", (84,)), ("output", (10,))]
fig, ax = plotting.figure(size=(10, 3))
figures.draw_chain(lenet_shapes, ax=ax);

# %%
lenet = cnn.LeNet5()
ledger = cnn.layer_table(lenet, (1, 32, 32))
counts = ledger.set_index("name")["parameters"]
assert all(counts[layer] == facts[f"lenet5.{layer}"].value for layer in ("C1", "S2", "C3", "S4", "C5", "F6"))
assert counts.sum() == facts["lenet5.total"].value == 60_000
assert sum(buffer.numel() for buffer in lenet.output.buffers()) == facts["lenet5.fixed"].value == 840
plotting.table(ledger, caption="LeNet-5: 60,000 trainable parameters")

# %%
seen = [len(inputs) for inputs in cnn.C3_TABLE]
assert seen == [3] * 6 + [4] * 9 + [6] and sum(seen) == facts["lenet5.C3_connections"].value == 60
users = np.bincount(np.concatenate(cnn.C3_TABLE))
assert users.tolist() == [facts["lenet5.C3_per_S2_map"].value] * 6 == [10] * 6
assert counts["C3"] == 60 * 25 + 16 == 1516 and 6 * 16 * 25 + 16 == facts["lenet5.dense_C3"].value == 2416
assert counts["C5"] / counts.sum() > 0.8
fig, ax = plotting.figure(size=(8, 3.4))
figures.draw_c3(cnn.C3_TABLE, ax=ax);

# %% [markdown]
# Sixty connections of 25 weights and 16 biases: 1,516 parameters, where connecting everything would take 2,416. Four fifths of LeNet's 60,000
# parameters are in C5 (48,120). Remember that when we come to VGG.

# %% [markdown]
# ### Train it
#
# Three trainings from three seeds: one result alone could be luck.

# %%
SEEDS = range(SEED, SEED + (3 if BUDGET == "quick" else 5))
EPOCHS = 12 if BUDGET == "quick" else 20
n_classes = len(train.class_names)
lenets = repeat_training(cnn.LeNet5, parts, seeds=SEEDS, epochs=EPOCHS)
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_learning_curves(lenets.history, "train_loss", ax=ax, label="training")
figures.draw_learning_curves(lenets.history, "validation_loss", ax=ax, label="validation", color="orange")
ax.set(title=f"{len(SEEDS)} starts, nearly the same curve", ylabel="loss (cross-entropy)");

# %%
accuracy = lenets.accuracies.mean()
over_seeds, over_images = lenets.interval_over_seeds(), lenets.interval_over_images()
if DATASET in ("digits", "mnist"):
    assert accuracy >= 0.97
rows = [
    {"what varies": f"the seed (n = {len(SEEDS)})", "accuracy": accuracy, "95 % interval": over_seeds},
    {"what varies": f"the test images (n = {len(test)})", "accuracy": lenets.accuracies[0]} | {"95 % interval": over_images},
]
bounds = {"accuracy": "{:.3f}", "95 % interval": lambda pair: f"{pair[0]:.3f} to {pair[1]:.3f}"}
plotting.table(rows, caption=f"Test accuracy of LeNet-5 on {DATASET}, seeds {list(SEEDS)}", formats=bounds)

# %% [markdown]
# At least 97 of 100 digits are read. Two things are uncertain, and they are different: had we started from another seed (first line), and had we drawn other test
# images of the same kind (second line). Papers often give only the first. Neither speaks of digits by *other writers*: the same people wrote on both sides
# of our split. In medicine that is the question that matters, and lecture 3 answers it patient by patient.

# %%
predicted = lenets.outputs[0].argmax(-1)
wrong = np.flatnonzero(predicted != lenets.targets)
matrix = confusion_matrix(lenets.targets, predicted, labels=range(n_classes))
fig, ax = plotting.figure(size=(6.4, 5))
figures.draw_confusion(matrix, train.class_names, ax=ax)

# %%
fig, axes = plotting.figure(6, size=(10, 2.2))
figures.draw_mistakes(test.images[wrong], lenets.targets[wrong], predicted[wrong], axes=axes);

# %% [markdown]
# Look at the mistakes before you look at the next network: would *you* have read them?

# %% [markdown]
# ### Is it invariant to shifts?
#
# *Predict first*: no training image was ever shifted. Move the test digits to the right, pixel by pixel. What happens to the accuracy?

# %%
model = lenets.models[0]
pixels, labels = test.tensors()
moved = {shift: predict(model, torch.roll(pixels, shift, dims=3)).argmax(1) == labels for shift in range(6)}
curve = {shift: float(right.float().mean()) for shift, right in moved.items()}
assert DATASET != "digits" or curve[0] - curve[1] < 0.1 < curve[0] - curve[3]
fig, ax = plotting.figure(size=(9, 3.4))
ax.plot(list(curve), list(curve.values()), "o-", color=plotting.COLORS["orange"])
ax.set(xlabel="shift to the right (pixels)", ylabel="test accuracy", ylim=(0, 1.03))
ax.set(title="Equivariant layers, but no invariant network");

# %% [markdown]
# One pixel it forgives; three it does not. Each convolution moves with the digit, but C5 and F6 look at fixed places. A network is invariant to what its training
# data varied (which is what augmentation is for) and to little else.

# %% [markdown]
# ### Look inside

# %%
maps = cnn.feature_maps(model, pixels[:1], ["C1", "C3"])
assert tuple(maps["C1"].shape) == (1, 6, 28, 28) and tuple(maps["C3"].shape) == (1, 16, 10, 10)
assert DATASET != "digits" or len(train) == 1258
fig, axes = plotting.figure((3, 1), size=(10, 6.4))
figures.draw_filters(cnn.filters(model, "C1")[:, 0], title="C1: six learned kernels", columns=6, ax=axes[0])
figures.draw_feature_maps(maps["C1"][0], title="C1: what each of them finds", columns=6, ax=axes[1])
figures.draw_feature_maps(maps["C3"][0], title="C3: sixteen maps of what C1 found", columns=8, ax=axes[2]);

# %% [markdown]
# Top: the six learned 5 × 5 kernels. They are not the clean edges of the textbooks: with 1,258 images and twelve epochs a kernel stays near the random numbers it
# started from, tilted toward something useful. Middle: what each of them finds: bright and dark sides of the strokes. Bottom: the sixteen maps of C3, smaller and
# no longer readable as a digit.

# %% [markdown]
# ### Where do the classes come apart?
#
# Deeper features are said to be more abstract. A measure of it: give a classifier that only knows the distance to class means *two* labeled test images per class, and let it
# sort the other test images, once by their pixels, once by each layer's outputs.

# %%
layers = ["C1", "S2", "C3", "S4", "C5", "F6"]
few = cnn.few_label_accuracy(model, test, layers, per_class=2, repeats=50, seed=SEED)
median = few.groupby("layer", sort=False)["accuracy"].median()
assert median["F6"] > median["pixels"]
if DATASET == "digits":
    assert median["F6"] > 0.9 > median["C5"] > median["S4"] + 0.05
    assert abs(median["S4"] - median["pixels"]) < 0.05 and median["pixels"] < 0.85
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_by_layer(few, ax=ax);

# %% [markdown]
# Up to S4 the classes lie hardly further apart than on the pixels: the convolutions describe, they do not yet conclude. C5 and F6, which see the whole image, bring
# images of one class together, so that two examples nearly suffice. (LeNet itself has seen 1,258 labels of these ten classes: the picture shows *where* in the network they
# are used, not that few labels are enough.)

# %% [markdown]
# ### What were locality and weight sharing worth?
#
# *Predict first*: shuffle the pixels of all images, always in the same way. A person can read nothing any more. What happens to a fully connected network with as many
# parameters as LeNet? And to LeNet?

# %%
shuffled = [cnn.shuffle_pixels(part, seed=SEED) for part in parts]
dense_runs = [repeat_training(cnn.fully_connected, data, seeds=SEEDS, epochs=EPOCHS) for data in (parts, shuffled)]
lenet_runs = [lenets, repeat_training(cnn.LeNet5, shuffled, seeds=SEEDS, epochs=EPOCHS)]
size = sum(weights.numel() for weights in dense_runs[0].models[0].parameters())
assert abs(size - 60_000) < 100

# %%
names = ["fully connected", "LeNet-5"]
drop, rows = {}, []
for name, (before, after) in zip(names, (dense_runs, lenet_runs), strict=True):
    drop[name] = before.accuracies - after.accuracies
    means = {"as they are": before.accuracies.mean(), "shuffled": after.accuracies.mean()}
    rows.append({"network": name, **means, "drop, 95 %": interval_of_mean(drop[name])})
if DATASET == "digits":
    assert (drop["LeNet-5"] > 0.01).all() and abs(drop["fully connected"].mean()) < 0.015
    assert lenet_runs[1].accuracies.mean() < dense_runs[1].accuracies.mean()
form = {"drop, 95 %": lambda pair: f"{pair[0]:+.3f} to {pair[1]:+.3f}", "as they are": "{:.3f}", "shuffled": "{:.3f}"}
plotting.table(rows, caption=f"Test accuracy, means over seeds {list(SEEDS)}; drop paired by seed", formats=form)

# %% [markdown]
# The fully connected network does not notice: to it, no pixel was ever beside another. LeNet loses with every seed and falls behind it: its assumptions have
# become false. On digits this small and this centered their advantage is modest, within what 269 test images can tell; it grows with the image, since a fully connected
# network must learn every pattern anew at every place.

# %% [markdown]
# ## AlexNet (2012): the same, much larger
#
# ReLU instead of tanh, max pooling, dropout, augmentation; five convolutions and two hidden fully connected layers; almost a week on two graphics cards,
# which is why three of its convolutions come in two groups.

# %%
variants = {
    name: int(cnn.network_table(name)["parameters"].sum()) for name in cnn.NETWORKS if name.startswith("AlexNet")
}
assert variants["AlexNet"] == facts["alexnet.total"].value == 60_965_224
assert variants["AlexNet, one group"] == 62_378_344 and variants["AlexNet (torchvision)"] == 61_100_840
assert round(variants["AlexNet, no last pool"] / 1e6, 1) == 200.4
assert cnn.output_size(224, 11, p=2, s=4) == cnn.output_size(227, 11, s=4) == 55
same = cnn.network_table('AlexNet, C1 "SAME"')
assert same.loc[same["kind"] == "Conv2d", "output_shape"].iloc[0][-2:] == (56, 56)
rows = [{"network": name, "parameters": count} for name, count in variants.items()]
plotting.table(rows, caption="One name, five networks")

# %% [markdown]
# "AlexNet has 60 million parameters" is true of the paper's network. The one in torchvision, which people download today, is another; and a table
# that forgets the last pooling layer describes a network of 200 million. Names are not specifications: count.
#
# *Predict first*: which layer of AlexNet has the most parameters, and which does the most multiplications? Are they the same?

# %%
explorers.ledger_explorer()

# %%
alexnet = cnn.network_table("AlexNet")
weighted = alexnet[alexnet["kind"].isin(["Conv2d", "Linear"])]
weighted = weighted.set_index(weighted["name"].str.split(".").str[-1])
largest, busiest = weighted["parameters"].idxmax(), weighted["multiplications"].idxmax()
assert (largest, busiest) == ("F6", "C2")
assert weighted["units"].sum() == facts["alexnet.units"].value == 659_272
assert len(weighted) == facts["alexnet.convolutions"].value + facts["alexnet.hidden_fully_connected"].value + 1
print(f"{weighted['units'].sum():,} units; most parameters in {largest}, most multiplications in {busiest}")

# %% [markdown]
# Two different layers: the parameters live in the fully connected F6, the work is done in the convolution C2. The rest of this lecture is about both bills.

# %% [markdown]
# ## VGG (2014): small kernels, many of them

# %%
vgg = cnn.network_table("VGG-16")
fully = vgg.loc[vgg["kind"] == "Linear", "parameters"]
assert fully.tolist() == [facts[f"vgg16.fc{number}"].value for number in (1, 2, 3)]
assert vgg["parameters"].sum() == facts["vgg16.total"].value == 138_357_544
assert round(fully.sum() / vgg["parameters"].sum(), 3) == facts["vgg16.fully_connected_share"].value == 0.894
convolutions = vgg.loc[vgg["kind"] == "Conv2d", "parameters"].to_numpy()
blocks = [int(block.sum()) for block in np.split(convolutions, [2, 4, 7, 10])]
names = ["conv3-64", "conv3-128", "conv3-256", "conv3-512, first", "conv3-512, second"]
assert blocks == [facts[f"vgg16.{name}"].value for name in names]
assert cnn.network_table("VGG-19")["parameters"].sum() == facts["vgg19.total"].value == 143_667_240
assert cnn.kernel_weights((3, 3), (3, 3)) == 18 < cnn.kernel_weights((5, 5)) == 25
bills = dict(zip([*names, "fc1", "fc2", "fc3"], [*blocks, *fully.tolist()], strict=True))
plotting.table(bills, caption="VGG-16, block by block: parameters")

# %%
fig, axes = plotting.figure(2, size=(11, 3.8))
figures.draw_ledger(vgg, axes=axes);

# %% [markdown]
# Two 3 × 3 kernels see as much as one 5 × 5 with 18 weights instead of 25, and have one more ReLU between them. Yet VGG-16 is huge, and 89.4 % of it
# is three fully connected layers. The next networks do away with them.

# %% [markdown]
# ## Fully convolutional networks (2014): from one patch to a whole canvas
#
# A fully connected layer on a 5 × 5 map is a 5 × 5 convolution that happens to fit once. Rewrite it so, and the network slides over any image. Long, Shelhamer and Darrell
# (2015) did it with AlexNet, VGG and GoogLeNet, and then went up again by transposed convolutions: a class for every pixel, the beginning of today's segmentation networks.

# %%
dense = nn.Linear(16 * 5 * 5, 10)
as_convolution = cnn.fully_convolutional(dense, (5, 5))
small_maps = torch.rand(3, 16, 5, 5, generator=generator)
assert torch.allclose(as_convolution(small_maps).flatten(1), dense(small_maps.flatten(1)), atol=1e-5)
assert as_convolution(torch.zeros(1, 16, 12, 12)).shape[-1] == facts["fully_convolutional.map"].value == 8
canvas = np.concatenate(list(test.images[:6]), axis=1)
logits = cnn.slide_lenet(model, torch.tensor(canvas / 255, dtype=torch.float)[None, None])[0]  # (10, 1, 41)
assert np.allclose(logits[:, 0, ::8].T, lenets.outputs[0][:6], atol=1e-3)
scores = logits.softmax(0).numpy()
between = np.delete(scores.max(0)[0], np.s_[::8])
assert DATASET != "digits" or between.max() > 0.9
fig, axes = plotting.figure((2, 1), size=(10, 4))
figures.draw_score_map(canvas, scores, axes=axes);

# %% [markdown]
# The window moves by 4 pixels a step. Where a digit stands in the middle of it, every eighth step, the outputs are those of the network on that digit alone. In between it names a digit
# all the same, sometimes surely: nobody ever showed it "no digit". One pass instead of one per position: this is how a classifier of patches becomes a
# detector of lesions. Each prediction still sees only its own 32 × 32 window.

# %% [markdown]
# ## Network in network, GoogLeNet (2013–2015): the 1 × 1 convolution
#
# A 1 × 1 convolution is a fully connected layer at every pixel. It mixes maps; and if it gives out fewer than it takes in, it makes everything after it cheaper.
# Lin and colleagues put such layers into the network, and ended it without a fully connected one: *global average pooling* takes the mean of each last map as the
# score of a class. GoogLeNet does the same, and its Inception module lets 1 × 1, 3 × 3, 5 × 5 and pooling work side by side, each behind a
# *bottleneck*, and lets training decide which size matters. Two auxiliary classifiers half way up, used in training only, were meant to feed gradient to the lower layers; later
# work found that they regularize.

# %%
fig, ax = plotting.figure(size=(9, 4))
figures.draw_inception(ax=ax)
direct, thin = cnn.bottleneck_operations()["total"], cnn.bottleneck_operations(reduce=16)["total"]
assert direct == facts["bottleneck.straight"].value == 112_896_000
assert thin == facts["bottleneck.total"].value == 5_268_480
assert round(direct / thin, 1) == 21.4
google = cnn.network_table("GoogLeNet")["parameters"].sum()
assert google == 6_624_904 and vgg["parameters"].sum() > 20 * google
print(f"{direct:,} multiplications without, {thin:,} with the bottleneck; GoogLeNet has {google:,} parameters")

# %% [markdown]
# A factor of 21.4, for one layer. (Count before you quote: torchvision's GoogLeNet, counted here without its auxiliary classifiers, has batch normalization, and 3 × 3 where
# the paper has 5 × 5.) *Predict first*: at which number of reduced maps does the bottleneck cost more than it saves?

# %%
explorers.bottleneck_explorer()

# %%
cost = {maps: cnn.bottleneck_operations(reduce=maps)["total"] for maps in (16, 342, 343, 480)}
assert cost[342] < direct < cost[343]
print(f"straight {direct:,};", {maps: f"{total:,}" for maps, total in cost.items()})

# %% [markdown]
# At 343, far above the 16 that GoogLeNet uses here: the exact number hardly matters, which is why such networks were easy to design.

# %% [markdown]
# ### Inception v2 and v3: factorize, normalize, doubt the labels
#
# The thrift goes on: 5 × 5 becomes two 3 × 3, and 7 × 7 becomes 1 × 7 after 7 × 1. *Batch normalization* (Ioffe and Szegedy 2015) brings each map, over a batch, to mean 0 and variance 1, then
# gives it a trainable gain and offset: deep networks train faster and forgive large learning rates. In use it takes the means it has collected in training. With the batches of two or four
# volumes that fit on a card in 3-D imaging, a batch's mean is a poor guess. Version 3 adds RMSProp as optimizer, batch normalization in the
# auxiliary head, and *label smoothing*, which keeps the network from being certain of labels that may be wrong.

# %%
assert cnn.kernel_weights((7, 7)) == 49 and cnn.kernel_weights((3, 3), (3, 3), (3, 3)) == 27
assert cnn.kernel_weights((1, 7), (7, 1)) == 14
logits, label = torch.tensor([[4.0, 0.0, 0.0]]), torch.tensor([0])
hard, smooth = (F.cross_entropy(logits, label, label_smoothing=amount) for amount in (0.0, 0.1))
uniform = -F.log_softmax(logits, 1).mean()
assert torch.isclose(smooth, 0.9 * hard + 0.1 * uniform)
normalized = nn.BatchNorm2d(3)(5 + 3 * torch.randn(16, 3, 8, 8, generator=generator))
assert normalized.mean((0, 2, 3)).abs().max() < 1e-5 and (normalized.var((0, 2, 3)) - 1).abs().max() < 0.01
print(f"loss of a confident right answer: {hard:.3f}; with label smoothing 0.1: {smooth:.3f}")

# %% [markdown]
# ## Deeper, and worse
#
# If a 20-layer network is good, 56 layers should be at least as good: the additional layers could learn to pass their input on. In 2015 He and
# colleagues saw the opposite, and not on the test images only (which would be overfitting): the *training* error was higher.
#
# *Predict first*: the small networks below are trained on our digits, all for the same five epochs, all with batch normalization. Which will be worst on its own training images?

# %%
depths = pd.concat(
    [
        cnn.depth_experiment(kinds=("plain", "residual"), depths=(8, 20, 32), width=8, seeds=SEEDS),
        cnn.depth_experiment(kinds=("dense",), depths=(8, 20), width=4, seeds=SEEDS),
    ]
)
fig, axes = plotting.figure(3, size=(11, 4))
figures.draw_depth(depths, axes=axes);

# %%
last = depths[depths["epoch"] == depths["epoch"].max()]
by_seed = last.pivot_table(index=["kind", "depth"], columns="seed", values="train_loss")
assert (by_seed.loc["plain", 32] > by_seed.loc["plain", 8]).all() and by_seed.loc["plain", 32].min() > np.log(10) / 2
assert (by_seed.loc["residual", 32] < by_seed.loc["residual", 8]).all()
assert (by_seed.loc["dense", 20] < by_seed.loc["dense", 8]).all()
twins = [sum(w.numel() for w in cnn.small_network(kind, 32).parameters()) for kind in ("plain", "residual")]
assert twins[0] == twins[1]
summary = summarize(last.assign(train_loss=np.log(last["train_loss"])), ["kind", "depth"], "train_loss")
summary[["mean", "low", "high"]] = np.exp(summary[["mean", "low", "high"]])
caption = f"Training loss, last epoch: geometric mean and 95 % interval (log scale) over seeds {list(SEEDS)}"
plotting.table(summary, caption=caption)

# %% [markdown]
# With every seed the deep plain network ends worse than the shallow one; its loss is still more than half of $\ln 10$, that of guessing. The residual one of 32 layers
# has the same parameters, to the number, and ends better than that of 8. What differs is only what training can find in the time it has. The dense networks, too, gain from depth.

# %% [markdown]
# ## Residual and dense networks (2015–2017)
#
# If a block should compute $H(x)$, let it learn only the difference $F(x) := H(x) - x$, and put out $F(x) + x$. To pass its input on, it
# has to learn zero, which is easy. The sum also gives the gradient a way past the block. DenseNet goes further: every layer of a block gets the outputs of
# *all* layers before it, side by side, and adds a few maps of its own.

# %%
branch = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
nn.init.zeros_(branch[2].weight), nn.init.zeros_(branch[2].bias)
features = torch.rand(1, 4, 8, 8, generator=generator, requires_grad=True)
block_output = torch.relu(branch(features) + features)
assert torch.equal(block_output, features)  # a branch that has learned zero passes its input on
(gradient,) = torch.autograd.grad(block_output.sum(), features)
assert torch.equal(gradient[features > 0], torch.ones_like(features)[features > 0])  # and the gradient too
fig, axes = plotting.figure(3, size=(11, 4))
figures.draw_blocks(axes=axes);

# %% [markdown]
# ## What does accuracy cost?
#
# One bubble per network: its ImageNet accuracy as torchvision documents it for its published weights, and the two bills, counted by our own ledger. (LeNet and the published AlexNet are missing:
# torchvision has no weights of them.)

# %%
comparison = cnn.comparison()
counts = comparison["parameters"]
for name in ("ResNet-18", "ResNet-50", "ResNet-152", "DenseNet-121", "DenseNet-201"):
    assert counts[name] == facts[name.lower().replace("-", "") + ".total"].value
accuracies = comparison["top1_accuracy"].dropna()
assert accuracies.idxmax() == "ResNet-152" and accuracies["ResNet-152"] - accuracies["ResNet-50"] < 0.03
assert counts["DenseNet-121"] < counts["VGG-16"] / 17 and accuracies["DenseNet-121"] > accuracies["VGG-16"]
fig, ax = plotting.figure(size=(10, 5))
figures.draw_accuracy_cost(comparison.dropna(), ax=ax);

# %%
finding_heads = counts["DenseNet-121"] - (1024 + 1) * (1000 - 14)
assert counts["DenseNet-121"] > finding_heads == facts["densenet121.14_outputs"].value == 6_968_206
billions = comparison["multiplications"] / 1e9
assert billions["ResNet-152"] > 2.7 * billions["ResNet-50"]
columns = ["network", "year", "parameters", "billions of multiplications", "top1_accuracy"]
ledger = comparison.assign(**{"billions of multiplications": billions}).reset_index(names="network")[columns]
forms = {"year": "{:d}", "billions of multiplications": "{:.3f}", "top1_accuracy": lambda share: "–" if np.isnan(share) else f"{share:.3f}"}
plotting.table(ledger, caption="All networks of this lecture", formats=forms)

# %% [markdown]
# DenseNet-121 is more accurate than VGG-16 with less than a seventeenth of its parameters. ResNet-152 does almost three times the work of ResNet-50 for less than three points more. With 14 outputs instead of
# 1,000, DenseNet-121 has 6,968,206 parameters: that is CheXNet, and lecture 3.

# %% [markdown]
# ## The real data
#
# With `BUDGET = "full"` the next cell trains a ResNet-18 on a MedMNIST set, downloaded and verified once; a GPU is advised. With the
# quick budget it says what it would do.

# %%
MEDICAL_SET, MEDICAL_SIZE = "bloodmnist", 64
if BUDGET == "full":
    medical = [load(MEDICAL_SET, part, size=MEDICAL_SIZE, download=True) for part in ("train", "validation", "test")]
    resnets = repeat_training(lambda: cnn.resnet18(medical[0]), medical, seeds=SEEDS, epochs=EPOCHS, batch_size=128)
    low, high = resnets.interval_over_seeds()
    mean = resnets.accuracies.mean()
    print(f"{MEDICAL_SET}: accuracy {mean:.3f}, 95 % interval over {len(SEEDS)} seeds {low:.3f} to {high:.3f}")
else:
    print(f"BUDGET is {BUDGET!r}: 'full' trains ResNet-18 on {MEDICAL_SET} at {MEDICAL_SIZE} × {MEDICAL_SIZE}")

# %% [markdown]
# ## Errata
#
# Where the lecture's slides are wrong, and the cell that proves it.

# %%
assert (cnn.convolve2d(image, kernel)[0, 0], cnn.convolve2d(image, kernel, mode="convolution")[0, 0]) == (12, 18)
slips = [fact.value for key, fact in facts.items() if key.startswith("errata.")]
assert len(slips) == 7
plotting.errata([(slip["slide"], slip["correct"], slip["proof"]) for slip in slips])

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Every number, and where it comes from

# %% slideshow={"slide_type": "skip"}
numbers = {key: fact for key, fact in facts.items() if not key.startswith("errata.") and np.isscalar(fact.value)}
assert all(fact.source for fact in numbers.values())
def digits_grouped(value):
    return f"{value:,}" if isinstance(value, int) else str(value)


rows = [{"what": key, "value": digits_grouped(fact.value), "source": fact.source} for key, fact in numbers.items()]
plotting.table(rows, caption=f"The lecture's {len(rows)} reference values")

# %% [markdown]
# ## What it means for a patient
#
# - A convolutional network finds *local patterns anywhere*. A fracture line or a nodule is such a pattern. "The heart is wider than half the chest" is
#   not: it needs a field that spans both, and a theoretical field that spans it may effectively not.
# - A network is invariant to what its training varied. One that has never seen a rotated film, or another scanner, need not read it.
# - Ask for n before you ask for the name of the network:

# %%
low, high = binomtest(291, 300).proportion_ci(method="wilson")
assert round(low, 3) == 0.944 and round(high, 3) == 0.984
print(f"97 % right of 300 patients: 95 % interval {low:.3f} to {high:.3f}")

# %% [markdown]
# Three errors in a hundred, or nearly six: 300 patients do not tell.
#
# ## Limits
#
# - The digits are 8 × 8 scans enlarged to 32 × 32; they are far easier than any clinical image, and the same writers stand on both sides of the split.
# - Our LeNet-5 is the published one parameter by parameter, but not in all else: its ten output pictures are drawn anew and the distances divided by 20, S2 and S4 take the mean
#   (the paper the sum, which a gain makes the same), Adam and cross-entropy train it.
# - The depth experiment is small: narrow networks, five epochs, no learning rate tuned per depth. He et al. compare networks trained to the end, on ImageNet and CIFAR-10; ours shows
#   that depth can make *training* harder and that the identity path helps, not how much remains at convergence.
# - Accuracies in the cost comparison come from different training recipes; they compare published weights, not architectures alone.
#
# ## References
#
# - Alpaydin E., Kaynak C. (1998). Optical recognition of handwritten digits. UCI machine learning repository (the data).
# - Deng J. et al. (2009). ImageNet: a large-scale hierarchical image database. *CVPR*.
# - Dumoulin V., Visin F. (2016). A guide to convolution arithmetic for deep learning. arXiv:1603.07285 (the worked example).
# - Fukushima K. (1980). Neocognitron. *Biological Cybernetics* 36, 193–202.
# - He K., Zhang X., Ren S., Sun J. (2016). Deep residual learning for image recognition. *CVPR*.
# - Huang G., Liu Z., van der Maaten L., Weinberger K. Q. (2017). Densely connected convolutional networks. *CVPR*.
# - Ioffe S., Szegedy C. (2015). Batch normalization: accelerating deep network training by reducing internal covariate shift. *ICML*.
# - Krizhevsky A., Sutskever I., Hinton G. E. (2012). ImageNet classification with deep convolutional neural networks. *NIPS*.
# - LeCun Y., Bottou L., Bengio Y., Haffner P. (1998). Gradient-based learning applied to document recognition. *Proc. IEEE* 86(11), 2278–2324.
# - Lin M., Chen Q., Yan S. (2013). Network in network. arXiv:1312.4400.
# - Long J., Shelhamer E., Darrell T. (2015). Fully convolutional networks for semantic segmentation. *CVPR*.
# - Luo W., Li Y., Urtasun R., Zemel R. (2016). Understanding the effective receptive field in deep convolutional neural networks. *NIPS*.
# - Rosenblatt F. (1958). The perceptron. *Psychological Review* 65(6), 386–408.
# - Rumelhart D. E., Hinton G. E., Williams R. J. (1986). Learning internal representations by error propagation. In *Parallel Distributed Processing*, vol. 1, chapter 8. MIT Press.
# - Simonyan K., Zisserman A. (2014). Very deep convolutional networks for large-scale image recognition. arXiv:1409.1556.
# - Szegedy C. et al. (2015). Going deeper with convolutions. *CVPR*; Szegedy C. et al. (2016). Rethinking the Inception architecture for computer vision. *CVPR*.
#
# ## Exercise
#
# Now you: [exercise 1](../exercises/01_cnn_fundamentals.ipynb), nine questions, checked at once. Back to [the start](00_start_here.ipynb).
