"""Training: who may be in which set, what augmentation does to an image, and which weights are kept."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

from course_lib.chest_xray.classifier import _affine, augmented, train_classifier
from course_lib.chest_xray.losses import FocalLoss
from course_lib.chest_xray.networks import PooledClassifier, SmallChestNet, prior_bias
from course_lib.data import ImageSet
from course_lib.metrics import auroc
from course_lib.training import one_cycle, predict

QUICK = {"epochs": 3, "seed": 0, "progress": False}


def bright_corners(n, seed=0, first_patient=0, side=32):
    """Two findings: a bright disk on the left, one on the right; two images a patient."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, (n, 2)).astype(np.uint8)
    images = random.normal(90, 25, (n, side, side))
    rows, columns = np.mgrid[:side, :side]
    for finding, center in enumerate((side // 4, 3 * side // 4)):
        disk = (rows - side // 2) ** 2 + (columns - center) ** 2 < (side // 8) ** 2
        images += 60 * labels[:, finding, None, None] * disk
    patients = first_patient + np.arange(n) // 2
    return ImageSet(images.clip(0, 255).astype(np.uint8), labels, ("left", "right"), groups=patients)


@pytest.fixture(scope="module")
def parts():
    return bright_corners(240, 0), bright_corners(80, 1, 1000), bright_corners(80, 2, 2000)


def small_network(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return SmallChestNet(n_findings=2)


@pytest.fixture(scope="module")
def training(parts):
    train, validation, _ = parts
    model = prior_bias(small_network(), train.labels)
    return train_classifier(model, train, validation, epochs=6, seed=0, progress=False), model


def test_it_learns_what_can_be_seen(training, parts):
    run, model = training
    test = parts[2]
    assert run.model is model and run.stopped == "finished"
    assert auroc(test.labels, predict(run.model, test).numpy()).min() > 0.9


def test_the_epoch_with_the_highest_macro_auroc_is_kept(training, parts):
    run, _ = training
    validation = parts[1]
    kept = auroc(validation.labels, predict(run.model, validation).numpy()).mean()
    assert kept == pytest.approx(run.history["auroc"].max(), abs=1e-6)
    assert run.history["auroc"].idxmax() + 1 == run.best_epoch


def test_the_same_seed_gives_the_same_weights_and_leaves_the_global_state_alone(parts):
    before = torch.get_rng_state()
    first, again, other = (
        train_classifier(small_network(), *parts[:2], **(QUICK | {"seed": seed, "epochs": 1})).model
        for seed in (0, 0, 1)
    )
    weights = [model.classifier.weight for model in (first, again, other)]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_patient_on_both_sides_is_refused_by_name(parts):
    train, validation, _ = parts
    leaking = replace(validation, groups=np.r_[np.arange(20) // 2, validation.groups[20:]])
    with pytest.raises(ValueError, match=r"validation: 10 of 40 patients are in train too \(0, 1, 2, …\); keep all"):
        train_classifier(small_network(), train, leaking, **QUICK)


def test_patients_with_names_are_compared_too(parts):
    train, validation, _ = (replace(part, groups=part.groups.astype(str)) for part in parts)
    leaking = replace(validation, groups=np.where(validation.groups == "1003", "7", validation.groups))
    with pytest.raises(ValueError, match=r"1 of 40 patients are in train too \('7'\)"):
        train_classifier(small_network(), train, leaking, **QUICK)
    with pytest.raises(ValueError, match="numbers and text cannot be compared"):
        train_classifier(small_network(), parts[0], validation, **QUICK)


def test_patients_on_one_side_only_are_refused_because_nothing_can_be_compared(parts):
    train, validation, _ = parts
    with pytest.raises(ValueError, match="train: has no groups"):
        train_classifier(small_network(), replace(train, groups=None), validation, **QUICK)
    with pytest.raises(ValueError, match="validation: has no groups"):
        train_classifier(small_network(), train, replace(validation, groups=None), **QUICK)


def test_without_patients_on_both_sides_a_split_by_image_can_be_measured(parts):
    train, validation = (replace(part, groups=None) for part in (parts[0], parts[0][:40]))
    run = train_classifier(small_network(), train, validation, **(QUICK | {"epochs": 1}))
    assert len(run.history) == 1


def test_labels_must_be_a_table_with_the_same_findings(parts):
    train, validation, _ = parts
    classes = ImageSet(train.images, train.labels[:, 0].astype(int), ("no", "yes"))
    with pytest.raises(ValueError, match=r"train: got ImageSet.*allowed are gray images with labels \(N, L\)"):
        train_classifier(small_network(), classes, validation, **QUICK)
    renamed = replace(validation, class_names=("right", "left"))
    with pytest.raises(ValueError, match=r"validation: its findings .* are not those of train"):
        train_classifier(small_network(), train, renamed, **QUICK)


def test_a_finding_that_no_validation_image_has_is_named_and_ignored(parts):
    train, validation, _ = parts
    rare = replace(validation, labels=validation.labels * np.array([1, 0], np.uint8))
    with pytest.warns(UserWarning, match="validation: all images or none have right; the choice of the epoch"):
        run = train_classifier(small_network(), train, rare, **(QUICK | {"epochs": 1}))
    kept = predict(run.model, rare).numpy()[:, 0]
    assert run.history["auroc"][0] == pytest.approx(auroc(rare.labels[:, 0], kept), abs=1e-6)


def test_a_validation_set_that_cannot_judge_is_refused(parts):
    train, validation, _ = parts
    with pytest.raises(ValueError, match="no AUROC can choose an epoch"):
        train_classifier(small_network(), train, replace(validation, labels=0 * validation.labels), **QUICK)


def test_bytes_and_the_same_images_as_floats_train_alike(parts):
    train, validation, _ = parts
    floats = [replace(part, images=part.images.astype(np.float32) / 255) for part in (train, validation)]
    one, other = (
        train_classifier(small_network(), *pair, **(QUICK | {"epochs": 1})).history for pair in (parts[:2], floats)
    )
    assert one["train_loss"][0] == pytest.approx(other["train_loss"][0], rel=1e-3)


def test_a_stopped_run_goes_on_from_its_checkpoint_and_another_loss_is_refused(parts, tmp_path):
    options = QUICK | {"checkpoint": tmp_path / "run.pt", "loss": FocalLoss(2)}
    whole = train_classifier(small_network(), *parts[:2], **options)
    resumed = train_classifier(small_network(seed=5), *parts[:2], **options)
    assert torch.equal(whole.model.classifier.weight, resumed.model.classifier.weight)
    with pytest.raises(ValueError, match=r"loss: FocalLoss.gamma=2.*there, FocalLoss.gamma=3"):
        train_classifier(small_network(), *parts[:2], **(options | {"loss": FocalLoss(3)}))


def test_the_learning_rate_is_torchs_one_cycle(training):
    steps = 2000
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    torchs = OneCycleLR(optimizer, max_lr=1.0, total_steps=steps, cycle_momentum=False)
    for step in range(steps):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(one_cycle(step / (steps - 1)), abs=2e-3)
        optimizer.step()
        if step < steps - 1:
            torchs.step()
    rates = training[0].history["learning_rate"]
    assert rates.max() <= 4e-3 and rates.iloc[-1] < 1e-4


class Spot(nn.Module):
    """Finds the center of brightness, in pixels from the middle."""

    def forward(self, images):
        rows, columns = torch.meshgrid(*(torch.arange(float(n)) - (n - 1) / 2 for n in images.shape[2:]), indexing="ij")
        weight = images[:, 0] / images[:, 0].sum((1, 2), keepdim=True)
        return torch.stack([(weight * rows).sum((1, 2)), (weight * columns).sum((1, 2))], 1)


def spot(shape, center, radius=3.0):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    distance = (rows - (shape[0] - 1) / 2 - center[0]) ** 2 + (columns - (shape[1] - 1) / 2 - center[1]) ** 2
    return torch.tensor(np.exp(-distance / radius**2 / 2), dtype=torch.float32)[None, None]


@pytest.mark.parametrize("shape", [(64, 64), (48, 96)])
def test_a_turn_of_thirty_degrees_moves_a_spot_along_a_circle_on_any_format(shape):
    angle, image = torch.tensor([np.pi / 6], dtype=torch.float32), spot(shape, (0, 16))
    theta = _affine(angle, torch.zeros(1), torch.zeros(1, 2), shape[0] / shape[1])
    grid = nn.functional.affine_grid(theta, [1, 1, *shape], align_corners=False)
    row, column = Spot()(nn.functional.grid_sample(image, grid, align_corners=False))[0].tolist()
    assert np.hypot(row, column) == pytest.approx(16, abs=0.3)
    assert abs(np.degrees(np.arctan2(row, column))) == pytest.approx(30, abs=1)


def test_augmentation_moves_images_as_far_as_it_says():
    images = spot((64, 64), (0, 0)).repeat(2000, 1, 1, 1)
    moved = Spot()(augmented(images, torch.Generator().manual_seed(0)))
    assert moved.mean(0).abs().max() < 0.15  # no drift
    assert moved.std(0).numpy() / 64 == pytest.approx([0.03, 0.03], rel=0.1)


def test_augmentation_never_mirrors():
    left = spot((64, 64), (0, -16)).repeat(500, 1, 1, 1)
    assert (Spot()(augmented(left, torch.Generator().manual_seed(0)))[:, 1] < 0).all()


def test_augmented_images_stay_in_range_and_depend_on_the_generator_only():
    images = torch.rand(8, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    kept = images.clone()
    first, again, other = (augmented(images, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(images, kept)
    assert first.shape == images.shape and first.min() >= 0 and first.max() <= 1


def test_a_black_and_a_white_image_stay_finite():
    flat = torch.stack([torch.zeros(1, 16, 16), torch.ones(1, 16, 16)])
    changed = augmented(flat, torch.Generator().manual_seed(0))
    assert (changed[0] == 0).all() and torch.isfinite(changed).all()


def test_augmentation_is_left_out_on_request(parts):
    plain = {
        augment: train_classifier(small_network(), *parts[:2], augment=augment, **QUICK) for augment in (True, False)
    }
    assert plain[True].history["train_loss"].iloc[-1] > plain[False].history["train_loss"].iloc[-1]


def test_any_network_of_gray_images_can_be_trained(parts):
    model = PooledClassifier(nn.Conv2d(1, 4, 5, stride=2), 4, 2)
    run = train_classifier(model, *parts[:2], **(QUICK | {"epochs": 1}))
    assert run.model is model and not any(name.startswith("model.") for name in run.model.state_dict())
