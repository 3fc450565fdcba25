"""Docstrings are plain text first: what reStructuredText would take for markup in them is shown as it stands."""

import re

LITERAL = re.compile(r"(``.+?``|:[\w:]+:`[^`]+`|`[^`\n]+`_?)")

ENDS = " .,;:!?)]}'\"-/\\"


def plain(lines: list[str]) -> list[str]:
    """A docstring's lines with names in backticks as code, and bars and stars as themselves.

    Examples that are run (``>>>``) and blocks after ``::`` stay as they are.

    Examples
    --------
    >>> plain(["The mean |f − y| of `y`, *args"])
    ['The mean \\\\|f − y\\\\| of ``y``, \\\\*args']
    """
    result, apart, block = [], False, None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if line.lstrip().startswith(">>>"):
            apart = True
        elif not line.strip():
            apart = False
        elif block is not None and indent <= block:
            block = None
        result.append(line if apart or block is not None else _escaped(line))
        if line.rstrip().endswith("::"):
            block = indent
    return result


def _escaped(line: str) -> str:
    pieces = LITERAL.split(line)
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            pieces[place] = re.sub(r"([|*])", r"\\\1", piece)
            if place and piece and piece[0] not in ENDS:
                pieces[place] = "\\ " + pieces[place]  # code must not run into a letter
        elif not piece.startswith((":", "``")):
            pieces[place] = f"`{piece.rstrip('_')}`"
    return "".join(pieces)


def before_napoleon(app, what, name, found, options, lines) -> None:
    """Sphinx's event ``autodoc-process-docstring``, heard before napoleon reads the sections."""
    lines[:] = plain(lines)


def skip_requests(app, what, name, found, skip, options) -> bool | None:
    """Leave out what scikit-learn adds to each estimator for routing metadata."""
    return True if re.fullmatch(r"(get_metadata_routing|set_\w+_request)", name) else None


def setup(app) -> dict:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", before_napoleon, priority=100)
    app.connect("autodoc-skip-member", skip_requests)
    return {"parallel_read_safe": True}
