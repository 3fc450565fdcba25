"""The estimators of maps as scikit-learn's own checks see them, and the same seed in fresh processes."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

import course_lib.intrinsic_dimension as dimension
from course_lib.tsimcne import SimCLR, TSimCNE

SIDE = 4
SMALL = {"width": 4, "blocks": (1,), "batch_size": 8, "device": "cpu", "progress": False}
EPOCHS = {TSimCNE: (1, 1, 1), SimCLR: 1}


class FromRows(BaseEstimator):
    """Rows of numbers, which is what scikit-learn's checks know, become gray images of 4 × 4."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = True, False
        tags.input_tags.positive_only = False
        return tags

    def fit(self, X, y=None):
        rows = validate_data(self, X, ensure_min_samples=2)
        super().fit(self._images(rows))
        return self

    def fit_transform(self, X, y=None):
        return self.fit(X).embedding_

    def transform(self, X):
        self._fitted()
        return super().transform(self._images(validate_data(self, X, reset=False)))

    def _images(self, rows):
        shares = 1 / (1 + np.exp(-np.clip(np.asarray(rows, float), -30, 30)))
        return np.resize(shares.T, (SIDE * SIDE, len(rows))).T.reshape(-1, SIDE, SIDE)


class TSimCNEFromRows(FromRows, TSimCNE):
    """t-SimCNE of rows."""


class SimCLRFromRows(FromRows, SimCLR):
    """SimCLR of rows."""


SEEDED = """
    import hashlib, sys
    import numpy as np, torch
    from course_lib.brain_age import bias_slope, simulate_cohort
    from course_lib.chest_xray import simulate_radiographs
    from course_lib.intrinsic_dimension import MLE, TwoNN, rendered_images
    from course_lib.metrics import bootstrap_auroc
    from course_lib.tsimcne import TSimCNE, simulate_blood

    torch.set_num_threads(int(sys.argv[1]))
    lesions, cells = rendered_images(60, ["x", "y", "size"], seed=3), simulate_blood(12, seed=3)
    people = np.repeat(np.arange(20), 3)
    estimators = [MLE(k=5, random_state=5, n_draws=3), TwoNN(random_state=5, n_draws=3)]
    dimensions = [one.fit(lesions, groups=people).draws_ for one in estimators]
    small = {"width": 4, "blocks": (1,), "epochs": (1, 1, 1), "batch_size": 8, "device": "cpu", "progress": False}
    rng = np.random.default_rng(0)
    age, noise = rng.uniform(45, 80, 40), rng.normal(30, 5, 40)
    found = {
        "radiographs": simulate_radiographs(2, seed=3).images,
        "brains": simulate_cohort(2, seed=3).images,
        "cells": cells.images,
        "lesions": lesions.images,
        "dimensions": np.array(dimensions),
        "bootstrap": bootstrap_auroc(rng.integers(0, 2, 50), rng.random(50), n_replicates=50, seed=5).replicates,
        "slope": np.array(bias_slope(age, age / 2 + noise, groups=people[:40], n_replicates=20, seed=5).low),
        "map": TSimCNE(random_state=5, **small).fit_transform(cells),
    }
    for name, values in found.items():
        print(name, hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest())
"""
NOT_PROMISED = {"map"}  # bit for bit only with the same number of threads: sums are split among them


@pytest.mark.parametrize("kind", [TSimCNE, SimCLR])
def test_a_learner_of_images_says_so_and_keeps_the_conventions_that_need_no_data(kind):
    tags = get_tags(kind())
    assert tags.input_tags.three_d_array and tags.input_tags.positive_only and not tags.input_tags.two_d_array
    with pytest.warns(UserWarning, match="Can't test estimator"):  # scikit-learn has no checks of images
        check_estimator(kind(epochs=EPOCHS[kind], **SMALL), on_skip=None)


@pytest.mark.parametrize(("kind", "of"), [(TSimCNEFromRows, TSimCNE), (SimCLRFromRows, SimCLR)])
def test_a_learner_of_rows_passes_every_check_of_scikit_learn(kind, of):
    check_estimator(kind(epochs=EPOCHS[of], **SMALL), on_skip=None)


def test_whoever_calls_itself_an_estimator_of_scikit_learn_is_checked():
    found, checked = set(), {TSimCNE, SimCLR, dimension.MLE, dimension.TwoNN}  # the last two beside their own tests
    waiting = [BaseEstimator]
    while waiting:
        waiting += (below := waiting.pop().__subclasses__())
        found |= {one for one in below if one.__module__.startswith("course_lib") and not one.__subclasses__()}
    in_course = {one for one in found if not one.__module__.startswith("course_lib.tsimcne.base")}
    assert in_course <= checked


def seeded(threads: int) -> dict[str, str]:
    """What a fresh process says of the same seeds."""
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(SEEDED), str(threads)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(line.split() for line in done.stdout.splitlines())


def test_the_same_seed_gives_the_same_in_a_fresh_process_with_one_thread_and_with_two():
    first = seeded(1)
    assert seeded(1) == first
    two = seeded(2)
    assert {name for name in first if two[name] != first[name]} <= NOT_PROMISED
