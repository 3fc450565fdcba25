"""From a notebook to the pieces that slides are made of: headings, paragraphs, code that prints, tables, pictures."""

import ast
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from nbformat import NotebookNode
from PIL import Image

from tools.slides import measure, tables

HEADING = re.compile(r"(#{1,3}) +(.+)")
QUESTION = re.compile(r"\*predict first\*[:,]", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.?!]) +(?=[*`(]*[A-Z])")
LONGEST = 7  # lines of one paragraph
MOST_LINES = 13  # of prose on a slide: more is a page, not a slide
MOST_CODE = 22  # lines of code above what it prints


@dataclass(frozen=True)
class Piece:
    """Something that is not parted again.

    Attributes
    ----------
    kind : str
        "heading", "prose", "question", "code", "table", "picture" or "notes".
    text : str
        Markdown, or the code that is seen.
    place : str
        The slide tag that the cell has in its source; "" where it has none.
    printed : str
        What a cell printed; at a picture the explorer's sentence.
    code : str
        Behind the key C.
    live : bool
        Whether it shows something in a running notebook only.
    """

    kind: str
    text: str = ""
    place: str = ""
    level: int = 0
    printed: str = ""
    code: str = ""
    table: tables.Table | None = None
    png: str = ""
    alt: str = ""
    live: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a picture in px."""
        with Image.open(BytesIO(b64decode(self.png))) as picture:
            return picture.size


def pieces(notebook: NotebookNode, own: list[str]) -> list[Piece]:
    """The notebook's pieces in order; `own` is the tag that each cell has in its source, "" for none."""
    found: list[Piece] = []
    waiting = ""  # code of cells that show nothing
    for cell, place in zip(notebook.cells, own, strict=True):
        if place == "skip" or is_setup(cell):
            continue
        if place == "notes":
            found.append(Piece("notes", cell.source, place))
        elif cell.cell_type == "code" and not shows(cell):
            waiting = _joined(waiting, _compact(cell.source))
        else:
            new = list(of_prose(cell.source) if cell.cell_type == "markdown" else of_code(cell, waiting))
            rest = "-" if place in ("-", "fragment") else ""
            new = [_placed(piece, rest if at else place) for at, piece in enumerate(new)]
            if waiting and cell.cell_type == "markdown":
                _hand_over(waiting, found, new)
            waiting = ""
            found += new
    if waiting:
        _hand_over(waiting, found, [])
    return found


def _placed(piece: Piece, place: str) -> Piece:
    """The piece with its cell's tag; a heading that is to stay on the slide before it begins none."""
    if piece.kind == "heading" and place in ("-", "fragment"):
        return Piece("prose", f"{'#' * piece.level} {piece.text}", place)
    return replace(piece, place=place)


def _hand_over(code: str, before: list[Piece], after: list[Piece]) -> None:
    """Put the code of cells that show nothing behind the next piece of the section, else behind the last one."""
    if after and after[0].kind != "heading":
        after[0] = replace(after[0], code=code)
    elif before and before[-1].kind not in ("heading", "notes"):
        before[-1] = replace(before[-1], code=_joined(before[-1].code, code))
    else:
        before.append(Piece("code", code))


def is_setup(cell: NotebookNode) -> bool:
    """Whether a cell only prepares: parameters, imports, the course's style."""
    if cell.cell_type != "code":
        return False
    if "parameters" in cell.metadata.get("tags", []) or "plotting.use()" in cell.source:
        return True
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(cell.source).body)


def shows(cell: NotebookNode) -> bool:
    """Whether a code cell has something to see, on the page or in a running notebook."""
    return bool(cell.outputs) or is_live(cell)


def is_live(cell: NotebookNode) -> bool:
    """Whether it is an explorer that left no picture on the page."""
    return not cell.outputs and cell.source.startswith("explorers.")


def of_prose(source: str) -> Iterator[Piece]:
    """Headings, paragraphs, lists, tables and formulas of Markdown, each no longer than a slide."""
    for block in blocks(source):
        if heading := HEADING.fullmatch(block):
            yield Piece("heading", heading[2].strip(), level=len(heading[1]))
        elif asked := QUESTION.search(block):
            yield from (Piece("prose", part) for part in parted(block[: asked.start()].strip()) if part)
            yield Piece("question", block[asked.start() :])
        else:
            yield from (Piece("prose", part) for part in parted(block))


def blocks(source: str) -> list[str]:
    """Markdown parted at blank lines and at headings.

    >>> blocks("## Why\\nBecause.\\n\\n- one\\n- two")
    ['## Why', 'Because.', '- one\\n- two']
    """
    apart = re.sub(r"^(#{1,3} .+)$", r"\n\1\n", source, flags=re.MULTILINE)
    return [block.strip() for block in re.split(r"\n\s*\n", apart) if block.strip()]


def parted(block: str) -> list[str]:
    """A block that is too long to be read from afar, parted: a list at its items, a paragraph at its sentences."""
    longest = measure.prose_lines(block)
    if block.startswith(("|", "$$", "```")) or longest <= LONGEST:
        return [block]
    if measure.BULLET.match(block) and longest <= MOST_LINES - 2:
        return [block]
    if measure.BULLET.match(block):
        return measure.ITEM.split(block)
    sentences, parts = SENTENCE.split(block.replace("\n", " ")), -(-longest // LONGEST)
    ends = [sum(map(len, sentences[: number + 1])) for number in range(len(sentences))]
    share = [min(int(parts * (end - 1) / ends[-1]), int(parts) - 1) for end in ends]
    return [" ".join(s for s, at in zip(sentences, share, strict=True) if at == part) for part in sorted(set(share))]


def of_code(cell: NotebookNode, waiting: str) -> Iterator[Piece]:
    """A code cell's pictures and tables; without those, its code with what it prints."""
    printed, own = _printed(cell), _compact(cell.source)
    code = _joined(waiting, own)
    seen = [piece for output in cell.outputs if output.output_type != "stream" for piece in _seen(output, code)]
    if seen:
        first = seen[0]
        seen[0] = replace(first, printed=_joined(printed, first.printed))
        yield from seen
    elif code.count("\n") < MOST_CODE:
        yield Piece("code", code, printed=printed, live=is_live(cell))
    else:
        yield Piece("code", own, printed=printed, code=waiting, live=is_live(cell))


def _seen(output: NotebookNode, code: str) -> list[Piece]:
    if "image/png" in output.data:
        about = output.metadata.get("image/png", {})
        sentence = output.data.get("text/plain", "") if output.output_type == "execute_result" else ""
        return [Piece("picture", printed=sentence, code=code, png=output.data["image/png"], alt=about.get("alt", ""))]
    if "text/html" in output.data:
        parts = tables.read(output.data["text/html"]).parted(measure.HEIGHT - 60)
        return [Piece("table", code=code, table=part) for part in parts]
    return []


def _printed(cell: NotebookNode) -> str:
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    rich = [bool({"image/png", "text/html"} & output.get("data", {}).keys()) for output in cell.outputs]
    return "\n".join(text.rstrip() for text, seen in zip(texts, rich, strict=True) if text and not seen)


def _compact(source: str) -> str:
    """Code with one blank line where there are more."""
    return re.sub(r"\n{3,}", "\n\n", source)


def _joined(one: str, other: str) -> str:
    return "\n\n".join(filter(None, [one, other]))
