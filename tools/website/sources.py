"""Everything that Sphinx reads: `docs/`, and the pages made from notebooks, docstrings and data/reference."""

import json
import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.build import ROOT
from tools.website import front, licenses, numbers, written
from tools.website.colab import badge, colab_copy, repository
from tools.website.comparisons import rows
from tools.website.pages import page, promoted
from tools.website.reference import reference
from tools.website.terms import Term, terms

FIRST = "00_start_here"
MADE = ("notebooks", "exercises", "api", "_static/gallery", "_extra/colab", "_generated")


def write_sources(source: Path) -> None:
    """Write all sources into a fresh folder."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "docs", source)
    for folder in MADE:
        (source / folder).mkdir(parents=True)
    lectures, exercises = committed("notebooks"), committed("exercises")
    course = about_the_course(lectures)
    glossary = terms((source / "glossary.md").read_text(encoding="utf-8"))
    _write_notebooks(source, course, lectures, exercises, glossary)
    _write_texts(source, course, lectures)
    reference(source / "api")


def committed(folder: str) -> dict[str, NotebookNode]:
    """The committed notebooks of a folder, by name."""
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted((ROOT / folder).glob("[0-9]*.ipynb"))}


def about_the_course(notebooks: dict[str, NotebookNode]) -> dict[str, dict]:
    """What docs/course.json says of each notebook but the first page.

    Raises
    ------
    ValueError
        If it leaves one out, or names one that is not there.
    """
    course = json.loads((ROOT / "docs" / "course.json").read_text(encoding="utf-8"))
    if differ := course.keys() ^ (notebooks.keys() - {FIRST}):
        raise ValueError(f"docs/course.json: has an entry for each notebook but {FIRST}; not so for {sorted(differ)}")
    return course


def title(notebook: NotebookNode) -> str:
    """A notebook's first heading."""
    return re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE)[1]


def _write_notebooks(source: Path, course: dict, lectures: dict, exercises: dict, glossary: list[Term]) -> None:
    where = repository()
    for name, notebook in lectures.items():
        links = [f"[exercise](../exercises/{name}.ipynb)"] if name in exercises else []
        links += [f'<a href="../slides/{name}.html">slides</a>', *([badge(name, where)] if where else [])]
        notice = " · ".join(["*As the notebook ran on a laptop; explorers answer when you run it.*", *links])
        made = page(notebook, name, meant(glossary, course.get(name, {})), notice)
        nbformat.write(made, source / "notebooks" / f"{name}.ipynb")
        if where:
            nbformat.write(colab_copy(notebook, where), source / "_extra" / "colab" / f"{name}.ipynb")
    for name, notebook in exercises.items():
        lecture = f"[lecture {int(name[:2])}](../notebooks/{name}.ipynb)"
        notice = f"*The exercise of {lecture}; to work on it, open `exercises/{name}.ipynb` in JupyterLab.*"
        made = page(promoted(notebook), f"exercise{name}", meant(glossary, course[name]), notice)
        nbformat.write(made, source / "exercises" / f"{name}.ipynb")


def meant(glossary: list[Term], about: dict) -> list[Term]:
    """The glossary without the terms that mean something else in this lecture."""
    return [term for term in glossary if term.name not in about.get("means_otherwise", [])]


def _write_texts(source: Path, course: dict, lectures: dict[str, NotebookNode]) -> None:
    titles = {name: title(notebook) for name, notebook in lectures.items()}
    by_room = {about["room"]: (name, about["name"]) for name, about in course.items() if about["room"]}
    pictures, results = source / "_static" / "gallery", ROOT / "benchmarks" / "results" / "lectures.json"
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("](docs/", "](")
    texts = {
        "errata.md": written.errata(by_room),
        "data.md": written.cards(),
        "gallery.md": front.gallery(lectures, titles, pictures),
        "numbers.md": numbers.page(list(rows()), by_room),
        "licenses.md": licenses.page(),
        "maintainers.md": contributing.replace("# Contributing", "# For maintainers", 1),
        "_generated/lectures.html": front.lecture_list(course, lectures, pictures),
        "_generated/measured.md": front.measured(results, titles),
    }
    for name, text in texts.items():
        (source / name).write_text(text, encoding="utf-8")
