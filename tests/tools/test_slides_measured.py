"""What fits on a slide: text, code, tables and pictures, and the fonts they get."""

from nbformat.v4 import new_markdown_cell
from slide_cells import SENTENCE, cut, png, tabled

from course_lib.tables import errata, table
from tools.slides import measure, pictures, sharing, tables
from tools.slides.pieces import MOST_LINES, Piece


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
