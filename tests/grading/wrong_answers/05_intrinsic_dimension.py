"""Plausible mistakes in exercise 5: each must lose its own question's points, and no others."""

RIGHT = {
    "twonn": """\
def twonn(distances):
    logs = np.sort(np.log(distances[:, 1] / distances[:, 0]))
    n = len(logs)
    kept = int(0.9 * n)
    x, y = logs[:kept], -np.log(1 - np.arange(1, kept + 1) / n)
    return x @ y / (x @ x)
""",
    "mle": """\
def mle(distances):
    k = distances.shape[1]
    sums = np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1)
    return (k - 1) / sums.mean(), ((k - 2) / sums).mean()
""",
    "corrected": """\
def corrected(published, k):
    low = 100 / (k - 1)
    if k == 2:
        return np.full(published.shape, np.nan), low
    return published * (k - 1) / (k - 2), low
""",
    "squared_distances": """\
def squared_distances(X):
    x = X.astype(np.float64)
    return ((x[:, None] - x[None]) ** 2).sum(axis=2)
""",
    "without_duplicates": """\
def without_duplicates(images):
    seen, rows = set(), []
    for i, image in enumerate(images):
        key = image.tobytes()
        if key not in seen:
            rows.append(i)
        seen.add(key)
    return rows, len(images) - len(rows)
""",
    "over_draws": """\
def over_draws(estimate, X, patients, n_draws, rng):
    found = []
    for _ in range(n_draws):
        rows = [rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]
        found.append(estimate(X[rows]))
    return np.mean(found), np.std(found, ddof=1) if n_draws > 1 else np.nan
""",
    "line": """\
def line(dimension, accuracy):
    found = stats.linregress(dimension, accuracy)
    r2 = np.nan if np.ptp(accuracy) == 0 else found.rvalue**2
    if len(dimension) == 2:
        return {"slope": found.slope, "r2": r2, "interval": (np.nan, np.nan)}
    half = stats.t.ppf(0.975, len(dimension) - 2) * found.stderr
    return {"slope": found.slope, "r2": r2, "interval": (found.slope - half, found.slope + half)}
""",
    "leave_one_out": """\
def leave_one_out(names, dimension, accuracy):
    def slope(x, y):
        return stats.linregress(x, y).slope if len(set(x.tolist())) > 1 else np.nan

    whole, slopes = slope(dimension, accuracy), {}
    for k, name in enumerate(names):
        slopes[name] = slope(np.delete(dimension, k), np.delete(accuracy, k))
    change = [abs(value - whole) for value in slopes.values()]
    return slopes, names[int(np.nanargmax(change))]
""",
    "sharpness": """\
def sharpness(X, y):
    values, y = [], y.astype(float)
    for i in range(len(X)):
        for j in range(i):
            if y[i] != y[j]:
                away = np.linalg.norm(X[i] - X[j])
                values.append(abs(y[i] - y[j]) / away if away > 0 else np.inf)
    return max(values) if values else np.nan
""",
    "honest": """\
def honest(history):
    row = history.sort_values("epoch").reset_index(drop=True)
    best = row["validation_accuracy"].idxmax()
    accuracy = row["test_accuracy"][best]
    return {"epoch": int(row["epoch"][best]), "accuracy": accuracy, "flattery": row["test_accuracy"].max() - accuracy}
""",
}


def _but(name: str, *changes: tuple[str, str]) -> str:
    """The right answer with something else in it."""
    source = RIGHT[name]
    for old, new in changes:
        assert old in source, f"{name}: {old!r} is not there to be changed"
        source = source.replace(old, new)
    return source


WRONG = {
    "twonn": [
        ("F counts from 0", _but("twonn", ("np.arange(1, kept + 1)", "np.arange(kept)"))),
        ("F over N + 1", _but("twonn", (" / n)", " / (n + 1))"))),
        ("ratios not sorted", _but("twonn", ("np.sort(np.log(distances[:, 1] / distances[:, 0]))", "np.log(distances[:, 1] / distances[:, 0])"))),
        ("nothing left out but the last", _but("twonn", ("int(0.9 * n)", "n - 1"))),
        ("the largest nine tenths", _but("twonn", ("x, y = logs[:kept], -np.log(1 - np.arange(1, kept + 1) / n)", "x, y = logs[-kept:-1], -np.log(1 - np.arange(n - kept + 1, n) / n)"))),
        ("F of the kept ones only", _but("twonn", (" / n)", " / (kept + 1))"))),
        ("a line with an intercept", _but("twonn", ("x @ y / (x @ x)", "np.polyfit(x, y, 1)[0]"))),
        ("x against y", _but("twonn", ("x @ y / (x @ x)", "x @ y / (y @ y)"))),
        ("the mean of the quotients", _but("twonn", ("x @ y / (x @ x)", "(y / x).mean()"))),
        ("the ratio without its logarithm", _but("twonn", ("np.log(distances[:, 1] / distances[:, 0])", "distances[:, 1] / distances[:, 0]"))),
        ("T₁ / T₂", _but("twonn", ("distances[:, 1] / distances[:, 0]", "distances[:, 0] / distances[:, 1]"))),
        ("the last column for the second", _but("twonn", ("distances[:, 1]", "distances[:, -1]"))),
        ("maximum likelihood instead", _but("twonn", ("x @ y / (x @ x)", "(n - 1) / logs.sum()"))),
        ("sorts the argument in place", _but("twonn", ("    logs =", "    distances.sort(axis=0)\n    logs ="))),
        ("rounded to whole dimensions", _but("twonn", ("x @ y / (x @ x)", "round(x @ y / (x @ x))"))),
    ],
    "mle": [
        ("the two the wrong way around", _but("mle", ("return (k - 1) / sums.mean(), ((k - 2) / sums).mean()", "return ((k - 2) / sums).mean(), (k - 1) / sums.mean()"))),
        ("the released code's k − 2", _but("mle", ("(k - 1) / sums.mean()", "(k - 2) / sums.mean()"))),
        ("k for k − 1", _but("mle", ("(k - 1) / sums", "k / sums"))),
        ("k − 1 in the mean of each", _but("mle", ("((k - 2) / sums)", "((k - 1) / sums)"))),
        ("the mean of each twice", _but("mle", ("(k - 1) / sums.mean()", "((k - 1) / sums).mean()"))),
        ("a mean of logarithms with T_k's own 0", _but("mle", ("distances[:, :-1]).sum(axis=1)", "distances).mean(axis=1)"), ("(k - 1) / sums.mean()", "1 / sums.mean()"), ("((k - 2) / sums)", "(1 / sums)"))),
        ("logarithms to base 10", _but("mle", ("np.log(", "np.log10("))),
        ("log(T_j / T_1)", _but("mle", ("distances[:, -1:] / distances[:, :-1]", "distances[:, 1:] / distances[:, :1]"))),
        ("the median of each point's", _but("mle", ("((k - 2) / sums).mean()", "np.median((k - 2) / sums)"))),
        ("the sum over points", _but("mle", ("sums.mean(),", "sums.sum(),"))),
        ("only one number", _but("mle", (", ((k - 2) / sums).mean()", ""))),
    ],
    "corrected": [
        ("the factor upside down", _but("corrected", ("(k - 1) / (k - 2)", "(k - 2) / (k - 1)"))),
        ("k / (k − 1)", _but("corrected", ("(k - 1) / (k - 2)", "k / (k - 1)"))),
        ("percent of the published value", _but("corrected", ("low = 100 / (k - 1)", "low = 100 / (k - 2) if k > 2 else 100"))),
        ("a share, not percent", _but("corrected", ("100 / (k - 1)", "1 / (k - 1)"))),
        ("percent that is left", _but("corrected", ("100 / (k - 1)", "100 * (k - 2) / (k - 1)"))),
        ("always 5.3 %", _but("corrected", ("100 / (k - 1)", "100 / 19"))),
        ("0 for k = 2", _but("corrected", ("np.full(published.shape, np.nan)", "np.zeros(published.shape)"))),
        ("one NaN instead of an array", _but("corrected", ("np.full(published.shape, np.nan)", "np.nan"))),
        ("NaN in the type of whole numbers", _but("corrected", ("np.full(published.shape, np.nan)", "np.full_like(published, np.nan)"))),
        ("NaN percent for k = 2", _but("corrected", ("np.nan), low", "np.nan), np.nan"))),
        ("subtracts the percent", _but("corrected", ("published * (k - 1) / (k - 2)", "published * (1 + 1 / (k - 1))"))),
    ],
    "squared_distances": [
        ("products in 32 bits", _but("squared_distances", ("    x = X.astype(np.float64)\n    return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "    s = (X * X).sum(axis=1)\n    return (s[:, None] + s - 2 * X @ X.T).astype(np.float64)"))),
        ("products in 64 bits, cut at 0", _but("squared_distances", ("    return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "    s = (x * x).sum(axis=1)\n    return np.maximum(s[:, None] + s - 2 * x @ x.T, 0)"))),
        ("centered, then products in 32 bits", _but("squared_distances", ("    x = X.astype(np.float64)\n    return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "    x = X - X.mean(axis=0)\n    s = (x * x).sum(axis=1)\n    return np.maximum(s[:, None] + s - 2 * x @ x.T, 0).astype(np.float64)"))),
        ("32 bits throughout", _but("squared_distances", ("X.astype(np.float64)", "X"))),
        ("not squared", _but("squared_distances", (".sum(axis=2)", ".sum(axis=2) ** 0.5"))),
        ("absolute differences", _but("squared_distances", ("((x[:, None] - x[None]) ** 2)", "np.abs(x[:, None] - x[None])"))),
        ("the mean over features", _but("squared_distances", (".sum(axis=2)", ".mean(axis=2)"))),
        ("infinity to itself", _but("squared_distances", ("    return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "    table = ((x[:, None] - x[None]) ** 2).sum(axis=2)\n    np.fill_diagonal(table, np.inf)\n    return table"))),
        ("half of the table", _but("squared_distances", ("return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "return np.triu(((x[:, None] - x[None]) ** 2).sum(axis=2))"))),
        ("rounded to three places", _but("squared_distances", ("return ((x[:, None] - x[None]) ** 2).sum(axis=2)", "return ((x[:, None] - x[None]) ** 2).sum(axis=2).round(3)"))),
    ],
    "without_duplicates": [
        ("by the sum of pixels", _but("without_duplicates", ("image.tobytes()", "int(image.sum())"))),
        ("by the sorted pixels", _but("without_duplicates", ("image.tobytes()", "np.sort(image.ravel()).tobytes()"))),
        ("by the first row", _but("without_duplicates", ("image.tobytes()", "image[0].tobytes()"))),
        ("the last of each", "def without_duplicates(images):\n    last = {image.tobytes(): i for i, image in enumerate(images)}\n    return sorted(last.values()), len(images) - len(last)\n"),
        ("only neighbors in the list are compared", "def without_duplicates(images):\n    rows = [i for i in range(len(images)) if i == 0 or (images[i] != images[i - 1]).any()]\n    return rows, len(images) - len(rows)\n"),
        ("all of a set are dropped", "def without_duplicates(images):\n    keys = [image.tobytes() for image in images]\n    rows = [i for i, key in enumerate(keys) if keys.count(key) == 1]\n    return rows, len(images) - len(rows)\n"),
        ("in the order of the pixels", "def without_duplicates(images):\n    _, first = np.unique(images.reshape(len(images), -1), axis=0, return_index=True)\n    return first, len(images) - len(first)\n"),
        ("counts what stays", _but("without_duplicates", ("len(images) - len(rows)", "len(rows)"))),
        ("counts pairs", _but("without_duplicates", ("len(images) - len(rows)", "sum((a == b).all() for i, a in enumerate(images) for b in images[:i])"))),
        ("the images, not their rows", _but("without_duplicates", ("return rows,", "return images[rows],"))),
        ("rows from 1", _but("without_duplicates", ("rows.append(i)", "rows.append(i + 1)"))),
    ],
    "over_draws": [
        ("always the first image", _but("over_draws", ("rng.choice(np.flatnonzero(patients == one))", "np.flatnonzero(patients == one)[0]"))),
        ("drawn once, used every time", _but("over_draws", ("    for _ in range(n_draws):\n        rows = [rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]\n", "    rows = [rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]\n    for _ in range(n_draws):\n"))),
        ("all images", _but("over_draws", ("estimate(X[rows])", "estimate(X)"))),
        ("as many images as patients, whosever", _but("over_draws", ("[rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]", "rng.choice(len(X), len(np.unique(patients)), replace=False)"))),
        ("patients drawn with replacement", _but("over_draws", ("for one in np.unique(patients)]", "for one in rng.choice(np.unique(patients), len(np.unique(patients)))]"))),
        ("ddof = 0", _but("over_draws", ("ddof=1", "ddof=0"))),
        ("the standard error", _but("over_draws", ("np.std(found, ddof=1)", "np.std(found, ddof=1) / np.sqrt(n_draws)"))),
        ("0 for one draw", _but("over_draws", ("else np.nan", "else 0.0"))),
        ("the median", _but("over_draws", ("np.mean(found)", "np.median(found)"))),
        ("one draw too few", _but("over_draws", ("range(n_draws)", "range(max(n_draws - 1, 1))"))),
        ("the estimate of the mean image", _but("over_draws", ("rows = [rng.choice(np.flatnonzero(patients == one)) for one in np.unique(patients)]\n        found.append(estimate(X[rows]))", "found.append(estimate(np.stack([X[patients == one].mean(axis=0) for one in np.unique(patients)])))"))),
        ("a generator of its own", _but("over_draws", ("    found = []\n", "    found, rng = [], np.random.default_rng()\n"))),
        ("one seed whatever it is given", _but("over_draws", ("    found = []\n", "    found, rng = [], np.random.default_rng(0)\n"))),
        ("never a patient's last image", _but("over_draws", ("rng.choice(np.flatnonzero(patients == one))", "np.flatnonzero(patients == one)[rng.integers(0, max((patients == one).sum() - 1, 1))]"))),
    ],
    "line": [
        ("through the origin", _but("line", ("    found = stats.linregress(dimension, accuracy)\n", "    found = stats.linregress(dimension, accuracy)\n    slope = dimension @ accuracy / (dimension @ dimension)\n"), ("found.slope", "slope"))),
        ("x against y", _but("line", ("stats.linregress(dimension, accuracy)", "stats.linregress(accuracy, dimension) if np.ptp(accuracy) else stats.linregress(dimension, accuracy)"))),
        ("the correlation for R²", _but("line", ("found.rvalue**2", "found.rvalue"))),
        ("adjusted R²", _but("line", ("found.rvalue**2", "(1 - (1 - found.rvalue**2) * (len(dimension) - 1) / max(len(dimension) - 2, 1))"))),
        ("equal up to a rounding", _but("line", ("np.ptp(accuracy) == 0", "((accuracy - accuracy.mean()) ** 2).sum() == 0"))),
        ("0 where accuracies are equal", _but("line", ("r2 = np.nan if", "r2 = 0.0 if"))),
        ("1 where accuracies are equal", _but("line", ("r2 = np.nan if", "r2 = 1.0 if"))),
        ("1.96 for t", _but("line", ("stats.t.ppf(0.975, len(dimension) - 2)", "1.96"))),
        ("S − 1 degrees of freedom", _but("line", ("stats.t.ppf(0.975, len(dimension) - 2)", "stats.t.ppf(0.975, len(dimension) - 1)"))),
        ("one side only, .95", _but("line", ("ppf(0.975", "ppf(0.95"))),
        ("the residual variance over S", _but("line", ("* found.stderr", "* found.stderr * np.sqrt((len(dimension) - 2) / len(dimension))"))),
        ("an interval of no width for two", _but("line", ('(np.nan, np.nan)}', '(found.slope, found.slope)}'))),
        ("infinite for two", _but("line", ('(np.nan, np.nan)}', '(-np.inf, np.inf)}'))),
        ("the standard error without t", _but("line", ("stats.t.ppf(0.975, len(dimension) - 2) * found.stderr", "found.stderr"))),
        ("an interval that is ± half only", _but("line", ("(found.slope - half, found.slope + half)", "(-half, half)"))),
    ],
    "leave_one_out": [
        ("keeps only the one", _but("leave_one_out", ("slope(np.delete(dimension, k), np.delete(accuracy, k))", "slope(dimension[[0, k]], accuracy[[0, k]])"))),
        ("leaves out all up to it", _but("leave_one_out", ("slope(np.delete(dimension, k), np.delete(accuracy, k))", "slope(dimension[k:], accuracy[k:])"))),
        ("the largest slope carries", _but("leave_one_out", ("abs(value - whole)", "value"))),
        ("the lowest slope carries", _but("leave_one_out", ("abs(value - whole)", "-value"))),
        ("the steepest slope carries", _but("leave_one_out", ("abs(value - whole)", "abs(value)"))),
        ("only changes upwards count", _but("leave_one_out", ("abs(value - whole)", "value - whole"))),
        ("only changes downwards count", _but("leave_one_out", ("abs(value - whole)", "whole - value"))),
        ("the least change", _but("leave_one_out", ("np.nanargmax", "np.nanargmin"))),
        ("NaN taken for the largest", _but("leave_one_out", ("np.nanargmax", "np.argmax"))),
        ("NaN stays where it comes first", _but("leave_one_out", ("names[int(np.nanargmax(change))]", "max(names, key=lambda name: abs(slopes[name] - whole))"))),
        ("0 where dimensions are equal", _but("leave_one_out", ("else np.nan", "else 0.0"))),
        ("the position, not the name", _but("leave_one_out", ("names[int(np.nanargmax(change))]", "int(np.nanargmax(change))"))),
        ("through the origin", _but("leave_one_out", ("stats.linregress(x, y).slope", "x @ y / (x @ x)"))),
        ("the change instead of the slope", _but("leave_one_out", ("return slopes,", "return dict(zip(names, change)),"))),
    ],
    "sharpness": [
        ("equal labels, as in the released code", "def sharpness(X, y):\n    values = [1 / max(np.linalg.norm(X[i] - X[j]), 1e-300) for i in range(len(X)) for j in range(i) if y[i] == y[j]]\n    return max(values) if values else np.nan\n"),
        ("all pairs", _but("sharpness", ("            if y[i] != y[j]:\n                away = np.linalg.norm(X[i] - X[j])\n                values.append(abs(y[i] - y[j]) / away if away > 0 else np.inf)", "            away = np.linalg.norm(X[i] - X[j])\n            values.append(max(abs(y[i] - y[j]), 1) / away if away > 0 else np.inf)"))),
        ("the size of the difference forgotten", _but("sharpness", ("abs(y[i] - y[j]) / away", "1 / away"))),
        ("the largest distance", _but("sharpness", ("return max(values)", "return min(values)"))),
        ("the mean", _but("sharpness", ("max(values)", "float(np.mean(values))"))),
        ("squared distances", _but("sharpness", ("np.linalg.norm(X[i] - X[j])", "((X[i] - X[j]) ** 2).sum()"))),
        ("city-block distances", _but("sharpness", ("np.linalg.norm(X[i] - X[j])", "np.abs(X[i] - X[j]).sum()"))),
        ("the largest coordinate's difference", _but("sharpness", ("np.linalg.norm(X[i] - X[j])", "np.abs(X[i] - X[j]).max()"))),
        ("twins are skipped", _but("sharpness", ("values.append(abs(y[i] - y[j]) / away if away > 0 else np.inf)", "values += [abs(y[i] - y[j]) / away] if away > 0 else []"))),
        ("0 for one label", _but("sharpness", ("else np.nan", "else 0.0"))),
        ("only neighbors in the list", _but("sharpness", ("range(i)", "range(max(i - 1, 0), i)"))),
        ("labels of a type without a sign", _but("sharpness", ("values, y = [], y.astype(float)", "values = []"))),
        ("without the sign taken off", _but("sharpness", ("abs(y[i] - y[j])", "(y[i] - y[j])"))),
        ("the nearest pair of all, if its labels differ", "def sharpness(X, y):\n    away = np.linalg.norm(X[:, None] - X[None], axis=2)\n    np.fill_diagonal(away, np.inf)\n    i, j = np.unravel_index(away.argmin(), away.shape)\n    if y[i] == y[j]:\n        return np.nan\n    return abs(y[i] - y[j]) / away[i, j] if away[i, j] else np.inf\n"),
    ],
    "honest": [
        ("chosen by the test", _but("honest", ('row["validation_accuracy"].idxmax()', 'row["test_accuracy"].idxmax()'))),
        ("the last epoch", _but("honest", ('row["validation_accuracy"].idxmax()', "len(row) - 1"))),
        ("the first row of the best, not the earliest epoch", _but("honest", ('history.sort_values("epoch").reset_index', "history.reset_index"))),
        ("the latest of the best", _but("honest", ('row["validation_accuracy"].idxmax()', 'row["validation_accuracy"][::-1].idxmax()'))),
        ("the best test among the best epochs", _but("honest", ('row["validation_accuracy"].idxmax()', '(row["validation_accuracy"] + 1e-6 * row["test_accuracy"]).idxmax()'))),
        ("the lowest validation accuracy", _but("honest", ("idxmax", "idxmin"))),
        ("reports the validation accuracy", _but("honest", ('accuracy = row["test_accuracy"][best]', 'accuracy = row["validation_accuracy"][best]'))),
        ("reports the highest test accuracy", _but("honest", ('accuracy = row["test_accuracy"][best]', 'accuracy = row["test_accuracy"].max()'))),
        ("epochs from 0", _but("honest", ('int(row["epoch"][best])', "int(best)"))),
        ("flattery against validation", _but("honest", ('row["test_accuracy"].max() - accuracy', 'row["validation_accuracy"].max() - accuracy'))),
        ("flattery with its sign turned", _but("honest", ('row["test_accuracy"].max() - accuracy', 'accuracy - row["test_accuracy"].max()'))),
        ("flattery in percent", _but("honest", ('row["test_accuracy"].max() - accuracy', '100 * (row["test_accuracy"].max() - accuracy)'))),
        ("takes the index for the epoch", _but("honest", ('row = history.sort_values("epoch").reset_index(drop=True)', "row = history"), ('int(row["epoch"][best])', "int(best) + 1"))),
        ("sorts the argument in place", _but("honest", ('    row = history.sort_values("epoch")', '    history.sort_values("test_accuracy", inplace=True)\n    row = history.sort_values("epoch")'))),
    ],
}  # fmt: skip
