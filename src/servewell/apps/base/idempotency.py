"""Was this very request answered before? Then the same answer again, and nothing done twice.

The key is reserved in the transaction of the work itself: whoever comes second waits for the first, and a failure
leaves nothing, so that a retry may try again. Answers may hold secrets (a fresh API key) and requests passwords: so the
answer is sealed, and of the request only a keyed mark is kept.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, secrets, statements
from servewell.apps.base.errors import BadKey, KeyReused
from servewell.apps.base.models import GivenAnswer
from servewell.apps.base.principal import Principal

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
KEPT = timedelta(days=2)  # how long an answer can be asked for again
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was, or had been, answered."""

    status: int  # HTTP
    body: Any  # JSON
    repeated: bool  # given before, not worked for now


def once(principal: Principal, key: str, asked: str, work: Callable[[], tuple[int, Any]]) -> Answer:
    """Do `work` (returns status and JSON body) unless this principal's `key` was answered; return the answer.

    `asked` is the request's `fingerprint`; the key with another one is refused (KeyReused). What `work` raises
    passes through and rolls everything back, the reservation too.
    """
    if not 1 <= len(key) <= 200:
        raise BadKey
    who = f"{principal.kind}:{principal.id or ''}"
    with transaction.atomic():
        if not _reserve(who, key, asked):
            return _given(who, key, asked)
        status, body = work()
        GivenAnswer.objects.filter(principal=who, key=key).update(status=status, sealed=secrets.seal(json.dumps(body)))
        return Answer(status, body, repeated=False)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """Return the SHA-256 of what was asked; `body` may stand for a longer one by its own hash."""
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def forget(named: Collection[UUID]) -> int:
    """Empty the kept answers that speak of one of these ids; return how many.

    For erasure. The requests stay answered, so that a late repetition does nothing again: it is told 204. All answers
    are opened for it, some ten thousand in a second; one that opens with no key any more can be given to nobody.
    """
    wanted, empty = {str(one) for one in named}, secrets.seal(json.dumps(None))
    found = 0
    for row in GivenAnswer.objects.exclude(sealed=None).iterator():
        if not wanted.isdisjoint(_ID.findall(_opened(row))):
            found += 1
            GivenAnswer.objects.filter(principal=row.principal, key=row.key).update(status=204, sealed=empty)
    return found


def forget_old() -> int:
    """Remove answers older than KEPT; return how many."""
    return GivenAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _reserve(who: str, key: str, asked: str) -> bool:
    values = {"principal": who, "key": key, "fingerprint": secrets.mark(asked), "now": clock.now()}
    return statements.run(_SQL["claim_answer"], values) == 1


def _opened(row: GivenAnswer) -> str:
    try:
        return secrets.open_(row.sealed or "")
    except secrets.Unopenable:
        return ""


def _given(who: str, key: str, asked: str) -> Answer:
    row = GivenAnswer.objects.get(principal=who, key=key)
    if not secrets.is_mark_of(asked, row.fingerprint):
        raise KeyReused
    return Answer(row.status or 200, json.loads(secrets.open_(row.sealed or "")), repeated=True)
