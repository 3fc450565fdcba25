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
# # Exercise 5: counting directions
#
# Ten questions, 24 points. Each asks for the body of one function; the cell under it checks your answer at once and says what it
# expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the
# check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: fix it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.
#
# Throughout, row $i$ of `distances` holds the Euclidean distances from point $i$ to its nearest neighbors, ascending, the point
# itself left out: $T_1 \le T_2 \le \dots \le T_k$. The arguments are NumPy arrays, unless the question says otherwise; your
# function must not change them. What is undefined is `np.nan`, not 0. The data in the checks are invented, except for the published table.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import pandas as pd
from scipy import stats  # for Question 7

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (3 points): two neighbors
#
# Write TwoNN: `twonn(distances)` for `distances` (N, 2 or more), of which only the first two columns count, all above 0. With
# $\mu_i = T_2/T_1$ of each point:
#
# 1. sort the $\mu_i$ in ascending order; the $i$-th lowest has $F_i = i/N$, where $i$ counts from 1;
# 2. keep the lowest `int(0.9 * N)` of them;
# 3. return the slope of the least-squares line **through the origin** of $-\log(1 - F_i)$ against $\log\mu_i$, a float.


# %% nbgrader={"grade": false, "grade_id": "twonn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def twonn(distances):
    ### BEGIN SOLUTION
    logs = np.sort(np.log(distances[:, 1] / distances[:, 0]))
    n = len(logs)
    tail = -np.log(1 - np.arange(1, n) / n)
    kept = int(0.9 * n)
    x, y = logs[:kept], tail[:kept]
    return x @ y / (x @ x)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "twonn-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "twonn",
    hint="Through the origin the slope is Σxy / Σx². Is F of the lowest ratio 1/N, and are the largest tenth of the ratios gone?",
):
    far = np.array([[1, 1.1], [1, 1.5], [2, 2.4], [1, 3], [1, 1.3], [2, 5], [1, 1.05], [1, 1.9], [4, 4.1], [3, 3.9]])
    expect(twonn(far), 2.6229094, rtol=1e-5, message="ten points")
    expect(twonn(np.c_[far, far[:, 1] + 1, far[:, 1] + 2]), 2.6229094, rtol=1e-5, message="the same with two more neighbors")
    level = np.append(np.arange(1, 200) / 200, 0.999)
    exact = np.c_[np.ones(200), (1 - level) ** (-1 / 3)][::-1]  # F is exactly 1 − μ⁻³
    expect(twonn(exact), 3.0, rtol=1e-6, message="200 points whose ratios follow the law of dimension 3")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(1)
for hidden_n, hidden_d in [(40, 2), (137, 7), (11, 1), (300, 12)]:
    hidden_near = 1 + hidden_rng.random(hidden_n)
    hidden_far = hidden_near * (1 - hidden_rng.random(hidden_n)) ** (-1 / hidden_d)
    hidden_given = np.c_[hidden_near, hidden_far, hidden_far * 2]
    hidden_before = hidden_given.copy()
    hidden_x = np.sort(np.log(hidden_far / hidden_near))[: int(0.9 * hidden_n)]
    hidden_y = -np.log1p(-(np.arange(len(hidden_x)) + 1) / hidden_n)
    hidden_want = np.linalg.lstsq(hidden_x[:, None], hidden_y, rcond=None)[0][0]
    expect(twonn(hidden_given), hidden_want, rtol=1e-6, message=f"{hidden_n} points of dimension {hidden_d}")
    expect(hidden_given, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (3 points): maximum likelihood, averaged in two ways
#
# With $L_i = \sum_{j=1}^{k-1} \log(T_k/T_j)$ of each point, write `mle(distances)` for `distances` (N, k), all above 0, with $k \ge 3$
# columns. Return a pair of floats:
#
# - MacKay and Ghahramani's $(k-1)\,/\,\text{mean}_i(L_i)$;
# - Levina and Bickel's $\text{mean}_i\big((k-2)/L_i\big)$.
#
# No $L_i$ is 0.


# %% nbgrader={"grade": false, "grade_id": "mle", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mle(distances):
    ### BEGIN SOLUTION
    k = distances.shape[1]
    sums = np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
    return (k - 1) / sums.mean(), ((k - 2) / sums).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mle-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "mle",
    hint="The first averages the sums and divides once; the second divides each point's sum and averages. k counts all columns.",
):
    far = np.array([[1.0, 2.0, 4.0], [1.0, 1.5, 2.0], [2.0, 2.5, 3.0]])
    together, each = mle(far)
    expect(together, 1.6447109, rtol=1e-5, message="MacKay and Ghahramani, three points, k = 3")
    expect(each, 1.0672471, rtol=1e-5, message="Levina and Bickel, three points, k = 3")
    wide = np.exp(np.array([[0.0, 0.1, 0.3, 0.6, 1.0], [0.0, 0.0, 0.2, 0.2, 0.5]]))
    expect(mle(wide), (1.7391304, 1.4375000), rtol=1e-5, message="two points, k = 5")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(2)
for hidden_n, hidden_k in [(5, 3), (60, 20), (33, 8), (1, 4)]:
    hidden_far = np.sort(hidden_rng.uniform(0.2, 3, (hidden_n, hidden_k)), axis=1)
    hidden_before, hidden_sums = hidden_far.copy(), []
    for hidden_row in hidden_far.tolist():
        hidden_sums.append(sum(np.log(hidden_row[-1]) - np.log(hidden_one) for hidden_one in hidden_row[:-1]))
    hidden_want = (hidden_k - 1) * hidden_n / sum(hidden_sums), sum((hidden_k - 2) / each for each in hidden_sums) / hidden_n
    expect(tuple(mle(hidden_far)), hidden_want, rtol=1e-6, message=f"{hidden_n} points, k = {hidden_k}")
    expect(hidden_far, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (2 points): a published number, put right
#
# The code released with two papers computes $(k-2)\,/\,\text{mean}(L)$, where the maximum of the likelihood is
# $(k-1)\,/\,\text{mean}(L)$. Write `corrected(published, k)`, which turns the first into the second. `published` is an array of any
# shape, `k` a whole number from 2. Return `(value, percent_low)`: an array of the shape of `published`, and a float, by how many percent
# of the *right* value the published one is too low. For $k = 2$ the published number is 0 whatever the data: every `value` is
# `np.nan`, and `percent_low` 100.


# %% nbgrader={"grade": false, "grade_id": "corrected", "locked": false, "schema_version": 3, "solution": true, "task": false}
def corrected(published, k):
    ### BEGIN SOLUTION
    percent_low = 100 / (k - 1)
    if k == 2:
        return np.full(np.shape(published), np.nan), percent_low
    return np.asarray(published) * (k - 1) / (k - 2), percent_low
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "corrected-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "corrected",
    hint="published / value = (k − 2)/(k − 1). How much is missing to 1, in percent?",
):
    value, low = corrected(np.array([4.0, 20.0, 43.0]), 20)
    expect(value, np.array([4.2222222, 21.1111111, 45.3888889]), rtol=1e-5, message="4, 20 and 43, published with k = 20")
    expect(low, 5.2631579, rtol=1e-5, message="percent low at k = 20")
    value, low = corrected(np.array([[7.0]]), 3)
    expect(value, np.array([[14.0]]), message="7, published with k = 3")
    expect(low, 50.0, message="percent low at k = 3")
    value, low = corrected(np.array([0.0, 0.0]), 2)
    expect(value, np.array([np.nan, np.nan]), message="k = 2 tells nothing")
    expect(low, 100.0, message="percent low at k = 2")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(3)
for hidden_k in (2, 3, 4, 5, 12, 50):
    hidden_logs = hidden_rng.exponential(1 / 9, (400, hidden_k - 1)).sum(axis=1).mean()
    hidden_right, hidden_released = (hidden_k - 1) / hidden_logs, (hidden_k - 2) / hidden_logs
    hidden_value, hidden_low = corrected(np.array([hidden_released] * 3), hidden_k)
    hidden_want = np.full(3, np.nan if hidden_k == 2 else hidden_right)
    expect(hidden_value, hidden_want, rtol=1e-6, message=f"k = {hidden_k}")
    expect(hidden_low, 100 * (hidden_right - hidden_released) / hidden_right, rtol=1e-6, message=f"percent low at k = {hidden_k}")
expect(corrected(np.array([0, 0, 0]), 2)[0], np.full(3, np.nan), message="whole numbers at k = 2")
expect(corrected(np.array([[6], [13]]), 4)[0], np.array([[9.0], [19.5]]), message="whole numbers at k = 4")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (2 points): distances that a computer can be trusted with
#
# $\|a-b\|^2 = \|a\|^2 + \|b\|^2 - 2\,ab$ is fast, and in 32 bits it may come out wrong, negative even: where $a$ and $b$ are large
# and close together, the difference of large numbers is all rounding. Write `squared_distances(X)` for `X` (N, D), `float32`, with at
# most 500 rows and 50 columns. Return the (N, N) array of squared Euclidean distances between rows as `float64`, so that
#
# - each is right to six digits, also where the values of `X` are near 1,000 and two rows differ by 0.001;
# - none is negative, and those of a row to itself, and to an exact copy of itself, are 0.


# %% nbgrader={"grade": false, "grade_id": "squared_distances", "locked": false, "schema_version": 3, "solution": true, "task": false}
def squared_distances(X):
    ### BEGIN SOLUTION
    x = X.astype(np.float64)
    return ((x[:, None] - x[None]) ** 2).sum(axis=2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "squared_distances-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "squared_distances",
    hint="Subtract first, square afterwards, and do both in 64 bits: astype(np.float64) before anything else.",
):
    plain = np.array([[0, 0], [3, 4], [3, 4]], np.float32)
    expect(squared_distances(plain), np.array([[0.0, 25, 25], [25, 0, 0], [25, 0, 0]]), message="three points, two of them equal")
    shifted = np.array([[1000, 1000], [1000.5, 1000], [1000, 999]], np.float32)
    expect(squared_distances(shifted), np.array([[0, 0.25, 1], [0.25, 0, 1.25], [1, 1.25, 0]]), rtol=1e-6, message="three points near 1,000")
    close = np.array([[1000, 1000], [1000.001, 1000], [1000, 1000]], np.float32)
    apart = (float(close[1, 0]) - 1000) ** 2
    expect(squared_distances(close), np.array([[0, apart, 0], [apart, 0, apart], [0, apart, 0]]), rtol=1e-6, atol=0, message="two rows near 1,000 that differ by 0.001, and a copy")
    expect(str(squared_distances(shifted).dtype), "float64", message="the type of the answer")
### BEGIN HIDDEN TESTS
from scipy.spatial.distance import cdist as hidden_cdist

hidden_rng = np.random.default_rng(4)
for hidden_n, hidden_d, hidden_offset in [(40, 3, 0), (60, 20, 1000), (30, 5, -30000), (500, 50, 1000)]:
    hidden_x = (hidden_rng.random((hidden_n, hidden_d)) + hidden_offset).astype(np.float32)
    hidden_x[1] = hidden_x[0]
    hidden_x[2] = hidden_x[0] + np.float32(0.001 if abs(hidden_offset) < 5000 else 0.01)
    hidden_before = hidden_x.copy()
    hidden_want = hidden_cdist(hidden_x.astype(np.float64), hidden_x.astype(np.float64), "sqeuclidean")
    hidden_got = squared_distances(hidden_x)
    expect(hidden_got, hidden_want, rtol=1e-6, message=f"{hidden_n} points of {hidden_d} values near {hidden_offset}")
    expect(float(np.min(hidden_got)), 0.0, message="the lowest")
    expect(float(np.abs(np.diag(hidden_got)).max()), 0.0, message="from a row to itself")
    expect(float(hidden_got[0, 1]), 0.0, message="to a copy")
    expect(hidden_x, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (2 points): the same image twice
#
# Write `without_duplicates(images)` for `images` (N, H, W), `uint8`. Return `(rows, dropped)`: the rows (positions from 0, ascending)
# that stay when of every set of identical images only the **first** is kept, and how many are dropped. Two images are identical if
# all their pixels are.


# %% nbgrader={"grade": false, "grade_id": "without_duplicates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def without_duplicates(images):
    ### BEGIN SOLUTION
    _, first = np.unique(images.reshape(len(images), -1), axis=0, return_index=True)
    return np.sort(first), len(images) - len(first)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "without_duplicates-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "without_duplicates",
    hint="np.unique on flattened images has return_index, which is the first of each; sort it. A sum or a mean of pixels does not tell images apart.",
):
    a, b, c = np.eye(3, dtype=np.uint8), np.ones((3, 3), np.uint8), np.fliplr(np.eye(3, dtype=np.uint8))
    rows, dropped = without_duplicates(np.stack([b, a, b, c, a, b]))
    expect(list(rows), [0, 1, 3], message="rows of b, a, b, c, a, b (a and c have the same sum)")
    expect(int(dropped), 3, message="dropped of b, a, b, c, a, b")
    d = a.copy()
    d[2, 0] = 1
    rows, dropped = without_duplicates(np.stack([d, a]))
    expect(list(rows), [0, 1], message="two images that differ in one pixel of their last row")
    expect(int(dropped), 0, message="dropped of two different images")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(5)
for hidden_n, hidden_kinds in [(30, 6), (50, 50), (12, 1), (1, 1), (80, 20)]:
    hidden_all = hidden_rng.integers(0, 256, (hidden_kinds, 4, 5), dtype=np.uint8)
    hidden_all[:, 0, 0] = np.arange(hidden_kinds)
    hidden_images = hidden_all[hidden_rng.integers(0, hidden_kinds, hidden_n)]
    hidden_seen = {}
    for hidden_i, hidden_image in enumerate(hidden_images):
        hidden_seen.setdefault(hidden_image.tobytes(), hidden_i)
    hidden_before = hidden_images.copy()
    hidden_rows, hidden_dropped = without_duplicates(hidden_images)
    expect(list(hidden_rows), sorted(hidden_seen.values()), message=f"rows of {hidden_n} images of {hidden_kinds} kinds")
    expect(int(hidden_dropped), hidden_n - len(hidden_seen), message=f"dropped of {hidden_n}")
    expect(hidden_images, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (3 points): one image per patient
#
# Write `over_draws(estimate, X, patients, n_draws, rng)`. `X` (N, D) are images, `patients` (N,) says whose each is, `rng` is a NumPy
# `Generator`, and `estimate` a function from an array of images to a number. Repeat `n_draws` times: choose **one image of each
# patient**, all images of a patient with the same chance and by `rng` alone, so that a seed repeats the draws, and call `estimate`
# once on these images, in any order. Return `(mean, sd)` of what came: the standard deviation with `ddof=1`, and `np.nan` for one
# draw only.


# %% nbgrader={"grade": false, "grade_id": "over_draws", "locked": false, "schema_version": 3, "solution": true, "task": false}
def over_draws(estimate, X, patients, n_draws, rng):
    ### BEGIN SOLUTION
    found = []
    for _ in range(n_draws):
        rows = [rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]
        found.append(estimate(X[rows]))
    return np.mean(found), np.std(found, ddof=1) if n_draws > 1 else np.nan
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "over_draws-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "over_draws",
    hint="np.flatnonzero(patients == one) are a patient's rows; rng.choice takes one of them. Draw anew in every repetition.",
):
    X, patients = np.arange(7.0)[:, None], np.array(["a", "b", "b", "c", "c", "c", "c"])
    seen = []

    def recorded(images):
        seen.append(sorted(images[:, 0].tolist()))
        return images[:, 0].sum()

    mean, sd = over_draws(recorded, X, patients, 400, np.random.default_rng(0))
    expect(len(seen), 400, message="calls of estimate for 400 draws")
    expect({len(rows) for rows in seen}, {3}, message="images in each draw, of three patients")
    expect({rows[0] for rows in seen}, {0.0}, message="patient a has one image, row 0")
    expect({rows[1] for rows in seen}, {1.0, 2.0}, message="rows of patient b in 400 draws")
    expect({rows[2] for rows in seen}, {3.0, 4.0, 5.0, 6.0}, message="rows of patient c in 400 draws")
    sums = [sum(rows) for rows in seen]
    expect(mean, np.mean(sums), rtol=1e-6, message="mean of what estimate returned")
    expect(sd, np.std(sums, ddof=1), rtol=1e-6, message="standard deviation, ddof=1")
    expect(over_draws(len, X, patients, 1, np.random.default_rng(0))[1], np.nan, message="sd of one draw")
    again = over_draws(recorded, X, patients, 400, np.random.default_rng(0))
    expect(again, (mean, sd), message="the same seed once more: is every choice made by rng?")
### BEGIN HIDDEN TESTS
hidden_seen = []
hidden_patients = np.array([3, 1, 3, 2, 1, 3, 3, 3])
hidden_x = np.c_[np.arange(8.0), np.zeros(8)]


def hidden_recorded(images):
    hidden_seen.append(tuple(sorted(images[:, 0].astype(int))))
    return images[:, 0].max() ** 2


hidden_mean, hidden_sd = over_draws(hidden_recorded, hidden_x, hidden_patients, 600, np.random.default_rng(6))
expect(len(hidden_seen), 600, message="calls of estimate for 600 draws")
for hidden_rows in hidden_seen:
    expect(sorted(hidden_patients[list(hidden_rows)].tolist()), [1, 2, 3], message="patients of a draw")
hidden_times = np.bincount(np.concatenate(hidden_seen), minlength=8)
for hidden_row, hidden_share in zip(range(8), [5, 2, 5, 1, 2, 5, 5, 5], strict=True):
    hidden_sigma = np.sqrt(600 / hidden_share * (1 - 1 / hidden_share)) + 1e-9
    hidden_off = abs(hidden_times[hidden_row] - 600 / hidden_share) / hidden_sigma
    expect(bool(hidden_off < 5), True, message=f"an image of a patient with {hidden_share} comes once in {hidden_share} draws")
hidden_values = [max(hidden_rows) ** 2 for hidden_rows in hidden_seen]
expect(hidden_mean, np.mean(hidden_values), rtol=1e-6, message="mean")
expect(hidden_sd, np.std(hidden_values, ddof=1), rtol=1e-6, message="standard deviation")
hidden_seen.clear()
for hidden_seed in (1, 1, 2):
    over_draws(hidden_recorded, hidden_x, hidden_patients, 30, np.random.default_rng(hidden_seed))
expect(bool(hidden_seen[:30] == hidden_seen[30:60]), True, message="the same seed gives the same draws")
expect(bool(hidden_seen[:30] != hidden_seen[60:]), True, message="another seed gives other draws")
expect(hidden_x, np.c_[np.arange(8.0), np.zeros(8)], message="an argument was changed in place")
hidden_one = over_draws(len, hidden_x, hidden_patients, 1, np.random.default_rng(0))
expect(hidden_one[0], 3, message="mean of one draw")
expect(hidden_one[1], np.nan, message="sd of one draw")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (3 points): accuracy against dimension
#
# Write `line(dimension, accuracy)` for two arrays (S,), one value per data set. Fit accuracy = slope · dimension + intercept by
# least squares and return a dict with
#
# - `slope`;
# - `r2`, $1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2$; `np.nan` where all accuracies are equal. Test that with `np.ptp(accuracy) == 0`: the mean of equal numbers may be off by a rounding, and then $\sum (y - \bar y)^2$ is not exactly 0;
# - `interval`, the 95 % interval (low, high) of the slope: slope ± $t$ · SE with $\text{SE}^2 = \frac{\sum (y-\hat y)^2/(S-2)}{\sum (x-\bar x)^2}$
#   and $t$ the .975 quantile of Student's distribution with $S - 2$ degrees of freedom (`stats.t.ppf`); `(np.nan, np.nan)` for two data sets.
#
# There are at least two data sets, and not all dimensions are equal.


# %% nbgrader={"grade": false, "grade_id": "line", "locked": false, "schema_version": 3, "solution": true, "task": false}
def line(dimension, accuracy):
    ### BEGIN SOLUTION
    x, y = dimension - np.mean(dimension), accuracy - np.mean(accuracy)
    slope = x @ y / (x @ x)
    left = ((y - slope * x) ** 2).sum()
    r2 = np.nan if np.ptp(accuracy) == 0 else 1 - left / (y @ y)
    if len(x) == 2:
        return {"slope": slope, "r2": r2, "interval": (np.nan, np.nan)}
    half = stats.t.ppf(0.975, len(x) - 2) * np.sqrt(left / (len(x) - 2) / (x @ x))
    return {"slope": slope, "r2": r2, "interval": (slope - half, slope + half)}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "line-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "line",
    hint="stats.linregress gives slope, rvalue and stderr. Seven data sets leave five degrees of freedom, where t is 2.57 and not 1.96.",
):
    d = np.array([4.0, 6, 11, 13, 14, 14, 20])  # Konz et al. (2022): radiological data sets, ResNet-18, 2,000 training images
    acc = np.array([0.993, 0.837, 0.751, 0.757, 0.680, 0.775, 0.643])
    found = line(d, acc)
    expect(found["slope"], -0.0193328, rtol=1e-4, message="slope of the seven radiological data sets")
    expect(found["r2"], 0.8236379, rtol=1e-4, message="R² of the seven")
    expect(found["interval"], (-0.0296171, -0.0090485), rtol=1e-4, message="interval of the seven")
    two = line(np.array([1.0, 3.0]), np.array([0.9, 0.7]))
    expect(two["slope"], -0.1, rtol=1e-6, message="slope of two data sets")
    expect(two["interval"], (np.nan, np.nan), message="interval of two data sets")
    flat = line(np.array([4.0, 6.0, 9.0, 13.0, 14.0, 20.0]), np.full(6, 0.7))
    expect(flat["r2"], np.nan, message="R² where all accuracies are equal")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(7)
for hidden_n in (3, 4, 9, 30):
    hidden_x = hidden_rng.uniform(3, 45, hidden_n)
    hidden_y = 1 - 0.01 * hidden_x + hidden_rng.normal(0, 0.05, hidden_n)
    hidden_before = hidden_x.copy(), hidden_y.copy()
    hidden_got, hidden_want = line(hidden_x, hidden_y), stats.linregress(hidden_x, hidden_y)
    expect(hidden_got["slope"], hidden_want.slope, rtol=1e-5, message=f"slope of {hidden_n}")
    expect(hidden_got["r2"], hidden_want.rvalue**2, rtol=1e-5, message=f"R² of {hidden_n}")
    hidden_ends = stats.t.interval(0.95, hidden_n - 2, loc=hidden_want.slope, scale=hidden_want.stderr)
    expect(tuple(hidden_got["interval"]), tuple(map(float, hidden_ends)), rtol=1e-5, message=f"interval of {hidden_n}")
    expect(hidden_x, hidden_before[0], message="dimension was changed in place")
    expect(hidden_y, hidden_before[1], message="accuracy was changed in place")
hidden_flat = line(np.array([4.0, 6.0, 9.0, 13.0, 14.0, 20.0]), np.full(6, 0.7))
expect(hidden_flat["r2"], np.nan, message="R² of six equal accuracies")
hidden_flat = line(np.array([2.0, 5.0]), np.array([0.25, 0.25]))
expect(hidden_flat["r2"], np.nan, message="R² of two equal accuracies")
expect(hidden_flat["slope"], 0.0, message="slope of two equal accuracies")
expect(tuple(hidden_flat["interval"]), (np.nan, np.nan), message="interval of two equal accuracies")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (2 points): which data set carries the line?
#
# Write `leave_one_out(names, dimension, accuracy)` for a list of S different names and two arrays (S,), with $S \ge 3$. Return
# `(slopes, carrier)`: a dict from each name to the least-squares slope (with an intercept) of all data sets *but that one*, and the
# name whose removal changes the slope most, whether up or down. Not all dimensions are equal; but where those of the *other* data sets
# are, the slope is `np.nan`, and such a name is not the carrier.


# %% nbgrader={"grade": false, "grade_id": "leave_one_out", "locked": false, "schema_version": 3, "solution": true, "task": false}
def leave_one_out(names, dimension, accuracy):
    ### BEGIN SOLUTION
    def slope(keep):
        x, y = dimension[keep], accuracy[keep]
        return np.polyfit(x, y, 1)[0] if np.ptp(x) > 0 else np.nan

    everything = np.arange(len(names))
    slopes = {name: slope(everything != k) for k, name in enumerate(names)}
    change = np.abs(np.array(list(slopes.values())) - slope(everything >= 0))
    return slopes, names[int(np.nanargmax(change))]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "leave_one_out-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "leave_one_out",
    hint="Compare each slope with that of all data sets, by the size of the difference; np.nanargmax passes over undefined ones.",
):
    names = ["Prostate", "BraTS", "DBC", "OAI", "MURA", "RSNA", "CheXpert"]
    d = np.array([4.0, 6, 11, 13, 14, 14, 20])
    acc = np.array([0.993, 0.837, 0.751, 0.757, 0.680, 0.775, 0.643])
    slopes, carrier = leave_one_out(names, d, acc)
    expect(slopes["Prostate"], -0.0135099, rtol=1e-4, message="slope without Prostate")
    expect(slopes["CheXpert"], -0.0220893, rtol=1e-4, message="slope without CheXpert")
    expect(sorted(slopes), sorted(names), message="names of the slopes")
    expect(carrier, "Prostate", message="the carrier of the radiological line")
    slopes, carrier = leave_one_out(["a", "b", "c", "e"], np.array([1.0, 1.0, 1.0, 2.0]), np.array([0.7, 0.9, 0.6, 0.5]))
    expect(slopes["e"], np.nan, message="slope without e, where the others have one dimension")
    expect(carrier, "b", message="the carrier of a, b, c and e, of which e cannot be asked")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(8)
for hidden_n in (3, 5, 8, 12):
    hidden_names = [f"set {k}" for k in hidden_rng.permutation(hidden_n)]
    hidden_x, hidden_y = hidden_rng.uniform(3, 30, hidden_n), hidden_rng.uniform(0.5, 1, hidden_n)
    hidden_before = hidden_x.copy(), hidden_y.copy()
    hidden_got, hidden_carrier = leave_one_out(list(hidden_names), hidden_x, hidden_y)
    hidden_all, hidden_change = stats.linregress(hidden_x, hidden_y).slope, []
    for hidden_k, hidden_name in enumerate(hidden_names):
        hidden_want = stats.linregress(np.delete(hidden_x, hidden_k), np.delete(hidden_y, hidden_k)).slope
        expect(hidden_got[hidden_name], hidden_want, rtol=1e-5, message=f"slope without one of {hidden_n}")
        hidden_change.append(abs(hidden_want - hidden_all))
    expect(hidden_carrier, hidden_names[int(np.argmax(hidden_change))], message=f"the carrier of {hidden_n}")
    expect(hidden_x, hidden_before[0], message="dimension was changed in place")
hidden_slopes, hidden_carrier = leave_one_out(["e", "a", "b", "c"], np.array([2.0, 1, 1, 1]), np.array([0.5, 0.7, 0.9, 0.6]))
expect(hidden_slopes["e"], np.nan, message="slope without e, which stands first")
expect(hidden_carrier, "b", message="the carrier where the first cannot be asked")
hidden_names, hidden_x = ["p", "q", "r", "s", "t"], np.array([1.0, 2.0, 3.0, 4.0, 10.0])
for hidden_y in (np.array([0.9, 0.8, 0.85, 0.7, 0.9]), np.array([0.5, 0.6, 0.55, 0.7, 0.5])):
    hidden_slopes = [np.polyfit(np.delete(hidden_x, k), np.delete(hidden_y, k), 1)[0] for k in range(5)]
    hidden_want = hidden_names[int(np.argmax(np.abs(np.array(hidden_slopes) - np.polyfit(hidden_x, hidden_y, 1)[0])))]
    expect(leave_one_out(hidden_names, hidden_x, hidden_y)[1], hidden_want, message="the carrier of a line that turns")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (2 points): label sharpness, done right
#
# Write `sharpness(X, y)`, $K_F = \max |y - y'| / \|x - x'\|$ over all pairs of rows of `X` (N, D), `float64`, with **different** labels `y` (N,).
# Labels are numbers of any type, also `bool` and `uint8`, where subtraction goes wrong: convert them first. With more than two of them the size of their difference counts. Where the same row stands twice with different
# labels, it is `np.inf`; where all labels are equal, `np.nan`. N is at most 200.


# %% nbgrader={"grade": false, "grade_id": "sharpness", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sharpness(X, y):
    ### BEGIN SOLUTION
    best, y = np.nan, y.astype(float)
    for i in range(len(X)):
        for j in range(i):
            if y[i] != y[j]:
                away = np.sqrt(((X[i] - X[j]) ** 2).sum())
                value = abs(y[i] - y[j]) / away if away > 0 else np.inf
                best = value if np.isnan(best) else max(best, value)
    return best
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "sharpness-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "sharpness",
    hint="Only pairs with different labels count. Which distance makes the quotient largest, and what if it is 0?",
):
    x = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.5], [30.0, 0.0]])
    expect(sharpness(x, np.array([0, 0, 1, 1])), 2.0, rtol=1e-6, message="labels 0, 0, 1, 1: the nearest two of different labels are 0.5 apart")
    expect(sharpness(x, np.array([0, 1, 1, 0])), 0.2, rtol=1e-6, message="labels 0, 1, 1, 0: the nearest two of different labels are 5 apart")
    expect(sharpness(x, np.array([0, 5, 5, 0])), 1.0, rtol=1e-6, message="labels 0, 5, 5, 0")
    expect(sharpness(x, np.array([0, 5, 5, 0], np.uint8)), 1.0, rtol=1e-6, message="the same labels as uint8")
    expect(sharpness(x, np.array([1, 1, 1, 1])), np.nan, message="one label only")
    twins = np.array([[1.0, 2.0], [1.0, 2.0], [9.0, 9.0]])
    expect(sharpness(twins, np.array([0, 1, 0])), np.inf, message="the same row with two labels")
    expect(sharpness(twins, np.array([1, 1, 0])), 0.0940721, rtol=1e-5, message="the same row twice with one label")
### BEGIN HIDDEN TESTS
from scipy.spatial.distance import pdist as hidden_pdist

hidden_rng = np.random.default_rng(9)
for hidden_n, hidden_d, hidden_classes in [(20, 3, 2), (60, 10, 2), (90, 4, 5), (12, 1, 3)]:
    hidden_x = hidden_rng.normal(0, 1, (hidden_n, hidden_d))
    hidden_y = hidden_rng.integers(0, hidden_classes, hidden_n)
    hidden_y[:2] = 0, 1
    hidden_before = hidden_x.copy()
    hidden_want = (hidden_pdist(hidden_y[:, None].astype(float)) / hidden_pdist(hidden_x)).max()
    expect(sharpness(hidden_x, hidden_y), hidden_want, rtol=1e-6, message=f"{hidden_n} rows, {hidden_classes} labels")
    expect(hidden_x, hidden_before, message="an argument was changed in place")
hidden_twins = np.array([[0.0], [0.0], [1.0]])
expect(sharpness(hidden_twins, np.array([3, 1, 1])), np.inf, message="a row with two labels")
expect(sharpness(hidden_twins, np.array([1, 1, 3])), 2.0, message="a row twice with one label")
expect(sharpness(hidden_twins, np.array([2, 2, 2])), np.nan, message="one label only")
hidden_x = np.array([[0.0], [2.0], [7.0]])
expect(sharpness(hidden_x, np.array([1, 1, 0], np.uint8)), 0.2, rtol=1e-6, message="labels 1, 1, 0 of type uint8")
expect(sharpness(hidden_x, np.array([0, 1, 1], np.uint8)), 0.5, rtol=1e-6, message="labels 0, 1, 1 of type uint8")
expect(sharpness(hidden_x, np.array([True, False, False])), 0.5, rtol=1e-6, message="labels of type bool")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 10 (2 points): what a test set may choose
#
# `history` is a DataFrame with one row per epoch, in any order, and the columns `epoch` (from 1), `validation_accuracy` and
# `test_accuracy`. Write `honest(history)`. Return a dict with
#
# - `epoch`, the one with the highest *validation* accuracy, the earliest epoch where several are equal (an `int`);
# - `accuracy`, the test accuracy of that epoch;
# - `flattery`, by how much the highest test accuracy of all epochs is above it.


# %% nbgrader={"grade": false, "grade_id": "honest", "locked": false, "schema_version": 3, "solution": true, "task": false}
def honest(history):
    ### BEGIN SOLUTION
    ordered = history.sort_values(["validation_accuracy", "epoch"], ascending=[False, True])
    accuracy = float(ordered["test_accuracy"].iloc[0])
    flattery = float(history["test_accuracy"].max() - accuracy)
    return {"epoch": int(ordered["epoch"].iloc[0]), "accuracy": accuracy, "flattery": flattery}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "honest-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "honest",
    hint="The validation column alone decides about the epoch (highest accuracy first, then lowest epoch); the test column is read once, there.",
):
    history = pd.DataFrame({"epoch": [1, 2, 3, 4, 5], "validation_accuracy": [0.6, 0.8, 0.8, 0.7, 0.75], "test_accuracy": [0.62, 0.74, 0.77, 0.81, 0.7]})
    found = honest(history)
    expect(found["epoch"], 2, message="the epoch, two are equally good on validation images")
    expect(found["accuracy"], 0.74, message="accuracy of epoch 2")
    expect(found["flattery"], 0.07, rtol=1e-6, message="0.81 instead of 0.74")
    found = honest(history.iloc[[4, 3, 0]])
    expect(found["epoch"], 5, message="rows of epochs 5, 4, 1, in this order")
    found = honest(history.iloc[[2, 0, 1]])
    expect(found["epoch"], 2, message="rows of epochs 3, 1, 2, in this order")
    expect(found["accuracy"], 0.74, message="accuracy of epoch 2, which stands last")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(10)
for hidden_n in (1, 2, 10, 40):
    hidden_table = pd.DataFrame({"epoch": np.arange(1, hidden_n + 1), "validation_accuracy": hidden_rng.integers(50, 60, hidden_n) / 60,
                                 "test_accuracy": hidden_rng.integers(50, 100, hidden_n) / 100})  # fmt: skip
    hidden_table = hidden_table.iloc[hidden_rng.permutation(hidden_n)]
    hidden_table = hidden_table.set_index(pd.Index(hidden_rng.permutation(hidden_n) + 7))
    hidden_before, hidden_got = hidden_table.copy(), honest(hidden_table)
    hidden_rows = sorted(hidden_table.itertuples(), key=lambda row: (-row.validation_accuracy, row.epoch))
    expect(hidden_got["epoch"], hidden_rows[0].epoch, message=f"epoch of {hidden_n}")
    expect(hidden_got["accuracy"], hidden_rows[0].test_accuracy, rtol=1e-6, message=f"accuracy of {hidden_n}")
    hidden_top = max(row.test_accuracy for row in hidden_rows)
    expect(hidden_got["flattery"], hidden_top - hidden_rows[0].test_accuracy, rtol=1e-6, message=f"flattery of {hidden_n}")
    expect(bool(hidden_table.equals(hidden_before)), True, message="history was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: for instance
# `from course_lib.intrinsic_dimension import estimators`, then `estimators.TwoNN??` in a cell shows the source.
#
# | Question | In the library |
# |---|---|
# | 1, 2, 3 | `course_lib.intrinsic_dimension.estimators.TwoNN` and `MLE(k, convention)` |
# | 4 | `course_lib.intrinsic_dimension.neighbors.nearest_neighbors`, which never holds all distances at once |
# | 5 | `course_lib.intrinsic_dimension.duplicates.find_duplicates`, also for images in a file |
# | 6 | `MLE().fit(X, groups=patients)` |
# | 7, 8 | `course_lib.intrinsic_dimension.generalization.generalization_fit` and `compare_slopes` |
# | 9 | `course_lib.intrinsic_dimension.sharpness.label_sharpness`, exact for thousands of images |
# | 10 | `course_lib.intrinsic_dimension.learning.training_curves` |
