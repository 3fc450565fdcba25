"""MedMNIST v2: 18 small medical data sets, each in several sizes.

What each holds, where its files are and their checksums are taken from the ``medmnist`` package; the files are read
by NumPy.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from course_lib.data.card import DatasetCard
from course_lib.data.files import RemoteFile, unpacked_folder
from course_lib.data.imageset import ImageSet
from course_lib.data.source import Find, Source, choose
from course_lib.data.unpack import joined, npz_member

CITATION = (
    "Yang, J. et al. (2023). MedMNIST v2 - A large-scale lightweight benchmark for 2D and 3D biomedical image "
    "classification. Scientific Data 10, 41."
)
OFFICIAL = {"train": "train", "val": "validation", "test": "test"}  # their names of the splits, and ours


@lru_cache
def information() -> dict[str, dict]:
    """The package's own table, read from its source.

    Importing the package would load torch, torchvision and scikit-image, and make a folder in the user's home.
    """
    folder = importlib.util.find_spec("medmnist").submodule_search_locations[0]
    tree = ast.parse((Path(folder) / "info.py").read_text(encoding="utf-8"))
    tables = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    return ast.literal_eval(tables["INFO"])


def sources() -> dict[str, Source]:
    """One source for each of MedMNIST's flags."""
    return {flag: _source(flag, facts) for flag, facts in information().items()}


def _source(flag: str, facts: dict) -> Source:
    card = DatasetCard(
        name=flag,
        source=f"MedMNIST v2, {facts['python_class']}, https://medmnist.com",
        license=facts["license"],
        citation=CITATION,
        simulated=False,
        description=facts["description"],
    )
    extra = sorted(int(key.removeprefix("MD5_")) for key in facts if key.startswith("MD5_"))
    return Source(
        card=card,
        images=sum(facts["n_samples"].values()),
        sizes=(28, *extra),
        task=facts["task"],
        classes=len(facts["label"]),
        files=lambda size: (_file(flag, facts, size),),
        read=partial(_read, flag, card),
    )


def _file(flag: str, facts: dict, size: int) -> RemoteFile:
    suffix = "" if size == 28 else f"_{size}"
    return RemoteFile(
        dataset=flag,
        folder="medmnist",
        name=f"{flag}{suffix}.npz",
        url=facts[f"url{suffix}"],
        md5=facts[f"MD5{suffix}"],
        size=None if size == 28 else size,
    )


def _read(flag: str, card: DatasetCard, size: int, split: str | None, find: Find, root: Path) -> ImageSet:
    facts = information()[flag]
    file = _file(flag, facts, size)
    path, folder = find(file), unpacked_folder(file, root)
    images, labels = ([npz_member(path, f"{part}_{what}") for part in OFFICIAL] for what in ("images", "labels"))
    findings = joined(labels, folder)  # (N, 1), or (N, L) where an image can have several
    whole = ImageSet(
        images=joined(images, folder),
        labels=findings[:, 0].astype(np.int64) if findings.shape[1] == 1 else findings.astype(np.uint8),
        class_names=tuple(facts["label"][str(number)] for number in range(len(facts["label"]))),
        card=card,
        extras={"split": np.repeat(list(OFFICIAL.values()), [member.shape[0] for member in images])},
    )
    return choose(whole, split)
