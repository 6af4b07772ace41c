"""Where does SQL that matters stand? In a `.sql` file beside its module, named and described.

A file holds blocks that start with `-- name: <name>`; the comment lines below say what the statement is for.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(file: Path) -> dict[str, str]:
    """Return the statements of a file by name."""
    _, *parts = _HEAD.split(file.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def run(statement: str, values: Mapping[str, Any]) -> int:
    """Execute a statement on Django's connection; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return int(cursor.rowcount)


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement on Django's connection; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return list(cursor.fetchall())
