"""Findings that change the chest's proportions before it is drawn."""

from __future__ import annotations

import numpy as np

from .body import LEFT, RIGHT, Body
from .chest import Chest
from .sign import Sign


def enlarge_heart(body: Body, severity: float, rng: np.random.Generator) -> Body:
    """Cardiomegaly: a cardiothoracic ratio of .50 to .59."""
    return body.placed(ratio=0.50 + 0.09 * severity)


def overinflate(body: Body, severity: float, rng: np.random.Generator) -> Body:
    """Emphysema: low flat domes, more air, fewer vessels, a narrow heart."""
    down = 1.6 * severity
    return body.placed(
        dome=(body.dome[RIGHT] + down, body.dome[LEFT] + down),
        curve=body.curve * (1 - 0.75 * severity),
        air=min(body.air + 0.02 + 0.09 * severity, 0.93),
        vessels=body.vessels * (1 - 0.65 * severity),
        ratio=body.ratio * (1 - 0.10 * severity),
        crowding=body.crowding * (1 - severity),
    )


def shrink_bases(body: Body, severity: float, rng: np.random.Generator) -> Body:
    """Fibrosis: both lungs a little smaller."""
    up = 1.2 * severity
    return body.placed(dome=(body.dome[RIGHT] - up, body.dome[LEFT] - up))


def collapse_base(body: Body, severity: float, rng: np.random.Generator) -> Body:
    """Atelectasis: the diaphragm of one side rises and the mediastinum follows; the side is the sign's first draw."""
    side = int(rng.random() < 0.5)
    dome = list(body.dome)
    dome[side] -= 0.5 + 1.9 * severity
    toward = -1.0 if side == RIGHT else 1.0
    return body.placed(dome=tuple(dome), shift=body.shift + toward * 0.6 * severity)


def push_mediastinum(body: Body, severity: float, rng: np.random.Generator) -> Body:
    """Pneumothorax: a large one pushes the mediastinum away; the side is the sign's first draw."""
    side = int(rng.random() < 0.5)
    away = 1.0 if side == RIGHT else -1.0
    return body.placed(shift=body.shift + away * 1.3 * max(severity - 0.5, 0.0))


def cardiomegaly(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """The mask is the heart, up to the diaphragm."""
    return Sign(chest.heart_outline)


def emphysema(chest: Chest, severity: float, rng: np.random.Generator) -> Sign:
    """The mask is both lungs."""
    return Sign(chest.lungs)
