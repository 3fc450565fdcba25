"""How much each place of an image speaks for a finding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from course_lib.training import predict

from ..findings import FINDINGS
from ..networks import PooledClassifier

if TYPE_CHECKING:
    from course_lib.data import ImageSet

AT_ONCE = 32  # images on the device


def class_activation_map(
    model: PooledClassifier, images: ImageSet | Tensor | np.ndarray, finding: str | int
) -> np.ndarray:
    """Class activation map, M_c(x, y) = Σ_k w_ck f_k(x, y): the logit of finding c, place by place.

    It is on the logit's own scale. The bias stands apart, for it has no place: mean(M_c) + b_c is the logit. Positive
    places speak for the finding, negative ones against it.

    Parameters
    ----------
    model : PooledClassifier
        `CheXNet`, `SmallChestNet`, or another of their form. Used in evaluation mode, left in the mode it was in.
    images : ImageSet, or tensor or array of float, (N, C, H, W)
        An ImageSet comes as its `tensors` do, uint8 scaled to [0, 1]; the others as the model was trained.
    finding : str or int
        One of `FINDINGS`, or its place among the model's outputs, from 0.

    Returns
    -------
    array of float32, (N, h, w)
        As large as the last feature maps: 7 × 7 for CheXNet at 224 pixels, 8 × 8 for SmallChestNet at 64.

    Raises
    ------
    ValueError
        If the model is of another form, it does not have the finding, or the images are not as above.

    References
    ----------
    Zhou, B., Khosla, A., Lapedriza, A., Oliva, A. and Torralba, A. (2016). Learning deep features for discriminative
    localization. CVPR, 2921-2929, equation 2.

    Examples
    --------
    >>> model = PooledClassifier(nn.Sequential(nn.Conv2d(1, 3, 5), nn.ReLU()), n_maps=3, n_findings=2)
    >>> image = torch.rand(1, 1, 8, 8)
    >>> maps = class_activation_map(model, image, 1)
    >>> maps.shape, bool(abs(maps.mean() + model.classifier.bias[1] - model(image)[0, 1]) < 1e-5)
    ((1, 4, 4), True)
    """
    _check_form(model)
    return predict(_Evidence(model, _place(model, finding)), _pixels(images), batch_size=AT_ONCE).numpy()


def grad_cam(
    model: nn.Module,
    images: ImageSet | Tensor | np.ndarray,
    finding: str | int,
    layer: str | None = None,
) -> np.ndarray:
    """Grad-CAM without its ReLU, Σ_k α_k f_k(x, y), where α_k = Σ_xy ∂z_c/∂f_k(x, y) (captum's LayerGradCam).

    α_k says by how much the logit z_c rises if the whole map f_k rises by 1. The paper and captum divide that by the
    number of places h·w, and the paper then cuts off what is negative. Neither is done here, so that on the last maps
    of a `PooledClassifier`, where ∂z_c/∂f_k is w_ck/(h·w) everywhere, Grad-CAM *is* the class activation map. On other
    layers it is the same question asked earlier; nothing there makes its mean a logit.

    Parameters
    ----------
    model : nn.Module
        Images to logits (N, L). Used in evaluation mode, left in the mode it was in.
    images, finding
        As for `class_activation_map`.
    layer : str, optional
        A layer with maps, named as in `model.named_modules()`; by default the last maps of a `PooledClassifier`.

    Returns
    -------
    array of float32, (N, h, w)

    Raises
    ------
    ValueError
        If there is no such layer, or it does not put out maps; and as `class_activation_map`.

    References
    ----------
    Selvaraju, R. R. et al. (2017). Grad-CAM: visual explanations from deep networks via gradient-based localization.
    ICCV, 618-626, equations 1 and 2; section 3.1 for the identity.

    Examples
    --------
    >>> model = PooledClassifier(nn.Sequential(nn.Conv2d(1, 3, 5), nn.ReLU()), n_maps=3, n_findings=2)
    >>> image = torch.rand(1, 1, 8, 8)
    >>> bool(abs(grad_cam(model, image, 1) - class_activation_map(model, image, 1)).max() < 1e-5)
    True
    """
    from captum.attr import LayerGradCam

    method = LayerGradCam(model, _layer(model, layer))
    target, maps = _place(model, finding), []
    where = next((weight.device for weight in model.parameters()), torch.device("cpu"))
    with _evaluation(model), torch.enable_grad():
        for batch in _pixels(images).split(AT_ONCE):
            inputs = batch.detach().clone().to(where).requires_grad_()  # frozen weights would leave no gradient
            seen = method.attribute(inputs, target=target)  # (B, 1, h, w): the mean gradient times the maps
            if seen.ndim != 4:
                raise ValueError(f"layer: {layer!r} puts out no maps (N, K, h, w)")
            maps.append(seen.detach()[:, 0].float().cpu() * seen.shape[2] * seen.shape[3])
    return torch.cat(maps).numpy()


def upsampled(maps: ArrayLike, size: int | tuple[int, int]) -> np.ndarray:
    """Maps (N, h, w) brought to `size`, one side or (H, W), bilinearly: float32, (N, H, W).

    The values at the border are held, not continued, and the mean is about kept, not exactly: check sums before.

    Raises
    ------
    ValueError
        If the maps do not have three axes, there is none, or a value is not finite.

    Examples
    --------
    >>> upsampled([[[0, 1]]], (1, 4)).tolist()
    [[[0.0, 0.25, 0.75, 1.0]]]
    """
    values = torch.from_numpy(checked_maps(maps))
    side = (size, size) if isinstance(size, (int, np.integer)) else tuple(size)
    return nn.functional.interpolate(values[:, None], side, mode="bilinear", align_corners=False)[:, 0].numpy()


def common_scale(maps: ArrayLike) -> np.ndarray:
    """All maps of a figure on one scale, M / max|M| over all of them: in [−1, 1], zero stays zero.

    What is twice as strong looks twice as strong, also in another image.

    Examples
    --------
    >>> common_scale([[[4.0, -2.0]], [[1.0, 0.0]]]).tolist()
    [[[1.0, -0.5]], [[0.25, 0.0]]]
    """
    values = checked_maps(maps)
    return values / (np.abs(values).max() or 1)


def min_max(maps: ArrayLike) -> np.ndarray:
    """Each map on a scale of its own, (M − min) / (max − min): in [0, 1]; a constant map becomes 0.

    The usual way to show a heat map, and what it hides: how strong the evidence is, and whether it is for or against.
    Every image gets a red spot, also one in which the network sees nothing.

    Examples
    --------
    >>> min_max([[[4.0, -2.0, 1.0]], [[-7.0, -8.0, -8.0]]]).tolist()
    [[[1.0, 0.0, 0.5]], [[1.0, 0.0, 0.0]]]
    """
    values = checked_maps(maps)
    low, high = (bound(axis=(1, 2), keepdims=True) for bound in (values.min, values.max))
    return (values - low) / np.where(high > low, high - low, 1)


def checked_maps(maps: ArrayLike) -> np.ndarray:
    """Maps as float32, (N, h, w), or a ValueError: they are finite, and there is at least one."""
    values = np.array(maps, np.float32)  # a copy: torch warns of read-only arrays
    if values.ndim != 3 or not values.size:
        raise ValueError(f"maps: got shape {values.shape}, allowed is (N, h, w), none of them 0")
    if not np.isfinite(values).all():
        raise ValueError("maps: NaN or infinite values came, allowed are finite ones")
    return values


class _Evidence(nn.Module):
    """Images to the class activation maps of one finding."""

    def __init__(self, model: PooledClassifier, place: int) -> None:
        super().__init__()
        self.model, self.place = model, place

    def forward(self, images: Tensor) -> Tensor:
        weights = self.model.classifier.weight[self.place]  # (K,)
        return torch.einsum("k,nkhw->nhw", weights, self.model.features(images))


@contextmanager
def _evaluation(model: nn.Module) -> Iterator[None]:
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def _pixels(images: ImageSet | Tensor | np.ndarray) -> Tensor:
    values = images.tensors()[0] if hasattr(images, "tensors") else images
    values = values if isinstance(values, Tensor) else torch.tensor(np.asarray(values))
    if values.ndim != 4 or not len(values) or not values.is_floating_point():
        raise ValueError(
            f"images: got {values.dtype} of shape {tuple(values.shape)}, allowed are an ImageSet and floats "
            "(N, C, H, W), as a network takes them"
        )
    return values


def _check_form(model: nn.Module) -> None:
    if not isinstance(model, PooledClassifier):
        raise ValueError(
            f"model: got a {type(model).__name__}, allowed is a PooledClassifier, such as CheXNet: between the maps "
            "and the linear layer there may be nothing but their mean"
        )


def _place(model: nn.Module, finding: str | int) -> int:
    """Of a finding among the model's outputs."""
    n = model.classifier.out_features if isinstance(model, PooledClassifier) else len(FINDINGS)
    if isinstance(finding, str) and n == len(FINDINGS) and finding in FINDINGS:
        return FINDINGS.index(finding)
    if isinstance(finding, (int, np.integer)) and not isinstance(finding, bool) and 0 <= finding < n:
        return int(finding)
    names = f"{', '.join(FINDINGS)}, and " if n == len(FINDINGS) else ""
    raise ValueError(f"finding: got {finding!r}, allowed are {names}places from 0 to {n - 1}")


def _layer(model: nn.Module, layer: str | None) -> nn.Module:
    if layer is None:
        _check_form(model)
        return model.features
    modules = dict(model.named_modules())
    if not layer or layer not in modules:
        raise ValueError(f"layer: got {layer!r}, allowed are {', '.join(filter(None, modules))}")
    return modules[layer]
