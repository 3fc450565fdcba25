"""What `course doctor` looks at: the facts of this machine and this environment."""

import contextlib
import importlib.metadata as metadata
import json
import os
import platform
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from course_lib import config
from course_lib.doctor import LAB_PARTS, Facts

PACKAGES = ("anywidget", "ipywidgets", "jupyterlab", "jupyterlab-widgets", "torch", "torchvision", "widgetsnbextension")


def gather() -> Facts:
    """Look at everything once; takes the seconds that importing torch takes."""
    cache = config.cache_folder()
    place = next(folder for folder in (cache, *cache.absolute().parents) if folder.exists())
    device_error = _error_of(config.device) or _error_of(config.precision)
    return Facts(
        python=platform.python_version(),
        requires_python=_requires_python(),
        versions=_versions(),
        requirements={name: metadata.requires(name) or [] for name in _versions()},
        operators=_error_of(_call_torchvision),
        device="" if device_error else str(config.device()),
        precision="" if device_error else config.precision(),
        device_error=device_error,
        memory=available_memory(),
        cache=cache,
        disk=shutil.disk_usage(place).free,
        writable=os.access(place, os.W_OK),
        lab_parts=_lab_parts(),
        data=_downloaded(),
        variables={name: value for name, value in os.environ.items() if name.startswith("COURSE_")},
        variable_errors=_variable_errors(),
    )


def available_memory(control_group: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that can be taken now; in a container (Binder, JupyterHub) that is its limit's, not the host's.

    `control_group` holds ``memory.max`` and ``memory.current`` (version 2) where there is a limit; cached files count
    as free, because they give way.
    """
    free = psutil.virtual_memory().available
    limit = control_group / "memory.max"
    if not limit.exists() or (most := limit.read_text().strip()) == "max":
        return free
    cached = dict(line.split() for line in (control_group / "memory.stat").read_text().splitlines())
    used = int((control_group / "memory.current").read_text()) - int(cached["inactive_file"])
    return min(free, int(most) - used)


def _error_of(call: Callable[[], object]) -> str:
    """The last line of what a call says against itself; empty if it returns."""
    try:
        call()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        return str(error).strip().splitlines()[-1]
    return ""


def _call_torchvision() -> None:
    """A compiled operator: where torch and torchvision were not built for each other, it is not there."""
    import torch
    from torchvision.ops import nms

    nms(torch.zeros(1, 4), torch.zeros(1), 0.5)


def _downloaded() -> dict[str, bool]:
    """Whether each file of the known data sets that is here is whole; one that was found whole is not read again."""
    from course_lib.data.files import verify
    from course_lib.data.registry import sources

    root = config.cache_folder()
    files = {file for each in sources().values() for size in each.sizes for file in each.files(size)}
    here = {file: path for file in files if (path := file.find(root))}
    return {path.name: not _error_of(partial(verify, file, path, root)) for file, path in sorted(here.items(), key=str)}


def _requires_python() -> str:
    return metadata.metadata("ai-in-medicine")["Requires-Python"] or ""


def _versions() -> dict[str, str]:
    installed = {}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            installed[name] = metadata.version(name)
    return installed


def _lab_parts() -> dict[str, str]:
    """Versions of the widgets' browser halves on the path where JupyterLab looks for them, the first found counting."""
    if "jupyterlab" not in _versions():
        return {}
    from jupyter_core.paths import jupyter_path

    manifests = {part: [Path(folder) / part / "package.json" for folder in jupyter_path("labextensions")]
                 for part in LAB_PARTS}  # fmt: skip
    found = {part: next(filter(Path.exists, paths), None) for part, paths in manifests.items()}
    return {part: json.loads(path.read_text())["version"] for part, path in found.items() if path}


def _variable_errors() -> dict[str, str]:
    readers = {"COURSE_SEED": config.seed, "COURSE_BUDGET": config.budget}
    errors = {name: _error_of(reader) for name, reader in readers.items()}
    for name in ("COURSE_DATA", "COURSE_TEST_DATA"):
        folder = os.environ.get(name)
        if folder and not Path(folder).is_dir():
            errors[name] = f"{folder} is not a folder"
    return {name: error for name, error in errors.items() if error}
