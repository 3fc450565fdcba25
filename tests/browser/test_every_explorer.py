"""Every explorer of every lecture, found in the notebooks: moved by keyboard, light and dark, wide and narrow."""

import importlib
from pathlib import Path

import pytest
from lecture_page import explorers_of, lecture_page
from notebook_page import CURRENT
from playwright.sync_api import ElementHandle, Locator

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
# Lectures have a solution; the notebook on own data, which has none, shows the sixth lecture's atlas.
LECTURES = [
    path.stem
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    if explorers_of(path) and (ROOT / "solutions" / f"{path.stem}.py").exists()
]
VIEWS = [("light", 1280), ("dark", 1280), ("dark", 800), ("light", 800)]
MOVED_IN = ("dark", 800)
OUTERMOST = ".course-explorer:not(.course-explorer .course-explorer)"
CONTROLS = ".noUi-handle, select, .widget-checkbox input, .widget-text input, textarea, .course-answers"
# jupyter-scatter's buttons are reached and named, but not pressed: they would fill the screen or start a download. Its
# map takes no focus, so that no key hovers over a point or draws a lasso; the list above it and the gallery do answer.
REACHED = f"{CONTROLS}, .widget-readout, button"
ARROWS = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]
AT_END = """(node) => node.options ? node.selectedIndex === node.options.length - 1
    : node.getAttribute("aria-valuenow") === node.getAttribute("aria-valuemax")"""


@pytest.mark.parametrize("name", LECTURES)
def test_every_explorer_answers_to_the_keyboard_and_fits_its_page(name, lab, open_notebook):
    own = importlib.import_module(f"test_lecture_{name[:2]}")  # where its explorers need data, less of them
    page = lecture_page(lab, open_notebook, name, getattr(own, "EXPLORERS", None), getattr(own, "SETUP", ""))
    page.page.evaluate(f"({(HERE / 'explorer_hands.js').read_text()})({CURRENT}.sessionContext.session.kernel)")
    explorers = page.page.locator(OUTERMOST)
    explorers.locator("img.course-image").nth(-1).wait_for()
    assert explorers.count() == len(explorers_of(lab.folder / "notebooks" / f"{name}.ipynb"))
    said = []
    for view in VIEWS:
        page.show(*view)
        for explorer in explorers.all():
            complaints = complaints_of_looks(explorer)
            if view == MOVED_IN:
                complaints += complaints_of_tab(explorer) + complaints_of_keys(explorer)
            title = explorer.locator(".course-title").first.inner_text()
            said += [f"{title}, {view}: {complaint}" for complaint in complaints]
    assert not said, "\n".join(said)
    assert page.errors == []


def complaints_of_looks(explorer: Locator) -> list[str]:
    """What is too wide, cut off, or too pale."""
    return explorer.evaluate(f"({(HERE / 'explorer_looks.js').read_text()})")


def complaints_of_tab(explorer: Locator) -> list[str]:
    """What has no name for a screen reader, what Tab does not reach, and where the focus is not to be seen."""
    snapshot = explorer.aria_snapshot().splitlines()
    roles = ("slider", "combobox", "checkbox", "textbox", "button", "application")
    unnamed = [line for line in snapshot for role in roles if line.lstrip(" -'").startswith(role) and '"' not in line]
    missed, unringed = tabbed(explorer)
    if missed:  # a page that has just changed may take the focus away once
        missed, unringed = tabbed(explorer)
    return [
        *(f"no name: {line}" for line in unnamed),
        *(f"not reached by Tab: {node}" for node in missed),
        *(f"no ring around the focus: {node}" for node in unringed),
    ]


def tabbed(explorer: Locator) -> tuple[list[str], list[str]]:
    """Go through the explorer by Tab: what was not reached, and what looks the same with the focus as without."""
    reached = explorer.locator(REACHED)
    explorer.page.evaluate("hands.forget()")
    reached.first.focus()
    while explorer.evaluate("(explorer) => explorer.contains(document.activeElement)"):
        explorer.page.keyboard.press("Tab")
    visible = "nodes.filter((node) => node.checkVisibility())"
    return tuple(reached.evaluate_all(f"(nodes) => hands.{what}({visible})") for what in ("missed", "unringed"))


def complaints_of_keys(explorer: Locator) -> list[str]:
    """Which controls change nothing, whatever else is set, and what was said in red meanwhile."""
    controls = [control for control in explorer.locator(CONTROLS).element_handles() if control.is_visible()]
    movable = [control for control in controls if not control.evaluate("(node) => node.options?.length === 1")]
    asleep = [control for control in movable if not answers(explorer, control)]
    dead = [control for control in asleep if not awoken(explorer, control, movable)]
    red = explorer.page.evaluate("hands.red.splice(0)")
    return [f"does nothing: {control.evaluate('(node) => node.outerHTML')[:300]}" for control in dead] + red


def answers(explorer: Locator, control: ElementHandle) -> bool:
    """Whether something on screen changes when the control is moved by one step; it is moved back."""
    before, (forth, back) = explorer.evaluate("(explorer) => hands.shown(explorer)"), keys(control)
    changed = any(press(control, key, explorer, before) for key in forth)
    for key in back:
        press(control, key, explorer)
    return changed


def awoken(explorer: Locator, control: ElementHandle, others: list[ElementHandle]) -> bool:
    """Whether a control that did nothing answers at another's last choice: own layers count where the list says so."""
    last = {"select-one": ("End", "Home"), "checkbox": ("Space", "Space"), "noUi-handle": ("Home", "End")}
    for kind, (forth, back) in last.items():
        for other in (other for other in others if kind_of(other) == kind and other is not control):
            press(other, forth, explorer)
            answered = answers(explorer, control)
            press(other, back, explorer)
            if answered:
                return True
    return False


def press(control: ElementHandle, key: str, explorer: Locator, before: str | None = None) -> bool:
    """Press a key, wait for the kernel's answer, and say whether the explorer shows something else than before."""
    control.press(key)
    if before is None:
        explorer.page.evaluate("hands.answered()")
        return False
    return explorer.evaluate("(explorer, before) => hands.changes(explorer, before)", before)


def keys(control: ElementHandle) -> tuple[list[str], list[str]]:
    """What moves a control by one step, and back; of several keys for a picture one is to answer."""
    kind = kind_of(control)
    if kind in ("noUi-handle", "select-one"):
        forth, back = ("ArrowRight", "ArrowLeft") if kind == "noUi-handle" else ("ArrowDown", "ArrowUp")
        return ([back], [forth]) if control.evaluate(AT_END) else ([forth], [back])
    if kind == "checkbox":
        return ["Space"], ["Space"]
    if kind == "course-frame":
        return [*ARROWS, "Shift+ArrowRight", *ARROWS], ["Enter"]
    return ["End", "1"], ["Backspace"]


def kind_of(control: ElementHandle) -> str:
    """Such as select-one, checkbox, text, textarea, noUi-handle, course-frame."""
    return control.evaluate("(node) => node.type ?? node.className.split(' ')[0]")
