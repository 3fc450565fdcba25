"""What code that is graded may not do to anybody else: reach the network, other files, other processes."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LARGEST_FILE = 200_000_000  # bytes
NEW_USER, NEW_NET = 0x10000000, 0x40000000  # of Linux's unshare
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.link", "os.symlink"}
CHANGES |= {"os.mkdir", "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move"}
LOOKS = {"os.listdir", "os.scandir"}
STARTS = {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile", "pty.spawn"}
STARTS |= {"subprocess.Popen"}
ARGUMENTS = {"os.rename": 2, "os.link": 2, "os.symlink": 2, "shutil.move": 2}  # paths among the event's arguments


def put_up(folder: Path, hidden: Sequence[Path]) -> None:
    """Fence this process in, for good.

    Files are written in `folder` only, which also takes temporary ones, and are never larger than 200 MB; what lies
    under `hidden` is not read; no program is started, no other process killed, no network used. On Linux the process
    gets a network of its own, without a way out; elsewhere, and for all the rest, Python's audit events are watched,
    which no Python code can undo. Code that leaves Python (ctypes) gets around them: this is a fence, not a prison.
    """
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    sys.dont_write_bytecode = True
    _cut_off()
    _limit_files()
    sys.addaudithook(_Fence(folder, hidden))


class _Fence:
    """An audit hook; it raises PermissionError."""

    def __init__(self, folder: Path, hidden: Sequence[Path]) -> None:
        self.inside = _real(folder)
        self.hidden = tuple(map(_real, hidden))
        self.pid = os.getpid()

    def __call__(self, event: str, arguments: tuple) -> None:
        if event == "open":
            self._open(*arguments)
        elif event in CHANGES:
            for path in arguments[: ARGUMENTS.get(event, 1)]:
                self._change(path, arguments)
        elif event in LOOKS:
            self._look(arguments[0])
        elif event in STARTS:
            raise PermissionError("no program may be started while an answer is graded")
        elif event in ("os.kill", "os.killpg") and (event == "os.killpg" or arguments[0] != self.pid):
            raise PermissionError("no other process may be killed while an answer is graded")
        elif event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
            raise PermissionError("there is no network while an answer is graded")

    def _open(self, path: object, mode: object, flags: object) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a number: opened before
        real = _real(path)
        if isinstance(flags, int) and flags & WRITING and real != os.devnull and not _under(real, self.inside):
            raise PermissionError("files may be written in the working folder only while an answer is graded")
        self._look(real)

    def _look(self, path: object) -> None:
        real = _real(path) if isinstance(path, (str, bytes, os.PathLike)) else self.inside
        if not _under(real, self.inside) and any(_under(real, place) for place in self.hidden):
            raise PermissionError("this file may not be read while an answer is graded")

    def _change(self, path: object, arguments: tuple) -> None:
        known = isinstance(path, (str, bytes, os.PathLike))
        real = _real(path, *(each for each in arguments[1:] if isinstance(each, int) and each >= 0)) if known else ""
        if not _under(real, self.inside):
            raise PermissionError("files may be changed in the working folder only while an answer is graded")


def _real(path: str | bytes | os.PathLike, folder: int | None = None, *_: int) -> str:
    """Where a path leads; with the number of an open folder, from there."""
    path = os.fsdecode(path)
    if folder is not None and not Path(path).is_absolute():
        path = os.path.join(os.path.realpath(f"/proc/self/fd/{folder}"), path)  # noqa: PTH118
    return os.path.realpath(path)


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _cut_off() -> None:
    """A network namespace of its own where the system gives one."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        if library.unshare(NEW_NET):
            library.unshare(NEW_USER | NEW_NET)


def _limit_files() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
