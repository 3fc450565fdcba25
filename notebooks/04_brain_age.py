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
# # Brain age: a number from a brain, and the correction that flatters it
#
# **AI in Medicine, lecture 4**
#
# A network looks at a brain and says *67*. Its owner is 58. Does she have a disease, or the network an error? Thousands of papers stand on that difference, the *brain-age gap*, and many of them report it after a
# correction that makes every network look good, also one that has never seen a brain. This lecture builds the network, the gap and the correction, and shows which of the numbers can be believed.
#
# ## Goals
#
# After this lecture you can
#
# 1. say what the years do to a brain, and train a network that reads an age from a volume;
# 2. read an MAE and an R² together with the ages that they were measured on;
# 3. explain why the young look old and the old look young, correct it, and say what must not be reported afterwards;
# 4. find out which parts of the brain know the age, and join them without cheating;
# 5. compare the gaps of patients and controls so that neither age nor scanner is mistaken for disease.
#
# Everything runs offline, in under 90 seconds on two CPU cores, on **simulated** people: one real average brain (MNI152), aged and deformed by formulas, so that the truth is known. No result on them says anything about a patient.
# The same notebook runs on OASIS and on your copy of IXI. Where a sentence states a number, a cell beside it has checked it (for seed 0 and the simulated cohort).

# %% tags=["parameters"]
from course_lib import config

DATASET = "simulated"  # or "oasis" (gray matter, downloaded once), or "ixi": your copy, skull-stripped, in the data folder
BUDGET = config.budget()  # "quick", or "full": more people, longer schedules, a 3-D ResNet-18, for a GPU
SEED = config.seed()

# %%
import numpy as np
import pandas as pd
import torch
from scipy.ndimage import distance_transform_edt
from scipy.stats import spearmanr

# %%
from course_lib import brain_age, metrics, plotting
from course_lib.brain_age import BiasCorrection, explorers, figures, importance
from course_lib.published import published

plotting.use()
facts = published("brain_age")
quick, simulated = BUDGET == "quick", DATASET == "simulated"
print(f"device {config.device()}, precision {config.precision()}, budget {BUDGET}, seed {SEED}")

# %% [markdown]
# ## What the years do to a brain
#
# A healthy brain loses volume with age, and not everywhere alike: the fluid-filled *ventricles* in its middle widen, the *hippocampi* shrink, the folded *cortex* thins. Alzheimer's disease does the same, earlier and more, above all to the hippocampi.
# The brains below are the average of 152 real ones, aged by formulas: the same person at five ages.

# %%
ages = [45, 55, 65, 75, 85]
years = np.stack([brain_age.age_brain(age) for age in ages])
effect, brain = brain_age.effect_map(), brain_age.template(4)
near = distance_transform_edt(brain.ventricles < 0.5, sampling=4) <= 6  # mm
times = effect[near & brain.brain].mean() / effect[brain.brain].mean()
assert times > 2
print(f"from 45 to 80, voxels within 6 mm of the ventricles change {times:.1f} times as much as the brain on average")
fig, axes = plotting.figure(5, size=(12, 3.2))
figures.draw_brains(years, [f"{age} years" for age in ages], axes=axes, simulated=True, plane="coronal", cut=(22, 22, 20));

# %% [markdown]
# *Predict first*: make only the ventricles twenty years older than the rest, then only the hippocampi. Which of the two would you notice in a scan, and which would a network notice?

# %%
explorers.aging_brain_explorer()

# %% [markdown]
# The ventricles are hard to miss. The hippocampi are a few milliliters of gray among gray, and yet they matter more to a neurologist.
#
# ### A cohort
#
# Nobody is the average. Our simulated people have heads of their own (size, pose, shape), a scanner that adds shading and noise, and brains that age at a pace of their own: each has a *biological age* that scatters about the chronological one by two years.

# %%
people = {part: brain_age.cohort(DATASET, part, seed=SEED, budget=BUDGET) for part in ("train", "validation", "test")}
test = people["test"]
assert set(test.groups).isdisjoint(people["train"].groups) and set(test.groups).isdisjoint(people["validation"].groups)
assert not simulated or test.card.simulated
print({part: len(images) for part, images in people.items()}, "people;", test)

# %%
known = people if simulated else {part: brain_age.cohort("simulated", part, seed=SEED) for part in people}
truth = known["train"]
ventricles, hippocampi = truth.extras["ventricle_ml"], truth.extras["hippocampus_ml"]
r_ventricles, r_hippocampi = (spearmanr(truth.labels, volume).statistic for volume in (ventricles, hippocampi))
assert r_ventricles > 0.8 and r_hippocampi < -0.5
pace = truth.extras["biological_age"] - truth.labels
assert abs(pace.std() - 2) < 0.3
print(f"n = {len(truth)}: rank correlation of age with ventricles {r_ventricles:.2f}, with hippocampi {r_hippocampi:.2f}")
fig, axes = plotting.figure(2, size=(11, 3.6))
figures.draw_structure_curves(truth.labels, ventricles, hippocampi, axes=axes, simulated=True);

# %% [markdown]
# ## From a brain to an age
#
# An age is a number, so this is a *regression*: one output, and a loss that grows with the distance, $\frac1N\sum_i(\hat y_i - y_i)^2$. It can also be told as a *classification* that knows its classes are neighbors: SFCN, the network of Peng and colleagues, gives forty probabilities, one for each year from 42 to 82,
# and learns not from "60" but from a narrow bell around 60. Its answer is the mean of its distribution.

# %%
bins = brain_age.BinnedAges()
label = bins.soft_labels(torch.tensor([60.5]))
assert bins.n == facts["sfcn.bins"].value["count"] == 40 and torch.isclose(label.sum(), torch.tensor(1.0))
assert abs(bins.expected_age(label.log()).item() - 60.5) < 1e-3 and facts["sfcn.label_sigma"].value == 1
top = label[0].topk(5)
print("soft label of 60.5 years:", {f"{bins.centers[k]:.1f}": round(p.item(), 3) for p, k in zip(*top, strict=True)})

# %%
networks = {"slices, 2-D": brain_age.SliceNet(), "BrainNet, 3-D": brain_age.BrainNet(), "SFCN": brain_age.SFCN()}
with torch.device("meta"):
    networks["ResNet-18, 3-D"] = brain_age.resnet18_3d() if not quick else torch.nn.Identity()
count = {name: sum(p.numel() for p in network.parameters()) for name, network in networks.items()}
assert count["SFCN"] == facts["sfcn.parameters"].value == 2_952_936 and count["BrainNet, 3-D"] < count["SFCN"] / 39
plotting.table({name: n for name, n in count.items() if n}, "Parameters")

# %% [markdown]
# Ours is forty times smaller than SFCN, for volumes with voxels of 4 mm, three hundred people and two CPU cores. It takes a third of a minute to train, so we train it here.

# %%
torch.manual_seed(SEED)
network = brain_age.BrainNet() if quick else brain_age.resnet18_3d()
run = brain_age.train_regressor(network, people["train"], people["validation"], epochs=14 if quick else 40, seed=SEED)
fig, ax = plotting.figure(size=(9, 3.6))
mean_age = float(people["train"].labels.mean())
alone = np.abs(people["validation"].labels - mean_age).mean()
figures.draw_learning(run.history, ax=ax, simulated=simulated, baseline=alone);

# %% [markdown]
# The dashed line is the program of one line: tell everybody the mean age. Two more rivals are due: a network that sees four axial slices only, and a ridge regression on the voxels, without any network. *Predict first*: how much worse are they?

# %%
torch.manual_seed(SEED)
slices = brain_age.SliceNet()
brain_age.train_regressor(slices, people["train"], people["validation"], epochs=14 if quick else 40, seed=SEED)
features = {part: brain_age.voxel_features(images) for part, images in people.items()}
ridge = brain_age.ridge_regression().fit(features["train"], people["train"].labels).predict(features["test"])

# %%
told, held_out = (brain_age.predict_ages(network, people[part]) for part in ("test", "validation"))
answers = {"the mean age": np.full(len(test), mean_age), "ridge on voxels": ridge}
answers |= {"network, four slices": brain_age.predict_ages(slices, test), "network, volume": told}
results = {name: metrics.bootstrap_regression(test.labels, answer, seed=SEED) for name, answer in answers.items()}
rows = [{"method": name} | dict(zip(("MAE", "low", "high"), result.table().iloc[0, 1:4], strict=True))
        | {"RMSE": result.estimate[1], "R²": result.estimate[2]} for name, result in results.items()]
scores = pd.DataFrame(rows).set_index("method")
assert not simulated or SEED != 0 or (scores.MAE["network, volume"] < 4.5 and 8 < scores.MAE["the mean age"] < 10)
assert not simulated or SEED != 0 or scores.high[["ridge on voxels", "network, four slices"]].max() < 0.6 * scores.MAE["the mean age"]
caption = f"Years; {len(test)} {'simulated ' if simulated else ''}test people, 95 % interval over people, seed {SEED}"
plotting.table(scores.reset_index(), caption, dict.fromkeys(["MAE", "low", "high", "RMSE", "R²"], "{:.2f}"))

# %%
fig, ax = plotting.figure(size=(6.4, 5.4))
figures.draw_age_scatter(test.labels, told, ax=ax, simulated=simulated);

# %% [markdown]
# Everybody beats the mean by far, and the cheap ones come close: most of what the volume tells stands in a few slices, and much of it in a weighted sum of voxels. Whoever reports a 3-D network owes the reader these rows. (The intervals are over test people, for one training each.)
#
# ## Published numbers, and what they imply
#
# The lecture's own study (Bintsi and colleagues, 2020) reports an MAE of 2.64 years and an R² of .77 for the whole brain, on UK Biobank. Is that better than ours? The two numbers together tell more than each alone. For normally distributed errors $\text{MAE} = \sqrt{2/\pi}\cdot\text{RMSE}$, and
# $\text{RMSE} = \text{SD}(\text{age})\sqrt{1 - R^2}$. So MAE and R² together give away how much the ages spread.

# %%
mae, r2 = (pd.Series(facts[f"bintsi.{name}"].value) for name in ("mae", "r2"))
spread = mae / np.sqrt(2 / np.pi) / np.sqrt(1 - r2)
low, high = facts["age_sd"].value
assert mae["whole brain"] == 2.64 and r2["whole brain"] == 0.77 and spread.between(low - 0.05, high + 0.05).all()
assert mae["mean of selected patches"] == 2.28 and mae["linear regression on selected patches"] == 2.16
table = pd.DataFrame({"predictor": mae.index, "MAE": mae.values, "R²": r2.values, "implied SD of age": spread.values})
plotting.table(table, "Published (UK Biobank, other people): years", {"implied SD of age": "{:.1f}"})

# %%
own_sd = float(test.labels.std())
by_mean = np.sqrt(2 / np.pi) * np.array([low, high])
assert not simulated or (own_sd > 1.3 * high and facts["sfcn.mae"].value == 2.14)
assert by_mean[0] > 5.4 and by_mean[1] < 5.7
print(f"SD of age: theirs {low} to {high}, ours {own_sd:.1f} years; their mean alone gives {by_mean[0]:.1f} to {by_mean[1]:.1f}")

# %% [markdown]
# All seven pairs agree on a spread of about seven years. Ours is ten: telling the mean costs nine years here and under six there. Neither MAE nor R² can be carried from one cohort to another. We can watch it happen: the same network, the same errors, judged on fewer ages.

# %%
wide = test.labels
narrow = (wide > 57) & (wide < 68)
rows = []
for name, who in {"all": wide > 0, "57 to 68 years": narrow}.items():
    error = metrics.mean_absolute_error(wide[who], told[who])
    rows.append({"test people": name, "n": int(who.sum()), "MAE": error, "R²": metrics.r2_score(wide[who], told[who])})
assert not simulated or SEED != 0 or (rows[1]["R²"] < rows[0]["R²"] - 0.2 and rows[1]["MAE"] < 1.2 * rows[0]["MAE"])
plotting.table(rows, "The same network", {"MAE": "{:.2f}", "R²": "{:.2f}"})

# %% [markdown]
# The errors have hardly changed, and R² has collapsed, for there is less age to explain.
#
# ## The young look old
#
# A single number hides where the errors lie. Plot the gap against age.

# %%
bias = brain_age.bias_slope(test.labels, told)
gap = told - test.labels
young, old = gap[test.labels < 52].mean(), gap[test.labels > 73].mean()
assert not simulated or SEED != 0 or (bias.high < 0 and young > 0 > old)
print(f"slope {bias.slope:.3f} [{bias.low:.3f}, {bias.high:.3f}] years per year; below 52 {young:+.1f}, above 73 {old:+.1f}")
fig, ax = plotting.figure(size=(9, 4))
figures.draw_gap_against_age(test.labels, gap, ax=ax, simulated=simulated);

# %% [markdown]
# The young are made older and the old younger. That is no flaw of this network: whoever is unsure and wants a small squared error moves towards the mean. A predictor that knows a share λ of the variance of age predicts with a slope of λ, so its gap falls by 1 − λ per year. The name is *regression dilution*.

# %%
calm = brain_age.simulate_predictor(test.labels, skill=0.7, seed=SEED)
tilt = brain_age.bias_slope(test.labels, calm)
assert tilt.low < -0.3 < tilt.high or SEED != 0
print(f"skill .7: the gap falls by {-tilt.slope:.2f} per year [{-tilt.high:.2f}, {-tilt.low:.2f}], 1 − λ = .30")
fig, ax = plotting.figure(size=(7, 5.2))
figures.draw_dilution(test.labels, calm, ax=ax, simulated=True);

# %% [markdown]
# So a gap of an 80-year-old is not that of a 50-year-old: whoever compares older patients with younger controls compares ages.
#
# ### Correcting it
#
# Fit a line to the gaps of people whom the network was not trained on, $\Delta = \alpha\cdot\text{age} + \beta$, and take it away: $\hat y_\text{corrected} = \hat y - (\alpha\cdot\text{age} + \beta)$ (Beheshti 2019). We fit on the validation people and correct the test people.

# %%
validation_age = people["validation"].labels
corrections = {m: BiasCorrection(m).fit(validation_age, held_out) for m in ("beheshti", "de lange-cole", "cole", "smith")}
corrected = {method: c.correct(told, test.labels) for method, c in corrections.items()}
assert np.abs(corrected["beheshti"] - corrected["de lange-cole"]).max() < 1e-9
after = {method: brain_age.bias_slope(test.labels, values) for method, values in corrected.items()}
assert not simulated or SEED != 0 or after["beheshti"].low < 0 < after["beheshti"].high
lines = [{"method": m, "needs the age": corrections[m].uses_age, "slope": s.slope, "low": s.low, "high": s.high} for m, s in after.items()]
plotting.table(lines, "Slope of the gap against age after the correction", dict.fromkeys(["slope", "low", "high"], "{:+.3f}"))

# %%
fig, axes = plotting.figure(2, size=(11.5, 4))
figures.draw_correction(test.labels, told, corrected["beheshti"], axes=axes, simulated=simulated);

# %% [markdown]
# The slope is gone. Beheshti's form and that of de Lange and Cole are one formula in two notations. Cole's (2018), $(\hat y - \beta)/\alpha$, is the only one that does not ask for the age of the very person it corrects. Remember that.
#
# ## The correction that flatters
#
# The slides go on: before the correction MAE 2.64 and R² .77, after it 2.43 and .80; and for the best ensemble 1.96 and .87. Better, then? Test it on a predictor that cannot be good: *noise* with a mean of 62.5 and a standard deviation of three years, which has never seen a brain.
# *Predict first*: what are its MAE and R² after the correction?

# %%
rng = np.random.default_rng(SEED)
crowd, calibration = rng.uniform(45, 80, (2, 4000))
useless = {"noise": rng.normal(62.5, 3, (2, 4000)), "a constant": np.full((2, 4000), 62.5)}
assert mae["whole brain, corrected"] == 2.43 and mae["linear regression on all patches, corrected"] == 1.96
rows = []
for name, (says, said) in useless.items():
    flattered = BiasCorrection().fit(calibration, said).correct(says, crowd)
    for what, answer in (("raw", says), ("“corrected”", flattered)):
        rows.append({"predictor": name, "": what, "MAE": np.abs(answer - crowd).mean(), "R²": metrics.r2_score(crowd, answer)})
flattery = pd.DataFrame(rows)
assert flattery["R²"][0] < 0.02 and flattery["R²"][1] > 0.9 and flattery["MAE"][3] < 1e-9 and flattery["R²"][3] > 1 - 1e-9
plotting.table(flattery, "Two predictors that have seen no brain (simulated)", {"MAE": "{:.2f}", "R²": "{:.2f}"})

# %%
noise = useless["noise"][0][:300]
shown = BiasCorrection().fit(calibration, useless["noise"][1]).correct(noise, crowd[:300])
fake, state_of_the_art = np.abs(shown - crowd[:300]).mean(), mae["whole brain"]
assert fake < state_of_the_art and abs(3 * np.sqrt(2 / np.pi) - 2.39) < 0.01
fig, axes = plotting.figure(2, size=(11.5, 5))
figures.draw_flattery(crowd[:300], noise, shown, axes=axes, simulated=True);

# %% [markdown]
# R² above .9, and an MAE below the published 2.64, for noise. The constant is perfect. Nothing is wrong with the arithmetic: for a predictor that ignores the brain the line is $\Delta = 62.5 - \text{age}$, and taking it away puts the *true age* in its place. What is left is age plus noise of three years, an MAE of $3\sqrt{2/\pi} = 2.39$.
# The true age of the test person is in the answer.
#
# So: a corrected gap is for comparing groups. A corrected MAE or R² is **no accuracy**, and this course's `BiasCorrection` has no method that would give one. (Butler 2021; de Lange 2022.)
#
# *Predict first*: turn the skill from noise to perfect. At which skill does the corrected MAE look worst?

# %%
explorers.correction_lab_explorer(seed=SEED)

# %%
skills = np.linspace(0, 1, 11)
fakes = np.array([np.sqrt(2 / np.pi) * brain_age.predictor_noise(skill) for skill in skills])
assert 0 < fakes.argmax() < 10 and fakes[0] < fakes[5]
print("MAE after the correction with true ages:", dict(zip(skills.round(1).tolist(), fakes.round(2).tolist(), strict=True)))

# %% [markdown]
# Somewhere in the middle: a mediocre predictor, which at least looks at the brain, comes out *worse* than noise. A score that prefers saying the same to everybody is not a score.
#
# ## Which parts of the brain know the age
#
# Cut the volume into 27 cubes of 64 mm, overlapping, and train a network for each that sees nothing else. Twenty-seven small networks one after another waste a machine; a *grouped convolution* computes them side by side, with the very same result. *Predict first*: which cubes will know the age best?

# %%
ensemble = brain_age.PatchEnsemble(epochs=12 if quick else 25, seed=SEED).fit(people["train"], people["validation"])
patches, chosen_on = (ensemble.predict(people[part]) for part in ("test", "validation"))
patch_mae = np.abs(patches - test.labels[:, None]).mean(axis=0)
content = ensemble.grid_.share(brain.ventricles)
rank = spearmanr(content, patch_mae)
assert not simulated or SEED != 0 or rank.statistic < -0.6
with_ventricle = content > np.quantile(content, 2 / 3)
better = patch_mae[~with_ventricle].mean() - patch_mae[with_ventricle].mean()
assert not simulated or SEED != 0 or better > 0.8
print(f"MAE {patch_mae.min():.2f} to {patch_mae.max():.2f} years; the nine patches with most ventricle are better by {better:.1f}")
print(f"rank correlation of a patch's MAE with its share of ventricle: {rank.statistic:.2f} (27 patches)")

# %%
bands = np.quantile(patch_mae, [0.25, 0.5, 0.75]).round(1)
fig, axes = plotting.figure(3, size=(11.5, 4.6))
figures.draw_patch_map(patch_mae, ensemble.grid_, brain.t1, axes=axes, simulated=simulated, bands=bands);

# %% [markdown]
# The patches around the ventricles are best, as in the published map, where single patches reach 2.45 to 4.2 years. A patch needs not contain the cause, though: it needs to contain something that changes along with it.
#
# ### Many patches, one answer
#
# The mean of all patches is dragged down by those that know little. Choose the best ones, on the validation people; or let a linear regression, fitted on the validation people too, weigh all of them. *Predict first*: build an ensemble by hand. How many patches does it need to beat the best single one?

# %%
explorers.patch_map_explorer(chosen_on, validation_age, patches, test.labels, ensemble.grid_, brain.t1, simulated=simulated, bands=tuple(bands))

# %%
best = brain_age.select_patches(chosen_on, validation_age, n=9)
ways = {"best patch": ("mean", best[:1]), "mean of all": ("mean", None), "mean of 9": ("mean", best)}
ways |= {"linear, all": ("linear", None), "linear, 9": ("linear", best)}
joint = {name: brain_age.combine(chosen_on, validation_age, patches, *how) for name, how in ways.items()} | {"whole brain": told}
judged = {name: metrics.bootstrap_regression(test.labels, answer, seed=SEED) for name, answer in joint.items()}
table = [{"name": name} | dict(zip(("mae", "low", "high"), r.table().iloc[0, 1:4], strict=True)) | {"r2": r.estimate[2]} for name, r in judged.items()]
errors = pd.DataFrame(table).set_index("name")["mae"]
assert not simulated or SEED != 0 or errors["linear, all"] < errors["mean of 9"] < errors["mean of all"]
gained = judged["linear, all"].minus(judged["mean of all"])
assert not simulated or SEED != 0 or gained.interval()[0, 1] < 0
fig, axes = plotting.figure(2, size=(12, 4.2))
figures.draw_ensembles(pd.DataFrame(table), ax=axes[0], simulated=simulated, marked="whole brain")
names = ["mean of all patches", "mean of selected patches", "linear regression on all patches", "linear regression on selected patches", "whole brain"]
figures.draw_published({"best patch": facts["bintsi.patch_mae"].value[0]} | dict(zip(list(joint)[1:], mae[names], strict=True)), ax=axes[1], source="Bintsi et al. 2020", marked="whole brain");

# %% [markdown]
# The order is the published one: the mean of all patches is worse than the mean of selected ones, and a linear regression beats both means. Their networks, people and schedule differ from ours, so only the order may be compared.
#
# Where did the weights come from? From the validation people, who were then not judged. With one cohort only, the people are cut into folds, and *selection* and weights are both done outside the fold that is judged.

# %%
out_of_fold = brain_age.cross_fit(patches, test.labels, "linear", n_selected=9, seed=SEED)
own = brain_age.combine(patches, test.labels, patches, "linear")
honest, cheated = (metrics.mean_absolute_error(test.labels, answer) for answer in (out_of_fold, own))
assert cheated < honest or SEED != 0
print(f"linear regression, cross-fitted {honest:.2f} years; fitted and judged on the same people {cheated:.2f}")

# %% [markdown]
# ## Looking inside
#
# What does the network look at? Three ways to ask. The *gradient*: by how many years does the answer change if this voxel becomes a little brighter? *Occlusion*: by how many, if a block of tissue is replaced by plain gray? And *noise*: how much of it does the network tolerate here? On simulated brains we know where age changes
# the image, so the maps can be marked. From here on we stay with the simulated people.

# %%
teacher = network
if not simulated:
    teacher = brain_age.BrainNet()
    brain_age.train_regressor(teacher, known["train"], known["validation"], epochs=14, seed=SEED)
teacher_test = known["test"]
gradients = importance.gradient_map(teacher, teacher_test[:60])
occlusions = importance.occlusion_map(teacher, teacher_test[:4])
print(f"gradients of {len(gradients)} people, occlusion of {len(occlusions)}, each {gradients.shape[1:]} voxels (simulated)")

# %% [markdown]
# The third way is that of Bintsi and colleagues (2021): freeze the network $f_\theta$, and learn a mask σ that says how much noise each voxel gets, $\mathcal L = (f_\theta(X + \sigma\varepsilon) - y)^2 - r\log\sigma$. The first term wants silence, the second noise; where the network looks, silence wins. (As printed on the slide, the first term holds the clean image, and then nothing
# would keep the noise down.) We learn one mask for all people, against the network's own answer in place of *y*. *Predict first*: how many years will it cost to drown the brain in noise everywhere else?

# %%
mask = importance.population_noise(teacher, known["train"][:100], seed=SEED, epochs=4)
cost = importance.tolerated(teacher, teacher_test[:100], mask.sigma, seed=SEED).set_index("noise")
assert SEED != 0 or cost.mae["learned"] < cost.mae["none"] + 1 < cost.mae["uniform"] - 2
plotting.table(cost.reset_index(), "Noise in each voxel of the brain: its mean SD, and the MAE in years (simulated)", {"sigma": "{:.3f}", "mae": "{:.1f}"})

# %% [markdown]
# The same amount of noise, spread evenly, ruins the answer; where the mask puts it, the network hardly notices. So the mask knows where the network looks. Does the network look where age is?

# %%
truth = importance.changed_voxels()  # by more than half of the largest change
shown = {"gradient": gradients, "occlusion": occlusions, "noise": importance.noise_importance(mask.sigma)}
shown = {name: maps if maps.ndim == 3 else importance.population_map(maps) for name, maps in shown.items()}
fig, axes = plotting.figure(3, size=(12, 4.6))
figures.draw_importance(brain.t1, shown, truth, axes=axes, simulated=True, within=brain.brain);

# %%
voxels = known["train"].images.reshape(len(known["train"]), -1).astype(np.float32)
voxels, age = voxels - voxels.mean(axis=0), known["train"].labels - known["train"].labels.mean()
slope = np.abs(age @ voxels) / np.maximum(np.linalg.norm(voxels, axis=0), 1) / np.linalg.norm(age)  # |correlation|
rivals = shown | {"depth in the brain": importance.depth_map(brain.brain), "correlation with age": slope.reshape(brain.t1.shape)}
more = importance.changed_voxels(at_least=0.25)
columns = {"largest changes": (truth, False), "of those as deep": (truth, True), "smaller ones too": (more, False)}
marks = [{"map": name} | {column: importance.agreement(values, where, brain.brain, shells=shells).auroc
                          for column, (where, shells) in columns.items()} for name, values in rivals.items()]
plotting.table(marks, f"AUROC: finding {truth.sum()} voxels that change most, or {more.sum()} (simulated)", dict.fromkeys(columns, "{:.2f}"))

# %%
marked = pd.DataFrame(marks).set_index("map")
network_maps, depth = marked.loc[list(shown)], marked.loc["depth in the brain"]
assert SEED != 0 or (network_maps["largest changes"].min() > 0.9 and depth["largest changes"] > 0.9)
assert SEED != 0 or (network_maps["of those as deep"].min() > 0.6 and abs(depth["of those as deep"] - 0.5) < 0.05)
assert SEED != 0 or network_maps["smaller ones too"].max() < 0.6 < 0.7 < marked["smaller ones too"]["correlation with age"]

# %% [markdown]
# Marks above .9: a triumph, until one marks a map that has seen neither network nor age. *Depth*, the distance to the surface, does as well, since ventricles lie deep. Compared only with voxels as deep as themselves, the changing ones still stand out in all three maps, and depth is left with a coin's chance. An AUROC needs a rival, as an MAE needs the mean age.
#
# The last column counts smaller changes too, and nearly all of these lie in the thinning cortex. There the three maps are at a coin's chance, though a plain correlation of each voxel with age finds it. The information is in the images, and the network does not use it: **a map shows the network, not the disease.** In the published maps the cortex was missing, too. The slide
# asks why, and offers a range of ages that is too narrow, and images whose differences in shape the registration took away. Here is a third answer: a network needs one good sign, not all of them.

# %% [markdown]
# ## The gap as a biomarker
#
# Now to the question of the beginning. Three groups of simulated people: controls, mild cognitive impairment (MCI, whose brains are older by 3 ± 3 years) and Alzheimer's disease (AD, by 7 ± 3). As in a clinic, the ill are older also in years.

# %%
clinic = brain_age.simulate_cohort(240, groups={"control": 2, "MCI": 1, "AD": 1}, seed=1000 + SEED)
about = clinic.covariates.assign(predicted=brain_age.predict_ages(teacher, clinic))
calibration = pd.DataFrame({"age": known["validation"].labels, "predicted": brain_age.predict_ages(teacher, known["validation"])})
line = BiasCorrection().fit(calibration["age"], calibration["predicted"])
about["gap"], about["corrected"] = about["predicted"] - about["age"], line.corrected_gap(about["predicted"], about["age"])
about["true gap"] = clinic.extras["biological_age"] - clinic.labels
means = about.groupby("diagnosis")[["age", "gap", "corrected", "true gap"]].mean().loc[["control", "MCI", "AD"]]
assert means["age"]["AD"] > means["age"]["control"] + 3 and set(about["diagnosis"]) == set(means.index)
n = about["diagnosis"].value_counts()
plotting.table(means.assign(n=n).reset_index(), "Means in years (simulated)", dict.fromkeys(means.columns, "{:+.1f}") | {"age": "{:.1f}"})

# %%
by_group = {name: about[about["diagnosis"] == name] for name in means.index}
fig, axes = plotting.figure(2, size=(11.5, 4.2))
raw, after = ({name: rows[column] for name, rows in by_group.items()} for column in ("gap", "corrected"))
figures.draw_group_gaps(raw, after, axes=axes, simulated=True);

# %% [markdown]
# Two ways lead around the ages: correct the gap, or compare each patient with a control of the same age. Both at once do no harm.

# %%
ill, well = by_group["AD"], by_group["control"]
compared = {
    "raw, everybody": brain_age.compare_gaps(ill["gap"], well["gap"], seed=SEED),
    "raw, matched": brain_age.compare_gaps(ill["gap"], well["gap"], age_cases=ill["age"], age_controls=well["age"], seed=SEED),
    "corrected, matched": brain_age.compare_gaps(ill["corrected"], well["corrected"], age_cases=ill["age"], age_controls=well["age"], seed=SEED),
}
rows = [{"gap": name, "pairs": c.n_pairs or "", "AD − control": c.difference, "low": c.difference_interval[0], "high": c.difference_interval[1],
         "Hedges' g": c.hedges_g, "AUROC": c.auroc} for name, c in compared.items()]
final = compared["corrected, matched"]
assert SEED != 0 or (final.difference_interval[0] > 0 and compared["raw, everybody"].difference < final.difference)
assert SEED != 0 or 0.75 < final.auroc < 0.97
plotting.table(rows, "Brain-age gap, years (simulated)", {"AD − control": "{:+.1f}", "low": "{:+.1f}", "high": "{:+.1f}", "Hedges' g": "{:.2f}", "AUROC": "{:.2f}"})

# %% [markdown]
# The gap finds AD in these people. Uncorrected and unmatched it is underestimated, since the patients are older and the old look younger. *Predict first*: take the patients from another scanner and the controls from this one. What happens to the gap of MCI?

# %%
moved = brain_age.simulate_cohort(240, groups={"control": 2, "MCI": 1, "AD": 1}, seed=1000 + SEED, site="B")
elsewhere = moved.covariates.assign(predicted=brain_age.predict_ages(teacher, moved))
both = pd.concat([about[["age", "predicted", "diagnosis", "site"]], elsewhere], ignore_index=True)
explorers.gap_explorer(both, calibration, simulated=True)

# %% [markdown]
# ## Another scanner makes everybody older
#
# The same people, lying in scanner B: gray is darker there, and there is more noise. Nobody has aged on the way.

# %%
healthy = about["diagnosis"] == "control"
here, there = about[healthy], elsewhere[healthy]
assert np.array_equal(here["age"], there["age"])
pair = pd.concat([here, there])
shift = brain_age.site_shift(pair["age"], pair["predicted"], pair["site"], reference="A", groups=list(here.index) * 2, seed=SEED)
kept = shift.per_site.set_index("site")["correlation"]
assert SEED != 0 or (6 < shift.shift < 12 and kept["B"] > 0.75 and shift.interval[0] * shift.interval[1] > 0)
print(f"site B: {shift.shift:+.1f} years [{shift.interval[0]:+.1f}, {shift.interval[1]:+.1f}], {healthy.sum()} healthy people (simulated)")
print(f"correlation with age {kept['A']:.2f} at site A, {kept['B']:.2f} at site B")
fig, ax = plotting.figure(size=(7, 5))
figures.draw_site_gaps(here["predicted"], there["predicted"], ax=ax, simulated=True);

# %% [markdown]
# The scanner makes healthy people older by more than Alzheimer's disease does, and the correlation with age hardly tells. A study whose patients were scanned in one hospital and whose controls in another can find any gap it likes. Healthy people from *both* scanners are needed to see the shift, and to take it out.
#
# ## What it means for a patient
#
# - *67* for a woman of 58 is a statement about a network, a scanner and the people it learned from, before it is one about her.
# - The gap is a mean over groups. In one person it is mostly error: our network misses healthy people by years, too.
# - A gap has no organ and no cause. Age, disease, head motion, a scanner's update: all of them move it.
# - Before you believe a gap, ask: whose ages was the correction fitted on, were the groups of one age, and were they scanned in one machine?

# %% [markdown]
# ## Errata

# %%
slips = [facts[name].value for name in facts if name.startswith("errata.")]
assert len(slips) == 5
plotting.errata([tuple(slip.values()) for slip in slips])

# %% [markdown]
# ## Limits
#
# - The brains are one average brain, aged by three formulas. Real aging is more, and differs from person to person in kind; white-matter lesions, infarcts and head motion are missing.
# - The effects of age were made to lie around the ventricles. That our patches and maps find them there shows that the methods work, and nothing about aging.
# - Voxels of 4 mm leave little of a hippocampus. The same code runs at 2 mm.
# - One training per network: intervals are over test people and do not hold what another start would change.
# - Diagnoses are simulated by adding years to a brain, so the gap finds them by construction. Real diseases have shapes of their own.

# %% [markdown]
# ## References
#
# - Bintsi, K.-M., Baltatzis, V., Kolbeinsson, A., Hammers, A. and Rueckert, D. (2020). Patch-based brain age estimation from MR images. *MLCN, MICCAI*. arXiv:2008.12965.
# - Bintsi, K.-M. et al. (2021). Voxel-level importance maps for interpretable brain age estimation. *iMIMIC, MICCAI*. arXiv:2108.05388.
# - Peng, H. et al. (2021). Accurate brain age prediction with lightweight deep neural networks. *Medical Image Analysis* 68, 101871.
# - Beheshti, I. et al. (2019). Bias-adjustment in neuroimaging-based brain age frameworks. *NeuroImage: Clinical* 24.
# - de Lange, A.-M. G. and Cole, J. H. (2020). Commentary: Correction procedures in brain-age prediction. *NeuroImage: Clinical* 26.
# - Cole, J. H. et al. (2018). Brain age predicts mortality. *Molecular Psychiatry* 23. Smith, S. M. et al. (2019). Estimation of brain age delta from brain imaging. *NeuroImage* 200.
# - Butler, E. R. et al. (2021). Pitfalls in brain age analyses. *Human Brain Mapping* 42. de Lange, A.-M. G. et al. (2022). Mind the gap. *Human Brain Mapping* 43.
# - Baecker, L. et al. (2021). Machine learning for brain age prediction. *eBioMedicine* 72.
# - Fonov, V. et al. (2011). Unbiased average age-appropriate atlases for pediatric studies. *NeuroImage* 54. (The MNI152 template.)

# %% [markdown]
# ## Exercise
#
# Now you: [exercises/04_brain_age.ipynb](../exercises/04_brain_age.ipynb). From the spread of ages behind a published number to spotting a scanner in a gap; each question checks itself.
