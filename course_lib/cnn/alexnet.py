"""AlexNet as published in 2012, and the two variants of it that the lecture compares."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn


class AlexNet(nn.Module):
    """AlexNet: five convolutions, two hidden fully connected layers, 60,965,224 parameters.

    Parameters
    ----------
    groups : int
        2 as published, where C2, C4 and C5 each see only the half of the maps that lay on their own GPU; 1 connects
        all maps (62,378,344 parameters).
    same : bool
        Pad C1 as "SAME" does, which on 224 pixels gives 56 × 56 maps. The published 55 × 55 need a padding of 2.
    last_pool : bool
        Without the 3×3/2 pooling after C5, 13 × 13 maps enter F6 and the network has 200,425,832 parameters.
    n_classes : int

    Notes
    -----
    Takes (N, 3, 224, 224). Layers are named C1 to C5 and F6 to F8 by weight layers. Torchvision's `alexnet` is the
    later variant with 64 maps in C1 and no groups (61,100,840 parameters).

    References
    ----------
    Krizhevsky, A., Sutskever, I. and Hinton, G. E. (2012). ImageNet classification with deep convolutional neural
    networks. NeurIPS 25, section 3.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     sum(parameter.numel() for parameter in AlexNet().parameters())
    60965224
    """

    def __init__(self, groups: int = 2, *, same: bool = False, last_pool: bool = True, n_classes: int = 1000) -> None:
        super().__init__()
        if groups not in (1, 2):
            raise ValueError(f"groups: got {groups!r}; allowed are 1 and 2")
        self.features = nn.Sequential(
            OrderedDict(
                # an output of 56 on 224 needs (56 - 1) * 4 + 11 = 231 pixels, 7 more: 3 before and 4 behind
                pad1=nn.ZeroPad2d((3, 4, 3, 4) if same else 2),
                C1=nn.Conv2d(3, 96, 11, stride=4),
                relu1=nn.ReLU(),
                norm1=_response_norm(),
                pool1=nn.MaxPool2d(3, 2),
                C2=nn.Conv2d(96, 256, 5, padding=2, groups=groups),
                relu2=nn.ReLU(),
                norm2=_response_norm(),
                pool2=nn.MaxPool2d(3, 2),
                C3=nn.Conv2d(256, 384, 3, padding=1),
                relu3=nn.ReLU(),
                C4=nn.Conv2d(384, 384, 3, padding=1, groups=groups),
                relu4=nn.ReLU(),
                C5=nn.Conv2d(384, 256, 3, padding=1, groups=groups),
                relu5=nn.ReLU(),
                pool5=nn.MaxPool2d(3, 2) if last_pool else nn.Identity(),
            )
        )
        side = 6 if last_pool else 13
        self.classifier = nn.Sequential(
            OrderedDict(
                drop6=nn.Dropout(),
                F6=nn.Linear(256 * side * side, 4096),
                relu6=nn.ReLU(),
                drop7=nn.Dropout(),
                F7=nn.Linear(4096, 4096),
                relu7=nn.ReLU(),
                F8=nn.Linear(4096, n_classes),
            )
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images).flatten(1))


def _response_norm() -> nn.LocalResponseNorm:
    # PyTorch divides alpha by the size; the paper's 1e-4 is meant without that
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)
