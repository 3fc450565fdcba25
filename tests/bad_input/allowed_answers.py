"""What a call with bad input may answer: a result, or a documented error that names what was wrong."""

import os
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tried
from hypothesis import HealthCheck, settings

NIGHTLY = os.environ.get("COURSE_NIGHTLY") == "1"
MORE_AT_NIGHT = 60  # times as many cases in `make nightly` as in `make test`
REFUSED = object()


def cases(number: int):
    """Hypothesis' settings for so many cases in `make test`, the same ones each time, and many more at night."""
    unhurried = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(
        max_examples=number * (MORE_AT_NIGHT if NIGHTLY else 1),
        derandomize=not NIGHTLY,
        database=None,
        deadline=None,
        suppress_health_check=unhurried,
    )


def answer(call: Callable[[], Any], names: Sequence[str], errors: tuple[type[Exception], ...] = (ValueError,)) -> Any:
    """The result, or REFUSED where the call raised one of `errors` with a message in which one of `names` stands.

    Anything else that is raised, a MemoryError too, fails the test.
    """
    tried.once()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except errors as problem:
            said = str(problem)
            named = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) for name in names)
            assert named, f"{type(problem).__name__} names none of {', '.join(names)}: {said}"
            return REFUSED


def well_formed(result: Any) -> None:
    """Every float of a result is finite or NaN, down to the fields of dataclasses and the columns of tables."""
    if hasattr(result, "__dataclass_fields__"):
        parts = [getattr(result, name) for name in result.__dataclass_fields__]
    elif hasattr(result, "to_numpy"):
        parts = [result.select_dtypes("number").to_numpy(float)]
    elif isinstance(result, (tuple, list)):
        parts = list(result)
    else:
        array = np.asarray(result)
        assert array.dtype.kind != "f" or not np.isinf(array).any(), f"infinite: {result!r}"
        return
    for part in parts:
        well_formed(part)
