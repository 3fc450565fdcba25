"""Everything that comes out of a confusion matrix: one entry per quantity, found by any of its names."""

import difflib
import re
import unicodedata

import numpy as np

from .cells import (
    ALL_BUT_TN,
    CELLS,
    MARGINS,
    NEGATIVES,
    POSITIVES,
    PREDICTED_NEGATIVES,
    PREDICTED_POSITIVES,
    Counted,
    total,
)
from .intervals import log_interval, wilson_interval
from .quantity import Quantity, count, likelihood_ratio, proportion, sum_of_two


def find_quantity(name: str) -> Quantity:
    """Return the quantity with this attribute, abbreviation, long name or synonym.

    Capitals, hyphens, underscores and spaces make no difference, but for n (everybody) and N (the negatives).

    Raises
    ------
    ValueError
        If it is no text, or no quantity is called so; the nearest names are listed.

    Examples
    --------
    >>> find_quantity("Recall").name, find_quantity("LR−").name, find_quantity("type II error").name
    ('tpr', 'lr_minus', 'fn')
    """
    if not isinstance(name, str):
        raise ValueError(f"quantity: got {name!r}, allowed is a name, such as 'sensitivity'")
    if name in QUANTITIES:
        return QUANTITIES[name]
    key = plain(name)
    if key not in _BY_NAME:
        near = difflib.get_close_matches(key, _BY_NAME, n=3) or sorted(QUANTITIES)
        raise ValueError(f"quantity: got {name!r}, which is no known name; near are {', '.join(map(repr, near))}")
    return _BY_NAME[key]


def plain(name: str) -> str:
    """Return a name without what makes no difference: "F₁-Score" and "f1_score" are the same."""
    text = unicodedata.normalize("NFKC", str(name)).casefold().replace("−", "-")
    text = re.sub(r"['’]", "", text)
    return re.sub(r"(?<=\w)[\s_–-]+(?=\w)", " ", text).strip()


def _f1_interval(counted: Counted, level: float):
    """F1 = 2 TS / (1 + TS) grows with the threat score, which is a proportion: map its bounds."""
    return tuple(2 * ts / (1 + ts) for ts in wilson_interval(counted["tp"], total(counted, ALL_BUT_TN), level))


def _odds_ratio(tp, fn, fp, tn):
    return (tp * tn) / (fp * fn)


def _odds_ratio_interval(counted: Counted, level: float):
    return log_interval(_odds_ratio(**counted), sum(1 / counted[cell] for cell in CELLS), level)


def _mcc(tp, fn, fp, tn):
    return (tp * tn - fp * fn) / (np.sqrt((tp + fn) * (tp + fp)) * np.sqrt((fp + tn) * (fn + tn)))


def _mcc_from_roots(tp, fn, fp, tn):
    right = (tp / (tp + fn)) * (tn / (fp + tn)) * (tp / (tp + fp)) * (tn / (fn + tn))
    wrong = (fn / (tp + fn)) * (fp / (fp + tn)) * (fp / (tp + fp)) * (fn / (fn + tn))
    return np.sqrt(right) - np.sqrt(wrong)


_ENTRIES = (
    count("tp", "TP", "true positives", ("tp",), "hit, hits"),
    count("fn", "FN", "false negatives", ("fn",), "miss, misses, type II error, underestimation"),
    count("fp", "FP", "false positives", ("fp",), "false alarm, false alarms, type I error, overestimation"),
    count("tn", "TN", "true negatives", ("tn",), "correct rejection, correct rejections"),
    count("n", "n", "total population", CELLS, "total, sample size"),
    count("positives", "P", "actual positives", POSITIVES, "condition positive"),
    count("negatives", "N", "actual negatives", NEGATIVES, "condition negative"),
    count("predicted_positives", "PP", "predicted positives", PREDICTED_POSITIVES),
    count("predicted_negatives", "PN", "predicted negatives", PREDICTED_NEGATIVES),
    proportion("prevalence", "PREV", "prevalence", POSITIVES, CELLS, "base rate, pre-test probability"),
    proportion("accuracy", "ACC", "accuracy", ("tp", "tn"), CELLS),
    sum_of_two(
        "balanced_accuracy", "BA", "balanced accuracy", "(TPR + TNR) / 2", (POSITIVES, NEGATIVES), lambda s: s / 2
    ),
    proportion("ppv", "PPV", "positive predictive value", ("tp",), PREDICTED_POSITIVES, "precision"),
    proportion("npv", "NPV", "negative predictive value", ("tn",), PREDICTED_NEGATIVES),
    proportion("fdr", "FDR", "false discovery rate", ("fp",), PREDICTED_POSITIVES),
    proportion("false_omission_rate", "FOR", "false omission rate", ("fn",), PREDICTED_NEGATIVES, "fomr"),
    proportion(
        "tpr",
        "TPR",
        "true positive rate",
        ("tp",),
        POSITIVES,
        "sensitivity, SEN, recall, hit rate, power, probability of detection",
    ),
    proportion("fnr", "FNR", "false negative rate", ("fn",), POSITIVES, "miss rate, type II error rate"),
    proportion("tnr", "TNR", "true negative rate", ("tn",), NEGATIVES, "specificity, SPC, selectivity"),
    proportion(
        "fpr",
        "FPR",
        "false positive rate",
        ("fp",),
        NEGATIVES,
        "fall-out, fallout, probability of false alarm, type I error rate, false alarm rate",
    ),
    likelihood_ratio("lr_plus", "LR+", "positive likelihood ratio", "TPR / FPR", "tp", "fp", "PLR"),
    likelihood_ratio("lr_minus", "LR−", "negative likelihood ratio", "FNR / TNR", "fn", "tn", "NLR"),
    Quantity(
        "dor",
        "DOR",
        "diagnostic odds ratio",
        ("odds ratio",),
        "LR+ / LR− = (TP × TN) / (FP × FN)",
        _odds_ratio,
        needs=(POSITIVES, NEGATIVES, ("fp",), ("fn",)),
        method="log",
        bounds=_odds_ratio_interval,
        bounds_need=(("tp",), ("tn",)),
    ),
    Quantity(
        "f1",
        "F1",
        "F1 score",
        ("F-score", "F-measure", "Dice", "Dice coefficient", "Sørensen–Dice coefficient"),
        "2 TP / (2 TP + FP + FN)",
        lambda tp, fn, fp, tn: 2 * tp / (2 * tp + fp + fn),
        needs=(ALL_BUT_TN,),
        method="Wilson",
        bounds=_f1_interval,
    ),
    Quantity(
        "fowlkes_mallows",
        "FM",
        "Fowlkes–Mallows index",
        ("G-measure",),
        "√(PPV × TPR)",
        lambda tp, fn, fp, tn: tp / np.sqrt((tp + fp) * (tp + fn)),
        needs=(POSITIVES, PREDICTED_POSITIVES),
    ),
    Quantity(
        "mcc",
        "MCC",
        "Matthews correlation coefficient",
        ("Matthews", "phi coefficient"),
        "(TP × TN − FP × FN) / √(P × N × PP × PN)",
        _mcc,
        needs=MARGINS,
    ),
    Quantity(
        "mcc_from_roots",
        "MCC (roots)",
        "Matthews correlation coefficient from roots",
        (),
        "√(TPR × TNR × PPV × NPV) − √(FNR × FPR × FOR × FDR)",
        _mcc_from_roots,
        needs=MARGINS,
    ),
    proportion(
        "threat_score",
        "TS",
        "threat score",
        ("tp",),
        ALL_BUT_TN,
        "critical success index, CSI, Jaccard index, Jaccard, intersection over union, IoU",
    ),
    sum_of_two(
        "informedness",
        "BM",
        "informedness",
        "TPR + TNR − 1",
        (POSITIVES, NEGATIVES),
        lambda s: s - 1,
        "bookmaker informedness, Youden, Youden's J, Youden index",
    ),
    sum_of_two(
        "markedness",
        "MK",
        "markedness",
        "PPV + NPV − 1",
        (PREDICTED_POSITIVES, PREDICTED_NEGATIVES),
        lambda s: s - 1,
        "deltaP, Δp",
    ),
)

QUANTITIES = {quantity.name: quantity for quantity in _ENTRIES}

_BY_NAME = {
    plain(name): quantity
    for quantity in _ENTRIES
    for name in (quantity.name, quantity.abbreviation, quantity.long_name, *quantity.synonyms)
}
