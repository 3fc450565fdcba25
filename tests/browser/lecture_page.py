"""A lecture's explorers on a page of their own."""

import json

from test_kit import notebook


def lecture_page(lab, open_notebook, name: str, explorers: list[str] | None = None, people: str = ""):
    """A page that has run the lecture's set-up and its explorers, in their order.

    With `explorers` those lines are run in place of the lecture's, after `people`: the same explorers on less data.
    """
    source = json.loads((lab.folder / "notebooks" / f"{name}.ipynb").read_text())
    code = ["".join(cell["source"]) for cell in source["cells"] if cell["cell_type"] == "code"]
    setup = code[: 1 + next(number for number, cell in enumerate(code) if "plotting.use()" in cell)]
    shown = [line for cell in code for line in cell.splitlines() if line.startswith("explorers.")]
    if explorers is not None:
        assert {line.partition("(")[0] for line in shown} == {line.partition("(")[0] for line in explorers}
        shown = explorers
    assert shown
    path = f"explorers_{name[:2]}.ipynb"
    (lab.folder / path).write_text(json.dumps(notebook([*setup, *([people] if people else []), *shown])))
    page = open_notebook(path)
    page.run_all()
    return page
