"""What the README and the page on own data show is true today: code runs, pictures and times are the lectures'."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools import pictures

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
RESULTS = json.loads((ROOT / "benchmarks" / "results" / "lectures.json").read_text("utf-8"))


def blocks(page: str) -> list[str]:
    """The page's Python, but for what downloads or needs images that nobody has here."""
    found = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    return [block for block in found if "download=True" not in block and "my_brains" not in block]


@pytest.fixture
def somebody(tmp_path, monkeypatch):
    """A folder of images, and predictions: validation and test people are others."""
    rng = np.random.default_rng(0)
    (tmp_path / "my_images").mkdir()
    rows = [f"{number:02d}.png,{number % 2},p{number // 2}" for number in range(60)]
    (tmp_path / "table.csv").write_text("\n".join(["file,label,patient", *rows]))
    for number in range(60):
        image = np.clip(rng.normal(128, 40, (32, 32)), 0, 255).astype(np.uint8)
        Image.fromarray(image).save(tmp_path / "my_images" / f"{number:02d}.png")
    monkeypatch.chdir(tmp_path)
    y_true, y_validation = rng.integers(0, 2, (2, 300, 3))
    return {
        "y_true": y_true,
        "y_score": y_true + rng.normal(size=y_true.shape),
        "patient_ids": np.arange(300) // 2,
        "y_validation": y_validation[:, 0],
        "score_validation": (y_validation + rng.normal(size=y_validation.shape))[:, 0],
        "validation_ids": 1000 + np.arange(300) // 2,
        "new_images": None,
    }


@pytest.mark.parametrize("page", ["README.md", "docs/own_data.md"])
def test_the_code_runs_as_it_stands(page, somebody):
    shown = blocks(page)
    assert len(shown) == 3
    for block in shown:
        exec(compile(block, page, "exec"), somebody)
    assert Path("my_map.safetensors").exists() and somebody["points"].shape == (60, 2)


def test_the_pictures_are_those_that_the_lectures_show():
    assert len(re.findall(r"!\[[^\]]{20,}\]\(docs/[\w/]+\.png\)", README)) == 4
    for name, png, _ in pictures.shown():
        kept = (pictures.FOLDER / name).read_bytes()
        assert kept == png, f"{name} is not what its lecture shows; run python -m tools.pictures"


def test_the_times_and_the_memory_are_those_that_were_measured():
    rows = {row["notebook"]: row for row in RESULTS["rows"]}
    told = dict(re.findall(r"\(notebooks/(\d\d_\w+)\.ipynb\) \|.*\| (\d+) s \|", README))
    assert told == {name: f"{row['seconds']:.0f}" for name, row in rows.items() if re.match("0[1-9]", name)}
    most = max(row["memory_gb"] for row in RESULTS["rows"])
    assert f"need {most:.1f} GB of memory at most" in README
