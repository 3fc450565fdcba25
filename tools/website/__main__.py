"""Build the website offline: `python -m tools.website [--out build/site]`.

A warning of Sphinx (a link to nowhere, a term that the glossary lacks) is an error.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.build import ROOT
from tools.website.sources import write_sources


def build(out: Path) -> int:
    """Build `out`/html from the repository; returns Sphinx's exit status."""
    from sphinx.cmd.build import main as sphinx

    source, html = out / "source", out / "html"
    write_sources(source)
    shutil.rmtree(html, ignore_errors=True)
    return sphinx(["-b", "html", "-W", "--keep-going", "-q", "-d", str(out / "doctrees"), str(source), str(html)])


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
