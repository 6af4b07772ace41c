"""Small files, and what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from servewell.engines.mining import Columns, Connection, readers

COLUMNS = Columns(case="case", activity=("activity",), time="time", resource="resource", zone="UTC")


@dataclass
class Outcome:
    """What a reader gave."""

    rows: list[tuple[str, str, datetime, str | None]]
    report: readers.ReadReport
    aside: str  # the set-aside file's text; "" when there is none


Read = Callable[..., Outcome]


@pytest.fixture
def read(connection: Connection, tmp_path: Path) -> Read:
    """Read bytes, a text (as UTF-8) or a path into rows `(case, activity, time in UTC, resource)`."""

    def _read(
        content: bytes | str | Path, columns: Columns | None = COLUMNS, name: str = "log.csv", **options: object
    ) -> Outcome:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        aside = tmp_path / "aside.csv"
        aside.unlink(missing_ok=True)
        _table, report = readers.read(connection, path, columns, readers.Options(set_aside=aside, **options), "given")
        found = connection.con.execute('select "case", activity, time, resource from given order by rowid').fetchall()
        connection.con.execute("drop table given")
        return Outcome(found, report, aside.read_text(encoding="utf-8-sig") if aside.exists() else "")

    return _read
