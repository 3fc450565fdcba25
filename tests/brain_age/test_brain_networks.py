"""Networks that tell ages, how they are trained, and ages as distributions."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from course_lib.brain_age.networks import SFCN, AgeNetwork, BrainNet, SliceNet, resnet18_3d
from course_lib.brain_age.regression import check_people, jittered, predict_ages, train_regressor
from course_lib.brain_age.soft_labels import BinnedAges
from course_lib.data import ImageSet
from course_lib.published import published

facts = {name: entry.value for name, entry in published("brain_age").items()}


def glowing(n, seed=0, first=0, side=16):
    """Volumes whose middle is the brighter, the older: an age that anything can learn."""
    rng = np.random.default_rng(seed)
    ages = rng.uniform(45, 80, n).astype(np.float32)
    volumes = rng.normal(60, 8, (n, side, side, side))
    volumes[:, 6:10, 6:10, 6:10] += (ages[:, None, None, None] - 45) * 4
    return ImageSet(volumes.clip(0, 255).astype(np.uint8), ages, groups=first + np.arange(n))


@pytest.fixture(scope="module")
def parts():
    return glowing(128), glowing(40, 1, 1000), glowing(40, 2, 2000)


def small(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return BrainNet((4, 8, 8, 8))


def parameters(model):
    return sum(weight.numel() for weight in model.parameters())


def test_sfcn_has_the_papers_parameters_layers_and_bins():
    network = SFCN()
    assert parameters(network) == facts["sfcn.parameters"] == 2_952_936
    widths = [layer.out_channels for layer in network.features if isinstance(layer, nn.Conv3d)]
    assert widths == facts["sfcn.channels"]
    assert network.bins.n == facts["sfcn.bins"]["count"] == 40
    assert network.features(torch.zeros(2, 1, 32, 32, 32)).shape == (2, 64, 1, 1, 1)


def test_sfcn_takes_the_papers_volumes():
    with torch.device("meta"):
        maps = SFCN().features(torch.zeros(1, 1, 160, 192, 160))
    assert maps.shape[2:] == (5, 6, 5)


def test_sfcn_gives_log_probabilities():
    network = SFCN().eval()
    p = network(torch.rand(3, 1, 32, 32, 32)).exp()
    assert p.shape == (3, 40) and torch.allclose(p.sum(1), torch.ones(3), atol=1e-5)


@pytest.mark.parametrize("make", [BrainNet, SliceNet])
def test_a_network_begins_near_the_mean_age(make, parts):
    network = make().fit_ages(parts[0].labels)
    ages = network(torch.rand(6, 1, 40, 48, 40))
    assert ages.shape == (6,)
    assert (ages.mean() - parts[0].labels.mean()).abs() < parts[0].labels.std()
    assert network.center == pytest.approx(parts[0].labels.mean(), abs=1e-3)
    assert network.spread == pytest.approx(parts[0].labels.std(ddof=1), abs=1e-3)


def test_center_and_spread_are_stored_with_the_weights(parts):
    trained, fresh = small().fit_ages(parts[0].labels).eval(), small(seed=1).eval()
    fresh.load_state_dict(trained.state_dict())
    x = torch.rand(2, 1, 16, 16, 16)
    assert torch.equal(trained(x), fresh(x))


@pytest.mark.parametrize("ages", [[60.0], [60.0, 60.0], [[60.0, 61.0]]])
def test_ages_without_a_spread_are_refused(ages):
    with pytest.raises(ValueError, match="at least two different ages"):
        small().fit_ages(ages)


def test_the_large_network_is_monais_in_three_dimensions():
    with torch.device("meta"):
        network = resnet18_3d()
        assert network(torch.zeros(2, 1, 32, 32, 32)).shape == (2,)
    assert parameters(network) == 33_161_409


def test_slices_are_taken_where_they_are_asked_for():
    network = SliceNet(heights=(0, 0.5, 1))
    volume = torch.arange(5.0).reshape(1, 1, 5, 1, 1).expand(1, 1, 5, 2, 2)
    assert network.body[0](volume)[0, :, 0, 0].tolist() == [0, 2, 4]
    with pytest.raises(ValueError, match="heights: got"):
        SliceNet(heights=(1.5,))


def test_it_learns_what_can_be_seen_and_keeps_the_best_epoch(parts):
    train, validation, test = parts
    network = small()
    run = train_regressor(network, train, validation, epochs=8, seed=0, progress=False)
    assert run.model is network and run.stopped == "finished"
    error = np.abs(predict_ages(network, test) - test.labels).mean()
    assert error < 0.5 * np.abs(test.labels - train.labels.mean()).mean()
    kept = np.abs(predict_ages(network, validation) - validation.labels).mean()
    assert kept == pytest.approx(run.history["mae"].min(), abs=1e-3)
    assert run.history["mae"].idxmin() + 1 == run.best_epoch


def test_sfcn_learns_by_soft_labels(parts):
    train, validation, _ = parts
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tiny = SFCN()
        tiny.features = nn.Sequential(nn.AvgPool3d(4), nn.Flatten(), nn.BatchNorm1d(64), nn.Linear(64, 32), nn.ReLU())
        tiny.classifier = nn.Linear(32, 40)
    options = {"epochs": 20, "seed": 0, "learning_rate": 2e-2, "progress": False}
    run = train_regressor(tiny, train, validation, **options, augment=False)
    assert run.history["train_loss"].iloc[-1] < 0.6 * run.history["train_loss"].iloc[0]
    assert run.history["mae"].min() < 0.5 * np.abs(validation.labels - train.labels.mean()).mean()


def test_the_same_seed_gives_the_same_network(parts):
    runs = [
        train_regressor(small(), *parts[:2], epochs=1, seed=seed, progress=False).model.body[-1].weight
        for seed in (0, 0, 1)
    ]
    assert torch.equal(runs[0], runs[1]) and not torch.equal(runs[0], runs[2])


def test_a_training_goes_on_from_its_checkpoint(parts, tmp_path):
    options = {"seed": 0, "progress": False, "epochs": 3}
    whole = train_regressor(small(), *parts[:2], **options)

    def stop(epoch, row, model):
        if epoch == 2:
            raise KeyboardInterrupt

    from course_lib.brain_age import regression

    path, original = tmp_path / "run.pt", regression.fit
    try:
        regression.fit = lambda *a, **k: original(*a, **k, callback=stop)
        cut = train_regressor(small(), *parts[:2], **options, checkpoint=path)
    finally:
        regression.fit = original
    assert len(cut.history) == 2
    resumed = train_regressor(small(), *parts[:2], **options, checkpoint=path)
    assert torch.equal(resumed.model.body[-1].weight, whole.model.body[-1].weight)


def test_a_person_on_both_sides_is_refused(parts):
    train, validation, _ = parts
    with pytest.raises(ValueError, match="40 of 40 patients are in train too"):
        check_people(train, replace(validation, groups=np.arange(40)))
    with pytest.raises(ValueError, match="validation: has no groups"):
        check_people(train, replace(validation, groups=None))
    classes = ImageSet(train.images[:4], np.array([0, 1, 0, 1]))
    with pytest.raises(ValueError, match=r"train: got .* allowed are volumes with ages"):
        check_people(classes, None)


def test_augmentation_mirrors_left_to_right_and_shifts_by_one_voxel():
    volumes = torch.zeros(64, 1, 8, 8, 8)
    volumes[:, :, 4, 4, 2] = 1
    moved = jittered(volumes, torch.Generator().manual_seed(0))
    places = moved.flatten(1).argmax(1)
    assert torch.equal(moved.sum(dim=(1, 2, 3, 4)), torch.ones(64)) and len(set(places.tolist())) == 2
    z, y, x = (set(axis.tolist()) for axis in torch.unravel_index(places, (8, 8, 8)))
    assert len(z) == len(y) == 1 and abs(z.pop() - 4) <= 1 and abs(y.pop() - 4) <= 1
    low, high = sorted(x)
    assert low + high == 7 and low in (1, 2, 3)  # each is the other's mirror image
    kept = jittered(volumes, torch.Generator().manual_seed(0), mirror=False)
    assert len(set(kept.flatten(1).argmax(1).tolist())) == 1


def test_soft_labels_are_the_normal_distributions_shares():
    bins = BinnedAges()
    ages = torch.tensor([50.3, 61.5, 81.9])
    got = bins.soft_labels(ages).numpy()
    edges = np.linspace(42, 82, 41)
    for age, row in zip(ages.tolist(), got, strict=True):
        share = np.diff(stats.norm(age, 1).cdf(edges))
        np.testing.assert_allclose(row, share / share.sum(), atol=1e-5)


def test_the_loss_is_the_divergence_and_0_only_where_distributions_agree():
    bins, ages = BinnedAges(), torch.tensor([55.2, 70.0])
    target = bins.soft_labels(ages)
    assert bins.loss(target.clamp_min(1e-30).log(), ages).item() == pytest.approx(0, abs=1e-5)
    flat = torch.full((2, 40), -np.log(40.0))
    expected = np.mean([stats.entropy(row, np.full(40, 1 / 40)) for row in target.numpy()])
    assert bins.loss(flat, ages).item() == pytest.approx(expected, rel=1e-5)


def test_an_age_outside_the_bins_is_refused():
    with pytest.raises(ValueError, match=r"ages: got 41\.0 to 50\.0 years, the bins hold 42 to 82"):
        BinnedAges().soft_labels(torch.tensor([41.0, 50.0]))
    with pytest.raises(ValueError, match="bins: got"):
        BinnedAges(low=80, high=42)


def test_every_network_is_asked_for_ages_alike(parts):
    for network in (small(), AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(4096, 1))), SFCN()):
        volumes = parts[2][:3] if not isinstance(network, SFCN) else parts[2][:3].resized(32)
        ages = predict_ages(network, volumes)
        assert ages.shape == (3,) and ages.dtype == np.float64
