"""Binary tasks, who is drawn into which part, and many small trainings that can be stopped and go on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from course_lib.data import ImageSet, load
from course_lib.intrinsic_dimension import learning, rendered_images
from course_lib.intrinsic_dimension.learning import Plan, training_curves
from course_lib.intrinsic_dimension.networks import resnet18, small_classifier
from course_lib.intrinsic_dimension.tasks import binary_task, draw_parts

DIGITS = load("digits")
QUICK = Plan(n_validation=20, n_test=40, epochs=3)
EASY = {"size": rendered_images(160, ["size"], size=16)}


def trained(**arguments):
    return training_curves(
        **{"tasks": EASY, "sizes": (20,), "seeds": (0,), "plan": QUICK, "progress": False, **arguments}
    )


def test_a_task_keeps_the_images_of_its_classes():
    task = binary_task(DIGITS, positive=["8", 9], negative=[3])
    kept = np.isin(DIGITS.labels, [3, 8, 9])
    np.testing.assert_array_equal(task.images, DIGITS.images[kept])
    np.testing.assert_array_equal(task.labels, DIGITS.labels[kept] != 3)
    assert task.class_names == ("3", "8 or 9") and task.card is DIGITS.card
    against_all = binary_task(DIGITS, positive=0)
    assert len(against_all) == len(DIGITS) and against_all.class_counts() == {"others": 1619, "0": 178}


def test_findings_stand_against_images_without_them():
    findings = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]])
    images = ImageSet(np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4), findings, ("a", "b", "c"))
    assert binary_task(images, "a").labels.tolist() == [1, 0, 1, 0, 0]
    only = binary_task(images, "a", "b")
    assert only.labels.tolist() == [1, 0]  # who has both, or neither, is left out
    np.testing.assert_array_equal(only.images, images.images[:2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"positive": "ten"}, "positive: got 'ten', allowed are 0, 1"),
        ({"positive": 10}, "positive: got 10"),
        ({"positive": 1, "negative": [1, 2]}, r"negative: got \['1'\], which are positive as well"),
        ({"positive": list(range(10))}, "images: got none that is negative"),
    ],
)
def test_what_is_no_task_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        binary_task(DIGITS, **arguments)
    with pytest.raises(ValueError, match="images: got labels for regression, allowed are classes and findings"):
        binary_task(replace(DIGITS, labels=np.linspace(0, 1, len(DIGITS)), class_names=()), 0)


def people_with_several_images(seed=0):
    rng = np.random.default_rng(seed)
    persons = rng.integers(0, 60, 240)
    labels = rng.integers(0, 2, 240)
    return ImageSet(np.zeros((240, 4, 4), np.uint8), labels, ("no", "yes"), persons)


def test_nobody_is_in_two_parts_and_each_is_balanced():
    for seed in range(5):
        images = people_with_several_images(seed)
        parts = draw_parts(images, [40, 20, 60], seed)
        people = [set(images.groups[rows]) for rows in parts]
        assert [len(set(rows)) for rows in parts] == [40, 20, 60]
        assert not (people[0] & people[1] or people[0] & people[2] or people[1] & people[2])
        assert all(images.labels[rows[:m]].sum() == m // 2 for rows in parts for m in (2, 10, 20))


def test_a_longer_training_part_leaves_the_others_as_they_are():
    images = people_with_several_images()
    few, many = (draw_parts(images, [20, 10, n], seed=1) for n in (20, 40))
    for one, same in zip(few[:2], many[:2], strict=True):
        np.testing.assert_array_equal(one, same)
    np.testing.assert_array_equal(few[2], many[2][:20])
    assert (draw_parts(images, [20], seed=2)[0] != few[0]).any()


def test_too_few_images_and_odd_sizes_are_said():
    images = people_with_several_images()
    with pytest.raises(ValueError, match=r"sizes: got \[200, 100\], but there are only \{'no': \d+, 'yes': \d+\}"):
        draw_parts(images, [200, 100])
    with pytest.raises(ValueError, match="sizes: got 7, allowed are even numbers"):
        draw_parts(images, [7])


def test_an_easy_task_is_learned_and_each_training_is_a_row():
    table = trained(sizes=(20, 60), seeds=(0, 1), plan=replace(QUICK, epochs=8))
    assert table[["task", "network", "n_train", "seed"]].values.tolist() == [
        ["size", "small", n, seed] for seed in (0, 1) for n in (20, 60)
    ]
    assert (table["n_test"] == 40).all() and table["epoch"].between(1, 8).all()
    assert table.loc[table["n_train"] == 60, "accuracy"].mean() > 0.8
    assert (table["accuracy"] <= table["highest_test_accuracy"]).all()


def test_the_seed_decides_and_the_global_random_state_is_left_alone():
    torch.manual_seed(5)
    first, again = trained(), trained(seeds=(0, 3))
    state = torch.rand(1)
    torch.manual_seed(5)
    assert torch.rand(1) == state
    pd.testing.assert_frame_equal(first, again.iloc[:1])


class Doubting(nn.Module):
    """Right about validation images in the first epoch only, and about test images later only."""

    def __init__(self):
        super().__init__()
        self.weight, self.asked = nn.Parameter(torch.zeros(1)), 0

    def forward(self, images):
        right = images[:, 0, 0, 0] > 0.5  # the label, written into a pixel
        if not self.training:
            self.asked += 1
            first = self.asked <= 2  # validation, then test, of the first epoch
            validation = images[0, 0, 0, 1] > 0.5
            right = right if first == bool(validation) else ~right
        scores = torch.stack([~right, right], dim=1).float()
        return scores + 0 * self.weight


def test_the_epoch_is_chosen_on_validation_images_and_not_by_the_test():
    labels = np.tile([0, 1], 60)
    images = np.zeros((120, 4, 4), np.uint8)
    images[:, 0, 0] = 255 * labels
    task = ImageSet(images, labels, ("no", "yes"), np.arange(120))
    _, validation, _ = draw_parts(task, [40, 20, 20], seed=0)
    marked = images.copy()
    marked[validation, 0, 1] = 255
    task, networks = replace(task, images=marked), {"doubting": lambda channels: Doubting()}
    row = trained(tasks={"t": task}, networks=networks, plan=replace(QUICK, batch_size=64)).iloc[0]
    assert (row["epoch"], row["validation_accuracy"]) == (1, 1)
    assert (row["accuracy"], row["highest_test_accuracy"]) == (0, 1)


def test_a_run_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    path, done, whole = tmp_path / "deep" / "curves.csv", [], trained(seeds=(0, 1, 2))
    train = learning._train

    def interrupted(*arguments):
        done.append(arguments)
        if len(done) == 2:
            raise KeyboardInterrupt
        return train(*arguments)

    monkeypatch.setattr(learning, "_train", interrupted)
    assert len(trained(seeds=(0, 1, 2), path=path)) == len(pd.read_csv(path)) == 1
    rest = trained(seeds=(0, 1, 2), path=path)
    assert len(done) == 4  # one, the interrupted one, and two more
    pd.testing.assert_frame_equal(rest, whole)
    pd.testing.assert_frame_equal(pd.read_csv(path), whole)
    assert [file.name for file in path.parent.iterdir()] == ["curves.csv"]


@pytest.mark.parametrize("within", [True, False])
def test_the_stop_button_keeps_what_was_finished(monkeypatch, within):
    seen, part = [], "fit" if within else "draw_parts"
    original = getattr(learning, part)

    def stopped(*arguments, **options):
        seen.append(part)
        if len(seen) < 2:
            return original(*arguments, **options)
        if not within:
            raise KeyboardInterrupt
        return replace(original(*arguments, **options), stopped="interrupted")

    monkeypatch.setattr(learning, part, stopped)
    assert trained(seeds=(0, 1, 2))["seed"].tolist() == [0]


@pytest.mark.parametrize("recipe", ["123456789012", "1234567890e1", "012345678901"])
def test_a_recipe_that_reads_like_a_number_is_found_again(tmp_path, monkeypatch, recipe):
    monkeypatch.setattr(learning, "_recipe", lambda *_: recipe)
    path, tasks = tmp_path / "curves.csv", {"NA": EASY["size"]}  # a name that reads like a gap
    first = trained(path=path, tasks=tasks)
    pd.testing.assert_frame_equal(trained(path=path, tasks=tasks), first, check_exact=True)
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize("size", [7, 0, -2])
def test_every_training_size_is_even_and_not_only_the_largest(size):
    with pytest.raises(ValueError, match=f"sizes: got {size}, allowed are even numbers from 2"):
        trained(sizes=(size, 20))


@pytest.mark.parametrize("nothing", [{"tasks": {}}, {"sizes": ()}, {"seeds": ()}])
def test_nothing_to_train_is_said(nothing):
    with pytest.raises(ValueError, match=f"{next(iter(nothing))}: got none, at least one is needed"):
        trained(**nothing)


def test_nothing_finished_is_an_interruption(monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(learning, "_train", stopped)
    with pytest.raises(KeyboardInterrupt, match="no training was finished"):
        trained()


def test_another_setting_or_image_is_not_taken_for_the_same(tmp_path):
    path = tmp_path / "curves.csv"
    trained(path=path)
    other = {"size": rendered_images(160, ["size"], size=16, seed=1)}
    for changed in ({"plan": replace(QUICK, epochs=2)}, {"tasks": other}, {"sizes": (20, 40)}):
        with pytest.raises(ValueError, match=r"path: .*curves.csv holds .* with other data or settings"):
            trained(path=path, **changed)
    assert len(trained(path=path, tasks={**EASY, "more": other["size"]})) == 2


def test_labels_other_than_0_and_1_are_said():
    with pytest.raises(ValueError, match="tasks: 'digits' has labels that are not 0 and 1; make it one with"):
        trained(tasks={"digits": DIGITS})


@pytest.mark.parametrize("build", [small_classifier, resnet18])
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_take_gray_and_color_of_any_size(build, channels):
    for size in (28, 64):
        assert build(channels).eval()(torch.zeros(2, channels, size, size)).shape == (2, 2)
