"""Ribs, clavicles, spine and shoulders, as attenuation."""

from __future__ import annotations

import numpy as np

from .body import Body
from .fields import step

RIB_PERIOD, RIB_HALF_WIDTH = 2.45, 0.50
VERTEBRA = 2.15


def bones(x: np.ndarray, y: np.ndarray, wall: np.ndarray, body: Body, pixel: float) -> np.ndarray:
    """Attenuation of all bones; `wall` is the inner chest wall's distance from the midline at each pixel."""
    parts = _ribs(x, y, wall, body, pixel) + _clavicles(x, y, body, pixel) + _spine(x, y, body, pixel)
    return body.bone * (parts + _shoulders(x, y, body, pixel))


def _ribs(x, y, wall, body, pixel) -> np.ndarray:
    back = np.abs(x + 5.0 * body.rotation)
    share = np.clip(back / np.maximum(wall, 1.0), 0.0, 1.06)
    top = 0.5 * sum(body.apex) - 1.3
    low = np.clip((y - top) / 24, 0, 1)
    drop = (2.6 + 1.3 * low) * share**2.3 - 0.9 * np.sin(np.pi * np.minimum(share, 1.0))
    posterior = _bars(y - top - drop, pixel) * step(back - 1.5, 0.8)
    edge = 2.6 + 1.3 * low  # where the posterior part of a rib meets its anterior part, at the wall
    front = np.abs(x - 6.0 * body.rotation)
    climb = edge + 0.62 * (wall - front)
    anterior = _bars(y - top - climb - 0.25, pixel) * step(front - 5.2, 2.6) * step(y - top - 2.0 - climb, 1.0)
    tangential = 1 + 0.35 * np.clip(share, 0, 1) ** 10
    inside = step(wall + 0.4 - np.abs(x), 0.9) * step(y - top + 0.4, 0.6) * step(31.5 - y, 4.0)
    return 0.125 * tangential * inside * (0.85 * posterior + 0.40 * anterior)


def _bars(phase: np.ndarray, pixel: float) -> np.ndarray:
    """Bars of one period with dense rims, as the cortex of a hollow bone gives them."""
    distance = np.abs(phase - RIB_PERIOD * np.round(phase / RIB_PERIOD))
    rim = 0.72 + 0.5 * (distance / RIB_HALF_WIDTH) ** 2
    return rim * step(RIB_HALF_WIDTH - distance, max(0.22, 1.2 * pixel))


def _clavicles(x, y, body, pixel) -> np.ndarray:
    front = x - 8.0 * body.rotation  # the front of the chest moves when the patient turns
    out = np.abs(front)
    center = 6.8 - 0.125 * (out - 2.0) + 0.45 * np.sin((out - 2.0) / 3.1)
    half = 0.48 + 0.35 * np.exp(-(((out - 1.9) / 1.1) ** 2))
    distance = np.abs(y - center)
    length = step(out - 1.55, 0.5) * step(17.0 - out, 2.0)
    return 0.23 * length * (0.8 + 0.3 * (distance / half) ** 2) * step(half - distance, max(0.22, 1.2 * pixel))


def _spine(x, y, body, pixel) -> np.ndarray:
    across = np.abs(x + 6.0 * body.rotation)
    phase = (y - 1.0) / (VERTEBRA * (1 + 0.006 * y))
    disc = np.abs(phase - np.round(phase))  # 0 in the disc, .5 in the middle of a vertebra
    waist = 1.62 + 0.012 * y - 0.16 * np.minimum(disc / 0.25, 1.0)
    block = step(waist - across, max(0.3, 1.2 * pixel)) * (0.75 + 0.25 * step(disc - 0.14, 0.12))
    pedicle = np.exp(-(((across - 1.0) / 0.28) ** 2) - ((disc - 0.34) / 0.13) ** 2)
    spinous = 0.5 * np.exp(-((across / 0.22) ** 2) - ((disc - 0.2) / 0.16) ** 2)
    return 0.11 * block + 0.06 * (pedicle + spinous)


def _shoulders(x, y, body, pixel) -> np.ndarray:
    out = np.abs(x)
    border = 13.6 + 0.10 * (y - 6.0) - 0.35 * np.cos((y - 4) / 3.5)  # the scapula's medial border
    blade = step(out - border, 0.5) * step(y - 6.3, 1.5) * step(19.5 - y - 1.1 * (out - 13.5), 2.0)
    rim = np.exp(-(((out - border - 0.2) / 0.25) ** 2)) * step(y - 6.3, 1.5) * step(18.5 - y, 2.0)
    head = step(2.3 - np.hypot(out - 17.6, y - 7.6), 0.9)
    return 0.07 * blade + 0.05 * rim + 0.08 * head
