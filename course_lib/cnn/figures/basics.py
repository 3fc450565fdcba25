"""From a neuron to a network, and why images need something better: the lecture's first pictures."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.ticker import LogLocator
from numpy.typing import ArrayLike

from course_lib import plotting

from .cells import headed, number
from .labels import pushed_left


def draw_activations(axes):
    """Sigmoid, tanh and ReLU, and beside them their derivatives.

    Parameters
    ----------
    axes : array of 2 Axes

    Returns
    -------
    array of 2 Axes
    """
    x = np.linspace(-4, 4, 401)
    sigmoid = 1 / (1 + np.exp(-x))
    curves = {
        "sigmoid": (sigmoid, sigmoid * (1 - sigmoid), "blue", "-"),
        "tanh": (np.tanh(x), 1 - np.tanh(x) ** 2, "orange", "--"),
        "ReLU": (np.maximum(x, 0), np.heaviside(x, np.nan), "green", "-"),
    }
    for name, (value, slope, color, dashes) in curves.items():
        axes[0].plot(x, value, dashes, color=plotting.COLORS[color], label=name, linewidth=3)
        axes[1].plot(x, slope, dashes, color=plotting.COLORS[color], label=name, linewidth=3)
    axes[0].set(title="Sigmoid and tanh level off", xlabel="input a", ylabel="output f(a)", ylim=(-1.3, 3))
    axes[1].set(title="Only ReLU keeps a slope of 1", xlabel="input a", ylabel="derivative f′(a)", ylim=(-0.08, 1.3))
    axes[0].legend(loc="upper left")
    return axes


def draw_descent(
    loss: Callable[[np.ndarray], np.ndarray],
    path: Sequence[float],
    *,
    ax,
    limits: tuple[float, float] = (-3, 3),
):
    """A loss over one parameter, and the points that gradient descent visits on it.

    Parameters
    ----------
    loss : callable
        Of an array of parameter values.
    path : sequence of float
        The parameter before the first step, after the first, and so on. Points beyond `limits` are left out.
    ax : matplotlib Axes
    limits : (left, right)
        Of the parameter axis.

    Returns
    -------
    matplotlib Axes
    """
    theta, path = np.linspace(*limits, 301), np.asarray(path, float)
    ax.plot(theta, loss(theta), color=plotting.COLORS["muted"], linewidth=2.5)
    seen = path[np.cumprod((path >= limits[0]) & (path <= limits[1])).astype(bool)]
    ax.plot(seen, loss(seen), "o-", color=plotting.COLORS["orange"], linewidth=1.5, markersize=8, alpha=0.85)
    ax.plot(*[[point] for point in (path[0], loss(path[:1])[0])], "o", color=plotting.COLORS["blue"], markersize=13)
    before, after = loss(path[[0, -1]])
    change = "falls" if after < before else "grows" if after > before else "returns"
    ax.set(xlabel="parameter θ", ylabel="loss", xlim=limits)
    return headed(ax, f"Loss {change} from {_loss(before)} to {_loss(after)}")


def draw_loss_by_step(losses: ArrayLike, *, ax):
    """The loss after each step of gradient descent, on a logarithmic axis.

    Parameters
    ----------
    losses : array (steps + 1,)
        Before the first step, after the first, and so on.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    losses = np.maximum(np.asarray(losses, float), 1e-12)  # a loss of exactly 0 has no place on a logarithmic axis
    ax.semilogy(losses, "o-", color=plotting.COLORS["orange"], linewidth=1.5, markersize=6)
    ax.set(xlabel="step", ylabel="loss (log scale)")
    ax.yaxis.set_major_locator(LogLocator(numticks=5))
    ax.minorticks_off()
    return headed(ax, f"After step {len(losses) - 1}: loss {_loss(losses[-1])}")


def draw_history(milestones: Sequence[Mapping], *, ax):
    """Milestones on a line of time, the later half in another color.

    Parameters
    ----------
    milestones : sequence of {"year": int, "name": str}
        In the order of their years; other keys are left aside.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    years, names = [milestone["year"] for milestone in milestones], [milestone["name"] for milestone in milestones]
    late, end = len(years) // 2, years[-1] + 6
    ax.plot([years[0] - 3, years[-1] + 3], [0, 0], color=plotting.COLORS["muted"], linewidth=3)
    per_letter = (
        (end - years[0] + 5) / (ax.figure.get_figwidth() * 72) * 8.5
    )  # years that a letter of 12.5 points takes
    half_widths = [max(len(name), 4) * per_letter / 2 for name in names]
    for first, height, align in ((0, 1, "bottom"), (1, -1, "top")):  # labels in turn above and below the line
        mine = range(first, len(years), 2)
        middles = pushed_left([years[i] for i in mine], [half_widths[i] for i in mine], end)
        for i, middle in zip(mine, middles, strict=True):
            color = plotting.COLORS["orange" if i >= late else "blue"]
            ax.plot([years[i], middle], [0, height], color=color, linewidth=1.5)
            ax.plot(years[i], 0, "o", color=color, markersize=10)
            label = {"ha": "center", "va": align, "fontsize": 12.5, "linespacing": 1.1}
            ax.text(middle, height * 1.1, f"{years[i]}\n{names[i]}", color=plotting.COLORS["ink"], **label)
    count = f"{len(years) - late} of {len(years)} milestones"
    ax.set_title(f"{count} lie in the last {years[-1] - years[late]} of {years[-1] - years[0]} years")
    ax.set(xlim=(years[0] - 5, end), ylim=(-2.6, 2.6))
    ax.set_axis_off()
    return ax


def draw_weights(sizes: ArrayLike, kernel: int, *, ax):
    """Weights of one neuron on an n × n image: n² fully connected, k² locally connected.

    Parameters
    ----------
    sizes : array of int
        Image sides n in pixels, 512 among them.
    kernel : int
        Side k of the local window in pixels.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    sizes = np.asarray(sizes)
    ax.loglog(sizes, sizes.astype(float) ** 2, "o-", color=plotting.COLORS["orange"], linewidth=3)
    ax.loglog(sizes, np.full(sizes.shape, kernel**2), "o-", color=plotting.COLORS["blue"], linewidth=3)
    for weights, text, color, up in (
        (512**2, "fully connected: 262,144", "orange", 12),
        (kernel**2, f"{kernel} × {kernel} window: {kernel**2}", "blue", 12),
    ):
        ax.plot(512, weights, "o", color=plotting.COLORS[color], markersize=13)
        ax.annotate(
            text, (512, weights), (-8, up), textcoords="offset points", ha="right", color=plotting.COLORS[color],
            fontsize=14, fontweight="bold",
        )  # fmt: skip
    ax.set(
        title=f"At 512 × 512 pixels, a {kernel} × {kernel} window needs {512**2 / kernel**2:,.0f} times fewer weights",
        xlabel="image side n (pixels)", ylabel="weights per neuron", ylim=(kernel**2 / 4, sizes.max() ** 2 * 8),
    )  # fmt: skip
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    return ax


def draw_pixel_correlation(distances: ArrayLike, correlation: ArrayLike, *, ax):
    """How alike two pixels of an image are, by how far they lie apart.

    Parameters
    ----------
    distances : array (n,)
        In pixels, increasing.
    correlation : array (n,)
        Pearson correlation of the brightness at each distance.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
    """
    distances, correlation = np.asarray(distances), np.asarray(correlation)
    ax.plot(distances, correlation, "o-", color=plotting.COLORS["blue"], linewidth=3, markersize=7)
    ax.axhline(0, color=plotting.COLORS["muted"], linewidth=1)
    near, far = (f"r = {correlation[end]:.2f} at {distances[end]} px" for end in (0, -1))
    ax.set(title=f"Neighbors are alike: {near}, {far}", xlabel="distance (pixels)", ylabel="correlation r")
    ax.set_ylim(min(-0.1, correlation.min() - 0.05), 1.05)
    return ax


def _loss(value: float) -> str:
    return number(value) if value == 0 or abs(value) >= 0.001 else "below 0.001"
