"""What do the logs say? Each question opens the log's steps, asks the engine, and closes them again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb

from servewell.apps.base.principal import Principal
from servewell.apps.insight import journal_log, storage
from servewell.apps.insight.errors import ImportFailed, JournalStays, NoSuchLog, StillImporting, TookTooLong
from servewell.apps.insight.models import Log, State
from servewell.apps.insight.storage import Facts
from servewell.apps.people import permissions
from servewell.apps.people.models import Team
from servewell.engines import mining
from servewell.engines.mining import Connection, Steps, lake

JOURNAL = "journal"
MEMORY, THREADS = "1GB", 2  # of one question
BUDGET_S = 20.0  # a question that takes longer is stopped


@dataclass(frozen=True, slots=True)
class Source:
    """A log that can be asked."""

    id: str  # `journal`, or the id of an imported log
    folder: Path  # where its steps lie; another state of the journal lies in another folder
    facts: Facts
    log: Log | None  # None: the journal

    @property
    def is_journal(self) -> bool:
        """Is it our own journal, whose activities have names in both languages?"""
        return self.log is None


def logs(principal: Principal) -> list[Log]:
    """Return the imported logs, newest first."""
    permissions.demand(principal, "logs.read")
    return list(permissions.narrow(Log.objects.all(), principal, "logs.read", team="").select_related("upload"))


def log(principal: Principal, log_id: str) -> Log:
    """Return an imported log; NoSuchLog."""
    permissions.demand(principal, "logs.read")
    found = permissions.narrow(Log.objects.all(), principal, "logs.read", team="").select_related("upload")
    try:
        return found.get(pk=UUID(log_id))
    except (Log.DoesNotExist, ValueError) as none:
        raise NoSuchLog from none


def lake_folder(name: str) -> Path | None:
    """Return where the steps of the journal, or of the ready log of that name, lie; for the command line."""
    if name == JOURNAL:
        return journal_log.current()[0]
    found = Log.objects.filter(name__iexact=name, state=State.READY).first()
    return storage.log(found.id) if found else None


def source(principal: Principal, log_id: str) -> Source:
    """Return a log that can be asked; NoSuchLog, StillImporting, ImportFailed."""
    if log_id == JOURNAL:
        permissions.demand(principal, "logs.read")
        return Source(JOURNAL, *journal_log.current(), None)
    found = log(principal, log_id)
    if found.state == State.IMPORTING:
        raise StillImporting(name=found.name)
    facts = storage.read_facts(storage.log(found.id)) if found.state == State.READY else None
    if facts is None:
        raise ImportFailed(name=found.name)
    return Source(str(found.id), storage.log(found.id), facts, found)


def imported(principal: Principal, log_id: str) -> Log:
    """Return an imported log; JournalStays for the journal, which is none; NoSuchLog."""
    if log_id == JOURNAL:
        raise JournalStays
    return log(principal, log_id)


def team_names(source: Source) -> dict[str, str]:
    """Return the name of the team that does most of each activity."""
    teams = source.facts.teams or {}
    names = {str(pk): name for pk, name in Team.objects.filter(pk__in=set(teams.values())).values_list("pk", "name")}
    return {activity: names[team] for activity, team in teams.items() if team in names}


@contextmanager
def opened(folder: Path) -> Iterator[Steps]:
    """Open the steps of a log for one question; TookTooLong when it takes more than its time."""
    connection = mining.connect(memory=MEMORY, threads=THREADS, spill=str(storage.spill()))
    over = threading.Event()
    alarm = threading.Thread(target=_interrupt_when_late, args=[connection, over, BUDGET_S], daemon=True)
    alarm.start()
    try:
        yield lake.open(connection, folder)
    except duckdb.InterruptException as stopped:
        raise TookTooLong(seconds=round(BUDGET_S)) from stopped
    finally:
        over.set()
        alarm.join()
        connection.disconnect()


def _interrupt_when_late(connection: Connection, over: threading.Event, budget_s: float) -> None:
    """A question is several statements: what falls between two of them stops none, so it is said again and again."""
    late = not over.wait(budget_s)
    while late:
        connection.con.interrupt()
        late = not over.wait(0.1)
