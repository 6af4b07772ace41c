"""How is a person erased? All that names them goes, in one transaction; what happened stays; a proof is written."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from servewell.apps.base import attachments, clock, idempotency, secrets, timers
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, holdings, proofs
from servewell.apps.customers.actions import _blocks
from servewell.apps.customers.actions._shared import note, shape_alone
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.models import Claim, Consent, Customer, Erasure, Identity, Suggestion
from servewell.apps.journal.actions import erase_customer
from servewell.apps.journal.models import Event


@transaction.atomic
def erase(principal: Principal, customer_id: UUID) -> Erasure:
    """Erase a customer and all that were merged into them; return the proof. Asked again it returns the same proof.

    1. Lock the family, so that nothing new is written to it, and count what is held.
    2. Record `customer.erased` of each member: rooms above delete theirs while the ids still mean something.
    3. Delete this room's rows, and the files that are part of nothing now, with their bytes at the commit; what came
       within the last hour goes with the nightly sweep.
    4. Take the ids out of the journal and the access log, forget answers that speak of them, and write the proof.

    It is one transaction: whatever fails, nothing is half erased, and trying again begins anew. NoSuchCustomer.
    """
    shape_alone()
    before = proofs.of_customer(customer_id)
    if before is not None:
        return before
    family, erasure = _lock(customer_id), Erasure(at=clock.now(), actor_kind=principal.kind, actor=principal.id)
    erasure.subject = secrets.mark(f"customers.erasure {family[0]}")
    counts = Counter[str]()
    for holder in holdings.all_():
        counts[holder.room] += holder.count(family)
    files = {file for holder in holdings.all_() for file in holder.files(family)}
    known: list[Identity | Claim] = [
        *Identity.objects.filter(customer__in=family),
        *Claim.objects.filter(customer__in=family),
    ]
    told = Event.objects.filter(customer__in=family).exclude(conversation=None)
    conversations = {one for one in told.values_list("conversation", flat=True) if one is not None}
    proofs.write(erasure, family, known, {**counts, "files": len(files)})
    for member in reversed(family):
        note(principal, events.ERASED, member, erasure=erasure.id)
    attachments.drop(files)
    _delete(family)
    parts = {one.id for one in known}
    idempotency.forget({*family, *parts, *conversations})
    for member in family:
        erase_customer(principal, member, parts)
    erasure.save(force_insert=True)
    return erasure


def _lock(customer_id: UUID) -> list[UUID]:
    """Lock all rows of a family and return their ids, the one that goes on first."""
    root = Customer.objects.filter(id=customer_id).values_list("root_id", flat=True).first()
    if root is None:
        raise NoSuchCustomer
    ids = [row.id for row in Customer.objects.select_for_update().filter(root_id=root).order_by("id")]
    return sorted(ids, key=lambda one: (one != root, one))


def _delete(family: Sequence[UUID]) -> None:
    Suggestion.objects.filter(Q(one__in=family) | Q(other__in=family)).delete()
    Consent.objects.filter(customer__in=family).delete()
    Identity.objects.filter(customer__in=family).delete()
    Claim.objects.filter(customer__in=family).delete()
    Customer.objects.filter(id__in=family).update(merged_into=None)
    Customer.objects.filter(id__in=family).delete()
    for member in family:
        timers.cancel(_blocks.TIMER, member)
