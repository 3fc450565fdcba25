"""Cells as a lecture has them, and the slides that they become."""

import base64
from io import BytesIO

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tools.slides import deck

SENTENCE = "The heart has its side and the lungs have theirs, whatever the network may say about them. "


def png(width=800, height=320):
    file = BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def picture(source="draw()", alt="", said=None, size=(800, 320)):
    """A cell that shows a picture: an explorer, with its sentence, where `said` is given."""
    about = {"image/png": {"alt": alt}} if alt else {}
    data = {"image/png": png(*size), "text/plain": said or "<Figure>"}
    kind, more = ("execute_result", {"execution_count": 1}) if said else ("display_data", {})
    return new_code_cell(source, outputs=[new_output(kind, data=data, metadata=about, **more)])


def prints(source, text="0.5\n"):
    return new_code_cell(source, outputs=[new_output("stream", name="stdout", text=text)])


def tabled(source, shown):
    return new_code_cell(source, outputs=[new_output("execute_result", data={"text/html": shown.html})])


def cut(*cells, own=None):
    """The slides of some cells under a title: for each its tag, and the kinds and texts of what stands on it."""
    cells = [new_markdown_cell("# Title"), *cells]
    result = deck.deck(new_notebook(cells=cells), ["", *own] if own else [""] * len(cells))
    slides = []
    for cell in result.cells:
        if cell.metadata.slideshow.slide_type in ("slide", "subslide"):
            slides.append((cell.metadata.slideshow.slide_type, []))
        slides[-1][1].append(cell)
    return slides


def kinds(slides):
    return [[cell.metadata.deck.kind for cell in cells] for _, cells in slides]
