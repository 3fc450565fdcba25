"""A folder of simulated cells as an analyst might be given one: classes in subfolders, patients, and faults."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .blood import simulate_blood

KINDS = ("immature granulocyte", "lymphocyte", "monocyte", "neutrophil")
TINT = 0.06  # SD of the logarithm of each channel's gain: every patient's slide is stained and lit a little otherwise
FAULTS = ("copy", "copy of another patient's", "near copy", "blank", "overexposed", "blurred", "cut off", "other size")


def simulate_folder(
    path: str | Path,
    n_patients: int = 90,
    *,
    cells: int = 6,
    size: int = 32,
    kinds: Sequence[str] = KINDS,
    seed: int = 0,
) -> dict[str, list[str]]:
    """Write simulated blood cells as PNG files, ``kind/patient007_3.png``, with faults for checks to find.

    Cells of a patient share a tint, as those of one slide do. The faults, each in files of its own: copies under other
    names, of the same patient and of another one; a copy with other noise; a blank, an overexposed and a blurred image;
    a file that breaks off; and one of twice the size.

    Parameters
    ----------
    path : path
        The folder; made where it is not there.
    n_patients, cells : int
        Patients, at least 8, and cells of each, at least 1.
    size : int
        Pixels of each side, from 16.
    kinds : sequence of str
        Of `CELLS`; all are equally frequent.
    seed : int

    Returns
    -------
    dict of str to list of str
        By the name of the fault, the files that have it: what checks should find.

    Raises
    ------
    ValueError
        If an argument is not allowed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     planted = simulate_folder(folder, n_patients=8, cells=1, size=16)
    ...     len(list(Path(folder).rglob("*.png"))), list(planted)[:3]
    (11, ['copy', "copy of another patient's", 'near copy'])
    """
    if n_patients < len(FAULTS):
        raise ValueError(f"n_patients: got {n_patients}, allowed are whole numbers from {len(FAULTS)}")
    drawn = simulate_blood(n_patients * cells, size=size, seed=seed, kinds=kinds)
    rng, images = np.random.default_rng([seed, 2]), drawn.images.astype(np.float32)
    owners = np.repeat(np.arange(n_patients), cells)
    tints = np.exp(rng.normal(0, TINT, (n_patients, 1, 1, 3)))
    images = np.rint(np.clip(images * tints[owners], 0, 255)).astype(np.uint8)
    numbers = np.tile(np.arange(cells), n_patients)
    kind = [drawn.class_names[label] for label in drawn.labels]
    names = [f"{kind[row]}/patient{owners[row]:03d}_{numbers[row]}.png" for row in range(len(images))]
    folder = Path(path)
    for name, image in zip(names, images, strict=True):
        _write(folder / name, image)
    first = rng.choice(n_patients, len(FAULTS), replace=False) * cells  # one image of each of as many patients
    return _plant(folder, names, images, first, rng)


def _plant(
    folder: Path, names: list[str], images: np.ndarray, rows: np.ndarray, rng: np.random.Generator
) -> dict[str, list[str]]:
    """Add copies, and replace other files; which row has which fault follows the order of `FAULTS`."""
    own, foreign, near, blank, bright, blurred, broken, large = rows.tolist()
    kind, stem = names[own].removesuffix(".png").split("/")
    stranger = names[near].split("/")[1].split("_")[0]  # the patient of the near copy's original
    copies = [f"{kind}/{stem}_again.png"]
    moved = [f"{names[foreign].split('/')[0]}/{stranger}_7.png"]
    noisy = [names[near].replace(".png", "_export.png")]
    _write(folder / copies[0], images[own])
    _write(folder / moved[0], images[foreign])
    _write(folder / noisy[0], _noisy(images[near], rng))
    _write(folder / names[blank], np.full_like(images[blank], 214))
    _write(folder / names[bright], np.rint(np.minimum(images[bright] * 2.1, 255)).astype(np.uint8))
    _write(folder / names[blurred], _blurred(images[blurred]))
    whole = (folder / names[broken]).read_bytes()
    (folder / names[broken]).write_bytes(whole[: len(whole) // 2])
    _write(folder / names[large], images[large].repeat(2, axis=0).repeat(2, axis=1))
    found = (copies, moved, noisy, *([names[row]] for row in (blank, bright, blurred, broken, large)))
    return dict(zip(FAULTS, found, strict=True))


def _noisy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As if saved by another program: every value one more, one less or as it was."""
    return np.clip(image.astype(int) + rng.integers(-1, 2, image.shape), 0, 255).astype(np.uint8)


def _blurred(image: np.ndarray) -> np.ndarray:
    from PIL import Image, ImageFilter

    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(len(image) / 10)))


def _write(path: Path, image: np.ndarray) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)
