"""One training loop for every lecture: `fit` a model, then `predict` with it.

`loop` is the one to read: what a training loop does, step by step. `samples` says which samples come when,
`checkpoint` how a stopped run goes on, `fitting` holds the two functions to call.
"""

from course_lib.training.fitting import Training, fit, predict

__all__ = ["Training", "fit", "predict"]
