"""What a network costs, layer by layer: one of the lecture's, or one of one's own."""

import re
from functools import lru_cache
from html import escape

import pandas as pd

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, IntSlider, Scene, TextBox

from ..arithmetic import bottleneck_operations
from ..figures import draw_bottleneck, draw_ledger
from ..sketch import ALEXNET, sketch_table
from ..zoo import NETWORKS, network_table

OWN = "your own (edit the layers)"
POOLS = "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "Subsampling"


def ledger_explorer() -> Explorer:
    """Choose a network, or write one down line by line, and see its shapes, parameters and multiplications."""
    return Explorer(
        ledger_scene,
        title="Architecture ledger",
        panels=2,
        size=(10.5, 4.6),
        network=Choice("Network", [*NETWORKS, OWN], value="AlexNet"),
        input_shape=TextBox("Own input (maps×rows×columns)", "3 × 224 × 224"),
        layers=TextBox("Own layers", ALEXNET, rows=8),
    )


def ledger_scene(network: str, input_shape: str, layers: str) -> Scene:
    """What `ledger_explorer` shows for these values of its controls; the last two count for a network of one's own.

    Raises
    ------
    ValueError
        If a network of one's own cannot be read; the message names the line.
    """
    own = network == OWN
    shape = read_shape(input_shape) if own else NETWORKS[network].input_shape
    table = sketch_table(layers, shape) if own else counted(network)
    name = "Your own network" if own else network
    parameters, multiplications = int(table["parameters"].sum()), int(table["multiplications"].sum())
    weighty = table[table["units"] > 0]
    largest = table.loc[table["parameters"].idxmax()]
    first = f"first weight layer {_sides(weighty['output_shape'].iloc[0])}; " if len(weighty) else ""
    return Scene(
        text=f"{name}: {parameters:,} parameters, {multiplications:,} multiplications; input {_sides(shape)}; "
        f"{first}largest layer {_last_name(largest['name'])} with {largest['parameters']:,} parameters "
        f"({largest['parameters'] / max(parameters, 1):.1%}).",
        alt=f"Bars of the parameters and multiplications of {name} by layer, or by size of the maps.",
        figure=lambda axes: draw_ledger(table, axes=axes),
        html=_html("Your own network.", table) if own else preset_html(network),
    )


def bottleneck_explorer() -> Explorer:
    """GoogLeNet's bottleneck: how many channels are left before the 5×5 convolution, and what that saves."""
    return Explorer(
        bottleneck_scene,
        title="A 1×1 bottleneck before the 5×5 convolution",
        panels=2,
        size=(10.5, 4),
        reduce=IntSlider("Channels after the 1×1", 0, max=480),
    )


def bottleneck_scene(reduce: int) -> Scene:
    """What `bottleneck_explorer` shows: 14 × 14 × 480 maps in, 5×5 convolution, 48 maps out."""
    straight = bottleneck_operations()["total"]
    if reduce:
        counts = bottleneck_operations(reduce=reduce)
        total = counts["total"]
        compared = f"{straight / total:.1f} times fewer" if total <= straight else f"{total / straight:.1f} times more"
        text = (
            f"Reduced to {reduce} channels: {counts['reduction']:,} + {counts['convolution']:,} = {total:,} "
            f"multiplications, {compared} than {straight:,}"
        )
    else:
        text = f"No reduction: 14·14·5·5·480·48 = {straight:,} multiplications"
    return Scene(
        text=text,
        alt="Left, bars of the multiplications, straight and reduced; right, by the number of channels, up to this.",
        figure=lambda axes: draw_bottleneck(reduce, axes=axes),
    )


def read_shape(text: str) -> tuple[int, int, int]:
    """Maps, rows and columns from a text such as "3 × 224 × 224".

    Examples
    --------
    >>> read_shape("1x32x32")
    (1, 32, 32)
    """
    numbers = [int(digits) for digits in re.findall(r"\d+", text)]
    if len(numbers) != 3 or min(numbers) == 0 or re.search(r"[^\d\s×x*,]", text):
        raise ValueError(f"input: got “{text}”; allowed is maps × rows × columns, such as 3 × 224 × 224")
    return tuple(numbers)


@lru_cache(maxsize=32)
def counted(network: str) -> pd.DataFrame:
    """The layer table of one of the lecture's networks."""
    return network_table(network)


@lru_cache(maxsize=32)
def preset_html(network: str) -> str:
    """What this variant of a network is, and its layers, as an HTML table."""
    return _html(f"{network} ({NETWORKS[network].year}): {NETWORKS[network].note}.", counted(network))


def _html(about: str, table: pd.DataFrame) -> str:
    shown = table[(table["parameters"] > 0) | table["kind"].isin(POOLS)]
    columns = ["parameters", "parameter_share", "multiplications", "multiplication_share"]
    rows = shown[["name", "kind", *columns]].assign(output=shown["output_shape"].map(_sides))
    total = pd.DataFrame([{"name": "total", "kind": "", "output": "", **table[columns].sum()}])
    rows = pd.concat([rows, total.astype(rows.dtypes[columns])])[["name", "kind", "output", *columns]]
    rows.columns = ["layer", "kind", "output", "parameters", "share", "multiplications", "their share"]
    formats = {"share": "{:.1%}", "their share": "{:.1%}"}
    shown = plotting.table(rows, "Its layers with parameters, and the poolings", formats)
    return f'<p>{escape(about)}</p><div style="max-height:26em;overflow:auto">{shown.html}</div>'


def _last_name(name: str) -> str:
    """F6 of classifier.F6; where the last part is a mere number, the whole name."""
    last = name.rsplit(".", 1)[-1]
    return name if last.isdecimal() else last


def _sides(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{length:,}" for length in shape)
