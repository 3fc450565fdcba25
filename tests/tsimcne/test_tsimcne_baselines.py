"""What t-SimCNE is compared with, and how maps are judged and measured beforehand."""

import json

import numpy as np
import pytest
import torch
from openTSNE import TSNE
from torchvision.models import resnet18
from torchvision.transforms.v2 import functional

from course_lib.metrics import knn_accuracy, silhouette
from course_lib.published import published
from course_lib.tsimcne import baselines, simulate_blood
from course_lib.tsimcne.baselines import imagenet_features, map_quality, tsne
from tools import measure_maps

CELLS = simulate_blood(120, seed=0)


def test_tsne_of_images_is_opentsnes_of_their_pixels():
    flat = CELLS.images.reshape(120, -1) / 255.0
    right = np.asarray(TSNE(random_state=3, n_jobs=1).fit(flat))
    assert np.allclose(tsne(CELLS, seed=3, n_jobs=1), right)
    assert np.allclose(tsne(flat, seed=3, n_jobs=1), right)
    with pytest.raises(ValueError, match="at least 4 rows"):
        tsne(flat[:3])


def test_imagenet_features_are_those_before_the_last_layer(monkeypatch):
    torch.manual_seed(0)
    network = resnet18(weights=None).eval()

    def stand_in(fresh, weights, instead):
        assert weights.url.startswith("https://") and "resnet18" in weights.url
        fresh.load_state_dict(network.state_dict())
        return fresh

    monkeypatch.setattr(baselines, "load_weights", stand_in)
    found = imagenet_features(CELLS[:3], device="cpu", progress=False)
    assert found.shape == (3, 512) and found.dtype == np.float32
    images = torch.from_numpy(np.array(CELLS.images[:3])).permute(0, 3, 1, 2) / 255
    images = functional.center_crop(functional.resize(images, [256, 256], antialias=True), [224, 224])
    images = functional.normalize(images, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    with torch.no_grad():
        layers = list(network.children())[:-1]
        right = torch.nn.Sequential(*layers)(images).flatten(1)
    assert np.allclose(found, right.numpy(), atol=1e-4)
    assert imagenet_features(CELLS.images[:2, ..., 0], device="cpu", progress=False).shape == (2, 512)


def test_without_the_weights_it_is_said_how_to_get_them(tmp_path, monkeypatch):
    def no_network(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr("torch.hub.download_url_to_file", no_network)
    with pytest.raises(FileNotFoundError, match=r"needs resnet152-.*\.pth.* compare with pixels only"):
        imagenet_features(CELLS[:1], depth=152, device="cpu")
    with pytest.raises(ValueError, match="depth: got 50, allowed are 18, 152"):
        imagenet_features(CELLS[:1], depth=50)


def test_a_map_is_judged_by_neighbors_and_separation():
    points = np.random.default_rng(0).normal(size=(120, 2)) + CELLS.labels[:, None]
    found = map_quality(points, CELLS.labels, n_splits=3)
    assert found["knn_accuracy"] == pytest.approx(
        np.mean([knn_accuracy(points, CELLS.labels, seed=s) for s in range(3)])
    )
    assert found["silhouette"] == silhouette(points, CELLS.labels)


def test_maps_measured_beforehand_go_on_where_they_stopped(tmp_path, monkeypatch):
    seen = []

    def draw(setting, method, seed):
        seen.append((method, seed))
        if len(seen) == 4:
            raise KeyboardInterrupt
        quality = {"knn_accuracy": seed / 10, "silhouette": 0.1, "seconds": 1.0}
        return quality, np.array([[0.0, 1], [2, 3], [4, 8]], np.float32), np.array([0, 1, 0])

    small = measure_maps.simulated(200, (1, 1, 1))
    with pytest.raises(KeyboardInterrupt):
        measure_maps.collect(small, 2, draw, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    done = measure_maps.collect(small, 2, draw, tmp_path)
    assert len(seen) == 2 * len(measure_maps.METHODS) + 1 and seen[3] == seen[4]
    assert measure_maps.qualities(done)["t-SimCNE"] == {"knn_accuracy": [0.0, 0.1], "silhouette": [0.1] * 2}

    monkeypatch.setattr(measure_maps, "REFERENCE", tmp_path / "facts.json")
    monkeypatch.setattr(measure_maps, "MAPS", tmp_path / "maps.npz")
    (tmp_path / "facts.json").write_text(json.dumps({"other": {"value": 1, "source": "s"}}))
    measure_maps.write(small, 2, done)
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert facts["other"]["value"] == 1 and "200 simulated cells" in facts["measured.simulated"]["note"]
    with np.load(tmp_path / "maps.npz", allow_pickle=False) as maps:
        assert maps["simulated / labels"].tolist() == [0, 1, 0]
        np.testing.assert_allclose(maps["simulated / t-SimCNE"], [[-0.5, -0.75], [0, -0.25], [0.5, 1]], atol=1e-3)


def test_one_map_is_measured_for_kinds_batch_and_new_cells(monkeypatch, tmp_path):
    monkeypatch.setattr(measure_maps, "NEW", 20)
    small = measure_maps.simulated(200, (1, 1, 1))
    for method in ("t-SimCNE, right angles", "t-SNE of SimCLR, right angles", "t-SNE of pixels"):
        found, embedding, labels = measure_maps.draw(small, method, 0)
        assert embedding.shape == (200, 2) and embedding.dtype == np.float32 and len(labels) == 200
        assert found.keys() - {"new"} == {"knn_accuracy", "silhouette", "batch", "seconds"}
        assert ("new" in found) == method.startswith("t-SimCNE")
        assert all(-1 <= found[name] <= 1 for name in found.keys() - {"seconds"})
    cells = simulate_blood(220, seed=5)
    np.savez(tmp_path / "cells.npz", images=cells.images, labels=cells.labels, class_names=np.array(cells.class_names))
    real = measure_maps.real(tmp_path / "cells.npz", (1, 1, 1))
    learned, new = real.cells(0)
    assert len(learned) == 200 and len(new) == 20 and not (learned.images[:, None] == new.images).all((2, 3, 4)).any()
    assert measure_maps.draw(real, "t-SNE of pixels", 0)[0].keys() == {"knn_accuracy", "silhouette", "seconds"}


def test_the_published_table_is_whole():
    facts = published("tsimcne")
    assert len(facts["knn"].value) == 9
    for name, row in facts["knn"].value.items():
        assert row.keys() == facts["silhouette"].value[name].keys() == facts["images"].value.keys()
    assert facts["knn"].value["t-SimCNE, any angle"]["BloodMNIST"] == 92.9
    assert facts["silhouette"].value["t-SimCNE, any angle"]["BloodMNIST"] == 0.50
    assert facts["silhouette"].value["t-SNE of pixels"]["Leukemia"] == -0.17
