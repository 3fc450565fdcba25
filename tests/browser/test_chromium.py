"""Without a browser: CI fails, everybody else is told."""

import chromium
import pytest


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr(chromium, "find", lambda: None)


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize(
    ("required", "outcome"), [("1", pytest.fail.Exception), ("0", pytest.skip.Exception), (None, pytest.skip.Exception)]
)
def test_without_a_browser_tests_fail_where_one_is_required_and_are_skipped_elsewhere(monkeypatch, required, outcome):
    monkeypatch.delenv("COURSE_REQUIRE_BROWSER", raising=False)
    if required is not None:
        monkeypatch.setenv("COURSE_REQUIRE_BROWSER", required)
    with pytest.raises(outcome, match="no browser: set COURSE_BROWSER, or install one of chromium, "):
        chromium.find_or_skip()


def test_a_browser_on_the_path_is_taken_unless_another_is_named(monkeypatch):
    monkeypatch.delenv("COURSE_BROWSER", raising=False)
    monkeypatch.setattr("shutil.which", {"google-chrome": "/somewhere/google-chrome"}.get)
    assert chromium.find() == "/somewhere/google-chrome"
    monkeypatch.setenv("COURSE_BROWSER", "/elsewhere/browser")
    assert chromium.find_or_skip() == "/elsewhere/browser"
