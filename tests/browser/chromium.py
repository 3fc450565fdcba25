"""Which browser the tests take."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find() -> str | None:
    """Return the one that COURSE_BROWSER names, else one on the PATH, else Playwright's own."""
    found = os.environ.get("COURSE_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def find_or_skip() -> str:
    """Return the browser; without one, skip, or fail where COURSE_REQUIRE_BROWSER=1 says that there must be one."""
    if program := find():
        return program
    reason = f"no browser: set COURSE_BROWSER, or install one of {', '.join(NAMES)}"
    if os.environ.get("COURSE_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
