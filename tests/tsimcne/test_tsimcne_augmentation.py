"""Batched views against torchvision's operations, one image at a time, and against the ranges that were promised."""

import numpy as np
import pytest
import torch
from torchvision.transforms import RandomResizedCrop, v2
from torchvision.transforms.v2 import functional as theirs

from course_lib.tsimcne.augmentation import Augmentation, border_color, color, geometry

N = 24
IMAGES = torch.rand(N, 3, 28, 28, generator=torch.Generator().manual_seed(0))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("shape", [(28, 28), (20, 33), (40, 16)])
@pytest.mark.parametrize("channels", [1, 3])
def test_crops_are_torchvisions_and_never_look_outside(shape, channels):
    images = torch.rand(N, channels, *shape, generator=seeded())
    boxes = geometry.draw_crops(N, *shape, seeded(1))
    found = geometry.crop(images, boxes)
    for image, box, mine in zip(images, boxes.tolist(), found, strict=True):
        right = theirs.resized_crop(image, *box, size=list(shape), antialias=False)
        assert torch.allclose(mine, right, atol=1e-5)
        inside = image[:, box[0] : box[0] + box[2], box[1] : box[1] + box[3]]
        assert mine.min() >= inside.min() - 1e-6 and mine.max() <= inside.max() + 1e-6


def test_boxes_have_the_area_and_the_aspect_that_were_asked_for():
    boxes = geometry.draw_crops(20_000, 64, 64, seeded()).numpy()
    top, left, height, width = boxes.T
    assert (top >= 0).all() and (left >= 0).all() and (top + height <= 64).all() and (left + width <= 64).all()
    share, log_aspect = height * width / 64**2, np.log(width / height)
    assert 0.19 < share.min() < 0.22 and share.max() <= 1 and abs(log_aspect).max() < np.log(4 / 3) + 0.06
    with torch.random.fork_rng():
        torch.manual_seed(0)
        peer = np.array([RandomResizedCrop.get_params(torch.zeros(3, 64, 64), [0.2, 1], [3 / 4, 4 / 3])
                         for _ in range(4000)])  # fmt: skip
    for mine, other in ((share, peer[:, 2] * peer[:, 3] / 64**2), (log_aspect, np.log(peer[:, 3] / peer[:, 2]))):
        assert np.quantile(mine, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(other, [0.1, 0.5, 0.9]), abs=0.02)
    assert abs((top + height / 2).mean() - 32) < 0.3 and abs((left + width / 2).mean() - 32) < 0.3


@pytest.mark.parametrize("size", [12, 40])
def test_views_may_be_of_another_size(size):
    boxes = geometry.draw_crops(N, 28, 28, seeded(1))
    found = geometry.crop(IMAGES, boxes, (size, size))
    right = [
        theirs.resized_crop(image, *box, size=[size, size], antialias=False)
        for image, box in zip(IMAGES, boxes.tolist(), strict=True)
    ]
    assert torch.allclose(found, torch.stack(right), atol=1e-5)
    assert Augmentation("any-angle", size=size)(IMAGES, seeded()).shape == (N, 3, size, size)


def test_a_box_that_never_fits_becomes_the_middle():
    boxes = geometry.draw_crops(5, 10, 40, seeded(), scale=(1.0, 1.0))
    assert boxes.tolist() == [[0, 13, 10, 13]] * 5
    assert geometry.draw_crops(2, 40, 10, seeded(), scale=(1.0, 1.0)).tolist() == [[13, 0, 13, 10]] * 2


@pytest.mark.parametrize("size", [28, 27])
def test_rotations_are_torchvisions(size):
    images = torch.rand(N, 3, size, size, generator=seeded())
    degrees = 360 * torch.rand(N, generator=seeded(1))
    fill = torch.tensor([0.2, 0.5, 0.9])
    found = geometry.rotate(images, degrees, fill)
    for image, angle, mine in zip(images, degrees.tolist(), found, strict=True):
        cover = theirs.rotate(torch.ones(1, size, size), angle, interpolation=v2.InterpolationMode.BILINEAR)[0]
        right = theirs.rotate(image, angle, interpolation=v2.InterpolationMode.BILINEAR)  # black comes from outside
        assert torch.allclose(mine, right + (1 - cover) * fill[:, None, None], atol=1e-4)
        inside = theirs.rotate(image, angle, interpolation=v2.InterpolationMode.BILINEAR, fill=fill.tolist())
        whole = (cover > 1 - 1e-5) | (cover < 1e-5)
        assert whole.float().mean() > 0.7 and torch.allclose(mine[:, whole], inside[:, whole], atol=1e-4)


def test_quarter_turns_are_exact_and_go_the_same_way():
    quarters = torch.arange(N) % 4
    found = geometry.turn(IMAGES, quarters)
    for image, number, mine in zip(IMAGES, quarters.tolist(), found, strict=True):
        assert torch.equal(mine, torch.rot90(image, number, (1, 2)))
    assert torch.allclose(found, geometry.rotate(IMAGES, 90.0 * quarters, torch.zeros(3)), atol=1e-4)


@pytest.mark.parametrize(("ours", "peer", "low", "high"), [
    (color.brightness, theirs.adjust_brightness, 0.6, 1.4),
    (color.contrast, theirs.adjust_contrast, 0.6, 1.4),
    (color.saturation, theirs.adjust_saturation, 0.6, 1.4),
    (color.hue, theirs.adjust_hue, -0.5, 0.5),
])  # fmt: skip
def test_color_operations_are_torchvisions(ours, peer, low, high):
    images = IMAGES.clone()
    images[0], images[1, :, :5], images[2, 0] = 0.5, 0.0, 1.0  # gray, black and red places
    factors = low + (high - low) * torch.rand(N, generator=seeded())
    found = ours(images, factors)
    for image, factor, mine in zip(images, factors.tolist(), found, strict=True):
        assert torch.allclose(mine, peer(image, factor), atol=1e-5)
    gray = images[:, :1]
    if ours in (color.saturation, color.hue):
        assert torch.equal(ours(gray, factors), gray)
    else:
        assert torch.allclose(ours(gray, factors)[3], peer(gray[3], factors[3].item()), atol=1e-5)


def test_gray_is_torchvisions():
    assert torch.allclose(color.gray(IMAGES), theirs.rgb_to_grayscale(IMAGES), atol=1e-6)


def test_jitter_takes_each_image_in_its_own_order():
    peers = (theirs.adjust_brightness, theirs.adjust_contrast, theirs.adjust_saturation, theirs.adjust_hue)
    factors = torch.tensor([1.4, 0.6, 1.3, 0.1]) + torch.zeros(N, 4)
    order = torch.rand(N, 4, generator=seeded()).argsort(dim=1)
    found = color.jitter(IMAGES, factors, order)
    assert len({tuple(row) for row in order.tolist()}) > 10
    for image, row, mine in zip(IMAGES, order.tolist(), found, strict=True):
        for which in row:
            image = peers[which](image, factors[0, which].item())
        assert torch.allclose(mine, image, atol=1e-5)


@pytest.mark.parametrize("kind", ["natural", "right-angles", "any-angle"])
def test_a_view_is_its_draws_one_after_the_other(kind):
    augmentation, fill = Augmentation(kind), torch.tensor([0.9, 0.8, 0.7])
    draws = augmentation.draw(N, 28, 28, seeded(3))
    found = augmentation.apply(IMAGES, draws, fill)
    assert torch.equal(found, augmentation(IMAGES, seeded(3), fill))
    for i, mine in enumerate(found):
        view = torch.rot90(IMAGES[i : i + 1], int(draws.quarters[i]), (2, 3))
        if kind == "any-angle":
            view = geometry.rotate(view, draws.degrees[i : i + 1], fill)
        view = geometry.crop(view, draws.boxes[i : i + 1])
        view = view.flip(3) if draws.mirrored[i] else view
        view = view.flip(2) if draws.upside_down[i] else view
        if draws.jittered[i]:
            view = color.jitter(view, draws.factors[i : i + 1], draws.order[i : i + 1])
        view = color.gray(view).expand(1, 3, 28, 28) if draws.grayed[i] else view
        assert torch.allclose(mine, view[0], atol=1e-5)
    part = augmentation.apply(IMAGES[5:9], draws.take(slice(5, 9)), fill)
    assert torch.allclose(part, found[5:9], atol=1e-6)


def test_chances_and_ranges():
    draws = Augmentation("any-angle").draw(40_000, 8, 8, seeded())
    for name, chance in {"mirrored": 0.5, "upside_down": 0.5, "jittered": 0.8, "grayed": 0.2}.items():
        assert getattr(draws, name).float().mean().item() == pytest.approx(chance, abs=0.01)
    quarters = [(draws.quarters == number).float().mean().item() for number in range(4)]
    assert quarters == pytest.approx([0.25] * 4, abs=0.01)
    assert draws.degrees.min() >= 0 and draws.degrees.max() < 360 and abs(draws.degrees.mean().item() - 180) < 2
    low, high = draws.factors.amin(0).tolist(), draws.factors.amax(0).tolist()
    assert low == pytest.approx([0.6, 0.6, 0.6, -0.1], abs=1e-3)
    assert high == pytest.approx([1.4, 1.4, 1.4, 0.1], abs=1e-3)
    first = [(draws.order[:, 0] == number).float().mean().item() for number in range(4)]
    assert first == pytest.approx([0.25] * 4, abs=0.01) and (draws.order.sort(dim=1).values == torch.arange(4)).all()
    plain = Augmentation().draw(100, 8, 8, seeded())
    assert not plain.quarters.any() and not plain.degrees.any() and not plain.upside_down.any()
    right = Augmentation("right-angles").draw(100, 8, 8, seeded())
    assert right.quarters.any() and right.upside_down.any() and not right.degrees.any()


def test_bytes_become_numbers_from_0_to_1_and_nothing_is_changed_in_place():
    images = torch.randint(256, (N, 3, 16, 16), generator=seeded(), dtype=torch.uint8)
    before = images.clone()
    views = Augmentation("any-angle")(images, seeded())
    assert views.dtype == torch.float32 and views.min() >= 0 and views.max() <= 1 + 1e-6
    assert torch.allclose(views, Augmentation("any-angle")(images / 255, seeded()), atol=1e-6)
    floats = IMAGES.clone()
    Augmentation("right-angles")(IMAGES, seeded())
    assert torch.equal(images, before) and torch.equal(IMAGES, floats)


def test_border_color_counts_each_border_pixel_once():
    images = torch.randint(256, (5, 3, 6, 9), generator=seeded(), dtype=torch.uint8)
    border = np.ones((6, 9), bool)
    border[1:-1, 1:-1] = False
    right = (images.double().numpy()[:, :, border].mean(axis=2) / 255).mean(axis=0)
    assert border_color(images).numpy() == pytest.approx(right, abs=1e-6)


def test_gray_and_oblong_images():
    views = Augmentation()(torch.rand(4, 1, 12, 20), seeded())
    assert views.shape == (4, 1, 12, 20)
    with pytest.raises(ValueError, match="images: 12 × 20 pixels came; 'right-angles' needs square ones"):
        Augmentation("right-angles")(torch.rand(4, 1, 12, 20), seeded())
    with pytest.raises(ValueError, match="augmentations: got 'mirror', allowed are 'natural'"):
        Augmentation("mirror")
