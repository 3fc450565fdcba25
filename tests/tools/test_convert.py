"""Percent scripts become the notebooks they should."""

import base64
import copy
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import compute_checksum
from PIL import Image

from tools import convert

SOURCE = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Somebody's own
#     name: other
# ---

# %% [markdown]
# # Title

# %% tags=["parameters"]
SEED = 0

# %% slideshow={"slide_type": "fragment"}
print(SEED)

# %%
print(SEED)
"""
ROOT = Path("/somewhere/course")


def shown(*outputs):
    """What remains of a cell's outputs on the page."""
    source = new_notebook(cells=[new_code_cell("1", outputs=list(outputs))])
    return convert.for_the_page(source, ROOT).cells[0].outputs


def test_metadata_says_the_kernel_the_language_and_the_source_and_no_more():
    metadata = convert.notebook(SOURCE).metadata
    assert metadata.keys() == {"kernelspec", "language_info", "course"}
    assert metadata.kernelspec.name == "python3"
    assert len(metadata.course.source_sha256) == 64
    assert metadata != convert.notebook(SOURCE + "\n").metadata


def test_ids_follow_from_the_source_and_repeated_cells_are_counted():
    before, after = convert.notebook(SOURCE), convert.notebook("# %%\nnew = 1\n" + SOURCE.split("# ---\n")[-1])
    assert [cell.id for cell in before.cells] == [cell.id for cell in after.cells[1:]]
    assert before.cells[3].id == f"{before.cells[2].id}-2"
    nbformat.validate(before)


def test_the_same_source_gives_the_same_bytes():
    first, second = (convert.to_text(convert.notebook(SOURCE)) for _ in range(2))
    assert first == second
    assert convert.to_text(nbformat.reads(first, 4)) == first


def test_tags_are_kept_and_slides_begin_at_headings():
    cells = convert.with_slides(convert.notebook(SOURCE)).cells
    assert cells[1].metadata.tags == ["parameters"]
    assert [cell.metadata.slideshow.slide_type for cell in cells] == ["slide", "skip", "fragment", "-"]


def png(picture, **options):
    """A picture as a kernel sends it."""
    file = BytesIO()
    picture.save(file, "PNG", **options)
    return base64.b64encode(file.getvalue()).decode("ascii")


def opened(text):
    return Image.open(BytesIO(base64.b64decode(text)))


ONE_PIXEL = png(Image.new("1", (1, 1)))


def test_an_explorer_becomes_its_picture_and_its_text():
    live = {convert.WIDGET: {"model_id": "1"}, "image/png": ONE_PIXEL, "text/plain": "Dice 0.5"}
    (output,) = shown(new_output("display_data", data=live))
    assert output.data == {"image/png": ONE_PIXEL, "text/plain": "Dice 0.5"}


def test_a_picture_of_many_colors_gets_lighter_and_keeps_its_size_its_resolution_and_its_look():
    x, y = np.meshgrid(np.linspace(0, 1, 120), np.linspace(0, 1, 90))
    colors = np.stack([x, y, np.sin(9 * x * y) ** 2], axis=-1) + np.random.default_rng(0).normal(0, 0.02, (90, 120, 1))
    photograph = Image.fromarray((colors.clip(0, 1) * 255).astype(np.uint8))
    before = png(photograph, dpi=(72, 72))
    (output,) = shown(new_output("display_data", data={"image/png": before}))
    after = output.data["image/png"]
    assert len(after) < 0.6 * len(before)
    assert opened(after).size == (120, 90)
    assert opened(after).info["dpi"] == pytest.approx((72, 72), abs=0.1)
    assert np.abs(np.asarray(opened(after).convert("RGB"), float) - np.asarray(photograph)).mean() < 10


@pytest.mark.parametrize("picture", [Image.new("1", (1, 1)), Image.new("L", (64, 64), 7)], ids=["a pixel", "a gray"])
def test_a_picture_that_a_palette_makes_larger_stays_as_it_is(picture):
    before = png(picture, optimize=True)
    (output,) = shown(new_output("display_data", data={"image/png": before}))
    assert output.data["image/png"] == before


@pytest.mark.parametrize(
    "progress",
    [
        new_output("display_data", data={convert.WIDGET: {"model_id": "1"}, "text/plain": "  0%|  | 0/10"}),
        new_output(
            "stream", name="stderr", text="\r  0%|          | 0/3 [00:00<?, ?it/s]\r100%|####| 3/3 [00:01<00:00]\n"
        ),
        new_output("stream", name="stderr", text="\n"),
    ],
    ids=["a widget", "text", "what it leaves"],
)
def test_progress_vanishes(progress):
    assert shown(progress) == []


def test_of_a_line_written_over_itself_the_last_version_stays():
    (output,) = shown(new_output("stream", name="stdout", text="epoch 1\repoch 2\nloss 0.3\n"))
    assert output.text == "epoch 2\nloss 0.3\n"


@pytest.mark.parametrize(
    ("said", "remains"),
    [
        ("/somewhere/course/course_lib/a.py:3: UserWarning", "course_lib/a.py:3: UserWarning"),
        ("data in /somewhere/course", "data in ."),
        ("/tmp/ipykernel_123/4567.py:1: UserWarning", "<cell>:1: UserWarning"),
        ("/opt/my-env/lib/python3.11/site-packages/torch/a.py", "site-packages/torch/a.py"),
        (f"{Path.home()}/.cache/course", "~/.cache/course"),
        ("https://example.org/tmp/file", "https://example.org/tmp/file"),
    ],
)
def test_paths_of_the_machine_are_not_shown(said, remains):
    stream, data = shown(
        new_output("stream", name="stdout", text=said), new_output("display_data", data={"text/html": said})
    )
    assert (stream.text, data.data["text/html"]) == (remains, remains)


def test_times_and_widget_states_are_dropped_and_the_argument_is_left_alone():
    source = new_notebook(cells=[new_code_cell("1", metadata={"execution": {"iopub.execute_input": "2026"}})])
    source.metadata.widgets = {"state": {}}
    untouched = copy.deepcopy(source)
    page = convert.for_the_page(source, ROOT)
    assert (page.metadata, page.cells[0].metadata) == ({"language_info": {"name": "python"}}, {})
    assert source == untouched


def test_an_exercise_keeps_the_frame_and_loses_solutions_and_hidden_tests(toy_source):
    released = convert.exercise(convert.notebook(toy_source)).cells
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in released if "nbgrader" in cell.metadata}
    assert cells["double"].source == "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert cells["double-check"].source == "assert double(1) == 2"
    assert (cells["double-check"].metadata.deletable, cells["double-check"].metadata.editable) == (False, False)
    assert cells["double"].metadata.deletable is False
    for cell in cells.values():
        assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_a_small_patch_of_another_color_keeps_it():
    random = np.random.default_rng(0)
    gray = random.integers(0, 256, (400, 400, 1)) + random.integers(-40, 41, (400, 400, 3)) * [1, 0.5, 0.2]
    gray[8:32, 8:32] = [40, 90, 250]
    picture = Image.fromarray(gray.clip(0, 255).astype(np.uint8))
    (output,) = shown(new_output("display_data", data={"image/png": png(picture, dpi=(80, 80))}))
    patch = np.asarray(opened(output.data["image/png"]).convert("RGB"), float)[12:28, 12:28].mean((0, 1))
    assert np.abs(patch - [40, 90, 250]).max() < 30
