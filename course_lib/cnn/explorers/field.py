"""What one unit sees, from any layer of three networks or of one's own."""

import re
from contextlib import suppress
from functools import lru_cache
from html import escape

import numpy as np

from course_lib.explorer import Choice, Explorer, IntSlider, Scene, TextBox

from ..arithmetic import output_size
from ..figures import draw_receptive_field, draw_units
from ..receptive import receptive_field, receptive_field_table, receptive_window
from ..zoo import STACKS, Stack
from .ledger import OWN

MAP, IMAGE = 0, 2  # panels that answer to the pointer
LENET = "5/1 2/2 5/1 2/2 5/1"
MOST_LAYERS, LARGEST_FIELD = 24, 512  # that can still be drawn


def receptive_field_explorer() -> Explorer:
    """Click a unit and see its window on the image, and the recurrence that leads to its size; edit the layers."""
    stack = next(iter(STACKS))
    explorer = Explorer(
        field_scene,
        title="What one unit sees",
        panels=3,
        size=(12, 4.4),
        point=field_point,
        stack=Choice("Network", [*STACKS, OWN]),
        layer=IntSlider("Layer", len(STACKS[stack].layers), min=1, max=len(STACKS[stack].layers)),
        row=IntSlider("Unit's row (0: middle)", 0, max=1),
        column=IntSlider("Unit's column (0: middle)", 0, max=1),
        layers=TextBox("Own layers (k/s)", LENET),
    )
    for name in ("stack", "layers"):
        explorer.controls[name].observe(lambda _: _go_to_top(explorer), "value")
    explorer.controls["layer"].observe(lambda _: _fit_units(explorer), "value")
    return explorer


def field_scene(stack: str, layer: int, row: int, column: int, layers: str = LENET) -> Scene:
    """What `receptive_field_explorer` shows for these values of its controls; the last counts for one's own network.

    Raises
    ------
    ValueError
        If a network of one's own cannot be read or is too large to draw.
    """
    network = chosen(stack, layers)
    depth = min(layer, len(network.layers))
    layers, padding, names = network.layers[:depth], network.padding[:depth], network.names[:depth]
    side = map_side(network, depth)
    unit = tuple(min(place or (side + 1) // 2, side) - 1 for place in (row, column))
    (top, bottom), (left, right) = (receptive_window(layers, place, padding) for place in unit)
    jump, field = receptive_field_table(layers).iloc[-1][["jump", "field"]]
    beyond = max(-top, -left, bottom - network.input_size + 1, right - network.input_size + 1, 0)
    reach = f", {beyond} px past the border" if beyond else ""
    place = f"Unit ({unit[0] + 1}, {unit[1] + 1}) of {side} × {side}"
    window = f"rows {_span(top, bottom)}, columns {_span(left, right)} of 0 to {network.input_size - 1}"

    about = "Your own network" if stack == OWN else stack.split(",")[0]

    def figure(axes):
        draw_units(side, unit, ax=axes[MAP], title=f"{names[-1]}: {side} × {side} units")
        chain = {"image": photograph(network.input_size), "padding": padding, "names": names}
        draw_receptive_field(layers, unit, axes=axes[1:], **chain)

    return Scene(
        text=f"{about}, {names[-1]}: one unit sees {field} × {field} pixels. "
        f"{place}: {window}{reach}; neighbors lie {jump} px apart.",
        alt=f"The units of {names[-1]} with one marked, what it sees of each layer, and its window on the image.",
        figure=figure,
        html=recurrence(network, depth),
    )


def field_point(panel: int, x: float, y: float, values: dict) -> dict:
    """The unit under the pointer on the map, or the one whose window is centered nearest to it on the image."""
    if panel not in (MAP, IMAGE):
        return {}
    with suppress(ValueError):  # of layers that cannot be read there is no unit to point at
        network = chosen(values["stack"], values["layers"])
        return _nearest(panel, x, y, network, min(values["layer"], len(network.layers)))
    return {}


def _nearest(panel: int, x: float, y: float, network: Stack, depth: int) -> dict:
    place = np.array([y, x])
    if panel == IMAGE:
        first, last = receptive_window(network.layers[:depth], 0, network.padding[:depth])
        jump = receptive_field_table(network.layers[:depth])["jump"].iloc[-1]
        place = (place - (first + last) / 2) / jump
    row, column = np.clip(np.round(place), 0, map_side(network, depth) - 1).astype(int) + 1
    return {"row": int(row), "column": int(column)}


def chosen(stack: str, layers: str) -> Stack:
    """The lecture's network of that name, or, for one's own, the one that `layers` describes."""
    return read_stack(layers) if stack == OWN else STACKS[stack]


def read_stack(text: str) -> Stack:
    """Layers from "kernel/stride kernel/stride …", on an image of 32, 64, … 512 pixels that just holds the field.

    Raises
    ------
    ValueError
        If there is no layer, one cannot be read, or there are too many or too large ones to draw.

    Examples
    --------
    >>> stack = read_stack("3/2 3/1")
    >>> stack.layers, stack.input_size
    (((3, 2), (3, 1)), 32)
    """
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= MOST_LAYERS:
        raise ValueError(f"layers: got {len(words)}; allowed are 1 to {MOST_LAYERS}, such as “{LENET}”")
    for place, word in enumerate(words, start=1):
        if not re.fullmatch(r"0*[1-9][0-9]{0,2}/0*[1-9][0-9]{0,2}", word):
            raise ValueError(f"layers: entry {place} is “{word}”; allowed is kernel/stride from 1 on, such as 5/1")
    layers = tuple(tuple(int(number) for number in word.split("/")) for word in words)
    if (field := receptive_field(layers)) > LARGEST_FIELD:
        raise ValueError(f"layers: one unit would see {field:,} pixels; allowed are up to {LARGEST_FIELD} here")
    side = max(32, 2 ** (field - 1).bit_length())
    return Stack(tuple(f"layer {n + 1}" for n in range(len(layers))), layers, (0,) * len(layers), side)


@lru_cache(maxsize=128)
def map_side(network: Stack, depth: int) -> int:
    """Units per row of a layer of a network.

    Examples
    --------
    >>> map_side(STACKS["AlexNet, pool5"], 8)
    6
    """
    side = network.input_size
    for (k, s), p in list(zip(network.layers, network.padding, strict=True))[:depth]:
        side = output_size(side, k, p, s)
    return side


@lru_cache(maxsize=128)
def recurrence(network: Stack, depth: int) -> str:
    """The receptive field line by line, as an HTML table."""
    table = receptive_field_table(network.layers[:depth], network.names[:depth])
    rows = [("image", "", "", "1", "1")]
    for before, now in zip(table.itertuples(), table.iloc[1:].itertuples(), strict=False):
        jump = f"{before.jump} · {now.s} = {now.jump}"
        field = f"{before.field} + ({now.k} − 1) · {before.jump} = {now.field}"
        rows.append((now.layer, f"{now.k}", f"{now.s}", jump, field))
    head = "kernel k", "stride s", "jump = jump before · s", "field = field before + (k − 1) · jump before"
    return _scrolling("The recurrence, layer by layer (in pixels)", ("layer", *head), rows)


@lru_cache(maxsize=4)
def photograph(side: int) -> np.ndarray:
    """A gray photograph that comes with scikit-learn, side × side pixels."""
    from PIL import Image
    from sklearn.datasets import load_sample_image

    photo = Image.fromarray(load_sample_image("flower.jpg")).convert("L")
    height = photo.height
    left = (photo.width - height) // 2
    return np.asarray(photo.crop((left, 0, left + height, height)).resize((side, side)))


def _scrolling(caption: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div style="max-height:22em;overflow:auto">{table}</div>'


def _span(first: int, last: int) -> str:
    return f"{first} to {last}".replace("-", "−")


def _go_to_top(explorer: Explorer) -> None:
    """Offer the layers of this network and go to its last, unless they cannot be read."""
    with suppress(ValueError):
        layer = explorer.controls["layer"]
        layer.max = len(chosen(explorer.values["stack"], explorer.values["layers"]).layers)
        layer.value = layer.max
        _fit_units(explorer)


def _fit_units(explorer: Explorer) -> None:
    """Offer the units of this layer."""
    with suppress(ValueError):  # the screen says already what cannot be read
        side = map_side(chosen(explorer.values["stack"], explorer.values["layers"]), explorer.values["layer"])
        for name in ("row", "column"):
            explorer.controls[name].max = side
