"""The explorers of lecture 1: controls, and the picture, sentence and table that follow from them."""

from .convolution import convolution_explorer
from .descent import descent_explorer
from .field import receptive_field_explorer
from .ledger import bottleneck_explorer, ledger_explorer

__all__ = [
    "bottleneck_explorer",
    "convolution_explorer",
    "descent_explorer",
    "ledger_explorer",
    "receptive_field_explorer",
]
