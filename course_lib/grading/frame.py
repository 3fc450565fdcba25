"""A student's answers in the teacher's frame: two notebooks become one list of steps."""

import json
import re
import symtable
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

MARKER = re.compile(r"\s*### (BEGIN|END) HIDDEN TESTS\s*$")
LARGEST_SUBMISSION = 50_000_000  # bytes


@dataclass(frozen=True)
class Step:
    """One cell to run.

    Attributes
    ----------
    role : {"frame", "answer", "test"}
        The teacher's own cell, a student's, or the teacher's test with its hidden part.
    source : str
    question : str
        The question that an answer or a test belongs to; empty for a frame's cell and for a cell that a student added.
    grade_id : str
        Of a test.
    keep : tuple of str
        Of a test: the names that the question asks for.
    hidden : bool
        Whether a test is the part that students do not see; it runs after the part that they do.
    """

    role: str
    source: str
    question: str = ""
    grade_id: str = ""
    keep: tuple[str, ...] = ()
    hidden: bool = False


def read_submission(path: Path) -> list[dict]:
    """The code cells of a student's notebook, whatever else is wrong with it.

    Raises
    ------
    ValueError
        If it is no notebook; the message says why.
    """
    if path.stat().st_size > LARGEST_SUBMISSION:
        raise ValueError(f"larger than {LARGEST_SUBMISSION / 1e6:.0f} MB")
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError("not a notebook: it cannot be read as JSON") from error
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise ValueError("not a notebook: it has no list of cells")
    return [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def questions(solution: list[dict]) -> dict[str, list[dict]]:
    """The tests of each question; a question is named after the solution cell before its tests.

    Raises
    ------
    ValueError
        If a cell is to be graded by hand, or a test stands before any answer.
    """
    found: dict[str, list[dict]] = defaultdict(list)
    question = ""
    for cell in solution:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if nbgrader.get("grade") and (nbgrader.get("solution") or not question):
            raise ValueError(
                f"solution: cell {nbgrader['grade_id']!r} is graded, but is no test of the answer before it"
            )
        if nbgrader.get("solution"):
            question = nbgrader["grade_id"]
        elif nbgrader.get("grade"):
            found[question].append(cell)
    return dict(found)


def steps(solution: list[dict], submission: list[dict]) -> list[Step]:
    """The solution's cells in their order, with the student's answers in the place of the solution's.

    A cell that the student added stays where it stands; one that was copied or split stays whole, each part in turn;
    the student's versions of locked cells and tests are not used.
    """
    answers, added = _written_by_student(solution, submission)
    tests = questions(solution)
    of_test = {grade_id(cell): question for question, cells in tests.items() for cell in cells}
    result = [Step("answer", source) for source in added[-1]]
    keep: tuple[str, ...] = ()
    pending: list[str] = []
    for position, cell in enumerate(solution):
        name, nbgrader = grade_id(cell), cell["metadata"].get("nbgrader", {})
        if nbgrader.get("solution"):
            keep = (keep if pending else ()) + _bound(source_of(cell))
            pending.append(name)
            result += [Step("answer", source, question=name) for source in answers[name]]
        elif nbgrader.get("grade"):
            pending = []
            parts = enumerate(seen_and_hidden(source_of(cell)))
            result += [Step("test", part, of_test[name], name, keep, bool(n)) for n, part in parts if part.strip()]
        else:
            result.append(Step("frame", source_of(cell)))
        result += [Step("answer", source) for source in added[position]]
    return result


def seen_and_hidden(source: str) -> tuple[str, str]:
    """The part of a test that students see, and the part between nbgrader's markers."""
    parts: tuple[list[str], list[str]] = ([], [])
    inside = False
    for line in source.splitlines():
        if MARKER.match(line):
            inside = "BEGIN" in line
        else:
            parts[inside].append(line)
    seen, hidden = ("\n".join(part) for part in parts)
    return seen, hidden


def grade_id(cell: dict) -> str:
    """nbgrader's name of a cell; empty where it has none."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(nbgrader.get("grade_id", "")) if isinstance(nbgrader, dict) else ""


def source_of(cell: dict) -> str:
    """A cell's text; notebooks store it whole or in lines."""
    source = cell.get("source", "")
    return "".join(str(line) for line in source) if isinstance(source, list) else str(source)


def _written_by_student(solution: list[dict], submission: list[dict]) -> tuple[dict, dict]:
    """Answers by grade id, and added cells by the position of the solution's cell that they follow (-1: none)."""
    by_name = {grade_id(cell): position for position, cell in enumerate(solution) if grade_id(cell)}
    by_source = {source_of(cell).strip(): position for position, cell in enumerate(solution) if not grade_id(cell)}
    answers, added, position = defaultdict(list), defaultdict(list), -1
    for cell in submission:
        name, source = grade_id(cell), source_of(cell)
        if name in by_name:
            position = by_name[name]
            if solution[position]["metadata"]["nbgrader"].get("solution"):
                answers[name].append(source)
        elif source.strip() in by_source:
            position = by_source[source.strip()]
        elif source.strip():
            added[position].append(source)
    return answers, added


def _bound(source: str) -> tuple[str, ...]:
    """Names that a cell binds at its top level."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return tuple(symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported())
