"""What does a new contact get by rule? The rules of this process, one second old at most.

The rules are read again with the first contact that comes after the second, in one statement for all of them: so no
contact pays for it while many come, and a rule that somebody changed counts within two seconds everywhere.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.conversations.actions import InboundMessage, Sorting
from servewell.apps.customers.models import Customer
from servewell.apps.flows import rules
from servewell.apps.flows.rules import Conditions, Contact

SQL = statements.load(Path(__file__).with_name("statements.sql"))
FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is tried. Its team and tags take work: what is archived is left out."""

    id: UUID
    conditions: Conditions
    team: UUID | None
    priority: int | None
    tags: tuple[UUID, ...]
    overrides: bool


class Rules:
    """The active rules in their order, as this process knows them; safe to ask from many threads."""

    def __init__(self) -> None:
        self._known: tuple[Rule, ...] = ()
        self._read_at: float | None = None  # time.monotonic(); None: to be read at the next question
        self._changes = 0  # how often it was to be forgotten

    def now(self) -> tuple[Rule, ...]:
        """Return them; one statement when they are older than FRESH_S."""
        if self._read_at is None or time.monotonic() - self._read_at > FRESH_S:
            changes, began = self._changes, time.monotonic()
            self._known = tuple(map(_rule, statements.prepared(SQL["active_rules"], {})))
            self._read_at = began if changes == self._changes else None
        return self._known

    def forget(self) -> None:
        """Read again at the next question: something was changed here."""
        self._changes += 1
        self._read_at = None


known = Rules()


def sort(message: InboundMessage, customer: Customer) -> Sorting:
    """Return what a new conversation gets: what its message says itself, then what the first rule that fits adds.

    A team is the message's own, unless the rule overrides it; then the rule's; then that of the account it came by.
    """
    found = first(contact_of(message, customer.tier, customer.language))
    if found is None:
        return Sorting(team=message.team or message.default_team)
    own = found.team if found.overrides and found.team else message.team
    return Sorting(
        team=own or found.team or message.default_team, priority=found.priority, tags=found.tags, rule=found.id
    )


def first(contact: Contact) -> Rule | None:
    """Return the first rule that fits."""
    return next((rule for rule in known.now() if rules.fits(rule.conditions, contact)), None)


def contact_of(message: InboundMessage, tier: str, language: str = "") -> Contact:
    """Return what the rules ask about; a message that does not say its language is taken to be in the customer's."""
    return Contact(
        channel=message.channel,
        account=message.account,
        language=message.language or language,
        subject=message.subject,
        text=message.text,
        recipient=message.recipient,
        tier=tier,
        fields=message.fields,
    )


def _rule(row: tuple[Any, ...]) -> Rule:
    id_, conditions, team, priority, tags, overrides = row
    return Rule(id_, Conditions.of(json.loads(conditions)), team, priority, tuple(tags), overrides)
