"""The widget kit in a real browser: controls, picture, sentence, keys, and the page around them."""

import json
import re
import sys

import pytest
from notebook_page import CURRENT

CELLS = [
    """
import numpy as np
from course_lib import plotting
from course_lib.explorer import Choice, Explorer, IntSlider, Scene, Switch, TextBox
plotting.use()
""",
    """
def scene(n, shape, square, name):
    if name == "bad":
        raise ValueError("name: 'bad' is not allowed")
    if name == "worse":
        raise KeyError(name)
    values = np.arange(10) * n ** (1 + square)
    def draw(axes):
        axes[0].plot(values, marker=shape)
        axes[0].set_title("A line")
        plotting.image_axes(axes[1], np.add.outer(values, values), "An image")
    table = "<table><tr><td>cell</td></tr></table>"
    return Scene(f"{name}: n is {n}, {shape}, {square}", f"a line of slope {n}", draw, html=table)

def point(panel, x, y, values):
    return {"n": round(x)} if panel == 1 else {}

Explorer(scene, title="The kit", panels=(1, 2), point=point, n=IntSlider("Number", 2, max=9),
         shape=Choice("Marker", {"circle": "o", "square": "s"}), square=Switch("Squared"), name=TextBox("Name", "x"))
""",
    """
import sys, time
moves = []

def slow(n):
    moves.append(n)
    time.sleep(0.3)
    return Scene(f"slow: n is {n}, drawn {len(moves)} times", "")

Explorer(slow, n=IntSlider("Slow", 0, max=30))
""",
    """
def follow(panel, x, y, values):
    return {"place": round(x)}

Explorer(lambda place: Scene(f"pointer at {place}", "nothing", lambda ax: ax.set(xlim=(0, 100))),
         point=follow, hover=True, place=IntSlider("Place", -1, min=-1, max=100))
""",
    "plotting.figure();",
    "plotting.figure();",
    "print(sys.executable)",
]


def notebook(cells: list[str]) -> dict:
    made = [
        {
            "id": f"cell-{i}",
            "cell_type": "code",
            "source": source.strip(),
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for i, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def kit(lab, open_notebook):
    def open_(dark=False):
        (lab.folder / "kit.ipynb").write_text(json.dumps(notebook(CELLS)))
        page = open_notebook("kit.ipynb", dark=dark)
        page.run_all()
        page.expect_text("n is 2")
        return page

    return open_


def test_every_control_changes_the_sentence_and_the_picture(kit):
    page = kit()
    first = page.image().get_attribute("src")
    page.move_slider("Number", 3)
    page.expect_text("x: n is 5, o, False")
    second = page.wait_for_new_picture(first)
    assert page.image().get_attribute("alt") == "a line of slope 5"
    page.choose("Marker", "square")
    page.expect_text("n is 5, s, False")
    page.wait_for_new_picture(second)
    page.switch("Squared")
    page.expect_text("n is 5, s, True")
    page.write("Name", "y")
    page.expect_text("y: n is 5")
    assert page.errors == []


def test_an_impossible_value_keeps_the_last_picture_and_says_why(kit):
    page = kit()
    before = page.image().get_attribute("src")
    page.write("Name", "bad")
    page.expect_text("Not possible: name: 'bad' is not allowed")
    assert page.image().get_attribute("src") == before
    page.write("Name", "worse")
    page.expect_text("KeyError: 'worse'")
    assert page.explorer().locator(".course-text").get_attribute("data-tone") == "error"


def test_the_picture_answers_to_clicks_and_arrow_keys(kit):
    page = kit()
    page.click(0.9, 0.5)
    page.expect_text("n is 8")
    frame = page.explorer().locator(".course-frame")
    frame.press("ArrowLeft")
    page.expect_text("n is 7")
    frame.press("Shift+ArrowLeft")
    frame.press("Enter")
    frame.press("Shift+ArrowRight")
    page.expect_text("n is 4")
    assert page.errors == []


def test_keys_in_a_list_or_on_a_slider_are_its_own_and_not_the_notebooks(kit):
    page = kit()
    cells = f"[{CURRENT}.content.activeCellIndex, {CURRENT}.content.widgets.length]"
    marker = page.explorer().get_by_label("Marker")
    marker.focus()  # which makes its cell the active one
    before = page.page.evaluate(cells)
    marker.press("ArrowDown")
    page.expect_text("n is 2, s")
    marker.press("c")  # the first letter of another choice; JupyterLab would copy the cell
    page.expect_text("n is 2, o")
    page.explorer().locator(".noUi-handle").press("ArrowUp")
    page.expect_text("n is 3, o")
    assert page.page.evaluate(cells) == before
    marker.press("Shift+Enter")  # is still JupyterLab's: it runs the cell and goes to the next
    page.page.wait_for_function(f"before => {cells}[0] !== before[0]", arg=before)


def test_while_a_scene_is_drawn_only_the_newest_values_wait(kit):
    page = kit()
    page.explorer(1).locator(".noUi-handle").evaluate(
        """(handle) => { for (let i = 0; i < 20; i++)
            handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true })); }"""
    )
    page.expect_text("slow: n is 20", number=1)
    assert int(page.explorer_text(1).split()[-2]) < 10


def test_the_picture_follows_the_pointer_where_it_is_asked_to(kit):
    page = kit()
    page.image(2).hover()
    page.expect_text(re.compile(r"pointer at (4|5)\d"), number=2)
    assert page.errors == []


def test_what_a_screen_reader_needs_is_there(kit):
    page = kit()
    handle = page.explorer().locator(".noUi-handle")
    handle.and_(page.page.get_by_role("slider", name="Number")).wait_for()
    assert page.explorer().get_by_role("status").get_attribute("aria-live") == "polite"
    for label in ("Marker", "Name", "Squared"):
        assert page.explorer().get_by_label(label).count() == 1


def test_the_page_is_dark_where_the_system_is_and_the_contents_are_open(kit):
    page = kit(dark=True).page
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    page.wait_for_selector(".jp-TableOfContents:visible")
    assert page.locator(".Toastify__toast").count() == 0
    assert "255, 255, 255" in page.evaluate("getComputedStyle(document.querySelector('.course-text')).color")


def test_the_kernel_is_the_interpreter_of_the_course(kit):
    assert kit().page.locator(".jp-OutputArea-output pre").filter(has_text=sys.executable).count() == 1


def test_jupyterlab_writes_nothing_of_its_own_into_the_home(kit, lab):
    kit()
    written = {str(path.relative_to(lab.home)) for path in lab.home.rglob("*") if path.is_file()}
    assert [name for name in written if "ipython" in name or "lab" in name or ".local" in name] == []
    assert written & {".jupyter/migrated"} == {name for name in written if name.startswith(".jupyter")}


def test_every_figure_of_a_notebook_is_shown(kit):
    page = kit().page
    page.locator(".jp-RenderedImage img").nth(1).wait_for()
    assert page.locator(".jp-RenderedImage img").count() == 2
