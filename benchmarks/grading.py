"""A class of one hundred hands in lecture 2: how long until every point is counted?

    python -m benchmarks.grading

Each submission is the solution with some answers replaced by plausible wrong ones (those of the graders' own tests), a
few of them endless loops. Must take less than ten minutes on two cores, and give every submission the points that its
wrong answers leave. Exits with 1 where it does not. There is no peer: nbgrader's own autograder runs student code
without a fence; its time per notebook is that of `jupyter execute`, which is measured for ten of them beside ours.
"""

import argparse
import copy
import runpy
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.record import write_result
from course_lib.grading import find_submissions, grade_class
from tools import convert

ROOT = Path(__file__).parents[1]
NAME = "02_classification_metrics"
LIMIT, LOOPS = 600, 3
LOOP = "while True:\n    pass"


def class_of(n: int, folder: Path) -> dict[str, float]:
    """Write `n` submissions; the points that each must get, by student."""
    solution = convert.notebook((ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8"))
    wrong = runpy.run_path(str(ROOT / "tests" / "grading" / "wrong_answers" / f"{NAME}.py"))["WRONG"]
    worth, rng, expected = points_of(solution), np.random.default_rng(0), {}
    for number in range(n):
        notebook, student = copy.deepcopy(solution), f"student{number:03d}"
        chosen = rng.choice(list(wrong), rng.integers(0, len(wrong)), replace=False)
        answers = {name: wrong[name][rng.integers(len(wrong[name]))][1] for name in chosen}
        if number < LOOPS and answers:
            answers[next(iter(answers))] = LOOP
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.source = answers.get(name, cell.source)
        (folder / f"{student}-{NAME}.ipynb").write_text(convert.to_text(notebook), encoding="utf-8")
        expected[student] = sum(worth.values()) - sum(worth[name] for name in answers)
    return expected


def points_of(solution) -> dict[str, float]:
    """Points of each question, by the name of its answer."""
    worth, name = {}, ""
    for cell in solution.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("solution"):
            name = nbgrader["grade_id"]
        elif nbgrader.get("grade"):
            worth[name] = worth.get(name, 0) + nbgrader["points"]
    return worth


def executed(paths: list[Path]) -> float:
    """Seconds per notebook of `jupyter execute`, errors allowed, two at a time."""
    start = time.perf_counter()
    for pair in zip(paths[::2], paths[1::2], strict=True):
        command = [sys.executable, "-m", "jupyter", "execute", "--allow-errors", "--timeout=60"]
        running = [subprocess.Popen([*command, str(path)], stderr=subprocess.DEVNULL) for path in pair]
        if any(process.wait() for process in running):
            raise RuntimeError("jupyter execute failed")
    return (time.perf_counter() - start) / len(paths)


def main(arguments: list[str] | None = None) -> int:
    """Print and store everything; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="four submissions; nothing is stored")
    quick = parser.parse_args(arguments).quick
    n = 4 if quick else 100
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "class")
        folder.mkdir()
        expected = class_of(n, folder)
        start = time.perf_counter()
        output = Path(temporary, "out")
        table = grade_class(find_submissions(folder, NAME), ROOT / "solutions" / f"{NAME}.py", output)
        seconds = time.perf_counter() - start
        earned = table.set_index("student")["points"].to_dict()
        unfair = {
            student: (points, earned[student]) for student, points in expected.items() if earned[student] != points
        }
        honest = sorted(folder.glob("*.ipynb"))[LOOPS : LOOPS + (0 if quick else 10)]
        peer = executed(honest) if honest else float("nan")
    found = {"submissions": n, "seconds": seconds, "seconds_each": seconds / n, "jupyter_execute_seconds_each": peer}
    found |= {"unfair": unfair, "loops": LOOPS}
    kept = {"under ten minutes": seconds < LIMIT, "every point as it must be": not unfair}
    print(found, kept)
    if not quick:
        write_result("grading", found | {"kept": kept})
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
