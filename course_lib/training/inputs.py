"""A batch as a model can compute with it."""

import torch
from torch import Tensor, nn


def in_precision(batch: Tensor, model: nn.Module) -> Tensor:
    """Floats in the precision of the model's weights, which `fit` may have changed; anything else stays as it is.

    Examples
    --------
    >>> in_precision(torch.ones(2), nn.Linear(2, 1).double()).dtype
    torch.float64
    """
    weights = next((values for values in model.parameters() if values.is_floating_point()), None)
    return batch if weights is None or not batch.is_floating_point() else batch.to(weights.dtype)


def from_bytes(batch: Tensor, model: nn.Module) -> Tensor:
    """Bytes become [0, 1], where the batch is; they and floats take the precision of the model's weights.

    Examples
    --------
    >>> from_bytes(torch.tensor([0, 51, 255], dtype=torch.uint8), nn.Linear(3, 1))
    tensor([0.0000, 0.2000, 1.0000])
    """
    return in_precision(batch.float() / 255 if batch.dtype == torch.uint8 else batch, model)
