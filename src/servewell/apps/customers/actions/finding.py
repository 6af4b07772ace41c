"""Who is this? The customer with one of these identities, or a new one: what every channel asks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, ids, settings, statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, names
from servewell.apps.customers.actions._shared import SQL, columns, locked, note, recount, touch
from servewell.apps.customers.actions._writing import new_customer, write_new
from servewell.apps.customers.identities import Identity, Read, read_all
from servewell.apps.customers.models import Customer
from servewell.apps.customers.models import Identity as Known


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is."""

    customer: Customer  # one that goes on, never one merged away
    created: bool  # new, by this call


@dataclass(frozen=True, slots=True)
class _Match:
    """A customer that one of the given identities leads to."""

    customer: Customer
    given: Read
    identity: UUID
    was_verified: bool

    @property
    def rank(self) -> tuple[bool, int, UUID]:
        """Proof before claim, then the surer kind, then who is known longest."""
        return not self.given.is_proof, Known.Kind.values.index(self.given.kind), self.customer.id


@transaction.atomic(savepoint=False)  # what fails here fails the contact that asked
def find_or_create(
    principal: Principal,
    identities: Sequence[Identity],
    *,
    name: str = "",
    language: str | None = None,
    team: UUID | None = None,
) -> Found:
    """Return the customer with one of these identities, or make one; the same under any number of concurrent senders.

    1. What cannot be read as its kind is kept raw, what is said twice counts once.
    2. Known identities that lead to several customers: one is chosen (`_Match.rank`), the others are noted as
       suggestions to merge. Nothing is merged here.
    3. An address or number that was only typed, and that is somebody else's, does not make a new visitor them: whoever
       brings a proof that nobody has becomes a customer of their own, and a suggestion says whom they claim to be. It
       does not matter whether the owner ever proved the address: a claim must not add a proof to their record.
    4. Identities that are nobody's become the chosen one's; empty names and languages are filled.

    Two queries at most when all is known and nothing is new: the region when a telephone number is given, and one
    that finds and marks as seen.
    """
    region = cache(lambda: str(settings.get("customers.region")))
    given = read_all(identities, region)
    known = _Asked(principal, names.from_outside(name), names.language_tag(language), team, given)
    for _ in range(_TRIES):
        matches = _matches(known.given)
        found = _settle(known, matches) if matches else _create(known, known.given)
        if found is not None:
            return found
    raise RuntimeError("identities kept being taken and given up while a customer was looked for")


@transaction.atomic
def meet(principal: Principal, customer_id: UUID, team: UUID) -> bool:
    """Let a team reach a customer it has had contact with; return whether that is new. One statement when it is not."""
    touched = statements.run(SQL["meet"], {"id": customer_id, "team": team})
    if touched:
        note(principal, events.MET, customer_id, team=team)
    return touched > 0


_TRIES = 5  # each needs somebody who takes, or gives up, one of the identities in the same moment


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for."""

    principal: Principal
    name: str
    language: str
    team: UUID | None
    given: list[Read]


def _matches(given: list[Read]) -> list[_Match]:
    if not given:
        return []
    by_key = {one.key: one for one in given}
    values = {**columns(given, Principal("system", None)), "now": clock.now()}
    found = [
        _Match(
            row,
            by_key[known["known_kind"], known["known_source"], known["known_value"]],
            known["known_id"],
            known["known_verified"],
        )
        for row, known in statements.instances(Customer, SQL["find_known"], values)
    ]
    return sorted(found, key=lambda match: match.rank)


def _settle(asked: _Asked, matches: list[_Match]) -> Found | None:
    best, known = matches[0], {match.given.key for match in matches}
    free = [one for one in asked.given if one.key not in known]
    if not best.given.is_proof and any(one.is_proof for one in free):
        found = _create(asked, free)
        if found is not None:
            _suggest(asked.principal, found.customer, matches)
        return found
    customer = _learn(asked, best.customer, free, matches)
    _suggest(asked.principal, customer, [match for match in matches if match.customer.id != customer.id])
    if asked.team is not None and asked.team not in customer.team_ids:
        meet(asked.principal, customer.id, asked.team)
        customer.team_ids = sorted([*customer.team_ids, asked.team])
    return Found(customer, created=False)


def _learn(asked: _Asked, customer: Customer, free: list[Read], matches: list[_Match]) -> Customer:
    """Write what this contact tells that was not known; nothing when there is nothing."""
    proven = [
        match
        for match in matches
        if match.given.verified and not match.was_verified and match.customer.id == customer.id
    ]
    fields = [field for field in ("name", "language") if getattr(asked, field) and not getattr(customer, field)]
    if not (free or proven or fields):
        return customer
    customer = locked(customer.id)
    _add(asked.principal, customer, free)
    _prove(asked.principal, customer, proven)
    fields = [field for field in fields if not getattr(customer, field)]
    _fill(asked, customer, fields)
    return customer


def _add(principal: Principal, customer: Customer, free: list[Read]) -> None:
    if not free:
        return
    added = statements.rows(SQL["add_identities"], {"id": customer.id, **columns(free, principal)})
    if added:
        kinds = sorted({kind for _, kind in added})
        note(principal, events.IDENTIFIED, customer.id, how="added", kinds=kinds, identities=[one for one, _ in added])


def _prove(principal: Principal, customer: Customer, proven: list[_Match]) -> None:
    wanted = [match.identity for match in proven]
    if wanted and Known.objects.filter(id__in=wanted, verified_at=None).update(verified_at=clock.now()):
        kinds = sorted({match.given.kind for match in proven})
        note(principal, events.IDENTIFIED, customer.id, how="verified", kinds=kinds, identities=wanted)


def _fill(asked: _Asked, customer: Customer, fields: list[str]) -> None:
    for field in fields:
        setattr(customer, field, getattr(asked, field))
    customer.name_key = names.folded(customer.name)
    if not fields:
        recount(customer)
    else:
        touch(customer, *fields, "name_key")
        note(asked.principal, events.CHANGED, customer.id, fields=fields, version=customer.version)


def _create(asked: _Asked, given: list[Read]) -> Found | None:
    """Write a new customer with these identities; None when somebody else just took one of them."""
    customer = new_customer(asked.name, asked.language, [asked.team] if asked.team else [])
    if not write_new(asked.principal, customer, given):
        return None
    note(asked.principal, events.CREATED, customer.id, team=asked.team, identities=len(given))
    return Found(customer, created=True)


def _suggest(principal: Principal, chosen: Customer, others: list[_Match]) -> None:
    pairs = {
        (min(chosen.id, match.customer.id), max(chosen.id, match.customer.id)): match.given.kind
        for match in others
        if match.customer.id != chosen.id
    }
    if not pairs:
        return
    values = {
        "ids": [ids.new() for _ in pairs],
        "ones": [one for one, _ in pairs],
        "others": [other for _, other in pairs],
        "kinds": list(pairs.values()),
        "now": clock.now(),
    }
    for suggestion, kind in statements.rows(SQL["suggest"], values):
        note(principal, events.DOUBTED, chosen.id, suggestion=suggestion, kind=kind)
