"""Programs that are killed at chosen moments, run again, and compared with one that nothing happened to.

A moment is not a time but an event: a file that is opened for writing, renamed or removed, or a step of an optimizer.
So the same moments come back on every machine, and those between the writing of a file and its renaming are among
them. Where a file is opened the program may also die inside it, after so many bytes: the system ends a process that
writes more than it may (SIGXFSZ), as suddenly as SIGKILL does.
"""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tried

NIGHTLY = os.environ.get("COURSE_NIGHTLY") == "1"
MOMENTS = 20 if NIGHTLY else 3
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.rename": "rename", "os.remove": "remove"}
UNFINISHED = (".partial", ".part", ".part.json", ".lock")
CONTEXT = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
WATCHES: list["Watch"] = []  # of this process: none, or the one
PRELOADED = ["lightning_fabric", "sklearn.datasets", "scipy.stats", "requests", "filelock", "PIL.Image"]
PRELOADED += ["course_lib.chest_xray.classifier", "course_lib.brain_age.regression", "course_lib.cnn.small"]
PRELOADED += ["course_lib.intrinsic_dimension.learning", "course_lib.tsimcne.estimators", "course_lib.data.registry"]
PRELOADED += ["tools.build", "nbgrader.preprocessors", "course_lib.grading.classroom"]


@dataclass(frozen=True)
class Moment:
    """Right before the n-th event, or `size` bytes into the first file that outgrows them from that event on."""

    event: int
    size: int | None = None


class Watch:
    """Notes the events under a folder, in order, and ends the process when its moment has come."""

    def __init__(self, folder: Path, moment: Moment | None) -> None:
        self.folder, self.moment, self.events = str(folder) + os.sep, moment, []
        sys.addaudithook(self.hear)
        WATCHES.append(self)

    def hear(self, event: str, arguments: tuple) -> None:
        """An audit hook: Python tells it of files before it touches them."""
        if event not in CHANGES and not (event == "open" and arguments[2] & WRITING):
            return
        path = arguments[0]
        if isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.folder):
            size = f" {Path(path).stat().st_size}" if event == "os.rename" else ""
            self.note(CHANGES.get(event, event) + size)

    def note(self, name: str) -> None:
        """Count an event."""
        if self.moment is not None and len(self.events) == self.moment.event:
            if self.moment.size is None:
                os.kill(os.getpid(), signal.SIGKILL)
            _grow_no_file_beyond(self.moment.size)
        self.events.append(name)


def step() -> None:
    """A program says that it has come a little further: an event like others."""
    WATCHES[-1].note("step")


def _grow_no_file_beyond(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _run(program: Callable, folder: Path, arguments: tuple, moment: Moment | None, told: Path) -> None:
    """What the process does."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it at first
    watch = Watch(folder, moment)
    from torch.optim.optimizer import register_optimizer_step_post_hook

    register_optimizer_step_post_hook(lambda *_: step())
    program(folder, *arguments)
    events = list(watch.events)
    told.write_text(json.dumps(events))


def start(program: Callable, folder: Path, arguments: tuple = (), moment: Moment | None = None):
    """A program in a process of its own, begun; `program(folder, *arguments)` is a function of a module."""
    CONTEXT.set_forkserver_preload(PRELOADED)  # so that each start takes moments
    folder.mkdir(parents=True, exist_ok=True)
    told = folder.with_name(f"{folder.name}.events")
    process = CONTEXT.Process(target=_run, args=(program, folder, arguments, moment, told))
    process.start()
    return process


def run(program: Callable, folder: Path, arguments: tuple = (), moment: Moment | None = None) -> int:
    """The program's exit status; negative for the signal that ended it."""
    if moment is not None:
        tried.once()
    process = start(program, folder, arguments, moment)
    process.join()
    return process.exitcode


def undisturbed(program: Callable, folder: Path, arguments: tuple = ()) -> list[str]:
    """Run a program to its end; the events it went through."""
    assert run(program, folder, arguments) == 0
    return json.loads(folder.with_name(f"{folder.name}.events").read_text())


def moments(events: Sequence[str], seed: int, first: int = 0) -> list[Moment]:
    """Random moments, from event `first` on: MOMENTS of them.

    One at least is right before a renaming, and every third in the middle of a file.
    """
    chance = np.random.default_rng(seed)
    renames = [n for n in range(first, len(events)) if events[n].startswith("rename")]
    chosen = [Moment(int(chance.choice(renames)))]
    while len(chosen) < MOMENTS:
        event, renamed = int(chance.integers(first, len(events))), int(chance.choice(renames))
        if len(chosen) % 3 == 1:
            before = max((n for n in renames if n < renamed), default=first)
            size = int(events[renamed].split()[1])  # of the file; it was begun after the renaming before
            chosen.append(Moment(events.index("open", before), int(chance.integers(size))))
        else:
            chosen.append(Moment(event))
    return chosen


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but locks, by its name from there."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def finished(folder: Path) -> dict[str, bytes]:
    """What stands under a final name."""
    return {name: content for name, content in files(folder).items() if not name.endswith(UNFINISHED)}


def assert_survived(
    program: Callable,
    whole: Path,
    killed: Path,
    moment: Moment,
    arguments: tuple = (),
    sound: Callable[[Path], bool] = lambda path: False,
) -> None:
    """Kill a program in the folder `killed`, run it again, and compare with the folder of the undisturbed run.

    Parameters
    ----------
    sound : callable(path) -> bool
        True for a whole file of a kind that changes as the program goes on, or that is another in every folder; it
        raises where such a file is damaged. All others have to be what they are in the end, or not to be there.
    """
    expected = finished(whole)
    assert run(program, killed, arguments, moment) in (-signal.SIGKILL, -signal.SIGXFSZ)
    for name, content in finished(killed).items():
        assert sound(killed / name) or content == expected[name], f"{name} is half-written"
    assert run(program, killed, arguments) == 0
    came = files(killed)
    assert len(came) == len(expected)
    for name, content in came.items():
        assert sound(killed / name) or content == expected[name], f"{name} is another after the rerun"
