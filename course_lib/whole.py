"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed anyway
    fcntl = None

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; what was written there takes the final name when the block ends well.

    Under the final name there is always a whole file: the old one, or the new one. Folders are made. If the block
    raises, what it wrote is removed and the old file stays. Several processes may write the same file at the same
    time: each has a file of its own beside, and the last one's stays. What a killed process left beside is removed by
    the next writer.

    Parameters
    ----------
    path : Path

    Raises
    ------
    FileNotFoundError
        If the block wrote nothing, or the folder can neither be found nor made.
    OSError
        If the disk is full or the folder may not be written to (then a PermissionError): in a sentence that says so.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "answer.txt")
    ...     with whole(target) as beside:
    ...         _ = beside.write_text("42")
    ...         target.exists()
    ...     target.read_text()
    False
    '42'
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    with _in_words(path, beside):
        make_folder(path.parent)
        _remove_leftovers(path)
        held = _held(beside)
        try:
            yield beside
            _to_disk(beside)
            if not fcntl:
                held.close()  # Windows renames no file that is open; elsewhere the lock lasts until the name is taken
            beside.replace(path)
        finally:
            held.close()
            with suppress(OSError):
                beside.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder where there is none; OSError, in a sentence, where that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        plain = type(error)(f"{folder}: this folder cannot be made ({error.strerror})")
        raise in_words(error, folder) or plain from None


def check_open(argument: str, folder: Path) -> None:
    """Make a folder and see that files may be written there, before the work whose result it is to hold.

    Raises
    ------
    OSError
        Such as a PermissionError, which begins with the argument's name.
    """
    try:
        make_folder(folder)
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"{folder} may not be written to; name a folder that may")
    except OSError as error:
        raise type(error)(f"{argument}: {error}") from None


def in_words(error: OSError, path: Path) -> OSError | None:
    """What went wrong in writing `path`, said for the reader; None where there is nothing better to say."""
    if error.errno in FULL:
        said = OSError(f"{path} was not written: the disk is full, or a quota used up; make room, then do it again")
    elif error.errno in CLOSED:
        said = PermissionError(f"{path} was not written: its folder may not be written to; name a folder that may")
    else:
        return None
    said.errno = error.errno
    return said


@contextmanager
def _in_words(path: Path, beside: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        ours = error.filename in (None, str(beside), str(path))
        if ours and (said := in_words(error, path)):
            raise said from None
        raise


def _held(beside: Path) -> BinaryIO:
    """The file, begun, with a lock that shows others that somebody writes it: it ends with the process, however."""
    while True:
        file = beside.open("wb")
        if _lock(file) and beside.exists():
            return file
        file.close()  # before it was locked, another writer took it for a leftover


def _lock(file: BinaryIO) -> bool:
    """Lock a file without waiting; False where another process has locked it."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, where nothing is taken for a leftover, either
        return True
    return True


def _remove_leftovers(path: Path) -> None:
    """Remove what killed processes left beside `path`; what somebody is writing stays."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*.partial"):
        with suppress(OSError):
            if fcntl:
                with left.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if os.path.samestat(os.fstat(file.fileno()), left.stat()):  # else it is another's by now
                        left.unlink()
            else:
                left.unlink()


def _to_disk(beside: Path) -> None:
    """On the disk before the name says so."""
    with beside.open("rb+") as file:
        if not os.fstat(file.fileno()).st_size:
            raise FileNotFoundError(f"{beside.name}: nothing was written")
        os.fsync(file.fileno())
