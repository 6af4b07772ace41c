"""A file on this machine becomes a log at once, without a worker."""

from pathlib import Path

import pytest

from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import actions, storage
from servewell.apps.insight.errors import NameTaken
from servewell.apps.insight.models import Log, State
from servewell.apps.journal.models import Event
from servewell.engines.mining.errors import MiningError

ROWS = b"case,activity,time\n" + b"1,open,2026-03-01T09:00:00Z\n" * 100


def test_the_command_line_imports_at_once(transactional_db: None, tmp_path: Path) -> None:
    path = tmp_path / "shop day.csv"
    path.write_bytes(ROWS)
    one, two = (actions.import_file(SYSTEM, path) for _ in range(2))
    assert (one.state, one.events, one.name, two.name) == (State.READY, 100, "shop day", "shop day (2)")
    with pytest.raises(NameTaken):
        actions.import_file(SYSTEM, path, "Shop Day")
    assert path.exists()


def test_what_the_command_line_cannot_import_leaves_nothing(transactional_db: None, tmp_path: Path) -> None:
    path = tmp_path / "local.csv"
    path.write_bytes(b"case,activity,time\n1,open,2026-03-01 09:00:00\n")
    with pytest.raises(MiningError) as refused:
        actions.import_file(SYSTEM, path)
    assert refused.value.code == "needs-zone"
    assert not Log.objects.exists()
    told = Event.objects.filter(activity__startswith="insight.log_").order_by("id")
    assert [event.activity for event in told] == ["insight.log_requested", "insight.log_deleted"]
    assert not [*storage.logs().iterdir(), *storage.uploads().iterdir()]
