"""Lecture 4's explorers: each scene against an independent oracle, each widget without a browser."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy.stats import linregress
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, roc_auc_score

from course_lib import plotting
from course_lib.brain_age.anatomy import template
from course_lib.brain_age.explorers import (
    aging_brain_explorer,
    correction_lab_explorer,
    gap_explorer,
    patch_map_explorer,
)
from course_lib.brain_age.explorers.aging_brain import DIFFERENCE, aging_scene
from course_lib.brain_age.explorers.aging_slices import AgingSlices
from course_lib.brain_age.explorers.correction_lab import OTHERS, PREDICTED, THEMSELVES, TRUE, correction_scene, people
from course_lib.brain_age.explorers.gap_lab import checked, gap_scene
from course_lib.brain_age.explorers.members import OWN, parsed, written
from course_lib.brain_age.explorers.patch_map import ALL, Patches, patch_scene
from course_lib.brain_age.patches import PatchGrid
from course_lib.brain_age.simulator import aged_maps

NUMBER = r"([−+]?\d+(?:\.\d+)?)"
GRID = PatchGrid((40, 48, 40), 16, (3, 3, 3))


def as_number(text):
    return float(text.replace("−", "-"))


def numbers_after(text, words):
    """All numbers behind some words, up to the end of what is said of them."""
    return [as_number(number) for number in re.findall(NUMBER, text.split(words, 1)[1])]


def drawn(explorer):
    """Pixels of the picture, by which scenes are told apart."""
    return explorer.picture.png


@pytest.fixture(scope="module")
def slices():
    return AgingSlices.of(4)


@pytest.fixture(scope="module")
def told():
    """Ages and what 27 patches tell of them, of validation and test people."""
    rng, sides = np.random.default_rng(3), []
    for n in (90, 110):
        age = rng.uniform(45, 80, n)
        noise = rng.normal(size=(n, 27)) * np.linspace(3, 9, 27)
        sides.append((age, 62.5 + 0.7 * (age[:, None] - 62.5) + noise))
    return sides


@pytest.fixture(scope="module")
def patches(told):
    return Patches(*told, GRID, template(4).t1, (3.0, 3.5, 4.0), True)


def group(diagnosis, n, gap, seed, site="A", shift=0.0):
    rng = np.random.default_rng(seed)
    age = rng.uniform(50 if diagnosis == "control" else 58, 80, n)
    predicted = 62.5 + 0.8 * (age + gap - 62.5) + shift + rng.normal(0, 3, n)
    return pd.DataFrame({"age": age, "predicted": predicted, "diagnosis": diagnosis, "site": site})


COHORT = pd.concat(
    [
        group("control", 70, 0, 1),
        group("MCI", 40, 3, 2),
        group("AD", 40, 7, 3),
        group("AD", 40, 7, 3, site="B", shift=9.5),
    ],
    ignore_index=True,
)
HEALTHY = group("control", 100, 0, 9)


@pytest.mark.parametrize("extra", [{}, {"ventricles": 15, "hippocampi": -8}])
def test_the_slices_and_volumes_are_those_of_the_whole_aged_brain(slices, extra):
    seen, whole = slices.aged(71, **extra), aged_maps(71, **extra)
    z, y, x = slices.cut
    for name in ("t1", "ventricles", "hippocampi"):
        np.testing.assert_allclose(seen[name][z], whole[name][z], atol=1e-6)
        np.testing.assert_allclose(seen[name][:, y], whole[name][:, y], atol=1e-6)
        np.testing.assert_allclose(seen[name][:, :, x], whole[name][:, :, x], atol=1e-6)
    for name in ("ventricles", "hippocampi"):
        assert slices.milliliters(seen[name]) == pytest.approx(whole[name].sum() * 4**3 / 1000, rel=1e-5)


@pytest.mark.parametrize(("age", "extra"), [(45, -10), (80, 20)])
def test_no_voxel_of_a_structure_is_missed_at_the_ends_of_the_sliders(slices, age, extra):
    seen, whole = (find(age, ventricles=extra, hippocampi=extra) for find in (slices.aged, aged_maps))
    for name in ("ventricles", "hippocampi"):
        assert seen[name].sum() == pytest.approx(whole[name].sum(), rel=1e-5)


def test_the_written_volumes_are_those_of_the_simulator(slices):
    text = aging_scene(slices, 75, ventricles=5).text
    whole, young = aged_maps(75, ventricles=5), aged_maps(45)
    expected = [at[name].sum() * 0.064 for at in (whole, young) for name in ("ventricles", "hippocampi")]
    ventricles, hippocampi, _, before, too = numbers_after(text, "Ventricles")
    assert [ventricles, hippocampi, before, too] == pytest.approx(expected, abs=0.06)
    assert text.startswith("Simulated. A brain of 75 years, with ventricles as at 80.")


def test_only_a_structure_that_is_older_is_named(slices):
    assert "A brain of 60 years. Ventricles" in aging_scene(slices, 60).text
    both = aging_scene(slices, 60, ventricles=-3, hippocampi=4).text
    assert "with ventricles as at 57 and hippocampi as at 64." in both


def test_the_difference_to_45_is_nothing_at_45_and_the_aged_brain_minus_the_young_one_later():
    explorer = aging_brain_explorer()
    explorer.move(age=45, show=DIFFERENCE)
    assert not np.any(explorer._canvas.axes[0].images[1].get_array())
    explorer.move(age=80)
    change = aged_maps(80)["t1"] - aged_maps(45)["t1"]
    level = explorer.scene.args[0].cut[0]
    np.testing.assert_allclose(explorer._canvas.axes[0].images[1].get_array(), change[level], atol=1e-5)
    assert "Blue has become darker" in explorer.text


def test_every_control_of_the_aging_brain_changes_the_picture():
    explorer = aging_brain_explorer()
    moves = {"age": 55, "ventricles": 10, "hippocampi": 20, "show": DIFFERENCE, "outlines": False}
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = drawn(explorer)
        explorer.controls[name].value = value
        assert drawn(explorer) != before and explorer.error is None


def test_brains_are_aged_at_the_resolutions_that_there_are():
    assert aging_brain_explorer(2).text.startswith("Simulated. A brain of 70 years.")
    with pytest.raises(ValueError, match="resolution_mm: got 3"):
        aging_brain_explorer(3)


def by_hand(method, source, raw, ages):
    """The corrections by their formulas."""
    age, predicted = source
    if method == "cole":
        line = linregress(age, predicted)
        return (raw - line.intercept) / line.slope
    degree = 2 if method == "smith" else 1
    return raw - np.polyval(np.polyfit(age, predicted - age, degree), ages)


@pytest.mark.parametrize("method", ["beheshti", "cole", "smith"])
@pytest.mark.parametrize("fitted", [OTHERS, THEMSELVES])
@pytest.mark.parametrize("given", [TRUE, PREDICTED])
def test_the_labs_numbers_are_those_of_the_formulas(method, fitted, given):
    source, (age, raw) = people(0, 0.7, 3)
    corrected = by_hand(method, source if fitted == OTHERS else (age, raw), raw, age if given == TRUE else raw)
    text = correction_scene(0, 0.7, 3, method, fitted, given).text
    for told, words in ((raw, "300 people: "), (corrected, "correction, fitted on")):
        said = text.split(words, 1)[1]
        for name, value in {
            "MAE": mean_absolute_error(age, told),
            "R²": r2_score(age, told),
            "gap": linregress(age, told - age).slope,
        }.items():
            assert as_number(re.search(rf"\b{name} {NUMBER}", said)[1]) == pytest.approx(value, abs=0.006)


def test_noise_is_flattered_by_true_ages_and_by_nothing_else():
    """Closed form: what is left is noise of 3 years around the true age, so MAE = 3√(2/π) and R² = 1 − 9/102."""
    said = re.findall(rf"MAE {NUMBER} years, R² {NUMBER}", correction_scene(0, 0.0, 3, "beheshti").text)
    (raw, _), (mae, r2) = [tuple(map(as_number, pair)) for pair in said]
    assert raw > 8 and mae == pytest.approx(3 * np.sqrt(2 / np.pi), abs=0.35) and r2 == pytest.approx(0.91, abs=0.03)
    honest = correction_scene(0, 0.0, 3, "beheshti", given=PREDICTED).text
    assert as_number(re.findall(rf"MAE {NUMBER} years", honest)[1]) > 8


def test_only_what_knows_the_true_age_is_stamped_as_not_accuracy():
    explorer = correction_lab_explorer()
    for values, stamped in (
        ({"method": "none"}, False),
        ({"method": "beheshti"}, True),
        ({"method": "smith"}, True),
        ({"method": "cole"}, False),
        ({"method": "beheshti", "given": PREDICTED}, False),
    ):
        explorer.move(**({"given": TRUE} | values))
        on_picture = any("NOT ACCURACY" in text.get_text() for text in explorer._canvas.axes[1].texts)
        assert on_picture == ("This is not accuracy" in explorer.text) == stamped
        assert explorer.text.startswith("Simulated, 300 people: ")


def test_the_lab_opens_with_a_correction_and_its_alt_text_tells_whether_there_is_one():
    explorer = correction_lab_explorer()
    assert explorer.values["method"] == "beheshti" and "This is not accuracy" in explorer.text
    assert explorer.picture.alt.endswith("the same after Beheshti's correction, stamped as not accuracy.")
    explorer.move(method="cole")
    assert explorer.picture.alt.endswith("the same after Cole's correction.")
    explorer.move(method="none")
    assert explorer.picture.alt.endswith("the same once more: nothing is corrected.")


def test_cole_refuses_noise_and_the_last_picture_stays():
    seed = next(seed for seed in range(20) if linregress(*people(seed, 0.0, 3)[0]).slope < 0.005)
    explorer = correction_lab_explorer(seed)
    explorer.move(method="cole", skill=0.5)
    before = drawn(explorer)
    explorer.move(skill=0.0)
    assert explorer.text.startswith("Not possible: predicted: it rises by") and drawn(explorer) == before


def test_an_uncertain_correction_warns_on_screen_and_nowhere_else(recwarn):
    texts = [correction_scene(seed, 0.05, 10, "cole").text for seed in range(1, 60) if _rises(seed)]
    assert texts and all("Warning: predicted: whether it rises with age is not certain" in text for text in texts)
    assert not [warning for warning in recwarn if warning.category is UserWarning]


def _rises(seed):
    """Whether the fit rises enough for Cole's method, and not surely: t below its 97.5th percentile."""
    fit = linregress(*people(seed, 0.05, 10)[0])
    return fit.slope > 0.011 and fit.slope < 1.9 * fit.stderr


def test_every_control_of_the_lab_changes_the_picture():
    explorer = correction_lab_explorer()
    moves = {"skill": 0.3, "sd": 6, "method": "smith", "fitted": THEMSELVES, "given": PREDICTED}
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = explorer.text, drawn(explorer)
        explorer.controls[name].value = value
        assert explorer.text != before[0] and drawn(explorer) != before[1] and explorer.error is None


@pytest.mark.parametrize("method", ["mean", "linear"])
def test_the_ensembles_error_is_that_of_scikit_learn_fitted_on_validation_people(patches, told, method):
    (va, vp), (ta, tp) = told
    some = [0, 4, 20]
    expected = tp[:, some].mean(axis=1)
    if method == "linear":
        expected = LinearRegression().fit(vp[:, some], va).predict(tp[:, some])
    text = patch_scene(patches, 5, True, OWN, "1, 5, 21", method).text
    own, joint = re.findall(rf"MAE {NUMBER} years, R² {NUMBER}", text)
    assert [as_number(value) for value in own] == pytest.approx(
        [mean_absolute_error(ta, tp[:, 4]), r2_score(ta, tp[:, 4])], abs=0.006
    )
    assert [as_number(value) for value in joint] == pytest.approx(
        [mean_absolute_error(ta, expected), r2_score(ta, expected)], abs=0.006
    )
    assert text.startswith("Simulated. On 110 test people: patch 5 MAE") and "3 of 27 patches" in text
    assert ("Its 4 weights were fitted on 90 validation people." in text) == (method == "linear")


def test_the_best_patches_are_chosen_on_validation_people(patches, told):
    (va, vp), _ = told
    order = np.argsort([mean_absolute_error(va, vp[:, p]) for p in range(27)])
    presets = patches.presets()
    assert presets[ALL] == tuple(range(27))
    assert presets["the best 3 on validation"] == tuple(sorted(order[:3]))
    assert presets["the best 9 on validation"] == tuple(sorted(order[:9]))
    assert f"best patch on validation ({order[0] + 1})" in patch_scene(patches, 1, True, ALL, "1-27").text


def test_the_map_shows_validation_errors_and_numbers_its_patches_and_its_alt_text_names_the_ends(patches, told):
    (va, vp), _ = told
    mae = np.array([mean_absolute_error(va, vp[:, p]) for p in range(27)])
    scene = patch_scene(patches, 6, True, ALL, "1-27")
    drawn = Figure(figsize=(12, 4.2), layout="constrained").subplots(1, 4)
    scene.figure(drawn)
    written = [text.get_text() for ax in drawn[:3] for text in ax.texts]
    assert [word for word in written if "." in word] == [f"{value:.1f}" for value in mae]
    assert [int(word) for word in written if word.isdigit()] == list(range(1, 28))
    assert drawn[0].get_title("left").replace("\n", " ") == "Validation MAE (simulated)"
    assert "test people" in drawn[3].get_xlabel()
    assert "Numbers on the map: MAE of 90 validation people" in scene.text and "Judged on test people." in scene.text
    ends = [f"patch {p + 1} with {mae[p]:.1f} years" for p in (mae.argmin(), mae.argmax(), 5)]
    assert "lowest {}, highest {}; framed is {}".format(*ends) in scene.alt


@pytest.mark.parametrize("members", [(0,), (0, 1, 2, 8), tuple(range(27)), (0, 2, 4), (25, 26)])
def test_what_is_written_is_read_again(members):
    assert parsed(written(members), 27) == members


@pytest.mark.parametrize("members", ["", "0", "28", "3,x", "5-3", "1,,2", "-2", "1.5"])
def test_what_is_no_list_of_patches_is_refused(members):
    with pytest.raises(ValueError, match=r"members: got .*, allowed are numbers from 1 to 27"):
        parsed(members, 27)


def patch_widget(told):
    (va, vp), (ta, tp) = told
    return patch_map_explorer(vp, va, tp, ta, GRID, template(4).t1, simulated=True)


def test_the_switch_the_list_and_the_choice_of_members_agree(told):
    explorer = patch_widget(told)
    controls = explorer.controls
    assert controls["chosen"].value == ALL and controls["member"].value and controls["members"].value == "1-27"
    controls["patch"].value = 10
    controls["member"].value = False
    assert controls["members"].value == "1-9, 11-27" and controls["chosen"].value == OWN
    assert "mean of 26 of 27 patches" in explorer.text
    controls["member"].value = True
    assert controls["chosen"].value == ALL
    controls["chosen"].value = "the best 3 on validation"
    assert controls["member"].value == (9 in parsed(controls["members"].value, 27))
    controls["members"].value = "10"
    controls["member"].value = False
    assert controls["member"].value and controls["members"].value == "10"  # an ensemble of nobody predicts nothing
    controls["members"].value = "10, "
    assert explorer.text.startswith("Not possible: members: got ''")


def test_a_click_on_the_map_chooses_the_patch_there_and_one_beside_it_does_not(told):
    explorer = patch_widget(told)
    explorer.move(patch=1)
    z, y, x = GRID.centers[14]
    panel = int(np.searchsorted(np.unique(GRID.centers[:, 0]), z))
    corner = explorer._canvas.axes[panel].transData.transform((x, y)) / explorer._canvas._figure.bbox.size
    explorer.picture.clicked = [float(corner[0]), float(1 - corner[1]), 1]
    assert explorer.values["patch"] == 15 and "patch 15 MAE" in explorer.text
    assert explorer.point(3, 60, 60, explorer.values) == {}


def test_every_control_of_the_patches_changes_the_picture(told):
    explorer = patch_widget(told)
    moves = {
        "patch": 20,
        "member": False,
        "chosen": "the best 3 on validation",
        "members": "2, 5-7",
        "method": "linear",
    }
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = explorer.text, drawn(explorer)
        explorer.controls[name].value = value
        assert explorer.text != before[0] and drawn(explorer) != before[1] and explorer.error is None


def test_too_few_validation_people_for_the_weights_are_not_possible(told):
    (va, vp), (ta, tp) = told
    explorer = patch_map_explorer(vp[:10], va[:10], tp, ta, GRID, template(4).t1, simulated=False)
    assert not explorer.text.startswith("Simulated")
    explorer.move(method="linear")
    assert explorer.text.startswith("Not possible: validation: got 10 people, 28 weights need at least as many")


def test_predictions_that_do_not_match_the_grid_are_refused(told):
    (va, vp), (ta, tp) = told
    with pytest.raises(ValueError, match=r"predictions_test: got shape \(110, 26\), allowed is \(110, 27\)"):
        patch_map_explorer(vp, va, tp[:, 1:], ta, GRID, template(4).t1, simulated=True)


@pytest.fixture(scope="module")
def compared():
    return checked(COHORT, HEALTHY, True)


@pytest.mark.parametrize("method", ["none", "beheshti", "cole", "smith"])
def test_the_gaps_difference_and_area_are_those_of_the_formulas(compared, method):
    source = HEALTHY["age"].to_numpy(), HEALTHY["predicted"].to_numpy()
    cohort = COHORT[COHORT["site"] == "A"]
    age, raw = cohort["age"].to_numpy(), cohort["predicted"].to_numpy()
    gap = (raw if method == "none" else by_hand(method, source, raw, age)) - age
    ill, well = ((cohort["diagnosis"] == name).to_numpy() for name in ("AD", "control"))
    text = gap_scene(compared, "AD", "A", method).text
    (difference,) = re.findall(rf"Gap of AD {NUMBER} years", text)
    (area,) = re.findall(rf"AUROC {NUMBER}", text)
    assert as_number(difference) == pytest.approx(gap[ill].mean() - gap[well].mean(), abs=0.06)
    both = ill | well
    assert as_number(area) == pytest.approx(roc_auc_score(ill[both], gap[both]), abs=0.006)
    low, high = map(as_number, re.search(rf"controls \({NUMBER} to {NUMBER}\)", text).groups())
    assert low < as_number(difference) < high
    (older,) = re.findall(rf"Mean age {NUMBER} years against controls", text)
    assert as_number(older) == pytest.approx(age[ill].mean() - age[well].mean(), abs=0.06)
    assert text.startswith("Simulated. 40 people with AD at site A against 70 controls.")


def test_matched_pairs_are_of_one_age_and_shown_as_such(compared):
    explorer = gap_explorer(COHORT, HEALTHY, simulated=True)
    explorer.move(group="AD", matched=True, caliper=1)
    pairs = int(re.search(r"(\d+) pairs within 1 years of age", explorer.text)[1])
    assert 20 < pairs <= 40
    assert explorer._canvas.axes[0].get_xticklabels()[1].get_text() == f"AD\nN = {pairs}"
    (apart,) = re.findall(rf"in the pairs {NUMBER}", explorer.text)
    assert abs(as_number(apart)) <= 1
    assert explorer._canvas.axes[1].get_title("left").startswith("Matched: ")


def test_another_site_shifts_the_gap_and_is_named(compared):
    here, there = (gap_scene(compared, "AD", site).text for site in "AB")
    shift = [as_number(re.search(rf"Gap of AD {NUMBER} years", text)[1]) for text in (here, there)]
    assert shift[1] - shift[0] == pytest.approx(9.5, abs=0.11)
    assert "what the scanner does is in the gap" in there and "scanner" not in here


def test_a_group_that_a_site_has_not_is_not_possible_and_real_people_are_not_called_simulated(compared):
    with pytest.raises(ValueError, match="site: nobody with MCI was scanned at site B"):
        gap_scene(compared, "MCI", "B")
    real = gap_explorer(COHORT, HEALTHY, simulated=False)
    assert "imulated" not in real.text + real._canvas.axes[0].get_title("left")
    real.move(site="B")
    assert real.text == "Not possible: site: nobody with MCI was scanned at site B"


def test_a_table_without_a_column_or_without_controls_is_refused():
    with pytest.raises(ValueError, match=r"cohort: columns \['site'\] are missing"):
        gap_explorer(COHORT.drop(columns="site"), HEALTHY, simulated=True)
    with pytest.raises(ValueError, match=r"calibration: columns \['predicted'\] are missing"):
        gap_explorer(COHORT, HEALTHY.drop(columns="predicted"), simulated=True)
    with pytest.raises(ValueError, match=r"cohort: got diagnoses \['AD', 'MCI'\], needed are 'control'"):
        gap_explorer(COHORT[COHORT["diagnosis"] != "control"], HEALTHY, simulated=True)


def test_every_control_of_the_gap_changes_the_picture():
    explorer = gap_explorer(COHORT, HEALTHY, simulated=True)
    moves = {"group": "AD", "site": "B", "method": "beheshti", "matched": True, "caliper": 0.5}
    assert moves.keys() == explorer.controls.keys()
    for name, value in moves.items():
        before = explorer.text, drawn(explorer)
        explorer.controls[name].value = value
        assert explorer.text != before[0] and drawn(explorer) != before[1] and explorer.error is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_explorer_is_drawn_in_both_themes(theme, told):
    with mpl.rc_context():  # later tests must find Matplotlib as it was
        plotting.use(theme)
        for explorer in (
            aging_brain_explorer(),
            correction_lab_explorer(),
            patch_widget(told),
            gap_explorer(COHORT, HEALTHY, simulated=True),
        ):
            assert explorer.error is None and drawn(explorer)[:4] == b"\x89PNG" and explorer.picture.alt
        plotting.use("light")
