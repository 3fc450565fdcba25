"""Fitting, mapping, resuming, saving: t-SimCNE as its users meet it, with a network that takes seconds."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from course_lib.data import ImageSet
from course_lib.training.launch import start
from course_lib.tsimcne import PAPER, Recipe, SimCLR, TSimCNE, simulate_blood
from course_lib.tsimcne.augmentation import Augmentation
from course_lib.tsimcne.recipe import SHORT
from course_lib.tsimcne.training import Plan, Run

CELLS = simulate_blood(40, seed=0)
SMALL = {"width": 8, "blocks": (1, 1), "stem": "3x3, stride 2", "epochs": (2, 2, 2), "batch_size": 16}
SMALL |= {"recipe": "short", "device": "cpu", "precision": "32-true", "progress": False}


def small(**changes):
    return TSimCNE(**SMALL | changes)


@pytest.fixture(scope="module")
def fitted():
    return small().fit(CELLS)


def test_it_maps_the_images_and_tells_its_history(fitted):
    assert fitted.embedding_.shape == (40, 2) and fitted.embedding_.dtype == np.float32
    assert np.isfinite(fitted.embedding_).all() and fitted.stopped_ == "finished"
    history = fitted.history_
    assert history["stage"].tolist() == [1, 1, 2, 2, 3, 3] and history["epoch"].tolist() == [1, 2] * 3
    assert np.isfinite(history["loss"]).all() and (history["learning_rate"] > 0).any()


def test_new_images_are_mapped_without_chance_one_by_one_or_together(fitted):
    new = simulate_blood(7, seed=1)
    together = fitted.transform(new)
    assert np.array_equal(together, fitted.transform(new))
    assert np.allclose(together, np.concatenate([fitted.transform(new[i : i + 1]) for i in range(7)]), atol=1e-5)
    assert np.allclose(fitted.transform(CELLS), fitted.embedding_, atol=1e-5)
    assert np.allclose(fitted.transform(new.images / 255), together, atol=1e-4)
    assert fitted.features(new).shape == (7, 16)


def test_the_seed_decides_and_the_global_state_is_left_alone(fitted):
    before = torch.random.get_rng_state()
    again, other = small().fit(CELLS), small(random_state=1).fit(CELLS)
    assert np.array_equal(again.embedding_, fitted.embedding_)
    assert not np.allclose(other.embedding_, fitted.embedding_)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("kind", ["gray", "oblong", "array"])
def test_other_images(kind):
    rng = np.random.default_rng(0)
    shapes = {"gray": (20, 16, 16), "oblong": (20, 16, 24, 3), "array": (20, 16, 16, 3)}
    images = rng.integers(0, 256, shapes[kind], dtype=np.uint8)
    given = images if kind == "array" else ImageSet(images)
    found = small().fit(given)
    assert found.embedding_.shape == (20, 2)
    if kind == "gray":
        with pytest.raises(ValueError, match="images with 3 channels came; the network was fitted to 1"):
            found.transform(CELLS)


def test_four_maps_train_too():  # PyTorch 2.15 would crash with channels last
    maps = [small(width=4).fit(CELLS).embedding_ for _ in range(2)]
    assert np.array_equal(*maps)


@pytest.mark.parametrize("augmentations", ["right-angles", "any-angle"])
def test_rotations_give_another_map(augmentations, fitted):
    assert not np.allclose(small(augmentations=augmentations).fit(CELLS).embedding_, fitted.embedding_)


def test_the_papers_recipe_trains_too():
    found = small(recipe="paper", epochs=(1, 1, 1)).fit(CELLS)
    assert found.history_["learning_rate"].tolist() == pytest.approx([0.03 / 16, 0.03 / 16, 0.03e-3 / 16])


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 5])
def test_a_stopped_run_goes_on_to_the_same_map(stop, fitted, tmp_path):
    path, seen = tmp_path / "run.ckpt", []

    def callback(row, embedding):
        seen.append(embedding.shape)
        if len(seen) == stop:
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        small(checkpoint=path, callback=callback).fit(CELLS)
    assert seen == [(40, 128), (40, 128), (40, 2), (40, 2), (40, 2)][:stop]
    resumed = small(checkpoint=path).fit(CELLS)
    assert np.array_equal(resumed.embedding_, fitted.embedding_)
    assert resumed.history_["loss"].tolist() == fitted.history_["loss"].tolist()


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    path = tmp_path / "run.ckpt"
    small(checkpoint=path).fit(CELLS)
    with pytest.raises(ValueError, match="belongs to another run"):
        small(checkpoint=path, random_state=1).fit(CELLS)
    with pytest.raises(ValueError, match="belongs to another run"):
        small(checkpoint=path).fit(simulate_blood(40, seed=5))
    path.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="damaged"):
        small(checkpoint=path).fit(CELLS)


@pytest.mark.parametrize(("epoch", "dimensions"), [(1, 128), (3, 2), (5, 2)])
def test_the_stop_button_keeps_the_map(epoch, dimensions):
    rows = []

    def callback(row, embedding):
        rows.append(row)
        if len(rows) == epoch:
            raise KeyboardInterrupt

    estimator = small(callback=callback)
    if dimensions == 2:
        estimator.fit(CELLS)
    else:
        with pytest.warns(UserWarning, match="interrupted in stage 1"):
            estimator.fit(CELLS)
    assert estimator.stopped_ == "interrupted" and estimator.embedding_.shape == (40, dimensions)
    assert len(estimator.history_) == epoch
    assert all(parameter.requires_grad for parameter in estimator.encoder_.parameters())


def test_what_is_saved_comes_back(fitted, tmp_path):
    path = tmp_path / "maps" / "cells.safetensors"
    fitted.save(path)
    back = TSimCNE.load(path, "cpu")
    assert np.array_equal(back.embedding_, fitted.embedding_)
    assert np.allclose(back.transform(CELLS), fitted.embedding_, atol=1e-6)
    assert back.history_["loss"].tolist() == fitted.history_["loss"].tolist()
    same = ("width", "blocks", "stem", "epochs", "augmentations", "recipe", "random_state")
    assert all(getattr(back, name) == getattr(fitted, name) for name in same)
    with pytest.raises(ValueError, match="holds TSimCNE, not a SimCLR"):
        SimCLR.load(path)
    with pytest.raises(FileNotFoundError):
        TSimCNE.load(tmp_path / "none")
    (tmp_path / "bad").write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="damaged"):
        TSimCNE.load(tmp_path / "bad")


def test_an_own_recipe_and_own_augmentations_are_saved_too(tmp_path):
    own = {"recipe": Recipe("adamw", 0.2, (1e-3, 1e-3, 1e-3)), "augmentations": Augmentation("any-angle", size=20)}
    small(**own, epochs=(1, 1, 1)).fit(CELLS).save(tmp_path / "a")
    back = TSimCNE.load(tmp_path / "a", "cpu")
    assert {name: getattr(back, name) for name in own} == own


def test_simclr_gives_features():
    found = SimCLR(**SMALL | {"epochs": 2}).fit(CELLS)
    assert found.embedding_.shape == (40, 16) and np.allclose(found.embedding_, found.transform(CELLS), atol=1e-5)
    assert found.history_["stage"].tolist() == [1, 1]
    assert found.encoder_(torch.zeros(1, 3, 28, 28)).shape == (1, 128)


def test_parameters_are_scikit_learns():
    estimator = small(random_state=3)
    assert clone(estimator).get_params() == estimator.get_params()
    assert TSimCNE()._epochs() == (1000, 50, 450) and TSimCNE().batch_size == 1024 and SimCLR()._epochs() == (1000,)
    quick = TSimCNE.for_two_cores(random_state=2)
    assert (quick.width, quick.epochs, quick.recipe, quick.random_state) == (16, (40, 5, 45), "short", 2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": (1, 2)}, "epochs: got (1, 2), allowed are 3 whole number(s) from 1"),
        ({"epochs": (1, 0, 1)}, "epochs"),
        ({"batch_size": 1}, "batch_size: got 1"),
        ({"random_state": -1}, "random_state: got -1, allowed is a whole number from 0 on"),
        ({"augmentations": "flip"}, "augmentations: got 'flip'"),
        ({"recipe": "long"}, "recipe: got 'long', allowed are 'paper', 'short' or a Recipe"),
        ({"stem": "1x1"}, "stem: got '1x1'"),
    ],
)
def test_parameters_that_are_not_allowed(changes, said):
    with pytest.raises(ValueError) as error:
        small(**changes).fit(CELLS)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.zeros((3, 8, 8, 4), np.uint8), "shape (3, 8, 8, 4)"),
        (np.zeros((3, 8), np.uint8), "shape (3, 8)"),
        (np.zeros((3, 8, 8), np.int64), "int64 came"),
        (np.full((3, 8, 8), 2.0), "floats from 2 to 2 came"),
        (np.full((3, 8, 8), np.nan), "floats from nan"),
        (np.zeros((1, 8, 8), np.uint8), "one image came"),
    ],
)
def test_images_that_are_not_allowed(images, said):
    with pytest.raises(ValueError) as error:
        small().fit(images)
    assert said in str(error.value)


def test_images_are_left_as_they_were():
    images = np.array(CELLS.images)
    small(augmentations="any-angle").fit(images)
    assert np.array_equal(images, CELLS.images)


def test_the_stages_train_what_they_should():
    fabric = start(torch.device("cpu"), "32-true")
    estimator = small().fit(CELLS)
    plan = Plan((1, 1, 1), 16, "cauchy", Augmentation(), SHORT, 0)
    run = Run(fabric, plan, estimator.encoder_, torch.zeros(2, 3, 8, 8), torch.zeros(3))
    frozen = run.begin(2).optimizer.param_groups[0]["params"]
    assert sum(p.numel() for p in frozen) == 2050
    assert run.encoder.head[-1].weight.std().item() == pytest.approx(0.1, rel=0.1)
    everything = run.begin(3).optimizer.param_groups[0]["params"]
    assert sum(p.numel() for p in everything) == sum(p.numel() for p in estimator.encoder_.parameters())
    sgd = PAPER.make_optimizer(everything).param_groups[0]
    assert (sgd["momentum"], sgd["weight_decay"], sgd["nesterov"]) == (0.9, 5e-4, False)
    assert run.n_steps == 1


def test_the_loss_falls_and_other_images_lie_apart():
    rng = np.random.default_rng(0)
    one, two = np.zeros((30, 16, 16, 3)), np.ones((30, 16, 16, 3))
    one[:, 4:12, 4:12] = 0.8
    two[:, :, ::2] = 0.1
    images = np.clip(np.concatenate([one, two]) + rng.normal(0, 0.05, (60, 16, 16, 3)), 0, 1)
    found = small(epochs=(15, 3, 15)).fit(images)
    losses = found.history_.groupby("stage")["loss"]
    assert losses.last()[1] < losses.first()[1] - 0.2
    middle = [part.mean(axis=0) for part in (found.embedding_[:30], found.embedding_[30:])]
    spread = max(part.std(axis=0).max() for part in (found.embedding_[:30], found.embedding_[30:]))
    assert np.linalg.norm(middle[0] - middle[1]) > 2 * spread
