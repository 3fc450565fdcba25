"""What lecture 5 shows as measured beforehand is what the files give, and the stored benchmark says what it found."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib.published import published
from tools import measure_dimensions

ROOT = Path(__file__).parents[2]
MEASURED = published("intrinsic_dimension")["measured.real"].value
RESULT = ROOT / "benchmarks" / "results" / "intrinsic_dimension.json"


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


@pytest.fixture(scope="module")
def result():
    return json.loads(RESULT.read_text(encoding="utf-8"))


def test_estimates_agree_with_the_peers_to_a_millionth(result):
    assert {"scikit-dimension MLE", "scikit-dimension TwoNN", "DADApy TwoNN"} <= set(result["agreement"])
    assert max(result["agreement"].values()) < 1e-6


def test_the_ratios_are_those_of_the_stored_seconds(result):
    for ratio in result["ratios"]:
        size = ratio["images"], ratio["features"]
        rows = [row for row in result["rows"] if (row["images"], row["features"]) == size]
        seconds = {(row["who"], row["dtype"]): row["seconds"] for row in rows}
        alone = seconds["scikit-dimension MLE", "float32"]
        for dtype, name in (("float32", "float32, both"), ("uint8", "8-bit, both")):
            assert ratio[f"{name} / scikit-dimension MLE"] == pytest.approx(alone / seconds["course, both", dtype])


def test_all_arithmetics_found_the_same(result):
    for size in {(row["images"], row["features"]) for row in result["rows"]}:
        found = [
            row["found"]
            for row in result["rows"]
            if (row["images"], row["features"]) == size and row["who"] == "course, both"
        ]
        assert len(found) == 2
        np.testing.assert_allclose(*found, rtol=1e-6)


def test_the_benchmark_runs_on_few_images_and_stores_nothing():
    before = RESULT.read_bytes()
    environment = {**os.environ, "COURSE_TEST_DATA": ""}
    environment.pop("DADAPY_PYTHON", None)
    command = [sys.executable, "-m", "benchmarks.intrinsic_dimension", "--quick"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode in (0, 1), run.stderr
    assert "course, both (uint8)" in run.stdout and "DADApy TwoNN (float32) missing" in run.stdout
    assert RESULT.read_bytes() == before
