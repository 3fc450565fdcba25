"""Build the website offline: `python -m tools.website [--out build/site]`.

A warning of Sphinx (a link to nowhere, a term that the glossary lacks) is an error.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.build import ROOT
from tools.slides import decks
from tools.website.sources import write_sources

MARK = ".website"  # in a folder that may be deleted and made again


def build(out: Path) -> int:
    """Build `out`/html from the repository, the slides in it; returns Sphinx's exit status.

    Raises
    ------
    ValueError
        If `out` holds something that this did not make: what it made is deleted first.
    """
    from sphinx.cmd.build import main as sphinx

    source, html, mark = out / "source", out / "html", out / MARK
    if out.exists() and any(out.iterdir()) and not mark.exists():
        raise ValueError(f"out: {out} is not empty, and was not made by this command")
    out.mkdir(parents=True, exist_ok=True)
    mark.touch()
    write_sources(source)
    shutil.rmtree(html, ignore_errors=True)
    status = sphinx(["-b", "html", "-W", "--keep-going", "-q", "-d", str(out / "doctrees"), str(source), str(html)])
    if not status:
        decks.write(ROOT, html / "slides")
    return status


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.website", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="where to build")
    out = parser.parse_args(arguments).out
    os.environ["COURSE_THEME"] = "light"
    if status := build(out):
        return status
    print(f"Open {out / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
