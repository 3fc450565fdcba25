"""One training loop for every lecture: `fit` a model, then `predict` with it; `repeat_training` does so several times.

`loop` is the one to read: what a training loop does, step by step. `samples` says which samples come when,
`checkpoint` how a stopped run goes on, `fitting` holds the two functions to call, `repeats` trains from several seeds
and says how far the results can be trusted.
"""

from course_lib.training.fitting import Training, fit, predict
from course_lib.training.repeats import Repeats, interval_of_mean, repeat_training, summarize
from course_lib.training.schedule import one_cycle

__all__ = ["Repeats", "Training", "fit", "interval_of_mean", "one_cycle", "predict", "repeat_training", "summarize"]
