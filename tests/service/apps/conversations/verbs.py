"""How is each verb of the room done once? For the test that lets the journal refuse, and counts what changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from tests import build
from tests.service.apps.conversations.desk import row

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions.views import Wanted
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import CannedReply, Field, Message, SavedView, Tag
from servewell.apps.people.models import User


@dataclass
class Desk:
    """Conversations of one customer, for somebody who may do everything."""

    administrator: User
    who: Principal = field(init=False)
    case: UUID = field(init=False)
    other: UUID = field(init=False)
    lu: UUID = field(init=False)  # another customer
    merged: UUID = field(init=False)  # into `other`
    linked: UUID = field(init=False)  # with `other`, followed by the administrator
    view: SavedView = field(init=False)
    canned: CannedReply = field(init=False)
    done: Any = field(init=False)  # both were changed in one go
    sent: Message = field(init=False)  # a reply of `linked`
    asleep: UUID = field(init=False)  # put off until some weeks ago
    solved: UUID = field(init=False)  # some weeks ago
    tag: Tag = field(init=False)
    archived_tag: Tag = field(init=False)
    shop: Field = field(init=False)
    archived_field: Field = field(init=False)

    def __post_init__(self) -> None:
        self.who = self.administrator.principal()
        self.lu = build.customer("Lu").id
        self.case = actions.receive(SYSTEM, build.inbound("One", external_id="1")).conversation_id
        self.other = actions.receive(SYSTEM, build.inbound("Two", external_id="2")).conversation_id
        self.merged = actions.receive(SYSTEM, build.inbound("Too", external_id="3")).conversation_id
        actions.merge(self.who, self.merged, self.other)
        self.linked = actions.receive(SYSTEM, build.inbound("Far", external_id="4")).conversation_id
        actions.link(self.who, self.linked, self.other)
        actions.follow(self.who, self.linked)
        actions.note(self.who, self.linked, text="A second message.")
        actions.assign(self.who, self.linked, assignee=self.who.id)
        self.sent = actions.reply(self.who, self.linked, text="Sent.")
        with clock.frozen(clock.now() - timedelta(days=30)):
            self.asleep = actions.receive(SYSTEM, build.inbound("Zzz", external_id="5")).conversation_id
            actions.snooze(self.who, self.asleep, clock.now() + timedelta(days=1))
            self.solved = actions.receive(SYSTEM, build.inbound("Ah", external_id="6")).conversation_id
            actions.reply(self.who, self.solved, text="Oh.", solve=True)
        self.tag = actions.create_tag(self.who, "Late")
        self.archived_tag = actions.archive_tag(self.who, actions.create_tag(self.who, "Old").id)
        names = {"en": "Shop", "zh-Hans": "门店"}
        self.shop = actions.create_field(self.who, "shop", names, "text")
        self.archived_field = actions.archive_field(self.who, actions.create_field(self.who, "old", names, "text").id)
        self.canned = actions.create_canned(self.who, _canned("hi"))
        self.view = actions.save_view(self.who, Wanted("Mine", Filters(assignee=["me"])))
        self.done = actions.bulk(self.who, actions.Change(priority="urgent"), chosen={self.case: None})


def _canned(shortcut: str) -> actions.CannedWanted:
    return actions.CannedWanted("Greeting", shortcut, {"en": "Hello {{customer.name}}"})


Done = dict[str, Callable[[Desk], Any]]

VERBS: Done = {
    "conversations.create_canned": lambda desk: actions.create_canned(desk.who, _canned("hello")),
    "conversations.change_canned": lambda desk: actions.change_canned(desk.who, desk.canned.id, {"archived": True}),
    "conversations.use_canned": lambda desk: actions.use_canned(desk.who, desk.canned.id, desk.case),
    "conversations.receive": lambda desk: actions.receive(SYSTEM, build.inbound("Three", external_id="new")),
    "conversations.receive_within": lambda desk: _within(actions.receive_within, SYSTEM, build.inbound("Four")),
    "conversations.reply": lambda desk: actions.reply(desk.who, desk.case, text="Soon."),
    "conversations.open_for": lambda desk: actions.open_for(desk.who, desk.lu, channel="email", text="Hello"),
    "conversations.acknowledge": lambda desk: actions.acknowledge(desk.who, desk.case, text="It has come."),
    "conversations.note": lambda desk: actions.note(desk.who, desk.case, text="!", mentions=[desk.administrator.id]),
    "conversations.assign": lambda desk: actions.assign(desk.who, desk.case, assignee=desk.administrator.id),
    "conversations.take": lambda desk: actions.take(desk.who, desk.case),
    "conversations.save_view": lambda desk: actions.save_view(desk.who, Wanted("All", Filters())),
    "conversations.change_view": lambda desk: actions.change_view(desk.who, desk.view.id, {"name": "My own"}),
    "conversations.remove_view": lambda desk: actions.remove_view(desk.who, desk.view.id),
    "conversations.bulk": lambda desk: actions.bulk(desk.who, actions.Change(priority="low"), chosen={desk.case: None}),
    "conversations.undo": lambda desk: actions.undo(desk.who, desk.done.operation),
    "conversations.change": lambda desk: actions.change(desk.who, desk.case, actions.Change(priority="high")),
    "conversations.snooze": lambda desk: actions.snooze(desk.who, desk.case, clock.now() + timedelta(hours=1)),
    "conversations.wake": lambda desk: actions.wake(desk.asleep),
    "conversations.abandon": lambda desk: actions.abandon(desk.who, desk.case),
    "conversations.close_solved": lambda desk: actions.close_solved(),
    "conversations.classify": lambda desk: actions.classify(desk.who, desk.case, contact_type="inquiry"),
    "conversations.merge": lambda desk: actions.merge(desk.who, desk.case, desk.other),
    "conversations.unmerge": lambda desk: actions.unmerge(desk.who, desk.merged),
    "conversations.split": lambda desk: actions.split(desk.who, desk.linked, [desk.sent.id]),
    "conversations.link": lambda desk: actions.link(desk.who, desk.case, desk.other),
    "conversations.unlink": lambda desk: actions.unlink(desk.who, desk.linked, desk.other),
    "conversations.follow": lambda desk: actions.follow(desk.who, desk.case),
    "conversations.unfollow": lambda desk: actions.unfollow(desk.who, desk.linked),
    "conversations.leave": lambda desk: actions.leave(desk.who, desk.case),
    "conversations.deliver_up_to": lambda desk: actions.deliver_up_to(desk.who, desk.linked, 99, "read"),
    "conversations.deliver": lambda desk: actions.deliver(desk.who, desk.sent.id, "sent"),
    "conversations.give_back": lambda desk: actions.give_back(desk.administrator.id),
    "conversations.erase_customer": lambda desk: actions.erase_customer(row(desk.case).customer_id),
    "conversations.create_tag": lambda desk: actions.create_tag(desk.who, "Early"),
    "conversations.change_tag": lambda desk: actions.change_tag(desk.who, desk.tag.id, colour="red"),
    "conversations.archive_tag": lambda desk: actions.archive_tag(desk.who, desk.tag.id),
    "conversations.restore_tag": lambda desk: actions.restore_tag(desk.who, desk.archived_tag.id),
    "conversations.create_field": lambda desk: actions.create_field(
        desk.who, "floor", {"en": "Floor", "zh-Hans": "楼层"}, "number"
    ),
    "conversations.change_field": lambda desk: actions.change_field(desk.who, desk.shop.id, position=3),
    "conversations.archive_field": lambda desk: actions.archive_field(desk.who, desk.shop.id),
    "conversations.restore_field": lambda desk: actions.restore_field(desk.who, desk.archived_field.id),
}


def _within(verb: Callable[..., Any], *given: Any) -> Any:
    """Do what has no transaction of its own in the caller's."""
    with transaction.atomic():
        return verb(*given)
