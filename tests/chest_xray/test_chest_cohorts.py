"""Cohorts by name, and the networks that come with the course."""

import numpy as np
import pytest
import torch

from course_lib import metrics
from course_lib.chest_xray import (
    FINDINGS,
    cohort,
    softmax_probabilities,
    trained_network,
    trained_softmax,
    training_log,
)
from course_lib.chest_xray.trained import SEEDS, checkpoint_folder
from course_lib.training import predict


@pytest.fixture(scope="module")
def test_part():
    return cohort("simulated", "test")


def test_the_parts_of_the_simulated_cohort_share_no_patient_and_no_image(test_part):
    validation = cohort("simulated", "validation")
    assert not set(test_part.groups) & set(validation.groups)
    assert not {image.tobytes() for image in test_part.images} & {image.tobytes() for image in validation.images}
    assert test_part.class_names == FINDINGS and test_part.card.simulated


def test_the_stored_networks_find_what_they_were_trained_for_on_patients_they_have_not_seen(test_part):
    scores = [predict(trained_network(seed), test_part).numpy() for seed in SEEDS]
    found = np.array([metrics.auroc(test_part.labels, score) for score in scores])  # (seeds, findings)
    assert ((found.mean(axis=1) > 0.78) & (found.mean(axis=1) < 0.92)).all()
    frequent = test_part.labels.sum(axis=0) >= 30
    assert (found.mean(axis=0)[frequent] > 0.62).all()


def test_the_softmax_network_ranks_worse(test_part):
    probability = softmax_probabilities(predict(trained_softmax(), test_part)).numpy()
    sigmoid = metrics.auroc(test_part.labels, predict(trained_network(0), test_part).numpy()).mean()
    assert 0.6 < metrics.auroc(test_part.labels, probability).mean() < sigmoid


def test_each_stored_file_is_small_and_holds_nothing_but_tensors():
    for path in checkpoint_folder().glob("*.pt"):
        assert path.stat().st_size < 1e6
        weights = torch.load(path, weights_only=True)
        assert all(isinstance(value, torch.Tensor) for value in weights.values())


def test_the_log_holds_every_epoch_and_marks_the_kept_one():
    log = training_log()
    assert set(log["seed"]) == {*SEEDS, "softmax"}
    assert (log.groupby("seed")["kept"].sum() == 1).all()
    for _, run in log.groupby("seed"):
        assert run["auroc"].idxmax() == run.index[run["kept"]][0]


def test_what_is_not_there_is_said():
    with pytest.raises(ValueError, match="name: got 'chexpert', allowed are 'simulated', 'chestmnist', 'nih'"):
        cohort("chexpert", "test")
    with pytest.raises(ValueError, match="seed: got 9, networks were trained with 0, 1, 2"):
        trained_network(9)


def test_nihs_images_are_asked_for_where_they_belong(tmp_path):
    with pytest.raises(FileNotFoundError):
        cohort("nih", "test", folder=tmp_path)
