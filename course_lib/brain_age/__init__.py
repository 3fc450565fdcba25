"""Lecture 4: brain age, regressed from volumes, and the correction that flatters.

Each name is loaded from its module when it is first asked for: who corrects a bias need not wait for torch.
"""

from typing import TYPE_CHECKING

from course_lib.lazy import lazy_names

if TYPE_CHECKING:
    from .anatomy import Anatomy, template
    from .bias import BiasCorrection
    from .cohorts import PEOPLE, cohort, cohort_parts
    from .ensembles import combine, cross_fit, select_patches
    from .gap import GapComparison, compare_gaps
    from .ixi import load_ixi
    from .linear import ridge_regression, voxel_features
    from .matching import match_ages
    from .networks import SFCN, AgeNetwork, BrainNet, SliceNet, resnet18_3d
    from .oasis import load_oasis
    from .patch_grid import PatchGrid
    from .patches import PatchEnsemble, PatchNetworks
    from .predictors import predictor_noise, simulate_predictor
    from .regression import predict_ages, train_regressor
    from .simulator import age_brain, effect_map, simulate_cohort, structure_mask
    from .site import SiteShift, site_shift
    from .slope import BiasSlope, bias_slope
    from .soft_labels import BinnedAges
    from .thickness import ThicknessTable, load_thickness
    from .volumes import from_folder

_NAMES = {
    "anatomy": ("Anatomy", "template"),
    "bias": ("BiasCorrection",),
    "cohorts": ("PEOPLE", "cohort", "cohort_parts"),
    "ensembles": ("combine", "cross_fit", "select_patches"),
    "gap": ("GapComparison", "compare_gaps"),
    "ixi": ("load_ixi",),
    "linear": ("ridge_regression", "voxel_features"),
    "matching": ("match_ages",),
    "networks": ("SFCN", "AgeNetwork", "BrainNet", "SliceNet", "resnet18_3d"),
    "oasis": ("load_oasis",),
    "patch_grid": ("PatchGrid",),
    "patches": ("PatchEnsemble", "PatchNetworks"),
    "predictors": ("predictor_noise", "simulate_predictor"),
    "regression": ("predict_ages", "train_regressor"),
    "simulator": ("age_brain", "effect_map", "simulate_cohort", "structure_mask"),
    "site": ("SiteShift", "site_shift"),
    "slope": ("BiasSlope", "bias_slope"),
    "soft_labels": ("BinnedAges",),
    "thickness": ("ThicknessTable", "load_thickness"),
    "volumes": ("from_folder",),
}

__all__ = [
    "AgeNetwork",
    "Anatomy",
    "BiasCorrection",
    "BiasSlope",
    "BinnedAges",
    "BrainNet",
    "GapComparison",
    "PEOPLE",
    "PatchEnsemble",
    "PatchGrid",
    "PatchNetworks",
    "SFCN",
    "SiteShift",
    "SliceNet",
    "ThicknessTable",
    "age_brain",
    "bias_slope",
    "cohort",
    "cohort_parts",
    "combine",
    "compare_gaps",
    "cross_fit",
    "effect_map",
    "from_folder",
    "load_ixi",
    "load_oasis",
    "load_thickness",
    "match_ages",
    "predict_ages",
    "predictor_noise",
    "resnet18_3d",
    "ridge_regression",
    "select_patches",
    "simulate_cohort",
    "simulate_predictor",
    "site_shift",
    "structure_mask",
    "template",
    "train_regressor",
    "voxel_features",
]

__getattr__, __dir__ = lazy_names(__name__, _NAMES)
