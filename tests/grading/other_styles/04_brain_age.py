"""Exercise 4 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "spread_of_ages": [
        (
            "powers, and a place for what is undefined",
            """def spread_of_ages(mae, r2):
    rmse = (np.pi / 2) ** 0.5 * np.asarray(mae)
    sd = np.full(rmse.shape, np.nan)
    np.divide(rmse, np.sqrt(np.clip(1 - r2, 0, None)), out=sd, where=r2 < 1)
    return rmse, sd""",
        ),
        (
            "one method after the other",
            """import math

def spread_of_ages(mae, r2):
    rmse = [m * math.sqrt(math.pi / 2) for m in mae]
    sd = [e / math.sqrt(1 - r) if r < 1 else math.nan for e, r in zip(rmse, r2)]
    return np.array(rmse), np.array(sd)""",
        ),
    ],
    "accuracy_by_range": [
        (
            "a dict of columns",
            """def accuracy_by_range(predicted, age, ranges):
    table = {"low": [], "high": [], "n": [], "MAE": [], "R2": []}
    for low, high in ranges:
        rows = np.flatnonzero(np.logical_and(age >= low, age <= high))
        table["low"].append(low)
        table["high"].append(high)
        table["n"].append(rows.size)
        table["MAE"].append(np.mean(np.abs(predicted[rows] - age[rows])) if rows.size else np.nan)
        distinct = len(set(age[rows].tolist()))
        table["R2"].append(1 - np.mean((age[rows] - predicted[rows]) ** 2) / np.var(age[rows]) if distinct > 1 else np.nan)
    return pd.DataFrame(table)""",
        ),
        (
            "pandas and scikit-learn",
            """from sklearn.metrics import mean_absolute_error, r2_score

def accuracy_by_range(predicted, age, ranges):
    people = pd.DataFrame({"told": predicted, "true": age})
    records = []
    for low, high in ranges:
        some = people[people["true"].between(low, high)]
        record = {"low": low, "high": high, "n": len(some), "MAE": float("nan"), "R2": float("nan")}
        if len(some):
            record["MAE"] = mean_absolute_error(some["true"], some["told"])
        if some["true"].nunique() > 1:
            record["R2"] = r2_score(some["true"], some["told"])
        records.append(record)
    return pd.DataFrame(records, columns=["low", "high", "n", "MAE", "R2"])""",
        ),
    ],
    "fit_bias": [
        (
            "np.polyfit",
            """def fit_bias(age, predicted):
    keep = np.isfinite(age + predicted)
    if np.unique(age[keep]).size < 2:
        return (float("nan"),) * 2
    alpha, beta = np.polyfit(age[keep], (predicted - age)[keep], deg=1)
    return alpha, beta""",
        ),
        (
            "scipy.stats.linregress, Python's floats",
            """from scipy.stats import linregress

def fit_bias(age, predicted):
    pairs = [(a, p - a) for a, p in zip(age.tolist(), predicted.tolist()) if a == a and p == p]
    if len({a for a, _ in pairs}) < 2:
        return [np.nan, np.nan]
    line = linregress(*zip(*pairs))
    return float(line.slope), float(line.intercept)""",
        ),
    ],
    "delange_cole": [
        (
            "least squares on a design matrix",
            """def delange_cole(age_cal, predicted_cal, age, predicted):
    design = np.stack([age_cal, np.ones_like(age_cal)], axis=1)
    (a, b), *_ = np.linalg.lstsq(design, predicted_cal, rcond=None)
    alpha, beta = a - 1.0, b
    return predicted - (alpha * age + beta), alpha, beta""",
        ),
        (
            "covariance over variance",
            """def delange_cole(age_cal, predicted_cal, age, predicted):
    a = np.cov(age_cal, predicted_cal)[0, 1] / np.var(age_cal, ddof=1)
    b = np.mean(predicted_cal) - a * np.mean(age_cal)
    corrected = np.array([p + (y - (a * y + b)) for y, p in zip(age, predicted)])
    return corrected, float(a - 1), float(b)""",
        ),
    ],
    "correct_without_ages": [
        (
            "the inverse line, by covariance",
            """def correct_without_ages(age_cal, predicted_cal, predicted):
    if np.ptp(predicted_cal) == 0:
        return np.full(len(predicted), np.nan), np.nan
    x = age_cal - age_cal.mean()
    slope = (x @ predicted_cal) / (x @ x)
    return age_cal.mean() + (predicted - predicted_cal.mean()) / slope, np.abs(1 / slope)""",
        ),
        (
            "a polynomial object",
            """def correct_without_ages(age_cal, predicted_cal, predicted):
    if len(set(predicted_cal.tolist())) == 1:
        return predicted * float("nan"), float("nan")
    b, a = np.polynomial.Polynomial.fit(age_cal, predicted_cal, 1).convert().coef
    return np.array([(p - b) / a for p in predicted]), float(1 / np.sqrt(a**2))""",
        ),
    ],
    "flattery": [
        (
            "a helper, and an index reset",
            """def flattery(predicted, age):
    def row(guess):
        residual = age - guess
        return {"MAE": np.mean(np.abs(residual)), "R2": 1 - np.mean(residual**2) / np.var(age)}
    design = np.column_stack([age, np.ones(len(age))])
    line = design @ np.linalg.lstsq(design, predicted - age, rcond=None)[0]
    table = pd.DataFrame([row(predicted), row(predicted - line)])
    table.insert(0, "prediction", ["raw", "corrected"])
    return table""",
        ),
        (
            "scikit-learn's scores",
            """from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score

def flattery(predicted, age):
    gap = predicted - age
    corrected = predicted - LinearRegression().fit(age[:, None], gap).predict(age[:, None])
    both = [predicted, corrected]
    return pd.DataFrame({
        "prediction": ["raw", "corrected"],
        "MAE": [mean_absolute_error(age, one) for one in both],
        "R2": [r2_score(age, one) for one in both],
    })""",
        ),
    ],
    "soft_labels": [
        (
            "the normal distribution of SciPy",
            """from scipy.stats import norm

def soft_labels(age, sigma):
    lower = 42 + np.arange(40)
    mass = norm.cdf(lower + 1, age[:, None], sigma) - norm.cdf(lower, age[:, None], sigma)
    p = mass / mass.sum(1)[:, None]
    return p, (p * (lower + 0.5)).sum(axis=1)""",
        ),
        (
            "person by person, bin by bin",
            """from math import erf as error_function, sqrt

def soft_labels(age, sigma):
    phi = lambda z: (1 + error_function(z / sqrt(2))) / 2
    p = []
    for y in age:
        masses = [phi((43 + k - y) / sigma) - phi((42 + k - y) / sigma) for k in range(40)]
        p.append([m / sum(masses) for m in masses])
    p = np.array(p)
    return p, np.array([sum(q * (42.5 + k) for k, q in enumerate(row)) for row in p])""",
        ),
    ],
    "stack_patches": [
        (
            "scikit-learn's linear regression",
            """from sklearn.linear_model import LinearRegression

def stack_patches(patch_ages, age, fold, n_best):
    result = np.full(age.shape, np.nan)
    for f in sorted(set(fold.tolist())):
        train, held_out = np.where(fold != f)[0], np.where(fold == f)[0]
        errors = np.mean(np.abs(patch_ages[train] - age[train].reshape(-1, 1)), axis=0)
        chosen = sorted(range(len(errors)), key=lambda i: (errors[i], i))[:n_best]
        model = LinearRegression().fit(patch_ages[np.ix_(train, chosen)], age[train])
        result[held_out] = model.predict(patch_ages[np.ix_(held_out, chosen)])
    return result""",
        ),
        (
            "means taken off first",
            """def stack_patches(patch_ages, age, fold, n_best):
    out = {}
    for one in set(fold):
        others = fold != one
        x, t = patch_ages[others], age[others]
        best = np.argsort([np.abs(column - t).mean() for column in x.T], kind="stable")[:n_best]
        x = x[:, best]
        w = np.linalg.pinv(x - x.mean(0)) @ (t - t.mean())
        for i in np.flatnonzero(~others):
            out[i] = t.mean() + (patch_ages[i, best] - x.mean(0)) @ w
    return np.array([out[i] for i in range(len(age))])""",
        ),
    ],
    "matched_gap": [
        (
            "sorted lists and min with a key",
            """def matched_gap(gap_case, age_case, gap_control, age_control, caliper):
    free = list(range(len(age_control)))
    pairs = []
    for i in sorted(range(len(age_case)), key=lambda i: (-age_case[i], i)):
        near = [j for j in free if abs(age_control[j] - age_case[i]) <= caliper]
        if near:
            j = min(near, key=lambda j: (abs(age_control[j] - age_case[i]), j))
            free.remove(j)
            pairs.append((i, j))
    if not pairs:
        return [], float("nan")
    return pairs, sum(gap_case[i] - gap_control[j] for i, j in pairs) / len(pairs)""",
        ),
        (
            "a table of distances, taken ones made infinite",
            """def matched_gap(gap_case, age_case, gap_control, age_control, caliper):
    apart = np.abs(age_case[:, None] - age_control[None, :]).astype(float)
    apart[apart > caliper] = np.inf
    pairs = []
    for i in np.lexsort((np.arange(len(age_case)), -age_case)):
        if apart.shape[1] and np.isfinite(apart[i]).any():
            j = np.argmin(apart[i])
            apart[:, j] = np.inf
            pairs.append((i, j))
    who = np.array(pairs, int).reshape(-1, 2)
    difference = (gap_case[who[:, 0]] - gap_control[who[:, 1]]).mean() if pairs else np.nan
    return pairs, difference""",
        ),
    ],
    "remove_site": [
        (
            "pandas' groups",
            """def remove_site(gap, site, diagnosis):
    people = pd.DataFrame({"gap": gap, "site": site, "ill": diagnosis == "AD"})
    well = people[~people["ill"]]
    a, b = (well.loc[well["site"] == place, "gap"] for place in "AB")
    offset = b.mean() - a.mean()
    error = (a.var() / max(len(a), 1) + b.var() / max(len(b), 1)) ** 0.5
    interval, spotted = (np.nan, np.nan), None
    if len(a) > 1 and len(b) > 1:
        interval = (offset - 1.96 * error, offset + 1.96 * error)
        spotted = bool(interval[0] > 0 or interval[1] < 0)
    new = np.full(len(gap), np.nan) if np.isnan(offset) else np.where(site == "B", gap - offset, gap)
    def effect(values):
        values = pd.Series(values)
        return values[people["ill"]].mean() - values[~people["ill"]].mean()
    return {"offset": offset, "interval": interval, "spotted": spotted, "gap": new, "before": effect(gap), "after": effect(new)}""",
        ),
        (
            "lists and the statistics module, NumPy's own booleans",
            """from statistics import mean, variance

def remove_site(gap, site, diagnosis):
    pick = lambda values, *tests: [v for i, v in enumerate(values) if all(t[i] for t in tests)]
    well, ill = diagnosis == "control", diagnosis == "AD"
    average = lambda values: mean(values) if values else float("nan")
    a, b = pick(gap.tolist(), well, site == "A"), pick(gap.tolist(), well, site == "B")
    offset = average(b) - average(a)
    low = high = float("nan")
    spotted = None
    if len(a) >= 2 and len(b) >= 2:
        se = (variance(a) / len(a) + variance(b) / len(b)) ** 0.5
        low, high = offset - 1.96 * se, offset + 1.96 * se
        spotted = np.bool_(not low <= 0 <= high)
    cleaned = np.array(gap, float)
    cleaned[site == "B"] -= offset
    if offset != offset:
        cleaned[:] = np.nan
    effect = lambda values: average(pick(values.tolist(), ill)) - average(pick(values.tolist(), well))
    return dict(offset=offset, interval=(low, high), spotted=spotted, gap=cleaned, before=effect(gap), after=effect(cleaned))""",
        ),
    ],
}
