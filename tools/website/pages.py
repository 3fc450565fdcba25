"""From a committed notebook to a page of the website: pure functions, notebook in, notebook out."""

import copy
import re

from nbformat import NotebookNode

from tools.website.terms import Term, linked

HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
LITERATURE = re.compile(r"^## References", re.MULTILINE)
CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)


def page(notebook: NotebookNode, name: str, terms: list[Term], notice: str) -> NotebookNode:
    """The notebook as a page.

    Headings get anchors that a picture of the gallery can lead to, pictures their alternative text, wide tables a frame
    that scrolls by keyboard, and the first mention of each term of the glossary a link to it.

    Parameters
    ----------
    notebook : NotebookNode
        A committed notebook; it is not changed.
    name : str
        Such as "05_intrinsic_dimension".
    terms : list of Term
        Of the glossary.
    notice : str
        Markdown that stands under the title.

    Raises
    ------
    ValueError
        If the first cell has no title, or a cell shows two pictures with words of their own.
    """
    result = copy.deepcopy(notebook)
    waiting, number = list(terms), 0
    for cell in result.cells:
        cell.metadata.pop("slideshow", None)
        if cell.cell_type == "markdown":
            waiting = [] if LITERATURE.search(cell.source) else waiting  # titles of papers are no prose
            cell.source, waiting = linked(cell.source, waiting)
            cell.source, number = _anchored(cell.source, name, number)
        elif cell.cell_type == "code":
            _described(cell)
            _framed(cell)
    _insert_notice(result, notice)
    return result


def anchor(name: str, number: int) -> str:
    """The anchor of a lecture's heading.

    >>> anchor("05_intrinsic_dimension", 3)
    'lecture-05-3'
    """
    return f"lecture-{name.split('_')[0]}-{number}"


def alternative_text(output: NotebookNode) -> str:
    """What an output's picture says to those who do not see it; empty where it has none."""
    return output.get("metadata", {}).get("image/png", {}).get("alt", "")


def pictures(notebook: NotebookNode, name: str) -> list[dict]:
    """Every picture of a notebook in its order: `png` (base64), `alt`, `anchor` of the heading it stands under."""
    found, number = [], 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            number += len(HEADING.findall(cell.source))
        elif cell.cell_type == "code":
            found += [
                {"png": output.data["image/png"], "alt": alternative_text(output), "anchor": anchor(name, number)}
                for output in cell.outputs
                if "image/png" in output.get("data", {})
            ]
    return found


def _anchored(source: str, name: str, number: int) -> tuple[str, int]:
    count = number

    def with_target(match: re.Match) -> str:
        nonlocal count
        count += 1
        return f"({anchor(name, count)})=\n{match[0]}"

    return HEADING.sub(with_target, source), count


def _described(cell: NotebookNode) -> None:
    words = {alternative_text(output) for output in cell.outputs if "image/png" in output.get("data", {})}
    if len(words) > 1:
        raise ValueError(
            f"notebook: a cell with two pictures, whose words a page cannot tell apart: {cell.source[:60]}"
        )
    if words:
        cell.metadata["mystnb"] = {"image": {"alt": words.pop()}}


def _framed(cell: NotebookNode) -> None:
    """A table wider than the page scrolls in a frame of its own, which has a name and can be reached by keyboard."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "<table" in data.get("text/html", ""):
            caption = CAPTION.search(data["text/html"])
            name = re.sub(r"<[^>]+>|\"", "", caption[1]) if caption else "Table"
            frame = f'<div class="frame" role="group" tabindex="0" aria-label="{name}">'
            data["text/html"] = f"{frame}{data['text/html']}</div>"


def _insert_notice(result: NotebookNode, notice: str) -> None:
    first = result.cells[0]
    if not re.search(r"^# .+$", first.source, re.MULTILINE):
        raise ValueError(f"notebook: its first cell has no title: {first.source[:60]!r}")
    first.source = re.sub(r"^# .+$", lambda title: f"{title[0]}\n\n{notice}", first.source, count=1, flags=re.MULTILINE)


def promoted(notebook: NotebookNode) -> NotebookNode:
    """The notebook with third-level headings one level up: an exercise has no second level, which no page may skip."""
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"^###(#*) ", r"##\1 ", cell.source, flags=re.MULTILINE)
    return result
