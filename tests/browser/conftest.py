"""JupyterLab in headless Chromium: a server for the session, and hands for the notebooks opened in it."""

import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import chromium
import pytest
from notebook_page import NotebookPage
from playwright.sync_api import sync_playwright

from course_lib import lab as course_lab

ROOT = Path(__file__).parents[2]
QUIET = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # jupyter-scatter's maps, without a graphics card


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: `folder` is what it serves, a copy, so that no test writes into the repository."""

    address: str
    token: str
    folder: Path
    home: Path


@pytest.fixture(scope="session")
def browser():
    """Chromium, headless."""
    program = chromium.find_or_skip()
    as_root = getattr(os, "geteuid", lambda: 1)() == 0
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program, args=[*QUIET, *WEBGL, *(["--no-sandbox"] if as_root else [])], timeout=120_000
        )
        yield launched
        launched.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab with the course's settings, serving a copy of the notebooks on a free port."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "exercises", "jupyter"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("state", ".ipynb_checkpoints"))
    home, token, port = tmp_path_factory.mktemp("home"), secrets.token_hex(16), _free_port()
    course_lab.prepare(folder)
    arguments = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    argv, environment = course_lab.command([*arguments, "--LabApp.expose_app_in_browser=True"], root=folder)
    paths = {"HOME": str(home), "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    log = folder / "jupyterlab.log"
    with log.open("w") as file:
        server = subprocess.Popen(argv, env={**environment, **paths}, cwd=folder, stdout=file, stderr=file)
        try:
            _wait_for(f"http://127.0.0.1:{port}", server, log)
            yield Lab(f"http://127.0.0.1:{port}", token, folder, home)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture
def open_notebook(browser, lab, request, tmp_path):
    """Return a function that opens a notebook of the served folder and waits for its kernel."""
    pages: list[NotebookPage] = []

    def open_(path: str, dark: bool = False) -> NotebookPage:
        context = browser.new_context(
            viewport={"width": 1400, "height": 1000}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        page = NotebookPage(context.new_page(), lab.address, lab.token)
        pages.append(page)
        page.open(path)
        return page

    yield open_
    failed = getattr(request.node, "failed", False)
    for number, page in enumerate(pages):
        if failed:
            picture = tmp_path / f"failure-{number}.png"
            page.page.screenshot(path=picture)
            print(f"screenshot of the failure: {picture}\nconsole: {page.errors}")
        page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.failed = report.failed
    return report
