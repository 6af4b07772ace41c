"""What can an administrator set about customers?"""

import phonenumbers

from servewell.apps.base import settings

MEASURED = ("name", "reachable", "verified", "language", "tier", "attributes", "consent")  # see `completeness.py`
_WEIGHTS = ["name=25", "reachable=25", "verified=20", "language=10", "attributes=20"]


def _are_weights(entries: list[str]) -> bool:
    parts = [entry.partition("=") for entry in entries]
    right = all(name in MEASURED and number.isascii() and number.isdigit() for name, _, number in parts)
    names = [name for name, _, _ in parts]
    return right and len(set(names)) == len(names) and 0 < sum(int(number) for _, _, number in parts) <= 10_000


REGION = settings.define("customers.region", str, "CN", lambda code: code in phonenumbers.SUPPORTED_REGIONS)
WEIGHTS = settings.define("customers.weights", list, _WEIGHTS, _are_weights)
