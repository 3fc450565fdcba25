"""The contrastive loss against the golden values, a loop that follows the formula, and its edges."""

import math

import numpy as np
import pytest
import torch

from course_lib.tsimcne import contrastive_loss

VIEW1 = torch.tensor([[0.0, 0], [1, 0], [0, 2]])
VIEW2 = torch.tensor([[1.0, 1], [1, -1], [0, 3]])
SHIFT = torch.tensor([0.5, 0.25])


def by_loop(view1, view2, q):
    z, b, total = np.concatenate([view1, view2]), len(view1), 0.0
    for i in range(2 * b):
        others = sum(q(z[i], z[k]) for k in range(2 * b) if k != i)
        total += -math.log(q(z[i], z[(i + b) % (2 * b)])) + math.log(others)
    return total / (2 * b)


def cauchy(a, b):
    return 1 / (1 + ((a - b) ** 2).sum())


def cosine(tau):
    return lambda a, b: math.exp(a @ b / np.linalg.norm(a) / np.linalg.norm(b) / tau)


def test_golden_values():
    assert contrastive_loss(VIEW1, VIEW2).item() == pytest.approx(1.1123333, abs=1e-6)
    assert contrastive_loss(VIEW1 + SHIFT, VIEW2 + SHIFT, "cosine").item() == pytest.approx(1.0897030, abs=1e-6)
    same = torch.ones(256, 2)
    for kernel in ("cauchy", "cosine"):
        assert contrastive_loss(same, same, kernel).item() == pytest.approx(6.2363696, abs=1e-5)


@pytest.mark.parametrize("dimensions", [1, 2, 8, 9, 128])
@pytest.mark.parametrize("n", [1, 2, 17])
def test_the_formula_in_a_loop(n, dimensions):
    view1, view2 = (torch.randn(n, dimensions, generator=torch.Generator().manual_seed(s)) for s in (0, 1))
    pair = view1.double().numpy(), view2.double().numpy()
    assert contrastive_loss(view1, view2).item() == pytest.approx(by_loop(*pair, cauchy), abs=1e-5)
    for tau in (0.5, 0.1):
        found = contrastive_loss(view1, view2, "cosine", tau).item()
        assert found == pytest.approx(by_loop(*pair, cosine(tau)), abs=1e-4)


def test_its_gradient_is_right_in_64_bits():
    pair = [torch.randn(4, 12, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    for kernel in ("cauchy", "cosine"):
        assert torch.autograd.gradcheck(lambda a, b, kernel=kernel: contrastive_loss(a, b, kernel), pair)


def test_a_map_far_from_the_middle_keeps_its_digits():
    near = contrastive_loss(VIEW1, VIEW2).item()
    assert contrastive_loss(VIEW1 + 1000, VIEW2 + 1000).item() == pytest.approx(near, abs=1e-5)


def test_half_precision_is_computed_in_single():
    found = contrastive_loss(VIEW1.bfloat16(), VIEW2.bfloat16())
    assert found.dtype == torch.float32 and found.item() == pytest.approx(1.1123333, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((VIEW1, VIEW2[:2]), "view1, view2: shapes (3, 2) and (2, 2)"),
        ((VIEW1[0], VIEW2[0]), "view1, view2"),
        ((VIEW1[:0], VIEW2[:0]), "view1, view2"),
        ((VIEW1, VIEW2, "student"), "kernel: got 'student', allowed are 'cauchy', 'cosine'"),
        ((VIEW1, VIEW2, "cosine", 0), "temperature: got 0"),
    ],
)
def test_what_is_not_allowed_is_said(arguments, said):
    with pytest.raises(ValueError) as error:
        contrastive_loss(*arguments)
    assert said in str(error.value)
