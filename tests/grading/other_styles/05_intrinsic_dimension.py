"""Exercise 5 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "twonn": [
        (
            "least squares by lstsq, whole arrays cut at the end",
            """def twonn(distances):
    mu = np.sort(distances[:, 1] / distances[:, 0])
    n = mu.size
    with np.errstate(divide="ignore"):
        height = -np.log1p(-np.arange(1, n + 1) / n)
    m = int(0.9 * n)
    slope, *_ = np.linalg.lstsq(np.log(mu[:m])[:, None], height[:m], rcond=None)
    return float(slope[0])""",
        ),
        (
            "a loop over sorted ratios",
            """import math

def twonn(distances):
    ratios = sorted(row[1] / row[0] for row in distances)
    n, xy, xx = len(ratios), 0.0, 0.0
    for i, mu in enumerate(ratios[: int(0.9 * n)], start=1):
        x = math.log(mu)
        xy += x * -math.log(1 - i / n)
        xx += x * x
    return xy / xx""",
        ),
    ],
    "mle": [
        (
            "differences of logarithms",
            """def mle(distances):
    logs = np.log(distances)
    k = logs.shape[-1]
    L = (k - 1) * logs[:, -1] - logs[:, :-1].sum(axis=-1)
    return float((k - 1) * len(L) / L.sum()), float(np.mean((k - 2) / L))""",
        ),
        (
            "one point after the other, a list back as a tuple",
            """from math import log

def mle(distances):
    k = len(distances[0])
    each = [sum(log(row[-1] / other) for other in row[:-1]) for row in distances]
    return tuple([(k - 1) / (sum(each) / len(each)), sum((k - 2) / one for one in each) / len(each)])""",
        ),
    ],
    "corrected": [
        (
            "a factor, NaN for k = 2",
            """def corrected(published, k):
    factor = float("nan") if k == 2 else (k - 1) / (k - 2)
    return np.multiply(published, factor), 100.0 * (1 - (k - 2) / (k - 1))""",
        ),
        (
            "NumPy's division, infinities made NaN",
            """def corrected(published, k):
    published = np.array(published, dtype=float)
    with np.errstate(all="ignore"):
        value = published * np.float64(k - 1) / np.float64(k - 2)
    value = np.where(np.isfinite(value), value, np.nan)
    low = 100 * (1 / (k - 1))
    return value, low""",
        ),
    ],
    "squared_distances": [
        (
            "SciPy's cdist",
            """from scipy.spatial.distance import cdist

def squared_distances(X):
    wide = np.asarray(X, dtype="float64")
    return cdist(wide, wide, metric="sqeuclidean")""",
        ),
        (
            "row by row",
            """def squared_distances(X):
    rows = [row.astype(float) for row in X]
    out = np.zeros((len(rows), len(rows)))
    for i, a in enumerate(rows):
        for j in range(i):
            difference = a - rows[j]
            out[i, j] = out[j, i] = difference @ difference
    return out""",
        ),
    ],
    "without_duplicates": [
        (
            "bytes in a set, a list back",
            """def without_duplicates(images):
    seen, rows = set(), []
    for i, image in enumerate(images):
        key = image.tobytes()
        if key not in seen:
            seen.add(key)
            rows.append(i)
    return np.array(rows), len(images) - len(rows)""",
        ),
        (
            "pandas' duplicated",
            """def without_duplicates(images):
    twice = pd.DataFrame(images.reshape(images.shape[0], -1)).duplicated(keep="first").to_numpy()
    return np.where(~twice)[0], int(twice.sum())""",
        ),
    ],
    "over_draws": [
        (
            "integers within each patient",
            """def over_draws(estimate, X, patients, n_draws, rng):
    members = {one: np.where(patients == one)[0] for one in np.unique(patients).tolist()}
    told = np.empty(n_draws)
    for d in range(n_draws):
        chosen = np.array([rows[rng.integers(len(rows))] for rows in members.values()])
        told[d] = estimate(X[chosen])
    return told.mean(), (told.std(ddof=1) if n_draws > 1 else float("nan"))""",
        ),
        (
            "a shuffle, the first of each patient",
            """def over_draws(estimate, X, patients, n_draws, rng):
    values = []
    while len(values) < n_draws:
        order = rng.permutation(len(X))
        _, first = np.unique(patients[order], return_index=True)
        values.append(float(estimate(X[order[first]])))
    series = pd.Series(values)
    return series.mean(), series.std()""",
        ),
    ],
    "line": [
        (
            "scipy.stats.linregress",
            """def line(dimension, accuracy):
    fit = stats.linregress(dimension, accuracy)
    S = len(dimension)
    t = stats.t.ppf(0.975, S - 2) if S > 2 else np.nan
    half = t * fit.stderr if S > 2 else np.nan
    r2 = fit.rvalue**2 if np.ptp(accuracy) > 0 else np.nan
    return dict(slope=fit.slope, r2=r2, interval=(fit.slope - half, fit.slope + half))""",
        ),
        (
            "np.polyfit, a list for the interval's ends",
            """def line(dimension, accuracy):
    a, b = np.polyfit(dimension, accuracy, 1)
    rest = accuracy - (a * dimension + b)
    sse, s = float(np.sum(rest**2)), len(dimension)
    sst = float(np.sum((accuracy - np.average(accuracy)) ** 2))
    ends = [float("nan")] * 2
    if s > 2:
        se = (sse / (s - 2) / np.sum((dimension - np.average(dimension)) ** 2)) ** 0.5
        ends = [a + sign * stats.t(s - 2).ppf(0.975) * se for sign in (-1, 1)]
    return {"interval": tuple(ends), "r2": float("nan") if np.ptp(accuracy) == 0 else 1 - sse / sst, "slope": a}""",
        ),
    ],
    "leave_one_out": [
        (
            "np.delete and a running best",
            """def leave_one_out(names, dimension, accuracy):
    def slope(x, y):
        if x.min() == x.max():
            return float("nan")
        return float(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
    whole, slopes, carrier, most = slope(dimension, accuracy), {}, None, -1.0
    for i, name in enumerate(names):
        slopes[name] = slope(np.delete(dimension, i), np.delete(accuracy, i))
        if abs(slopes[name] - whole) > most:
            carrier, most = name, abs(slopes[name] - whole)
    return slopes, carrier""",
        ),
        (
            "pandas rows dropped",
            """def leave_one_out(names, dimension, accuracy):
    table = pd.DataFrame({"x": dimension, "y": accuracy}, index=names)
    def fit(some):
        x = some["x"] - some["x"].mean()
        return (x * some["y"]).sum() / (x**2).sum() if some["x"].nunique() > 1 else np.nan
    slopes = {name: fit(table.drop(index=name)) for name in names}
    return slopes, (pd.Series(slopes) - fit(table)).abs().idxmax()""",
        ),
    ],
    "sharpness": [
        (
            "all pairs at once",
            """def sharpness(X, y):
    y = np.asarray(y, dtype=np.float64)
    rise = np.abs(np.subtract.outer(y, y))
    away = np.sqrt(((X[:, np.newaxis, :] - X[np.newaxis, :, :]) ** 2).sum(-1))
    different = rise > 0
    if not different.any():
        return np.nan
    with np.errstate(divide="ignore"):
        return np.max(rise[different] / away[different])""",
        ),
        (
            "itertools' pairs",
            """from itertools import combinations
from math import dist, inf, nan

def sharpness(X, y):
    labels = [float(label) for label in y]
    found = []
    for i, j in combinations(range(len(labels)), 2):
        if labels[i] != labels[j]:
            d = dist(X[i], X[j])
            found.append(abs(labels[i] - labels[j]) / d if d else inf)
    return max(found, default=nan)""",
        ),
    ],
    "honest": [
        (
            "filter, then the earliest",
            """def honest(history):
    best = history[history.validation_accuracy == history.validation_accuracy.max()]
    row = best.loc[best["epoch"].idxmin()] if best.index.is_unique else best.iloc[best["epoch"].argmin()]
    return {
        "flattery": history.test_accuracy.max() - row.test_accuracy,
        "accuracy": row.test_accuracy,
        "epoch": int(row.epoch),
    }""",
        ),
        (
            "tuples and max",
            """def honest(history):
    rows = list(zip(history["validation_accuracy"], -history["epoch"], history["test_accuracy"]))
    _, minus_epoch, accuracy = max(rows, key=lambda row: row[:2])
    return dict(epoch=int(-minus_epoch), accuracy=accuracy, flattery=max(row[2] for row in rows) - accuracy)""",
        ),
    ],
}
