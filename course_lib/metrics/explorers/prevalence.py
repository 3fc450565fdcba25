"""The same test among many sick people and among few."""

from course_lib.explorer import Choice, Explorer, FloatSlider, Scene

from ..counts import ConfusionCounts
from ..figures import draw_people
from ..people import whole_people

PEOPLE = 1000
SHARES = {"50%": 0.5, "20%": 0.2, "10%": 0.1, "5%": 0.05, "2%": 0.02, "1.08%": 0.0108, "0.5%": 0.005, "0.19%": 0.0019}


def prevalence_explorer() -> Explorer:
    """Make a disease rarer and see, among 1,000 people, who is behind a positive test."""
    explorer = Explorer(
        prevalence_scene,
        title="Who is behind a positive test?",
        size=(9.5, 5.8),
        prevalence=Choice("Prevalence", SHARES),
        sensitivity=FloatSlider("Sensitivity", 0.9, min=0.5, max=0.999, step=0.001),
        specificity=FloatSlider("Specificity", 0.9, min=0.5, max=0.999, step=0.001),
    )
    for name in ("sensitivity", "specificity"):
        explorer.controls[name].readout_format = ".3f"
    return explorer


def prevalence_scene(prevalence: float, sensitivity: float, specificity: float) -> Scene:
    """What `prevalence_explorer` shows for these values of its controls."""
    test = ConfusionCounts(tp=sensitivity, fn=1 - sensitivity, fp=1 - specificity, tn=specificity)
    expected = test.at_prevalence(prevalence)
    people = whole_people(expected, PEOPLE)

    return Scene(
        text=f"Prevalence {100 * prevalence:g}%, sensitivity {sensitivity:.3f}, specificity {specificity:.3f}: "
        f"PPV {expected.ppv:.4f}, NPV {expected.npv:.4f}; of 100 positive tests, {100 * expected.ppv:.1f} are ill. "
        f"Rounded to {PEOPLE:,} whole people: {people.tp} true positive, {people.fn} false negative, "
        f"{people.fp} false positive, {people.tn} true negative.",
        alt=f"{PEOPLE:,} people, colored by what the test makes of them.",
        figure=lambda ax: draw_people(people, ax=ax),
    )
