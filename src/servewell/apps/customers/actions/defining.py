"""Which tiers, purposes and attributes does the house use? Defined by administrators, archived but never removed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from servewell.apps.base import clock, typed
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, jobs, terms
from servewell.apps.customers.actions._shared import note
from servewell.apps.customers.errors import BadTerm, NoSuchTerm
from servewell.apps.customers.models import Attribute, Term

MOST = 200  # of a kind


@transaction.atomic
def define(principal: Principal, kind: str, code: str, **fields: Any) -> Term:
    """Define a term, or change it: name_zh, name_en, position; of attributes also kind, options, required, maximum.

    The kind of an attribute never changes: what is stored would no longer fit. A built-in term may be renamed.
    """
    row = _row(kind, code)
    is_new = row._state.adding
    for field, value in fields.items():
        if field == "kind" and not is_new and value != getattr(row, field):
            raise BadTerm(field="kind")
        setattr(row, field, value)
    _check(row)
    if is_new and type(row)._default_manager.count() >= MOST:
        raise BadTerm(field="limit", limit=MOST)
    row.save()
    _settle(principal, events.DEFINED, kind, row)
    return row


@transaction.atomic
def archive(principal: Principal, kind: str, code: str, archived: bool = True) -> Term:
    """Give a term to nobody any more, or again; who has it keeps it. BadTerm for the default tier."""
    row = _row(kind, code)
    if row._state.adding and not row.name_zh:
        raise NoSuchTerm
    if kind == "tier" and code == terms.DEFAULT_TIER:
        raise BadTerm(field="built-in")
    row.archived_at = clock.now() if archived else None
    row.save()
    _settle(principal, events.ARCHIVED, kind, row, archived=archived)
    return row


def _row(kind: str, code: str) -> Term:
    """Return the term with this code as it is stored, or built in, or new; locked when stored."""
    if kind not in terms.KINDS:
        raise NoSuchTerm
    model = terms.KINDS[kind].model
    stored: Term | None = model._default_manager.select_for_update().filter(code=code).first()
    if stored is not None:
        return stored
    return next((row for row in terms.of_kind(kind) if row.code == code), None) or model(code=code)


def _settle(principal: Principal, event: Any, kind: str, row: Term, **more: Any) -> None:
    note(principal, event, None, kind=kind, term=row.id, **more)
    if kind == "attribute":
        jobs.recount_later()


def _check(row: Term) -> None:
    """A term is a field without a value: its code and names are checked as those of any definition."""
    if isinstance(row, Attribute):
        row.options = _options(row.options)
        typed.defined(terms.definition(row))
        return
    for field, is_right in _RIGHT.items():
        if not is_right(row):
            raise BadTerm(field=field)


def _options(options: Any) -> list[dict[str, str]]:
    fields = ("code", "name_zh", "name_en")
    return [{field: str(option.get(field) or "").strip() for field in fields} for option in options]


def _has_names(row: Term) -> bool:
    return all(0 < len(name.strip()) <= typed.NAME for name in (row.name_zh, row.name_en))


_RIGHT: Mapping[str, Callable[[Term], bool]] = {
    "code": lambda row: typed.KEY.fullmatch(row.code) is not None,
    "names": _has_names,
}
