"""Files of published data sets: looked for in the data folder, verified, fetched where that was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib import config
from course_lib.data.download import DownloadError, file_md5, transfer
from course_lib.whole import CLOSED, whole


@dataclass(frozen=True)
class RemoteFile:
    """A published file.

    Attributes
    ----------
    dataset : str
        The name it is loaded by.
    folder : str
        The subfolder of the data folder it is saved in.
    name, url, md5 : str
        File name, address and published checksum.
    size : int, optional
        The size to ask for where it is not the default one.
    """

    dataset: str
    folder: str
    name: str
    url: str
    md5: str
    size: int | None = None

    def place(self, root: Path) -> Path:
        """Where the file belongs."""
        return root / self.folder / self.name

    def find(self, root: Path) -> Path | None:
        """Where the file is: in its subfolder, or loose in the data folder."""
        return next((path for path in (self.place(root), root / self.name) if path.is_file()), None)


def obtain(
    file: RemoteFile, root: Path | None = None, download: bool = False, progress: Callable[..., Any] | None = None
) -> Path:
    """The verified file in the data folder.

    Parameters
    ----------
    file : RemoteFile
    root : Path, optional
        The data folder; :func:`course_lib.config.cache_folder` by default.
    download : bool
        Whether a missing file may be downloaded.
    progress : callable, optional
        The progress bar of the download, as for :func:`course_lib.data.download.transfer`.

    Raises
    ------
    FileNotFoundError
        If the file is missing and was not, or could not be, downloaded; says how to get it by hand.
    ValueError
        If the file there has another checksum than the published one.
    """
    root = config.cache_folder() if root is None else Path(root).expanduser().resolve()
    path = file.find(root)
    if path is None and not download:
        raise FileNotFoundError(f"{file.name} is not in the data folder.\n{how_to_get(file, root)}")
    if path is None:
        try:
            path = transfer(file.url, file.place(root), file.md5, progress=progress)
        except DownloadError as problem:
            reason = f"{file.name} could not be downloaded: {problem}.\n{how_to_get(file, root)}"
            raise FileNotFoundError(reason) from None
        except OSError as problem:
            if problem.errno not in CLOSED and not isinstance(problem, PermissionError):
                raise
            raise PermissionError(f"{root} may not be written to; set COURSE_DATA to a folder that may") from None
    verify(file, path, root)
    return path


def how_to_get(file: RemoteFile, root: Path) -> str:
    """What to do where a file is missing, for a person with and for one without a network."""
    size = f", size={file.size}" if file.size else ""
    option = f" --size {file.size}" if file.size else ""
    return (
        f'With a network: load("{file.dataset}"{size}, download=True), or in a terminal: '
        f"course data fetch {file.dataset}{option}\n"
        f"By hand: get {file.url}\n"
        f"and save it as {file.place(root)} (MD5 {file.md5}).\n"
        "Files that are already on this machine are found through COURSE_DATA, the folder they are in."
    )


def verify(file: RemoteFile, path: Path, root: Path, again: bool = False) -> None:
    """Check a file against the published checksum.

    A file found right is remembered with its size and time of change, so that it is read only once; a changed file is
    read again.

    Raises
    ------
    ValueError
        If the checksum is wrong.
    """
    state = path.stat()
    seen = {"path": str(path), "bytes": state.st_size, "changed": state.st_mtime_ns, "md5": file.md5}
    stamp = unpacked_folder(file, root) / f"verified-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}.json"
    if not again and stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == seen:
        return
    if (came := file_md5(path)) != file.md5:
        raise ValueError(
            f"{path}: its MD5 is {came}, but the published {file.name} has {file.md5}: it is damaged, or another file. "
            f"Move it away.\n{how_to_get(file, root)}"
        )
    with suppress(OSError):  # a full disk, or nowhere to write: then the file is read again the next time
        write_whole(stamp, json.dumps(seen).encode())


def unpacked_folder(file: RemoteFile, root: Path) -> Path:
    """Where what is made from this file is kept; another content has another folder."""
    return config.scratch_folder(root) / "unpacked" / f"{file.name}-{file.md5[:12]}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that it is there as a whole or not at all."""
    with whole(path) as beside:
        beside.write_bytes(content)
