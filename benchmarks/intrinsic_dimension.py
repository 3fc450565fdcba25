"""Both estimators of dimension from one search for neighbors, against scikit-dimension and DADApy, in one run.

    python -m benchmarks.intrinsic_dimension

Images are simulated: smooth fields with twelve free numbers, in eight bits, at three sizes. Every timing has a process
of its own, which also tells the memory it needed beyond its data. scikit-dimension's MLE and TwoNN are asked alone,
each; the course's both together, with the search that serves them. DADApy does not install beside NumPy 2: name an
environment that has it, `DADAPY_PYTHON=/path/to/python`. A missing peer is named, and its promises are not judged.
Those of the 8-bit path suppose a processor that multiplies 8-bit integers (VNNI, AMX); without, the path takes floats,
which the column `arithmetic` shows, and is as fast as float32. Exits with 1 where a promise is not kept.

With COURSE_TEST_DATA the dimensions of real images are printed and stored, too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.record import write_result

SIZES = [(10_000, 784), (10_000, 3_072), (7_500, 50_176)]  # the last: the paper's
GROWTH = [3_750, 7_500, 15_000, 30_000, 60_000]  # of 3,072 features, ours alone
CORES = 2
PROMISES = {"float32, both / scikit-dimension MLE": 2.0, "8-bit, both / scikit-dimension MLE": 8.0}
PROMISES["8-bit, both / scikit-dimension both"] = 30.0
COURSE = """
from course_lib.intrinsic_dimension import MLE, TwoNN, nearest_neighbors
def work(X):
    near = nearest_neighbors(X, 20, progress=False)
    print(near.arithmetic)
    return [MLE(20).from_neighbors(*near).dimension_, TwoNN().from_neighbors(*near).dimension_]
"""
SKDIM = """
import skdim
def work(X):
    {call}
"""
WORKERS = {
    "course, both": COURSE,
    "scikit-dimension MLE": SKDIM.format(call="return [skdim.id.MLE().fit(X, n_neighbors=20, comb='mle').dimension_]"),
    "scikit-dimension TwoNN": SKDIM.format(call="return [skdim.id.TwoNN(discard_fraction=0.1).fit(X).dimension_]"),
    "DADApy TwoNN": """
import dadapy
def work(X):
    data = dadapy.Data(X, verbose=False)
    return [float(data.compute_id_2NN(algorithm="base", mu_fraction=0.9)[0])]
""",
}
RUN = """
import json, re, sys, time
from pathlib import Path
import numpy as np
{worker}
def peak():
    return int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1e3
X = np.load(sys.argv[1], allow_pickle=False)
X = X.astype(sys.argv[2])
work(X[:200])
Path("/proc/self/clear_refs").write_text("5")  # the peak so far, with two copies of the data, is forgotten
before, times = peak(), []
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    found = work(X)
    times.append(time.perf_counter() - start)
print(json.dumps([sorted(times)[len(times) // 2], peak() - before, found]))
"""


def fields(n: int, features: int, seed: int = 0, d: int = 12) -> np.ndarray:
    """`n` smooth 8-bit images, (n, features): waves whose phases and heights `d` free numbers decide."""
    rng = np.random.default_rng(seed)
    free = rng.uniform(-1, 1, (n, d)).astype(np.float32)
    place = np.linspace(0, 1, features, dtype=np.float32)
    images = np.empty((n, features), np.uint8)
    for start in range(0, n, 500):
        some = free[start : start + 500]
        waves = sum(
            (1 + 0.5 * some[:, k, None]) * np.sin(2 * np.pi * (k + 1) * place + some[:, (k + 1) % d, None])
            for k in range(d)
        )
        images[start : start + 500] = np.clip(np.rint(128 + 9 * waves), 0, 255)
    return images


def timed(who: str, path: Path, dtype: str, rounds: int) -> dict | None:
    """Seconds (median), megabytes beyond the data, and what was found; None where the peer is missing."""
    python = os.environ.get("DADAPY_PYTHON") if who.startswith("DADApy") else sys.executable
    if python is None or (who.startswith("scikit-dimension") and find_spec("skdim") is None):
        return None
    environment = os.environ | {"OMP_NUM_THREADS": str(CORES), "PYTHONWARNINGS": "ignore"}
    command = [python, "-c", RUN.format(worker=WORKERS[who]), path, dtype, str(rounds)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if run.returncode:
        raise RuntimeError(f"{who}: {run.stderr[-2000:]}")
    *said, result = run.stdout.strip().splitlines()
    seconds, megabytes, found = json.loads(result)
    about = {"who": who, "dtype": dtype, "arithmetic": said[-1] if who.startswith("course") else ""}
    return about | {"seconds": seconds, "extra_MB": round(megabytes), "found": found}


def peer_versions() -> dict[str, str]:
    """Version of each peer that is at hand, and of the NumPy beside it."""
    pythons = {"scikit-dimension": sys.executable if find_spec("skdim") else None}
    pythons["dadapy"] = os.environ.get("DADAPY_PYTHON")
    ask = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]), sep=' with NumPy ')"
    return {
        name: subprocess.run([python, "-c", ask, name, "numpy"], capture_output=True, text=True, check=True).stdout[:-1]
        for name, python in pythons.items()
        if python
    }


def compare(sizes: list[tuple[int, int]]) -> pd.DataFrame:
    """One row per way and size."""
    rows = []
    for n, features in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "images.npy")
            np.save(path, fields(n, features))
            large = n * features > 1e8
            ways = [("course, both", dtype, 1 if large else 3) for dtype in ("uint8", "float32")]
            ways += [(peer, "float32", 1) for peer in WORKERS if peer != "course, both"]
            for who, dtype, rounds in ways:
                found = timed(who, path, dtype, rounds)
                rows += [{"images": n, "features": features} | found] if found else []
                print(
                    f"{n:,} × {features:,}: {who} ({dtype})",
                    "missing" if found is None else f"{found['seconds']:.2f} s",
                )
    return pd.DataFrame(rows)


def growth(n: int, features: int = 3_072) -> dict:
    """Seconds of the course's 8-bit path on `n` images."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.npy")
        np.save(path, fields(n, features))
        row = {"images": n, "features": features} | timed("course, both", path, "uint8", 1)
    print(f"{n:,} × {features:,}: {row['seconds']:.2f} s")
    return row


def ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """By size: how many times as long the peers take; NaN where one is missing."""
    rows = []
    for (n, features), part in frame.groupby(["images", "features"], sort=False):
        time = part.set_index(["who", "dtype"])["seconds"]
        mle, two = (time.get((f"scikit-dimension {name}", "float32"), np.nan) for name in ("MLE", "TwoNN"))
        eight, single = (time[("course, both", dtype)] for dtype in ("uint8", "float32"))
        row = dict(zip(PROMISES, (mle / single, mle / eight, (mle + two) / eight), strict=True))
        rows.append({"images": n, "features": features} | row)
    return pd.DataFrame(rows)


def agreement(n: int = 1_000) -> dict[str, float]:
    """Largest relative difference to each peer on clean points of 64 bits: a ball, a torus, and images as numbers."""
    from course_lib.intrinsic_dimension import ball, flat_torus

    worst: dict[str, float] = {}
    for points in (ball(5, n), flat_torus(4, n), np.unique(fields(n, 300), axis=0).astype(float)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "points.npy")
            np.save(path, points)
            ours = timed("course, both", path, "float64", 1)["found"]
            for who in WORKERS:
                theirs = None if who == "course, both" else timed(who, path, "float64", 1)
                if theirs is not None:
                    mine = ours[0 if who.endswith("MLE") else 1]
                    worst[who] = max(worst.get(who, 0.0), abs(theirs["found"][0] / mine - 1))
    return worst


def real() -> list[dict]:
    """MLE and TwoNN of all real images that are at hand, duplicates dropped."""
    import warnings

    from course_lib.data import ImageSet
    from course_lib.intrinsic_dimension import MLE, TwoNN, comparable
    from tools.measure_dimensions import real_sets

    if not (folder := os.environ.get("COURSE_TEST_DATA")):
        return []
    rows = []
    for name, _, images in real_sets(Path(folder)):
        flat = comparable(ImageSet(images)).images
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for estimator in (MLE(20), MLE(20, "pope"), TwoNN()):
                found = estimator.fit(flat)
                about = {"data": name, "estimator": repr(estimator), "n": found.n_used_, "dropped": found.n_duplicates_}
                rows.append(
                    about | {"dimension": found.dimension_, "low": found.interval_[0], "high": found.interval_[1]}
                )
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print and store everything; 1 where a promise is not kept at the two sizes that it was made for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, only to see that it runs; nothing is stored")
    quick = parser.parse_args(arguments).quick
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    frame = compare([(600, 784), (300, 3_072)] if quick else SIZES)
    table, agreed = ratios(frame), agreement(300 if quick else 1_000)
    judged = table if quick else table.iloc[1:]  # the two sizes that the promises name
    kept = {
        name: bool((judged[name].dropna() >= least).all())
        for name, least in PROMISES.items()
        if judged[name].notna().any()
    }
    kept |= {f"agrees with {who} to 1e-6": bool(off < 1e-6) for who, off in agreed.items()}
    numbers = [] if quick else real()
    print(frame.drop(columns="found").round(3).to_string(index=False), "\n")
    print(table.round(2).to_string(index=False), "\n")
    print(pd.DataFrame(numbers).round(2).to_string(index=False), "\n")
    print("largest relative differences", agreed, "\npromises", kept)
    stored = {"rows": frame.to_dict("records"), "ratios": table.to_dict("records"), "agreement": agreed, "kept": kept}
    stored |= {"peers": peer_versions(), "threads": CORES, "load_before": load, "real": numbers, "growth": []}
    for n in [300, 600] if quick else GROWTH:  # the longest comes last, and what is done is stored
        stored["growth"].append(growth(n))
        if not quick:
            write_result("intrinsic_dimension", stored)
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
