"""What a student sees when a check passes or fails.

::

    with check("jaccard", hint="Union is a | b, not a + b."):
        expect(jaccard(a, b), 1 / 3)

A wrong answer raises, because nbgrader gives a cell that does not raise its full points; what it raises reads as a
message, not as a traceback.
"""

import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from course_lib.comparison import Unexpected, expect

__all__ = ["CheckFailed", "Unexpected", "check", "expect"]

TONES = {"passed": "#098662", "failed": "#BE4700", "waiting": "#7A8794"}


class CheckFailed(AssertionError):
    """A check did not pass; its message is complete in a terminal, and a box in a notebook."""

    def __init__(self, name: str, problem: str, hint: str = ""):
        self.name, self.problem, self.hint = name, problem, hint
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        return [f"✗ {self.name}", *self.problem.splitlines(), *([f"Hint: {self.hint}"] if self.hint else [])]

    def _render_traceback_(self) -> list[str]:
        """Give IPython the message in place of a traceback through the course's own code."""
        red, plain = "\x1b[1;31m", "\x1b[0m"
        first, *rest = self._lines()
        return [f"{red}{first}{plain}", *(f"  {line}" for line in rest)]


@contextmanager
def check(name: str, hint: str = "") -> Iterator[None]:
    """Run the lines of a check and say kindly what came of them.

    Parameters
    ----------
    name : str
        Of the function or value that is checked.
    hint : str
        Shown when the check fails.

    Raises
    ------
    CheckFailed
        If an `expect` inside does not hold, or the student's code raises. A NotImplementedError from the student's own
        lines is no failure: the question has not been attempted, and the notebook goes on.

    Examples
    --------
    >>> with check("two"):
    ...     expect(1 + 1, 2)
    ✓ two
    """
    problem = None
    try:
        yield
    except Unexpected as wrong:
        problem = str(wrong)
    except Exception as raised:
        if isinstance(raised, NotImplementedError) and _is_own(traceback.extract_tb(raised.__traceback__)[-1]):
            _say("waiting", f"○ {name}: not attempted yet (if you have, run the cell above again)")
            return
        problem = _explain(raised)
    if problem is not None:
        raise CheckFailed(name, problem, hint) from None
    _say("passed", f"✓ {name}")


def _explain(raised: Exception) -> str:
    """Say what was raised, and where in the student's own code."""
    message = f"{type(raised).__name__}: {raised}" if str(raised) else type(raised).__name__
    if isinstance(raised, NameError):
        message += "; has the cell above been run, and without an error?"
    place = _place(raised)
    return f"your code raised {message}" + (f"\n({place})" if place else "")


def _place(raised: Exception) -> str:
    """Return the innermost line of the notebook's own code: not of the check, nor of a library it calls."""
    own = [frame for frame in traceback.extract_tb(raised.__traceback__) if _is_own(frame)]
    inside = [frame for frame in own if not frame.name.startswith(("<module", "<cell"))]
    if not inside:
        return ""
    frame = inside[-1]
    return f"in {frame.name}, line {frame.lineno} of its cell" + (f": {frame.line}" if frame.line else "")


def _is_own(frame: traceback.FrameSummary) -> bool:
    others = (
        Path(__file__).parent,
        Path(sysconfig.get_path("stdlib")),
    )  # the latter holds site-packages outside a venv
    folders = Path(frame.filename).parents
    installed = any(folder.name == "site-packages" for folder in folders)
    return not installed and not frame.filename.startswith("<frozen") and not any(other in folders for other in others)


class _Verdict:
    """One line: colored in a notebook, plain in a terminal."""

    def __init__(self, tone: str, line: str):
        self.tone, self.line = tone, line

    def _repr_html_(self) -> str:
        style = f"border-left:4px solid {TONES[self.tone]};padding:4px 12px;font-weight:600"
        return f'<div role="status" style="{style}">{escape(self.line)}</div>'

    def __repr__(self) -> str:
        return self.line


def _say(tone: str, line: str) -> None:
    from IPython.display import display

    display(_Verdict(tone, line))
