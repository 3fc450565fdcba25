"""Cohorts of simulated radiographs: what they hold, what they depend on, and that they say so."""

import numpy as np
import pytest

from course_lib.chest_xray.findings import DESCRIPTIONS, FINDINGS
from course_lib.chest_xray.simulator import finding_mask, simulate_radiographs
from course_lib.chest_xray.simulator.patients import draw_patient, label_patterns, report_labels
from course_lib.published import published


@pytest.fixture(scope="module")
def cohort():
    return simulate_radiographs(120, seed=5)


def test_a_cohort_is_complete(cohort):
    n = len(cohort)
    assert cohort.images.shape == (n, 64, 64) and cohort.images.dtype == np.uint8
    assert cohort.labels.shape == (n, 14) and cohort.labels.dtype == np.uint8
    assert cohort.class_names == FINDINGS == tuple(published("chest_xray")["findings"].value)
    assert cohort.task == "multi-label" and cohort.card.simulated
    assert cohort.extras["masks"].shape == (n, 64, 64) and cohort.extras["masks"].dtype == np.uint16
    assert cohort.extras["true_labels"].dtype == np.uint8 and cohort.extras["severity"].dtype == np.float32


@pytest.mark.parametrize("size", [64, 128, 224])
def test_every_size_shows_the_same_patients_with_the_same_findings(size):
    small, other = simulate_radiographs(4, seed=2), simulate_radiographs(4, seed=2, size=size)
    assert other.images.shape[1:] == (size, size)
    assert np.array_equal(small.labels, other.labels)
    for a, b in zip(small.images, other.resized(64).images, strict=True):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


def test_every_description_is_a_sentence():
    assert tuple(DESCRIPTIONS) == FINDINGS
    assert all(text[0].isupper() and text.endswith(".") for text in DESCRIPTIONS.values())


def test_the_same_seed_gives_the_same_cohort_and_another_another():
    first, second, other = (simulate_radiographs(3, seed=seed).images for seed in (7, 7, 8))
    assert np.array_equal(first, second)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_patient_does_not_depend_on_how_many_there_are():
    few, many = simulate_radiographs(3, seed=4), simulate_radiographs(9, seed=4)
    assert np.array_equal(many.images[: len(few)], few.images)
    assert np.array_equal(many.extras["masks"][: len(few)], few.extras["masks"])
    assert many.covariates.iloc[: len(few)].equals(few.covariates)


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    simulate_radiographs(1)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_mask_is_there_where_and_only_where_its_finding_is(cohort):
    for k, finding in enumerate(FINDINGS):
        drawn = finding_mask(cohort, finding).any((1, 2))
        assert np.array_equal(drawn, cohort.extras["true_labels"][:, k].astype(bool)), finding
    assert not (cohort.extras["masks"] >> 14).any()


def test_severity_is_above_zero_exactly_where_the_finding_is(cohort):
    severity = cohort.extras["severity"]
    assert np.array_equal(severity > 0, cohort.extras["true_labels"] == 1) and severity.max() <= 1


def test_no_image_has_more_than_four_findings(cohort):
    assert cohort.extras["true_labels"].sum(1).max() <= 4


def test_patients_have_one_sex_and_grow_older_through_their_visits(cohort):
    table = cohort.covariates.assign(patient=cohort.groups)
    assert (table.groupby("patient").sex.nunique() == 1).all()
    assert (table.groupby("patient").age.diff().dropna() >= 0).all()
    assert table.age.between(18, 94).all() and set(table.sex) == {"F", "M"}
    assert all(visits.tolist() == list(range(len(visits))) for _, visits in table.groupby("patient").follow_up)
    assert table.groupby("patient").size().between(1, 5).all()


def test_images_per_patient_is_what_was_asked_for():
    cohort = simulate_radiographs(3, images_per_patient=4)
    assert cohort.groups.tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_persistent_findings_stay_and_keep_their_site():
    cohort = simulate_radiographs(40, images_per_patient=2, persistence=1.0, seed=3)
    truth = cohort.extras["true_labels"]
    assert np.array_equal(truth[::2], truth[1::2])
    masks = finding_mask(cohort, "Mass")
    there = truth[::2, FINDINGS.index("Mass")] == 1
    before, after = masks[::2][there], masks[1::2][there]
    overlap = 2 * (before & after).sum((1, 2)) / (before.sum((1, 2)) + after.sum((1, 2)))
    assert there.sum() >= 3 and np.median(overlap) > 0.6


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_follow_ups_keep_their_findings_as_often_as_asked(persistence):
    patterns = label_patterns(0.10)
    pairs = [draw_patient(np.random.default_rng([1, i]), patterns, 2, persistence)[1] for i in range(4000)]
    same = np.mean([np.array_equal(a.severity > 0, b.severity > 0) for a, b in pairs])
    by_chance = (patterns.probability**2).sum()
    assert same == pytest.approx(persistence + (1 - persistence) * by_chance, abs=0.03)


def test_prevalences_are_the_real_ones_between_floor_and_ceiling():
    table = published("chest_xray")["prevalence"].value
    goal = np.clip([table[finding] for finding in FINDINGS], 0.10, 0.14)
    patterns = label_patterns(0.10)
    assert patterns.prevalence == pytest.approx(goal, abs=0.004)
    assert patterns.probability[~patterns.present.any(1)].sum() == pytest.approx(0.35, abs=0.001)
    assert patterns.probability.sum() == pytest.approx(1) and patterns.present.sum(1).max() <= 4


def test_without_a_floor_prevalences_are_the_real_ones():
    table = published("chest_xray")["prevalence"].value
    prevalence = label_patterns(None).prevalence
    assert prevalence == pytest.approx([table[finding] for finding in FINDINGS], abs=0.006)


def test_findings_that_go_together_in_the_real_table_go_together_here():
    patterns = label_patterns(0.10)
    names = ("Atelectasis", "Effusion", "Nodule")
    atelectasis, effusion, nodule = (patterns.present[:, FINDINGS.index(name)] for name in names)
    given = patterns.probability[atelectasis & effusion].sum() / patterns.probability[atelectasis].sum()
    other = patterns.probability[nodule & effusion].sum() / patterns.probability[nodule].sum()
    assert given > 1.6 * other


def test_a_drawn_cohort_has_the_prevalences_of_its_patterns():
    patterns = label_patterns(0.10)
    visits = [draw_patient(np.random.default_rng([2, i]), patterns, 1, 0.6)[1][0] for i in range(6000)]
    share = np.mean([visit.severity > 0 for visit in visits], axis=0)
    assert share == pytest.approx(patterns.prevalence, abs=0.015)


def test_label_noise_has_the_sensitivity_and_predictive_value_it_promises():
    rng, prevalence = np.random.default_rng(0), np.full(14, 0.12)
    truth = (rng.random((40_000, 14)) < prevalence).astype(np.uint8)
    mined = np.array([report_labels(rng, row, prevalence, 0.2) for row in truth])
    hits = (truth & mined).sum()
    assert hits / truth.sum() == pytest.approx(0.8, abs=0.01)
    assert hits / mined.sum() == pytest.approx(0.8, abs=0.01)
    assert mined.mean() == pytest.approx(0.12, abs=0.003)


def test_label_noise_changes_labels_and_nothing_else():
    clean, noisy = simulate_radiographs(20, seed=1), simulate_radiographs(20, seed=1, label_noise=0.3)
    assert np.array_equal(clean.images, noisy.images)
    assert np.array_equal(clean.labels, noisy.extras["true_labels"])
    assert not np.array_equal(noisy.labels, noisy.extras["true_labels"])


def test_site_b_shows_the_same_patients_in_other_gray_values_and_with_more_noise():
    a, b = (simulate_radiographs(15, seed=6, site=site) for site in "AB")
    assert np.array_equal(a.labels, b.labels) and a.covariates.equals(b.covariates)
    assert np.array_equal(a.extras["severity"], b.extras["severity"])
    abdomen = np.s_[:, 52:60, 24:40]
    assert a.images[abdomen].mean() > b.images[abdomen].mean() + 15
    fine_a, fine_b = (np.diff(c.images[:, 4:60, 4:60].astype(float), 2).std() for c in (a, b))
    assert fine_b > 1.1 * fine_a


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_patients": 0}, "n_patients: 0 is not allowed; a whole number from 1 on"),
        ({"n_patients": 2.5}, "n_patients: 2.5"),
        ({"size": 100}, "size: 100 is not allowed; 64, 128, 224 pixels"),
        ({"seed": -1}, "seed: -1 is not allowed"),
        ({"site": "C"}, "site: 'C' is unknown; allowed are 'A', 'B'"),
        ({"images_per_patient": 0}, "images_per_patient: 0"),
        ({"persistence": 1.2}, "persistence: 1.2 is not allowed; a number from 0.0 to 1.0"),
        ({"label_noise": 0.6}, "label_noise: 0.6 is not allowed; a number from 0.0 to 0.5"),
        ({"floor": 0.3}, "floor: 0.3 is not allowed; a number from 0.0 to 0.14"),
        ({"floor": float("nan")}, "floor: nan"),
    ],
)
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_radiographs(**{"n_patients": 1, **arguments})


def test_a_mask_needs_a_known_finding_and_a_simulated_cohort(cohort):
    with pytest.raises(ValueError, match="finding: 'Fracture' is unknown; allowed are Atelectasis"):
        finding_mask(cohort, "Fracture")
    from course_lib.data import ImageSet

    with pytest.raises(ValueError, match="cohort: it has no masks"):
        finding_mask(ImageSet(np.zeros((1, 8, 8), np.uint8)), "Mass")


def test_masks_of_a_part_are_the_part_of_the_masks(cohort):
    assert np.array_equal(finding_mask(cohort[3:9], "Effusion"), finding_mask(cohort, "Effusion")[3:9])


def test_every_true_finding_has_a_place_also_the_faintest_effusion():
    cohort = simulate_radiographs(260, seed=0)
    effusion = FINDINGS.index("Effusion")
    shown = finding_mask(cohort, "Effusion").any(axis=(1, 2))
    assert shown.sum() > 60 and np.array_equal(shown, cohort.extras["true_labels"][:, effusion] == 1)
