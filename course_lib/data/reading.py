"""One image file, of whatever kind, as an array."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from course_lib.data.bounded import check_declared

PICTURES = (".png", ".jpg", ".jpeg")
DICOM = (".dcm", ".dicom")
NIFTI = (".nii", ".nii.gz")
SUFFIXES = PICTURES + DICOM + NIFTI


def read_image(path: Path) -> tuple[np.ndarray, str]:
    """An image file, and the patient it names.

    Returns
    -------
    image : ndarray, (H, W), (H, W, 3) or (D, H, W); uint8, or float32 in [0, 1]
    patient : str
        DICOM's PatientID; empty where there is none.

    Raises
    ------
    ValueError
        If the file cannot be read; it is named.
    ModuleNotFoundError
        If it is DICOM and pydicom is not there.
    """
    name = path.name.lower()
    read = _read_picture if name.endswith(PICTURES) else _read_dicom if name.endswith(DICOM) else _read_nifti
    try:
        return read(path)
    except ModuleNotFoundError:
        raise
    except Exception as problem:  # the readers raise a dozen kinds for a damaged file; every one must name the file
        raise ValueError(f"{path}: not readable as an image ({problem})") from problem


def _read_picture(path: Path) -> tuple[np.ndarray, str]:
    from PIL import Image, ImageOps

    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened)  # cameras store the turn, not the turned picture
        if picture.mode.startswith("I"):
            return _scaled(np.asarray(picture), 0, 65535), ""
        transparent = picture.mode in ("LA", "RGBA", "PA") or "transparency" in picture.info
        if transparent and picture.convert("RGBA").getchannel("A").getextrema()[0] < 255:
            raise ValueError("it is partly transparent; save it on a background")
        gray = picture.mode in ("1", "L", "LA")
        return np.array(picture.convert("L" if gray else "RGB")), ""


def _read_dicom(path: Path) -> tuple[np.ndarray, str]:
    try:
        import pydicom
        from pydicom.pixels import pixel_array
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"{path}: reading DICOM needs pydicom; pip install pydicom") from None

    header = pydicom.dcmread(path)
    check_declared(path, [header.get(name) or 1 for name in ("NumberOfFrames", "Rows", "Columns")])
    pixels = pixel_array(header)  # (H, W), (H, W, 3) or (frames, H, W); YBR is already RGB
    bits, signed = header.BitsStored, header.PixelRepresentation == 1
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    image = pixels if pixels.dtype == np.uint8 and bits == 8 else _scaled(pixels, low, high)
    if header.PhotometricInterpretation == "MONOCHROME1":  # 0 is white
        image = np.subtract(255 if image.dtype == np.uint8 else 1, image, dtype=image.dtype)
    return image, str(header.get("PatientID", "") or "")


def _read_nifti(path: Path) -> tuple[np.ndarray, str]:
    import nibabel

    opened = nibabel.load(path)
    check_declared(path, opened.shape)
    values = np.squeeze(np.asanyarray(nibabel.as_closest_canonical(opened).dataobj)).T  # (x, y, z) → (z, y, x)
    if values.ndim not in (2, 3):
        raise ValueError(f"it has {values.ndim} axes longer than one; 2 or 3 are needed")
    if values.dtype == np.uint8:
        return values, ""
    if not np.isfinite(values).all():
        raise ValueError("it has values that are not finite")
    return _scaled(values, values.min(), values.max()), ""


def _scaled(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """low → 0, high → 1, as float32; a constant image becomes 0."""
    values = values.astype(np.float64) - float(low)
    scaled = values / (float(high) - float(low)) if high > low else np.zeros_like(values)
    if scaled.min() < 0 or scaled.max() > 1:
        raise ValueError(f"its values leave the range from {low} to {high}")
    return scaled.astype(np.float32)
