"""Receptive fields: what part of the image one unit sees."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .arithmetic import whole_number


def receptive_field(layers: Sequence[tuple[int, ...]]) -> int:
    """Side of the input window that one unit of the last layer sees, 1 + Σ (kₗ − 1) dₗ Π_{m<l} sₘ.

    Parameters
    ----------
    layers : sequence of (k, s) or (k, s, d)
        Kernel, stride and (1 where left out) dilation of each convolution and pooling, first layer first. Padding
        moves the window and does not widen it.

    Returns
    -------
    int
        In input pixels, borders left aside; 1 for no layers.

    Examples
    --------
    >>> receptive_field([(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)])  # LeNet-5 up to C5
    32
    """
    return int(receptive_field_table(layers)["field"].iloc[-1])


def receptive_field_table(layers: Sequence[tuple[int, ...]], names: Sequence[str] | None = None) -> pd.DataFrame:
    """The receptive field, layer by layer: fieldₗ = fieldₗ₋₁ + (kₗ − 1) dₗ jumpₗ₋₁, jumpₗ = jumpₗ₋₁ sₗ.

    Parameters
    ----------
    layers : sequence of (k, s) or (k, s, d)
        As in `receptive_field`.
    names : sequence of str, optional
        One per layer; "1", "2", … where left out.

    Returns
    -------
    pandas.DataFrame
        Columns layer, k, s, d, jump (input pixels between two neighboring units of the layer), field (input pixels
        that one unit sees). The first row is the input itself: field 1, jump 1.

    Examples
    --------
    >>> receptive_field_table([(3, 1), (2, 2)], names=["conv", "pool"])
       layer  k  s  d  jump  field
    0  input  1  1  1     1      1
    1   conv  3  1  1     1      3
    2   pool  2  2  1     2      4
    """
    names = [str(number + 1) for number in range(len(layers))] if names is None else list(names)
    if len(names) != len(layers):
        raise ValueError(f"names: got {len(names)} for {len(layers)} layers; one per layer is allowed")
    rows = [("input", 1, 1, 1, 1, 1)]
    for name, layer in zip(names, layers, strict=True):
        k, s, d = _kernel_stride_dilation(layer)
        jump, field = rows[-1][-2:]
        rows.append((name, k, s, d, jump * s, field + (k - 1) * d * jump))
    return pd.DataFrame(rows, columns=["layer", "k", "s", "d", "jump", "field"])


def receptive_window(
    layers: Sequence[tuple[int, ...]], unit: int, padding: Sequence[int] | None = None
) -> tuple[int, int]:
    """First and last input pixel (both included) that one unit of the last layer sees along one axis.

    Parameters
    ----------
    layers : sequence of (k, s) or (k, s, d)
        As in `receptive_field`.
    unit : int
        Index of the unit, from 0.
    padding : sequence of int, optional
        Zeros at each end per layer; none where left out. They shift the window by −Σ pₗ jumpₗ₋₁.

    Returns
    -------
    tuple of int
        Negative, or beyond the image, where the window reaches into the padding.

    Examples
    --------
    >>> receptive_window([(5, 1), (2, 2)], unit=3)
    (6, 11)
    >>> receptive_window([(3, 2)], unit=0, padding=[1])
    (-1, 1)
    """
    unit = whole_number("unit", unit, 0)
    padding = [0] * len(layers) if padding is None else [whole_number("padding", p, 0) for p in padding]
    if len(padding) != len(layers):
        raise ValueError(f"padding: got {len(padding)} for {len(layers)} layers; one per layer is allowed")
    table = receptive_field_table(layers)
    shift = sum(p * int(jump) for p, jump in zip(padding, table["jump"][:-1], strict=True))
    first = unit * int(table["jump"].iloc[-1]) - shift
    return first, first + int(table["field"].iloc[-1]) - 1


def _kernel_stride_dilation(layer: tuple[int, ...]) -> tuple[int, int, int]:
    if len(layer) not in (2, 3):
        raise ValueError(f"layers: got {layer!r}; allowed is (k, s) or (k, s, d)")
    k, s, d = layer if len(layer) == 3 else (*layer, 1)
    return whole_number("k", k, 1), whole_number("s", s, 1), whole_number("d", d, 1)
