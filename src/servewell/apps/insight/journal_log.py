"""The journal as a log: its finished steps in order, made anew when something has happened since.

Making it costs time with the journal's length. So each state of it is kept on disk, in a folder of its own, and shown
for ten times as long as it took to make, and at least five seconds, before the next is made.
"""

import time
from pathlib import Path

from django.db.models import Sum

from servewell.apps.base import clock, ids, leases
from servewell.apps.insight import importing, storage
from servewell.apps.insight.storage import Facts
from servewell.apps.journal import lake as journal_lake
from servewell.apps.journal.models import Case
from servewell.engines import mining
from servewell.engines.mining import Connection, backend, lake

SHOWN_AT_LEAST_S, SHOWN_TIMES = 5.0, 10.0
OLD_KEPT_S = 600.0  # somebody may still be reading an older state
WAIT_S = 120.0  # for another process that makes the first state
_COLUMNS = ("conversation", "seq", "occurred_at", "activity", "element", "lifecycle", "actor_kind", "actor", "team")
_STEPS = """
create temporary table steps_of_journal as
select conversation as "case", coalesce(element, activity) as activity, occurred_at::timestamp as time,
       case when actor_kind in ('agent', 'bot') then coalesce(actor, actor_kind) end as resource, seq as row, team
from {source}
where conversation is not null and lifecycle = 'complete'
"""
# The team that does most of an activity, where teams do at least a quarter of it: what bots and customers nearly
# always do is no department's.
_TEAMS = "select activity, mode(team) from steps_of_journal group by activity having count(team) >= count(*) / 4"


def current() -> tuple[Path, Facts]:
    """Return the folder and the facts of the journal's steps, made anew where they are too old."""
    newest = _newest()
    if newest is not None and _is_good(*newest):
        return newest
    with leases.held("insight-journal-steps") as ours:
        if ours:
            newest = _newest()
            return newest if newest is not None and _is_good(*newest) else refresh()
    return newest or _awaited()


def refresh() -> tuple[Path, Facts]:
    """Make the journal's steps anew; remove those nobody can be reading any more."""
    began = time.monotonic()
    watermark = _watermark()
    folder = storage.journal_steps() / str(ids.new())
    with storage.appearing(folder) as draft:
        connection = mining.connect(memory=importing.MEMORY, spill=str(storage.spill()))
        try:
            facts = _make(connection, draft, began, watermark)
        finally:
            connection.disconnect()
    _remove_old(folder)
    return folder, facts


def _make(connection: Connection, draft: Path, began: float, watermark: str) -> Facts:
    snapshot = journal_lake.read(_COLUMNS)
    connection.con.register("tail_of_journal", snapshot.tail)
    connection.con.execute(_STEPS.format(source=_source(snapshot.files)))
    teams: dict[str, str] = dict(connection.con.execute(_TEAMS).fetchall())
    rows = connection.table("steps_of_journal", database=("temp", "main"))
    steps = mining.materialise(connection, rows, release=lambda: backend.discard(connection, rows))
    lake.write(steps, draft)
    made_in = round(time.monotonic() - began, 3)
    facts = importing.facts_of(steps, watermark=watermark, teams=teams, made_in_s=made_in)
    storage.write_facts(draft, facts)
    return facts


def _source(files: list[Path]) -> str:
    columns = ", ".join(_COLUMNS)
    tail = f"select {columns} from tail_of_journal"  # noqa: S608 - names of ours
    if not files:
        return f"({tail})"
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"({tail} union all select {columns} from read_parquet([{paths}]))"  # noqa: S608 - paths of ours


def _newest() -> tuple[Path, Facts] | None:
    for folder in sorted(storage.journal_steps().glob("[0-9a-f]*"), reverse=True):
        facts = storage.read_facts(folder)
        if facts is not None:
            return folder, facts
    return None


def _is_good(folder: Path, facts: Facts) -> bool:
    """Has nothing happened since, or is it too early to look again?"""
    age = clock.now().timestamp() - (folder / "facts.json").stat().st_mtime
    return age < max(SHOWN_AT_LEAST_S, SHOWN_TIMES * facts.made_in_s) or facts.watermark == _watermark()


def _watermark() -> str:
    """Return how many events conversations have had: it grows with each, also with history that is loaded later."""
    return str(Case.objects.aggregate(events=Sum("last_seq"))["events"] or 0)


def _awaited() -> tuple[Path, Facts]:
    """Wait until another process has made the first state."""
    give_up = time.monotonic() + WAIT_S
    while time.monotonic() < give_up:
        newest = _newest()
        if newest is not None:
            return newest
        time.sleep(0.2)
    return refresh()


def _remove_old(current_folder: Path) -> None:
    before = clock.now().timestamp() - OLD_KEPT_S
    for folder in storage.journal_steps().iterdir():
        if folder != current_folder and folder.stat().st_mtime < before:
            storage.remove(folder)
