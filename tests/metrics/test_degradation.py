import numpy as np
import pytest
from scipy import stats
from sklearn.exceptions import UndefinedMetricWarning

from course_lib.metrics.degradation import robustness


def shifted(level, rng):
    return 1 - level


def noisy(level, rng):
    return level * rng.normal(size=4)


def test_a_metric_that_falls_along_a_line_has_the_lines_area():
    found = robustness(lambda x: x, shifted, [0, 0.1, 0.4, 1.0])
    assert found.area == pytest.approx(0.5)
    assert found.area_interval == pytest.approx((0.5, 0.5))


def test_a_constant_metric_has_its_value_as_area_whatever_the_unit_of_the_levels():
    for levels in ([0, 1], [0, 1000], [5, 6, 20]):
        assert robustness(lambda x: 0.8, noisy, levels).area == pytest.approx(0.8)


def test_intervals_over_seeds_are_students():
    found = robustness(np.sum, noisy, [0, 1, 3], seeds=range(8))
    assert found.values.shape == (8, 3)
    for column in (1, 2):
        expected = stats.ttest_1samp(found.values[:, column], 0).confidence_interval(0.9)
        again = robustness(np.sum, noisy, [0, 1, 3], seeds=range(8), level=0.9)
        assert (again.low[column], again.high[column]) == pytest.approx(tuple(expected))
    areas = (found.values[:, :-1] + found.values[:, 1:]) / 2 @ [1, 2] / 3
    assert found.area == pytest.approx(np.mean(areas))
    assert found.area_interval == pytest.approx(tuple(stats.ttest_1samp(areas, 0).confidence_interval(0.95)))


def test_along_a_seeds_curve_only_the_strength_of_the_noise_differs():
    found = robustness(np.sum, noisy, [1, 2, 4])
    np.testing.assert_allclose(found.values, found.values[:, :1] * [1, 2, 4])
    assert len(np.unique(found.values[:, 0])) == 5


def test_one_seed_has_a_curve_without_intervals():
    found = robustness(np.sum, noisy, [0, 1], seeds=[3])
    assert np.isfinite(found.area)
    assert np.isnan([*found.area_interval, *found.low, *found.high]).all()


def test_a_level_where_the_metric_is_undefined_leaves_the_area_undefined():
    with pytest.warns(UndefinedMetricWarning, match=r"undefined \(NaN\) for level 0\.8: seeds 0, 1, 2 and 2 more$"):
        found = robustness(lambda x: np.nan if x < 0.5 else x, shifted, [0, 0.4, 0.8])
    assert np.isnan(found.area)
    assert found.mean[:2] == pytest.approx([1, 0.6])


def test_one_undefined_value_is_told_with_its_level_and_seed():
    values = iter([1, 1, 1, np.nan, np.nan, np.nan])  # seed 5, then 3, then 7
    with pytest.warns(UndefinedMetricWarning, match="The metric.* for level 2: seeds 7; level 4: seeds 3, 7$") as told:
        found = robustness(lambda x: next(values), noisy, [2, 4], seeds=[5, 3, 7])
    assert len(told) == 1 and np.isnan([*found.mean, found.area]).all()


@pytest.mark.filterwarnings("error")
def test_a_metric_that_is_defined_everywhere_is_not_warned_of():
    assert robustness(np.sum, noisy, [0, 1]).values.shape == (5, 2)


@pytest.mark.parametrize("levels", [[0], [], [0, 0], [1, 0], [0, np.nan], [0, np.inf], [[0, 1]]])
def test_levels_must_increase(levels):
    with pytest.raises(ValueError, match="levels: got"):
        robustness(np.sum, noisy, levels)


def test_without_a_seed_there_is_nothing_to_average():
    with pytest.raises(ValueError, match="seeds: got none"):
        robustness(np.sum, noisy, [0, 1], seeds=[])
    with pytest.raises(ValueError, match="seeds: got -1, allowed is a whole number from 0"):
        robustness(np.sum, noisy, [0, 1], seeds=[0, -1])


def test_the_noise_is_not_that_of_data_simulated_from_the_same_seed():
    data = np.random.default_rng(0).normal(size=5000)
    found = robustness(
        lambda x: np.corrcoef(x, data)[0, 1], lambda level, rng: level * rng.normal(size=5000), [1, 2], seeds=[0]
    )
    assert abs(found.values).max() < 0.06
