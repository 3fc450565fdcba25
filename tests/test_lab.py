"""JupyterLab's command line and workspace."""

import json
import sys
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_path

from course_lib import lab

ROOT = Path(__file__).parents[1]


def test_the_course_is_served_with_its_own_settings_and_the_users_arguments_last():
    argv, environment = lab.command(["--no-browser", "--port=9999"], root=ROOT)
    assert argv[:3] == [sys.executable, "-m", "jupyterlab"]
    assert argv[-2:] == ["--no-browser", "--port=9999"]
    assert f"--ServerApp.root_dir={ROOT}" in argv
    assert environment["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert environment["PATH"].startswith(str(Path(sys.executable).parent))


def test_what_is_written_goes_to_the_state_folder_only():
    argv, environment = lab.command(root=ROOT)
    state = str(ROOT / "jupyter" / "state")
    names = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    assert all(environment[name].startswith(state) for name in names)
    assert f"--NotebookNotary.data_dir={state}" in argv
    assert "jupyter/state/" in (ROOT / ".gitignore").read_text().split()


def test_a_workspace_the_user_has_arranged_is_kept(tmp_path):
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / "workspace.json").write_text('{"fresh": 1}')
    lab.prepare(tmp_path)
    [workspace] = (tmp_path / "jupyter" / "state" / "workspaces").iterdir()
    assert workspace.read_text() == '{"fresh": 1}'
    workspace.write_text('{"arranged": 1}')
    lab.prepare(tmp_path)
    assert workspace.read_text() == '{"arranged": 1}'


def test_without_a_checkout_there_is_nothing_to_open(monkeypatch):
    monkeypatch.setattr(lab, "checkout", lambda: None)
    with pytest.raises(FileNotFoundError, match="come with a checkout"):
        lab.command()


def test_the_settings_name_plugins_that_jupyterlab_has():
    app = Path(pytest.importorskip("jupyterlab.commands").get_app_dir()) / "schemas"
    extensions = [Path(folder) for folder in jupyter_path("labextensions")]
    for plugin, settings in json.loads((ROOT / "jupyter" / "settings" / "overrides.json").read_text()).items():
        package, name = plugin.split(":")
        places = [app, *(folder / package / "schemas" for folder in extensions)]
        schema = next(path for place in places if (path := place / package / f"{name}.json").exists())
        known = json.loads(schema.read_text())["properties"]
        assert set(settings) <= set(known), plugin
