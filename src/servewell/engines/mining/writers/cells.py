"""When does a table program take a text for a formula? When it begins like one; then a quote goes before it."""

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(value: Any) -> Any:
    """Return a cell that no table program takes for a formula: a text that looks like one gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
