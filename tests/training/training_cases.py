"""Small trainings that the tests run whole, interrupted, killed, and shared between processes."""

import sys
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn

from course_lib.training import fit


def digits(n):
    """The first n of scikit-learn's digits, 1 x 8 x 8 in [0, 1], and their labels."""
    images, labels = load_digits(return_X_y=True)
    return torch.tensor(images[:n] / 16, dtype=torch.float32).reshape(-1, 1, 8, 8), torch.tensor(labels[:n])


def perceptron(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.Tanh(), nn.Linear(24, 10))


def chancy_network(seed=0):
    """Has everything that a careless resume gets wrong: dropout, running statistics."""
    torch.manual_seed(seed)
    layers = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(144, 10)
    return nn.Sequential(*layers)


def noise(batch, generator):
    return batch + 0.1 * torch.randn(batch.shape, generator=generator, device=batch.device)


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)


PLAIN = {"device": "cpu", "precision": "32-true", "progress": False}

# 101 samples: batches of 20 leave one over, which two processes cannot share.
SHARED = {
    "uneven last batch": {"batch_size": 24},
    "one sample left over": {"batch_size": 20, "optimizer": sgd},
    "accumulated": {"batch_size": 10, "accumulate": 3, "optimizer": sgd},
    "augmented": {"batch_size": 16, "transform": noise, "schedule": "cosine"},
    "stopped early": {"epochs": 30, "patience": 1, "optimizer": lambda p: torch.optim.SGD(p, lr=2.0)},
}


def run_shared(case, **options):
    images, labels = digits(150)
    arguments = {"epochs": 4} | PLAIN | SHARED[case] | options
    return fit(perceptron(), (images[:101], labels[:101]), (images[101:], labels[101:]), **arguments)


def run_resumable(checkpoint, epochs=8, model=None, **options):
    images, labels = digits(120)
    arguments = {"transform": noise, "schedule": "cosine", "batch_size": 16} | PLAIN | options
    data = (images[:90], labels[:90]), (images[90:], labels[90:])
    return fit(model or chancy_network(), *data, epochs=epochs, checkpoint=checkpoint, **arguments)


def train_and_save(checkpoint, result):
    torch.save(run_resumable(checkpoint, epochs=40).model.state_dict(), result)


def main(folder):
    """What each process of torchrun does: every case, with a checkpoint; the first one writes what came out."""
    for case in SHARED:
        done = run_shared(case, checkpoint=Path(folder) / f"{case}.checkpoint")
        if torch.distributed.get_rank() == 0:
            content = {"history": done.history.drop(columns="seconds").to_dict("list"), "stopped": done.stopped}
            content |= {"processes": torch.distributed.get_world_size()}
            torch.save(content | {"model": done.model.state_dict()}, Path(folder) / f"{case}.pt")


if __name__ == "__main__":
    main(sys.argv[1])
