"""The pictures of the README, taken from the executed lectures: `python -m tools.pictures`.

Which they are is said here and in docs/course.json; a test finds out when they are no longer what the lectures show.
"""

import base64
import sys
from collections.abc import Iterator

from course_lib.whole import whole
from tools.build import ROOT
from tools.website.pages import pictures
from tools.website.sources import about_the_course, committed

FOLDER = ROOT / "docs" / "pictures"
SHOWN = ("02_classification_metrics", "03_chest_xray", "06_tsimcne")  # each by the picture that docs/course.json names


def shown() -> Iterator[tuple[str, bytes, str]]:
    """The pictures: the name of each file, its PNG, and what it says to those who do not see it."""
    notebooks = committed("notebooks")
    course = about_the_course(notebooks)
    for lecture in SHOWN:
        chosen = pictures(notebooks[lecture], lecture)[course[lecture]["picture"]]
        yield f"{course[lecture]['room']}.png", base64.b64decode(chosen["png"]), chosen["alt"]


def main() -> int:
    """Write them."""
    for name, png, alt in shown():
        with whole(FOLDER / name) as beside:
            beside.write_bytes(png)
        print(f"{name}: {alt}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
