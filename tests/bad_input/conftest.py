"""Says how many cases were generated."""

import allowed_answers


def pytest_terminal_summary(terminalreporter):
    if allowed_answers.counted:
        terminalreporter.write_line(f"bad input: {sum(allowed_answers.counted.values()):,} cases")
