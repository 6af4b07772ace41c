"""How is a fault written into the log? By its kind and place: what it says may hold passwords or names."""

import traceback
from typing import Any


def traced(fault: BaseException) -> dict[str, Any]:
    """Return what a line of the log tells of a fault: its kind, that of its cause, and where it was raised."""
    cause = fault.__cause__
    places = traceback.extract_tb(fault.__traceback__)[-8:]
    return {
        "fault": type(fault).__name__,
        "cause": type(cause).__name__ if cause is not None else "",
        "where": [f"{place.filename.rpartition('/servewell/')[2]}:{place.lineno} {place.name}" for place in places],
    }
