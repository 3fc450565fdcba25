"""Cells become the slides they should: which begin one, which share one, which wait behind a key."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from slide_cells import SENTENCE, cut, kinds, picture, prints

from tools.slides import __main__ as command
from tools.slides import assets, deck, decks, layout
from tools.slides.pieces import blocks, parted, pieces


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


def test_links_lead_to_decks_or_are_only_named():
    text = (
        "[one](01_cnn.ipynb), [two](../notebooks/02_metrics.ipynb), [three](../exercises/03.ipynb), [web](https://a.b)"
    )
    ((_, cells),) = cut(new_markdown_cell(text))
    assert cells[1].source == "[one](01_cnn.html), [two](02_metrics.html), three, [web](https://a.b)"


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
    assert decks.write(root, out, only="02") == {"02_two.html": 1}
    assert "01_one.html" not in (out / "index.html").read_text()
    decks.write(root, out, only="01")
    assert '<a href="02_two.html">02 · Lecture two &amp; more</a>' in (out / "index.html").read_text()
    assert {path.name for path in out.iterdir()} == {"_static", "index.html", "01_one.html", "02_two.html"}


def test_a_lecture_that_does_not_exist_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["--only", "99"])
    assert "--only: nothing begins with '99' in notebooks/" in capsys.readouterr().err


def test_the_title_stands_above_its_beginning():
    found = layout.slides(pieces(new_notebook(cells=[new_markdown_cell("# T\n\n**Course**\n\nText.")]), [""]))
    assert [piece.text for piece in found[0].pieces] == ["**Course**", "Text."]
