"""Is every statement named and described?"""

from pathlib import Path

import pytest

import servewell
from servewell.apps.base import statements

FILES = sorted((Path(servewell.__file__).parent / "apps").glob("*/statements.sql"))


def test_it_works(tmp_path: Path) -> None:
    file = tmp_path / "x.sql"
    file.write_text("-- A file.\n-- name: one\n-- Why.\nselect 1\n\n-- name: two\nselect 2\n")
    assert statements.load(file) == {"one": "-- Why.\nselect 1", "two": "select 2"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_statement_says_what_it_is_for(file: Path) -> None:
    loaded = statements.load(file)
    assert loaded
    assert [name for name, text in loaded.items() if not text.startswith("-- ")] == []
