"""Arrays and numbers that people pass by mistake, one generator of each."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

LARGEST_CLASS = 2**31
ARRAYS = {  # of about n samples, from a generator
    "labels": lambda rng, n: rng.integers(0, 2, n),
    "scores": lambda rng, n: rng.random(n),
    "logits": lambda rng, n: rng.normal(0, 10, n),
    "ages": lambda rng, n: rng.uniform(45, 80, n),
    "ties": lambda rng, n: rng.integers(0, 3, n) / 4,
    "bool": lambda rng, n: rng.random(n) > 0.5,
    "one class": lambda rng, n: np.ones(n),
    "constant": lambda rng, n: np.full(n, 0.5),
    "missing": lambda rng, n: np.where(rng.random(n) > 0.7, np.nan, rng.integers(0, 2, n)),
    "all missing": lambda rng, n: np.full(n, np.nan),
    "uncertain": lambda rng, n: rng.integers(-1, 2, n),
    "infinite": lambda rng, n: np.where(rng.random(n) > 0.7, np.inf, rng.random(n)),
    "huge": lambda rng, n: rng.normal(size=n) * 1e150,  # squares of these, and sums of them, stay finite
    "tiny": lambda rng, n: rng.integers(0, 3, n) * 5e-324,
    "half": lambda rng, n: rng.normal(size=n).astype(np.float16),
    "classes": lambda rng, n: rng.integers(0, 4, n),
    "large classes": lambda rng, n: rng.integers(0, LARGEST_CLASS + 1, n),
    "unsigned": lambda rng, n: rng.integers(0, 2, n).astype(np.uint64) + 2**63,
    "text": lambda rng, n: rng.choice(["a", "b"], n),
    "numbers as text": lambda rng, n: rng.choice(["0", "1"], n),
    "objects": lambda rng, n: rng.choice(np.array([None, 1.0, "x"], object), n),
    "complex": lambda rng, n: rng.random(n) + 1j,
    "dates": lambda rng, n: np.arange(n).astype("datetime64[D]"),
    "table": lambda rng, n: rng.random((n, 3)),
    "findings": lambda rng, n: rng.integers(0, 2, (n, 3)),
    "points": lambda rng, n: rng.normal(size=(n, 2)),
    "column": lambda rng, n: rng.random((n, 1)),
    "no columns": lambda rng, n: np.empty((n, 0)),
    "cube": lambda rng, n: rng.random((n, 4, 4)),
    "one number": lambda rng, n: 0.5,
    "one sample": lambda rng, n: rng.integers(0, 2, 1),
    "empty": lambda rng, n: [],
    "one too many": lambda rng, n: rng.random(n + 1),
    "ragged": lambda rng, n: [[0.0]] * (n - 1) + [[1.0, 2.0]],
    "series": lambda rng, n: pd.Series(rng.random(n), index=rng.permutation(n)),
    "frame": lambda rng, n: pd.DataFrame(rng.random((n, 2)), columns=["a", "b"]),
    "masked": lambda rng, n: np.ma.masked_greater(rng.random(n), 0.5),
    "strided": lambda rng, n: rng.random(2 * n)[::-2],
    "bytes": lambda rng, n: b"0101",
    "nothing": lambda rng, n: None,
    "mapping": lambda rng, n: {},
}
NUMBERS = (0, -1, 1, 2, 3, 20, 0.0, 0.5, 0.95, -0.1, 1.5, 1e300, np.nan, np.inf, "x", "", None, True, [], [1, 2])


@st.composite
def arrays(draw, n: int, *likely: str):
    """An array of about n samples: likely kinds half of the time, to get past the checks."""
    kind = draw(st.one_of(st.sampled_from(likely or tuple(ARRAYS)), st.sampled_from(tuple(ARRAYS))))
    seed = draw(st.integers(0, 2**32 - 1))
    return ARRAYS[kind](np.random.default_rng(seed), n)


def samples():
    """How many samples: few, for whatever breaks breaks with few."""
    return st.sampled_from((1, 2, 3, 5, 12, 40))


def options(**allowed):
    """Keyword arguments: none, allowed ones or odd ones; what time and memory grow with is not made huge."""
    each = {name: st.one_of(st.sampled_from(values), st.sampled_from(NUMBERS)) for name, values in allowed.items()}
    return st.fixed_dictionaries({}, optional=each)
