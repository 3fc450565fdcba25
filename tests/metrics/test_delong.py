import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import roc_auc_score

from course_lib.metrics.delong import delong_interval, delong_test, delong_variance


def kernel(y, score):
    """ψ over all pairs, (m, n): 1 where the positive scores higher, 1/2 for a tie."""
    y, score = np.asarray(y), np.asarray(score)
    positive, negative = score[y == 1][:, None], score[y == 0]
    return (positive > negative) + 0.5 * (positive == negative)


def covariance(y, *scores):
    """S₁₀/m + S₀₁/n of DeLong, DeLong and Clarke-Pearson, from all pairs."""
    pairs = [kernel(y, score) for score in scores]
    m, n = pairs[0].shape
    s10, s01 = (np.atleast_2d(np.cov([psi.mean(axis) for psi in pairs])) for axis in (1, 0))
    return s10 / m + s01 / n


@st.composite
def paired_scores(draw):
    """Labels with at least two of each class and two scores with many ties."""
    y = draw(st.permutations([0, 0, 1, 1, *draw(st.lists(st.integers(0, 1), max_size=16))]))
    ratings = st.lists(st.integers(0, 5), min_size=len(y), max_size=len(y))
    return np.array(y), np.array(draw(ratings)) / 3, np.array(draw(ratings)) / 3


def reader_of_hanley_and_mcneil():
    """109 CT images rated 1 to 5 (Hanley & McNeil 1982, Radiology 143, table I)."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    score = np.concatenate([np.repeat(np.arange(1, 6), normal), np.repeat(np.arange(1, 6), abnormal)])
    return np.repeat([0, 1], [58, 51]), score


def binormal(rng, m, n, separation, correlation=0.0):
    """Labels and two scores, each with the same separation."""
    y = np.repeat([1, 0], [m, n])
    noise = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=m + n)
    return y, *(noise + separation * y[:, None]).T


@settings(max_examples=60, deadline=None)
@given(paired_scores())
def test_variance_is_that_of_the_placement_values(data):
    y, score, _ = data
    assert delong_variance(y, score) == pytest.approx(covariance(y, score)[0, 0], abs=1e-14)


@pytest.mark.filterwarnings("ignore:delong_interval")
@settings(max_examples=60, deadline=None)
@given(paired_scores(), st.floats(0.5, 0.999))
def test_interval_holds_the_auc_and_stays_between_0_and_1(data, level):
    y, score, _ = data
    low, high = delong_interval(y, score, level=level)
    assert 0 <= low <= roc_auc_score(y, score) + 1e-12
    assert roc_auc_score(y, score) - 1e-12 <= high <= 1


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@settings(max_examples=60, deadline=None)
@given(paired_scores())
def test_paired_test_is_that_of_the_covariance_of_the_two_aucs(data):
    y, a, b = data
    test, contrast = delong_test(y, a, b), np.array([1, -1])
    error = np.sqrt(max(contrast @ covariance(y, a, b) @ contrast, 0))
    assert test.difference == pytest.approx(roc_auc_score(y, a) - roc_auc_score(y, b), abs=1e-12)
    if error > 1e-6:
        assert test.z == pytest.approx(test.difference / error)
        assert test.p_value == pytest.approx(2 * norm.sf(abs(test.difference) / error))
        assert test.high == pytest.approx(min(test.difference + norm.ppf(0.975) * error, 1))
        assert test.low == pytest.approx(max(test.difference - norm.ppf(0.975) * error, -1))


def test_standard_error_of_the_ct_reader_is_the_published_one():
    y, score = reader_of_hanley_and_mcneil()
    error = np.sqrt(delong_variance(y, score))
    assert roc_auc_score(y, score) == pytest.approx(0.8932, abs=5e-5)
    assert error == pytest.approx(0.0307, abs=5e-5)  # Stata's manual, roctab: .8932, .0307, [.83295, .95339]
    wald = roc_auc_score(y, score) + norm.ppf(0.975) * error * np.array([-1, 1])
    assert wald == pytest.approx([0.83295, 0.95339], abs=5e-6)


def test_interval_is_symmetric_about_the_auc_on_the_logit_scale():
    y, score = reader_of_hanley_and_mcneil()
    auc, error = roc_auc_score(y, score), np.sqrt(covariance(y, score)[0, 0])
    half = norm.ppf(0.95) * error / (auc * (1 - auc))
    assert delong_interval(y, score, level=0.9) == pytest.approx((expit(logit(auc) - half), expit(logit(auc) + half)))


def test_scores_closer_than_float32_can_tell_are_no_ties():
    y, score = np.array([0, 1, 0, 1, 1, 0]), 1 + 1e-12 * np.array([1, 2, 3, 4, 6, 5])
    assert delong_variance(y, score) == delong_variance(y, np.array([1, 2, 3, 4, 6, 5]))


def test_interval_covers_the_true_auc_at_its_level():
    rng, truth = np.random.default_rng(3), norm.cdf(1.5 / np.sqrt(2))
    samples = (binormal(rng, 30, 60, 1.5)[:2] for _ in range(500))
    covered = [low <= truth <= high for low, high in (delong_interval(*sample) for sample in samples)]
    assert 0.925 < np.mean(covered) < 0.975


@pytest.mark.filterwarnings("ignore:delong_interval")
def test_a_handful_of_positives_is_too_few_for_the_level():
    rng, truth = np.random.default_rng(0), norm.cdf(2.5 / np.sqrt(2))
    bounds = np.array([delong_interval(*binormal(rng, 5, 200, 2.5)[:2]) for _ in range(500)])
    assert 0.78 < np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])) < 0.88


@pytest.mark.filterwarnings("ignore:delong_interval")
def test_intervals_of_small_samples_cover_also_where_many_are_separated():
    rng, truth = np.random.default_rng(4), norm.cdf(3.3 / np.sqrt(2))
    samples = [binormal(rng, 10, 10, 3.3)[:2] for _ in range(500)]
    bounds = np.array([delong_interval(*sample) for sample in samples])
    assert np.mean(bounds[:, 1] == 1) > 0.2
    assert np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])) > 0.9


def test_paired_test_rejects_equal_aucs_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    p = [delong_test(*binormal(rng, 40, 60, 1.2, correlation=0.6)).p_value for _ in range(500)]
    assert 0.025 < np.mean(np.array(p) < 0.05) < 0.08


@pytest.mark.parametrize(("m", "n"), [(2, 2), (5, 20), (300, 40)])
def test_separated_classes_get_newcombes_interval_and_a_warning(m, n):
    y, score = np.repeat([1, 0], [m, n]), np.repeat([0.9, 0.1], [m, n])
    with pytest.warns(UserWarning, match="exactly 0 or 1 for label 0.*Newcombe"):
        low, high = delong_interval(y, score)
    half = (m + n) / 2 - 1
    variance = low * (1 - low) * (1 + half * (1 - low) / (2 - low) + half * low / (1 + low)) / (m * n)
    assert high == 1
    assert 1 - low == pytest.approx(norm.ppf(0.975) * np.sqrt(variance))
    with pytest.warns(UserWarning, match="exactly 0 or 1"):
        assert delong_interval(y, -score) == pytest.approx((0, 1 - low))


def test_more_images_say_more_about_separated_classes():
    y = np.array([0, 0, 1, 1])
    with pytest.warns(UserWarning, match="Newcombe"):
        few, many = delong_interval(y, y), delong_interval(np.tile(y, 50), np.tile(y, 50))
    assert few[0] < 0.7
    assert many[0] > 0.95


def test_a_constant_score_has_an_auc_of_one_half_for_certain():
    assert delong_variance([0, 1, 0, 1], np.ones(4)) == 0
    assert delong_interval([0, 1, 0, 1], np.ones(4)) == (0.5, 0.5)


@pytest.mark.parametrize("y", [[np.nan], [1], [0, 0, 0], [1, 1, 1], [0, 0, 1], [0, 1, np.nan]])
def test_fewer_than_two_of_a_class_leave_everything_undefined(y):
    score = np.arange(len(y), dtype=float)
    with pytest.warns(UndefinedMetricWarning, match="pneumonia: . positives and . negatives, needed are 2 of each"):
        assert np.isnan(delong_variance(y, score, names=["pneumonia"]))
    with pytest.warns(UndefinedMetricWarning, match="pneumonia"):
        assert np.isnan(delong_interval(y, score, names=["pneumonia"])).all()
    with pytest.warns(UndefinedMetricWarning, match="pneumonia"):
        assert np.isnan(delong_test(y, score, -score, names=["pneumonia"]).p_value)


def test_unknown_labels_are_left_out():
    y, score = reader_of_hanley_and_mcneil()
    longer = np.append(y.astype(float), [np.nan, np.nan]), np.append(score, [7, np.nan])
    assert delong_interval(*longer) == delong_interval(y, score)


def test_uncertain_labels_need_a_policy():
    y, score = np.array([0, 0, -1, 1, 1]), np.array([1, 3, 5, 2, 4])
    with pytest.raises(ValueError, match="uncertain="):
        delong_interval(y, score)
    assert delong_variance(y, score, uncertain="ones") == delong_variance([0, 0, 1, 1, 1], score)


def test_every_label_gets_what_it_would_get_alone():
    rng = np.random.default_rng(6)
    y, a, b = rng.integers(0, 2, (40, 3)).astype(float), rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
    y[:10, 1] = np.nan
    test = delong_test(y, a, b)
    for label in range(3):
        alone = y[:, label], a[:, label]
        assert delong_variance(y, a)[label] == delong_variance(*alone)
        assert tuple(delong_interval(y, a)[label]) == delong_interval(*alone)
        assert test.p_value[label] == delong_test(*alone, b[:, label]).p_value
    assert delong_interval(y, a).shape == (3, 2)


def test_scores_that_order_alike_do_not_differ():
    y, score = reader_of_hanley_and_mcneil()
    for other in (score, score**3):
        test = delong_test(y, score, other)
        assert (test.difference, test.low, test.high, test.z, test.p_value) == (0, 0, 0, 0, 1)


def test_swapping_the_scores_turns_the_sign():
    rng = np.random.default_rng(7)
    y, a, b = binormal(rng, 20, 30, 1.0)
    one, other = delong_test(y, a, b), delong_test(y, b, a)
    assert (one.z, one.low, one.p_value) == pytest.approx((-other.z, -other.high, other.p_value))


def test_a_perfect_score_against_a_constant_one_has_a_difference_but_no_test():
    y = np.array([0, 0, 1, 1])
    with pytest.warns(UndefinedMetricWarning, match="label 0: every placement differs by the same amount"):
        test = delong_test(y, y, np.ones(4))
    assert test.difference == 0.5
    assert np.isnan([test.low, test.high, test.z, test.p_value]).all()


def test_errors_name_the_score_that_is_wrong():
    with pytest.raises(ValueError, match=r"score_b: shape \(3,\) does not match y_true's \(4,\)"):
        delong_test([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3])
    with pytest.raises(ValueError, match="score_a: got NaN or infinity"):
        delong_test([0, 0, 1, 1], [1, 2, 3, np.inf], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="level: got 95"):
        delong_interval([0, 0, 1, 1], [1, 3, 2, 4], level=95)


def test_inputs_are_left_alone():
    y, score = reader_of_hanley_and_mcneil()
    before = y.copy(), score.copy()
    delong_test(y, score, -score)
    assert np.array_equal(y, before[0])
    assert np.array_equal(score, before[1])
