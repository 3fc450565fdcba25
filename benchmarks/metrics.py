"""What 1,000 bootstrap replicates of 14 AUROCs cost, beside three peers, in one run.

    python -m benchmarks.metrics

The cohort has the size of ChestX-ray14's test set, 22,433 images of 6,187 patients, and is simulated; where
COURSE_TEST_DATA names the real predictions, these are taken. Everybody draws with replacement and computes every label
on every replicate, the drawing included. scikit-learn's loop runs all its replicates; torchmetrics and
confidenceinterval run fewer, and their time is scaled up (the cost of a replicate does not depend on their number).
Everybody has two cores. Exits with 1 where the course is less than 90 times as fast as scikit-learn's loop, or where
drawing patients costs more than drawing images.
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import torch
from confidenceinterval import roc_auc_score as interval_by_delong_or_bootstrap
from sklearn.metrics import average_precision_score, roc_auc_score
from torchmetrics.classification import MultilabelAUROC
from torchmetrics.wrappers import BootStrapper

from benchmarks.record import write_result
from course_lib.metrics import bootstrap_auroc, bootstrap_average_precision, simulate_predictions
from course_lib.published import published

REPLICATES, ROUNDS, CORES = 1000, 7, 2
AT_LEAST, CLUSTERS_AT_MOST = 90.0, 1.1  # times as fast as scikit-learn's loop; times the cost of drawing images
FEWER = {"torchmetrics": 30, "confidenceinterval": 30}
MEMORY = """
import re, resource, sys
from pathlib import Path
import numpy as np
from course_lib.metrics import bootstrap_auroc
sample = np.load(sys.argv[1], allow_pickle=False)
bootstrap_auroc(sample["labels"], sample["scores"], n_replicates=10_000)
status = Path("/proc/self/status")  # on Linux, ru_maxrss begins with what the starting process had
kilobytes = re.search(r"VmHWM:\\s+([0-9]+)", status.read_text())[1] if status.exists() else 0
print(1024 * int(kilobytes) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def cohort() -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """Labels (N, L), scores (N, L), patients (N,), and where they come from."""
    folder = Path(os.environ.get("COURSE_TEST_DATA", "")) / "nih_cxr14"
    if not (folder / "chexnet_predictions" / "preds.csv.gz").is_file():
        return simulated()
    scores = pd.read_csv(folder / "chexnet_predictions" / "preds.csv.gz", index_col=0)
    table = pd.read_csv(folder / "Data_Entry_2017_v2020.csv.gz", index_col=0).loc[scores.index]
    labels = table["Finding Labels"].str.get_dummies("|")[[name.removeprefix("prob_") for name in scores]]
    return labels.to_numpy(), scores.to_numpy(), table["Patient ID"].to_numpy(), "real: a public CheXNet reproduction"


def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """The cohort's patients and images per patient, prevalences and AUROCs, with simulated labels and scores."""
    facts = published("metrics")
    patients = facts["test.images_per_patient"].value
    images = np.repeat([int(count) for count in patients], list(patients.values()))
    prevalence = np.array(list(facts["test.positives"].value.values())) / facts["split.images"].value["test"]
    sample = simulate_predictions(images, prevalence, list(facts["reproduction.auroc"].value.values()), seed=0)
    return sample.y_true, sample.y_score, sample.groups, "simulated"


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """Median time of `rounds` calls."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def scikit_learn_loop(score: Callable, labels: np.ndarray, scores: np.ndarray) -> None:
    """Draw rows, index, and call scikit-learn for all labels at once, `REPLICATES` times."""
    random = np.random.default_rng(0)
    for _ in range(REPLICATES):
        rows = random.integers(len(labels), size=len(labels))
        score(labels[rows], scores[rows], average=None)


def torchmetrics_bootstrapper(labels: np.ndarray, scores: np.ndarray) -> None:
    """Update and compute a BootStrapper of fewer replicates."""
    metric = MultilabelAUROC(labels.shape[1], average=None, thresholds=None)
    repeated = BootStrapper(metric, FEWER["torchmetrics"], raw=True, sampling_strategy="multinomial")
    repeated.update(torch.tensor(scores), torch.tensor(labels, dtype=torch.int64))
    repeated.compute()


def confidenceinterval_bootstrap(labels: np.ndarray, scores: np.ndarray) -> None:
    """Bootstrap each label on its own, with fewer replicates."""
    for y, score in zip(labels.T, scores.T, strict=True):
        settings = {"method": "bootstrap_percentile", "n_resamples": FEWER["confidenceinterval"]}
        interval_by_delong_or_bootstrap(y, score, confidence_level=0.95, **settings)


def measure(labels: np.ndarray, scores: np.ndarray, patients: np.ndarray) -> pd.DataFrame:
    """One row for each way: who, seconds for `REPLICATES` replicates of all labels, how many replicates were run."""
    ours = {
        "course_lib, AUROC by image": lambda: bootstrap_auroc(labels, scores, n_replicates=REPLICATES),
        "course_lib, AUROC by patient": lambda: bootstrap_auroc(
            labels, scores, n_replicates=REPLICATES, groups=patients
        ),
        "course_lib, average precision by image": lambda: bootstrap_average_precision(
            labels, scores, n_replicates=REPLICATES
        ),
    }
    rows = [(who, seconds(work, ROUNDS), REPLICATES) for who, work in ours.items()]
    for metric, score in {"AUROC": roc_auc_score, "average precision": average_precision_score}.items():
        time_taken = seconds(lambda score=score: scikit_learn_loop(score, labels, scores))
        rows.append((f"scikit-learn's loop, {metric}", time_taken, REPLICATES))
    peers = {"torchmetrics": torchmetrics_bootstrapper, "confidenceinterval": confidenceinterval_bootstrap}
    for who, work in peers.items():
        time_taken = seconds(lambda work=work: work(labels, scores)) * REPLICATES / FEWER[who]
        rows.append((f"{who}, AUROC", time_taken, FEWER[who]))
    return pd.DataFrame(rows, columns=["who", "seconds", "replicates_run"])


def peak_memory(labels: np.ndarray, scores: np.ndarray) -> float | None:
    """Megabytes that a fresh process needs at most for 10,000 replicates, everything included; None on Windows."""
    if sys.platform == "win32":
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.npz"
        np.savez(path, labels=labels, scores=scores)
        run = subprocess.run([sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True)
    return int(run.stdout) / 1e6


def main() -> int:
    """Write the results, print them, and return 1 where the promised ratio is missed."""
    warnings.simplefilter("ignore")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    torch.set_num_threads(CORES)
    labels, scores, patients, source = cohort()
    frame = measure(labels, scores, patients)
    time_of = frame.set_index("who")["seconds"]
    ours, averaged = time_of["course_lib, AUROC by image"], time_of["course_lib, average precision by image"]
    ratios = {
        "scikit-learn / course, AUROC": time_of["scikit-learn's loop, AUROC"] / ours,
        "scikit-learn / course, average precision": time_of["scikit-learn's loop, average precision"] / averaged,
        "torchmetrics / course, AUROC": time_of["torchmetrics, AUROC"] / ours,
        "confidenceinterval / course, AUROC": time_of["confidenceinterval, AUROC"] / ours,
        "by patient / by image": time_of["course_lib, AUROC by patient"] / ours,
    }
    memory = peak_memory(labels, scores)
    payload = {
        "task": f"{REPLICATES} replicates, {labels.shape[0]} images x {labels.shape[1]} labels, drawing included",
        "data": source,
        "rows": frame.round(3).to_dict("records"),
        "ratios": {name: round(ratio, 2) for name, ratio in ratios.items()},
        "peak_MB_of_10000_replicates": memory and round(memory),
    }
    write_result("metrics", payload)
    print(frame.round(2).to_string(index=False))
    print(*(f"{name}: {ratio:.2f}" for name, ratio in ratios.items()), sep="\n")
    print(f"peak memory of 10,000 replicates: {memory or float('nan'):.0f} MB")
    slow = ratios["scikit-learn / course, AUROC"] < AT_LEAST or ratios["by patient / by image"] > CLUSTERS_AT_MOST
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
