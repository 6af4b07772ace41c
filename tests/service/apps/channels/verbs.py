"""How is each verb of the room done once? For the test that lets the journal refuse, and counts what changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from tests import build
from tests.service.apps.channels import stub

from servewell.apps.base import clock, ids, settings
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, calls
from servewell.apps.channels.frame.actions import sending
from servewell.apps.channels.frame.case import actions as case
from servewell.apps.channels.frame.kinds import Checked, Sent, Taken
from servewell.apps.channels.frame.models import Account, Arrival, CaseLink, Transcript
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.inbound import InboundMessage
from servewell.apps.conversations.models import Conversation, Message

ENTERED = {"name": "Shop", "options": {"host": "there.example"}}


@dataclass
class Ways:
    """Accounts that work, rest and fail; arrivals that wait and were set aside; messages that wait and failed."""

    who: Principal
    active: Account = field(init=False)
    paused: Account = field(init=False)
    failing: Account = field(init=False)
    claimed: Arrival = field(init=False)
    aside: Arrival = field(init=False)
    queued: Message = field(init=False)
    failed: Message = field(init=False)
    transcript: Transcript = field(init=False)
    without_link: UUID = field(init=False)  # a conversation whose links were taken back

    def __post_init__(self) -> None:
        with known():
            self.active, self.paused, self.failing = (actions.create(self.who, "stub", ENTERED) for _ in range(3))
            actions.pause(self.who, self.paused.id)
            actions.fails(self.failing.id, "login")
        raw = build.attachment("arrival", b"wang: Hello")
        rows = {"account": self.active, "raw": raw, "size": 11}
        self.claimed = Arrival.objects.create(**rows, claim=ids.new())
        self.aside = Arrival.objects.create(**rows, state="aside", outcome="fault")
        inbound = build.inbound(source="stub", account=self.active.id, identities=stub.identities("stub"))
        conversation = conversations.receive(SYSTEM, inbound).conversation_id
        self.queued, self.failed = (conversations.reply(SYSTEM, conversation, text=word) for word in ("a", "b"))
        conversations.deliver(SYSTEM, self.failed.id, "failed")
        self.without_link = conversations.receive(SYSTEM, build.inbound(source="other")).conversation_id
        CaseLink.objects.create(conversation_id=self.without_link, revoked_at=clock.now())
        self.transcript = Transcript.objects.create(
            conversation_id=conversation, address="wang@example.com", mark="x", language="en"
        )

    def item(self) -> OutboxItem:
        """Return the call of the message that waits."""
        return OutboxItem(ids.new(), calls.KIND, "key", {"message": str(self.queued.id)}, 1)

    def inbound(self) -> InboundMessage:
        """Return what the arrival says."""
        said: InboundMessage = build.inbound(source="stub", external_id="1", identities=stub.identities("stub"))
        return said

    @property
    def conversation(self) -> Conversation:
        """Return the conversation that these messages are of."""
        return Conversation.objects.get(pk=self.queued.conversation_id)


@contextmanager
def known(**changes: Any) -> Iterator[None]:
    """Let the stub's channel be known for the block."""
    with stub.registered(stub.channel(stub.OtherSide(), **changes)):
        yield


def _known(verb: Callable[..., Any], *given: Any, **changes: Any) -> Any:
    with known(**changes):
        return verb(*given)


def _within(verb: Callable[..., Any], *given: Any) -> Any:
    """Do a verb that has no transaction of its own as its callers do: in theirs."""
    with transaction.atomic():
        return verb(*given)


def _too_many(ways: Ways) -> None:
    """One more than there may be, all or none: as one that sends them would have it."""
    most = settings.get("channels.answers_per_hour")
    with transaction.atomic():
        for _ in range(most + 1):
            actions.count_answer("wang@example.com", ways.active.id, most)


VERBS: dict[str, Callable[[Ways], Any]] = {
    "channels.create": lambda it: _known(actions.create, it.who, "stub", ENTERED),
    "channels.change": lambda it: _known(actions.change, it.who, it.active.id, 1, {"name": "Other"}),
    "channels.pause": lambda it: actions.pause(it.who, it.active.id),
    "channels.resume": lambda it: actions.resume(it.who, it.paused.id),
    "channels.remove": lambda it: actions.remove(it.who, it.active.id),
    "channels.check": lambda it: _known(
        actions.check, it.who, it.active, check=lambda account: Checked(ok=False, code="login")
    ),
    "channels.works": lambda it: actions.works(it.failing.id),
    "channels.fails": lambda it: actions.fails(it.active.id, "login"),
    "channels.settle_taken": lambda it: actions.settle_taken(it.claimed, Taken(message=it.inbound())),
    "channels.settle_aside": lambda it: actions.settle_aside(it.claimed, "fault"),
    "channels.retry": lambda it: actions.retry(it.who, it.aside.id),
    "channels.retry_all": lambda it: actions.retry_all(it.who, it.aside.account_id),
    "channels.discard": lambda it: actions.discard(it.who, it.aside.id),
    "channels.count_answer": _too_many,
    "channels.sent": lambda it: _within(sending.sent, it.active, it.queued.id, Sent()),
    "channels.waits": lambda it: sending.waits(it.queued.id, "channels.fault.passing", "busy"),
    "channels.failed": lambda it: _within(sending.failed, it.item(), "channels.fault.given_up", "busy"),
    "channels.send_again": lambda it: actions.send_again(it.who, it.failed.id),
    "channels_case.solve": lambda it: case.solve(it.conversation),
    "channels_case.revoke_link": lambda it: case.revoke_link(it.who, it.conversation.id),
    "channels_case.renew_link": lambda it: case.renew_link(it.who, it.without_link),
    "channels_case.ask_transcript": lambda it: case.ask_transcript(it.conversation, "wang@example.com", "wang", "en"),
    "channels_case.transcript_went": lambda it: _within(case.transcript_went, it.transcript.id),
}
