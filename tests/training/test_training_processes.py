import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from training_cases import SHARED, run_shared

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="torchrun needs libuv, which builds of PyTorch for Windows may lack"
)


@pytest.fixture(scope="module")
def shared_between_two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    script = Path(__file__).with_name("training_cases.py")
    done = subprocess.run(
        [*command, script, folder],
        env=os.environ | {"OMP_NUM_THREADS": "1", "COURSE_DEVICE": "cpu"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("case", SHARED)
def test_two_processes_give_the_loss_curve_and_the_weights_of_one(shared_between_two, case):
    two = torch.load(shared_between_two / f"{case}.pt", weights_only=True)
    one = run_shared(case)
    assert two["processes"] == 2
    assert two["stopped"] == one.stopped
    assert len(two["history"]["epoch"]) == len(one.history)
    for column, values in two["history"].items():
        np.testing.assert_allclose(values, one.history[column], rtol=2e-6, err_msg=column)
    for name, weights in one.model.state_dict().items():
        torch.testing.assert_close(two["model"][name], weights, rtol=1e-5, atol=1e-6)


def test_what_two_processes_wrote_one_process_goes_on_from(shared_between_two):
    path = shared_between_two / "accumulated.checkpoint"
    longer = run_shared("accumulated", epochs=6, checkpoint=path)
    np.testing.assert_allclose(
        longer.history["train_loss"], run_shared("accumulated", epochs=6).history["train_loss"], rtol=5e-6
    )
