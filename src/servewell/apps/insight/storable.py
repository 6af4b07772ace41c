"""What does PostgreSQL refuse to keep? Signs that files and programs may hold, but no text of its own."""

from typing import Any


def storable(value: Any) -> Any:
    """Return a JSON value whose texts, keys left alone, hold neither NUL nor half a sign; `�` stands for those."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")
        case dict():
            return {key: storable(one) for key, one in value.items()}
        case list() | tuple():
            return [storable(one) for one in value]
    return value
