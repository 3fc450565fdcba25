"""Who is being examined: the measures of one chest in centimeters, drawn per patient, and how it stands today."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from .fields import Placement

RIGHT, LEFT = 0, 1  # the patient's sides; the right one is on the left of the picture


@dataclass(frozen=True)
class Body:
    """Measures of one chest, in centimeters unless said otherwise; pairs are (right, left).

    Attributes
    ----------
    width : tuple of float
        From the midline to the inner chest wall, where the lungs are widest.
    apex, dome : tuple of float
        Height (downwards) of the top of each lung and of each diaphragm.
    roundness : tuple of float
        Exponent of the wall near the apex; smaller is squarer.
    curve : float
        How far the diaphragm falls from its dome to the costophrenic angle.
    ratio : float
        Cardiothoracic ratio.
    knob : float
        Radius of the aortic knob.
    rotation : float
        Turn about the body's long axis, radians.
    shift : float
        Mediastinum displaced to the patient's left.
    fat : float
        Thickness of the soft tissue outside the ribs.
    breast : float
        Radius of a breast's shadow; 0 where there is none.
    bone, vessels : float
        Strength of their shadows, 1 on average.
    air : float
        Share of the soft tissue's attenuation that full lung takes away.
    crowding : float
        Haze at the bases after a shallow breath.
    """

    width: tuple[float, float]
    apex: tuple[float, float]
    dome: tuple[float, float]
    roundness: tuple[float, float]
    curve: float
    ratio: float
    knob: float
    rotation: float
    shift: float
    fat: float
    breast: float
    bone: float
    vessels: float
    air: float
    crowding: float

    def placed(self, **changes: object) -> Body:
        """The same body with some measures changed."""
        return replace(self, **changes)


def draw_body(rng: np.random.Generator, age: float, female: bool) -> Body:
    """A healthy chest of this age and sex."""
    normal = rng.standard_normal(14).tolist()  # Python floats keep float32 maps float32
    width = (13.0 if female else 13.7) + 0.55 * normal[0]
    apex = 4.0 + 0.45 * normal[1]
    dome = 26.4 + 0.75 * normal[2]
    years = (age - 50) / 20
    return Body(
        width=(width + 0.18 * normal[3], width - 0.18 * normal[3]),
        apex=(apex + 0.35 * normal[4], apex - 0.35 * normal[4] + 0.1),
        dome=(dome, dome + 1.0 + 0.45 * normal[5]),
        roundness=(0.37 + 0.035 * normal[6], 0.37 + 0.035 * normal[7]),
        curve=4.6 + 0.6 * normal[8],
        ratio=min(max(0.455 + 0.032 * normal[9] + 0.008 * years, 0.35), 0.497),
        knob=1.55 + 0.18 * normal[10] + 0.16 * years,
        rotation=0.0,
        shift=0.0,
        fat=min(max(1.9 * math.exp(0.35 * normal[11]), 0.8), 4.5),
        breast=min(max(5.6 + 1.0 * normal[12], 3.6), 8.0) if female else 0.0,
        bone=math.exp(0.14 * normal[13] - 0.08 * years),
        vessels=math.exp(0.22 * rng.standard_normal()),
        air=min(max(0.79 + 0.02 * rng.standard_normal(), 0.72), 0.85),
        crowding=0.0,
    )


def draw_visit(rng: np.random.Generator, body: Body) -> tuple[Body, Placement]:
    """The same patient on one day: breath, turn, and where the detector was."""
    normal = rng.standard_normal(6).tolist()
    breath = 0.85 * normal[0]  # centimeters of the diaphragm's way, positive for a deep one
    turn = 0.03 * normal[1]
    body = body.placed(
        dome=(body.dome[RIGHT] + breath, body.dome[LEFT] + breath),
        width=(body.width[RIGHT] * (1 + 0.9 * turn), body.width[LEFT] * (1 - 0.9 * turn)),
        rotation=turn,
        vessels=body.vessels * math.exp(0.08 * normal[2]),
        crowding=max(0.0, -0.08 * breath) + 0.10 * float(rng.random() < 0.12) * rng.random(),
    )
    return body, Placement(
        tilt=0.022 * normal[3],
        scale=1 + 0.04 * min(max(normal[4], -2.5), 2.5),
        across=0.6 * normal[5],
        down=0.6 * rng.standard_normal(),
    )
