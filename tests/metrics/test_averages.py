import numpy as np
import pytest

from course_lib.metrics.averages import macro_mean


def test_the_mean_is_over_the_labels_that_have_a_value_and_names_the_others():
    mean = macro_mean([0.7, np.nan, 0.9, np.nan], ["Mass", "Hernia", "Edema", "Nodule"])
    assert float(mean) == mean.value == pytest.approx(0.8)
    assert (mean.n_used, mean.n_labels, mean.missing) == (2, 4, ("Hernia", "Nodule"))
    assert str(mean) == "0.800 over 2 of 4 labels (undefined: Hernia, Nodule)"


def test_a_mean_over_all_labels_has_nobody_to_name():
    assert str(macro_mean([0.5, 1.0])) == "0.750 over 2 of 2 labels"


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_the_mean_over_no_label_is_undefined(values):
    mean = macro_mean(values)
    assert np.isnan(mean.value) and mean.n_used == 0 and len(mean.missing) == len(values)


def test_there_is_one_value_and_one_name_per_label():
    with pytest.raises(ValueError, match=r"values: got shape \(2, 2\)"):
        macro_mean(np.ones((2, 2)))
    with pytest.raises(ValueError, match="names: got 1 names for 2 labels"):
        macro_mean([1, 2], ["Mass"])
