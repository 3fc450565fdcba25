"""Names of a package that load their module when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def lazy_names(
    package: str, names: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package, so that importing it costs nothing.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    names : mapping
        From each module of the package to the names that it holds.

    Examples
    --------
    >>> find, listed = lazy_names("course_lib", {"titles": ["marked"]})
    >>> find("marked")("Mass", simulated=True), "marked" in listed()
    ('Mass (simulated)', True)
    """
    modules = {name: module for module, held in names.items() for name in held}
    own = vars(sys.modules[package])

    def find(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        own[name] = value = getattr(import_module(f".{modules[name]}", package), name)
        return value

    return find, lambda: sorted({*own, *modules})
