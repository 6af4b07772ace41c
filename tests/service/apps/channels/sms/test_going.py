"""Do our answers reach telephones once, in order, and is the agent told what became of them?"""

import pytest
from tests import build
from tests.service.apps.channels.sms.conftest import OURS, TOKEN, WANG, Desk, basic

from servewell.apps.base import clock, outbox, settings
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import actions, health
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.sms.checking import check
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message


def answered(desk: Desk, text: str = "On its way.", **given: object) -> Message:
    """Let a customer write, answer them; return the answer."""
    desk.brings()
    return conversations.reply(desk.admin, Conversation.objects.get().id, text=text, **given)  # type: ignore[arg-type]


def now(message: Message) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.delivery, message.delivery_code, message.external_id


def again() -> None:
    Outgoing.objects.update(due_at=clock.now())
    outbox.run_due()


def test_it_works(desk: Desk) -> None:
    """One call with number, text and our id; the gateway's name for it is kept."""
    message = answered(desk)
    assert outbox.run_due() == 1
    assert desk.gateway.asked == [{"to": WANG, "from": OURS, "text": "On its way.", "reference": str(message.id)}]
    headers = desk.gateway.headers[0]
    assert (headers["authorization"], headers["idempotency-key"]) == (f"Bearer {TOKEN}", str(message.id))
    assert now(message) == ("sent", "", "sms-0")


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("basic", "authorization", basic(TOKEN)),
        ("header", "x-key", TOKEN),
        ("none", "authorization", None),
    ],
)
def test_it_is_known_to_the_gateway_as_it_asks(desk: Desk, auth: str, header: str, value: str | None) -> None:
    desk.change(auth=auth, auth_user="gateway", auth_header="X-Key")
    answered(desk)
    outbox.run_due()
    assert desk.gateway.headers[0].get(header) == value


def test_names_and_form_are_the_gateways(desk: Desk) -> None:
    desk.change(format="form", to_name="mobile", text_name="content", from_name="")
    message = answered(desk, "在路上了。")
    outbox.run_due()
    assert desk.gateway.asked == [{"mobile": WANG, "content": "在路上了。", "reference": str(message.id)}]


def test_a_repetition_reaches_the_telephone_once(desk: Desk) -> None:
    """The worker died before it wrote that the message was sent: the gateway knows the reference."""
    message = answered(desk)
    outbox.run_due()
    Message.objects.update(delivery="queued", external_id="")
    Outgoing.objects.update(state="waiting", claim=None, lease_until=None, settled_at=None)
    again()
    assert (len(desk.gateway.asked), len(desk.gateway.sent)) == (2, 1)
    assert now(message) == ("sent", "", "sms-0")


@pytest.mark.parametrize(
    ("status", "delivery", "fault"),
    [
        (400, "failed", "refused"),
        (422, "failed", "refused"),
        (401, "queued", "denied"),
        (429, "queued", "busy"),
        (500, "queued", "answered"),
    ],
)
def test_each_status_means_something(desk: Desk, status: int, delivery: str, fault: str) -> None:
    """For good, or to be tried again; the agent reads why, in words."""
    desk.gateway.next = [status]
    message = answered(desk)
    outbox.run_due()
    assert now(message)[:2] == (delivery, f"channels_sms.fault.{fault}")
    for language in ("en", "zh-Hans"):
        assert health.told(message.delivery_code, language) != message.delivery_code
    if delivery == "queued":
        again()
        assert now(message)[0] == "sent"


def test_a_gateway_that_is_away_is_tried_again(desk: Desk) -> None:
    url = desk.gateway.url
    desk.change(send_url="http://127.0.0.1:9/send")
    message = answered(desk)
    outbox.run_due()
    assert now(message)[:2] == ("queued", "channels_sms.fault.unreachable")
    desk.change(send_url=f"{url}/send")
    again()
    assert now(message)[0] == "sent"


def test_answers_of_a_conversation_go_in_their_order(desk: Desk) -> None:
    desk.gateway.next = [500]
    first = answered(desk, "One")
    conversations.reply(desk.admin, first.conversation_id, text="Two")
    outbox.run_due()
    again()
    assert [call["text"] for call in desk.gateway.asked] == ["One", "One", "Two"]


def test_what_is_too_long_is_not_sent(desk: Desk) -> None:
    desk.change(most_parts=2)
    message = answered(desk, "您" * 135)
    outbox.run_due()
    assert now(message)[:2] == ("failed", "channels_sms.fault.too_long")
    assert desk.gateway.asked == []


def test_files_become_a_link(desk: Desk) -> None:
    message = answered(desk, attachments=[build.attachment("bill.txt").id])
    outbox.run_due()
    assert now(message)[:2] == ("failed", "channels_sms.fault.files")
    settings.put(SYSTEM, "channels.public_url", "https://help.example")
    message = conversations.reply(
        desk.admin, message.conversation_id, text="Here it is.", attachments=[build.attachment("bill.txt").id]
    )
    outbox.run_due()
    assert desk.gateway.asked[-1]["text"].startswith("Here it is.\nhttps://help.example/case/")
    assert now(message)[0] == "sent"


def test_without_a_number_the_agent_is_told(desk: Desk) -> None:
    opened = conversations.open_for(desk.admin, build.customer().id, channel="sms", text="Hello", team=desk.team.id)
    outbox.run_due()
    assert opened.message is not None
    assert now(opened.message)[:2] == ("failed", "channels_sms.fault.no_number")


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        ("DELIVRD", "delivered"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("ACCEPTD", "sent"),
        ("EXPIRED", "failed"),
    ],
)
def test_reports_say_how_far_it_got(desk: Desk, status: str, delivery: str) -> None:
    message = answered(desk)
    outbox.run_due()
    assert desk.reports("sms-0", status, reason="Handset off").json() == {"new": True}
    assert now(message)[0] == delivery
    if delivery == "failed":
        assert (message.delivery_code, message.delivery_reason) == ("channels_sms.fault.undelivered", "Handset off")


def test_a_report_brought_twice_is_one_and_a_late_one_changes_nothing(desk: Desk) -> None:
    message = answered(desk)
    outbox.run_due()
    desk.reports("sms-0", "delivered")
    assert desk.reports("sms-0", "delivered").json() == {"new": False}
    desk.reports("sms-0", "sent")
    assert now(message)[0] == "delivered"


def test_the_gateway_may_number_both_ways_alike(desk: Desk) -> None:
    """A customer's message and one of ours with the same id over there are two, and reports are on ours."""
    message = answered(desk)
    outbox.run_due()
    desk.brings("Thanks", id="sms-0")
    desk.reports("sms-0", "delivered")
    assert Message.objects.filter(author_kind="customer").count() == 2
    assert now(message)[0] == "delivered"


def test_the_gateways_words_are_shown_in_its_letters(desk: Desk) -> None:
    desk.gateway.next = [400]
    desk.gateway.words = "号码在黑名单"
    message = answered(desk)
    outbox.run_due()
    message.refresh_from_db()
    assert "号码在黑名单" in message.delivery_reason


def test_the_test_button_asks_and_sends_nothing(desk: Desk) -> None:
    assert check(desk.account).code == "no_address"
    desk.change(check_url=f"{desk.gateway.url}/balance")
    assert check(desk.account).ok
    desk.gateway.next = [401]
    assert check(desk.account).code == "denied"
    desk.change(check_url="http://127.0.0.1:9/balance")
    assert check(desk.account).code == "unreachable"
    assert desk.gateway.asked == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"callback_secret": "short"}, "callback_secret"),
        ({"auth_secret": None}, "auth_secret"),
        ({"auth": "header", "auth_header": "X Key:"}, "auth_header"),
        ({"auth": "basic", "auth_user": "a:b"}, "auth_user"),
        ({"send_url": "ftp://gateway"}, "send_url"),
        ({"most_parts": 0}, "most_parts"),
    ],
)
def test_what_cannot_work_is_refused_by_its_field(desk: Desk, options: dict[str, object], field: str) -> None:
    with pytest.raises(BadOption) as refusal:
        actions.change(desk.admin, desk.account.id, desk.account.version, {"options": options})
    assert refusal.value.values["field"] == field
