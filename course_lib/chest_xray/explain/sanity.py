"""Does a map depend on what the network has learned? Take that away, and look again."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from .maps import checked_maps


def randomize_weights(model: nn.Module, *, from_layer: str | None = None, seed: int) -> nn.Module:
    """A copy of a network that has forgotten its layers from one on, up to the last: a step of the cascading check.

    The layers get the random weights that torch gives to new ones, normalizations the statistics of new ones. A map
    that looks the same before and after shows the image, not what the network knows about it.

    Parameters
    ----------
    model : nn.Module
        Stays as it is.
    from_layer : str, optional
        The first layer to forget, named as in `model.named_modules()`, such as "classifier" for the last one alone; by
        default the whole network.
    seed : int
        The same seed gives the same weights, but never those that ``torch.manual_seed(seed)`` started the network from,
        to which trained weights stay close. torch's global generator is left alone.

    Returns
    -------
    nn.Module
        On the device and in the mode of `model`.

    Raises
    ------
    ValueError
        If there is no such layer, nothing in it or after it has weights, or one does not know how to renew them.

    References
    ----------
    Adebayo, J. et al. (2018). Sanity checks for saliency maps. NeurIPS, section 3.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    >>> other = randomize_weights(model, from_layer="1", seed=0)
    >>> [bool((old.weight == new.weight).all()) for old, new in zip(model, other)]
    [True, False]
    """
    places = {
        name: next(module.parameters(recurse=False)).device
        for name, module in model.named_modules()
        if _owns_weights(module)
    }
    renewed = copy.deepcopy(model)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(_own_stream(seed))
        for name, layer in _layers_from(renewed, from_layer).items():
            layer.cpu().reset_parameters()
            layer.to(places[name])
    return renewed


def rank_similarity(maps: ArrayLike, others: ArrayLike) -> np.ndarray:
    """Spearman's rank correlation of each map with its partner, over places, (N,): 1 where their order is the same.

    Parameters
    ----------
    maps, others : array, (N, h, w), of one shape

    Returns
    -------
    array of float, (N,)
        NaN where one of the two is constant, for it has no order.

    Raises
    ------
    ValueError
        If the shapes differ, or a value is not finite.

    Examples
    --------
    >>> rank_similarity([[[1, 2, 3]], [[1, 2, 3]]], [[[1, 4, 9]], [[3, 2, 1]]]).tolist()
    [1.0, -1.0]
    """
    from scipy.stats import rankdata

    first, second = checked_maps(maps), checked_maps(others)
    if first.shape != second.shape:
        raise ValueError(f"others: shape {second.shape} does not match maps' {first.shape}")
    ranks = (rankdata(values.reshape(len(values), -1), axis=1) for values in (first, second))
    a, b = (values - values.mean(axis=1, keepdims=True) for values in ranks)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), scale, out=np.full(len(a), np.nan), where=scale > 0)


def _own_stream(seed: int) -> int:
    return int(np.random.SeedSequence([seed, *b"forget"]).generate_state(1, np.uint64)[0] >> 1)


def _owns_weights(module: nn.Module) -> bool:
    return next(module.parameters(recurse=False), None) is not None


def _layers_from(model: nn.Module, first: str | None) -> dict[str, nn.Module]:
    """The layers with weights of their own, from a named one on, in the order in which the network has them."""
    names = [name for name, _ in model.named_modules()]
    if first is not None and (not first or first not in names):
        raise ValueError(f"from_layer: got {first!r}, allowed are {', '.join(filter(None, names))}")
    start = 0 if first is None else names.index(first)
    layers = {name: module for name, module in list(model.named_modules())[start:] if _owns_weights(module)}
    if not layers:
        raise ValueError(f"from_layer: nothing from {first!r} on has weights")
    stuck = [name for name, module in layers.items() if not hasattr(module, "reset_parameters")]
    if stuck:
        raise ValueError(f"model: {stuck[0]!r} has weights, but no reset_parameters to renew them")
    return layers
