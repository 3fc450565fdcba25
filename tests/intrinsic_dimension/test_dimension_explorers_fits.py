"""The paper's fit tells what leaving out changes; a click must hit a point; slices are ready before the first move."""

import re

import numpy as np
import pytest
from scipy import stats

from course_lib.intrinsic_dimension.explorers import paper_fit_explorer, patient_slices_explorer
from course_lib.intrinsic_dimension.explorers.paper_fit import clicked, paper_scene
from course_lib.intrinsic_dimension.explorers.patient_slices import EACH, SPREADS, TREATMENTS, estimates
from course_lib.published import published

FACTS = {name: entry.value for name, entry in published("intrinsic_dimension").items()}
NAMES = FACTS["konz.radiological"]
X = np.array([FACTS["konz.dimension"][name] for name in NAMES], float)
Y = np.array([FACTS["konz.accuracy"][name][6] for name in NAMES])


def test_with_all_data_sets_the_papers_own_numbers_stand_beside():
    assert "The paper prints −0.0194 and 0.824, without an interval." in paper_scene("radiological", 2000, "").text


@pytest.mark.parametrize("out", ["Prostate", "BraTS", "CheXpert"])
def test_leaving_one_out_says_how_much_steeper_or_flatter_the_line_is(out):
    kept = np.array(NAMES) != out
    change = 100 * (stats.linregress(X[kept], Y[kept]).slope / stats.linregress(X, Y).slope - 1)
    word = "steeper" if change > 0 else "flatter"
    assert f"now it is {abs(round(change))} % {word}." in paper_scene("radiological", 2000, out).text


def test_intervals_without_one_more_are_counted():
    kept, holding = np.array(NAMES) != "Prostate", 0
    for name in NAMES[1:]:
        fewer = kept & (np.array(NAMES) != name)
        fit = stats.linregress(X[fewer], Y[fewer])
        holding += abs(fit.slope) <= stats.t.ppf(0.975, fewer.sum() - 2) * fit.stderr
    text = paper_scene("radiological", 2000, "Prostate").text
    assert f"With one more left out, 0 is in {holding} of 6 intervals." in text


def test_three_data_sets_have_an_interval_but_none_to_spare():
    text = paper_scene("radiological", 500, "Prostate, BraTS, DBC, CheXpert").text
    assert "[−1.5339, 1.5179]" in text and "one more" not in text
    assert "turned round" in paper_scene("radiological", 750, "Prostate, BraTS, DBC, CheXpert").text


def test_a_click_beside_every_point_changes_nothing():
    values = {"domain": "radiological", "n_train": 2000, "drop": "BraTS"}
    assert clicked(0, 20, 0.95, values) == {}
    assert clicked(0, X[0] + 0.5, Y[0] - 0.01, values) == {"drop": "Prostate, BraTS"}


def test_the_scale_stays_when_a_data_set_is_dropped():
    explorer = paper_fit_explorer()
    before = explorer._canvas.axes[0].get_xlim(), explorer._canvas.axes[0].get_ylim()
    explorer.move(drop="Prostate, CheXpert")
    ax = explorer._canvas.axes[0]
    assert (ax.get_xlim(), ax.get_ylim()) == before
    for domain in ("radiological", "natural"):
        for size in FACTS["konz.training_sizes"]:
            explorer.move(domain=domain, n_train=size, drop="")
            ax, (names, x, y) = explorer._canvas.axes[0], (FACTS[f"konz.{domain}"], [], [])
            at = FACTS["konz.training_sizes"].index(size)
            for name in names:
                x, y = [*x, FACTS["konz.dimension"][name]], [*y, FACTS["konz.accuracy"][name][at]]
            assert ax.get_xlim()[0] < min(x) and max(x) < ax.get_xlim()[1]
            assert ax.get_ylim()[0] < min(y) and max(y) < ax.get_ylim()[1]


def test_slices_are_computed_before_the_first_move():
    explorer = patient_slices_explorer(seed=3)
    computed = estimates.cache_info().misses
    for spread in SPREADS:
        explorer.move(spread=spread, each=EACH[-1], treatment=TREATMENTS[2])
    assert estimates.cache_info().misses == computed


def test_one_slice_of_each_is_the_same_under_every_treatment_and_more_similar_slices_collapse_further():
    near, far = estimates(0, SPREADS[0]), estimates(0, SPREADS[-1])
    assert len({near[name][0] for name in TREATMENTS}) == 1
    assert all(a < b for a, b in zip(near[TREATMENTS[0]][1:], far[TREATMENTS[0]][1:], strict=True))
    said = patient_slices_explorer().text
    assert re.search(r"dimension ([\d.]+)", said)[1] == f"{estimates(0, 0.2)[TREATMENTS[0]][0]:.2f}"
