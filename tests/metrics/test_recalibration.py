import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from course_lib.metrics.calibration import calibration_in_the_large, reliability_curve
from course_lib.metrics.recalibration import TemperatureScaling, shift_logits


def simulated(n, seed, mean=-1.0, spread=1.5):
    """Outcomes drawn with the probabilities of their logits."""
    rng = np.random.default_rng(seed)
    z = rng.normal(mean, spread, n)
    return (rng.random(n) < expit(z)).astype(float), z


def weighted_loss(z, share, weight):
    """PyTorch's expected loss of telling everybody σ(z) when a share of them is positive."""
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight, dtype=torch.float64), reduction="none")
    z = torch.tensor(z, dtype=torch.float64)
    return (share * loss(z, torch.ones_like(z)) + (1 - share) * loss(z, torch.zeros_like(z))).numpy()


@pytest.mark.parametrize("positives", [1, 20, 500, 900])
def test_a_constant_predictor_trained_with_balancing_weights_ends_at_one_half(positives):
    share, weight = positives / 1000, (1000 - positives) / positives
    z = np.linspace(-8, 8, 1601)
    assert expit(z[weighted_loss(z, share, weight).argmin()]) == pytest.approx(0.5, abs=1e-9)
    assert expit(shift_logits(0.0, weight)) == pytest.approx(share)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.1, 50))
def test_the_shift_takes_the_weighted_losss_optimum_back_to_the_prevalence(share, weight):
    z = torch.zeros((), dtype=torch.float64, requires_grad=True)
    best = logit(share) + np.log(weight)
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight, dtype=torch.float64))
    moved = z + best
    (share * loss(moved, torch.ones_like(z)) + (1 - share) * loss(moved, torch.zeros_like(z))).backward()
    assert z.grad == pytest.approx(0, abs=1e-9)
    assert expit(shift_logits(best, weight)) == pytest.approx(share)


def test_the_shift_restores_what_training_with_weights_miscalibrated():
    y, z = simulated(20_000, seed=1)
    weighted = LogisticRegression(C=np.inf, class_weight={0: 1, 1: 12}).fit(z[:, None], y).decision_function(z[:, None])
    before = calibration_in_the_large(y, weighted, logits=True)
    after = calibration_in_the_large(y, shift_logits(weighted, 12), logits=True)
    assert before.low > 0.2
    assert after.low < 0 < after.high
    curve = reliability_curve(y, shift_logits(weighted, 12), logits=True)
    assert (curve["predicted"] - curve["observed"]).abs().max() < 0.03


def test_each_label_is_shifted_by_its_own_weight():
    z = np.arange(6.0).reshape(3, 2)
    shifted = shift_logits(z, [2, 5])
    np.testing.assert_allclose(np.exp(z - shifted), [[2, 5]] * 3)
    np.testing.assert_array_equal(z, np.arange(6.0).reshape(3, 2))


@pytest.mark.parametrize("weight", [0, -1, np.nan, np.inf, [1, 0]])
def test_weights_are_positive(weight):
    with pytest.raises(ValueError, match="pos_weight: got"):
        shift_logits(np.zeros((3, 2)), weight)


@pytest.mark.parametrize("odd", [np.nan, -np.inf])
def test_logits_are_finite(odd):
    with pytest.raises(ValueError, match="logits: got NaN or infinity"):
        shift_logits([0.0, odd], 2)


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 3, 3)])
def test_there_is_one_weight_per_label(shape):
    with pytest.raises(ValueError, match=r"pos_weight: shape \(3,\) does not match logits"):
        shift_logits(np.zeros(shape), [1, 2, 3])


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.5])
def test_a_known_temperature_is_found_again(temperature):
    y, z = simulated(40_000, seed=2)
    scaling = TemperatureScaling().fit(temperature * z, y)
    assert scaling.temperature_ == pytest.approx(temperature, rel=0.05)
    assert scaling.shift_ == 0


def test_a_known_temperature_and_shift_are_found_again():
    y, z = simulated(40_000, seed=3)
    scaling = TemperatureScaling(shift=True).fit(2.5 * (z + 3), y)
    assert scaling.temperature_ == pytest.approx(2.5, rel=0.05)
    assert scaling.shift_ == pytest.approx(-3, abs=0.1)


def samples(scale):
    rows = st.lists(st.tuples(st.integers(0, 1), st.integers(-20, 20)), min_size=4, max_size=60)
    return rows.map(lambda rows: np.array(rows, float).T * [[1], [scale]])


@settings(max_examples=60, deadline=None)
@given(samples(0.25), st.sampled_from([0.01, 1.0, 30.0]))
def test_with_a_shift_it_is_scikit_learns_logistic_regression(sample, unit):
    y, z = sample
    assume(len(set(y)) == 2)
    assume(z[y == 1].min() < z[y == 0].max() and z[y == 1].mean() > z[y == 0].mean() + 0.1)
    reference = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(z[:, None], y)
    assume(1e-3 < unit / reference.coef_.item() < 1e3)
    scaling = TemperatureScaling(shift=True).fit(unit * z, y)
    assert scaling.temperature_ == pytest.approx(unit / reference.coef_.item(), rel=1e-4)
    np.testing.assert_allclose(scaling.predict_proba(unit * z), reference.predict_proba(z[:, None])[:, 1], atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(samples(0.25))
def test_without_a_shift_it_is_logistic_regression_without_intercept(sample):
    y, z = sample
    margin = (2 * y - 1) * z
    assume(len(set(y)) == 2 and margin.min() < 0 and margin.mean() > 0.1)
    reference = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cg", tol=1e-12, max_iter=1000)
    slope = reference.fit(z[:, None], y).coef_.item()
    assert TemperatureScaling().fit(z, y).temperature_ == pytest.approx(1 / slope, rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(samples(0.25), st.floats(0.01, 100), st.booleans())
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_no_other_temperature_has_a_lower_log_loss(sample, other, shift):
    y, z = sample
    assume(len(set(y)) == 2)
    scaling = TemperatureScaling(shift=shift).fit(z, y)

    def loss(logits):
        return np.mean(np.logaddexp(0, logits) - y * logits)

    assert loss(scaling.transform(z)) <= loss(z / other + scaling.shift_) + 1e-9


@pytest.mark.parametrize("shift", [False, True])
def test_ranks_and_auroc_stay_and_the_brier_score_and_log_loss_fall(shift):
    y, z = simulated(5000, seed=4)
    said = 3 * z + 1
    p = TemperatureScaling(shift=shift).fit(said, y).predict_proba(said)
    assert roc_auc_score(y, p) == pytest.approx(roc_auc_score(y, said), abs=1e-12)
    assert brier_score_loss(y, p) < brier_score_loss(y, expit(said)) - 0.01
    assert log_loss(y, p) < log_loss(y, expit(said)) - 0.1


@pytest.mark.parametrize("shift", [False, True])
def test_scores_that_separate_the_classes_stop_at_the_lower_bound_and_say_so(shift):
    y, z = [0, 0, 1, 1], [-3, -1, 2, 3]
    with pytest.warns(ConvergenceWarning, match="lower bound, 0.001: the logits separate the two classes"):
        scaling = TemperatureScaling(shift=shift).fit(z, y)
    assert scaling.temperature_ == pytest.approx(1e-3)
    np.testing.assert_allclose(scaling.predict_proba(z), y, atol=1e-12)


def test_classes_that_touch_in_one_score_get_its_observed_share_there():
    y, z = [0, 0, 1, 1, 1], [1, 4, 4, 4, 9]
    with pytest.warns(ConvergenceWarning, match="separate"):
        scaling = TemperatureScaling(shift=True).fit(z, y)
    np.testing.assert_allclose(scaling.predict_proba([1, 4, 9]), [0, 2 / 3, 1], atol=1e-6)


@pytest.mark.parametrize("z", [[2, 3, -3, -1], [0, 0, 0, 0]])
@pytest.mark.parametrize("shift", [False, True])
def test_logits_that_do_not_rank_positives_higher_stop_at_the_upper_bound_and_say_so(z, shift):
    with pytest.warns(ConvergenceWarning, match="upper bound, 1000: the logits of positives are not higher"):
        scaling = TemperatureScaling(shift=shift).fit(z, [0, 0, 1, 1])
    np.testing.assert_allclose(scaling.predict_proba(z), 0.5, atol=0.01)


def test_scores_on_another_scale_are_asked_about():
    y, z = simulated(2000, seed=5)
    with pytest.warns(ConvergenceWarning, match="upper bound, 1000: .*are these logits"):
        TemperatureScaling().fit(1e5 * z, y)


def test_constant_logits_with_a_shift_give_the_prevalence():
    with pytest.warns(ConvergenceWarning, match="upper bound"):
        scaling = TemperatureScaling(shift=True).fit([2.0] * 8, [1, 0, 0, 0, 0, 0, 0, 1])
    assert scaling.predict_proba(2.0) == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, np.nan, 1]])
def test_a_shift_needs_both_classes(y):
    with pytest.raises(ValueError, match=r"y_true: every known label is .; a shift needs both classes"):
        TemperatureScaling(shift=True).fit([1, 2, -1], y)


def test_a_temperature_alone_can_be_fitted_to_one_class():
    z = np.array([3, 2, -1.0])
    scaling = TemperatureScaling().fit(z, [1, 1, 1])
    slopes = np.linspace(0.01, 5, 100_000)
    best = slopes[np.logaddexp(0, -z[:, None] * slopes).mean(0).argmin()]
    assert 1 / scaling.temperature_ == pytest.approx(best, abs=1e-4)


def test_samples_of_unknown_truth_are_ignored_and_uncertain_ones_need_a_policy():
    y, z = simulated(200, seed=6)
    expected = TemperatureScaling().fit(z, y)
    holes, more = np.append(y, [np.nan, -1]), np.append(z, [50.0, -50.0])
    assert TemperatureScaling().fit(more, holes, uncertain="ignore") == expected
    with pytest.raises(ValueError, match="uncertain="):
        TemperatureScaling().fit(more, holes)


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_logit_may_be_missing_where_the_truth_is(gap):
    y, z = simulated(200, seed=6)
    assert TemperatureScaling().fit(np.append(z, gap), np.append(y, np.nan)) == TemperatureScaling().fit(z, y)


@pytest.mark.parametrize(
    ("logits", "y", "match"),
    [
        ([], [], "y_true: no label is known"),
        ([1.0], [np.nan], "y_true: no label is known"),
        ([1.0, 2.0], [1], r"logits: shape \(2,\) does not match y_true's \(1,\)"),
        ([1.0, np.inf], [1, 0], "logits: got NaN or infinity where the truth is known"),
        ([1.0, "a"], [1, 0], "logits: got list that is no array of numbers"),
        (np.eye(2), np.eye(2), "go label by label"),
        ([1.0, 2.0], [1, 2], "y_true: got 2"),
    ],
)
def test_what_cannot_be_fitted_is_refused(logits, y, match):
    with pytest.raises(ValueError, match=match):
        TemperatureScaling().fit(logits, y)


def test_before_the_fit_there_is_nothing_to_apply():
    for apply in (TemperatureScaling().transform, TemperatureScaling().predict_proba):
        with pytest.raises(ValueError, match=r"not fitted yet; call fit\(logits, y_true\) first"):
            apply([0.0])
