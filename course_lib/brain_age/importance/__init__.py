"""Where in a brain a network reads the age: gradients, occlusion, and the noise that it tolerates.

`gradient` and `occlusion` ask a trained network directly, `noise` and `noise_network` learn where it does not look,
`tolerance` says what that noise costs, `maps` puts the maps of many people together, and `agreement` holds them
against what aging truly changes.
"""

from .agreement import Agreement, agreement, changed_voxels, depth_map
from .gradient import gradient_map
from .maps import correlation_map, noise_importance, population_map, threshold_map
from .noise import NoiseMask, population_noise
from .noise_network import NoiseNetwork, train_noise_network
from .occlusion import occlusion_map
from .tolerance import tolerated

__all__ = [
    "Agreement",
    "NoiseMask",
    "NoiseNetwork",
    "agreement",
    "changed_voxels",
    "correlation_map",
    "depth_map",
    "gradient_map",
    "noise_importance",
    "occlusion_map",
    "population_map",
    "population_noise",
    "threshold_map",
    "tolerated",
    "train_noise_network",
]
