"""Images of different data sets brought to one form, so that their dimensions can stand side by side."""

import warnings
from dataclasses import replace

import numpy as np

from course_lib.data import ImageSet
from course_lib.metrics.arguments import check_whole

from .distinct import one_per_group
from .images import konz_preprocess


def comparable(
    images: ImageSet, n: int | None = None, *, size: int = 32, one_per_patient: bool = True, seed: int = 0
) -> ImageSet:
    """`n` images drawn at random, one per patient, gray, as in `konz_preprocess`; of a volume the middle slice.

    Parameters
    ----------
    images : ImageSet
        Its groups are the patients.
    n : int, optional
        All where there are fewer, with a warning; all without.
    size : int
        Pixels of each side.
    one_per_patient : bool
        Whether only one image of each group is taken.
    seed : int
        Of the draw.

    Returns
    -------
    ImageSet
        uint8 (n, size, size), with labels, groups, covariates and card. Extras stay behind: masks would not fit.

    Raises
    ------
    ValueError
        If `n` or `size` is below 1, or values are negative.

    Examples
    --------
    >>> two_each = ImageSet(np.full((6, 8, 8), 9, np.uint8), groups=np.array([0, 0, 1, 1, 2, 2]))
    >>> comparable(two_each, size=16)
    ImageSet(3 gray images of 16×16, uint8)
    """
    check_whole("n", 1 if n is None else n, least=1)
    check_whole("seed", seed)
    rng, rows = np.random.RandomState(seed), np.arange(len(images))
    if one_per_patient and images.groups is not None:
        rows = one_per_group(rows, images.groups, rng)
    if n is not None and n > len(rows):
        warnings.warn(f"n: got {n}, but there are only {len(rows)} images; all are taken", stacklevel=2)
    chosen = images[np.sort(rng.permutation(rows)[:n])]
    flat = chosen.images[:, chosen.images.shape[1] // 2] if chosen.kind == "volume" else chosen.images
    return replace(chosen, images=konz_preprocess(flat, size), extras={})
