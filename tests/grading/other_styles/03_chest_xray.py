"""Exercise 3 answered in other styles: each is right, and must earn what the solution earns."""

RIGHT = {
    "sigmoid_and_softmax": [
        (
            "PyTorch's functions, tensors back",
            """def sigmoid_and_softmax(logits, y):
    z, truth = torch.as_tensor(logits), torch.as_tensor(y)
    n = truth.sum(dim=1)
    ceiling = torch.where(n > 0, 1 / n.clamp(min=1), torch.nan)
    return {"sigmoid": torch.sigmoid(z), "softmax": torch.softmax(z, dim=1), "ceiling": ceiling}""",
        ),
        (
            "SciPy, and a list comprehension",
            """from scipy.special import expit, softmax

def sigmoid_and_softmax(logits, y):
    ceiling = np.array([1 / row.sum() if row.any() else float("nan") for row in y])
    return dict(ceiling=ceiling, softmax=softmax(logits, axis=1), sigmoid=expit(logits))""",
        ),
    ],
    "multilabel_loss": [
        (
            "torch, clamped logarithms",
            """def multilabel_loss(logits, y):
    z, truth = torch.as_tensor(logits, dtype=torch.float64), torch.as_tensor(y, dtype=torch.float64)
    each = -truth * F.logsigmoid(z) - (1 - truth) * F.logsigmoid(-z)
    return each.sum() / len(z)""",
        ),
        (
            "two loops in Python",
            """import math

def multilabel_loss(logits, y):
    total = 0.0
    for z_row, y_row in zip(logits, y):
        for z, truth in zip(z_row, y_row):
            wrong_by = -z if truth else z
            total += max(wrong_by, 0) + math.log1p(math.exp(-abs(z)))
    return total / len(logits)""",
        ),
    ],
    "balancing_weights": [
        (
            "np.nansum, and a guarded division",
            """def balancing_weights(y):
    p, n = np.nansum(y, axis=0), np.nansum(1 - y, axis=0)
    total = p + n
    share = lambda part: np.divide(part, total, out=np.zeros(len(total)), where=total > 0)
    return share(n), share(p)""",
        ),
        (
            "column by column, lists made arrays",
            """def balancing_weights(y):
    w_pos, w_neg = [], []
    for column in y.T:
        known = [value for value in column if value == value]
        p = sum(known)
        n = len(known) - p
        w_pos.append(n / len(known) if known else 0.0)
        w_neg.append(p / len(known) if known else 0.0)
    return np.array(w_pos), np.array(w_neg)""",
        ),
    ],
    "weighted_loss": [
        (
            "torch's softplus",
            """def weighted_loss(logits, y, w_pos, w_neg):
    z, truth, up, down = (torch.as_tensor(a, dtype=torch.float64) for a in (logits, y, w_pos, w_neg))
    return (up * truth * -F.logsigmoid(z) + down * (1 - truth) * -F.logsigmoid(-z)).sum(1).mean().item()""",
        ),
        (
            "np.where instead of products",
            """def weighted_loss(logits, y, w_pos, w_neg):
    margin = np.where(y == 1, -logits, logits)
    weight = np.where(y == 1, w_pos[np.newaxis], w_neg[np.newaxis])
    loss = np.maximum(margin, 0) + np.log1p(np.exp(-np.abs(margin)))
    return np.einsum("nl,nl->", weight, loss) / y.shape[0]""",
        ),
    ],
    "split_patients": [
        (
            "a permutation, and a set",
            """def split_patients(patients, share, rng):
    names = sorted(set(patients.tolist()))
    order = rng.permutation(len(names))
    held_out = {names[i] for i in order[: int(share * len(names) + 0.5)]}
    return np.array([who in held_out for who in patients.tolist()])""",
        ),
        (
            "the lowest random numbers, whole numbers back",
            """def split_patients(patients, share, rng):
    names, member = np.unique(patients, return_inverse=True)
    n_test = int(np.rint(share * names.size))
    rank = rng.random(names.size).argsort().argsort()
    return (rank < n_test)[member]""",
        ),
    ],
    "find_leak": [
        (
            "pandas' own text functions",
            r"""def find_leak(train, test):
    who = [table["image"].str.extract(r"(\d+)_\d+\.png$")[0].astype(int) for table in (train, test)]
    both = np.intersect1d(*who)
    return both.tolist(), int(who[1].isin(both).sum())""",
        ),
        (
            "pathlib, sets and a counter",
            """from collections import Counter
from pathlib import PurePosixPath

def find_leak(train, test):
    seen, unseen = (Counter(int(PurePosixPath(n).stem[:8]) for n in t.image) for t in (train, test))
    shared = sorted(seen.keys() & unseen.keys())
    return shared, sum(unseen[patient] for patient in shared)""",
        ),
    ],
    "auroc_table": [
        (
            "scikit-learn with weights",
            """from sklearn.metrics import roc_auc_score

def auroc_table(y, score, weights, names):
    def auc(truth, s, w):
        keep = w > 0
        if len(set(truth[keep].tolist())) < 2:
            return np.nan
        return roc_auc_score(truth[keep], s[keep], sample_weight=w[keep])

    table = {"finding": list(names), "AUROC": [], "low": [], "high": []}
    for j in range(len(names)):
        drawn = [auc(y[:, j], score[:, j], w) for w in weights]
        plain = auc(y[:, j], score[:, j], np.ones(len(y)))
        known = [a for a in drawn if a == a]
        table["AUROC"].append(plain)
        table["low"].append(np.percentile(known, 2.5) if known and plain == plain else np.nan)
        table["high"].append(np.percentile(known, 97.5) if known and plain == plain else np.nan)
    return pd.DataFrame(table)""",
        ),
        (
            "matrices of duels for all replicates at once, nanpercentile",
            """import warnings

def auroc_table(y, score, weights, names):
    records = []
    for j, name in enumerate(names):
        pos, neg = np.where(y[:, j] == 1)[0], np.where(y[:, j] == 0)[0]
        duel = (np.sign(score[pos, j][:, None] - score[neg, j][None]) + 1) / 2
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            all_w = np.vstack([np.ones(len(y)), weights])
            value = ((all_w[:, pos] @ duel) * all_w[:, neg]).sum(1) / (all_w[:, pos].sum(1) * all_w[:, neg].sum(1))
            low, high = np.nanpercentile(value[1:], [2.5, 97.5])
        records.append({"finding": name, "AUROC": value[0], "low": low, "high": high})
    return pd.DataFrame.from_records(records)""",
        ),
    ],
    "operate": [
        (
            "arrays of NaN, filled where something is known",
            """def operate(y_val, score_val, y_test, score_test, target):
    n_findings = y_val.shape[1]
    out = {key: np.full(n_findings, np.nan) for key in ("threshold", "sensitivity", "specificity")}
    for j in range(n_findings):
        ill = y_val[:, j] == 1
        if not ill.any():
            continue
        t = max(s for s in np.unique(score_val[:, j]) if np.mean(score_val[ill, j] >= s) >= target)
        out["threshold"][j] = t
        sick, fit = score_test[y_test[:, j] == 1, j], score_test[y_test[:, j] == 0, j]
        if sick.size:
            out["sensitivity"][j] = np.mean(sick >= t)
        if fit.size:
            out["specificity"][j] = np.mean(fit < t)
    return out""",
        ),
        (
            "descending thresholds, counts, tensors back",
            """def operate(y_val, score_val, y_test, score_test, target):
    rows = []
    for j in range(y_val.shape[1]):
        truth, s = y_val[:, j], score_val[:, j]
        positives = int(truth.sum())
        t = np.nan
        if positives:
            for t in sorted(set(s.tolist()), reverse=True):
                if int(((s >= t) & (truth == 1)).sum()) / positives >= target:
                    break
        called = score_test[:, j] >= t
        n_pos, n_neg = int((y_test[:, j] == 1).sum()), int((y_test[:, j] == 0).sum())
        tp, tn = int((called & (y_test[:, j] == 1)).sum()), int((~called & (y_test[:, j] == 0)).sum())
        nothing = np.isnan(t)
        rows.append([t, np.nan if nothing or not n_pos else tp / n_pos, np.nan if nothing or not n_neg else tn / n_neg])
    columns = torch.tensor(rows, dtype=torch.float64).T
    return dict(zip(("threshold", "sensitivity", "specificity"), columns))""",
        ),
    ],
    "activation_maps": [
        (
            "a matrix product of flattened maps",
            """def activation_maps(features, weights, bias):
    k, h, w = features.shape
    maps = (weights @ features.reshape(k, -1)).reshape(-1, h, w)
    return maps, maps.mean(axis=(1, 2)) + bias""",
        ),
        (
            "a 1 × 1 convolution in torch",
            """def activation_maps(features, weights, bias):
    f, w, b = (torch.as_tensor(a, dtype=torch.float64) for a in (features, weights, bias))
    maps = F.conv2d(f[None], w[:, :, None, None])[0]
    return maps, F.linear(f.mean(dim=(1, 2)), w, b)""",
        ),
        (
            "sums in loops",
            """def activation_maps(features, weights, bias):
    maps = np.zeros((len(weights), *features.shape[1:]))
    for j in range(len(weights)):
        for k in range(len(features)):
            maps[j] += weights[j][k] * features[k]
    return maps, np.array([maps[j].mean() + bias[j] for j in range(len(bias))])""",
        ),
    ],
    "f1_against_others": [
        (
            "one matrix product",
            """def f1_against_others(calls):
    calls = np.asarray(calls, float)
    both, each = calls.T @ calls, calls.sum(axis=0)
    with np.errstate(invalid="ignore"):
        f1 = 2 * both / (each[:, None] + each[None, :])
    off = ~np.eye(len(each), dtype=bool)
    return np.array([f1[r][off[r]].mean() for r in range(len(each))])""",
        ),
        (
            "counts of TP, FP and FN",
            """def f1_against_others(calls):
    n, readers = calls.shape
    means = []
    for a in range(readers):
        values = []
        for b in range(readers):
            if a == b:
                continue
            tp = sum(int(x and z) for x, z in zip(calls[:, a], calls[:, b]))
            fp = sum(int(x and not z) for x, z in zip(calls[:, a], calls[:, b]))
            fn = sum(int(z and not x) for x, z in zip(calls[:, a], calls[:, b]))
            values.append(2 * tp / (2 * tp + fp + fn) if tp + fp + fn else float("nan"))
        means.append(sum(values) / len(values))
    return np.array(means)""",
        ),
    ],
}
