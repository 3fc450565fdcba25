"""Without a network: what needs one says so in a sentence, and how to do without."""

import socket

import pytest
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.data import available, load
from course_lib.data.download import transfer
from course_lib.data.files import obtain


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """No name is found and no address answers, as on a train."""

    def not_found(*arguments, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def unreachable(*arguments):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", not_found)
    monkeypatch.setattr(socket.socket, "connect", unreachable)
    monkeypatch.setitem(transfer.__kwdefaults__, "pause", 0.001)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_data_set_says_how_to_get_it_by_hand(offline, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^breastmnist\.npz could not be downloaded: no connection to \S+, or"):
        load("breastmnist", download=True)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_the_command_says_the_same_without_a_traceback(offline):
    said = CliRunner().invoke(app, ["data", "fetch", "breastmnist"])
    assert said.exit_code == 2
    assert said.stderr.startswith("breastmnist.npz could not be downloaded: no connection to ")
    assert "Traceback" not in said.stderr and "By hand: get https://" in said.stderr


def test_embedded_data_and_what_is_here_need_none(offline, published, server, tmp_path):
    assert len(load("digits")) == 1797 and available()["present"].sum() == 2
    (tmp_path / "set.npz").write_bytes(server.content)
    assert obtain(published, download=True) == tmp_path / "set.npz"


def test_what_had_arrived_goes_on_when_the_network_is_back(published, server, tmp_path, monkeypatch):
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "set.npz.part").write_bytes(server.content[:40_000])
    monkeypatch.setitem(transfer.__kwdefaults__, "pause", 0.001)
    with monkeypatch.context() as patch:
        patch.setattr("urllib3.util.connection.create_connection", _refuse)
        with pytest.raises(FileNotFoundError, match=r"no connection to 127\.0\.0\.1"):
            obtain(published, tmp_path, download=True)
    assert (tmp_path / "sets" / "set.npz.part").stat().st_size == 40_000
    assert obtain(published, tmp_path, download=True).read_bytes() == server.content


def _refuse(*arguments, **options):
    raise OSError(101, "Network is unreachable")
