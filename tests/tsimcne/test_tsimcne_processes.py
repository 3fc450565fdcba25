"""Two CPU processes train as one does: the loss is that of the whole batch, and so is its gradient."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tsimcne_processes import run

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="torchrun needs libuv, which builds of PyTorch for Windows may lack"
)


@pytest.fixture(scope="module")
def shared_between_two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    script = Path(__file__).with_name("tsimcne_processes.py")
    done = subprocess.run(
        [*command, script, folder],
        env=os.environ | {"OMP_NUM_THREADS": "1", "COURSE_DEVICE": "cpu"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("kernel", ["cauchy", "cosine"])
def test_two_processes_give_the_losses_and_weights_of_one(shared_between_two, kernel):
    two = torch.load(shared_between_two / f"{kernel}.pt", weights_only=True)
    one = run(kernel)
    assert two["processes"] == 2 and len(two["losses"]) == 5
    losses = [row["loss"] for row in one.history]
    assert abs(losses[0] - np.log(31)) > 0.05 and losses[1] < losses[0]  # not all in one point, and it learns
    np.testing.assert_allclose(two["losses"], losses, rtol=1e-5)
    for name, weights in one.encoder.state_dict().items():
        torch.testing.assert_close(two["weights"][name], weights, rtol=1e-4, atol=1e-5)
