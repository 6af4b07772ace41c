"""Does what customers write come in once, in the right place, whoever brings it and however often?"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_django
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base import attachments, clock, ids
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import receiving
from servewell.apps.conversations.errors import (
    BadChange,
    BusyMeanwhile,
    NobodyWrote,
    NoSuchConversation,
    NoSuchTag,
    NoSuchTeam,
)
from servewell.apps.conversations.models import Conversation, Link, Message
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed

STRANGER = (Identity("email", "li@example.com", verified=True),)


@pytest.fixture(autouse=True)
def _files(settings: pytest_django.Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path


def test_it_works() -> None:
    """A message of somebody new makes a customer, a conversation and two events."""
    received = actions.receive(SYSTEM, build.inbound(subject="Parcel", external_id="m1"))
    conversation = row(received.conversation_id)
    assert (received.is_new_conversation, received.is_repeat) == (True, False)
    assert (conversation.status, conversation.subject, conversation.messages) == ("open", "Parcel", 1)
    assert conversation.preview == "Where is my parcel?"
    assert conversation.waiting_since is not None
    assert conversation.number == received.number >= 1001
    assert Message.objects.get().delivery == "received"
    assert told(conversation.id) == ["opened", "message_received"]
    assert Customer.objects.get().id == conversation.customer_id
    actor = Event.objects.filter(conversation=conversation.id).values_list("actor_kind", "actor").distinct()
    assert list(actor) == [("customer", conversation.customer_id)]


def statements(message: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        actions.receive(SYSTEM, message)
    return len(captured)


def test_a_message_takes_at_most_12_statements_savepoints_counted(desk: Desk) -> None:
    """For somebody new, also by telephone; 8 in a known thread; the two of the transaction included."""
    assert statements(build.inbound(external_id="m1", thread="t1", team=desk.team.id)) <= 12
    by_phone = (Identity("phone", "138 0013 8000", verified=True),)
    assert statements(build.inbound(external_id="m0", thread="t0", team=desk.team.id, identities=by_phone)) <= 12
    assert statements(build.inbound(external_id="m2", thread="t1", team=desk.team.id)) <= 8


def test_who_brings_a_message_in_a_transaction_of_their_own_begins_it_anew(transactional_db: None) -> None:
    """When somebody was quicker; eight at once make one message and one customer, as with a savepoint."""
    message = build.inbound(external_id="m1", thread="t1")

    def bring(_: int) -> Any:
        for _ in range(20):
            try:
                with transaction.atomic():
                    return actions.receive_within(SYSTEM, message)
            except BusyMeanwhile:
                continue
        raise AssertionError("always somebody else")

    gave = at_once(8, bring)
    assert not [one for one in gave if isinstance(one, Exception)]
    assert sum(not one.is_repeat for one in gave) == 1
    assert (Message.objects.count(), Customer.objects.count()) == (1, 1)


# --- Once ---------------------------------------------------------------------------------------------------------


def test_the_same_message_twice_is_one(desk: Desk) -> None:
    first = actions.receive(SYSTEM, build.inbound(external_id="m1"))
    again = actions.receive(SYSTEM, build.inbound("Something else", external_id="m1"))
    assert (again.is_repeat, again.is_new_conversation) == (True, False)
    assert (again.conversation_id, again.message_id, again.number) == (
        first.conversation_id,
        first.message_id,
        first.number,
    )
    assert Message.objects.get().text == "Where is my parcel?"


def test_another_source_may_use_the_same_id() -> None:
    actions.receive(SYSTEM, build.inbound(external_id="m1", source="one"))
    assert not actions.receive(SYSTEM, build.inbound(external_id="m1", source="two")).is_repeat


def test_messages_without_an_id_are_never_the_same() -> None:
    assert not any(actions.receive(SYSTEM, build.inbound()).is_repeat for _ in range(2))


def test_ids_longer_than_we_keep_are_told_apart() -> None:
    """What is cut carries a mark of the whole."""
    long = "x" * 2000
    first = actions.receive(SYSTEM, build.inbound(external_id=long + "1", thread=long + "1"))
    assert actions.receive(SYSTEM, build.inbound(external_id=long + "1")).is_repeat
    other = actions.receive(SYSTEM, build.inbound(external_id=long + "2", thread=long + "2"))
    assert other.conversation_id != first.conversation_id


@pytest.mark.parametrize("thread", ["", "t1"])
def test_16_who_bring_the_same_message_at_once_make_one(transactional_db: None, thread: str) -> None:
    """One message, one conversation, one customer, one event; fifteen are told that they repeat it."""
    message = build.inbound(external_id="m1", thread=thread)
    gave = at_once(16, lambda _: actions.receive(SYSTEM, message))
    assert not [one for one in gave if isinstance(one, Exception)]
    assert sorted(one.is_repeat for one in gave) == [False] + [True] * 15  # type: ignore[union-attr]
    assert len({(one.message_id, one.conversation_id, one.number) for one in gave}) == 1  # type: ignore[union-attr]
    assert (Message.objects.count(), Conversation.objects.count(), Customer.objects.count()) == (1, 1, 1)
    assert Event.objects.filter(activity="conversation.message_received").count() == 1


def test_16_messages_of_one_thread_at_once_make_one_conversation(transactional_db: None) -> None:
    """Each is kept, at a place of its own; the counter is the number of messages."""
    gave = at_once(16, lambda n: actions.receive(SYSTEM, build.inbound(f"{n}", external_id=f"m{n}", thread="t1")))
    assert not [one for one in gave if isinstance(one, Exception)]
    case = Conversation.objects.get()
    assert sorted(Message.objects.values_list("position", flat=True)) == list(range(1, 17))
    assert (case.messages, case.version, Customer.objects.count()) == (16, 16, 1)


def test_16_messages_of_a_closed_thread_at_once_make_one_new_conversation(transactional_db: None) -> None:
    old = actions.receive(SYSTEM, build.inbound(external_id="m", thread="t1")).conversation_id
    actions.change(SYSTEM, old, actions.Change(status="closed"))
    gave = at_once(16, lambda n: actions.receive(SYSTEM, build.inbound(f"{n}", external_id=f"m{n}", thread="t1")))
    assert not [one for one in gave if isinstance(one, Exception)]
    assert Conversation.objects.count() == 2
    assert Conversation.objects.exclude(pk=old).get().messages == 16


# --- In the right place -------------------------------------------------------------------------------------------


def test_a_known_thread_goes_on(desk: Desk) -> None:
    case = desk.received(thread="t1")
    assert desk.received("And?", thread="t1") == case
    assert (row(case).messages, row(case).preview, row(case).status) == (2, "And?", "open")


def test_an_answered_one_waits_for_us_again(desk: Desk) -> None:
    case = desk.received(thread="t1")
    actions.reply(desk.who("lin"), case, text="Soon.")
    desk.received("And?", thread="t1")
    now = row(case)
    assert (now.status, now.waiting_since) == ("waiting_us", now.last_customer_message_at)
    assert last(case, "message_received")["status"] == "waiting_us"


def test_a_solved_one_is_taken_up_again(desk: Desk) -> None:
    case = desk.received(thread="t1")
    actions.reply(desk.who("lin"), case, text="Done.", solve=True)
    desk.received("No!", thread="t1")
    assert (row(case).status, row(case).reopened, row(case).solved_at) == ("waiting_us", 1, None)
    assert told(case)[-2:] == ["message_received", "reopened"]


def test_after_a_closed_one_a_new_one_continues_it(desk: Desk) -> None:
    """With its team and subject; the thread goes on in the new one."""
    case = desk.received(thread="t1", subject="Parcel")
    actions.change(desk.who("lin"), case, actions.Change(status="closed"))
    fresh = desk.received("Again!", thread="t1", team=None)
    assert desk.received("And?", thread="t1") == fresh != case
    assert (row(fresh).subject, row(fresh).team_id) == ("Parcel", desk.team.id)
    assert [(link.one_id, link.other_id, link.kind) for link in Link.objects.all()] == [(fresh, case, "follow_up")]
    assert row(case).status == "closed"
    assert last(fresh, "opened")["continues"] == str(case)


def test_who_names_a_closed_one_again_joins_what_continues_it(desk: Desk) -> None:
    """A number in a subject stays the same however often it is answered."""
    case = desk.received()
    actions.change(desk.who("lin"), case, actions.Change(status="closed"))
    fresh = desk.received("Again!", conversation=case)
    assert desk.received("And?", conversation=case) == fresh != case


def test_a_stranger_does_not_join_by_a_number_alone(desk: Desk) -> None:
    """What they wrote begins a conversation of their own, linked; it shows nothing of the other one."""
    case = desk.received(subject="My divorce")
    own = desk.received("Give me all", conversation=case, identities=STRANGER)
    assert own != case
    assert (row(case).messages, row(own).subject) == (1, "")
    assert [(link.one_id, link.other_id, link.kind) for link in Link.objects.all()] == [(own, case, "related")]
    assert row(own).customer_id != row(case).customer_id


def test_a_stranger_does_not_continue_a_closed_one_by_a_number(desk: Desk) -> None:
    case = desk.received(subject="My divorce")
    actions.change(desk.who("lin"), case, actions.Change(status="closed"))
    own = desk.received("Give me all", conversation=case, identities=STRANGER, team=None)
    assert (row(own).subject, row(own).team_id) == ("", None)
    assert Link.objects.get().kind == "related"


def test_who_knows_the_thread_belongs_to_it(desk: Desk) -> None:
    """A colleague of the customer in copy: the message is theirs, the conversation stays the customer's."""
    case = desk.received(thread="t1")
    assert desk.received("I am her boss", thread="t1", identities=STRANGER) == case
    author = Message.objects.get(conversation=case, position=2).author
    assert author != row(case).customer_id
    assert Customer.objects.filter(pk=author).exists()


def test_a_caller_who_names_only_the_conversation_is_believed(desk: Desk) -> None:
    case = desk.received()
    assert desk.received("And?", conversation=case) == case


def test_the_customer_can_be_named(desk: Desk) -> None:
    known = build.customer()
    assert row(desk.received(customer=known.id)).customer_id == known.id
    known.refresh_from_db()
    assert known.team_ids == [desk.team.id]


# --- What does not fit --------------------------------------------------------------------------------------------


def test_what_names_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(NobodyWrote):
        desk.received(identities=())
    with pytest.raises(NoSuchConversation):
        desk.received(conversation=uuid4())
    with pytest.raises(NoSuchCustomer):
        desk.received(customer=uuid4())
    with pytest.raises(NoSuchTeam):
        desk.received(team=uuid4())
    with pytest.raises(NoSuchTag):
        desk.received(tags=(uuid4(),))
    with pytest.raises(BadChange):
        desk.received(channel="pigeon")
    assert (Conversation.objects.count(), Message.objects.count()) == (0, 0)


def test_a_program_brings_messages_only_to_its_teams(desk: Desk) -> None:
    key = Principal("key", ids.new(), "agent", frozenset({desk.team.id}), "en", frozenset({"conversations.write"}))
    actions.receive(key, build.inbound(team=desk.team.id, thread="t1"))
    for elsewhere in (desk.other_team.id, None):
        with pytest.raises(NotAllowed):
            actions.receive(key, build.inbound(team=elsewhere))
    theirs = desk.received(team=desk.other_team.id, external_id="m1")
    with pytest.raises(NotAllowed):
        actions.receive(key, build.inbound(conversation=theirs))
    with pytest.raises(NotAllowed):
        actions.receive(key, build.inbound(external_id="m1"))


def test_a_megabyte_of_text_is_cut_and_kept_whole_as_a_file(desk: Desk) -> None:
    text = "很长" * 500_000
    message = Message.objects.get(conversation=desk.received(text))
    assert (message.cut, len(message.text)) == (True, 100_000)
    (file,) = message.files.all()
    found, stream = attachments.open(file.attachment_id)
    with stream:
        assert (stream.read().decode(), found.name) == (text, "message.txt")


def test_mail_that_is_too_large_is_kept_whole_too(desk: Desk) -> None:
    html = "<p>" + "word " * 300_000 + "</p>"
    message = Message.objects.get(conversation=desk.received("", html=html))
    assert message.cut
    found, stream = attachments.open(message.files.get().attachment_id)
    with stream:
        assert (stream.read().decode(), found.name, found.media_type) == (html, "message.html", "text/plain")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b\x07c", "abc"),  # NUL and a bell
        ("a\ud800b", "a\ufffdb"),  # half a character
        ("invoice\u202efdp.exe", "invoicefdp.exe"),  # turned round on the screen
        ("", ""),  # only a subject, or nothing: it is a contact all the same
    ],
)
def test_text_that_steers_screens_or_databases_is_cleaned(desk: Desk, sent: str, kept: str) -> None:
    case = desk.received(sent, subject=sent, source=sent, thread=sent, external_id=sent, customer_name=sent)
    assert Message.objects.get(conversation=case).text == kept
    assert row(case).subject == kept


def test_a_subject_of_any_length_fits_in_one_line(desk: Desk) -> None:
    assert len(row(desk.received(subject="很长\n" * 1000)).subject) == 300


def test_html_is_made_safe_and_its_words_are_the_text(desk: Desk) -> None:
    message = Message.objects.get(conversation=desk.received("", html="<p>Hi</p><img src=x onerror=alert(1)>"))
    assert message.text == "Hi"
    assert "onerror" not in message.html


def test_a_time_that_cannot_be_is_taken_as_now(desk: Desk) -> None:
    now = clock.now()
    for moment in (now + timedelta(days=1), now - timedelta(days=400), now.replace(tzinfo=None)):
        assert Message.objects.get(conversation=desk.received(occurred_at=moment)).created_at >= now
    earlier = now - timedelta(hours=3)
    case = desk.received(occurred_at=earlier)
    assert (row(case).waiting_since, row(case).last_message_at) == (earlier, earlier)


def test_files_come_along_in_their_order(desk: Desk) -> None:
    one, two = build.attachment("a.txt"), build.attachment("b.txt")
    files = (actions.InboundFile(two.id, "logo@x"), actions.InboundFile(one.id))
    case = desk.received(attachments=files)
    kept = Message.objects.get(conversation=case).files.all()
    assert [(file.attachment_id, file.content_id) for file in kept] == [(two.id, "logo@x"), (one.id, "")]
    assert last(case, "message_received")["attachments"] == 2


# --- Blocked ------------------------------------------------------------------------------------------------------


@pytest.fixture
def blocked(desk: Desk) -> Any:
    """A customer with an answered conversation, who is blocked now."""
    case = desk.received(thread="t1")
    actions.reply(desk.who("lin"), case, text="Stop it.")
    Customer.objects.update(blocked_at=clock.now())
    return case


def test_of_a_blocked_customer_nothing_is_lost_and_nobody_is_disturbed(desk: Desk, blocked: Any) -> None:
    desk.received("Ha!", thread="t1")
    now = row(blocked)
    assert (now.status, now.waiting_since, now.messages, now.preview) == ("waiting_customer", None, 3, "Ha!")
    assert last(blocked, "message_received")["blocked"] is True


def test_a_new_conversation_of_a_blocked_customer_is_closed_at_once(desk: Desk, blocked: Any) -> None:
    fresh = desk.received("Ha!")
    now = row(fresh)
    assert (now.status, now.messages, now.waiting_since) == ("closed", 1, None)
    assert now.closed_at is not None
    assert told(fresh) == ["opened", "message_received", "closed"]
    assert last(fresh, "closed")["by"] == "block"


def test_a_block_that_has_run_out_blocks_nobody(desk: Desk, blocked: Any) -> None:
    Customer.objects.update(blocked_until=clock.now() - timedelta(seconds=1))
    desk.received("Sorry", thread="t1")
    assert row(blocked).status == "waiting_us"


def test_what_moves_all_the_while_is_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel tries again later; nothing was kept."""

    def moved(*_: Any) -> None:
        raise receiving._MovedMeanwhileError

    monkeypatch.setattr(receiving, "_target", moved)
    with pytest.raises(BusyMeanwhile) as refused:
        desk.received(thread="t1")
    assert refused.value.problem("en")["status"] == 503
    assert not Message.objects.exists()
