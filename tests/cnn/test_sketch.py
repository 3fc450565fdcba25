"""Networks written down line by line count like the same networks built in PyTorch."""

import pytest
import torch
from torch import nn

from course_lib.cnn import layer_table
from course_lib.cnn.sketch import ALEXNET, sketch_table
from course_lib.cnn.zoo import network_table

COLUMNS = ["output_shape", "parameters", "multiplications"]
VGG16 = " / ".join(
    [
        f"conv {n} k3 p1 / relu" if n else "pool k2"
        for n in (64, 64, 0, 128, 128, 0, *[256] * 3, 0, *([512] * 3 + [0]) * 2)
    ]
    + ["fc 4096 / relu / dropout / fc 4096 / relu / dropout / fc 1000"]
)


@pytest.mark.parametrize(
    ("text", "change", "name"),
    [
        (ALEXNET, ("", ""), "AlexNet"),
        (ALEXNET, (" g2", ""), "AlexNet, one group"),
        (ALEXNET, ("s4 p2", "s4 psame"), 'AlexNet, C1 "SAME"'),
        (ALEXNET, ("relu\npool k3 s2\nfc", "relu\nfc"), "AlexNet, no last pool"),
        (VGG16, ("", ""), "VGG-16"),
    ],
)
def test_the_lectures_chains_count_like_the_networks_built(text, change, name):
    sketched = sketch_table(text.replace(*change) if change[0] else text, (3, 224, 224))
    built = network_table(name)
    sketched, built = (table.loc[table["units"] > 0, COLUMNS] for table in (sketched, built))
    assert sketched.values.tolist() == built.values.tolist()


def test_every_kind_of_layer_counts_as_in_pytorch():
    with torch.device("meta"):
        model = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1, dilation=2), nn.BatchNorm2d(8), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(8, 12, 1, groups=4), nn.ReLU(), nn.MaxPool2d(3, 1, 1), nn.AdaptiveAvgPool2d(1),
            nn.Dropout(), nn.Flatten(), nn.Linear(12, 5),
        )  # fmt: skip
    built = layer_table(model, (3, 33, 41))
    text = "conv 8 k3 s2 p1 d2 / norm / tanh / mean k2 / conv 12 k1 g4 / relu / pool k3 s1 p1 / global / dropout / fc 5"
    sketched = sketch_table(text, (3, 33, 41))
    columns = ["kind", "units", *COLUMNS, "parameter_share", "multiplication_share"]
    assert sketched[columns].values.tolist() == built[built["kind"] != "Flatten"][columns].values.tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "text: got no layers"),
        ("cnv 3 k3", "line 1, “cnv 3 k3”: got “cnv”; allowed are conv, pool"),
        ("relu\nconv k3", "line 2, “conv k3”: conv needs a number of maps"),
        ("conv 0 k3", "conv needs a number of maps"),
        ("conv 3", "conv needs a kernel, such as “conv 3 k3”"),
        ("pool", "pool needs a kernel, such as “pool k3”"),
        ("pool k3 g2", "got “g2”; letters with a number that pool takes: k, s, p"),
        ("relu k3", "got “k3”; letters with a number that relu takes: none"),
        ("pool k2 psame", "got “psame”"),
        ("conv 4 k9", "line 1, “conv 4 k9”: k: a kernel of 9"),
        ("conv 4 k3 s0", "s: got 0"),
        ("conv 4 k3 s0 psame", "s: got 0"),
        ("pool k2 p2", "p: got 2; a pooling of 2 allows up to 1"),
        ("conv 4 k3 g3", "g: got 3, which does not divide 1 maps in and 4 out"),
        ("fc 10 / conv 3 k1", "line 2, “conv 3 k1”: conv needs maps, but after fc there are only 10 units"),
        ("fc", "fc needs a number of units"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, message):
    with pytest.raises(ValueError) as raised:
        sketch_table(text, (1, 8, 8))
    assert message in str(raised.value)
