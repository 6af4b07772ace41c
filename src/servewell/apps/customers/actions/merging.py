"""Are two customers one? A merge points one at the other and moves nothing, so that undoing it brings all back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from servewell.apps.base import clock, ids, statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, facts
from servewell.apps.customers.actions import _blocks
from servewell.apps.customers.actions._shared import SQL, locked_all, note, recount, shape_alone
from servewell.apps.customers.errors import NoSuchCustomer, NoSuchSuggestion, NotMerged, SameCustomer
from servewell.apps.customers.models import Customer, Suggestion


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something both said, and differently."""

    field: str  # name, language, tier, blocked, or `attribute:<key>`
    kept: Any  # the survivor's, which counts from now on
    other: Any  # the merged one's, which stays in their own row


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge gave."""

    customer: Customer  # who goes on
    gone: UUID  # who goes on as them: undo with `unmerge(gone)`
    conflicts: list[Conflict]


@transaction.atomic
def merge(principal: Principal, from_id: UUID, into_id: UUID) -> Merged:
    """Let `into_id` go on for `from_id`, both as who goes on for them now; SameCustomer when that is one already.

    The survivor's fields win and the others are listed; a block of the merged one holds for the survivor too. A ring
    cannot come about: both ends are locked, in the order of ids, and only one that goes on is ever pointed at another.
    """
    shape_alone()
    gone, survivor = locked_all([from_id, into_id])
    if gone.id == survivor.id:
        raise SameCustomer
    conflicts = list(_conflicts(survivor, gone))
    _point(gone, survivor)
    survivor.team_ids = sorted({*survivor.team_ids, *gone.team_ids})
    _blocks.inherit(survivor, gone)
    recount(survivor, "team_ids", *_blocks.FIELDS)
    _settle_suggestions(principal, survivor.id)
    _note_both(principal, events.MERGED, gone.id, survivor.id)
    return Merged(survivor, gone.id, conflicts)


@transaction.atomic
def unmerge(principal: Principal, customer_id: UUID) -> Customer:
    """Undo the merge of `customer_id` into another: it goes on by itself, with all that was merged into it before.

    Both are as they were, and keep what was written to each meanwhile. NotMerged when it goes on already.
    """
    shape_alone()
    chain = _locked_chain(customer_id)
    gone, above, survivor = chain[0], chain[1], chain[-1]
    Customer.objects.filter(id=gone.id).update(
        merged_into=None, merged_at=None, version=F("version") + 1, changed_at=clock.now()
    )
    below = [row for (row,) in statements.rows(SQL["below"], {"id": gone.id})]
    Customer.objects.filter(id__in=below).update(root_id=gone.id)
    _blocks.disinherit(chain)
    statements.run(SQL["own_teams_again"], {"ids": [gone.id, survivor.id]})
    for row in Customer.objects.filter(id__in=[gone.id, survivor.id]):
        recount(row)
    _reopen_suggestions(survivor.id, below)
    _note_both(principal, events.UNMERGED, gone.id, above.id)
    return Customer.objects.get(id=gone.id)


@transaction.atomic
def dismiss(principal: Principal, suggestion_id: UUID) -> Suggestion:
    """Say that two customers are not one; it is not suggested again."""
    row = Suggestion.objects.filter(id=suggestion_id).first()
    decided = {"state": Suggestion.State.DISMISSED, "decided_at": clock.now(), "decided_by": principal.id}
    open_ = Suggestion.objects.filter(id=suggestion_id, state=Suggestion.State.OPEN)
    if row is None or open_.update(**decided) == 0:  # 0: somebody decided it just now
        raise NoSuchSuggestion
    note(principal, events.DISMISSED, row.one_id, suggestion=row.id)
    row.refresh_from_db()
    return row


def _point(gone: Customer, survivor: Customer) -> None:
    now = clock.now()
    gone.merged_into, gone.merged_at = survivor, now
    gone.version, gone.changed_at = gone.version + 1, now
    gone.save(update_fields=["merged_into", "merged_at", "version", "changed_at"])
    Customer.objects.filter(root_id=gone.id).update(root_id=survivor.id)


def _locked_chain(customer_id: UUID) -> list[Customer]:
    """Lock a merged customer and everyone they go on as, and return them from below."""
    seen = _chain(customer_id)
    if len(seen) == 1:
        raise NotMerged
    wanted = Customer.objects.filter(id__in=seen).order_by("id")
    rows = {row.id: row for row in wanted.select_for_update(no_key=True)}
    return [rows[one] for one in seen]


def _chain(customer_id: UUID) -> list[UUID]:
    root = Customer.objects.filter(id=customer_id).values("root_id")
    above = dict(Customer.objects.filter(root_id__in=root).values_list("id", "merged_into_id"))
    if customer_id not in above:
        raise NoSuchCustomer
    chain = [customer_id]
    while (following := above.get(chain[-1])) is not None:
        chain.append(following)
    return chain


def _conflicts(survivor: Customer, gone: Customer) -> Iterator[Conflict]:
    ours, theirs = facts.family_rows(survivor), facts.family_rows(gone)
    for field in ("name", "language", "tier"):
        kept, other = facts.first(ours, field), facts.first(theirs, field)
        if kept and other and kept != other:
            yield Conflict(field, kept, other)
    kept_all, other_all = facts.joined_attributes(ours), facts.joined_attributes(theirs)
    for key in sorted(kept_all.keys() & other_all.keys()):
        if kept_all[key] != other_all[key]:
            yield Conflict(f"attribute:{key}", kept_all[key], other_all[key])
    if survivor.is_blocked != gone.is_blocked:
        yield Conflict("blocked", True, False)


def _settle_suggestions(principal: Principal, root: UUID) -> None:
    settled = Suggestion.objects.filter(state=Suggestion.State.OPEN, one__root_id=root, other__root_id=root)
    wanted = list(settled.values_list("id", flat=True))
    Suggestion.objects.filter(id__in=wanted).update(
        state=Suggestion.State.MERGED, decided_at=clock.now(), decided_by=principal.id
    )


def _reopen_suggestions(root: UUID, below: list[UUID]) -> None:
    """A merge that settled a suggestion is undone, so the question is open as it was before."""
    apart = Suggestion.objects.filter(state=Suggestion.State.MERGED)
    wanted = [
        row.id
        for row in apart.filter(one__root_id=root, other_id__in=below).union(
            apart.filter(other__root_id=root, one_id__in=below)
        )
    ]
    Suggestion.objects.filter(id__in=wanted).update(state=Suggestion.State.OPEN, decided_at=None, decided_by=None)


def _note_both(principal: Principal, event: Any, gone: UUID, survivor: UUID) -> None:
    """Each of the two gets its own line; what joins them is an id of the merge, so that one can be erased alone."""
    together = ids.new()
    note(principal, event, gone, merge=together, part="from")
    note(principal, event, survivor, merge=together, part="into")
