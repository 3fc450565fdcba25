"""Plausible mistakes in exercise 3: each must lose its own question's points, and no others."""

SIGMOID = """\
def sigmoid_and_softmax(logits, y):
    power = {power}
    k = y.sum(axis=1)
    with np.errstate(all="ignore"):
        return {{
            "sigmoid": {sigmoid}, "softmax": {softmax}, "ceiling": {ceiling},
        }}
"""
RIGHT_SIGMOID = {
    "power": "np.exp(logits - logits.max(axis=1, keepdims=True))",
    "sigmoid": "1 / (1 + np.exp(-logits))",
    "softmax": "power / power.sum(axis=1, keepdims=True)",
    "ceiling": "np.where(k > 0, 1 / k, np.nan)",
}

LOSS = """\
def multilabel_loss(logits, y):
    p = np.exp(-np.logaddexp(0, -logits))
    each = {each}
    return {total}
"""
RIGHT_LOSS = {
    "each": "np.logaddexp(0, logits) - logits * y",
    "total": "each.sum(axis=1).mean()",
}

WEIGHTS = """\
def balancing_weights(y):
    p, n = (y == 1).sum(axis=0), (y == 0).sum(axis=0)
    known = np.maximum(p + n, 1)
    return {weights}
"""

WEIGHTED = """\
def weighted_loss(logits, y, w_pos, w_neg):
    missed, alarm = np.logaddexp(0, -logits), np.logaddexp(0, logits)
    each = {each}
    return {total}
"""
RIGHT_WEIGHTED = {
    "each": "w_pos * y * missed + w_neg * (1 - y) * alarm",
    "total": "each.sum(axis=1).mean()",
}

SPLIT = """\
def split_patients(patients, share, rng):
    everyone = np.unique(patients)
    n_test = {n_test}
    chosen = {chosen}
    return {mask}
"""
RIGHT_SPLIT = {
    "n_test": "round(share * len(everyone))",
    "chosen": "rng.permutation(everyone)[:n_test]",
    "mask": "np.isin(patients, chosen)",
}

LEAK = """\
def find_leak(train, test):
    def owner(name):
        return {owner}

    left, right = [owner(name) for name in train["image"]], [owner(name) for name in test["image"]]
    shared = set(left) & set(right)
    return {patients}, {n_images}
"""
RIGHT_LEAK = {
    "owner": 'int(name.split("/")[-1].split("_")[0])',
    "patients": "sorted(shared)",
    "n_images": "sum(one in shared for one in right)",
}

TABLE = """\
def auroc_table(y, score, weights, names):
    def auroc(images, j):
        truth, ranking = y[images, j], score[images, j]
        return roc_auc_score(truth, ranking) if 0 < truth.sum() < len(truth) else {absent}

    from sklearn.metrics import roc_auc_score
    rows, everything = [], np.arange(len(y))
    for j, name in enumerate(names):
        draws = np.array([auroc({images}, j) for drawn in weights])
        known = {known}
        low, high = {interval} if len(known) else (np.nan, np.nan)
        rows.append([name, {estimate}, low, high])
    return pd.DataFrame(rows, columns=["finding", "AUROC", "low", "high"])
"""
RIGHT_TABLE = {
    "absent": "np.nan",
    "images": "np.repeat(everything, drawn)",
    "known": "draws[~np.isnan(draws)]",
    "interval": "np.percentile(known, [2.5, 97.5])",
    "estimate": "auroc(everything, j)",
}

OPERATE = """\
def operate(y_val, score_val, y_test, score_test, target):
    rows = []
    for j in range(y_val.shape[1]):
        y, s = {chosen_on}
        truth, score = y_test[:, j], score_test[:, j]
        enough = [t for t in s if (y == 1).any() and {enough}]
        threshold = {threshold}
        called = score >= threshold
        found = called[truth == 1].mean() if (truth == 1).any() else {absent}
        spared = (~called[truth == 0]).mean() if (truth == 0).any() else {absent}
        rows.append((threshold, found, spared) if enough else {without})
    return dict(zip(("threshold", "sensitivity", "specificity"), np.array(rows, float).T))
"""
RIGHT_OPERATE = {
    "chosen_on": "y_val[:, j], score_val[:, j]",
    "enough": "(s[y == 1] >= t).mean() >= target",
    "threshold": "max(enough, default=np.nan)",
    "absent": "np.nan",
    "without": "(np.nan,) * 3",
}

MAPS = """\
def activation_maps(features, weights, bias):
    maps = np.einsum("lk,khw->lhw", weights, features)
    logits = weights @ features.mean(axis=(1, 2)) + bias
    return {maps}, {logits}
"""
RIGHT_MAPS = {"maps": "maps", "logits": "logits"}

READERS = """\
def f1_against_others(calls):
    def f1(a, b):
        called = a.sum() + b.sum()
        return 2 * (a * b).sum() / called if called else {undefined}

    readers = list(calls.T)
    others = [[b for j, b in enumerate(readers) if j != i] for i in range(len(readers))]
    return np.array([{score} for a, rest in zip(readers, others)])
"""
RIGHT_READERS = {"undefined": "np.nan", "score": "np.mean([f1(a, b) for b in rest])"}

WRONG = {
    "sigmoid_and_softmax": [
        ("e to the 1,000", SIGMOID.format(**RIGHT_SIGMOID | {"power": "np.exp(logits)"})),
        (
            "takes off the largest logit of the batch, not of the image",
            SIGMOID.format(**RIGHT_SIGMOID | {"power": "np.exp(logits - logits.max())"}),
        ),
        (
            "softmax over the images",
            SIGMOID.format(
                **RIGHT_SIGMOID
                | {"power": "np.exp(logits - logits.max(axis=0))", "softmax": "power / power.sum(axis=0)"}
            ),
        ),
        (
            "sigmoids divided by their sum are no softmax",
            SIGMOID.format(
                **RIGHT_SIGMOID
                | {
                    "power": "1 / (1 + np.exp(-logits))",
                },
            ),
        ),
        (
            "sigmoid and softmax change places",
            SIGMOID.format(
                **RIGHT_SIGMOID | {"sigmoid": RIGHT_SIGMOID["softmax"], "softmax": RIGHT_SIGMOID["sigmoid"]}
            ),
        ),
        ("divides by 0 findings", SIGMOID.format(**RIGHT_SIGMOID | {"ceiling": "1 / k"})),
        ("1 where there is no finding", SIGMOID.format(**RIGHT_SIGMOID | {"ceiling": "1 / np.maximum(k, 1)"})),
        (
            "what these logits gave, not what any could",
            SIGMOID.format(
                **RIGHT_SIGMOID
                | {"ceiling": "np.where(k > 0, (y * power / power.sum(axis=1)[:, None]).max(axis=1), np.nan)"}
            ),
        ),
        (
            "all findings share, not only the true ones",
            SIGMOID.format(**RIGHT_SIGMOID | {"ceiling": "np.where(k > 0, 1 / y.shape[1], np.nan)"}),
        ),
    ],
    "multilabel_loss": [
        ("the mean over the findings", LOSS.format(**RIGHT_LOSS | {"total": "each.mean()"})),
        ("the sum over the images", LOSS.format(**RIGHT_LOSS | {"total": "each.sum()"})),
        (
            "the mean over the findings, summed over the images",
            LOSS.format(**RIGHT_LOSS | {"total": "each.mean(axis=1).sum()"}),
        ),
        (
            "the logarithm of 0",
            LOSS.format(**RIGHT_LOSS | {"each": "-y * np.log(p) - (1 - y) * np.log(1 - p)"}),
        ),
        (
            "clips the probability: nobody can be wrong by more than 16",
            LOSS.format(**RIGHT_LOSS | {"each": "-y * np.log(p.clip(1e-7)) - (1 - y) * np.log((1 - p).clip(1e-7))"}),
        ),
        (
            "e to the 1,000",
            LOSS.format(**RIGHT_LOSS | {"each": "np.log(1 + np.exp(logits)) - logits * y"}),
        ),
        ("the positives alone", LOSS.format(**RIGHT_LOSS | {"each": "y * np.logaddexp(0, -logits)"})),
        (
            "the cross-entropy of a softmax",
            LOSS.format(**RIGHT_LOSS | {"each": "y * (np.logaddexp.reduce(logits, axis=1)[:, None] - logits)"}),
        ),
        ("the wrong sign", LOSS.format(**RIGHT_LOSS | {"each": "logits * y - np.logaddexp(0, logits)"})),
    ],
    "balancing_weights": [
        ("the frequent kind gets the large weight", WEIGHTS.format(weights="p / known, n / known")),
        ("PyTorch's pos_weight, and 1", WEIGHTS.format(weights="n / np.maximum(p, 1), np.ones(len(p))")),
        (
            "divides by all images, known or not",
            WEIGHTS.format(weights="n / len(y), p / len(y)"),
        ),
        (
            "an unknown label counts as absent",
            WEIGHTS.format(weights="1 - p / len(y), p / len(y)"),
        ),
        (
            "NaN spreads over the finding",
            "def balancing_weights(y):\n    share = y.mean(axis=0)\n    return 1 - share, share",
        ),
        ("divides by 0 known labels", WEIGHTS.format(weights="n / (p + n), p / (p + n)")),
        (
            "1 and 0 for a finding of which nothing is known",
            WEIGHTS.format(weights="1 - p / known, p / known"),
        ),
        (
            "one weight for all findings",
            WEIGHTS.format(weights="n.sum() / known.sum() * (known > 0), p.sum() / known.sum() * (known > 0)"),
        ),
    ],
    "weighted_loss": [
        (
            "the weights change places",
            WEIGHTED.format(**RIGHT_WEIGHTED | {"each": "w_neg * y * missed + w_pos * (1 - y) * alarm"}),
        ),
        (
            "the mean over the findings",
            WEIGHTED.format(**RIGHT_WEIGHTED | {"total": "each.mean()"}),
        ),
        (
            "the mean weighted: divides by the weights' sum",
            WEIGHTED.format(
                **RIGHT_WEIGHTED | {"total": "each.sum() / max((w_pos * y + w_neg * (1 - y)).sum() / y.shape[1], 1e-9)"}
            ),
        ),
        (
            "weighs the positives only",
            WEIGHTED.format(**RIGHT_WEIGHTED | {"each": "w_pos * y * missed + (1 - y) * alarm"}),
        ),
        (
            "pos_weight w+ alone, w- forgotten",
            WEIGHTED.format(
                **RIGHT_WEIGHTED | {"each": "w_pos / np.maximum(w_neg, 1e-9) * y * missed + (1 - y) * alarm"}
            ),
        ),
        (
            "0 times infinity",
            "def weighted_loss(logits, y, w_pos, w_neg):\n"
            "    with np.errstate(all='ignore'):\n"
            "        p = 1 / (1 + np.exp(-logits))\n"
            "        each = -w_pos * y * np.log(p) - w_neg * (1 - y) * np.log(1 - p)\n"
            "    return each.sum(axis=1).mean()",
        ),
        (
            "through PyTorch, which divides by a weight of 0",
            "def weighted_loss(logits, y, w_pos, w_neg):\n"
            "    with np.errstate(all='ignore'):\n"
            "        logits, y, w_neg, ratio = map(torch.tensor, (logits, y, w_neg, w_pos / w_neg))\n"
            "    loss = F.binary_cross_entropy_with_logits(logits, y, weight=w_neg, pos_weight=ratio, reduction='sum')\n"
            "    return loss / len(y)",
        ),
    ],
    "split_patients": [
        (
            "splits images",
            "def split_patients(patients, share, rng):\n"
            "    mask = np.zeros(len(patients), bool)\n"
            "    mask[rng.permutation(len(patients))[: round(share * len(patients))]] = True\n"
            "    return mask",
        ),
        (
            "a share of the images, filled up patient by patient",
            "def split_patients(patients, share, rng):\n"
            "    mask = np.zeros(len(patients), bool)\n"
            "    for one in rng.permutation(np.unique(patients)):\n"
            "        if mask.mean() < share:\n"
            "            mask |= patients == one\n"
            "    return mask",
        ),
        ("the first patients", SPLIT.format(**RIGHT_SPLIT | {"chosen": "everyone[:n_test]"})),
        (
            "draws with replacement: too few",
            SPLIT.format(**RIGHT_SPLIT | {"chosen": "rng.choice(everyone, n_test)"}),
        ),
        (
            "patients with many images are drawn more often",
            SPLIT.format(
                **RIGHT_SPLIT | {"chosen": "list(dict.fromkeys(rng.permutation(patients).tolist()))[:n_test]"}
            ),
        ),
        (
            "a coin for each patient: the share on average only",
            SPLIT.format(**RIGHT_SPLIT | {"chosen": "everyone[rng.random(len(everyone)) < share]"}),
        ),
        ("cuts off where it should round", SPLIT.format(**RIGHT_SPLIT | {"n_test": "int(share * len(everyone))"})),
        (
            "rounds up",
            SPLIT.format(**RIGHT_SPLIT | {"n_test": "int(np.ceil(share * len(everyone)))"}),
        ),
        ("true for the training set", SPLIT.format(**RIGHT_SPLIT | {"mask": "~np.isin(patients, chosen)"})),
        ("the patients, not a mask", SPLIT.format(**RIGHT_SPLIT | {"mask": "chosen"})),
        (
            "image numbers, not a mask",
            SPLIT.format(**RIGHT_SPLIT | {"mask": "np.flatnonzero(np.isin(patients, chosen))"}),
        ),
        (
            "the same split every time",
            SPLIT.format(**RIGHT_SPLIT | {"chosen": "np.random.default_rng(7).permutation(everyone)[:n_test]"}),
        ),
        (
            "chance from elsewhere",
            SPLIT.format(**RIGHT_SPLIT | {"chosen": "np.random.default_rng().permutation(everyone)[:n_test]"}),
        ),
        (
            "shuffles the caller's array",
            SPLIT.format(**RIGHT_SPLIT | {"mask": "(rng.shuffle(patients), np.isin(patients, chosen))[1]"}),
        ),
    ],
    "find_leak": [
        (
            "believes the numbers under patient",
            "def find_leak(train, test):\n"
            "    shared = set(train['patient']) & set(test['patient'])\n"
            "    return sorted(shared), int(test['patient'].isin(shared).sum())",
        ),
        (
            "looks for the same images",
            "def find_leak(train, test):\n"
            "    both = test['image'].isin(train['image'])\n"
            "    return sorted({int(name[-16:-8]) for name in test['image'][both]}), int(both.sum())",
        ),
        (
            "leaves the leading zeros",
            LEAK.format(**RIGHT_LEAK | {"owner": 'name.split("/")[-1].split("_")[0]'}),
        ),
        (
            "takes zeros off both ends: 130 becomes 13",
            LEAK.format(**RIGHT_LEAK | {"owner": 'int(name.split("/")[-1].split("_")[0].strip("0"))'}),
        ),
        (
            "takes the folder for the patient",
            LEAK.format(**RIGHT_LEAK | {"owner": 'int("".join(c for c in name.split("_")[0] if c.isdigit()) or 0)'}),
        ),
        (
            "looks at the first eight characters",
            LEAK.format(**RIGHT_LEAK | {"owner": "int(name[:8]) if name[:8].isdigit() else -1"}),
        ),
        (
            "passes over names behind a folder",
            LEAK.format(**RIGHT_LEAK | {"owner": 'int(name.split("_")[0]) if "/" not in name else object()'}),
        ),
        (
            "counts the train images",
            LEAK.format(**RIGHT_LEAK | {"n_images": "sum(one in shared for one in left)"}),
        ),
        ("counts patients", LEAK.format(**RIGHT_LEAK | {"n_images": "len(shared)"})),
        (
            "counts images of both tables",
            LEAK.format(**RIGHT_LEAK | {"n_images": "sum(p in shared for p in left + right)"}),
        ),
        (
            "sorts as text: 13 before 2",
            LEAK.format(**RIGHT_LEAK | {"patients": "sorted(shared, key=str)"}),
        ),
        (
            "lists a patient once for each image",
            LEAK.format(**RIGHT_LEAK | {"patients": "sorted(one for one in right if one in shared)"}),
        ),
    ],
    "auroc_table": [
        (
            "an image drawn twice counts once",
            TABLE.format(**RIGHT_TABLE | {"images": "np.flatnonzero(drawn)"}),
        ),
        (
            "NaN in one replicate spoils the interval",
            TABLE.format(**RIGHT_TABLE | {"known": "draws"}),
        ),
        (
            "a replicate without AUROC counts as chance",
            TABLE.format(**RIGHT_TABLE | {"known": "np.nan_to_num(draws, nan=0.5)"}),
        ),
        ("0.5 where a class is absent", TABLE.format(**RIGHT_TABLE | {"absent": "0.5"})),
        (
            "the mean of the replicates as AUROC",
            TABLE.format(**RIGHT_TABLE | {"estimate": "known.mean() if len(known) else np.nan"}),
        ),
        (
            "a 90 % interval",
            TABLE.format(**RIGHT_TABLE | {"interval": "np.percentile(known, [5, 95])"}),
        ),
        (
            "plus and minus two standard deviations",
            TABLE.format(
                **RIGHT_TABLE | {"interval": "(known.mean() - 1.96 * known.std(), known.mean() + 1.96 * known.std())"},
            ),
        ),
        (
            "the smallest and the largest",
            TABLE.format(**RIGHT_TABLE | {"interval": "(known.min(), known.max())"}),
        ),
        (
            "the AUROC of decisions",
            TABLE.format(**RIGHT_TABLE).replace("score[images, j]", "(score[images, j] >= 0.5)"),
        ),
        (
            "turns the ranking round where that looks better",
            TABLE.format(**RIGHT_TABLE).replace(
                "roc_auc_score(truth, ranking) if",
                "max(roc_auc_score(truth, ranking), roc_auc_score(truth, -ranking)) if",
            ),
        ),
        (
            "leaves out the findings that have no AUROC",
            TABLE.format(**RIGHT_TABLE).replace("        rows.append", "        if len(known): rows.append"),
        ),
    ],
    "operate": [
        (
            "chooses on the test set",
            OPERATE.format(**RIGHT_OPERATE | {"chosen_on": "y_test[:, j], score_test[:, j]"}),
        ),
        (
            "reports on the validation set",
            OPERATE.format(**RIGHT_OPERATE).replace(
                "truth, score = y_test[:, j], score_test[:, j]", "truth, score = y, s"
            ),
        ),
        (
            "one threshold for all findings",
            OPERATE.format(**RIGHT_OPERATE | {"chosen_on": "y_val.ravel(), score_val.ravel()"}),
        ),
        (
            "the lowest threshold that suffices",
            OPERATE.format(**RIGHT_OPERATE | {"threshold": "min(enough, default=np.nan)"}),
        ),
        (
            "counts only scores above the threshold",
            OPERATE.format(**RIGHT_OPERATE).replace("score >= threshold", "score > threshold"),
        ),
        (
            "a quantile between two scores",
            OPERATE.format(**RIGHT_OPERATE | {"threshold": "np.quantile(s[y == 1], 1 - target) if enough else np.nan"}),
        ),
        (
            "the target as specificity",
            OPERATE.format(**RIGHT_OPERATE | {"enough": "(s[y == 0] < t).mean() >= target"}),
        ),
        (
            "a threshold of NaN calls nobody: specificity 1",
            OPERATE.format(**RIGHT_OPERATE | {"without": "(threshold, found, spared)"}),
        ),
        ("0 where it is undefined", OPERATE.format(**RIGHT_OPERATE | {"absent": "0.0"})),
        (
            "a finding without positives is left out",
            OPERATE.format(**RIGHT_OPERATE).replace("        rows.append", "        if enough: rows.append"),
        ),
        (
            "the false positive rate in place of specificity",
            OPERATE.format(**RIGHT_OPERATE).replace("(~called[", "(called["),
        ),
    ],
    "activation_maps": [
        ("cuts off what is negative", MAPS.format(**RIGHT_MAPS | {"maps": "np.maximum(maps, 0)"})),
        (
            "rescales each map from 0 to 1",
            MAPS.format(
                **RIGHT_MAPS | {"maps": "np.array([(m - m.min()) / max(m.max() - m.min(), 1e-9) for m in maps])"},
            ),
        ),
        ("the mean over the features", MAPS.format(**RIGHT_MAPS | {"maps": "maps / len(features)"})),
        (
            "the bias in every place of the map",
            MAPS.format(**RIGHT_MAPS | {"maps": "maps + bias[:, None, None]"}),
        ),
        ("no bias in the logit", MAPS.format(**RIGHT_MAPS | {"logits": "logits - bias"})),
        (
            "the sum of a map in place of its mean",
            MAPS.format(**RIGHT_MAPS | {"logits": "maps.sum(axis=(1, 2)) + bias"}),
        ),
        (
            "the maximum of a map in place of its mean",
            MAPS.format(**RIGHT_MAPS | {"logits": "maps.max(axis=(1, 2)) + bias"}),
        ),
        (
            "the strength of a weight without its sign",
            MAPS.format(**RIGHT_MAPS).replace('"lk,khw->lhw", weights', '"lk,khw->lhw", np.abs(weights)'),
        ),
        (
            "probabilities in place of logits",
            MAPS.format(**RIGHT_MAPS | {"logits": "1 / (1 + np.exp(-logits))"}),
        ),
        (
            "maps on their side",
            MAPS.format(**RIGHT_MAPS | {"maps": "maps.transpose(0, 2, 1)"}),
        ),
    ],
    "f1_against_others": [
        (
            "compares readers with themselves",
            READERS.format(**RIGHT_READERS | {"score": "np.mean([f1(a, b) for b in readers])"}),
        ),
        (
            "the majority of the others as the truth",
            READERS.format(**RIGHT_READERS | {"score": "f1(a, (np.mean(rest, axis=0) >= 0.5).astype(int))"}),
        ),
        (
            "all others' calls in one heap",
            READERS.format(**RIGHT_READERS | {"score": "f1(np.tile(a, len(rest)), np.concatenate(rest))"}),
        ),
        ("0 where there is no F1", READERS.format(**RIGHT_READERS | {"undefined": "0.0"})),
        ("1 where there is no F1", READERS.format(**RIGHT_READERS | {"undefined": "1.0"})),
        (
            "leaves out the pairs that have no F1",
            READERS.format(**RIGHT_READERS | {"score": "np.nanmean([f1(a, b) for b in rest])"}),
        ),
        (
            "how often they agree",
            READERS.format(**RIGHT_READERS | {"score": "np.mean([(a == b).mean() for b in rest])"}),
        ),
        (
            "sensitivity",
            READERS.format(
                **RIGHT_READERS
                | {"score": "np.mean([f1(a, b) * (a.sum() + b.sum()) / 2 / max(b.sum(), 1) for b in rest])"}
            ),
        ),
        (
            "the Jaccard index",
            READERS.format(**RIGHT_READERS | {"score": "np.mean([f1(a, b) / (2 - f1(a, b)) for b in rest])"}),
        ),
    ],
}
