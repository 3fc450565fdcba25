"""Where a training runs: on one device, or on several, with a process for each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def start(device: torch.device, precision: str) -> Fabric:
    """Fabric on one device, or, where torchrun has started several processes, on one device for each of them."""
    from lightning_fabric import Fabric  # here, for it takes two seconds to load

    if torch.distributed.is_available() and torch.distributed.is_torchelastic_launched():
        processes, machines = int(os.environ["LOCAL_WORLD_SIZE"]), int(os.environ["GROUP_WORLD_SIZE"])
        several = {"strategy": "ddp", "devices": processes, "num_nodes": machines}
        fabric = Fabric(accelerator=device.type, precision=precision, **several)
    else:
        one = 1 if device.type == "cpu" else [device.index or 0]
        fabric = Fabric(accelerator=device.type, precision=precision, devices=one)
    fabric.launch()
    return fabric
