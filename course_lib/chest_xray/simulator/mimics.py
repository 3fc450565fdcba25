"""Harmless shadows that look like findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fields import bump, step

if TYPE_CHECKING:
    from .chest import Chest

NIPPLES, GRANULOMA, FOLD = 0.12, 0.12, 0.10  # how many patients have them


def mimics(chest: Chest, rng: np.random.Generator) -> np.ndarray:
    """Attenuation of nipples, of a calcified granuloma, and of a fold of skin."""
    there, where, form = rng.random(3).tolist(), rng.random(5).tolist(), rng.random(4).tolist()
    shadow = np.zeros_like(chest.y)
    if there[0] < NIPPLES:
        at = (7.6 + 1.6 * where[0], chest.body.dome[0] - 2.6 + 2.2 * where[1])
        shadow += 0.12 * bump(np.abs(chest.x), chest.y, at, (0.42, 0.42))
    if there[1] < GRANULOMA:
        at = ((6 + 4 * where[2]) * (1 if where[3] > 0.5 else -1), 8 + 15 * where[4])
        size = 0.22 + 0.22 * form[0]
        shadow += 0.30 * bump(chest.x, chest.y, at, (size, size))
    if there[2] < FOLD:
        out = np.abs(chest.x) - (8.5 + 2.0 * form[1]) - 0.12 * (chest.y - 15)
        fold = step(out, 0.3) * np.exp(-np.clip(out, 0, None) / 0.8) * chest.side(int(form[2] < 0.5))
        shadow += 0.10 * fold * step(chest.y - 9, 3) * step(24 - chest.y, 3)
    return shadow
