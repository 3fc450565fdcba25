"""LeNet-5 as published in 1998, to the parameter."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Which of the six S2 maps feed each of the sixteen C3 maps: LeCun et al. 1998, Table I, column by column.
C3_TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip

# The target of each digit on the 84 units of F6, a 7 × 12 picture. Drawn for this course after the idea of the
# paper's Figure 3, not copied from it bit by bit.
DIGIT_BITMAPS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
..###.. ...##.. ..###.. .#####. .....#. .#####. ..####. .#####. ..###.. ..###..
.#...#. ..###.. .#...#. .....#. ....##. .#..... .#..... .....#. .#...#. .#...#.
#.....# .#.##.. #.....# ....#.. ...#.#. .#..... #...... .....#. #.....# #.....#
#.....# ...##.. ......# ...#... ..#..#. .#..... #...... ....#.. #.....# #.....#
#.....# ...##.. .....#. ..###.. .#...#. .####.. #.###.. ....#.. .#...#. .#....#
#.....# ...##.. ....#.. .....#. #....#. .....#. ##...#. ...#... ..###.. ..####.
#.....# ...##.. ...#... ......# ####### ......# #.....# ...#... .#...#. .....#.
#.....# ...##.. ..#.... ......# .....#. ......# #.....# ..#.... #.....# .....#.
.#...#. ...##.. .#..... #....#. .....#. #....#. .#...#. ..#.... .#...#. ....#..
..###.. .#####. ####### .####.. .....#. .####.. ..###.. ..#.... ..###.. .###...
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""


def squash(sums: Tensor) -> Tensor:
    """LeNet-5's activation, A tanh(2a/3) with A = 1.7159, so that f(±1) = ±1.

    References
    ----------
    LeCun et al. (1998), section II-B and appendix A.

    Examples
    --------
    >>> squash(torch.tensor([-1.0, 0.0, 1.0])).round(decimals=4)
    tensor([-1.,  0.,  1.])
    """
    return 1.7159 * torch.tanh(2 / 3 * sums)


class Subsampling(nn.Module):
    """The mean of each 2×2 block, times a trainable gain, plus a trainable bias: two parameters per map.

    The paper adds the four pixels up instead; that is this layer with a gain four times as large.

    Parameters
    ----------
    maps : int
        Feature maps, (N, maps, H, W) in and (N, maps, H/2, W/2) out.
    """

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, maps: Tensor) -> Tensor:
        return functional.avg_pool2d(maps, 2) * self.gain[:, None, None] + self.bias[:, None, None]


class SparseConv2d(nn.Module):
    """A convolution in which each output map sees only some of the input maps.

    It holds one kernel per connection of the table and none for the missing ones, so that it has as many parameters
    as it uses.

    Parameters
    ----------
    table : sequence of sequences of int
        The input maps of each output map.
    kernel_size : int
    """

    def __init__(self, table: tuple[tuple[int, ...], ...], kernel_size: int) -> None:
        super().__init__()
        self.outputs = [output for output, inputs in enumerate(table) for _ in inputs]
        self.inputs = [entering for inputs in table for entering in inputs]
        self.dense_shape = (len(table), max(self.inputs) + 1, kernel_size, kernel_size)
        fan_in = torch.tensor([len(table[output]) * kernel_size**2 for output in self.outputs])
        # PyTorch's own rule for a convolution, uniform in ±1/√fan-in, with each map's own fan-in
        uniform = 2 * torch.rand(len(self.outputs), kernel_size, kernel_size) - 1
        self.weight = nn.Parameter(uniform / fan_in.sqrt()[:, None, None])
        self.bias = nn.Parameter(torch.zeros(len(table)))

    def forward(self, maps: Tensor) -> Tensor:
        dense = self.weight.new_zeros(self.dense_shape)
        dense = dense.index_put((torch.tensor(self.outputs), torch.tensor(self.inputs)), self.weight)
        return functional.conv2d(maps, dense, self.bias)


class RadialBasisOutput(nn.Module):
    """The output layer: minus the squared distance of F6's state to the bitmap of each digit, −Σⱼ (xⱼ − wᵢⱼ)² / 20.

    The 840 weights (±1) are fixed. Cross-entropy on these outputs has the form of the paper's training criterion
    (equation 9): the distance to the right digit plus log Σ exp(−distance) over all. The paper has no 20; two bitmaps
    are up to 148 apart, and with such outputs the loss is zero long before the network has learned much.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("codes", digit_codes())  # (10, 84)

    def forward(self, state: Tensor) -> Tensor:
        return -(state[:, None] - self.codes).square().sum(-1) / 20  # (N, 10)


class LeNet5(nn.Module):
    """LeNet-5: 60,000 trainable parameters, layer by layer those of the paper.

    ====== ======================= ============ ==========
    Layer  What                    Output       Parameters
    ====== ======================= ============ ==========
    C1     6 maps, 5×5             6 × 28 × 28  156
    S2     trainable subsampling   6 × 14 × 14  12
    C3     16 maps, 5×5, sparse    16 × 10 × 10 1,516
    S4     trainable subsampling   16 × 5 × 5   32
    C5     120 maps, 5×5           120 × 1 × 1  48,120
    F6     fully connected         84           10,164
    output distance to 10 bitmaps  10           0 (840 fixed)
    ====== ======================= ============ ==========

    Takes (N, 1, 32, 32) and returns logits (N, 10), the largest for the nearest bitmap; for cross-entropy. Every
    layer up to F6 is followed by `squash`.

    References
    ----------
    LeCun, Y., Bottou, L., Bengio, Y. and Haffner, P. (1998). Gradient-based learning applied to document
    recognition. Proceedings of the IEEE 86(11), 2278-2324, section II-B.

    Examples
    --------
    >>> sum(parameter.numel() for parameter in LeNet5().parameters())
    60000
    >>> LeNet5()(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self) -> None:
        super().__init__()
        self.C1 = nn.Conv2d(1, 6, 5)
        self.S2 = Subsampling(6)
        self.C3 = SparseConv2d(C3_TABLE, 5)
        self.S4 = Subsampling(16)
        self.C5 = nn.Conv2d(16, 120, 5)
        self.F6 = nn.Linear(120, 84)
        self.output = RadialBasisOutput()

    def features(self, images: Tensor) -> Tensor:
        """The maps of C5: (N, 120, 1, 1) for 32 × 32 pixels, more places for larger images."""
        for layer in (self.C1, self.S2, self.C3, self.S4, self.C5):
            images = squash(layer(images))
        return images

    def forward(self, images: Tensor) -> Tensor:
        if images.shape[1:] != (1, 32, 32):
            raise ValueError(f"images: got shape {tuple(images.shape)}; allowed is (N, 1, 32, 32)")
        return self.output(squash(self.F6(self.features(images).flatten(1))))


def digit_codes() -> Tensor:
    """The ten bitmaps as rows of ±1, (10, 84), each read line by line.

    Examples
    --------
    >>> digit_codes().shape
    torch.Size([10, 84])
    """
    lines = [line.split() for line in DIGIT_BITMAPS.split("\n") if line]  # 12 lines of 10 pieces
    bitmaps = ["".join(line[digit] for line in lines) for digit in range(10)]
    return torch.tensor([[1.0 if mark == "#" else -1.0 for mark in bitmap] for bitmap in bitmaps])
