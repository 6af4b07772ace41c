"""What can be done with the rules of the reception? Each verb changes them and records its event in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from servewell.apps.base import cleaning, clock
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.models import PRIORITIES
from servewell.apps.flows import events, fitting, queries
from servewell.apps.flows.errors import (
    BadRule,
    NoSuchRule,
    RuleChangedMeanwhile,
    RulesChangedMeanwhile,
    TooManyRules,
)
from servewell.apps.flows.models import LONGEST_NAME, ReceptionRule
from servewell.apps.flows.sorting import known
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions

VERB = "reception.manage"
MOST = 200  # rules; each new contact may try them all


@transaction.atomic
def create_rule(principal: Principal, name: str, **given: Any) -> ReceptionRule:
    """Make a rule, the last in the order. BadRule, TooManyRules, TextTooLong.

    `given`: `active`, `conditions` (as `rules.Conditions` has them), `team`, `priority` (a word), `tags`, `overrides`.
    """
    permissions.demand(principal, VERB)
    if ReceptionRule.objects.count() >= MOST:
        raise TooManyRules(most=MOST)
    last = ReceptionRule.objects.aggregate(last=Max("position"))["last"] or 0
    made = ReceptionRule(position=last + 1)
    _put(made, {"name": name, **given})
    made.save(force_insert=True)
    _told(principal, events.RULE_CREATED, rule=made.id)
    return made


@transaction.atomic
def change_rule(
    principal: Principal, rule_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> ReceptionRule:
    """Change a rule (as of `create_rule`); what is not named stays. RuleChangedMeanwhile when it is another by now."""
    permissions.demand(principal, VERB)
    row = _locked(rule_id)
    if version is not None and version != row.version:
        raise RuleChangedMeanwhile(version=row.version)
    before = _columns(row)
    _put(row, changes)
    if before != _columns(row):
        row.version, row.changed_at = row.version + 1, clock.now()
        row.save()
        _told(principal, events.RULE_CHANGED, rule=row.id)
    return row


@transaction.atomic
def remove_rule(principal: Principal, rule_id: UUID) -> None:
    """Remove a rule; what it sorted stays where it is."""
    permissions.demand(principal, VERB)
    row = _locked(rule_id)
    _told(principal, events.RULE_REMOVED, rule=row.id)
    row.delete()


@transaction.atomic
def order_rules(principal: Principal, wanted: Sequence[UUID]) -> list[ReceptionRule]:
    """Let the rules be tried in this order; RulesChangedMeanwhile unless it names each once."""
    permissions.demand(principal, VERB)
    rows = queries.locked()
    if sorted(wanted) != sorted(rows):
        raise RulesChangedMeanwhile
    if list(wanted) != list(rows):
        for place, rule_id in enumerate(wanted, 1):
            rows[rule_id].position = place
        ReceptionRule.objects.bulk_update(rows.values(), ["position"])
        _told(principal, events.RULES_ORDERED, rules=len(rows))
    return queries.rules()


def _put(row: ReceptionRule, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, "team_id" if name == "team" else name, _FIT[name](value))


def _name(given: str) -> str:
    name = cleaning.line(given, most=LONGEST_NAME)
    if not name:
        raise BadRule(field="name")
    return name


def _priority(word: str | None) -> int | None:
    if word is None:
        return None
    if word not in PRIORITIES:
        raise BadRule(field="priority", value=cleaning.short_line(word, most=40).text)
    return PRIORITIES[word].value


_FIT: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "active": bool,
    "conditions": fitting.conditions,
    "team": fitting.team,
    "priority": _priority,
    "tags": fitting.tags,
    "overrides": bool,
}


def _columns(row: ReceptionRule) -> list[Any]:
    return [getattr(row, "team_id" if name == "team" else name) for name in _FIT]


def _locked(rule_id: UUID) -> ReceptionRule:
    found = ReceptionRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if found is None:
        raise NoSuchRule
    return found


def _told(principal: Principal, event: EventType, **attributes: Any) -> None:
    record(Event(event.name, actor=Actor.of(principal), attributes=attributes))
    transaction.on_commit(partial(known.forget))
