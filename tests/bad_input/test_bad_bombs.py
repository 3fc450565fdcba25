"""Small files that say, or turn out, to be huge: refused in a process that has little memory to spare."""

import gzip
import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from broken_files import nifti, picture, put, with_npy

SPARE = 700 * 2**20  # bytes of address space beyond what the imports have taken
ZEROS = gzip.compress(bytes(64 * 2**20))  # gzip files one after the other unpack to all of their contents
HOSTILE = 2 * 2**30
CHILD = """
    import json, resource, sys
    from pathlib import Path
    import nibabel, nilearn.image, pandas
    from PIL import Image
    from course_lib.brain_age import load_thickness, from_folder as brains
    from course_lib.brain_age.nifti import brain_on_grid
    from course_lib.chest_xray import load_boxes
    from course_lib.data import from_folder
    from course_lib.data.mnist_cifar import batches, read_idx
    from course_lib.data.unpack import joined, npz_member

    place, calls, said = Path(sys.argv[1]), json.loads(sys.argv[2]), {}
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[3]), -1))
    for name, call in calls.items():
        try:
            eval(call)
            said[name] = "it was read"
        except Exception as problem:
            said[name] = f"{type(problem).__name__}: {problem}"
    print(json.dumps(said))
"""
BOMBS = {  # what is called, in the folder `place`, and what must be named
    "idx": ("read_idx(place / 'bomb.gz')", "bomb.gz: it unpacks to more than"),
    "table": ("load_thickness(place / 'bomb.csv.gz')", "bomb.csv.gz: it unpacks to more than"),
    "labels": ("from_folder(place / 'images', place / 'bomb.csv.gz')", "bomb.csv.gz: it unpacks to more than"),
    "boxes": ("load_boxes(place / 'nih')", "BBox_List_2017.csv.gz: it unpacks to more than"),
    "tar": ("list(batches(place / 'bomb.tar.gz'))", "bomb.tar.gz: the member"),
    "npz": ("joined([npz_member(place / 'more.npz', 'a')], place)", "more.npz: 'a' holds more than its shape"),
    "header of npz": ("joined([npz_member(place / 'less.npz', 'a')], place)", "a: 4 bytes came"),
    "volume": ("from_folder(place / 'volumes')", "v.nii.gz: its header declares"),
    "brain": ("brain_on_grid(place / 'volumes' / 'v.nii.gz')", "v.nii.gz: its header declares"),
    "picture": ("from_folder(place / 'pictures')", "p.png: not readable as an image"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of bombs; the largest has some megabytes."""
    folder, rng = tmp_path_factory.mktemp("bombs"), np.random.default_rng(0)
    zeros = ZEROS * (HOSTILE // (64 * 2**20))
    for name in ("bomb.gz", "bomb.csv.gz", "nih/BBox_List_2017.csv.gz"):
        put(folder / name, gzip.compress(b"\x00\x00\x08\x01\x80\x00\x00\x00") + zeros)
    put(folder / "images" / "a.png", picture(rng))
    put(folder / "bomb.tar.gz", gzip.compress(_tar_header(HOSTILE)) + zeros)
    put(folder / "more.npz", _npz(bytes(256 * 2**20), shape=(4,)))
    put(folder / "less.npz", _npz(bytes(4), shape=(2**33,)))
    put(folder / "volumes" / "v.nii.gz", gzip.compress(_declaring(nifti(rng), (2000, 2000, 2000))) + zeros)
    put(folder / "pictures" / "p.png", _png(60_000))
    return folder


def _tar_header(size: int) -> bytes:
    import tarfile

    member = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
    member.size = size
    return member.tobuf()


def _npz(data: bytes, shape: tuple[int, ...]) -> bytes:
    header = repr({"descr": "|u1", "fortran_order": False, "shape": shape}).encode()
    return with_npy("a", np.frombuffer(data, np.uint8), header)


def _declaring(content: bytes, shape: tuple[int, ...]) -> bytes:
    return content[:40] + np.array((3, *shape, 1, 1, 1, 1), "<i2").tobytes() + content[56:]


def _png(side: int) -> bytes:
    """A picture of which only the header says how large it is."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = side.to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + bytes((8, 0, 0, 0, 0)))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(2**20))) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def answers(place):
    """What each call said, one after the other in one process."""
    calls = json.dumps({name: call for name, (call, _) in BOMBS.items()})
    arguments = [sys.executable, "-c", textwrap.dedent(CHILD), str(place), calls, str(SPARE)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space of a process")
@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_would_fill_the_memory_is_refused_by_name(name, answers):
    assert answers[name].startswith("ValueError") and BOMBS[name][1] in answers[name]
