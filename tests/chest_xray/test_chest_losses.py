"""The losses against PyTorch's and torchvision's own, and what a constant answer is pulled to."""

import numpy as np
import pytest
import torch
from torch.nn import BCEWithLogitsLoss
from torchvision.ops import sigmoid_focal_loss

from course_lib.chest_xray.losses import FocalLoss, WeightedBCE, bce, count_labels
from course_lib.metrics import shift_logits

NAN = float("nan")


@pytest.fixture
def batch():
    random = torch.Generator().manual_seed(0)
    targets = (torch.rand(200, 3, generator=random) < torch.tensor([0.05, 0.3, 0.9])).float()
    return 2 * torch.randn(200, 3, generator=random), targets


def test_bce_is_pytorchs(batch):
    assert bce(*batch).item() == pytest.approx(BCEWithLogitsLoss()(*batch).item(), abs=1e-6)


def test_weights_are_the_papers(batch):
    _, targets = batch
    loss = WeightedBCE.from_labels(targets)
    positive, negative = targets.sum(0), (1 - targets).sum(0)
    assert torch.allclose(loss.positive, negative / 200) and torch.allclose(loss.negative, positive / 200)
    assert torch.allclose(loss.pos_weight, negative / positive)


def test_weighted_bce_is_w_minus_times_pytorchs_with_pos_weight(batch):
    outputs, targets = batch
    loss = WeightedBCE.from_labels(targets)
    pytorchs = BCEWithLogitsLoss(pos_weight=loss.pos_weight, reduction="none")(outputs, targets).mean(0)
    assert loss(outputs, targets).item() == pytest.approx((loss.negative * pytorchs).mean().item(), abs=1e-6)


def test_weighted_bce_is_the_papers_formula(batch):
    outputs, targets = batch
    loss = WeightedBCE.from_labels(targets)
    z, y = outputs.double().numpy(), targets.numpy()
    p, positive, negative = 1 / (1 + np.exp(-z)), loss.positive.numpy(), loss.negative.numpy()
    by_hand = -positive * y * np.log(p) - negative * (1 - y) * np.log(1 - p)
    assert loss(outputs, targets).item() == pytest.approx(by_hand.mean(), abs=1e-6)


def minimum(loss, targets):
    """The constant logits at which a convex loss is least."""
    constant = torch.full((1, targets.shape[1]), -1.0, requires_grad=True)
    search = torch.optim.LBFGS([constant], max_iter=100, line_search_fn="strong_wolfe", tolerance_grad=1e-9)

    def step():
        search.zero_grad()
        value = loss(constant.expand_as(targets), targets)
        value.backward()
        return value

    search.step(step)
    return constant.detach()


def test_a_constants_best_answer_is_one_half_when_weighted_and_the_prevalence_when_not(batch):
    _, targets = batch
    weighted = WeightedBCE.from_labels(targets)
    assert torch.sigmoid(minimum(weighted, targets))[0].tolist() == pytest.approx([0.5] * 3, abs=1e-3)
    prevalence = targets.mean(0).tolist()
    assert torch.sigmoid(minimum(bce, targets))[0].tolist() == pytest.approx(prevalence, abs=1e-3)


def test_the_metrics_room_takes_the_weights_back(batch):
    _, targets = batch
    weighted = WeightedBCE.from_labels(targets)
    shifted = shift_logits(minimum(weighted, targets).numpy(), weighted.pos_weight.numpy())
    assert 1 / (1 + np.exp(-shifted[0])) == pytest.approx(targets.mean(0).numpy(), abs=1e-3)


@pytest.mark.parametrize("alpha", [None, 0.25, 0.0, 1.0])
@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 5.0])
def test_focal_loss_is_torchvisions(batch, gamma, alpha):
    expected = sigmoid_focal_loss(*batch, alpha=-1 if alpha is None else alpha, gamma=gamma, reduction="mean")
    assert FocalLoss(gamma, alpha)(*batch).item() == pytest.approx(expected.item(), abs=1e-6)


def test_focal_loss_without_focus_is_bce(batch):
    assert FocalLoss(gamma=0)(*batch).item() == pytest.approx(bce(*batch).item(), abs=1e-7)


LOSSES = [bce, WeightedBCE(torch.tensor([0.9, 0.5, 0.1]), torch.tensor([0.1, 0.5, 0.9])), FocalLoss()]


@pytest.mark.parametrize("loss", LOSSES, ids=["bce", "weighted", "focal"])
@pytest.mark.parametrize("unknown", [NAN, -1.0])
def test_what_is_unknown_neither_counts_nor_pulls(batch, loss, unknown):
    outputs, targets = batch[0].clone().requires_grad_(), batch[1].clone()
    hidden = torch.rand(targets.shape, generator=torch.Generator().manual_seed(1)) < 0.4
    targets[hidden] = unknown
    value = loss(outputs, targets)
    value.backward()
    assert torch.isfinite(outputs.grad).all() and (outputs.grad[hidden] == 0).all()
    other = torch.where(hidden, 7.0, batch[0])  # what was said there makes no difference
    assert loss(other, targets).item() == pytest.approx(value.item(), abs=1e-7)


@pytest.mark.parametrize("loss", LOSSES, ids=["bce", "weighted", "focal"])
def test_a_batch_without_a_known_label_costs_nothing_and_has_a_gradient_of_zero(loss):
    outputs = torch.zeros(4, 3, requires_grad=True)
    value = loss(outputs, torch.full((4, 3), NAN))
    value.backward()
    assert value.item() == 0 and (outputs.grad == 0).all()


@pytest.mark.parametrize("loss", LOSSES, ids=["bce", "weighted", "focal"])
def test_very_large_logits_stay_finite(loss):
    outputs = torch.tensor([[1e4, -1e4, 1e4]], requires_grad=True)
    value = loss(outputs, torch.tensor([[0.0, 1.0, 1.0]]))
    value.backward()
    assert torch.isfinite(value) and torch.isfinite(outputs.grad).all()


@pytest.mark.parametrize("loss", LOSSES, ids=["bce", "weighted", "focal"])
def test_shapes_must_agree(loss):
    with pytest.raises(ValueError, match=r"targets: shape \(4,\) does not match outputs' \(4, 3\)"):
        loss(torch.zeros(4, 3), torch.zeros(4))


def test_the_weights_of_three_findings_do_not_fit_two():
    with pytest.raises(ValueError, match=r"outputs: got shape \(4, 2\) for the weights of 3 labels"):
        LOSSES[1](torch.zeros(4, 2), torch.zeros(4, 2))


def test_a_finding_that_nobody_has_does_not_count():
    loss = WeightedBCE.from_labels(np.array([[0, 1], [0, 0]]))
    assert (loss.positive.tolist(), loss.negative.tolist()) == ([1, 0.5], [0, 0.5])
    assert torch.isinf(loss.pos_weight[0])
    assert loss(torch.tensor([[5.0, 0.0]]), torch.zeros(1, 2)).item() == pytest.approx(0.5 * np.log(2) / 2)


def test_every_loss_says_what_it_is_and_checkpoints_tell_two_apart():
    assert bce.__name__ == "bce"
    assert FocalLoss(1.5).__name__ == repr(FocalLoss(1.5)) == "FocalLoss(gamma=1.5, alpha=None)"
    loss = WeightedBCE.from_labels([[1], [0], [0], [0]])
    assert loss.__name__ == repr(loss) == "WeightedBCE(positive=[0.75], negative=[0.25])"


@pytest.mark.parametrize("arguments", [{"gamma": -1}, {"gamma": NAN}, {"alpha": 1.5}, {"alpha": -0.1}])
def test_focal_losses_without_sense_are_refused(arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))}: got"):
        FocalLoss(**arguments)


def test_only_labels_can_be_counted():
    with pytest.raises(ValueError, match=r"labels: got shape \(3,\), allowed is \(N, L\)"):
        count_labels([0, 1, 1])
    with pytest.raises(ValueError, match="labels: got 2, allowed are 0, 1, and −1 or NaN"):
        count_labels([[0, 2]])


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_certainty_leaves_the_focal_loss_a_finite_gradient(gamma):
    outputs = torch.tensor([[200.0, -200.0, 200.0]], requires_grad=True)
    FocalLoss(gamma)(outputs, torch.tensor([[1.0, 0.0, 0.0]])).backward()
    assert torch.isfinite(outputs.grad).all() and outputs.grad[0, 2] > 0
