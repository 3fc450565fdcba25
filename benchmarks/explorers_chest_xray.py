"""The explorers of lecture 3 and the moves by which `benchmarks.explorers` times them.

An untrained network asks for the same arithmetic and the same picture as a trained one.
"""

from functools import lru_cache

import torch

from course_lib.chest_xray.explain import class_activation_map
from course_lib.chest_xray.explorers import cam_inspector_explorer, operating_point_explorer, reading_room_explorer
from course_lib.chest_xray.networks import SmallChestNet
from course_lib.chest_xray.simulator import simulate_radiographs
from course_lib.explorer import Explorer
from course_lib.training import predict


@lru_cache(maxsize=1)
def lecture():
    """A network, images with their logits, and others."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = SmallChestNet()
    cohorts = [simulate_radiographs(n, seed=seed) for n, seed in ((60, 0), (60, 1))]
    return model, *((cohort, predict(model, cohort).numpy()) for cohort in cohorts)


def reading_room() -> Explorer:
    """With everything on."""
    model, (cohort, logits), _ = lecture()
    maps = {name: class_activation_map(model, cohort, name) for name in ("Mass", "Effusion")}
    explorer = reading_room_explorer(cohort, logits, maps)
    explorer.move(truth=True, opinion=True, heat="Mass")
    return explorer


def cam_inspector() -> Explorer:
    """At its defaults."""
    model, (cohort, _), _ = lecture()
    return cam_inspector_explorer(model, cohort)


def operating_point() -> Explorer:
    """At its defaults."""
    _, (cohort, logits), (others, their_logits) = lecture()
    validation = others.labels, their_logits
    return operating_point_explorer(cohort.labels, logits, validation, simulated=True)


ENTRIES = [
    ("chest X-ray: reading room", reading_room, [{"number": number} for number in range(2, 50)]),
    ("chest X-ray: CAM inspector", cam_inspector, [{"number": number} for number in range(2, 50)]),
    ("chest X-ray: operating point", operating_point, [{"threshold": step / 50} for step in range(10, 40)]),
]
