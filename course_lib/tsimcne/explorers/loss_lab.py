"""Two views of one image among the views of others: where does each loss push them?"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from course_lib import plotting
from course_lib.explorer import Choice, Explorer, FloatSlider, Scene
from course_lib.titles import titled

from ..losses import contrastive_loss

OTHERS = ((1.0, 0.0), (0.0, 2.0)), ((1.0, -1.0), (0.0, 3.0))  # first views, second views
REACH = 4.0
LONGEST = 1.4  # length of the longer arrow
KERNELS = {"cauchy": "Cauchy (t-SimCNE)", "cosine": "cosine (SimCLR)"}


def loss_lab_explorer() -> Explorer:
    """Drag the two views of an image; see both losses, and the way that each would move them."""
    ends = {"min": -REACH, "max": REACH, "step": 0.1}
    return Explorer(
        loss_scene,
        title="Loss lab",
        panels=2,
        size=(11.0, 5.0),
        point=dragged,
        x1=FloatSlider("View 1, right", -1.5, **ends),
        y1=FloatSlider("View 1, up", 1.0, **ends),
        x2=FloatSlider("View 2, right", 1.5, **ends),
        y2=FloatSlider("View 2, up", 2.0, **ends),
        moved=Choice("A click moves", {"view 1": 1, "view 2": 2}),
    )


def loss_scene(x1: float, y1: float, x2: float, y2: float, moved: int) -> Scene:
    """What `loss_lab_explorer` shows for these values of its controls."""
    losses, pulls = zip(*(loss_and_pull(kernel, (x1, y1), (x2, y2)) for kernel in KERNELS), strict=True)
    cosine = np.dot((x1, y1), (x2, y2)) / max(np.hypot(x1, y1) * np.hypot(x2, y2), 1e-12)
    apart = np.hypot(x1 - x2, y1 - y2)

    def figure(axes):
        for ax, name, loss, pull in zip(axes, KERNELS.values(), losses, pulls, strict=True):
            draw_pull(ax, np.array([(x1, y1), (x2, y2)]), pull)
            titled(ax, f"{name}: loss {loss:.2f}", simulated=False)

    norms = [np.linalg.norm(pull, axis=1) for pull in pulls]
    return Scene(
        text=f"The two views are {apart:.2f} apart, at a cosine of {cosine:.2f}. Cauchy: loss {losses[0]:.3f}, pull "
        f"{norms[0][0]:.3f} and {norms[0][1]:.3f}; cosine: loss {losses[1]:.3f}, pull {norms[1][0]:.3f} and "
        f"{norms[1][1]:.3f}. A click moves view {moved}.".replace("-", "−"),
        alt="Twice the same plane with two orange points, the views of one image, and gray pairs, those of two others; "
        "arrows show where the loss pulls the two.",
        figure=figure,
    )


def loss_and_pull(kernel: str, first, second) -> tuple[float, np.ndarray]:
    """The loss of the three images, and the negative gradient at the two views: float (2, 2)."""
    mine = torch.tensor(np.array([first, second]), dtype=torch.float64, requires_grad=True)
    others = torch.tensor(OTHERS, dtype=torch.float64)
    view1, view2 = torch.cat([mine[:1], others[0]]), torch.cat([mine[1:], others[1]])
    loss = contrastive_loss(view1, view2, kernel)
    loss.backward()
    return loss.item(), -mine.grad.numpy()


def draw_pull(ax, mine: np.ndarray, pull: np.ndarray) -> None:
    """The two views with arrows along their pull, as much longer as is written below, among the others."""
    gray, orange, ink = (plotting.COLORS[name] for name in ("muted", "orange", "ink"))
    for pair in zip(*OTHERS, strict=True):
        ax.plot(*np.transpose(pair), "o:", color=gray, ms=9, lw=1.2)
    ax.plot(*mine.T, "o:", color=orange, ms=13, lw=1.6)
    longer = LONGEST / max(np.linalg.norm(pull, axis=1).max(), 1e-9)
    for number, (place, arrow) in enumerate(zip(mine, pull, strict=True), start=1):
        ax.annotate("", place + longer * arrow, place, arrowprops={"arrowstyle": "-|>", "color": ink, "lw": 2.2})
        ax.plot(*place, "o", color=orange, ms=15)
        ax.annotate(f"{number}", place, ha="center", va="center", color=plotting.COLORS["card"], fontsize=11)
    ax.annotate(f"arrows: pull × {longer:,.0f}", (0.02, 0.02), xycoords="axes fraction", color=gray)
    ax.plot(0, 0, "+", color=gray, ms=10)
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    ax.grid(True, axis="both")


def dragged(panel: int, x: float, y: float, values: dict) -> dict:
    """The chosen view goes where was clicked."""
    inside = partial(np.clip, a_min=-REACH, a_max=REACH)
    number = values["moved"]
    return {f"x{number}": round(float(inside(x)), 1), f"y{number}": round(float(inside(y)), 1)}
