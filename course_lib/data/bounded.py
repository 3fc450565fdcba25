"""What a file may unpack to: said by its header or counted while it is read, never found out by a full memory."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

MOST_BYTES = 256 * 2**20  # of a table or an idx file; NIH's table of 112,120 images has 8 MB
MOST_VALUES = 2**29  # of one image: a volume of 812 voxels a side
CHUNK = 1 << 20


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file, unpacked where it is called ``.gz``.

    Raises
    ------
    ValueError
        If it cannot be unpacked, or to more than `most` bytes; reading stops there.
    """
    parts, size = [], 0
    try:
        with (gzip.open if path.name.lower().endswith(".gz") else open)(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise ValueError(f"{path}: it unpacks to more than {most:,} bytes, which are allowed")
                parts.append(chunk)
    except (OSError, EOFError, zlib.error) as problem:
        raise ValueError(f"{path}: not a gzip file, or cut short ({problem})") from problem
    return b"".join(parts)


def check_declared(path: Path, shape: Sequence[int]) -> None:
    """Refuse an image by the shape that its header declares, before anything is reserved for it.

    Raises
    ------
    ValueError
        If it would have more than `MOST_VALUES` values.

    Examples
    --------
    >>> check_declared(Path("brain.nii"), (30_000, 30_000, 30_000))
    Traceback (most recent call last):
    ValueError: brain.nii: its header declares the shape (30000, 30000, 30000), allowed are at most 536,870,912 values
    """
    if math.prod(int(length) for length in shape) > MOST_VALUES:
        raise ValueError(
            f"{path}: its header declares the shape {tuple(shape)}, allowed are at most {MOST_VALUES:,} values"
        )
