"""A process for code that nobody trusts, under limits of time and memory."""

import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType

import psutil

from course_lib.grading.worker import serve

LOOK = 0.05  # seconds between two looks at the memory
PREPARED = ["IPython.core.interactiveshell", "lightning_fabric", "matplotlib.pyplot", "numpy.testing", "pandas"]
PREPARED += ["scipy.stats", "sklearn", "torch", "torchvision", "course_lib.checks"]
STARTING = threading.Lock()


class Stopped(Exception):
    """The process is gone; the message says why."""


class Tampered(Exception):
    """A test could no longer fail."""


class Process:
    """Runs cells one after another in a Python of its own; a context manager, at whose end nothing is left running.

    Parameters
    ----------
    folder : Path
        Where the code works.
    memory_limit_mb : float
        Of resident memory, for the process and its children together.
    hidden : sequence of Path
        Files and folders that the code may not read.

    Raises
    ------
    OSError
        If the system's folder for temporary files has too long a name for a socket (about 80 characters).
    """

    def __init__(self, folder: Path, memory_limit_mb: float, hidden: Sequence[Path] = ()) -> None:
        self._limit = memory_limit_mb
        context = _context()
        self._connection, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, str(folder), tuple(map(str, hidden))))
        try:
            with _main_put_aside():
                self._process.start()
        except OSError as problem:
            if "AF_UNIX path too long" not in str(problem):
                raise
            said = f"TMPDIR: {tempfile.gettempdir()} is too long a name for the socket of the answers' process"
            raise OSError(f"{said}; set TMPDIR to a folder with a shorter name") from None
        other.close()  # so that the death of the process is noticed here
        self._connection.recv_bytes()  # it is ready: imports count on no cell's time

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._connection.close()

    def run(self, source: str, role: str, keep: tuple[str, ...], seconds: float) -> str | None:
        """Run one cell; None, or what it raised.

        Raises
        ------
        Stopped
            If it took more than `seconds` or too much memory, or ended the process.
        Tampered
            If the cell is a test, and one that could not fail.
        """
        request = {"source": source, "role": role, "keep": keep}
        try:
            self._connection.send_bytes(json.dumps(request).encode())
            self._wait(seconds)
            # Bytes, not objects: unpickling what a student's process sends would run it here.
            answer = json.loads(self._connection.recv_bytes(1_000_000))
        except (OSError, EOFError):
            self._process.join(1)
            raise Stopped(f"ended the process (exit status {self._process.exitcode})") from None
        if answer["tampered"]:
            raise Tampered("changed the tools of the tests: they could no longer fail")
        return answer["error"]

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._connection.poll(LOOK):
            if time.monotonic() > end:
                raise Stopped(f"ran for more than {seconds:.3g} s")
            if self._memory() > self._limit:
                raise Stopped(f"took more than {self._limit:,.0f} MB of memory")

    def _memory(self) -> float:
        """Resident memory of the process and its children, in MB."""
        total = 0
        for process in self._family():
            try:
                total += process.memory_info().rss
            except psutil.Error:  # it ended meanwhile
                continue
        return total / 2**20

    def _family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self._process.pid)
            return [*parent.children(recursive=True), parent]
        except psutil.Error:  # it ended meanwhile
            return []

    def _kill(self) -> None:
        for process in self._family():
            try:
                process.kill()
            except psutil.Error:  # it ended meanwhile
                continue
        self._process.join()
        self._process.close()


def _context() -> BaseContext:
    """Where it is safe, each process is forked from one that has imported what takes long; elsewhere started afresh."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PREPARED)
    return context


@contextmanager
def _main_put_aside() -> Iterator[None]:
    """Keep multiprocessing from running the caller's script again in the new process, which has no use for it."""
    with STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
