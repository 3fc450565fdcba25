"""The website as Sphinx builds it: links, words for pictures, accessibility, and no request to another host."""

import functools
import http.server
import re
import subprocess
import sys
import threading
from html import unescape
from pathlib import Path

import pytest
import website
from axe_playwright_python.sync_playwright import Axe

from tools.verify import REGIONS

ROOT = Path(__file__).parents[2]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
BOTH_THEMES = ["index.html", "notebooks/02_classification_metrics.html", "numbers.html", "api/metrics.html"]


class Silent(http.server.SimpleHTTPRequestHandler):
    """A server of files that writes no log."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "tools.website", "--out", str(out)], cwd=ROOT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr[-3000:]  # a warning of Sphinx is an error
    return out / "html"


@pytest.fixture(scope="module")
def pages(folder):
    found = website.pages(folder)
    assert len(found) > 35
    return found


@pytest.fixture(scope="module")
def address(folder):
    handler = functools.partial(Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_no_link_inside_the_website_is_broken(folder, pages):
    assert list(website.broken_links(folder, pages)) == []


def test_every_picture_has_words_that_are_not_its_file(pages):
    silent = [
        f"{page.file.name}: {picture.get('src')}"
        for page in pages
        for picture in page.pictures
        if len(picture.get("alt", "")) < 12 or picture["alt"].endswith(".png")
    ]
    assert silent == []


def test_no_page_shows_a_solution(folder):
    for source in sorted((ROOT / "solutions").glob("*.py")):
        shown = unescape(re.sub(r"<[^>]+>", "", (folder / "exercises" / f"{source.stem}.html").read_text("utf-8")))
        told = source.read_text("utf-8")
        hidden = [line.strip() for _, body in REGIONS.findall(told) for line in body.splitlines()]
        apart = [line for line in hidden if len(line) > 30 and line not in REGIONS.sub("", told)]
        assert len(apart) > 10
        assert [line for line in apart if line in shown] == []


def test_every_page_is_accessible_complete_and_asks_no_other_host(browser, address, folder, pages):
    names = [str(page.file.relative_to(folder)) for page in pages]
    assert set(BOTH_THEMES) < set(names)
    found = _visit(browser, address, names, "light") + _visit(browser, address, BOTH_THEMES, "dark")
    assert found == []


def _visit(browser, address: str, names: list[str], theme: str) -> list[str]:
    """What is wrong with the pages in this theme, one line each."""
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = [problem for name in names for problem in _problems(context.new_page(), address, name)]
    context.close()
    return [f"{problem} ({theme})" for problem in found]


def _problems(page, address: str, name: str) -> list[str]:
    found: list[str] = []
    page.on("request", lambda request: request.url.startswith((address, "data:")) or found.append(request.url))
    page.on("response", lambda response: response.status < 400 or found.append(f"missing: {response.url}"))
    page.on("pageerror", lambda error: found.append(f"{name}: {error}"))
    page.goto(address + name)
    page.evaluate("() => window.MathJax?.startup?.promise?.then(() => true)")  # until formulas are set
    problems = list(found)  # until here: axe asks for style sheets itself
    # Each letter of code costs time and has the same few colors everywhere: it is judged on four pages, in both themes.
    context = None if name in BOTH_THEMES else {"exclude": [["div.highlight"]]}
    broken = Axe().run(page, context=context, options=RULES).response["violations"]
    problems += [f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in broken]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    problems += [f"{name}: {wide} px wider than the window"] if wide > 0 else []
    page.close()
    return problems


def test_the_search_finds_a_term_and_a_function(browser, address):
    page = browser.new_page()
    page.goto(f"{address}search.html?q=bootstrap_auroc")
    page.wait_for_selector("#search-results li a")
    assert "metrics" in page.locator("#search-results").inner_text().lower()
    page.close()


def test_formulas_are_set(browser, address):
    page = browser.new_page()
    page.goto(f"{address}notebooks/05_intrinsic_dimension.html")
    page.wait_for_selector("mjx-container mjx-math")
    assert "\\frac" not in page.locator("article").inner_text()
    page.close()
