"""Ten thousand replicates of a large test set fit into a laptop's memory."""

import subprocess
import sys

import pytest

SCRIPT = """
import re, resource
from pathlib import Path
import numpy as np
from course_lib.metrics import bootstrap_auroc, simulate_predictions
sample = simulate_predictions(np.ones(22_433, int), np.linspace(0.002, 0.18, 14), 0.8)
bootstrap_auroc(sample.y_true, sample.y_score, groups=sample.groups // 4, n_replicates=10_000)
status = Path("/proc/self/status")  # on Linux, ru_maxrss begins with what the starting process had
kilobytes = re.search(r"VmHWM:\\s+([0-9]+)", status.read_text())[1] if status.exists() else 0
print(1024 * int(kilobytes) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's peak memory this way")
def test_ten_thousand_replicates_of_a_large_test_set_stay_under_a_gigabyte():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert 1e7 < int(run.stdout) < 1e9
