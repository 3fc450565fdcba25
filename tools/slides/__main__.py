"""Write a deck for every lecture, and a page that lists them.

`python -m tools.slides [--only 01] [--out build/slides]`
"""

import argparse
import sys
from pathlib import Path

from tools import build
from tools.slides import decks


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.slides", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", metavar="01", help="how the names of the notebooks begin")
    parser.add_argument("--out", type=Path, default=build.ROOT / "build" / "slides", help="folder to write to")
    options = parser.parse_args(arguments)
    if not list((build.ROOT / "notebooks").glob(f"{options.only}*.py")):
        parser.error(f"--only: nothing begins with {options.only!r} in notebooks/")
    for name, count in decks.write(build.ROOT, options.out, options.only).items():
        print(f"{options.out / name}  {count} slides")
    return 0


if __name__ == "__main__":
    sys.exit(main())
