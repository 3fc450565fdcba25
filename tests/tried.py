"""How often something was tried in one test: kills, pairs of processes, bad input. The report of the test tells it."""

times = 0


def once() -> None:
    """Something is about to be tried."""
    global times
    times += 1
