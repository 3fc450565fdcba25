"""ChestX-ray14, as the NIH Clinical Center gives it out: PNG files and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.chest_xray import nih_table
from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.nih_images import images as read_images
from course_lib.data.card import DatasetCard
from course_lib.data.imageset import ImageSet

if TYPE_CHECKING:
    import pandas as pd

ORIGINAL = 1024  # px, the width and height of NIH's images, in which boxes are given
EDGES = ("Bbox [x", "y", "w", "h]")  # the header's one "Bbox [x,y,w,h]", as its commas part it
CHESTMNIST_NAMES: dict[str, str] = {name.lower().removesuffix(" thickening"): name for name in FINDINGS}
CITATION = (
    "Wang, X., Peng, Y., Lu, L., Lu, Z., Bagheri, M. and Summers, R. M. (2017). ChestX-ray8: Hospital-scale chest "
    "X-ray database and benchmarks on weakly-supervised classification and localization of common thorax diseases. "
    "CVPR."
)


def load_nih(
    folder: str | Path,
    *,
    images: Sequence[str] | np.ndarray | None = None,
    split: str | None = None,
    size: int = 224,
    cache: str | Path | None = None,
    unknown: str = "error",
) -> ImageSet:
    """Radiographs of ChestX-ray14 with their fourteen text-mined findings.

    Parameters
    ----------
    folder : path
        With ``Data_Entry_2017….csv`` (or ``.csv.gz``) and the PNG files, both also in folders inside it, as the
        archives ``images_001`` to ``images_012`` unpack.
    images : sequence of str, or ndarray of bool, optional
        Which images: names, in the order wanted, or a mask over the table's rows. All of the table by default.
    split : str, optional
        Only those of a patient-disjoint split's part: "train", "validation" or "test" (78,468, 11,219 and 22,433
        images, as ChestMNIST) from ``train_list.txt``, ``val_list.txt`` and ``test_list.txt``, or
        "nih-train-validation" or "nih-test" from NIH's ``train_val_list.txt`` and ``test_list.txt``. The lists lie in
        the folder, or together in one inside it; each may be ``.txt.gz``.
    size : int
        The width and height to bring every image to, in pixels.
    cache : path, optional
        Where the images are kept at this size after they were first read: by default ``nih-cache`` in the folder, or
        in the user's cache where that is read-only.
    unknown : {"error", "ignore"}
        What to do with findings that are not among the fourteen; the card says what was ignored.

    Returns
    -------
    ImageSet
        images (N, size, size) uint8, memory-mapped; labels (N, 14) uint8; groups: the patient; covariates age (years,
        NaN where the table says more than 120), sex, view ("PA" or "AP") and follow_up; extras["image_index"]: the
        name.

    Raises
    ------
    FileNotFoundError
        If the folder, the table, a list of the split or images are missing.
    ValueError
        If the table, a list, a name or an image is not what it should be.

    References
    ----------
    Wang, X. et al. (2017). ChestX-ray8. CVPR, arXiv:1705.02315.
    """
    folder, size = Path(folder).expanduser(), _pixels(size)
    whole = nih_table.entries(folder)
    table = _chosen(whole, images)
    if split is not None:
        part = nih_table.split_names(folder, split, whole.set_index("image_index")["patient"])
        table = table[table["image_index"].isin(part)]
    if table.empty:
        raise ValueError("images: none was chosen" if split is None else f"images: none is in the part {split!r}")
    labels, ignored = nih_table.one_hot(table["findings"], FINDINGS, unknown)
    names = table["image_index"].to_numpy(str)
    return ImageSet(
        read_images(folder, names.tolist(), size, None if cache is None else Path(cache).expanduser()),
        labels,
        FINDINGS,
        groups=table["patient"].to_numpy(),
        covariates=table[["age", "sex", "view", "follow_up"]].reset_index(drop=True),
        card=_card(table, split, size, ignored),
        extras={"image_index": names},
    )


def load_boxes(folder: str | Path, *, size: int = 224) -> pd.DataFrame:
    """The boxes that a radiologist drew around findings on 880 images.

    Parameters
    ----------
    folder : path
        With ``BBox_List_2017.csv`` (or ``.csv.gz``), also in a folder inside it.
    size : int
        The width and height of the images that the boxes are to fit, in pixels; NIH's own have 1024.

    Returns
    -------
    pandas.DataFrame
        One row per box: image_index, finding, and x, y (left and top edge), width and height in pixels of the images.

    Raises
    ------
    FileNotFoundError
        If the list is missing.
    ValueError
        If a column or a finding is unknown, or a box is not in its image.
    """
    import pandas as pd

    scale = _pixels(size) / ORIGINAL
    path = nih_table.find_table(Path(folder).expanduser(), "BBox_List_2017*")
    table = nih_table.read_csv(path, ["Image Index", "Finding Label", *EDGES])
    finding = table["Finding Label"].str.strip().replace({"Infiltrate": "Infiltration"}).str.replace("_", " ")
    if not finding.isin(FINDINGS).all():
        raise ValueError(f"{path}: the finding {finding[~finding.isin(FINDINGS)].iloc[0]!r} is unknown")
    edges = table[list(EDGES)].apply(pd.to_numeric, errors="coerce").to_numpy(float)  # (B, 4)
    _inside(edges, path)
    boxes = pd.DataFrame({"image_index": table["Image Index"].str.strip(), "finding": finding})
    boxes[["x", "y", "width", "height"]] = edges * scale
    return boxes


def _inside(edges: np.ndarray, path: Path) -> None:
    corners = np.hstack([edges[:, :2], edges[:, :2] + edges[:, 2:]])
    inside = ((corners >= 0) & (corners <= ORIGINAL)).all(axis=1) & (edges[:, 2:] > 0).all(axis=1)
    if not inside.all():
        row = int(inside.argmin())
        came = ", ".join(f"{edge:g}" for edge in edges[row])
        raise ValueError(f"{path}: row {row + 1} has the box [{came}], which is not in {ORIGINAL}×{ORIGINAL} px")


def _pixels(size: int) -> int:
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f"size: {size!r} is not allowed; it is a whole number of pixels, 1 or more")
    return int(size)


def _chosen(table: pd.DataFrame, images: Sequence[str] | np.ndarray | None) -> pd.DataFrame:
    """The rows of the named images, in that order, or of a mask."""
    if images is None:
        return table
    if isinstance(images, str):
        raise ValueError(f"images: the text {images!r} came; a sequence of names or a mask is needed")
    try:
        wanted = np.asarray(images)
    except ValueError as problem:  # of parts that differ in length
        raise ValueError("images: a nested sequence came; names or a mask are needed") from problem
    if wanted.ndim != 1:
        raise ValueError(f"images: shape {wanted.shape} came; a sequence of names or a mask is needed")
    if wanted.dtype == bool:
        if wanted.shape != (len(table),):
            raise ValueError(f"images: a mask of shape {wanted.shape} does not fit the table's {len(table)} rows")
        return table[wanted]
    names, counts = np.unique(wanted.astype(str), return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"images: {names[counts > 1][0]} stands there twice")
    if len(strange := np.setdiff1d(names, table["image_index"].to_numpy(str))):
        raise ValueError(f"images: {len(strange)} are not in the table, such as {', '.join(strange[:3])}")
    return table.set_index("image_index").loc[wanted.astype(str).tolist()].reset_index()


CARD = DatasetCard(
    name="ChestX-ray14",
    source=f"NIH Clinical Center, {nih_table.SOURCE}",
    license="open, with attribution to the NIH Clinical Center",
    citation=CITATION,
    simulated=False,
    description="Frontal radiographs with up to fourteen findings each. A program took the findings from the "
    "radiologists' reports: NIH expects more than 90 % of the labels to be right.",
)


def _card(table: pd.DataFrame, split: str | None, size: int, ignored: dict[str, int]) -> DatasetCard:
    said = [
        CARD.description,
        f"{len(table):,} of {table['patient'].nunique():,} patients, brought from {ORIGINAL} to {size} px by Pillow's "
        "bicubic filter.",
    ]
    if split is not None:
        said.append(f"The part {split!r} of a patient-disjoint split.")
    if ignored:
        said.append("Ignored findings: " + ", ".join(f"{name} ({count})" for name, count in ignored.items()) + ".")
    if ageless := int(table["age"].isna().sum()):
        said.append(f"Ages above {nih_table.OLDEST} in the table were left out ({ageless}).")
    return replace(CARD, description=" ".join(said))
