"""What lecture 5 shows as measured beforehand is what the files give, and the benchmark's sums."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import intrinsic_dimension as benchmark
from course_lib.published import published
from tools import measure_dimensions

MEASURED = published("intrinsic_dimension")["measured.real"].value


@pytest.mark.filterwarnings("ignore:X")
def test_the_real_images_have_the_dimensions_that_the_lecture_shows(test_data):
    sets = {name: (kind, images) for name, kind, images in measure_dimensions.real_sets(test_data)}
    assert set(sets) == set(MEASURED)
    for name in ("ChestX-ray14", "BreastMNIST", "AdrenalMNIST3D"):
        found = measure_dimensions.measured(*sets[name])
        for estimator in ("MLE", "TwoNN"):
            assert found.pop(estimator) == pytest.approx(MEASURED[name][estimator], abs=0.02)
        assert found == {key: value for key, value in MEASURED[name].items() if key in found}


def test_intervals_hold_their_estimate():
    for about in MEASURED.values():
        for estimator in ("MLE", "TwoNN"):
            dimension, low, high = about[estimator]
            assert low < dimension < high


def test_the_benchmark_draws_eight_bit_images_and_divides_the_right_seconds():
    images = benchmark.fields(40, 100)
    assert images.shape == (40, 100) and images.dtype == np.uint8 and len(np.unique(images, axis=0)) == 40
    np.testing.assert_array_equal(images, benchmark.fields(40, 100))
    seconds = {("course, both", "uint8"): 1, ("course, both", "float32"): 2, ("scikit-dimension MLE", "float32"): 10}
    rows = [
        {"images": 5, "features": 3, "who": who, "dtype": dtype, "seconds": s} for (who, dtype), s in seconds.items()
    ]
    ratio = benchmark.ratios(pd.DataFrame(rows)).iloc[0]
    assert ratio["float32, both / scikit-dimension MLE"] == 5 and ratio["8-bit, both / scikit-dimension MLE"] == 10
    assert np.isnan(ratio["8-bit, both / scikit-dimension both"])  # a peer that was not timed
