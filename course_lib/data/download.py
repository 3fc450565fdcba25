"""One file from the web: resumed where it broke off, checked, and only then given its name.

pooch verifies and renames, but it neither resumes nor retries a transfer that stalls half-way through 12 GB; so the
transfer itself is written here on requests, which pooch itself stands on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_lib.whole import FULL, make_folder

STALLED_AFTER = 20.0  # seconds without a byte
ATTEMPTS = 3  # in a row, none of which brought the file further
PAUSE = 1.0  # seconds before the second attempt, doubled before each further one
CHUNK = 1 << 16


class DownloadError(Exception):
    """A transfer that could not be completed; the message says why in a few words."""


class _Temporary(Exception):
    """A failure that another attempt may cure."""


def transfer(
    url: str,
    destination: Path,
    md5: str,
    *,
    progress: Callable[..., Any] | None = None,
    stalled_after: float = STALLED_AFTER,
    attempts: int = ATTEMPTS,
    pause: float = PAUSE,
) -> Path:
    """Download a file to its place; nothing incomplete or wrong ever has that name.

    What has arrived is kept beside the place as ``<name>.part`` and continued by the next attempt, also by a later
    process. Two processes that want the same file take turns.

    Parameters
    ----------
    url : str
    destination : Path
    md5 : str
        The checksum the whole file must have.
    progress : callable, optional
        Such as ``tqdm``; called with ``total, initial, unit, unit_scale, desc``, it gives an object with ``update``
        and ``close``.
    stalled_after : float
        Seconds without a byte after which the connection is given up.
    attempts : int
        How many attempts in a row may fail without bringing the file further.
    pause : float
        Seconds before the second attempt, doubled before each further one.

    Raises
    ------
    DownloadError
        With the reason; what has arrived stays as ``<name>.part`` unless its checksum is wrong.
    """
    from filelock import FileLock

    make_folder(destination.parent)
    part = destination.with_name(destination.name + ".part")
    with FileLock(destination.with_name(f".{destination.name}.lock")):
        if destination.exists():  # another process was faster
            return destination
        for fresh in (False, True):  # a wrong checksum may be the fault of the piece an earlier run left: once afresh
            continued = part.exists() and part.stat().st_size > 0
            _until_complete(url, part, progress, stalled_after, attempts, pause)
            if (came := file_md5(part)) == md5:
                part.replace(destination)
                return destination
            part.unlink()
            if fresh or not continued:
                break
    raise DownloadError(f"what came has MD5 {came}, not {md5}: not the file that was asked for")


def file_md5(path: Path) -> str:
    """The MD5 checksum of a file, as 32 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _until_complete(
    url: str, part: Path, progress: Callable[..., Any] | None, stalled_after: float, attempts: int, pause: float
) -> None:
    failures, furthest = 0, part.stat().st_size if part.exists() else 0
    while True:
        try:
            return _attempt(url, part, progress, stalled_after)
        except _Temporary as problem:
            reached = part.stat().st_size if part.exists() else 0
            # A server that cannot resume starts from zero each time: only getting further than ever counts.
            failures = 0 if reached > furthest else failures
            furthest, failures = max(furthest, reached), failures + 1
            if failures >= attempts:
                raise DownloadError(str(problem)) from None
            time.sleep(pause * 2 ** (failures - 1))


def _attempt(url: str, part: Path, progress: Callable[..., Any] | None, stalled_after: float) -> None:
    import requests
    import urllib3

    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=stalled_after) as response:
            have = _judge(response, part, have)
            if have is not None:
                _receive(response, part, have, progress)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise _Temporary(f"no answer from {_host(url)} for {stalled_after:g} s") from None
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError):
        raise _Temporary(f"no connection to {_host(url)}, or it was cut") from None
    except requests.RequestException as problem:
        raise DownloadError(f"{_host(url)}: {problem}") from None


def _judge(response: Any, part: Path, have: int) -> int | None:
    """From which byte on the answer continues the part: ``have``, 0, or None where nothing is left to fetch."""
    status = response.status_code
    if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return have
    if status == 200:
        return 0
    if status == 416 and response.headers.get("Content-Range", "") == f"bytes */{have}":
        return None  # everything had arrived; only the renaming was missing
    if status in (206, 416):
        part.unlink(missing_ok=True)
        raise _Temporary(f"{_host(response.url)} could not continue the file")
    if status >= 500 or status in (408, 429):
        raise _Temporary(f"{_host(response.url)} answered {status} {response.reason}")
    raise DownloadError(f"{_host(response.url)} answered {status} {response.reason}")


def _receive(response: Any, part: Path, have: int, progress: Callable[..., Any] | None) -> None:
    length = response.headers.get("Content-Length", "")
    total = have + int(length) if length.isdigit() else None
    if total is not None and (free := shutil.disk_usage(part.parent).free) < total - have:
        raise DownloadError(
            f"{(total - have) / 1e9:.2f} GB are to come, but {part.parent} has {free / 1e9:.2f} GB left"
        )
    title = part.name.removesuffix(".part")
    bar = progress(total=total, initial=have, unit="B", unit_scale=True, desc=title) if progress else None
    try:
        with part.open("ab" if have else "wb") as file:
            # The bytes as sent: a .gz stays a .gz even where the server calls it an encoding.
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                have += len(chunk)
                if bar is not None:
                    bar.update(len(chunk))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise DownloadError(f"{part.parent} is full, or a quota used up; what has arrived is kept") from None
    finally:
        if bar is not None:
            bar.close()
    if total is not None and have < total:
        raise _Temporary(f"the connection to {_host(response.url)} was cut after {have:,} of {total:,} bytes")


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).netloc
