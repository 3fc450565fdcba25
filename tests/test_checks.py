"""What a student sees."""

import numpy as np
import pandas
import pytest
import torch

from course_lib.checks import CheckFailed, Unexpected, check, expect

FRAME = pandas.DataFrame({"layer": ["C1", "S2"], "weights": [156, 12]})


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (np.int64(3), 3),
        (0.1 + 0.2, 0.3),
        (float("nan"), np.nan),
        (True, True),
        (np.bool_(True), True),
        (1 + 2j, 1 + 2j),
        ("valid", "valid"),
        (None, None),
        ({1, 2}, {2, 1}),
        ((1, (2, "a")), (1, (2, "a"))),
        ([1, 2], (1, 2)),
        (torch.tensor([1.0, 2.0]), [1, 2]),
        ({"a": np.arange(3)}, {"a": np.arange(3)}),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.float32([1.5]), np.float64([1.5])),
        (np.uint8([1]), np.int64([1])),
        (torch.ones(2, 3, requires_grad=True), np.ones((2, 3))),
        (torch.ones(2, dtype=torch.bfloat16), torch.ones(2)),
        (np.array(["a", "b"]), np.array(["a", "b"])),
        (FRAME, FRAME.copy()),
        (FRAME["weights"], FRAME["weights"]),
        (FRAME["layer"].to_list(), ["C1", "S2"]),
    ],
)
def test_what_is_equal_passes(got, expected):
    assert expect(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (4, 3, "expected 3, got 4"),
        (60_965_225, 60_965_224, "expected 60965224, got 60965225"),
        (0.5001, 0.5, "expected 0.5, got 0.5001"),
        (1, True, "expected true/false (bool), got whole numbers"),
        (None, 3, "expected 3, got None (is a return missing?)"),
        ("same", "valid", "expected 'valid', got 'same'"),
        ("3", 3, "expected 3, got '3'"),
        ([3], 3, "expected 3, got [3]"),
        (3, "3", "expected '3', got 3"),
        (np.arange(3), "abc", "expected 'abc', got [0, 1, 2]"),
        ([1, 2], [1, 2, 3], "expected 3 items, [1, 2, 3], got 2: [1, 2]"),
        ([1, [2, 4]], [1, [2, 3]], "at [1][1]: expected 3, got 4"),
        (5, (1, 2), "expected a tuple of 2, got 5"),
        ({"a": 1}, {"a": 1, "b": 2}, "expected the key 'b', which is missing"),
        ({"a": 1, "b": 2}, {"a": 1}, "got the key 'b'"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "at ['a'][1]: expected 3, got 2"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "expected the shape (3, 2), got (2, 3)"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "expected decimal numbers (float64), got whole numbers (int64)"),
        (
            np.array([[1.0, 2], [5, 6]]),
            np.array([[1.0, 2], [3, 4]]),
            "at [1, 0]: expected 3, got 5 (2 of 4 values differ)",
        ),
        (np.array([np.nan]), np.array([0.0]), "at [0]: expected 0, got nan"),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), "at [1]: expected 3, got 2"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "at [1]: expected 'c', got 'b'"),
        ([[1, 2], [3]], np.ones((2, 2)), "got [[1, 2], [3]]"),
        (FRAME.rename(columns={"layer": "name"}), FRAME, "expected the columns ['layer', 'weights']"),
        (FRAME.assign(weights=[156, 13]), FRAME, "at ['weights'][1]: expected 12, got 13"),
        (FRAME.head(1), FRAME, "expected 2 rows, got 1"),
        (3, FRAME, "expected a DataFrame, got 3"),
    ],
)
def test_what_differs_is_said_with_its_place(got, expected, said):
    with pytest.raises(Unexpected) as raised:
        expect(got, expected)
    assert said in str(raised.value)


def test_a_looser_tolerance_may_be_asked_for_and_a_message_added():
    expect(0.51, 0.5, atol=0.02)
    with pytest.raises(Unexpected, match="got 2\nfor an empty image"):
        expect(2, 1, message="for an empty image")


def test_long_values_are_cut_short():
    with pytest.raises(Unexpected) as raised:
        expect("x" * 1000, "y")
    assert len(str(raised.value)) < 150


def test_a_passed_check_says_so(capsys):
    with check("two"):
        expect(1 + 1, 2)
    assert "✓ two" in capsys.readouterr().out


def test_a_question_not_attempted_does_not_stop_the_notebook(capsys):
    def stub():
        raise NotImplementedError

    with check("stub"):
        expect(stub(), 2)
    assert "stub: not attempted yet" in capsys.readouterr().out


def test_a_wrong_answer_raises_with_problem_and_hint():
    with pytest.raises(CheckFailed) as raised, check("two", hint="add them"):
        expect(1 - 1, 2)
    assert str(raised.value) == "✗ two\nexpected 2, got 0\nHint: add them"
    assert isinstance(raised.value, AssertionError)


def test_a_notebook_shows_the_message_and_no_traceback():
    lines = "\n".join(CheckFailed("two", "expected 2, got 0", "add them")._render_traceback_())
    assert all(part in lines for part in ("✗ two", "expected 2, got 0", "Hint: add them"))
    assert "Traceback" not in lines and "checks.py" not in lines


def test_an_error_in_the_students_code_is_named_with_its_line():
    def convolve(values):
        return values[9]

    with pytest.raises(CheckFailed) as raised, check("convolve"):
        expect(convolve([1, 2]), 2)
    message = str(raised.value)
    assert "your code raised IndexError: list index out of range" in message
    assert f"in convolve, line {convolve.__code__.co_firstlineno + 1} of its cell: return values[9]" in message


def test_an_error_deep_in_a_library_points_at_the_students_line():
    def stack(parts):
        return np.concatenate(parts)

    with pytest.raises(CheckFailed, match=r"in stack, line \d+ of its cell: return np\.concatenate"), check("stack"):
        stack([])


def test_a_network_without_forward_is_a_failure_and_not_a_question_left_open():
    class Network(torch.nn.Module):
        pass

    with pytest.raises(CheckFailed, match="your code raised NotImplementedError"), check("network"):
        Network()(torch.zeros(1))


def test_outside_a_check_nothing_is_forgiven():
    def stub():
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        expect(stub(), 2)


def test_the_stop_button_still_stops():
    with pytest.raises(KeyboardInterrupt), check("loop"):
        raise KeyboardInterrupt
