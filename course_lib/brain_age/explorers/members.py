"""The list of patches in an ensemble: written, filled in by a choice, and changed by a switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets

from course_lib.explorer import Choice, Switch, TextBox

OWN = "by hand"


def parsed(members: str, n: int) -> tuple[int, ...]:
    """Places of patches from their numbers as they are written.

    Raises
    ------
    ValueError
        If something is no patch, or there is none.

    Examples
    --------
    >>> parsed("3, 1-2, 9", 27)
    (0, 1, 2, 8)
    """
    places: set[int] = set()
    for part in members.replace(" ", "").replace("–", "-").split(","):
        first, _, last = part.partition("-")
        last = last or first
        if not (first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= n):
            raise ValueError(f"members: got {part!r}, allowed are numbers from 1 to {n} and ranges such as 4-6")
        places |= set(range(int(first) - 1, int(last)))
    return tuple(sorted(places))


def written(members: tuple[int, ...]) -> str:
    """The opposite of `parsed`.

    >>> written((0, 1, 2, 8))
    '1-3, 9'
    """
    runs: list[list[int]] = []
    for place in members:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else f"{run[0] + 1}" for run in runs)


def wired(patch: ipywidgets.IntSlider, presets: Mapping[str, tuple[int, ...]]) -> dict[str, ipywidgets.Widget]:
    """Controls patch, member, chosen, members, which keep each other true; to be made before the explorer.

    Parameters
    ----------
    patch : slider over the patches' numbers
    presets : dict name -> places of patches
        The first is what the list begins with.
    """
    first = next(iter(presets.values()))
    member = Switch("In the ensemble", patch.value - 1 in first)
    chosen, members = Choice("Members", [*presets, OWN]), TextBox("Patches in it", written(first))
    agreement = _Agreement(patch, member, chosen, members, presets)
    for control, answer in (
        (chosen, agreement.fill),
        (members, agreement.follow),
        (patch, agreement.follow),
        (member, agreement.switch),
    ):
        control.observe(answer, "value")
    return {"patch": patch, "member": member, "chosen": chosen, "members": members}


@dataclass(frozen=True, eq=False)
class _Agreement:
    """What each of the controls does to the others when it moves."""

    patch: ipywidgets.IntSlider
    member: ipywidgets.Checkbox
    chosen: ipywidgets.Dropdown
    members: ipywidgets.Text
    presets: Mapping[str, tuple[int, ...]]

    def places(self) -> tuple[int, ...] | None:
        try:
            return parsed(self.members.value, self.patch.max)
        except ValueError:  # half-written: the explorer says so
            return None

    def fill(self, _) -> None:
        if self.chosen.value != OWN:
            self.members.value = written(self.presets[self.chosen.value])

    def follow(self, _) -> None:
        if (now := self.places()) is not None:
            self.chosen.value = next((name for name, preset in self.presets.items() if preset == now), OWN)
            self.member.value = self.patch.value - 1 in now

    def switch(self, _) -> None:
        now, own = self.places(), self.patch.value - 1
        if now is None or self.member.value == (own in now):
            return
        if changed := set(now) ^ {own}:
            self.members.value = written(tuple(sorted(changed)))
        else:
            self.member.value = True  # an ensemble of nobody predicts nothing
