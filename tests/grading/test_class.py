"""A whole class: whose notebooks, what each earns, and what a submission can do to the others."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from typer.testing import CliRunner

from course_lib import grading
from course_lib.cli import app
from course_lib.grading import find_submissions, grade, grade_class
from course_lib.grading.report import HIDDEN_FAILED
from tools import convert

RIGHT = "def union(a, b):\n    return a | b"
ONLY_VISIBLE = "def jaccard(a, b):\n    return 1 / 3"
SECRET = "np.ones(3, bool), np.array([True, False, True])"  # stands in a hidden test


@pytest.fixture
def notebook(toy):
    """The text of a submission with some answers replaced."""

    def write(**answers: str) -> str:
        content = nbformat.read(toy, 4)
        for cell in content.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.source = answers.get(name, cell.source)
        return convert.to_text(content)

    return write


def hand_in(folder: Path, **notebooks: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for student, text in notebooks.items():
        (folder / f"{student}.ipynb").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "paths",
    [
        ["ann.ipynb", "bob-toy.ipynb", "toy_cleo.ipynb"],
        ["ann/toy/toy.ipynb", "bob/toy/toy.ipynb", "cleo/toy/toy.ipynb"],
        ["ann/x.ipynb", "bob/toy.ipynb", "bob/notes.ipynb", "cleo/.ipynb_checkpoints/x.ipynb", "cleo/x.ipynb"],
        [
            "ann+toy+2026-11-01 10:00:00 UTC/old.ipynb",
            "ann+toy+2026-11-02 09:00:00 UTC+abc/toy.ipynb",
            "bob+toy+2026-11-01 10:00:00 UTC/toy.ipynb",
            "cleo+toy+2026-11-01 10:00:00 UTC/toy.ipynb",
        ],
    ],
    ids=["one file per student", "submitted", "folders", "inbound"],
)
def test_every_student_is_found_once(tmp_path, paths):
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    found = find_submissions(tmp_path, "toy")
    assert [each.student for each in found] == ["ann", "bob", "cleo"]
    assert "old.ipynb" not in [each.path.name for each in found] and found[1].path.stem.endswith("toy")


def test_what_cannot_be_told_apart_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        find_submissions(tmp_path / "nowhere", "toy")
    with pytest.raises(FileNotFoundError, match="holds no notebook"):
        find_submissions(tmp_path, "toy")
    (tmp_path / "ann").mkdir()
    for name in ("a.ipynb", "b.ipynb"):
        (tmp_path / "ann" / name).write_text("{}")
    with pytest.raises(ValueError, match="'ann' has several notebooks"):
        find_submissions(tmp_path, "toy")


def test_points_and_pages_of_a_class(tmp_path, toy, notebook):
    folder = hand_in(
        tmp_path / "class",
        ann=notebook(),
        bob=notebook(jaccard=ONLY_VISIBLE),
        cleo=notebook(jaccard="def jaccard(a, b):\n    return 0.25"),
        dora="no notebook",
    )
    table = grade_class(find_submissions(folder, "toy"), toy, tmp_path / "out")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "points.csv").fillna(""), table, check_dtype=False)
    assert table["student"].tolist() == ["ann", "bob", "cleo", "dora"]
    assert table[["points", "of", "union", "jaccard"]].to_numpy().tolist() == [
        [3, 3, 1, 2],
        [1, 3, 1, 0],
        [1, 3, 1, 0],
        [0, 3, 0, 0],
    ]
    pages = {path.stem: path.read_text() for path in (tmp_path / "out" / "feedback").iterdir()}
    assert pages.keys() == {"ann", "bob", "cleo", "dora"} and "3 of 3 points" in pages["ann"]
    assert HIDDEN_FAILED in pages["bob"] and "0.5" not in pages["bob"].split("</style>")[1]
    assert "expected 0.333333, got 0.25" in pages["cleo"] and "Hint: Union is" in pages["cleo"]
    assert "not a notebook" in pages["dora"]
    assert "0.5" in table["what went wrong"][1]  # the teacher is told


def test_what_was_graded_is_not_run_again_until_it_changes(tmp_path, toy, notebook, monkeypatch):
    from course_lib.grading import classroom

    run = []
    monkeypatch.setattr(classroom, "grade", lambda path, *_, **more: run.append(path.stem) or grade(path, toy, **more))
    folder = hand_in(tmp_path / "class", ann=notebook(), bob=notebook(union="1 / 0"))
    for expected in (["ann", "bob"], []):
        run.clear()
        table = grade_class(find_submissions(folder, "toy"), toy, tmp_path / "out")
        assert sorted(run) == expected and table["points"].tolist() == [3, 2]
    hand_in(folder, bob=notebook())
    (tmp_path / "out" / "kept" / "ann.json").write_text("{broken")
    assert grade_class(find_submissions(folder, "toy"), toy, tmp_path / "out")["points"].tolist() == [3, 3]
    assert sorted(run) == ["ann", "bob"]


def test_jobs_must_be_a_whole_number(toy, tmp_path):
    with pytest.raises(ValueError, match="jobs: got 0"):
        grade_class([], toy, tmp_path, jobs=0)


ATTACKS = {
    "deletes_files": "import shutil, pathlib\nshutil.rmtree({folder!r})",
    "deletes_one": "import os\nos.remove({other!r})",
    "overwrites": "open({other!r}, 'w').write('0 points')",
    "renames": "import os\nos.rename({other!r}, 'mine')",
    "links": "import os\nos.symlink({other!r}, 'mine')\nopen('mine', 'w').write('x')",
    "reads_hidden": "raise ValueError(open({solution!r}).read())",
    "reads_another": "raise ValueError(open({other!r}).read())",
    "lists_hidden": "import os\nraise ValueError(os.listdir({out!r}))",
    "starts_program": "import subprocess\nsubprocess.run(['rm', '-rf', {folder!r}])",
    "shells": "import os\nos.system('rm -rf ' + {folder!r})",
    "forks": "import os\nwhile True: os.fork()",
    "kills_parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "kills_grader": "import os, signal\nos.kill({pid}, signal.SIGKILL)",
    "phones_home": "import socket\nsocket.create_connection(('127.0.0.1', {port}), 2).send(b'hello')",
    "serves": "import socket\nsocket.create_server(('127.0.0.1', 0))",
}


@pytest.fixture
def listener():
    """A port that notices calls."""
    import socket

    calls = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        try:
            while True:
                calls.append(server.accept()[1])
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1], calls
    server.close()


def test_an_attack_costs_only_its_own_question_and_nobody_else(tmp_path, toy, notebook, listener):
    port, calls = listener
    folder, other = tmp_path / "class", tmp_path / "class" / "zoe.ipynb"
    given = {
        "folder": str(folder),
        "other": str(other),
        "solution": str(toy),
        "out": str(tmp_path / "out"),
        "pid": os.getpid(),
        "port": port,
    }
    attacks = {name: notebook(union=code.format(**given)) for name, code in ATTACKS.items()}
    hand_in(folder, **attacks, zoe=notebook())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    solution = toy.read_bytes()
    table = grade_class(find_submissions(folder, "toy"), toy, tmp_path / "out", cell_limit=20).set_index("student")
    assert table["points"].to_dict() == dict.fromkeys(ATTACKS, 2) | {"zoe": 3}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before and toy.read_bytes() == solution
    assert not calls
    for path in (tmp_path / "out" / "feedback").iterdir():
        assert SECRET not in path.read_text(), path.stem
    assert SECRET in toy.read_text()


GREEDY = {
    "loops": "while True:\n    pass",
    "eats_memory": "held = [np.ones(2**22) for _ in range(200)]",
    "prints_a_gigabyte": "for _ in range(100):\n    print('x' * 10**7)\n" + RIGHT,
    "fills_the_disk": "with open('big', 'wb') as file:\n    for _ in range(400):\n        file.write(bytes(10**6))",
    "sleeps": "import time\ntime.sleep(1000)",
}


def test_greed_costs_only_its_own_question(tmp_path, toy, notebook):
    hand_in(tmp_path / "class", **{name: notebook(union=code) for name, code in GREEDY.items()})
    submissions = find_submissions(tmp_path / "class", "toy")
    table = grade_class(submissions, toy, tmp_path / "out", cell_limit=8, memory_limit_mb=1200)
    earned = table.set_index("student")["points"].to_dict()
    assert earned == dict.fromkeys(GREEDY, 2) | {"prints_a_gigabyte": 3}


def test_a_student_does_not_see_the_source_of_hidden_tests_from_inside(toy, notebook, tmp_path):
    """While the visible part runs, whose message is shown, the hidden part is not in the process."""
    spy = (
        "import gc, inspect\ndef union(a, b):\n"
        "    told = [str(frame.frame.f_globals.get('In')) for frame in inspect.stack()]\n"
        "    told += [each for each in gc.get_objects() if isinstance(each, str)]\n"
        "    raise ValueError('seen' if any('np.ones(3, bool), np.array' in each for each in told) else 'nothing')"
    )
    path = hand_in(tmp_path / "class", eve=notebook(union=spy)) / "eve.ipynb"
    (question, _) = grade(path, toy).questions
    assert "ValueError: nothing" in question.feedback


def test_the_command_grades_a_folder(tmp_path, toy, notebook):
    folder = hand_in(tmp_path / "class", ann=notebook(), bob=notebook(union="1 / 0"))
    result = CliRunner().invoke(app, ["grade", str(folder), "--solution", str(toy)])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "class-graded" / "points.csv")
    assert table["points"].tolist() == [3, 2] and "ann" in result.output
    assert (tmp_path / "class-graded" / "feedback" / "bob.html").exists()
    missing = CliRunner().invoke(app, ["grade", str(folder)])
    assert missing.exit_code == 2 and "none belongs to" in missing.stderr


def test_the_solution_is_found_by_name(tmp_path):
    assert grading.solution_of(["anna-x", "02_classification_metrics_bob"], "here").stem == "02_classification_metrics"
    with pytest.raises(FileNotFoundError, match="solution: several belong to here"):
        grading.solution_of(["01_cnn_fundamentals", "02_classification_metrics"], "here")


def test_killed_in_the_middle_a_class_goes_on_where_it_stopped(tmp_path, toy, notebook):
    folder = hand_in(tmp_path / "class", **{f"s{n}": notebook() for n in range(6)})
    command = "from course_lib.cli import app; app()"
    arguments = [sys.executable, "-c", command, "grade", str(folder), "--solution", str(toy), "--jobs", "1"]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = tmp_path / "class-graded" / "kept"
    while process.poll() is None and (not kept.exists() or len(list(kept.glob("*.json"))) < 2):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert 2 <= len(before) < 6 and not (tmp_path / "class-graded" / "points.csv").exists()
    assert all(json.loads((kept / name).read_text())["questions"] for name in before)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    assert {name: (kept / name).stat().st_mtime_ns for name in before} == before
    assert pd.read_csv(tmp_path / "class-graded" / "points.csv")["points"].tolist() == [3] * 6


def test_a_class_that_lies_beside_the_course_hides_nothing_that_answers_need(tmp_path, toy, notebook, monkeypatch):
    """Only notebooks are hidden, not the folder that they lie in: a lecturer may grade where Python lives."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "beside.py").write_text("value = 1")
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom beside import value\n"
    code += "open('mine', 'w').write('x'); assert open('mine').read() == 'x' * value\n" + RIGHT
    hand_in(tmp_path, ann=notebook(union=code))
    toy.rename(tmp_path / "kept.solution")
    solution = (tmp_path / "kept.solution").rename(tmp_path.parent / f"{tmp_path.name}.ipynb")
    table = grade_class(find_submissions(tmp_path, "toy"), solution, tmp_path / "out")
    assert table["points"].tolist() == [3]
