"""From one notebook to another, as pure functions: nothing here reads a file, runs a cell or changes its argument."""

import base64
import copy
import hashlib
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import jupytext
import nbformat
import numpy as np
from nbformat import NotebookNode
from PIL import Image

from course_lib import config

NOTICED = 25  # of 255: how far the mean color of 8 × 8 pixels may move
WIDGET = "application/vnd.jupyter.widget-view+json"
STATIC = {"image/png", "image/svg+xml", "text/html", "text/markdown"}
PROGRESS = re.compile(r"\d+%\||\d(it/s|s/it)\b")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}


def notebook(source: str) -> NotebookNode:
    """A percent script as a notebook: no outputs, ids that follow from the cells' sources, the source's hash.

    Parameters
    ----------
    source : str
        The text of a jupytext percent script.

    Examples
    --------
    >>> [cell.source for cell in notebook("# %%\\n1 + 1\\n").cells]
    ['1 + 1']
    """
    result = jupytext.reads(source, fmt="py:percent")
    result.nbformat, result.nbformat_minor = 4, 5
    result.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL),
        language_info=NotebookNode(LANGUAGE),
        course=NotebookNode(source_sha256=hashlib.sha256(source.encode()).hexdigest()),
    )
    seen = Counter()
    for cell in result.cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return result


def with_slides(source: NotebookNode) -> NotebookNode:
    """The notebook cut into slides wherever a cell does not say itself where it belongs.

    A slide begins at a heading of level one or two, one below it at level three; the parameters are not shown.
    """
    result = copy.deepcopy(source)
    for cell in result.cells:
        cell.metadata.setdefault("slideshow", NotebookNode(slide_type=_slide_type(cell)))
    return result


def exercise(solution: NotebookNode) -> NotebookNode:
    """What a student opens: the notebook as `nbgrader generate_assignment` releases it.

    Its preprocessors in its order, but for those that need a gradebook or a course folder: headers and footers,
    generated tests, the database.
    """
    from nbgrader import preprocessors as steps

    result = copy.deepcopy(solution)
    for step in (
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ComputeChecksums,
        steps.ClearHiddenTests,
        steps.ClearMarkScheme,
        steps.ComputeChecksums,
        steps.CheckCellMetadata,
    ):
        result, _ = step().preprocess(result, {})
    return result


def without_outputs(source: NotebookNode) -> NotebookNode:
    """The same cells as before anything ran."""
    result = copy.deepcopy(source)
    result.metadata.pop("widgets", None)
    for cell in result.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return result


def for_the_page(executed: NotebookNode, root: Path) -> NotebookNode:
    """An executed notebook as a page on the web shows it.

    A live widget gives way to its static picture and text, progress bars vanish, and so does what belongs to the
    machine it ran on: times and paths.
    """
    result = copy.deepcopy(executed)
    result.metadata.pop("widgets", None)
    result.metadata.language_info = NotebookNode(LANGUAGE)  # the kernel adds its version
    for cell in result.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [kept for output in cell.outputs if (kept := _static(output, root))]
    return result


def to_text(source: NotebookNode) -> str:
    """The notebook's file, the same bytes for the same notebook."""
    return nbformat.writes(source, version=4, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def _slide_type(cell: NotebookNode) -> str:
    if "parameters" in cell.metadata.get("tags", []):
        return "skip"
    heading = re.match(r"(#{1,3}) ", cell.source) if cell.cell_type == "markdown" else None
    return {1: "slide", 2: "slide", 3: "subslide"}[len(heading[1])] if heading else "-"


def _static(output: NotebookNode, root: Path) -> NotebookNode | None:
    """One output without its live parts; None where nothing remains to be seen."""
    if output.output_type == "stream":
        lines = (line.rsplit("\r", 1)[-1] for line in output.text.rstrip("\r").splitlines(keepends=True))
        output.text = _anonymous("".join(line for line in lines if not PROGRESS.search(line)), root)
        return output if output.text.strip() else None
    if output.output_type == "error":
        return output
    if output.data.pop(WIDGET, None) and not STATIC & output.data.keys():
        return None
    for kind, content in output.data.items():
        if kind.startswith("text/") or kind == "image/svg+xml":
            output.data[kind] = _anonymous(content, root)
        elif kind == "image/png":
            output.data[kind] = _light(content)
    return output


def _light(png: str) -> str:
    """The picture with a palette of 256 colors where that is smaller and no color is lost: half the bytes."""
    with Image.open(BytesIO(base64.b64decode(png))) as picture:
        smaller, dpi = BytesIO(), picture.info.get("dpi", (80, 80))
        full = picture.convert("RGB")
    few = full.quantize(256)
    if _lost(full, few.convert("RGB")):
        return png.strip()
    few.save(smaller, "PNG", optimize=True, dpi=dpi)
    text = base64.b64encode(smaller.getvalue()).decode("ascii")
    return min(text, png.strip(), key=len)


def _lost(full: Image.Image, few: Image.Image) -> bool:
    """Whether an area of 8 × 8 pixels has another color: a small patch of blue may get no place in the palette."""
    areas = [np.asarray(image.reduce(8), np.int16) for image in (full, few)]
    return int(np.abs(areas[0] - areas[1]).max()) > NOTICED


def _anonymous(text: str, root: Path) -> str:
    """Paths of this machine as seen from the course's folder."""
    text = text.replace(f"{root}/", "").replace(str(root), ".")
    text = re.sub(r"/\S*/ipykernel_\d+/\d+\.py", "<cell>", text)
    text = re.sub(r"(/[\w.~-]+)+/site-packages/", "site-packages/", text)
    home = config.home()
    return text.replace(f"{home}/", "~/") if home else text
