"""What Binder and JupyterHub run, as far as it runs without their images."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.website import colab

ROOT = Path(__file__).parents[1]

on_posix = pytest.mark.skipif(os.name == "nt", reason="repo2docker's images are Linux")


def post_build(**variables):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if name not in ("NB_PYTHON_PREFIX", "CONDA_PREFIX")}
    return subprocess.run(
        ["bash", "postBuild"], cwd=ROOT, env={**kept, "PATH": path, **variables}, capture_output=True, text=True
    )


@on_posix
def test_the_hub_gets_the_settings_that_course_lab_gives(tmp_path):
    done = post_build(NB_PYTHON_PREFIX=str(tmp_path))
    assert done.returncode == 0, done.stderr
    placed = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert placed.read_bytes() == (ROOT / "jupyter" / "settings" / "overrides.json").read_bytes()
    assert "Python" in done.stdout  # the doctor has looked at the image


@on_posix
def test_outside_of_repo2docker_it_says_what_is_missing():
    done = post_build()
    assert done.returncode != 0 and "NB_PYTHON_PREFIX: not set; repo2docker sets it" in done.stderr


@on_posix
def test_repo2docker_can_run_it():
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_the_published_website_is_what_make_builds():
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "site.yml").read_text("utf-8"))["jobs"]["publish"]["steps"]
    made = next(step["run"] for step in steps if step.get("run", "").startswith("make"))
    targets = {line.partition(":")[0] for line in (ROOT / "Makefile").read_text("utf-8").splitlines()}
    assert set(made.split()[1:]) <= targets
    pushed = steps[-1]
    assert pushed["working-directory"] == "build/site/html" and f" {colab.BRANCH}" in pushed["run"]
