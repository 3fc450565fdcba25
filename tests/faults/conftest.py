"""What the tests of faults share: a web server, a class that has handed in, a disk that fills up."""

import hashlib
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib.data.files import RemoteFile
from tools import convert

CONTENT = np.random.default_rng(0).bytes(1_000_000)
LOCKED = '"locked": true, "schema_version": 3, "solution": false, "task": false'
OPEN = '"grade": false, "locked": false, "schema_version": 3, "solution": true, "task": false'
TOY = f"""\
# %% nbgrader={{"grade_id": "double", {OPEN}}}
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% nbgrader={{"grade": true, "grade_id": "double-check", "points": 1, {LOCKED}}}
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(-3.5) == -7
### END HIDDEN TESTS
"""


class Handler(BaseHTTPRequestHandler):
    """Sends the server's content, from the byte that is asked for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        """Answer 200, 206 or 416, as a server does that can go on."""
        content, wanted = self.server.content, self.headers.get("Range", "bytes=0-")
        first = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(416 if first >= len(content) else 206 if first else 200)
        about = "*" if first >= len(content) else f"{first}-{len(content) - 1}"
        self.send_header("Content-Range", f"bytes {about}/{len(content)}")
        self.send_header("Content-Length", str(len(content[first:])))
        self.end_headers()
        self.wfile.write(content[first:])


@pytest.fixture
def server(monkeypatch):
    """Its `content` can be had at its `url`."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.handle_error = lambda *about: None  # whoever breaks off has a reason
    http.daemon_threads, http.content, http.url = True, CONTENT, f"http://127.0.0.1:{http.server_port}/set.npz"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.fixture
def toy() -> str:
    """The percent script of an assignment of one question."""
    return TOY


@pytest.fixture
def solution(tmp_path) -> Path:
    """The assignment's notebook, with solution and hidden tests."""
    path = tmp_path / "toy.ipynb"
    path.write_text(convert.to_text(convert.notebook(TOY)), encoding="utf-8")
    return path


@pytest.fixture
def hand_in(tmp_path, solution):
    """A folder of notebooks: hand_in(ann="return 2 * x", …)."""

    def write(**answers: str) -> Path:
        folder = tmp_path / "class"
        folder.mkdir(exist_ok=True)
        for student, answer in answers.items():
            notebook = nbformat.read(solution, 4)
            notebook.cells[0].source = f"def double(x):\n    {answer}"
            (folder / f"{student}.ipynb").write_text(convert.to_text(notebook), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 kB; where none can be mounted the test is skipped."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True) if sys.platform == "linux" else None
    if done is None or done.returncode:
        pytest.skip(f"no small disk can be mounted here ({done.stderr.strip() if done else sys.platform})")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def closed(request, tmp_path):
    """A function that closes a folder (its argument fills it first) and gives it back: nothing can be written there."""
    if os.name == "nt":
        pytest.skip("needs permissions as POSIX has them")
    administrator = os.geteuid() == 0  # who may write whatever the mode says, but not to a disk that is read-only
    place = request.getfixturevalue("small_disk") if administrator else tmp_path / "closed"
    place.mkdir(exist_ok=True)

    def close(fill=lambda folder: None) -> Path:
        fill(place)
        if administrator:
            subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        else:
            place.chmod(0o555)
        return place

    yield close
    if not administrator:
        for folder in (place, *place.iterdir()):
            folder.chmod(0o755)


@pytest.fixture
def published(server) -> RemoteFile:
    """A file of 100 kB that the server has."""
    server.content = server.content[:100_000]
    return RemoteFile("set", "sets", "set.npz", server.url, hashlib.md5(server.content).hexdigest())
