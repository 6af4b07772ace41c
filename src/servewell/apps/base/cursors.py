"""Where does the next page start? In a signed, opaque text that carries the values of the last row's order."""

import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing

from servewell.apps.base.errors import BadCursor

_SALT = "servewell.cursor"
_LONGEST = 2000  # characters; more was not made here


def encode(values: tuple[Any, ...], of: str) -> str:
    """Return a cursor of the list `of` for values of None, bool, int, float, str, UUID or an aware datetime."""
    return signing.dumps([_packed(value) for value in values], salt=f"{_SALT}.{of}")


def decode(text: str, of: str) -> tuple[Any, ...]:
    """Return the values of a cursor; BadCursor when it was not made here, or for another list."""
    if len(text) > _LONGEST:
        raise BadCursor
    try:
        return tuple(_unpacked(value) for value in signing.loads(text, salt=f"{_SALT}.{of}"))
    except (signing.BadSignature, ValueError, TypeError, binascii.Error) as fault:
        raise BadCursor from fault


def _packed(value: Any) -> Any:
    match value:
        case UUID():
            return {"u": value.hex}
        case datetime():
            return {"t": value.isoformat()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"a cursor cannot carry {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    match value:
        case {"u": text}:
            return UUID(text)
        case {"t": text}:
            return datetime.fromisoformat(text)
    return value
