"""Who is this? The customer with one of these identities, or a new one: what every channel asks first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, settings, statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, facts, names
from servewell.apps.customers.actions._shared import (
    SQL,
    Doubt,
    claim_columns,
    columns,
    locked,
    note,
    recount,
    suggest,
    touch,
)
from servewell.apps.customers.actions._writing import new_customer, write_new
from servewell.apps.customers.completeness import Demands
from servewell.apps.customers.identities import MOST_CLAIMS, Identity, Read, read_all
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
    claims: frozenset[int]  # places, from 1, of claims among what was given that are this customer's already

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
    team: UUID | Callable[[Customer], UUID | None] | None = None,
) -> Found:
    """Return the customer with one of these identities, or make one; the same under any number of concurrent senders.

    1. What cannot be read as its kind is kept raw, what is said twice counts once.
    2. Known identities that lead to several customers: one is chosen (`_Match.rank`), the others are noted as
       suggestions to merge. Nothing is merged here.
    3. A claim (`Identity.claimed`) finds nobody and is nobody's: it is kept beside the record of whoever made it, any
       number may claim the same, and a suggestion says whom they claim to be. Who comes later with what was claimed,
       proven or asserted, gets it, and a record of their own.
    4. An address or number without a proof, and that is somebody else's, does not make a new visitor them: whoever
       brings a proof that nobody has becomes a customer of their own, with a suggestion. It does not matter whether
       the owner ever proved the address: nobody adds a proof to their record by typing it.
    5. Identities that are nobody's become the chosen one's; empty names and languages are filled.
    6. The `team` meets the customer; which one it is may depend on who they are.

    Two queries at most when all is known and nothing is new: the region when a telephone number is given, and one
    that finds and marks as seen.
    """
    region = cache(lambda: str(settings.get("customers.region")))
    given = read_all(identities, region)
    known = _Asked(principal, names.from_outside(name), names.language_tag(language), _asked_of(team), given)
    for _ in range(_TRIES):
        matches, wanted = _matches(known.given)
        found = _settle(known, matches, wanted)
        if found is not None:
            return found
    raise RuntimeError("identities kept being taken and given up while a customer was looked for")


@transaction.atomic(savepoint=False)
def meet(principal: Principal, customer_id: UUID, team: UUID) -> bool:
    """Let a team reach a customer it has had contact with; return whether that is new. One statement when it is not."""
    touched = statements.run(SQL["meet"], {"id": customer_id, "team": team})
    if touched:
        note(principal, events.MET, customer_id, team=team)
    return touched > 0


def _asked_of(team: UUID | Callable[[Customer], UUID | None] | None) -> Callable[[Customer], UUID | None]:
    return team if callable(team) else lambda customer: team


_TRIES = 5  # each needs somebody who takes, or gives up, one of the identities in the same moment


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for."""

    principal: Principal
    name: str
    language: str
    team: Callable[[Customer], UUID | None]
    given: list[Read]

    @property
    def claims(self) -> list[Read]:
        """What was only claimed."""
        return [one for one in self.given if one.claimed]


def _matches(given: list[Read]) -> tuple[list[_Match], Demands | None]:
    """Return who is known, best first; where nobody is, what the house wants to know of somebody new."""
    if not given:
        return [], None
    by_key = {one.key: one for one in given}
    values = {**columns(given, Principal("system", None)), "now": clock.now()}
    names_, found = statements.described(SQL["find_known"], values)
    rows = [dict(zip(names_, row, strict=True)) for row in found]
    if rows[0]["id"] is None:
        return [], facts.demands_of(rows[0]["required"] or (), rows[0]["weights"])
    return sorted((_match(by_key, row) for row in rows), key=lambda match: match.rank), None


def _match(by_key: Mapping[tuple[str, str, str], Read], row: dict[str, Any]) -> _Match:
    customer, known = statements.instance(Customer, row)
    return _Match(
        customer,
        by_key[known["known_kind"], known["known_source"], known["known_value"]],
        known["known_id"],
        known["known_verified"],
        frozenset(known["known_claims"]),
    )


def _settle(asked: _Asked, matches: list[_Match], wanted: Demands | None) -> Found | None:
    best, known = _best(matches), {match.given.key for match in matches}
    free = [one for one in asked.given if one.key not in known and not one.claimed]
    if best is None or (not best.given.is_proof and any(one.is_proof for one in free)):
        return _create(asked, free, matches, wanted)
    customer = _learn(asked, best, free, matches)
    suggest(asked.principal, customer.id, _doubts(matches))
    team = asked.team(customer)
    if team is not None and team not in customer.team_ids:
        meet(asked.principal, customer.id, team)
        customer.team_ids = sorted([*customer.team_ids, team])
    return Found(customer, created=False)


def _best(matches: list[_Match]) -> _Match | None:
    """Return the match that says who it is; a claim says nothing."""
    return next((match for match in matches if not match.given.claimed), None)


def _learn(asked: _Asked, best: _Match, free: list[Read], matches: list[_Match]) -> Customer:
    """Write what this contact tells that was not known; nothing when there is nothing."""
    customer, own = best.customer, {match.given.key for match in matches if match.customer.id == best.customer.id}
    proven = [
        match
        for match in matches
        if match.given.verified and not match.was_verified and match.customer.id == customer.id
    ]
    fields = [field for field in ("name", "language") if getattr(asked, field) and not getattr(customer, field)]
    claims = [
        one
        for place, one in enumerate(asked.given, 1)
        if one.claimed and one.key not in own and place not in best.claims
    ]
    if not (free or proven or fields or claims):
        return customer
    customer = locked(customer.id)
    _add(asked.principal, customer, free)
    _prove(asked.principal, customer, proven)
    _claim(asked.principal, customer, claims)
    fields = [field for field in fields if not getattr(customer, field)]
    _fill(asked, customer, fields)
    return customer


def _add(principal: Principal, customer: Customer, free: list[Read]) -> None:
    if not free:
        return
    added = statements.rows(SQL["add_identities"], {"id": customer.id, **columns(free, principal)})
    if added:
        kinds = sorted({kind for _, kind, _ in added})
        new = [one for one, _, _ in added]
        note(principal, events.IDENTIFIED, customer.id, how="added", kinds=kinds, identities=new)
    claimers = [Doubt(claimer, kind, is_claim=True) for _, kind, others in added for claimer in others]
    suggest(principal, customer.id, claimers)


def _claim(principal: Principal, customer: Customer, claims: list[Read]) -> None:
    if not claims:
        return
    values = {"id": customer.id, "most": MOST_CLAIMS, "now": clock.now(), **claim_columns(claims)}
    new = statements.rows(SQL["claim"], values)
    if new:
        kinds = sorted({kind for _, kind in new})
        note(principal, events.IDENTIFIED, customer.id, how="claimed", kinds=kinds, identities=[one for one, _ in new])


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


def _create(asked: _Asked, free: list[Read], matches: list[_Match], wanted: Demands | None) -> Found | None:
    """Write a new customer with these identities; None when somebody else just took one of them."""
    customer = new_customer(asked.name, asked.language, [])
    team = asked.team(customer)
    if team is not None:
        customer.team_ids, customer.met_team_ids = [team], [team]
    claimers = write_new(asked.principal, customer, free, asked.claims, wanted)
    if claimers is None:
        return None
    note(asked.principal, events.CREATED, customer.id, team=team, identities=len(free))
    suggest(asked.principal, customer.id, [*claimers, *_doubts(matches)])
    return Found(customer, created=True)


def _doubts(matches: list[_Match]) -> list[Doubt]:
    return [Doubt(match.customer.id, match.given.kind, match.given.claimed) for match in matches]
