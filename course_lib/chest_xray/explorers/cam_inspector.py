"""What a heat map is made of: feature maps times weights, whose mean plus the bias is the logit."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd
from torch import Tensor, nn

from course_lib import plotting
from course_lib.data import ImageSet
from course_lib.explorer import Choice, Explorer, IntSlider, Scene
from course_lib.overlays import draw_outline
from course_lib.training import predict

from ..explain import class_activation_map, grad_cam, min_max
from ..figures.reading_panels import draw_blocks, draw_evidence, draw_window
from ..networks import PooledClassifier
from ..simulator import finding_mask
from .layers import LAST, WeightedMaps, layers_by_size, weighted_maps

COMMON, OWN = "one scale for all images", "min–max of each image"
STRONGEST = 3
AT_ONCE = 32  # images on the device
FEW = 32  # images that set the scale where maps take steps backwards
GRAY = 128, 256  # window of 8-bit images


@dataclass(frozen=True, eq=False)
class Inspected:
    """A network as it was when the explorer was made, in evaluation mode, and the images that it is asked about.

    Attributes
    ----------
    model : PooledClassifier
    images : ImageSet
    pixels : Tensor, (N, 1, H, W)
        As the network takes them.
    last : array, (N, K, h, w)
        Their last maps.
    logits : array, (N, L)
        What the network says, by itself.
    """

    model: PooledClassifier
    images: ImageSet
    pixels: Tensor
    last: np.ndarray
    logits: np.ndarray

    @lru_cache(maxsize=256)  # noqa: B019, an explorer lives as long as its notebook
    def reach(self, finding: int, layer: str) -> float:
        """The strongest evidence in any image; before the last maps, where it takes steps backwards, in a few."""
        if layer != LAST:
            return float(np.abs(grad_cam(self.model, self.pixels[:FEW], finding, layer)).max())
        head = PooledClassifier(nn.Identity(), self.last.shape[1], self.logits.shape[1])
        head.classifier = self.model.classifier
        return float(np.abs(class_activation_map(head, self.last, finding)).max())

    @lru_cache(maxsize=256)  # noqa: B019, as above
    def taken_apart(self, finding: int, layer: str, row: int) -> WeightedMaps:
        """The maps of one image, and their weights."""
        if layer != LAST:
            return weighted_maps(self.model, self.pixels[row : row + 1], finding, layer)
        weights = self.model.classifier.weight[finding].detach().cpu().numpy()
        return WeightedMaps(self.last[row], weights, float(self.logits[row, finding]))

    def mask(self, finding: int, row: int) -> np.ndarray | None:
        """Where the finding truly is in an image, if that is known."""
        known = "masks" in self.images.extras
        return finding_mask(self.images[row], self.images.class_names[finding])[0] if known else None


def cam_inspector_explorer(model: PooledClassifier, images: ImageSet) -> Explorer:
    """Take a class activation map apart: its feature maps, their weights, and the logit that its mean gives.

    Parameters
    ----------
    model : PooledClassifier
        Trained; it is copied, so that later training does not change what is shown.
    images : ImageSet
        Gray images with names for the model's findings.

    Raises
    ------
    ValueError
        If the model is of another form, or the images are not gray or have other findings.
    """
    inspected = checked(model, images)
    layers = layers_by_size(inspected.model, inspected.pixels[:1])
    names = {name: place for place, name in enumerate(images.class_names)}
    return Explorer(
        partial(cam_scene, inspected),
        title="CAM inspector",
        panels=(2, 3),
        size=(11, 7.4),
        finding=Choice("Finding", names),
        number=IntSlider("Image", 1, min=1, max=len(images)),
        layer=Choice("Maps", layers),
        scale=Choice("Scale", [COMMON, OWN]),
    )


def checked(model: PooledClassifier, images: ImageSet) -> Inspected:
    """A copy of the model, and what it makes of the images."""
    if not isinstance(model, PooledClassifier):
        raise ValueError(f"model: got a {type(model).__name__}, allowed is a PooledClassifier, such as CheXNet")
    n = model.classifier.out_features
    if images.kind != "gray" or len(images.class_names) != n or not len(images):
        raise ValueError(
            f"images: got {images!r}, allowed are gray images whose class_names are the model's {n} findings"
        )
    model, pixels = deepcopy(model).eval(), images.tensors()[0]
    return Inspected(
        model,
        images,
        pixels,
        last=predict(model.features, pixels, batch_size=AT_ONCE).numpy(),
        logits=predict(model, pixels, batch_size=AT_ONCE).numpy(),
    )


def cam_scene(inspected: Inspected, finding: int, number: int, layer: str = LAST, scale: str = COMMON) -> Scene:
    """What `cam_inspector_explorer` shows for these values of its controls."""
    row, name = number - 1, inspected.images.class_names[finding]
    seen, reach = inspected.taken_apart(finding, layer, row), inspected.reach(finding, layer)
    own = seen.evidence
    evidence = own / (reach or 1) if scale == COMMON else min_max([own])[0]
    strongest = np.argsort(-np.abs(seen.parts), kind="stable")[:STRONGEST]
    simulated = inspected.images.card is not None and inspected.images.card.simulated
    bias = inspected.model.classifier.bias[finding].item()

    def figure(axes):
        _draw_image(inspected, row, finding, f"Image {number}", simulated, axes[0, 0])
        _draw_image(inspected, row, finding, f"{name}: {_percent(seen.logit)}", False, axes[0, 1])
        draw_evidence(evidence, inspected.images.images.shape[1:], ax=axes[0, 1])
        words = (
            f"Full color: ±{reach:.2f}" if scale == COMMON else f"Clear {_signed(own.min())}, red {_signed(own.max())}"
        )
        draw_blocks(evidence, words, ax=axes[0, 2])
        for ax, k in zip(axes[1], strongest, strict=False):
            words = f"Map {k}, weight {_signed(seen.weights[k])}\nadds {_signed(seen.parts[k])}"
            draw_blocks(seen.maps[k], words, ax=ax, cmap="gray", limits=(None, None))
        for ax in axes[1, len(strongest) :]:
            ax.set_axis_off()

    return Scene(
        text=" ".join(
            [
                *["Simulated."] * simulated,
                _truth(inspected.images, finding, row),
                _sum(own, bias, seen, layer),
                _shown(own, reach, layer, scale),
            ]
        ),
        alt=f"Above, radiograph {number}, the same with the heat map of {name} over it, and the map in squares; "
        f"below, the {len(strongest)} feature maps that count most in it.",
        figure=figure,
        html=sum_check(seen, strongest, bias, layer),
    )


def sum_check(seen: WeightedMaps, strongest: np.ndarray, bias: float, layer: str) -> str:
    """Weights times means, the bias, and what they add up to, as an HTML table."""
    others = seen.parts.sum() - seen.parts[strongest].sum()
    rows = [(f"map {k}", seen.weights[k], seen.maps[k].mean(), seen.parts[k]) for k in strongest]
    rows += [(f"the other {len(seen.parts) - len(strongest)} maps", None, None, others)]
    rows += [("bias", None, None, bias), ("sum", None, None, seen.parts.sum() + bias)]
    rows += [("logit of the network", None, None, seen.logit)]
    frame = pd.DataFrame(rows, columns=["part", "weight", "mean of the map", "adds"])
    filled = frame.astype(object).where(frame.notna(), "")
    signed = dict.fromkeys(frame.columns[1:], lambda value: value if value == "" else _signed(value, 3))
    caption = (
        "Weights times means, and the bias, are the logit" if layer == LAST else "Before the last maps there is no sum"
    )
    return plotting.table(filled, caption, signed).html


def _draw_image(inspected: Inspected, row: int, finding: int, title: str, simulated: bool, ax) -> None:
    image = inspected.images.images[row]
    draw_window(image if image.dtype == np.uint8 else 255 * image, GRAY, title, ax=ax, simulated=simulated)
    if (mask := inspected.mask(finding, row)) is not None:
        draw_outline(mask, ax=ax)


def _truth(images: ImageSet, finding: int, row: int) -> str:
    """Whether the finding is there, and who says so."""
    true, start = images.extras.get("true_labels", images.labels), f"Image {row + 1}, {images.class_names[finding]}"
    if true is None:
        return f"{start}:"
    source = "truly" if "true_labels" in images.extras else "by the report"
    return f"{start} ({source} {'there' if true[row, finding] else 'absent'}):"


def _sum(own: np.ndarray, bias: float, seen: WeightedMaps, layer: str) -> str:
    total, probability = own.mean() + bias, f"probability {_percent(seen.logit)}"
    terms = f"mean of the map {_signed(own.mean(), 3)} + bias {_signed(bias, 3)} ="
    if layer != LAST:
        return (
            f"{terms} {_signed(total, 3)}, but the logit is {_signed(seen.logit, 3)} ({probability}): before the last "
            "maps nothing makes the mean a logit."
        )
    off = abs(total - seen.logit)
    agrees = "within 0.00001" if off < 1e-5 else f"up to {off:.1g}"
    return f"{terms} logit {_signed(total, 3)} ({probability}); before rounding, this is the network's own {agrees}."


def _shown(own: np.ndarray, reach: float, layer: str, scale: str) -> str:
    """What the colors stand for, and where they mislead."""
    others = "any image" if layer == LAST else f"the first {FEW} images"
    most, share = own.max(), own.max() / (reach or 1)
    strength = f"{_signed(most)}, {100 * max(share, 0):.0f} % of the strongest evidence in {others}"
    if scale == COMMON:
        return f"Its highest place has {strength}."
    if most <= 0:
        return f"Min–max paints its highest place red although it speaks against the finding ({_signed(most)})."
    return f"Min–max paints its highest place red whatever it is: here {strength}."


def _percent(logit: float) -> str:
    return f"{100 / (1 + np.exp(-logit)):.1f} %"


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
