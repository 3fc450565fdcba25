"""The decks of all lectures in one folder, and the page that lists them."""

from html import escape
from pathlib import Path

from course_lib.whole import whole
from tools import build
from tools.slides import assets, deck

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AI in Medicine: slides</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/deck.css">
</head>
<body>
<main class="list">
<h1>AI in Medicine: slides</h1>
<ul>
{entries}
</ul>
<p><small>Keys: Space goes on, the arrows move between slides, C shows the code behind a picture, S the speaker's view,
O all slides, F fills the screen, ? lists every key. For a dark deck add <code>?dark</code> to its address.</small></p>
</main>
</body>
</html>
"""


def index(titles: dict[str, str]) -> str:
    """The page that lists the decks: their titles by the names of their files."""
    entries = (f'<li><a href="{escape(name)}">{escape(title)}</a></li>' for name, title in titles.items())
    return INDEX.format(entries="\n".join(entries))


def write(root: Path, out: Path, only: str = "") -> dict[str, int]:
    """Write the decks of the notebooks under `root` into `out`; returns how many slides each has, by its file."""
    assets.write(out / "_static")
    titles, counts = {}, {}
    for target in build.targets(root):
        name = f"{target.path.stem}.html"
        if target.kind == "notebooks" and target.path.stem.startswith(only):
            cut = deck.read(target.source, target.path)
            counts[name] = sum(cell.metadata.slideshow.slide_type in ("slide", "subslide") for cell in cut.cells)
            with whole(out / name) as beside:
                beside.write_text(deck.page(cut), encoding="utf-8")
        if target.kind == "notebooks" and (out / name).exists():
            titles[name] = f"{name[:2]} · {deck.title(target.unexecuted())}"
    with whole(out / "index.html") as beside:
        beside.write_text(index(titles), encoding="utf-8")
    return counts
