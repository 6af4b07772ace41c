"""How long is waited after failures in a row? Twice as long each time, up to a limit."""

_MOST_DOUBLINGS = 60  # beyond every limit we set, and far below what a float can hold: 2.0**1024 raises OverflowError


def doubled(first: float, times: int, longest: float) -> float:
    """Return `first` seconds doubled `times` times, at most `longest`; any number of times is fine."""
    return min(longest, first * 2.0 ** min(times, _MOST_DOUBLINGS))
