"""What a network costs, layer by layer: shapes, parameters, multiplications."""

from __future__ import annotations

import copy
from math import prod

import pandas as pd
import torch
import torchinfo
from torch import nn

from .lenet import SparseConv2d

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, SparseConv2d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def layer_table(model: nn.Module, input_shape: tuple[int, ...]) -> pd.DataFrame:
    """Every layer of a network with its output, parameters and multiplications for one image.

    Nothing is computed: the network is walked through on PyTorch's "meta" device, which knows shapes only. The model
    itself stays as and where it is.

    Parameters
    ----------
    model : torch.nn.Module
        On any device, "meta" included. It is looked at in evaluation mode: what runs only in training, such as
        auxiliary classifiers, is not listed.
    input_shape : tuple of int
        Of one image, (channels, height, width).

    Returns
    -------
    pandas.DataFrame
        One row per module without children or with parameters of its own, in the order in which they run:

        - name : str, as in the model ("features.C1")
        - kind : str, the class ("Conv2d")
        - output_shape : tuple of int, of one image
        - units : int, the numbers that a layer with a weight kernel puts out; 0 for others
        - parameters : int; 0 where an earlier row has counted the same ones
        - multiplications : int, of convolutional and fully connected layers, the products with their weights:
          output positions · kernel volume · channels in / groups · channels out. A transposed convolution counts
          its input's positions: the zeros it inserts cost nothing. Biases, normalization, pooling: 0.
        - parameter_share, multiplication_share : float, of the column's sum

        Operations that are plain functions in `forward` rather than modules are not listed.

    Raises
    ------
    ValueError
        If the model does not take images of that shape.

    Examples
    --------
    >>> table = layer_table(nn.Sequential(nn.Conv2d(3, 4, 5), nn.ReLU()), (3, 5, 5))
    >>> table[["name", "kind", "output_shape", "parameters", "multiplications"]]
      name    kind output_shape  parameters  multiplications
    0    0  Conv2d    (4, 1, 1)         304              300
    1    1    ReLU    (4, 1, 1)           0                0
    """
    rows, counted = [], set()
    for layer in _walk(model, input_shape):
        if layer.is_leaf_layer or any(True for _ in layer.module.parameters(recurse=False)):
            rows.append(_row(layer, counted))
    table = pd.DataFrame(rows, columns=["name", "kind", "output_shape", "units", "parameters", "multiplications"])
    for column in ("parameter", "multiplication"):
        counts = table[f"{column}s"]
        table[f"{column}_share"] = counts / max(counts.sum(), 1)
    return table


def _walk(model: nn.Module, input_shape: tuple[int, ...]) -> list[torchinfo.layer_info.LayerInfo]:
    try:
        summary = torchinfo.summary(
            _on_meta(model), input_size=(1, *input_shape), device="meta", mode="eval", depth=1000, verbose=0
        )
    except RuntimeError as error:  # torchinfo wraps what the model raised
        reason = error.__cause__ or error
        raise ValueError(f"input_shape: the model does not take {tuple(input_shape)}: {reason}") from error
    return summary.summary_list


def _on_meta(model: nn.Module) -> nn.Module:
    """A copy of the model whose tensors have shapes but no values, so that a copy of VGG-16 costs nothing."""
    memo = {id(parameter): nn.Parameter(parameter.to("meta"), False) for parameter in model.parameters()}
    memo |= {id(buffer): buffer.to("meta") for buffer in model.buffers()}
    with torch.no_grad():
        return copy.deepcopy(model, memo)


def _row(layer: torchinfo.layer_info.LayerInfo, counted: set[int]) -> tuple:
    """The layer's numbers; `counted` holds the ids of the parameters that earlier rows have paid for."""
    module, shape = layer.module, tuple(layer.output_size[1:])
    has_kernel = isinstance(module, (*CONVOLUTIONS, *TRANSPOSED, nn.Linear))
    own = {id(parameter): parameter.numel() for parameter in module.parameters(recurse=False)}
    parameters = sum(size for identity, size in own.items() if identity not in counted)
    counted.update(own)
    units = prod(shape) if has_kernel else 0
    multiplications = _positions(layer) * module.weight.numel() if has_kernel else 0
    return _name(layer), type(module).__name__, shape, units, parameters, multiplications


def _positions(layer: torchinfo.layer_info.LayerInfo) -> int:
    """How often each weight is used for one image."""
    if isinstance(layer.module, nn.Linear):
        return prod(layer.output_size[1:-1])
    return prod((layer.input_size if isinstance(layer.module, TRANSPOSED) else layer.output_size)[2:])


def _name(layer: torchinfo.layer_info.LayerInfo) -> str:
    names = []
    while layer.parent_info is not None:
        names.append(layer.var_name)
        layer = layer.parent_info
    return ".".join(reversed(names))
