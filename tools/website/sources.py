"""Everything that Sphinx reads: `docs/`, and the pages made from notebooks, docstrings and data/reference."""

import json
import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.build import ROOT
from tools.website import front, numbers, written
from tools.website.colab import badge, colab_copy, repository
from tools.website.comparisons import rows
from tools.website.pages import page, promoted
from tools.website.reference import reference
from tools.website.terms import Term, terms

MADE = ("notebooks", "exercises", "api", "_static/gallery", "_extra/colab", "_generated")


def write_sources(source: Path) -> None:
    """Write all sources into a fresh folder."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "docs", source)
    for folder in MADE:
        (source / folder).mkdir(parents=True)
    lectures, exercises = committed("notebooks"), committed("exercises")
    glossary = terms((source / "glossary.md").read_text(encoding="utf-8"))
    _write_notebooks(source, lectures, exercises, glossary)
    _write_texts(source, lectures)
    reference(source / "api")


def committed(folder: str) -> dict[str, NotebookNode]:
    """The committed notebooks of a folder, by name."""
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted((ROOT / folder).glob("[0-9]*.ipynb"))}


def title(notebook: NotebookNode) -> str:
    """A notebook's first heading."""
    return re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE)[1]


def _write_notebooks(source: Path, lectures: dict, exercises: dict, glossary: list[Term]) -> None:
    where = repository()
    for name, notebook in lectures.items():
        links = [f"[exercise](../exercises/{name}.ipynb)"] if name in exercises else []
        links += [badge(name, where)] if where else []
        notice = " · ".join(["*As the notebook ran on a laptop; explorers answer when you run it.*", *links])
        nbformat.write(page(notebook, name, glossary, notice), source / "notebooks" / f"{name}.ipynb")
        if where:
            nbformat.write(colab_copy(notebook, where), source / "_extra" / "colab" / f"{name}.ipynb")
    for name, notebook in exercises.items():
        lecture = f"[lecture {int(name[:2])}](../notebooks/{name}.ipynb)"
        notice = f"*The exercise of {lecture}; to work on it, open `exercises/{name}.ipynb` in JupyterLab.*"
        made = page(promoted(notebook), f"exercise{name}", glossary, notice)
        nbformat.write(made, source / "exercises" / f"{name}.ipynb")


def _write_texts(source: Path, lectures: dict[str, NotebookNode]) -> None:
    course = json.loads((ROOT / "docs" / "course.json").read_text(encoding="utf-8"))
    titles = {name: title(notebook) for name, notebook in lectures.items()}
    by_room = {about["room"]: (name, about["name"]) for name, about in course.items()}
    pictures, results = source / "_static" / "gallery", ROOT / "benchmarks" / "results" / "lectures.json"
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    texts = {
        "errata.md": written.errata(by_room),
        "data.md": written.cards(),
        "gallery.md": front.gallery(lectures, titles, pictures),
        "numbers.md": numbers.page(list(rows()), by_room),
        "maintainers.md": contributing.replace("# Contributing", "# For maintainers", 1),
        "_generated/lectures.html": front.lecture_list(course, lectures, pictures),
        "_generated/measured.md": front.measured(results, titles),
    }
    for name, text in texts.items():
        (source / name).write_text(text, encoding="utf-8")
