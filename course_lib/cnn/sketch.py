"""A network written down in lines such as "conv 96 k11 s4 p2", and counted without building it."""

import re
from math import prod

import pandas as pd

from .arithmetic import output_size

KINDS = {
    "conv": "Conv2d",
    "pool": "MaxPool2d",
    "mean": "AvgPool2d",
    "global": "AdaptiveAvgPool2d",
    "norm": "BatchNorm2d",
    "relu": "ReLU",
    "tanh": "Tanh",
    "dropout": "Dropout",
    "fc": "Linear",
}
ALLOWED = {"conv": "kspdg", "pool": "ksp", "mean": "ksp"}
ALEXNET = """conv 96 k11 s4 p2
relu
pool k3 s2
conv 256 k5 p2 g2
relu
pool k3 s2
conv 384 k3 p1
relu
conv 384 k3 p1 g2
relu
conv 256 k3 p1 g2
relu
pool k3 s2
fc 4096
relu
fc 4096
relu
fc 1000"""


def sketch_table(text: str, input_shape: tuple[int, int, int]) -> pd.DataFrame:
    """`layer_table` of a chain of layers, from their description alone.

    Parameters
    ----------
    text : str
        One layer per line, or several with " / " between them:

        - ``conv 96 k11 s4 p2``: 96 maps, kernel 11, stride 4 (1 where left out), padding 2 (0); ``psame`` pads so
          that the output is the input divided by the stride; ``d2`` dilates, ``g2`` makes two groups
        - ``pool k3 s2`` takes maxima, ``mean k2`` means; the stride is the kernel where left out
        - ``global``: the mean of each map
        - ``norm``: batch normalization; ``relu``, ``tanh``, ``dropout``
        - ``fc 4096``: fully connected, to all that comes before it

    input_shape : (channels, height, width)

    Returns
    -------
    DataFrame
        As from `layer_table`; layers are named after the weight layer they belong to (C1, relu1, pool1, …).

    Raises
    ------
    ValueError
        If a line cannot be read or its layer does not fit; the message names the line.

    Examples
    --------
    >>> table = sketch_table("conv 6 k5 / tanh / mean k2 / fc 10", (1, 32, 32))
    >>> table[["name", "output_shape", "parameters"]]
        name output_shape  parameters
    0     C1  (6, 28, 28)         156
    1  tanh1  (6, 28, 28)           0
    2  mean1  (6, 14, 14)           0
    3     F2        (10,)       11770
    """
    rows, shape, weighty = [], tuple(input_shape), 0
    lines = [line.strip() for line in re.split(r"\n|/", text)]
    for place, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            kind, number, options = _read(line)
            shape, parameters, multiplications = _count(kind, number, options, shape)
        except ValueError as problem:
            raise ValueError(f"line {place}, “{line}”: {problem}") from None
        weighty += kind in ("conv", "fc")
        name = {"conv": "C", "fc": "F"}.get(kind, kind) + str(weighty)
        units = prod(shape) if kind in ("conv", "fc") else 0
        rows.append((name, KINDS[kind], shape, units, parameters, multiplications))
    if not rows:
        raise ValueError("text: got no layers; write one per line, such as “conv 6 k5”")
    table = pd.DataFrame(rows, columns=["name", "kind", "output_shape", "units", "parameters", "multiplications"])
    for column in ("parameter", "multiplication"):
        table[f"{column}_share"] = table[f"{column}s"] / max(table[f"{column}s"].sum(), 1)
    return table


def _read(line: str) -> tuple[str, int, dict[str, int | str]]:
    """Kind, number of maps or units (0 for none) and options of one line."""
    kind, *words = line.lower().split()
    if kind not in KINDS:
        raise ValueError(f"got “{kind}”; allowed are {', '.join(KINDS)}")
    number = 0
    if kind in ("conv", "fc"):
        if not words or not words[0].isdecimal() or int(words[0]) == 0:
            what = "maps, such as “conv 96 k11”" if kind == "conv" else "units, such as “fc 4096”"
            raise ValueError(f"{kind} needs a number of {what}")
        number = int(words.pop(0))
    options = {}
    for word in words:
        match = re.fullmatch(rf"([{ALLOWED.get(kind) or '—'}])(\d+|same)", word)
        if not match or (match[2] == "same" and (kind, match[1]) != ("conv", "p")):
            letters = ", ".join(ALLOWED[kind]) if kind in ALLOWED else "none"
            raise ValueError(f"got “{word}”; letters with a number that {kind} takes: {letters}")
        options[match[1]] = match[2] if match[2] == "same" else int(match[2])
    if kind in ALLOWED and "k" not in options:
        raise ValueError(f"{kind} needs a kernel, such as “{kind} {f'{number} ' if number else ''}k3”")
    return kind, number, options


def _count(kind: str, number: int, options: dict, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int, int]:
    """Output shape, parameters and multiplications of one layer."""
    if kind == "fc":
        entering = prod(shape)
        return (number,), (entering + 1) * number, entering * number
    if kind in ("relu", "tanh", "dropout"):
        return shape, 0, 0
    if len(shape) == 1:
        raise ValueError(f"{kind} needs maps, but after fc there are only {shape[0]} units")
    if kind == "norm":
        return shape, 2 * shape[0], 0
    if kind == "global":
        return (shape[0], 1, 1), 0, 0
    side = tuple(_length(kind, options, length) for length in shape[1:])
    if kind != "conv":
        return (shape[0], *side), 0, 0
    groups = options.get("g", 1)
    if groups < 1 or shape[0] % groups or number % groups:
        raise ValueError(f"g: got {groups}, which does not divide {shape[0]} maps in and {number} out")
    weights = options["k"] ** 2 * shape[0] // groups * number
    return (number, *side), weights + number, weights * prod(side)


def _length(kind: str, options: dict, length: int) -> int:
    """Length of the output of a convolution or pooling along one axis."""
    k, p = options["k"], options.get("p", 0)
    s = options.get("s", 1 if kind == "conv" else k)
    if p == "same":
        return output_size(length, 1, 0, s)  # ⌈length / s⌉, whatever the kernel
    if kind != "conv" and 2 * p > k:
        raise ValueError(f"p: got {p}; a pooling of {k} allows up to {k // 2}")
    return output_size(length, k, p, s, options.get("d", 1))
