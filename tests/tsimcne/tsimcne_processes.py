"""What each process of torchrun does in test_tsimcne_processes: the same short run, its losses written down."""

import sys
from pathlib import Path

import torch
from torch import nn

from course_lib.training.launch import start
from course_lib.tsimcne import simulate_blood
from course_lib.tsimcne.augmentation import Augmentation, border_color
from course_lib.tsimcne.inputs import as_images
from course_lib.tsimcne.recipe import PAPER
from course_lib.tsimcne.training import Plan, Run


class Flat(nn.Module):
    """A network without batch normalization, which would see only its own process's views."""

    layout = torch.contiguous_format

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(3 * 28 * 28, 16), nn.Tanh())
        self.head = nn.Sequential(nn.Linear(16, 8))

    def forward(self, images):
        return 4 * self.head(self.body(images - 0.5))

    def replace_output(self, n_outputs, sd, generator):
        self.head[-1] = nn.utils.skip_init(nn.Linear, 16, n_outputs)
        with torch.no_grad():
            self.head[-1].weight.copy_(sd * torch.randn(n_outputs, 16, generator=generator))
            self.head[-1].bias.zero_()

    def freeze_all_but_output(self, frozen=True):
        self.requires_grad_(not frozen)
        self.head[-1].requires_grad_(True)


def run(kernel):
    torch.manual_seed(0)
    images = as_images(simulate_blood(50, seed=0))
    plan = Plan((2, 1, 2), 16, kernel, Augmentation("any-angle"), PAPER, 3)
    done = Run(start(torch.device("cpu"), "32-true"), plan, Flat(), images, border_color(images), progress=False)
    done.run()
    return done


def main(folder):
    for kernel in ("cauchy", "cosine"):
        done = run(kernel)
        if done.fabric.is_global_zero:
            losses = [row["loss"] for row in done.history]
            weights = done.encoder.state_dict()
            about = {"losses": losses, "weights": weights, "processes": done.fabric.world_size}
            torch.save(about, Path(folder) / f"{kernel}.pt")


if __name__ == "__main__":
    main(sys.argv[1])
