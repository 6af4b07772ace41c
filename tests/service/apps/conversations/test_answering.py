"""What happens when one of us writes to a customer?"""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base.errors import TextTooLong
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.errors import (
    BadChange,
    ConversationChanged,
    IsClosed,
    NameTaken,
    NoSuchAttachment,
    NoSuchConversation,
    NothingWritten,
)
from servewell.apps.conversations.models import Message, ReadMark
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.people.errors import NotAllowed


def test_it_works(desk: Desk) -> None:
    """A reply is queued for its channel, and then we wait for the customer."""
    case = desk.received()
    message = actions.reply(desk.who("lin"), case, text="It is on its way.")
    assert (message.position, message.delivery, message.author) == (2, "queued", desk.lin.id)
    now = row(case)
    assert (now.status, now.waiting_since, now.messages) == ("waiting_customer", None, 2)
    assert now.first_reply_at is not None
    assert (now.preview, now.preview_author) == ("It is on its way.", "agent")
    assert told(case) == ["opened", "message_received", "replied"]
    assert last(case, "replied")["version"] == now.version == 2


def test_a_reply_can_solve(desk: Desk) -> None:
    case = desk.received()
    actions.reply(desk.who("lin"), case, text="Done.", solve=True)
    assert row(case).status == "solved"
    assert row(case).solved_at is not None
    assert told(case)[-2:] == ["replied", "solved"]


def test_a_reply_can_leave_it_with_us(desk: Desk) -> None:
    """Whoever asks the warehouse first has not answered yet: the customer waits on, from now."""
    case = desk.received()
    before = row(case).waiting_since
    actions.reply(desk.who("lin"), case, text="I am asking the warehouse.", status="waiting_us")
    assert row(case).status == "waiting_us"
    assert row(case).waiting_since > before


def test_a_reply_after_it_was_solved_leaves_it_solved(desk: Desk) -> None:
    case = desk.received()
    actions.reply(desk.who("lin"), case, text="Done.", solve=True)
    actions.reply(desk.who("lin"), case, text="You are welcome.")
    assert row(case).status == "solved"
    assert told(case)[-1] == "replied"


def test_a_reply_can_take_a_solved_one_up_again(desk: Desk) -> None:
    case = desk.received()
    actions.reply(desk.who("lin"), case, text="Done.", solve=True)
    actions.reply(desk.who("lin"), case, text="One more thing.", status="waiting_customer")
    assert (row(case).status, row(case).solved_at, row(case).reopened) == ("waiting_customer", None, 1)
    assert told(case)[-2:] == ["replied", "reopened"]


def test_whoever_has_not_seen_the_last_message_is_shown_it_first(desk: Desk) -> None:
    """Nothing is sent; the refusal carries what the customer wrote, in the writer's language."""
    case = desk.received()
    desk.received("Never mind, it came.", conversation=case)
    with pytest.raises(ConversationChanged) as refused:
        actions.reply(desk.who("lin"), case, text="It is on its way.", seen=1)
    problem = refused.value.problem("en")
    assert problem["status"] == 409
    assert [(one["text"], one["position"]) for one in problem["messages"]] == [("Never mind, it came.", 2)]
    assert problem["messages"][0]["sentence"] == "The customer wrote in the meantime."
    assert row(case).messages == 2


def test_whoever_has_seen_it_may_send_anyway(desk: Desk) -> None:
    case = desk.received()
    desk.received("Never mind, it came.", conversation=case)
    assert actions.reply(desk.who("lin"), case, text="Good.", seen=1, anyway=True).position == 3


def test_own_messages_are_no_news(desk: Desk) -> None:
    case = desk.received()
    actions.reply(desk.who("lin"), case, text="One.", seen=1)
    assert actions.reply(desk.who("lin"), case, text="Two.", seen=1).position == 3


def test_a_colleagues_note_is_news(desk: Desk) -> None:
    case = desk.received()
    actions.note(desk.who("mei"), case, text="He called already.")
    with pytest.raises(ConversationChanged) as refused:
        actions.reply(desk.who("lin"), case, text="One.", seen=1)
    assert refused.value.problem("en")["messages"][0]["sentence"] == "Mei added a note in the meantime."


def test_the_same_external_id_is_one_reply(desk: Desk) -> None:
    case = desk.received()
    first = actions.reply(desk.who("lin"), case, text="One.", external_id="<a@b>")
    assert actions.reply(desk.who("lin"), case, text="One.", external_id="<a@b>") == first
    long = actions.reply(desk.who("lin"), case, text="Two.", external_id="x\x00" * 2000)
    assert actions.reply(desk.who("lin"), case, text="Two.", external_id="x\x00" * 2000) == long
    assert row(case).messages == 3


def test_files_go_along(desk: Desk, tmp_path: object) -> None:
    case, file = desk.received(), build.attachment()
    message = actions.reply(desk.who("lin"), case, attachments=[file.id])
    assert [one.attachment_id for one in message.files.all()] == [file.id]
    assert last(case, "replied")["attachments"] == 1


def test_html_is_made_safe_and_read(desk: Desk) -> None:
    case = desk.received()
    message = actions.reply(desk.who("lin"), case, html="<p>Hello <b>you</b></p><script>alert(1)</script>")
    assert message.text == "Hello you"
    assert "script" not in message.html


def test_what_cannot_be_sent_is_refused(desk: Desk) -> None:
    case, lin = desk.received(), desk.who("lin")
    with pytest.raises(NothingWritten):
        actions.reply(lin, case, text=" \x00 ")
    with pytest.raises(TextTooLong):
        actions.reply(lin, case, text="x" * 100_001)
    with pytest.raises(NoSuchAttachment):
        actions.reply(lin, case, text="See this.", attachments=[uuid4()])
    with pytest.raises(BadChange):
        actions.reply(lin, case, text="x", status="closed")
    with pytest.raises(NoSuchConversation):
        actions.reply(lin, uuid4(), text="x")
    with pytest.raises(NotAllowed):
        actions.reply(desk.who("far"), case, text="x")
    with pytest.raises(NotAllowed):
        actions.reply(desk.who("auditor"), case, text="x")
    assert (row(case).messages, Message.objects.count()) == (1, 1)


def test_a_closed_one_takes_no_reply(desk: Desk) -> None:
    case = desk.received()
    actions.change(desk.who("lin"), case, actions.Change(status="closed"))
    with pytest.raises(IsClosed) as refused:
        actions.reply(desk.who("lin"), case, text="x")
    assert f"#{row(case).number}" in refused.value.sentence("zh-Hans")


def test_one_of_us_begins_a_conversation(desk: Desk) -> None:
    """It is of the team of the writer, if they have just one, and waits for the customer."""
    customer = build.customer(team_ids=[desk.team.id])
    opened = actions.open_for(desk.who("lin"), customer.id, channel="email", subject="Recall", text="Please read.")
    now = row(opened.conversation_id)
    assert (now.status, now.team_id, now.messages, now.first_reply_at) == ("waiting_customer", desk.team.id, 1, None)
    assert told(now.id) == ["opened", "replied"]


def test_the_team_reaches_the_customer_from_then_on(desk: Desk) -> None:
    customer = build.customer()
    actions.open_for(desk.who("boss"), customer.id, channel="email", text="Please read.", team=desk.team.id)
    customer.refresh_from_db()
    assert customer.team_ids == [desk.team.id]


def test_nobody_gets_to_a_customer_by_writing_to_them(desk: Desk) -> None:
    """Whom one may not know is nobody; else an id would open their whole record to one's team."""
    customer = build.customer(team_ids=[desk.other_team.id])
    with pytest.raises(NoSuchCustomer):
        actions.open_for(desk.who("lin"), customer.id, channel="email", text="Hello")
    customer.refresh_from_db()
    assert customer.team_ids == [desk.other_team.id]


def test_one_begun_without_words_waits_for_us(desk: Desk) -> None:
    opened = actions.open_for(desk.who("boss"), build.customer().id, channel="phone", subject="Called")
    assert (row(opened.conversation_id).status, opened.message) == ("open", None)
    assert row(opened.conversation_id).waiting_since is not None


def test_nobody_begins_one_for_another_team(desk: Desk) -> None:
    customer = build.customer(team_ids=[desk.team.id])
    with pytest.raises(NotAllowed):
        actions.open_for(desk.who("lin"), customer.id, channel="phone", team=desk.other_team.id)
    actions.open_for(SYSTEM, build.customer().id, channel="phone", team=desk.other_team.id)


def test_the_name_of_a_message_elsewhere_shows_nothing_of_it_and_sends_nothing(desk: Desk) -> None:
    """An id that another team's message has is refused in words; so is the one of what the customer wrote here."""
    theirs = desk.received("A secret", team=desk.other_team.id, source="shop", external_id="m1")
    case = desk.received("Mine", source="shop", external_id="m2")
    for taken in ("m1", "m2"):
        with pytest.raises(NameTaken) as refused:
            actions.reply(desk.who("lin"), case, text="Here.", external_id=taken)
        assert "secret" not in refused.value.sentence("en")
    assert row(case).messages == row(theirs).messages == 1
    assert told(case) == ["opened", "message_received"]


def test_the_same_reply_from_many_at_once_is_one(transactional_db: None) -> None:
    desk = Desk()
    cases = [desk.received("One", source="shop"), desk.received("Two", source="shop")]
    gave = at_once(8, lambda n: actions.reply(SYSTEM, cases[n % 2], text="Here.", external_id="r1"))
    sent = {one.id for one in gave if isinstance(one, Message)}
    assert len(sent) == 1
    assert {type(one) for one in gave} == {Message, NameTaken}
    assert Message.objects.filter(external_id="r1").count() == 1


def test_ones_own_words_are_not_unread(desk: Desk) -> None:
    """Whoever answers has read all before; a note is read by its writer only if what came before it is."""
    case = desk.received()
    actions.note(desk.who("mei"), case, text="I will ask.")
    assert read(desk.mei, case) is None
    actions.reply(desk.who("lin"), case, text="Soon.")
    assert read(desk.lin, case) == 3
    actions.note(desk.who("lin"), case, text="Done.")
    assert read(desk.lin, case) == 4
    desk.received("And?", conversation=case)
    actions.note(desk.who("lin"), case, text="Hm.")
    assert read(desk.lin, case) == 4


def read(person: Any, case: UUID) -> int | None:
    """Return the position up to which somebody has read."""
    return ReadMark.objects.filter(user=person, conversation=case).values_list("position", flat=True).first()
