"""Notebooks become the decks they should: nothing is lost, pictures are large, questions come before answers."""

import base64
import re
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from course_lib.tables import errata, table
from tools.slides import __main__ as command
from tools.slides import assets, deck, layout, measure, pictures, sharing, tables
from tools.slides.pieces import MOST_LINES, Piece, blocks, parted, pieces

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SENTENCE = "The heart has its side and the lungs have theirs, whatever the network may say about them. "


def png(width=800, height=320):
    file = BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def picture(source="draw()", alt="", said=None, size=(800, 320)):
    """A cell that shows a picture: an explorer, with its sentence, where `said` is given."""
    about = {"image/png": {"alt": alt}} if alt else {}
    data = {"image/png": png(*size), "text/plain": said or "<Figure>"}
    kind, more = ("execute_result", {"execution_count": 1}) if said else ("display_data", {})
    return new_code_cell(source, outputs=[new_output(kind, data=data, metadata=about, **more)])


def prints(source, text="0.5\n"):
    return new_code_cell(source, outputs=[new_output("stream", name="stdout", text=text)])


def tabled(source, shown):
    return new_code_cell(source, outputs=[new_output("execute_result", data={"text/html": shown.html})])


def cut(*cells, own=None):
    """The slides of some cells under a title: for each its tag, and the kinds and texts of what stands on it."""
    cells = [new_markdown_cell("# Title"), *cells]
    result = deck.deck(new_notebook(cells=cells), ["", *own] if own else [""] * len(cells))
    slides = []
    for cell in result.cells:
        if cell.metadata.slideshow.slide_type in ("slide", "subslide"):
            slides.append((cell.metadata.slideshow.slide_type, []))
        slides[-1][1].append(cell)
    return slides


def kinds(slides):
    return [[cell.metadata.deck.kind for cell in cells] for _, cells in slides]


def words(text):
    return re.findall(r"\w+", text)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def lecture(request):
    """A committed notebook, and its deck."""
    executed = nbformat.read(request.param, 4)
    return executed, deck.read(request.param.with_suffix(".py"), request.param)


def test_no_word_of_the_prose_is_lost_and_none_comes_twice_or_elsewhere(lecture):
    executed, shown = lecture
    said = "\n".join(
        re.sub(r"\]\([^)]*\)", "]", cell.source) for cell in executed.cells if cell.cell_type == "markdown"
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
    sources = [re.sub(r"\n{3,}", "\n\n", cell.source) for cell in executed.cells if cell.cell_type == "code"]
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


def test_headings_begin_slides_and_the_parts_of_a_section_lie_below_it():
    slides = cut(new_markdown_cell("Text.\n\n## One\n\nText.\n\n### Part\nText."), new_markdown_cell("## Two\n\nText."))
    assert [(tag, cells[0].source) for tag, cells in slides] == [
        ("slide", "Title"),
        ("slide", "One"),
        ("subslide", "Part"),
        ("slide", "Two"),
    ]


def test_a_picture_takes_the_prose_after_it_along_as_a_second_step():
    slides = cut(new_markdown_cell("## One\n\n" + 6 * SENTENCE), picture(), new_markdown_cell("It falls."))
    assert kinds(slides)[1:] == [["heading", "prose"], ["heading", "listing", "picture", "prose"]]
    assert slides[2][1][3].metadata.slideshow.slide_type == "fragment"


def test_a_short_line_stands_above_its_picture():
    slides = cut(new_markdown_cell("## One\n\nBelow, it falls."), picture())
    assert kinds(slides)[1:] == [["heading", "listing", "prose", "picture"]]


def test_what_announces_a_picture_stands_above_it():
    slides = cut(new_markdown_cell(f"## One\n\n{6 * SENTENCE}\n\nBoth ways:"), picture())
    assert [cell.source for cell in slides[2][1] if cell.metadata.deck.kind == "prose"] == ["Both ways:"]


def test_a_question_is_asked_before_the_picture_whatever_stands_in_front_of_it():
    asked = new_markdown_cell("## One\n\nTrue. *Predict first*: what will *that* be?")
    slides = cut(asked, picture("explorers.lab()", alt="a line", said="It is 3."), new_markdown_cell("It was 3."))
    assert kinds(slides)[1:] == [
        ["heading", "prose", "question"],
        ["heading", "listing", "picture", "said", "prose"],
    ]
    assert slides[1][1][2].source == "<mark>Predict first</mark>: what will *that* be?"


def test_an_explorer_without_a_picture_stands_with_its_question():
    slides = cut(new_markdown_cell("## One\n\n*Predict first*: where?"), new_code_cell("explorers.atlas()"))
    assert kinds(slides)[1:] == [["heading", "question", "code"]]
    assert slides[1][1][2].metadata.deck.live


def test_pictures_keep_their_alternative_text_and_others_get_the_heading():
    cells = [new_markdown_cell("# T\n\n## One *thing*"), picture(alt='"a" < b'), picture()]
    page = BeautifulSoup(deck.page(deck.deck(new_notebook(cells=cells), [""] * 3)), "html.parser")
    assert [image["alt"] for image in page.find_all("img")] == ['"a" < b', "One thing"]


def test_set_up_is_left_out_and_silent_code_waits_behind_the_next_picture():
    slides = cut(new_markdown_cell("## One"), new_code_cell("import numpy as np"), new_code_cell("x = 1"), picture())
    assert kinds(slides)[1:] == [["heading", "listing", "picture"]]
    assert slides[1][1][1].source == "x = 1\n\ndraw()"


def test_silent_code_at_the_end_of_a_section_belongs_to_what_stands_before_it():
    slides = cut(
        new_markdown_cell("## One"), picture(), new_code_cell("assert True"), new_markdown_cell("## Two\n\nText.")
    )
    assert slides[1][1][1].source == "draw()\n\nassert True"
    assert kinds(slides)[2] == ["heading", "prose"]


def test_code_that_prints_is_seen_with_what_it_prints():
    slides = cut(new_markdown_cell("## One"), prints("print(1 / 2)"))
    code = slides[1][1][1]
    assert (code.source, code.metadata.deck.said, code.metadata.deck.kind) == ("print(1 / 2)", "0.5", "code")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("", [["heading", "code", "prose"]]),
        ("-", [["heading", "code", "prose"]]),
        ("subslide", [["heading", "code"], ["heading", "prose"]]),
        ("slide", [["heading", "code"], ["heading", "prose"]]),
        ("fragment", [["heading", "code", "prose"]]),
        ("notes", [["heading", "code", "notes"]]),
        ("skip", [["heading", "code"]]),
    ],
)
def test_a_cells_own_tag_wins(tag, expected):
    slides = cut(new_markdown_cell("## One"), prints("print(1)"), new_markdown_cell("Text."), own=["", "", tag])
    assert kinds(slides)[1:] == expected
    assert slides[-1][0] == (tag if len(expected) == 2 else "slide")
    own = slides[-1][1][-1].metadata.slideshow.slide_type
    assert own == (tag if tag in ("fragment", "notes") else "-")


def test_each_cell_tagged_as_a_fragment_is_a_step_of_its_own_and_prose_below_a_picture_too():
    steps = [new_markdown_cell("One.\n\nAnd one."), new_markdown_cell("Two.")]
    slides = cut(new_markdown_cell("## One"), picture(), *steps, own=["", "", "fragment", "fragment"])
    found = [(cell.source, cell.metadata.slideshow.slide_type) for cell in slides[1][1][3:]]
    assert found == [("One.\n\nAnd one.", "fragment"), ("Two.", "fragment")]


def test_a_tag_keeps_a_heading_on_the_slide_before_it():
    slides = cut(new_markdown_cell("## One\n\nText."), new_markdown_cell("### Part"), own=["", "-"])
    assert [cell.source for cell in slides[1][1]] == ["One", "Text.\n\n### Part"]


def test_prose_is_parted_at_paragraphs_into_even_slides():
    text = "\n\n".join([3 * SENTENCE.strip()] * 6)
    _, *slides = cut(new_markdown_cell("## One\n\n" + text))
    counts = [cells[1].source.count("\n\n") + 1 for _, cells in slides]
    assert counts == [3, 3]


def test_a_paragraph_longer_than_a_slide_is_parted_at_sentences():
    parts = parted((20 * SENTENCE).strip())
    assert " ".join(parts) == (20 * SENTENCE).strip()
    assert len(parts) > 1 and all(part.endswith("them.") for part in parts)


def test_a_numbered_list_goes_on_with_its_numbers():
    items = "\n".join(f"{number}. {2 * SENTENCE}" for number in range(1, 9))
    _, *slides = cut(new_markdown_cell("## One\n\n" + items))
    page = deck.page(deck.deck(new_notebook(cells=[new_markdown_cell("# T\n\n" + items)]), [""]))
    assert len(slides) > 1 and slides[1][1][1].source.startswith(("4. ", "5. "))
    assert re.search(r'<ol start="[45]"', page)


def test_a_paragraph_that_ends_with_a_colon_stays_with_what_it_announces():
    filled = [new_markdown_cell(f"{9 * SENTENCE}\n\nBy hand:"), prints("print(1)\n" * 10)]
    *_, (_, last) = cut(new_markdown_cell("## One"), *filled)
    assert [cell.source for cell in last[1:]] == ["By hand:", "print(1)\n" * 10]


def test_formulas_and_fences_are_not_parted():
    formula = "$$\na = b\n$$"
    assert blocks(f"Text:\n\n{formula}\n\nMore.") == ["Text:", formula, "More."]
    assert parted("$$" + "x + " * 400 + "$$") == ["$$" + "x + " * 400 + "$$"]


def test_a_long_table_is_parted_between_rows_under_the_same_head():
    shown = table({"name": [f"row {n}" for n in range(60)], "value": list(range(60))}, caption="Sixty")
    slides = [cells for _, cells in cut(new_markdown_cell("## One"), tabled("table()", shown)) if len(cells) > 2]
    found = [tables.read(cells[2].metadata.deck.html) for cells in slides]
    assert len(found) > 1 and [text for part in found for text, _ in part.texts[1:]] == [f"row {n}" for n in range(60)]
    assert {tuple(part.texts[0]) for part in found} == {("name", "value")}
    assert [part.caption for part in found] == [f"Sixty ({n} of {len(found)})" for n in range(1, len(found) + 1)]


def test_a_table_gets_the_largest_font_at_which_its_words_fit():
    wide = tables.read(table([{f"quantity_{n:02d}_in_years": n for n in range(6)}]).html)
    narrow = tables.read(table({"a": 1}).html)
    assert narrow.size(500, 22) == 22 and wide.size(500, 22) < 22
    assert wide.least_width(wide.size(500, 22)) <= measure.WIDTH


def test_a_table_too_wide_for_any_font_breaks_its_words():
    wide = tables.read(table([{f"quantity_{n:02d}_in_years": n for n in range(20)}]).html)
    assert 'class="tight"' in wide.html(wide.size(500, 22))


def test_errata_keep_their_box_and_lose_the_caption_that_repeats_the_heading():
    box = tables.read(errata([("a < b", "b", "here")]).html)
    assert box.boxed and not box.caption and box.texts[1] == ["a < b", "b", "here"]
    assert '<div class="errata">' in box.html(20)


def test_text_that_is_no_table_is_shown_as_it_is():
    shown = tables.read("<div>✓ a first check</div>")
    assert shown.html(20).count("<div") == 2 and "<table" not in shown.html(20)
    assert 0 < shown.height(20) < 80


def test_a_wide_picture_has_its_text_below_and_a_square_one_beside_it():
    wide, square = (Piece("picture", png=png(*size)) for size in ((1200, 400), (500, 500)))
    assert pictures.fit(wide, 570, [SENTENCE]).layout == "under"
    assert pictures.fit(square, 570, [SENTENCE]).layout == "beside"


def test_prose_never_makes_a_picture_small():
    large = Piece("picture", png=png(900, 500))
    found, count = pictures.with_prose(large, 570, [4 * SENTENCE] * 5)
    assert 0 < count < 5 and found.scale >= pictures.SMALLEST


def test_no_picture_leaves_its_slide():
    for size in ((300, 1200), (3000, 200), (40, 40)):
        found = pictures.fit(Piece("picture", png=png(*size), printed="Said."), 570, [])
        assert found.width <= measure.WIDTH and found.height <= 570 and found.scale <= pictures.LARGEST


def test_fonts_grow_where_little_stands_and_never_overflow():
    assert sharing.largest([Piece("prose", "One line.")], 570) == sharing.GROWTH[0]
    full = [Piece("prose", SENTENCE * 4)] * 3
    assert sharing.largest(full, sharing.height(full)) == 1


def test_a_slide_holds_no_more_prose_than_can_be_read():
    _, *slides = cut(new_markdown_cell("## One\n\n" + "\n\n".join(["Short."] * 40)))
    assert len(slides) > 2
    for _, cells in slides:
        assert sum(measure.prose_lines(block) for block in cells[1].source.split("\n\n")) <= MOST_LINES


def test_lines_are_counted_as_they_break_between_words():
    across = measure.width("two words", 20)
    assert measure.lines("two words", 20, across) == 1
    assert measure.lines("two words", 20, across / 1.5) == 2
    assert measure.plain("[a *link*](b.html) to $\\alpha_1$ and `x_y`") == "a link to x_1 and x_y"


def test_code_is_as_large_as_its_longest_line_allows():
    assert measure.code_size("x = 1", 500) == measure.CODE
    assert measure.code_size("x" * 120, 500) < measure.CODE
    assert measure.code_size("x" * 500, 500) == measure.SMALLEST_CODE


def test_links_lead_to_decks_or_are_only_named():
    text = (
        "[one](01_cnn.ipynb), [two](../notebooks/02_metrics.ipynb), [three](../exercises/03.ipynb), [web](https://a.b)"
    )
    ((_, cells),) = cut(new_markdown_cell(text))
    assert cells[1].source == "[one](01_cnn.html), [two](02_metrics.html), three, [web](https://a.b)"


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


def test_a_notebook_that_is_not_its_sources_is_refused(tmp_path):
    source, notebook = tmp_path / "01_toy.py", tmp_path / "01_toy.ipynb"
    source.write_text("# %% [markdown]\n# # T\n\n# %%\n1\n")
    nbformat.write(new_notebook(cells=[new_markdown_cell("# T")]), notebook)
    with pytest.raises(ValueError, match=r"01_toy.ipynb: has 1 cells, its source 2; run python -m tools.build"):
        deck.read(source, notebook)


def test_a_missing_package_is_named_with_what_to_install():
    with pytest.raises(FileNotFoundError, match=r'no-such-package: not installed; .*pip install -e "\.\[site\]"'):
        assets.packaged("no-such-package", "file.js")
    with pytest.raises(FileNotFoundError, match=r"sphinx-revealjs: has no file no/such/file.js"):
        assets.packaged("sphinx-revealjs", "no/such/file.js")


def test_the_style_knows_the_courses_colors_light_and_dark():
    style = assets.style()
    assert ":root{--blue:#0261A9;" in style and ":root.dark{--blue:#68A1F5;" in style
    assert set(re.findall(r"url\(([^)]+)\)", style)) <= set(assets.sources())


def test_the_index_lists_the_decks_that_are_there(tmp_path):
    root, out = tmp_path / "course", tmp_path / "slides"
    (root / "notebooks").mkdir(parents=True)
    for name in ("01_one", "02_two"):
        (root / "notebooks" / f"{name}.py").write_text(f"# %% [markdown]\n# # Lecture {name[3:]} & more\n")
        nbformat.write(
            new_notebook(cells=[new_markdown_cell(f"# Lecture {name[3:]} & more")]),
            root / "notebooks" / f"{name}.ipynb",
        )
    assert command.write(root, out, only="02") == {"02_two.html": 1}
    assert "01_one.html" not in (out / "index.html").read_text()
    command.write(root, out, only="01")
    assert '<a href="02_two.html">02 · Lecture two &amp; more</a>' in (out / "index.html").read_text()
    assert {path.name for path in out.iterdir()} == {"_static", "index.html", "01_one.html", "02_two.html"}


def test_a_lecture_that_does_not_exist_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["--only", "99"])
    assert "--only: nothing begins with '99' in notebooks/" in capsys.readouterr().err


def test_the_title_stands_above_its_beginning():
    found = layout.slides(pieces(new_notebook(cells=[new_markdown_cell("# T\n\n**Course**\n\nText.")]), [""]))
    assert [piece.text for piece in found[0].pieces] == ["**Course**", "Text."]
