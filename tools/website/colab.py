"""Copies of the lectures for Colab, which has PyTorch but not the course, and the badges that open them there."""

import copy
import os
import re

import nbformat
from nbformat import NotebookNode

ADDRESS = "https://colab.research.google.com/github"
BRANCH = "gh-pages"  # where the website is published, with these copies
INSTALL = """# Colab has no copy of the course: install it (a minute), then go on.
%pip install --quiet "git+https://github.com/{repository}@{commit}"
"""


def repository() -> str | None:
    """The GitHub repository that badges lead to, as "owner/name", from GITHUB_REPOSITORY, which GitHub's runners set.

    Returns
    -------
    str or None
        None where the variable is not set: then there are no badges.

    Raises
    ------
    ValueError
        If it is no such name.
    """
    name = os.environ.get("GITHUB_REPOSITORY") or None
    if name and not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(f"GITHUB_REPOSITORY: {name!r} came, owner/name is allowed")
    return name


def colab_copy(notebook: NotebookNode, repository: str) -> NotebookNode:
    """The notebook with a first cell that installs the course as it was at this commit, and without its outputs."""
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    install = nbformat.v4.new_code_cell(
        INSTALL.format(repository=repository, commit=os.environ.get("GITHUB_SHA") or "HEAD"), id="install-the-course"
    )
    result.cells.insert(0, install)
    return result


def badge(name: str, repository: str) -> str:
    """Markdown of the link that opens a lecture on Colab.

    >>> badge("01_cnn_fundamentals", "owner/course")
    '[open in Colab](https://colab.research.google.com/github/owner/course/blob/gh-pages/colab/01_cnn_fundamentals.ipynb)'
    """
    return f"[open in Colab]({ADDRESS}/{repository}/blob/{BRANCH}/colab/{name}.ipynb)"
