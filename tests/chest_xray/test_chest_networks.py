"""The networks: their size, what goes in, what comes out, and that a map is a logit before its mean."""

import re
import urllib.error

import numpy as np
import pytest
import torch
from torchvision.models import DenseNet121_Weights, densenet121

from course_lib.chest_xray.networks import CheXNet, SmallChestNet, prior_bias


def built(network, seed=0, **options):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return network(**options).eval()


@pytest.fixture(scope="module")
def chexnet():
    return built(CheXNet)


@pytest.fixture(scope="module")
def images():
    return torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(1))


def n_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_chexnet_has_the_papers_parameters(chexnet):
    assert n_parameters(chexnet) == 6_968_206
    assert n_parameters(chexnet.classifier) == 14 * 1024 + 14


def test_chexnet_is_torchvisions_densenet_on_normalized_colors(chexnet, images):
    reference = densenet121(weights=None, num_classes=14).eval()
    reference.features.load_state_dict(chexnet.features.dense.state_dict())
    reference.classifier.load_state_dict(chexnet.classifier.state_dict())
    mean, sd = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    colors = (images.repeat(1, 3, 1, 1) - mean[:, None, None]) / sd[:, None, None]
    with torch.no_grad():
        assert torch.allclose(chexnet(images), reference(colors), atol=1e-5)


def test_a_gray_image_and_its_three_equal_channels_are_the_same_to_chexnet(chexnet, images):
    with torch.no_grad():
        assert torch.equal(chexnet(images), chexnet(images.repeat(1, 3, 1, 1)))


@pytest.mark.parametrize("shape", [(2, 2, 64, 64), (2, 64, 64), (1, 4, 64, 64)])
def test_chexnet_names_the_shapes_it_takes(chexnet, shape):
    with pytest.raises(ValueError, match=r"images: got shape .* allowed are \(N, 1, H, W\) and \(N, 3, H, W\)"):
        chexnet(torch.zeros(shape))


def test_chexnet_has_maps_of_seven_by_seven_at_224_pixels(chexnet):
    with torch.no_grad():
        assert chexnet.features(torch.zeros(1, 1, 224, 224)).shape == (1, 1024, 7, 7)


def test_the_pneumonia_model_has_one_logit(images):
    with torch.no_grad():
        assert built(CheXNet, n_findings=1)(images).shape == (2, 1)
        assert built(SmallChestNet, n_findings=1)(images).shape == (2, 1)


def test_the_small_network_is_small_and_has_eight_by_eight_maps(images):
    model = built(SmallChestNet)
    assert n_parameters(model) < 200_000
    with torch.no_grad():
        assert model.features(images).shape == (2, 64, 8, 8)
        assert model(images).shape == (2, 14)


@pytest.mark.parametrize("network", [CheXNet, SmallChestNet])
def test_the_mean_of_a_class_activation_map_plus_the_bias_is_the_logit(network, images):
    model = built(network)
    with torch.no_grad():
        maps = model.features(images)
        activation = torch.einsum("lk,nkhw->nlhw", model.classifier.weight, maps)
        assert torch.allclose(activation.mean((2, 3)) + model.classifier.bias, model(images), atol=1e-5)
        assert (maps >= 0).all()


@pytest.mark.parametrize("network", [CheXNet, SmallChestNet])
def test_captums_grad_cam_finds_the_layer(network, images):
    from captum.attr import LayerGradCam

    model = built(network)
    heat = LayerGradCam(model, model.features).attribute(images, target=3)
    with torch.no_grad():
        maps = model.features(images)
        cells = maps.shape[2] * maps.shape[3]
        activation = torch.einsum("k,nkhw->nhw", model.classifier.weight[3], maps)
    assert torch.allclose(heat[:, 0] * cells, activation, atol=1e-5)


@pytest.mark.parametrize("network", [CheXNet, SmallChestNet])
def test_weights_survive_saving_and_loading(network, images):
    model, other = built(network, seed=1), built(network, seed=2)
    assert not torch.equal(model(images), other(images))
    other.load_state_dict(model.state_dict())
    assert torch.equal(model(images), other(images))


def test_unknown_weights_are_refused():
    with pytest.raises(ValueError, match="weights: got 'radimagenet', allowed are None and 'imagenet'"):
        CheXNet(weights="radimagenet")


def test_without_a_network_the_message_says_which_file_goes_where(tmp_path, monkeypatch):
    def no_network(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr("torch.hub.download_url_to_file", no_network)
    with pytest.raises(FileNotFoundError) as caught:
        CheXNet(weights="imagenet")
    message = str(caught.value)
    assert DenseNet121_Weights.IMAGENET1K_V1.url in message
    assert str(tmp_path / "checkpoints" / "densenet121-a639ec97.pth") in message
    assert "no route to host" in message and "weights=None" in message
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


@pytest.mark.parametrize("content", [b"", b"half a file"])
def test_a_damaged_file_of_weights_is_named(tmp_path, monkeypatch, content):
    place = tmp_path / "checkpoints" / "densenet121-a639ec97.pth"
    place.parent.mkdir()
    place.write_bytes(content)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(ValueError, match=r"weights: .*densenet121-a639ec97\.pth is damaged .* delete it"):
        CheXNet(weights="imagenet")


def test_imagenets_weights_are_read_from_torch_hubs_folder(tmp_path, monkeypatch, images):
    place = tmp_path / "checkpoints" / "densenet121-a639ec97.pth"
    place.parent.mkdir()
    stored = densenet121(weights=None)  # a stand-in: the true file is not part of the tests
    torch.save(stored.state_dict(), place)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    model = CheXNet(weights="imagenet")
    for name, tensor in stored.features.state_dict().items():
        assert torch.equal(model.features.dense.state_dict()[name], tensor), name
    assert n_parameters(model) == 6_968_206


def test_the_prior_bias_says_the_prevalence_of_known_labels():
    labels = np.array([[1, 0], [0, 0], [0, 1], [0, -1], [np.nan, 1]])
    model = prior_bias(built(SmallChestNet, n_findings=2), labels)
    assert torch.sigmoid(model.classifier.bias).tolist() == pytest.approx([1 / 4, 2 / 4])


def test_a_finding_that_nobody_has_counts_as_half_a_case():
    model = prior_bias(built(SmallChestNet, n_findings=2), np.array([[0, 1]] * 10))
    assert model.classifier.bias.tolist() == pytest.approx([np.log(0.5 / 10), np.log(10 / 0.5)])


def test_a_prior_needs_a_column_for_each_finding_and_a_known_label():
    with pytest.raises(ValueError, match="labels: got 3 columns, the model has 2 findings"):
        prior_bias(SmallChestNet(n_findings=2), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="labels: column 1 has no known label"):
        prior_bias(SmallChestNet(n_findings=2), np.array([[0, np.nan], [1, -1]]))


class _Malicious:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_file_of_weights_that_would_run_code_is_refused_and_runs_none(tmp_path, monkeypatch):
    place = tmp_path / "checkpoints" / "densenet121-a639ec97.pth"
    place.parent.mkdir()
    torch.save({"a": _Malicious(tmp_path / "owned")}, place)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(ValueError, match="is damaged"):
        CheXNet(weights="imagenet")
    assert not (tmp_path / "owned").exists()


def test_the_old_names_in_torchvisions_file_are_understood(tmp_path, monkeypatch):
    place = tmp_path / "checkpoints" / "densenet121-a639ec97.pth"
    place.parent.mkdir()
    state = densenet121(weights=None).state_dict()
    old = {re.sub(r"(denselayer\d+\.(?:norm|conv))([12]\.)", r"\1.\2", name): value for name, value in state.items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save(old, place)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    loaded = CheXNet(weights="imagenet").features.dense.state_dict()
    assert torch.equal(
        loaded["denseblock4.denselayer3.conv2.weight"], state["features.denseblock4.denselayer3.conv2.weight"]
    )
