"""The pictures of the README, taken from the executed lectures: `python -m tools.pictures`.

Which they are is said here and in docs/course.json; a test finds out when they are no longer what the lectures show.
"""

import base64
import sys
from pathlib import Path

from course_lib.whole import whole
from tools.build import ROOT
from tools.website.pages import pictures
from tools.website.sources import about_the_course, committed

FOLDER = ROOT / "docs" / "pictures"
SHOWN = ("02_classification_metrics", "03_chest_xray", "06_tsimcne")  # each by the picture that docs/course.json names


def picture(lecture: str) -> tuple[str, bytes, str]:
    """A lecture's picture: the name of its file, its PNG, and what it says to those who do not see it."""
    notebooks = committed("notebooks")
    about = about_the_course(notebooks)[lecture]
    chosen = pictures(notebooks[lecture], lecture)[about["picture"]]
    return f"{about['room']}.png", base64.b64decode(chosen["png"]), chosen["alt"]


def main() -> int:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for lecture in SHOWN:
        name, png, alt = picture(lecture)
        with whole(FOLDER / name) as beside:
            Path(beside).write_bytes(png)
        print(f"{name}: {alt}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
