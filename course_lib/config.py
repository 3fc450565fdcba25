"""Device, precision, seed, cache folder and budget: read once, in one place.

Everything here can be set from outside by an environment variable: ``COURSE_DEVICE``, ``COURSE_PRECISION``,
``COURSE_SEED``, ``COURSE_DATA`` and ``COURSE_BUDGET``. No other module of the course names a device.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

APPLICATION = "ai-in-medicine"
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "bf16-true", "16-true", "64-true")
BUDGETS = ("quick", "full")


def device(choice: str | torch.device | None = None) -> torch.device:
    """The device to compute on: CUDA, else MPS, else the CPU.

    Parameters
    ----------
    choice : str or torch.device, optional
        "auto", "cpu", "mps", "cuda" or "cuda:N". Without it, ``COURSE_DEVICE``; without that, "auto".

    Raises
    ------
    ValueError
        If the choice is unknown, or this machine does not have it.

    Examples
    --------
    >>> device("cpu")
    device(type='cpu')
    """
    return _resolve(choice)


def _resolve(choice: str | torch.device | None) -> torch.device:
    import torch

    source = "choice" if choice is not None else "COURSE_DEVICE"
    name = str(choice if choice is not None else os.environ.get("COURSE_DEVICE") or "auto")
    available = _available_devices()
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if kind in available))
    if name not in available:
        raise ValueError(f"{source}: {name!r} is not available here; allowed are {', '.join(('auto', *available))}")
    return torch.device(name)


def _available_devices() -> tuple[str, ...]:
    import torch

    names = ["cpu"]
    if torch.backends.mps.is_available():
        names.append("mps")
    if torch.cuda.is_available():
        names += ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    return tuple(names)


def precision(device: str | torch.device | None = None) -> str:
    """The precision to train in, by Lightning Fabric's name.

    "bf16-mixed" where the hardware multiplies bfloat16 natively (a CUDA device that does not emulate it, a CPU with
    AMX tiles), "32-true" elsewhere. ``COURSE_PRECISION`` overrides it.

    The hardware is asked, not timed: a stopwatch's answer can differ between two runs of one notebook, and a training
    resumed in another precision no longer gives the same weights.

    Parameters
    ----------
    device : str or torch.device, optional
        As for :func:`device`.

    Raises
    ------
    ValueError
        If ``COURSE_PRECISION`` is not one of Fabric's names.
    """
    if chosen := os.environ.get("COURSE_PRECISION"):
        if chosen not in PRECISIONS:
            raise ValueError(f"COURSE_PRECISION: {chosen!r} is not allowed; choose from {', '.join(PRECISIONS)}")
        return chosen
    return "bf16-mixed" if _native_bfloat16(str(_resolve(device))) else "32-true"


@lru_cache
def _native_bfloat16(name: str) -> bool:
    """Whether this device has bfloat16 units of its own (asked once per process)."""
    import torch

    if name.startswith("cuda"):
        with torch.cuda.device(name):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if name != "cpu":
        return False
    if hasattr(torch.cpu, "get_capabilities"):
        return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
    return bool(torch.cpu._is_amx_tile_supported())  # older torch has no public way to ask


def seed() -> int:
    """The seed of the course: ``COURSE_SEED``, else 0.

    Raises
    ------
    ValueError
        If ``COURSE_SEED`` is not a whole number from 0 to 2**32 - 1.
    """
    text = os.environ.get("COURSE_SEED") or "0"
    if not (text.isascii() and text.isdigit() and int(text) < 2**32):
        raise ValueError(f"COURSE_SEED: {text!r} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


def budget() -> str:
    """How much work a notebook may do: ``COURSE_BUDGET``, "quick" (the default) or "full".

    Raises
    ------
    ValueError
        If ``COURSE_BUDGET`` is neither.
    """
    chosen = os.environ.get("COURSE_BUDGET") or "quick"
    if chosen not in BUDGETS:
        raise ValueError(f"COURSE_BUDGET: {chosen!r} is not allowed; choose from {', '.join(BUDGETS)}")
    return chosen


def checkout() -> Path | None:
    """The repository's root where the course runs from a checkout, None where it is installed as a package."""
    root = Path(__file__).resolve().parents[1]
    return root if (root / "pyproject.toml").is_file() and (root / "notebooks").is_dir() else None


def cache_folder() -> Path:
    """Where data files are looked for and downloaded to (it need not exist yet).

    ``COURSE_DATA``; without it ``data/cache`` in a checkout; in an installed package the platform's user cache.

    Raises
    ------
    ValueError
        If ``COURSE_DATA`` begins with ~ and there is no home folder.
    """
    if chosen := os.environ.get("COURSE_DATA"):
        try:
            return Path(chosen).expanduser().resolve()
        except RuntimeError:
            raise ValueError(f"COURSE_DATA: {chosen!r} begins with ~, but this account has no home folder") from None
    return root / "data" / "cache" if (root := checkout()) else _user_cache()


def home() -> Path | None:
    """The user's home folder; None for an account that has none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _user_cache() -> Path:
    """The platform's folder for caches; for an account without a home one among the temporary files."""
    from platformdirs import user_cache_path

    try:
        place = user_cache_path(APPLICATION, appauthor=False)
    except RuntimeError:  # newer versions of platformdirs say it, older ones give the literal ~
        place = Path("~")
    if place.is_absolute():
        return place
    return Path(tempfile.gettempdir()) / f"{APPLICATION}-{getattr(os, 'getuid', lambda: 'cache')()}"


def scratch_folder(data_folder: Path) -> Path:
    """Where copies made from the files of a data folder go: that folder, unless it may only be read.

    A department's shared folder is often read-only; its unpacked copies then go to the user's cache.
    """
    existing = next(folder for folder in (data_folder, *data_folder.parents) if folder.exists())
    # An administrator's account passes os.access everywhere; the mode still says the folder is meant to stay as it is.
    if os.access(existing, os.W_OK) and existing.stat().st_mode & 0o222:
        return data_folder
    return _user_cache()
