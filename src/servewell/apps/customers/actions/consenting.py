"""What has a customer agreed to? Each decision is kept, with when, where and its proof; the last counts."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from servewell.apps.base import cleaning, clock
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, terms
from servewell.apps.customers.actions._shared import locked, note, recount
from servewell.apps.customers.errors import BadCustomer
from servewell.apps.customers.models import PROOF, SOURCE, Consent

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


@transaction.atomic
def decide(
    principal: Principal,
    customer_id: UUID,
    purpose: str,
    given: bool,
    *,
    source: str,
    at: datetime | None = None,
    proof: str = "",
) -> Consent:
    """Write down that a customer agreed to a purpose or withdrew; also to an archived one, if it is to withdraw."""
    known = {row.code: row for row in terms.purposes()}.get(purpose)
    if known is None or (given and known.archived_at is not None):
        raise BadCustomer(field="purpose")
    where, shown = cleaning.short_line(source, most=SOURCE + 1).text, cleaning.shortened(proof, most=PROOF + 1).text
    if not 0 < len(where) <= SOURCE:
        raise BadCustomer(field="source", limit=SOURCE)
    if len(shown) > PROOF:
        raise BadCustomer(field="proof", limit=PROOF)
    now = clock.now()
    if at is not None and not _EARLIEST < at <= now:
        raise BadCustomer(field="at")
    customer = locked(customer_id)
    row = Consent.objects.create(
        customer=customer,
        purpose=purpose,
        given=given,
        at=at or now,
        source=where,
        proof=shown,
        recorded_by_kind=principal.kind,
        recorded_by=principal.id,
    )
    recount(customer)
    note(principal, events.CONSENT_CHANGED, customer.id, purpose=known.id, given=given)
    return row
