"""Plausible mistakes in exercise 4: each must lose its own question's points, and no others."""

SPREAD = """\
def spread_of_ages(mae, r2):
    rmse = {rmse}
    with np.errstate(all="ignore"):
        sd = {sd}
    return rmse, {kept}
"""
RIGHT_SPREAD = {
    "rmse": "mae * np.sqrt(np.pi / 2)",
    "sd": "rmse / np.sqrt(1 - r2)",
    "kept": "np.where(r2 < 1, sd, np.nan)",
}

RANGES = """\
def accuracy_by_range(predicted, age, ranges):
    rows = []
    for low, high in ranges:
        inside = {inside}
        y, guess = age[inside], predicted[inside]
        mae = {mae} if len(y) else {absent}
        r2 = {r2} if len(set(y.tolist())) > 1 else {absent}
        rows.append((low, high, {n}, mae, r2))
    return pd.DataFrame(rows, columns=["low", "high", "n", "MAE", "R2"])
"""
RIGHT_RANGES = {
    "inside": "(low <= age) & (age <= high)",
    "mae": "np.abs(guess - y).mean()",
    "r2": "1 - ((guess - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()",
    "n": "len(y)",
    "absent": "np.nan",
}

BIAS = """\
def fit_bias(age, predicted):
    known = {known}
    x, y = {pair}
    if {hopeless}:
        return np.nan, np.nan
    alpha, beta = {fit}
    return {answer}
"""
RIGHT_BIAS = {
    "known": "~np.isnan(age + predicted)",
    "pair": "age[known], (predicted - age)[known]",
    "hopeless": "len(set(x.tolist())) < 2",
    "fit": "np.polyfit(x, y, 1)",
    "answer": "alpha, beta",
}

COLE = """\
def delange_cole(age_cal, predicted_cal, age, predicted):
    a, b = {fit}
    return {corrected}, {alpha}, {beta}
"""
RIGHT_COLE = {
    "fit": "np.polyfit(age_cal, predicted_cal, 1)",
    "corrected": "predicted + age - (a * age + b)",
    "alpha": "a - 1",
    "beta": "b",
}

AGELESS = """\
def correct_without_ages(age_cal, predicted_cal, predicted):
    a, b = {fit}
    if {hopeless}:
        return np.full(len(predicted), np.nan), np.nan
    with np.errstate(all="ignore"):
        return {corrected}, {stretch}
"""
RIGHT_AGELESS = {
    "fit": "np.polyfit(age_cal, predicted_cal, 1)",
    "hopeless": "len(set(predicted_cal.tolist())) == 1",
    "corrected": "(predicted - b) / a",
    "stretch": "1 / abs(a)",
}

FLATTERY = """\
def flattery(predicted, age):
    alpha, beta = {fit}
    corrected = {corrected}
    rows = [(name, {mae}, {r2}) for name, guess in (("raw", predicted), ("corrected", corrected))]
    return pd.DataFrame(rows, columns=["prediction", "MAE", "R2"])
"""
RIGHT_FLATTERY = {
    "fit": "np.polyfit(age, predicted - age, 1)",
    "corrected": "predicted - (alpha * age + beta)",
    "mae": "np.abs(guess - age).mean()",
    "r2": "1 - ((guess - age) ** 2).sum() / ((age - age.mean()) ** 2).sum()",
}

SOFT = """\
def soft_labels(age, sigma):
    edges = {edges}
    z = (edges - age[:, None]) / {width}
    mass = {mass}
    p = {p}
    return p, {back}
"""
RIGHT_SOFT = {
    "edges": "np.arange(42, 83)",
    "width": "(sigma * np.sqrt(2))",
    "mass": "np.diff(0.5 * (1 + erf(z)), axis=1)",
    "p": "mass / mass.sum(axis=1, keepdims=True)",
    "back": "p @ (np.arange(42, 82) + 0.5)",
}

STACK = """\
def stack_patches(patch_ages, age, fold, n_best):
    stacked, everyone = np.empty(len(age)), np.full(len(age), True)
    for one in np.unique(fold):
        inside = fold == one
        chosen_on, fitted_on = {chosen_on}, {fitted_on}
        error = patch_ages[chosen_on] - age[chosen_on, None]
        best = {best}
        design = {design}
        w = np.linalg.lstsq(design[fitted_on], age[fitted_on], rcond=None)[0]
        stacked[inside] = {prediction}
    return {answer}
"""
RIGHT_STACK = {
    "chosen_on": "~inside",
    "fitted_on": "~inside",
    "best": 'np.argsort(np.abs(error).mean(axis=0), kind="stable")[:n_best]',
    "design": "np.column_stack([np.ones(len(age)), patch_ages[:, best]])",
    "prediction": "design[inside] @ w",
    "answer": "stacked",
}

MATCH = """\
def matched_gap(gap_case, age_case, gap_control, age_control, caliper):
    pairs, free = [], list(range(len(age_control)))
    for case in {order}:
        near = [j for j in free if {near}]
        if near:
            control = {control}
            {taken}
            pairs.append({pair})
    each = [gap_case[i] - gap_control[j] for i, j in pairs]
    return {answer}
"""
RIGHT_MATCH = {
    "order": "sorted(range(len(age_case)), key=lambda i: -age_case[i])",
    "near": "abs(age_control[j] - age_case[case]) <= caliper",
    "control": "min(near, key=lambda j: abs(age_control[j] - age_case[case]))",
    "taken": "free.remove(control)",
    "pair": "(case, control)",
    "answer": "pairs, np.mean(each) if each else np.nan",
}

SITE = """\
def remove_site(gap, site, diagnosis):
    def mean(who, values=gap):
        return values[who].mean() if who.any() else {absent}

    well, ill, a, b = diagnosis == "control", diagnosis == "AD", site == "A", site == "B"
    offset = {offset}
    x, y = {scatter}
    n, m = len(x), len(y)
    low, high, spotted = np.nan, np.nan, {unknown}
    if n > 1 and m > 1:
        se = {se}
        low, high = offset - 1.96 * se, offset + 1.96 * se
        spotted = {spotted}
    new = {new}
    told = {{"offset": offset, "interval": (low, high), "spotted": spotted}}
    return told | {{"gap": new, "before": {before}, "after": {after}}}
"""
RIGHT_SITE = {
    "absent": "np.nan",
    "offset": "mean(well & b) - mean(well & a)",
    "scatter": "gap[well & a], gap[well & b]",
    "unknown": "None",
    "se": "np.sqrt(x.var(ddof=1) / n + y.var(ddof=1) / m)",
    "spotted": "not low <= 0 <= high",
    "new": "gap - offset * b",
    "before": "mean(ill) - mean(well)",
    "after": "mean(ill, new) - mean(well, new)",
}

WRONG = {
    "spread_of_ages": [
        (
            "multiplies where it should divide: an RMSE below the MAE",
            SPREAD.format(**RIGHT_SPREAD | {"rmse": "mae * np.sqrt(2 / np.pi)"}),
        ),
        ("takes the MAE for the RMSE", SPREAD.format(**RIGHT_SPREAD | {"rmse": "mae"})),
        ("forgets the root", SPREAD.format(**RIGHT_SPREAD | {"rmse": "mae * np.pi / 2"})),
        ("1.25 is not exact", SPREAD.format(**RIGHT_SPREAD | {"rmse": "1.25 * mae"})),
        (
            "1.4826, which belongs to the median",
            SPREAD.format(**RIGHT_SPREAD | {"rmse": "1.4826 * mae"}),
        ),
        ("the variance of the ages", SPREAD.format(**RIGHT_SPREAD | {"sd": "rmse**2 / (1 - r2)"})),
        ("the root of 1 − R² forgotten", SPREAD.format(**RIGHT_SPREAD | {"sd": "rmse / (1 - r2)"})),
        (
            "the spread of the predictions, not of the ages",
            SPREAD.format(**RIGHT_SPREAD | {"sd": "rmse * np.sqrt(r2 / (1 - r2))"}),
        ),
        ("R² taken for a correlation", SPREAD.format(**RIGHT_SPREAD | {"sd": "rmse / np.sqrt(1 - r2**2)"})),
        ("divides by 0 where R² is 1", SPREAD.format(**RIGHT_SPREAD | {"kept": "sd"})),
        (
            "an R² above 1 as one below",
            SPREAD.format(
                **RIGHT_SPREAD | {"sd": "rmse / np.sqrt(np.abs(1 - r2))", "kept": "np.where(r2 == 1, np.nan, sd)"}
            ),
        ),
        ("0 where nothing follows", SPREAD.format(**RIGHT_SPREAD | {"kept": "np.where(r2 < 1, sd, 0)"})),
        (
            "takes a negative R² for 0",
            SPREAD.format(**RIGHT_SPREAD | {"sd": "rmse / np.sqrt(1 - np.maximum(r2, 0))"}),
        ),
        (
            "NaN where R² is not positive",
            SPREAD.format(**RIGHT_SPREAD | {"kept": "np.where((r2 > 0) & (r2 < 1), sd, np.nan)"}),
        ),
    ],
    "accuracy_by_range": [
        (
            "the mean age of everybody",
            RANGES.format(**RIGHT_RANGES).replace("(y - y.mean())", "(y - age.mean())"),
        ),
        (
            "R² against the spread of the whole cohort",
            RANGES.format(**RIGHT_RANGES | {"r2": "1 - ((guess - y) ** 2).mean() / age.var()"}),
        ),
        (
            "the squared correlation",
            RANGES.format(**RIGHT_RANGES | {"r2": "np.corrcoef(guess, y)[0, 1] ** 2"}),
        ),
        (
            "against the spread of the predictions",
            RANGES.format(**RIGHT_RANGES).replace("(y - y.mean())", "(guess - guess.mean())"),
        ),
        ("cuts R² off at 0", RANGES.format(**RIGHT_RANGES | {"r2": f"max(0, {RIGHT_RANGES['r2']})"})),
        ("leaves out the upper end", RANGES.format(**RIGHT_RANGES | {"inside": "(low <= age) & (age < high)"})),
        ("leaves out both ends", RANGES.format(**RIGHT_RANGES | {"inside": "(low < age) & (age < high)"})),
        (
            "chooses by the predicted age",
            RANGES.format(**RIGHT_RANGES | {"inside": "(low <= predicted) & (predicted <= high)"}),
        ),
        ("the RMSE", RANGES.format(**RIGHT_RANGES | {"mae": "np.sqrt(((guess - y) ** 2).mean())"})),
        ("the mean error, in which signs cancel", RANGES.format(**RIGHT_RANGES | {"mae": "abs((guess - y).mean())"})),
        ("0 where it is undefined", RANGES.format(**RIGHT_RANGES | {"absent": "0.0"})),
        (
            "R² of people of one age, through a division by 0",
            RANGES.format(**RIGHT_RANGES).replace("if len(set(y.tolist())) > 1", "if len(y) > 1"),
        ),
        ("counts everybody", RANGES.format(**RIGHT_RANGES | {"n": "len(age)"})),
        (
            "leaves empty ranges out",
            RANGES.format(**RIGHT_RANGES).replace("        rows.append", "        if len(y): rows.append"),
        ),
    ],
    "fit_bias": [
        (
            "the line of the predicted age",
            BIAS.format(**RIGHT_BIAS | {"pair": "age[known], predicted[known]"}),
        ),
        (
            "over the predicted age",
            BIAS.format(**RIGHT_BIAS | {"pair": "predicted[known], (predicted - age)[known]"}),
        ),
        ("age − predicted", BIAS.format(**RIGHT_BIAS | {"pair": "age[known], (age - predicted)[known]"})),
        ("(beta, alpha)", BIAS.format(**RIGHT_BIAS | {"answer": "beta, alpha"})),
        (
            "a line through the origin, and the mean gap",
            BIAS.format(**RIGHT_BIAS | {"fit": "(x * y).sum() / (x * x).sum(), y.mean()"}),
        ),
        (
            "the gap at the mean age, not at age 0",
            BIAS.format(**RIGHT_BIAS | {"fit": "np.polyfit(x - x.mean(), y, 1)"}),
        ),
        (
            "NaN taken for 0",
            BIAS.format(**RIGHT_BIAS | {"pair": "np.nan_to_num(age), np.nan_to_num(predicted - age)"}),
        ),
        (
            "NaN taken for the mean",
            BIAS.format(
                **RIGHT_BIAS
                | {
                    "known": "~np.isnan(age)",
                    "pair": "age[known], np.where(np.isnan(predicted), np.nanmean(predicted - age) + age, predicted)[known] - age[known]",
                }
            ),
        ),
        (
            "NaN spreads over everything",
            "def fit_bias(age, predicted):\n"
            "    x, y = age - age.mean(), predicted - age\n"
            "    alpha = (x * y).sum() / (x * x).sum() if len(age) and (x * x).sum() else np.nan\n"
            "    return alpha, y.mean() - alpha * age.mean() if len(age) else np.nan",
        ),
        (
            "sees NaN in the ages only",
            BIAS.format(**RIGHT_BIAS | {"known": "~np.isnan(age)", "fit": "np.polyfit(x, np.nan_to_num(y), 1)"}),
        ),
        (
            "a level line for people of one age",
            BIAS.format(
                **RIGHT_BIAS
                | {"hopeless": "len(x) < 2", "fit": "np.polyfit(x, y, 1) if np.ptp(x) else (0.0, y.mean())"}
            ),
        ),
        (
            "sample and population: divides by N − 1 above, by N below",
            BIAS.format(
                **RIGHT_BIAS
                | {"fit": "(np.cov(x, y)[0, 1] / x.var(), y.mean() - np.cov(x, y)[0, 1] / x.var() * x.mean())"},
            ),
        ),
    ],
    "delange_cole": [
        (
            "fits the line on the new people",
            COLE.format(**RIGHT_COLE | {"fit": "np.polyfit(age[~np.isnan(age)], predicted[~np.isnan(age)], 1)"}),
        ),
        (
            "fits the line on both cohorts",
            COLE.format(
                **RIGHT_COLE
                | {
                    "fit": "np.polyfit(*np.array([[*age_cal, *age], [*predicted_cal, *predicted]])[:, ~np.isnan([*age_cal, *age])], 1)"
                }
            ),
        ),
        ("inverts the line", COLE.format(**RIGHT_COLE | {"corrected": "(predicted - b) / a + 0 * age"})),
        ("the wrong sign", COLE.format(**RIGHT_COLE | {"corrected": "predicted - age + (a * age + b)"})),
        ("the corrected gap", COLE.format(**RIGHT_COLE | {"corrected": "predicted - (a * age + b)"})),
        (
            "the predicted age in the line",
            COLE.format(**RIGHT_COLE | {"corrected": "predicted + age - (a * predicted + b)"}),
        ),
        (
            "regresses the true age on the predicted one",
            COLE.format(**RIGHT_COLE | {"fit": "np.polyfit(predicted_cal, age_cal, 1)"}),
        ),
        (
            "the line of the gap in place of the line of the prediction",
            COLE.format(**RIGHT_COLE | {"fit": "np.polyfit(age_cal, predicted_cal - age_cal, 1)"}),
        ),
        ("alpha is not a", COLE.format(**RIGHT_COLE | {"alpha": "a"})),
        ("1 − a", COLE.format(**RIGHT_COLE | {"alpha": "1 - a"})),
        ("beta with the sign turned", COLE.format(**RIGHT_COLE | {"beta": "-b"})),
        ("beta as in the inverted line", COLE.format(**RIGHT_COLE | {"beta": "b / a if abs(a) > 1e-9 else b"})),
        (
            "leaves out whose age is unknown",
            COLE.format(**RIGHT_COLE | {"corrected": "(predicted + age - (a * age + b))[~np.isnan(age)]"}),
        ),
    ],
    "correct_without_ages": [
        (
            "regresses the true age on the predicted one",
            "def correct_without_ages(age_cal, predicted_cal, predicted):\n"
            "    if np.ptp(predicted_cal) == 0:\n"
            "        return np.full(len(predicted), np.nan), np.nan\n"
            "    a, b = np.polyfit(predicted_cal, age_cal, 1)\n"
            "    return a * predicted + b, abs(a)",
        ),
        (
            "Beheshti's, with the predicted age for the true one",
            AGELESS.format(**RIGHT_AGELESS | {"corrected": "predicted - ((a - 1) * predicted + b)"}),
        ),
        ("walks along the line", AGELESS.format(**RIGHT_AGELESS | {"corrected": "a * predicted + b"})),
        ("takes b off and forgets a", AGELESS.format(**RIGHT_AGELESS | {"corrected": "predicted - b"})),
        ("divides first", AGELESS.format(**RIGHT_AGELESS | {"corrected": "predicted / a - b"})),
        (
            "inverts the line of the gap",
            AGELESS.format(**RIGHT_AGELESS | {"fit": "np.polyfit(age_cal, predicted_cal - age_cal, 1)"}),
        ),
        (
            "a slope of 1e-17 inverted",
            AGELESS.format(**RIGHT_AGELESS | {"hopeless": "False"}),
        ),
        (
            "infinity where nothing can be inverted",
            AGELESS.format(**RIGHT_AGELESS).replace(
                "np.full(len(predicted), np.nan), np.nan", "np.full(len(predicted), np.inf), np.inf"
            ),
        ),
        (
            "the mean age where nothing can be inverted",
            AGELESS.format(**RIGHT_AGELESS).replace(
                "np.full(len(predicted), np.nan)", "np.full(len(predicted), age_cal.mean())"
            ),
        ),
        ("how much a year shrinks", AGELESS.format(**RIGHT_AGELESS | {"stretch": "abs(a)"})),
        ("a negative stretch", AGELESS.format(**RIGHT_AGELESS | {"stretch": "1 / a"})),
        ("the stretch of variances", AGELESS.format(**RIGHT_AGELESS | {"stretch": "1 / a**2"})),
        (
            "no age beyond those of the calibration cohort",
            AGELESS.format(
                **RIGHT_AGELESS | {"corrected": "np.clip((predicted - b) / a, age_cal.min(), age_cal.max())"}
            ),
        ),
        (
            "unknown predictions left out",
            AGELESS.format(**RIGHT_AGELESS | {"corrected": "((predicted - b) / a)[~np.isnan(predicted)]"}),
        ),
    ],
    "flattery": [
        (
            "the squared correlation",
            FLATTERY.format(
                **RIGHT_FLATTERY | {"r2": "np.corrcoef(guess, age)[0, 1] ** 2 if np.ptp(guess) > 1e-9 else 0.0"}
            ),
        ),
        ("cuts R² off at 0", FLATTERY.format(**RIGHT_FLATTERY | {"r2": f"max(0, {RIGHT_FLATTERY['r2']})"})),
        (
            "prediction and truth change places in R²",
            FLATTERY.format(
                **RIGHT_FLATTERY
                | {"r2": "1 - ((guess - age) ** 2).sum() / max(((guess - guess.mean()) ** 2).sum(), 1e-9)"}
            ),
        ),
        ("the RMSE", FLATTERY.format(**RIGHT_FLATTERY | {"mae": "np.sqrt(((guess - age) ** 2).mean())"})),
        (
            "the predicted age in the line",
            FLATTERY.format(**RIGHT_FLATTERY | {"corrected": "predicted - (alpha * predicted + beta)"}),
        ),
        (
            "takes off the mean gap only",
            FLATTERY.format(**RIGHT_FLATTERY | {"corrected": "predicted - (predicted - age).mean()"}),
        ),
        (
            "the line over the predicted age",
            "def flattery(predicted, age):\n"
            "    x, y = predicted - predicted.mean(), predicted - age\n"
            "    alpha = (x * y).sum() / max((x * x).sum(), 1e-9)\n"
            "    corrected = predicted - y.mean() - alpha * x\n"
            "    sst = ((age - age.mean()) ** 2).sum()\n"
            "    rows = [(n, np.abs(g - age).mean(), 1 - ((g - age) ** 2).sum() / sst)\n"
            "            for n, g in (('raw', predicted), ('corrected', corrected))]\n"
            "    return pd.DataFrame(rows, columns=['prediction', 'MAE', 'R2'])",
        ),
        (
            "adds what should come off",
            FLATTERY.format(**RIGHT_FLATTERY | {"corrected": "predicted + (alpha * age + beta)"}),
        ),
        (
            "holds the corrected ages against the raw ones",
            FLATTERY.format(**RIGHT_FLATTERY).replace(
                "np.abs(guess - age)", "np.abs(guess - (age if guess is predicted else predicted))"
            ),
        ),
        (
            "the corrected row alone",
            FLATTERY.format(**RIGHT_FLATTERY).replace(
                '("raw", predicted), ("corrected", corrected)', '("corrected", corrected),'
            ),
        ),
        (
            "corrected first",
            FLATTERY.format(**RIGHT_FLATTERY)
            .replace('in (("raw"', 'in sorted((("raw"')
            .replace("corrected))]", "corrected)), key=lambda row: row[0])]"),
        ),
    ],
    "soft_labels": [
        (
            "the density at the centers",
            SOFT.format(**RIGHT_SOFT | {"edges": "np.arange(42, 82) + 0.5", "mass": "np.exp(-(z**2))"}),
        ),
        ("not divided by the sum", SOFT.format(**RIGHT_SOFT | {"p": "mass"})),
        ("divides by the sum of everybody", SOFT.format(**RIGHT_SOFT | {"p": "mass / mass.sum() * len(age)"})),
        ("divides by the sum over the people", SOFT.format(**RIGHT_SOFT | {"p": "mass / mass.sum(axis=0)"})),
        ("forgets √2 in erf", SOFT.format(**RIGHT_SOFT | {"width": "sigma"})),
        ("the variance for the standard deviation", SOFT.format(**RIGHT_SOFT | {"width": "(sigma**2 * np.sqrt(2))"})),
        ("always a sigma of 1", SOFT.format(**RIGHT_SOFT | {"width": "np.sqrt(2)"})),
        ("bins around whole years", SOFT.format(**RIGHT_SOFT | {"edges": "np.arange(42, 83) - 0.5"})),
        (
            "the outer bins take what falls outside",
            SOFT.format(**RIGHT_SOFT | {"edges": "np.r_[-np.inf, np.arange(43, 82), np.inf]"}),
        ),
        (
            "39 bins",
            SOFT.format(**RIGHT_SOFT | {"edges": "np.arange(42, 82)", "back": "p @ (np.arange(42, 81) + 0.5)"}),
        ),
        ("the lower edges in the mean", SOFT.format(**RIGHT_SOFT | {"back": "p @ np.arange(42, 82)"})),
        ("the most probable bin", SOFT.format(**RIGHT_SOFT | {"back": "p.argmax(axis=1) + 42.5"})),
        ("the ages that went in", SOFT.format(**RIGHT_SOFT | {"back": "age * 1.0"})),
        ("the mean of what was not divided", SOFT.format(**RIGHT_SOFT | {"back": "mass @ (np.arange(42, 82) + 0.5)"})),
        (
            "one bin takes all",
            SOFT.format(**RIGHT_SOFT | {"p": "np.eye(40)[np.clip(age, 42, 81.9).astype(int) - 42]"}),
        ),
        (
            "a softmax of the masses",
            SOFT.format(**RIGHT_SOFT | {"p": "np.exp(mass) / np.exp(mass).sum(axis=1, keepdims=True)"}),
        ),
    ],
    "stack_patches": [
        ("chooses the patches on everybody", STACK.format(**RIGHT_STACK | {"chosen_on": "everyone"})),
        ("fits the weights on everybody", STACK.format(**RIGHT_STACK | {"fitted_on": "everyone"})),
        (
            "chooses and fits on everybody",
            STACK.format(**RIGHT_STACK | {"chosen_on": "everyone", "fitted_on": "everyone"}),
        ),
        ("chooses on the fold itself", STACK.format(**RIGHT_STACK | {"chosen_on": "inside"})),
        (
            "learns from one fold, its own",
            STACK.format(**RIGHT_STACK | {"chosen_on": "inside", "fitted_on": "inside"}),
        ),
        (
            "learns from one fold and predicts the others",
            STACK.format(**RIGHT_STACK | {"chosen_on": "inside", "fitted_on": "inside", "prediction": "0"}).replace(
                "stacked[inside] = 0", "stacked[~inside] = design[~inside] @ w"
            ),
        ),
        ("no w0", STACK.format(**RIGHT_STACK | {"design": "patch_ages[:, best]"})),
        (
            "the mean of the chosen patches",
            STACK.format(**RIGHT_STACK | {"prediction": "patch_ages[inside][:, best].mean(axis=1)"}),
        ),
        ("all patches", STACK.format(**RIGHT_STACK | {"best": "np.arange(patch_ages.shape[1])"})),
        ("the first patches", STACK.format(**RIGHT_STACK | {"best": "np.arange(n_best)"})),
        (
            "the worst patches",
            STACK.format(**RIGHT_STACK | {"best": 'np.argsort(-np.abs(error).mean(axis=0), kind="stable")[:n_best]'}),
        ),
        (
            "the RMSE chooses",
            STACK.format(**RIGHT_STACK | {"best": 'np.argsort((error**2).mean(axis=0), kind="stable")[:n_best]'}),
        ),
        (
            "the mean error chooses, in which signs cancel",
            STACK.format(**RIGHT_STACK | {"best": 'np.argsort(np.abs(error.mean(axis=0)), kind="stable")[:n_best]'}),
        ),
        (
            "the correlation chooses",
            STACK.format(
                **RIGHT_STACK
                | {
                    "best": "np.argsort([-np.corrcoef(p, age[chosen_on])[0, 1] for p in patch_ages[chosen_on].T], "
                    'kind="stable")[:n_best]'
                }
            ),
        ),
        (
            "of equal patches the one further right",
            STACK.format(
                **RIGHT_STACK
                | {"best": 'len(error[0]) - 1 - np.argsort(np.abs(error).mean(axis=0)[::-1], kind="stable")[:n_best]'}
            ),
        ),
        (
            "answers in the order of the folds",
            STACK.format(
                **RIGHT_STACK | {"answer": "np.concatenate([stacked[fold == one] for one in np.unique(fold)])"}
            ),
        ),
        (
            "folds of its own",
            STACK.format(**RIGHT_STACK)
            .replace("np.unique(fold)", "range(len(set(fold.tolist())))")
            .replace("fold == one", "np.arange(len(age)) % len(set(fold.tolist())) == one"),
        ),
        (
            "expects the folds to count from 0",
            STACK.format(**RIGHT_STACK).replace("np.unique(fold)", "range(len(set(fold.tolist())))"),
        ),
    ],
    "matched_gap": [
        ("a control for several patients", MATCH.format(**RIGHT_MATCH | {"taken": "pass"})),
        (
            "the youngest first",
            MATCH.format(**RIGHT_MATCH | {"order": "sorted(range(len(age_case)), key=lambda i: age_case[i])"}),
        ),
        ("as the patients come", MATCH.format(**RIGHT_MATCH | {"order": "range(len(age_case))"})),
        (
            "of patients of one age the last first",
            MATCH.format(**RIGHT_MATCH | {"order": "sorted(range(len(age_case)), key=lambda i: (-age_case[i], -i))"}),
        ),
        (
            "as the oldest were found, but sorted",
            MATCH.format(**RIGHT_MATCH).replace("    each =", "    pairs.sort()\n    each ="),
        ),
        ("no caliper", MATCH.format(**RIGHT_MATCH | {"near": "True"})),
        (
            "less than the caliper",
            MATCH.format(**RIGHT_MATCH | {"near": "abs(age_control[j] - age_case[case]) < caliper"}),
        ),
        (
            "younger controls only",
            MATCH.format(**RIGHT_MATCH | {"near": "0 <= age_case[case] - age_control[j] <= caliper"}),
        ),
        ("the first control that is near enough", MATCH.format(**RIGHT_MATCH | {"control": "near[0]"})),
        (
            "of equally near controls the last",
            MATCH.format(
                **RIGHT_MATCH | {"control": "min(near, key=lambda j: (abs(age_control[j] - age_case[case]), -j))"}
            ),
        ),
        (
            "of equally near controls the younger",
            MATCH.format(
                **RIGHT_MATCH
                | {"control": "min(near, key=lambda j: (abs(age_control[j] - age_case[case]), age_control[j]))"}
            ),
        ),
        (
            "the nearest gap, not the nearest age",
            MATCH.format(**RIGHT_MATCH | {"control": "min(near, key=lambda j: abs(gap_control[j] - gap_case[case]))"}),
        ),
        (
            "takes the nearest control, taken or not, and gives up if taken",
            MATCH.format(**RIGHT_MATCH | {"near": RIGHT_MATCH["near"].replace("age_control[j]", "age_control[j]")})
            .replace("for j in free if", "for j in range(len(age_control)) if")
            .replace("free.remove(control)", "taken = any(control == j for _, j in pairs)")
            .replace("pairs.append((case, control))", "pairs += [] if taken else [(case, control)]"),
        ),
        (
            "(control, patient)",
            MATCH.format(**RIGHT_MATCH | {"answer": "[(j, i) for i, j in pairs], np.mean(each) if each else np.nan"}),
        ),
        (
            "the difference the wrong way round",
            MATCH.format(**RIGHT_MATCH | {"answer": "pairs, -np.mean(each) if each else np.nan"}),
        ),
        (
            "the means of everybody",
            MATCH.format(**RIGHT_MATCH | {"answer": "pairs, gap_case.mean() - gap_control.mean() if each else np.nan"}),
        ),
        ("0 without pairs", MATCH.format(**RIGHT_MATCH | {"answer": "pairs, np.mean(each) if each else 0.0"})),
        ("the median", MATCH.format(**RIGHT_MATCH | {"answer": "pairs, np.median(each) if each else np.nan"})),
        ("the sum", MATCH.format(**RIGHT_MATCH | {"answer": "pairs, np.sum(each) if each else np.nan"})),
        (
            "the best matching of all, not one patient after the other",
            "def matched_gap(gap_case, age_case, gap_control, age_control, caliper):\n"
            "    from scipy.optimize import linear_sum_assignment\n"
            "    apart = np.abs(age_case[:, None] - age_control)\n"
            "    rows, columns = linear_sum_assignment(np.where(apart <= caliper, apart, 1e6))\n"
            "    pairs = [(int(i), int(j)) for i, j in zip(rows, columns) if apart[i, j] <= caliper]\n"
            "    pairs.sort(key=lambda pair: (-age_case[pair[0]], pair[0]))\n"
            "    each = [gap_case[i] - gap_control[j] for i, j in pairs]\n"
            "    return pairs, np.mean(each) if each else np.nan",
        ),
    ],
    "remove_site": [
        ("the offset of everybody, ill or healthy", SITE.format(**RIGHT_SITE | {"offset": "mean(b) - mean(a)"})),
        ("the offset of the patients", SITE.format(**RIGHT_SITE | {"offset": "mean(ill & b) - mean(ill & a)"})),
        ("the offset the wrong way round", SITE.format(**RIGHT_SITE | {"offset": "mean(well & a) - mean(well & b)"})),
        (
            "the gap of B's controls alone",
            SITE.format(**RIGHT_SITE | {"offset": "mean(well & b) + 0 * mean(well & a)"}),
        ),
        (
            "medians",
            SITE.format(
                **RIGHT_SITE | {"offset": "mean(well & a) * 0 + np.median(gap[well & b]) - np.median(gap[well & a])"}
            ),
        ),
        (
            "centers each site on its own mean",
            SITE.format(**RIGHT_SITE | {"new": "gap - offset * 0 - np.where(b, mean(b), mean(a))"}),
        ),
        (
            "centers each site on its own controls: moves A, too",
            SITE.format(**RIGHT_SITE | {"new": "gap - np.where(b, mean(well & b), mean(well & a))"}),
        ),
        ("takes the offset off everybody", SITE.format(**RIGHT_SITE | {"new": "gap - offset"})),
        ("takes the offset off at A", SITE.format(**RIGHT_SITE | {"new": "gap - offset * a"})),
        ("takes the offset off the controls only", SITE.format(**RIGHT_SITE | {"new": "gap - offset * (b & well)"})),
        ("takes the offset off the patients only", SITE.format(**RIGHT_SITE | {"new": "gap - offset * (b & ill)"})),
        ("an unknown offset is no offset", SITE.format(**RIGHT_SITE | {"new": "gap - np.nan_to_num(offset) * b"})),
        (
            "an unknown offset spoils B alone",
            SITE.format(**RIGHT_SITE | {"new": "np.where(b, gap - offset, gap)"}),
        ),
        ("0 where nobody is", SITE.format(**RIGHT_SITE | {"absent": "0.0"})),
        (
            "the gap of the patients for the effect",
            SITE.format(**RIGHT_SITE | {"after": "mean(ill, new) + 0 * mean(well, new)"}),
        ),
        ("the effect before, once more", SITE.format(**RIGHT_SITE | {"after": "mean(ill) - mean(well) + 0 * offset"})),
        ("the effect less the offset", SITE.format(**RIGHT_SITE | {"after": "mean(ill) - mean(well) - offset"})),
        (
            "the mean of the effects of both sites",
            SITE.format(
                **RIGHT_SITE | {"after": "(mean(ill & a) - mean(well & a) + mean(ill & b) - mean(well & b)) / 2"}
            ),
        ),
        ("control minus patient", SITE.format(**RIGHT_SITE | {"before": "mean(well) - mean(ill)"})),
        (
            "changes the caller's gaps",
            SITE.format(**RIGHT_SITE)
            .replace('    told = {"offset"', '    gap[:] = new\n    told = {"offset"')
            .replace(
                '"before": mean(ill) - mean(well)',
                '"before": mean(ill, gap + offset * b) - mean(well, gap + offset * b)',
            ),
        ),
        (
            "the standard error of everybody, ill or healthy",
            SITE.format(**RIGHT_SITE | {"scatter": "gap[a], gap[b]"}),
        ),
        ("the standard error of the patients", SITE.format(**RIGHT_SITE | {"scatter": "gap[ill & a], gap[ill & b]"})),
        (
            "variances with the divisor n",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(x.var() / n + y.var() / m)"}),
        ),
        ("forgets the root", SITE.format(**RIGHT_SITE | {"se": "x.var(ddof=1) / n + y.var(ddof=1) / m"})),
        (
            "the spread of people, not of their mean",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(x.var(ddof=1) + y.var(ddof=1))"}),
        ),
        (
            "adds the standard errors",
            SITE.format(**RIGHT_SITE | {"se": "x.std(ddof=1) / n**0.5 + y.std(ddof=1) / m**0.5"}),
        ),
        (
            "subtracts the variances, as the means",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(abs(y.var(ddof=1) / m - x.var(ddof=1) / n))"}),
        ),
        (
            "each variance over the other site's number",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(x.var(ddof=1) / m + y.var(ddof=1) / n)"}),
        ),
        (
            "pools: the sum of variances over the sum of people",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / (n + m))"}),
        ),
        (
            "Student's: one variance for both sites",
            SITE.format(
                **RIGHT_SITE
                | {"se": "np.sqrt(((n - 1) * x.var(ddof=1) + (m - 1) * y.var(ddof=1)) / (n + m - 2) * (1 / n + 1 / m))"}
            ),
        ),
        (
            "the variance of all controls together, the offset in it",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(gap[well].var(ddof=1) * (1 / n + 1 / m))"}),
        ),
        ("one standard error", SITE.format(**RIGHT_SITE).replace("1.96 * ", "")),
        ("2 for 1.96", SITE.format(**RIGHT_SITE).replace("1.96", "2")),
        ("the other way round: (high, low)", SITE.format(**RIGHT_SITE).replace("(low, high),", "(high, low),")),
        ("spotted because the offset is not 0", SITE.format(**RIGHT_SITE | {"spotted": "offset != 0"})),
        ("spotted because it is more than one year", SITE.format(**RIGHT_SITE | {"spotted": "abs(offset) > 1"})),
        ("spots only who makes older", SITE.format(**RIGHT_SITE | {"spotted": "low > 0"})),
        ("spotted where the interval holds 0", SITE.format(**RIGHT_SITE | {"spotted": "low <= 0 <= high"})),
        (
            "spotted where the interval holds its offset",
            SITE.format(**RIGHT_SITE | {"spotted": "low <= offset <= high"}),
        ),
        (
            "spotted where the intervals of both means are apart",
            SITE.format(
                **RIGHT_SITE | {"spotted": "abs(offset) > 1.96 * (x.std(ddof=1) / n**0.5 + y.std(ddof=1) / m**0.5)"}
            ),
        ),
        ("not spotted where nobody knows", SITE.format(**RIGHT_SITE | {"unknown": "False"})),
        (
            "no interval of NaN holds 0: spotted",
            SITE.format(**RIGHT_SITE | {"unknown": "True"}),
        ),
        ("NaN for neither yes nor no", SITE.format(**RIGHT_SITE | {"unknown": "np.nan"})),
        (
            "one control has a scatter of 0",
            SITE.format(**RIGHT_SITE | {"se": "np.sqrt(x.var(ddof=n > 1) / n + y.var(ddof=m > 1) / m)"}).replace(
                "if n > 1 and m > 1", "if n and m"
            ),
        ),
        (
            "takes off only what is spotted",
            SITE.format(**RIGHT_SITE | {"new": "gap if spotted is False else gap - offset * b"}),
        ),
        (
            "no offset of one control either",
            SITE.format(
                **RIGHT_SITE | {"offset": "mean(well & b) - mean(well & a) + (0 if sum(well & b) > 1 else np.nan)"}
            ),
        ),
    ],
}
