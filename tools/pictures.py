"""The pictures of the README, taken from the executed lectures: `python -m tools.pictures`.

Which they are is said here; a test finds out when they are no longer what the lectures show.
"""

import base64
import sys
from pathlib import Path

import nbformat

from course_lib.whole import whole
from tools.build import ROOT
from tools.website.pages import pictures

FOLDER = ROOT / "docs" / "pictures"
SHOWN = {"metrics": ("02_classification_metrics", 6), "chest_xray": ("03_chest_xray", 0), "tsimcne": ("06_tsimcne", 12)}


def picture(lecture: str, number: int) -> tuple[bytes, str]:
    """A lecture's picture by its place, as PNG, and what it says to those who do not see it."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{lecture}.ipynb", as_version=4)
    chosen = pictures(notebook, lecture)[number]
    return base64.b64decode(chosen["png"]), chosen["alt"]


def main() -> int:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, (lecture, number) in SHOWN.items():
        png, alt = picture(lecture, number)
        with whole(FOLDER / f"{name}.png") as beside:
            Path(beside).write_bytes(png)
        print(f"{name}.png: {alt}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
