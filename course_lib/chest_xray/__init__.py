"""Lecture 3: chest X-ray, fourteen findings at once, from the cohort to the heat map and the readers."""

from .classifier import train_classifier
from .cohorts import PATIENTS, cohort
from .evaluate import evaluate
from .evaluation import Evaluation
from .explain import (
    boxes_to_masks,
    class_activation_map,
    common_scale,
    grad_cam,
    intersection_over_union,
    min_max,
    pointing_by_finding,
    pointing_game,
    randomize_weights,
    rank_similarity,
    upsampled,
)
from .findings import DESCRIPTIONS, FINDINGS
from .leak import SplitExperiment, split_experiment
from .losses import FocalLoss, WeightedBCE, bce, count_labels
from .networks import CheXNet, PooledClassifier, SmallChestNet, prior_bias
from .nih import CHESTMNIST_NAMES, load_boxes, load_nih
from .readers import f1_against_others, model_against_readers, simulate_readers
from .simulator import finding_mask, simulate_radiographs
from .softmax import OneOfFifteen, softmax_loss, softmax_probabilities
from .trained import trained_network, trained_softmax, training_log

__all__ = [
    "CHESTMNIST_NAMES",
    "CheXNet",
    "DESCRIPTIONS",
    "Evaluation",
    "FINDINGS",
    "FocalLoss",
    "OneOfFifteen",
    "PATIENTS",
    "PooledClassifier",
    "SmallChestNet",
    "SplitExperiment",
    "WeightedBCE",
    "bce",
    "boxes_to_masks",
    "class_activation_map",
    "cohort",
    "common_scale",
    "count_labels",
    "evaluate",
    "f1_against_others",
    "finding_mask",
    "grad_cam",
    "intersection_over_union",
    "load_boxes",
    "load_nih",
    "min_max",
    "model_against_readers",
    "pointing_by_finding",
    "pointing_game",
    "prior_bias",
    "randomize_weights",
    "rank_similarity",
    "simulate_radiographs",
    "simulate_readers",
    "softmax_loss",
    "softmax_probabilities",
    "split_experiment",
    "train_classifier",
    "trained_network",
    "trained_softmax",
    "training_log",
    "upsampled",
]
