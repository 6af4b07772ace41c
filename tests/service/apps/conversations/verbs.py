"""How is each verb of the room done once? For the test that lets the journal refuse, and counts what changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests import build

from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions
from servewell.apps.people.models import User


@dataclass
class Desk:
    """Conversations of one customer, for somebody who may do everything."""

    administrator: User
    who: Principal = field(init=False)
    case: UUID = field(init=False)
    other: UUID = field(init=False)
    lu: UUID = field(init=False)  # another customer

    def __post_init__(self) -> None:
        self.who = self.administrator.principal()
        self.lu = build.customer("Lu").id
        self.case = actions.receive(SYSTEM, build.inbound("One", external_id="1")).conversation_id
        self.other = actions.receive(SYSTEM, build.inbound("Two", external_id="2")).conversation_id


Done = dict[str, Callable[[Desk], Any]]

VERBS: Done = {
    "conversations.receive": lambda desk: actions.receive(SYSTEM, build.inbound("Three", external_id="3")),
    "conversations.reply": lambda desk: actions.reply(desk.who, desk.case, text="Soon."),
    "conversations.open_for": lambda desk: actions.open_for(desk.who, desk.lu, channel="email", text="Hello"),
    "conversations.note": lambda desk: actions.note(desk.who, desk.case, text="!", mentions=[desk.administrator.id]),
    "conversations.assign": lambda desk: actions.assign(desk.who, desk.case, assignee=desk.administrator.id),
    "conversations.take": lambda desk: actions.take(desk.who, desk.case),
    "conversations.change": lambda desk: actions.change(desk.who, desk.case, actions.Change(priority="high")),
}
