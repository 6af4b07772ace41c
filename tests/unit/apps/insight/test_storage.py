"""A folder appears whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from servewell.apps.insight import storage
from servewell.apps.insight.storage import Facts


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def test_it_works(tmp_path: Path) -> None:
    with storage.appearing(tmp_path / "log") as draft:
        (draft / "steps").write_text("x")
        assert not (tmp_path / "log").exists()
    assert (tmp_path / "log" / "steps").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with storage.appearing(tmp_path / "log") as draft:
            (draft / "steps").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with storage.appearing(tmp_path / "log") as draft:
            (draft / text).write_text(text)
    assert [path.name for path in (tmp_path / "log").iterdir()] == ["new"]


def test_what_a_killed_import_left_is_swept() -> None:
    left = storage.logs() / ".unfinished-abc-123"
    left.mkdir()
    other = storage.logs() / ".unfinished-xyz-123"
    other.mkdir()
    storage.sweep("abc")
    assert not left.exists()
    assert other.exists()


def test_facts_come_back_as_they_were_written(tmp_path: Path) -> None:
    facts = Facts(3, 1, 2, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "mark", {"a": "t"}, 0.5)
    storage.write_facts(tmp_path, facts)
    assert storage.read_facts(tmp_path) == facts
    assert storage.read_facts(tmp_path / "none") is None


def test_facts_of_an_empty_log_have_no_times(tmp_path: Path) -> None:
    storage.write_facts(tmp_path, Facts(0, 0, 0, None, None))
    assert storage.read_facts(tmp_path) == Facts(0, 0, 0, None, None)
