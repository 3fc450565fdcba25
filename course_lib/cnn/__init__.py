"""Lecture 1: convolutional neural networks, from one product to whole architectures."""

from .alexnet import AlexNet
from .arithmetic import bottleneck_operations, kernel_weights, output_size, transposed_output_size
from .convolution import (
    Step,
    convolution_step,
    convolve2d,
    transposed_convolve2d,
    transposed_grid,
    zero_insert,
)
from .depth import depth_experiment
from .descent import descend
from .features import feature_maps, filters
from .fully_convolutional import fully_convolutional, slide_lenet
from .ledger import layer_table
from .lenet import C3_TABLE, LeNet5
from .locality import effective_field, fully_connected, pixel_correlation, shuffle_pixels
from .receptive import receptive_field, receptive_field_table, receptive_window
from .representation import few_label_accuracy
from .small import small_network
from .zoo import NETWORKS, STACKS, comparison, network_table, resnet18

__all__ = [
    "AlexNet",
    "C3_TABLE",
    "LeNet5",
    "NETWORKS",
    "STACKS",
    "Step",
    "bottleneck_operations",
    "comparison",
    "convolution_step",
    "convolve2d",
    "depth_experiment",
    "descend",
    "effective_field",
    "feature_maps",
    "few_label_accuracy",
    "filters",
    "fully_connected",
    "fully_convolutional",
    "kernel_weights",
    "layer_table",
    "network_table",
    "output_size",
    "pixel_correlation",
    "receptive_field",
    "receptive_field_table",
    "receptive_window",
    "resnet18",
    "shuffle_pixels",
    "slide_lenet",
    "small_network",
    "transposed_convolve2d",
    "transposed_grid",
    "transposed_output_size",
    "zero_insert",
]
