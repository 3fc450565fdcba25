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
# Everything runs offline, in under 90 seconds on two CPU cores. Where a sentence states a number, the cell above it has checked it.

# %% tags=["parameters"]
DATASET = "digits"  # or "mnist", or a gray MedMNIST set such as "pneumoniamnist": downloaded once, verified, kept
BUDGET = "quick"  # or "full": the real data sets and ResNet-18, on a GPU
SEED = 0

# %%
import numpy as np
import pandas as pd
import torch
from scipy.signal import convolve2d as true_convolution
from sklearn.datasets import load_sample_image
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.nn import functional as F

from course_lib import cnn, config, plotting
from course_lib.cnn import explorers, figures
from course_lib.data import load
from course_lib.published import published

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
assert len(train) > 3 * len(test)
fig, axes = plotting.figure((2, 10), size=(10, 2.6))
for ax, image, label in zip(axes.flat, train.images, train.labels, strict=False):
    plotting.image_axes(ax, image, title=str(label))

# %% [markdown]
# A third of the images is kept away from training: one part to watch while we train, one to open at the very end. Whoever chooses
# a network by its score on the last part has used it up.

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
# millionth: the first layers of a deep sigmoid network hardly learn. The ReLU's slope is 1 wherever it is not 0. Keep this in mind for the networks after 2012.

# %% [markdown]
# ## Learning is walking downhill
#
# The loss says how wrong the network is: here $\mathcal L = \frac12\sum (t - o)^2$. Gradient descent takes a step against its slope,
# $\theta \leftarrow \theta - \eta\,\partial\mathcal L/\partial\theta$, and backpropagation is the chain rule that finds that slope for every weight.
# Rumelhart, Hinton and Williams wrote the step of an output weight as $\Delta w = \eta\,(t - o)\,f'(\mathrm{net})\,x$. Is that the same thing?

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
# *Predict first*: the loss below is a parabola with curvature 1. From which learning rate on does each step land further from the
# bottom than it started? Write your guess down, then move the slider.

# %%
explorers.descent_explorer()

# %% [markdown]
# ### Sixty years in one line

# %%
fig, ax = plotting.figure(size=(10, 3.2))
figures.draw_history(ax=ax);
# %% [markdown]
# The ideas are old: the perceptron (1958), the neocognitron's local features (1980), backpropagation (1986), LeNet (1989–1998).
# What changed in 2012 was the amount of labeled data and a graphics card that multiplies.

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
# so that all windows share one set of weights). Neither is a law of nature. Later we take both away and see what they were worth.

# %% [markdown]
# ## Convolution, by hand
#
# Slide a small kernel over the image; at each place multiply what lies under it and add up.

# %%
image, kernel = np.array(facts["example.image"].value), np.array(facts["example.kernel"].value)
output = cnn.convolve2d(image, kernel)
flipped = cnn.convolve2d(image, kernel, mode="convolution")
assert output.tolist() == facts["example.cross_correlation"].value
assert flipped.tolist() == facts["example.convolution"].value == true_convolution(image, kernel, mode="valid").tolist()
fig, axes = plotting.figure(4, size=(11, 3.2))
figures.draw_convolution_step(image, kernel, cnn.convolution_step(image, kernel, 0, 0), output, axes=axes);
# %% [markdown]
# The nine products add up to 12. What frameworks call a convolution is, strictly, a *cross-correlation*: mathematics flips the kernel
# first, and then the same corner gives 18. For learned kernels it makes no difference, the network learns the flipped one. For a formula and an example on one slide it does: see the errata.
#
# *Predict first*: with padding 1 and stride 2, how many rows has the output of this 5 × 5 image? And which output
# values change when you flip the kernel of a *symmetric* filter?

# %%
explorers.convolution_explorer()

# %% [markdown]
# Kernels that people designed, before networks learned them:

# %%
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
kernels = {"vertical edges": sobel, "horizontal edges": sobel.T, "blur": np.full((5, 5), 1 / 25)}
picture = photograph[40:300, 180:440]
responses = {name: cnn.convolve2d(picture, k) for name, k in kernels.items()}
assert responses["blur"].std() < picture.std() < responses["vertical edges"].std()
fig, axes = plotting.figure(4, size=(11, 3))
figures.draw_filtered(picture, kernels, axes=axes);
# %% [markdown]
# ## How big is the output?
#
# $o = \left\lfloor\dfrac{i - d\,(k-1) - 1 + 2p}{s}\right\rfloor + 1$: kernel $k$ on input $i$ with $p$ zeros at each end, stride $s$, dilation $d$.

# %%
cases = pd.DataFrame(facts["output_size.examples"].value).rename(columns={"o": "published"})
cases["output_size"] = [cnn.output_size(*case) for case in cases[["i", "k", "p", "s"]].to_numpy()]
assert (cases["output_size"] == cases["published"]).all()
for case in cases.itertuples():
    layer = nn.Conv1d(1, 1, case.k, padding=case.p, stride=case.s)
    assert layer(torch.zeros(1, 1, case.i)).shape[-1] == case.output_size
plotting.table(cases, caption="The lecture's three examples, by the formula and by torch")

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
print(
    f"{weights} weights and {biases} biases; four fully connected neurons on 512 × 512 × 3 need {dense_weights:,} weights"
)

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
# The map makes exactly the same move (away from the border): a convolution is *equivariant* to shifts. With pooling of stride 2 this
# holds for even shifts only; the network as a whole is *approximately invariant*, because it was trained to be, not by construction.

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
# *Predict first*: which widens the field more, making every kernel one larger, or putting one more stride-2 layer at the bottom?

# %%
explorers.receptive_field_explorer()

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
# Ten layers of 3 × 3 (with random weights) reach 21 × 21 pixels, but more than 90 % of the influence comes from the middle 11 × 11, little more than a
# quarter of that area: the *effective* field is smaller than the one computed. A large theoretical field is no promise that a network uses the whole lung.

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
# This kernel interpolates: the known values stay, the others are means of their neighbors. Row 2, column 3 lies between the 3 above it and
# the 2 below it, so it is 2.5.

# %% [markdown]
# ## LeNet-5, put together
#
# Two rounds of convolution and subsampling, then three layers that no longer know what an image is. Every part has a reason:
# subsampling has one trainable gain and one bias per map; activations are tanh; and C3 is *sparse*: each of its 16 maps looks at only some of the 6 maps
# below it, to break the symmetry and to save weights on the machines of 1998.

# %%
lenet = cnn.LeNet5()
ledger = cnn.layer_table(lenet, (1, 32, 32))
counts = ledger.set_index("name")["parameters"]
assert all(counts[layer] == facts[f"lenet5.{layer}"].value for layer in ("C1", "S2", "C3", "S4", "C5", "F6"))
assert counts.sum() == facts["lenet5.total"].value == 60_000
plotting.table(ledger, caption="LeNet-5: 60,000 trainable parameters")

# %%
seen = [len(inputs) for inputs in cnn.C3_TABLE]
assert seen == [3] * 6 + [4] * 9 + [6] and sum(seen) == facts["lenet5.C3_connections"].value == 60
users = np.bincount(np.concatenate(cnn.C3_TABLE))
assert users.tolist() == [facts["lenet5.C3_per_S2_map"].value] * 6 == [10] * 6
assert counts["C3"] == 60 * 25 + 16 == 1516 and 6 * 16 * 25 + 16 == 2416
fig, ax = plotting.figure(size=(8, 3.4))
figures.draw_c3(cnn.C3_TABLE, ax=ax);
# %% [markdown]
# Sixty connections of 25 weights and 16 biases: 1,516 parameters, where connecting everything would take 2,416. Eighty percent of LeNet's 60,000
# parameters are in C5 (48,120). Remember that when we come to VGG.

# %% [markdown]
# ### Train it
#
# Three trainings from three seeds: one result alone could be luck.

# %%
SEEDS = range(SEED, SEED + (3 if BUDGET == "quick" else 5))
EPOCHS = 12 if BUDGET == "quick" else 20
n_classes = len(train.class_names)
lenets = cnn.repeat_training(cnn.LeNet5, parts, seeds=SEEDS, epochs=EPOCHS)
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
    {"what varies": f"the test images (n = {len(test)})", "accuracy": lenets.accuracies[0], "95 % interval": over_images},
]
bounds = {"accuracy": "{:.3f}", "95 % interval": lambda pair: f"{pair[0]:.3f} to {pair[1]:.3f}"}
plotting.table(rows, caption=f"Test accuracy of LeNet-5 on {DATASET}, seeds {list(SEEDS)}", formats=bounds)

# %% [markdown]
# At least 97 of 100 digits are read. Two things are uncertain, and they are different: had we started from another seed (first line), and had other
# people written the test digits (second line). Papers often give only the first. A hospital cares about the second.

# %%
predicted = lenets.outputs[0].argmax(-1)
wrong = np.flatnonzero(predicted != lenets.targets)
matrix = confusion_matrix(lenets.targets, predicted, labels=range(n_classes))
assert matrix.sum() == len(test) and np.trace(matrix) == len(test) - len(wrong)
fig, ax = plotting.figure(size=(6.4, 5))
figures.draw_confusion(matrix, train.class_names, ax=ax)
fig, axes = plotting.figure(6, size=(10, 2.2))
figures.draw_mistakes(test.images[wrong], lenets.targets[wrong], predicted[wrong], axes=axes);
# %% [markdown]
# ### Look inside

# %%
model = lenets.models[0]
maps = cnn.feature_maps(model, test.tensors()[0][:1], ["C1", "C3"])
assert tuple(maps["C1"].shape) == (1, 6, 28, 28) and tuple(maps["C3"].shape) == (1, 16, 10, 10)
fig, axes = plotting.figure((3, 1), size=(10, 6.4))
figures.draw_filters(cnn.filters(model, "C1")[:, 0], title="C1: six learned kernels", columns=6, ax=axes[0])
figures.draw_feature_maps(maps["C1"][0], title="C1: what each of them finds", columns=6, ax=axes[1])
figures.draw_feature_maps(maps["C3"][0], title="C3: sixteen maps of what C1 found", columns=8, ax=axes[2]);
# %% [markdown]
# Top: the six learned 5 × 5 kernels, edges and strokes in several directions. Middle: what each of them finds. Bottom: the sixteen
# maps of C3, smaller and no longer readable as a digit.

# %% [markdown]
# ### Does it know more, further up?
#
# If features get more abstract with depth, few examples should be enough to tell classes apart up there. Give a classifier that can only
# measure distances to class means *two* labeled images per class, and let it work on the pixels, or on each layer's outputs.

# %%
layers = ["C1", "S2", "C3", "S4", "C5", "F6"]
few = cnn.few_label_accuracy(model, test, layers, per_class=2, repeats=50, seed=SEED)
median = few.groupby("layer", sort=False)["accuracy"].median()
assert median["F6"] > 0.9 > median["C5"] > median["S4"] + 0.05
assert abs(median["S4"] - median["pixels"]) < 0.05 and median["pixels"] < 0.85
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_by_layer(few, ax=ax);
# %% [markdown]
# On pixels, two examples a class are too few; and up to S4 it gets hardly better: the convolutions describe, they do not yet conclude. C5 and F6, which
# see the whole image, bring images of one class together, and there the same two examples are nearly enough. This is what people mean by
# *representation learning*, and why a network trained on one task is a good start for another with few labels, as medicine so often has.

# %% [markdown]
# ### What were locality and weight sharing worth?
#
# *Predict first*: shuffle the pixels of all images, always in the same way. A person can read nothing any more. What happens to a fully connected network? And to LeNet?

# %%
shuffled = [cnn.shuffle_pixels(part, seed=SEED) for part in parts]
pairs = {}
for name, build in {"fully connected": cnn.fully_connected, "LeNet-5": cnn.LeNet5}.items():
    for order, data in {"as they are": parts, "shuffled": shuffled}.items():
        known = build is cnn.LeNet5 and data is parts
        runs = lenets if known else cnn.repeat_training(build, data, seeds=SEEDS, epochs=EPOCHS)
        pairs[name, order] = runs.accuracies
drop = {name: (pairs[name, "as they are"] - pairs[name, "shuffled"]).mean() for name in ("fully connected", "LeNet-5")}
assert abs(drop["fully connected"]) < 0.015 and drop["LeNet-5"] > 0.02
long = pd.DataFrame(
    [(*key, value) for key, values in pairs.items() for value in values], columns=["network", "pixels", "accuracy"]
)
plotting.table(
    cnn.summarize(long, ["network", "pixels"], "accuracy"), caption="Test accuracy: mean and 95 % interval over seeds"
)

# %% [markdown]
# The fully connected network does not notice: to it, no pixel was ever beside another. LeNet, with as many parameters, loses its advantage and
# more: its assumptions have become false. They are worth something only where they are true, and in images they are.

# %% [markdown]
# ### From one patch to a whole canvas
#
# A fully connected layer on a 5 × 5 map is a 5 × 5 convolution that happens to fit once. Rewrite it so, and the network slides over any image.

# %%
dense = nn.Linear(16 * 5 * 5, 10)
as_convolution = cnn.fully_convolutional(dense, (5, 5))
maps = torch.rand(3, 16, 5, 5, generator=generator)
assert torch.allclose(as_convolution(maps).flatten(1), dense(maps.flatten(1)), atol=1e-5)
assert as_convolution(torch.zeros(1, 16, 12, 12)).shape[-2:] == (8, 8)
canvas = np.concatenate(list(test.images[:6]), axis=1)
scores = cnn.slide_lenet(model, torch.tensor(canvas / 255, dtype=torch.float)[None, None]).softmax(1)[0]
at_digits = scores[:, 0, ::8].argmax(0).numpy()
assert (at_digits == predicted[:6]).all() and scores.shape[-1] == 41
fig, axes = plotting.figure((2, 1), size=(10, 4))
figures.draw_score_map(canvas, scores.numpy(), axes=axes);
# %% [markdown]
# Where a digit stands in the middle of the window, the answer is exactly that of the network on that digit alone. In between it names a digit
# all the same, sometimes with confidence: nobody ever showed it "no digit". One pass instead of one per
# position: this is how a classifier of patches becomes a detector of lesions. Each prediction still sees only its own 32 × 32 window.

# %% [markdown]
# ## AlexNet (2012): the same, much larger
#
# ReLU instead of tanh, max pooling, dropout, augmentation; five convolutions and two hidden fully connected layers; a week on two graphics cards,
# which is why three of its convolutions come in two groups.

# %%
variants = {
    name: int(cnn.network_table(name)["parameters"].sum()) for name in cnn.NETWORKS if name.startswith("AlexNet")
}
assert variants["AlexNet"] == facts["alexnet.total"].value == 60_965_224
assert variants["AlexNet, one group"] == 62_378_344 and variants["AlexNet (torchvision)"] == 61_100_840
assert round(variants["AlexNet, no last pool"] / 1e6, 1) == 200.4
assert cnn.output_size(224, 11, p=2, s=4) == cnn.output_size(227, 11, s=4) == 55
assert int(np.ceil(224 / 4)) == 56  # what "SAME" padding gives
plotting.table(
    [{"network": name, "parameters": f"{count:,}"} for name, count in variants.items()],
    caption="One name, five networks",
)

# %% [markdown]
# "AlexNet has 60 million parameters" is true of the paper's network. The one in torchvision, which people download today, is another; and a table
# that forgets the last pooling layer describes a network of 200 million. Names are not specifications: count.
#
# *Predict first*: which layer of AlexNet has the most parameters, and which does the most multiplications? Are they the same?

# %%
alexnet = cnn.network_table("AlexNet")
assert alexnet.loc[alexnet["parameters"].idxmax(), "kind"] == "Linear"
assert alexnet.loc[alexnet["multiplications"].idxmax(), "kind"] == "Conv2d"
explorers.ledger_explorer()

# %% [markdown]
# Parameters live in the fully connected layers, work is done in the convolutions. The rest of this lecture is about both bills.

# %% [markdown]
# ## VGG (2014): small kernels, many of them

# %%
vgg = cnn.network_table("VGG-16")
fully = vgg.loc[vgg["kind"] == "Linear", "parameters"]
assert fully.tolist() == [facts[f"vgg16.fc{number}"].value for number in (1, 2, 3)]
assert vgg["parameters"].sum() == facts["vgg16.total"].value == 138_357_544
assert round(fully.sum() / vgg["parameters"].sum(), 3) == facts["vgg16.fully_connected_share"].value == 0.894
assert cnn.kernel_weights((3, 3), (3, 3)) == 18 < cnn.kernel_weights((5, 5)) == 25
fig, axes = plotting.figure(2, size=(11, 3.8))
figures.draw_ledger(vgg, axes=axes);
# %% [markdown]
# Two 3 × 3 kernels see as much as one 5 × 5 with 18 weights instead of 25, and have one more ReLU between them. Yet VGG-16 is huge, and 89.4 % of it
# is three fully connected layers. The next networks do away with them.

# %% [markdown]
# ## Network in network, GoogLeNet (2013–2015): the 1 × 1 convolution
#
# A 1 × 1 convolution is a small fully connected network at every pixel. It mixes maps; and if it gives out fewer than it takes in, it makes
# everything after it cheaper. GoogLeNet's Inception module lets 1 × 1, 3 × 3, 5 × 5 and pooling work side by side, each behind such a *bottleneck*,
# and lets training decide which size matters. The last maps are averaged: no large fully connected layer is left. Auxiliary classifiers
# half way up, used in training only, feed gradient to the lower layers.

# %%
fig, ax = plotting.figure(size=(9, 4))
figures.draw_inception(ax=ax)
direct, thin = cnn.bottleneck_operations()["total"], cnn.bottleneck_operations(reduce=16)["total"]
assert direct == facts["bottleneck.straight"].value == 112_896_000
assert thin == facts["bottleneck.total"].value == 5_268_480
assert round(direct / thin, 1) == 21.4
google = cnn.network_table("GoogLeNet")["parameters"].sum()
assert vgg["parameters"].sum() > 20 * google
print(f"{direct:,} multiplications without, {thin:,} with the bottleneck; GoogLeNet has {google:,} parameters")

# %% [markdown]
# A factor of 21.4, for one layer. *Predict first*: at which number of reduced maps does the bottleneck cost more than it saves?

# %%
explorers.bottleneck_explorer()

# %% [markdown]
# Inception v2 and v3 continue the thrift: 5 × 5 becomes two 3 × 3, and 7 × 7 becomes 1 × 7 after 7 × 1. Version 3 adds RMSProp as optimizer, batch normalization
# in the auxiliary head, and label smoothing, which keeps the network from being certain of labels that may be wrong.

# %%
assert cnn.kernel_weights((7, 7)) == 49 and cnn.kernel_weights((3, 3), (3, 3), (3, 3)) == 27
assert cnn.kernel_weights((1, 7), (7, 1)) == 14
logits, label = torch.tensor([[4.0, 0.0, 0.0]]), torch.tensor([0])
hard, smooth = (F.cross_entropy(logits, label, label_smoothing=amount) for amount in (0.0, 0.1))
uniform = -F.log_softmax(logits, 1).mean()
assert torch.isclose(smooth, 0.9 * hard + 0.1 * uniform)
print(f"loss of a confident right answer: {hard:.3f}; with label smoothing 0.1: {smooth:.3f}")

# %% [markdown]
# ## Deeper, and worse
#
# If a 20-layer network is good, 56 layers should be at least as good: the additional layers could learn to pass their input on. In 2015 He and
# colleagues saw the opposite, and not on the test images only (which would be overfitting): the *training* error was higher.
#
# *Predict first*: the small networks below have the same width and are trained on our digits for the same number of epochs. Which will be worst on
# its own training images?

# %%
depths = cnn.depth_experiment(seeds=SEEDS)
last = depths[depths["epoch"] == depths["epoch"].max()]
loss_of = last.groupby(["kind", "depth"])["train_loss"].mean()
shallow, deep = min(loss_of["plain"].index), max(loss_of["plain"].index)
assert loss_of["plain", deep] > 1.5 * loss_of["plain", shallow]
assert loss_of["plain", deep] > 1.5 * loss_of["residual", deep]
fig, axes = plotting.figure(2, size=(10, 4))
figures.draw_depth(depths, axes=axes);
# %% [markdown]
# The deep plain network ends with a clearly higher training loss than the shallow one, seed after seed; with residual connections the deep one
# does not fall behind. It has the same parameters: what differs is only what training can find.

# %%
summary = cnn.summarize(last, ["kind", "depth"], "train_loss")
plotting.table(summary, caption=f"Training loss after the last epoch: mean and 95 % interval over seeds {list(SEEDS)}")

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
assert torch.equal(gradient, torch.ones_like(features))  # and the gradient too
fig, axes = plotting.figure(3, size=(11, 4))
figures.draw_blocks(axes=axes);
# %% [markdown]
# ## What does accuracy cost?
#
# Each network on one line: its ImageNet accuracy as torchvision documents it for its published weights, and the two bills, counted by our own ledger.

# %%
comparison = cnn.comparison()
for key in ("resnet18", "resnet50", "resnet152", "densenet121", "densenet201"):
    published_count = facts[f"{key}.total"].value
    assert published_count in comparison["parameters"].to_list(), key
assert comparison.loc["DenseNet-121", "parameters"] < comparison.loc["VGG-16", "parameters"] / 17
assert comparison.loc["DenseNet-121", "top1_accuracy"] > comparison.loc["VGG-16", "top1_accuracy"]
assert comparison.loc["ResNet-152", "top1_accuracy"] == comparison["top1_accuracy"].max()
fig, ax = plotting.figure(size=(10, 5))
figures.draw_accuracy_cost(comparison.dropna(), ax=ax);
# %% [markdown]
# DenseNet-121 is more accurate than VGG-16 with less than a seventeenth of its parameters. More operations buy accuracy, but less and less of it,
# and at the same price some designs are far better than others. For small data sets, as medicine has them, a small network that fits the
# problem is often the better start.

# %% [markdown]
# ## The real data
#
# With `BUDGET = "full"` the next cell trains a ResNet-18 on a MedMNIST set, downloaded and verified once; a GPU is advised. With the
# quick budget it says what it would do.

# %%
MEDICAL_SET, MEDICAL_SIZE = "bloodmnist", 64
if BUDGET == "full":
    medical = [load(MEDICAL_SET, part, size=MEDICAL_SIZE, download=True) for part in ("train", "validation", "test")]
    resnets = cnn.repeat_training(lambda: cnn.resnet18(medical[0]), medical, seeds=SEEDS, epochs=EPOCHS, batch_size=128)
    print(f"{MEDICAL_SET}: accuracy {resnets.accuracies.mean():.3f}, 95 % over seeds {resnets.interval_over_seeds()}")
else:
    print(
        f"BUDGET is {BUDGET!r}: set it to 'full' to train ResNet-18 on {MEDICAL_SET} at {MEDICAL_SIZE} × {MEDICAL_SIZE}"
    )

# %% [markdown]
# ## Errata
#
# Where the lecture's slides are wrong, and the cell that proves it.

# %%
assert (cnn.convolve2d(image, kernel)[0, 0], cnn.convolve2d(image, kernel, mode="convolution")[0, 0]) == (12, 18)
slips = [fact.value for key, fact in facts.items() if key.startswith("errata.")]
assert len(slips) == 7
plotting.errata([(slip["slide"], slip["correct"], slip["source"]) for slip in slips])

# %% [markdown]
# ## What it means for a patient
#
# - A convolutional network finds *local patterns anywhere*. A fracture line or a nodule is such a pattern. "The heart is wider than half the chest" is
#   not: it needs a field that spans both, and a theoretical field that spans it may effectively not.
# - Shift equivariance says nothing of rotation, scale, or another scanner. A network that has never seen a rotated film need not read one.
# - Interval over images: with a few hundred test patients, "97 %" may be 95 or 99. Ask for n before you ask for the name of the network.
#
# ## Limits
#
# - The digits are 8 × 8 scans enlarged to 32 × 32; they are far easier than any clinical image, and come from few writers, who may stand on both sides of the split: the accuracy
#   for new writers may be lower.
# - The depth experiment is small: narrow networks, few epochs, no learning rate tuned per depth. It shows the effect He et al. reported on ImageNet and CIFAR-10; it does not measure its size there.
# - Accuracies in the cost comparison come from different training recipes; they compare published weights, not architectures alone.
#
# ## References
#
# - Fukushima K. (1980). Neocognitron. *Biological Cybernetics* 36, 193–202.
# - He K., Zhang X., Ren S., Sun J. (2016). Deep residual learning for image recognition. *CVPR*.
# - Huang G., Liu Z., van der Maaten L., Weinberger K. Q. (2017). Densely connected convolutional networks. *CVPR*.
# - Krizhevsky A., Sutskever I., Hinton G. E. (2012). ImageNet classification with deep convolutional neural networks. *NIPS*.
# - LeCun Y., Bottou L., Bengio Y., Haffner P. (1998). Gradient-based learning applied to document recognition. *Proc. IEEE* 86(11), 2278–2324.
# - Lin M., Chen Q., Yan S. (2013). Network in network. arXiv:1312.4400.
# - Luo W., Li Y., Urtasun R., Zemel R. (2016). Understanding the effective receptive field in deep convolutional neural networks. *NIPS*.
# - Rosenblatt F. (1958). The perceptron. *Psychological Review* 65(6), 386–408.
# - Rumelhart D. E., Hinton G. E., Williams R. J. (1986). Learning representations by back-propagating errors. *Nature* 323, 533–536.
# - Simonyan K., Zisserman A. (2014). Very deep convolutional networks for large-scale image recognition. arXiv:1409.1556.
# - Szegedy C. et al. (2015). Going deeper with convolutions. *CVPR*; Szegedy C. et al. (2016). Rethinking the Inception architecture for computer vision. *CVPR*.
#
# ## Exercise
#
# Now you: [`exercises/01_cnn_fundamentals.ipynb`](../exercises/01_cnn_fundamentals.ipynb), nine questions, checked at once.
