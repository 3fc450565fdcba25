"""From a folder of NIfTI files to predicted ages: every step of the lecture on files that a person might bring."""

import nibabel
import numpy as np
import pandas as pd
import pytest
import torch
from nilearn.datasets import load_mni152_template

from course_lib.brain_age.bias import BiasCorrection
from course_lib.brain_age.linear import ridge_regression, voxel_features
from course_lib.brain_age.networks import BrainNet
from course_lib.brain_age.regression import predict_ages, train_regressor
from course_lib.brain_age.slope import bias_slope
from course_lib.brain_age.volumes import from_folder

PEOPLE = 60


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """The template of nilearn, smaller with age, each a little moved, turned and noisy; from several scanners."""
    folder, rng = tmp_path_factory.mktemp("brains"), np.random.default_rng(0)
    brain, table = load_mni152_template(resolution=3), []
    values = brain.get_fdata(dtype=np.float32)
    for number in range(PEOPLE):
        age = rng.uniform(45, 80)
        noisy = np.where(values > 0.05, values + rng.normal(0, 0.03, values.shape), 0) * rng.uniform(100, 4000)
        image = nibabel.Nifti1Image(noisy.astype(np.int16), moved(age, rng) @ brain.affine)
        order = nibabel.orientations.axcodes2ornt(("RAS", "LPS", "PIR")[number % 3])
        file = f"sub-{number:02}{('.nii', '.nii.gz')[number % 2]}"
        nibabel.save(image.as_reoriented(nibabel.orientations.ornt_transform(
            nibabel.io_orientation(image.affine), order)), folder / file)  # fmt: skip
        table.append({"file": file, "age": age, "sex": "FM"[number % 2]})
    return from_folder(folder, pd.DataFrame(table), progress=False)


def moved(age, rng):
    """An affine: size by age, with a spread of 1.5 %; a turn of about 1°; a shift of about 1 mm."""
    turn = rng.normal(0, 0.02)
    matrix = np.diag([1 - (age - 45) / 35 * 0.1 + rng.normal(0, 0.015)] * 3 + [1.0])
    matrix[:2, :2] @= [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    matrix[:3, 3] = rng.normal(0, 1, 3)
    return matrix


def parts(cohort):
    return cohort[:30], cohort[30:45], cohort[45:]


def test_a_network_learns_from_a_folder_and_answers_in_years(cohort):
    train, validation, test = parts(cohort)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = BrainNet()
    run = train_regressor(network, train, validation, epochs=20, batch_size=6, seed=0, progress=False)
    predicted = predict_ages(run.model, test)
    assert predicted.shape == (15,) and np.isfinite(predicted).all()
    assert np.abs(predicted - test.labels).mean() < 0.85 * np.abs(test.labels - train.labels.mean()).mean()
    assert np.corrcoef(predicted, test.labels)[0, 1] > 0.6
    correction = BiasCorrection().fit(validation.labels, predict_ages(run.model, validation))
    assert np.isfinite(correction.correct(np.clip(predicted, 40, 90), test.labels)).all()


def test_ridge_regression_on_voxels_is_the_baseline_to_beat(cohort):
    train, validation, test = parts(cohort)
    features = [voxel_features(part, block=4) for part in (train, validation, test)]
    model = ridge_regression().fit(features[0], train.labels)
    predicted = np.concatenate([model.predict(part) for part in features[1:]])
    age = np.concatenate([validation.labels, test.labels])
    assert np.abs(predicted - age).mean() < 0.8 * np.abs(age - train.labels.mean()).mean()
    assert bias_slope(age, predicted).slope < 0


def test_files_of_three_orientations_lie_alike(cohort):
    means = np.stack([cohort.images[start::3].mean(axis=0) for start in range(3)])
    assert np.corrcoef(means.reshape(3, -1)).min() > 0.98
