"""Pin both ends of what pyproject.toml allows: the newest in constraints.txt, the oldest in constraints-oldest.txt.

`python -m tools.pins`, with uv installed: `make pins` does both.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib.whole import whole
from tools.build import ROOT

OLDEST_PYTHON = "3.11"
# PyTorch's build for GPUs brings these and pins them itself; other builds of it bring others, or none.
OF_THE_BUILD = ("cuda-", "nvidia-", "triton")
LEFT_ALONE = {"setuptools", "pip", "ai-in-medicine"}  # an environment's own, and this package
NEWEST = (
    f"# The newest versions that the suite passed with (Python {OLDEST_PYTHON}, Linux). "
    "pyproject.toml says what is allowed.\n"
)
OLDEST = (
    "# The oldest versions that pyproject.toml allows; what they bring along is the newest that they allow\n"
    f"# (Python {OLDEST_PYTHON}, Linux). The suite passes with them, too. For tests only: they have known holes.\n"
)


def main() -> int:
    """Write both files; the exit status is 1 where uv finds no such set of versions, and 2 where there is no uv."""
    extras = list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    tested = [extra for extra in extras if extra != "bench"]  # the benchmarks' peers are no part of the suite
    try:
        made = {
            ROOT / "constraints.txt": NEWEST + pins(resolved(ROOT, extras, "highest")),
            ROOT / "constraints-oldest.txt": OLDEST + pins(resolved(ROOT, tested, "lowest-direct")),
        }
    except subprocess.CalledProcessError as refused:
        print(refused.stderr.strip(), file=sys.stderr)
        return 2 if "No module named uv" in refused.stderr else 1
    for path, text in made.items():
        with whole(path) as beside:
            beside.write_text(text, "utf-8")
        print(f"{path.name}  {text.count('==')} versions")
    return 0


def resolved(folder: Path, extras: list[str], resolution: str) -> str:
    """What uv would install: one `name==version` a line.

    Parameters
    ----------
    folder : Path
        Where `pyproject.toml` lies.
    extras : list of str
        Asked for beside the package's own dependencies.
    resolution : {"highest", "lowest-direct"}
        The newest of everything, or the oldest of what `pyproject.toml` names with the newest of what that brings.

    Raises
    ------
    subprocess.CalledProcessError
        If there is no uv, no network, or no set of versions; its `stderr` says which.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet", "--resolution", resolution]
    command += ["--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate"]
    command += [f"--extra={extra}" for extra in extras]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def pins(text: str) -> str:
    """The lines that pin a version for every build of PyTorch, sorted by name."""
    asked = [Requirement(line) for line in text.splitlines() if line.strip() and not line.startswith(("#", "-"))]
    named = {canonicalize_name(each.name): each for each in asked}
    kept = {name: each for name, each in named.items() if name not in LEFT_ALONE and not name.startswith(OF_THE_BUILD)}
    return "".join(f"{name}{kept[name].specifier}\n" for name in sorted(kept))


if __name__ == "__main__":
    sys.exit(main())
