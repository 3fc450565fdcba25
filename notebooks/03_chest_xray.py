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
# # Chest X-ray: fourteen findings at once
#
# **AI in Medicine, lecture 3**
#
# In 2017 a hospital gave away 112,120 chest radiographs, and a few weeks later a network was said to find pneumonia on them better than the average radiologist. This lecture follows that
# sentence from the images to the labels, through the training, to the table, the heat map and the readers, and asks at each step what could be wrong with it.
#
# ## Goals
#
# After this lecture you can
#
# 1. name what one looks for in a chest radiograph, and recognize fourteen findings at the size of a thumbnail;
# 2. say where labels come from, and what a network can learn from wrong ones;
# 3. train one network on many findings at once: sigmoids and not a softmax, weights, patients that stay on one side;
# 4. report its results finding by finding, with intervals by patient, and say which published numbers they may stand beside;
# 5. check whether a heat map shows what the network used, and whether "as good as a radiologist" follows from a table.
#
# Everything runs offline, in under 90 seconds on two CPU cores, on **simulated** radiographs: drawn from a seed, with the findings' true places known. No result on them says anything about a
# hospital. The same notebook runs on ChestMNIST and on NIH's images. Where a sentence states a number, a cell beside it has checked it (for seed 0 and the simulated cohort).

# %% tags=["parameters"]
from course_lib import config

DATASET = "simulated"  # or "chestmnist" (downloaded once), or "nih": your copy of ChestX-ray14, in the data folder
BUDGET = config.budget()  # "quick": networks trained beforehand; "full": trained here, CheXNet at 224 pixels, for a GPU
SEED = config.seed()

# %%
import numpy as np
import pandas as pd
import torch
from torch.nn import functional as F

# %%
from course_lib import chest_xray, metrics, plotting
from course_lib.chest_xray import FINDINGS, explorers, figures
from course_lib.metrics.figures import draw_roc
from course_lib.published import published
from course_lib.training import interval_of_mean, predict

plotting.use()
facts = published("chest_xray")
print(f"device {config.device()}, precision {config.precision()}, budget {BUDGET}, seed {SEED}")

# %% [markdown]
# ## What one looks for
#
# A chest radiograph is a shadow: bone absorbs most, then water and soft tissue, then fat, and air least. One looks at the lungs (is there something that should be air?), the heart (is it wider than half
# of the chest?), the pleura (is there air or fluid where lung should be?), and below the diaphragm. The picture shows the patient as if facing you: her left, marked L, is on your right, and so is most of the heart. All images here are PA views, of standing
# patients; on AP films of patients in bed the heart looks larger.

# %%
large = chest_xray.simulate_radiographs(100, size=128, seed=3 * SEED + 2)
assert large.card.simulated and large.class_names == FINDINGS == tuple(facts["findings"].value)
fig, axes = plotting.figure((3, 5), size=(11.5, 7.6))
axes.flat[-1].set_axis_off()
figures.draw_findings_gallery(large, axes=axes.flat[:14]);

# %%
signs = [{"finding": finding, "what one sees": sign} for finding, sign in chest_xray.DESCRIPTIONS.items()]
assert len(signs) == 14
plotting.table(signs, "Fourteen findings, each in a sentence")

# %% [markdown]
# Now read for yourself. *Predict first*: choose "no finding" and look at ten images, then at ten with a nodule. How many of the nodules would you have found before you switched the truth on?

# %%
simulated = chest_xray.cohort("simulated", "test", seed=SEED)  # 380 patients at 64 pixels, the first 100 as above
teacher = chest_xray.trained_network(0)  # trained beforehand, on other simulated patients; more of it below
opinion = predict(teacher, simulated).sigmoid().numpy()
assert np.array_equal(simulated.labels[: len(large)], large.labels)
explorers.reading_room_explorer(large, scores=opinion[: len(large)], logits=False)

# %%
nodule = FINDINGS.index("Nodule")
has_nodule = simulated.extras["true_labels"][:, nodule] == 1
nodule_area = chest_xray.finding_mask(simulated, "Nodule")[has_nodule].mean()
assert nodule_area < 0.005
found = metrics.ConfusionCounts.at_threshold(has_nodule, opinion[:, nodule], 0.5)
assert SEED != 0 or found.sensitivity < 0.4
print(f"a simulated nodule covers {nodule_area:.2%} of its image; at a probability of .5 the network finds {found.sensitivity:.0%}")

# %% [markdown]
# A nodule is a few pixels, under half a percent of the picture, and it likes to lie behind a rib. If you missed most of them, you are in good company: so does the network.
#
# ## Where the images come from

# %%
sets = facts["datasets"].value
assert sets["ChestX-ray14"]["images"] == facts["chest_xray14.images"].value == 112_120
split, people = facts["split.images"].value, facts["split.patients"].value
assert tuple(facts["nih_split.images"].value.values()) == (86_524, 25_596)
assert sum(split.values()) == 112_120 and sum(people.values()) == facts["chest_xray14.patients"].value == 30_805
fig, ax = plotting.figure(size=(10, 4.2))
figures.draw_datasets(sets, ax=ax);

# %%
terms = {name: s["license"] or "see the provider" for name, s in sets.items()}
rows = [{"data set": name, "images": s["images"], "labels": s["labels"], "terms": terms[name]} for name, s in sets.items()]
plotting.table(rows, "Chest radiographs that can be had")

# %% [markdown]
# ChestX-ray14 has 112,120 images of 30,805 patients. A much-used split, that of ChestMNIST, keeps patients apart: 78,468 images to train, 11,219 to choose, 22,433 to test. NIH's own lists have 86,524 and 25,596.
#
# ## Labels from reports
#
# Radiologists read every one of the 112,120 images, to write a report and not to label it; a program then read the reports. A report says what the doctor needed to hear: *"unchanged"* is a finding without its name, *"no pneumothorax"* has the name without the finding, *"possible infiltrate"* is neither. Here we know the truth, so we can
# ask what labels that are wrong in a known share do to a reader that is always right.

# %%
noisy = chest_xray.simulate_radiographs(200, seed=3 * SEED + 2, label_noise=0.1)
truth = noisy.extras["true_labels"]
assert np.array_equal(noisy.images, simulated.images[: len(noisy)])  # the same images, other labels
from_reports = metrics.ConfusionCounts.from_labels(truth, noisy.labels, names=FINDINGS).sum()
perfect = metrics.auroc(noisy.labels, truth.astype(float))
assert perfect.mean() < 0.99 and facts["labels.visual_review"].value == [0.1, 0.3]
print(f"labels against the truth: sensitivity {from_reports.sensitivity:.3f}, PPV {from_reports.ppv:.3f}")
print(f"a reader who is always right, judged by these labels: macro AUROC {perfect.mean():.3f}")

# %% [markdown]
# The perfect reader does not score 1. Published labels are text-mined; when a radiologist looked at the images, the positive predictive value of most of ChestX-ray14's labels was
# lower than documented, by .1 to .3 (Oakden-Rayner 2020).
#
# ### Who has what

# %%
study = {part: chest_xray.cohort(DATASET, part, seed=SEED) for part in ("validation", "test")}
fig, axes = plotting.figure(2, size=(11.5, 5.6))
figures.draw_cohort(study["test"].labels, axes=axes, simulated=DATASET == "simulated");

# %%
test = study["test"]
nothing = metrics.ConfusionCounts.from_labels(test.labels, np.zeros_like(test.labels), names=FINDINGS).sum()
assert nothing.sensitivity == 0 and (DATASET != "simulated" or nothing.accuracy > 0.85)
assert facts["all_zeros.accuracy"].value == 0.94743
n_patients = "unknown" if test.groups is None else len(np.unique(test.groups))
print(f"{len(test)} test images, patients: {n_patients}; findings per image: {test.labels.sum(axis=1).mean():.2f}")
print(f"calling everything negative is right {nothing.accuracy:.3f} of the time and finds nothing")

# %% [markdown]
# Accuracy is blind here, on the simulated cohort as on the real one, where calling everything negative scores .94743 (lecture 2). We made rare findings more frequent than they are, so that a small test set holds some of each. That
# raised the company they keep as well: the pairs are NIH's, their shares are not.
#
# ## Many findings at once
#
# An image may show none of the findings, or four of them. That makes fourteen yes-or-no questions, not one question with fourteen answers: the problem is *multi-label*. Each question gets its own *sigmoid* and its own cross-entropy, and the loss is their sum
# $-\sum_c \left[y_c \log p_c + (1 - y_c)\log(1 - p_c)\right]$.

# %%
logits = torch.randn(6, 14, generator=torch.Generator().manual_seed(SEED))
labels = torch.tensor(test.labels[:6], dtype=torch.float32)
p = logits.sigmoid()
by_hand = -(labels * p.log() + (1 - labels) * (1 - p).log()).sum(dim=1)
built_in = F.binary_cross_entropy_with_logits(logits, labels, reduction="none").sum(dim=1)
assert torch.allclose(by_hand, built_in, atol=1e-4)
crowded = torch.full((1, 14), -4.0)
crowded[0, :3] = 4.0  # three findings that are plainly there
assert crowded.sigmoid()[0, :3].min() > 0.98 and crowded.softmax(1)[0, :3].max() < 0.34
each, competing = crowded.sigmoid()[0, :3].numpy(), crowded.softmax(1)[0, :3].numpy()
print("three plain findings: sigmoid", each.round(2), "softmax", competing.round(2))

# %% [markdown]
# A *softmax* divides one probability among all: three findings that are plainly there get a third each. How much that costs, we can measure: the same small network, the same images, once with sigmoids and once with one softmax over the findings and "none".

# %%
rival = chest_xray.trained_softmax()
shared = chest_xray.softmax_probabilities(predict(rival, simulated)).numpy()
with_sigmoid = metrics.bootstrap_auroc(simulated.labels, opinion, groups=simulated.groups, names=FINDINGS, seed=SEED)
with_softmax = metrics.bootstrap_auroc(simulated.labels, shared, groups=simulated.groups, names=FINDINGS, seed=SEED)
cost = with_sigmoid.minus(with_softmax).macro
low, high = cost.interval()
assert SEED != 0 or low > 0
print(f"macro AUROC: sigmoid {with_sigmoid.macro.estimate:.3f}, softmax {with_softmax.macro.estimate:.3f}")
print(f"difference {cost.estimate:.3f} [{low:.3f}, {high:.3f}], n = {len(simulated)} simulated images, one training each")
present = simulated.labels == 1
assert shared[present].mean() < opinion[present].mean()
fig, ax = plotting.figure(size=(9.5, 4.4))
figures.draw_softmax_harm(simulated.labels, opinion, shared, ax=ax, simulated=True);

# %% [markdown]
# Softmax gives a true finding less than the sigmoids do, however many there are, and its ceiling falls with every further one. The ranking suffers too; whether that is more than another training would change, we check below.
#
# ### Rare findings, heavy weights
#
# CheXNet's pneumonia model (not the one for fourteen findings) weighs each class by the other's share, $w_+ = |N|/(P+N)$ and $w_- = |P|/(P+N)$, so that both weigh the same in all. Lecture 2 said what that does to the probabilities.

# %%
known = study["validation"].labels  # counts for weights never come from the test set
weighted = chest_xray.WeightedBCE.from_labels(known)
generator = torch.Generator().manual_seed(SEED)
outputs, targets = torch.randn(50, 14, generator=generator), torch.tensor(known[:50], dtype=torch.float32)
usual = F.binary_cross_entropy_with_logits(outputs, targets, pos_weight=weighted.pos_weight, reduction="none")
assert torch.isclose(weighted(outputs, targets), (weighted.negative * usual).mean(), rtol=1e-5)
share = known.mean(axis=0)
constant = torch.tensor(np.log(weighted.pos_weight.numpy() * share / (1 - share)))
assert torch.allclose(constant.sigmoid(), torch.tensor(0.5, dtype=constant.dtype), atol=1e-5)
print("best constant prediction under the weighted loss:", constant.sigmoid().numpy().round(3)[:3], "…")

# %% [markdown]
# The weighted loss is the usual one with `pos_weight` = N/P, times w₋ (the course's losses are means over the findings; CheXNet's is their sum). Whoever knows nothing does best by saying ½ to everything: such a network's outputs rank, but they are not probabilities until the weight is taken back off.
#
# ## Patients stay on one side
#
# Patients come back, with the same ribs, the same heart, and often the same finding. *Split by image*, and the network meets its test patients in training: a leak. Does that matter? Two networks, the same test images. One has seen *other images of the test patients*, the other as many images
# of *other patients*. A simulated cohort in which everybody comes five times and mostly keeps the findings.
#
# *Predict first*: how much better does the first one look?

# %%
returning = chest_xray.simulate_radiographs(250, seed=100 + SEED, images_per_patient=5, persistence=0.95)
leak = chest_xray.split_experiment(returning, epochs=14, seed=SEED)
optimism, low, high = leak.difference
assert SEED != 0 or low > 0.02
print(f"{leak.n_test} simulated test images of {leak.n_patients} patients, {leak.n_train} training images either way")
fig, axes = plotting.figure(2, size=(11.5, 3.2))
figures.draw_leak(leak.frame, leak.difference, axes=axes, simulated=True);

# %% [markdown]
# The same architecture, the same test images: part of what looked like skill was acquaintance. How much depends on how often patients come back and how little they change: here often and little. In ChestX-ray14 more than half of the patients have one image.

# %%
visits = facts["images_per_patient"].value
assert visits["1"] / sum(visits.values()) > 0.5

# %% [markdown]
# ## Training
#
# CheXNet is a DenseNet-121 with fourteen outputs: 6,968,206 parameters, begun from ImageNet, 224 pixels. Two CPU cores cannot train it in a lecture. Our small network has the same ending, feature maps, their mean, one linear layer, and fewer than a fortieth of the parameters.

# %%
with torch.device("meta"):
    chexnet = chest_xray.CheXNet()
count = sum(parameter.numel() for parameter in chexnet.parameters())
small = sum(parameter.numel() for parameter in teacher.parameters())
assert count == facts["chexnet.parameters"].value == 6_968_206 and small < count / 40
log = chest_xray.training_log()
runs = {f"seed {seed}": history for seed, history in log.groupby("seed") if seed != "softmax"}
assert chest_xray.PATIENTS["train"] == 900
assert len(runs) == 3 and all(history["auroc"].max() > 0.75 for history in runs.values())
fig, ax = plotting.figure(size=(9, 3.8))
figures.draw_training_curves(runs, ax=ax, simulated=True);

# %% [markdown]
# These three networks were trained **beforehand**, on 900 simulated patients, by `python -m tools.train_chest_xray`; their weights and this log are part of the course. The trainings that you have just seen run were short. The epoch is chosen on validation patients, so the curve's best point flatters;
# the test patients below were not used for anything. With the full budget, or on another data set, the next cell trains.

# %%
def networks_for_study():
    if DATASET == "simulated" and BUDGET == "quick":
        return [chest_xray.trained_network(seed) for seed in (0, 1, 2)]
    train = chest_xray.cohort(DATASET, "train", seed=SEED)
    torch.manual_seed(SEED)
    network = chest_xray.SmallChestNet() if BUDGET == "quick" else chest_xray.CheXNet()
    chest_xray.prior_bias(network, train.labels)
    epochs = 5 if BUDGET == "quick" else 20
    rate = 4e-3 if BUDGET == "quick" else 1e-3
    run = chest_xray.train_classifier(network, train, study["validation"], epochs=epochs, seed=SEED, learning_rate=rate)
    return [run.model]


networks = networks_for_study()
outputs = [predict(network, test).numpy() for network in networks]  # logits, (N, 14) each
chosen_on = predict(networks[0], study["validation"]).numpy()

# %% [markdown]
# ## The table

# %%
validation = study["validation"]
held_out = (validation.labels, chosen_on) if validation.groups is None else (validation.labels, chosen_on, validation.groups)
result = chest_xray.evaluate(test.labels, outputs[0], groups=test.groups, validation=held_out, seed=SEED)
enough = result.table[result.table["n_positive"] >= 30]
assert DATASET != "simulated" or (0.80 < result.macro.value < 0.92 and (enough["auroc"] > 0.6).all())
print(result.summary())
decimals = dict.fromkeys(result.table.columns[2:], "{:.2f}")
plotting.table(result.table, f"{DATASET}: thresholds chosen on validation images", decimals)

# %%
fig, ax = plotting.figure(size=(10.5, 6.2))
figures.draw_auroc_table(result.table, ax=ax, simulated=DATASET == "simulated", unit=result.unit);

# %% [markdown]
# Findings with a shape of their own, such as a large heart, are found easily; a nodule of a few pixels is not. Look at *n positive* and at the intervals before you call one finding harder than another. And the PPV is that of a cohort in which
# most findings are more frequent than in ChestX-ray14. The thresholds are logits, chosen for F1 on validation patients.
#
# The curves behind three rows, an easy finding, a middling and a hard one:

# %%
columns = {name: FINDINGS.index(name) for name in ("Cardiomegaly", "Effusion", "Nodule")}
three = {name: metrics.roc_curve(test.labels[:, k], outputs[0][:, k]) for name, k in columns.items()}
fig, ax = plotting.figure(size=(6.4, 5.6))
draw_roc({name: (curve.fpr, curve.tpr) for name, curve in three.items()}, ax=ax)
calibration = result.calibration
worst = (calibration["predicted"] - calibration["observed"]).abs().max()
print(f"mean probability against frequency: the finding that is furthest off differs by {worst:.3f}")

# %% [markdown]
# Another training would have given another table:

# %%
by_seed = [metrics.auroc(test.labels, z).mean() for z in outputs]
if len(by_seed) > 1:
    low, high = interval_of_mean(by_seed)
    print(f"macro AUROC of {len(by_seed)} trainings: {np.round(by_seed, 3)}, mean {np.mean(by_seed):.3f} [{low:.3f}, {high:.3f}]")
    assert with_softmax.macro.estimate < min(by_seed)  # one softmax training, below every sigmoid training
together = metrics.bootstrap_auroc(test.labels, np.mean(outputs, axis=0), groups=test.groups, seed=SEED)
assert DATASET != "simulated" or together.macro.estimate > np.mean(by_seed)
print(f"their mean logit as one reader: {together.macro.estimate:.3f}")

# %% [markdown]
# The trainings differ by as much as many a published improvement. Their mean logit ranks better than the average training. And the softmax of before stands below all of them.

# %% [markdown]
# ### May it stand beside the published ones?

# %%
columns = {name: facts[f"auroc.{name.lower()}"].value for name in ("Wang", "Yao", "CheXNet")}
means = facts["auroc.means"].value
assert all(abs(np.mean(list(column.values())) - means[name.lower()]) < 6e-4 for name, column in columns.items())
reason = "simulated images" if DATASET == "simulated" else "another split or size" if DATASET != "nih" else {}
beside = result.beside(columns, not_comparable=reason)
shown = pd.DataFrame({"finding": list(columns["Wang"]), **{name: list(column.values()) for name, column in columns.items()}})
print("our column and the published ones:", beside.iloc[0]["CheXNet"] if reason else "comparable")
plotting.table(shown, "Published AUROCs on ChestX-ray14, point estimates without intervals", dict.fromkeys(columns, "{:.3f}"))

# %% [markdown]
# No: ours come from simulated images. Even among the published columns the splits differ, and none came with an interval by patient. A public reproduction of CheXNet reaches a macro AUROC of .8383 [.8310, .8437] on the usual test set, by patient; the paper says .8414.

# %%
assert facts["reproduction.macro_auroc"].value == 0.8383 and facts["interval.macro_patient"].value == [0.8310, 0.8437]
assert means["chexnet"] == 0.8414

# %% [markdown]
# ### One threshold for each finding
#
# CheXNet outputs probabilities, not answers. Each finding needs a threshold, chosen on other patients. *Predict first*: choose for a sensitivity of .9 on the validation images. On which findings will the test images keep that promise: on the easy or on the hard ones?

# %%
explorers.operating_point_explorer(test.labels, outputs[0], held_out, simulated=DATASET == "simulated")

# %%
kept = []
for k in range(len(FINDINGS)):
    at = metrics.choose_threshold(validation.labels[:, k], chosen_on[:, k], criterion="sensitivity", target=0.9)
    kept.append(at.evaluate(test.labels[:, k], outputs[0][:, k]))
sensitivity, specificity = ([getattr(c, rate) for c in kept] for rate in ("sensitivity", "specificity"))
correlation = np.corrcoef([sensitivity, specificity, result.table["auroc"]])[2, :2]
assert DATASET != "simulated" or SEED != 0 or correlation[1] > 0.5 > correlation[0]
print(f"on the test images: sensitivity {min(sensitivity):.2f} to {max(sensitivity):.2f},")
print(f"specificity {min(specificity):.2f} to {max(specificity):.2f}; correlation with the AUROC {correlation.round(2)}")

# %% [markdown]
# The sensitivity scatters about .9 for easy and hard findings alike, by the luck of few validation positives. What the hard ones pay is specificity: to find nearly all nodules, the network has to call nearly everybody who has none.
#
# ## Where the network looks
#
# Our network ends with feature maps $f_k$, their means, and one linear layer. So its logit can be taken apart place by place: the *class activation map* $M_c = \sum_k w_{ck} f_k$ is the logit before the mean is taken. Grad-CAM, which does without such a last layer, weighs the maps by derivatives; here it must give the same.

# %%
maps = chest_xray.class_activation_map(teacher, simulated, "Effusion")
logit = predict(teacher, simulated)[:, FINDINGS.index("Effusion")].numpy()
bias = teacher.classifier.bias[FINDINGS.index("Effusion")].item()
assert np.abs(maps.mean(axis=(1, 2)) + bias - logit).max() < 1e-4
grad = chest_xray.grad_cam(teacher, simulated[:16], "Effusion")
assert np.abs(grad - maps[:16]).max() < 1e-5
print(f"mean(map) + bias = logit to {np.abs(maps.mean(axis=(1, 2)) + bias - logit).max():.1e}; Grad-CAM is the same map")

# %%
rows, titles = [], []
for finding in ("Cardiomegaly", "Effusion", "Pneumothorax", "Nodule"):
    shows = np.flatnonzero(simulated.extras["true_labels"][:, FINDINGS.index(finding)])
    rows.append(shows[simulated.extras["severity"][shows, FINDINGS.index(finding)].argmax()])
    titles.append(finding)
heat = np.concatenate([chest_xray.class_activation_map(teacher, simulated[int(r)], f) for r, f in zip(rows, titles, strict=True)])
masks = np.concatenate([chest_xray.finding_mask(simulated[int(r)], f) for r, f in zip(rows, titles, strict=True)])
fig, axes = plotting.figure(4, size=(12, 3.6))
figures.draw_heat_maps(simulated.images[rows], heat, titles, axes=axes, simulated=True, masks=masks);

# %% [markdown]
# All four are on one scale: red speaks for the finding, blue against it; the mean over all places, plus the bias, is the logit. The large heart is lit where it is; the others are hardly to be seen on its scale, and what there is of the pneumothorax lies mostly beside it. Most published heat maps are stretched to fill their colors, image by image. *Predict first*: what will the map of a *normal* image look like if it is stretched like that?

# %%
explorers.cam_inspector_explorer(teacher, simulated)

# %%
normal = simulated[simulated.extras["true_labels"].sum(axis=1) == 0]
quiet = chest_xray.class_activation_map(teacher, normal, "Pneumothorax")
stretched = chest_xray.min_max(quiet)
assert np.allclose(stretched.max(axis=(1, 2)), 1) and np.allclose(stretched.min(axis=(1, 2)), 0)
probability = predict(teacher, normal).sigmoid()[:, FINDINGS.index("Pneumothorax")].median()
print(f"{len(normal)} normal simulated images: median probability {probability:.3f};")
print("every stretched map reaches the top of its scale somewhere")

# %% [markdown]
# Fully red somewhere, whatever the network thinks. A stretched map shows where the evidence is *largest*, not whether there is any.
#
# ### Does it point at the finding?
#
# In simulated images the place is known. The *pointing game* asks whether the map's maximum lies in the finding's mask, and how often a blind finger would hit it.

# %%
game = chest_xray.pointing_by_finding(teacher, simulated, dilate=2)
rate, chance = game["hits"].sum() / game["n"].sum(), (game["chance"] * game["n"]).sum() / game["n"].sum()
assert SEED != 0 or rate > 2 * chance
air = game.set_index("finding").loc["Pneumothorax"]
area = metrics.auroc(simulated.labels, opinion)[FINDINGS.index("Pneumothorax")]
assert SEED != 0 or (area > 0.85 and air["high"] < 0.5)
print(f"hits {rate:.2f}, by chance {chance:.2f}, {game['n'].sum()} findings in {len(simulated)} simulated images")
fig, ax = plotting.figure(size=(10, 5.6))
figures.draw_pointing(game, ax=ax, simulated=True);

# %% [markdown]
# More than twice chance, and far from always. Pneumothorax is ranked well, and yet most of its maps point elsewhere: the network may be right for reasons that lie elsewhere, such as the emphysema that often comes with it. (Findings
# too small for a pixel of their own are left out.)
#
# ### Does the map depend on what was learned?
#
# Adebayo and colleagues (2018) asked it this way: forget the weights, and draw the map again. If it looks the same, it showed the image and not the network.

# %%
forgotten = chest_xray.randomize_weights(teacher, seed=SEED)
blank = chest_xray.class_activation_map(forgotten, simulated[:100], "Effusion")
alike = np.nanmean(chest_xray.rank_similarity(maps[:100], blank))
assert abs(alike) < 0.5
print(f"rank correlation with the map of a network that has forgotten everything: {alike:.2f} (100 simulated images)")

# %% [markdown]
# Near 0: the map depends on what was learned. That does not make it right.

# %% [markdown]
# ## As good as a radiologist?
#
# The paper compared F1 scores: four radiologists and the network, each against the others, on 420 images.

# %%
readers, mean = facts["f1.readers"].value, facts["f1.readers_mean"].value
intervals = facts["f1.readers_intervals"].value
table = [{"reader": name, "f1": f1, "low": intervals[name][0], "high": intervals[name][1]} for name, f1 in readers.items()]
chexnet_low, chexnet_high = facts["f1.chexnet_interval"].value
table.append({"reader": "CheXNet", "f1": facts["f1.chexnet"].value, "low": chexnet_low, "high": chexnet_high})
assert abs(np.mean(list(readers.values())) - mean) < 1e-3 and mean == 0.387 and facts["f1.chexnet"].value == 0.435
assert readers["Radiologist 4"] == 0.442 > facts["f1.chexnet"].value
assert facts["pneumonia_split.images"].value["test"] == 420
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_readers(pd.DataFrame(table), "CheXNet", ax=ax, simulated=False);

# %% [markdown]
# The network's .435 is above the mean of the four, .387; the fourth radiologist, with .442, is above the network. The paper tests its difference to the *mean* of the four, which is another question than whether it beats a given one; overlapping intervals answer neither. And who is the judge? The others: nobody knows which images show a pneumonia. We can find out what that does, since our readers are simulated: their sensitivity and specificity are
# known, and so is the truth.

# %%
effusion = FINDINGS.index("Effusion")
real = simulated.extras["true_labels"][:, effusion]
skill = {"sensitivity": [0.6, 0.7, 0.8, 0.9], "specificity": [0.98, 0.96, 0.93, 0.88]}
calls = chest_xray.simulate_readers(real, **skill, difficulty=0.5, seed=SEED)
others = chest_xray.cohort("simulated", "validation", seed=SEED)
at = metrics.choose_threshold(others.labels[:, effusion], predict(teacher, others).sigmoid()[:, effusion].numpy())
model_says = opinion[:, effusion] >= at.value
everybody = pd.DataFrame(calls, columns=[f"Reader {r}" for r in (1, 2, 3, 4)]).assign(network=model_says.astype(int))
among = chest_xray.f1_against_others(everybody, seed=SEED, groups=simulated.groups)
against_truth = [metrics.ConfusionCounts.from_labels(real, everybody[name]).f1 for name in everybody]
caption = f"Effusion, simulated readers: F1 against each other, and against the truth, n = {len(real)}"
plotting.table(among.assign(truth=against_truth), caption, dict.fromkeys(["f1", "low", "high", "truth"], "{:.3f}"))

# %%
fig, ax = plotting.figure(size=(9, 3.6))
figures.draw_readers(among, "network", ax=ax, simulated=True)
assert all(truth_f1 > f1 for truth_f1, f1 in zip(against_truth[:4], among["f1"][:4], strict=True))
assert SEED != 0 or among["f1"].idxmin() == 4

# %% [markdown]
# Against the truth every simulated reader is better than against the others: agreement with fallible judges has a low ceiling. (Our small network stands below all four.) *As good as a radiologist* hides more: one finding, readers without the history and the earlier images that they would have had, no reading room, and a test set in which
# disease is as frequent as somebody chose.
#
# ## Another hospital
#
# The same findings, another machine: a narrower gray scale, darker in the middle, less dose, sharpened edges. The network does not know.

# %%
elsewhere = chest_xray.simulate_radiographs(200, seed=3 * SEED + 2, site="B")
at_home = simulated[: len(elsewhere)]
assert np.array_equal(elsewhere.labels, at_home.labels)
there = chest_xray.evaluate(elsewhere.labels, predict(teacher, elsewhere).numpy(), groups=elsewhere.groups, seed=SEED)
here = chest_xray.evaluate(at_home.labels, predict(teacher, at_home).numpy(), groups=elsewhere.groups, seed=SEED)
lost = here.bootstrap.minus(there.bootstrap).macro
low, high = lost.interval()
assert SEED != 0 or low > 0
print(f"the same {len(elsewhere)} simulated images at site B: macro AUROC {here.macro.value:.3f} → {there.macro.value:.3f}")
print(f"lost {lost.estimate:.3f} [{low:.3f}, {high:.3f}]")
fig, ax = plotting.figure(size=(10, 6))
figures.draw_site_shift(here.table, there.table, ax=ax, simulated=True);

# %% [markdown]
# Same people, same disease, and a part of the skill stays at home. Here only the machine changed; prevalence, projection and patients would change as well (Zech and colleagues, 2018). Nothing in the table of the first hospital would have told. Whoever uses a model elsewhere has to measure it there.
#
# ## Where such a model is used
#
# Two places. *Triage*: which of the two hundred images of the night should be read first? A false alarm costs a place in the queue. *Screening*: who of many healthy people should be called back? There nearly everybody is well, and lecture 2 told what that does to a positive call.
#
# Mammography is the older example. Two views of each breast, every two years: in Germany from 50 to 75, read by two people; in the USA the Preventive Services Task Force advises it from 40 to 74, usually with one reader. The answer is a class on the BI-RADS scale (besides I to V there are 0, come back for more images, and VI, proven), and beside it
# the density of the tissue, a to d, since dense tissue hides what one looks for. A model can be the second reader, or sort images into those for one reader and those for two.

# %%
birads, risk = facts["mammography.birads"].value, facts["mammography.malignancy"].value
assert facts["mammography.views_per_breast"].value == 2 and list(birads) == ["I", "II", "III", "IV", "V"]
rows = [{"BI-RADS": k, "meaning": birads[k], "malignant": f"{risk[k][0]:.0%} to {risk[k][1]:.0%}"} for k in birads]
density = facts["mammography.density"].value
assert "to 75" in (ages := facts["errata.screening_age"].value["correct"]) and "40 to 74" in ages
assert list(density) == ["a", "b", "c", "d"]
print("ACR density:", "; ".join(f"{k}: {meaning}" for k, meaning in density.items()))
plotting.table(rows, "What a mammogram's reader writes down")

# %% [markdown]
# ## What it means for a patient
#
# - A finding on the list is not a diagnosis, and a finding that is not on the list is not looked for. A broken rib is not among the fourteen.
# - The network's answer rests on pictures like those it has seen. Another machine, another age, a drain in the chest, and it may not know that it does not know.
# - A heat map shows where the evidence is, not whether it is right. It can make a wrong answer look examined.
# - Somebody chose the threshold. Ask who, for which patients, and what a miss was worth.

# %% [markdown]
# ## Errata

# %%
slips = [facts[f"errata.{name}"].value for name in ("mimic_size", "jsrt_format", "chexnet_output", "screening_age")]
assert sets["MIMIC-CXR-JPG"]["images"] == 377_110 and sets["JSRT"]["images"] == 247
plotting.errata([tuple(slip.values()) for slip in slips])

# %% [markdown]
# ## Limits
#
# - The radiographs are drawn by a program. They are easier than real ones where a finding has a clean shape, harder where sixty-four pixels are too few, and they know nothing of tubes, drains, pacemakers and poor positioning.
# - The pairs of findings are NIH's, but raising rare findings raised their company: emphysema comes with a pneumothorax far more often than it does there.
# - The networks are small, and three trainings measure their scatter roughly. Softmax and split were compared with one training each; their intervals hold for these networks, on other patients.
# - The pointing game asks for one point. A map may cover the finding and still be led by something beside it.
# - Simulated readers err at random about a known truth. Real ones err together, for reasons.

# %% [markdown]
# ## References
#
# - Wang, X. et al. (2017). ChestX-ray8: hospital-scale chest X-ray database and benchmarks. *CVPR*. arXiv:1705.02315.
# - Yao, L. et al. (2017). Learning to diagnose from scratch by exploiting dependencies among labels. arXiv:1710.10501.
# - Rajpurkar, P. et al. (2017). CheXNet: radiologist-level pneumonia detection on chest X-rays with deep learning. arXiv:1711.05225.
# - Huang, G. et al. (2017). Densely connected convolutional networks. *CVPR*.
# - Zhou, B. et al. (2016). Learning deep features for discriminative localization. *CVPR*. Selvaraju, R. R. et al. (2017). Grad-CAM. *ICCV*.
# - Adebayo, J. et al. (2018). Sanity checks for saliency maps. *NeurIPS*.
# - Oakden-Rayner, L. (2020). Exploring large-scale public medical image datasets. *Academic Radiology* 27(1), 106–112.
# - Zech, J. R. et al. (2018). Variable generalization performance of a deep learning model to detect pneumonia in chest radiographs. *PLoS Medicine* 15(11), e1002683.
# - Yang, J. et al. (2023). MedMNIST v2. *Scientific Data* 10, 41.

# %% [markdown]
# ## Exercise
#
# Now you: [exercises/03_chest_xray.ipynb](../exercises/03_chest_xray.ipynb). From the loss of one image to finding the leak in a split; each question checks itself.
