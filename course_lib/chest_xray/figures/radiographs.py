"""Radiographs, and where a finding is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_lib import plotting
from course_lib.overlays import draw_outline
from course_lib.titles import marked, titled

from ..findings import FINDINGS

if TYPE_CHECKING:
    from course_lib.data import ImageSet

LABEL = 12


def draw_radiographs(
    images: ArrayLike, titles: Sequence[str], *, axes, simulated: bool, masks: ArrayLike | None = None
):
    """Radiographs side by side, with the outlines of masks where given.

    Parameters
    ----------
    images : array, (N, H, W)
        uint8, or floats in [0, 1]; both are shown as they are, none is stretched.
    titles : sequence of N str
    axes : Axes or array of Axes
        Those beyond the N-th stay empty.
    simulated : bool
        Whether the titles are to say so.
    masks : array of bool, (N, H, W), optional
        An empty mask has no outline.

    Returns
    -------
    what `axes` was

    Raises
    ------
    ValueError
        If there are fewer Axes than images, or titles or masks do not match the images.
    """
    images, panels = np.asarray(images), np.ravel(axes)
    for name, values in {"titles": titles, "masks": images if masks is None else masks}.items():
        if len(values) != len(images):
            raise ValueError(f"{name}: got {len(values)} for {len(images)} images")
    if len(panels) < len(images):
        raise ValueError(f"axes: got {len(panels)} for {len(images)} images")
    for ax in panels[len(images) :]:
        ax.set_axis_off()
    for number, (image, title) in enumerate(zip(images, titles, strict=True)):
        plotting.image_axes(panels[number], image, vmin=0, vmax=255 if image.dtype == np.uint8 else 1)
        titled(panels[number], title, simulated=simulated, size=LABEL)
        if masks is not None:
            draw_outline(masks[number], ax=panels[number])
    return axes


def draw_findings_gallery(cohort: ImageSet, *, axes):
    """Each finding once, outlined, in an image that shows as little else as possible; among those, the severest.

    Parameters
    ----------
    cohort : ImageSet
        Simulated, with masks and severities, as `simulate_radiographs` gives it; in it each finding at least once.
    axes : array of 14 Axes, of one figure
        The figure gets a title.

    Returns
    -------
    array of Axes

    Raises
    ------
    ValueError
        If a finding is in none of the images, or the cohort has no masks.
    """
    from ..simulator import finding_mask

    chosen = _examples(cohort)
    masks = np.stack([finding_mask(cohort[row], name)[0] for row, name in zip(chosen, FINDINGS, strict=True)])
    draw_radiographs(cohort.images[chosen], FINDINGS, axes=axes, simulated=False, masks=masks)
    figure = np.ravel(axes)[0].figure
    title = marked("Fourteen findings, each outlined where it is", cohort.card.simulated)
    figure.suptitle(title, x=0.012, ha="left")
    return axes


def _examples(cohort: ImageSet) -> np.ndarray:
    """For each finding the row of the image to show: it has the mask, few other findings, and the finding severely."""
    if missing_extras := {"masks", "severity"} - cohort.extras.keys():
        raise ValueError(
            f"cohort: it has no {' and no '.join(sorted(missing_extras))}; simulate_radiographs gives them"
        )
    severity = cohort.extras["severity"]  # (N, 14)
    others = (severity > 0).sum(axis=1, keepdims=True)
    bits = np.bitwise_or.reduce(cohort.extras["masks"], axis=(1, 2))  # (N,)
    drawn = bits[:, None] >> np.arange(len(FINDINGS), dtype=np.uint16) & 1 == 1  # (N, 14)
    missing = [name for name, shown in zip(FINDINGS, drawn.any(axis=0), strict=True) if not shown]
    if missing:
        raise ValueError(f"cohort: no image shows {', '.join(missing)}; simulate more patients")
    return np.where(drawn, severity - 2 * others, -np.inf).argmax(axis=0)
