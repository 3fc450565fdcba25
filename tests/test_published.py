import json

import numpy as np
import pytest

from course_lib import config
from course_lib import published as module
from course_lib.published import Published, kept_arrays, published


@pytest.fixture
def reference(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    return folder


def test_a_number_comes_with_its_source(reference):
    (reference / "cnn.json").write_text(
        json.dumps(
            {
                "lenet5.total": {"value": 60000, "source": "LeCun 1998"},
                "fields": {"value": [1, 2], "source": "s", "unit": "px"},
            }
        )
    )
    assert published("cnn") == {
        "lenet5.total": Published(60000, "LeCun 1998"),
        "fields": Published([1, 2], "s", unit="px", note=""),
    }


def test_arrays_are_read_without_pickles(reference):
    np.savez(reference / "maps.npz", points=np.eye(2))
    np.testing.assert_array_equal(kept_arrays("maps")["points"], np.eye(2))
    np.savez(reference / "bad.npz", points=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        kept_arrays("bad")
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        kept_arrays("none")


@pytest.mark.parametrize("fields", [{"value": 1}, {"source": "s"}, {"value": 1, "source": ""}, 3])
def test_a_number_without_a_source_is_refused(reference, fields):
    (reference / "cnn.json").write_text(json.dumps({"total": fields}))
    with pytest.raises(ValueError, match=r"cnn\.json: 'total' needs a value and a source"):
        published("cnn")


def test_a_misspelled_field_is_refused(reference):
    (reference / "cnn.json").write_text(json.dumps({"total": {"value": 1, "source": "s", "units": "px"}}))
    with pytest.raises(ValueError, match="'total' has unknown fields \\['units'\\]"):
        published("cnn")


def test_an_unknown_room_is_refused_with_the_known_ones(reference):
    (reference / "cnn.json").write_text("{}")
    with pytest.raises(ValueError, match=r"room: '\.\./x' has no published numbers; allowed are cnn"):
        published("../x")


def test_an_installed_package_reads_its_own_copy(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "checkout", lambda: None)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "published.py"))
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "cnn.json").write_text(json.dumps({"total": {"value": 1, "source": "s"}}))
    assert published("cnn")["total"].value == 1


def test_every_committed_number_has_its_source():
    for path in sorted((config.checkout() / "data" / "reference").glob("*.json")):
        assert all(entry.source for entry in published(path.stem).values())
