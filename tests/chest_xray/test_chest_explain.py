"""Heat maps add up to the logit, point at what is hot, and change when the network forgets."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.ndimage import zoom
from scipy.stats import spearmanr
from torch import nn

from course_lib.chest_xray import explain
from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.networks import CheXNet, PooledClassifier, SmallChestNet
from course_lib.chest_xray.simulator import finding_mask, simulate_radiographs
from course_lib.data import ImageSet


def seasoned(model, size):
    """A network whose normalizations have seen images and whose biases are not zero."""
    with torch.no_grad():
        model.classifier.bias.uniform_(-2, 2)
        model.train()(torch.rand(4, 1, size, size))
    return model.eval()


@pytest.fixture(scope="module")
def networks():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return {"small": seasoned(SmallChestNet(), 64), "CheXNet": seasoned(CheXNet(), 96)}


@pytest.fixture(scope="module")
def cohort():
    return simulate_radiographs(25, seed=1)


@pytest.fixture(scope="module")
def pictures():
    return torch.rand(3, 1, 96, 96, generator=torch.Generator().manual_seed(1))


def tiny():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        layers = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3, padding=1), nn.ReLU()
        return PooledClassifier(nn.Sequential(*layers), n_maps=5, n_findings=2)


@pytest.mark.parametrize("name", ["small", "CheXNet"])
def test_the_mean_of_the_map_and_the_bias_are_the_logit(name, networks, pictures):
    model = networks[name]
    logits = model(pictures).detach().numpy()
    for place, finding in list(enumerate(FINDINGS))[:: 1 if name == "small" else 6]:
        maps = explain.class_activation_map(model, pictures, finding)
        assert maps.dtype == np.float32 and maps.ndim == 3
        total = maps.mean(axis=(1, 2)) + model.classifier.bias[place].item()
        assert abs(total - logits[:, place]).max() < 1e-5


@pytest.mark.parametrize("name", ["small", "CheXNet"])
def test_grad_cam_on_the_last_maps_is_the_class_activation_map(name, networks, pictures):
    model = networks[name]
    for finding in ("Mass", "Hernia"):
        maps = explain.class_activation_map(model, pictures, finding)
        assert maps.std() > 1e-3
        assert abs(explain.grad_cam(model, pictures, finding) - maps).max() < 1e-5


def test_grad_cam_of_another_layer_follows_from_its_gradient(pictures):
    model = tiny().eval()
    first, rest = model.features[:1], model.features[1:]
    maps = first(pictures).detach().requires_grad_()
    logit = model.classifier(rest(maps).mean(dim=(2, 3)))[:, 1]
    (gradient,) = torch.autograd.grad(logit.sum(), maps)
    expected = (gradient.sum(dim=(2, 3), keepdim=True) * maps).sum(dim=1).detach().numpy()
    np.testing.assert_allclose(explain.grad_cam(model, pictures, 1, layer="features.0"), expected, atol=1e-5)


def test_grad_cam_needs_no_gradients_of_the_weights_and_leaves_none(pictures):
    model = tiny().requires_grad_(False)
    with torch.no_grad():
        maps = explain.grad_cam(model, pictures, 0)
    np.testing.assert_allclose(maps, explain.class_activation_map(model, pictures, 0), atol=1e-5)
    trainable = tiny()
    explain.grad_cam(trainable, pictures, 0)
    assert all(weight.grad is None for weight in trainable.parameters()) and pictures.grad is None


@pytest.mark.parametrize("method", [explain.class_activation_map, explain.grad_cam])
def test_networks_are_looked_at_in_evaluation_mode_and_left_in_theirs(method, pictures):
    model = tiny().train()
    before = copy.deepcopy(model.state_dict())
    one, all_of_them = method(model, pictures[:1], 0), method(model, pictures, 0)
    np.testing.assert_allclose(one[0], all_of_them[0], atol=1e-6)
    assert model.training and all(module.training for module in model.modules())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_many_images_come_in_their_order(networks):
    images = torch.rand(70, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    for method in (explain.class_activation_map, explain.grad_cam):
        together = method(networks["small"], images, "Mass")
        np.testing.assert_allclose(together[69], method(networks["small"], images[69:], "Mass")[0], atol=1e-5)


def test_an_image_set_its_tensor_and_its_array_are_the_same_to_a_network(networks, cohort):
    tensor = cohort[:2].tensors()[0]
    for images in (tensor, tensor.numpy()):
        np.testing.assert_array_equal(
            explain.class_activation_map(networks["small"], cohort[:2], "Mass"),
            explain.class_activation_map(networks["small"], images, 4),
        )


@pytest.mark.parametrize("finding", ["Fracture", 14, -1, True, 1.0])
def test_an_unknown_finding_is_named(finding, networks, pictures):
    for method in (explain.class_activation_map, explain.grad_cam):
        with pytest.raises(ValueError, match=f"finding: got {finding!r}, allowed are Atelectasis, .* from 0 to 13"):
            method(networks["small"], pictures, finding)


def test_a_name_means_nothing_to_a_network_with_two_outputs(pictures):
    with pytest.raises(ValueError, match="finding: got 'Mass', allowed are places from 0 to 1"):
        explain.class_activation_map(tiny(), pictures, "Mass")


def test_bytes_and_images_without_a_channel_are_refused(networks):
    for images in (np.zeros((2, 1, 64, 64), np.uint8), np.zeros((2, 64, 64), np.float32), torch.zeros(0, 1, 64, 64)):
        with pytest.raises(ValueError, match="images: got"):
            explain.class_activation_map(networks["small"], images, "Mass")


def test_a_network_of_another_form_has_gradients_but_no_class_activation_map(pictures):
    other = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(14))
    other(pictures)
    with pytest.raises(ValueError, match="model: got a Sequential"):
        explain.class_activation_map(other, pictures, "Mass")
    with pytest.raises(ValueError, match="model: got a Sequential"):
        explain.grad_cam(other, pictures, "Mass")
    assert explain.grad_cam(other, pictures, "Mass", layer="1").shape == (3, 94, 94)


def test_layers_without_maps_or_that_are_not_there_are_refused(networks, pictures):
    with pytest.raises(ValueError, match=r"layer: got 'features\.9', allowed are features, features\.0"):
        explain.grad_cam(networks["small"], pictures, "Mass", layer="features.9")
    with pytest.raises(ValueError, match="layer: 'classifier' puts out no maps"):
        explain.grad_cam(networks["small"], pictures, "Mass", layer="classifier")


def test_upsampling_is_bilinear():
    maps = np.random.default_rng(0).normal(size=(2, 5, 7)).astype(np.float32)
    expected = np.stack([zoom(one, (4, 5), order=1, mode="nearest", grid_mode=True) for one in maps])
    np.testing.assert_allclose(explain.upsampled(maps, (20, 35)), expected, atol=1e-5)
    assert explain.upsampled(maps, 16).shape == (2, 16, 16)


def test_a_common_scale_keeps_what_is_stronger_and_min_max_does_not():
    maps = np.array([[[4.0, -8.0]], [[1.0, 0.0]]])
    np.testing.assert_array_equal(explain.common_scale(maps), maps / 8)
    np.testing.assert_array_equal(explain.min_max(maps), [[[1, 0]], [[1, 0]]])
    np.testing.assert_array_equal(explain.common_scale(np.zeros((1, 2, 2))), np.zeros((1, 2, 2)))
    np.testing.assert_array_equal(explain.min_max(np.full((1, 2, 2), 7)), np.zeros((1, 2, 2)))


@pytest.mark.parametrize("maps", [np.zeros((4, 4)), np.zeros((0, 4, 4)), np.full((1, 2, 2), np.nan)])
def test_what_is_no_map_is_refused(maps):
    for function in (explain.common_scale, explain.min_max, lambda values: explain.upsampled(values, 8)):
        with pytest.raises(ValueError, match="maps: "):
            function(maps)


def spots(*places, size=16):
    masks = np.zeros((len(places), size, size), bool)
    for number, (row, column) in enumerate(places):
        masks[number, row, column] = True
    return masks


def test_a_hit_is_a_maximum_inside_the_mask():
    masks = np.zeros((4, 16, 16), bool)
    masks[:, 4:8, 4:8] = True
    maps = spots((5, 5), (4, 7), (4, 8), (12, 12)).astype(float)
    game = explain.pointing_game(maps, masks)
    assert game.hits.tolist() == [True, True, False, False]
    assert game.points.tolist() == [[5, 5], [4, 7], [4, 8], [12, 12]]
    assert game.rate == 0.5 and game.chance == 16 / 256
    assert (game.low, game.high) == pytest.approx((0.15, 0.85), abs=0.001)  # Wilson, 2 of 4


def test_dilation_is_a_disc_and_raises_chance_too():
    mask = spots((8, 8), (8, 8), (8, 8))
    maps = spots((8, 10), (10, 10), (8, 11)).astype(float)  # 2, 2√2 and 3 pixels away
    assert explain.pointing_game(maps, mask).rate == 0
    game = explain.pointing_game(maps, mask, dilate=2)
    assert game.hits.tolist() == [True, False, False] and game.chance == 13 / 256
    assert explain.pointing_game(maps, mask, dilate=3).hits.all()


def test_points_drawn_at_random_hit_at_the_chance_level():
    rng = np.random.default_rng(0)
    masks = np.zeros((4000, 12, 12), bool)
    masks[:, 2:7, 3:9] = True
    game = explain.pointing_game(rng.normal(size=masks.shape), masks)
    assert game.chance == 30 / 144 and game.low < game.chance < game.high


def test_a_maximum_in_a_corner_points_to_the_middle_of_its_cell_edge_not_out_of_the_image():
    maps = np.zeros((1, 4, 4))
    maps[0, 0, 0] = 1.0
    ((row, column),) = explain.pointing_game(maps, np.ones((1, 32, 32), bool)).points
    assert 1 <= row <= 2 and 1 <= column <= 2  # the plateau of the corner cell is 4 × 4 pixels


def test_a_constant_map_points_nowhere_and_misses():
    game = explain.pointing_game(np.ones((1, 4, 4)), np.ones((1, 8, 8), bool))
    assert np.isnan(game.points).all() and not game.hits.any() and game.chance == 1


def test_masks_must_be_there_one_per_map():
    with pytest.raises(ValueError, match="masks: number 1 is empty"):
        explain.pointing_game(np.zeros((2, 4, 4)), np.stack([np.ones((8, 8)), np.zeros((8, 8))]))
    with pytest.raises(ValueError, match=r"masks: got shape \(1, 8, 8\), allowed is \(2, H, W\)"):
        explain.pointing_game(np.zeros((2, 4, 4)), np.ones((1, 8, 8)))
    for dilate in (-1, np.nan, np.inf):
        with pytest.raises(ValueError, match="dilate: got"):
            explain.pointing_game(np.zeros((1, 4, 4)), np.ones((1, 8, 8)), dilate=dilate)


def test_the_overlap_is_that_of_the_region_above_a_share_of_the_maximum():
    mask = np.zeros((3, 4, 4), bool)
    mask[:, :2] = True
    maps = np.zeros((3, 4, 4))
    maps[0, :2], maps[1, 1:3], maps[2] = 3.0, [[1.0] * 4, [0.4] * 4], -1.0
    assert explain.intersection_over_union(maps, mask, 0.5).tolist() == [1.0, 0.5, 0.0]
    assert explain.intersection_over_union(maps, mask, 0.3).tolist() == pytest.approx([1.0, 1 / 3, 0.0])


@pytest.mark.parametrize("threshold", [0, -0.1, 1.1, np.nan, "high"])
def test_a_threshold_is_a_share_of_the_maximum(threshold):
    with pytest.raises(ValueError, match="threshold: got"):
        explain.intersection_over_union(np.ones((1, 2, 2)), np.ones((1, 2, 2)), threshold)


def test_boxes_cover_the_pixels_whose_centers_they_hold():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 20, (2, 50))
    wide, high = rng.uniform(1, 12, (2, 50))
    masks = explain.boxes_to_masks(pd.DataFrame({"x": x, "y": y, "width": wide, "height": high}), 32)
    centers = np.arange(32) + 0.5
    for mask, left, top, w, h in zip(masks, x, y, wide, high, strict=True):
        columns, rows = (centers >= left) & (centers < left + w), (centers >= top) & (centers < top + h)
        np.testing.assert_array_equal(mask, rows[:, None] & columns)


def test_a_box_smaller_than_a_pixel_is_not_lost():
    (mask,) = explain.boxes_to_masks([[3.6, 7.6, 0.3, 0.3]], 8)
    assert np.argwhere(mask).tolist() == [[7, 3]]
    (whole,) = explain.boxes_to_masks([[0, 0, 8, 8]], 8)
    assert whole.all()


@pytest.mark.parametrize("box", [[-1, 0, 3, 3], [0, 0, 0, 3], [6, 0, 3, 3], [0, np.nan, 1, 1]])
def test_boxes_outside_the_image_are_refused(box):
    with pytest.raises(ValueError, match=r"boxes: .* is not inside an image of 8×8"):
        explain.boxes_to_masks([box], 8)
    with pytest.raises(ValueError, match="boxes: columns \\['height'\\] are missing"):
        explain.boxes_to_masks(pd.DataFrame({"x": [0], "y": [0], "width": [1]}), 8)


def test_nihs_boxes_become_masks_of_their_size(test_data):
    nih = pytest.importorskip("course_lib.chest_xray.nih")
    boxes = nih.load_boxes(test_data / "nih_cxr14", size=224)
    masks = explain.boxes_to_masks(boxes, 224)
    assert masks.shape == (984, 224, 224) and masks.any(axis=(1, 2)).all()
    share = masks.mean(axis=(1, 2)) / (boxes["width"] * boxes["height"] / 224**2)
    assert share.mean() == pytest.approx(1, abs=0.01)


class Heart(PooledClassifier):
    """Sees every finding where Cardiomegaly's mask is, because the mask is what it is shown."""

    def __init__(self):
        super().__init__(nn.Identity(), 1, 14)
        nn.init.ones_(self.classifier.weight)


def test_the_table_plays_the_game_on_images_that_show_the_finding(cohort):
    masks = finding_mask(cohort, "Cardiomegaly")
    shown = ImageSet(masks.astype(np.uint8) * 255, cohort.labels, FINDINGS, extras=cohort.extras)
    table = explain.pointing_by_finding(Heart(), shown).set_index("finding")
    assert table.index.tolist() == list(FINDINGS)
    assert table["n"].tolist() == [finding_mask(cohort, name).any(axis=(1, 2)).sum() for name in FINDINGS]
    row = table.loc["Cardiomegaly"]
    assert row["hits"] == row["n"] > 0 and row["rate"] == 1 and row["chance"] == masks[masks.any((1, 2))].mean()
    missing = explain.pointing_by_finding(Heart(), shown[~masks.any(axis=(1, 2))]).set_index("finding")
    assert missing.loc["Cardiomegaly", "n"] == 0 and np.isnan(missing.loc["Cardiomegaly", "rate"])


def test_forgetting_begins_where_it_is_told_and_leaves_the_original(networks, pictures):
    model, before = networks["small"], copy.deepcopy(networks["small"].state_dict())
    for first, kept in {None: (), "features.3": ("features.0", "features.1", "features.2")}.items():
        other = explain.randomize_weights(model, from_layer=first, seed=0)
        for name, weight in other.named_parameters():
            if weight.ndim > 1:  # scales of normalizations start at 1 and were not trained here
                assert torch.equal(weight, before[name]) == name.startswith(kept or "none")
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_forgetting_depends_on_the_seed_alone(networks):
    state = torch.random.get_rng_state()
    first, again, other = (explain.randomize_weights(networks["small"], seed=seed) for seed in (0, 0, 1))
    assert torch.equal(state, torch.random.get_rng_state())
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    assert not first.training


def test_forgetting_is_not_going_back_to_the_start():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = SmallChestNet()
    other = explain.randomize_weights(model, seed=0)
    assert not torch.equal(model.features[0][0].weight, other.features[0][0].weight)


def test_normalizations_forget_their_statistics(networks):
    fresh = explain.randomize_weights(networks["small"], seed=0).features[0][1]
    assert networks["small"].features[0][1].running_mean.abs().max() > 0
    assert fresh.running_mean.abs().max() == 0 and (fresh.weight == 1).all()


def test_maps_of_a_network_that_forgot_are_others(networks, pictures):
    for model in networks.values():
        maps = explain.class_activation_map(model, pictures, "Mass")
        others = explain.class_activation_map(explain.randomize_weights(model, seed=0), pictures, "Mass")
        assert others.std() > 0 and (explain.rank_similarity(maps, others) < 0.95).all()


def test_layers_that_cannot_forget_are_named(networks):
    with pytest.raises(ValueError, match=r"from_layer: got 'head', allowed are features, .*classifier"):
        explain.randomize_weights(networks["small"], from_layer="head", seed=0)
    with pytest.raises(ValueError, match="from_layer: nothing from '1' on has weights"):
        explain.randomize_weights(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), from_layer="1", seed=0)
    bare = nn.Module()
    bare.scale = nn.Parameter(torch.ones(1))
    with pytest.raises(ValueError, match="model: '0' has weights, but no reset_parameters"):
        explain.randomize_weights(nn.Sequential(bare), seed=0)


def test_similarity_is_spearmans_with_ties_and_undefined_for_a_constant_map():
    rng = np.random.default_rng(0)
    maps, others = rng.integers(0, 6, (2, 5, 4, 4)).astype(float)
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(maps, others, strict=True)]
    np.testing.assert_allclose(explain.rank_similarity(maps, others), expected)
    assert np.isnan(explain.rank_similarity(np.ones((1, 2, 2)), maps[:1, :2, :2])).all()
    with pytest.raises(ValueError, match="others: shape"):
        explain.rank_similarity(maps, others[:2])
