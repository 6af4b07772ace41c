"""Can this JSON be stored? PostgreSQL keeps no NUL, no lone surrogate, no NaN; a deep nest bursts whoever walks it."""

import math
from typing import Any

from servewell.apps.base.cleaning.characters import whole
from servewell.apps.base.errors import JsonUnfit

DEEPEST = 50  # levels
LARGEST = 2**63 - 1  # of a whole number: what a bigint holds


def jsonable(value: Any) -> Any:
    """Return a value of JSON with its texts, names of members too, freed of NUL and lone surrogates.

    JsonUnfit, with the reason as a code, for what cannot be kept: NaN and infinity, whole numbers beyond 63 bits,
    more than 50 levels.
    """
    return _fit(value, 0)


def _fit(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise JsonUnfit(reason="deep")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_fit(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {storable(name): _fit(item, depth + 1) for name, item in value.items()}
    _demand_number_fits(value)
    return value


def storable(raw: str) -> str:
    """Return a text without NUL and lone surrogates; nothing else is touched."""
    return whole(raw).replace("\x00", "") if not raw.isascii() else raw.replace("\x00", "")


def _demand_number_fits(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise JsonUnfit(reason="number")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise JsonUnfit(reason="number")
