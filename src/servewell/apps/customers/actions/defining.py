"""Which tiers, purposes and attributes does the house use? Defined by administrators, archived but never removed."""

from typing import Any

from django.db import transaction

from servewell.apps.base import cleaning, clock, typed
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, jobs, terms
from servewell.apps.customers.actions._shared import note, shape_alone
from servewell.apps.customers.errors import BadTerm, NoSuchTerm
from servewell.apps.customers.models import Attribute, Term

MOST = 200  # of a kind
_NAMES = ("name_zh", "name_en")


@transaction.atomic
def define(principal: Principal, of: str, code: str, **fields: Any) -> Term:
    """Define a term `of` a kind (`terms.KINDS`), or change it; a built-in one may be renamed.

    Fields are name_zh, name_en, position; of attributes also kind, options, required, maximum. The kind of an attribute
    never changes: what is stored would no longer fit. BadTerm, BadDefinition.
    """
    shape_alone()  # two who define the same code at once would both find none
    row = _row(of, code)
    is_new = row._state.adding
    for field, value in fields.items():
        if field == "kind" and not is_new and value != getattr(row, field):
            raise BadTerm(field="kind")
        setattr(row, field, cleaning.short_line(value, most=typed.NAME + 1).text if field in _NAMES else value)
    _check(row)
    if is_new and type(row)._default_manager.count() >= MOST:
        raise BadTerm(field="limit", limit=MOST)
    row.save()
    _settle(principal, events.DEFINED, of, row)
    return row


@transaction.atomic
def archive(principal: Principal, kind: str, code: str, archived: bool = True) -> Term:
    """Give a term to nobody any more, or again; who has it keeps it. BadTerm for the default tier."""
    shape_alone()  # two who archive the same built-in one at once would both write its first row
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
    if not typed.KEY.fullmatch(code):
        raise BadTerm(field="code")
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
    """An attribute is checked as any field's definition is."""
    if isinstance(row, Attribute):
        row.options = _options(row.options)
        typed.defined(terms.definition(row))
        return
    if not all(0 < len(name) <= typed.NAME for name in (row.name_zh, row.name_en)):
        raise BadTerm(field="names")


def _options(options: Any) -> list[dict[str, str]]:
    fields = ("code", "name_zh", "name_en")
    return [
        {field: cleaning.short_line(str(option.get(field) or ""), most=typed.NAME + 1).text for field in fields}
        for option in options
    ]
