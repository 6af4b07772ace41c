"""Was somebody erased? The proofs, for those who may also take a person's data out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from servewell.apps.base import settings
from servewell.apps.customers import proofs
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.identities import Identity, read
from servewell.apps.customers.models import Erasure
from servewell.apps.journal.actions import log_access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting


class ErasureOut(Schema):
    """The proof that somebody was erased; it names nobody."""

    id: UUID
    at: datetime
    actor_kind: str
    actor: UUID | None
    counts: dict[str, int]  # room to how many things went
    identities: int  # how many marks it keeps
    intact: bool  # its signature fits: it is as it was written here


class AskedIdentity(Schema):
    """Whom one asks about."""

    kind: str
    value: str
    source: str = ""


class Verified(Schema):
    """Was somebody with this identity erased, and when?"""

    erased: bool
    proofs: list[ErasureOut]


@router.post("/erasures/verify", response=Verified)
def verify_erasure(request: HttpRequest, body: AskedIdentity) -> dict[str, Any]:
    """Ask whether the person with this address, number or id was erased; that it was asked is remembered."""
    principal = acting(request)
    permissions.demand(principal, "customers.export")
    asked = read(Identity(body.kind, body.value, body.source), lambda: str(settings.get("customers.region")))
    log_access(principal, "erasure", None, "customer.erasure")
    found = [proof(one) for one in proofs.of_identity(asked)]
    return {"erased": any(one["intact"] for one in found), "proofs": found}


@router.get("/erasures/{erasure_id}", response=ErasureOut)
def read_erasure(request: HttpRequest, erasure_id: UUID) -> dict[str, Any]:
    """Read a proof, and check its signature."""
    permissions.demand(acting(request), "customers.export")
    return proof(proofs.get(erasure_id))


def proof(erasure: Erasure) -> dict[str, Any]:
    """Return a proof as it is shown."""
    fields = ("id", "at", "actor_kind", "actor", "counts")
    shown = {field: getattr(erasure, field) for field in fields}
    return {**shown, "identities": len(erasure.marks), "intact": proofs.is_intact(erasure)}
