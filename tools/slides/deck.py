"""From slides to a page: a notebook whose cells are the pieces, exported by nbconvert with the course's template."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from tools import convert
from tools.slides import layout, measure, sharing
from tools.slides.assets import TEMPLATE
from tools.slides.pieces import Piece, of_prose, pieces

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|mailto:|#)([^)\s]+)\)")
DECK = re.compile(r"(?:\.\./notebooks/)?(\d\d_\w+)\.ipynb")


def deck(executed: NotebookNode, own: list[str]) -> NotebookNode:
    """The notebook cut into slides: a cell for each piece, with its slide tag and, under `deck`, how it is shown.

    Parameters
    ----------
    executed : notebook with outputs
    own : list of str
        The tag that each cell has in its source, "" for none (`own_tags`).
    """
    cut = layout.slides(pieces(executed, own))
    result = new_notebook(cells=[cell for slide in cut for cell in cells_of(slide)])
    result.metadata = NotebookNode(executed.metadata, title=title(executed))
    return result


def title(notebook: NotebookNode) -> str:
    """The first heading of a notebook."""
    return measure.plain(next(of_prose(notebook.cells[0].source)).text)


def own_tags(source: NotebookNode) -> list[str]:
    """The slide tags that the cells of an unexecuted notebook bring along from the script."""
    return [cell.metadata.get("slideshow", {}).get("slide_type", "") for cell in source.cells]


def cells_of(slide: layout.Slide) -> list[NotebookNode]:
    """The cells of one slide: its heading, its pieces, and the code behind the key."""
    text = slide.heading.text if slide.heading else slide.running
    level = slide.heading.level if slide.heading else 0
    code = "\n\n".join(dict.fromkeys(piece.code for piece in slide.pieces if piece.code))
    head = {"level": level, "layout": _layout(slide), "code": bool(code)}
    cells = [_cell(new_markdown_cell(text), "heading", slide.place, **head)]
    if code:
        size = measure.code_size(code, measure.HEIGHT - 40)
        cells.append(_cell(new_code_cell(code), "listing", size=size))
    return cells + (_with_picture(slide) if slide.picture else _flow(slide.pieces, slide.scale))


def _layout(slide: layout.Slide) -> str:
    """ "under" or "beside" where there is a picture, "asks" where nothing but a question stands, else "text"."""
    if slide.picture:
        return slide.picture.layout
    asks = all(piece.kind == "question" or piece.live for piece in slide.pieces)
    return "asks" if asks and not slide.heading else "text"


def _with_picture(slide: layout.Slide) -> list[NotebookNode]:
    """A lead above, the picture, and in one box what was said and the prose after it, which comes with the next key."""
    at = len(slide.pieces) - slide.after - 1
    picture, after = slide.pieces[at], slide.pieces[at + 1 :]
    shown = new_code_cell(outputs=[_png(picture, slide)])
    size = {"width": slide.picture.width, "height": slide.picture.height}
    cells = [*_flow(slide.pieces[:at], 1, measure.SIDE), _cell(shown, "picture", **size)]
    texts = [_cell(new_markdown_cell(picture.printed), "said")] if picture.printed else []
    if after:
        texts += _flow(after, 1, measure.SIDE)
        texts[1 if picture.printed else 0].metadata.slideshow.slide_type = "fragment"
    if texts:
        texts[0].metadata.deck.opens, texts[-1].metadata.deck.closes = True, True
    return [*cells, *texts]


def _flow(group: list[Piece], scale: float, size: int = 0) -> list[NotebookNode]:
    """Pieces one below the other; neighboring paragraphs in one cell, in a font of `size` px where it is given."""
    cells: list[NotebookNode] = []
    paragraphs: list[Piece] = []
    for piece in [*group, None]:
        if paragraphs and (not piece or piece.kind != "prose" or piece.place == "fragment"):
            tag = "fragment" if paragraphs[0].place == "fragment" else "-"
            text, font = _markdown(paragraphs), size or sharing.font(paragraphs[0], scale)
            cells.append(_cell(new_markdown_cell(text), "prose", tag, size=font))
            paragraphs = []
        if piece and piece.kind == "prose":
            paragraphs.append(piece)
        elif piece:
            cells.append(_single(piece, scale))
    return cells


def _single(piece: Piece, scale: float) -> NotebookNode:
    tag, size = "fragment" if piece.place == "fragment" else "-", sharing.font(piece, scale)
    if piece.kind == "notes":
        return _cell(new_markdown_cell(_linked(piece.text)), "notes", "notes")
    if piece.kind == "question":
        text = re.sub(r"^\*(.+?)\*", r"<mark>\1</mark>", _linked(piece.text))
        return _cell(new_markdown_cell(text), "question", tag, size=size)
    if piece.kind == "table":
        return _cell(new_code_cell(), "table", tag, html=piece.table.html(size), said=piece.printed)
    about = {"said": piece.printed, "said_size": sharing.printed_font(piece, scale), "live": piece.live}
    return _cell(new_code_cell(piece.text), "code", tag, size=size, **about)


def _cell(cell: NotebookNode, kind: str, tag: str = "-", **shown) -> NotebookNode:
    cell.metadata = nbformat.from_dict({"slideshow": {"slide_type": tag}, "deck": {"kind": kind, **shown}})
    return cell


def _png(picture: Piece, slide: layout.Slide) -> NotebookNode:
    about = {"image/png": {"alt": picture.alt or measure.plain(slide.running)}}
    return nbformat.v4.new_output("display_data", data={"image/png": picture.png}, metadata=about)


def _markdown(group: list[Piece]) -> str:
    """Paragraphs apart, items of one list together."""
    text = group[0].text
    for before, piece in pairwise(group):
        items = measure.BULLET.match(before.text) and measure.BULLET.match(piece.text)
        text += ("\n" if items else "\n\n") + piece.text
    return _linked(text)


def _linked(markdown: str) -> str:
    """Links to lectures lead to their decks; other files of the course are not beside the decks and only named."""

    def lead(found: re.Match) -> str:
        name = DECK.fullmatch(found[2])
        return f"[{found[1]}]({name[1]}.html)" if name else found[1]

    return LINK.sub(lead, markdown)


def page(cut: NotebookNode) -> str:
    """The deck as a page of HTML, whose files lie beside it in _static/."""
    settings = Config()
    settings.SlidesExporter.template_name = "template"
    settings.SlidesExporter.extra_template_basedirs = [str(TEMPLATE.parent)]
    settings.SlidesExporter.exclude_anchor_links = True
    settings.CSSHTMLHeaderPreprocessor.enabled = False
    text, _ = SlidesExporter(config=settings).from_notebook_node(cut)
    return text


def read(source: Path, notebook: Path) -> NotebookNode:
    """The deck of a committed notebook and its source; ValueError where they do not belong together."""
    executed = nbformat.read(notebook, as_version=4)
    own = own_tags(convert.notebook(source.read_text(encoding="utf-8")))
    if len(own) != len(executed.cells):
        raise ValueError(
            f"{notebook.name}: has {len(executed.cells)} cells, its source {len(own)}; run python -m tools.build"
        )
    return deck(executed, own)
