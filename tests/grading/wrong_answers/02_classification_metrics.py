"""Plausible mistakes in exercise 2: each must lose its own question's points, and no others."""

METRICS = """\
def basic_metrics(tp, fn, fp, tn):
    def share(part, whole):
        return part / whole if whole else {undefined}
    return {{
        "sensitivity": share(tp, {sensitivity}), "specificity": share(tn, tn + fp),
        "PPV": share(tp, {ppv}), "NPV": share(tn, tn + fn), "F1": share(2 * tp, 2 * tp + fp + fn),
    }}
"""
RIGHT_METRICS = {"undefined": "np.nan", "sensitivity": "tp + fn", "ppv": "tp + fp"}

MATTHEWS = """\
def matthews(tp, fn, fp, tn):
    if 0 in (tp + fn, tn + fp, tp + fp, tn + fn):
        return {undefined}
    tpr, tnr, ppv, npv = tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn)
    fnr, fpr, omission, fdr = 1 - tpr, 1 - tnr, 1 - npv, 1 - ppv
    return {value}
"""

ROC = """\
def roc_points(y, score):
    fpr, tpr = [], []
    for t in {thresholds}:
        fpr.append({fpr})
        tpr.append((score[y == 1] >= t).mean())
    return np.array(fpr), np.array(tpr)
"""
RIGHT_ROC = {"thresholds": "[np.inf, *np.unique(score)[::-1]]", "fpr": "(score[y == 0] >= t).mean()"}

DUEL = """\
def rank_auc(y, score):
    ill, well = score[y == 1][:, None], score[y == 0]
    if ill.size == 0 or well.size == 0:
        return {undefined}
    return {value}
"""

RESAMPLE = """\
def resample_patients(groups, rng):
    patients = np.unique(groups)
    drawn = {drawn}
    return {images}
"""
EVERY_IMAGE = "np.concatenate([np.flatnonzero(groups == patient) for patient in drawn])"
WITH_REPLACEMENT = "rng.choice(patients, len(patients))"

CHOOSE = """\
def choose_and_test(y_val, score_val, y_test, score_test, target):
    y, score = {fitted_on}
    threshold = {threshold}
    called = score_test >= threshold
    return threshold, called[y_test == 1].mean(), (~called[y_test == 0]).mean()
"""
HIGHEST = "max(t for t in score if (score[y == 1] >= t).mean() >= target)"

PPV = """\
def ppv_at_prevalence(sensitivity, specificity, prevalence):
    p = np.asarray(prevalence, float)
    true, false = sensitivity * p, (1 - specificity) * (1 - p)
    with np.errstate(invalid="ignore"):
        return {value}
"""

EVALUATE = """\
def evaluate(y_true, probability):
    decisions = probability >= 0.5
    each = [roc_auc_score(y, p) for y, p in zip(y_true.T, probability.T)]
    return {{"AUC": {auc}, "ACC": {acc}}}
"""
RIGHT_EVALUATE = {"auc": "np.mean(each)", "acc": "(decisions == y_true).mean()"}

RELIABILITY = """\
def reliability(y, probability, n_bins):
    bins = np.argsort(probability).reshape(n_bins, -1)
    p, truth = probability[bins], y[bins]
    return {predicted}, {observed}, np.full(n_bins, bins.shape[1])
"""
RIGHT_RELIABILITY = {"predicted": "p.mean(axis=1)", "observed": "truth.mean(axis=1)"}

EQUAL_WIDTHS = """\
def reliability(y, probability, n_bins):
    bin_of = np.minimum((probability * n_bins).astype(int), n_bins - 1)
    count = np.bincount(bin_of, minlength=n_bins)
    totals = [np.bincount(bin_of, values, minlength=n_bins) for values in (probability, y)]
    return totals[0] / np.maximum(count, 1), totals[1] / np.maximum(count, 1), count
"""

MACRO = """\
def macro_auroc(y, score):
    values = []
    for truth, ranking in zip(y.T, score.T):
        known = ~np.isnan(truth)
        truth, ranking = truth[known], ranking[known]
        values.append(roc_auc_score(truth, ranking) if {{0, 1}} <= set(truth) else {absent})
    {finish}
"""
USED_ONLY = """\
used = [value for value in values if not np.isnan(value)]
    return (np.mean(used) if used else np.nan), len(used)"""

WRONG = {
    "basic_metrics": [
        (
            "divides by 0",
            METRICS.format(**RIGHT_METRICS).replace("part / whole if whole else np.nan", "part / whole"),
        ),
        ("0 where there is nothing to divide by", METRICS.format(**RIGHT_METRICS | {"undefined": "0.0"})),
        (
            "PPV and sensitivity change places",
            METRICS.format(**RIGHT_METRICS | {"sensitivity": "tp + fp", "ppv": "tp + fn"}),
        ),
        (
            "one undefined value makes all of them NaN",
            METRICS.format(**RIGHT_METRICS).replace(
                "    return {",
                "    if not all((tp + fn, tn + fp, tp + fp, tn + fn)):\n"
                "        return dict.fromkeys(('sensitivity', 'specificity', 'PPV', 'NPV', 'F1'), np.nan)\n    return {",
            ),
        ),
        (
            "F1 through PPV and sensitivity, NaN where it is 0",
            METRICS.format(**RIGHT_METRICS).replace(
                "share(2 * tp, 2 * tp + fp + fn)",
                "share(2 * share(tp, tp + fp) * share(tp, tp + fn), share(tp, tp + fp) + share(tp, tp + fn))",
            ),
        ),
    ],
    "matthews": [
        (
            "the slide's DOR",
            MATTHEWS.format(
                undefined="np.nan",
                value="np.sqrt(tpr * tnr * ppv * npv) - np.sqrt(fnr * fpr * omission * tp * tn / (fp * fn))",
            ),
        ),
        (
            "divides by 0",
            MATTHEWS.format(
                undefined="np.nan", value="np.sqrt(tpr * tnr * ppv * npv) - np.sqrt(fnr * fpr * omission * fdr)"
            ).replace("if 0 in (tp + fn, tn + fp, tp + fp, tn + fn)", "if tp + fn + fp + tn == 0"),
        ),
        (
            "0 where it is undefined, as scikit-learn has it",
            MATTHEWS.format(
                undefined="0.0", value="np.sqrt(tpr * tnr * ppv * npv) - np.sqrt(fnr * fpr * omission * fdr)"
            ),
        ),
        (
            "the first root only: never negative",
            MATTHEWS.format(undefined="np.nan", value="np.sqrt(tpr * tnr * ppv * npv)"),
        ),
        (
            "one root over the difference",
            MATTHEWS.format(
                undefined="np.nan", value="np.sqrt(max(tpr * tnr * ppv * npv - fnr * fpr * omission * fdr, 0))"
            ),
        ),
    ],
    "roc_points": [
        (
            "a point for each image: ties cross one after another",
            "def roc_points(y, score):\n"
            "    truth = y[np.argsort(-score, kind='stable')]\n"
            "    fpr, tpr = np.cumsum(1 - truth) / (1 - truth).sum(), np.cumsum(truth) / truth.sum()\n"
            "    return np.append(0.0, fpr), np.append(0.0, tpr)",
        ),
        ("does not start at (0, 0)", ROC.format(**RIGHT_ROC | {"thresholds": "np.unique(score)[::-1]"})),
        (
            "comes from (1, 1) instead",
            ROC.format(**RIGHT_ROC | {"thresholds": "[*np.unique(score), np.inf]"}),
        ),
        (
            "takes scores for probabilities",
            ROC.format(**RIGHT_ROC | {"thresholds": "[1.1, *[t for t in np.unique(score)[::-1] if 0 <= t <= 1]]"}),
        ),
        (
            "false discoveries in place of false positives",
            ROC.format(**RIGHT_ROC | {"fpr": "(y[score >= t] == 0).mean() if (score >= t).any() else 0.0"}),
        ),
        (
            "leaves out points on a straight line, as scikit-learn does unless told",
            "from sklearn.metrics import roc_curve\n\ndef roc_points(y, score):\n    return roc_curve(y, score)[:2]",
        ),
    ],
    "rank_auc": [
        ("a tie counts nothing", DUEL.format(undefined="np.nan", value="(ill > well).mean()")),
        ("a tie counts as a win", DUEL.format(undefined="np.nan", value="(ill >= well).mean()")),
        (
            "turns the ranking round where that looks better",
            DUEL.format(
                undefined="np.nan",
                value="max((ill > well).mean(), (ill < well).mean()) + 0.5 * (ill == well).mean()",
            ),
        ),
        (
            "0.5 where a class is absent",
            DUEL.format(undefined="0.5", value="(ill > well).mean() + 0.5 * (ill == well).mean()"),
        ),
        (
            "ranks without mid-ranks",
            "def rank_auc(y, score):\n"
            "    rank = np.argsort(np.argsort(score, kind='stable')) + 1\n"
            "    ill, well = (y == 1).sum(), (y == 0).sum()\n"
            "    return (rank[y == 1].sum() - ill * (ill + 1) / 2) / (ill * well) if ill * well else np.nan",
        ),
    ],
    "resample_patients": [
        (
            "draws images",
            "def resample_patients(groups, rng):\n    return rng.integers(0, len(groups), len(groups))",
        ),
        (
            "draws images within each patient, and every patient",
            RESAMPLE.format(
                drawn="patients",
                images="np.concatenate([rng.choice(i, len(i)) for i in [np.flatnonzero(groups == p) for p in drawn]])",
            ),
        ),
        ("draws without replacement", RESAMPLE.format(drawn="rng.permutation(patients)", images=EVERY_IMAGE)),
        (
            "who was drawn twice comes once",
            RESAMPLE.format(drawn=WITH_REPLACEMENT, images="np.flatnonzero(np.isin(groups, drawn))"),
        ),
        (
            "patients with many images are drawn more often",
            RESAMPLE.format(drawn="rng.choice(groups, len(patients))", images=EVERY_IMAGE),
        ),
        (
            "as many patients as there are images",
            RESAMPLE.format(drawn="rng.choice(patients, len(groups))", images=EVERY_IMAGE),
        ),
        (
            "cuts off at the number of images",
            RESAMPLE.format(drawn=WITH_REPLACEMENT, images=f"{EVERY_IMAGE}[:len(groups)]"),
        ),
        ("gives ids in place of image numbers", RESAMPLE.format(drawn=WITH_REPLACEMENT, images="drawn")),
        (
            "the same replicate every time",
            RESAMPLE.format(drawn="np.random.default_rng(7).choice(patients, len(patients))", images=EVERY_IMAGE),
        ),
        (
            "chance from elsewhere",
            RESAMPLE.format(drawn="np.random.default_rng().choice(patients, len(patients))", images=EVERY_IMAGE),
        ),
        (
            "chance from NumPy's global state",
            RESAMPLE.format(drawn="np.random.choice(patients, len(patients))", images=EVERY_IMAGE),
        ),
    ],
    "choose_and_test": [
        ("chooses on the test set", CHOOSE.format(fitted_on="y_test, score_test", threshold=HIGHEST)),
        (
            "chooses on both sets",
            CHOOSE.format(fitted_on="np.append(y_val, y_test), np.append(score_val, score_test)", threshold=HIGHEST),
        ),
        (
            "reports on the validation set",
            CHOOSE.format(fitted_on="y_val, score_val", threshold=HIGHEST)
            .replace("score_test >=", "score >=")
            .replace("y_test ==", "y =="),
        ),
        (
            "the lowest threshold that suffices",
            CHOOSE.format(fitted_on="y_val, score_val", threshold=HIGHEST.replace("max", "min")),
        ),
        (
            "the nearest to the target, though it may miss it",
            CHOOSE.format(
                fitted_on="y_val, score_val",
                threshold="min(np.unique(score)[::-1], key=lambda t: abs((score[y == 1] >= t).mean() - target))",
            ),
        ),
        (
            "counts only scores above the threshold",
            CHOOSE.format(fitted_on="y_val, score_val", threshold=HIGHEST.replace(">= t)", "> t)")),
        ),
        (
            "takes scikit-learn's thinned-out curve",
            "from sklearn.metrics import roc_curve\n\n"
            + CHOOSE.format(
                fitted_on="y_val, score_val",
                threshold="next(t for _, tpr, t in zip(*roc_curve(y, score)) if tpr >= target)",
            ),
        ),
        (
            "the false positive rate in place of specificity",
            CHOOSE.format(fitted_on="y_val, score_val", threshold=HIGHEST).replace("(~called", "(called"),
        ),
    ],
    "ppv_at_prevalence": [
        ("forgets the prevalence", PPV.format(value="sensitivity / (sensitivity + 1 - specificity) + 0 * p")),
        (
            "specificity in place of its rest",
            PPV.format(value="true / (true + specificity * (1 - p))"),
        ),
        ("NPV", PPV.format(value="specificity * (1 - p) / (specificity * (1 - p) + (1 - sensitivity) * p)")),
        ("0 where it is undefined", PPV.format(value="np.nan_to_num(true / (true + false)) + 0 * p")),
        ("NaN wherever nobody is ill", PPV.format(value="np.where(p == 0, np.nan, true / (true + false))")),
        (
            "the formula as it stands: one number with nobody positive divides by 0",
            "def ppv_at_prevalence(sensitivity, specificity, prevalence):\n"
            "    true = sensitivity * prevalence\n"
            "    return true / (true + (1 - specificity) * (1 - prevalence))",
        ),
        (
            "one number only",
            "def ppv_at_prevalence(sensitivity, specificity, prevalence):\n"
            "    if prevalence == 0:\n        return 0.0\n"
            "    true = sensitivity * prevalence\n"
            "    return true / (true + (1 - specificity) * (1 - prevalence))",
        ),
    ],
    "evaluate": [
        (
            "still swapped",
            EVALUATE.format(auc=RIGHT_EVALUATE["acc"], acc=RIGHT_EVALUATE["auc"]),
        ),
        ("still positive above 0", EVALUATE.format(**RIGHT_EVALUATE | {"acc": "((probability > 0) == y_true).mean()"})),
        (
            "still the AUC of decisions",
            EVALUATE.format(**RIGHT_EVALUATE).replace("roc_auc_score(y, p)", "roc_auc_score(y, p >= 0.5)"),
        ),
        (
            "still pools the labels",
            EVALUATE.format(**RIGHT_EVALUATE | {"auc": "roc_auc_score(y_true.ravel(), probability.ravel())"}),
        ),
        (
            "right only where all labels are",
            EVALUATE.format(**RIGHT_EVALUATE | {"acc": "(decisions == y_true).all(axis=1).mean()"}),
        ),
        (
            "a tuple again",
            EVALUATE.format(**RIGHT_EVALUATE) + "\n_evaluate = evaluate\n\n"
            "def evaluate(y_true, probability):\n    return tuple(_evaluate(y_true, probability).values())",
        ),
    ],
    "reliability": [
        ("bins of equal width", EQUAL_WIDTHS),
        (
            "sorts the probabilities, but not the labels",
            RELIABILITY.format(**RIGHT_RELIABILITY | {"observed": "y.reshape(n_bins, -1).mean(axis=1)"}),
        ),
        (
            "sorts the labels by themselves",
            RELIABILITY.format(**RIGHT_RELIABILITY | {"observed": "np.sort(y).reshape(n_bins, -1).mean(axis=1)"}),
        ),
        (
            "the middle of the bin in place of its mean",
            RELIABILITY.format(**RIGHT_RELIABILITY | {"predicted": "(p.min(axis=1) + p.max(axis=1)) / 2"}),
        ),
        (
            "the share decided right in place of the share positive",
            RELIABILITY.format(**RIGHT_RELIABILITY | {"observed": "((p >= 0.5) == truth).mean(axis=1)"}),
        ),
        (
            "positives, not their share",
            RELIABILITY.format(**RIGHT_RELIABILITY | {"observed": "truth.sum(axis=1) * 1.0"}),
        ),
        (
            "takes the images as they come",
            RELIABILITY.format(**RIGHT_RELIABILITY).replace("np.argsort(probability)", "np.arange(len(y))"),
        ),
        (
            "sorts the caller's array",
            RELIABILITY.format(**RIGHT_RELIABILITY).replace("    return", "    probability.sort()\n    return"),
        ),
    ],
    "macro_auroc": [
        (
            "an absent class counts 0.5",
            MACRO.format(absent="0.5", finish="return np.mean(values), len(values)"),
        ),
        (
            "an absent class counts 0",
            MACRO.format(absent="0.0", finish="return np.mean(values), np.count_nonzero(values)"),
        ),
        (
            "says all labels were used",
            MACRO.format(
                absent="np.nan",
                finish="return (np.nanmean(values) if not np.isnan(values).all() else np.nan), len(values)",
            ),
        ),
        (
            "unknown means absent",
            MACRO.format(
                absent="np.nan",
                finish=USED_ONLY,
            ).replace("known = ~np.isnan(truth)", "truth, known = np.nan_to_num(truth), slice(None)"),
        ),
        (
            "drops an image with any unknown label",
            MACRO.format(
                absent="np.nan",
                finish=USED_ONLY,
            ).replace(
                "    values = []\n",
                "    values, kept = [], ~np.isnan(y).any(axis=1)\n    y, score = y[kept], score[kept]\n",
            ),
        ),
        (
            "0 where no label can be used",
            MACRO.format(
                absent="np.nan",
                finish=USED_ONLY.replace("used else np.nan", "used else 0.0"),
            ),
        ),
    ],
}
