"""Both ends of the allowed versions are pinned for every build of PyTorch, and nothing is written where that fails."""

import subprocess

import pytest

from tools import pins

SAID = """# a comment
--find-links somewhere
torch==2.9.0
openTSNE==1.0.2
typing_extensions==4.16.0
nvidia-cublas-cu12==12.8.4.1
cuda-toolkit==13.2.2
triton==3.5.0
setuptools==84.2.1
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose versions uv, played by a function, is asked for."""
    (tmp_path / "pyproject.toml").write_text("[project.optional-dependencies]\nlab = []\nbench = []\n")
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    return tmp_path


def test_what_only_one_build_of_torch_brings_is_left_open():
    assert pins.pins(SAID) == "opentsne==1.0.2\ntorch==2.9.0\ntyping-extensions==4.16.0\n"


def test_both_ends_are_written_and_the_oldest_without_the_benchmarks_peers(project, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(pins, "resolved", lambda folder, extras, resolution: asked.append((extras, resolution)) or SAID)
    assert pins.main() == 0
    assert asked == [(["lab", "bench"], "highest"), (["lab"], "lowest-direct")]
    for name in ("constraints.txt", "constraints-oldest.txt"):
        lines = (project / name).read_text("utf-8").splitlines()
        assert [line for line in lines if not line.startswith("#")] == pins.pins(SAID).splitlines()
    assert capsys.readouterr().out.count(" 3 versions") == 2


@pytest.mark.parametrize(("said", "status"), [("No module named uv", 2), ("no solution found", 1)])
def test_nothing_is_written_where_one_end_cannot_be_found(said, status, project, monkeypatch, capsys):
    def refuse(folder, extras, resolution):
        if resolution == "lowest-direct":
            raise subprocess.CalledProcessError(1, "uv", stderr=said)
        return SAID

    monkeypatch.setattr(pins, "resolved", refuse)
    assert pins.main() == status
    assert said in capsys.readouterr().err and list(project.glob("constraints*")) == []
