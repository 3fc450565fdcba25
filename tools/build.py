"""Everything generated is generated here: `python -m tools.build [--check] [--only 01]`.

notebooks/NN.py  → notebooks/NN.ipynb   executed at the quick budget, with its pictures
solutions/NN.py  → solutions/NN.ipynb   executed to prove that it runs, stored without outputs
                 → exercises/NN.ipynb   what a student opens, released as nbgrader does

`--check` writes and runs nothing: it lists where what is committed is not what the sources give.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_lib.whole import whole
from tools import convert, verify

ROOT = Path(__file__).resolve().parents[1]
LONGEST_RUN = 900  # seconds for one cell; a lecture is to take 90 in all
MOST_SHOWN = 8  # differences per file: a source that has changed much changes every cell after it


@dataclass(frozen=True)
class Target:
    """One generated file and the script it comes from."""

    source: Path
    path: Path

    @property
    def kind(self) -> str:
        """notebooks, solutions or exercises."""
        return self.path.parent.name

    def unexecuted(self) -> NotebookNode:
        """What the source gives before anything runs."""
        source = convert.notebook(self.source.read_text(encoding="utf-8"))
        last_step = {"notebooks": convert.with_slides, "exercises": convert.exercise}.get(self.kind)
        return last_step(source) if last_step else source


def targets(root: Path, only: str = "") -> Iterator[Target]:
    """All that is generated under `root`; `only` is how the names begin."""
    for folder, generated in (("notebooks", ["notebooks"]), ("solutions", ["solutions", "exercises"])):
        for source in sorted((root / folder).glob(f"{only}*.py")):
            yield from (Target(source, root / kind / f"{source.stem}.ipynb") for kind in generated)


def execute(source: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell in a fresh kernel that works in `folder`, at the quick budget and in the light theme."""
    from nbclient import NotebookClient

    client = NotebookClient(
        nbformat.from_dict(source),
        timeout=LONGEST_RUN,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    return client.execute(env=own | {"COURSE_BUDGET": "quick", "COURSE_THEME": "light"})  # whoever builds, the same


def build(target: Target, root: Path = ROOT) -> None:
    """Write one target; raises where it fails to run or breaks a rule, and then writes nothing."""
    result = target.unexecuted()
    if target.kind == "notebooks":
        _refuse(target, verify.long_cells(result), root)  # before a minute of execution
        result = convert.for_the_page(execute(result, target.path.parent), root)
    elif target.kind == "solutions":
        execute(result, target.path.parent)
    _refuse(target, rules(target, result), root)
    target.path.parent.mkdir(exist_ok=True)
    with whole(target.path) as beside:
        beside.write_text(convert.to_text(result), encoding="utf-8")


def _refuse(target: Target, broken: list[str], root: Path) -> None:
    if broken:
        raise ValueError("\n".join([f"{target.path.relative_to(root)} was not written:", *broken]))


def rules(target: Target, generated: NotebookNode) -> list[str]:
    """What is wrong with a generated notebook in itself."""
    if target.kind == "notebooks":
        return verify.long_cells(generated) + verify.execution(generated) + verify.weight(generated)
    if target.kind == "exercises":
        return verify.leaks(convert.notebook(target.source.read_text(encoding="utf-8")), generated)
    return []


def check(root: Path = ROOT, only: str = "") -> list[str]:
    """Everything under `root` that is not as its source gives it, one sentence each, with what to do."""
    expected = list(targets(root, only))
    found = [problem for target in expected for problem in _problems(target, root)]
    known = {target.path for target in expected}
    for kind in ("notebooks", "solutions", "exercises"):
        orphans = sorted(set((root / kind).glob(f"{only}*.ipynb")) - known)
        found += [f"{path.relative_to(root)}: has no source; write it or delete this file" for path in orphans]
    return found


def _problems(target: Target, root: Path) -> list[str]:
    name, repair = target.path.relative_to(root), f"python -m tools.build --only {target.path.stem[:2]}"
    if not target.path.exists():
        return [f"{name}: missing; run {repair}"]
    text, generated = target.path.read_text(encoding="utf-8"), target.unexecuted()
    committed = nbformat.reads(text, as_version=4)
    found = verify.differences(committed, generated) + rules(target, committed)
    if target.kind != "notebooks" and committed != convert.without_outputs(committed):
        found.append("carries outputs")
    if not found and text != convert.to_text(committed):
        found.append("is not written as the builder writes it")
    if len(found) > MOST_SHOWN:
        found = [*found[:MOST_SHOWN], f"and {len(found) - MOST_SHOWN} more"]
    return [f"{name}: {problem}; run {repair}" for problem in found]


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only list where files are not what the sources give")
    parser.add_argument("--only", default="", metavar="01", help="how the names of the files begin")
    options = parser.parse_args(arguments)
    if not (chosen := list(targets(ROOT, options.only))):
        parser.error(f"--only: nothing begins with {options.only!r} in notebooks/ or solutions/")
    if options.check:
        found = check(ROOT, options.only)
        print("\n".join(found) or f"{len(chosen)} generated notebooks are what their sources give")
        return int(bool(found))
    for target in chosen:
        start = time.perf_counter()
        try:
            build(target)
        except ValueError as refusal:
            print(refusal, file=sys.stderr)
            return 1
        size = target.path.stat().st_size / 1e3
        print(f"{target.path.relative_to(ROOT)}  {time.perf_counter() - start:.0f} s  {size:.0f} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
