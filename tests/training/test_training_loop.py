import copy
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score
from torch import nn
from torch.nn.functional import cross_entropy
from training_cases import PLAIN, digits, noise, perceptron, sgd

from course_lib.data import ImageSet
from course_lib.training import fit, predict
from course_lib.training.inputs import from_bytes

STILL = {"optimizer": lambda parameters: torch.optim.SGD(parameters, lr=0.0)}


def accuracy(targets, outputs):
    return accuracy_score(targets, outputs.argmax(1))


def weights(model):
    return torch.cat([tensor.flatten().float() for tensor in model.state_dict().values()])


def test_full_batches_descend_the_gradient_as_written_by_hand():
    images, labels = digits(50)
    by_hand, losses = perceptron(), []
    for _ in range(5):
        loss = cross_entropy(by_hand(images), labels)
        gradients = torch.autograd.grad(loss, list(by_hand.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(by_hand.parameters(), gradients, strict=True):
                parameter -= 0.5 * gradient
        losses.append(loss.item())
    done = fit(
        *(perceptron(), (images, labels)),
        **PLAIN | {"epochs": 5, "batch_size": 50, "optimizer": lambda p: torch.optim.SGD(p, lr=0.5)},
    )
    np.testing.assert_allclose(done.history["train_loss"], losses, rtol=1e-5)
    torch.testing.assert_close(weights(done.model), weights(by_hand))


@pytest.mark.parametrize("samples", [48, 50, 71])
def test_accumulated_batches_are_one_larger_batch(samples):
    small = fit(perceptron(), digits(samples), **PLAIN, epochs=3, batch_size=6, accumulate=4, optimizer=sgd)
    large = fit(perceptron(), digits(samples), **PLAIN, epochs=3, batch_size=24, optimizer=sgd)
    torch.testing.assert_close(weights(small.model), weights(large.model))
    np.testing.assert_allclose(small.history["train_loss"], large.history["train_loss"], rtol=1e-6)


def test_losses_are_means_over_samples_also_with_an_uneven_last_batch():
    images, labels = digits(50)
    done = fit(perceptron(), (images, labels), (images[:31], labels[:31]), **PLAIN, **STILL, epochs=1, batch_size=7)
    assert done.history["train_loss"][0] == pytest.approx(cross_entropy(perceptron()(images), labels).item())
    expected = cross_entropy(perceptron()(images[:31]), labels[:31]).item()
    assert done.history["validation_loss"][0] == pytest.approx(expected)


def test_every_sample_comes_once_an_epoch_each_time_in_another_order():
    seen = []

    def watch(batch, generator):
        seen.append(batch[:, 0])
        return batch

    data = torch.arange(20.0)[:, None], torch.zeros(20, 1)
    fit(nn.Linear(1, 1), data, **PLAIN, epochs=3, batch_size=6, loss=nn.functional.l1_loss, transform=watch)
    epochs = torch.cat(seen).split(20)
    assert [len(batch) for batch in seen] == [6, 6, 6, 2] * 3
    assert all(epoch.sort().values.equal(data[0][:, 0]) for epoch in epochs)
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 3


def test_the_cosine_is_that_of_torch():
    optimizer = torch.optim.SGD(perceptron().parameters(), lr=0.1)
    reference, rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5 * 4), []
    for _ in range(5 * 4):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        reference.step()
    done = fit(perceptron(), digits(40), **PLAIN, epochs=5, batch_size=10, optimizer=sgd, schedule="cosine")
    np.testing.assert_allclose(done.history["learning_rate"], rates[3::4])


def test_a_schedule_of_ones_own_scales_each_groups_learning_rate():
    made = []

    def two_groups(parameters):
        first, *rest = parameters
        made.append(torch.optim.SGD([{"params": [first], "lr": 1.0}, {"params": rest, "lr": 0.1}]))
        return made[0]

    fit(perceptron(), digits(40), **PLAIN, epochs=2, batch_size=10, optimizer=two_groups, schedule=lambda f: 2 - f)
    assert [group["lr"] for group in made[0].param_groups] == pytest.approx([2 - 7 / 8, 0.1 * (2 - 7 / 8)])


def overfit(**options):
    """Fifteen samples learned by heart: the validation loss soon rises."""
    images, labels = digits(100)
    train, validation = (images[:15], labels[:15]), (images[15:], labels[15:])
    arguments = {"epochs": 60, "metrics": {"accuracy": accuracy}, "optimizer": sgd} | PLAIN | options
    return fit(perceptron(), train, validation, **arguments), validation


def test_early_stopping_waits_for_its_patience_and_returns_the_best_weights():
    done, (images, labels) = overfit(patience=4)
    losses = done.history["validation_loss"]
    assert done.stopped == "early"
    assert done.best_epoch == done.history["epoch"][losses.idxmin()] == len(losses) - 4
    assert cross_entropy(predict(done.model, images), labels).item() == pytest.approx(losses.min(), rel=1e-5)


def test_without_patience_the_last_weights_are_returned_and_the_best_epoch_is_told():
    done, (images, labels) = overfit()
    losses = done.history["validation_loss"]
    assert (done.stopped, len(losses)) == ("finished", 60)
    assert done.best_epoch == losses.idxmin() + 1 < 60
    assert cross_entropy(predict(done.model, images), labels).item() == pytest.approx(losses.iloc[-1], rel=1e-5)


def test_a_metric_can_be_monitored_upward():
    done, (images, labels) = overfit(monitor="accuracy", mode="max", patience=5)
    assert done.history["accuracy"].max() == accuracy(labels.numpy(), predict(done.model, images).numpy())
    assert done.best_epoch == done.history["accuracy"].idxmax() + 1


def test_an_undefined_metric_is_never_the_best():
    done, _ = overfit(metrics={"auroc": lambda *_: math.nan}, monitor="auroc", mode="max", patience=3)
    assert (done.stopped, done.best_epoch, len(done.history)) == ("early", None, 3)


def test_dropout_is_off_and_running_statistics_rest_outside_of_training():
    model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(64), nn.Dropout(0.5), nn.Linear(64, 10))
    images, labels = digits(60)
    done = fit(model, (images, labels), (images, labels), **PLAIN, **STILL, epochs=2, batch_size=20)
    again = cross_entropy(predict(model, images), labels).item()
    assert model[1].num_batches_tracked == 6
    assert done.history["validation_loss"][1] == pytest.approx(again, rel=1e-5)
    assert done.history["train_loss"].nunique() == 2  # the same weights, but other samples dropped
    assert not model.training


def test_the_seed_decides_everything_and_the_global_random_state_is_left_alone():
    def train(seed):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10))
        torch.manual_seed(123 + seed)
        before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
        fit(model, digits(60), **PLAIN, seed=seed, epochs=2, batch_size=20, transform=noise)
        assert torch.equal(before[0], torch.get_rng_state())
        assert np.array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002
        return weights(model)

    assert torch.equal(train(1), train(1))
    assert not torch.equal(train(1), train(2))


def test_the_transform_touches_the_training_inputs_only():
    images, labels = digits(30)
    given = images.clone()
    options = PLAIN | STILL | {"epochs": 1, "transform": lambda batch, generator: torch.zeros_like(batch)}
    done = fit(perceptron(), (images, labels), (images, labels), **options)
    blank = cross_entropy(perceptron()(torch.zeros_like(images)), labels).item()
    assert done.history["train_loss"][0] == pytest.approx(blank)
    assert done.history["validation_loss"][0] == pytest.approx(cross_entropy(perceptron()(images), labels).item())
    assert torch.equal(images, given)


def test_the_stop_button_keeps_what_was_learned():
    model, calls = perceptron(), []

    def stop_in_the_third_epoch(batch, generator):
        calls.append(copy.deepcopy(weights(model)))
        if len(calls) == 9:
            raise KeyboardInterrupt
        return batch

    done = fit(model, digits(40), **PLAIN, epochs=50, batch_size=10, transform=stop_in_the_third_epoch)
    assert (done.stopped, len(done.history)) == ("interrupted", 2)
    assert torch.equal(weights(done.model), calls[-1])
    assert not torch.equal(weights(done.model), weights(perceptron()))


def test_stopped_in_the_first_epoch_the_history_is_empty_but_has_its_columns():
    def stop(batch, generator):
        raise KeyboardInterrupt

    done = fit(perceptron(), digits(40), digits(10), **PLAIN, metrics={"accuracy": accuracy}, transform=stop)
    columns = ["epoch", "train_loss", "validation_loss", "accuracy", "learning_rate", "seconds"]
    assert (done.stopped, len(done.history), list(done.history)) == ("interrupted", 0, columns)


def test_a_loss_that_is_no_number_stops_the_run_and_says_what_to_try():
    steep = {"optimizer": lambda parameters: torch.optim.SGD(parameters, lr=1e20), "loss": nn.functional.mse_loss}
    with pytest.raises(FloatingPointError, match=r"train_loss became (nan|inf) in epoch \d: try a smaller learning"):
        fit(nn.Linear(1, 1), (torch.ones(40, 1), torch.zeros(40, 1)), **PLAIN, **steep, batch_size=10)


def test_a_validation_loss_that_is_no_number_stops_the_run_too():
    validation = torch.full((3, 1), math.nan), torch.zeros(3, 1)
    with pytest.raises(FloatingPointError, match="validation_loss became nan in epoch 1"):
        fit(nn.Linear(1, 1), (torch.ones(4, 1), torch.ones(4, 1)), validation, **PLAIN, loss=nn.functional.mse_loss)


def test_the_callback_sees_each_row_and_the_model_ready_for_use():
    seen = []
    model = perceptron()
    done = fit(model, digits(20), **PLAIN, epochs=3, callback=lambda *given: seen.append((*given, model.training)))
    assert [(epoch, training) for epoch, _, _, training in seen] == [(1, False), (2, False), (3, False)]
    assert [row for _, row, _, _ in seen] == done.history.to_dict("records")
    assert all(given is model for _, _, given, _ in seen)


def test_one_bar_shows_the_losses_or_none_is_shown(capsys):
    fit(perceptron(), digits(20), digits(20), **PLAIN, epochs=2)
    assert capsys.readouterr() == ("", "")
    done = fit(perceptron(), digits(20), digits(20), **PLAIN | {"progress": True}, epochs=2, batch_size=5)
    out, err = capsys.readouterr()
    last = err.replace("\r", "\n").strip().splitlines()[-1]
    assert out == ""
    assert "epoch 2/2: 100%" in last
    assert "8/8" in last
    assert f"validation_loss={done.history['validation_loss'][1]:.4f}" in last


def test_image_sets_and_arrays_are_taken_as_they_are():
    images, labels = digits(20)
    image_set = SimpleNamespace(tensors=lambda: (images, labels))
    results = [
        weights(fit(perceptron(), data, data, **PLAIN, epochs=2).model)
        for data in ((images, labels), image_set, (images.numpy(), labels.numpy()))
    ]
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


def test_bfloat16_leaves_weights_and_outputs_in_float32():
    dtypes = []

    def loss(outputs, targets):
        dtypes.append(outputs.dtype)
        return cross_entropy(outputs, targets)

    done = fit(perceptron(), digits(40), **PLAIN | {"precision": "bf16-mixed"}, epochs=1, loss=loss)
    assert set(dtypes) == {next(done.model.parameters()).dtype} == {torch.float32}


@pytest.mark.parametrize("precision", ["64-true", "bf16-true"])
def test_a_model_answers_in_the_precision_that_it_was_trained_in(precision):
    images, labels = digits(40)
    done = fit(perceptron(), (images, labels), **PLAIN | {"precision": precision}, epochs=1, optimizer=sgd)
    outputs = predict(done.model, images)
    assert next(done.model.parameters()).dtype == {"6": torch.float64, "b": torch.bfloat16}[precision[0]]
    assert outputs.dtype == torch.float32
    single = copy.deepcopy(done.model).float()
    torch.testing.assert_close(outputs, predict(single, images), atol=0.02, rtol=0.02)


def test_what_is_no_float_is_given_to_the_model_as_it_is():
    table = nn.Embedding(5, 2).double()
    torch.testing.assert_close(predict(table, torch.tensor([3, 1])), table.weight[[3, 1]].detach().float())
    images = torch.tensor([[0, 255]], dtype=torch.uint8)
    assert predict(nn.Flatten(), images).tolist() == [[0, 255]]


def test_bytes_become_shares_in_the_precision_of_the_weights():
    batch = torch.tensor([0, 51, 255], dtype=torch.uint8)
    for model, dtype in ((nn.Linear(3, 1), torch.float32), (nn.Linear(3, 1).double(), torch.float64)):
        shares = from_bytes(batch, model)
        assert shares.dtype == dtype and shares.tolist() == pytest.approx([0, 0.2, 1], abs=1e-7)
        assert from_bytes(torch.ones(3), model).dtype == dtype
    assert from_bytes(batch, nn.Flatten()).dtype == torch.float32


def test_lightning_is_loaded_by_the_first_training_only():
    program = "import sys; from course_lib.training import fit, predict; assert 'lightning_fabric' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_digits_are_learned():
    images, labels = digits(1200)
    done = fit(perceptron(), (images[::2], labels[::2]), **PLAIN, optimizer=sgd, batch_size=32, epochs=15)
    assert accuracy(labels[1::2], predict(done.model, images[1::2])) > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs: 0 came; at least 1"),
        ({"batch_size": 0}, "batch_size: 0 came"),
        ({"accumulate": -1}, "accumulate: -1 came"),
        ({"patience": 0}, "patience: 0 came"),
        ({"seed": -1}, "seed: -1 came"),
        ({"mode": "up"}, "mode: 'up' came; allowed are 'min' and 'max'"),
        ({"schedule": "step"}, "schedule: 'step' came; allowed are None, 'cosine'"),
        ({"metrics": {"seconds": accuracy}}, r"metrics: \['seconds'\] came; the history uses"),
        ({"metrics": {"accuracy": accuracy}}, r"metrics: \['accuracy'\] came without validation"),
        ({"patience": 3}, r"monitor: 'validation_loss' came; this run's history can offer \['train_loss'\]"),
        ({"monitor": "auc"}, r"monitor: 'auc' came; this run's history can offer \['train_loss'\]"),
        ({"train": (torch.ones(3, 1), torch.ones(2))}, "train: 3 inputs and 2 targets came"),
        ({"train": (torch.ones(0, 1), torch.ones(0))}, "train: 0 inputs and 0 targets came"),
        ({"train": (torch.ones(3, 1), None)}, r"train: a pair with \['Tensor', 'NoneType'\] came"),
        ({"train": "digits"}, "train: str came; allowed are an ImageSet with labels or a pair"),
        ({"validation": torch.ones(3)}, "validation: Tensor came"),
        ({"device": "abacus"}, "abacus"),
    ],
)
def test_what_is_not_allowed_is_said(options, message):
    arguments = {"model": nn.Linear(1, 1), "train": (torch.ones(3, 1), torch.ones(3, 1))} | PLAIN | options
    with pytest.raises(ValueError, match=message):
        fit(**arguments)


def test_predictions_come_in_order_whatever_the_batch_size():
    images, _ = digits(50)
    model = perceptron()
    with torch.no_grad():
        expected = model(images)
    for batch_size in (1, 7, 256):
        torch.testing.assert_close(predict(model, images, batch_size=batch_size), expected)
    torch.testing.assert_close(predict(model, images.numpy(), device="cpu"), expected)
    torch.testing.assert_close(predict(model, SimpleNamespace(tensors=lambda: (images, None))), expected)


def test_predicting_leaves_each_layer_in_its_mode():
    model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(64).eval(), nn.Dropout(0.9))
    outputs = predict(model, digits(5)[0])
    assert (model.training, model[1].training, model[2].training) == (True, False, True)
    assert model[1].num_batches_tracked == 0
    assert not outputs.requires_grad
    torch.testing.assert_close(outputs, predict(model, digits(5)[0]))


def test_an_image_set_is_turned_into_floats_batch_by_batch():
    images = ImageSet(np.random.default_rng(0).integers(0, 256, (10, 4, 4), dtype=np.uint8))
    seen = []

    class Watching(nn.Flatten):
        def forward(self, batch):
            seen.append(len(batch))
            return super().forward(batch)

    outputs = predict(Watching(), images, batch_size=4)
    assert seen == [4, 4, 2] and torch.equal(outputs, images.tensors()[0].flatten(1))
