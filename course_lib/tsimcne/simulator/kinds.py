"""What sets the eight kinds of blood cell apart. Lengths are in pixels of an image of 28, stain in optical density."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Granules:
    """Azure and eosin of the granules, the share of the cytoplasm that they cover, and how they lie."""

    azure: float
    eosin: float
    cover: float
    coarse: bool = False
    over_nucleus: float = 0.0


@dataclass(frozen=True)
class Nucleus:
    """Lobes of radius `radius` (in radii of the cell) on an arc, and how much dye they take.

    `lobes` are numbers with their chances; 0 lobes: none at all. Lobes stand `step` radians apart on an arc of radius
    `arc`; one lobe is a disc near the middle. `bite` is cut out of the disc, in its own radii. `band` is the chance of
    one bent rod in place of lobes; `softness` joins lobes, in pixels.
    """

    lobes: dict[int, float]
    radius: Range
    density: float
    arc: Range = (0.0, 0.12)
    step: Range = (1.0, 1.0)
    bite: Range | None = None
    band: float = 0.0
    softness: float = 0.35


@dataclass(frozen=True)
class Kind:
    """One kind of cell: radius and its SD, dye in the cytoplasm, its share among cells."""

    name: str
    radius: float
    sd: float
    azure: float
    eosin: float
    granules: Granules | None
    nucleus: Nucleus | None
    count: int
    vacuoles: float = 0.0


CELLS = (
    Kind(
        "basophil",
        9.0,
        0.7,
        0.28,
        0.15,
        Granules(0.95, 0.15, 0.42, coarse=True, over_nucleus=0.8),
        Nucleus({2: 0.5, 3: 0.5}, (0.36, 0.48), 0.85, (0.28, 0.40), (1.7, 2.4)),
        1218,
    ),
    Kind(
        "eosinophil",
        9.4,
        0.7,
        0.06,
        0.36,
        Granules(0.02, 0.62, 0.55, coarse=True),
        Nucleus({2: 0.8, 3: 0.2}, (0.30, 0.40), 0.80, (0.34, 0.46), (1.5, 2.3)),
        3117,
    ),
    Kind("erythroblast", 6.6, 0.7, 0.22, 0.34, None, Nucleus({1: 1.0}, (0.46, 0.68), 1.40), 1551),
    Kind(
        "immature granulocyte",
        10.2,
        0.9,
        0.34,
        0.20,
        Granules(0.45, 0.15, 0.35),
        Nucleus({1: 1.0}, (0.56, 0.76), 0.72, bite=(0.2, 0.85)),
        2895,
    ),
    Kind("lymphocyte", 7.7, 0.9, 0.38, 0.04, Granules(0.10, 0.0, 0.03), Nucleus({1: 1.0}, (0.74, 0.93), 1.0), 1214),
    Kind(
        "monocyte",
        10.4,
        0.9,
        0.24,
        0.10,
        Granules(0.04, 0.03, 0.20),
        Nucleus({3: 0.5, 4: 0.5}, (0.32, 0.41), 0.68, (0.36, 0.46), (0.70, 0.95), softness=1.2),
        1420,
        vacuoles=0.6,
    ),
    Kind(
        "neutrophil",
        9.1,
        0.7,
        0.04,
        0.14,
        Granules(0.06, 0.10, 0.30),
        Nucleus({3: 0.4, 4: 0.4, 5: 0.2}, (0.21, 0.30), 1.10, (0.38, 0.52), (0.85, 1.25), band=0.17),
        3329,
    ),
    Kind("platelet", 3.1, 0.8, 0.20, 0.14, Granules(0.45, 0.10, 0.45, coarse=True), None, 2348),
)
