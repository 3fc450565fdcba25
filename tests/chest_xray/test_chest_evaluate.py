"""The evaluation against scikit-learn, on the real predictions, and where it must refuse."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score, roc_auc_score

from course_lib.chest_xray.evaluate import evaluate
from course_lib.chest_xray.findings import FINDINGS
from course_lib.metrics import bootstrap_auroc, simulate_predictions
from course_lib.published import published

DECISIONS = ["threshold", "sensitivity", "specificity", "ppv", "f1"]
COLUMNS = ["finding", "n_positive", "auroc", "low", "high", "average_precision", *DECISIONS]


def cohort(seed, n_patients=300):
    images = np.random.default_rng(seed).integers(1, 5, n_patients)
    return simulate_predictions(images, np.linspace(0.08, 0.4, 14), np.linspace(0.65, 0.95, 14), FINDINGS, seed=seed)


@pytest.fixture(scope="module")
def test_set():
    return cohort(0)


@pytest.fixture(scope="module")
def validation():
    other = cohort(1)
    return other.y_true, other.y_score, other.groups + 10_000


@pytest.fixture(scope="module")
def result(test_set, validation):
    return evaluate(test_set.y_true, test_set.y_score, groups=test_set.groups, validation=validation, n_replicates=300)


def test_the_table_has_a_row_per_finding_and_the_columns_that_are_documented(result):
    assert list(result.table) == COLUMNS
    assert tuple(result.table["finding"]) == FINDINGS


def test_ranking_is_scikit_learns(result, test_set):
    y, score = test_set.y_true, test_set.y_score
    assert result.table["n_positive"].tolist() == y.sum(0).tolist()
    assert result.table["auroc"].to_numpy() == pytest.approx(roc_auc_score(y, score, average=None), abs=1e-12)
    precision = average_precision_score(y, score, average=None)
    assert result.table["average_precision"].to_numpy() == pytest.approx(precision, abs=1e-12)


def test_intervals_draw_patients(result, test_set):
    by_patient = bootstrap_auroc(test_set.y_true, test_set.y_score, groups=test_set.groups, n_replicates=300)
    assert result.table[["low", "high"]].to_numpy() == pytest.approx(by_patient.interval())
    assert result.unit == "patient"


def test_thresholds_have_the_best_f1_on_validation_and_decide_on_test(result, test_set, validation):
    y, score, _ = validation
    for label in (0, 6, 13):
        row = result.table.iloc[label]
        candidates = np.unique(score[:, label])
        best = max(candidates, key=lambda t: (f1_score(y[:, label], score[:, label] >= t), t))
        assert row.threshold == best
        truth, decided = test_set.y_true[:, label], test_set.y_score[:, label] >= best
        assert row.sensitivity == pytest.approx(recall_score(truth, decided))
        assert row.specificity == pytest.approx(recall_score(truth, decided, pos_label=0))
        assert row.ppv == pytest.approx(precision_score(truth, decided))
        assert row.f1 == pytest.approx(f1_score(truth, decided))


def test_test_labels_do_not_move_the_thresholds(result, test_set, validation):
    other = evaluate(
        1 - test_set.y_true, test_set.y_score, groups=test_set.groups, validation=validation, n_replicates=2
    )
    assert other.table["threshold"].tolist() == result.table["threshold"].tolist()


def test_without_validation_nothing_is_decided(test_set):
    bare = evaluate(test_set.y_true, test_set.y_score, n_replicates=10)
    assert bare.table[DECISIONS].isna().all(axis=None)
    assert bare.threshold is None and bare.unit == "image"
    assert (bare.calibration["ece_baseline"] == 0).all()


def test_the_macro_is_the_mean_over_the_findings_and_knows_which(result):
    macro = result.macro
    assert macro.value == pytest.approx(result.table["auroc"].mean())
    assert macro.low < macro.value < macro.high
    assert (macro.n_used, macro.n_labels, macro.missing) == (14, 14, ())


def test_calibration_is_that_of_the_probabilities(result, test_set, validation):
    p = 1 / (1 + np.exp(-test_set.y_score))
    assert result.calibration["predicted"].to_numpy() == pytest.approx(p.mean(0))
    assert result.calibration["observed"].to_numpy() == pytest.approx(test_set.y_true.mean(0))
    baseline = np.abs(test_set.y_true.mean(0) - validation[0].mean(0))
    assert result.calibration["ece_baseline"].to_numpy() == pytest.approx(baseline)
    gap = np.abs(p.mean(0) - test_set.y_true.mean(0))  # with a single bin the ECE is this; with more it is no less
    assert (result.calibration["ece"].to_numpy() >= gap - 1e-12).all()


def test_probabilities_and_their_logits_are_judged_alike(test_set, result, validation):
    p = 1 / (1 + np.exp(-test_set.y_score))
    same = evaluate(test_set.y_true, p, groups=test_set.groups, logits=False, n_replicates=300)
    assert same.table["auroc"].to_numpy() == pytest.approx(result.table["auroc"].to_numpy())
    assert same.calibration["ece"].to_numpy() == pytest.approx(result.calibration["ece"].to_numpy())


def test_logits_taken_for_probabilities_are_refused(test_set):
    with pytest.raises(ValueError, match="if these are logits, say logits=True"):
        evaluate(test_set.y_true, test_set.y_score, logits=False, n_replicates=2)


def test_the_summary_says_what_the_number_rests_on(result, test_set):
    text = result.summary()
    assert f"{len(test_set.y_true):,} images of 300 patients" in text
    assert f"Macro AUROC {result.macro.value:.3f}, 95 % interval {result.macro.low:.3f} to" in text
    assert "14 of 14 findings" in text and "bootstrap of patients, 300 replicates, seed 0" in text
    bare = evaluate(test_set.y_true, test_set.y_score, n_replicates=10, seed=3).summary()
    assert "bootstrap of images, too narrow if patients come back" in bare and "seed 3" in bare


def test_a_patient_in_both_sets_is_refused_by_name(test_set, validation):
    y, score, groups = validation
    shared = np.where(groups < 10_002, groups - 10_000, groups)
    with pytest.raises(ValueError, match=r"validation: 2 of 300 patients are in the test set too \(0, 1\)"):
        evaluate(test_set.y_true, test_set.y_score, groups=test_set.groups, validation=(y, score, shared))


def test_patients_of_validation_need_those_of_the_test_set(test_set, validation):
    with pytest.raises(ValueError, match="groups: None came, but validation has its patients"):
        evaluate(test_set.y_true, test_set.y_score, validation=validation)


def test_the_test_images_themselves_are_no_validation_set(test_set):
    same = test_set.y_true, test_set.y_score
    with pytest.raises(ValueError, match=r"validation: .*the data that the threshold was chosen on"):
        evaluate(*same, validation=same, n_replicates=2)


@pytest.mark.parametrize("wrong", [[1, 2], (1,), (1, 2, 3, 4)])
def test_validation_is_two_or_three_arrays(test_set, wrong):
    with pytest.raises(ValueError, match=r"validation: allowed are \(y_true, y_score\) and"):
        evaluate(test_set.y_true, test_set.y_score, validation=wrong, n_replicates=2)


def test_columns_in_another_order_are_refused_and_underscores_forgiven(test_set):
    y, score = (pd.DataFrame(part, columns=FINDINGS) for part in (test_set.y_true, test_set.y_score))
    with pytest.raises(ValueError, match=r"y_score: columns .* came, not the names"):
        evaluate(y, score[sorted(FINDINGS)], n_replicates=2)
    with pytest.raises(ValueError, match=r"y_true: columns .* came, not the names"):
        evaluate(y[sorted(FINDINGS)], score[sorted(FINDINGS)], n_replicates=2)
    nih = {"Pleural Thickening": "Pleural_Thickening"}
    table = evaluate(y.rename(columns=nih), score.rename(columns=nih), n_replicates=2).table
    assert tuple(table["finding"]) == FINDINGS


def test_an_undecided_label_is_not_guessed(test_set):
    y = test_set.y_true.copy()
    y[0, 0] = -1
    with pytest.raises(ValueError, match=r"y_true: −1 .uncertain. came; put 0, 1 or NaN"):
        evaluate(y, test_set.y_score, n_replicates=2)


def test_unknown_labels_are_left_out(test_set):
    y = test_set.y_true.astype(float)
    y[:50, 3] = np.nan
    table = evaluate(y, test_set.y_score, n_replicates=2).table
    assert table["auroc"][3] == pytest.approx(roc_auc_score(y[50:, 3], test_set.y_score[50:, 3]))
    assert table["n_positive"][3] == y[50:, 3].sum()


def test_a_finding_that_nobody_has_is_undefined_said_and_left_out(test_set, validation):
    y = test_set.y_true.copy()
    y[:, 13] = 0
    with pytest.warns(UndefinedMetricWarning, match=r"is undefined .*Hernia") as caught:
        result = evaluate(y, test_set.y_score, groups=test_set.groups, validation=validation, n_replicates=50)
    assert all(warning.filename == __file__ for warning in caught)
    row = result.table.iloc[13]
    assert row[["auroc", "low", "high", "average_precision", "sensitivity"]].isna().all()
    assert not np.isnan(row["specificity"])
    assert result.macro.missing == ("Hernia",) and result.macro.n_used == 13
    assert "13 of 14 findings (undefined: Hernia)" in result.summary()
    beside = result.beside({"CheXNet": published("chest_xray")["auroc.chexnet"].value}, not_comparable={})
    chexnet = [published("chest_xray")["auroc.chexnet"].value[name] for name in FINDINGS[:13]]
    assert beside["finding"].iloc[-1] == "Mean of 13"
    assert beside["CheXNet"].iloc[-1] == pytest.approx(np.mean(chexnet))


def test_a_finding_that_no_validation_patient_has_gets_no_threshold(test_set, validation):
    y, score, groups = validation
    with pytest.warns(UndefinedMetricWarning, match=r"threshold .f1. is undefined .* Hernia"):
        result = evaluate(
            test_set.y_true,
            test_set.y_score,
            groups=test_set.groups,
            validation=(y * (np.arange(14) < 13), score, groups),
            n_replicates=2,
        )
    assert result.table.loc[13, DECISIONS].isna().all()
    assert not np.isnan(result.table.loc[13, "auroc"])


def test_one_finding_is_enough(test_set):
    result = evaluate(test_set.y_true[:, :1], test_set.y_score[:, :1], names=["Atelectasis"], n_replicates=20)
    assert len(result.table) == 1 and result.macro.value == result.table["auroc"][0]
    with pytest.raises(ValueError, match=r"y_true: got shape \(\d+,\), allowed is \(N, L\)"):
        evaluate(test_set.y_true[:, 0], test_set.y_score[:, 0], names=["Atelectasis"])


def test_inputs_are_left_as_they_came(test_set, validation):
    before = [array.copy() for array in (test_set.y_true, test_set.y_score, *validation)]
    evaluate(test_set.y_true, test_set.y_score, groups=test_set.groups, validation=validation, n_replicates=2)
    after = test_set.y_true, test_set.y_score, *validation
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def columns_of_the_paper():
    entries = published("chest_xray")
    return {
        "Wang": entries["auroc.wang"].value,
        "Yao": entries["auroc.yao"].value,
        "CheXNet": entries["auroc.chexnet"].value,
    }


def test_simulated_images_never_stand_beside_published_numbers_without_that_word(result):
    table = result.beside(columns_of_the_paper(), not_comparable="simulated images")
    for column in ("Wang", "Yao", "CheXNet"):
        assert set(table[column]) == {"not comparable: simulated images"}


def test_comparable_columns_show_the_published_numbers_and_their_means(result):
    table = result.beside(columns_of_the_paper(), not_comparable={"Wang": "another split"})
    assert set(table["Wang"]) == {"not comparable: another split"}
    assert table["CheXNet"][0] == 0.8094 and table["finding"].iloc[-1] == "Mean of 14"
    assert table["CheXNet"].iloc[-1] == pytest.approx(0.8414, abs=5e-5)
    assert table["Yao"].iloc[-1] == pytest.approx(0.803, abs=5e-4)
    assert table["auroc"].iloc[-1] == result.macro.value


def test_a_finding_that_a_column_lacks_has_no_number_and_no_mean(result):
    table = result.beside({"one": {"Mass": 0.8}}, not_comparable={})
    assert table["one"].notna().sum() == 1 and table.set_index("finding")["one"]["Mass"] == 0.8


def test_whether_columns_are_comparable_must_be_said(result):
    with pytest.raises(TypeError):
        result.beside(columns_of_the_paper())
    with pytest.raises(ValueError, match="not_comparable: got no reason for 'Wang'"):
        result.beside(columns_of_the_paper(), not_comparable=" ")
    with pytest.raises(ValueError, match="not_comparable: got 'Wong', allowed are Wang, Yao, CheXNet"):
        result.beside(columns_of_the_paper(), not_comparable={"Wong": "another split"})


@pytest.fixture(scope="module")
def real(test_data):
    folder = test_data / "nih_cxr14"
    scores = pd.read_csv(folder / "chexnet_predictions" / "preds.csv.gz", index_col=0)
    scores.columns = scores.columns.str.removeprefix("prob_")
    table = pd.read_csv(folder / "Data_Entry_2017_v2020.csv.gz", index_col=0).loc[scores.index]
    labels = table["Finding Labels"].str.get_dummies("|")[list(scores)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is undefined on them
        return evaluate(labels, scores, groups=table["Patient ID"], logits=False)


def test_the_real_predictions_table_is_reproduced(real):
    entries = published("chest_xray")
    expected = entries["reproduction.auroc"].value
    for row in real.table.itertuples():
        assert row.auroc == pytest.approx(expected[row.finding], abs=1e-12), row.finding
    positives = entries["test.positives"].value
    assert dict(zip(real.table["finding"], real.table["n_positive"], strict=True)) == positives


def test_the_real_macro_and_its_patient_interval_are_the_verified_ones(real):
    assert real.macro.value == pytest.approx(0.8383, abs=5e-5)
    assert [real.macro.low, real.macro.high] == pytest.approx([0.8310, 0.8437], abs=1e-3)
    assert "22,433 images of 6,187 patients" in real.summary()


def test_the_real_model_is_close_to_calibrated(real):
    gap = real.calibration["predicted"] - real.calibration["observed"]
    assert gap.abs().max() < 0.03
