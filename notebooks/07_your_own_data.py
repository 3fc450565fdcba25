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
# # Your own data: from a folder of images to a number with an interval
#
# **AI in Medicine, a workshop after the lectures**
#
# Somebody gives you a folder of images. Before a network learns from it, a few dull questions decide whether anything that follows is worth reading: can every file be read? Is an image in there twice, perhaps under two patients' names? Who is on both sides of the split? This notebook asks them in order, and then draws a map, measures a dimension, and trains a classifier whose AUROC has an interval that counts patients.
#
# **Two lines are yours**, in the next cell: the folder, and how a file's name tells whose image it is. Files may be PNG, JPEG or DICOM, gray or in color, of any size. Where images lie in two or more subfolders, the subfolders are the classes; without them everything runs but the classifier. As it stands, the notebook **simulates a sample on the spot**: 540 blood cells of 90 patients, with faults planted for the checks to find. Whatever it says of these cells is about a simulation.
#
# It runs offline, in under 90 seconds on two CPU cores. Numbers in the text are those of the sample, and a cell beside each has checked it; yours are in the tables and titles.

# %% tags=["parameters"]
from course_lib import config

FOLDER = ""  # your folder, such as "C:/scans" or "~/scans"; empty: a sample is simulated
PATIENT = r"(patient\d+)"  # what in a file's path tells the patient (a regular expression); r"" where nothing does
BUDGET = config.budget()  # "quick", or "full" for a GPU; this line and the next may stay as they are
SEED = config.seed()

# %%
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %%
from course_lib import plotting, sheets
from course_lib.data import FolderProblem, find_suspects, leakage, linked_groups, open_folder
from course_lib.intrinsic_dimension import MLE, TwoNN, comparable, duplicate_pairs
from course_lib.metrics import bootstrap_auroc, bootstrap_quantity
from course_lib.metrics.figures import draw_intervals
from course_lib.titles import marked, titled
from course_lib.tsimcne import TSimCNE, explorers, figures, simulate_folder

plotting.use()
simulated = not FOLDER
ours = simulated and SEED == 0 and BUDGET == "quick"  # some bands were set for this sample
print(f"device {config.device()}, precision {config.precision()}, budget {BUDGET}, seed {SEED}")

# %% [markdown]
# ## What can be read?
#
# Every file is opened, and brought to 32 × 32 pixels in 8 bits: small enough for two cores. What cannot be used is named, with the reason.

# %%
desk = tempfile.TemporaryDirectory()  # of the sample; gone with the notebook
folder = Path(FOLDER).expanduser() if FOLDER else Path(desk.name, "cells")
planted = simulate_folder(folder, seed=SEED) if simulated else {}
own = open_folder(folder, patient=PATIENT, size=32, simulated=simulated)
print(own.images)
for name, reason in list(own.left_out.items())[:20]:
    print(f"left out: {name}: {reason}")
print(f"files left out: {len(own.left_out)} of {len(own.images) + len(own.left_out)}", *own.remarks, sep="\n")

# %%
files, labeled, known = own.images.extras["file"], own.images.labels is not None, own.images.groups is not None
owner = own.images.groups if known else files  # whose image each is
assert not simulated or (len(files), len(np.unique(owner)), list(own.left_out)) == (542, 90, planted["cut off"])  # of 543
assert not simulated or len(own.files.value_counts(["height", "width"])) == 2
sizes = own.files.value_counts(["height", "width", "kind"]).rename("images").reset_index()
title = "Sizes in the files" if len(sizes) <= 8 else f"The 8 most frequent of {len(sizes)} sizes in the files"
plotting.table(sizes.head(8), marked(title, simulated))

# %% [markdown]
# Of the sample's 543 files one breaks off; a single file would have stopped most programs, or, worse, been skipped in silence. One image has another size than all others. From here on sizes are equal, and what was shrunk is judged as it was shrunk.
#
# ## Look at them
#
# No check replaces this. Each class is a row; a folder without classes is sorted into thirds by brightness instead, which is good for looking and for nothing else.

# %%
everything, names = own.images, own.images.class_names
if not labeled:
    level = everything.images.reshape(len(everything), -1).mean(axis=1)
    thirds, names = np.searchsorted(np.quantile(level, [1 / 3, 2 / 3]), level), ("dark", "medium", "bright")
    everything = replace(everything, labels=thirds, class_names=names)
labels, rng = everything.labels, np.random.default_rng(SEED)
rows = {name: rng.permutation(np.flatnonzero(labels == number))[:12] for number, name in enumerate(names)}
rows = dict(sorted(rows.items(), key=lambda pair: -len(pair[1]))[:8])
fig, ax = plotting.figure(size=(12, 0.7 * len(rows) + 0.6))
title = f"At most {max(map(len, rows.values()))} images of each class, drawn at random"
shown = {name: everything.images[some] for name, some in rows.items()}
sheets.draw_rows(shown, ax=ax, title=title, simulated=simulated);

# %%
counts = [
    {"class": name, "images": int(here.sum()), "patients": len(np.unique(owner[here]))}
    for number, name in enumerate(names)
    if (here := labels == number).any()
]
title = "Images and patients of each class" if known else "Images of each class; each counts as a patient"
plotting.table(counts, marked(title, simulated))

# %% [markdown]
# ## Which images are suspect?
#
# Some are wrong in themselves: one value throughout, hardly any contrast. Others only stand out: far brighter or darker than the rest, with a quarter of their pixels at the end of the range, out of focus (little of their variance is in edges), of another size. *Far* means five robust standard deviations from the median of *this* set: what is unusual everywhere is usual here.

# %%
suspects = find_suspects(everything, own.files[["height", "width"]])
suspects.insert(1, "file", files[suspects["row"]])
if ours:
    told = set(zip(suspects["file"], suspects["finding"], strict=True))
    expected = {"blank": "blank", "overexposed": "overexposed", "blurred": "out of focus", "other size": "large"}
    assert {(planted[fault][0], finding) for fault, finding in expected.items()} <= told
    assert len(suspects) == 4
title = marked(f"{suspects['row'].nunique()} of {len(everything)} images are suspect", simulated)
formats = dict.fromkeys(["value", "usual"], lambda number: "" if np.isnan(number) else f"{number:.3g}")
plotting.table(suspects.drop(columns="row").head(20), title, formats)

# %%
brightness = everything.images.reshape(len(everything), -1).mean(axis=1) / 255
mean_of_class = pd.Series(brightness).groupby(labels).transform("mean")
explained = np.var(mean_of_class) / max(np.var(brightness), 1e-12)
assert not ours or explained < 0.1
title = f"Classes explain {100 * explained:.0f} % of the variance of brightness" if labeled else "Thirds by brightness"
fig, ax = plotting.figure(size=(10, min(1 + 0.75 * len(names), 14)))
about = {"label": "brightness (mean, of 1)", "marked": suspects["row"], "title": title, "simulated": simulated}
sheets.draw_values(brightness, labels, names, ax=ax, **about);

# %%
odd = suspects.groupby("row")["finding"].agg("\n".join)[:16]
if len(odd):
    fig, ax = plotting.figure(size=(12, 2.4 * -(-len(odd) // 8)))
    captions = [f"{finding}\n{sheets.short_name(files[row])}" for row, finding in odd.items()]
    title = "Whether to keep them is for you to say"
    sheets.draw_sheet(everything.images[odd.index], captions, ax=ax, title=title, simulated=simulated)

# %% [markdown]
# All four images with a fault of their own were found, and no other. A check finds what it was written for: a wrong label, a marker in the corner, a pen on the glass are found by looking.
#
# Below, only what holds nothing (blank, or hardly any contrast) is dropped. The others stay: whoever drops every image that looks unusual has made the test easier than the clinic.
#
# ## Who is in there twice?
#
# A copy on the other side of a split is a question that the network has already been told the answer to. Exact copies are found by a hash of their pixels. Near copies, such as a picture saved again by another program, differ in a gray value here and there: an image whose nearest other is ten times nearer than is usual in this set.

# %%
pairs = duplicate_pairs(everything)
pairs["same patient"] = owner[pairs["first"]] == owner[pairs["second"]]
pairs["same class"] = labels[pairs["first"]] == labels[pairs["second"]]
written = pairs.assign(first=files[pairs["first"]], second=files[pairs["second"]])
copies = ("copy", "copy of another patient's", "near copy")
assert not simulated or {planted[fault][0] for fault in copies} <= {*written["first"], *written["second"]}
assert not ours or (len(pairs) == 3 and (~pairs["same patient"]).sum() == 1)
written = written.drop(columns=[] if known else "same patient")
plotting.table(written.head(20), marked(f"{len(pairs)} pairs of images show the same", simulated))

# %%
if len(pairs):
    both = pairs[["first", "second"]].to_numpy()[:8].ravel()
    fig, ax = plotting.figure(size=(12, 2.2 * -(-len(both) // 8)))
    captions = [sheets.short_name(files[row]) for row in both]
    torn = f": {(~pairs['same patient']).sum()} of {len(pairs)} under two patients' names" if known else ""
    title = f"Pairs that show the same{torn}"
    sheets.draw_sheet(everything.images[both], captions, ax=ax, title=title, simulated=simulated)

# %% [markdown]
# Of the sample's three pairs one stands under two patients' names. Is that one patient with two names, or an image in the wrong place? The images cannot say; somebody must look it up. Until then the two patients are treated as one, so that they stay on one side; of each pair only the first image stays. (A pair in two *classes* would be worse: one of its labels is wrong.)

# %%
useless = suspects.loc[suspects["finding"].isin(["blank", "hardly any contrast", "missing values"]), "row"]
kept = np.setdiff1d(np.arange(len(everything)), [*useless, *pairs["second"]])
together = linked_groups(owner, pairs[["first", "second"]])
clean = replace(everything, groups=together)[kept]
n_patients = len(np.unique(clean.groups))
if len(clean) < 30 or n_patients < 10:
    raise FolderProblem(f"{len(clean)} different images of {n_patients} patients are left; 30 of 10 are the least.")
assert not ours or (len(clean), n_patients) == (538, 89)
who = f"{n_patients} patients" if known else f"{n_patients} images, each taken for a patient"
print(marked(f"{len(clean)} images stay, of {who}" if known else f"{len(clean)} images stay", simulated))

# %% [markdown]
# ## Who is on both sides?
#
# *Predict first*: draw three tenths of the sample's 542 images for the test, as they came, image by image. How many of the 90 patients are then on both sides?

# %%
shares, sides = (0.7, 0.3), ("train", "test")
by_image = everything.split(shares, groups=np.arange(len(everything)), seed=SEED)
train, test = clean.split(shares, seed=SEED)
rows = pd.concat([leakage(*by_image, names=sides), leakage(train, test, names=sides)])[["groups", "images_in_second"]]
rows = rows.set_axis(["patients on both sides", "copies in the test"], axis=1)
rows.insert(0, "split", ["all, image by image", "what stays, patient by patient"])
assert rows["patients on both sides"].iloc[1] == 0 == rows["copies in the test"].iloc[1]
assert not ours or (rows["patients on both sides"].iloc[0] > 70 and rows["copies in the test"].iloc[0] > 0)
plotting.table(rows, marked("Two ways to split" if known else "Two ways to split; patients are not known", simulated))

# %% [markdown]
# Image by image, more than 70 of the 90 are on both sides, and an image of the test lies in the training, too; a network that recognizes a patient's slide would be praised for it. From here on patients are on one side only. Lecture 2 says what that does to an interval, lecture 3 what it does to a score. Where nothing tells whose an image is, nobody can promise this: then ask.
#
# ## How many directions?
#
# The intrinsic dimension says in how many ways these images vary (lecture 5). Two estimators, one image per patient drawn twenty times, gray and equally scaled:

# %%
small, k = comparable(clean, one_per_patient=False), min(20, n_patients // 4)
found = {f"MLE, k = {k}": MLE(k=max(k, 2)), "TwoNN": TwoNN()}
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    rows = [
        {"estimator": name, "dimension": each.fit(small).dimension_, "low": each.interval_[0], "high": each.interval_[1]}
        for name, each in found.items()
    ]
print(*sorted({str(one.message) for one in said if one.category is UserWarning}), sep="\n")
title = marked(f"Intrinsic dimension, 95 % intervals, {who}", simulated)
plotting.table(rows, title, dict.fromkeys(["dimension", "low", "high"], "{:.1f}"))

# %%
mle, twonn = (row["dimension"] for row in rows)
apart = rows[0]["high"] < rows[1]["low"] or rows[1]["high"] < rows[0]["low"]
unlike = abs(np.log(twonn / mle)) > np.log(1.25)
assert not ours or (unlike and not apart and 6 < mle < 10 and 10 < twonn < 15)
verdict = "The intervals do not overlap: believe neither." if apart else "The intervals overlap, the least one can ask."
print(verdict, "One number is more than a quarter above the other: a warning." if unlike else "")

# %% [markdown]
# On the sample the intervals overlap because that of TwoNN is wide, not because the numbers are alike: 89 patients are too few. An interval holds chance and not the bias: where patients are few, twenty neighbors reach far, and the MLE comes out too low. Two numbers that disagree are a warning; two that agree are no proof.
#
# ## A map
#
# t-SimCNE (lecture 6) learns live, from the images of the training patients alone, which changes make no difference, and then places those of the test. Cells have no upright, so turns are among these changes; for a folder of yours they are not, until you say `"right-angles"`: a turned chest is another chest.

# %%
quick = BUDGET == "quick"
most = 600 if quick else len(train)  # so that seconds suffice
chosen = train[np.sort(np.random.default_rng(SEED).permutation(len(train))[:most])]
make = TSimCNE.for_two_cores if quick else TSimCNE
plan = {"epochs": (80, 5, 45), "batch_size": 64} if quick else {}
learner = make(augmentations="right-angles" if simulated else "natural", random_state=SEED, **plan).fit(chosen)
place = Path(desk.name if simulated else "runs", "my_map.safetensors")  # yours: in runs/, beside this notebook
learner.save(place)
print(f"learned from {len(chosen)} images; saved as {place.name} ({place.stat().st_size / 1e6:.1f} MB)")

# %%
seen_at, new_at = learner.embedding_, learner.transform(test)
right = KNeighborsClassifier(min(15, len(chosen))).fit(seen_at, chosen.labels).predict(new_at) == test.labels
common = (test.labels == np.bincount(chosen.labels).argmax()).mean()
assert not ours or right.mean() > common + 0.2
title = f"Of {len(test)} test images {100 * right.mean():.0f} % lie among their own"
fig, axes = plotting.figure(2, size=(14, 6))
few = np.random.default_rng(SEED).permutation(len(test))[:60]
about = {"simulated": simulated, "new": new_at[few], "new_labels": test.labels[few]}
figures.draw_map(seen_at, chosen.labels, names, ax=axes[0], title=f"{title}; {len(few)} with a rim", **about)
about = {"n_classes": len(names), "simulated": simulated}
figures.draw_image_map(seen_at, chosen.images, chosen.labels, ax=axes[1], title="Like lies with like", **about)
print(f"to always say the most common class: {100 * common:.0f} %")

# %% [markdown]
# *Predict first*: where will the images lie whose neighbors are mostly of another class, in the middle of the clouds or between them? Color by k-NN, draw a lasso around some and look: these are the ones whose label is worth a second look.

# %%
some = np.sort(np.random.default_rng(SEED).permutation(len(clean))[:2000])
explorers.atlas_explorer(learner.transform(clean[some]), clean[some])

# %%
if simulated:
    middle = np.array([np.median(seen_at[chosen.labels == label], axis=0) for label in test.labels])
    reach = np.linalg.norm(new_at - middle, axis=1)
    farther = reach[~right].mean() / reach[right].mean()
    assert not ours or farther > 1.2
    print(f"test images among another class lie {farther:.1f} times as far from the middle of their own (simulated)")

# %% [markdown]
# They lie off the middle of their own class, where clouds meet. What may not be read off a map: that a small island is a disease, that two islands are far apart, that a point in the wrong cloud has the wrong label. And color, which these augmentations declare irrelevant, cannot show, though it may be what sets two scanners apart: draw a second map without its jitter (lecture 6).
#
# ## A classifier, and how well it is known
#
# The network has learned 32 numbers of each image (512 at the full budget) without a label; a logistic regression on them is modest, fast and hard to fool oneself with. Beside it stands one that knows nothing but the mean color of each image: if that is as good, nobody needs a network, and somebody should ask why color tells the class. All are judged on patients that neither the map nor the classifier has seen.

# %%
def people(part, number):
    """Patients who have images of a class."""
    return len(np.unique(part.groups[part.labels == number]))


kinds = [number for number in range(len(names)) if labeled and min(people(train, number), people(test, number)) >= 5]
testable = len(kinds) > 1
if labeled and 0 < len(kinds) < len(names):
    print("Too few patients, left out:", ", ".join(set(names) - {names[number] for number in kinds}))
why = "fewer than two classes have five patients in the training and five in the test" if labeled else "there are no classes"
print(f"{len(kinds)} classes have enough patients." if testable else f"No classifier is trained: {why}.")

# %%
def mean_color(images):
    """The mean of each channel: (N, 1) or (N, 3)."""
    channels = 3 if images.kind == "color" else 1
    return images.images.reshape(len(images), -1, channels).mean(axis=1) / 255


# %%
scores = {}
if testable:
    assert learner.features(test[:2]).shape[1] == (32 if quick else 512)
    learn, judge = (part[np.isin(part.labels, kinds)] for part in (train, test))
    for name, numbers in {"network": learner.features, "mean color": mean_color}.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        scores[name] = model.fit(numbers(learn), learn.labels).predict_proba(numbers(judge))
    truth, of = judge.labels[:, None] == kinds, [names[number] for number in kinds]
    result = {name: bootstrap_auroc(truth, each, groups=judge.groups, names=of, seed=SEED) for name, each in scores.items()}

# %%
compared = None
if testable:
    gain = result["network"].minus(result["mean color"])
    columns = {"network": result["network"], "mean color": result["mean color"], "difference": gain}
    rows = {"class": [*of, "mean"], "positive": [*truth.sum(axis=0), ""]}
    for name, each in columns.items():
        ends = [*each.interval(), each.macro.interval()]
        values = zip([*each.estimate, each.macro.estimate], ends, strict=True)
        rows[name] = [f"{value:.2f} ({low:.2f} to {high:.2f})" for value, (low, high) in values]
    judged = f"{result['network'].n_units} patients" if known else "images, each taken for a patient"
    title = f"AUROC, 95 % intervals over {judged} ({len(judge)} images of the test, one training, seed {SEED})"
    assert not ours or (gain.macro.interval()[0] > 0 and (result["network"].estimate > 0.8).all())
    compared = plotting.table(rows, marked(title, simulated))
compared

# %%
if testable:
    fig, axes = plotting.figure(2, size=(13.4, 1.8 + 0.5 * len(of)))
    for ax, (name, each) in zip(axes, result.items(), strict=True):
        draw_intervals(each.table(), ax=ax)
        ax.axvline(0.5, color=plotting.COLORS["muted"], ls=":")
        low, high = each.macro.interval()
        title = f"{name.capitalize()}: mean AUROC {each.macro.estimate:.2f} ({low:.2f} to {high:.2f})"
        titled(ax, title, simulated=simulated).set_xlim(0.2, 1.02)

# %%
if testable:
    hit = np.array(kinds)[scores["network"].argmax(axis=1)] == judge.labels
    # the sensitivity of "is right", where all should be: the accuracy, with an interval over patients
    accuracy = bootstrap_quantity(np.ones(len(hit), int), hit.astype(int), "sensitivity", groups=judge.groups, seed=SEED)
    low, high = 100 * accuracy.interval()[0]
    common = 100 * (judge.labels == np.bincount(learn.labels).argmax()).mean()
    assert not ours or low > common
    print(f"accuracy {100 * hit.mean():.0f} % ({low:.0f} to {high:.0f} %), {len(hit)} images, interval over {judged}; always the most common class: {common:.0f} %")

# %% [markdown]
# On the sample the network is better than mean color: the interval of the difference lies above 0. An interval over patients says how much these numbers would change with other patients of the same kind, from the same place. It says nothing about another hospital, another scanner, or another training: that needs more folders and more seeds.
#
# ## What to do next
#
# 1. Look up what is suspect, and what stands under two names. Correct the files, not the code, and run this again.
# 2. Set `PATIENT` right: no number here is worth more than that line.
# 3. More pixels: `size=64` in the cell that reads. More learning: `BUDGET = "full"`, on a GPU.
# 4. A table of labels in place of subfolders: `course_lib.data.from_folder(folder, labels="labels.csv", groups="patient")`.
# 5. [Lecture 2](02_classification_metrics.ipynb) before anybody is told an AUROC, [lecture 5](05_intrinsic_dimension.ipynb) before a dimension, [lecture 6](06_tsimcne.ipynb) before a map.
#
# ## Limits
#
# - The sample is simulated: faults were planted that the checks can find, kinds of cells are told apart by construction, and patients differ by a tint and nothing else. That everything is found here proves nothing about your folder.
# - Images are judged at 32 × 32 pixels, where fine blur and small findings are gone; proportions are not kept.
# - *Unusual* is told by comparison: if half of a set is blurred, blur is usual. Copies that were cropped, turned or scaled are not found.
# - What varies with the class and has nothing to do with it, such as a ward, a device, a ruler in the picture, is learned gladly. No check here sees that; mean color is the simplest guess at it.
# - One split, one training: the interval does not hold their chance.
#
# ## References
#
# - Roberts, M. et al. (2021). Common pitfalls and recommendations for using machine learning to detect and prognosticate for COVID-19 using chest radiographs and CT scans. *Nature Machine Intelligence* 3, 199-217.
# - Kapoor, S. and Narayanan, A. (2023). Leakage and the reproducibility crisis in machine-learning-based science. *Patterns* 4(9), 100804.
# - Facco, E. et al. (2017). Estimating the intrinsic dimension of datasets by a minimal neighborhood information. *Scientific Reports* 7, 12140.
# - Böhm, J. N., Berens, P. and Kobak, D. (2023). Unsupervised visualization of image datasets using contrastive learning. *ICLR*.
# - Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. *J. R. Stat. Soc. B* 69(3), 369-390.
# - Iglewicz, B. and Hoaglin, D. (1993). *How to detect and handle outliers*. ASQC.
