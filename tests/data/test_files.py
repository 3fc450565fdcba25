"""Files by name: found, verified, fetched, or asked for in words a person can follow."""

import hashlib
import io
import os

import numpy as np
import pytest

from course_lib.data import ImageSet, files, load, medmnist, registry, unpack
from course_lib.data.download import transfer
from course_lib.data.files import RemoteFile, obtain

PARTS = {"train": 5, "val": 2, "test": 3}


def npz():
    rng = np.random.default_rng(0)
    arrays = {f"{part}_images": rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for part, n in PARTS.items()}
    arrays |= {f"{part}_labels": np.arange(n, dtype=np.uint8)[:, None] % 2 for part, n in PARTS.items()}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue(), arrays


@pytest.fixture
def tiny(server, monkeypatch):
    """breastmnist, but a tiny one that the local server has."""
    server.content, arrays = npz()
    facts = dict(medmnist.information()["breastmnist"], url=server.url, MD5=hashlib.md5(server.content).hexdigest())
    monkeypatch.setattr(medmnist, "information", lambda: {"breastmnist": facts})
    sources = medmnist.sources()
    monkeypatch.setattr(registry, "sources", lambda: sources)
    monkeypatch.setitem(transfer.__kwdefaults__, "pause", 0.01)
    return arrays


def place(tmp_path):
    return tmp_path / "medmnist" / "breastmnist.npz"


def test_a_set_is_downloaded_once_then_found(tiny, server, tmp_path):
    data = load("breastmnist", "train", download=True, root=tmp_path)
    np.testing.assert_array_equal(data.images, tiny["train_images"])
    assert data.labels.tolist() == tiny["train_labels"][:, 0].tolist()
    load("breastmnist", root=tmp_path)
    assert len(server.ranges) == 1
    assert sorted(path.name for path in place(tmp_path).parent.glob("[!.]*")) == ["breastmnist.npz"]


def test_nothing_is_downloaded_unasked_and_the_message_says_how_to_get_it(tiny, server, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        load("breastmnist", root=tmp_path)
    facts = medmnist.information()["breastmnist"]
    for part in (
        "breastmnist.npz is not in the data folder",
        'load("breastmnist", download=True)',
        "course data fetch breastmnist",
        server.url,
        str(place(tmp_path)),
        facts["MD5"],
        "COURSE_DATA",
    ):
        assert part in str(caught.value)
    assert server.ranges == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (["404"], "answered 404"),
        (["500"] * 3, "answered 500"),
        (["truncate", "404"], "answered 404"),
        (["corrupt"], "has MD5"),
    ],
)
def test_a_failed_download_says_why_and_what_to_do_by_hand(tiny, server, tmp_path, script, reason):
    server.script = script
    with pytest.raises(FileNotFoundError, match=f"could not be downloaded: .*{reason}") as caught:
        load("breastmnist", download=True, root=tmp_path)
    assert caught.value.__suppress_context__  # no wall of connection errors above the sentence
    assert f"save it as {place(tmp_path)}" in str(caught.value)
    assert not place(tmp_path).exists()


@pytest.mark.parametrize("folder", ["", "medmnist"])
def test_a_file_put_there_by_hand_is_used_as_it_is(tiny, server, tmp_path, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "breastmnist.npz").write_bytes(server.content)
    assert len(load("breastmnist", root=tmp_path)) == 10
    assert server.ranges == []


def test_course_data_names_the_folder(tiny, server, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (tmp_path / "breastmnist.npz").write_bytes(server.content)
    assert len(load("breastmnist", "test")) == 3


def test_a_wrong_file_is_refused_with_both_checksums_and_stays_where_it_is(tiny, server, tmp_path):
    wrong = tmp_path / "breastmnist.npz"
    wrong.write_bytes(b"something else")
    with pytest.raises(ValueError) as caught:
        load("breastmnist", download=True, root=tmp_path)
    came, expected = hashlib.md5(b"something else").hexdigest(), medmnist.information()["breastmnist"]["MD5"]
    for part in (str(wrong), came, expected, "Move it away", "download=True"):
        assert part in str(caught.value)
    assert wrong.read_bytes() == b"something else"
    assert server.ranges == []


def test_a_file_is_hashed_once_and_again_only_when_it_has_changed(tiny, server, tmp_path, monkeypatch):
    hashed = []
    file_md5 = files.file_md5
    monkeypatch.setattr(files, "file_md5", lambda path: hashed.append(path) or file_md5(path))
    path = tmp_path / "breastmnist.npz"
    path.write_bytes(server.content)
    load("breastmnist", root=tmp_path)
    load("breastmnist", root=tmp_path)
    assert len(hashed) == 1
    os.utime(path, ns=(1, 1))
    load("breastmnist", root=tmp_path)
    assert len(hashed) == 2
    path.write_bytes(server.content[:-1] + b"x")
    with pytest.raises(ValueError, match="MD5"):
        load("breastmnist", root=tmp_path)


def test_a_read_only_folder_is_left_as_it_is(tiny, server, tmp_path, monkeypatch):
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    (shared / "breastmnist.npz").write_bytes(server.content)
    shared.chmod(0o555)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *names, **options: own)
    monkeypatch.setattr(unpack, "IN_MEMORY", 0)
    assert len(load("breastmnist", root=shared)) == 10
    assert [path.name for path in shared.iterdir()] == ["breastmnist.npz"]
    assert list(own.rglob("*.npy"))
    shared.chmod(0o755)


def test_large_arrays_are_unpacked_once_and_memory_mapped_from_then_on(tiny, server, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "IN_MEMORY", 0)
    (tmp_path / "breastmnist.npz").write_bytes(server.content)
    load("breastmnist", root=tmp_path)
    assert len(list((tmp_path / "unpacked").rglob("*.npy"))) == 2  # images and labels
    assert not list((tmp_path / "unpacked").rglob("*.part"))
    monkeypatch.setattr(unpack, "_write", None)  # nothing may be unpacked a second time
    again = load("breastmnist", "test", root=tmp_path)
    assert isinstance(again.images, np.memmap)
    np.testing.assert_array_equal(again.images, tiny["test_images"])


def test_all_splits_together_say_which_image_is_in_which(tiny, server, tmp_path):
    (tmp_path / "breastmnist.npz").write_bytes(server.content)
    data = load("breastmnist", root=tmp_path)
    assert data.extras["split"].tolist() == ["train"] * 5 + ["validation"] * 2 + ["test"] * 3
    np.testing.assert_array_equal(data.images[5:7], tiny["val_images"])


def test_an_array_of_python_objects_is_never_unpickled(tmp_path):
    np.savez(tmp_path / "evil.npz", images=np.array([{"code": 1}], object))
    with pytest.raises(ValueError, match="holds object"):
        unpack.npz_member(tmp_path / "evil.npz", "images")
    with pytest.raises(ValueError, match="no array 'labels' inside"):
        unpack.npz_member(tmp_path / "evil.npz", "labels")


def test_an_interrupted_unpacking_leaves_nothing_that_looks_finished(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "IN_MEMORY", 0)
    target = tmp_path / "images.npy"
    with pytest.raises(ValueError, match="images: 3 bytes came, 4 are needed"):
        unpack.assemble(target, (4,), np.dtype(np.uint8), [b"abc"])
    assert list(tmp_path.iterdir()) == []
    assert unpack.assemble(target, (4,), np.dtype(np.uint8), [b"ab", b"cd"]).tobytes() == b"abcd"


def test_fetch_brings_every_file_and_status_tells_what_is_there(tiny, server, tmp_path):
    assert registry.status("breastmnist", root=tmp_path)["state"].tolist() == ["missing"]
    assert registry.fetch("breastmnist", root=tmp_path) == [place(tmp_path)]
    assert registry.status("breastmnist", root=tmp_path)["state"].tolist() == ["present"]
    assert registry.status("breastmnist", root=tmp_path, verified=True)["state"].tolist() == ["verified"]
    row = registry.available(tmp_path).set_index("name").loc["breastmnist"]
    assert row["present"] and row["sizes_present"] == (28,)
    place(tmp_path).write_bytes(b"x")
    wrong = registry.status("breastmnist", root=tmp_path, verified=True).iloc[0]
    assert wrong["state"] == "wrong" and "Move it away" in wrong["problem"]


def test_a_folder_that_may_not_be_written_to_is_said(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError

    monkeypatch.setattr(files, "transfer", refuse)
    with pytest.raises(PermissionError, match="may not be written to; set COURSE_DATA"):
        obtain(RemoteFile("x", "x", "x.npz", "http://127.0.0.1", "0"), tmp_path, download=True)


def test_other_sizes_are_asked_for_in_the_message(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'load\("breastmnist", size=64, download=True\)(.|\n)*--size 64'):
        load("breastmnist", size=64, root=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("mnits",), {}, "name: 'mnits' is unknown; allowed are digits, natural-patches, mnist"),
        (("digits", "val"), {}, "split: 'val' is not allowed; choose from train, validation, test"),
        (("digits",), {"size": 9}, "size: 9 came, but digits comes in 8, 16, 28, 32"),
        (("adrenalmnist3d",), {"size": 224}, "size: 224 came, but adrenalmnist3d comes in 28, 64"),
    ],
)
def test_unknown_names_splits_and_sizes_are_refused_with_what_is_allowed(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        load(*arguments, **options)


def test_medmnist_is_the_packages_own_table():
    import medmnist as package

    assert medmnist.information() == package.INFO
    for flag, facts in package.INFO.items():
        source = registry.sources()[flag]
        assert source.images == sum(facts["n_samples"].values())
        assert {file.url for size in source.sizes for file in source.files(size)} == {
            facts[key] for key in facts if key.startswith("url")
        }


def test_available_lists_every_set_with_its_license(tmp_path):
    table = registry.available(tmp_path).set_index("name")
    assert len(table) == 22
    assert (
        table.index[table["embedded"]].tolist()
        == table.index[table["present"]].tolist()
        == ["digits", "natural-patches"]
    )
    assert table["license"].str.len().min() > 0
    assert table.loc["dermamnist", "license"] == "CC BY-NC 4.0"


def test_a_set_is_an_imageset(tiny, server, tmp_path):
    (tmp_path / "breastmnist.npz").write_bytes(server.content)
    data = load("breastmnist", root=tmp_path)
    assert isinstance(data, ImageSet)
    assert data.class_names == ("malignant", "normal, benign")
    assert data.card.license == "CC BY 4.0" and not data.card.simulated
