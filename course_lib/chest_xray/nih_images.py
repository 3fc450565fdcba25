"""NIH's PNG files, brought to one size once and memory-mapped from then on."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from course_lib import config
from course_lib.data.files import write_whole
from course_lib.data.reading import read_image
from course_lib.data.resize import resize

CHUNK = 256  # images between two notes of how far the cache has come
FORMAT = 1  # raised when the same files would give other pixels


def images(folder: Path, names: Sequence[str], size: int, cache: Path | None = None) -> np.ndarray:
    """The images of these names, (N, size, size) uint8, read-only and memory-mapped.

    The first call reads the PNGs and writes them, at this size, to one file; it has its name only when it is complete.
    What a call that was stopped has read is kept and continued. Two processes take turns.

    Parameters
    ----------
    folder : Path
        Searched with all folders inside it.
    names : sequence of str
    size : int
        In pixels.
    cache : Path, optional
        Where the file is kept: by default ``nih-cache`` in the folder, or in the user's cache if that is read-only.

    Raises
    ------
    FileNotFoundError
        If images are missing: how many, and the first three.
    ValueError
        If a file is not a gray, square image, or an image is there twice.
    OSError
        If the disk is too full for the file.
    """
    from filelock import FileLock

    place = config.scratch_folder(folder) / "nih-cache" if cache is None else cache
    key = _key(folder, place, names, size)
    target = place / f"nih-{size}-{key['digest'][:16]}.npy"
    if not _complete(target, key):
        files = _find(folder, names)
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            if not _complete(target, key):  # another process may have been faster
                _write(target, key, files)
    return np.load(target, mmap_mode="r", allow_pickle=False)


def _key(folder: Path, place: Path, names: Sequence[str], size: int) -> dict[str, object]:
    """What the pixels depend on. A cache inside the folder may move with it; one elsewhere belongs to that folder."""
    whose = "" if place.resolve().is_relative_to(folder.resolve()) else str(folder.resolve())
    digest = hashlib.sha256("\n".join((str(FORMAT), whose, str(size), *names)).encode()).hexdigest()
    return {"digest": digest, "images": len(names), "size": size, "first": names[0], "last": names[-1]}


def _complete(target: Path, key: dict[str, object]) -> bool:
    """Whether the file is there, was made from this list, and has every byte."""
    note = target.with_suffix(".json")
    if not (target.is_file() and note.is_file()):
        return False
    return _read_note(note) == key | {"bytes": target.stat().st_size}


def _read_note(note: Path) -> dict[str, object]:
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _find(folder: Path, names: Sequence[str]) -> list[Path]:
    wanted = set(names)
    found: dict[str, Path] = {}
    for path in folder.rglob("*.png"):
        if path.name in wanted and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            if path.name in found:
                raise ValueError(f"folder: {path.name} is there twice, as {found[path.name]} and as {path}; keep one")
            found[path.name] = path
    if missing := [name for name in names if name not in found]:
        first = ", ".join(missing[:3])
        raise FileNotFoundError(
            f"folder: {len(missing):,} of {len(names):,} images are not in {folder} or its folders, such as {first}; "
            f"images=[…] takes only those that are ({len(found):,} here)"
        )
    return [found[name] for name in names]


def _write(target: Path, key: dict[str, object], files: list[Path]) -> None:
    from tqdm.auto import tqdm

    part, note = target.with_suffix(".part"), target.with_suffix(".part.json")
    array, done = _begun(part, note, key)
    bar = tqdm(total=len(files), initial=done, desc=f"{key['size']} px", unit="image", leave=False)
    with bar, ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for start in range(done, len(files), CHUNK):
            chunk = files[start : start + CHUNK]
            for row, image in enumerate(pool.map(partial(read_radiograph, size=key["size"]), chunk), start):
                array[row] = image
                bar.update()
            array.flush()
            write_whole(note, json.dumps(key | {"done": start + len(chunk)}).encode())
    del array
    write_whole(target.with_suffix(".json"), json.dumps(key | {"bytes": part.stat().st_size}).encode())
    part.replace(target)  # last: whoever sees the file sees it whole, with its note
    note.unlink()


def _begun(part: Path, note: Path, key: dict[str, object]) -> tuple[np.memmap, int]:
    """The unfinished file, begun or continued, and how many of its images are there."""
    state, shape = _read_note(note), (key["images"], key["size"], key["size"])
    going_on = part.is_file() and state.get("digest") == key["digest"]
    done = int(state["done"]) if going_on else 0
    if not going_on:
        note.unlink(missing_ok=True)  # first: a note without its file must never speak for the next file
        part.unlink(missing_ok=True)
    left, free = (shape[0] - done) * math.prod(shape[1:]), shutil.disk_usage(part.parent).free
    if left > free:  # else the disk would run full under a memory map, which ends the process
        raise OSError(f"cache: {left / 1e9:.2f} GB are to be written, but {part.parent} has {free / 1e9:.2f} GB left")
    if going_on:
        return np.lib.format.open_memmap(part, mode="r+"), done
    return np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape), 0


def read_radiograph(path: Path, size: int) -> np.ndarray:
    """One radiograph, (size, size) uint8.

    16-bit files are divided by 257; RGB and RGBA files are taken as gray where all their colors are equal.

    Raises
    ------
    ValueError
        If the file cannot be read, is in color, partly transparent or not square.
    """
    image, _ = read_image(path)
    if image.ndim == 3:
        if not (image == image[..., :1]).all():
            raise ValueError(f"{path}: it is in color; a radiograph is gray")
        image = np.ascontiguousarray(image[..., 0])
    if image.shape[0] != image.shape[1]:
        raise ValueError(f"{path}: {image.shape[1]}×{image.shape[0]} px came; NIH's images are square")
    image = resize(image, (size, size))
    return image if image.dtype == np.uint8 else np.rint(image * 255).astype(np.uint8)
