"""One radiograph: a body, its findings, and the detector."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.chest_xray.findings import FINDINGS

from . import airspace, chest, lesions, pleura, shape
from .body import Body
from .chest import Chest, build_chest
from .detector import Hospital, expose, shrink
from .fields import Grid, Placement, noise, step
from .sign import Sign
from .vessels import Tree, vessel_thickness

Randomness = Callable[[int], np.random.Generator]

RESHAPE: dict[str, Callable[[Body, float, np.random.Generator], Body]] = {
    "Emphysema": shape.overinflate,
    "Cardiomegaly": shape.enlarge_heart,
    "Fibrosis": shape.shrink_bases,
    "Atelectasis": shape.collapse_base,
    "Pneumothorax": shape.push_mediastinum,
}
SIGNS: dict[str, Callable[[Chest, float, np.random.Generator], Sign]] = {
    "Atelectasis": airspace.atelectasis,
    "Cardiomegaly": shape.cardiomegaly,
    "Effusion": pleura.effusion,
    "Infiltration": airspace.infiltration,
    "Mass": lesions.mass,
    "Nodule": lesions.nodule,
    "Pneumonia": airspace.pneumonia,
    "Pneumothorax": pleura.pneumothorax,
    "Consolidation": airspace.consolidation,
    "Edema": airspace.edema,
    "Emphysema": shape.emphysema,
    "Fibrosis": airspace.fibrosis,
    "Pleural Thickening": pleura.pleural_thickening,
    "Hernia": lesions.hernia,
}
BLOOD = 0.30  # attenuation of one centimeter of vessel


def radiograph(
    body: Body,
    tree: Tree,
    placement: Placement,
    severity: np.ndarray,
    size: int,
    hospital: Hospital,
    patient_stream: Randomness,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Picture (uint8) and masks (uint16, bit k where finding k is), both (size, size).

    `patient_stream(k)` gives the same generator at every visit: a lesion keeps its site.
    """
    present = {name: float(value) for name, value in zip(FINDINGS, severity, strict=True) if value > 0}
    for name, reshape in RESHAPE.items():
        if name in present:
            body = reshape(body, present[name], patient_stream(FINDINGS.index(name)))
    grid = Grid(2 * size if size < 128 else size, placement)
    patient = build_chest(body, grid)
    signs = {name: SIGNS[name](patient, value, patient_stream(FINDINGS.index(name))) for name, value in present.items()}
    attenuation = _attenuation(patient, tree, list(signs.values()), hospital, patient_stream(len(FINDINGS)))
    masks = np.zeros((size, size), np.uint16)
    for name, sign in signs.items():
        masks |= _mask(sign.mask, size).astype(np.uint16) << FINDINGS.index(name)
    return _as_bytes(expose(attenuation, size, hospital, rng)), masks


def _attenuation(
    patient: Chest, tree: Tree, signs: list[Sign], hospital: Hospital, rng: np.random.Generator
) -> np.ndarray:
    air, vessel_share, opacity = np.float32(1), np.float32(1), np.float32(0)
    for sign in signs:
        air, vessel_share, opacity = air * sign.air, vessel_share * sign.vessels, opacity + sign.opacity
    body = patient.body
    seen = patient.lung * (1 - 0.62 * patient.heart)
    haze = body.crowding * np.exp(-np.clip(patient.to_dome, 0, None) / 3.0) * patient.lung
    grain = (0.03 * noise(rng, patient.grid.side, 20) + 0.02 * noise(rng, patient.grid.side, 48)) * seen
    base = chest.tissue(patient, rng)
    base = base * (1 - np.clip(body.air * seen * air, 0, 0.96)) - chest.airways(patient)
    base = base + 0.10 * patient.heart * step(patient.y - 6.5, 5.0)  # blood is denser than fat
    blood = BLOOD * body.vessels * vessel_thickness(tree, body, patient.grid) + 0.8 * chest.hila(patient)
    shown = np.minimum(1.5 * patient.lung, 1) * (1 - 0.5 * patient.heart)
    blood = blood * vessel_share * shown
    return base + blood + opacity + haze + grain + hospital.bone * chest.skeleton(patient)


def _mask(mask: np.ndarray, size: int) -> np.ndarray:
    """A pixel belongs to a finding where half of it does; a finding too thin for that keeps what it touches."""
    share = shrink(mask.astype(np.float32), size)
    return share >= 0.5 if (share >= 0.5).any() else share > 0


def _as_bytes(gray: np.ndarray) -> np.ndarray:
    return np.round(255 * np.clip(gray, 0, 1)).astype(np.uint8)
