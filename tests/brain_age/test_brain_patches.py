"""Patches, and their networks trained together."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib.brain_age.ensembles import select_patches
from course_lib.brain_age.patches import PatchEnsemble, PatchGrid, PatchNetworks, SumOfErrors, scaled_to, shifted
from course_lib.brain_age.regression import WEIGHT_DECAY, volumes_and_ages
from course_lib.data import ImageSet
from course_lib.training import fit, one_cycle, predict


def lit_corner(n, seed=0, first=0):
    """Volumes of 12 voxels a side whose first corner, and nothing else, tells the age."""
    rng = np.random.default_rng(seed)
    ages = rng.uniform(45, 80, n).astype(np.float32)
    volumes = rng.normal(90, 15, (n, 12, 12, 12))
    volumes[:, :4, :4, :4] += (ages[:, None, None, None] - 62) * 4
    return ImageSet(volumes.clip(0, 255).astype(np.uint8), ages, groups=first + np.arange(n))


@pytest.fixture(scope="module")
def parts():
    return lit_corner(96), lit_corner(40, 1, 1000), lit_corner(60, 2, 2000)


def quick(**options):
    return PatchEnsemble(**({"size": 8, "counts": (2, 2, 2), "epochs": 6} | options))


@pytest.fixture(scope="module")
def trained(parts):
    return quick().fit(*parts[:2], progress=False)


@pytest.mark.parametrize(("shape", "size", "counts"), [((40, 48, 40), 16, (3, 3, 3)), ((7, 9, 20), 5, (2, 3, 4))])
def test_patches_cover_every_voxel_and_lie_evenly(shape, size, counts):
    grid = PatchGrid(shape, size, counts)
    covered = np.zeros(shape, int)
    for place in grid.slices:
        assert covered[place].shape == (size,) * 3
        covered[place] += 1
    assert covered.min() >= 1 and len(grid) == np.prod(counts)
    centers = grid.centers.reshape(*counts, 3)
    np.testing.assert_allclose(centers, (np.array(shape) - 1) - centers[::-1, ::-1, ::-1], atol=1)


def test_a_patch_is_what_its_slices_cut_out():
    grid = PatchGrid((6, 7, 8), 4, (2, 2, 3))
    volumes = torch.rand(3, 1, 6, 7, 8)
    patches = grid.extract(volumes)
    assert patches.shape == (3, 12, 4, 4, 4)
    for number, place in enumerate(grid.slices):
        assert torch.equal(patches[:, number], volumes[(slice(None), 0, *place)])
    mask = np.zeros((6, 7, 8))
    mask[:4, :4, :4] = 1
    assert grid.share(mask)[0] == 1 and grid.share(mask)[-1] < 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (((6, 6, 6), 8, (1, 1, 1)), "size: got 8"),
        (((6, 6, 6), 2, (2, 3, 3)), "counts: 2 patches of 2 leave gaps in 6 voxels"),
        (((6, 6, 6), 6, (1, 0, 1)), "size: got 6"),
        (((6, 6, 6), 6.0, (1, 1, 1)), "size: got 6.0, allowed is a whole number"),
        (((6, 6, 6), 6, (1, 1)), r"counts: got \(1, 1\), allowed are three whole numbers"),
        (((6, 6, 6), 6, 2), "counts: got 2, allowed are three"),
        (((6, 6), 6, (1, 1, 1)), r"shape: got \(6, 6\), allowed are three"),
        (((6, 6, 6), 6, (1, 1, 1), 1), "only: got 1, the patches are 0 to 0"),
    ],
)
def test_patches_that_do_not_fit_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        PatchGrid(*arguments)
    with pytest.raises(ValueError, match=r"volumes: got \(1, 1, 5, 6, 6\)"):
        PatchGrid((6, 6, 6), 6, (1, 1, 1)).extract(torch.zeros(1, 1, 5, 6, 6))
    with pytest.raises(ValueError, match="patch: got -1, the patches are 0 to 26"):
        PatchGrid((12, 12, 12), 8).alone(-1)


def test_a_grid_may_be_described_by_lists_and_arrays():
    grid = PatchGrid([12, 12, 12], 8, np.array([2, 2, 2]))
    assert grid == PatchGrid((12, 12, 12), 8, (2, 2, 2)) and grid.extract(torch.zeros(1, 1, 12, 12, 12)).shape[1] == 8


def test_one_patch_of_a_grid_is_another_grid_and_alone_it_stays_the_same():
    grid = PatchGrid((12, 12, 12), 8, (2, 2, 2))
    third, fourth = grid.alone(3), grid.alone(4)
    assert len({repr(each) for each in (grid, third, fourth)}) == 3 and grid != third and third != fourth
    assert len(third) == 1 and third.slices == grid.slices[3:4] and third.alone(0) == third


def test_together_or_one_by_one_gives_the_same_networks(parts):
    train, _, test = parts
    together = quick(epochs=2).fit(train, progress=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        start = PatchNetworks(together.grid_)
    scaled_to(start, train.labels)
    for patch in range(len(together.grid_)):
        alone = start.one(patch)
        fit(
            alone,
            volumes_and_ages(train),
            loss=SumOfErrors(alone),
            epochs=2,
            batch_size=16,
            optimizer=lambda weights: torch.optim.AdamW(weights, lr=4e-3, weight_decay=WEIGHT_DECAY),
            schedule=one_cycle,
            transform=shifted,
            seed=0,
            progress=False,
        )
        expected = predict(alone, test).numpy()[:, 0]
        np.testing.assert_allclose(together.predict(test)[:, patch], expected, atol=2e-2)  # years


def test_one_network_taken_out_says_what_it_said_among_the_others(trained, parts):
    told = trained.predict(parts[2])
    for patch in (0, 3, 7):
        alone = trained.networks_.one(patch).eval()
        np.testing.assert_allclose(predict(alone, parts[2]).numpy()[:, 0], told[:, patch], atol=1e-3)


def test_taking_one_out_leaves_the_random_state_alone_and_keeps_the_mode(trained):
    before = torch.get_rng_state()
    for training in (True, False):
        assert trained.networks_.train(training).one(2).training is training
    trained.networks_.eval()
    assert torch.equal(torch.get_rng_state(), before)


def test_no_patch_learns_from_another():
    networks = PatchNetworks(PatchGrid((12, 12, 12), 8, (2, 2, 2)))
    networks(torch.rand(4, 1, 12, 12, 12))[:, 2].sum().backward()
    for weights in networks.parameters():
        learning = [bool(part.any()) for part in weights.grad.chunk(8)]
        assert not any(learning[:2] + learning[3:])
    assert networks.head.weight.grad[2].any()


def test_the_patch_that_sees_the_age_is_the_best(trained, parts):
    validation, test = parts[1:]
    assert select_patches(trained.predict(validation), validation.labels, 1).tolist() == [0]
    error = np.abs(trained.predict(test) - test.labels[:, None]).mean(axis=0)
    assert error[0] < 0.7 * error[1:].min()
    assert len(trained.history_) == 6 and {"train_loss", "validation_loss"} <= set(trained.history_)


def test_the_seed_decides(parts):
    first, again, other = (
        quick(epochs=1, seed=seed).fit(parts[0], progress=False).predict(parts[2]) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_it_refuses_to_predict_untrained_and_people_on_both_sides(parts):
    with pytest.raises(ValueError, match="not trained yet"):
        PatchEnsemble().predict(parts[2])
    with pytest.raises(ValueError, match="patients are in train too"):
        quick().fit(parts[0], replace(parts[1], groups=np.arange(40)))


def test_a_checkpoint_of_other_patches_is_refused(parts, tmp_path):
    train, path = parts[0], tmp_path / "run.pt"
    quick(epochs=1).fit(train, checkpoint=path, progress=False)
    with pytest.raises(ValueError, match=r"another run \(model: .*size=8.* there, .*size=10.* here\)"):
        quick(epochs=1, size=10).fit(train, checkpoint=path, progress=False)


def test_a_training_that_fails_leaves_nothing_that_answers(parts, tmp_path):
    train, _, test = parts
    ensemble, path = quick(epochs=1), tmp_path / "run.pt"
    ensemble.fit(train, checkpoint=path, progress=False)
    ensemble.seed = 1
    with pytest.raises(ValueError, match="belongs to another run"):
        ensemble.fit(train, checkpoint=path, progress=False)
    with pytest.raises(ValueError, match="not trained yet"):
        ensemble.predict(test)
    assert not [name for name in vars(ensemble) if name.endswith("_")]


def test_how_a_training_ended_is_kept(parts, trained, monkeypatch):
    assert trained.stopped_ == "finished"
    batches = iter(range(7))

    def interrupted(volumes, generator):
        if next(batches, None) is None:
            raise KeyboardInterrupt
        return shifted(volumes, generator)

    monkeypatch.setattr("course_lib.brain_age.patches.shifted", interrupted)
    cut = quick().fit(parts[0], progress=False)  # 6 batches an epoch
    assert cut.stopped_ == "interrupted" and len(cut.history_) == 1 and cut.predict(parts[2]).shape == (60, 8)


@pytest.mark.parametrize("n", [2, 17])
def test_nobody_is_left_alone_in_the_last_batch(parts, n):
    assert np.isfinite(quick(epochs=1).fit(parts[0][:n], progress=False).predict(parts[2])).all()


def test_ages_without_a_spread_are_refused(parts):
    train = parts[0]
    for some in (train[:1], replace(train, labels=np.full(96, 60, np.float32))):
        with pytest.raises(ValueError, match=r"allowed are .* at least two different ages"):
            quick().fit(some, progress=False)


def test_patches_train_and_answer_in_double_precision(parts, monkeypatch):
    monkeypatch.setenv("COURSE_PRECISION", "64-true")
    double = quick(epochs=1).fit(parts[0], progress=False)
    assert double.networks_.head.weight.dtype == torch.float64
    monkeypatch.setenv("COURSE_PRECISION", "32-true")
    single = quick(epochs=1).fit(parts[0], progress=False)
    np.testing.assert_allclose(double.predict(parts[2]), single.predict(parts[2]), atol=0.1)  # years
    alone = double.networks_.one(5)
    np.testing.assert_allclose(predict(alone, parts[2])[:, 0], double.predict(parts[2])[:, 5], atol=1e-4)
