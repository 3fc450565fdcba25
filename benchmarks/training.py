"""What the course's training loop costs, beside two loops written by hand: python -m benchmarks.training."""

import statistics
import time

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.record import write_result
from course_lib import config
from course_lib.training import fit

EPOCHS, BATCH_SIZE, ROUNDS = 3, 64, 9


def lenet() -> nn.Module:
    """A network of LeNet's shape, with today's activations and pooling, for one-channel images of 32 x 32."""
    torch.manual_seed(config.seed())
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def digits() -> tuple[Tensor, Tensor]:
    """scikit-learn's 1,797 handwritten digits, enlarged from 8 x 8 to 32 x 32."""
    images, labels = load_digits(return_X_y=True)
    images = torch.tensor(images, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    return nn.functional.interpolate(images, size=32, mode="bilinear"), torch.tensor(labels)


def course(inputs: Tensor, targets: Tensor) -> None:
    """The loop of the course, as a notebook calls it, but for the bar."""
    fit(lenet(), (inputs, targets), epochs=EPOCHS, batch_size=BATCH_SIZE, precision="32-true", progress=False)


def data_loader(inputs: Tensor, targets: Tensor) -> None:
    """The loop of most tutorials: a DataLoader, AdamW, and a running loss."""
    batches = DataLoader(TensorDataset(inputs, targets), batch_size=BATCH_SIZE, shuffle=True)
    _by_hand(lambda: batches)


def tensors(inputs: Tensor, targets: Tensor) -> None:
    """The least a loop can do: indices of a permutation into tensors in memory."""
    _by_hand(lambda: ((inputs[index], targets[index]) for index in torch.randperm(len(inputs)).split(BATCH_SIZE)))


def _by_hand(make_batches) -> None:
    device, model, total = config.device(), lenet().to(config.device()), 0.0
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(EPOCHS):
        for inputs, targets in make_batches():
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs.to(device)), targets.to(device))
            loss.backward()
            optimizer.step()
            total += loss.item()


def main() -> None:
    """Alternate the three, so that whatever else the machine does meets them alike; keep the medians."""
    data, seconds = digits(), {loop: [] for loop in (course, data_loader, tensors)}
    for round_number in range(ROUNDS + 1):
        for loop, measured in seconds.items():
            start = time.perf_counter()
            loop(*data)
            if round_number:  # the first round warms up
                measured.append((time.perf_counter() - start) / EPOCHS)
    median = {loop.__name__: statistics.median(measured) for loop, measured in seconds.items()}
    ratios = {f"course / {name}": median["course"] / median[name] for name in ("data_loader", "tensors")}
    result = {
        "task": f"LeNet-like network, {len(data[0])} digits at 32 x 32, batches of {BATCH_SIZE}, float32",
        "threads": torch.get_num_threads(),
        "median_seconds_per_epoch": median,
        "ratio": ratios,
        "all_seconds_per_epoch": {loop.__name__: measured for loop, measured in seconds.items()},
    }
    print(write_result("training", result), *(f"{name}: {ratio:.2f}" for name, ratio in ratios.items()), sep="\n")


if __name__ == "__main__":
    main()
