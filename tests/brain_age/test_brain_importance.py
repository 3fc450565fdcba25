"""Importance maps are what a linear network's weights say they must be, and noise is learned where it does no harm."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score
from torch import nn

from course_lib.brain_age import importance
from course_lib.brain_age.importance.noise import NoiseLoss, SharedMask
from course_lib.brain_age.networks import SFCN, AgeNetwork
from course_lib.data import ImageSet

SIDE = 4


def linear(weights, spread=10.0):
    """A network that reads 60 + spread · Σ w·x years."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        network = AgeNetwork(nn.Sequential(nn.Flatten(), nn.Linear(weights.size, 1)))
        network.body[1].weight.copy_(torch.tensor(weights.ravel(), dtype=torch.float32)[None])
        network.body[1].bias.zero_()
        network.center.fill_(60.0)
        network.spread.fill_(spread)
    return network


def brains(n=6, side=SIDE, seed=0):
    rng = np.random.default_rng(seed)
    return ImageSet(rng.integers(20, 256, (n, side, side, side), np.uint8), rng.uniform(45, 80, n).astype(np.float32))


def weights_of(seed=1, side=SIDE):
    return np.random.default_rng(seed).normal(0, 0.1, (side, side, side))


def in_corner():
    """Weights that read one corner of 2 × 2 × 2 voxels, and nothing else to speak of."""
    weights = np.full((SIDE,) * 3, 0.002)
    weights[:2, :2, :2] = 0.2
    return weights


@pytest.fixture
def same_randomness():
    """Fails a test that touches torch's global random state."""
    before = torch.get_rng_state()
    yield
    assert torch.equal(torch.get_rng_state(), before)


def test_the_gradient_of_a_linear_network_is_its_weights_in_years():
    weights = weights_of()
    maps = importance.gradient_map(linear(weights), brains(), progress=False)
    assert maps.dtype == np.float32 and maps.shape == (6, SIDE, SIDE, SIDE)
    assert np.allclose(maps, 10 * np.abs(weights), atol=1e-5)


def test_the_gradient_of_a_network_that_is_not_linear_is_each_brain_s_own():
    class Energy(nn.Module):
        def forward(self, volumes):
            return volumes.square().flatten(1).sum(dim=1)

    images = brains()
    maps = importance.gradient_map(AgeNetwork(Energy()), images, progress=False)
    assert np.allclose(maps, 10 * 2 * (images.images / 255), atol=1e-4)


def test_with_bins_of_ages_it_is_the_expected_age_that_is_differentiated():
    class LinearBins(SFCN):
        def forward(self, volumes):
            return (volumes.flatten(1) @ self.scores.T).log_softmax(dim=1)

    rng, images = np.random.default_rng(0), brains(3)
    with torch.random.fork_rng(devices=[]):
        model = LinearBins()
    scores = rng.normal(0, 0.3, (40, SIDE**3))  # of each bin for each voxel
    model.scores = torch.tensor(scores, dtype=torch.float32)
    maps = importance.gradient_map(model, images, progress=False)
    p = softmax(images.images.reshape(3, -1) / 255 @ scores.T, axis=1)  # (N, bins)
    centers = np.arange(42.5, 82)
    expected = (p * (centers - (p @ centers)[:, None])) @ scores  # Σ_b p_b (c_b − E) w_b
    assert np.allclose(maps.reshape(3, -1), np.abs(expected), atol=1e-3)


def test_maps_do_not_depend_on_the_size_of_a_batch():
    model, images = linear(weights_of()), brains(5)
    for method in (importance.gradient_map, importance.occlusion_map):
        whole, by_two = (method(model, images, batch_size=size, progress=False) for size in (32, 2))
        assert np.allclose(whole, by_two, atol=1e-5)


def test_the_model_stays_as_it_was():
    model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(SIDE**3), nn.Linear(SIDE**3, 1))
    model = AgeNetwork(model).train()
    before = {name: values.clone() for name, values in model.state_dict().items()}
    importance.gradient_map(model, brains(), progress=False)
    importance.population_noise(model, brains(), epochs=1, seed=0, progress=False)
    assert model.training and all(weight.requires_grad and weight.grad is None for weight in model.parameters())
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())


@pytest.mark.parametrize("baseline", [0.0, 0.5, "mean"])
def test_occluding_a_linear_network_changes_the_age_by_the_weights_of_the_block(baseline):
    weights, images = weights_of(), brains(2)
    images = replace(images, images=np.where(weights > 0.15, 0, images.images).astype(np.uint8))  # holes stay black
    maps = importance.occlusion_map(linear(weights), images, size=2, baseline=baseline, progress=False)
    for volume, found in zip(images.images / 255, maps, strict=True):
        gray = volume[volume > 0].mean() if baseline == "mean" else baseline
        change = 10 * weights * np.where(volume > 0, volume - gray, 0)
        blocks = np.abs(change.reshape(2, 2, 2, 2, 2, 2).sum(axis=(1, 3, 5)))
        assert np.allclose(found, blocks.repeat(2, 0).repeat(2, 1).repeat(2, 2), atol=1e-4)


def test_where_blocks_overlap_their_changes_are_averaged():
    weights = np.zeros((SIDE,) * 3)
    weights[0, 0] = 0.1, 0.2, -0.4, 0
    white = ImageSet(np.full((1, SIDE, SIDE, SIDE), 255, np.uint8))
    found = importance.occlusion_map(linear(weights), white, size=2, stride=1, baseline=0.0, progress=False)
    assert found[0, 0, 0] == pytest.approx([3, (3 - 2) / 2, (2 + 4) / 2, 4], abs=1e-4)  # blocks of 3, −2 and −4 years


def test_blocks_without_brain_are_not_asked_about():
    class Counting(AgeNetwork):
        asked = 0

        def forward(self, volumes):
            Counting.asked += len(volumes)
            return super().forward(volumes)

    volume = np.zeros((1, SIDE, SIDE, SIDE), np.uint8)
    volume[0, :2, :2] = 99  # two of eight blocks
    model = Counting(linear(weights_of()).body)
    maps = importance.occlusion_map(model, ImageSet(volume), size=2, baseline=0.5, progress=False)
    assert Counting.asked == 1 + 2
    assert not maps[0, 2:].any() and maps[0, :2, :2].any()


def test_a_black_volume_has_no_important_block():
    black = ImageSet(np.zeros((1, SIDE, SIDE, SIDE), np.uint8))
    assert not importance.occlusion_map(linear(weights_of()), black, size=2, progress=False).any()


@pytest.fixture(scope="module")
def learned():
    """A linear network with weights between 0.1 and 1, and the noise that it tolerates."""
    weights = np.geomspace(0.1, 1, SIDE**3).reshape((SIDE,) * 3)
    images = brains(64)
    mask = importance.population_noise(
        linear(weights), images, r=0.1, epochs=60, seed=0, coarse=1, learning_rate=0.1, batch_size=16, progress=False
    )
    return weights, images, mask


def test_learned_noise_of_a_linear_network_is_the_closed_form(learned):
    weights, images, mask = learned
    expected = np.sqrt(0.1 * images.labels.var() / (2 * SIDE**3)) / (10 * weights)
    ratio = mask.sigma / expected
    assert expected.max() < 0.5 and 0.9 < np.median(ratio) < 1.1
    assert np.corrcoef(np.log(mask.sigma).ravel(), np.log(expected).ravel())[0, 1] > 0.95


def test_learned_noise_comes_to_cost_half_of_r_of_the_variance(learned):
    _, images, mask = learned
    cost = (mask.history.change.iloc[-5:] ** 2).mean() / images.labels.var()
    assert cost == pytest.approx(0.1 / 2, rel=0.15)


def test_batches_count_by_their_people_in_the_history():
    images = brains(9)
    history = importance.population_noise(
        linear(weights_of()), images, r=0.2, epochs=3, seed=0, coarse=1, batch_size=4, progress=False
    ).history
    parts = history.change**2 / images.labels.var() - 0.2 * np.log(history.noise)
    assert np.allclose(parts, history.loss, atol=1e-5)  # 4, 4 and 1 people


def test_the_history_has_both_parts_of_the_loss(learned):
    _, images, mask = learned
    history = mask.history
    assert history.epoch.tolist() == list(range(1, 61)) and mask.stopped == "finished"
    parts = history.change**2 / images.labels.var() - 0.1 * np.log(history.noise)
    assert np.allclose(parts, history.loss, atol=1e-3)
    assert history.loss.iloc[-1] < history.loss.iloc[0]


def test_a_network_that_reads_one_corner_wants_quiet_there_and_nowhere_else(same_randomness):
    model, images = linear(in_corner()), brains(16)
    mask = importance.population_noise(model, images, epochs=20, seed=0, coarse=1, progress=False)
    corner = in_corner() > 0.1
    assert mask.sigma[corner].max() < mask.sigma[~corner].min()
    found = importance.agreement(importance.noise_importance(mask.sigma), corner, np.ones_like(corner))
    assert found.auroc == 1.0


def test_noise_is_added_to_the_brain_alone():
    images = brains(16)
    volumes = images.images.copy()
    volumes[:, :2] = 0
    weights = np.full((SIDE,) * 3, 0.5)
    weights[2:] = 0
    only_outside = replace(images, images=volumes)
    mask = importance.population_noise(linear(weights), only_outside, epochs=4, seed=0, coarse=1, progress=False)
    assert mask.history.change.max() < 1e-4
    assert np.allclose(mask.sigma[:2], 0.1) and (mask.sigma[2:] > 0.2).all()


def test_the_same_seed_learns_the_same_noise_and_another_seed_does_not(same_randomness):
    def of(seed):
        return importance.population_noise(linear(weights_of()), brains(), epochs=2, seed=seed, progress=False).sigma

    assert np.array_equal(of(3), of(3)) and not np.array_equal(of(3), of(4))


def test_the_stop_button_keeps_the_noise_that_was_learned(monkeypatch):
    calls = []

    def interrupted(self, outputs, ages, ask=NoiseLoss.__call__):
        calls.append(1)
        if len(calls) > 5:
            raise KeyboardInterrupt
        return ask(self, outputs, ages)

    monkeypatch.setattr(NoiseLoss, "__call__", interrupted)
    mask = importance.population_noise(linear(weights_of()), brains(8), epochs=9, seed=0, progress=False)
    assert mask.stopped == "interrupted" and len(mask.history) == 2  # of two batches each
    assert not np.allclose(mask.sigma, 0.1)


def test_a_coarse_mask_starts_at_one_noise_for_every_voxel_of_any_shape():
    assert np.allclose(SharedMask((5, 6, 7), 4).sigma(), 0.1) and SharedMask((5, 6, 7), 4).sigma().shape == (5, 6, 7)


def test_a_noise_network_learns_where_a_network_looks(same_randomness):
    weights = np.zeros((16, 16, 16))
    weights[4:12, 4:12, 4:12] = 0.02
    images = brains(24, side=16)
    shaped = np.where(np.pad(np.ones((8, 8, 8)), 4), images.images, images.images // 4)  # the middle is brighter
    images = replace(images, images=shaped.astype(np.uint8))
    network, history = importance.train_noise_network(
        linear(weights), images, epochs=12, seed=0, batch_size=4, progress=False
    )
    noise = network.noise(brains(3, side=16, seed=9), progress=False)
    assert noise.shape == (3, 16, 16, 16) and noise.dtype == np.float32 and noise.min() > 0 and noise.max() <= 1
    own = importance.noise_importance(network.noise(images[:4], progress=False))
    assert importance.agreement(own, weights > 0, np.ones(weights.shape)).auroc > 0.9
    assert history.loss.iloc[-1] < history.loss.iloc[0] and not network.training


def test_a_brain_gets_the_same_noise_whoever_is_in_its_batch():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = importance.NoiseNetwork()
        nn.init.normal_(network.theta.weight)
    images = brains(3, side=16)
    together, alone = network.noise(images, progress=False), network.noise(images[1], progress=False)
    assert np.allclose(together[1], alone[0], atol=1e-5)


def test_learned_noise_hurts_less_than_as_much_uniform_noise(learned, same_randomness):
    weights, _, mask = learned
    others = brains(200, seed=5)
    with torch.no_grad():
        ages = linear(weights)(others.tensors()[0]).numpy()
    table = importance.tolerated(linear(weights), replace(others, labels=ages), mask.sigma, seed=0, progress=False)
    none, learned_mae, uniform = table.mae
    power = 10 * np.sqrt(2 / np.pi) * np.array([np.linalg.norm(weights * mask.sigma), 0])
    power[1] = 10 * np.sqrt(2 / np.pi) * np.linalg.norm(weights) * mask.sigma.mean()  # |N(0, s²)| has the mean s·√(2/π)
    assert none < 1e-4 and table.noise.tolist() == ["none", "learned", "uniform"] and (table.n == 200).all()
    assert [learned_mae, uniform] == pytest.approx(power, rel=0.15) and learned_mae < 0.8 * uniform
    assert table.sigma.tolist() == pytest.approx([0, mask.sigma.mean(), mask.sigma.mean()], rel=1e-4)


def test_a_network_in_double_precision_is_asked_as_any_other(monkeypatch):
    monkeypatch.setenv("COURSE_PRECISION", "64-true")
    single, double, images = linear(weights_of()), linear(weights_of()).double(), brains(8)
    for ask in (importance.gradient_map, importance.occlusion_map):
        assert np.allclose(*(ask(model, images, progress=False) for model in (single, double)), atol=1e-4)
    noise = [
        importance.population_noise(model, images, epochs=2, seed=0, progress=False).sigma for model in (single, double)
    ]
    assert np.allclose(*noise, atol=1e-5)
    network, _ = importance.train_noise_network(double, images, epochs=1, seed=0, progress=False)
    own = network.noise(images, progress=False)
    assert network.theta.weight.dtype == torch.float64 and own.dtype == np.float32
    tables = [importance.tolerated(model, images, own, seed=0, progress=False) for model in (single, double)]
    assert np.allclose(*(table.mae for table in tables), atol=1e-4)


def test_every_brain_may_have_noise_of_its_own():
    images, sigma = brains(2), np.zeros((2, SIDE, SIDE, SIDE))
    sigma[1] = 0.5
    both = importance.tolerated(linear(weights_of()), images, sigma, seed=0, progress=False)
    first = importance.tolerated(linear(weights_of()), images[0], sigma[0], seed=0, progress=False)
    assert both.sigma.tolist() == pytest.approx([0, 0.25, 0.25])
    assert first.mae.nunique() == 1 and both.mae.nunique() > 1


def test_the_population_map_is_the_mean_over_people():
    maps = np.random.default_rng(0).random((5, 2, 3, 4))
    assert np.allclose(importance.population_map(maps), maps.mean(axis=0))
    assert np.allclose(importance.population_map(maps[:1]), maps[0])


@pytest.mark.parametrize(("share", "expected"), [(0.05, 1), (0.25, 2), (1.0, 8)])
def test_a_threshold_lets_in_the_share_that_was_asked_for(share, expected):
    values = np.arange(16.0).reshape(2, 2, 4)
    within = values % 2 == 0
    strongest = importance.threshold_map(values, within, share)
    assert strongest.sum() == expected and not (strongest & ~within).any()
    assert values[strongest].min() >= np.sort(values[within])[-expected]


def test_ties_at_the_threshold_and_constant_maps_do_not_depend_on_the_order_of_voxels():
    everywhere = np.ones((1, 1, 4), bool)
    assert importance.threshold_map([[[3, 1, 3, 0]]], everywhere, 0.25).tolist() == [[[True, False, True, False]]]
    assert importance.threshold_map(np.ones((1, 1, 4)), everywhere, 0.25).all()


def test_agreement_is_the_auroc_of_the_mean_map_in_the_brain():
    rng = np.random.default_rng(1)
    maps, truth, within = rng.random((4, 5, 5, 5)), rng.random((5, 5, 5)) < 0.3, rng.random((5, 5, 5)) < 0.7
    found = importance.agreement(maps, truth, within)
    assert found.auroc == pytest.approx(roc_auc_score(truth[within], maps.mean(axis=0)[within]), abs=1e-6)
    assert 0 <= found.low < found.auroc < found.high <= 1 and found.n == 4


def test_the_interval_is_the_jackknife_over_people():
    rng = np.random.default_rng(2)
    truth, within = rng.random((4, 4, 4)) < 0.5, np.ones((4, 4, 4), bool)
    maps = truth + rng.normal(0, 2, (6, 4, 4, 4))
    found = importance.agreement(maps, truth, within)
    left = [roc_auc_score(truth.ravel(), np.delete(maps, i, axis=0).mean(axis=0).ravel()) for i in range(6)]
    error = np.sqrt(5 / 6 * np.sum((left - np.mean(left)) ** 2))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=1e-4)


def test_people_who_are_all_alike_leave_no_uncertainty_and_one_map_says_nothing_of_it():
    truth, within = np.arange(8).reshape(2, 2, 2) > 4, np.ones((2, 2, 2), bool)
    alike = importance.agreement(np.stack([truth * 1.0] * 3), truth, within)
    assert (alike.auroc, alike.low, alike.high) == (1.0, 1.0, 1.0)
    assert np.isnan(importance.agreement(truth, truth, within).low)
    assert importance.agreement(np.ones((2, 2, 2)), truth, within).auroc == 0.5


def test_within_shells_only_voxels_of_one_depth_are_compared():
    within = np.zeros((9, 9, 9), bool)
    within[1:8, 1:8, 1:8] = True
    rng = np.random.default_rng(3)
    depth = importance.depth_map(within)
    truth = within & (rng.random(within.shape) < depth / 5)
    values = rng.random(within.shape) + depth
    wins = pairs = 0
    for shell in (1, 2, 3, 4):
        inside = within & (depth.astype(int) == shell)
        ranks, positive = rankdata(values[inside]), truth[inside]
        n = positive.sum() * (~positive).sum()
        wins, pairs = wins + ranks[positive].sum() - positive.sum() * (positive.sum() + 1) / 2, pairs + n
    found = importance.agreement(values, truth, within, shells=True)
    assert (
        found.auroc == pytest.approx(wins / pairs) and found.auroc < importance.agreement(values, truth, within).auroc
    )


def test_depth_in_a_cube_is_the_distance_to_its_nearest_face():
    depth = importance.depth_map(np.ones((5, 5, 5)))
    index = np.indices((5, 5, 5))
    assert np.array_equal(depth, np.minimum(index, 4 - index).min(axis=0) + 1)


def test_importance_out_of_noise_is_largest_where_least_is_tolerated():
    sigma = np.array([1.0, 0.5, 0.01])
    assert np.allclose(importance.noise_importance(sigma), [0, np.log(2), np.log(100)])


def test_what_strongly_changes_lies_at_the_ventricles():
    from scipy.ndimage import distance_transform_edt

    from course_lib.brain_age.anatomy import template

    changed = importance.changed_voxels()
    distance = distance_transform_edt(template(4).ventricles < 0.5)
    assert changed.any() and np.mean(distance[changed] <= 3) > 0.9
    assert not (changed & ~importance.changed_voxels(at_least=0.25)).any()


def black():
    return ImageSet(np.zeros((2, SIDE, SIDE, SIDE), np.uint8), np.array([50.0, 60.0], np.float32))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: importance.gradient_map(nn.Linear(2, 1), brains()), "model: got a Linear"),
        (lambda: importance.gradient_map(linear(weights_of()), brains()[:0]), "images: got .*at least one"),
        (lambda: importance.gradient_map(linear(weights_of()), brains(), batch_size=0), "batch_size: got 0"),
        (lambda: importance.gradient_map(linear(weights_of()), brains(), batch_size=1.5), "batch_size: got 1.5"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), batch_size=0), "batch_size: got 0"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), size=5), "size: got 5, the volumes have"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), size=0), "size: got 0"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), size=2, stride=3), "stride: got 3"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), baseline="blur"), "baseline: got 'blur'"),
        (lambda: importance.occlusion_map(linear(weights_of()), brains(), baseline=np.nan), "baseline: got nan"),
        (lambda: noise_of(brains(), r=0), "r: got 0, allowed is a number above 0"),
        (lambda: noise_of(brains(), coarse=0), "coarse: got 0"),
        (lambda: noise_of(brains(), batch_size=1.5), "batch_size: got 1.5"),
        (lambda: noise_of(brains(), seed=1.5), "seed: got 1.5"),
        (lambda: noise_of(brains(), epochs=0), "epochs: got 0"),
        (lambda: noise_of(brains()[:0]), "images: got .*at least one"),
        (lambda: importance.train_noise_network(linear(weights_of()), brains(), seed=1.5), "seed: got 1.5"),
        (lambda: noise_of(brains(1)), "images: their ages are all equal"),
        (lambda: noise_of(ImageSet(brains().images)), "images: got .*with ages"),
        (lambda: noise_of(ImageSet(brains().images[:, 0])), "images: got .*allowed are volumes"),
        (lambda: tolerance_of(np.ones((2, 2, 2))), r"sigma: got shape \(2, 2, 2\)"),
        (lambda: tolerance_of(np.full((SIDE,) * 3, -1)), "sigma: got negative"),
        (lambda: tolerance_of(np.full((SIDE,) * 3, np.nan)), "sigma: got negative or infinite values or NaN"),
        (lambda: tolerance_of(np.ones((SIDE,) * 3), black()), "images: volume 0 is black"),
        (lambda: tolerance_of(np.ones((SIDE,) * 3), ImageSet(brains().images)), "images: got .*with ages"),
        (lambda: importance.population_map(np.ones((2, 2, 2))), r"maps: got shape \(2, 2, 2\)"),
        (lambda: importance.population_map(np.full((1, 2, 2, 2), np.inf)), "maps: got NaN or infinite"),
        (lambda: importance.population_map(np.ones((0, 2, 2, 2))), "maps: got shape"),
        (lambda: importance.threshold_map(np.ones((2, 2, 2)), np.ones((2, 2, 2)), 0), "share: got 0"),
        (lambda: importance.threshold_map(np.ones((2, 2, 2)), np.ones((2, 2, 2)), 1.5), "share: got 1.5"),
        (lambda: importance.threshold_map(np.ones((2, 2, 2)), np.zeros((2, 2, 2))), "within: no voxel counts"),
        (lambda: importance.threshold_map(np.ones((2, 2, 2)), np.ones((2, 2))), r"within: shape \(2, 2\)"),
        (lambda: importance.noise_importance([0.5, 0.0]), "sigma: got values outside"),
        (lambda: importance.noise_importance([0.5, np.nan]), "sigma: got values outside"),
        (lambda: importance.changed_voxels(at_least=2), "at_least: got 2"),
        (lambda: importance.changed_voxels(1), "resolution_mm: got 1"),
        (lambda: importance.depth_map([1, 1]), r"within: got shape \(2,\)"),
        (lambda: importance.agreement(np.ones((2, 2, 2)), np.ones((2, 2, 2)), np.ones((2, 2, 2))), "truth: all voxels"),
        (lambda: importance.agreement(np.ones((2, 2, 2)), np.ones((2, 2)), np.ones((2, 2, 2))), "truth: shape"),
    ],
)
def test_what_is_not_allowed_is_said(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()


def noise_of(images, **changes):
    options = {"epochs": 1, "seed": 0, "progress": False} | changes
    return importance.population_noise(linear(weights_of()), images, **options)


def tolerance_of(sigma, images=None):
    images = brains() if images is None else images
    return importance.tolerated(linear(weights_of()), images, sigma, seed=0, progress=False)


def test_the_correlation_map_is_numpys_and_asks_no_network():
    rng = np.random.default_rng(9)
    age = rng.uniform(45, 80, 40)
    volumes = rng.integers(20, 200, (40, 2, 3, 4))
    volumes[:, 0, 0, 0], volumes[:, 1, 1, 1] = np.round(2 * age), 7
    found = importance.correlation_map(ImageSet(volumes.astype(np.uint8), age))
    expected = [abs(np.corrcoef(age, column)[0, 1]) for column in volumes.reshape(40, -1).T if column.std() > 0]
    np.testing.assert_allclose(
        np.delete(found.ravel(), np.ravel_multi_index((1, 1, 1), (2, 3, 4))), expected, atol=1e-4
    )
    assert found[1, 1, 1] == 0
    with pytest.raises(ValueError, match="at least two different ages"):
        importance.correlation_map(ImageSet(volumes.astype(np.uint8), np.full(40, 60.0)))
