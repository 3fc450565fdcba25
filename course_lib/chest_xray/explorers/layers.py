"""The maps of a layer, what each is worth for a finding, and which layers there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

LAST = "features"


@dataclass(frozen=True, eq=False)
class WeightedMaps:
    """One image in one layer, seen from one finding.

    Attributes
    ----------
    maps : array, (K, h, w)
        f_k.
    weights : array, (K,)
        α_k = Σ_xy ∂z/∂f_k(x, y), which is w_ck where nothing but the mean and the linear layer follow.
    logit : float
        z.
    """

    maps: np.ndarray
    weights: np.ndarray
    logit: float

    @property
    def evidence(self) -> np.ndarray:
        """Σ_k α_k f_k, (h, w): the class activation map of the last maps, Grad-CAM without its ReLU of others."""
        return np.tensordot(self.weights, self.maps, 1)

    @property
    def parts(self) -> np.ndarray:
        """α_k times the mean of f_k, (K,): on the last maps, what each adds to the logit."""
        return self.weights * self.maps.mean(axis=(1, 2))


def weighted_maps(model: nn.Module, image: Tensor, finding: int, layer: str) -> WeightedMaps:
    """The maps of a layer for one image (1, C, H, W), and their weights, by one step backwards.

    The model must be in evaluation mode.
    """
    kept: list[Tensor] = []
    handle = model.get_submodule(layer).register_forward_hook(lambda module, inputs, output: kept.append(output))
    try:
        with torch.enable_grad():
            pixels = image.detach().clone().to(next(model.parameters()).device).requires_grad_()
            logit = model(pixels)[0, finding]
            (slope,) = torch.autograd.grad(logit, kept[-1])
    finally:
        handle.remove()
    maps, weights = kept[-1].detach()[0].cpu().numpy(), slope[0].sum(dim=(1, 2)).cpu().numpy()
    return WeightedMaps(maps, weights, float(logit.detach()))


def layers_by_size(model: nn.Module, image: Tensor) -> dict[str, str]:
    """The last layer with maps of each size, the last of all first: {"8 × 8 (the last)": "features", …}."""
    seen: dict[tuple[int, int], str] = {}

    def noting(name: str):
        def note(module, inputs, output) -> None:
            if isinstance(output, Tensor) and output.ndim == 4 and output.shape[-1] < image.shape[-1]:
                seen[tuple(output.shape[2:])] = name

        return note

    inside = [(name, module) for name, module in model.named_modules() if (name + ".").startswith(LAST + ".")]
    handles = [module.register_forward_hook(noting(name)) for name, module in inside]
    try:
        with torch.no_grad():
            model(image.to(next(model.parameters()).device))
    finally:
        for handle in handles:
            handle.remove()
    seen = dict(sorted(seen.items(), key=lambda item: item[1] != LAST))
    return {f"{h} × {w}{' (the last)' if name == LAST else ''}": name for (h, w), name in seen.items()}
