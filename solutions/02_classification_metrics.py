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
# # Exercise 2: classification metrics, by hand
#
# Ten questions, 24 points. Each asks for the body of one function; the cell under it checks your answer at once and says what it
# expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the
# check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: mend it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.
#
# Throughout, `y` holds 1 (has the finding) and 0 (has not), a higher score means *more positive*, and an image is called
# positive where its score is at least the threshold. What is undefined is `np.nan`, never 0.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
from sklearn.metrics import roc_auc_score

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (2 points): five numbers out of four
#
# Write `basic_metrics(tp, fn, fp, tn)` for four counts (Python's whole numbers). Return a dict with the keys `"sensitivity"`,
# `"specificity"`, `"PPV"`, `"NPV"` and `"F1"`, where F1 = 2 TP / (2 TP + FP + FN). Each is a share of something; where there is
# nothing to take a share of (its denominator is 0), that one is `np.nan` and the others are as they are.


# %% nbgrader={"grade": false, "grade_id": "basic_metrics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def basic_metrics(tp, fn, fp, tn):
    ### BEGIN SOLUTION
    def share(part, whole):
        return part / whole if whole else np.nan

    return {
        "sensitivity": share(tp, tp + fn),
        "specificity": share(tn, tn + fp),
        "PPV": share(tp, tp + fp),
        "NPV": share(tn, tn + fn),
        "F1": share(2 * tp, 2 * tp + fp + fn),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "basic_metrics-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "basic_metrics",
    hint="Which people does each of them look at: the ill, the healthy, those called positive? "
    "What if a denominator is 0?",
):
    point_a = {"sensitivity": 0.63, "specificity": 0.72, "PPV": 63 / 91, "NPV": 72 / 109, "F1": 126 / 191}
    expect(basic_metrics(63, 37, 28, 72), point_a, message="point A of the lecture: 63, 37, 28, 72")
    all_negative = {"sensitivity": 0.0, "specificity": 1.0, "PPV": np.nan, "NPV": 0.9, "F1": 0.0}
    expect(basic_metrics(0, 10, 0, 90), all_negative, message="a classifier that calls nobody positive: 0, 10, 0, 90")
### BEGIN HIDDEN TESTS
for hidden_counts, hidden_values in {
    (24, 76, 88, 12): (24 / 100, 12 / 100, 24 / 112, 12 / 88, 48 / 212),
    (7, 0, 3, 0): (1.0, 0.0, 0.7, np.nan, 14 / 17),
    (0, 0, 4, 16): (np.nan, 0.8, 0.0, 1.0, 0.0),
    (0, 0, 0, 9): (np.nan, 1.0, np.nan, 1.0, np.nan),
    (5, 2, 0, 0): (5 / 7, np.nan, 1.0, 0.0, 10 / 12),
    (0, 3, 5, 8): (0.0, 8 / 13, 0.0, 8 / 11, 0.0),
    (0, 0, 0, 0): (np.nan,) * 5,
}.items():
    hidden_want = dict(zip(("sensitivity", "specificity", "PPV", "NPV", "F1"), hidden_values, strict=True))
    expect(basic_metrics(*hidden_counts), hidden_want, message=f"TP, FN, FP, TN = {hidden_counts}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (2 points): two roots
#
# The Matthews correlation coefficient weighs what goes right against what goes wrong:
#
# $$\mathrm{MCC} = \sqrt{\mathrm{TPR}\cdot\mathrm{TNR}\cdot\mathrm{PPV}\cdot\mathrm{NPV}} -
# \sqrt{\mathrm{FNR}\cdot\mathrm{FPR}\cdot\mathrm{FOR}\cdot\mathrm{FDR}}$$
#
# The lecture's slide has DOR, the diagnostic odds ratio, as the last factor; it has to be FDR, the false discovery rate
# FP / (TP + FP). FOR is the false omission rate, FN / (TN + FN). Write `matthews(tp, fn, fp, tn)`. Where any of the eight rates is
# undefined, MCC is `np.nan`.


# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(tp, fn, fp, tn):
    ### BEGIN SOLUTION
    if 0 in (tp + fn, tn + fp, tp + fp, tn + fn):
        return np.nan
    tpr, tnr, ppv, npv = tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn)
    return np.sqrt(tpr * tnr * ppv * npv) - np.sqrt((1 - tpr) * (1 - tnr) * (1 - ppv) * (1 - npv))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "matthews-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "matthews",
    hint="Each rate under the second root is one minus a rate under the first. Which one minus which? "
    "What if a denominator is 0?",
):
    expect(matthews(77, 23, 77, 23), 0.0, message="point B of the lecture, a coin: 77, 23, 77, 23")
    expect(matthews(50, 0, 0, 50), 1.0, message="all right: 50, 0, 0, 50")
    expect(matthews(24, 76, 88, 12), -0.644658, atol=1e-5, message="point C of the lecture, worse than a coin")
    expect(matthews(0, 10, 0, 90), np.nan, message="nobody is called positive: 0, 10, 0, 90")
### BEGIN HIDDEN TESTS
from sklearn.metrics import matthews_corrcoef as hidden_oracle

for hidden_counts in [(63, 37, 28, 72), (76, 24, 12, 88), (3, 1, 40, 900), (0, 5, 7, 20), (9, 0, 2, 4), (0, 8, 6, 0)]:
    hidden_y, hidden_called = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0]], hidden_counts, axis=1)
    hidden_want = hidden_oracle(hidden_y, hidden_called)
    expect(matthews(*hidden_counts), hidden_want, atol=1e-7, message=f"TP, FN, FP, TN = {hidden_counts}")
for hidden_counts in [(0, 0, 3, 4), (3, 4, 0, 0), (5, 0, 6, 0), (0, 5, 0, 6), (0, 0, 0, 9), (0, 0, 0, 0)]:
    expect(matthews(*hidden_counts), np.nan, message=f"TP, FN, FP, TN = {hidden_counts}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (3 points): the ROC curve, point by point
#
# Write `roc_points(y, score)`: two arrays, the false positive rates and the true positive rates. The curve starts at (0, 0),
# where the threshold is so high that nothing is called positive. Then the threshold comes down to each *distinct* score in turn,
# and each gives one point: images with equal scores cross the threshold together. At the lowest score everything is positive:
# (1, 1). Leave no point out, even on a straight line. `y` and `score` are arrays (N,) in any order, with both classes present;
# scores may be any numbers.


# %% nbgrader={"grade": false, "grade_id": "roc_points", "locked": false, "schema_version": 3, "solution": true, "task": false}
def roc_points(y, score):
    ### BEGIN SOLUTION
    fpr, tpr = [0.0], [0.0]
    for threshold in np.unique(score)[::-1]:
        called = score >= threshold
        fpr.append(called[y == 0].mean())
        tpr.append(called[y == 1].mean())
    return np.array(fpr), np.array(tpr)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "roc_points-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "roc_points", hint="For each distinct score t, from the highest down: which share of each class has score >= t?"
):
    y, score = np.array([0, 1, 1, 0, 1]), np.array([0.2, 0.5, 0.5, 0.5, 0.9])
    points = roc_points(y, score)
    expect(points, (np.array([0, 0, 0.5, 1]), np.array([0, 1 / 3, 1, 1])), message="(fpr, tpr) with three scores of 0.5")
    expect(score, np.array([0.2, 0.5, 0.5, 0.5, 0.9]), message="score was changed in place")
    points = roc_points(np.array([1, 0, 0, 0]), np.array([-3.0, 2.0, 1.0, 1.5]))
    reversed_ranking = (np.array([0, 1 / 3, 2 / 3, 1, 1]), np.array([0.0, 0, 0, 0, 1]))
    expect(points, reversed_ranking, message="(fpr, tpr) of a reversed ranking; these scores are no probabilities")
### BEGIN HIDDEN TESTS
from sklearn.metrics import roc_curve as hidden_oracle

hidden_rng = np.random.default_rng(3)
for hidden_n, hidden_decimals in [(40, 0), (60, 1), (50, 6), (9, 0)]:
    hidden_y = hidden_rng.permutation(np.arange(hidden_n) % 3 == 0).astype(int)
    hidden_score = (hidden_rng.normal(size=hidden_n) * 2 + hidden_y).round(hidden_decimals)
    hidden_fpr, hidden_tpr, _ = hidden_oracle(hidden_y, hidden_score, drop_intermediate=False)
    hidden_got = roc_points(hidden_y.copy(), hidden_score.copy())
    expect(hidden_got, (hidden_fpr, hidden_tpr), message=f"{hidden_n} images, scores to {hidden_decimals} decimals")
hidden_got = roc_points(np.array([0, 1, 1, 0, 0]), np.full(5, 0.7))
expect(hidden_got, (np.array([0.0, 1]), np.array([0.0, 1])), message="all scores equal: two points")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (2 points): a duel
#
# Draw one image with the finding and one without. How often does the first have the higher score? That is the area under the ROC
# curve. Write `rank_auc(y, score)`: the share of all pairs (positive, negative) in which the positive's score is higher, where a
# tie counts half. Without positives or without negatives there is no pair: `np.nan`. Count yourself; `roc_auc_score` is for
# Questions 8 and 10.


# %% nbgrader={"grade": false, "grade_id": "rank_auc", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rank_auc(y, score):
    ### BEGIN SOLUTION
    lead = score[y == 1][:, None] - score[y == 0][None, :]  # one row per positive, one column per negative
    return ((lead > 0) + 0.5 * (lead == 0)).mean() if lead.size else np.nan
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "rank_auc-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check("rank_auc", hint="Compare every positive with every negative: positives[:, None] > negatives[None, :]."):
    expect(rank_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])), 0.75, message="3 of 4 duels won")
    expect(rank_auc(np.array([0, 1, 1]), np.array([0.5, 0.5, 0.9])), 0.75, message="one duel won, one tied")
    expect(rank_auc(np.array([1, 0]), np.array([-3.0, 2.0])), 0.0, message="the only duel lost")
### BEGIN HIDDEN TESTS
from scipy.stats import mannwhitneyu as hidden_oracle

hidden_rng = np.random.default_rng(4)
for hidden_n, hidden_decimals, hidden_shift in [(40, 0, 1), (61, 1, -1), (50, 6, 0.5), (30, 0, -3)]:
    hidden_y = hidden_rng.permutation(np.arange(hidden_n) % 4 == 0).astype(int)
    hidden_score = (hidden_rng.normal(size=hidden_n) + hidden_shift * hidden_y).round(hidden_decimals)
    hidden_won = hidden_oracle(hidden_score[hidden_y == 1], hidden_score[hidden_y == 0]).statistic
    hidden_want = hidden_won / hidden_y.sum() / (1 - hidden_y).sum()
    hidden_said = f"{hidden_n} images, scores to {hidden_decimals} decimals"
    expect(rank_auc(hidden_y, hidden_score), hidden_want, message=hidden_said)
expect(rank_auc(np.array([0, 1, 0, 1]), np.full(4, 0.3)), 0.5, message="all scores equal")
expect(rank_auc(np.ones(3, int), np.array([0.1, 0.2, 0.3])), np.nan, message="no negatives")
expect(rank_auc(np.zeros(3, int), np.array([0.1, 0.2, 0.3])), np.nan, message="no positives")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (3 points): patients, not images
#
# Images of one patient resemble each other, so a bootstrap has to draw patients. Write `resample_patients(groups, rng)` for one
# replicate. `groups` (N,) says whose image each image is; ids are strings or whole numbers, and a patient's images need not stand
# together. `rng` is a NumPy generator, the only source of chance: the same seed gives the same replicate.
#
# Draw as many patients as there are, with replacement, each with the same chance however many images they have. Return an array
# of *image numbers* (0 … N − 1, to be used as `y[indices]`): all images of each drawn patient, as often as the patient was drawn,
# in whatever order. Its length varies.
#
# The checks count with this function how often each image came; you may use it to look at your own answer.


# %% nbgrader={"grade": false, "grade_id": "times_drawn", "locked": true, "schema_version": 3, "solution": false, "task": false}
def times_drawn(indices, groups):
    """How often each image was drawn, by patient: {id: one count per image of that patient}."""
    indices = np.asarray(indices)
    expect(indices.ndim == 1 and indices.dtype.kind in "iu", True, message="return a 1-D array of whole image numbers")
    expect(((indices >= 0) & (indices < len(groups))).all(), True, message="image numbers run from 0 to N − 1")
    times = np.bincount(indices, minlength=len(groups))
    return {patient: times[groups == patient] for patient in np.unique(groups).tolist()}


# %% nbgrader={"grade": false, "grade_id": "resample_patients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resample_patients(groups, rng):
    ### BEGIN SOLUTION
    patients = np.unique(groups)
    drawn = rng.choice(patients, size=len(patients), replace=True)
    return np.concatenate([np.flatnonzero(groups == patient) for patient in drawn])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "resample_patients-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "resample_patients",
    hint="First draw patients with rng, each id once in the urn; then collect the images of each. "
    "Who was drawn twice brings them twice.",
):
    groups = np.array(["Kim", "Ada", "Kim", "Bo", "Ada", "Kim"])
    drawn, again = (
        [times_drawn(resample_patients(groups, np.random.default_rng(seed)), groups) for seed in range(500)]
        for _ in range(2)
    )
    for times in drawn:
        for patient, counts in times.items():
            expect(np.ptp(counts), 0, message=f"{patient}'s images must come equally often, they came {counts} times")
        expect(sum(counts[0] for counts in times.values()), 3, message="three patients, so three draws, repeats counted")
    most = max(counts.max() for times in drawn for counts in times.values())
    expect(most >= 2, True, message="in 500 replicates nobody was drawn twice")
    expect(again, drawn, message="the same seed must give the same replicate: all chance comes from rng")
    mean = {patient: np.mean([times[patient][0] for times in drawn]) for patient in ("Ada", "Bo", "Kim")}
    said = "each patient comes once per replicate on average, however many images there are of them"
    expect(mean, {"Ada": 1.0, "Bo": 1.0, "Kim": 1.0}, atol=0.25, message=said)
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(5)
hidden_groups = hidden_rng.permutation(np.repeat([40, 7, 1003, 12], [1, 2, 7, 20]))
hidden_copy = hidden_groups.copy()
hidden_sum = np.zeros(4)
for _ in range(1000):
    hidden_times = times_drawn(resample_patients(hidden_groups, hidden_rng), hidden_groups).values()
    expect([int(np.ptp(counts)) for counts in hidden_times], [0] * 4, message="a patient's images come equally often")
    expect(sum(counts[0] for counts in hidden_times), 4, message="as many draws as there are patients")
    hidden_sum += [counts[0] for counts in hidden_times]
hidden_said = "each patient comes once per replicate on average, with 1, 2, 7 or 20 images"
expect(hidden_sum / 1000, np.ones(4), rtol=0, atol=0.2, message=hidden_said)
expect(hidden_groups, hidden_copy, message="groups was changed in place")
hidden_many = hidden_rng.integers(0, 60, 200)
hidden_first, hidden_again = (resample_patients(hidden_many, np.random.default_rng(seed)) for seed in (8, 8))
expect(np.sort(hidden_again), np.sort(hidden_first), message="the same generator must give the same replicate")
hidden_one = np.random.default_rng(8)
hidden_two = [np.bincount(resample_patients(hidden_many, hidden_one), minlength=200) for _ in range(2)]
expect(np.array_equal(*hidden_two), False, message="two replicates of one generator must differ")
hidden_alone = np.sort(resample_patients(np.array([5, 5, 5]), hidden_rng))
expect(hidden_alone, np.arange(3), message="a single patient is drawn once, whole")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (3 points): a threshold that has not seen the test
#
# Write `choose_and_test(y_val, score_val, y_test, score_test, target)`. Choose the threshold on the *validation* set: the highest
# of its scores at which the sensitivity on the validation set is at least `target`. Then use it on the test set, whatever comes
# of it. Return `(threshold, test_sensitivity, test_specificity)`. Both sets hold both classes; 0 < `target` ≤ 1.


# %% nbgrader={"grade": false, "grade_id": "choose_and_test", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose_and_test(y_val, score_val, y_test, score_test, target):
    ### BEGIN SOLUTION
    enough = [t for t in score_val if (score_val[y_val == 1] >= t).mean() >= target]
    threshold = max(enough)
    called = score_test >= threshold
    return threshold, called[y_test == 1].mean(), (~called[y_test == 0]).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "choose_and_test-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "choose_and_test", hint="Lowering the threshold raises sensitivity: stop at the first validation score that suffices."
):
    y_val = np.array([0, 0, 1, 0, 1, 1, 0, 1])
    score_val = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    y_test, score_test = np.array([0, 1, 0, 1, 1, 0, 0]), np.array([0.2, 0.45, 0.55, 0.5, 0.9, 0.1, 0.4])
    threshold, sensitivity, specificity = choose_and_test(y_val, score_val, y_test, score_test, 0.75)
    expect(threshold, 0.5, message="threshold: at 0.5, 3 of 4 validation positives are found")
    expect(sensitivity, 2 / 3, message="sensitivity on the test set: below the target, and to be reported as it is")
    expect(specificity, 3 / 4, message="specificity on the test set")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(6)
for hidden_target in (0.5, 0.8, 0.9, 1.0):
    for hidden_decimals, hidden_lead, hidden_shift in [(1, 1.5, -0.7), (6, 1.5, 1.2), (6, 9, -8)]:
        hidden_y = [hidden_rng.permutation(np.arange(n) < n_pos).astype(int) for n, n_pos in [(120, 37), (90, 23)]]
        hidden_score = [(hidden_rng.normal(size=len(y)) + hidden_lead * y).round(hidden_decimals) for y in hidden_y]
        hidden_score[1] = hidden_score[1] + hidden_shift
        hidden_got = choose_and_test(
            hidden_y[0].copy(), hidden_score[0].copy(), hidden_y[1].copy(), hidden_score[1].copy(), hidden_target
        )
        hidden_ranked = np.sort(hidden_score[0][hidden_y[0] == 1])[::-1]
        hidden_threshold = hidden_ranked[int(np.ceil(hidden_target * 37)) - 1]
        hidden_called = hidden_score[1] >= hidden_threshold
        hidden_want = (
            hidden_threshold,
            (hidden_called & (hidden_y[1] == 1)).sum() / 23,
            (~hidden_called & (hidden_y[1] == 0)).sum() / 67,
        )
        expect(hidden_got, hidden_want, message=f"target {hidden_target}, test scores shifted by {hidden_shift}")
        hidden_other = choose_and_test(
            hidden_y[0], hidden_score[0], 1 - hidden_y[1], hidden_score[1] - 0.4, hidden_target
        )
        hidden_said = "another test set must leave the threshold where it was"
        expect(hidden_other[0], hidden_threshold, message=hidden_said)
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (2 points): the same test in another place
#
# Sensitivity and specificity of a test are known from a hospital where half the patients are ill. What is a positive result worth
# elsewhere? Write `ppv_at_prevalence(sensitivity, specificity, prevalence)`, with two numbers and a number *or an array of any
# shape* for `prevalence`; the result has its shape.
#
# - Prevalence 0: nobody is ill, so a positive result is always false, and PPV is 0,
# - unless nobody would be called positive at all: then PPV is undefined, `np.nan`, and no error, whether `prevalence` is one number
#   or an array.
# - A prevalence of NaN gives NaN.


# %% nbgrader={"grade": false, "grade_id": "ppv_at_prevalence", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ppv_at_prevalence(sensitivity, specificity, prevalence):
    ### BEGIN SOLUTION
    prevalence = np.asarray(prevalence, float)
    true_positive = sensitivity * prevalence
    called_positive = true_positive + (1 - specificity) * (1 - prevalence)
    with np.errstate(invalid="ignore"):
        return true_positive / called_positive
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "ppv_at_prevalence-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "ppv_at_prevalence",
    hint="Imagine 1,000 people. How many of them are ill and positive, how many healthy and positive? "
    "And if nobody is positive?",
):
    expect(ppv_at_prevalence(0.9, 0.9, 0.5), 0.9, message="half are ill")
    lecture = ppv_at_prevalence(0.9, 0.9, np.array([0.5, 0.1, 0.0108, 0.0019]))
    expect(lecture, np.array([0.9, 0.5, 0.0895, 0.0168]), rtol=0, atol=1e-4, message="50, 10, 1.08 and 0.19 % are ill")
    edges = ppv_at_prevalence(0.9, 0.9, np.array([0.0, 1.0, np.nan]))
    expect(edges, np.array([0.0, 1.0, np.nan]), message="nobody ill, all ill, unknown")
### BEGIN HIDDEN TESTS
hidden_prevalence = np.array([[1, 20, 60], [150, 500, 1000]]) / 1000
hidden_got = ppv_at_prevalence(0.8, 0.95, hidden_prevalence.copy())
hidden_want = np.array([[800 * p / (800 * p + 50 * (1 - p)) for p in row] for row in hidden_prevalence])
expect(hidden_got, hidden_want, message="sensitivity 0.8, specificity 0.95, prevalence of shape (2, 3)")
expect(ppv_at_prevalence(0.6, 0.3, 0.25), 0.15 / 0.675, message="sensitivity 0.6, specificity 0.3, prevalence 0.25")
hidden_got = ppv_at_prevalence(0.7, 1.0, np.array([0.0, 0.2, 1.0, np.nan]))
expect(hidden_got, np.array([np.nan, 1.0, 1.0, np.nan]), message="specificity 1: nobody is called positive at prevalence 0")
hidden_got = ppv_at_prevalence(0.0, 0.75, np.array([0.0, 0.2, 1.0]))
expect(hidden_got, np.array([0.0, 0.0, np.nan]), message="sensitivity 0: nobody is called positive at prevalence 1")
hidden_said = "one number: nobody is called positive"
expect(ppv_at_prevalence(0.7, 1.0, 0.0), np.nan, message=f"{hidden_said} at prevalence 0 with specificity 1")
expect(ppv_at_prevalence(0.0, 0.75, 1.0), np.nan, message=f"{hidden_said} at prevalence 1 with sensitivity 0")
expect(ppv_at_prevalence(0.7, 0.9, 0.0), 0.0, message="one number: prevalence 0, all positives are false")
expect(ppv_at_prevalence(0.7, 0.9, np.nan), np.nan, message="one number: an unknown prevalence")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (2 points): too bad to be true
#
# A colleague evaluates networks that give *L* probabilities per image, one for each finding. Even of a network that errs nowhere,
# on a finding that 5 of 100 images have, the function says AUC .05 and ACC .50:


# %% nbgrader={"grade": false, "grade_id": "evaluate_as_found", "locked": true, "schema_version": 3, "solution": false, "task": false}
def evaluate_as_found(y_true, probability):
    decisions = (probability > 0).astype(int)
    accuracy = (decisions == y_true).mean()
    auc = roc_auc_score(y_true.ravel(), decisions.ravel())
    return accuracy, auc  # AUC, ACC


rare = np.arange(100)[:, None] < 5
assert evaluate_as_found(rare, np.where(rare, 0.9, 0.1)) == (0.05, 0.5)


# %% [markdown]
# Write it anew as `evaluate(y_true, probability)`, for arrays (N, L) with both classes in each column. Return a dict, in which
# nothing can be swapped unseen: `"AUC"` is the mean over the labels of each label's AUROC, `"ACC"` the mean over the labels of
# the share of images on which a threshold of 0.5 decides right. Here as everywhere, 0.5 itself is positive. (MedMNIST's own
# evaluator reports these two, but calls 0.5 itself negative; no probability in the checks is exactly 0.5.) `roc_auc_score` may be
# used. The function above has more faults than two.


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(y_true, probability):
    ### BEGIN SOLUTION
    columns = zip(y_true.T, probability.T, strict=True)
    return {
        "AUC": np.mean([roc_auc_score(y, p) for y, p in columns]),
        "ACC": ((probability >= 0.5) == y_true).mean(),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "evaluate-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check("evaluate", hint="AUC ranks the probabilities themselves, label by label. ACC decides first: at one half."):
    y_true = np.array([[1, 0], [0, 0], [0, 1], [1, 0]])
    probability = np.array([[0.9, 0.1], [0.6, 0.2], [0.2, 0.3], [0.7, 0.4]])
    expect(evaluate(y_true, probability), {"AUC": 5 / 6, "ACC": 3 / 4}, message="four images, two labels")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(8)
for hidden_n, hidden_shares in [(300, [0.5, 0.1, 0.02]), (80, [0.3]), (150, [0.05, 0.9, 0.4, 0.2, 0.1])]:
    hidden_y = np.stack([hidden_rng.permutation(hidden_n) < share * hidden_n for share in hidden_shares], axis=1) * 1
    hidden_logit = hidden_rng.normal(size=hidden_y.shape) + hidden_y + np.log(hidden_shares)
    hidden_p = 1 / (1 + np.exp(-hidden_logit))
    hidden_duels = [(p[y == 1][:, None] > p[y == 0]).mean() for y, p in zip(hidden_y.T, hidden_p.T, strict=True)]
    hidden_right = [((p >= 0.5) == y).mean() for y, p in zip(hidden_y.T, hidden_p.T, strict=True)]
    hidden_want = {"AUC": np.mean(hidden_duels), "ACC": np.mean(hidden_right)}
    expect(evaluate(hidden_y, hidden_p), hidden_want, message=f"{hidden_n} images, labels on {hidden_shares} of them")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (3 points): does 30 % mean 30 %?
#
# Write `reliability(y, probability, n_bins)`: three arrays of length `n_bins`, `(predicted, observed, count)`. Sort the images by
# probability and cut them into `n_bins` bins with *equally many images* (the lowest probabilities first). For each bin: the mean
# probability, the share of images that really are positive, and the number of images. The number of images is a multiple of
# `n_bins`, and no two probabilities are equal; the images come in any order. Leave the arguments as they were.


# %% nbgrader={"grade": false, "grade_id": "reliability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reliability(y, probability, n_bins):
    ### BEGIN SOLUTION
    bins = np.argsort(probability).reshape(n_bins, -1)
    return probability[bins].mean(axis=1), y[bins].mean(axis=1), np.full(n_bins, bins.shape[1])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "reliability-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check("reliability", hint="np.argsort(probability) gives the order for both; cut that order into equal pieces."):
    y = np.array([1, 0, 1, 1, 0, 0])
    probability = np.array([0.9, 0.02, 0.1, 0.2, 0.3, 0.06])
    predicted, observed, count = reliability(y, probability, 2)
    expect(predicted, np.array([0.06, 1.4 / 3]), message="mean probability of each bin")
    expect(observed, np.array([1 / 3, 2 / 3]), message="share of positives in each bin")
    expect(np.asarray(count, float), np.array([3.0, 3.0]), message="images in each bin")
    expect(probability, np.array([0.9, 0.02, 0.1, 0.2, 0.3, 0.06]), message="probability was changed in place")
    expect(y, np.array([1, 0, 1, 1, 0, 0]), message="y was changed in place")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(9)
for hidden_n, hidden_bins in [(60, 5), (200, 10), (24, 1), (12, 12)]:
    hidden_p = hidden_rng.permutation((np.arange(hidden_n) + 0.5) / hidden_n) ** 3
    hidden_y = (hidden_rng.random(hidden_n) < hidden_p).astype(int)
    hidden_rank = (hidden_p[:, None] > hidden_p).sum(axis=1)
    hidden_members = [hidden_rank // (hidden_n // hidden_bins) == b for b in range(hidden_bins)]
    hidden_got = reliability(hidden_y.copy(), hidden_p.copy(), hidden_bins)
    hidden_said = f"{hidden_n} images in {hidden_bins} bins"
    expect(len(hidden_got), 3, message=hidden_said)
    expect(hidden_got[0], np.array([hidden_p[m].mean() for m in hidden_members]), message=f"{hidden_said}: predicted")
    expect(hidden_got[1], np.array([hidden_y[m].mean() for m in hidden_members]), message=f"{hidden_said}: observed")
    hidden_count = np.full(hidden_bins, hidden_n / hidden_bins)
    expect(np.asarray(hidden_got[2], float), hidden_count, message=f"{hidden_said}: count")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 10 (2 points): how many labels was that?
#
# Write `macro_auroc(y, score)` for arrays (N, L) in which `y` holds 1.0, 0.0, or NaN where nobody knows. For each label, take the
# images whose label is known; where both classes are among them, that label has an AUROC. Return `(value, n_used)`: the mean over
# the labels that have one, and how many these are. With none, that is `(np.nan, 0)`. `roc_auc_score` may be used.


# %% nbgrader={"grade": false, "grade_id": "macro_auroc", "locked": false, "schema_version": 3, "solution": true, "task": false}
def macro_auroc(y, score):
    ### BEGIN SOLUTION
    values = []
    for truth, ranking in zip(y.T, score.T, strict=True):
        known = ~np.isnan(truth)
        if {0, 1} <= set(truth[known]):
            values.append(roc_auc_score(truth[known], ranking[known]))
    return (np.mean(values) if values else np.nan), len(values)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "macro_auroc-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check("macro_auroc", hint="One label at a time: drop its unknown images, see whether both classes are left, then rank."):
    y = np.array([[0, 1, 0], [0, 0, 0], [1, np.nan, 0], [1, 0, np.nan]])
    score = np.array([[0.1, 0.7, 0.3], [0.4, 0.2, 0.1], [0.35, 0.9, 0.6], [0.8, 0.3, 0.5]])
    value, n_used = macro_auroc(y, score)
    expect(n_used, 2, message="the third label has no positive image, so two labels are used")
    expect(value, (0.75 + 1) / 2, message="the mean of those two: 0.75 and 1")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(10)
for hidden_size in [(50, 4), (90, 6)]:
    hidden_y = (hidden_rng.random(hidden_size) < 0.3).astype(float)
    hidden_score = (hidden_rng.normal(size=hidden_size) + hidden_y).round(1)
    hidden_y[hidden_rng.random(hidden_size) < 0.25] = np.nan
    hidden_y[:, 1] = np.where(hidden_y[:, 1] == 1, np.nan, hidden_y[:, 1])
    hidden_y[:, 3] = np.where(hidden_y[:, 3] == 0, np.nan, hidden_y[:, 3])
    hidden_leads = [
        hidden_score[hidden_y[:, j] == 1, j][:, None] - hidden_score[hidden_y[:, j] == 0, j]
        for j in range(hidden_size[1])
        if j not in (1, 3)
    ]
    hidden_want = np.mean([(np.sign(lead) / 2 + 0.5).mean() for lead in hidden_leads])
    hidden_got = macro_auroc(hidden_y.copy(), hidden_score.copy())
    expect(hidden_got, (hidden_want, len(hidden_leads)), message=f"{hidden_size}, two labels of one class only")
hidden_got = macro_auroc(np.array([[0, np.nan], [0, 1]]), np.array([[0.2, 0.1], [0.3, 0.4]]))
expect(hidden_got, (np.nan, 0), message="no label has both classes")
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: `from course_lib import metrics`,
# then `metrics.auroc??` in a cell shows the source.
#
# | Question | In the library |
# |---|---|
# | 1, 2 | `metrics.ConfusionCounts(63, 37, 28, 72).table()`, with intervals |
# | 3 | `metrics.roc_curve` |
# | 4 | `metrics.auroc` |
# | 5 | `metrics.bootstrap_auroc(…, groups=…)` |
# | 6 | `metrics.choose_threshold`, which refuses to be evaluated on the images it has seen |
# | 7 | `metrics.ConfusionCounts.at_prevalence` |
# | 8, 10 | `metrics.auroc` and `metrics.macro_mean` |
# | 9 | `metrics.reliability_curve`, with ties and intervals |
