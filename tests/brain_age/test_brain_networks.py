"""Networks that tell ages, how they are trained, and ages as distributions."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from course_lib import brain_age
from course_lib.brain_age import regression, simulator
from course_lib.brain_age.networks import SFCN, AgeNetwork, BrainNet, SliceNet, resnet18_3d
from course_lib.brain_age.regression import check_people, jittered, predict_ages, shared_out, train_regressor
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
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
        tiny.classifier, tiny.smallest = nn.Linear(32, 40), (16, 16, 16)
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


def test_a_training_goes_on_from_its_checkpoint(parts, tmp_path, monkeypatch):
    options, path = {"seed": 0, "progress": False, "epochs": 3}, tmp_path / "run.pt"
    whole = train_regressor(small(), *parts[:2], **options)

    def stop(epoch, row, model):
        if epoch == 2:
            raise KeyboardInterrupt

    def stopped(*arguments, fit=regression.fit, **named):
        return fit(*arguments, **named, callback=stop)

    with monkeypatch.context() as patch:
        patch.setattr(regression, "fit", stopped)
        cut = train_regressor(small(), *parts[:2], **options, checkpoint=path)
    assert len(cut.history) == 2 and cut.stopped == "interrupted"
    resumed = train_regressor(small(seed=1), *parts[:2], **options, checkpoint=path)  # its first weights do not matter
    assert resumed.history.drop(columns="seconds").equals(whole.history.drop(columns="seconds"))
    ours, theirs = (run.model.state_dict() for run in (resumed, whole))
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize(
    ("make", "other", "said"),
    [
        (SliceNet, lambda: SliceNet((0.9, 0.8, 0.7, 0.1)), r"heights \(0\.32, .* there, .*heights \(0\.9, .* here"),
        (SFCN, lambda: SFCN(BinnedAges(20, 100)), r"low=42\.0.* there, .*low=20.* here"),
        (SFCN, lambda: SFCN(dropout=0.2), r"dropout 0\.5 there, .*dropout 0\.2 here"),
    ],
)
def test_a_checkpoint_of_another_networks_settings_is_refused(make, other, said, tmp_path):
    people = glowing(4, side=32), glowing(2, 1, 1000, side=32)
    options = {"epochs": 1, "seed": 0, "progress": False, "checkpoint": tmp_path / "run.pt"}
    train_regressor(make(), *people, **options)
    with pytest.raises(ValueError, match=rf"belongs to another run \(model: .*{said}"):
        train_regressor(other(), *people, **options)


@pytest.mark.parametrize("make", [small, SFCN])
def test_nobody_is_left_alone_in_the_last_batch(make):
    side = 32 if make is SFCN else 16
    people = glowing(17, side=side), glowing(2, 1, 1000, side=side)
    seen = []

    class Counting(nn.Module):
        def __init__(self, inside):
            super().__init__()
            self.inside = inside

        def forward(self, volumes):
            seen.append(len(volumes))
            return self.inside(volumes)

    network = make()
    if make is SFCN:
        network.features = Counting(network.features)
    else:
        network.body = Counting(network.body)
    train_regressor(network, *people, epochs=1, seed=0, progress=False)
    assert seen == [17, 2]


def test_batches_stay_as_they_are_asked_for_where_nobody_is_alone():
    for n in range(2, 80):
        for asked in range(2, 20):
            size = shared_out(n, asked)
            assert n % size != 1 and size >= asked
            assert size == asked or all(n % smaller == 1 for smaller in range(asked, size))
    with pytest.raises(ValueError, match="batch_size: got 1, allowed is a whole number from 2 on"):
        train_regressor(small(), glowing(4), glowing(2, 1, 1000), epochs=1, seed=0, batch_size=1, progress=False)


def test_in_double_precision_it_trains_answers_and_agrees_with_single_precision(parts, monkeypatch):
    told = []
    for precision in ("64-true", "32-true"):
        monkeypatch.setenv("COURSE_PRECISION", precision)
        network = small()
        train_regressor(network, *parts[:2], epochs=1, seed=0, progress=False)
        told.append(predict_ages(network, parts[2]))
        assert (next(network.parameters()).dtype == torch.float64) == (precision == "64-true")
    np.testing.assert_allclose(*told, atol=0.05)  # years


def test_bins_are_learned_in_double_precision_too(monkeypatch):
    monkeypatch.setenv("COURSE_PRECISION", "64-true")
    network = SFCN()
    people = glowing(4, side=32), glowing(2, 1, 1000, side=32)
    run = train_regressor(network, *people, epochs=1, seed=0, progress=False)
    assert np.isfinite(predict_ages(network, people[1])).all() and np.isfinite(run.history["mae"]).all()


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


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_what_is_shifted_out_at_one_border_does_not_come_in_at_the_opposite_one(seed, dtype):
    volumes = torch.arange(1, 121).reshape(1, 1, 4, 5, 6).to(dtype)  # every voxel has a value of its own
    moved = jittered(volumes, torch.Generator().manual_seed(seed), mirror=False)
    steps = torch.randint(-1, 2, (3,), generator=torch.Generator().manual_seed(seed)).tolist()
    expected = np.zeros((4, 5, 6))
    for z, y, x in np.ndindex(4, 5, 6):
        place = z + steps[0], y + steps[1], x + steps[2]
        if all(0 <= at < length for at, length in zip(place, (4, 5, 6), strict=True)):
            expected[place] = volumes[0, 0, z, y, x]
    assert moved.dtype == dtype and np.array_equal(moved[0, 0].numpy(), expected)


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


@pytest.mark.parametrize("part", ["train", "validation"])
def test_ages_without_a_bin_are_refused_before_anything_is_trained(part):
    sets = {"train": glowing(4, side=32), "validation": glowing(2, 1, 1000, side=32)}
    labels = sets[part].labels.copy()
    labels[-1] = 90
    sets[part] = replace(sets[part], labels=labels)
    network = SFCN()
    before = network.features[0].weight.clone()
    with pytest.raises(ValueError, match=rf"{part}: got .* to 90\.0 years, the bins hold 42 to 82"):
        train_regressor(network, sets["train"], sets["validation"], epochs=1, seed=0, progress=False)
    assert torch.equal(network.features[0].weight, before)


@pytest.mark.parametrize(
    ("make", "shape", "least"),
    [
        (BrainNet, (16, 14, 16), "15 × 15 × 15"),
        (lambda: BrainNet((4, 8)), (2, 3, 3), "3 × 3 × 3"),
        (SFCN, (32, 32, 31), "32 × 32 × 32"),
        (SliceNet, (2, 7, 8), "1 × 8 × 8"),
    ],
)
def test_volumes_that_are_too_small_are_refused_and_the_smallest_is_not(make, shape, least):
    network = make().eval()
    with pytest.raises(ValueError, match=rf"volumes: got \(2, 1, {shape[0]}, .*at least {least} voxels"):
        network(torch.zeros(2, 1, *shape))
    smallest = [int(length) for length in least.split(" × ")]
    assert len(network(torch.zeros(2, 1, *smallest))) == 2


def test_every_network_is_asked_for_ages_alike(parts):
    for network in (small(), AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(4096, 1))), SFCN()):
        volumes = parts[2][:3] if not isinstance(network, SFCN) else parts[2][:3].resized(32)
        ages = predict_ages(network, volumes)
        assert ages.shape == (3,) and ages.dtype == np.float64


def test_who_corrects_a_bias_does_not_wait_for_torch():
    program = """
import sys
from course_lib.brain_age import BiasCorrection, bias_slope, match_ages
from course_lib.brain_age.simulator.people import check_shares
assert not {"torch", "lightning_fabric"} & set(sys.modules)
from course_lib.brain_age import train_regressor
assert "torch" in sys.modules and "lightning_fabric" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("room", [brain_age, simulator])
def test_names_that_are_loaded_late_are_those_that_type_checkers_see(room):
    (block,) = (node for node in ast.parse(Path(room.__file__).read_text("utf-8")).body if isinstance(node, ast.If))
    seen = {alias.name: line.module for line in block.body for alias in line.names}
    assert seen == {name: module for module, names in room._NAMES.items() for name in names}
    assert set(room.__all__) == set(seen) <= set(dir(room))
    for name, module in seen.items():
        assert getattr(room, name) is getattr(sys.modules[f"{room.__name__}.{module}"], name)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(room, "nothing")  # noqa: B009
