"""Seconds and memory that each lecture takes at the quick budget, from its first cell to its last.

    python -m benchmarks.lectures

Each notebook runs in a kernel of its own with one thread (the peer is the kernel that has only imported PyTorch), and
says at its end what its memory was at most. Exits with 1 where a lecture takes more than 90 seconds.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
from nbclient import NotebookClient

from benchmarks.record import write_result

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LIMIT = 90
PEAK = "import resource\nprint('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"  # kB on Linux


def run(notebook: nbformat.NotebookNode, folder: Path) -> tuple[float, float]:
    """Seconds, and the kernel's largest memory in GB."""
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    client = NotebookClient(notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    start = time.perf_counter()
    client.execute(env=os.environ | {"COURSE_BUDGET": "quick", "OMP_NUM_THREADS": "1"})
    seconds = time.perf_counter() - start
    said = notebook.cells[-1].outputs[0].text
    return seconds, float(said.split()[1]) * 1024 / 1e9


def main() -> int:
    """Write and print the results."""
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch")])
    rows = []
    for name, notebook in {
        "import torch": bare,
        **{path.stem: nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))},
    }.items():
        seconds, memory = run(notebook, NOTEBOOKS)
        rows.append({"notebook": name, "seconds": round(seconds, 1), "memory_gb": round(memory, 2)})
        print(rows[-1], flush=True)
    write_result("lectures", {"task": "first cell to last, quick budget, one thread", "rows": rows})
    print(pd.DataFrame(rows).to_string(index=False))
    return int(any(row["seconds"] > LIMIT for row in rows))


if __name__ == "__main__":
    sys.exit(main())
