"""The decks of the committed lectures: nothing is lost, pictures have words, questions come before answers."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from tools.slides import deck

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def words(text):
    return re.findall(r"\w+", text)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def lecture(request):
    """A committed notebook, and its deck."""
    executed = nbformat.read(request.param, 4)
    return executed, deck.read(request.param.with_suffix(".py"), request.param)


def on_slides(executed):
    """The cells that are not left out by a tag of their own."""
    return [cell for cell in executed.cells if cell.metadata.slideshow.slide_type != "skip"]


def test_no_word_of_the_prose_is_lost_and_none_comes_twice_or_elsewhere(lecture):
    executed, shown = lecture
    said = "\n".join(
        re.sub(r"\]\([^)]*\)", "]", cell.source) for cell in on_slides(executed) if cell.cell_type == "markdown"
    )
    kept = [
        re.sub(r"\]\([^)]*\)|</?mark>", "]", cell.source)
        for cell in shown.cells
        if cell.cell_type == "markdown" and cell.metadata.deck.kind != "said" and cell.metadata.deck.get("level", 1)
    ]
    assert words("\n".join(kept)) == words(said)


def test_every_picture_is_shown_once_and_has_an_alternative_text(lecture):
    executed, shown = lecture

    def pngs(notebook):
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        return [output for output in outputs if "image/png" in output.get("data", {})]

    assert [each.data["image/png"] for each in pngs(shown)] == [each.data["image/png"] for each in pngs(executed)]
    assert all(each.metadata["image/png"]["alt"].strip() for each in pngs(shown))


def test_all_code_but_set_up_is_on_a_slide_or_behind_its_key(lecture):
    executed, shown = lecture
    kept = "\n\n".join(cell.source for cell in shown.cells if cell.cell_type == "code")
    sources = [re.sub(r"\n{3,}", "\n\n", cell.source) for cell in on_slides(executed) if cell.cell_type == "code"]
    missing = [source for source in sources if source not in kept]
    assert all(re.search(r"^(DATASET = |plotting\.use\(\)|import |from )", source, re.MULTILINE) for source in missing)
    assert 1 <= len(missing) <= 3


def test_what_was_printed_stands_on_the_slides(lecture):
    executed, shown = lecture
    printed = [
        line
        for cell in executed.cells
        if "plotting.use()" not in cell.source
        for output in cell.get("outputs", [])
        for line in output.get("text", "").splitlines()
    ]
    kept = "\n".join([cell.metadata.deck.get("said", "") or cell.source for cell in shown.cells]).splitlines()
    assert [line for line in printed if line.strip() and line not in kept] == []


def test_no_answer_stands_on_the_slide_of_its_question(lecture):
    _, shown = lecture
    asked = False
    for cell in shown.cells:
        if cell.metadata.slideshow.slide_type in ("slide", "subslide"):
            asked = False
        assert not (asked and cell.metadata.deck.kind in ("picture", "table", "prose"))
        asked = asked or cell.metadata.deck.kind == "question"


def test_a_page_names_its_title_and_language_and_loads_nothing_from_elsewhere(lecture):
    _, shown = lecture
    page = deck.page(shown)
    assert '<html lang="en">' in page and f"<title>{shown.metadata.title}</title>" in page
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]{,60})', page)
    assert {each.split(":")[0].split("/")[0] for each in loaded} == {"_static", "data"}
    assert not re.search(r"\b(In|Out)\s*\[\d*\]:", page)
    assert page.count("<h1>") == 1 and page.count("<section>") == page.count("</section>")


def test_sections_come_in_the_order_of_their_headings(lecture):
    _, shown = lecture
    levels = [cell.metadata.deck.level for cell in shown.cells if cell.metadata.deck.get("level")]
    assert levels[0] == 1 and set(levels[1:]) <= {2, 3}
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
