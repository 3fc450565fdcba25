"""What a split by image measures too much: the same test images, judged by two networks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from course_lib.data import ImageSet
from course_lib.metrics import bootstrap_auroc
from course_lib.training import predict

from .classifier import train_classifier
from .networks import SmallChestNet, prior_bias

SPLITS = ("by image", "by patient")


@dataclass(frozen=True)
class SplitExperiment:
    """Macro AUROC on the same images after either split.

    Attributes
    ----------
    frame : DataFrame
        ``split``, ``estimate``, ``low``, ``high`` (95 %, bootstrap of patients).
    difference : (estimate, low, high)
        By image minus by patient, on the same replicates: the optimism.
    n_test, n_train, n_patients : int
        Test images, training images of either network, patients of the test images.
    """

    frame: pd.DataFrame
    difference: tuple[float, float, float]
    n_test: int
    n_train: int
    n_patients: int


def split_experiment(
    cohort: ImageSet, *, epochs: int, seed: int, n_test_images: int = 2, progress: bool = False
) -> SplitExperiment:
    """Train one network on other images of the test patients and one on other patients; test both on the same images.

    Two fifths of the patients are tested on their first images. One network learns from the rest of *their* images,
    as a split by image lets it; the other from as many images of two other fifths. Everything else is the same: the
    epoch is chosen on the last fifth, whom neither has met.

    Parameters
    ----------
    cohort : ImageSet
        With groups; patients with as many images each, more than `n_test_images`.
    epochs, seed : int
    n_test_images : int
        Of each patient.

    Raises
    ------
    ValueError
        If the cohort names no patients, or their images are not equally many.
    """
    if cohort.groups is None:
        raise ValueError("cohort: got no groups, which are the patients of its images")
    patients, place, counts = np.unique(cohort.groups, return_inverse=True, return_counts=True)
    if len(set(counts)) > 1 or counts[0] <= n_test_images:
        raise ValueError(f"cohort: each patient needs the same number of images, more than {n_test_images}")
    if len(patients) < 5:
        raise ValueError(f"cohort: got {len(patients)} patients, allowed are 5 or more")
    visit = np.argsort(np.argsort(place, kind="stable"), kind="stable") % counts[0]
    fifth, first = len(patients) // 5, visit < n_test_images
    tested, others, choosing = place < 2 * fifth, (place >= 2 * fifth) & (place < 4 * fifth), place >= 4 * fifth
    test, validation = cohort[tested & first], cohort[choosing]
    found = []
    for part in (cohort[tested & ~first], cohort[others & ~first]):
        run = train_classifier(_network(part, seed), part, validation, epochs=epochs, seed=seed, progress=progress)
        outputs = predict(run.model, test).numpy()
        found.append(bootstrap_auroc(test.labels, outputs, groups=test.groups, names=cohort.class_names, seed=seed))
    optimism = found[0].minus(found[1]).macro
    rows = [(split, one.macro.estimate, *one.macro.interval()) for split, one in zip(SPLITS, found, strict=True)]
    return SplitExperiment(
        pd.DataFrame(rows, columns=["split", "estimate", "low", "high"]),
        (optimism.estimate, *map(float, optimism.interval())),
        len(test),
        len(part),
        len(np.unique(test.groups)),
    )


def _network(part: ImageSet, seed: int) -> SmallChestNet:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return prior_bias(SmallChestNet(), part.labels)
