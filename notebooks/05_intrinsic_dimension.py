# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Intrinsic dimension: how many directions an image can move in
#
# **AI in Medicine, lecture 5**
#
# A radiograph of 32 × 32 pixels is a point among 1,024 coordinates. Yet hardly any point there is a radiograph: set every pixel at random and you get noise. Real images lie on something much thinner, and its *intrinsic dimension* says how many directions one can go and still see a radiograph.
# A paper claims that this number tells how hard a data set is to learn, and that radiology is harder than it looks. This lecture builds the instrument that measures it, shows the ways in which it lies, and then looks at the claim again.
#
# ## Goals
#
# After this lecture you can
#
# 1. say what the dimension of a cloud of points is when nobody gives you coordinates;
# 2. derive two estimators, TwoNN and maximum likelihood, and compute them from nothing but distances;
# 3. tell in which direction each of them errs, and why;
# 4. recognize what makes an estimate worthless: slices of one patient, duplicates, arithmetic;
# 5. judge a line through seven data sets, and run an experiment that asks the same question better.
#
# Everything runs offline, in under 90 seconds on two CPU cores. Real images here are handwritten digits and patches of two photographs; radiographs, brains and blood cells are **simulated**, and no number about them says anything about a hospital. Numbers of real medical images that were measured beforehand are marked as such.
# Where a sentence states a number, a cell beside it has checked it: within a band, and some of them for seed 0 only.

# %% tags=["parameters"]
from course_lib import config

DATASET = "offline"  # or names of real sets that join these, such as "breastmnist,mnist,cifar10" (downloaded once)
BUDGET = config.budget()  # "quick", or "full": 7,500 images as in the paper, more training sizes and seeds, for a GPU
SEED = config.seed()

# %%
import warnings

import numpy as np
import pandas as pd

# %%
from course_lib import intrinsic_dimension, plotting
from course_lib.data import load
from course_lib.intrinsic_dimension import MLE, TwoNN, explorers, figures, nearest_neighbors
from course_lib.published import published

plotting.use()
facts = published("intrinsic_dimension")
quick, ours = BUDGET == "quick", DATASET == "offline" and SEED == 0  # some bands were set for these images
print(f"device {config.device()}, precision {config.precision()}, budget {BUDGET}, seed {SEED}")

# %% [markdown]
# ## A thousand pixels, and how many of them are free
#
# Below, 1,024 gray values three times: drawn at random, as a simulated radiograph, and those of the radiograph shuffled. And then a simulated lesion that has nothing but a place, a size and an angle.

# %%
from course_lib.brain_age import simulate_cohort
from course_lib.chest_xray import simulate_radiographs
from course_lib.tsimcne import simulate_blood

n_images, people = (300, 360) if quick else (7500, 7500)  # measured, and there to learn from
radiographs = simulate_radiographs(people, images_per_patient=1, seed=SEED)
chest = intrinsic_dimension.comparable(radiographs)
lesions = intrinsic_dimension.rendered_images(2000, ("x", "y", "size", "rotation"), seed=SEED)
print(radiographs, chest, lesions, sep="\n")

# %%
rng = np.random.default_rng(SEED)
one = chest.images[0]
drawn, shuffled = rng.integers(0, 256, one.shape), rng.permutation(one.ravel()).reshape(one.shape)
digits_of_count = one.size * np.log10(256)
assert one.size == 1024 and round(digits_of_count) == 2466
print(f"there are 10^{digits_of_count:.0f} images of {one.shape[0]} × {one.shape[1]} pixels and 256 gray values")
fig, axes = plotting.figure(6, size=(12, 2.6))
titles = ["random", "simulated radiograph", "the same, shuffled", "simulated lesion", "another", "a third"]
figures.draw_images([drawn, one, shuffled, *lesions.images[:3]], titles, axes=axes);

# %% [markdown]
# There are 10²⁴⁶⁶ such images, far more than atoms, and a camera that drew one at random would never, in the age of the universe, draw a radiograph. The lesions make plain why: four numbers decide all 1,024 pixels. As the four numbers move, the image moves along a curved, four-dimensional sheet in the space of pixels. That sheet is the *manifold*; four is
# its *intrinsic dimension*. The **manifold hypothesis** says that natural data lie on, or near, such sheets. For the lesions it is true because we drew them so. For radiographs nobody knows the list of numbers. Can one still count them?

# %% [markdown]
# ## Dimension, when nobody gives you coordinates
#
# A tape measure is enough. On a curve, twice the reach finds twice as many points; on a sheet four times as many, in a solid eight times. In general, the number of points within a radius $r$ grows as $r^d$, and $d$ is the slope on doubly logarithmic paper. It does not matter how many coordinates the points are written in.

# %%
radii = np.geomspace(0.15, 0.7, 12)
curves = {}
for d, name in {1: "curve", 2: "sheet", 3: "solid"}.items():
    points = intrinsic_dimension.ball(d, 4000, seed=SEED)
    hidden = intrinsic_dimension.embed(points, 100, seed=SEED)  # among 100 coordinates
    counts = (np.linalg.norm(hidden, axis=1)[:, None] <= radii).sum(axis=0)  # about the middle, which stays at 0
    slope = np.polyfit(np.log(radii), np.log(counts), 1)[0]
    assert abs(slope - d) < 0.3
    curves[f"{name}: slope {slope:.2f}"] = radii, counts, d
fig, ax = plotting.figure(size=(8.4, 4.4))
figures.draw_growth(curves, ax=ax, title="Points within reach grow as r to the power of the dimension");

# %% [markdown]
# All three live among a hundred coordinates, and the slope does not care. But one needs a point with thousands of others around it, at all distances. What if each point has but a few neighbors that are near?
#
# *Predict first*: on a rolled-up sheet, choose a point, and look at its ten nearest neighbors. Will the slope be 2 there? And what happens to it with forty neighbors?

# %%
explorers.neighborhood_explorer(seed=SEED)

# %% [markdown]
# A single point's answer is a gamble: with ten neighbors it scatters by more than a third, and near an edge it is low. With many neighbors it is steadier, until the neighborhood reaches across to the next turn of the roll, and the sheet looks solid. So: few neighbors, and the answers of *all* points together. Two ways to do this follow.

# %% [markdown]
# ## Two neighbors are enough
#
# Take of each point only the distances to its nearest and to its second nearest neighbor, $T_1$ and $T_2$. Where points lie evenly, the number of them in a ball of radius $r$ grows as $r^d$. Given that the second neighbor lies at $T_2$, the first one is anywhere in the ball inside, with equal chances: so
#
# $$P(T_1 \le t \mid T_2) = (t/T_2)^d, \qquad\text{and for}\quad \mu = T_2/T_1:\qquad F(\mu) = P(T_2/T_1 \le \mu) = 1 - \mu^{-d}.$$
#
# The density has gone, and that is the beauty of it: it may change from place to place, if only it stays even as far as the second neighbor. Take logarithms, $-\log(1 - F) = d\,\log\mu$: sort the ratios, and $d$ is the slope of a line through the origin. This is **TwoNN** (Facco and colleagues, 2017). The largest tenth of the ratios is left out, for they are the least certain.

# %%
roll = intrinsic_dimension.swiss_roll(2500, seed=0)
digits = load("digits")
near = {name: nearest_neighbors(points, 20) for name, points in {"roll": roll, "digits": digits.images}.items()}
two = {name: TwoNN().from_neighbors(*pair) for name, pair in near.items()}
assert round(two["roll"].dimension_, 2) == facts["estimates.swiss_roll"].value["twonn"] == 2.00
assert round(two["digits"].dimension_, 2) == facts["estimates.digits"].value["twonn"] == 8.91
fig, axes = plotting.figure(2, size=(12, 4.4))
for ax, (name, title) in zip(axes, {"roll": "Swiss roll", "digits": "Handwritten digits"}.items(), strict=True):
    figures.draw_twonn_line(near[name].distances, ax=ax, title=f"{title}: {two[name].dimension_:.2f}")

# %% [markdown]
# The roll gives 2.00. The 1,797 handwritten digits give 8.91: about nine ways in which a written digit can vary, of 64 pixels.
#
# ## Maximum likelihood: a few more neighbors
#
# The same thought carries to $k$ neighbors. Given $T_k$, the $k-1$ nearer ones are scattered through the ball at random; so, taken in no particular order, the $k-1$ values $\log(T_k/T_j)$ are independent, each with the density $d\,e^{-dx}$. With $L_i = \sum_{j<k} \log(T_k/T_j)$ of point $i$, their product is $d^{k-1} e^{-d L_i}$. If we pretend that the neighborhoods of different points do not overlap, the log-likelihood of all points and its maximum, the **MLE** (maximum likelihood estimate), are
#
# $$\ell(d) = \sum_i \big[(k-1)\log d - d\,L_i\big] + \text{const}, \qquad \ell'(d) = 0 \;\Rightarrow\; d = \frac{k-1}{\text{mean}(L_i)}.$$
#
# Three ways of putting the points together are in use:
#
# | name | formula |
# |---|---|
# | Levina and Bickel (2004) | mean over points of $(k-2)/L_i$: each point's own unbiased estimate, averaged |
# | MacKay and Ghahramani (2005) | $(k-1)\,/\,\text{mean}(L_i)$: the maximum of everybody's likelihood together |
# | Pope (2021), Konz (2022), as released | $(k-2)\,/\,\text{mean}(L_i)$: the numerator of the first row, the average of the second |
#
# The $k-2$ of the first row is there because the mean of $1/L_i$ is $d/(k-2)$; one point's own estimate scatters by about $d/\sqrt{k-3}$. The numbers to average are the $L_i$, not the estimates: one point with $L_i$ near 0 has an estimate near infinity.

# %%
ks = np.arange(3, 21)
ways = {"MacKay, Ghahramani": "mackay-ghahramani", "Levina, Bickel": "levina-bickel", "as released": "pope"}
conventions = {
    name: [MLE(k, convention).from_neighbors(*near["digits"]).dimension_ for k in ks]
    for name, convention in ways.items()
}
share = np.array(conventions["as released"]) / conventions["MacKay, Ghahramani"]
assert np.allclose(share, (ks - 2) / (ks - 1)) and np.isclose(share[0], 1 / 2) and round(1 - share[-1], 3) == 0.053
fig, axes = plotting.figure(2, size=(12, 4.4))
figures.draw_likelihood(near["digits"].distances, ax=axes[0], k=20)
figures.draw_conventions(ks, conventions, ax=axes[1], title="Digits: half at k = 3, as released");

# %% [markdown]
# The convention of the released code is low by the factor $(k-2)/(k-1)$: 5.3 % for $k = 20$, and by half for $k = 3$. A paper that says "maximum likelihood, k = 3" has not said enough. Nor do the estimators agree with one another: the same digits have 8.9 dimensions by TwoNN and 6.8 by the MLE with $k=20$. With more neighbors the ball is wider, and in these data wide balls give less; TwoNN errs less, and scatters more. This course uses MacKay and Ghahramani's, and names the other where it quotes the papers.
#
# Here is everything on data whose dimension is known, beside values that were computed independently (scikit-learn's neighbors and the formulas; scikit-dimension's MLE agrees):

# %%
clouds = {f"ball of {d}": (d, intrinsic_dimension.ball(d, 5000, seed=SEED)) for d in (5, 10, 20, 40)}
clouds |= {"Swiss roll": (2, roll), "digits": (None, digits.images)}
names = {"mackay-ghahramani": "MLE, k = 20", "pope": "the same, as released", "twonn": "TwoNN"}
estimators = dict(zip(names, (MLE(), MLE(convention="pope"), TwoNN()), strict=True))
rows = []
for name, (d, points) in clouds.items():
    pair = nearest_neighbors(points, 20)
    found = {key: estimator.from_neighbors(*pair).dimension_ for key, estimator in estimators.items()}
    rows.append({"data": name, "true": d or "?"} | found)
known = pd.DataFrame(rows).rename(columns=names)
plotting.table(known, "Estimates, 5,000 points of each ball (simulated)", dict.fromkeys(names.values(), "{:.2f}"))

# %%
given = {f"ball of {d}": value for d, value in facts["estimates.balls"].value.items()}
for key in ("ball_5", "swiss_roll", "digits"):
    given[{"ball_5": "ball of 5", "swiss_roll": "Swiss roll"}.get(key, key)] = facts[f"estimates.{key}"].value
others = pd.DataFrame(given).T.reindex(known["data"]).rename(columns=names)[list(names.values())]
off = known.set_index("data")[list(names.values())] / others - 1
assert off["TwoNN"].abs().max() < 0.06 and off.drop(columns="TwoNN").abs().max().max() < 0.02
title = "Computed independently, of other draws of the same balls"
plotting.table(others.reset_index(), title, dict.fromkeys(others.columns, "{:.2f}"))

# %% [markdown]
# The maximum likelihood estimates agree within 2 %, TwoNN within 6 %: the balls are other draws, TwoNN scatters more, and the digits are rescaled to 8 bits here.
#
# ## Where the instrument errs
#
# A ball of 40 dimensions gets 26. This is no bug: the independent values say the same. The derivation asks for points that lie evenly as far as the k-th neighbor, and in 40 dimensions the neighbors of 5,000 points are far. Is it the edge of the ball, beyond which neighbors are missing? A sphere has none; and a torus has neither edge nor, seen from within, curvature.

# %%
truth = [2, 5, 10, 15, 20, 30, 40]
against = {}
for name in ("ball", "sphere", "flat_torus"):
    shape, name = getattr(intrinsic_dimension, name), name.removeprefix("flat_")
    searched = [nearest_neighbors(shape(d, 1000, seed=SEED), 20) for d in truth]
    against[f"MLE, {name}"] = [MLE().from_neighbors(*each).dimension_ for each in searched]
    against[f"TwoNN, {name}"] = [TwoNN().from_neighbors(*each).dimension_ for each in searched]
low = [values for name, values in against.items() if "torus" not in name]
assert all(abs(values[0] - 2) < 0.25 and values[-1] < 34 for values in low)
assert abs(against["MLE, sphere"][-1] / against["MLE, ball"][-1] - 1) < 0.1 and against["MLE, torus"][2] > 11
assert against["MLE, torus"][-1] < 40 < 1.3 * against["MLE, torus"][-1]

# %%
fig, axes = plotting.figure(2, size=(12.4, 4.8))
figures.draw_against_truth(truth, against, ax=axes[0], title="Ball and sphere: too low; torus: too high, up to 30")
points = intrinsic_dimension.ball(12, 4000, seed=SEED)
ball = intrinsic_dimension.profile(points, [20], sizes=[250, 500, 1000, 2000, 4000], n_draws=3)
figures.draw_profile(ball, ax=axes[1], by="n", truth=12, title="More points, less of the edge", simulated=True)
by_size = ball[ball["estimator"] == "MLE"].set_index("n")["dimension"]
assert by_size.is_monotonic_increasing and by_size[4000] < 11 and by_size[4000] - by_size[250] > 1
print("a ball of 12 dimensions:", ", ".join(f"{value:.1f} with {n:,}" for n, value in by_size.items()))

# %% [markdown]
# The sphere is hardly better than the ball, and the torus is too *high* until, in 40 dimensions, the MLE falls short there as well. And yet, at the very center of the same ball, where neither edge nor curvature is in reach, the estimate is right:

# %%
at_center = []
for seed in range(40):
    from_center = np.sort(np.linalg.norm(intrinsic_dimension.ball(40, 5000, seed=SEED + seed), axis=1))[:20]
    at_center.append(np.log(from_center[-1] / from_center[:-1]).sum())
center = 19 / np.mean(at_center)
assert abs(center - 40) < 5
print(f"a ball of 40 dimensions, seen from its center: {center:.1f}, with 20 neighbors, from 40 draws of 5,000 points")

# %% [markdown]
# So few points alone do no harm. They make neighborhoods *wide*, and what a wide neighborhood meets decides about the error: in the ball its edge, on the sphere its curvature, on the torus the way it is folded into space. Nobody knows the shape of radiographs. On the ball, **the estimate rises with the number of points**. Two data sets may be compared only at the same number of images.
#
# Noise goes the other way. It moves every pixel on its own, and so it has as many dimensions as there are pixels. Which of the two you see depends on how closely you look.

# %%
noise = [0, 1, 2, 4, 8]  # SD in gray levels
factors = ("x", "y", "size", "rotation")
noisy = {}
for n in (250, 2000):
    drawn = [intrinsic_dimension.rendered_images(n, factors, seed=SEED, noise=sd) for sd in noise]
    noisy[f"{n:,} images"] = [MLE().fit(images).dimension_ for images in drawn]
few, many = noisy.values()
assert np.all(np.diff(many) > 0) and many[-1] > 6 * many[0] and many[3] > few[3] + 2
fig, ax = plotting.figure(size=(8.4, 4.2))
figures.draw_conventions(noise, noisy, ax=ax, truth=4, title="A little noise, many dimensions", simulated=True)
ax.set_xlabel("noise (SD in gray levels, of 255)");

# %% [markdown]
# More images make it worse: the nearer the neighbors, the more of what tells them apart is noise.
#
# And then there is the choice of images. Of a digit or of all ten, at 16 pixels or at 64:

# %%
ones = load("digits").images[load("digits").labels == 1]
mixed = load("digits").images[np.random.default_rng(SEED).choice(1797, len(ones), replace=False)]
small = {side: intrinsic_dimension.konz_preprocess(radiographs.images, side) for side in (16, 32, 64)}
by_side = {side: MLE().fit(images).dimension_ for side, images in small.items()}
class_mix = {"only ones": MLE().fit(ones).dimension_, "all ten digits": MLE().fit(mixed).dimension_}
assert not ours or (by_side[64] > by_side[16] + 0.5 and class_mix["all ten digits"] > class_mix["only ones"] + 0.2)
print(f"{len(ones)} digits:", ", ".join(f"{name} {value:.1f}" for name, value in class_mix.items()))
said = ", ".join(f"{value:.1f} at {side} pixels a side" for side, value in by_side.items())
print(f"{len(radiographs)} simulated radiographs: {said}")

# %% [markdown]
# Ten kinds of digit vary in more ways than one, and more pixels show more. A dimension without the number of images, their size and their classes is no result.
#
# %% [markdown]
# *Predict first*: 500 points in 10 dimensions. Which way does the estimate move with fewer points, with more neighbors, with a little noise?

# %%
explorers.estimator_lab_explorer(seed=SEED)

# %% [markdown]
# ## Traps, patients first
#
# A volume has many slices, and a neighboring slice looks almost the same. Put them all into one data set, and a slice's nearest neighbors are slices *of the same patient*, strung along one line: the axis of the scanner. What is measured is then neither a patient nor patients: the jump from twins to strangers makes $\log(T_k/T_j)$ large, and the estimate falls, even below 1. *Predict first*: 600 images of twelve dimensions, of 600 patients, look like nine dimensions. What if
# the 600 images are of 120 patients, five each?

# %%
explorers.patient_slices_explorer(seed=SEED)

# %%
rows, said = [], []
for patients, each in ((2000, 1), (400, 5), (200, 10)):
    images, who = intrinsic_dimension.simulate_slices(patients, each, seed=0)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        row = {"patients": patients, "slices of each": each, "as they come": MLE().fit(images).dimension_}
        row["others' slices only"] = intrinsic_dimension.masked_dimension(images, who)
        row["one per patient"] = MLE(n_draws=10).fit(images, groups=who).dimension_
    alone, _ = intrinsic_dimension.simulate_slices(patients, 1, seed=1)
    rows.append(row | {"as many others, one image each": MLE().fit(alone).dimension_})
    said += [str(warning.message) for warning in heard if "patients" in str(warning.message)]
print(said[0])
trap = pd.DataFrame(rows)
title = "Dimension (MLE, k = 20) of 2,000 simulated slices; the truth is 12"
plotting.table(trap, title, dict.fromkeys(trap.columns[2:], "{:.2f}"))

# %%
trap, given = trap.set_index("slices of each"), facts["estimates.patients"].value
blind, careful, yardstick = (trap[trap.columns[place]] for place in (1, 3, 4))
assert abs(blind[1] - given["2000 x 1"]) < 0.2 and abs(blind[5] - given["400 x 5"]) < 0.2 and blind[10] < 1
assert (careful / yardstick - 1).abs().max() < 0.06 and len(said) == 2
assert (trap["others' slices only"] > yardstick)[1:].all()

# %% [markdown]
# Five slices of each, and nine dimensions become one and a half. The yardstick is not twelve, but what as many patients with one image each would give (the last column). To forbid neighbors of the same patient overshoots it: others' slices still come in bunches at one distance. **One image per patient**, drawn several times, is the remedy, and `MLE().fit(images, groups=patients)` does that and says so. It cannot know of patients that you do not tell it of.
#
# In the paper, the lowest of all dimensions are Prostate (4) and BraTS (6): slices from volumes, several of each patient. Whether that is the reason nobody can tell from the paper, but it is the first thing to ask. Five neighboring slices of each of 100 simulated brains, half of them with Alzheimer's disease (AD):

# %%
brains = simulate_cohort(people, groups={"control": 1, "AD": 1}, seed=SEED)
images, who = intrinsic_dimension.volume_slices(brains.images[:100], 5)  # (500, 48, 40)
images = intrinsic_dimension.konz_preprocess(images, 32)

# %%
rows = []
trio = {"TwoNN": TwoNN(n_draws=10), "MLE, k = 5": MLE(5, n_draws=10), "MLE, k = 20": MLE(20, n_draws=10)}
for name, estimator in trio.items():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shown above
        blind, careful = estimator.fit(images).dimension_, estimator.fit(images, groups=who)
    row = {"estimator": name, "as they come": blind, "one of each": careful.dimension_}
    rows.append(row | dict(zip(("low", "high"), careful.interval_, strict=True)))
by_k = pd.DataFrame(rows).set_index("estimator")
plotting.table(rows, "100 simulated brains, five slices of each", dict.fromkeys(by_k.columns, "{:.1f}"))

# %%
ratio = by_k["as they come"] / by_k["one of each"]
middles = intrinsic_dimension.konz_preprocess(intrinsic_dimension.volume_slices(brains.images[:360], 1)[0], 32)
others = MLE().fit(middles).dimension_
assert not ours or ((by_k["as they come"] < by_k["low"])[:2].all() and abs(ratio["MLE, k = 20"] - 1) < 0.15)
assert not ours or others > by_k["as they come"]["MLE, k = 20"] + 2
print(f"{len(middles)} different brains, one slice of each, MLE with k = 20: {others:.1f}")

# %% [markdown]
# Here it bites hardest where *k* is no larger than the slices of a patient: TwoNN and *k* = 5 collapse. *k* = 20, the paper's choice, seems unharmed. But it had five times the images, and we have just said what that does: 360 *different* brains give more. Two errors cancel here, and one cannot see it from the number. How hard the trap bites depends also on how close the slices lie: in the simulated slices above *k* = 20 collapsed, too.

# %% [markdown]
# ### Twins, and what a computer calls a distance
#
# The same image twice is at distance 0 from itself, and $\log(T_k/0)$ is infinite: a single pair takes the whole estimate to $(k-1)/\infty = 0$. Worse are copies that are *nearly* the same (another compression, a second exposure), and worst is arithmetic that makes distances up. Programs compute $\|a\|^2 + \|b\|^2 - 2ab$, for that is fast. In 32 bits, of two large numbers that are nearly equal,
# the difference is rounding.

# %%
def by_products(points, k=20):
    """Distances as |a|² + |b|² − 2ab in 32 bits, taken at face value."""
    x = points.astype(np.float32)
    squares = (x * x).sum(axis=1)
    table = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(table, np.inf)
    with np.errstate(invalid="ignore"):  # of numbers below 0
        return np.sqrt(np.sort(table, axis=1)[:, :k])


def at_face_value(distances):
    """The MLE without a look at its input."""
    with np.errstate(all="ignore"):
        return 19 / np.log(distances[:, -1:] / distances[:, :-1]).sum(axis=1).mean()


# %%
points = intrinsic_dimension.ball(8, 2000, seed=SEED)
near_copies = points[:200] + 1e-4 * np.random.default_rng(SEED).standard_normal((200, 8))
troubles = {"clean": points, "one duplicate": np.r_[points, points[:1]]}
troubles |= {"200 near-duplicates": np.r_[points, near_copies]}
troubles |= {"moved by 100": points + 100, "moved by 1,000": points + 1000}
rows = []
for name, cloud in troubles.items():
    row = {"points": name, "exact distances": at_face_value(nearest_neighbors(cloud, 20).distances)}
    row["products in 32 bits"] = at_face_value(by_products(cloud))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        row["this course"] = MLE().fit(cloud).dimension_
    rows.append(row | {"warning": str(heard[0].message) if heard else ""})
title = "2,000 points of 8 dimensions (MLE, k = 20; simulated)"
plotting.table(rows, title, dict.fromkeys(list(rows[0])[1:4], "{:.2f}"))

# %%
trouble = pd.DataFrame(rows).set_index("points")
exact, fast, ours_is = (trouble[name] for name in trouble.columns[:3])
assert exact["one duplicate"] == 0 and ours_is["one duplicate"] == ours_is["clean"] and np.isnan(fast["moved by 1,000"])
assert abs(fast["clean"] - exact["clean"]) < 0.01 and abs(exact["moved by 1,000"] - exact["clean"]) < 1e-4
assert ours_is["200 near-duplicates"] < 5 and "near-duplicates" in trouble["warning"]["200 near-duplicates"]

# %% [markdown]
# Duplicates are found exactly, dropped and counted. Near-duplicates cannot be told from a true fine structure, so they are not dropped: you are told their share, and must look. The shift by 1,000 changes nothing about the points, and naive arithmetic has no answer at all.

# %% [markdown]
# ## Images
#
# Five data sets, equally many images of each, in the form of the paper: gray, every image scaled to its own maximum, here 32 × 32.

# %%
patches = load("natural-patches")
cells = simulate_blood(900 if quick else 20_000, seed=SEED)
everywhere = {"chest radiographs": radiographs, "brain slices": brains, "blood cells": cells}
everywhere |= {"handwritten digits": load("digits", size=32), "patches of photographs": patches}
everywhere |= {name: load(name, download=True) for name in DATASET.split(",") if name != "offline"}
sets = {
    name: intrinsic_dimension.comparable(images, n_images, one_per_patient=images is not patches)
    for name, images in everywhere.items()
}

# %%
marks = [f"{name}\n(simulated)" if images.card.simulated else name for name, images in sets.items()]
clearest = [images.images[images.images.std(axis=(1, 2)).argmax()] for images in sets.values()]
fig, axes = plotting.figure(len(sets), size=(12, 2.8))
figures.draw_images(clearest, [mark.replace("patches of", "patches of\n") for mark in marks], axes=axes);

# %%
kinds = {"handwritten digits": "handwriting", "patches of photographs": "natural", "blood cells": "microscopy"}
rows = []
for name, images in sets.items():
    about = {"name": name, "kind": kinds.get(name, "radiology"), "note": "simulated" if images.card.simulated else ""}
    table = intrinsic_dimension.profile(images.images, [20], sizes=[len(images)], n_draws=4)
    rows += [about | row for row in table.to_dict("records")]
measured = pd.DataFrame(rows)
mle = measured[measured["estimator"] == "MLE"].set_index("name")
assert not ours or (mle["n"] == n_images).all()

# %%
before = facts["measured.real"].value  # by tools/measure_dimensions.py, on files that are not part of the course
rows = []
for name, about in before.items():
    assert about["n"] == 300
    row = {"name": name, "kind": about["kind"], "note": f"real, {about['n']} measured beforehand"}
    for estimator in ("MLE", "TwoNN"):
        numbers = dict(zip(("dimension", "low", "high"), about[estimator], strict=True))
        rows.append(row | {"estimator": estimator} | numbers)
everything = pd.concat([measured, pd.DataFrame(rows)], ignore_index=True)
told, radiological = facts["konz.dimension"].value, facts["konz.radiological"].value
above = sorted(name for name in told if name not in radiological and told[name] > max(map(told.get, radiological)))
assert above == ["CIFAR-10", "CIFAR-100", "COCO", "CelebA", "ImageNet"]

# %%
mine = mle["dimension"]
assert not ours or mine["brain slices"] > mine["chest radiographs"] > mine["patches of photographs"]
fig, axes = plotting.figure(2, size=(13, 7))
title = f"Here, {n_images} images of each, 32 × 32:\n" + ("patches of photographs are low" if ours else DATASET)
figures.draw_dimension_bars(everything, ax=axes[0], title=title, limit=46)
title = "Published, radiology at 224 × 224:\nfive natural data sets lie above it"
figures.draw_published_bars(told, radiological, ax=axes[1], title=title, limit=46);

# %%
apart = mine["chest radiographs"] - before["ChestX-ray14"]["MLE"][0]
assert not ours or (abs(apart) < 1 and mine["blood cells"] < before["blood cells (PBC)"]["MLE"][1] > 13)
breast = before["BreastMNIST"]
assert breast["TwoNN"][0] < 2 < 9 < breast["MLE"][1] and before["MNIST"]["MLE"][0] > mine["handwritten digits"]
print(f"simulated radiographs minus real ones: {apart:+.1f} dimensions (MLE)")

# %% [markdown]
# Read it with care. *The simulated ones* have as many directions as their author thought of, plus noise. That the radiographs come out near the real ones is luck; simulated blood cells have fewer directions than real ones. *The photographs*: patches of two of them, many of sky and petals, are not ImageNet.
# *BreastMNIST*: the diamond below two and the bar at ten are far apart (TwoNN's interval even reaches below 0, where it is cut off), and that is worth more than either: many of its images have a near twin, and TwoNN, which looks at two neighbors, sees twins. *Everything*: 300 images say less than 7,500, and 32 pixels other things than 224.
#
# The paper's claim is that radiological images have fewer dimensions than natural ones. It may well be true. But its own bars are not like for like: the natural images' values were taken from another paper, in color, at 32 × 32, without duplicates.
#
# ## Does the dimension tell how hard the learning is?
#
# If data have many directions, one needs many examples to see them all. So accuracy should fall with dimension, at the same number of training images. First, where we know the truth: always the same question, *is the lesion large?*, but more and more ways in which a lesion can vary otherwise. *Predict first*: how much accuracy is left, with 40 training images, when eight things vary?

# %%
factors = ["size", "x", "y", "rotation", "elongation", "intensity", "background", "shading"]
which = {f"{d} factors" if d > 1 else "1 factor": factors[:d] for d in (1, 2, 4, 8)}
which["size + 3 others"] = ["size", *factors[5:]]  # the place stays
large = {name: intrinsic_dimension.rendered_images(1000, some, seed=SEED) for name, some in which.items()}
plan = intrinsic_dimension.Plan(epochs=25)
known_curves = intrinsic_dimension.training_curves(large, sizes=[40], seeds=[SEED, SEED + 1], plan=plan)

# %%
by_factors = known_curves.groupby("task", sort=False)["accuracy"].mean()
assert not ours or (by_factors["1 factor"] > 0.93 and by_factors["8 factors"] < by_factors["1 factor"] - 0.15)
assert not ours or by_factors["size + 3 others"] > by_factors["4 factors"] + 0.02
hard = intrinsic_dimension.generalization_fit(by_factors.drop("size + 3 others").to_numpy(), [1, 2, 4, 8])
low, high = hard.interval
print("accuracy (simulated):", ", ".join(f"{name} {value:.2f}" for name, value in by_factors.items()))
print(f"slope {hard.slope:.3f} [{low:.3f}, {high:.3f}] per dimension, R² {hard.r2:.2f}, n = {hard.n}")

# %% [markdown]
# More factors, less accuracy. But as their number changed, so did the factors themselves: size with three others, which leave the lesion in its place, is easier than size with place and angle. Dimension is part of the difficulty, and not its measure. Now the observation: five data sets that differ in everything, each with a question of its own. The network is small, the epoch is chosen on validation images, and every number is a mean over two draws. Where we know whose an image is, nobody is on two sides; the digits' writers are unknown, and the patches come from two photographs.

# %%
from dataclasses import replace

binary = intrinsic_dimension.binary_task
heads = intrinsic_dimension.comparable(brains)
pieces = intrinsic_dimension.comparable(patches, one_per_patient=False)
ill = (heads.covariates["diagnosis"] == "AD").to_numpy().astype(int)
tasks = {
    "chest radiographs": replace(binary(chest, positive=range(14)), class_names=("no finding", "a finding")),
    "brain slices": replace(heads, labels=ill, class_names=("control", "AD")),
    "blood cells": binary(intrinsic_dimension.comparable(cells), "neutrophil", "eosinophil"),
    "handwritten digits": binary(intrinsic_dimension.comparable(load("digits", size=32)), range(5, 10), range(5)),
    "patches of photographs": replace(binary(pieces, 1, 0), class_names=("temple", "flower")),
}
tasks |= {name: binary(intrinsic_dimension.comparable(load(name)), positive=1) for name in sets if name not in tasks}

# %%
settings = {"sizes": [40, 80] if quick else [40, 80, 160], "seeds": range(SEED, SEED + (2 if quick else 5))}
plan = intrinsic_dimension.Plan(n_validation=40, n_test=80)
curves = intrinsic_dimension.training_curves(tasks, plan=plan, **settings)
most = curves["n_train"].max()
reached = curves[curves["n_train"] == most].groupby("task")["accuracy"].mean()

# %%
fig, axes = plotting.figure(2, size=(13, 5.4))
title = f"From {reached.min():.2f} to {reached.max():.2f} with {most} images\n(three of {len(tasks)} are simulated)"
figures.draw_training_curves(curves, ax=axes[0], title=title, simulated=False)
added = (curves["highest_test_accuracy"] - curves["accuracy"]).mean()
assert not ours or (0.005 < added < 0.06 and np.sqrt(reached * (1 - reached) / plan.n_test).max() < 0.056)
figures.draw_flattery(curves, ax=axes[1], title=f"Choosing by the test adds {100 * added:.1f} points", simulated=False);

# %% [markdown]
# On the right each point is one training run: what it reaches in the epoch that validation images chose, and the highest that its test images ever saw. The second number is what the paper reports. It is never lower, and the difference is no skill. (With our 80 test images an accuracy has a standard error of up to five and a half points; the paper has 750, and its flattery must be smaller.)

# %%
names = [name for name in mle.index if name in reached.index]
seen = intrinsic_dimension.generalization_fit(reached[names], mle.loc[names, "dimension"])
low, high = seen.interval
fig, ax = plotting.figure(size=(8.4, 4.6))
title = f"Slope {seen.slope:.3f} [{low:.3f}, {high:.3f}], R² {seen.r2:.2f}, n = {seen.n}".replace("-", "−")
figures.draw_fit({"here": (names, mle.loc[names, "dimension"], reached[names], seen)}, ax=ax, title=title)
assert not ours or low < 0 < high

# %% [markdown]
# Five points, and an interval that holds falling, flat and rising lines. This is not modesty: data sets differ in their questions, and a hard question about simple images looks like a simple question about hard ones. What would help is not more images but more *data sets*. How many did the paper have?
#
# ## The paper's lines
#
# Seven radiological data sets (brain tumors BraTS, breast DBC, knees OAI, limbs MURA, chests CheXpert and RSNA, and Prostate) and four "natural" ones (MNIST, SVHN, CIFAR-10, ImageNet), seven training sizes, nine networks. Its table of ResNet-18 gives back every slope and R² that it prints, to the printed digits:

# %%
sizes = facts["konz.training_sizes"].value
domains, tests = {}, facts["konz.test_images"].value
for domain in ("radiological", "natural"):
    which = facts[f"konz.{domain}"].value
    table = np.array([facts["konz.accuracy"].value[name] for name in which])  # (data sets, sizes)
    if domain == "radiological":
        table = np.round(table * tests) / tests  # what was rounded to three digits were shares of 750 test images
    dimension = np.array([told[name] for name in which], float)
    fits = [intrinsic_dimension.generalization_fit(column, dimension) for column in table.T]
    plane = intrinsic_dimension.generalization_fit(table, dimension, n=sizes)
    domains[domain] = {"names": which, "table": table, "dimension": dimension, "fits": fits, "plane": plane}
    assert np.abs(np.array([fit.slope for fit in fits]) - facts["konz.slope"].value[domain]).max() < 6e-6
    assert np.abs(np.array([fit.r2 for fit in fits]) - facts["konz.r2"].value[domain]).max() < 5.1e-4

# %%
for domain, part in domains.items():
    given, plane = facts["konz.plane"].value[domain], part["plane"]
    assert abs(plane.slope - given["slope"]) < 1.5e-5 and abs(plane.size_slope - given["size_slope"]) < 1e-4
    assert abs(plane.r2 - given["r2"]) < 6e-4
    assert abs(part["fits"][-1].intercept - facts["konz.intercept"].value[domain]) < 6e-4
rows = []
for domain, part in domains.items():
    for size, fit in zip(sizes, part["fits"], strict=True):
        row = {"images": domain, "data sets": fit.n, "training images": size, "slope": fit.slope}
        rows.append(row | {"low": fit.interval[0], "high": fit.interval[1], "R²": fit.r2})
signs = dict.fromkeys(["slope", "low", "high"], "{:+.4f}") | {"R²": "{:.3f}"}
plotting.table(rows, "All fourteen lines of ResNet-18 in the paper, with the intervals that it does not print", signs)

# %%
rows = []
for domain, part in domains.items():
    plane = part["plane"]
    row = {"images": domain, "per dimension": plane.slope, "low": plane.interval[0], "high": plane.interval[1]}
    row |= {"per e-fold of images": plane.size_slope, "R²": plane.r2}
    rows.append(row | {"accuracies": plane.n_points, "data sets": plane.n})
assert [row["accuracies"] for row in rows] == [49, 28] and [row["data sets"] for row in rows] == [7, 4]
title = "One plane for all sizes: accuracy = a·dimension + b·ln(images) + c; an e-fold is 2.7 times as many"
signs = dict.fromkeys(["per dimension", "low", "high"], "{:+.4f}")
signs |= {"per e-fold of images": "{:+.3f}", "R²": "{:.3f}"}
plotting.table(rows, title, signs)

# %% [markdown]
# The plane has 49 accuracies. But each data set contributes one single value of dimension, so as evidence *about dimension* these are seven points, and its interval says so. *Predict first*: which of the seven, left out, moves the line most?

# %%
explorers.paper_fit_explorer()

# %%
fig, axes = plotting.figure(2, size=(12, 4.4))
figures.draw_slopes(sizes, {domain: part["fits"] for domain, part in domains.items()}, axes=axes);

# %%
last = {
    domain: (part["names"], part["dimension"], part["table"][:, -1], part["fits"][-1])
    for domain, part in domains.items()
}
fig, ax = plotting.figure(size=(9.6, 5.4))
figures.draw_fit(last, ax=ax, title="2,000 training images, ResNet-18 (Konz et al. 2022)");

# %% [markdown]
# Is radiology's slope *steeper*, as the paper says? That the intervals of two slopes overlap answers nothing; ask for the difference itself. And ask again without the slices of volumes, whose dimensions we have reason to doubt.

# %%
drops = {"all seven": []} | {f"without {name}": [name] for name in ("Prostate", "BraTS")}
drops["without both"] = ["Prostate", "BraTS"]
part, nature, rows = domains["radiological"], domains["natural"]["fits"], []
for title, out in drops.items():
    kept = ~np.isin(part["names"], out)
    fits = [intrinsic_dimension.generalization_fit(column, part["dimension"][kept]) for column in part["table"][kept].T]
    gaps = [intrinsic_dimension.compare_slopes(fit, other) for fit, other in zip(fits, nature, strict=True)]
    row = {"radiological": title, "slope": fits[-1].slope, "minus natural": gaps[-1].difference}
    row |= dict(zip(("low", "high"), gaps[-1].interval, strict=True)) | {"p": gaps[-1].p}
    rows.append(row | {"sizes with p < .05": f"{sum(gap.p < 0.05 for gap in gaps)} of {len(gaps)}"})

# %%
clear = [row["sizes with p < .05"] for row in rows]
assert clear == ["2 of 7", "0 of 7", "5 of 7", "0 of 7"] and all(row["minus natural"] < 0 for row in rows)
assert rows[0]["p"] < 0.05 < rows[1]["p"]
signs = dict.fromkeys(["slope", "minus natural", "low", "high"], "{:+.4f}") | {"p": "{:.3f}"}
plotting.table(rows, "Difference of slopes at 2,000 training images, 95 % interval (Welch: unequal variances)", signs)

# %%
without = {
    domain: [intrinsic_dimension.leave_one_out(column, part["dimension"]) for column in part["table"].T]
    for domain, part in domains.items()
}
assert all(fit.slope < 0 for by_size in without.values() for fits in by_size for fit in fits)
zero = sum(fit.interval[1] > 0 for fit in without["natural"][-1])
names, radio, left = part["names"], part["fits"][-1], without["radiological"][-1]
assert names[int(np.argmax([fit.slope for fit in left]))] == "Prostate" and zero == 3
fig, ax = plotting.figure(size=(9.6, 4.6))
figures.draw_leave_one_out(names, left, radio, ax=ax, title="Whichever is left out, the line still falls");

# %% [markdown]
# *Prostate* it is: without it the slope is the flattest. Within each domain the line falls, whichever data set is left out and at every size. How steeply is another matter: with four natural data sets, three of the four lines through the remaining three could as well be flat. Radiology's slope is the steeper one in every row above; but with all seven only at two of seven sizes is the difference told from chance, without BraTS at five, and without Prostate at none.
# That dimension is the *cause*, no line through chosen data sets can tell.
#
# ## Label sharpness
#
# A follow-up (Konz and Mazurowski, 2024) adds what was missing above: the question. How fast do labels change from image to image? **Label sharpness** is $K_F = \max |y - y'| / \|x - x'\|$ over all pairs of images with *different* labels: with labels 0 and 1, one over the distance of the nearest pair of different labels. It is called sharpness because it is the steepest slope that the labels show. With $E$ the loss on new images, $N$ training images and a constant $a$, up to constant factors,
#
# $$\log E \lesssim -\tfrac1d \log N + \log K_F + a.$$

# %%
sharp, pairs = {}, {}
for name, task in tasks.items():
    some = task[:300]
    x = some.images.reshape(len(some), -1) / 255
    sharp[name] = intrinsic_dimension.label_sharpness(x, some.labels)
    pairs[name] = some[np.sort(intrinsic_dimension.sharpest_pair(x, some.labels))]
    apart = np.linalg.norm(np.subtract(*pairs[name].images.reshape(2, -1) / 255))
    assert len(set(pairs[name].labels)) == 2 and np.isclose(sharp[name], 1 / apart)
order = pd.DataFrame({"sharp": sharp, "accuracy": reached})
assert not ours or order["sharp"].idxmax() != order["accuracy"].idxmin()
rows = [{"task": name, "K_F": sharp[name], "dimension": mine[name], "accuracy": reached[name]} for name in sharp]
signs = {"K_F": "{:.2f}", "dimension": "{:.1f}", "accuracy": "{:.2f}"}
plotting.table(rows, "300 images each, gray values from 0 to 1", signs)

# %%
fig, axes = plotting.figure((2, len(pairs)), size=(12.4, 5.6))
for column, (name, pair) in zip(axes.T, pairs.items(), strict=True):
    first, second = (pair.class_names[label] for label in pair.labels)
    figures.draw_images(pair.images, [f"{name}\n{first}", second], axes=column)

# %% [markdown]
# Each column: the two nearest images on different sides of the question. *K_F* is made by one pair, so it can only rise as images are added, and it depends on scale and size. Here its order is not that of accuracy. The code released with that paper takes pairs of *equal* label instead, which measures something else: how near two images of one class can be.

# %%
toy_x, toy_y = np.array([[0.0], [0.09], [100.0], [100.09]]), np.array([0, 0, 1, 1])
defined = intrinsic_dimension.label_sharpness(toy_x, toy_y)
released = max(1 / abs(a - b) for a, b in ((toy_x[0, 0], toy_x[1, 0]), (toy_x[2, 0], toy_x[3, 0])))
assert round(defined, 4) == 0.01 and round(released) == 11
print(f"two classes, 100 apart: K_F as defined {defined:.4f}, from pairs of equal label {released:.1f}")

# %% [markdown]
# ## What it means for a patient
#
# - Nothing, directly: an intrinsic dimension is a property of a collection of images, of how many there are, and of how they were prepared. No patient has one.
# - It warns. A dimension that is far too low may mean *twins*: the same patients, the same finding, the same scanner's stripes. A network tested on such twins looks better than it will be on the next patient.
# - A low dimension is no promise that few images are enough. How hard a question is depends on the question.
# - Before you believe such a number, ask: how many images, of how many patients, of which size, which *k*, and which formula?

# %% [markdown]
# ## Errata
#
# This lecture rests on papers in place of slides, so these are points in them.

# %%
slips = [facts[name].value for name in facts if name.startswith("errata.")]
assert len(slips) == 6
plotting.errata([tuple(slip.values()) for slip in slips], said="The paper, or its code, says")

# %% [markdown]
# ## Limits
#
# - The simulated images vary in what we programmed. Their dimensions check the instrument, and say nothing about radiology.
# - Three hundred images of 32 × 32 give dimensions for this lecture, not for the literature; intervals hold chance, and not the bias of few points.
# - Of the numbers measured beforehand, patients are known for ChestX-ray14 only (one image each); the others may hold several images of one.
# - Our training experiment has five data sets, one small network and two draws. It shows how little that says.
# - Nine networks stand in the paper; we refitted the one whose table is public, ResNet-18. Dimensions are read off a figure, as whole numbers.

# %% [markdown]
# ## References
#
# - Konz, N., Gu, H., Dong, H. and Mazurowski, M. A. (2022). The intrinsic manifolds of radiological images and their role in deep learning. *MICCAI*. arXiv:2207.02797.
# - Konz, N. and Mazurowski, M. A. (2024). The effect of intrinsic dataset properties on generalization. *ICLR*.
# - Pope, P. et al. (2021). The intrinsic dimension of images and its impact on learning. *ICLR*.
# - Levina, E. and Bickel, P. J. (2004). Maximum likelihood estimation of intrinsic dimension. *NeurIPS* 17.
# - MacKay, D. J. C. and Ghahramani, Z. (2005). Comments on "Maximum likelihood estimation of intrinsic dimension".
# - Facco, E. et al. (2017). Estimating the intrinsic dimension of datasets by a minimal neighborhood information. *Scientific Reports* 7, 12140.
# - Yang, J. et al. (2023). MedMNIST v2. *Scientific Data* 10, 41. Wang, X. et al. (2017). ChestX-ray8. *CVPR*. Acevedo, A. et al. (2020). *Data in Brief* 30, 105474.

# %% [markdown]
# ## Exercise
#
# Now you: [exercises/05_intrinsic_dimension.ipynb](../exercises/05_intrinsic_dimension.ipynb). From two distances to a dimension, and from a table to a line that one may believe; each question checks itself.
