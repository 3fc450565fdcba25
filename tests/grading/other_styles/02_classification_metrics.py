"""Exercise 2 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "basic_metrics": [
        (
            "caught divisions",
            """def basic_metrics(tp, fn, fp, tn):
    fractions = {"F1": (2 * tp, 2 * tp + fp + fn), "NPV": (tn, tn + fn), "PPV": (tp, tp + fp)}
    fractions.update(specificity=(tn, tn + fp), sensitivity=(tp, tp + fn))
    result = {}
    for name, (top, bottom) in fractions.items():
        try:
            result[name] = top / bottom
        except ZeroDivisionError:
            result[name] = float("nan")
    return result""",
        ),
        (
            "one NumPy division",
            """def basic_metrics(tp, fn, fp, tn):
    top = np.array([tp, tn, tp, tn, 2 * tp], float)
    bottom = np.array([tp + fn, tn + fp, tp + fp, tn + fn, 2 * tp + fp + fn], float)
    shares = np.divide(top, bottom, out=np.full(5, np.nan), where=bottom > 0)
    return dict(zip(["sensitivity", "specificity", "PPV", "NPV", "F1"], shares))""",
        ),
    ],
    "matthews": [
        (
            "the other formula, (TP·TN − FP·FN) / √…",
            """def matthews(tp, fn, fp, tn):
    product = (tp + fn) * (tn + fp) * (tp + fp) * (tn + fn)
    return float("nan") if product == 0 else (tp * tn - fp * fn) / product**0.5""",
        ),
        (
            "NumPy lets NaN through",
            """def matthews(tp, fn, fp, tn):
    tp, fn, fp, tn = np.array([tp, fn, fp, tn], dtype=float)
    with np.errstate(all="ignore"):
        right = np.array([tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn)])
        wrong = np.array([fn / (tp + fn), fp / (tn + fp), fp / (tp + fp), fn / (tn + fn)])
    return np.sqrt(right.prod()) - np.sqrt(wrong.prod())""",
        ),
    ],
    "roc_points": [
        (
            "cumulative sums, ties taken together",
            """def roc_points(y, score):
    order = np.argsort(-score, kind="stable")
    ranked, truth = score[order], y[order]
    last = np.append(np.diff(ranked) != 0, True)
    tps, fps = np.cumsum(truth == 1)[last], np.cumsum(truth == 0)[last]
    return np.r_[0, fps / fps[-1]], np.r_[0, tps / tps[-1]]""",
        ),
        (
            "list comprehensions over sorted thresholds, lists back",
            """def roc_points(y, score):
    thresholds = [np.inf] + sorted(set(score.tolist()), reverse=True)
    ill = [s for s, truth in zip(score, y) if truth]
    well = [s for s, truth in zip(score, y) if not truth]
    share = lambda group, t: sum(s >= t for s in group) / len(group)
    return np.array([share(well, t) for t in thresholds]), np.array([share(ill, t) for t in thresholds])""",
        ),
    ],
    "rank_auc": [
        (
            "two loops",
            """def rank_auc(y, score):
    wins = pairs = 0
    for a, truth_a in zip(score, y):
        for b, truth_b in zip(score, y):
            if truth_a == 1 and truth_b == 0:
                pairs += 1
                wins += 1 if a > b else 0.5 if a == b else 0
    return wins / pairs if pairs else float("nan")""",
        ),
        (
            "mean ranks",
            """from scipy.stats import rankdata

def rank_auc(y, score):
    n_pos = int((y == 1).sum())
    n_neg = len(y) - n_pos
    if n_pos * n_neg == 0:
        return np.nan
    return (rankdata(score)[y == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)""",
        ),
    ],
    "resample_patients": [
        (
            "integers drawn, images collected in a list",
            """def resample_patients(groups, rng):
    patients, member = np.unique(groups, return_inverse=True)
    drawn = rng.integers(0, len(patients), len(patients))
    found = []
    for number in drawn:
        found += [i for i in range(len(groups)) if member[i] == number]
    return np.array(found)""",
        ),
        (
            "multinomial counts, repeated",
            """def resample_patients(groups, rng):
    names, inverse = np.unique(groups, return_inverse=True)
    times = rng.multinomial(len(names), np.ones(len(names)) / len(names))
    return np.repeat(np.arange(len(groups)), times[inverse])""",
        ),
    ],
    "choose_and_test": [
        (
            "the sorted positives",
            """def choose_and_test(y_val, score_val, y_test, score_test, target):
    for t in sorted(set(score_val), reverse=True):
        found = np.mean(score_val[y_val == 1] >= t)
        if found >= target:
            break
    sensitivity = np.sum((score_test >= t) & (y_test == 1)) / np.sum(y_test == 1)
    specificity = np.sum((score_test < t) & (y_test == 0)) / np.sum(y_test == 0)
    return t, sensitivity, specificity""",
        ),
        (
            "a table of all thresholds, a list back",
            """def choose_and_test(y_val, score_val, y_test, score_test, target):
    candidates = np.unique(score_val)
    sensitivity = (score_val[y_val == 1][None] >= candidates[:, None]).mean(axis=1)
    threshold = float(candidates[np.flatnonzero(sensitivity >= target)[-1]])
    positive = np.greater_equal(score_test, threshold)
    return [threshold, float(positive[y_test.astype(bool)].mean()), float(1 - positive[y_test == 0].mean())]""",
        ),
    ],
    "ppv_at_prevalence": [
        (
            "np.divide with a place for what is undefined",
            """def ppv_at_prevalence(sensitivity, specificity, prevalence):
    p = np.asarray(prevalence, dtype=float)
    hit, false_alarm = sensitivity * p, (1 - specificity) * (1 - p)
    total = hit + false_alarm
    return np.divide(hit, total, out=np.full(p.shape, np.nan), where=total != 0)""",
        ),
        (
            "one number at a time",
            """def ppv_at_prevalence(sensitivity, specificity, prevalence):
    def one(p):
        positive = sensitivity * p + (1 - specificity) * (1 - p)
        return float("nan") if positive == 0 else sensitivity * p / positive
    if np.ndim(prevalence) == 0:
        return one(float(prevalence))
    flat = np.array([one(float(p)) for p in np.ravel(prevalence)])
    return flat.reshape(np.shape(prevalence))""",
        ),
    ],
    "evaluate": [
        (
            "loops over labels",
            """def evaluate(y_true, probability):
    aucs, accs = [], []
    for j in range(y_true.shape[1]):
        aucs.append(roc_auc_score(y_true[:, j], probability[:, j]))
        accs.append(np.mean((probability[:, j] >= 0.5).astype(int) == y_true[:, j].astype(int)))
    return {"ACC": sum(accs) / len(accs), "AUC": sum(aucs) / len(aucs)}""",
        ),
        (
            "scikit-learn's macro average",
            """from sklearn.metrics import accuracy_score

def evaluate(y_true, probability):
    decided = np.where(probability < 0.5, 0, 1)
    auc = [float(roc_auc_score(y_true[:, [j]], probability[:, [j]])) for j in range(y_true.shape[1])]
    acc = accuracy_score(np.asarray(y_true, int).ravel(), decided.ravel())
    return dict(AUC=float(np.mean(auc)), ACC=acc)""",
        ),
    ],
    "reliability": [
        (
            "np.array_split of the order",
            """def reliability(y, probability, n_bins):
    parts = np.array_split(np.argsort(probability), n_bins)
    predicted = np.array([probability[p].mean() for p in parts])
    observed = np.array([y[p].mean() for p in parts])
    return predicted, observed, np.array([len(p) for p in parts])""",
        ),
        (
            "sorted pairs, counts as floats",
            """def reliability(y, probability, n_bins):
    pairs = sorted(zip(probability.tolist(), y.tolist()))
    size = len(pairs) // n_bins
    table = np.array(pairs).reshape(n_bins, size, 2)
    return table[..., 0].mean(1), table[..., 1].mean(1), np.ones(n_bins) * size""",
        ),
    ],
    "macro_auroc": [
        (
            "a comprehension over columns",
            """def macro_auroc(y, score):
    usable = [j for j in range(y.shape[1]) if len(np.unique(y[:, j][np.isfinite(y[:, j])])) == 2]
    if not usable:
        return (float("nan"), 0)
    each = [roc_auc_score(y[np.isfinite(y[:, j]), j], score[np.isfinite(y[:, j]), j]) for j in usable]
    return (sum(each) / len(each), len(usable))""",
        ),
        (
            "NaN for what has none, then nanmean",
            """def macro_auroc(y, score):
    each = np.full(y.shape[1], np.nan)
    for j, (truth, s) in enumerate(zip(y.T, score.T)):
        if np.any(truth == 1) and np.any(truth == 0):
            keep = (truth == 0) | (truth == 1)
            each[j] = roc_auc_score(truth[keep].astype(int), s[keep])
    n = np.count_nonzero(~np.isnan(each))
    return (np.nanmean(each) if n else np.nan), n""",
        ),
    ],
}
