"""Each finding looks as radiology describes it, measured in the picture or its mask."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, laplace

from course_lib.chest_xray.findings import FINDINGS
from course_lib.chest_xray.simulator.body import LEFT, RIGHT, draw_body
from course_lib.chest_xray.simulator.chest import build_chest
from course_lib.chest_xray.simulator.detector import SITES
from course_lib.chest_xray.simulator.fields import FRAME_CM, Grid, Placement
from course_lib.chest_xray.simulator.render import radiograph
from course_lib.chest_xray.simulator.shape import collapse_base, enlarge_heart, overinflate
from course_lib.chest_xray.simulator.vessels import grow

SIZE = 128
UPRIGHT = Placement(tilt=0.0, scale=1.0, across=0.0, down=0.0)
CLEAN = replace(SITES["A"], dose=1e4, bone=0.0, collimation=0.0)  # no noise, no bones: what is left is the lung


def person(seed=0):
    return draw_body(np.random.default_rng([seed, 1]), 50, False)


def take(seed=0, body=None, placement=UPRIGHT, hospital=CLEAN, **severity):
    """One picture and its masks by name; keyword "Pleural_Thickening" for names of two words."""
    values = np.array([severity.get(name.replace(" ", "_"), 0.0) for name in FINDINGS])
    image, bits = radiograph(
        body or person(seed), grow(np.random.default_rng([seed, 2])), placement, values, SIZE, hospital,
        lambda k: np.random.default_rng([seed, 3, k]), np.random.default_rng([seed, 4]),
    )  # fmt: skip
    return image.astype(float), {name: (bits >> k & 1).astype(bool) for k, name in enumerate(FINDINGS)}


def normal_chest(seed=0):
    return build_chest(person(seed), Grid(SIZE, UPRIGHT))


def width(mask):
    columns = np.flatnonzero(mask.any(0))
    return columns[-1] - columns[0] + 1


def diameter_cm(mask):
    return 2 * np.sqrt(mask.sum() / np.pi) * FRAME_CM / SIZE


SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cardiothoracic_ratio_is_above_one_half_and_grows_with_severity(seed):
    ratios = []
    for severity in (0.02, 0.3, 0.6, 1.0):
        chest = build_chest(enlarge_heart(person(seed), severity, None), Grid(256, UPRIGHT))
        ratios.append(width(chest.heart_outline) / width(chest.to_wall > 0))
    assert np.all(np.diff(ratios) > 0.01) and ratios[0] > 0.49 and ratios[-1] == pytest.approx(0.59, abs=0.02)
    healthy = build_chest(person(seed), Grid(256, UPRIGHT))
    assert width(healthy.heart_outline) / width(healthy.to_wall > 0) < 0.505


@pytest.mark.parametrize("seed", SEEDS)
def test_the_heart_points_to_the_right_of_the_picture(seed):
    heart = take(seed, Cardiomegaly=0.4)[1]["Cardiomegaly"]
    assert heart[:, SIZE // 2 :].sum() > 1.25 * heart[:, : SIZE // 2].sum()


def test_the_right_diaphragm_is_the_higher_one_in_nearly_everybody():
    domes = np.array([person(seed).dome for seed in range(200)])
    assert (domes[:, RIGHT] < domes[:, LEFT]).mean() > 0.95


def test_bones_and_abdomen_are_white_and_lungs_are_dark():
    image, _ = take(hospital=SITES["A"])
    chest = normal_chest()
    assert image[chest.lungs].mean() < 0.7 * image[(chest.to_dome < -2) & (np.abs(chest.x) < 6)].mean()
    bones, none = take(hospital=replace(CLEAN, bone=1.0))[0], take()[0]
    assert (bones - none)[chest.lungs].mean() > 3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [0.92, 1.1])
def test_a_nodule_is_below_3_cm_and_a_mass_above_whatever_the_patients_size(seed, scale):
    place = replace(UPRIGHT, scale=scale)
    nodules = [diameter_cm(take(seed, placement=place, Nodule=s)[1]["Nodule"]) for s in (0.02, 0.5, 1.0)]
    masses = [diameter_cm(take(seed, placement=place, Mass=s)[1]["Mass"]) for s in (0.02, 0.5, 1.0)]
    assert 1.0 < nodules[0] < nodules[1] < nodules[2] < 3.0 < masses[0] < masses[1] < masses[2] < 8.0


@pytest.mark.parametrize(
    "finding", ["Nodule", "Mass", "Consolidation", "Pneumonia", "Pleural_Thickening", "Atelectasis"]
)
def test_an_opacity_is_brighter_than_the_same_place_without_it(finding):
    for seed in SEEDS:
        with_it, masks = take(seed, **{finding: 0.8})
        where = masks[finding.replace("_", " ")]
        assert (with_it - take(seed)[0])[where].mean() > 4


@pytest.mark.parametrize("seed", SEEDS)
def test_beyond_the_pleural_line_of_a_pneumothorax_there_are_no_vessels(seed):
    bloodless = person(seed).placed(vessels=0.0)
    collapsed, masks = take(seed, Pneumothorax=0.8)
    beyond = binary_erosion(masks["Pneumothorax"], iterations=2)
    assert beyond.sum() > 30
    vessels_in_it = np.abs(collapsed - take(seed, body=bloodless, Pneumothorax=0.8)[0])[beyond]
    vessels_before = np.abs(take(seed)[0] - take(seed, body=bloodless)[0])[beyond]
    assert vessels_in_it.mean() < 0.05 * vessels_before.mean()
    beyond = masks["Pneumothorax"]
    halves = beyond[:, : SIZE // 2].sum(), beyond[:, SIZE // 2 :].sum()
    assert min(halves) < 0.1 * max(halves)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_effusion_starts_in_the_costophrenic_angle_and_climbs(seed):
    chest = normal_chest(seed)
    areas = []
    for severity in (0.05, 0.4, 0.9):
        fluid = take(seed, Effusion=severity)[1]["Effusion"]
        areas.append(fluid.sum())
        for half in (~chest.left, chest.left):
            if (fluid & half).any():
                lung = (chest.lung > 0.02) & half
                lowest_lung, lowest_fluid = (np.flatnonzero(m.any(1)).max() for m in (lung, fluid & half))
                assert abs(lowest_lung - lowest_fluid) * FRAME_CM / SIZE < 1.0
                assert np.median(chest.to_wall[fluid & half]) < np.median(chest.to_wall[lung])
    assert areas[0] < areas[1] < areas[2]


def test_an_effusion_is_higher_at_the_wall_than_in_the_middle():
    for seed in SEEDS:
        fluid, chest = take(seed, Effusion=0.7)[1]["Effusion"], normal_chest(seed)
        half = max((~chest.left, chest.left), key=lambda side: (fluid & side).sum())
        columns = np.flatnonzero((fluid & half).any(0))
        tops = [(fluid & half)[:, column].argmax() for column in columns]
        outward = np.abs(chest.x[0, columns])
        assert np.corrcoef(outward[outward < 12], np.array(tops)[outward < 12])[0, 1] < 0


@pytest.mark.parametrize("seed", SEEDS)
def test_edema_is_on_both_sides_and_spares_the_periphery(seed):
    wings, chest = take(seed, Edema=0.7)[1]["Edema"], normal_chest(seed)
    right, left = (wings & ~chest.left).sum(), (wings & chest.left).sum()
    assert 0.5 < right / left < 2
    assert chest.to_wall[wings].min() > 0.8


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hernia_lies_behind_the_heart_above_the_diaphragm(seed):
    sac, chest = take(seed, Hernia=0.6)[1]["Hernia"], normal_chest(seed)
    assert (chest.heart_outline & sac).sum() > 0.6 * sac.sum()
    assert np.abs(np.mean(chest.x[sac])) < 4 and chest.to_dome[sac].min() > -1


@pytest.mark.parametrize("seed", SEEDS)
def test_emphysema_flattens_and_lowers_the_diaphragms_and_darkens_the_lungs(seed):
    body = person(seed)
    ill = overinflate(body, 0.9, None)
    grid = Grid(SIZE, UPRIGHT)
    fall = [np.ptp((c.y + c.to_dome)[0, (np.abs(c.x[0]) > 5.5) & (np.abs(c.x[0]) < 12) & (c.x[0] < 0)])
            for c in (build_chest(body, grid), build_chest(ill, grid))]  # fmt: skip
    assert fall[1] < 0.5 * fall[0] and ill.dome[RIGHT] > body.dome[RIGHT] + 1
    common = normal_chest(seed).lungs
    assert take(seed, Emphysema=0.9)[0][common].mean() < take(seed)[0][common].mean() - 3


@pytest.mark.parametrize("seed", SEEDS)
def test_atelectasis_raises_the_diaphragm_of_its_own_side(seed):
    body = person(seed)
    ill = collapse_base(body, 0.8, np.random.default_rng([seed, 3, FINDINGS.index("Atelectasis")]))
    raised = np.array(body.dome) - np.array(ill.dome)
    side = int(raised.argmax())
    assert raised[side] > 1.5 and raised[1 - side] == 0
    mask = take(seed, Atelectasis=0.8)[1]["Atelectasis"]
    assert (mask & normal_chest(seed).side(side)).sum() > 0.95 * mask.sum()


def test_fibrosis_is_basal_on_both_sides_and_finely_textured():
    for seed in SEEDS:
        image, masks = take(seed, Fibrosis=0.9)
        net, chest = masks["Fibrosis"], normal_chest(seed)
        assert chest.to_dome[net].mean() < chest.to_dome[chest.lungs].mean()
        assert (net & chest.left).any() and (net & ~chest.left).any()
        inner = net & (chest.to_wall > 2) & (chest.to_dome > 2)
        assert laplace(image)[inner].std() > 1.2 * laplace(take(seed)[0])[inner].std()


def test_pleural_thickening_hugs_the_wall():
    for seed in SEEDS:
        rim, chest = take(seed, Pleural_Thickening=0.7)[1]["Pleural Thickening"], normal_chest(seed)
        assert np.minimum(chest.to_wall, chest.below_apex)[rim].max() < 4.5
