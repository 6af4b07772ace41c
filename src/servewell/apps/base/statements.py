"""Where does SQL that matters stand? In a `.sql` file beside its module, named and described.

A file holds blocks that start with `-- name: <name>`; the comment lines below say what the statement is for.
"""

import re
from pathlib import Path

_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(file: Path) -> dict[str, str]:
    """Return the statements of a file by name."""
    _, *parts = _HEAD.split(file.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
