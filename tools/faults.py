"""Count what a night of faults and bad input tried and lost: into benchmarks/results/faults.json and docs/faults.md.

`python -m tools.faults build/nightly.xml`, where pytest has written its report: `make nightly` does both.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.record import RESULTS, write_result
from course_lib.whole import whole
from tools.build import ROOT

PAGE = ROOT / "docs" / "faults.md"
NUMBERS, TESTS = slice(3, 6), 6  # columns of the page's tables


@dataclass
class Count:
    """How often a test provoked its faults, and how often what was promised did not hold."""

    tried: int = 0
    lost: int = 0


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status is 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__.split("\n")[0])
    parser.add_argument("report", type=Path, help="what pytest --junitxml wrote")
    options = parser.parse_args(arguments)
    try:
        modules = counted(options.report.read_text("utf-8"))
    except (OSError, ElementTree.ParseError) as problem:
        parser.error(f"report: {options.report} cannot be read: {problem}")
    total = together(count for tests in modules.values() for count in tests.values())
    written = {name: {test: asdict(count) for test, count in tests.items()} for name, tests in modules.items()}
    write_result("faults", {"total": asdict(total), "modules": written})
    with whole(PAGE) as beside:
        beside.write_text(filled(PAGE.read_text("utf-8"), kept()), "utf-8")
    print(f"tried {total.tried:,} times, lost {total.lost}: benchmarks/results/faults.json, docs/faults.md")
    return 1 if total.lost else 0


def together(counts: Iterable[Count]) -> Count:
    """The sum of counts."""
    counts = list(counts)
    return Count(sum(each.tried for each in counts), sum(each.lost for each in counts))


def counted(report: str) -> dict[str, dict[str, Count]]:
    """Counts by module and test, all parameters of a test together; a test that was skipped tried nothing.

    A test that does not say how often it tried, tried once. One that fails ends there: it has lost the last one.
    """
    modules: dict[str, dict[str, Count]] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        if case.find("skipped") is not None:
            continue
        module, test = case.get("classname", "").rpartition(".")[2], case.get("name", "").partition("[")[0]
        count = modules.setdefault(module, {}).setdefault(test, Count())
        said = case.find("properties/property[@name='tried']")
        count.tried += 1 if said is None else int(said.get("value", ""))
        count.lost += case.find("failure") is not None or case.find("error") is not None
    return {module: dict(sorted(tests.items())) for module, tests in sorted(modules.items())}


def kept(folder: Path = RESULTS) -> dict[str, Count]:
    """The counts of the last night that was recorded, by the name of a test and by that of a module."""
    modules = json.loads((folder / "faults.json").read_text("utf-8"))["modules"]
    found = {test: Count(**count) for tests in modules.values() for test, count in tests.items()}
    return found | {name: together(found[test] for test in tests) for name, tests in modules.items()}


def filled(page: str, counts: Mapping[str, Count]) -> str:
    """The page with the counts of each row's tests in its tables; a dash where none of them ran by night."""
    return "".join(_row(line, counts) for line in page.splitlines(keepends=True))


def _row(line: str, counts: Mapping[str, Count]) -> str:
    cells = line.split("|")[1:-1]
    if len(cells) != TESTS + 1 or not (named := re.findall(r"`(test_\w+)`", cells[TESTS])):
        return line
    found = [counts[name] for name in named if name in counts]
    count = together(found)
    numbers = (count.tried, count.tried - count.lost, count.lost)
    cells[NUMBERS] = [f" {number:,} " if found else " – " for number in numbers]
    return f"|{'|'.join(cells)}|\n"


if __name__ == "__main__":
    sys.exit(main())
