"""When has somebody tried often enough? After so many wrong tries a name is locked for some minutes.

A try is counted *before* the password is looked at, in one statement, and forgotten when it was right: however many
come at once, no more passwords are looked at than the limit says. Every name is counted alike, whether somebody is
called so or not, so the answer tells nothing. What was typed is kept only as a keyed digest.
"""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Sum
from django.utils.crypto import salted_hmac

from servewell.apps.base import clock, settings, statements
from servewell.apps.people.models import Try, User
from servewell.apps.people.options import LOCK_MINUTES, LOCK_TRIES, LOCK_WINDOW

_SQL = statements.load(Path(__file__).parent / "sql" / "statements.sql")
_FORGOTTEN = timedelta(days=7)  # a name that nobody tried for so long


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a try."""

    allowed: bool  # may the password be looked at?
    is_last: bool  # if it is wrong, the name is locked
    failures: int  # wrong tries before this one, since the last success
    wait_s: int  # seconds until the next try is welcome; 0 when this one is


def of_name(login: str) -> str:
    """Return the key of a user name or address as it was typed, in any case."""
    return _digest("name", unicodedata.normalize("NFKC", login).strip().casefold())


def of_codes(user_id: UUID) -> str:
    """Return the key under which a person's wrong second factors are counted."""
    return _digest("codes", str(user_id))


def of_password(user_id: UUID) -> str:
    """Return the key under which the wrong present passwords of a person who is signed in are counted."""
    return _digest("password", str(user_id))


def take(key: str) -> Taken:
    """Count a try, unless the key is locked."""
    now = clock.now()
    most = settings.get(LOCK_TRIES.name)
    values = {
        "key": key,
        "now": now,
        "most": most,
        "fresh_before": now - timedelta(minutes=settings.get(LOCK_WINDOW.name)),
        "until": now + timedelta(minutes=settings.get(LOCK_MINUTES.name)),
    }
    counted = statements.rows(_SQL["take_try"], values)
    if not counted:
        return Taken(False, False, 0, wait_s(_locked_until([key]), now))
    ((tries, failures),) = counted
    return Taken(True, tries >= most, failures - 1, 0)


def forgive(keys: Iterable[str]) -> int:
    """Forget the tries of these keys, as the last one was right; return how many were wrong before it."""
    rows = Try.objects.filter(key__in=list(keys))
    failures = rows.aggregate(all=Sum("failures"))["all"] or 1
    rows.delete()
    return int(failures) - 1


def forgive_names(user: User) -> int:
    """Forget the tries of all of a person's names: the password was right; return how many were wrong before it."""
    return forgive(_names(user))


def locked_until(user: User) -> datetime | None:
    """Return until when a name, the second factor or the present password is locked of a person; None when none is."""
    return _locked_until(_keys(user))


def locks_of(users: Iterable[User]) -> dict[UUID, datetime]:
    """Return who of these people is locked, by id, and until when; one query."""
    owners = {key: user.id for user in users for key in _keys(user)}
    rows = Try.objects.filter(key__in=owners, locked_until__gt=clock.now()).order_by("locked_until")
    return {owners[row.key]: row.locked_until for row in rows if row.locked_until is not None}


def key_locked_until(key: str) -> datetime | None:
    """Return until when a key is locked; None when it is not."""
    return _locked_until([key])


def forget(user: User) -> None:
    """Let a person try again at once, by every name of theirs."""
    Try.objects.filter(key__in=_keys(user)).delete()


def forget_old() -> int:
    """Remove what nobody tried for a week; return how many names."""
    return Try.objects.filter(tried_at__lt=clock.now() - _FORGOTTEN).delete()[0]


def wait_s(until: datetime | None, now: datetime) -> int:
    """Return the whole seconds until a moment, at least 1."""
    return max(1, math.ceil((until - now).total_seconds())) if until else 1


def _locked_until(keys: list[str]) -> datetime | None:
    rows = Try.objects.filter(key__in=keys, locked_until__gt=clock.now()).order_by("-locked_until")
    return rows.values_list("locked_until", flat=True).first()


def _keys(user: User) -> list[str]:
    return [*_names(user), of_codes(user.id), of_password(user.id)]


def _names(user: User) -> list[str]:
    return [of_name(name) for name in (user.username, user.email) if name]


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"servewell.lockout.{kind}", text, algorithm="sha256").hexdigest()
