"""The explorers of lecture 6 as pure functions: numbers in their sentences are right, clicks do what they should."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_lib.data import ImageSet
from course_lib.metrics import knn_accuracy
from course_lib.tsimcne import TSimCNE, contrastive_loss, explorers, simulate_blood
from course_lib.tsimcne.explorers import atlas, loss_lab
from course_lib.tsimcne.explorers.augmentation_lab import augmentation_scene
from course_lib.tsimcne.explorers.time_lapse import lapse_scene, principal

CELLS = simulate_blood(60, seed=0)
LAB = {"which": 3, "least": 0.2, "rotation": "any-angle", "corners": "black", "flips": True, "colors": 1.0, "gray": 0.2}


def numbers(text):
    return [float(part.replace("−", "-")) for part in re.findall(r"[-−]?\d+\.?\d*", text)]


def test_the_loss_lab_says_both_losses_and_their_pulls():
    scene = loss_lab.loss_scene(-1.5, 1.0, 1.5, 2.0, 1)
    view1 = torch.tensor([[-1.5, 1.0], *loss_lab.OTHERS[0]])
    view2 = torch.tensor([[1.5, 2.0], *loss_lab.OTHERS[1]])
    for kernel, word in (("cauchy", "Cauchy"), ("cosine", "cosine")):
        assert f"{word}: loss {contrastive_loss(view1, view2, kernel):.3f}" in scene.text
    step, base = 1e-5, loss_lab.loss_and_pull("cauchy", (-1.5, 1.0), (1.5, 2.0))
    right = [
        -(loss_lab.loss_and_pull("cauchy", place, (1.5, 2.0))[0] - base[0]) / step
        for place in ((-1.5 + step, 1.0), (-1.5, 1.0 + step))
    ]
    assert base[1][0] == pytest.approx(right, abs=1e-4)
    assert f"{np.linalg.norm(base[1][0]):.3f}" in scene.text


def test_the_cosine_pulls_at_right_angles_to_the_ray_and_the_cauchy_kernel_does_not():
    place = np.array([2.0, 1.0])
    _, pull = loss_lab.loss_and_pull("cosine", place, (1.0, 2.0))
    assert pull[0] @ place == pytest.approx(0, abs=1e-12)
    _, pull = loss_lab.loss_and_pull("cauchy", place, (1.0, 2.0))
    assert abs(pull[0] @ place) > 0.01


def test_a_click_moves_the_chosen_view_and_stays_on_the_paper():
    assert loss_lab.dragged(0, 0.52, -1.26, {"moved": 1}) == {"x1": 0.5, "y1": -1.3}
    assert loss_lab.dragged(1, 99, 0, {"moved": 2}) == {"x2": 4.0, "y2": 0.0}


def test_the_loss_lab_draws():
    explorer = explorers.loss_lab_explorer()
    before = explorer.picture.png
    explorer.move(x1=0.0, y1=0.0)
    assert explorer.picture.png != before and explorer.error is None


def test_without_augmentations_all_views_are_one():
    still = LAB | {"rotation": "natural", "flips": False, "colors": 0.0, "gray": 0.0, "least": 1.0, "draw": 0}
    strict = augmentation_scene(CELLS, **still)
    own, other = numbers(strict.text)[2:4]
    assert own < 0.2 * other
    loud = augmentation_scene(CELLS, **LAB, draw=0)
    assert numbers(loud.text)[2] > 5 * own
    assert CELLS.class_names[CELLS.labels[3]] in loud.text and loud.text.startswith("Simulated; ")


def test_another_draw_and_every_switch_change_the_views():
    scene = augmentation_scene(CELLS, **LAB, draw=0).text
    changes = [{"draw": 1}, {"flips": False}, {"colors": 0.5}, {"gray": 1.0}, {"least": 0.8}, {"rotation": "natural"}]
    texts = {augmentation_scene(CELLS, **LAB | {"draw": 0} | change).text for change in changes}
    assert len(texts) == len(changes) and scene not in texts
    corners = augmentation_scene(CELLS, **LAB | {"draw": 0, "corners": "border color of the data set"})
    assert corners.text != scene


def test_the_augmentation_lab_draws_and_refuses_what_it_cannot_turn():
    explorer = explorers.augmentation_lab_explorer(CELLS)
    before = explorer.picture.png
    explorer.move(which=5)
    assert explorer.picture.png != before and explorer.error is None
    for wrong in (ImageSet(np.array(CELLS.images)), ImageSet(np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1]))):
        with pytest.raises(ValueError, match=r"images: .* square color images with classes are needed"):
            explorers.augmentation_lab_explorer(wrong)


@pytest.fixture(scope="module")
def lapse():
    kept = explorers.TimeLapse(CELLS.labels % 2)
    small = {"width": 8, "blocks": (1,), "stem": "3x3, stride 2", "batch_size": 30, "recipe": "short", "device": "cpu"}
    TSimCNE(**small, epochs=(2, 1, 2), callback=kept, progress=False, precision="32-true").fit(CELLS)
    return kept


def test_a_time_lapse_keeps_every_epoch(lapse):
    assert lapse.quality[["stage", "epoch"]].to_numpy().tolist() == [[1, 1], [1, 2], [2, 1], [3, 1], [3, 2]]
    assert {frame.shape for frame in lapse.frames} == {(60, 2)}
    assert lapse.rows[4]["knn_accuracy"] == knn_accuracy(lapse.frames[4], lapse.labels)
    several = explorers.TimeLapse(lapse.labels, n_splits=3)
    several({"stage": 3, "epoch": 1, "loss": 1.0}, lapse.frames[4])
    each = [knn_accuracy(lapse.frames[4], lapse.labels, seed=seed) for seed in range(3)]
    assert several.rows[0]["knn_accuracy"] == pytest.approx(np.mean(each)) and len(set(each)) > 1


def test_a_time_lapse_says_what_an_epoch_gave(lapse):
    scene = lapse_scene(lapse, ("even", "odd"), 0.5, True, 3)
    row = lapse.rows[2]
    assert f"stage 2, epoch 1: only the last layer learns. Loss {row['loss']:.2f}" in scene.text
    assert f"k-NN accuracy {100 * row['knn_accuracy']:.0f} %" in scene.text
    panels = Figure(figsize=(12, 5), layout="constrained").subplots(1, 2)
    scene.figure(panels)
    assert panels[1].lines[-1].get_xdata() == [3, 3]
    explorer = explorers.time_lapse_explorer(lapse, ("even", "odd"), 0.5)
    before = explorer.picture.png
    explorer.move(epoch=1)
    assert explorer.picture.png != before and "principal components" in explorer.text
    with pytest.raises(ValueError, match="lapse: it holds no epoch"):
        explorers.time_lapse_explorer(explorers.TimeLapse(CELLS.labels), ("a", "b"))


def test_principal_components_keep_their_signs():
    points = np.random.default_rng(0).normal(size=(50, 6)) * [5, 3, 1, 1, 1, 1]
    found = principal(points)
    assert found.shape == (50, 2) and np.allclose(principal(points + 7), found, atol=1e-5)
    assert found.var(axis=0, ddof=1) == pytest.approx(np.linalg.eigvalsh(np.cov(points.T))[::-1][:2], rel=1e-4)


def test_the_atlas_says_who_lives_where_the_lasso_was_drawn():
    points = np.random.default_rng(0).normal(size=(60, 2))
    walk = explorers.atlas_explorer(points, CELLS, batches=CELLS.covariates["batch"])
    assert walk.gallery.text.startswith("60 of 60 images chosen")
    before = walk.gallery.picture.png
    chosen = np.flatnonzero(CELLS.labels == 1)[:5]
    walk.scatter.widget.selection = chosen
    assert (
        walk.gallery.text.startswith("5 of 60 images chosen: eosinophil 100 %") and walk.gallery.picture.png != before
    )
    walk.choose([])
    assert walk.gallery.text.startswith("60 of 60")
    for column in walk.colors:
        walk.paint(column)


def test_the_atlas_knows_whose_neighbors_are_wrong():
    points = np.repeat([[0.0, 0.0], [9.0, 9.0]], 30, axis=0) + np.random.default_rng(0).normal(size=(60, 2))
    labels = np.repeat([0, 1], 30)
    labels[0] = 1
    images = ImageSet(np.array(CELLS.images), labels, ("a", "b"))
    table = atlas.atlas_table(points, images, None, ())
    assert table["k-NN"].tolist() == ["wrong"] + ["right"] * 59
    assert table["image"][0].startswith("data:image/png;base64,") and "batch" not in table


@pytest.mark.parametrize("shape", [(28, 28, 3), (20, 30)])
def test_a_gallery_shows_each_image_whole_in_its_own_place(shape):
    images = np.random.default_rng(0).integers(0, 256, (10, *shape), dtype=np.uint8)
    canvas = atlas.mosaic(images)
    assert canvas.dtype == np.uint8 and canvas.shape[2] == 3
    color = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=3)
    tall, broad = canvas.shape[0] // 3, canvas.shape[1] // 8
    for number, image in enumerate(color):
        place = canvas[number // 8 * tall :, number % 8 * broad :][:tall, :broad]
        left = (broad - shape[1]) // 2
        np.testing.assert_array_equal(place[: shape[0], left : left + shape[1]], image)
    assert (canvas[-tall:] == canvas[-1, -1]).all()  # no image has come to the last row
