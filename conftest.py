"""What pytest must not import: the sources of notebooks run as notebooks, and wrong answers are only read."""

collect_ignore_glob = ["notebooks/*.py", "solutions/*.py", "tests/grading/wrong_answers/*.py"]
