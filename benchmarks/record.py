"""Write a benchmark's result where it can be compared with later ones, together with what it was measured on."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from course_lib.whole import whole

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("torch", "lightning-fabric", "numpy", "scikit-learn", "ipywidgets", "matplotlib")


def machine() -> dict:
    """Processor, number of cores this process may use, system, Python and package versions, device of the course."""
    from course_lib import config

    device = config.device()
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.platform(),
        "device": str(device),
        "precision": config.precision(device),
        "seed": config.seed(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
    }


def write_result(name: str, payload: Mapping, folder: Path = RESULTS) -> Path:
    """Write `payload` and the machine to ``<folder>/<name>.json``, whole or not at all; returns the path."""
    path = folder / f"{name}.json"
    with whole(path) as beside:
        beside.write_text(json.dumps({"machine": machine(), **payload}, indent=2) + "\n")
    return path


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """The processor's name; Linux keeps it in a file, where `platform` gives only the architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
