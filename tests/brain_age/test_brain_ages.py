import numpy as np
import pandas as pd
import pytest

from course_lib.brain_age.ages import check_rows, known_pairs, paired
from course_lib.brain_age.bias import BiasCorrection
from course_lib.brain_age.gap import compare_gaps
from course_lib.brain_age.site import site_shift
from course_lib.brain_age.slope import bias_slope

AGE = pd.Series([50.0, 60, 70, 80], index=list("abcd"))
TOLD = pd.Series([52.0, 61, 69, 77], index=list("abcd"))
SITE = pd.Series(list("xxyy"), index=list("abcd"))
WHO = pd.Series([1, 2, 3, 4], index=list("abcd"))


def fitted(**kwargs):
    return BiasCorrection().fit(AGE + 1, TOLD, **kwargs)


@pytest.mark.parametrize(
    ("use", "name", "first"),
    [
        (lambda turn: paired(age=AGE, predicted=turn(TOLD)), "predicted", "age"),
        (lambda turn: known_pairs(AGE, turn(TOLD)), "predicted", "age"),
        (lambda turn: bias_slope(AGE, turn(TOLD)), "predicted", "age"),
        (lambda turn: bias_slope(AGE, TOLD, groups=turn(WHO)), "groups", "age"),
        (lambda turn: BiasCorrection().fit(turn(AGE), TOLD), "predicted", "age"),
        (lambda turn: fitted(ids=turn(WHO)), "ids", "age"),
        (lambda turn: fitted().correct(TOLD, turn(AGE)), "age", "predicted"),
        (lambda turn: fitted().corrected_gap(TOLD, turn(AGE)), "age", "predicted"),
        (lambda turn: fitted(ids=[5, 6, 7, 8]).correct(TOLD, AGE, ids=turn(WHO)), "ids", "predicted"),
        (lambda turn: site_shift(AGE, turn(TOLD), SITE, reference="x"), "predicted", "age"),
        (lambda turn: site_shift(AGE, TOLD, turn(SITE), reference="x"), "site", "age"),
        (lambda turn: site_shift(AGE, TOLD, SITE, groups=turn(WHO), reference="x"), "groups", "age"),
        (
            lambda turn: compare_gaps(TOLD - AGE, [0, 1], age_cases=turn(AGE), age_controls=[50, 60]),
            "age_cases",
            "gap_cases",
        ),
    ],
)
def test_rows_of_pandas_in_another_order_are_refused_and_in_the_same_are_taken(use, name, first):
    use(lambda series: series)
    use(lambda series: series.to_numpy())  # without an index, it is the place that counts
    said = rf"^{name}: its index \['d', 'c', 'b', …\] is in another order than {first}'s \['a', 'b', 'c', …\]"
    with pytest.raises(ValueError, match=said if name != "predicted" or first != "age" else f"^{name}: its index"):
        use(lambda series: series[::-1])


def test_an_index_that_only_counts_rows_anew_is_no_other_order():
    a, p = paired(age=AGE, predicted=TOLD.reset_index(drop=True))
    np.testing.assert_array_equal(np.stack([a, p]), np.stack([AGE, TOLD]))


def test_what_is_optional_may_be_missing():
    check_rows("groups", None, AGE)
    with pytest.raises(ValueError, match=r"groups: got shape \(\), allowed is \(4,\), one per row"):
        check_rows("groups", 3, AGE)
