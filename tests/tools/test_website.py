"""Pages of the website, before Sphinx sees them."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from course_lib.published import published
from tools.website import front, written
from tools.website.__main__ import build
from tools.website.colab import badge, colab_copy, repository
from tools.website.comparisons import rows
from tools.website.docstrings import plain
from tools.website.numbers import Row
from tools.website.numbers import page as numbers_page
from tools.website.pages import page, pictures, promoted
from tools.website.sources import about_the_course, committed, meant
from tools.website.terms import Term, linked, terms

ROOT = Path(__file__).parents[2]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source="", **data):
    alt = data.pop("alt", "")
    outputs = [nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": alt}})] if data else []
    return nbformat.v4.new_code_cell(source, outputs=outputs)


def test_the_first_mention_of_a_term_in_prose_is_linked_and_no_other():
    waiting = [Term("convolution", ("convolution",))]
    prose, left = linked(
        "# A convolution\n\nA `convolution` of $convolution$. Convolutions, and a convolution.", waiting
    )
    assert prose.endswith("of $convolution$. {term}`Convolutions <convolution>`, and a convolution.")
    assert "# A convolution\n\nA `convolution`" in prose and left == []


def test_a_term_inside_another_word_or_link_is_no_mention():
    waiting = [Term("AUC", ("AUC",)), Term("kernel", ("kernel",))]
    prose = "pAUC, macro-AUC, [the kernel](a.ipynb), subkernel"
    assert linked(prose, waiting) == (prose, waiting)


def test_a_longer_term_is_found_before_the_one_it_holds():
    found = terms("```{glossary}\nstride\n  Steps.\n\nlong stride\nbig step\n  Longer.\n```\n")
    assert [term.name for term in found] == ["long stride", "stride"]
    prose, _ = linked("A long stride, a stride", found)
    assert prose == "A {term}`long stride <long stride>`, a {term}`stride <stride>`"


def test_each_term_of_the_glossary_is_linked_from_a_lecture_or_an_exercise():
    glossary = terms((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    lectures, exercises = committed("notebooks"), committed("exercises")
    course, linked_somewhere = about_the_course(lectures), set()
    for name, made in [*lectures.items(), *exercises.items()]:
        cells = page(made, name, meant(glossary, course.get(name, {})), "").cells
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        linked_somewhere |= set(re.findall(r"\{term\}`[^<`]+ <([^>]+)>`", prose))
    assert len(glossary) > 75
    assert {term.name for term in glossary} - linked_somewhere == set()


def test_a_term_that_means_something_else_in_a_lecture_is_not_linked_there():
    kernel, threshold = Term("kernel", ("kernel",)), Term("threshold", ("threshold",))
    assert meant([kernel, threshold], {"means_otherwise": ["kernel"]}) == [threshold]
    assert "kernel" in about_the_course(committed("notebooks"))["06_tsimcne"]["means_otherwise"]


def test_titles_of_papers_are_not_linked():
    made = page(
        notebook(text("# Title"), text("## References\n\nA paper on the kernel")),
        "05_name",
        [Term("kernel", ("kernel",))],
        "",
    )
    assert "{term}" not in made.cells[1].source


def test_two_pictures_in_one_cell_are_refused_because_a_page_cannot_tell_their_words_apart():
    cell = code(**{"image/png": DOT}, alt="one")
    cell.outputs += code(**{"image/png": DOT}, alt="two").outputs
    with pytest.raises(ValueError, match="a cell with two pictures"):
        page(notebook(text("# Title"), cell), "05_name", [], "")


def test_a_notebook_without_a_title_is_refused():
    with pytest.raises(ValueError, match="its first cell has no title: 'No title'"):
        page(notebook(text("No title")), "05_name", [], "")


def test_a_folder_that_the_website_did_not_make_is_left_alone(tmp_path):
    (tmp_path / "html").mkdir()
    with pytest.raises(ValueError, match="is not empty, and was not made by this command"):
        build(tmp_path)
    assert (tmp_path / "html").exists()


def test_a_page_keeps_the_words_of_its_pictures_and_frames_its_tables():
    made = page(
        notebook(
            text("# Title\n\nProse."),
            code(**{"image/png": DOT}, alt="A dot."),
            code(**{"text/html": '<table><caption style="x">All "numbers"</caption></table>'}),
        ),
        "05_name",
        [],
        "*notice*",
    )
    assert made.cells[0].source == "(lecture-05-1)=\n# Title\n\n*notice*\n\nProse."
    assert made.cells[1].metadata.mystnb.image.alt == "A dot."
    assert 'tabindex="0" aria-label="All numbers"><table>' in made.cells[2].outputs[0].data["text/html"]


def test_a_picture_of_the_gallery_leads_to_the_heading_above_it():
    source = notebook(text("# One\n## Two"), code(**{"image/png": DOT}, alt="x"), text("## Three"))
    assert pictures(source, "05_name") == [{"png": DOT, "alt": "x", "anchor": "lecture-05-2"}]
    assert "(lecture-05-2)=\n## Two" in page(source, "05_name", [], "").cells[0].source


def test_a_notebook_is_not_changed_by_becoming_a_page():
    source = notebook(text("# Title\n\nkernel"), code(**{"image/png": DOT}, alt="x"))
    before = nbformat.writes(source)
    page(source, "05_name", [Term("kernel", ("kernel",))], "*notice*")
    promoted(source), colab_copy(source, "owner/course")
    assert nbformat.writes(source) == before


def test_an_exercise_skips_no_level_of_headings():
    assert promoted(notebook(text("# One\n### Two\n#### Three"))).cells[0].source == "# One\n## Two\n### Three"


def test_every_picture_of_the_lectures_says_what_it_shows():
    silent = [
        f"{name}: {picture['anchor']}"
        for name, made in committed("notebooks").items()
        for picture in pictures(made, name)
        if len(picture["alt"]) < 12
    ]
    assert silent == []


@pytest.fixture(scope="module")
def compared():
    return list(rows())


def test_every_number_that_can_be_compared_agrees(compared):
    assert len(compared) > 40
    assert [f"{row.what}: {row.published} {row.ours}" for row in compared if row.agrees is False] == []
    assert {row.lecture for row in compared} == {path.stem for path in (ROOT / "solutions").glob("*.py")}


def test_what_is_not_like_for_like_says_why(compared):
    others = [row for row in compared if row.agrees is None]
    assert others and all("measured beforehand:" in row.how for row in others)


def test_a_number_that_is_off_is_called_so_on_its_page():
    row = Row("05_name", "a thing", 1.25, 1.5, 0.01, "computed", "a paper")
    made = numbers_page([row], {"room": ("05_name", "Title")})
    assert "| a thing<br><small>a paper</small> | 1.25 | 1.500 | **no** | computed |" in made
    assert "0 of 1 that can be compared agree" in " ".join(made.split())


def test_all_errata_of_all_lectures_are_on_their_page():
    course = json.loads((ROOT / "docs" / "course.json").read_text(encoding="utf-8"))
    rooms = {about["room"]: (name, name) for name, about in course.items() if about["room"]}
    made = written.errata(rooms)
    slips = sum(key.startswith("errata.") for room in rooms for key in published(room))
    assert slips > 25 and made.count("\n| ") == slips + len(rooms)  # and a head for each lecture


def test_a_card_names_source_license_and_citation_and_says_what_is_simulated():
    made = written.cards()
    assert made.count("**License**") == made.count("\n### ") > 25
    assert "### aging brains (simulated)" in made and "### ChestX-ray14\n" in made


def test_docstrings_show_bars_and_stars_as_they_stand_and_leave_examples_alone():
    assert plain(["|x| of `size`²", "", ">>> a | b", "x|y", "", "*after"]) == [
        "\\|x\\| of ``size``\\ ²", "", ">>> a | b", "x|y", "", "\\*after",
    ]  # fmt: skip


def test_a_colab_copy_installs_the_course_first_and_carries_no_outputs(monkeypatch):
    monkeypatch.setenv("GITHUB_SHA", "abc123")
    made = colab_copy(notebook(code("1", **{"image/png": DOT})), "owner/course")
    assert "git+https://github.com/owner/course@abc123" in made.cells[0].source and made.cells[1].outputs == []
    nbformat.validate(made)
    assert "owner/course/blob/gh-pages/colab/05_name.ipynb" in badge("05_name", "owner/course")


def test_badges_lead_to_the_repository_that_the_runner_names_or_there_are_none(monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert repository() is None
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/course")
    assert repository() == "owner/course"
    monkeypatch.setenv("GITHUB_REPOSITORY", "https://elsewhere")
    with pytest.raises(ValueError, match="GITHUB_REPOSITORY: 'https://elsewhere' came, owner/name is allowed"):
        repository()


def test_what_a_lecture_costs_is_told_as_it_was_measured():
    results = ROOT / "benchmarks" / "results" / "lectures.json"
    made = front.measured(results, {name: name for name in committed("notebooks")})
    assert made.count("](notebooks/") == len(committed("notebooks"))
    found = json.loads(results.read_text(encoding="utf-8"))["rows"]
    assert all(row["seconds"] <= 90 for row in found)
