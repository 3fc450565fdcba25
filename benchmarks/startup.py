"""How long it takes until something is there: importing the library, and `course --help`, beside what others take.

    python -m benchmarks.startup

Each import runs in a fresh interpreter; the time of an empty interpreter is taken off. Exits with 1 where importing
course_lib takes more than half a second.
"""

import subprocess
import sys
import time
from statistics import median

import pandas as pd

from benchmarks.record import write_result

REPEATS = 5
LIMIT = 0.5
STATEMENTS = {
    "empty interpreter": "pass",
    "import course_lib": "import course_lib",
    "import course_lib.data": "import course_lib.data",
    "course --help": "import course_lib.cli",
    "import numpy": "import numpy",
    "import sklearn": "import sklearn",
    "import torch": "import torch",
}


def seconds(statement: str) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> int:
    """Write and print the results."""
    taken = {name: seconds(statement) for name, statement in STATEMENTS.items()}
    base = taken.pop("empty interpreter")
    rows = [{"what": name, "seconds": round(max(value - base, 0), 3)} for name, value in taken.items()]
    write_result("startup", {"task": f"fresh interpreter, median of {REPEATS}", "empty": round(base, 3), "rows": rows})
    print(pd.DataFrame(rows).to_string(index=False))
    return int(taken["import course_lib"] - base > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
