"""Programs that bring, unpack, build and grade, each into one folder, small enough to be killed twenty times."""

import hashlib
import io
from pathlib import Path

import killing
import numpy as np

from course_lib.whole import whole

LECTURE = """\
# %% [markdown]
# # Lecture

# %% tags=["parameters"]
BUDGET = "quick"

# %%
print(BUDGET, 6 * 7)
"""


class Bar:
    """A progress bar, each of whose steps is an event."""

    def __init__(self, **options) -> None:
        pass

    def update(self, count: int) -> None:
        """A chunk has come."""
        killing.step()

    def close(self) -> None:
        """The transfer is over."""


def bring(folder: Path, url: str, md5: str) -> None:
    """Download a file."""
    from course_lib.data.download import transfer

    transfer(url, folder / "set.npz", md5, progress=Bar, pause=0.01)


def archive() -> bytes:
    """300 images in three parts and their labels, as MedMNIST packs them."""
    random, content = np.random.default_rng(0), io.BytesIO()
    parts = {"train": 200, "val": 40, "test": 60}
    arrays = {f"{part}_images": random.integers(0, 256, (n, 28, 28), np.uint8) for part, n in parts.items()}
    arrays |= {f"{part}_labels": np.arange(n, dtype=np.uint8)[:, None] % 2 for part, n in parts.items()}
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def offer(content: bytes, url: str = "http://127.0.0.1/nowhere") -> None:
    """Make this process take `content` for breastmnist, and map every array, be it ever so small."""
    from course_lib.data import medmnist, registry, unpack
    from course_lib.data.download import transfer

    facts = dict(medmnist.information()["breastmnist"], url=url, MD5=hashlib.md5(content).hexdigest())
    medmnist.information = lambda: {"breastmnist": facts}
    known = medmnist.sources()
    registry.sources = lambda: known
    unpack.IN_MEMORY, unpack.CHUNK = 0, 4096
    transfer.__kwdefaults__["pause"] = 0.01


def unpack(folder: Path, source: Path) -> None:
    """Verify an archive, unpack it, map it; what was mapped is written down."""
    from course_lib.data import load

    content = source.read_bytes()
    offer(content)
    if not (folder / "breastmnist.npz").exists():
        with whole(folder / "breastmnist.npz") as beside:
            beside.write_bytes(content)
    images = load("breastmnist", root=folder).images
    assert isinstance(images, np.memmap)
    with whole(folder / "seen.bin") as beside:
        beside.write_bytes(images.tobytes())


def radiographs(folder: Path, pictures: Path) -> None:
    """Bring radiographs to one size, two between two notes of how far it has come."""
    from course_lib.chest_xray import nih_images

    nih_images.CHUNK = 2
    read = nih_images.read_radiograph
    nih_images.read_radiograph = lambda *about, **how: (killing.step(), read(*about, **how))[1]
    pool = nih_images.ThreadPoolExecutor
    nih_images.ThreadPoolExecutor = lambda workers: pool(1)  # in one thread events come in one order
    names = sorted(path.name for path in pictures.glob("*.png"))
    seen = nih_images.images(pictures, names, 16, cache=folder)
    with whole(folder / "seen.bin") as beside:
        beside.write_bytes(seen.tobytes())


def build(folder: Path, solution: str) -> None:
    """Write a lecture, a solution and an exercise from their sources; by night their cells really run."""
    from tools import build as builder

    for kind, text in {"notebooks": LECTURE, "solutions": solution}.items():
        if not (folder / kind / "01_toy.py").exists():
            with whole(folder / kind / "01_toy.py") as beside:
                beside.write_text(text)
    if not killing.NIGHTLY:
        builder.execute = _numbered
    for target in builder.targets(folder):
        killing.step()
        builder.build(target, folder)


def _numbered(source, folder: Path):
    """A notebook that looks as if it had run."""
    for number, cell in enumerate(cell for cell in source.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
    return source


def grade(folder: Path, handed_in: Path, solution: Path, reports: dict) -> None:
    """Grade a class; where reports of single notebooks are given, their answers do not run."""
    from course_lib.grading import classroom, find_submissions

    if reports:
        classroom.grade = lambda path, *_, **more: (killing.step(), reports[path.stem])[1]
    classroom.grade_class(find_submissions(handed_in, "toy"), solution, folder, jobs=1)
