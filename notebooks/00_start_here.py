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
# # AI in Medicine: start here
#
# Six lectures, each a notebook that you run rather than read. Press **Shift + Enter** to run a cell and go on to the next one. This page shows
# the course, your machine, and the data, in a few seconds.

# %%
from course_lib import doctor, machine, plotting
from course_lib.checks import check, expect
from course_lib.data import available, load

plotting.use()

# %% [markdown]
# ## The course
#
# | | Lecture | Exercise |
# |---|---|---|
# | 1 | [CNN fundamentals](01_cnn_fundamentals.ipynb): from one neuron to 152 layers | [nine questions](../exercises/01_cnn_fundamentals.ipynb) |
# | 2 | [Classification metrics](02_classification_metrics.ipynb): what a number about a classifier is worth | [ten questions](../exercises/02_classification_metrics.ipynb) |
# | 3 | [Chest X-ray](03_chest_xray.ipynb): fourteen findings at once | [ten questions](../exercises/03_chest_xray.ipynb) |
# | 4 | [Brain age](04_brain_age.ipynb): a number from a brain, and the correction that flatters it | [ten questions](../exercises/04_brain_age.ipynb) |
# | 5 | [Intrinsic dimension](05_intrinsic_dimension.ipynb): how many directions an image can move in | [ten questions](../exercises/05_intrinsic_dimension.ipynb) |
# | 6 | [t-SimCNE](06_tsimcne.ipynb): a map of an image data set that learns to draw itself | [ten questions](../exercises/06_tsimcne.ipynb) |
#
# Afterwards, [your own data](07_your_own_data.ipynb) takes a folder of your images through quality checks, duplicates, intrinsic dimension, a map and a
# classifier; two lines are to be changed.
#
# Each lecture has *explorers*, pictures with sliders. Before each of them stands a *predict first* question: write your guess down before you move
# anything. What you guessed wrong is what you will remember.

# %% [markdown]
# ## The machine
#
# Everything runs on two CPU cores, without a network. A GPU is used where there is one.

# %%
lines = doctor.diagnose(machine.gather())
assert all(line.status != "problem" for line in lines), [line for line in lines if line.status == "problem"]
rows = [{"": line.status, "what": line.name, "found": line.text, "what to do": line.remedy} for line in lines]
plotting.table(rows)

# %% [markdown]
# ## The data
#
# *Embedded* sets come with the course's dependencies. The others are downloaded when you ask for them (`load(name, download=True)`), checked
# against their published checksums, and kept.

# %%
sets = available()
assert set(sets.loc[sets["embedded"], "name"]) == {"digits", "natural-patches"}
columns = ["name", "images", "sizes", "task", "classes", "embedded", "present", "license"]
plotting.table(sets[columns], caption=f"{len(sets)} data sets")

# %%
digits = load("digits")
assert len(digits) == 1797
digits

# %%
fig, axes = plotting.figure((2, 10), size=(10, 2.6))
for ax, image, label in zip(axes.flat, digits.images, digits.labels, strict=False):
    plotting.image_axes(ax, image, title=str(label))

# %% [markdown]
# ## How an exercise talks to you
#
# In an exercise you write the body of a function; the cell below it checks your answer. Here is a check that passes. Change the 2 to a 3 and run it
# again.

# %%
with check("a first check", hint="Half of four."):
    expect(2, 4 / 2)

# %% [markdown]
# Now open [lecture 1](01_cnn_fundamentals.ipynb).
