"""Counting a network: our layer table against fvcore's counter, for agreement and for time.

    python -m benchmarks.ledger

fvcore traces a forward pass on real zeros; `layer_table` walks the network on PyTorch's meta device, where tensors have
shapes but no values. Both count multiplications of convolutions and linear layers.
"""

import sys
import time
from statistics import median

import pandas as pd
import torch
from fvcore.nn import FlopCountAnalysis

from benchmarks.record import write_result
from course_lib.cnn import layer_table
from course_lib.cnn.zoo import NETWORKS

NAMES = ("AlexNet (torchvision)", "VGG-16", "ResNet-18", "ResNet-50", "DenseNet-121")
REPEATS = 3


def ours(model, shape) -> int:
    return int(layer_table(model, shape)["multiplications"].sum())


def fvcores(model, shape) -> int:
    with torch.no_grad():
        counts = FlopCountAnalysis(model, torch.zeros(1, *shape)).unsupported_ops_warnings(False).by_operator()
    return int(counts["conv"] + counts["linear"])


def seconds(count, model, shape) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        count(model, shape)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> int:
    """Write and print the results; returns 1 where the two counts differ."""
    rows = []
    for name in NAMES:
        network = NETWORKS[name]
        model, shape = network.build().eval(), network.input_shape
        agree = ours(model, shape) == fvcores(model, shape)
        times = {"seconds": seconds(ours, model, shape), "fvcore_seconds": seconds(fvcores, model, shape)}
        ratio = times["seconds"] / times["fvcore_seconds"]
        rows.append(
            {"network": name, "agree": agree, **{k: round(v, 3) for k, v in times.items()}, "ratio": round(ratio, 2)}
        )
    write_result("ledger", {"task": f"count one network, median of {REPEATS}", "rows": rows})
    print(pd.DataFrame(rows).to_string(index=False))
    return int(not all(row["agree"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
