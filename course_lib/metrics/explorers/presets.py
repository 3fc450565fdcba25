"""Presets: named settings of an explorer's other controls."""

from collections.abc import Mapping

from course_lib.explorer import Explorer

OWN = "own"


def follow_presets(explorer: Explorer, presets: Mapping[str, Mapping]) -> None:
    """Let the control called "preset" set the others, and say "own" once one of them has been moved.

    The scene must ignore the preset and draw every setting differently.

    Parameters
    ----------
    explorer : Explorer
        Its control "preset" offers the names of `presets`, and `OWN`.
    presets : dict name -> dict of values by control
    """
    preset = explorer.controls["preset"]

    def fill_in(change) -> None:
        if change.new != OWN:
            explorer.move(**presets[change.new])

    def rename(_) -> None:
        if preset.value != OWN and not presets[preset.value].items() <= explorer.values.items():
            preset.value = OWN

    preset.observe(fill_in, "value")
    explorer.picture.observe(rename, ["png", "text"])
