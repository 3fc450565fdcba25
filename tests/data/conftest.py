"""A web server that misbehaves as told."""

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

CONTENT = np.random.default_rng(0).bytes(300_000)


@dataclass
class Server:
    """Serves CONTENT; each request takes the next word of the script ("ok" when it has run out)."""

    url: str = ""
    script: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)  # the Range header of each request
    sent: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    content: bytes = CONTENT

    @property
    def md5(self) -> str:
        return hashlib.md5(CONTENT).hexdigest()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_GET(self):
            word = server.script.pop(0) if server.script else "ok"
            wanted = self.headers.get("Range")
            server.ranges.append(wanted)
            self.close_connection = True
            if word.isdigit():
                self.send_error(int(word))
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and "no range" not in word else 0
            if start >= len(server.content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(server.content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
            body = server.content[start:]
            self.send_header("Content-Length", str(len(body)))
            if word == "gzip label":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            if word == "corrupt":
                body = body[:-1] + bytes([body[-1] ^ 1])
            if "truncate" in word or word == "stall":
                body = body[: len(body) // 2]
            if word == "silent":
                body = b""
            self.wfile.write(body)
            self.wfile.flush()
            server.sent += len(body)
            if word in ("stall", "silent"):
                server.release.wait(10)

    return Handler


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    state = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    http.daemon_threads = True
    state.url = f"http://127.0.0.1:{http.server_port}/file.npz"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield state
    state.release.set()
    http.shutdown()
    http.server_close()
