"""Inside the process that runs a student's code: one shell, and a guard over the tools that the tests use."""

import importlib
import json
import os
import select
import shutil
import sys
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

from course_lib.grading.fence import put_up

GUARDED = {"builtins", "math", "operator", "numpy", "numpy.linalg", "numpy.testing"}
GUARDED |= {"torch", "torch.linalg", "torch.nn.functional", "torch.testing"}

# Each of these must fail. One that passes shows that a test could no longer fail either.
CANARIES = (
    "assert False",
    "raise NotImplementedError",
    "from course_lib.checks import expect as _expect; _expect(0, 1)",
    "from course_lib.checks import expect as _expect; _expect(1.0, float('nan'))",
    "import numpy as _np; from course_lib.checks import expect as _expect; _expect(_np.zeros(3), _np.ones(3))",
    "import numpy as _np; from course_lib.checks import expect as _expect; _expect(_np.zeros(3), _np.zeros(4))",
    "import numpy as _np; _np.testing.assert_allclose(_np.zeros(2), _np.ones(2))",
    "from course_lib.checks import check as _check, expect as _expect\nwith _check('guard'):\n    _expect(0, 1)",
)


def serve(connection: Connection, folder: str, hidden: tuple[str, ...] = ()) -> None:
    """Run the cells that come over `connection`, in `folder`, until it closes; answer each with what went wrong.

    The process is fenced in: see `fence.put_up`, also for `hidden`.
    """
    os.chdir(folder)
    os.environ |= {"MPLBACKEND": "agg", "IPYTHONDIR": folder}  # no windows, none of the user's settings
    bench = Bench()
    _silence()
    _leave_with(connection, Path(folder))
    put_up(Path(folder), [Path(each) for each in hidden])
    connection.send_bytes(b"ready")
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(json.dumps(bench.run(**request)).encode())


def _leave_with(connection: Connection, folder: Path) -> None:
    """End this process, in the middle of a cell too, once nobody is at the other end; remove its folder.

    A grader that was killed can end nobody: an answer that loops would run on for ever, its memory unwatched.
    """
    if not hasattr(select, "poll"):  # Windows
        return
    other_end, leave, remove = select.poll(), os._exit, shutil.rmtree
    other_end.register(connection.fileno(), 0)  # nothing but the hang-up

    def watch() -> None:
        other_end.poll()
        remove(folder, ignore_errors=True)
        leave(1)

    threading.Thread(target=watch, daemon=True).start()


class Bench:
    """A shell whose frame can be put back in place before a test.

    `trusted` holds what the frame's own cells bound, `tools` the functions, classes and modules inside the guarded
    modules as they were after the last of those cells.
    """

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        self.shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
        self.shell.showtraceback = lambda *_, **__: None  # nobody reads it, and an exception may fake its own
        self.shell._tee = lambda channel: nullcontext()  # IPython 9 would keep all that is printed in memory
        self.shell.enable_gui = lambda *_, **__: None  # %matplotlib has no window to open here
        self.trusted: dict[str, object] = {}
        self.tools: dict[str, tuple[ModuleType, dict[str, object]]] = {}
        importlib.import_module("numpy.testing")
        importlib.import_module("course_lib.checks")
        self._guard()

    def run(self, source: str, role: str, keep: Iterable[str]) -> dict[str, object]:
        """Run one cell.

        Parameters
        ----------
        source : str
        role : {"frame", "answer", "test"}
            A test runs after the frame has been put back in place, and only if a test can still fail.
        keep : iterable of str
            The names that the question asks for: they stay as the student bound them.

        Returns
        -------
        dict
            `error` (a sentence, or None) and `tampered`.
        """
        if role == "test":
            return self._test(source, frozenset(keep))
        before = self.shell.user_ns.copy()
        error = self._error(source)
        if role == "frame":
            names = self.shell.user_ns.items()
            self.trusted |= {name: value for name, value in names if before.get(name, before) is not value}
            self._guard()
        return {"error": error, "tampered": False}

    def _test(self, source: str, keep: frozenset[str]) -> dict[str, object]:
        self._put_back(keep)
        if not self._can_fail():
            return {"error": None, "tampered": True}
        self._put_back(keep)
        error = self._error(source)
        return {"error": error, "tampered": not self._can_fail()}

    def _can_fail(self) -> bool:
        return all(self._error(canary) for canary in CANARIES)

    def _error(self, source: str) -> str | None:
        """Run a cell; what it raised, in a line, whatever that is."""
        try:
            result = self.shell.run_cell(source)
            raised = result.error_before_exec or result.error_in_exec
        except BaseException as error:  # a student's exception may break the shell that reports it
            raised = error
        if raised is None:
            return None
        try:
            return f"{type(raised).__name__}: {raised}"[:1000]
        except BaseException:  # … and may raise when asked what it says
            return type(raised).__name__

    def _guard(self) -> None:
        """Remember the tools of guarded modules that are new; those of the others stay as first seen."""
        for name, module in list(sys.modules.items()):
            if name not in self.tools and (name in GUARDED or name.partition(".")[0] == "course_lib"):
                kept = {key: value for key, value in module.__dict__.items() if _is_tool(value) and key != "_"}
                self.tools[name] = (module, kept)

    def _put_back(self, keep: frozenset[str]) -> None:
        # No built-in function is called before the built-in functions are back.
        for name, (module, kept) in self.tools.items():
            sys.modules[name] = module
            present = module.__dict__
            for key, value in kept.items():
                if present.get(key) is not value:
                    present[key] = value
        for name, value in self.trusted.items():
            if name not in keep:
                self.shell.user_ns[name] = value


def _is_tool(value: object) -> bool:
    return callable(value) or isinstance(value, ModuleType)


def _silence() -> None:
    """No keyboard and no screen: what a student prints can fill no pipe."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdin, sys.stdout, sys.stderr = (open(os.devnull, mode) for mode in ("r", "w", "w"))  # noqa: PTH123, SIM115
    if "matplotlib" in sys.modules:
        importlib.import_module("matplotlib").use("agg")
