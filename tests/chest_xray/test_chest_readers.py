"""Simulated readers have the operating points they were given; F1 against the others is the paper's."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import f1_score

from course_lib.chest_xray.readers import f1_against_others, model_against_readers, simulate_readers
from course_lib.published import published

SENSITIVITY, SPECIFICITY = [0.6, 0.5, 0.75, 0.9], [0.95, 0.97, 0.9, 0.8]
NAMES = ["Radiologist 1", "Radiologist 2", "Radiologist 3", "Radiologist 4", "network"]


def truth(n, prevalence=0.2, seed=0):
    return (np.random.default_rng(seed).random(n) < prevalence).astype(int)


@pytest.fixture(scope="module")
def calls():
    y = truth(420)
    readers = simulate_readers(y, sensitivity=SENSITIVITY, specificity=SPECIFICITY, difficulty=0.4, seed=1)
    network = simulate_readers(y, sensitivity=[0.7], specificity=[0.93], seed=2)
    return pd.DataFrame(np.hstack([readers, network]), columns=NAMES)


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_operating_points_are_those_asked_for_whatever_the_difficulty(difficulty):
    y = truth(40_000)
    calls = simulate_readers(y, sensitivity=SENSITIVITY, specificity=SPECIFICITY, difficulty=difficulty, seed=0)
    assert calls.dtype == np.uint8 and calls.shape == (40_000, 4)
    assert calls[y == 1].mean(0) == pytest.approx(SENSITIVITY, abs=0.025)
    assert 1 - calls[y == 0].mean(0) == pytest.approx(SPECIFICITY, abs=0.012)


def errors_correlate(difficulty):
    y = truth(40_000)
    calls = simulate_readers(y, sensitivity=[0.7, 0.7], specificity=[0.9, 0.9], difficulty=difficulty, seed=3)
    wrong = (calls != y[:, None])[y == 1]
    return np.corrcoef(wrong.T)[0, 1]


def test_difficulty_is_what_makes_readers_err_together():
    assert errors_correlate(0.0) == pytest.approx(0, abs=0.03)
    assert errors_correlate(1.0) == pytest.approx(1)
    # two normal variables with correlation ½, cut where 30 % lie above: phi from the bivariate normal distribution
    from scipy.stats import multivariate_normal, norm

    cut = norm.ppf(0.7)
    both_right = multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([cut, cut])
    assert errors_correlate(0.5) == pytest.approx((both_right - 0.49) / 0.21, abs=0.03)


def test_perfect_and_hopeless_readers_exist():
    y = truth(100)
    perfect, hopeless = simulate_readers(y, sensitivity=[1, 0], specificity=[1, 0], difficulty=0.3, seed=0).T
    assert (perfect == y).all() and (hopeless == 1 - y).all()


def test_the_same_seed_gives_the_same_calls():
    first, again, other = (
        simulate_readers(truth(200), sensitivity=[0.7], specificity=[0.9], seed=seed) for seed in (4, 4, 5)
    )
    assert (first == again).all() and (first != other).any()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"truth": [0, 2]}, "truth: allowed are 0 and 1 only"),
        ({"truth": [[0, 1]]}, r"truth: got shape \(1, 2\), allowed is \(N,\)"),
        ({"sensitivity": [1.2]}, "sensitivity: got .*, allowed are numbers from 0 to 1"),
        ({"specificity": [float("nan")]}, "specificity: got .*, allowed are numbers from 0 to 1"),
        ({"difficulty": -0.1}, "difficulty: got -0.1, allowed are numbers from 0 to 1"),
        ({"specificity": [0.9, 0.8]}, r"specificity: shape \(2,\) does not match sensitivity's \(1,\)"),
    ],
)
def test_readers_without_sense_are_refused(changed, message):
    arguments = {"truth": [0, 1], "sensitivity": [0.5], "specificity": [0.5], "seed": 0} | changed
    with pytest.raises(ValueError, match=message):
        simulate_readers(**arguments)


def test_f1_is_the_mean_over_the_others_as_truth(calls):
    table = f1_against_others(calls, n_replicates=20)
    assert table["reader"].tolist() == NAMES
    for name, value in zip(NAMES, table["f1"], strict=True):
        expected = np.mean([f1_score(calls[other], calls[name]) for other in NAMES if other != name])
        assert value == pytest.approx(expected, abs=1e-12)


def test_it_does_not_matter_which_of_two_readers_is_the_truth(calls):
    for a, b in permutations(NAMES, 2):
        assert f1_score(calls[a], calls[b]) == pytest.approx(f1_score(calls[b], calls[a]))


def test_intervals_are_those_of_a_plain_bootstrap(calls):
    table = f1_against_others(calls, n_replicates=1000, seed=0)
    random, values = np.random.default_rng(7), []
    readers = calls.to_numpy(int)
    for _ in range(1000):
        drawn = readers[random.integers(len(readers), size=len(readers))]
        both, own = drawn.T @ drawn, drawn.sum(0)
        f1 = 2 * both / (own[:, None] + own[None, :])
        values.append((f1.sum(1) - 1) / 4)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    assert table["low"].to_numpy() == pytest.approx(low, abs=0.02)
    assert table["high"].to_numpy() == pytest.approx(high, abs=0.02)


def test_patients_with_several_images_widen_the_intervals():
    y = np.repeat(truth(150), 4)
    calls = simulate_readers(truth(150), sensitivity=SENSITIVITY, specificity=SPECIFICITY, seed=0).repeat(4, axis=0)
    by_image, by_patient = (f1_against_others(calls, groups=groups) for groups in (None, np.arange(len(y)) // 4))
    width = [(table["high"] - table["low"]).mean() for table in (by_image, by_patient)]
    assert width[1] == pytest.approx(2 * width[0], rel=0.15)  # four equal images are worth one: √4


def test_the_model_is_compared_on_the_same_replicates(calls):
    single = f1_against_others(calls, n_replicates=500, seed=3).set_index("reader")
    table = model_against_readers(calls, "network", n_replicates=500, seed=3).set_index("comparison")
    assert table.loc["model", ["f1", "low", "high"]].tolist() == single.loc["network", ["f1", "low", "high"]].tolist()
    readers = single.drop("network")
    assert table.loc["mean of the readers", "f1"] == pytest.approx(readers["f1"].mean())
    difference = table.loc["model − mean of the readers"]
    assert difference["f1"] == pytest.approx(single.loc["network", "f1"] - readers["f1"].mean())
    apart = (table.loc["model"] - table.loc["mean of the readers"])["f1"]
    assert difference["low"] < apart < difference["high"]
    paired, separate = np.ptp(difference[["low", "high"]]), np.hypot(*(np.ptp(table.iloc[:2][["low", "high"]], axis=1)))
    assert paired < separate  # they share images and labelers


def test_the_model_is_found_by_place_too(calls):
    by_name, by_place = (model_against_readers(calls, model, n_replicates=20) for model in ("network", 4))
    assert by_name.equals(by_place)
    for wrong in ("Network", 5, -1):
        with pytest.raises(ValueError, match=f"model: got {wrong!r}, allowed are Radiologist 1"):
            model_against_readers(calls, wrong, n_replicates=20)


def test_readers_without_names_are_numbered(calls):
    table = f1_against_others(calls.to_numpy(), n_replicates=20)
    assert table["reader"].tolist() == [f"Reader {number}" for number in range(1, 6)]


def test_two_readers_who_never_call_anything_are_undefined_the_others_not():
    y = truth(200)
    calls = np.column_stack([y, y, 0 * y, 0 * y])
    with pytest.warns(UndefinedMetricWarning, match="Reader 3 and Reader 4"):
        table = f1_against_others(calls, n_replicates=20)
    assert table["f1"].tolist()[:2] == pytest.approx([1 / 3, 1 / 3]) and table["f1"][2:].isna().all()
    assert table.loc[2:, ["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros((5, 1)), "calls: got 1 readers, allowed are at least 2"),
        (np.zeros(5), r"calls: got shape \(5,\), allowed is \(N, R\)"),
        (np.full((5, 2), 0.7), "calls: allowed are 0 and 1 only"),
    ],
)
def test_calls_without_sense_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        f1_against_others(wrong)


def test_a_model_needs_two_readers_beside_it():
    with pytest.raises(ValueError, match="calls: got 2 columns, allowed are a model and at least two readers"):
        model_against_readers(np.eye(2, dtype=int), 1)


def test_the_papers_table_adds_up():
    entries = published("chest_xray")
    readers = list(entries["f1.readers"].value.values())
    assert np.mean(readers) == pytest.approx(0.3865)
    assert entries["f1.readers_mean"].value == pytest.approx(np.mean(readers), abs=0.0005 + 1e-9)
    low, high = np.mean(list(entries["f1.readers_intervals"].value.values()), axis=0)
    mean_low, mean_high = entries["f1.readers_mean_interval"].value
    assert low < mean_low < mean_high < high  # the mean of four is surer than one
    assert sum(value > entries["f1.chexnet"].value for value in readers) == 1  # one radiologist is above CheXNet
