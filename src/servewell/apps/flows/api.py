"""The reception over HTTP: which rules give a new conversation its team, in which order, and what would they do?"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.api.shapes import example
from servewell.apps.conversations.models import PRIORITIES, Priority
from servewell.apps.flows import actions, queries, trying
from servewell.apps.flows.models import ReceptionRule
from servewell.apps.flows.rules import Conditions, Contact
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

router = Router()
READ = "reception.read"
Priorities = Literal["low", "normal", "high", "urgent"]
_WORDS = {Priority(number): word for word, number in PRIORITIES.items()}
_EXAMPLE: dict[str, Any] = {
    "name": "退款",
    "conditions": {"channels": ["email"], "words": ["退款", "refund*"], "words_in": "subject"},
    "priority": "high",
}


class ConditionsShown(Schema):
    """What a new contact must be like: each condition that is made holds, by any of its values."""

    channels: list[str] = Field(default_factory=list, description="by which it came: chat, email, api, phone, ...")
    accounts: list[UUID] = Field(default_factory=list, description="of the channel: which mailbox, site or number")
    languages: list[str] = Field(default_factory=list, description="`zh` holds for `zh-Hans` too")
    words: list[str] = Field(
        default_factory=list, description="in any case and width; whole words, `refund*` for their beginnings"
    )
    words_in: Literal["anywhere", "subject", "text"] = "anywhere"
    addresses: list[str] = Field(
        default_factory=list, description="to which it was sent; `@example.com` for all of a domain"
    )
    tiers: list[str] = Field(default_factory=list, description="of the customer")
    fields: dict[str, list[str]] = Field(
        default_factory=dict, description="what a form was filled in with: key of the field -> any of these values"
    )


class TeamNamed(Schema):
    """A team, by its name."""

    id: UUID
    name: str
    archived: bool  # it takes no more work: the rule gives no team until another is chosen


class Rule(Schema):
    """A rule of the reception."""

    id: UUID
    name: str
    active: bool
    conditions: ConditionsShown  # none: it fits every contact
    team: TeamNamed | None  # null: that of the account by which the contact came
    priority: Priorities | None  # null: normal
    tags: list[UUID]  # beside those that the channel gave
    overrides: bool  # whether its team counts before one that the message names itself
    version: int
    created_at: datetime
    changed_at: datetime


class Rules(Schema):
    """Every rule, in the order in which they are tried."""

    items: list[Rule]


class RuleWanted(Schema):
    """A rule to make; it becomes the last."""

    model_config = example(**_EXAMPLE)

    name: str
    active: bool = True
    conditions: ConditionsShown = Field(default_factory=ConditionsShown)
    team: UUID | None = None
    priority: Priorities | None = None
    tags: list[UUID] = Field(default_factory=list, max_length=100)
    overrides: bool = False


class RuleChange(Schema):
    """What is to change of a rule; what is left out stays. Conditions are given as a whole."""

    name: str | None = None
    active: bool | None = None
    conditions: ConditionsShown | None = None
    team: UUID | None = None
    priority: Priorities | None = None
    tags: list[UUID] | None = Field(default=None, max_length=100)
    overrides: bool | None = None
    version: int | None = Field(default=None, description="the one that was read: refused when it is another by now")


class Order(Schema):
    """All rules by id, in the order in which they are to be tried."""

    rules: list[UUID] = Field(max_length=1000)


class ContactGiven(Schema):
    """A contact that could come in."""

    model_config = example(channel="email", subject="我要退款")

    channel: str
    account: UUID | None = None
    language: str = ""
    subject: str = Field(default="", max_length=1_000)
    text: str = Field(default="", max_length=100_000)
    recipient: str = Field(default="", description="to which of our addresses or numbers it is sent")
    tier: str = "standard"
    fields: dict[str, Any] = Field(default_factory=dict)


class Tried(Schema):
    """How a rule took to a contact."""

    rule: UUID
    fits: bool
    missed: list[str]  # conditions that do not hold


class Trial(Schema):
    """What a contact would get."""

    rule: UUID | None  # the first that fits; null: none, then the account's team
    team: UUID | None
    priority: Priorities | None
    tags: list[UUID]
    overrides: bool
    tried: list[Tried]  # all active rules in their order


@router.get("/reception/rules", response=Rules)
def list_rules(request: HttpRequest) -> dict[str, Any]:
    """List the rules by which new conversations get their team, in the order in which they are tried."""
    _reader(request)
    return {"items": [_shown(row) for row in queries.rules()]}


@router.post("/reception/rules", response={201: Rule})
def create_rule(request: HttpRequest, body: RuleWanted) -> Status[dict[str, Any]]:
    """Make a rule; it is tried last. It counts within two seconds."""
    return Status(201, _shown_anew(actions.create_rule(acting(request), **body.model_dump())))


@router.put("/reception/order", response=Rules)
def order_rules(request: HttpRequest, body: Order) -> dict[str, Any]:
    """Put the rules in another order: the first that fits a contact counts."""
    return {"items": [_shown(row) for row in actions.order_rules(acting(request), body.rules)]}


@router.post("/reception/try", response=Trial)
def try_rules(request: HttpRequest, body: ContactGiven) -> dict[str, Any]:
    """Say what a contact would get, and why; nothing is received."""
    _reader(request)
    return trying.trial(Contact(**body.model_dump()))


@router.get("/reception/rules/{uuid:rule_id}", response=Rule)
def read_rule(request: HttpRequest, rule_id: UUID) -> dict[str, Any]:
    """Return one rule."""
    _reader(request)
    return _shown(queries.rule(rule_id))


@router.patch("/reception/rules/{uuid:rule_id}", response=Rule)
def change_rule(request: HttpRequest, rule_id: UUID, body: RuleChange) -> dict[str, Any]:
    """Change a rule, or let it rest. What becomes of new contacts changes within two seconds."""
    changes = body.model_dump(exclude_unset=True)
    version = changes.pop("version", None)
    given = {name: value for name, value in changes.items() if value is not None or name in {"team", "priority"}}
    return _shown_anew(actions.change_rule(acting(request), rule_id, given, version))


@router.delete("/reception/rules/{uuid:rule_id}", response={204: None})
def remove_rule(request: HttpRequest, rule_id: UUID) -> None:
    """Remove a rule; what it sorted stays where it is."""
    actions.remove_rule(acting(request), rule_id)


def _reader(request: HttpRequest) -> Principal:
    principal = acting(request)
    permissions.demand(principal, READ)
    return principal


def _shown_anew(row: ReceptionRule) -> dict[str, Any]:
    return _shown(queries.rule(row.id))


def _shown(row: ReceptionRule) -> dict[str, Any]:
    conditions = Conditions.of(row.conditions)
    team = (
        {"id": row.team.id, "name": row.team.name, "archived": row.team.archived_at is not None} if row.team else None
    )
    return {
        **{name: getattr(row, name) for name in Rule.model_fields},
        "conditions": {name: getattr(conditions, name) for name in ConditionsShown.model_fields},
        "team": team,
        "priority": _WORDS[Priority(row.priority)] if row.priority else None,
    }
