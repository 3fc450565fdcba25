"""Several images of one patient: how they are made, and what they do to a dimension."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.metrics.arguments import check_number, check_whole
from course_lib.metrics.sequences import group_codes

from .neighbors import nearest_neighbors
from .rows import Rows


def simulate_slices(
    n_patients: int, per_patient: int, *, d: int = 12, spread: float = 0.2, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Slices of simulated patients: each patient a point in a cube of `d` dimensions, slices along a line.

    Parameters
    ----------
    n_patients, per_patient, d : int
        At least 1 each.
    spread : float
        A patient's slices reach about that far to either side of the point, in half edges of the cube; every line has a
        direction of its own.
    seed : int

    Returns
    -------
    slices : array, (n_patients · per_patient, d)
        All of the first patient, then of the second …
    patients : array of int, (n_patients · per_patient,)

    Raises
    ------
    ValueError
        If an argument is below what is allowed, or no number of its kind.

    Examples
    --------
    >>> slices, patients = simulate_slices(2, 3)
    >>> slices.shape, patients.tolist()
    ((6, 12), [0, 0, 0, 1, 1, 1])
    """
    for name, value in {"n_patients": n_patients, "per_patient": per_patient, "d": d}.items():
        check_whole(name, value, least=1)
    check_number("spread", spread)
    check_whole("seed", seed)
    rng = np.random.default_rng(seed)
    people = np.repeat(rng.uniform(-1, 1, (n_patients, d)), per_patient, axis=0)
    along = np.repeat(rng.standard_normal((n_patients, d)), per_patient, axis=0) / np.sqrt(d)
    places = rng.uniform(-1, 1, (n_patients * per_patient, 1))
    return people + spread * places * along, np.repeat(np.arange(n_patients), per_patient)


def volume_slices(volumes: ArrayLike, per_patient: int, axis: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Neighboring slices from the middle of each volume.

    Parameters
    ----------
    volumes : array, (N, D, H, W)
    per_patient : int
        Slices of each, next to one another.
    axis : int
        Across which to cut: 0, 1 or 2 of (D, H, W).

    Returns
    -------
    images : array, (N · per_patient, …)
        All of the first volume, then of the second …
    patients : array of int, (N · per_patient,)

    Raises
    ------
    ValueError
        If shape, axis or number is not allowed.

    Examples
    --------
    >>> images, patients = volume_slices(np.zeros((2, 8, 6, 5)), 3)
    >>> images.shape, patients.tolist()
    ((6, 6, 5), [0, 0, 0, 1, 1, 1])
    """
    stack = np.asanyarray(volumes)
    if stack.ndim != 4:
        raise ValueError(f"volumes: got shape {stack.shape}, allowed is (N, D, H, W)")
    if axis not in (0, 1, 2):
        raise ValueError(f"axis: got {axis}, allowed are 0, 1, 2")
    across = np.moveaxis(stack, 1 + axis, 1)
    check_whole("per_patient", per_patient, least=1)
    if not 1 <= per_patient <= (deep := across.shape[1]):
        raise ValueError(f"per_patient: got {per_patient}, allowed are 1 to {deep}, the slices of a volume")
    first = (deep - per_patient) // 2
    images = across[:, first : first + per_patient]
    return images.reshape(-1, *images.shape[2:]), np.repeat(np.arange(len(stack)), per_patient)


def masked_dimension(X: ArrayLike, patients: ArrayLike, k: int = 20) -> float:
    """The MLE (k − 1)/mean(L) of images of which only *others'* images count as neighbors. It overshoots.

    Others' images still come in bunches, all of a patient at nearly one distance: 20 neighbors are four patients with
    five images each, and the last bunch adds nothing to L. One image per patient, `MLE().fit(X, groups=patients)`, is
    the remedy; this is here to show that the one at hand is none.

    Parameters
    ----------
    X : array, (N, features) or images
    patients : array, (N,)
    k : int
        At least 2.

    Raises
    ------
    ValueError
        If shapes disagree, an image has no patient, a patient has fewer than k images of others, or two share an image.
    """
    names, _ = group_codes("patients", patients, len(Rows.of(X)))
    check_whole("k", k)
    most = int(np.unique(names, return_counts=True)[1].max(initial=0))  # of one patient
    if k < 2 or k > len(names) - most:
        raise ValueError(f"k: got {k}, allowed are 2 to {len(names) - most}, the images of others")
    distances, indices = nearest_neighbors(X, min(len(names) - 1, k + most - 1), progress=False)
    others = names[indices] != names[:, None]
    order = np.argsort(~others, axis=1, kind="stable")[:, :k]
    near = np.take_along_axis(distances, order, axis=1)
    if (shared := np.flatnonzero(near[:, 0] == 0)).size:
        raise ValueError(f"X: row {shared[0]} is also an image of another patient, allowed are images of one each")
    return float((k - 1) / np.log(near[:, -1:] / near[:, :-1]).sum(axis=1).mean())
