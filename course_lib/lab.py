"""JupyterLab with the course's own settings, which live in the repository and not in the user's home."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from course_lib.config import checkout
from course_lib.whole import whole

FIRST_PAGE = "notebooks/00_start_here.ipynb"
WORKSPACE = "default-37a8.jupyterlab-workspace"  # JupyterLab's own file name for the workspace "default"


def command(arguments: Sequence[str] = (), root: Path | None = None) -> tuple[list[str], dict[str, str]]:
    """Return the command line and the environment that open JupyterLab on the course.

    What JupyterLab writes (layout, signatures, run-time files) goes to ``jupyter/state``, which git ignores. Kernels of
    the user's own stay available, but "Python 3" is the interpreter that runs this.

    Parameters
    ----------
    arguments : sequence of str
        Handed to JupyterLab as they are, after the course's own, so that they win.
    root : Path, optional
        The folder to serve; the checkout by default.

    Raises
    ------
    FileNotFoundError
        If course_lib does not run from a checkout, where the notebooks are.
    """
    root = _root(root)
    state = root / "jupyter" / "state"
    argv = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{FIRST_PAGE}",
        f"--LabApp.app_settings_dir={root / 'jupyter' / 'settings'}",
        "--LabApp.extension_manager=readonly",  # the other one asks PyPI
        f"--NotebookNotary.data_dir={state}",
        *(["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
        *arguments,
    ]
    environment = {
        "JUPYTERLAB_SETTINGS_DIR": str(state / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "IPYTHONDIR": str(state / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    return argv, {**os.environ, **environment}


def serve(arguments: Sequence[str] = ()) -> int:
    """Run JupyterLab until it is stopped and return its exit status."""
    argv, environment = command(arguments)
    prepare(_root(None))
    before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is JupyterLab's to answer: it asks first
    try:
        return subprocess.call(argv, env=environment)
    finally:
        signal.signal(signal.SIGINT, before)


def prepare(root: Path) -> None:
    """Lay out the workspace (table of contents open) unless the user has arranged one already."""
    workspaces = root / "jupyter" / "state" / "workspaces"
    workspaces.mkdir(parents=True, exist_ok=True)
    if not (workspaces / WORKSPACE).exists():
        with whole(workspaces / WORKSPACE) as beside:
            shutil.copy(root / "jupyter" / "workspace.json", beside)


def _root(root: Path | None) -> Path:
    root = root or checkout()
    if root is None:
        raise FileNotFoundError(f"{FIRST_PAGE}: the notebooks come with a checkout of the course, not with the package")
    return root
