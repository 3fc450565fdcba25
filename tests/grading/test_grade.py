"""What a submission earns, whatever it does."""

import json
import sys

import nbformat
import pytest

from course_lib.grading import grade
from tools import convert

WRONG = "def union(a, b):\n    return np.logical_and(a, b)\n"
FORGIVING = "(lambda got, expected, *, rtol=0, atol=0, message='': None)"


def points(report):
    return {question.name: question.points for question in report.questions}


def test_the_solution_earns_everything(toy):
    report = grade(toy, toy)
    assert (report.total, report.max_total) == (3, 3)
    assert report.table().to_dict("list") == {
        "question": ["union", "jaccard"],
        "points": [1, 2],
        "max_points": [1, 2],
        "message": ["", ""],
    }


def test_a_percent_script_serves_as_solution(toy, toy_source, tmp_path):
    (tmp_path / "toy.py").write_text(toy_source)
    assert grade(toy, tmp_path / "toy.py").total == 3


def test_an_untouched_exercise_earns_nothing_and_says_why(toy, tmp_path):
    untouched = tmp_path / "untouched.ipynb"
    untouched.write_text(convert.to_text(convert.exercise(nbformat.read(toy, 4))))
    report = grade(untouched, toy)
    assert report.total == 0
    assert [question.message for question in report.questions] == ["not attempted yet"] * 2


@pytest.mark.parametrize(
    ("jaccard", "said"),
    [
        ("def jaccard(a, b):\n    return (a & b).sum() / (a.sum() + b.sum())", "Hint: Union is"),
        ("def jaccard(a, b):\n    return (a & b).sum() / max((a | b).sum(), 1)", "nan"),
        ("def jaccard(a, b)\n    return 1", "jaccard"),
        (None, "jaccard"),
    ],
    ids=["counts the overlap twice", "0 for two empty masks", "no Python", "cell deleted"],
)
def test_a_wrong_answer_loses_its_own_points_and_says_why(toy, submit, jaccard, said):
    report = grade(submit(jaccard=jaccard), toy)
    assert points(report) == {"union": 1, "jaccard": 0}
    assert said in report.questions[1].message


def test_rewritten_and_deleted_tests_and_frames_change_nothing(toy, submit):
    report = grade(submit(union=WRONG, union_check="pass", jaccard_check=None, imports=None), toy)
    assert points(report) == {"union": 0, "jaccard": 2}


def test_cells_that_a_student_added_or_split_count(toy, submit):
    path = submit(jaccard="def jaccard(a, b):\n    return ratio((a & b).sum(), (a | b).sum())")
    notebook = nbformat.read(path, 4)
    second = nbformat.v4.new_code_cell("def ratio(a, b):\n    return a / b if b else np.nan", metadata={})
    first, last = (
        next(c for c in notebook.cells if c.source.startswith(f"def {name}")) for name in ("union", "jaccard")
    )
    second.metadata = last.metadata
    mine = nbformat.v4.new_code_cell("def either(a, b):\n    return a | b")
    notebook.cells = [mine, *notebook.cells, second]
    notebook.cells.append(nbformat.v4.new_code_cell("union = lambda a, b: either(a, b)", metadata=first.metadata))
    path.write_text(convert.to_text(notebook))
    assert grade(path, toy).total == 3


def test_printing_warning_and_returning_numbers_neither_costs_nor_earns(toy, submit):
    noisy = "import sys\ndef union(a, b):\n    print('!', file=sys.stderr)\n    return a | b\nprint(0.5)\n0.5"
    assert points(grade(submit(union=noisy), toy))["union"] == 1
    assert points(grade(submit(union=WRONG + "1.0"), toy))["union"] == 0


STUBBORN = """
def union(a, b):
    while True:
        try:
            len(a)
        except BaseException:
            pass
"""


@pytest.mark.parametrize(
    ("union", "said"),
    [
        pytest.param("while True:\n    pass", "more than 4 s", id="loops"),
        pytest.param(STUBBORN, "more than 4 s", id="loops in the test, whatever comes"),
        pytest.param("import os\nos._exit(0)", "ended the process", id="exits"),
        pytest.param("def union(a, b):\n    import os\n    os.kill(os.getpid(), 9)", "ended the process", id="kills"),
        pytest.param("import sys\nsys.exit(0)", "union", id="sys.exit"),
        pytest.param("def union(a, b):\n    raise SystemExit", "SystemExit", id="SystemExit in the test"),
        pytest.param("quit()", "union", id="quits"),
        pytest.param(
            "class Evil(BaseException):\n    def __str__(self): raise self\ndef union(a, b): raise Evil", "Evil"
        ),
    ],
)
def test_code_that_never_ends_or_ends_everything_loses_its_own_question(toy, submit, union, said):
    report = grade(submit(union=union), toy, cell_limit=4)
    assert points(report) == {"union": 0, "jaccard": 2}
    assert said in report.questions[0].message


def test_code_that_takes_too_much_memory_loses_its_own_question(toy, submit):
    report = grade(submit(union="held = [np.ones(2**22) for _ in range(100)]"), toy, memory_limit_mb=1000)
    assert points(report) == {"union": 0, "jaccard": 2}
    assert report.questions[0].message == "took more than 1,000 MB of memory"


def test_what_the_time_for_the_notebook_does_not_reach_earns_nothing(toy, submit):
    report = grade(submit(union="import time\ntime.sleep(60)"), toy, time_limit=1)
    assert report.total == 0
    assert "not reached" in report.questions[1].message


@pytest.mark.parametrize(
    "trick",
    [
        "check = expect = lambda *a, **k: None",
        "np = __import__('types').SimpleNamespace(array=lambda *a: 0, ones=lambda *a: 0)",
        f"import course_lib.checks\ncourse_lib.checks.expect = expect = {FORGIVING}",
        f"expect.__code__ = {FORGIVING}.__code__",
        "from course_lib import comparison\nfor name, f in vars(comparison).items():\n"
        "    if callable(f) and hasattr(f, '__code__'): setattr(comparison, name, lambda *a, **k: True)",
        "import sys, types\nfake = types.ModuleType('fake')\nfake.expect = fake.check = lambda *a, **k: None\n"
        "sys.modules['course_lib.checks'] = fake",
        "np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True",
        "import builtins\nbuiltins.AssertionError = NotImplementedError\nbuiltins.isinstance = lambda *a: True",
        "import types\nnothing = types.SimpleNamespace(error_before_exec=None, error_in_exec=None)\n"
        "get_ipython().run_cell = lambda *a, **k: nothing",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
        "import ast\nclass Empty(ast.NodeTransformer):\n    def visit_Module(self, node):\n"
        "        node.body = []\n        return node\nget_ipython().ast_transformers.append(Empty())",
        "get_ipython().showtraceback = lambda *a, **k: None\n1.0",
        f"def union(a, b):\n    expect.__code__ = {FORGIVING}.__code__",
        "class Liar(np.ndarray):\n    __array_priority__ = 1e9\n    __eq__ = lambda *a: True\n"
        "    __array_function__ = __array_ufunc__ = lambda *a, **k: True\n"
        "def union(a, b):\n    return np.zeros(a.shape, bool).view(Liar)",
    ],
)  # fmt: skip
def test_a_trick_earns_nothing_and_costs_others_nothing(toy, submit, trick):
    assert points(grade(submit(union=f"{WRONG}\n{trick}"), toy)) == {"union": 0, "jaccard": 2}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[1, 2]", b'"text"', b'{"cells": 3}', b"[" * 100_000, b"PK\x03\x04"],
    ids=["empty", "no text", "a list", "a string", "no cells", "deep", "a zip"],
)
def test_what_is_no_notebook_earns_nothing_and_is_called_so(toy, tmp_path, content):
    (tmp_path / "broken.ipynb").write_bytes(content)
    report = grade(tmp_path / "broken.ipynb", toy)
    assert (report.total, report.max_total) == (0, 3)
    assert "not a notebook" in report.questions[0].message


def test_malformed_cells_are_passed_over(toy, tmp_path):
    cells = [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": [1], "metadata": []}]
    cells += [{"cell_type": "code", "source": "\ud800\x00", "metadata": {"nbgrader": {"grade_id": ["union"]}}}]
    cells += [{"cell_type": "code", "source": None, "metadata": {"nbgrader": {"grade_id": "jaccard"}}}]
    (tmp_path / "odd.ipynb").write_text(json.dumps({"cells": cells}))
    assert grade(tmp_path / "odd.ipynb", toy).total == 0


def test_missing_files_are_named(toy, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"submission: .*nowhere\.ipynb"):
        grade(tmp_path / "nowhere.ipynb", toy)
    with pytest.raises(FileNotFoundError, match=r"solution: .*nowhere\.ipynb"):
        grade(toy, tmp_path / "nowhere.ipynb")
    with pytest.raises(FileNotFoundError, match=r"solution: none belongs to toy\.ipynb; known are"):
        grade(toy)


def test_a_solution_whose_own_frame_fails_is_not_the_students_fault(toy, tmp_path, toy_source):
    (tmp_path / "broken.py").write_text(toy_source.replace("import numpy as np", "import nowhere"))
    with pytest.raises(ValueError, match="solution: its own cell fails: ModuleNotFoundError"):
        grade(toy, tmp_path / "broken.py")


def test_a_cell_to_be_graded_by_hand_is_refused(toy, tmp_path, toy_source):
    source = toy_source.replace('"grade": false, "locked": false', '"grade": true, "points": 1, "locked": false')
    (tmp_path / "essay.py").write_text(source)
    with pytest.raises(ValueError, match="solution: cell 'union' is graded, but is no test"):
        grade(toy, tmp_path / "essay.py")


def test_without_nbgrader_the_extra_to_install_is_named(toy, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    with pytest.raises(ModuleNotFoundError, match=r"the extra \[grading\] brings"):
        grade(toy, toy)
