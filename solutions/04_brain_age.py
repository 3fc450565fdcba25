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
# # Exercise 4: brain age, corrected with care
#
# Ten questions, 25 points. Each asks for the body of one function; the cell under it checks your answer at once and says what it
# expected, what came, and gives a hint. Replace the line `raise NotImplementedError()` by your own code, run the cell, run the
# check.
#
# - A check on a question that you have not touched says *not attempted yet* and lets you go on: answer in any order.
# - No question depends on an answer to another. A wrong answer stops *Run All* at its check: mend it, or go on below it.
# - Your work is graded with the same checks on *other* inputs, so write for every input that the question allows.
#
# Throughout, `age` (N,) are the true ages of N people in years, `predicted` (N,) the ages that a network reads off their brains, and
# the *gap* is predicted − age. The arguments are NumPy arrays of decimal numbers, unless the question says otherwise, and they stay
# as they were. What is undefined is `np.nan`, not 0. The people in the checks are invented or simulated; only Question 1 holds
# published numbers.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np
import pandas as pd
from scipy.special import erf  # for Question 7

from course_lib.checks import check, expect

# %% [markdown]
# ### Question 1 (2 points): what a table lets slip
#
# A paper gives the mean absolute error (MAE) and R² of its methods, but not how much the ages of its people vary. Where the errors
# are normally distributed around 0,
#
# $$\text{MAE} = \text{RMSE}\,\sqrt{2/\pi}, \qquad\text{and always}\qquad R^2 = 1 - \text{RMSE}^2 / \text{SD}^2,$$
#
# where SD is the standard deviation of the true ages. Write `spread_of_ages(mae, r2)` for two arrays (K,), one value per method.
# Return `(rmse, sd)`, two arrays (K,): the RMSE that belongs to each MAE, and the SD of the ages that both numbers imply. R² may be
# negative. Where it is 1 or more, no SD follows: there `sd` is `np.nan`; `rmse` is as it is.
#
# The check takes seven rows of a published table, Bintsi et al. (2020). Rows about the same people should imply the same SD: do they?


# %% nbgrader={"grade": false, "grade_id": "spread_of_ages", "locked": false, "schema_version": 3, "solution": true, "task": false}
def spread_of_ages(mae, r2):
    ### BEGIN SOLUTION
    rmse = mae / np.sqrt(2 / np.pi)
    unexplained = np.where(r2 < 1, 1 - r2, np.nan)
    return rmse, rmse / np.sqrt(unexplained)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "spread_of_ages-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "spread_of_ages",
    hint="The mean absolute error is the smaller of the two: divide by √(2/π) ≈ 0.80. Then solve R² = 1 − RMSE²/SD² for SD. "
    "What if R² is 1?",
):
    rmse, sd = spread_of_ages(np.array([np.sqrt(2 / np.pi), 8.0, 2.0]), np.array([0.75, 0.0, -3.0]))
    said = "MAE 0.798, 8 and 2, R² 0.75, 0 and −3"
    expect(rmse, np.array([1, 10.0265131, 2.5066283]), rtol=1e-5, message=f"rmse: {said}")
    expect(sd, np.array([2, 10.0265131, 1.2533141]), rtol=1e-5, message=f"sd: {said}")
    rmse, sd = spread_of_ages(np.array([0.0, 0.0, 4.0, 2.0]), np.array([0.5, 1.0, 1.2, 1.0]))
    said = "MAE 0, 0, 4 and 2, R² 0.5, 1, 1.2 (which cannot be) and 1"
    expect(rmse, np.array([0, 0, 5.0132565, 2.5066283]), rtol=1e-5, message=f"rmse: {said}")
    expect(sd, np.array([0, np.nan, np.nan, np.nan]), message=f"sd: {said}")
    published_mae = np.array([2.64, 2.43, 2.66, 2.28, 2.13, 2.16, 1.96])
    published_r2 = np.array([0.77, 0.80, 0.78, 0.83, 0.85, 0.85, 0.87])
    want = np.array([6.90, 6.81, 7.11, 6.93, 6.89, 6.99, 6.81])  # near one number; errors are not quite normal, and all is rounded
    got = spread_of_ages(published_mae, published_r2)[1]
    expect(got, want, rtol=1e-3, message="sd implied by the seven rows of Bintsi et al. (2020)")
### BEGIN HIDDEN TESTS
from scipy.optimize import brentq as hidden_solve
from scipy.stats import halfnorm as hidden_halfnorm

hidden_rng = np.random.default_rng(1)
for hidden_n, hidden_low in [(9, 0.0), (30, 0.5), (4, -4.0)]:
    hidden_mae = hidden_rng.uniform(0.5, 12, hidden_n)
    hidden_r2 = hidden_rng.uniform(hidden_low, 0.97, hidden_n)
    hidden_r2[0] = 1 + (hidden_n % 2)
    hidden_given = hidden_mae.copy(), hidden_r2.copy()
    hidden_got = spread_of_ages(*hidden_given)
    expect(len(hidden_got), 2, message="(rmse, sd)")
    hidden_rmse = hidden_mae / hidden_halfnorm.mean()
    hidden_sd = [np.nan]
    for hidden_pair in zip(hidden_rmse[1:].tolist(), hidden_r2[1:].tolist(), strict=True):
        hidden_sd.append(hidden_solve(lambda sd, e, r2: 1 - (e / sd) ** 2 - r2, 0.01, 1e4, args=hidden_pair, xtol=1e-12))
    hidden_said = f"{hidden_n} methods, R² from {hidden_low}"
    expect(hidden_got[0], hidden_rmse, rtol=1e-5, message=f"rmse: {hidden_said}")
    expect(hidden_got[1], np.array(hidden_sd), rtol=1e-5, message=f"sd: {hidden_said}, the first {hidden_r2[0]:.0f}")
    for hidden_before, hidden_after in zip((hidden_mae, hidden_r2), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
hidden_normal = np.random.default_rng(0).normal(0, 3.1, 200_000)
hidden_got = spread_of_ages(np.abs(hidden_normal).mean(keepdims=True), np.array([0.0]))
expect(hidden_got[0], np.sqrt((hidden_normal**2).mean(keepdims=True)), rtol=0.01, message="rmse of 200,000 normal errors")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 (2 points): the same errors, another R²
#
# One paper reports an R² of 0.8, another one of 0.2. Is the second network worse, or are its people more alike? Write
# `accuracy_by_range(predicted, age, ranges)`. `ranges` is a list of pairs `(low, high)`, which may overlap. Return a DataFrame with
# one row for each of them, in their order, and the columns
#
# - `low`, `high`, and `n`, the number of people whose *true* age is at least `low` and at most `high`;
# - `MAE` of these people; `np.nan` where there are none;
# - `R2` of these people, $1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2$, where $\bar y$ is *their* mean age. It is `np.nan` where
#   there are fewer than two of them, or where all are of the same age.


# %% nbgrader={"grade": false, "grade_id": "accuracy_by_range", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy_by_range(predicted, age, ranges):
    ### BEGIN SOLUTION
    rows = []
    for low, high in ranges:
        inside = (low <= age) & (age <= high)
        y, error = age[inside], predicted[inside] - age[inside]
        differ = len(y) > 0 and y.min() < y.max()
        mae = np.abs(error).mean() if len(y) else np.nan
        r2 = 1 - (error**2).sum() / ((y - y.mean()) ** 2).sum() if differ else np.nan
        rows.append((low, high, len(y), mae, r2))
    return pd.DataFrame(rows, columns=["low", "high", "n", "MAE", "R2"])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "accuracy_by_range-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "accuracy_by_range",
    hint="Choose people by age, both ends of the range included, then compute everything from them alone, the mean age too. R² compares "
    "with a guess of that mean, and the narrower the range, the better the guess. It is not the squared correlation.",
):
    age = np.array([40.0, 58, 60, 62, 80, 90, 90])
    predicted = age + np.array([3.0, -3, 3, -3, 3, -1, -5])
    got = accuracy_by_range(predicted, age, [(40, 80), (58, 62), (80, 85), (86, 95), (41, 57)])
    expect(list(got.columns), ["low", "high", "n", "MAE", "R2"], message="the columns of the DataFrame")
    expect(got["low"].to_list(), [40, 58, 80, 86, 41], message="low: one row per range")
    expect(got["high"].to_list(), [80, 62, 85, 95, 57], message="high: one row per range")
    said = "of the ages 40, 58, 60, 62, 80, 90, 90, in the ranges 40–80, 58–62, 80–85, 86–95, 41–57"
    expect(got["n"].to_list(), [5, 3, 1, 2, 0], message=f"n: {said}")
    expect(got["MAE"].to_list(), [3, 3, 3, 3, np.nan], rtol=1e-5, message=f"MAE: {said}; all are 3 years wrong, only those of 90 are 1 and 5")
    want = [1 - 45 / 808, 1 - 27 / 8, np.nan, np.nan, np.nan]
    expect(got["R2"].to_list(), want, rtol=1e-5, message=f"R2: {said}; all are 3 years wrong, only those of 90 are 1 and 5")
### BEGIN HIDDEN TESTS
from sklearn.metrics import mean_absolute_error as hidden_mae_of
from sklearn.metrics import r2_score as hidden_r2_of

hidden_rng = np.random.default_rng(2)
for hidden_n in (300, 40):
    hidden_age = np.sort(hidden_rng.integers(45, 81, hidden_n)).astype(float)
    hidden_age[hidden_age > 76] = 76
    hidden_predicted = 0.8 * hidden_age + 14 + hidden_rng.normal(0, 3, hidden_n)
    hidden_order = hidden_rng.permutation(hidden_n)
    hidden_age, hidden_predicted = hidden_age[hidden_order], hidden_predicted[hidden_order]
    hidden_ranges = [(45, 80), (45, 62), (60, 65.5), (75.5, 80), (81, 99), (50, 70), (70, 76)]
    hidden_rows = []
    for hidden_low, hidden_high in hidden_ranges:
        hidden_pairs = [(p, a) for p, a in zip(hidden_predicted.tolist(), hidden_age.tolist(), strict=True)
                        if hidden_low <= a <= hidden_high]  # fmt: skip
        hidden_p, hidden_a = [p for p, _ in hidden_pairs], [a for _, a in hidden_pairs]
        hidden_rows.append((hidden_low, hidden_high, len(hidden_pairs),
                            hidden_mae_of(hidden_a, hidden_p) if hidden_pairs else np.nan,
                            hidden_r2_of(hidden_a, hidden_p) if len(set(hidden_a)) > 1 else np.nan))  # fmt: skip
    hidden_given = hidden_predicted.copy(), hidden_age.copy()
    hidden_got = accuracy_by_range(*hidden_given, list(hidden_ranges))
    hidden_want = pd.DataFrame(hidden_rows, columns=["low", "high", "n", "MAE", "R2"])
    expect(hidden_got, hidden_want, rtol=1e-5, message=f"{hidden_n} simulated people, the ranges {hidden_ranges}")
    for hidden_before, hidden_after in zip((hidden_predicted, hidden_age), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 3 (2 points): the young look old
#
# A network that is not sure stays near the middle: the gap falls with age. Beheshti et al. (2019) fit that line on a calibration
# cohort,
#
# $$\text{gap} = \alpha \cdot \text{age} + \beta.$$
#
# Write `fit_bias(age, predicted)`, which returns `(alpha, beta)` by least squares. A person whose age or whose prediction is NaN does
# not count. Fewer than two different ages make no line: both are `np.nan`.


# %% nbgrader={"grade": false, "grade_id": "fit_bias", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_bias(age, predicted):
    ### BEGIN SOLUTION
    known = ~np.isnan(age) & ~np.isnan(predicted)
    age, gap = age[known], predicted[known] - age[known]
    if len(np.unique(age)) < 2:
        return np.nan, np.nan
    centered = age - age.mean()
    alpha = (centered * gap).sum() / (centered**2).sum()
    return alpha, gap.mean() - alpha * age.mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "fit_bias-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "fit_bias",
    hint="Drop the pairs in which either number is NaN, both numbers of them. The gap is predicted − age; the line goes over the "
    "true age, not over the predicted one. What if everybody is of one age?",
):
    age, predicted = np.array([50.0, np.nan, 60, 70, 80]), np.array([54.0, 99, 62, 70, np.nan])
    said = "ages 50, 60, 70 predicted as 54, 62, 70, and two pairs with a NaN"
    expect(fit_bias(age, predicted), (-0.2, 14.0), rtol=1e-5, message=f"(alpha, beta): {said}")
    got = fit_bias(np.array([50.0, 60, 70]), np.array([54.0, 61, 71]))
    expect(got, (-0.15, 11.0), rtol=1e-5, message="(alpha, beta): ages 50, 60, 70 predicted as 54, 61, 71")
    got = fit_bias(np.array([62.0, 62, 62, np.nan]), np.array([60.0, 66, 63, 70]))
    expect(got, (np.nan, np.nan), message="(alpha, beta): three people of 62, and one of unknown age")
    got = fit_bias(np.array([np.nan, 62, 70]), np.array([60.0, 61, np.nan]))
    expect(got, (np.nan, np.nan), message="(alpha, beta): one complete pair")
### BEGIN HIDDEN TESTS
from scipy.stats import linregress as hidden_line

hidden_rng = np.random.default_rng(3)
for hidden_n, hidden_slope, hidden_missing in [(200, 0.8, 0.2), (30, 0.5, 0.0), (60, 1.1, 0.3), (12, -0.2, 0.1)]:
    hidden_age = hidden_rng.uniform(45, 80, hidden_n)
    hidden_predicted = hidden_slope * (hidden_age - 62) + 63 + hidden_rng.normal(0, 4, hidden_n)
    hidden_age[hidden_rng.random(hidden_n) < hidden_missing] = np.nan
    hidden_predicted[hidden_rng.random(hidden_n) < hidden_missing] = np.nan
    hidden_pairs = [(a, p - a) for a, p in zip(hidden_age.tolist(), hidden_predicted.tolist(), strict=True) if a == a and p == p]
    hidden_fit = hidden_line([a for a, _ in hidden_pairs], [g for _, g in hidden_pairs])
    hidden_given = hidden_age.copy(), hidden_predicted.copy()
    hidden_got = fit_bias(*hidden_given)
    hidden_said = f"{hidden_n} simulated people, {len(hidden_pairs)} of them complete"
    expect(hidden_got, (hidden_fit.slope, hidden_fit.intercept), rtol=1e-5, message=f"(alpha, beta): {hidden_said}")
    for hidden_before, hidden_after in zip((hidden_age, hidden_predicted), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
for hidden_age, hidden_predicted in [([], []), ([np.nan, np.nan], [60.0, 61]), ([70.0, 70], [64.0, 68]), ([51.0], [60.0])]:
    hidden_got = fit_bias(np.array(hidden_age), np.array(hidden_predicted))
    expect(hidden_got, (np.nan, np.nan), message=f"(alpha, beta): the ages {hidden_age}")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 4 (2 points): two papers, one correction
#
# De Lange and Cole (2020) fit another line on the calibration cohort, predicted = a · age + b, and correct a new person by
#
# $$\text{corrected} = \text{predicted} + \bigl[\text{age} - (a \cdot \text{age} + b)\bigr].$$
#
# Write `delange_cole(age_cal, predicted_cal, age, predicted)`: fit *a* and *b* by least squares on the first two, arrays (M,),
# correct the last two, arrays (N,). Return `(corrected, alpha, beta)`: `corrected` (N,), and what *a* and *b* are in the terms of
# Beheshti's line (Question 3), so that
#
# $$\text{predicted} - (\alpha \cdot \text{age} + \beta)$$
#
# is the same correction. The check holds one against the other. The calibration cohort is complete and has several ages; a new
# person's age may be NaN, and then `corrected` is.


# %% nbgrader={"grade": false, "grade_id": "delange_cole", "locked": false, "schema_version": 3, "solution": true, "task": false}
def delange_cole(age_cal, predicted_cal, age, predicted):
    ### BEGIN SOLUTION
    a, b = np.polyfit(age_cal, predicted_cal, 1)
    return predicted + (age - (a * age + b)), a - 1, b
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "delange_cole-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "delange_cole",
    hint="Fit the predicted age over the true one, on the calibration cohort alone, and use the line on the new one. For alpha and beta, "
    "write both corrections as predicted − (…) and compare what stands before age.",
):
    age_cal, predicted_cal = np.array([50.0, 60, 70]), np.array([55.0, 60, 71])  # a = 0.8, b = 14
    age, predicted = np.array([40.0, 80, np.nan, 60]), np.array([50.0, 76, 60, 65])
    got = delange_cole(age_cal, predicted_cal, age, predicted)
    expect(len(got), 3, message="(corrected, alpha, beta)")
    corrected, alpha, beta = got
    said = "calibrated on ages 50, 60, 70 predicted as 55, 60, 71"
    want = np.array([44.0, 78, np.nan, 63])
    expect(corrected, want, rtol=1e-5, message=f"ages 40, 80, NaN, 60 predicted as 50, 76, 60, 65; {said}")
    expect((alpha, beta), (-0.2, 14.0), rtol=1e-5, message=f"(alpha, beta) of Beheshti's line; {said}")
    same = predicted - (alpha * age + beta)
    expect(np.asarray(corrected), same, rtol=1e-12, atol=0, message="Beheshti's correction with your alpha and beta, to twelve digits")
### BEGIN HIDDEN TESTS
from sklearn.linear_model import LinearRegression as HiddenLine

hidden_rng = np.random.default_rng(4)
for hidden_m, hidden_n, hidden_slope in [(200, 120, 0.8), (40, 7, 0.5), (25, 1, 1.2), (10, 300, 0.0)]:
    hidden_ages = [hidden_rng.uniform(45, 80, size) for size in (hidden_m, hidden_n)]
    hidden_predictions = [hidden_slope * (a - 60) + 63 + hidden_rng.normal(0, 4, len(a)) for a in hidden_ages]
    hidden_predictions[1] = hidden_predictions[1] + 5  # another scanner: the new cohort's own line is another
    hidden_unknown = np.arange(hidden_n) % 5 == 3
    hidden_model = HiddenLine().fit(hidden_ages[0][:, None], hidden_predictions[0] - hidden_ages[0])
    hidden_want = np.where(hidden_unknown, np.nan, hidden_predictions[1] - hidden_model.predict(hidden_ages[1][:, None]))
    hidden_ages[1] = np.where(hidden_unknown, np.nan, hidden_ages[1])
    hidden_all = hidden_ages[0], hidden_predictions[0], hidden_ages[1], hidden_predictions[1]
    hidden_given = [a.copy() for a in hidden_all]
    hidden_got = delange_cole(*hidden_given)
    hidden_said = f"calibrated on {hidden_m} simulated people, applied to {hidden_n} of another scanner"
    expect(hidden_got[0], hidden_want, rtol=1e-9, message=f"corrected: {hidden_said}")
    hidden_line_of = (hidden_model.coef_[0], hidden_model.intercept_)
    expect(tuple(hidden_got[1:]), hidden_line_of, rtol=1e-5, message=f"(alpha, beta): {hidden_said}")
    for hidden_before, hidden_after in zip(hidden_all, hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 5 (2 points): without looking at the answer
#
# Both corrections of Question 4 need the age that was to be predicted. Cole et al. (2018) do without: they fit the same line on the
# calibration cohort, predicted = a · age + b, and *invert* it for new people,
#
# $$\text{corrected} = (\text{predicted} - b) / a.$$
#
# It costs something: two people of the same age whose predictions differ by 1 year differ by more after the correction, where |a|
# is below 1. Write `correct_without_ages(age_cal, predicted_cal, predicted)` and return `(corrected, stretch)`: `corrected` (N,),
# and by how many years two corrected ages differ where the predictions differ by one, a positive number.
#
# The calibration cohort is complete and has several ages. Its *a* may be negative, for a network whose answers fall with age: the
# line is inverted all the same. Where all its *predictions* are equal, there is nothing to invert: every corrected age is `np.nan`,
# and so is `stretch`. A new prediction may be NaN, and then its corrected age is.


# %% nbgrader={"grade": false, "grade_id": "correct_without_ages", "locked": false, "schema_version": 3, "solution": true, "task": false}
def correct_without_ages(age_cal, predicted_cal, predicted):
    ### BEGIN SOLUTION
    a, b = np.polyfit(age_cal, predicted_cal, 1)
    if predicted_cal.min() == predicted_cal.max():  # polyfit may find a slope of 1e-17
        a = np.nan
    return (predicted - b) / a, 1 / abs(a)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "correct_without_ages-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "correct_without_ages",
    hint="Fit the predicted age over the true one and turn the line round; a fit of the true age over the predicted one is another "
    "line. The stretch is 1 / |a|, as a may be negative. Rounding may make a slope of 0 one of 1e-17: look at the predictions themselves.",
):
    age_cal, predicted_cal = np.array([50.0, 60, 70]), np.array([55.0, 60, 71])  # a = 0.8, b = 14
    got = correct_without_ages(age_cal, predicted_cal, np.array([46.0, 62, np.nan, 78, 94]))
    expect(len(got), 2, message="(corrected, stretch)")
    said = "calibrated on ages 50, 60, 70 predicted as 55, 60, 71"
    want = np.array([40.0, 60, np.nan, 80, 100])
    expect(got[0], want, rtol=1e-5, message=f"corrected: predictions 46, 62, NaN, 78, 94; {said}")
    expect(got[1], 1.25, rtol=1e-5, message=f"stretch: {said}")
    got = correct_without_ages(age_cal, 120 - predicted_cal, np.array([90.0, 58]))
    said = "calibrated on ages 50, 60, 70 predicted as 65, 60, 49, which fall with age"
    expect(got[0], np.array([20.0, 60]), rtol=1e-5, message=f"corrected: predictions 90 and 58; {said}")
    expect(got[1], 1.25, rtol=1e-5, message=f"stretch: {said}")
    got = correct_without_ages(age_cal, np.array([62.0, 62, 62]), np.array([60.0, 62]))
    expect(got[0], np.array([np.nan, np.nan]), message="corrected: the network says 62 of everybody in the calibration cohort")
    expect(got[1], np.nan, message="stretch: the network says 62 of everybody in the calibration cohort")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(5)
for hidden_m, hidden_n, hidden_slope in [(150, 80, 0.8), (30, 6, 0.4), (20, 1, -0.7), (60, 40, 1.3)]:
    hidden_age = hidden_rng.uniform(45, 80, hidden_m)
    hidden_predicted = hidden_slope * (hidden_age - 60) + 64 + hidden_rng.normal(0, 3, hidden_m)
    hidden_new = np.where(np.arange(hidden_n) % 5 == 3, np.nan, hidden_rng.uniform(30, 95, hidden_n))
    hidden_all = hidden_age, hidden_predicted, hidden_new
    hidden_sums = [[(hidden_age**2).sum(), hidden_age.sum()], [hidden_age.sum(), hidden_m]]
    hidden_a, hidden_b = np.linalg.solve(hidden_sums, [(hidden_age * hidden_predicted).sum(), hidden_predicted.sum()])
    hidden_want = np.array([(p - hidden_b) / hidden_a for p in hidden_new.tolist()])
    hidden_given = [a.copy() for a in hidden_all]
    hidden_got = correct_without_ages(*hidden_given)
    hidden_said = f"calibrated on {hidden_m} simulated people, applied to {hidden_n}"
    expect(hidden_got[0], hidden_want, rtol=1e-5, message=f"corrected: {hidden_said}")
    expect(hidden_got[1], np.sqrt(hidden_a**-2.0), rtol=1e-5, message=f"stretch: {hidden_said}")
    for hidden_before, hidden_after in zip(hidden_all, hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
hidden_age, hidden_new = np.arange(46.0, 80), hidden_rng.uniform(45, 80, 5)
hidden_got = correct_without_ages(hidden_age, np.full(len(hidden_age), 63.0), hidden_new)
expect(hidden_got[0], np.full(5, np.nan), message="corrected: 34 people, the network says 63 of each")
expect(hidden_got[1], np.nan, message="stretch: 34 people, the network says 63 of each")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 6 (2 points): a constant, corrected, is perfect
#
# A network that says 62 of everybody knows nothing. Its gap is 62 − age, a perfect line; take the line off with the true ages, and
# what is left? Write `flattery(predicted, age)`, which does what should never be reported as accuracy: fit Beheshti's line
# gap = α · age + β on these very people, and correct them by it, corrected = predicted − (α · age + β).
#
# Return a DataFrame with the columns `prediction`, `MAE` and `R2` and two rows, `"raw"` and `"corrected"`. R² is again
# $1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2$, negative where it is. There are at least two different ages and no NaN.
#
# The check does it with a constant and with pure noise (simulated). Noise of 3 years comes to an R² of .91 among people spread
# evenly over the ages from 45 to 80, and of .82 among people spread as in the study of Question 1 (SD 7 years: 1 − 9/49), where the
# network that saw the whole brain came to an honest .77. Corrected gaps are for comparing groups; a corrected MAE or R² is no
# accuracy.


# %% nbgrader={"grade": false, "grade_id": "flattery", "locked": false, "schema_version": 3, "solution": true, "task": false}
def flattery(predicted, age):
    ### BEGIN SOLUTION
    alpha, beta = np.polyfit(age, predicted - age, 1)
    rows = []
    for name, guess in {"raw": predicted, "corrected": predicted - (alpha * age + beta)}.items():
        error = guess - age
        r2 = 1 - (error**2).sum() / ((age - age.mean()) ** 2).sum()
        rows.append((name, np.abs(error).mean(), r2))
    return pd.DataFrame(rows, columns=["prediction", "MAE", "R2"])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "flattery-check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with check(
    "flattery",
    hint="The line goes over the true age, and the true age goes into the correction: that is the trick. Both rows are held against "
    "the true ages. A network may be worse than the mean age, and then R² is negative.",
):
    age = np.array([50.0, 60, 70, 80])
    got = flattery(np.full(4, 62.0), age)
    expect(list(got.columns), ["prediction", "MAE", "R2"], message="the columns of the DataFrame")
    expect(got["prediction"].to_list(), ["raw", "corrected"], message="the rows of the DataFrame")
    said = "[raw, corrected], 62 said of people of 50, 60, 70 and 80"
    expect(got["MAE"].to_list(), [10, 0], rtol=1e-5, atol=1e-6, message=f"MAE: {said}")
    expect(got["R2"].to_list(), [1 - 536 / 500, 1], rtol=1e-5, message=f"R2: {said}")
    got = flattery(np.array([55.0, 60, 71]), np.array([50.0, 60, 70]))
    said = "[raw, corrected], 55, 60, 71 said of people of 50, 60, 70"
    expect(got["MAE"].to_list(), [2, 4 / 3], rtol=1e-5, message=f"MAE: {said}")
    expect(got["R2"].to_list(), [0.87, 0.97], rtol=1e-5, message=f"R2: {said}")
    rng = np.random.default_rng(0)
    n, whole_brain = 100_000, 0.77  # published, before any correction
    noise, evenly, published_sd = rng.normal(62.5, 3, n), rng.uniform(45, 80, n), rng.normal(62.5, 7, n)
    for age, want, said in [(evenly, 0.91, "evenly from 45 to 80"), (published_sd, 0.82, "with an SD of 7 years")]:
        raw, corrected = flattery(noise, age)["R2"]
        said = f"R2 of noise of 3 years (simulated), ages spread {said}"
        expect(raw < 0, True, message=f"{said}: worse than the mean age, so below 0")
        expect(corrected, want, rtol=0, atol=0.005, message=f"{said}; corrected")
    expect(corrected > whole_brain, True, message=f"{said}; corrected, it beats a real network's {whole_brain}")
### BEGIN HIDDEN TESTS
from sklearn.linear_model import LinearRegression as HiddenLine
from sklearn.metrics import mean_absolute_error as hidden_mae_of
from sklearn.metrics import r2_score as hidden_r2_of

hidden_rng = np.random.default_rng(6)
for hidden_n, hidden_slope, hidden_sd in [(200, 0.0, 3), (50, 0.8, 3), (30, -0.5, 6), (400, 0.0, 0), (3, 1.4, 5)]:
    hidden_age = hidden_rng.uniform(45, 80, hidden_n)
    hidden_predicted = hidden_slope * (hidden_age - 62) + 66 + hidden_rng.normal(size=hidden_n) * hidden_sd
    hidden_gap = (hidden_predicted - hidden_age)[:, None]
    hidden_fitted = HiddenLine().fit(hidden_age[:, None], hidden_gap).predict(hidden_age[:, None])[:, 0]
    hidden_two = [hidden_predicted, hidden_predicted - hidden_fitted]
    hidden_given = hidden_predicted.copy(), hidden_age.copy()
    hidden_got = flattery(*hidden_given)
    hidden_said = f"[raw, corrected], {hidden_n} simulated people, slope {hidden_slope}, noise {hidden_sd}"
    expect(hidden_got["prediction"].to_list(), ["raw", "corrected"], message="the rows of the DataFrame")
    hidden_want = [hidden_mae_of(hidden_age, one) for one in hidden_two]
    expect(hidden_got["MAE"].to_list(), hidden_want, rtol=1e-5, atol=1e-6, message=f"MAE: {hidden_said}")
    hidden_want = [hidden_r2_of(hidden_age, one) for one in hidden_two]
    expect(hidden_got["R2"].to_list(), hidden_want, rtol=1e-5, atol=1e-6, message=f"R2: {hidden_said}")
    for hidden_before, hidden_after in zip((hidden_predicted, hidden_age), hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 7 (3 points): an age as forty probabilities
#
# SFCN does not answer with a number. It has 40 bins of one year, the first from 42 to 43, the last from 81 to 82, and gives each a
# probability. It learns from *soft labels*: a person of age *y* is a normal distribution around *y* with standard deviation σ, and
# each bin gets its mass, the integral of the density from the bin's lower to its upper edge:
#
# $$m_k = \Phi\!\left(\frac{43 + k - y}{\sigma}\right) - \Phi\!\left(\frac{42 + k - y}{\sigma}\right), \qquad
# \Phi(z) = \tfrac12\bigl[1 + \operatorname{erf}(z / \sqrt2)\bigr], \qquad k = 0, \dots, 39$$
#
# What falls outside 42 to 82 is lost; so the masses are divided by their sum, $p_k = m_k / \sum_j m_j$. Back to a number it goes by
# the mean of the bins' *centers*, $\sum_k p_k\,(42.5 + k)$.
#
# Write `soft_labels(age, sigma)`; return `(p, back)`, of shapes (N, 40) and (N,), where `back` are the numbers that come of `p`. Ages
# are between 40 and 84 and `sigma`, one number, between 0.5 and 10. Does a person at the edge come back as old as before?


# %% nbgrader={"grade": false, "grade_id": "soft_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def soft_labels(age, sigma):
    ### BEGIN SOLUTION
    edges = np.arange(42, 83)
    below = 0.5 * (1 + erf((edges - age[:, None]) / (sigma * np.sqrt(2))))
    mass = np.diff(below, axis=1)
    p = mass / mass.sum(axis=1, keepdims=True)
    return p, p @ (edges[:-1] + 0.5)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "soft_labels-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "soft_labels",
    hint="41 edges, 42 to 82, make 40 bins; the mass of a bin is the difference of Φ at its two edges, not the density at its center. "
    "Divide each person's masses by that person's sum.",
):
    got = soft_labels(np.array([62.5, 62.0, 42.0, 82.0]), 1.0)
    expect(len(got), 2, message="(p, back)")
    p, back = got
    expect(np.shape(p), (4, 40), message="the shape of p: four people, forty bins")
    p = np.asarray(p)
    expect(p.sum(axis=1), np.ones(4), rtol=1e-5, message="the probabilities of each person add up to 1")
    want = np.array([0.2417303, 0.3829249, 0.2417303])
    expect(p[0, 19:22], want, rtol=1e-5, message="p[0, 19:22]: age 62.5 in the bins from 61 to 64")
    want = np.array([0.1359051, 0.3413447, 0.3413447, 0.1359051])
    expect(p[1, 18:22], want, rtol=1e-5, message="p[1, 18:22]: age 62 in the bins from 60 to 64")
    want = np.array([0.6826895, 0.2718102, 0.0428005])
    expect(p[2, :3], want, rtol=1e-5, message="p[2, :3]: age 42 in the bins from 42 to 45; half of the mass is lost")
    want = np.array([62.5, 62, 42.8655745, 81.1344255])
    expect(back, want, rtol=1e-5, message="back: ages 62.5, 62, 42 and 82; at the edge even the label looks inward")
    got = np.asarray(soft_labels(np.array([62.0]), 2.0)[0])
    want = np.array([0.1498823, 0.1914625, 0.1914625, 0.1498823])
    expect(got[0, 18:22], want, rtol=1e-5, message="p[0, 18:22]: age 62 in the bins from 60 to 64, sigma 2")
### BEGIN HIDDEN TESTS
from scipy.stats import truncnorm as hidden_truncated

hidden_rng = np.random.default_rng(7)
for hidden_sigma in (1.0, 0.5, 2.5, 10.0):
    hidden_ages = np.concatenate([[40, 42, 62, 82, 84], hidden_rng.uniform(40, 84, 12)])
    for hidden_age in (hidden_ages, hidden_ages[-1:]):
        hidden_copy = hidden_age.copy()
        hidden_rows = []
        for hidden_one in hidden_age.tolist():
            hidden_low, hidden_high = (42 - hidden_one) / hidden_sigma, (82 - hidden_one) / hidden_sigma
            hidden_law = hidden_truncated(hidden_low, hidden_high, loc=hidden_one, scale=hidden_sigma)
            hidden_rows.append(np.diff(hidden_law.cdf(np.arange(42, 83))).tolist())
        hidden_got = soft_labels(hidden_age, hidden_sigma)
        hidden_said = f"{len(hidden_age)} people, sigma {hidden_sigma}"
        expect(hidden_got[0], np.array(hidden_rows), rtol=1e-4, atol=1e-6, message=f"p: {hidden_said}")
        hidden_want = [sum(q * (k + 42.5) for k, q in enumerate(row)) for row in hidden_rows]
        expect(hidden_got[1], np.array(hidden_want), rtol=1e-5, message=f"back: {hidden_said}")
        expect(hidden_age, hidden_copy, message="age was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 8 (4 points): many patches, one age, no peeking
#
# P networks, each trained on another patch of the brain, have predicted the ages of N people whom they had never seen. Together
# they know more: $\hat y = w_0 + \sum_i w_i \hat y_i$, over the best few patches. But who *chooses* the patches and fits the
# weights must not have seen the people either. Write `stack_patches(patch_ages, age, fold, n_best)` for arrays (N, P), (N,), and
# `fold` (N,), whole numbers (any) that say in which fold each person is. For each fold, use only the people of *all other* folds:
#
# - choose the `n_best` patches with the smallest MAE; of equal ones the one that stands further left in `patch_ages`;
# - fit $w_0$ and the $w_i$ of these patches by least squares;
# - then predict the people *in* the fold.
#
# Return an array (N,), the prediction of each person, in the order of the arguments. There are always enough people for the fit,
# and no chosen patch is a sum of others. The check changes the ages of a fold and looks: its own predictions may not move.


# %% nbgrader={"grade": false, "grade_id": "stack_patches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stack_patches(patch_ages, age, fold, n_best):
    ### BEGIN SOLUTION
    stacked = np.empty(len(age))
    for one in np.unique(fold):
        inside = fold == one
        mae = np.abs(patch_ages[~inside] - age[~inside, None]).mean(axis=0)
        best = np.argsort(mae, kind="stable")[:n_best]
        design = np.column_stack([np.ones(len(age)), patch_ages[:, best]])
        weights = np.linalg.lstsq(design[~inside], age[~inside], rcond=None)[0]
        stacked[inside] = design[inside] @ weights
    return stacked
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "stack_patches-check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with check(
    "stack_patches",
    hint="One loop over the folds: choose and fit on fold != one, predict on fold == one. A column of ones makes w0. "
    'np.argsort(…, kind="stable") leaves equal ones in their order.',
):
    age = np.array([45.0, 50, 55, 60, 65, 70, 75, 80])
    fold = np.array([3, 7, 3, 7, 3, 7, 3, 7])
    patch_ages = np.array(
        [
            [60.0, 55, 50, 60, 72, 65, 56, 70],  # in fold 7: 30 + age / 2
            [42.0, 70, 52, 50, 62, 60, 72, 90],  # in fold 3: age − 3
            [50.0, 55, 60, 65, 70, 70, 80, 70],  # in fold 7 as wrong as the first patch, and further right
            [57.0, 55.5, 43, 54.5, 77, 75.5, 63, 74.5],  # in fold 7 wrong by 5.5 years each time
        ]
    ).T
    got = stack_patches(patch_ages, age, fold, 1)
    want = np.array([60.0, 73, 40, 53, 84, 63, 52, 93])
    said = "one patch: outside fold 3 the first is the best, age = 2 p − 60; outside fold 7 the second, age = p + 3"
    expect(got, want, rtol=1e-5, message=said)
    rng = np.random.default_rng(0)
    age, fold = rng.uniform(45, 80, 60), rng.permutation(np.repeat([0, 1, 2], 20))
    patch_ages = age[:, None] + rng.normal(size=(60, 12)) * np.linspace(5, 9, 12)
    before = np.array(stack_patches(patch_ages.copy(), age.copy(), fold.copy(), 4))
    expect(before.shape, (60,), message="one prediction per person")
    for one in (0, 1, 2):
        changed = np.where(fold == one, 125 - age[::-1], age)
        after = np.array(stack_patches(patch_ages.copy(), changed, fold.copy(), 4))
        said = f"the ages in fold {one} were changed: its predictions must stay (is something chosen or fitted on its people?)"
        expect(after[fold == one], before[fold == one], rtol=1e-5, message=said)
        moved = [bool(np.abs(after - before)[fold == other].max() > 0.01) for other in (0, 1, 2)]
        said = f"the ages in fold {one} were changed: which folds' predictions move?"
        expect(moved, [other != one for other in (0, 1, 2)], message=said)
### BEGIN HIDDEN TESTS
from sklearn.base import BaseEstimator as HiddenEstimator
from sklearn.linear_model import LinearRegression as HiddenLine
from sklearn.model_selection import LeaveOneGroupOut as HiddenFolds
from sklearn.model_selection import cross_val_predict as hidden_out_of_fold


class HiddenStack(HiddenEstimator):
    def __init__(self, n_best):
        self.n_best = n_best

    def fit(self, X, y):
        errors = [sum(abs(p - a) for p, a in zip(column, y.tolist(), strict=True)) for column in X.T.tolist()]
        self.best_ = sorted(range(len(errors)), key=lambda j: (errors[j], j))[: self.n_best]
        self.line_ = HiddenLine().fit(X[:, self.best_], y)
        return self

    def predict(self, X):
        return self.line_.predict(X[:, self.best_])


hidden_rng = np.random.default_rng(8)
for hidden_n, hidden_p, hidden_k, hidden_best in [(90, 27, 3, 5), (60, 40, 5, 1), (50, 3, 2, 3), (48, 60, 4, 2)]:
    hidden_age = hidden_rng.integers(45, 81, hidden_n).astype(float)
    hidden_error = hidden_rng.normal(size=(hidden_n, hidden_p)) * hidden_rng.uniform(4, 9, hidden_p)
    hidden_patches = (0.7 * hidden_age[:, None] + 20 + hidden_error).round()
    if hidden_p == 60:  # errors of ±4 in any order: whole groups of patches with equal MAE
        hidden_patches = hidden_age[:, None] + hidden_rng.choice([-4.0, 4.0], size=(hidden_n, hidden_p))
        hidden_patches[:, :20] += 12
    hidden_fold = hidden_rng.permutation(np.arange(hidden_n) % hidden_k) * 5 + 2
    hidden_all = hidden_patches, hidden_age, hidden_fold
    hidden_given = [a.copy() for a in hidden_all]
    hidden_got = stack_patches(*hidden_given, hidden_best)
    hidden_want = hidden_out_of_fold(HiddenStack(hidden_best), hidden_patches, hidden_age, groups=hidden_fold, cv=HiddenFolds())
    hidden_said = f"{hidden_n} simulated people in {hidden_k} folds, the best {hidden_best} of {hidden_p} patches"
    expect(hidden_got, hidden_want, rtol=1e-5, message=hidden_said)
    for hidden_before, hidden_after in zip(hidden_all, hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 9 (3 points): a matched gap
#
# Where patients are older than controls and the gap falls with age, comparing means compares ages. So each patient gets a partner.
# Write `matched_gap(gap_case, age_case, gap_control, age_control, caliper)`: two arrays (N,) of patients, two (M,) of controls, and
# one number in years. Go through the patients from the oldest to the youngest (of equal ages, the one who comes first in the arrays
# first):
#
# - the partner is the control nearest in age who is not yet taken and at most `caliper` years older or younger; of equally near
#   ones the one who comes first in the arrays, be it the older or the younger;
# - who finds none is left out; a control has one partner at most.
#
# Return `(pairs, difference)`: a list of `(patient, control)`, their places in the arrays, in the order in which they were found,
# and the mean over the pairs of the patient's gap minus the control's. Without pairs, the list is empty and the difference
# `np.nan`. Ages and caliper are whole or half years; so equal is equal.


# %% nbgrader={"grade": false, "grade_id": "matched_gap", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matched_gap(gap_case, age_case, gap_control, age_control, caliper):
    ### BEGIN SOLUTION
    pairs, free = [], np.ones(len(age_control), bool)
    for case in np.argsort(-age_case, kind="stable"):
        apart = np.where(free, np.abs(age_control - age_case[case]), np.inf)
        if free.any() and apart.min() <= caliper:
            control = apart.argmin()
            free[control] = False
            pairs.append((int(case), int(control)))
    differences = [gap_case[case] - gap_control[control] for case, control in pairs]
    return pairs, np.mean(differences) if pairs else np.nan
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "matched_gap-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "matched_gap",
    hint='np.argsort(-age_case, kind="stable") is the order of the patients. Once a control is taken, it is infinitely far from all who '
    "follow. argmin takes the first of equals. What if nobody is left?",
):
    age_case, gap_case = np.array([70.0, 75, 75, 60, 71]), np.array([5.0, 7, 3, 9, 8])
    age_control, gap_control = np.array([76.0, 74, 72.5, 71.5, 69, 50]), np.array([1.0, -1, 0, 2, 4, 3])
    said = "patients of 70, 75, 75, 60, 71; controls of 76, 74, 72.5, 71.5, 69, 50"
    for caliper, want in {2.0: [(1, 0), (2, 1), (4, 3), (0, 4)], 1.0: [(1, 0), (2, 1), (4, 3), (0, 4)], 0.5: [(4, 3)]}.items():
        got = matched_gap(gap_case, age_case, gap_control, age_control, caliper)
        expect(len(got), 2, message="(pairs, difference)")
        expect(list(got[0]), want, message=f"pairs: {said}; caliper {caliper}")
        want = 6 if caliper == 0.5 else (6 + 4 + 6 + 1) / 4
        expect(got[1], want, rtol=1e-5, message=f"difference: {said}; caliper {caliper}; the pairs differ by 6, 4, 6, 1, or only 6")
    got = matched_gap(gap_case, age_case, gap_control[:2], np.array([72.0, 90]), 20.0)
    expect(list(got[0]), [(1, 0), (2, 1)], message="pairs: the same patients, two controls of 72 and 90; caliper 20")
    got = matched_gap(gap_case, age_case, gap_control[5:], age_control[5:], 5.0)
    expect((list(got[0]), got[1]), ([], np.nan), message="(pairs, difference): the only control is 50, caliper 5")
### BEGIN HIDDEN TESTS
hidden_rng = np.random.default_rng(9)
for hidden_n, hidden_m, hidden_caliper in [(40, 120, 1.0), (60, 40, 3.0), (15, 15, 30.0), (30, 50, 0.5), (6, 0, 2.0), (25, 60, 0.0)]:
    hidden_age = [hidden_rng.integers(2 * low, 2 * high, size) / 2 for low, high, size in [(62, 82, hidden_n), (50, 78, hidden_m)]]
    hidden_gap = [hidden_rng.normal(mean, 3, size) for mean, size in [(5, hidden_n), (0, hidden_m)]]
    hidden_all = hidden_gap[0], hidden_age[0], hidden_gap[1], hidden_age[1]
    hidden_turn = sorted(range(hidden_n), key=lambda i: (-hidden_age[0][i], i))
    hidden_offers = sorted(
        (turn, abs(hidden_age[0][i] - hidden_age[1][j]), j)
        for turn, i in enumerate(hidden_turn)
        for j in range(hidden_m)
        if abs(hidden_age[0][i] - hidden_age[1][j]) <= hidden_caliper
    )
    hidden_partner = {}
    for hidden_place, _, hidden_j in hidden_offers:
        if hidden_place not in hidden_partner and hidden_j not in hidden_partner.values():
            hidden_partner[hidden_place] = hidden_j
    hidden_want = [(hidden_turn[place], j) for place, j in hidden_partner.items()]
    hidden_each = [float(hidden_gap[0][i]) - float(hidden_gap[1][j]) for i, j in hidden_want]
    hidden_given = [a.copy() for a in hidden_all]
    hidden_got = matched_gap(*hidden_given, hidden_caliper)
    hidden_said = f"{hidden_n} simulated patients, {hidden_m} controls, caliper {hidden_caliper}"
    expect(list(hidden_got[0]), hidden_want, message=f"pairs: {hidden_said}")
    hidden_mean = sum(hidden_each) / len(hidden_each) if hidden_each else np.nan
    expect(hidden_got[1], hidden_mean, rtol=1e-5, message=f"difference: {hidden_said}")
    for hidden_before, hidden_after in zip(hidden_all, hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
### END HIDDEN TESTS

# %% [markdown]
# ### Question 10 (3 points): the scanner or the disease?
#
# A network was trained at site A, and most of the patients were scanned at B. Does B's scanner make people older, healthy or ill?
# *Spot* it, and take it out. Here the scanner is assumed to add the same years to everybody; in the lecture it did not, and the
# constant took about half of the AD patients' gap with it. Write `remove_site(gap, site, diagnosis)` for `gap` (N,) and two arrays
# (N,) of names, `"A"` or `"B"`, and `"control"` or `"AD"`. Return a dict:
#
# - `"offset"`: what site B adds, the mean gap of the *controls* at B minus that of the controls at A (the patients differ by more
#   than the scanner);
# - `"interval"`: `(low, high)`, the offset minus and plus 1.96 standard errors. Welch's standard error lets each site scatter in its
#   own way, $\sqrt{s_A^2 / n_A + s_B^2 / n_B}$, where $s^2$ is the variance of the gaps of a site's $n$ controls, with the divisor
#   $n - 1$;
# - `"spotted"`: `True` where 0 lies outside this interval, `False` where it lies inside or at its end;
# - `"gap"` (N,): the gaps with the offset taken off at B, spotted or not; those at A are as they were;
# - `"before"`: the effect of the disease as it seemed, the mean gap of all patients minus that of all controls, sites together;
# - `"after"`: the same difference of the new gaps.
#
# Where a site has fewer than two controls, nobody knows how they scatter: `"interval"` is `(np.nan, np.nan)`, and `"spotted"` is
# `None`, neither yes nor no. Where it has none, nobody can tell the scanner from the disease either: `"offset"`, `"after"` and
# *every* value of `"gap"` are `np.nan`, and `"before"` is as it is. Without any patients, or any controls, `"before"` and `"after"`
# are `np.nan`.


# %% nbgrader={"grade": false, "grade_id": "remove_site", "locked": false, "schema_version": 3, "solution": true, "task": false}
def remove_site(gap, site, diagnosis):
    ### BEGIN SOLUTION
    control, at_b = diagnosis == "control", site == "B"

    def mean(values):
        return values.mean() if len(values) else np.nan

    def effect(values):
        return mean(values[~control]) - mean(values[control])

    a, b = gap[control & ~at_b], gap[control & at_b]
    offset = mean(b) - mean(a)
    interval, spotted = (np.nan, np.nan), None
    if min(len(a), len(b)) >= 2:
        margin = 1.96 * np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        interval, spotted = (offset - margin, offset + margin), abs(offset) > margin
    cleaned = gap - offset * at_b  # NaN times 0 is NaN: an unknown offset leaves nothing known
    before, after = effect(gap), effect(cleaned)
    return {"offset": offset, "interval": interval, "spotted": spotted, "gap": cleaned, "before": before, "after": after}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "remove_site-check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with check(
    "remove_site",
    hint="The controls alone show what the scanner does; take that off everybody at B, healthy or ill. An offset of NaN makes all gaps "
    "NaN. Whoever centers each site on its own mean takes the disease off, too. np.var divides by n unless you say ddof=1. A scanner "
    "is spotted by its interval, not by its offset, and may also make people younger.",
):
    gap = np.array([0.0, 9, 1, 15, -4, 17, 9])
    site = np.array(["A", "B", "A", "B", "A", "B", "A"])
    diagnosis = np.array(["control", "control", "control", "AD", "control", "AD", "AD"])
    said = "controls 0, 1, −4 at A and 9 at B, patients 9 at A and 15, 17 at B"
    got = remove_site(gap, site, diagnosis)
    expect(set(got), {"offset", "interval", "spotted", "gap", "before", "after"}, message="the keys of the dict")
    expect(got["offset"], 10.0, rtol=1e-5, message=f"offset: {said}")
    expect(got["interval"], (np.nan, np.nan), message=f"interval: {said}; of one control nobody knows the scatter")
    expect(got["spotted"], None, message=f"spotted: {said}; of one control nobody knows the scatter")
    expect(got["gap"], np.array([0.0, -1, 1, 5, -4, 7, 9]), rtol=1e-5, message=f"gap: {said}")
    expect(got["before"], 41 / 3 - 6 / 4, rtol=1e-5, message=f"before: {said}")
    expect(got["after"], 8.0, rtol=1e-5, message=f"after: {said}")
    unknown = {"interval": (np.nan, np.nan), "spotted": None}
    got = remove_site(gap[2:], site[2:], diagnosis[2:])
    want = {"offset": np.nan, **unknown, "gap": np.full(5, np.nan), "before": 41 / 3 + 1.5, "after": np.nan}
    expect(got, want, rtol=1e-5, message="controls 1, −4 at A and none at B, patients 9 at A and 15, 17 at B")
    got = remove_site(gap[:3], site[:3], diagnosis[:3])
    want = {"offset": 8.5, **unknown, "gap": np.array([0, 0.5, 1]), "before": np.nan, "after": np.nan}
    expect(got, want, rtol=1e-5, message="controls 0, 1 at A and 9 at B, no patients")
    site, diagnosis = np.array(list("AAABBBBABB")), np.array(["control"] * 7 + ["AD"] * 3)
    for shift, found in {4.0: True, 2.0: False, -6.0: True}.items():
        at_b = shift + np.array([-1.0, 2, -2, 1])
        got = remove_site(np.array([-2.0, 0, 2, *at_b, 5, 14, 21]), site, diagnosis)
        told = ", ".join(f"{g:.0f}" for g in at_b).replace("-", "−")
        said = f"controls −2, 0, 2 at A and {told} at B, patients 5 at A and 14, 21 at B"
        want = shift - 1.96 * np.sqrt(13 / 6), shift + 1.96 * np.sqrt(13 / 6)
        expect(got["interval"], want, rtol=1e-5, message=f"interval: {said}; s² is 4 at A and 10/3 at B")
        told = f"{want[0]:.2f} to {want[1]:.2f}".replace("-", "−")
        expect(got["spotted"], found, message=f"spotted: {said}; the interval is {told}")
        expect(got["gap"][3:7], at_b - shift, rtol=1e-5, message=f"gap of B's controls: {said}; taken off, spotted or not")
### BEGIN HIDDEN TESTS
from scipy.stats import sem as hidden_sem
from scipy.stats import ttest_ind as hidden_welch
from sklearn.linear_model import LinearRegression as HiddenLine

hidden_rng = np.random.default_rng(10)
hidden_answers = []
for hidden_n, hidden_shift, hidden_share in [(120, 9.5, 0.8), (40, -5, 0.3), (300, 0.2, 0.5), (24, -0.5, 0.7), (30, 6, 1.0)]:
    hidden_ill = hidden_rng.random(hidden_n) < 0.4
    hidden_b = hidden_rng.random(hidden_n) < np.where(hidden_ill, hidden_share, 1 - hidden_share)
    hidden_b[:6], hidden_ill[:6] = [True, False] * 3, [False, False, True, True, False, False]
    hidden_gap = hidden_rng.normal(0, np.where(hidden_b, 4, 2)) + 6 * hidden_ill + hidden_shift * hidden_b
    hidden_site, hidden_name = np.where(hidden_b, "B", "A"), np.where(hidden_ill, "AD", "control")
    hidden_fit = HiddenLine().fit(hidden_b[~hidden_ill, None].astype(float), hidden_gap[~hidden_ill]).coef_[0]
    hidden_two = hidden_gap[~hidden_ill & hidden_b], hidden_gap[~hidden_ill & ~hidden_b]
    hidden_margin = 1.96 * np.hypot(*(hidden_sem(one) for one in hidden_two))
    hidden_answers.append(abs(float(hidden_welch(*hidden_two, equal_var=False).statistic)) > 1.96)
    hidden_new = np.array([g - hidden_fit if s == "B" else g for g, s in zip(hidden_gap, hidden_site.tolist(), strict=True)])
    hidden_table = pd.DataFrame({"before": hidden_gap, "after": hidden_new, "name": hidden_name}).groupby("name").mean()
    hidden_effect = hidden_table.loc["AD"] - hidden_table.loc["control"]
    hidden_want = {"offset": hidden_fit, "interval": (hidden_fit - hidden_margin, hidden_fit + hidden_margin)}
    hidden_want |= {"spotted": hidden_answers[-1], "gap": hidden_new, **hidden_effect.to_dict()}
    hidden_all = hidden_gap, hidden_site, hidden_name
    hidden_given = [a.copy() for a in hidden_all]
    hidden_got = remove_site(*hidden_given)
    hidden_said = f"{hidden_n} simulated people, site B adds {hidden_shift} years"
    expect(hidden_got, hidden_want, rtol=1e-5, message=hidden_said)
    for hidden_before, hidden_after in zip(hidden_all, hidden_given, strict=True):
        expect(hidden_after, hidden_before, message="an argument was changed in place")
expect(hidden_answers, [True, True, False, False, True], message="the simulated people hold sites of both kinds")
hidden_unknown = {"interval": (np.nan, np.nan), "spotted": None}
for hidden_lost, hidden_said in [("A", "no controls at A"), ("B", "no controls at B"), ("AB", "no controls")]:
    hidden_kept = np.array([d == "AD" or s not in hidden_lost for d, s in zip(hidden_name, hidden_site, strict=True)])
    hidden_got = remove_site(hidden_gap[hidden_kept], hidden_site[hidden_kept], hidden_name[hidden_kept])
    hidden_groups = [hidden_gap[hidden_kept & (hidden_name == name)] for name in ("AD", "control")]
    hidden_before = hidden_groups[0].mean() - (hidden_groups[1].mean() if len(hidden_groups[1]) else np.nan)
    hidden_want = {"offset": np.nan, "gap": np.full(hidden_kept.sum(), np.nan), "before": hidden_before, "after": np.nan}
    expect(hidden_got, hidden_want | hidden_unknown, rtol=1e-5, message=f"simulated people, {hidden_said}")
for hidden_a, hidden_b, hidden_found in [([3, 3], [3, 3, 3], False), ([3, 3], [4, 4], True), ([0, 4], [1, 6], False),
                                         ([0, 1, 5], [-1, -3], True), ([2], [5, 6, 7], None), ([2, 3, 4], [9], None)]:  # fmt: skip
    hidden_gap = np.array([*hidden_a, *hidden_b, 8, 9], float)
    hidden_site = np.array(["A"] * len(hidden_a) + ["B"] * len(hidden_b) + ["A", "B"])
    hidden_got = remove_site(hidden_gap, hidden_site, np.array(["control"] * (len(hidden_gap) - 2) + ["AD"] * 2))
    hidden_said = f"controls {hidden_a} at A and {hidden_b} at B"
    hidden_offset = sum(hidden_b) / len(hidden_b) - sum(hidden_a) / len(hidden_a)
    expect(hidden_got["offset"], hidden_offset, rtol=1e-5, message=f"offset: {hidden_said}")
    hidden_margin = np.nan if hidden_found is None else 1.96 * np.hypot(hidden_sem(hidden_a), hidden_sem(hidden_b))
    hidden_want = hidden_offset - hidden_margin, hidden_offset + hidden_margin
    expect(hidden_got["interval"], hidden_want, rtol=1e-5, message=f"interval: {hidden_said}")
    expect(hidden_got["spotted"], hidden_found, message=f"spotted: {hidden_said}")
### END HIDDEN TESTS

# %% [markdown]
# ## Where to go from here
#
# Compare yours with the course's own, which check their input and say what is wrong with it: for instance
# `from course_lib.brain_age import bias`, then `bias.BiasCorrection??` in a cell shows the source.
#
# | Question | In the library |
# |---|---|
# | 2 | `course_lib.metrics.r2_score` and `mean_absolute_error` |
# | 3, 4 | `course_lib.brain_age.bias.BiasCorrection(method="beheshti")` and `"de lange-cole"`, with `.alpha_` and `.beta_` |
# | 5 | `BiasCorrection(method="cole")`, whose `correct` needs no ages; it refuses a network whose answers do not rise with age |
# | 6 | nothing: the library has no score of a corrected age, and `BiasCorrection` says why |
# | 7 | `course_lib.brain_age.soft_labels.BinnedAges` |
# | 8 | `course_lib.brain_age.ensembles.cross_fit`, on the predictions of `course_lib.brain_age.patches.PatchEnsemble` |
# | 9 | `course_lib.brain_age.matching.match_ages`, which finds as many pairs as can be; `course_lib.brain_age.gap.compare_gaps`, with intervals |
# | 10 | `course_lib.brain_age.site.site_shift`, with a bootstrap interval, also for the same people scanned at both sites |
