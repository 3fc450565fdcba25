"""What may be wrong with a generated notebook: each function returns its findings, no sentence where all is well."""

import base64
import copy
import io
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from tools.convert import to_text

LONGEST_CELL, LARGEST_FILE, FINEST_IMAGE = 15, 1_500_000, 80
MACHINE_PATH = re.compile(r"(?<![\w.:/])(?:/home|/root|/Users|/tmp|/var|[A-Z]:\\)[/\\]\S+")
REGIONS = re.compile(r"BEGIN (SOLUTION|HIDDEN TESTS).*?\n((?s:.*?))^.*END \1", re.MULTILINE)
SHORTEST_LEAK = 12


def differences(committed: NotebookNode, generated: NotebookNode) -> list[str]:
    """Where two notebooks differ, outputs and execution counts aside."""
    old, new = _skeleton(committed), _skeleton(generated)
    found = [f"metadata {key!r} is not what the source gives" for key in _unequal(old["metadata"], new["metadata"])]
    if len(old["cells"]) != len(new["cells"]):
        found.append(f"{len(old['cells'])} cells, the source gives {len(new['cells'])}")
    for number, (one, other) in enumerate(zip(old["cells"], new["cells"], strict=False), start=1):
        if unequal := _unequal(one, other):
            found.append(f"cell {number}: {', '.join(unequal)} not as the source gives ({_beginning(other)})")
    return found


def long_cells(source: NotebookNode) -> list[str]:
    """Code cells that do not fit on a slide; blank lines and comments are not counted."""
    found = []
    for number, cell in _code(source):
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if len(lines) > LONGEST_CELL:
            found.append(f"cell {number}: {len(lines)} lines, at most {LONGEST_CELL} are allowed ({_beginning(cell)})")
    return found


def execution(executed: NotebookNode) -> list[str]:
    """Cells that were never run or failed, outputs still live or wordless, and traces of the machine they ran on."""
    found = []
    for number, cell in _code(executed):
        if cell.source.strip() and cell.execution_count is None:
            found.append(f"cell {number}: was not executed ({_beginning(cell)})")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {number}: {output.ename}: {output.evalue}")
            if any(kind.startswith("application/vnd.jupyter.widget") for kind in output.get("data", {})):
                found.append(f"cell {number}: a live widget was stored")
            if "image/png" in output.get("data", {}) and not output.metadata.get("image/png", {}).get("alt"):
                found.append(f"cell {number}: a picture without words: draw it by plotting.figure ({_beginning(cell)})")
            found += [f"cell {number}: path of a machine: {path}" for path in MACHINE_PATH.findall(_text(output))]
    return found


def weight(executed: NotebookNode) -> list[str]:
    """A file or a picture too large for a page on the web."""
    size = len(to_text(executed).encode())
    found = [f"{size:,} bytes, at most {LARGEST_FILE:,} are allowed"] if size > LARGEST_FILE else []
    for number, cell in _code(executed):
        for output in cell.outputs:
            dpi = _dpi(output.get("data", {}).get("image/png"))
            if dpi > FINEST_IMAGE + 0.5:
                found.append(f"cell {number}: a picture at {dpi:.0f} dpi, at most {FINEST_IMAGE} are allowed")
    return found


def leaks(solution: NotebookNode, exercise: NotebookNode) -> list[str]:
    """Lines of a solution or a hidden test that a student could read.

    Lines that the author also shows outside those regions, and those too short to tell anything, are not counted.
    """
    shown = {_normal(line) for cell in solution.cells for line in REGIONS.sub("", cell.source).splitlines()}
    hidden = {
        (name.lower(), _normal(line))
        for cell in solution.cells
        for name, body in REGIONS.findall(cell.source)
        for line in body.splitlines()
    }
    text = _normal("\n".join(cell.source for cell in exercise.cells))
    return [
        f"a line of a {name.rstrip('s')} can be read: {line}"
        for name, line in sorted(hidden)
        if len(line) >= SHORTEST_LEAK and line not in shown and line in text
    ]


def _code(source: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    return ((number, cell) for number, cell in enumerate(source.cells, start=1) if cell.cell_type == "code")


def _skeleton(source: NotebookNode) -> dict:
    result = copy.deepcopy(source)
    for cell in result.cells:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    return result


def _unequal(one: dict, other: dict) -> list[str]:
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def _beginning(cell: dict) -> str:
    return cell["source"].strip().split("\n")[0][:60]


def _normal(line: str) -> str:
    return " ".join(line.split())


def _text(output: NotebookNode) -> str:
    data = output.get("data", {})
    return "\n".join([output.get("text", ""), *(data[kind] for kind in data if kind.startswith("text/"))])


def _dpi(png: str | None) -> float:
    """Resolution noted in a PNG; 0 where there is none."""
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(png))).info.get("dpi", (0, 0))[0] if png else 0
