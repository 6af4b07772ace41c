"""By what is a customer known? Identities that people add, take away and prove."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, settings, statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, queries
from servewell.apps.customers.actions._shared import SQL, Doubt, columns, locked, note, recount, suggest
from servewell.apps.customers.errors import BadIdentity, IdentityTaken, NoSuchClaim, NoSuchIdentity, TooManyIdentities
from servewell.apps.customers.identities import MOST, Identity, read
from servewell.apps.customers.models import Claim
from servewell.apps.customers.models import Identity as Known


@transaction.atomic
def add_identity(principal: Principal, customer_id: UUID, given: Identity) -> Known:
    """Give a customer an identity; theirs already is fine. BadIdentity, IdentityTaken, TooManyIdentities."""
    entry = read(given, cache(lambda: str(settings.get("customers.region"))))
    customer = locked(customer_id)
    if Known.objects.filter(customer__root_id=customer.id).count() >= MOST:
        raise TooManyIdentities(limit=MOST)
    added = statements.rows(SQL["add_identities"], {"id": customer.id, **columns([entry], principal)})
    named = Known.objects.select_related("customer").filter(kind=entry.kind, source=entry.source, value=entry.value)
    row = named.first()
    if row is None or row.customer.root_id != customer.id:  # None: whoever had it gave it up just now
        raise IdentityTaken(**queries.owner_of(principal, [entry]))
    for _, kind, claimers in added:
        recount(customer)
        note(principal, events.IDENTIFIED, customer.id, how="added", kinds=[kind], identities=[row.id])
        suggest(principal, customer.id, [Doubt(one, kind, is_claim=True) for one in claimers])
    return row


@transaction.atomic
def accept_claim(principal: Principal, customer_id: UUID, claim_id: UUID) -> Known:
    """Take what a customer only claimed for theirs, from now on an identity like others; not proven by that.

    NoSuchClaim; BadIdentity for one that cannot be read; IdentityTaken; TooManyIdentities.
    """
    claim = _claim_of(locked(customer_id).id, claim_id)
    if claim.is_raw:
        raise BadIdentity(kind=claim.kind)
    return add_identity(principal, customer_id, Identity(claim.kind, claim.shown, claim.source))


@transaction.atomic
def remove_claim(principal: Principal, customer_id: UUID, claim_id: UUID) -> None:
    """Take a claim from a customer; they may make it again. NoSuchClaim."""
    customer = locked(customer_id)
    claim = _claim_of(customer.id, claim_id)
    claim.delete()
    note(principal, events.IDENTIFIED, customer.id, how="removed", kinds=[claim.kind], identities=[claim_id])


@transaction.atomic
def remove_identity(principal: Principal, customer_id: UUID, identity_id: UUID) -> None:
    """Take an identity from a customer: somebody else may have it from now on."""
    customer = locked(customer_id)
    row = _of(customer.id, identity_id)
    row.delete()
    recount(customer)
    note(principal, events.IDENTIFIED, customer.id, how="removed", kinds=[row.kind], identities=[identity_id])


@transaction.atomic
def verify_identity(principal: Principal, customer_id: UUID, identity_id: UUID) -> Known:
    """Note that an identity is proven to be theirs; BadIdentity for one that could not even be read."""
    customer = locked(customer_id)
    row = _of(customer.id, identity_id)
    if row.is_raw:
        raise BadIdentity(kind=row.kind)
    if row.verified_at is None:
        row.verified_at = clock.now()
        row.save(update_fields=["verified_at"])
        recount(customer)
        note(principal, events.IDENTIFIED, customer.id, how="verified", kinds=[row.kind], identities=[row.id])
    return row


def _claim_of(root: UUID, claim_id: UUID) -> Claim:
    row = Claim.objects.filter(id=claim_id, customer__root_id=root).first()
    if row is None:
        raise NoSuchClaim
    return row


@transaction.atomic
def note_bounce(principal: Principal, customer_id: UUID, addresses: Sequence[str], code: str) -> int:
    """Note that mail does not get to those of these addresses (as they compare) that are the customer's; how many.

    `code` is one of models.BOUNCES. An address that bounces already is not told of again.
    """
    customer = locked(customer_id)
    theirs = Known.objects.filter(customer__root_id=customer.id, kind=Known.Kind.EMAIL, value__in=list(addresses))
    news = [row for row in theirs if not row.bounces]
    for row in news:
        row.bounced_at, row.bounce_code = clock.now(), code
        row.save(update_fields=["bounced_at", "bounce_code"])
        note(principal, events.BOUNCED, customer.id, identity=row.id, code=code)
    return len(news)


def _of(root: UUID, identity_id: UUID) -> Known:
    row = Known.objects.filter(id=identity_id, customer__root_id=root).first()
    if row is None:
        raise NoSuchIdentity
    return row
