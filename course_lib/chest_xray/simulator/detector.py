"""From attenuation to gray values: photons, their noise, and a hospital's way of showing them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .fields import FRAME_CM

DECAY = 2.2  # transmission is exp(-DECAY · A)


@dataclass(frozen=True)
class Hospital:
    """How a site takes and shows its radiographs.

    Attributes
    ----------
    gamma : float
        Median exponent of the gray scale.
    contrast : float
        Width of the gray scale around its middle, 1 for the whole range.
    dose : float
        Photons per square centimeter without a patient, relative to site A.
    sharpening : float
        Strength of the unsharp mask.
    bone : float
        Strength of bones: a lower tube voltage gives more.
    collimation : float
        Largest width of the black border, centimeters.
    """

    gamma: float
    contrast: float
    dose: float
    sharpening: float
    bone: float
    collimation: float


SITES = {
    "A": Hospital(gamma=1.0, contrast=1.0, dose=1.0, sharpening=0.0, bone=1.0, collimation=0.6),
    "B": Hospital(gamma=1.35, contrast=0.8, dose=0.35, sharpening=0.8, bone=1.35, collimation=2.2),
}
PHOTONS_PER_CM2 = 90_000.0  # 30,000 in a pixel of 1/64 of the frame


def expose(attenuation: np.ndarray, size: int, hospital: Hospital, rng: np.random.Generator) -> np.ndarray:
    """Picture of `size` pixels along each side from a map of attenuation; uint8, bones white."""
    from scipy.ndimage import gaussian_filter

    # drawn before the noise, so that they are the same at every size
    settings, widths, place = rng.standard_normal(6).tolist(), rng.uniform(-1.5, 1, 4), rng.random(3).tolist()
    seen = shrink(np.exp(-DECAY * attenuation), size)
    # scattered radiation fogs what is behind dense tissue
    seen = 0.985 * seen + 0.015 * gaussian_filter(seen, size / 10)
    photons = (
        PHOTONS_PER_CM2 * (FRAME_CM / size) ** 2 * hospital.dose * math.exp(min(max(0.6 * settings[0], -1.0), 1.5))
    )
    count = photons * seen + np.sqrt(photons * seen) * rng.standard_normal(seen.shape, dtype=np.float32)
    measured = -np.log(np.maximum(count, 1.0) / photons) / DECAY
    measured = gaussian_filter(measured, 0.35)
    if hospital.sharpening:
        measured = measured + hospital.sharpening * (measured - gaussian_filter(measured, size / 40))
    gray = window(measured, hospital, settings[1:])
    return _mark(_collimate(gray, hospital, widths), hospital, place)


def shrink(values: np.ndarray, size: int) -> np.ndarray:
    """Mean over blocks."""
    factor = values.shape[0] // size
    return values if factor == 1 else values.reshape(size, factor, size, factor).mean((1, 3))


def window(measured: np.ndarray, hospital: Hospital, settings: list[float]) -> np.ndarray:
    """Gray values in [0, 1]: logarithmic film, window, gamma."""
    film = 1 - np.exp(-1.05 * np.clip(measured, 0, None) * math.exp(0.10 * settings[0]))
    top = 0.84 + 0.035 * settings[1]
    gray = np.clip(film / top + 0.02 * settings[2], 0, 1) ** (hospital.gamma * math.exp(0.14 * settings[3]))
    span = hospital.contrast * min(math.exp(0.10 * settings[4] - 0.06), 1.0)
    return 0.5 * (1 - span) + span * gray


def _collimate(gray: np.ndarray, hospital: Hospital, widths: np.ndarray) -> np.ndarray:
    """Black where the shutters were closed."""
    widths = np.clip(widths * hospital.collimation, 0, None) / FRAME_CM * len(gray)
    top, bottom, left, right = np.round(widths).astype(int)
    shutters = np.zeros_like(gray)
    shutters[top : len(gray) - bottom, left : len(gray) - right] = 1
    return gray * shutters + 0.02 * (1 - shutters)


def _mark(gray: np.ndarray, hospital: Hospital, place: list[float]) -> np.ndarray:
    """The lead letter L on the patient's left; site B puts it lower."""
    size = len(gray)
    unit = max(1, round(size / 64))
    row = int(size * (0.05 + 0.05 * place[0] + 0.10 * (hospital.contrast < 1)))
    column = int(size * (0.88 + 0.05 * place[1]))
    if place[2] < 0.75:
        gray = gray.copy()
        gray[row : row + 4 * unit, column : column + unit] = 0.97
        gray[row + 3 * unit : row + 4 * unit, column : column + 3 * unit] = 0.97
    return gray
