from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.brain_age.matching import match_ages

few_ages = st.lists(st.integers(60, 70), min_size=0, max_size=5)


def best_by_trying_all(cases, controls, caliper):
    """Most pairs, and then the least sum of differences, of all ways to pair."""
    best = (0, 0.0)
    for size in range(1, min(len(cases), len(controls)) + 1):
        for chosen in combinations(range(len(cases)), size):
            for partners in permutations(range(len(controls)), size):
                apart = [abs(cases[i] - controls[j]) for i, j in zip(chosen, partners, strict=True)]
                if max(apart) <= caliper:
                    best = max(best, (size, -sum(apart)))
    return best


@settings(deadline=None, max_examples=60)
@given(few_ages, few_ages, st.sampled_from([0, 1, 2.5, 20]))
def test_no_other_way_to_match_has_more_pairs_or_nearer_ones(cases, controls, caliper):
    i, j = match_ages(cases, controls, caliper=caliper)
    apart = np.abs(np.array(cases)[i] - np.array(controls)[j]) if len(i) else np.zeros(0)
    assert (len(i), -apart.sum()) == best_by_trying_all(cases, controls, caliper)
    assert (apart <= caliper).all() and len(set(i)) == len(set(j)) == len(i) and sorted(i) == list(i)


def test_first_come_first_served_would_lose_a_pair():
    i, j = match_ages([70, 72], [71, 69])
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_the_caliper_itself_is_near_enough_even_in_floating_point():
    assert len(match_ages([63.1], [61.1])[0]) == len(match_ages([0.3], [0.1 + 0.2], caliper=0)[0]) == 1
    assert len(match_ages([63.2], [61.1])[0]) == 0


def test_without_a_caliper_the_whole_smaller_group_is_matched():
    i, j = match_ages(np.arange(50.0, 60), np.arange(80.0, 85), caliper=np.inf)
    assert len(i) == 5 and sorted(j) == list(range(5)) and i.tolist() == list(range(5, 10))


def test_who_has_no_known_age_and_who_is_nobody_match_nobody():
    i, j = match_ages([np.nan, 60], [60, np.nan, 61])
    assert (i.tolist(), j.tolist()) == ([1], [0])
    for cases, controls in (([], []), ([60], []), ([], [60]), ([60], [90])):
        assert [len(part) for part in match_ages(cases, controls)] == [0, 0]


def test_equal_ages_are_matched_the_same_way_every_time():
    ages = np.full(20, 65.0)
    np.testing.assert_array_equal(match_ages(ages, ages), match_ages(ages, ages))


@pytest.mark.parametrize("caliper", [-1, np.nan, None, "2", True, [2]])
def test_a_caliper_is_a_number_of_years(caliper):
    with pytest.raises(ValueError, match="caliper: got"):
        match_ages([60], [60], caliper=caliper)


def test_an_infinite_age_is_refused_by_name():
    with pytest.raises(ValueError, match="age_controls: got infinity"):
        match_ages([60], [np.inf])
