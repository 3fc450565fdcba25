"""What shows the course at a glance: the list of lectures, the gallery, and what each lecture costs."""

import base64
import json
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from tools.website.pages import pictures


def gallery(notebooks: dict[str, NotebookNode], titles: dict[str, str], folder: Path) -> str:
    """The page of all pictures of the lectures, each leading to where it stands; the files go into `folder`."""
    parts = [
        "# Gallery\n",
        "Every picture of the lectures, as their notebooks drew it. A picture leads to its place in the lecture.\n",
    ]
    for name, notebook in notebooks.items():
        shown = pictures(notebook, name)
        items = []
        for number, picture in enumerate(shown):
            file = folder / f"{name[:2]}-{number:02d}.png"
            file.write_bytes(base64.b64decode(picture["png"]))
            words = escape(picture["alt"], quote=True)
            items.append(
                f'<li><a href="notebooks/{name}.html#{picture["anchor"]}">'
                f'<img src="_static/gallery/{file.name}" alt="{words}" loading="lazy"></a></li>'
            )
        if items:
            parts.append(f'## [{titles[name]}](notebooks/{name}.ipynb)\n\n```{{raw}} html\n<ul class="gallery">\n')
            parts.append("\n".join(items) + "\n</ul>\n```\n")
    return "\n".join(parts)


def lecture_list(course: dict, notebooks: dict[str, NotebookNode], folder: Path) -> str:
    """HTML of the list of lectures on the first page: a picture, the title, and what one will do there."""
    items = []
    for name, about in course.items():
        picture = pictures(notebooks[name], name)[about["picture"]]
        (folder / f"{name}.png").write_bytes(base64.b64decode(picture["png"]))
        exercise = f'<a href="exercises/{name}.html">exercise {int(name[:2])}</a>'
        facts = f'<p class="facts">{about["minutes"]} minutes · {exercise}</p>' if about["minutes"] else ""
        items.append(
            f'<li><img class="still" src="_static/gallery/{name}.png" alt="{escape(picture["alt"], quote=True)}">'
            f'<div class="about"><h2><a href="notebooks/{name}.html">{int(name[:2])} · {escape(about["name"])}</a></h2>'
            f"<p>You will {escape(about['will'])}.</p>{facts}</div></li>"
        )
    return '<ul class="lectures">\n' + "\n".join(items) + "\n</ul>\n"


def measured(results: Path, titles: dict[str, str]) -> str:
    """Markdown table of the seconds and the memory of each notebook, as benchmarks/lectures.py wrote them."""
    found = json.loads(results.read_text(encoding="utf-8"))
    rows = "".join(
        f"| [{titles[name]}](notebooks/{name}.ipynb) | {row['seconds']:.0f} | {row['memory_gb']:.1f} |\n"
        for row in found["rows"]
        if (name := row["notebook"]) in titles
    )
    machine = found["machine"]
    on = f"{machine['processor']}, {machine['cores']} cores, PyTorch {machine['versions']['torch']}, {machine['date']}"
    return f"| Notebook | Seconds | Memory (GB) |\n|---|---:|---:|\n{rows}\nMeasured on: {on}.\n"
