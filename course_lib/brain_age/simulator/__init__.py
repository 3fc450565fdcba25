"""Simulated aging brains on real anatomy: people, what the years did to them, and the scanner they lay in.

Each name is loaded from its module when it is first asked for: who draws people need not wait for torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .aging import age_brain, aged_maps, effect_map
    from .cohort import simulate_cohort, structure_mask

_NAMES = {"aging": ("age_brain", "aged_maps", "effect_map"), "cohort": ("simulate_cohort", "structure_mask")}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = ["age_brain", "aged_maps", "effect_map", "simulate_cohort", "structure_mask"]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
