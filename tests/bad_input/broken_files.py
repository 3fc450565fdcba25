"""Files of every kind that is read, whole ones made on the spot, and what may happen to them on the way."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

MODES = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA", "I;16")
DTYPES = ("|u1", "<i2", ">i2", "<f4", "<f8", "|b1", "<c8")
NIFTI_FIELDS = {  # offset in the header, bytes, and values that are none
    "sizeof_hdr": (0, 4),
    "dim": (40, 16),
    "datatype": (70, 2),
    "bitpix": (72, 2),
    "pixdim": (76, 32),
    "vox_offset": (108, 4),
    "scl_slope": (112, 8),
    "xyzt_units": (123, 1),
    "qform_code": (252, 4),
    "quaternion": (256, 24),
    "srow": (280, 48),
    "magic": (344, 4),
}


def picture(rng: np.random.Generator, mode: str = "L", suffix: str = "PNG", side: int = 8) -> bytes:
    """A picture of this mode; where its kind of file does not hold the mode, a TIFF under its name."""
    image = Image.fromarray(rng.integers(0, 256, (side, side), np.uint8)).convert("L")
    if mode == "I;16":
        image = Image.fromarray(rng.integers(0, 65536, (side, side), np.uint16))
    elif mode in ("LAB", "HSV", "YCbCr", "CMYK", "RGBA", "P"):
        image = (
            Image.merge("RGB", [image] * 3)
            if mode != "LAB"
            else Image.frombytes("LAB", (side, side), bytes(rng.bytes(3 * side**2)))
        )
        image = image if mode == "LAB" else image.convert(mode)
    elif mode == "PA":
        image = image.convert("P").convert("PA")
    elif mode != "L":
        image = image.convert(mode)
    content = io.BytesIO()
    for kind in (suffix, "PNG", "TIFF"):
        try:
            image.save(content, kind)
            return content.getvalue()
        except OSError:
            content = io.BytesIO()
    return b""


def nifti(rng: np.random.Generator, shape=(5, 6, 7), dtype="<f4", sizes=(4.0, 4.0, 4.0)) -> bytes:
    """A NIfTI-1 file as nibabel writes it."""
    import nibabel

    values = rng.integers(0, 100, shape).astype(dtype)
    kind = values.dtype if values.dtype != bool else np.dtype(np.uint8)
    image = nibabel.Nifti1Image(values.astype(kind), np.diag([*sizes, 1.0]))
    return image.to_bytes()


def npz(rng: np.random.Generator, **changed) -> bytes:
    """MedMNIST's six arrays, of a few images, some of them changed."""
    arrays = {}
    for part, n in (("train", 3), ("val", 2), ("test", 2)):
        arrays[f"{part}_images"] = rng.integers(0, 256, (n, 28, 28), np.uint8)
        arrays[f"{part}_labels"] = rng.integers(0, 2, (n, 1), np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, **{name: value for name, value in (arrays | changed).items() if value is not None})
    return content.getvalue()


def idx(rng: np.random.Generator, shape=(3, 28, 28), declared=None) -> bytes:
    """A gzipped idx file; `declared` lengths may differ from what follows."""
    lengths = np.array(shape if declared is None else declared, ">u4").tobytes()
    return gzip.compress(bytes((0, 0, 8, len(shape))) + lengths + rng.bytes(int(np.prod(shape))))


def cifar(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """A .tar.gz of these members, and of links."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return content.getvalue()


def with_npy(name: str, array: np.ndarray, header: bytes | None = None) -> bytes:
    """A zip of one .npy member, of which the header's text may be replaced by another of any content."""
    content, member = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array(member, array, allow_pickle=True)
    data = member.getvalue()
    if header is not None:
        data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data[-array.nbytes :]
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.npy", data)
    return content.getvalue()


def damaged():
    """What happens to a file: a function from its bytes to other bytes."""
    place = st.floats(0, 1, exclude_max=True)
    return st.one_of(
        st.just(lambda content: content),
        place.map(lambda share: lambda content: content[: int(share * len(content))]),
        st.lists(st.tuples(place, st.integers(0, 7)), min_size=1, max_size=8).map(
            lambda bits: lambda c: _flipped(c, bits)
        ),
        st.tuples(place, st.binary(min_size=1, max_size=9)).map(
            lambda one: lambda c: _written(c, int(one[0] * len(c)), one[1])
        ),
        st.binary(max_size=40).map(lambda other: lambda content: other),
        st.binary(min_size=1, max_size=40).map(lambda more: lambda content: content + more),
        st.just(lambda content: b"\x00" * len(content)),
        st.just(lambda content: content[::-1]),
    )


def broken_header():
    """Another value in one field of a NIfTI header."""
    field = st.sampled_from(tuple(NIFTI_FIELDS))
    value = st.one_of(
        st.binary(min_size=48, max_size=48), st.sampled_from((b"\x00" * 48, b"\xff" * 48, b"\x00\x00\xc0\x7f" * 12))
    )
    return st.tuples(field, value).map(
        lambda one: lambda content: _written(content, NIFTI_FIELDS[one[0]][0], one[1][: NIFTI_FIELDS[one[0]][1]])
    )


def put(path: Path, content: bytes) -> Path:
    """The file, written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _flipped(content: bytes, bits: list[tuple[float, int]]) -> bytes:
    changed = bytearray(content)
    for place, bit in bits:
        if changed:
            changed[int(place * len(changed))] ^= 1 << bit
    return bytes(changed)


def _written(content: bytes, place: int, other: bytes) -> bytes:
    return content[:place] + other + content[place + len(other) :]
