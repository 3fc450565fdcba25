"""What t-SimCNE is compared with: t-SNE of pixels, of an ImageNet network's features, of SimCLR's."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from course_lib import config
from course_lib.imagenet import ImageNetColors, load_weights

from .inputs import as_images

DEPTHS = (18, 152)
BATCH = 64


def tsne(X: Any, seed: int = 0, n_jobs: int = -1) -> np.ndarray:
    """The map that t-SNE makes, with openTSNE's default settings, as in the paper.

    Parameters
    ----------
    X : ImageSet, images (N, H, W) or (N, H, W, 3), or features (N, D)
        Of images, the pixels as numbers from 0 to 1.
    seed : int
    n_jobs : int
        Threads; -1 for all.

    Returns
    -------
    ndarray, float64, (N, 2)

    References
    ----------
    Poličar, P. G., Stražar, M. and Zupan, B. (2024). openTSNE: a modular Python library for t-SNE dimensionality
    reduction and embedding. Journal of Statistical Software 109(3).
    """
    from openTSNE import TSNE

    if hasattr(X, "images") or np.ndim(X) > 2:
        images = as_images(X).permute(0, 2, 3, 1).numpy()
        X = images.reshape(len(images), -1) / (255.0 if images.dtype == np.uint8 else 1.0)
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) < 4:
        raise ValueError(f"X: shape {X.shape} came; (N, D) with at least 4 rows is needed")
    return np.asarray(TSNE(random_state=seed, n_jobs=n_jobs).fit(X))


@torch.no_grad()
def imagenet_features(X: Any, depth: int = 18, device: str | None = None, progress: bool = True) -> np.ndarray:
    """What a ResNet that was trained on ImageNet says of images before its last layer.

    Images are brought to 256 pixels, cropped to the middle 224, and normalized, as in the paper.

    Parameters
    ----------
    X : ImageSet or array
        As for `TSimCNE.fit`.
    depth : {18, 152}
    device : str, optional

    Returns
    -------
    ndarray, float32, (N, 512) or (N, 2048)

    Raises
    ------
    ValueError
        If there is no such depth.
    FileNotFoundError
        If the weights are not there and cannot be downloaded; the message says which file to put where.
    """
    from torchvision import models
    from torchvision.transforms.v2 import functional

    if depth not in DEPTHS:
        raise ValueError(f"depth: got {depth}, allowed are {', '.join(map(str, DEPTHS))}")
    images, place = as_images(X), config.device(device)
    weights = getattr(models, f"ResNet{depth}_Weights").IMAGENET1K_V1
    network = load_weights(getattr(models, f"resnet{depth}")(weights=None), weights, "compare with pixels only")
    network.fc = torch.nn.Identity()
    network, colors, found = network.to(place).eval(), ImageNetColors().to(place), []
    for batch in tqdm(images.split(BATCH), unit="batch", disable=not progress, leave=False):
        batch = batch.to(place)
        batch = batch.float() / 255 if batch.dtype == torch.uint8 else batch
        resized = functional.center_crop(functional.resize(batch, [256, 256], antialias=True), [224, 224])
        found.append(network(colors(resized)).cpu())
    return torch.cat(found).numpy()


def map_quality(embedding: ArrayLike, labels: ArrayLike, n_splits: int = 10) -> dict[str, float]:
    """k-NN accuracy (k = 15, mean over `n_splits` stratified 9:1 splits) and silhouette of a map.

    Returns
    -------
    dict
        knn_accuracy in [0, 1] and silhouette in [−1, 1].

    Examples
    --------
    >>> points = np.r_[np.zeros((40, 2)), np.ones((40, 2))] + np.linspace(0, 0.1, 80)[:, None]
    >>> map_quality(points, np.repeat([0, 1], 40))["knn_accuracy"]
    1.0
    """
    from course_lib.metrics import knn_accuracy, silhouette

    accuracy = np.mean([knn_accuracy(embedding, labels, seed=seed) for seed in range(n_splits)])
    return {"knn_accuracy": float(accuracy), "silhouette": silhouette(embedding, labels)}
