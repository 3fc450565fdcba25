"""Compressed arrays, unpacked once to a file that is memory-mapped from then on."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np

from course_lib.whole import whole

IN_MEMORY = 64 * 2**20  # bytes; what is smaller is read as a whole, which takes about a second at most
CHUNK = 1 << 20
DAMAGED = (BadZipFile, zlib.error, struct.error, OSError, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Member:
    """One array inside an .npz file: its header, read without its data."""

    archive: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype

    def chunks(self) -> Iterator[bytes]:
        """The raw data, a little at a time.

        Raises
        ------
        ValueError
            If they cannot be unpacked, or are more than the header says; reading stops there.
        """
        left = math.prod(self.shape) * self.dtype.itemsize
        try:
            with ZipFile(self.archive) as archive, archive.open(f"{self.name}.npy") as stream:
                _header(stream)
                while chunk := stream.read(CHUNK):
                    if (left := left - len(chunk)) < 0:
                        raise ValueError(f"{self.archive}: {self.name!r} holds more than its shape {self.shape} needs")
                    yield chunk
        except DAMAGED as problem:
            raise ValueError(f"{self.archive}: {self.name!r} is not readable ({problem})") from problem


def npz_member(archive: Path, name: str) -> Member:
    """An array in an .npz file.

    Raises
    ------
    ValueError
        If the file is damaged, or the array is not there, holds Python objects (they could run code when read), or is
        stored column by column.
    """
    try:
        with ZipFile(archive) as opened:
            there = f"{name}.npy" in opened.namelist()
            shape, columns_first, dtype = _header_of(opened, name) if there else ((), False, np.dtype(float))
    except Exception as problem:  # zipfile, zlib and NumPy raise a dozen kinds for a damaged file; each must name it
        raise ValueError(f"{archive}: not readable as an .npz file ({problem})") from problem
    if not there:
        raise ValueError(f"{archive}: no array {name!r} inside")
    if dtype.hasobject or columns_first:
        raise ValueError(f"{archive}: {name!r} holds {dtype} in an order or of a kind that is not read here")
    return Member(archive, name, shape, dtype)


def _header_of(archive: ZipFile, name: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    with archive.open(f"{name}.npy") as stream:
        return _header(stream)


def _header(stream) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(stream)


def joined(members: list[Member], folder: Path) -> np.ndarray:
    """The arrays one after the other, as one array.

    Where it is large it is written once to ``folder`` and memory-mapped, without ever being in memory as a whole.
    """
    first = members[0]
    alike = (first.shape[1:], first.dtype)
    if not first.shape or any(not one.shape or (one.shape[1:], one.dtype) != alike for one in members):
        raise ValueError(f"{first.archive}: {', '.join(member.name for member in members)} differ in shape or type")
    shape = (sum(member.shape[0] for member in members), *first.shape[1:])
    chunks = (chunk for member in members for chunk in member.chunks())
    return assemble(folder / f"{'-'.join(member.name for member in members)}.npy", shape, first.dtype, chunks)


def assemble(target: Path, shape: tuple[int, ...], dtype: np.dtype, chunks: Iterable[bytes]) -> np.ndarray:
    """An array from its raw data: in memory where it is small, else through a memory-mapped ``target``.

    ``chunks`` is not touched where ``target`` is there from an earlier run.

    Raises
    ------
    ValueError
        If the data are more or fewer bytes than the shape needs.
    """
    size = math.prod(shape) * dtype.itemsize
    if size <= IN_MEMORY:
        content = b"".join(chunks)
        _complete(target, len(content), size)
        return np.frombuffer(content, dtype).reshape(shape)
    if not target.exists():
        _write(target, shape, dtype, chunks, size)
    return np.load(target, mmap_mode="r", allow_pickle=False)


def _write(target: Path, shape: tuple[int, ...], dtype: np.dtype, chunks: Iterable[bytes], size: int) -> None:
    with whole(target) as beside, beside.open("wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        _complete(target, sum(file.write(chunk) for chunk in chunks), size)


def _complete(target: Path, came: int, size: int) -> None:
    if came != size:
        raise ValueError(f"{target.stem}: {came:,} bytes came, {size:,} are needed")
