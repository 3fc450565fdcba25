"""The network against the specification: parameters, what is frozen, what is drawn."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from course_lib.tsimcne.networks import Encoder


def count(module, trainable=False):
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not trainable)


def test_parameters_in_each_stage():
    encoder = Encoder()
    assert count(encoder) == 11_825_344 and encoder.n_features == 512
    encoder.replace_output(2, 1.0, torch.Generator().manual_seed(0))
    assert count(encoder) == 11_696_194
    encoder.freeze_all_but_output()
    assert count(encoder, trainable=True) == 2_050
    encoder.freeze_all_but_output(False)
    assert count(encoder, trainable=True) == 11_696_194


def test_the_backbone_is_resnet18_without_its_stem_and_classifier():
    theirs = nn.Sequential(*list(resnet18().children())[4:-1])
    ours = nn.Sequential(*list(Encoder().backbone.children())[3:-1])
    assert count(ours) == count(theirs)
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    images = torch.randn(2, 64, 14, 14, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(ours.eval()(images), theirs.eval()(images), atol=1e-5)


def test_the_stems():
    images = torch.zeros(2, 1, 32, 32)
    sides = {"3x3": 32, "3x3, stride 2": 16, "7x7": 8}
    for stem, side in sides.items():
        encoder = Encoder(1, 8, (1, 1), stem=stem)
        layers = 4 if stem == "7x7" else 3
        assert encoder.backbone[:layers](images).shape == (2, 8, side, side)
        assert encoder(images).shape == (2, 128)
    with pytest.raises(ValueError, match="stem: got '5x5', allowed are '3x3', '3x3, stride 2', '7x7'"):
        Encoder(stem="5x5")


def test_first_weights_follow_he_and_batch_norm_starts_as_identity():
    encoder = Encoder(width=32)
    convolution, norm = encoder.backbone[0], encoder.backbone[1]
    assert convolution.bias is None and convolution.weight.std().item() == pytest.approx((2 / (9 * 32)) ** 0.5, rel=0.1)
    assert (norm.weight == 1).all() and (norm.bias == 0).all()


def test_the_new_output_layer_is_drawn_from_its_generator():
    layers = []
    for seed in (0, 0, 1):
        encoder = Encoder(width=8, blocks=(1,))
        encoder.replace_output(2, 0.1, torch.Generator().manual_seed(seed))
        layers.append(encoder.head[-1])
    assert torch.equal(layers[0].weight, layers[1].weight) and not torch.equal(layers[0].weight, layers[2].weight)
    assert layers[0].weight.std().item() == pytest.approx(0.1, rel=0.1)
    assert layers[0].bias.abs().max() <= 1024**-0.5


def test_batch_norm_follows_its_batches_while_frozen():
    encoder = Encoder(width=8, blocks=(1,)).train()
    encoder.freeze_all_but_output()
    before = encoder.backbone[1].running_mean.clone()
    encoder(torch.rand(8, 3, 12, 12))
    assert not torch.equal(before, encoder.backbone[1].running_mean)
