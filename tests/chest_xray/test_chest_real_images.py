"""The pipeline on 621 real radiographs, one per patient: it trains, judges and says how little that is."""

import numpy as np
import pytest
import torch

from course_lib.chest_xray import FINDINGS, SmallChestNet, evaluate, prior_bias, train_classifier
from course_lib.data import ImageSet
from course_lib.published import published
from course_lib.training import predict


@pytest.fixture(scope="module")
def starter(test_data):
    return np.load(test_data / "nih_cxr14" / "nih_starter_621_128px.npz", allow_pickle=False)


@pytest.mark.filterwarnings(  # some findings are absent from one part or another, and both places say so
    "ignore::sklearn.exceptions.UndefinedMetricWarning", "ignore:.*validation.*:UserWarning"
)
def test_the_pipeline_runs_on_real_radiographs(starter):
    images = ImageSet(starter["images"], starter["labels"], class_names=FINDINGS, groups=starter["patient_id"])
    train, validation, test = images.resized(64).split((0.6, 0.15, 0.25), seed=0)
    torch.manual_seed(0)
    run = train_classifier(
        prior_bias(SmallChestNet(), train.labels), train, validation, epochs=3, seed=0, progress=False
    )
    outputs = [predict(run.model, part).numpy() for part in (test, validation)]
    result = evaluate(
        test.labels, outputs[0], groups=test.groups, validation=(validation.labels, outputs[1], validation.groups)
    )
    assert result.macro.low < result.macro.value < result.macro.high
    assert result.macro.high - result.macro.low > 0.05  # so few images say little
    columns = {"CheXNet": published("chest_xray")["auroc.chexnet"].value}
    assert "not comparable" in result.beside(columns, not_comparable="621 images, another split")["CheXNet"].iloc[0]


def test_the_predictions_that_come_with_them_rank_real_findings(starter):
    enough = starter["labels"].sum(axis=0) >= 20
    names = [name for name, kept in zip(FINDINGS, enough, strict=True) if kept]
    result = evaluate(starter["labels"][:, enough], starter["chexnet_prob"][:, enough], names=names, logits=False)
    assert result.macro.n_used == len(names) and result.macro.low > 0.7
