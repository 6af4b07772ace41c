"""Was this person erased? The proof keeps marks that only this installation can make, so it names nobody."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from servewell.apps.base import secrets
from servewell.apps.customers.errors import NoSuchErasure
from servewell.apps.customers.identities import Read
from servewell.apps.customers.models import Claim, Erasure, Identity


def of_customer(customer_id: UUID) -> Erasure | None:
    """Return the proof for a customer's id, also one that had been merged into the erased one."""
    marks = secrets.marks(_named("customer", customer_id))
    return Erasure.objects.filter(members__overlap=marks).first()


def of_identity(read: Read) -> list[Erasure]:
    """Return the proofs of the erasures in which this identity went, newest first."""
    return list(Erasure.objects.filter(marks__overlap=secrets.marks(_named(*read.key))))


def get(erasure_id: UUID) -> Erasure:
    """Return a proof; NoSuchErasure."""
    found = Erasure.objects.filter(id=erasure_id).first()
    if found is None:
        raise NoSuchErasure
    return found


def write(
    erasure: Erasure, family: Iterable[UUID], identities: Iterable[Identity | Claim], counts: Mapping[str, int]
) -> None:
    """Fill in what went, as marks and numbers, and sign it."""
    erasure.members = sorted(secrets.mark(_named("customer", one)) for one in family)
    erasure.marks = sorted(secrets.mark(_named(one.kind, one.source, one.value)) for one in identities)
    erasure.counts = dict(counts)
    erasure.signature = secrets.mark(_signed(erasure))


def is_intact(erasure: Erasure) -> bool:
    """Is the proof as it was written, by this installation?"""
    return secrets.is_mark_of(_signed(erasure), erasure.signature)


def _signed(erasure: Erasure) -> str:
    """Return all that the signature covers."""
    covered: dict[str, Any] = {
        "id": str(erasure.id),
        "subject": erasure.subject,
        "members": erasure.members,
        "marks": erasure.marks,
        "counts": erasure.counts,
        "at": erasure.at.isoformat(),
        "actor": [erasure.actor_kind, str(erasure.actor)],
    }
    return "customers.erasure " + json.dumps(covered, sort_keys=True)


def _named(*parts: Any) -> str:
    return "\n".join(("customers.erasure", *map(str, parts)))
