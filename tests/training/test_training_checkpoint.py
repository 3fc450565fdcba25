import multiprocessing
import os
import pickle
import signal
import time
import zipfile

import numpy as np
import pytest
import torch
from torch import nn
from training_cases import chancy_network, digits, noise, perceptron, run_resumable, sgd, train_and_save

from course_lib.training import checkpoint as checkpoint_module


def interrupt_after(calls, function=lambda *_: None):
    """`function`, during whose n-th call somebody presses the stop button; it keeps the name that settings know."""
    count = iter(range(calls))

    def noise(*arguments):
        if next(count, None) is None:
            raise KeyboardInterrupt
        return function(*arguments)

    return noise


def assert_same(one, other):
    assert one.history.drop(columns="seconds").equals(other.history.drop(columns="seconds"))
    assert (one.stopped, one.best_epoch) == (other.stopped, other.best_epoch)
    assert all(
        torch.equal(a, b)
        for a, b in zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "run.checkpoint"


@pytest.mark.parametrize("batches", [3, 6, 20, 47])
@pytest.mark.parametrize(
    "options",
    [{}, {"optimizer": sgd, "accumulate": 2}, {"patience": 2}, {"precision": "64-true"}, {"precision": "bf16-true"}],
    ids=["AdamW", "SGD", "patience", "64-true", "bf16-true"],
)
def test_stopped_in_the_middle_of_an_epoch_and_resumed_is_as_if_never_stopped(path, batches, options):
    stopped = run_resumable(path, **options | {"transform": interrupt_after(batches, noise)})
    assert stopped.stopped == "interrupted"
    assert len(stopped.history) == batches // 6
    resumed = run_resumable(path, model=chancy_network(0 if batches < 6 else 5), **options)
    assert_same(resumed, run_resumable(None, **options))


def test_an_early_stop_is_remembered(path):
    options = {"optimizer": lambda p: torch.optim.SGD(p, lr=5.0), "patience": 1, "epochs": 30, "schedule": None}
    first = run_resumable(path, **options)
    assert first.stopped == "early"
    assert_same(run_resumable(path, **options, callback=interrupt_after(0)), first)


def test_a_finished_run_returns_at_once(path):
    first = run_resumable(path)
    before = path.read_bytes()
    again = run_resumable(path, model=chancy_network(5), callback=interrupt_after(0))
    assert_same(again, first)
    assert path.read_bytes() == before


def test_more_epochs_go_on_as_if_asked_for_at_once(path):
    run_resumable(path, epochs=3, schedule=None)
    assert_same(run_resumable(path, epochs=8, schedule=None), run_resumable(None, epochs=8, schedule=None))


def test_more_epochs_than_a_schedule_was_planned_for_are_refused(path):
    run_resumable(path, epochs=3)
    with pytest.raises(ValueError, match=r"epochs of the schedule: 3 there, 8 here"):
        run_resumable(path, epochs=8)


def test_fewer_epochs_than_trained_are_refused(path):
    run_resumable(path, epochs=3, schedule=None)
    with pytest.raises(ValueError, match=r"epochs: 2 came, but .* has already trained 3"):
        run_resumable(path, epochs=2, schedule=None)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("seed", {"seed": 1}),
        ("batch_size", {"batch_size": 32}),
        ("accumulate", {"accumulate": 2}),
        ("patience", {"patience": 3}),
        ("optimizer", {"optimizer": sgd}),
        ("transform", {"transform": None}),
        ("loss", {"loss": nn.functional.multi_margin_loss}),
        ("schedule", {"schedule": lambda fraction: 1 - fraction}),
        ("model", {"model": perceptron()}),
        ("metrics", {"metrics": {"zero": lambda targets, outputs: 0.0}}),
        ("precision", {"precision": "bf16-mixed"}),
    ],
)
def test_a_run_with_other_settings_is_refused_by_name(path, name, options):
    run_resumable(path, epochs=1)
    with pytest.raises(ValueError, match=rf"belongs to another run .*\b{name}: "):
        run_resumable(path, epochs=1, **options)


def test_a_model_is_told_apart_by_settings_that_its_tensors_do_not_show(path):
    def network(settings):
        model = chancy_network()
        model.settings = settings
        return model

    run_resumable(path, epochs=2, model=network("left half"), schedule=None)
    with pytest.raises(ValueError, match=r"another run \(model: .*, left half there, .*, right half here\)"):
        run_resumable(path, epochs=2, model=network("right half"), schedule=None)
    with pytest.raises(ValueError, match=r"another run \(model: "):
        run_resumable(path, epochs=2, model=chancy_network(), schedule=None)
    assert len(run_resumable(path, epochs=3, model=network("left half"), schedule=None).history) == 3


def test_other_data_of_the_same_shape_are_refused(path, monkeypatch):
    run_resumable(path, epochs=1)
    images, labels = digits(120)
    monkeypatch.setattr("training_cases.digits", lambda n: (1 - images, labels))
    with pytest.raises(ValueError, match=r"another run \(train: 90 x \(1, 8, 8\)"):
        run_resumable(path, epochs=1)


class Intruder:
    """A program in a pickle: whoever loads it carelessly finds a new folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("damage", ["cut", "emptied", "one byte changed", "not ours", "not torch's", "a program"])
def test_a_damaged_or_foreign_file_is_said_to_be_so(path, damage):
    weights = run_resumable(path, epochs=1).model[0].weight.detach().numpy().tobytes()
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "emptied":
        path.write_bytes(b"")
    elif damage == "one byte changed":
        where = whole.index(weights)
        path.write_bytes(whole[:where] + bytes([whole[where] ^ 1]) + whole[where + 1 :])
    elif damage == "not ours":
        torch.save({"weights": torch.ones(3)}, path)
    elif damage == "not torch's":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("notes.txt", "hello")
    else:
        torch.save(Intruder(path.parent / "intruder"), path)
    with pytest.raises(ValueError, match=r"^checkpoint: .*run\.checkpoint (is|was)"):
        run_resumable(path, epochs=1)
    assert list(path.parent.iterdir()) == [path]


def test_a_failing_disk_leaves_the_last_whole_file_and_nothing_else(path, monkeypatch):
    run_resumable(path, epochs=1, schedule=None)
    before = path.read_bytes()

    def half(content, file):
        file.write(pickle.dumps("half"))
        raise OSError("No space left on device")

    monkeypatch.setattr(checkpoint_module.torch, "save", half)
    with pytest.raises(OSError, match="No space left"):
        run_resumable(path, epochs=2, schedule=None)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def kill_after_an_epoch(process, path, delay):
    """Wait for a new checkpoint, then `delay` seconds, then kill, wherever the process may be by then."""
    before = path.stat().st_ino, path.stat().st_mtime_ns
    while process.is_alive() and before == (path.stat().st_ino, path.stat().st_mtime_ns):
        time.sleep(0.001)
    time.sleep(delay)
    process.kill()
    process.join()
    return process.exitcode


@pytest.mark.skipif(os.name == "nt", reason="on Windows each start takes seconds: there is no fork server")
def test_killed_at_random_moments_and_resumed_the_weights_are_those_of_an_uninterrupted_run(path, tmp_path):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["course_lib.training", "sklearn.datasets"])  # so that each start takes moments
    chance, exits = np.random.default_rng(0), []

    def start(*arguments):
        process = context.Process(target=train_and_save, args=arguments)
        process.start()
        return process

    start(tmp_path / "other.checkpoint", tmp_path / "uninterrupted.pt").join()
    run_resumable(path, epochs=40, callback=interrupt_after(0))
    while 0 not in exits and len(exits) < 6:
        exits.append(kill_after_an_epoch(start(path, tmp_path / "killed.pt"), path, chance.uniform(0, 0.03)))
        assert {"model", "optimizer", "history"} <= torch.load(path, weights_only=True).keys()
    last = start(path, tmp_path / "killed.pt")
    last.join()
    assert last.exitcode == 0
    assert exits.count(-signal.SIGKILL) >= 3
    assert list(path.parent.iterdir()) == [path]
    killed, whole = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("killed", "uninterrupted"))
    assert killed.keys() == whole.keys()
    assert all(torch.equal(killed[name], whole[name]) for name in whole)
