"""The controls of an explorer: ipywidgets with the course's label style."""

from collections.abc import Sequence

import ipywidgets


def _control(widget: type, label: str, width: str = "340px", **traits) -> ipywidgets.ValueWidget:
    return widget(
        description=label,
        tooltip=label,  # without one ipywidgets shows "null"
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width=width, margin="2px 18px 2px 0"),
        **traits,
    )


def IntSlider(label: str, value: int, *, min: int = 0, max: int, step: int = 1) -> ipywidgets.IntSlider:
    """Return a slider over whole numbers from `min` to `max`, both included."""
    return _control(ipywidgets.IntSlider, label, value=value, min=min, max=max, step=step)


def FloatSlider(label: str, value: float, *, min: float, max: float, step: float) -> ipywidgets.FloatSlider:
    """Return a slider over the numbers from `min` to `max`, in steps of `step`."""
    return _control(ipywidgets.FloatSlider, label, value=value, min=min, max=max, step=step)


def Choice(label: str, options: Sequence | dict, value=None) -> ipywidgets.Dropdown:
    """Return a list to choose one of `options` from; a dict shows its keys and gives its values.

    Examples
    --------
    >>> Choice("Padding", {"none": 0, "one pixel": 1}).value
    0
    """
    allowed = list(options.values() if isinstance(options, dict) else options)
    return _control(ipywidgets.Dropdown, label, options=options, value=allowed[0] if value is None else value)


def Switch(label: str, value: bool = False) -> ipywidgets.Checkbox:
    """Return a switch that is on or off."""
    return _control(ipywidgets.Checkbox, label, value=value, indent=False)


def TextBox(label: str, value: str, rows: int = 1) -> ipywidgets.Text | ipywidgets.Textarea:
    """Return a box to write in, read at every key; more than one row makes it a text area."""
    if rows == 1:
        return _control(ipywidgets.Text, label, value=value)
    return _control(ipywidgets.Textarea, label, value=value, rows=rows)
