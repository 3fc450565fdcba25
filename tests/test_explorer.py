"""The widget kit without a browser: set a value, read what is on screen."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, IntSlider, Scene, Switch, TextBox


def line(n, **_):
    return Scene(f"n is {n}", alt=f"a line of slope {n}", figure=lambda ax: ax.plot([0, n]))


def image(row, column):
    picture = np.zeros((4, 6))
    picture[row, column] = 1

    def draw(axes):
        axes[0].set_title("Left")
        plotting.image_axes(axes[1], picture, "Right")

    return Scene(f"row {row}, column {column}", "one white pixel", draw)


def place(panel, x, y, values):
    return {"row": round(y), "column": round(x)} if panel == 1 else None


@pytest.fixture
def pixels():
    controls = {"row": IntSlider("Row", 1, max=3), "column": IntSlider("Column", 1, max=5)}
    return Explorer(image, panels=(1, 2), point=place, **controls)


def opened(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_moved_control_changes_sentence_picture_and_alternative_text_at_once():
    explorer = Explorer(line, n=IntSlider("n", 1, max=9))
    before = explorer.picture.png
    explorer.controls["n"].value = 3
    assert explorer.text == "n is 3"
    assert explorer.picture.alt == "a line of slope 3"
    assert (opened(before) != opened(explorer.picture.png)).any()


def test_the_same_values_give_the_same_picture_again():
    explorer = Explorer(line, n=IntSlider("n", 1, max=9_000_000))
    first = explorer.picture.png
    explorer.controls["n"].value = 7
    explorer.controls["n"].value = 1
    assert np.array_equal(opened(first), opened(explorer.picture.png))


def test_every_kind_of_control_reaches_the_scene():
    seen = []
    explorer = Explorer(
        lambda **values: seen.append(values) or Scene("", ""),
        whole=IntSlider("Whole", 2, min=1, max=5),
        part=FloatSlider("Part", 0.5, min=0, max=1, step=0.1),
        pick=Choice("Pick", {"one": 1, "two": 2}, value=2),
        name=Choice("Name", ["a", "b"]),
        on=Switch("On"),
        word=TextBox("Word", "w"),
        lines=TextBox("Lines", "x\ny", rows=3),
    )
    assert seen[-1] == explorer.values
    assert seen[-1] == {"whole": 2, "part": 0.5, "pick": 2, "name": "a", "on": False, "word": "w", "lines": "x\ny"}
    assert [control.description for control in explorer.controls.values()][:2] == ["Whole", "Part"]


def test_what_is_not_possible_is_said_and_the_last_picture_stays():
    def scene(n):
        if n > 5:
            raise ValueError(f"n: got {n}, allowed is at most 5")
        return line(n)

    explorer = Explorer(scene, n=IntSlider("n", 5, max=9))
    before = explorer.picture.png
    explorer.controls["n"].value = 6
    assert explorer.text == "Not possible: n: got 6, allowed is at most 5"
    assert explorer.picture.tone == "impossible" and explorer.picture.png == before
    explorer.controls["n"].value = 4
    assert explorer.picture.tone == "plain" and explorer.error is None


@pytest.mark.parametrize("where", ["scene", "figure"])
def test_any_other_error_is_shown_recorded_and_raised(where):
    def fail(*_):
        raise KeyError("gone")

    def scene(n):
        if n == 2 and where == "scene":
            fail()
        return Scene("fine", "", fail if n == 2 else None)

    explorer = Explorer(scene, n=IntSlider("n", 1, max=2))
    with pytest.raises(KeyError):
        explorer.controls["n"].value = 2
    assert explorer.text == "KeyError: 'gone'"
    assert explorer.picture.tone == "error" and isinstance(explorer.error, KeyError)


def test_a_scene_that_cannot_be_drawn_at_first_fails_its_cell():
    with pytest.raises(ZeroDivisionError):
        Explorer(lambda n: 1 / n, n=IntSlider("n", 0, max=2))


def test_several_values_are_drawn_once():
    calls = []
    explorer = Explorer(
        lambda a, b: calls.append((a, b)) or Scene("", ""), a=IntSlider("a", 0, max=9), b=IntSlider("b", 0, max=9)
    )
    explorer.move(a=3, b=4)
    explorer.move(a=3, b=4)
    assert calls == [(0, 0), (3, 4)]


def center_of_pixel(explorer, row, column):
    """Where the pixel's center is in the picture, as fractions, found by looking for the white pixel."""
    explorer.move(row=row, column=column)
    shown = opened(explorer.picture.png).astype(int)
    right_half = shown[:, shown.shape[1] // 2 :]
    ys, xs = np.nonzero((right_half >= 254).all(axis=2))
    return (xs.mean() + shown.shape[1] // 2) / shown.shape[1], ys.mean() / shown.shape[0]


def test_a_click_on_a_pixel_reaches_that_pixel(pixels):
    x, y = center_of_pixel(pixels, 2, 4)
    pixels.move(row=0, column=0)
    pixels.picture.clicked = [x, y, 1]
    assert pixels.text == "row 2, column 4"


def test_a_click_beside_the_panels_or_on_one_that_does_not_answer_changes_nothing(pixels):
    for count, (x, y) in enumerate([(0.001, 0.001), (0.25, 0.5)]):
        pixels.picture.clicked = [x, y, count]
        assert pixels.text == "row 1, column 1"


def test_arrow_keys_move_pixel_by_pixel_as_the_picture_shows_them(pixels):
    press = pixels.picture._handle_custom_msg
    press({"key": "ArrowRight", "shift": True}, [])
    start = pixels.values
    assert start == {"row": 1, "column": 2}
    press({"key": "ArrowRight", "shift": False}, [])
    press({"key": "ArrowDown", "shift": False}, [])
    assert pixels.values == {"row": start["row"] + 1, "column": start["column"] + 1}
    for _ in range(9):
        press({"key": "ArrowUp", "shift": False}, [])
    assert pixels.values["row"] == 0


def test_nothing_piles_up_in_pyplot_and_figures_of_any_content_are_redrawn():
    def scene(n):
        def draw(ax):
            shown = ax.imshow(np.eye(n))
            ax.figure.colorbar(shown)
            ax.twinx()

        return Scene(str(n), "", draw)

    explorer = Explorer(scene, n=IntSlider("n", 2, min=1, max=9))
    before = plt.get_fignums()
    for n in range(1, 9):
        explorer.controls["n"].value = n
    assert plt.get_fignums() == before
    assert len(explorer._canvas.axes) == 1


def test_longer_labels_get_the_room_they_need():
    def scene(n):
        return Scene("", "", lambda ax: ax.set(ylim=(0, n), ylabel="y", title="a\nb" if n > 1 else ""))

    explorer = Explorer(scene, n=IntSlider("n", 1, min=1, max=10**9))
    explorer.controls["n"].value = 10**9
    [ax] = explorer._canvas.axes
    box = ax.get_tightbbox()
    assert box.x0 > 0 and box.y1 < ax.figure.bbox.y1


def test_a_page_without_widgets_shows_the_picture():
    data, metadata = Explorer(line, size=(6, 3), n=IntSlider("n", 1, max=9))._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert opened(png).shape[:2] == (240, 480) and len(png) < 100_000
    assert data["text/plain"] == "n is 1"
    assert metadata["image/png"]["alt"] == "a line of slope 1"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_scene_may_do_without_a_figure():
    explorer = Explorer(lambda n: Scene("words only", "", html="<b>1</b>"), n=IntSlider("n", 1, max=9))
    data, _ = explorer._repr_mimebundle_()
    assert "image/png" not in data and explorer.picture.html == "<b>1</b>"


def test_a_title_is_escaped():
    explorer = Explorer(line, title="a < b", n=IntSlider("n", 1, max=9))
    assert "a &lt; b" in explorer.children[0].value
