"""The benchmark of lecture 5 judges its promises rightly, and what it stored is whole."""

import json

import numpy as np
import pytest

from benchmarks import intrinsic_dimension as benchmark
from benchmarks.record import RESULTS
from course_lib.intrinsic_dimension import MLE, TwoNN

SECONDS = {"course, both": 1.0, "scikit-dimension MLE": 9.0, "scikit-dimension TwoNN": 25.0, "DADApy TwoNN": 5.0}


@pytest.fixture
def run(monkeypatch):
    """Run the benchmark with the seconds that each would take; those who are not named are missing."""

    def with_seconds(seconds, found=(10.0, 11.0)):
        def timed(who, path, dtype, rounds):
            values = list(found) if who.startswith("course") else [found[0 if who.endswith("MLE") else 1]]
            about = {"who": who, "dtype": dtype, "arithmetic": "", "extra_MB": 1, "found": values}
            return about | {"seconds": seconds[who]} if who in seconds else None

        monkeypatch.setattr(benchmark, "timed", timed)
        return benchmark.main(["--quick"])

    return with_seconds


@pytest.fixture
def stored():
    return json.loads((RESULTS / "intrinsic_dimension.json").read_text(encoding="utf-8"))


def test_promises_are_kept_where_the_peers_take_long_enough(run):
    assert run(SECONDS) == 0


@pytest.mark.parametrize(("who", "too_short"), [("scikit-dimension MLE", 7.9), ("scikit-dimension TwoNN", 20.9)])
def test_a_promise_that_is_not_kept_fails_the_run(run, who, too_short):
    assert run(SECONDS | {who: too_short}) == 1


def test_a_missing_peer_is_named_and_nothing_is_promised_about_it(run, capsys):
    assert run({"course, both": 1.0}) == 0
    said = capsys.readouterr().out
    assert "300 × 3,072: scikit-dimension TwoNN (float32) missing" in said and "promises {}" in said


def test_peers_that_are_not_installed_are_not_timed(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmark, "find_spec", lambda name: None)
    monkeypatch.delenv("DADAPY_PYTHON", raising=False)
    for who in benchmark.WORKERS:
        if who != "course, both":
            assert benchmark.timed(who, tmp_path, "float32", 1) is None
    assert benchmark.peer_versions() == {}


def test_a_process_of_its_own_finds_what_the_estimators_find(tmp_path):
    images = benchmark.fields(200, 64)
    np.save(tmp_path / "images.npy", images)
    row = benchmark.timed("course, both", tmp_path / "images.npy", "uint8", 1)
    expected = [estimator.fit(images).dimension_ for estimator in (MLE(20), TwoNN())]
    assert row["found"] == pytest.approx(expected, rel=1e-12)
    assert row["seconds"] > 0 and row["extra_MB"] >= 0 and row["arithmetic"] in ("int8", "8-bit in float32")


def test_a_worker_that_fails_is_quoted(monkeypatch, tmp_path):
    np.save(tmp_path / "images.npy", benchmark.fields(30, 4))
    monkeypatch.setitem(benchmark.WORKERS, "course, both", "def work(X):\n    raise OSError('no room')")
    with pytest.raises(RuntimeError, match=r"course, both: (.|\n)*no room"):
        benchmark.timed("course, both", tmp_path / "images.npy", "uint8", 1)


def test_the_stored_run_agrees_with_both_peers_to_a_millionth(stored):
    assert set(stored["agreement"]) == set(benchmark.WORKERS) - {"course, both"}
    assert max(stored["agreement"].values()) < 1e-6
    assert set(stored["peers"]) == {"scikit-dimension", "dadapy"}


def test_the_stored_run_has_every_size_and_says_which_promises_it_kept(stored):
    assert [(row["images"], row["features"]) for row in stored["ratios"]] == benchmark.SIZES
    assert [row["images"] for row in stored["growth"]] == benchmark.GROWTH
    for name, least in benchmark.PROMISES.items():
        assert stored["kept"][name] == all(row[name] >= least for row in stored["ratios"][1:])


def test_the_stored_dimensions_are_the_same_whoever_measured_them_and_in_whichever_type(stored):
    for n, features in benchmark.SIZES:
        rows = [row for row in stored["rows"] if (row["images"], row["features"]) == (n, features)]
        mle = [row["found"][0] for row in rows if row["who"] in ("course, both", "scikit-dimension MLE")]
        two = [row["found"][-1] for row in rows if not row["who"].endswith("MLE")]
        assert len(mle) == 3 and np.ptp(mle) < 1e-5 * mle[0]
        assert len(two) == 4 and np.ptp(two) < 1e-4 * two[0]  # float32 rounds the nearest most
