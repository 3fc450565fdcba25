"""The files that decks need beside them: reveal.js, MathJax, fonts, the course's own style and keys.

They come out of installed packages, so that a deck asks no other machine for anything.
"""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import matplotlib

from course_lib.plotting import THEMES
from course_lib.whole import whole

TEMPLATE = Path(__file__).parent / "template"
REVEAL = "sphinx_revealjs/_static/revealjs"
SANS = f"{REVEAL}/dist/theme/fonts/source-sans-pro/source-sans-pro"
PACKAGED = {
    "reveal.css": ("sphinx-revealjs", f"{REVEAL}/dist/reveal.css"),
    "reveal.js": ("sphinx-revealjs", f"{REVEAL}/dist/reveal.js"),
    "notes/notes.js": ("sphinx-revealjs", f"{REVEAL}/plugin/notes/notes.js"),
    "sans.woff": ("sphinx-revealjs", f"{SANS}-regular.woff"),
    "sans-italic.woff": ("sphinx-revealjs", f"{SANS}-italic.woff"),
    "sans-semibold.woff": ("sphinx-revealjs", f"{SANS}-semibold.woff"),
    "mathjax.js": ("sphinx-mathjax-offline", "sphinx-mathjax-offline/static/mathjax/tex-svg-full.js"),
}
MATPLOTLIB = {"mono.ttf": "DejaVuSansMono.ttf", "signs.ttf": "DejaVuSans.ttf"}


def packaged(package: str, path: str) -> Path:
    """A file of an installed package; FileNotFoundError says what to install."""
    advice = 'install the extra: pip install -e ".[site]"'
    try:
        found = Path(distribution(package).locate_file(path))
    except PackageNotFoundError:
        raise FileNotFoundError(f"{package}: not installed; {advice}") from None
    if not found.exists():
        raise FileNotFoundError(f"{package}: has no file {path}; {advice}")
    return found


def sources() -> dict[str, Path]:
    """Where each file comes from, by its name beside the decks."""
    fonts = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return {
        **{name: packaged(*where) for name, where in PACKAGED.items()},
        **{name: fonts / file for name, file in MATPLOTLIB.items()},
        "deck.js": TEMPLATE / "deck.js",
    }


def style() -> str:
    """The decks' style sheet, in the course's colors."""
    light, dark = (
        "".join(f"--{name}:{color};" for name, color in THEMES[theme].items()) for theme in ("light", "dark")
    )
    rules = (TEMPLATE / "deck.css").read_text(encoding="utf-8")
    return f":root{{{light}}}\n:root.dark{{{dark}}}\n{rules}"


def write(folder: Path) -> None:
    """Put every file into `folder`."""
    for name, source in sources().items():
        with whole(folder / name) as beside:
            beside.write_bytes(source.read_bytes())
    with whole(folder / "deck.css") as beside:
        beside.write_text(style(), encoding="utf-8")
