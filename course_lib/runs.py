"""A lecture's notebook run from its first cell to its last, with parameters of one's choice (papermill)."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

from course_lib import config


def lecture_notebook(lecture: str) -> Path:
    """The notebook that a lecture's number or name stands for.

    Parameters
    ----------
    lecture : str
        ``"1"``, ``"01"`` or ``"01_cnn_fundamentals"``.

    Raises
    ------
    FileNotFoundError
        Outside a checkout: the notebooks are not part of the installed package.
    ValueError
        If no notebook has that number or name.
    """
    root = config.checkout()
    if root is None:
        raise FileNotFoundError("notebooks: not part of the installed package; run this in a checkout of the course")
    notebooks = {path.stem: path for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
    name = lecture.removesuffix(".ipynb")
    number = f"{int(name):02d}" if re.fullmatch(r"[0-9]{1,2}", name) else None
    found = [path for stem, path in notebooks.items() if stem == name or stem[:2] == number]
    if len(found) != 1:
        raise ValueError(f"lecture: {lecture!r} is not one of {', '.join(notebooks) or '(no notebook is built yet)'}")
    return found[0]


def notebook_parameters(notebook: Path) -> dict[str, object]:
    """Names and defaults of the parameters cell; a default that is not a literal is None."""
    from papermill import inspect_notebook

    return {name: _literal(cell["default"]) for name, cell in inspect_notebook(notebook).items()}


def _literal(source: str) -> object:
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None


def count_cells(notebook: Path, parameters: dict[str, object]) -> int:
    """Cells of a run: the notebook's, and the one that papermill adds where there are parameters."""
    import nbformat

    return len(nbformat.read(notebook, as_version=4).cells) + bool(parameters)


def chosen_parameters(notebook: Path, **asked: object) -> dict[str, object]:
    """What was asked for (None: not asked), as parameters of the notebook.

    Raises
    ------
    ValueError
        If something was asked for that the notebook's parameters cell does not have: it would change nothing.
    """
    chosen = {name.upper(): value for name, value in asked.items() if value is not None}
    known = notebook_parameters(notebook)
    for name in chosen.keys() - known.keys():
        has = ", ".join(known) or "no parameters"
        raise ValueError(f"{name.lower()}: {notebook.stem} cannot be run with it, its parameters cell has {has}")
    return chosen


def default_output(notebook: Path, chosen: dict[str, object]) -> Path:
    """``runs/<lecture>-<dataset>-<budget>.ipynb`` below the working directory."""
    values = {**notebook_parameters(notebook), **chosen}
    parts = [notebook.stem, values.get("DATASET"), values.get("BUDGET")]
    return Path("runs") / ("-".join(str(part) for part in parts if part) + ".ipynb")


def partial_file(output: Path) -> Path:
    """Where a run lies until it is finished: beside the output, never under its name."""
    return output.with_name(f"{output.stem}.partial.ipynb")


def execute(notebook: Path, output: Path, parameters: dict[str, object], on_cell: Callable) -> None:
    """Run a notebook in its own folder and put the executed copy at `output`.

    Parameters
    ----------
    notebook, output : Path
        What to run, and the file that appears when all of it has run.
    parameters : dict
        Values for the parameters cell.
    on_cell : callable
        Called as ``on_cell(cell=…, cell_index=…)`` before each cell, those of text too; the cell that papermill
        adds with the parameters counts.

    Raises
    ------
    papermill.PapermillExecutionError
        If a cell fails. What ran so far stays in `partial_file(output)`, as it does after an interruption.
    """
    import papermill

    if output.suffix != ".ipynb":
        raise ValueError(f"output: {output} does not end in .ipynb")
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_file(output).resolve()
    papermill.execute_notebook(
        notebook,
        partial,
        parameters,
        cwd=notebook.parent,
        progress_bar=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # its greeting would break the bar
        on_cell_start=on_cell,
    )
    partial.replace(output)
