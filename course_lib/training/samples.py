"""Which samples come when: a fresh order every epoch, in batches, shared out among the processes."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Samples:
    """Inputs and targets in memory, sample by sample; they stay where they are, only batches move to the device."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, index: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """The samples at `index`, on `device`."""
        return tuple(part[index.to(part.device)].to(device, non_blocking=True) for part in (self.inputs, self.targets))

    def in_turn(self, batch_size: int, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
        """All samples in their own order, a batch at a time, on `device`."""
        for inputs, targets in zip(self.inputs.split(batch_size), self.targets.split(batch_size), strict=True):
            yield inputs.to(device), targets.to(device)

    def fingerprint(self) -> str:
        """Number, shape and a checksum of up to 64 evenly spaced samples: enough to notice other data."""
        index = torch.linspace(0, len(self) - 1, min(64, len(self))).long()
        checksum = 0
        for part in self.take(index, torch.device("cpu")):
            checksum = zlib.crc32(part.contiguous().flatten().view(torch.uint8).numpy(), checksum)
        return f"{len(self)} x {tuple(self.inputs.shape[1:])} {self.inputs.dtype}, checksum {checksum:08x}"


def as_samples(argument: str, data: Any) -> Samples:
    """An ImageSet, or a pair (inputs, targets) of tensors or arrays, as `Samples`; `argument` is its name in errors."""
    pair = data.tensors() if hasattr(data, "tensors") else data
    if not isinstance(pair, tuple) or len(pair) != 2 or any(part is None for part in pair):
        kind = (
            f"a pair with {[type(part).__name__ for part in pair]}" if isinstance(pair, tuple) else type(data).__name__
        )
        raise ValueError(f"{argument}: {kind} came; allowed are an ImageSet with labels or a pair (inputs, targets)")
    samples = Samples(*(torch.as_tensor(part) for part in pair))
    if len(samples.inputs) != len(samples.targets) or len(samples) == 0:
        sizes = f"{len(samples.inputs)} inputs and {len(samples.targets)} targets"
        raise ValueError(f"{argument}: {sizes} came; as many targets as inputs are needed, and at least one")
    return samples


def seed_for(*numbers: int) -> int:
    """One well-mixed seed from several numbers, for example (seed, epoch)."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def shuffled(n: int, seed: int) -> Tensor:
    """The numbers 0 … n − 1 in an order that depends on `seed` only."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))


@contextmanager
def random_state(seed: int, device: torch.device) -> Iterator[None]:
    """Inside, what torch draws (dropout, say) depends on `seed` only; outside, its state is left as it was."""
    accelerators = [] if device.type == "cpu" else [device]
    with torch.random.fork_rng(accelerators, device_type=device.type):
        torch.default_generator.manual_seed(seed)
        for accelerator in accelerators:
            torch.get_device_module(accelerator).manual_seed(seed)
        yield
