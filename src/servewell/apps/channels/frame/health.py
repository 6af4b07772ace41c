"""How is an account? In a code, a sentence and figures, for the page of channels."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servewell.apps.base import clock, statements, texts
from servewell.apps.channels.frame import calls
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.frame.queries import ANSWERS_WITHIN, SQL

_COUNTED = 10_000  # of each kind at most, for an account


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies at an account; each up to a limit."""

    waiting_out: int = 0  # messages that are to go out
    waiting_in: int = 0  # arrivals that nobody has read yet
    aside: int = 0  # arrivals that a person has to look at
    stopped: int = 0  # addresses that get no more automatic answers within their hour
    stopped_since: datetime | None = None  # when the first of them was stopped


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to look at, at an account that may work all the same."""

    code: str
    sentence: str  # in the reader's language
    since: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How an account is."""

    state: str  # ok | failing | paused | new
    sentence: str  # in the reader's language
    words: str  # what the other side said
    since: datetime | None  # when it began to fail
    last_in_at: datetime | None
    last_out_at: datetime | None
    checked_at: datetime | None
    waiting_out: int
    aside: int
    waiting_in: int
    alerts: tuple[Alert, ...]


def of(account: Account, backlog: Backlog, language: str) -> Health:
    """Return how an account is, in a language."""
    state = _state(account)
    return Health(
        state=state,
        sentence=_fault(account, language) if state == "failing" else texts.say(f"channels.health.{state}", language),
        words=account.fault_words if state == "failing" else "",
        since=account.failing_since if state == "failing" else None,
        last_in_at=account.last_in_at,
        last_out_at=account.last_out_at,
        checked_at=account.checked_at,
        waiting_out=backlog.waiting_out,
        aside=backlog.aside,
        waiting_in=backlog.waiting_in,
        alerts=_alerts(backlog, language),
    )


def backlogs() -> dict[UUID, Backlog]:
    """Return what lies at all accounts: one statement."""
    values = {"kind": calls.KIND, "most": _COUNTED, "since": clock.now() - ANSWERS_WITHIN}
    return {account: Backlog(*figures) for account, *figures in statements.rows(SQL["backlogs"], values)}


def checked(account: Account, found: Checked, language: str) -> str:
    """Return what the test button found, in a language."""
    if found.parts:
        between = " " if texts.nearest(language) == "en" else ""
        return between.join(checked(account, part, language) for part in found.parts)
    own = (f"channels_{account.channel}.check.{found.code}", f"channels_{account.channel}.fault.{found.code}")
    shared = (f"channels.check.{found.code}", f"channels.fault.{found.code}")
    fallback = "channels.check.generic_ok" if found.ok else "channels.check.generic_bad"
    return _first((*own, *shared), fallback, language, {"code": found.code, "words": found.words, **found.values})


def told(code: str, language: str) -> str:
    """Return the sentence of a message that waits or failed; "" when there is nothing to say."""
    return _first((code,), "channels.fault.generic", language, {"code": code}) if code else ""


def _state(account: Account) -> str:
    if account.state == Account.State.PAUSED:
        return "paused"
    if account.failing_since is not None:
        return "failing"
    seen = (account.last_in_at, account.last_out_at, account.checked_at)
    return "ok" if any(moment is not None for moment in seen) else "new"


def _alerts(backlog: Backlog, language: str) -> tuple[Alert, ...]:
    """Return what to look at: answers that were stopped mean a machine that answers ours, or somebody in a hurry."""
    if backlog.stopped_since is None:
        return ()
    key = "channels.alert.answers_stopped" if backlog.stopped == 1 else "channels.alert.answers_stopped_many"
    sentence = texts.say(key, language, count=backlog.stopped)
    return (Alert("answers_stopped", sentence, backlog.stopped_since),)


def _fault(account: Account, language: str) -> str:
    rooms, code = (f"channels_{account.channel}", "channels"), account.fault
    keys = [code, *(f"{room}.{kind}.{code}" for kind in ("fault", "check") for room in rooms)]
    return _first(keys, "channels.fault.generic", language, {"code": code})


def _first(keys: Iterable[str], fallback: str, language: str, values: Mapping[str, Any]) -> str:
    """Return the first of these sentences that there is and whose places can be filled, else the general one."""
    for key in keys:
        if texts.known(key):
            with suppress(KeyError):
                return texts.say(key, language, **values)
    return texts.say(fallback, language, **values)
