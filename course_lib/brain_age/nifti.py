"""One NIfTI file, looked at and brought onto the course's grid."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.brain_age.anatomy import SHAPES, affine, check_resolution
from course_lib.data.bounded import check_declared
from course_lib.data.reading import NIFTI

if TYPE_CHECKING:
    import nibabel

VOXEL_MM = (0.3, 10.0)  # outside of this, a header counts in meters or micrometers
BRAIN_ML = (800, 2400)  # a brain in MNI space, whose template has 1,887 ml; a head has 3,500 and more
FAINT = 0.05  # of the robust maximum: what is darker is background, or ringing of an interpolation around the brain
BRIGHTEST = 99.5  # percentile of the brain that becomes 1: vessels and spikes above it are cut off
OUTSIDE = 0.10  # share of the brain's intensity that may lie outside the grid
CENTER_MM = (0.0, -21.0, 11.0)  # of intensity, in nilearn's MNI152 template (x, y, z)
OFF_CENTER_MM = 25.0
UNITS = {0: "unknown", 1: "meter", 2: "mm", 3: "micron"}  # of space; the lowest three bits of the header's code
THINNEST = 0.5  # volume of the box that three voxel edges of length 1 span; 1 at right angles


def brain_on_grid(path: str | Path, resolution_mm: int = 4, *, skull_stripped: bool = True) -> np.ndarray:
    """A T1-weighted brain on the course's grid, (D, H, W) uint8.

    The image must be skull-stripped and roughly in MNI space, such as after an affine registration: it is turned and
    resampled, but not registered. 255 is the 99.5th percentile of the brain.

    Parameters
    ----------
    path : path
        ``.nii`` or ``.nii.gz``, of any orientation and voxel size. NaN counts as background, as SPM writes it.
    resolution_mm : int
        A key of ``SHAPES``.
    skull_stripped : bool
        False takes whole heads too: their volume, place and center are not looked at.

    Returns
    -------
    ndarray, (D, H, W) uint8
        Axes (z, y, x); indices grow to the top, front and right.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, not one volume, its header says nothing plausible of where it lies, or it does not look
        like a skull-stripped brain in MNI space. The file and the number seen are named.
    """
    check_resolution(resolution_mm)
    image = read_nifti(path)
    values = image.get_fdata(dtype=np.float32)
    brain = values > FAINT * _top(path, values)
    if skull_stripped:
        _check_volume(path, brain, image.affine)
        _check_place(path, values, brain, image.affine)
    grid = to_grid(image, resolution_mm)
    inside = grid[grid > FAINT * _top(path, grid)]
    return as_uint8(grid, float(np.percentile(inside, BRIGHTEST)))


def as_uint8(values: np.ndarray, top: float) -> np.ndarray:
    """0 → 0 and `top` → 255; what is outside of that is cut off.

    Examples
    --------
    >>> as_uint8(np.array([-1.0, 0.0, 1.0, 2.0, 3.0]), top=2).tolist()
    [0, 0, 128, 255, 255]
    """
    return np.rint(np.clip(values / top, 0, 1) * 255).astype(np.uint8)


def read_nifti(path: str | Path) -> nibabel.Nifti1Image:
    """One volume in the nearest standard orientation (RAS), float32 and finite, with its affine in mm.

    Raises
    ------
    FileNotFoundError, ValueError
        As `brain_on_grid`, but for what the values look like.
    """
    import nibabel

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not a file")
    if not path.name.lower().endswith(NIFTI):
        raise ValueError(f"{path}: got {path.suffix or 'no suffix'!r}, allowed are {', '.join(NIFTI)}")
    try:
        opened = nibabel.load(path)
        check_declared(path, opened.shape)
        values = np.asarray(opened.dataobj, dtype=np.float32)  # slope and intercept applied
        header, matrix = opened.header, opened.affine
    except Exception as problem:  # nibabel, gzip and zlib raise a dozen kinds for a damaged file; each must name it
        raise ValueError(f"{path}: not readable as a NIfTI image ({problem})") from problem
    _check_header(path, header, matrix)
    one = nibabel.Nifti1Image(_one_volume(path, values), matrix)
    return nibabel.as_closest_canonical(one)


def _check_header(path: Path, header: nibabel.Nifti1Header, matrix: np.ndarray) -> None:
    if not (header["sform_code"] or header["qform_code"]):
        raise ValueError(f"{path}: the header does not say where the image lies (its sform and qform codes are both 0)")
    code = int(header["xyzt_units"]) % 8  # nibabel's own reading stumbles over codes that are none
    unit = UNITS.get(code, f"code {code}")
    sizes = np.linalg.norm(matrix[:3, :3], axis=0)
    low, high = VOXEL_MM
    if unit not in ("mm", "unknown") or not ((sizes >= low) & (sizes <= high)).all():
        seen = " × ".join(f"{size:g}" for size in sizes)
        raise ValueError(
            f"{path}: got voxels of {seen} (the header's unit: {unit}), allowed are {low:g} to {high:g} mm"
        )
    if not np.isfinite(matrix).all() or (span := abs(np.linalg.det(matrix[:3, :3] / sizes))) < THINNEST:
        seen = (
            "not finite" if not np.isfinite(matrix).all() else f"sheared: its unit edges span {span:.2g} instead of 1"
        )
        raise ValueError(f"{path}: the affine is {seen}; resampling would tear the image")


def _one_volume(path: Path, values: np.ndarray) -> np.ndarray:
    shape = values.shape
    if len(shape) < 3 or math.prod(shape[3:]) != 1 or min(shape[:3]) < 2:
        raise ValueError(f"{path}: got shape {shape}, allowed is one volume (x, y, z)")
    values = values.reshape(shape[:3])
    values = np.where(np.isnan(values), np.float32(0), values)
    if not np.isfinite(values).all():
        raise ValueError(f"{path}: it has infinite values")
    return values


def to_grid(image: nibabel.Nifti1Image, resolution_mm: int) -> np.ndarray:
    """Resample onto the course's grid; where voxels grow, smooth first, as a mean over the larger voxel does.

    A voxel of width t that averages has the variance t²/12; what a voxel of width s lacks to it, a Gaussian of
    σ² = (t² − s²)/12 adds. Without that, 4 mm would show every fourth voxel of an image of 1 mm, noise and all.

    Parameters
    ----------
    image : nibabel.Nifti1Image
        Three-dimensional, its affine in mm of MNI space.
    resolution_mm : int

    Returns
    -------
    ndarray, (D, H, W) float32
        0 outside the image.
    """
    from nilearn.image import resample_img, smooth_img

    sizes = np.linalg.norm(image.affine[:3, :3], axis=0)
    sigma = np.sqrt(np.maximum(resolution_mm**2 - sizes**2, 0) / 12)
    smoothed = smooth_img(image, np.sqrt(8 * np.log(2)) * sigma) if sigma.any() else image
    resampled = resample_img(
        smoothed,
        target_affine=affine(resolution_mm),
        target_shape=SHAPES[resolution_mm][::-1],
        interpolation="linear",
    )
    return np.ascontiguousarray(resampled.get_fdata(dtype=np.float32).T)  # (x, y, z) → (z, y, x)


def _top(path: str | Path, values: np.ndarray) -> float:
    """A maximum that a few spikes do not move; the sum of what is negative may not be more than ringing."""
    positive = values[values > 0]
    if not positive.size or values.min() == values.max():
        raise ValueError(f"{path}: nothing is to be seen; all values are {values.max():g}, or none is above 0")
    if -values[values < 0].sum(dtype=float) > 0.01 * positive.sum(dtype=float):
        raise ValueError(
            f"{path}: values down to {values.min():g} came; a T1 image is 0 outside the brain and positive in it"
        )
    return float(np.percentile(positive, BRIGHTEST))


def _check_volume(path: str | Path, brain: np.ndarray, matrix: np.ndarray) -> None:
    volume = brain.sum() * abs(np.linalg.det(matrix[:3, :3])) / 1000
    low, high = BRAIN_ML
    if not low <= volume <= high:
        raise ValueError(
            f"{path}: {volume:,.0f} ml are brighter than {FAINT:.0%} of the brightest tissue, but a skull-stripped "
            f"brain in MNI space has {low:,} to {high:,} ml; strip the skull first, or take whole heads with "
            "skull_stripped=False"
        )


def _check_place(path: str | Path, values: np.ndarray, brain: np.ndarray, matrix: np.ndarray) -> None:
    """Whether the brain lies where MNI space has it, within the course's grid."""
    where = np.argwhere(brain) @ matrix[:3, :3].T + matrix[:3, 3]  # (V, 3) mm
    weight = values[brain].astype(float) / values[brain].sum(dtype=float)
    half = np.array(SHAPES[4][::-1]) * 4 / 2
    middle = affine(4)[:3, 3] - 2 + half
    outside = float(weight[(np.abs(where - middle) > half).any(axis=1)].sum())
    center = weight @ where
    if outside > OUTSIDE:
        raise ValueError(
            f"{path}: {outside:.0%} of the brain's intensity lie outside the course's grid, allowed are {OUTSIDE:.0%}; "
            "register the image to MNI space first"
        )
    if (away := float(np.linalg.norm(center - CENTER_MM))) > OFF_CENTER_MM:
        seen, known = (", ".join(f"{round(mm)}" for mm in place) for place in (center, CENTER_MM))
        raise ValueError(
            f"{path}: the brain's center is at ({seen}) mm, {away:.0f} mm away from MNI's ({known}), allowed are "
            f"{OFF_CENTER_MM:.0f}; register the image to MNI space first"
        )
