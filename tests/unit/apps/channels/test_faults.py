"""What of a fault gets into the log?"""

from servewell.apps.channels.frame import faults


def raised(words: str) -> Exception:
    try:
        _look_up(words)
    except LookupError as fault:
        return fault
    raise AssertionError("words are no number")


def _look_up(words: str) -> None:
    try:
        int(words)
    except ValueError as cause:
        raise LookupError(words) from cause


def test_it_works() -> None:
    """Its kind, its cause's, and where it was raised."""
    told = faults.traced(raised("hunter2"))
    assert (told["fault"], told["cause"]) == ("LookupError", "ValueError")
    assert told["where"][-1].endswith(" _look_up")


def test_what_it_says_does_not() -> None:
    """A library may have put a password into it, or what a customer wrote."""
    assert "hunter2" not in str(faults.traced(raised("hunter2")))
