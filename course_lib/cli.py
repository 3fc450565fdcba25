"""The `course` command; whatever is heavy is imported by the command that needs it."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from course_lib import __version__
from course_lib.whole import whole

STYLES = {"ok": "green", "warning": "yellow", "problem": "red"}
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Budget(enum.StrEnum):
    """How much computing a run may take."""

    quick = "quick"
    full = "full"


class Plainspoken(TyperGroup):
    """Says an error of the library as one line: it was written for the reader, a traceback was not."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            _complain(f"{error}. The extras lab and grading bring what lab, run and grade need.")
            raise typer.Exit(2) from error
        except (ValueError, OSError) as error:
            _complain(str(error))
            raise typer.Exit(2) from error


app = typer.Typer(cls=Plainspoken, no_args_is_help=True, pretty_exceptions_show_locals=False)
data = typer.Typer(no_args_is_help=True, help="List, download and verify data sets.")
app.add_typer(data, name="data")


def _complain(text: str) -> None:
    errors.print(f"[red]{escape(text)}[/red]")


def _version(asked: bool) -> None:
    if asked:
        console.print(__version__)
        raise typer.Exit


@app.callback()
def course(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """AI in Medicine: six lectures in Jupyter."""


@app.command()
def doctor() -> None:
    """Check this machine and environment; the exit code is 1 if there is a problem."""
    from course_lib.doctor import diagnose
    from course_lib.machine import gather

    with console.status("Looking at this machine"):
        lines = diagnose(gather())
    table = Table(box=None, show_header=False, pad_edge=False)
    for line in lines:
        remedy = f"\n[bold]{escape(line.remedy)}[/bold]" if line.remedy else ""
        style = STYLES[line.status]
        table.add_row(f"[{style}]{line.status}[/{style}]", escape(line.name), escape(line.text) + remedy)
    console.print(table)
    raise typer.Exit(int(any(line.status == "problem" for line in lines)))


@data.command("list")
def list_data() -> None:
    """Every data set the course knows: what it holds, and whether it is here."""
    from course_lib.data import available

    sets = available()
    here = [("embedded",) if each.embedded else each.sizes_present for each in sets.itertuples()]
    _show(sets.assign(here=here)[["name", "images", "classes", "sizes", "here", "license"]])


@data.command("status")
def data_status() -> None:
    """The downloaded files that are here."""
    from course_lib import config

    files = _files()
    console.print(f"Data folder: {escape(str(config.cache_folder()))}", soft_wrap=True)
    if len(files):
        _show(files[["dataset", "size", "file", "state"]])
    else:
        console.print("No files yet. The embedded sets need none; `course data fetch NAME` downloads one.")


@data.command("fetch")
def fetch_data(
    name: Annotated[str, typer.Argument(help="A name that `course data list` shows.")],
    size: Annotated[int | None, typer.Option(help="One of its sizes; the smallest without it.")] = None,
) -> None:
    """Download a data set, or go on where a download broke off, and verify it."""
    from tqdm import tqdm

    from course_lib.data import fetch

    files = fetch(name, size=size, progress=tqdm)
    for path in files:
        console.print(f"Verified: {escape(str(path))}", soft_wrap=True)
    if not files:
        console.print(f"{name} comes with the course's dependencies: there is nothing to download.")


@data.command("verify")
def verify_data(name: Annotated[str | None, typer.Argument(help="All that are here without it.")] = None) -> None:
    """Read the downloaded files again and compare their checksums; the exit code is 1 if one is wrong."""
    files = _files(name, verified=True)
    if len(files):
        _show(files[["dataset", "size", "file", "state"]])
    else:
        console.print(f"No downloaded file of {name or 'any data set'} is here.")
    for problem in filter(None, files["problem"]):
        _complain(problem)
    raise typer.Exit(int("wrong" in set(files["state"])))


def _files(name: str | None = None, verified: bool = False):
    """Files that are here, of one data set or of all, in every size."""
    import pandas as pd

    from course_lib.data import available, status

    sizes = available().set_index("name")["sizes"].to_dict()
    chosen = sizes if name is None else {name: sizes.get(name, (None,))}
    files = pd.concat([status(each, size=size, verified=verified) for each in chosen for size in chosen[each]])
    return files[files["state"] != "missing"]


def _show(frame) -> None:
    table = Table(box=None, pad_edge=False)
    for column in frame.columns:
        table.add_column(column, no_wrap=column != "message", max_width=13 if column == "license" else None)
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(_cell(value)) for value in row))
    console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open JupyterLab on the course; further arguments go to JupyterLab as they are."""
    from course_lib.lab import serve

    raise typer.Exit(serve(context.args) or 0)


@app.command()
def run(
    lecture: Annotated[str, typer.Argument(help="1, 01 or 01_cnn_fundamentals.")],
    dataset: Annotated[str | None, typer.Option(help="A name that `course data list` shows.")] = None,
    budget: Annotated[Budget | None, typer.Option(help="Quick: embedded data, two cores. Full: the paper's.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed of everything random.")] = None,
    output: Annotated[Path | None, typer.Option(help="Default: runs/LECTURE-DATASET-BUDGET.ipynb.")] = None,
) -> None:
    """Run a lecture's notebook from its first cell to its last, with your parameters."""
    from course_lib import runs

    notebook = runs.lecture_notebook(lecture)
    chosen = runs.chosen_parameters(notebook, dataset=dataset, budget=budget and budget.value, seed=seed)
    output = output or runs.default_output(notebook, chosen)
    with _kept(runs.partial_file(output)), _progress(notebook.stem, runs.count_cells(notebook, chosen)) as on_cell:
        runs.execute(notebook, output, chosen, on_cell)
    console.print(f"Written: {escape(str(output))}", soft_wrap=True)


@contextmanager
def _progress(title: str, cells: int) -> Iterator:
    """A bar of the cells done, with the heading of the section that is running."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=cells)

        def on_cell(cell, cell_index: int) -> None:
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            section = headings[0].strip("# ") if headings and cell.cell_type == "markdown" else None
            progress.update(task, completed=cell_index, description=section)

        yield on_cell
        progress.update(task, completed=cells, description=title)


@contextmanager
def _kept(partial: Path) -> Iterator[None]:
    """Says where an unfinished run lies, and why it is unfinished."""
    from papermill import PapermillExecutionError

    try:
        yield
    except PapermillExecutionError as error:
        first = error.source.strip().splitlines()[0]
        _complain(f"Cell {error.cell_index + 1} ({first}) failed: {error.ename}: {error.evalue}")
        errors.print(f"What ran so far: {escape(str(partial))}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        errors.print(f"Interrupted. What ran so far: {escape(str(partial))}")
        raise typer.Exit(130) from error


@app.command()
def grade(
    submission: Annotated[Path, typer.Argument(help="An exercise notebook, answered; or a folder of them.")],
    solution: Annotated[Path | None, typer.Option(help="Default: the lecture's own in solutions/.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Of one notebook: write the table to this file as well.")] = None,
    output: Annotated[Path | None, typer.Option(help="Of a folder: where to; default: FOLDER-graded.")] = None,
    jobs: Annotated[int, typer.Option(help="Of a folder: notebooks that run at the same time.")] = 2,
) -> None:
    """Grade an exercise by the solution's visible and hidden tests (needs the grading extra).

    A folder is a class: nbgrader's submitted/ or inbound/, or one file per student. What was graded before and has not
    changed is not run again.
    """
    if submission.is_dir():
        _grade_class(submission, solution, output or submission.with_name(f"{submission.name}-graded"), jobs)
        return
    from course_lib import grading

    with console.status("Running the answers and the tests"):
        report = grading.grade(submission, solution)
    table = report.table()
    _show(table)
    console.print(f"{report.total:g} of {report.max_total:g} points")
    if csv:
        with whole(csv) as beside:
            table.to_csv(beside, index=False)


def _grade_class(folder: Path, solution: Path | None, output: Path, jobs: int) -> None:
    from rich.progress import Progress

    from course_lib import grading

    chosen = grading.solution_of((path.stem for path in folder.rglob("*.ipynb")), str(folder), solution)
    submissions = grading.find_submissions(folder, chosen.stem)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(chosen.stem, total=len(submissions))
        try:
            table = grading.grade_class(
                submissions, chosen, output, jobs=jobs, on_done=lambda *_: progress.advance(task)
            )
        except KeyboardInterrupt as error:
            errors.print("Interrupted. What was graded so far is kept: run the same command again.")
            raise typer.Exit(130) from error
    _show(table[["student", "points", "of"]])
    console.print(f"Points: {escape(str(output / 'points.csv'))}, a page for each student: feedback/ beside it")
