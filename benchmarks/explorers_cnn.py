"""The explorers of lecture 1 and the moves by which `benchmarks.explorers` times them."""

from course_lib.cnn.explorers import (
    bottleneck_explorer,
    convolution_explorer,
    descent_explorer,
    ledger_explorer,
    receptive_field_explorer,
)

ENTRIES = [
    ("cnn: gradient descent", descent_explorer, [{"rate": rate / 10} for rate in range(1, 21)]),
    ("cnn: convolution", convolution_explorer, [{"step": step} for step in range(9, 0, -1)]),
    ("cnn: receptive field", receptive_field_explorer, [{"layer": layer} for layer in (4, 3, 2, 1, 5)]),
    ("cnn: architecture ledger", ledger_explorer, [{"network": name} for name in ("AlexNet", "VGG-16", "ResNet-18")]),
    ("cnn: bottleneck", bottleneck_explorer, [{"reduce": channels} for channels in range(16, 481, 16)]),
]
