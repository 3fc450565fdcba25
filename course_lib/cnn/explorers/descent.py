"""How the learning rate decides whether gradient descent arrives."""

import numpy as np

from course_lib.explorer import Choice, Explorer, FloatSlider, IntSlider, Scene

from ..descent import descend
from ..figures import draw_descent, draw_loss_by_step

# name: (loss, its derivative)
LOSSES = {
    "bowl, ½θ²": (lambda theta: theta**2 / 2, lambda theta: theta),
    "two valleys, ¼(θ² − 2)² − ¼θ + ½": (
        lambda theta: (theta**2 - 2) ** 2 / 4 - theta / 4 + 0.5,
        lambda theta: theta * (theta**2 - 2) - 0.25,
    ),
}


def descent_explorer() -> Explorer:
    """Choose a learning rate and watch gradient descent crawl, arrive, oscillate or diverge.

    On the bowl the error is multiplied by 1 − η in each step: it shrinks for 0 < η < 2, changes sign for η > 1 and
    grows for η > 2.
    """
    return Explorer(
        descent_scene,
        title="Gradient descent on one parameter",
        panels=2,
        size=(10.5, 4),
        loss=Choice("Loss", list(LOSSES)),
        rate=FloatSlider("Learning rate η", 0.3, min=0.05, max=2.5, step=0.05),
        start=FloatSlider("Start θ₀", 2.5, min=-2.75, max=2.75, step=0.25),
        steps=IntSlider("Steps", 20, min=1, max=50),
    )


def descent_scene(loss: str, rate: float, start: float, steps: int) -> Scene:
    """What `descent_explorer` shows for these values of its controls."""
    value, gradient = LOSSES[loss]
    path = descend(gradient, start, rate, steps)
    losses = value(path)

    def figure(axes):
        draw_descent(value, path, ax=axes[0])
        draw_loss_by_step(losses, ax=axes[1])

    return Scene(
        text=f"Learning rate {rate:.2f}: in {steps} steps θ goes from {start:.2f} to {_plain(path[-1])}, "
        f"the loss from {_plain(losses[0])} to {_plain(losses[-1])}; descent {behavior(path, losses)}.",
        alt=f"Left, the loss with the {steps} steps of gradient descent; right, the loss after each step.",
        figure=figure,
    )


def behavior(path: np.ndarray, losses: np.ndarray) -> str:
    """Whether a descent diverges, oscillates, converges or crawls, judged by its path.

    Examples
    --------
    >>> path = np.array([1, 0.5, 0.25, 0.125])
    >>> behavior(path, path**2)
    'goes downhill without overshooting'
    """
    moves = np.diff(path)
    overshoots = bool((moves[1:] * moves[:-1] < 0).any())
    if losses[-1] > losses[0] * 1.001:
        return "diverges"
    if not moves.any():
        return "stays where it is, for the slope is 0"
    if overshoots:
        still = abs(moves[-1]) > 0.5 * abs(moves[0])
        return "jumps to and fro and does not settle" if still else "overshoots, but settles"
    return "goes downhill without overshooting"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"
