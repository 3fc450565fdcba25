"""Every deck in a real browser, opened from the disk: slide by slide, as a lecturer walks through it."""

from pathlib import Path

import pytest

from tools.slides.decks import write

ROOT = Path(__file__).parents[2]
DECKS = [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
NEXT, CODE = "Space", "c"

# What is wrong with the slide in view, one sentence each. Inside a formula only its own errors count: it is drawn, and
# its copy for screen readers is cut to a pixel.
PROBLEMS = """() => {
  const slide = Reveal.getCurrentSlide(), found = [];
  const drawn = "mjx-container *, aside, aside *, .listing, .listing *";
  const about = (element) => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 50)}`;
  for (const element of [slide, ...slide.querySelectorAll(`*:not(${drawn})`)]) {
    const box = element.getBoundingClientRect();
    if (box.left < -1 || box.top < -1 || box.right > 1281 || box.bottom > 721)
      found.push(`leaves the slide: ${about(element)}`);
    if (element.matches("section, .page, .running, pre, figure, .table") &&
        (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 3))
      found.push(`is cut: ${about(element)}`);
  }
  const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("mjx-container, aside, .show-code")) continue;
    const least = element.closest("pre, code") ? 13 : element.closest("table, .table") ? 15 : 20;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < least) found.push(`${size} px: ${about(element)}`);
    if (!element.closest("pre, code") && /\\$\\$|\\\\[a-z]{2,}|\\$[^ ]+\\$/.test(node.data))
      found.push(`not set: ${node.data}`);
  }
  for (const formula of slide.querySelectorAll("mjx-merror, [data-mjx-error]"))
    found.push(`not understood: ${formula.textContent}`);
  for (const image of slide.querySelectorAll("img"))
    if (!image.alt.trim() || !image.naturalWidth) found.push(`a picture without text or without pixels: ${image.alt}`);
  if (!slide.querySelector(".prose, .question, .code, .table, figure, h1")) found.push("an empty slide");
  return found;
}"""
LISTING = """() => {
  const code = Reveal.getCurrentSlide().querySelector(".listing");
  if (!code) return null;
  const box = code.getBoundingClientRect();
  return { seen: code.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
           inside: box.left >= 0 && box.right <= 1280 && box.bottom <= 720 &&
                   code.scrollWidth <= code.clientWidth && code.scrollHeight <= code.clientHeight };
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All decks, made anew."""
    out = tmp_path_factory.mktemp("slides")
    assert set(write(ROOT, out)) == {f"{name}.html" for name in DECKS}
    return out


@pytest.fixture
def opened(browser, folder):
    """Return a function that opens a page of the folder; it may reach nothing outside that folder."""
    pages = []

    def open_(name: str):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        pages.append((page, asked := [], wrong := []))
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(f"not found: {request.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
        file, mark, query = name.partition("?")
        page.goto((folder / file).as_uri() + mark + query)
        if not name.startswith("index"):
            page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield open_
    for page, asked, wrong in pages:
        assert [url for url in asked if not url.startswith((folder.as_uri(), "data:"))] == []
        assert wrong == []
        page.close()


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_is_reached_by_one_key_and_shows_all_of_it(opened, name):
    page, seen, problems = opened(f"{name}.html"), [], []
    for _ in range(1000):
        here = page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v]")
        if here not in seen:
            seen.append(here)
        problems += [f"slide {len(seen)}: {problem}" for problem in page.evaluate(PROBLEMS)]
        if page.evaluate("Reveal.isLastSlide() && !Reveal.availableFragments().next"):
            break
        page.keyboard.press(NEXT)
    assert problems == []
    assert len(seen) == page.evaluate("Reveal.getTotalSlides()")


@pytest.mark.parametrize("name", DECKS)
def test_the_code_behind_a_picture_comes_and_goes_with_its_key(opened, name):
    page, shown = opened(f"{name}.html"), 0
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate("n => { const at = Reveal.getIndices(Reveal.getSlides()[n]); Reveal.slide(at.h, at.v); }", number)
        if (before := page.evaluate(LISTING)) is None:
            continue
        page.keyboard.press(CODE)
        assert (before["seen"], page.evaluate(LISTING)) == (False, {"seen": True, "inside": True}), number + 1
        page.keyboard.press(CODE)
        assert not page.evaluate(LISTING)["seen"]
        shown += 1
    assert shown


def test_what_comes_with_the_next_key_is_not_there_before(opened):
    page = opened("06_tsimcne.html")
    page.evaluate("""() => { const at = Reveal.getIndices(document.querySelector(".fragment").closest("section"));
        Reveal.slide(at.h, at.v, -1); }""")
    step = page.locator("section.present .fragment").first
    assert not step.is_visible()
    page.keyboard.press(NEXT)
    assert step.is_visible()


def test_a_deck_is_dark_where_its_address_says_so(opened):
    paper = "getComputedStyle(document.querySelector('.reveal-viewport')).backgroundColor"
    assert opened("00_start_here.html").evaluate(paper) == "rgb(255, 255, 255)"
    assert opened("00_start_here.html?dark").evaluate(paper) == "rgb(17, 21, 26)"


def test_the_index_leads_to_every_deck(opened, folder):
    links = opened("index.html").locator("a").evaluate_all("links => links.map((each) => each.getAttribute('href'))")
    assert links == [f"{name}.html" for name in DECKS]
    assert all((folder / link).exists() for link in links)
