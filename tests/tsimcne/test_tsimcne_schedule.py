"""Learning rates epoch by epoch, against the original's."""

import numpy as np
import pytest

from course_lib.tsimcne import learning_rates


def test_golden_values():
    first, second, third = (learning_rates(s, n, 1024) for s, n in ((1, 1000), (2, 50), (3, 450)))
    assert first[[1, 9, 10, 999]] == pytest.approx([0.0133333, 0.12, 0.12, 1.20596e-6], rel=1e-5)
    assert first[0] == 0 and first.argmax() in (9, 10)
    assert second[[0, 1, 2, 49]] == pytest.approx([0.12, 0.119886, 0.119545, 4.5477e-4], rel=1e-4)
    assert third[449] == pytest.approx(6.0897e-9, rel=1e-4) and third.max() == pytest.approx(1.2e-4)


@pytest.mark.parametrize(("stage", "n", "warmup"), [(1, 1000, 10), (3, 450, 10), (2, 450, 0), (1, 50, 5), (3, 20, 2)])
def test_the_formula_in_a_loop(stage, n, warmup):
    peak = {1: 0.03, 2: 0.03, 3: 0.03e-3}[stage] * 512 / 256
    for epoch, rate in enumerate(learning_rates(stage, n, 512)):
        if epoch < warmup:
            assert rate == pytest.approx(peak * epoch / (warmup - 1))
        else:
            assert rate == pytest.approx(peak / 2 * (1 + np.cos(np.pi * (epoch - warmup) / (n + 1 - warmup))))


@pytest.mark.parametrize("stage", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 5, 19, 30])
def test_a_short_stage_leaves_its_warm_up(stage, n):
    rates = learning_rates(stage, n, 256)
    assert len(rates) == n and rates.max() == pytest.approx({1: 0.03, 2: 0.03, 3: 0.03e-3}[stage])
    assert (rates == 0).sum() <= n // 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((0, 10, 256), "stage: got 0"), ((1, 0, 256), "n_epochs: got 0"), ((1, 10, 0), "batch_size: got 0")],
)
def test_what_is_not_allowed_is_said(arguments, said):
    with pytest.raises(ValueError, match=said):
        learning_rates(*arguments)
