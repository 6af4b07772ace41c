"""What can a canned reply speak of? A closed list; and the values for one conversation and who answers in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from servewell.apps.base import settings
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.models import Conversation, Field
from servewell.apps.customers import facts
from servewell.apps.customers import queries as customers
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.models import Attribute, Customer
from servewell.apps.journal.actions import log_access
from servewell.apps.people.models import User

CUSTOMER, ATTRIBUTE, FIELD = "customer.", "customer.attribute.", "conversation.field."


@dataclass(frozen=True, slots=True)
class About:
    """What a reply is written for."""

    conversation: Conversation
    customer: Customer | None  # who goes on, after merges; None: not for the eyes of who writes
    agent: User | None  # None: a program writes
    attributes: Mapping[str, Any]  # of the customer's whole family


Value = Callable[[About], Any]
# Their sentences stand in the texts under `conversations.canned.variable.<name with _ for .>`.
VARIABLES: dict[str, Value] = {
    "customer.name": lambda about: about.customer.name if about.customer else None,
    "agent.name": lambda about: about.agent.name or about.agent.username if about.agent else None,
    "team.name": lambda about: about.conversation.team.name if about.conversation.team else None,
    "conversation.number": lambda about: f"#{about.conversation.number}",
    "conversation.subject": lambda about: about.conversation.subject,
    "house.name": lambda about: settings.get("people.installation"),
}


def known() -> Callable[[str], bool]:
    """Return whether a name may stand in a reply: one of the list, an attribute of customers or a custom field."""
    attributes = set(Attribute.objects.filter(archived_at=None).values_list("code", flat=True))
    fields = set(Field.objects.filter(archived_at=None).values_list("key", flat=True))

    def is_known(name: str) -> bool:
        return (
            name in VARIABLES
            or (name.startswith(ATTRIBUTE) and name.removeprefix(ATTRIBUTE) in attributes)
            or (name.startswith(FIELD) and name.removeprefix(FIELD) in fields)
        )

    return is_known


def values(principal: Principal, conversation: Conversation, wanted: set[str]) -> dict[str, str | None]:
    """Return what is known for each wanted name; None where nothing is, or `principal` may not read the customer.

    That it was read is remembered.
    """
    customer = _customer(principal, conversation) if any(name.startswith(CUSTOMER) for name in wanted) else None
    log_access(principal, "customer", conversation.customer_id, "canned.filled")
    about = _about(principal, conversation, customer)
    return {name: _shown(_value(name, about)) for name in wanted}


def _customer(principal: Principal, conversation: Conversation) -> Customer | None:
    try:
        return customers.reached(principal, conversation.customer_id)
    except NoSuchCustomer:
        return None


def _about(principal: Principal, conversation: Conversation, customer: Customer | None) -> About:
    agent = User.objects.filter(pk=principal.id).first() if principal.kind == "agent" and principal.id else None
    attributes: dict[str, Any] = {}
    for row in reversed(facts.family_rows(customer) if customer else []):  # who goes on speaks last
        attributes |= {code: value for code, value in row.attributes.items() if value not in (None, "")}
    return About(conversation, customer, agent, attributes)


def _value(name: str, about: About) -> Any:
    if name.startswith(ATTRIBUTE):
        return about.attributes.get(name.removeprefix(ATTRIBUTE))
    if name.startswith(FIELD):
        return about.conversation.fields.get(name.removeprefix(FIELD))
    return VARIABLES[name](about) if name in VARIABLES else None  # what was defined once may be gone


def _shown(value: Any) -> str | None:
    if value is None or value == "" or isinstance(value, bool):
        return None  # a yes or no is no word to put into a sentence
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
