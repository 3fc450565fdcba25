"""Who is killed leaves nobody behind: an answer that loops ends with its grader, a kernel with its builder."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from killing import start

LOOP = "pass\nimport os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True:\n    pass"
LONG = "# %%\nfrom pathlib import Path\nimport os, time\nPath('pid').write_text(str(os.getpid()))\ntime.sleep(1000)\n"
PATIENCE = 60  # seconds, after which something hangs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows tells nobody that a parent is gone")


@pytest.fixture
def temporary():
    """A folder for temporary files; its name is short, for sockets are among them."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


def grade_for_real(folder, handed_in, solution, temporary):
    """Grade a class; what answers write goes below `temporary`."""
    from course_lib.grading import find_submissions, grade_class

    tempfile.tempdir = str(temporary)
    grade_class(find_submissions(handed_in, "toy"), solution, folder / "out", jobs=1)


def build_for_real(folder):
    """Execute a notebook that takes its time."""
    from tools import build, convert

    build.execute(convert.notebook(LONG), folder)


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it hangs"
        time.sleep(0.02)
    return found


def number(path):
    """The process number in a file, once it is there."""
    return int(path.read_text() or 0) if path.exists() else 0


def gone(pid):
    """Whether a process has ended; one that nobody has buried yet counts as ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_answer_that_loops_ends_with_its_grader_and_its_files_go(tmp_path, solution, hand_in, temporary):
    grader = start(grade_for_real, tmp_path / "run", (hand_in(ann=LOOP), solution, temporary))
    (told,) = wait_for(lambda: list(temporary.glob("*/pid")))
    pid = wait_for(lambda: number(told))
    assert not gone(pid)
    grader.kill()
    grader.join()
    wait_for(lambda: gone(pid))
    assert list(temporary.glob("tmp*")) == []


def test_a_kernel_ends_with_its_builder(tmp_path):
    builder = start(build_for_real, tmp_path / "run")
    pid = wait_for(lambda: number(tmp_path / "run" / "pid"))
    assert not gone(pid)
    builder.kill()
    builder.join()
    wait_for(lambda: gone(pid))
