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
# # Exercise 3: chest X-ray, fourteen findings by hand
#
# Ten questions, 24 points. Each asks for the body of one function; the cell under it checks your answer at once and says what it
# expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the
# check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: mend it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.
#
# Throughout, N images are judged for L findings, of which an image may have none, one or several: `y` (N, L) holds 1 (has the
# finding) and 0 (has not), and `logits` (N, L) is what the network gives before any sigmoid. The arguments are NumPy arrays
# (Question 6: tables), and they stay as they were; where arrays are asked for, tensors will do. What is undefined is `np.nan`, not
# 0, unless the question says otherwise.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import pandas as pd
import torch
from torch.nn import functional as F

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (3 points): two findings at once
#
# An image may show an effusion *and* an enlarged heart. Write `sigmoid_and_softmax(logits, y)`, which returns a dict:
#
# - `"sigmoid"`, (N, L): the probability of each finding where each is a question of its own, $1 / (1 + e^{-z})$;
# - `"softmax"`, (N, L): where the findings of an image share one probability, $e^{z_j} / \sum_k e^{z_k}$;
# - `"ceiling"`, (N,): the highest probability *p* such that softmax could give each of the image's true findings at least *p*, if
#   only the logits were right. It depends on `y` alone. An image without a finding has none: `np.nan`.
#
# Logits may be as large as 1,000 and as small as −1,000, which $e^z$ does not survive.


# %% nbgrader={"grade": false, "grade_id": "sigmoid_and_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_and_softmax(logits, y):
    ### BEGIN SOLUTION
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    n_findings = y.sum(axis=1)
    return {
        "sigmoid": np.exp(-np.logaddexp(0, -logits)),
        "softmax": shifted / shifted.sum(axis=1, keepdims=True),
        "ceiling": np.where(n_findings > 0, 1 / np.maximum(n_findings, 1), np.nan),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "sigmoid_and_softmax-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "sigmoid_and_softmax",
    hint="Softmax stays the same when one number is taken off all logits of an image: take off the largest. "
    "Its probabilities add up to 1: how much can each of k findings have? What if k is 0?",
):
    logits = np.log([[4.0, 4, 1], [1, 9, 1 / 9]])
    got = sigmoid_and_softmax(logits, np.array([[1, 1, 0], [0, 0, 0]]))
    expect(set(got), {"sigmoid", "softmax", "ceiling"}, message="the keys of the dict")
    want = np.array([[0.8, 0.8, 0.5], [0.5, 0.9, 0.1]])
    expect(got["sigmoid"], want, rtol=1e-5, message="sigmoid: the logits are log 4, log 4, 0 and 0, log 9, −log 9")
    want = np.array([[4 / 9, 4 / 9, 1 / 9], [9 / 91, 81 / 91, 1 / 91]])
    expect(got["softmax"], want, rtol=1e-5, message="softmax of the same logits: each image adds up to 1")
    want = np.array([0.5, np.nan])
    expect(got["ceiling"], want, rtol=1e-5, message="ceiling: two findings, and none; no logits give two findings 0.9")
    got = sigmoid_and_softmax(np.array([[1000.0, 1000, -1000]]), np.array([[1, 1, 1]]))
    said = "logits of 1000, 1000 and −1000, all three findings true"
    expect(got["sigmoid"], np.array([[1.0, 1, 0]]), message=f"sigmoid: {said}")
    expect(got["softmax"], np.array([[0.5, 0.5, 0]]), message=f"softmax: {said}")
    expect(got["ceiling"], np.array([1 / 3]), rtol=1e-5, message=f"ceiling: {said}")
### BEGIN HIDDEN TESTS
from scipy.special import expit as hidden_expit
from scipy.special import softmax as hidden_softmax

hidden_rng = np.random.default_rng(1)
for hidden_size in [(6, 14), (40, 5), (3, 3)]:
    hidden_z = hidden_rng.normal(size=hidden_size) * 3 + np.array([-900, 0, 900])[np.arange(hidden_size[0]) % 3][:, None]
    hidden_y = (hidden_rng.random(hidden_size) < 0.3).astype(int)
    hidden_y[0], hidden_y[1], hidden_y[2] = 0, 1, np.arange(hidden_size[1]) == 1
    hidden_copy = hidden_z.copy()
    hidden_got = sigmoid_and_softmax(hidden_z, hidden_y.copy())
    hidden_said = f"{hidden_size[0]} images, {hidden_size[1]} findings, logits about −900, 0 and 900"
    expect(hidden_z, hidden_copy, message="logits was changed in place")
    expect(hidden_got["sigmoid"], hidden_expit(hidden_z), rtol=1e-4, atol=1e-6, message=f"sigmoid: {hidden_said}")
    hidden_want = hidden_softmax(hidden_z, axis=1)
    expect(hidden_got["softmax"], hidden_want, rtol=1e-4, atol=1e-6, message=f"softmax: {hidden_said}")
    hidden_want = np.array([1 / k if k else np.nan for k in hidden_y.sum(axis=1).tolist()])
    expect(hidden_got["ceiling"], hidden_want, rtol=1e-5, message=f"ceiling: {hidden_said}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (2 points): fourteen questions, one loss
#
# CheXNet is trained on the binary cross-entropy of each finding, *summed* over the findings of an image; the loss of a batch is
# the *mean* over its images:
#
# $$\mathcal L = \frac1N \sum_{i=1}^{N} \sum_{j=1}^{L} \bigl[-y_{ij}\log\sigma(z_{ij}) - (1 - y_{ij})\log(1 - \sigma(z_{ij}))\bigr]$$
#
# Write `multilabel_loss(logits, y)` for float arrays (N, L), by hand. Logits may be as large as 1,000 and as small as −1,000: a
# network that is so sure, and wrong, has a loss of 1,000, not of infinity.


# %% nbgrader={"grade": false, "grade_id": "multilabel_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multilabel_loss(logits, y):
    ### BEGIN SOLUTION
    each = np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))
    return each.sum(axis=1).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "multilabel_loss-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "multilabel_loss",
    hint="Sum over the findings, mean over the images. −log σ(z) is log(1 + exp(−z)); with z taken out of the logarithm "
    "where it is negative, that is max(−z, 0) + log(1 + exp(−|z|)).",
):
    got = multilabel_loss(np.zeros((2, 3)), np.array([[1.0, 0, 0], [0, 1, 1]]))
    expect(got, 3 * np.log(2), rtol=1e-5, message="a network that knows nothing: log 2 for each of three findings")
    got = multilabel_loss(np.log([[4.0, 1 / 9]]), np.array([[1.0, 1]]))
    expect(got, -np.log(0.8) - np.log(0.1), rtol=1e-5, message="two true findings with probabilities 0.8 and 0.1")
    sure = np.array([[1000.0, -1000]])
    expect(multilabel_loss(sure, np.array([[1.0, 0]])), 0.0, message="logits 1000 and −1000, both right")
    expect(multilabel_loss(sure, np.array([[0.0, 1]])), 2000.0, rtol=1e-5, message="logits 1000 and −1000, both wrong")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(2)
for hidden_size, hidden_scale in [((5, 14), 1), ((64, 14), 4), ((7, 1), 2), ((1, 6), 3), ((20, 3), 300)]:
    hidden_z = np.clip(hidden_rng.normal(size=hidden_size) * hidden_scale, -1000, 1000)
    hidden_y = (hidden_rng.random(hidden_size) < 0.3).astype(float)
    hidden_copy = hidden_z.copy()
    hidden_each = F.binary_cross_entropy_with_logits(torch.tensor(hidden_z), torch.tensor(hidden_y), reduction="sum")
    hidden_got = multilabel_loss(hidden_z, hidden_y)
    hidden_said = f"{hidden_size[0]} images, {hidden_size[1]} findings, logits of size {hidden_scale}"
    expect(hidden_got, hidden_each.item() / hidden_size[0], rtol=1e-4, message=hidden_said)
    expect(hidden_z, hidden_copy, message="logits was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (2 points): what a rare finding weighs
#
# Where 2 of 1,000 images show a hernia, a loss hears little of it. CheXNet's pneumonia model gives the positives the weight
# $w_+ = |N| / (|P| + |N|)$ and the negatives $w_- = |P| / (|P| + |N|)$, where |P| and |N| are the numbers of images with and without
# the finding: then both kinds weigh the same together.
#
# Write `balancing_weights(y)` for a float array (N, L) of 1, 0, and NaN where nobody knows; an unknown label counts neither as P
# nor as N. Return `(w_pos, w_neg)`, two arrays (L,). A finding of which no label is known asks nothing: both its weights are 0.


# %% nbgrader={"grade": false, "grade_id": "balancing_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def balancing_weights(y):
    ### BEGIN SOLUTION
    positives, negatives = (y == 1).sum(axis=0), (y == 0).sum(axis=0)
    known = np.maximum(positives + negatives, 1)
    return negatives / known, positives / known
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "balancing_weights-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "balancing_weights",
    hint="Count along the images, not along the findings. The rare kind gets the large weight. "
    "What if a denominator is 0?",
):
    y = np.array([[1, 0, 0, np.nan], [0, 0, 1, np.nan], [0, 0, np.nan, np.nan], [0, 0, 1, np.nan]])
    w_pos, w_neg = balancing_weights(y)
    said = "1 of 4 positive, 0 of 4, 2 of the 3 known, nothing known"
    expect(w_pos, np.array([3 / 4, 1, 1 / 3, 0]), rtol=1e-5, message=f"w_pos: {said}")
    expect(w_neg, np.array([1 / 4, 0, 2 / 3, 0]), rtol=1e-5, message=f"w_neg: {said}")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(3)
for hidden_size in [(200, 14), (31, 5)]:
    hidden_y = (hidden_rng.random(hidden_size) < np.linspace(0.05, 0.9, hidden_size[1])).astype(float)
    hidden_y[hidden_rng.random(hidden_size) < 0.2] = np.nan
    hidden_y[:, 1] = np.nan
    hidden_y[:, 3] = np.where(np.isnan(hidden_y[:, 3]), np.nan, 1)
    hidden_copy = hidden_y.copy()
    hidden_got = balancing_weights(hidden_y)
    hidden_share = [np.mean([v for v in column if v == v] or [0]) for column in hidden_copy.T.tolist()]
    hidden_any = np.array([any(v == v for v in column) for column in hidden_copy.T.tolist()])
    hidden_said = f"{hidden_size[0]} images, {hidden_size[1]} findings, of which one unknown and one never absent"
    expect(len(hidden_got), 2, message="(w_pos, w_neg)")
    hidden_want = np.where(hidden_any, 1 - np.array(hidden_share), 0)
    expect(hidden_got[0], hidden_want, rtol=1e-5, atol=1e-7, message=f"w_pos: {hidden_said}")
    expect(hidden_got[1], np.array(hidden_share), rtol=1e-5, atol=1e-7, message=f"w_neg: {hidden_said}")
    expect(hidden_y, hidden_copy, message="y was changed in place")
hidden_got = balancing_weights(np.repeat([[1.0, 0], [0, 1]], [1, 499], axis=0))
expect(hidden_got[0], np.array([0.998, 0.002]), rtol=1e-5, message="w_pos: nothing unknown, 1 and 499 of 500")
expect(hidden_got[1], np.array([0.002, 0.998]), rtol=1e-5, message="w_neg: nothing unknown, 1 and 499 of 500")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (2 points): the weighted loss
#
# Write `weighted_loss(logits, y, w_pos, w_neg)`: as in Question 2, but of finding *j* the positive images count $w_{+j}$ and the
# negative ones $w_{-j}$; the weights are float arrays (L,), and all labels are known. Logits may again be as large as 1,000. A
# weight may be 0.
#
# The check also holds your loss against PyTorch's, which knows `pos_weight`, and looks where the best constant answer is: at 0.5,
# however rare the finding. What a network trained so calls 50 % is not 50 %.


# %% nbgrader={"grade": false, "grade_id": "weighted_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_loss(logits, y, w_pos, w_neg):
    ### BEGIN SOLUTION
    missed = np.logaddexp(0, -logits)  # −log σ(z)
    false_alarm = np.logaddexp(0, logits)  # −log(1 − σ(z))
    return (w_pos * y * missed + w_neg * (1 - y) * false_alarm).sum(axis=1).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "weighted_loss-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "weighted_loss",
    hint="Each of the two terms has its own weight: w_pos where y is 1, w_neg where y is 0. Sum over the findings, mean over "
    "the images; the weights do not change what is divided by. And 0 times infinity?",
):
    y = np.array([[1.0, 0], [0, 1], [0, 1], [0, 1]])
    w_pos, w_neg = np.array([0.75, 0.25]), np.array([0.25, 0.75])
    want = 4 * 0.375 * np.log(2) / 2
    expect(weighted_loss(np.zeros((4, 2)), y, w_pos, w_neg), want, rtol=1e-5, message="all logits 0, N/P = 3 and 1/3")
    logits = np.array([[2.0, 1], [-1, 0.5], [0.3, -2], [-3, 4]])
    each = F.binary_cross_entropy_with_logits(
        *map(torch.tensor, (logits, y)), weight=torch.tensor(w_neg), pos_weight=torch.tensor([3, 1 / 3]), reduction="none"
    )
    want = each.sum(1).mean().item()
    expect(weighted_loss(logits, y, w_pos, w_neg), want, rtol=1e-5, message="PyTorch's: w_neg times BCE, pos_weight N/P")
    constant = [float(weighted_loss(np.full((4, 2), z), y, w_pos, w_neg)) for z in (-0.5, 0.0, 0.5)]
    expect(constant[1] < min(constant[0], constant[2]), True, message="of constant answers, logit 0 is the best")
    sure = np.array([[1000.0, -1000]])
    got = weighted_loss(sure, np.array([[0.0, 1]]), np.array([1.0, 0.5]), np.array([0.25, 0]))
    expect(got, 750.0, rtol=1e-5, message="logits 1000 and −1000, both wrong, with weights 0.25 and 0.5")
    got = weighted_loss(sure, np.array([[0.0, 1]]), np.zeros(2), np.zeros(2))
    expect(got, 0.0, message="logits 1000 and −1000, both wrong, with weights 0")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(4)
for hidden_size, hidden_scale in [((50, 14), 2), ((9, 4), 1), ((30, 3), 300)]:
    hidden_z = np.clip(hidden_rng.normal(size=hidden_size) * hidden_scale, -1000, 1000)
    hidden_y = (hidden_rng.random(hidden_size) < 0.3).astype(float)
    hidden_plus, hidden_minus = hidden_rng.uniform(0.1, 2, size=(2, hidden_size[1]))
    hidden_given = [a.copy() for a in (hidden_z, hidden_y, hidden_plus, hidden_minus)]
    hidden_each = F.binary_cross_entropy_with_logits(
        torch.tensor(hidden_z), torch.tensor(hidden_y), weight=torch.tensor(hidden_minus),
        pos_weight=torch.tensor(hidden_plus / hidden_minus), reduction="sum",
    )  # fmt: skip
    hidden_got = weighted_loss(*hidden_given)
    hidden_said = f"{hidden_size[0]} images, {hidden_size[1]} findings, logits of size {hidden_scale}"
    expect(hidden_got, hidden_each.item() / hidden_size[0], rtol=1e-4, message=hidden_said)
    for hidden_before, hidden_after in zip((hidden_z, hidden_y, hidden_plus, hidden_minus), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
hidden_sure, hidden_y = np.array([[900.0, -800], [-900, 700]]), np.array([[0.0, 1], [1, 0]])
hidden_got = weighted_loss(hidden_sure, hidden_y, np.array([0.0, 1]), np.array([0.5, 0]))
expect(hidden_got, (450 + 800) / 2, rtol=1e-5, message="large logits, all wrong; one weight of each finding is 0")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (3 points): nobody on both sides
#
# Write `split_patients(patients, share, rng)`. `patients` (N,) says whose image each image is: strings or whole numbers, in any
# order, some with many images. `rng` is a NumPy generator, the only source of chance: the same seed gives the same split. Return
# an array (N,) of true and false, true for the *test* images:
#
# - all images of a patient are on one side;
# - of the *patients*, `share` are in the test set, rounded to the nearest whole number; how many images that makes is left to
#   chance (0 < `share` < 1, and no check rounds a half);
# - each patient has the same chance to be there, however many images there are.


# %% nbgrader={"grade": false, "grade_id": "split_patients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_patients(patients, share, rng):
    ### BEGIN SOLUTION
    everyone = np.unique(patients)
    chosen = rng.choice(everyone, size=round(share * len(everyone)), replace=False)
    return np.isin(patients, chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "split_patients-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "split_patients",
    hint="First draw patients with rng, each id once in the urn and none put back; then see whose images are theirs. "
    "int() does not round: 0.29 * 100 is 28.999…",
):
    patients = np.repeat(["Ada", "Bo", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Kim"], [1] * 8 + [8, 12])
    patients = np.random.default_rng(0).permutation(patients)
    names = np.unique(patients).tolist()
    masks, again = ([split_patients(patients.copy(), 0.3, np.random.default_rng(s)) for s in range(400)] for _ in "ab")
    chosen = dict.fromkeys(names, 0)
    for mask, same in zip(masks, again, strict=True):
        mask = np.asarray(mask)
        expect((mask.shape, mask.dtype.kind), ((28,), "b"), message="return one true or false per image: its shape and kind")
        expect(np.asarray(same), mask, message="the same seed must give the same split: all chance comes from rng")
        for name in names:
            expect(len(set(mask[patients == name].tolist())), 1, message=f"{name} is on both sides")
        expect(len(set(patients[mask].tolist())), 3, message="patients in the test set: 0.3 of 10")
        for name in set(patients[mask].tolist()):
            chosen[name] += 1
    for name, times in chosen.items():
        said = f"how often {name} is in the test set: 3 in 10 for everybody, however many images"
        expect(times / 400, 0.3, atol=0.15, message=said)
    got = split_patients(np.arange(100), 0.29, np.random.default_rng(1))
    expect(int(np.asarray(got).sum()), 29, message="patients in the test set: 0.29 of 100, one image each")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(5)
for hidden_n, hidden_share, hidden_want in [(200, 0.07, 14), (10, 0.36, 4), (9, 0.25, 2), (50, 0.58, 29), (30, 0.9, 27)]:
    hidden_patients = hidden_rng.permutation(np.repeat(np.arange(hidden_n) * 7 + 3, hidden_rng.integers(1, 9, hidden_n)))
    hidden_copy = hidden_patients.copy()
    hidden_mask = np.asarray(split_patients(hidden_patients, hidden_share, hidden_rng))
    expect(hidden_patients, hidden_copy, message="patients was changed in place")
    expect((hidden_mask.shape, hidden_mask.dtype.kind), (hidden_copy.shape, "b"), message="shape and kind of the mask")
    hidden_test, hidden_train = set(hidden_copy[hidden_mask].tolist()), set(hidden_copy[~hidden_mask].tolist())
    expect(sorted(hidden_test & hidden_train), [], message="patients on both sides")
    expect(len(hidden_test), hidden_want, message=f"patients in the test set: {hidden_share} of {hidden_n}")
hidden_patients = hidden_rng.permutation(np.repeat(np.arange(16), [1] * 12 + [15] * 4))
hidden_masks = [np.asarray(split_patients(hidden_patients, 0.25, hidden_rng)) for _ in range(600)]
hidden_often = np.mean([[mask[hidden_patients == p].any() for p in range(16)] for mask in hidden_masks], axis=0)
expect(hidden_often, np.full(16, 0.25), rtol=0, atol=0.1, message="how often each patient is in the test set")
expect(len({mask.tobytes() for mask in hidden_masks}) > 100, True, message="600 splits of one generator must differ")
hidden_first, hidden_again = (split_patients(hidden_patients, 0.5, np.random.default_rng(8)) for _ in "ab")
expect(np.asarray(hidden_again), np.asarray(hidden_first), message="the same seed must give the same split")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (2 points): find the leak
#
# A colleague's two tables list images, and she has asserted that no number under `patient` is in both. But the numbers were given
# anew as the tables were made: who is in both tables has two of them. The files' names tell who it is: `00000013_005.png` is an
# image of patient 13. Some stand behind their folder, `images_002/00000013_005.png`.
#
# Write `find_leak(train, test)` for two DataFrames with the columns `image` and `patient`. Return `(patients, n_images)`: the
# ascending list of the patients, as whole numbers, who are in both tables, and how many *test* images are of them. No image is
# listed twice.


# %% nbgrader={"grade": false, "grade_id": "find_leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_leak(train, test):
    ### BEGIN SOLUTION
    def owners(table):
        return [int(name.split("/")[-1].split("_")[0]) for name in table["image"]]

    shared = set(owners(train)) & set(owners(test))
    return sorted(shared), sum(patient in shared for patient in owners(test))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "find_leak-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "find_leak",
    hint='Who is on "images_002/00000013_005.png"? Take what stands behind the last slash and before the next underscore; '
    "int() forgives leading zeros. Then compare people, not file names, and count images of the test table.",
):
    train = ["00000013_000.png", "00000013_005.png", "00000130_000.png", "images_001/00000002_001.png", "00000013_001.png"]
    test = ["images_002/00000013_006.png", "00000007_000.png", "00000002_000.png", "00000013_007.png"]
    train = pd.DataFrame({"image": train, "patient": [0, 0, 1, 2, 0]})
    test = pd.DataFrame({"image": test, "patient": [3, 4, 5, 3]})
    assert set(train["patient"]).isdisjoint(test["patient"])  # which is what she asserted
    patients, n_images = find_leak(train, test)
    expect(patients, [2, 13], message="patients in both tables")
    expect(n_images, 3, message="test images of patients 2 and 13")
    expect(find_leak(train, test.iloc[[1]]), ([], 0), message="patient 7 alone in the test table: no leak")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(6)
for hidden_n_people, hidden_n_train, hidden_n_test in [(40, 60, 25), (3000, 900, 400), (12, 9, 80), (30000, 40, 20)]:
    hidden_all = [(p, f) for p in (hidden_rng.permutation(hidden_n_people)[:200] + 1).tolist() for f in range(12)]
    hidden_pick = [hidden_all[i] for i in hidden_rng.permutation(len(hidden_all))[: hidden_n_train + hidden_n_test]]
    hidden_names = [
        (f"images_{folder:03d}/" if folder < 4 else "") + f"{p:08d}_{f:03d}.png"
        for (p, f), folder in zip(hidden_pick, hidden_rng.integers(1, 8, len(hidden_pick)).tolist(), strict=True)
    ]
    hidden_tables = []
    for hidden_rows in (slice(None, hidden_n_train), slice(hidden_n_train, None)):
        hidden_codes = pd.factorize(np.array([p for p, _ in hidden_pick[hidden_rows]]))[0] + (hidden_rows.start or 0)
        hidden_tables.append(pd.DataFrame({"image": hidden_names[hidden_rows], "patient": hidden_codes}))
    hidden_tables[1].index = hidden_rng.permutation(len(hidden_tables[1])) + 1000
    hidden_sides = [[p for p, _ in hidden_pick[rows]] for rows in (slice(None, hidden_n_train), slice(hidden_n_train, None))]
    hidden_shared = sorted(p for p in set(hidden_sides[1]) if p in hidden_sides[0])
    hidden_copies = [table.copy() for table in hidden_tables]
    hidden_got = find_leak(*hidden_copies)
    hidden_said = f"{hidden_n_train} train and {hidden_n_test} test images"
    expect(hidden_got[0], hidden_shared, message=f"patients in both tables: {hidden_said}")
    expect(hidden_got[1], sum(p in hidden_shared for p in hidden_sides[1]), message=f"test images: {hidden_said}")
    for hidden_before, hidden_after in zip(hidden_tables, hidden_copies, strict=True):
        expect(hidden_after, hidden_before, message="a table was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (3 points): a table with intervals
#
# A bootstrap over patients has been drawn: `weights` (R, N) says how often each image came in each of R replicates, in whole
# numbers, 0 for many. Write `auroc_table(y, score, weights, names)`: a DataFrame with the columns `finding`, `AUROC`, `low` and
# `high` and one row for each of the L `names`, in their order.
#
# - `AUROC`: of the images as they are, each once. Tied scores count half, as always.
# - `low`, `high`: the 2.5th and the 97.5th percentile (`np.percentile`'s) of the finding's AUROC over the replicates.
# - A replicate in which a finding has no positive or no negative image left has no AUROC for it: it does not count for this
#   finding. Where the images as they are lack one of the two, the row is `np.nan` three times.
#
# `y` and `score` are arrays (N, L), R is some hundreds and N small. scikit-learn's `roc_auc_score` may be used.


# %% nbgrader={"grade": false, "grade_id": "auroc_table", "locked": false, "schema_version": 3, "solution": true, "task": false}
def auroc_table(y, score, weights, names):
    ### BEGIN SOLUTION
    def auroc(won, positive, negative):
        pairs = positive.sum() * negative.sum()
        return positive @ won @ negative / pairs if pairs else np.nan

    rows = []
    for name, truth, ranking in zip(names, y.T, score.T, strict=True):
        ill, well = truth == 1, truth == 0
        lead = ranking[ill][:, None] - ranking[well]
        won = (lead > 0) + 0.5 * (lead == 0)
        replicates = np.array([auroc(won, drawn[ill], drawn[well]) for drawn in weights])
        replicates = replicates[~np.isnan(replicates)]
        low, high = np.percentile(replicates, [2.5, 97.5]) if len(replicates) else (np.nan, np.nan)
        rows.append((name, auroc(won, np.ones(ill.sum()), np.ones(well.sum())), low, high))
    return pd.DataFrame(rows, columns=["finding", "AUROC", "low", "high"])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "auroc_table-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "auroc_table",
    hint="An image drawn twice counts twice: np.repeat(images, drawn), or sample_weight=drawn. Drop the replicates that have "
    "no AUROC before you take percentiles, finding by finding.",
):
    y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]])
    score = np.array([[0.9, 0.2, 0.3], [0.3, 0.6, 0.1], [0.4, 0.6, 0.2], [0.1, 0.1, 0.8], [0.3, 0.7, 0.5]])
    weights = np.array([[1, 1, 1, 1, 1], [0, 2, 1, 0, 2], [3, 0, 1, 1, 0], [0, 0, 2, 3, 0], [2, 1, 2, 0, 0]])
    names = ["Mass", "Nodule", "Hernia"]
    got = auroc_table(y, score, weights, names)
    expect(list(got.columns), ["finding", "AUROC", "low", "high"], message="the columns of the DataFrame")
    expect(got["finding"].to_list(), names, message="one row per name")
    want = np.array([4.5 / 6, 5.5 / 6, np.nan])
    expect(got["AUROC"].to_numpy(), want, message="AUROC of the images as they are; nobody has a hernia")
    mass, nodule = [4.5 / 6, 1 / 3, 1, 4 / 6], [5.5 / 6, 3 / 4, 3 / 4]
    for column, percent in {"low": 2.5, "high": 97.5}.items():
        want = np.array([np.percentile(mass, percent), np.percentile(nodule, percent), np.nan])
        said = f"{column}: four replicates have an AUROC for Mass, three for Nodule"
        expect(got[column].to_numpy(), want, message=said)
### BEGIN HIDDEN TESTS
from sklearn.metrics import roc_auc_score as hidden_oracle

hidden_rng = np.random.default_rng(7)
for hidden_n_patients, hidden_n, hidden_r in [(12, 40, 60), (25, 60, 50)]:
    hidden_patient = hidden_rng.integers(0, hidden_n_patients, hidden_n)
    hidden_y = (hidden_rng.random((hidden_n, 5)) < [0.5, 0.3, 0.1, 0.0, 1.0]).astype(int)
    hidden_y[:, 2] = hidden_patient == hidden_patient[3]  # one patient's: often not drawn
    hidden_score = (hidden_rng.normal(size=(hidden_n, 5)) + hidden_y).round(1)
    hidden_w = hidden_rng.multinomial(hidden_n_patients, np.full(hidden_n_patients, 1 / hidden_n_patients), hidden_r)
    hidden_w = hidden_w[:, hidden_patient]
    hidden_names = ["Edema", "Effusion", "Fibrosis", "Hernia", "Anything"]
    hidden_rows = []
    for hidden_j, hidden_name in enumerate(hidden_names[:3]):
        hidden_values = []
        for hidden_drawn in hidden_w:
            hidden_images = np.repeat(np.arange(hidden_n), hidden_drawn)
            if len(set(hidden_y[hidden_images, hidden_j].tolist())) == 2:
                hidden_values.append(hidden_oracle(hidden_y[hidden_images, hidden_j], hidden_score[hidden_images, hidden_j]))
        hidden_estimate = hidden_oracle(hidden_y[:, hidden_j], hidden_score[:, hidden_j])
        hidden_rows.append([hidden_name, hidden_estimate, *np.percentile(hidden_values, [2.5, 97.5])])
    hidden_rows += [[hidden_name, np.nan, np.nan, np.nan] for hidden_name in hidden_names[3:]]
    hidden_given = [a.copy() for a in (hidden_y, hidden_score, hidden_w)]
    hidden_got = auroc_table(*hidden_given, hidden_names)
    hidden_want = pd.DataFrame(hidden_rows, columns=["finding", "AUROC", "low", "high"])
    hidden_said = f"{hidden_n} images of {hidden_n_patients} patients; two findings with one class only"
    expect(hidden_got, hidden_want, message=hidden_said)
    for hidden_before, hidden_after in zip((hidden_y, hidden_score, hidden_w), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (3 points): fourteen thresholds
#
# Each finding needs its own threshold. Write `operate(y_val, score_val, y_test, score_test, target)` for arrays (N, L), where the
# two sets have different N. For each finding take the highest *validation* score at which the sensitivity on the *validation* set
# is at least `target` (an image is called positive where its score is at least the threshold; 0 < `target` ≤ 1). Then use it on
# the test set. Return a dict of three arrays (L,): `"threshold"`, and on the test set `"sensitivity"` and `"specificity"`.
#
# - A finding without positives in the validation set has no threshold: `np.nan` three times.
# - Where the test set has no positives, the sensitivity is `np.nan`; without negatives, the specificity. The rest is as it is.


# %% nbgrader={"grade": false, "grade_id": "operate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def operate(y_val, score_val, y_test, score_test, target):
    ### BEGIN SOLUTION
    def share(part):
        return part.mean() if part.size else np.nan

    got = {"threshold": [], "sensitivity": [], "specificity": []}
    for truth, score, unseen, scored in zip(y_val.T, score_val.T, y_test.T, score_test.T, strict=True):
        enough = [t for t in score if (truth == 1).any() and (score[truth == 1] >= t).mean() >= target]
        threshold = max(enough, default=np.nan)
        called = scored >= threshold
        got["threshold"].append(threshold)
        got["sensitivity"].append(share(called[unseen == 1]) if enough else np.nan)
        got["specificity"].append(share(~called[unseen == 0]) if enough else np.nan)
    return {name: np.array(values) for name, values in got.items()}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "operate-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "operate",
    hint="One finding after the other. Sort the scores of its validation positives: how far down must the threshold come? "
    "What if there are none? No score is at least NaN, so a threshold of NaN calls nobody, and that looks like a specificity of 1.",
):
    y_val = np.array([[0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]])
    score_val = np.array([[0.9, 3, 0.2], [0.8, 2, 0.1], [0.6, 0, 0.4], [0.5, -1, 0.3], [0.4, -2, 0.7], [0.2, -3, 0.6]])
    y_test = np.array([[1, 0, 0], [1, 0, 1], [0, 0, 0], [1, 0, 1]])
    score_test = np.array([[0.4, -2, 0.5], [0.3, 1, 0.2], [0.7, -1, 0.1], [0.9, -4, 0.9]])
    got = operate(y_val, score_val, y_test, score_test, 0.75)
    expect(set(got), {"threshold", "sensitivity", "specificity"}, message="the keys of the dict")
    said = "of three findings, the second is absent in the test set, the third in the validation set"
    expect(got["threshold"], np.array([0.4, -1, np.nan]), rtol=1e-5, message=f"threshold: {said}")
    expect(got["sensitivity"], np.array([2 / 3, np.nan, np.nan]), rtol=1e-5, message=f"sensitivity: {said}")
    expect(got["specificity"], np.array([0, 0.5, np.nan]), rtol=1e-5, message=f"specificity: {said}")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(8)
for hidden_target, hidden_decimals in [(0.5, 1), (0.75, 6), (0.9, 1), (0.95, 6), (1.0, 6)]:
    hidden_y = [np.zeros((n, 6), int) for n in (120, 90)]
    for hidden_set, hidden_counts in zip(hidden_y, [(37, 11, 0, 5, 23, 17), (29, 7, 13, 0, 90, 8)], strict=True):
        for hidden_j, hidden_count in enumerate(hidden_counts):
            hidden_set[hidden_rng.permutation(len(hidden_set))[:hidden_count], hidden_j] = 1
    hidden_score = [hidden_rng.normal(size=y.shape) * 2 + 2 * y for y in hidden_y]
    hidden_score = [hidden_score[0].round(hidden_decimals), (hidden_score[1] - 0.6).round(hidden_decimals)]
    hidden_want = {"threshold": [], "sensitivity": [], "specificity": []}
    for hidden_j in range(6):
        hidden_ranked = np.sort(hidden_score[0][hidden_y[0][:, hidden_j] == 1, hidden_j])[::-1]
        hidden_needed = int(np.ceil(hidden_target * len(hidden_ranked)))
        hidden_threshold = hidden_ranked[hidden_needed - 1] if hidden_needed else np.nan
        hidden_sides = [hidden_score[1][hidden_y[1][:, hidden_j] == side, hidden_j] for side in (1, 0)]
        hidden_called = [[float(s >= hidden_threshold) for s in side.tolist()] for side in hidden_sides]
        hidden_shares = [sum(side) / len(side) if side and hidden_needed else np.nan for side in hidden_called]
        hidden_want["threshold"].append(hidden_threshold)
        hidden_want["sensitivity"].append(hidden_shares[0])
        hidden_want["specificity"].append(1 - hidden_shares[1])
    hidden_given = [a.copy() for a in (hidden_y[0], hidden_score[0], hidden_y[1], hidden_score[1])]
    hidden_got = operate(*hidden_given, hidden_target)
    for hidden_key, hidden_values in hidden_want.items():
        hidden_said = f"{hidden_key} at a target of {hidden_target}, scores to {hidden_decimals} decimals"
        expect(hidden_got[hidden_key], np.array(hidden_values), rtol=1e-5, message=hidden_said)
    for hidden_before, hidden_after in zip((hidden_score[0], hidden_score[1]), hidden_given[1::2], strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (2 points): where the network looks
#
# CheXNet ends with K feature maps $f_k$, their means over all places, and one linear layer, $z_j = \sum_k w_{jk}\,\bar f_k + b_j$.
# The class activation map of finding *j* is $M_j = \sum_k w_{jk} f_k$. Write `activation_maps(features, weights, bias)` for
# float arrays (K, h, w), (L, K) and (L,). Return `(maps, logits)`, of shapes (L, h, w) and (L,).
#
# The maps are what the network computed: no part is cut off and nothing is rescaled. So the mean of a map, plus the bias, is the
# logit; the check looks.


# %% nbgrader={"grade": false, "grade_id": "activation_maps", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_maps(features, weights, bias):
    ### BEGIN SOLUTION
    maps = np.einsum("lk,khw->lhw", weights, features)
    return maps, weights @ features.mean(axis=(1, 2)) + bias
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "activation_maps-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "activation_maps",
    hint="A map is a weighted sum of feature maps: sum over k, not mean, and keep what is negative. "
    "The bias belongs to the logit alone, once.",
):
    features = np.array([[[1.0, 2, 3], [4, 5, 6]], [[0, 0, 2], [0, 1, 0]]])
    weights, bias = np.array([[1.0, -2], [0, 3]]), np.array([0.5, -1])
    maps, logits = activation_maps(features, weights, bias)
    want = np.array([[[1.0, 2, -1], [4, 3, 6]], [[0, 0, 6], [0, 3, 0]]])
    expect(maps, want, rtol=1e-5, message="maps of two findings; the first has weights 1 and −2")
    expect(logits, np.array([3.0, 0.5]), rtol=1e-5, message="logits: means of the features, then the linear layer")
    means = np.array([np.asarray(one).mean() for one in maps])
    expect(means + bias, np.asarray(logits), rtol=1e-5, message="mean of a map + bias = logit")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(9)
for hidden_k, hidden_l, hidden_size in [(16, 14, (7, 7)), (8, 3, (2, 5)), (5, 5, (5, 5)), (3, 1, (4, 1))]:
    hidden_f = hidden_rng.normal(size=(hidden_k, *hidden_size)) + 0.3
    hidden_w, hidden_b = hidden_rng.normal(size=(hidden_l, hidden_k)), hidden_rng.normal(size=hidden_l)
    hidden_conv = F.conv2d(torch.tensor(hidden_f)[None], torch.tensor(hidden_w)[:, :, None, None])[0]
    hidden_pooled = F.adaptive_avg_pool2d(torch.tensor(hidden_f), 1).flatten()
    hidden_z = F.linear(hidden_pooled, torch.tensor(hidden_w), torch.tensor(hidden_b))
    hidden_given = [a.copy() for a in (hidden_f, hidden_w, hidden_b)]
    hidden_got = activation_maps(*hidden_given)
    hidden_said = f"{hidden_k} feature maps of {hidden_size}, {hidden_l} findings"
    expect(len(hidden_got), 2, message="(maps, logits)")
    expect(hidden_got[0], hidden_conv, rtol=1e-4, atol=1e-5, message=f"maps: {hidden_said}")
    expect(hidden_got[1], hidden_z, rtol=1e-4, atol=1e-5, message=f"logits: {hidden_said}")
    for hidden_before, hidden_after in zip((hidden_f, hidden_w, hidden_b), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 10 (2 points): as good as a radiologist?
#
# Where there is no truth but what readers say, CheXNet's paper takes each of the other readers as the truth in turn: a reader's
# score is the *mean of F1 against each other reader*, F1 = 2 TP / (2 TP + FP + FN). The network is one more reader.
#
# Write `f1_against_others(calls)` for an array (N, R) of whole numbers, 1 where reader *r* calls the finding on image *i*, else 0,
# with R ≥ 2. Return an array (R,). Two readers neither of whom calls any image have no F1; then both of them get `np.nan`. Who
# calls nothing while others do has an F1 of 0.


# %% nbgrader={"grade": false, "grade_id": "f1_against_others", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1_against_others(calls):
    ### BEGIN SOLUTION
    n_readers = calls.shape[1]

    def f1(a, b):
        called = calls[:, a].sum() + calls[:, b].sum()  # 2 TP + FP + FN
        return 2 * (calls[:, a] * calls[:, b]).sum() / called if called else np.nan

    return np.array([np.mean([f1(a, b) for b in range(n_readers) if b != a]) for a in range(n_readers)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "f1_against_others-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "f1_against_others",
    hint="One F1 for each pair of readers, then the mean over the others: nobody is compared with themselves. "
    "What if a denominator is 0?",
):
    got = f1_against_others(np.array([[1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 1]]))
    want = np.array([0.75, 0.75, 0.5])
    expect(got, want, rtol=1e-5, message="readers 1 and 2 agree on everything; each has F1 = 0.5 against reader 3")
    got = f1_against_others(np.array([[1, 0, 0], [0, 0, 0], [1, 0, 0]]))
    expect(got, np.array([0, np.nan, np.nan]), message="readers 2 and 3 call nothing, reader 1 calls two images")
    got = f1_against_others(np.array([[1, 0, 1], [1, 0, 1]]))
    expect(got, np.array([0.5, 0, 0.5]), rtol=1e-5, message="only reader 2 calls nothing")
### BEGIN HIDDEN TESTS
from sklearn.metrics import f1_score as hidden_oracle

hidden_rng = np.random.default_rng(10)
for hidden_n, hidden_rates in [(420, [0.3, 0.2, 0.4, 0.25, 0.3]), (30, [0.5, 0.1]), (50, [0.3, 0.0, 0.6]), (9, [0.5, 0, 0, 0.4])]:
    hidden_case = hidden_rng.random((hidden_n, 1))
    hidden_calls = (0.6 * hidden_case + 0.4 * hidden_rng.random((hidden_n, len(hidden_rates))) < hidden_rates).astype(int)
    hidden_calls[0, :2] = hidden_rates[0] > 0, hidden_rates[1] > 0
    hidden_want = []
    for hidden_a in hidden_calls.T:
        hidden_all = [hidden_oracle(hidden_a, hidden_b, zero_division=np.nan) for hidden_b in hidden_calls.T]
        hidden_self = hidden_oracle(hidden_a, hidden_a, zero_division=np.nan)
        hidden_want.append((sum(hidden_all) - hidden_self) / (len(hidden_all) - 1))
    if hidden_n == 50:  # one silent reader: no pair is undefined, but this reader is not to be compared with itself
        hidden_want[1] = 0.0
    hidden_copy = hidden_calls.copy()
    hidden_got = f1_against_others(hidden_calls)
    hidden_said = f"{hidden_n} images, {len(hidden_rates)} readers"
    expect(hidden_got, np.array(hidden_want), rtol=1e-5, message=hidden_said)
    expect(hidden_calls, hidden_copy, message="calls was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: for instance
# `from course_lib.chest_xray import losses`, then `losses.WeightedBCE??` in a cell shows the source. (Its losses are means over the
# findings too, so they are L times smaller.)
#
# | Question | In the library |
# |---|---|
# | 2 | `course_lib.chest_xray.losses.bce` |
# | 3, 4 | `course_lib.chest_xray.losses.WeightedBCE`; `course_lib.metrics.shift_logits` then makes probabilities of its answers |
# | 5 | `ImageSet.split`, with `groups`, which also keeps the mix of findings |
# | 6 | `course_lib.data.leakage`; training refuses a patient who is on both sides |
# | 7 | `course_lib.metrics.bootstrap_auroc(…, groups=…)` |
# | 8 | `course_lib.chest_xray.evaluate.evaluate(…, validation=…)` |
# | 9 | `course_lib.chest_xray.explain.class_activation_map` |
# | 10 | `course_lib.chest_xray.readers.f1_against_others`, with intervals |
