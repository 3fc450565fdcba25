import numpy as np
import pandas as pd
import pytest
from scipy import stats
from torch import nn

from course_lib.data import ImageSet
from course_lib.training import Repeats, interval_of_mean, repeat_training, summarize


def separable(n: int, seed: int) -> ImageSet:
    """Images whose left or right half is bright."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    images = rng.integers(0, 60, (n, 6, 6))
    images[labels == 0, :, :3] += 150
    images[labels == 1, :, 3:] += 150
    return ImageSet(images.astype(np.uint8), labels, class_names=("left", "right"))


def small():
    return nn.Sequential(nn.Flatten(), nn.Linear(36, 2))


@pytest.fixture(scope="module")
def parts():
    return separable(60, 1), separable(20, 2), separable(30, 3)


def test_each_seed_gives_its_own_network_history_and_outputs(parts):
    repeats = repeat_training(small, parts, seeds=[3, 4], epochs=3, learning_rate=0.05, progress=False)
    assert repeats.outputs.shape == (2, 30, 2)
    assert repeats.history.groupby("seed").size().to_dict() == {3: 3, 4: 3}
    assert not np.array_equal(repeats.outputs[0], repeats.outputs[1])
    assert (repeats.accuracies > 0.9).all()


def test_a_seed_gives_the_same_result_alone_as_in_company(parts):
    alone = repeat_training(small, parts, seeds=[4], epochs=2, progress=False)
    together = repeat_training(small, parts, seeds=[3, 4], epochs=2, progress=False)
    assert np.array_equal(alone.outputs[0], together.outputs[1])


def test_interval_of_mean_is_scipys_t_interval():
    values = [0.91, 0.94, 0.97, 0.95]
    expected = stats.t.interval(0.9, 3, np.mean(values), stats.sem(values))
    assert interval_of_mean(values, 0.9) == pytest.approx(expected)


def test_one_value_has_no_interval():
    with pytest.raises(ValueError, match="at least 2 values, came 1"):
        interval_of_mean([0.9])


def test_equal_values_have_an_interval_of_no_width():
    assert interval_of_mean([0.5, 0.5, 0.5]) == (0.5, 0.5)


def test_interval_over_images_stays_below_one_when_all_are_right():
    all_right = Repeats([], pd.DataFrame(), np.array([[[1.0, 0.0]] * 50]), np.zeros(50, int))
    low, high = all_right.interval_over_images()
    assert 0.9 < low < 0.95
    assert high == pytest.approx(1.0)


def test_summarize_gives_one_row_per_group_with_its_interval():
    frame = pd.DataFrame({"kind": list("aabb"), "depth": [8, 8, 8, 8], "loss": [1.0, 3.0, 5.0, 5.0]})
    table = summarize(frame, ["kind", "depth"], "loss")
    assert table["mean"].tolist() == [2.0, 5.0]
    assert table["n"].tolist() == [2, 2]
    assert tuple(table.loc[0, ["low", "high"]]) == pytest.approx(interval_of_mean([1.0, 3.0]))


class Stops(nn.Module):
    """A network whose user presses the stop button in the chosen forward pass."""

    def __init__(self, passes: list, at: int):
        super().__init__()
        self.inner, self.passes, self.at = small(), passes, at

    def forward(self, images):
        self.passes.append(1)
        if len(self.passes) == self.at:
            raise KeyboardInterrupt
        return self.inner(images)


def test_the_stop_button_keeps_the_seeds_that_were_finished(parts):
    passes = []
    whole = repeat_training(lambda: Stops(passes, at=-1), parts, seeds=[1], epochs=2, progress=False)
    one_seed = len(passes)
    passes.clear()
    cut = repeat_training(lambda: Stops(passes, at=one_seed + 2), parts, seeds=[1, 2, 3], epochs=2, progress=False)
    assert len(cut.models) == 1
    assert np.array_equal(cut.outputs, whole.outputs)


def test_the_stop_button_in_the_first_seed_leaves_nothing_to_return(parts):
    with pytest.raises(KeyboardInterrupt, match="no seed was trained to its end"):
        repeat_training(lambda: Stops([], at=1), parts, seeds=[1], epochs=2, progress=False)
