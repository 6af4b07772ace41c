"""Do our answers reach the outside system once, in their order, whatever it says; or wait until it fetches them?"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import build
from tests.service.apps.channels.api.conftest import SECRET, Shop
from tests.service.apps.people.helpers import Browser
from tests.service.apps.webhooks.receiver import Answer, Receiver

from servewell.apps.base import clock, outbox, settings, signing
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.api import calling, links
from servewell.apps.channels.api.checking import check
from servewell.apps.channels.frame import health
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message

Called = Callable[[], Receiver]


def answered(shop: Shop, text: str = "On its way.", **given: Any) -> Message:
    """Let a customer write, answer them; return the answer."""
    conversation = UUID(shop.says(external_id="m1", thread="t1").json()["conversation"])
    return conversations.reply(shop.admin, conversation, text=text, **given)


def now(message: Message) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.delivery, message.delivery_code, message.external_id


def test_it_works(shop: Shop, called: Called) -> None:
    """One signed call with the answer, its conversation and its customer; then it is sent."""
    message = answered(shop)
    assert outbox.run_due() == 1
    (call,) = called().calls
    assert signing.is_ours(call.headers, call.body, SECRET, clock.now())
    assert call.headers["webhook-id"] == call.message["id"] == str(message.id)
    assert call.message["type"] == "message"
    assert call.message["source"] == "shop"
    assert call.message["conversation"]["thread"] == "t1"
    assert call.message["customer"]["identities"] == {"email": "wang@example.com"}
    assert (call.message["message"]["text"], call.message["message"]["files"]) == ("On its way.", [])
    assert now(message)[:2] == ("sent", "")


def test_the_answer_may_say_its_name_and_how_far_it_got(shop: Shop, called: Called) -> None:
    called().always = Answer(body=b'{"external_id": "there-1", "state": "delivered"}')
    message = answered(shop)
    outbox.run_due()
    assert now(message) == ("delivered", "", "there-1")


@pytest.mark.parametrize("body", [b"", b"ok", b"[1]", b'{"state": "lost", "external_id": null}', b"\xff{"])
def test_what_a_2xx_says_beside_is_not_taken_amiss(shop: Shop, called: Called, body: bytes) -> None:
    called().always = Answer(body=body)
    message = answered(shop)
    outbox.run_due()
    assert now(message) == ("sent", "", "")


@pytest.mark.parametrize(
    ("status", "delivery", "fault"),
    [
        (400, "failed", "refused"),
        (413, "failed", "refused"),
        (422, "failed", "refused"),
        (410, "failed", "gone"),
        (401, "queued", "denied"),
        (404, "queued", "denied"),
        (302, "queued", "denied"),  # a POST is never sent on
        (429, "queued", "busy"),
        (503, "queued", "busy"),
        (500, "queued", "answered"),
    ],
)
def test_each_status_means_something(shop: Shop, called: Called, status: int, delivery: str, fault: str) -> None:
    """For good, or to be tried again; the agent reads why, in words."""
    called().always = Answer(status, {"Location": "http://127.0.0.1/"} if status == 302 else {}, b"no such thing")
    message = answered(shop)
    outbox.run_due()
    assert now(message)[:2] == (delivery, f"channels_api.fault.{fault}")
    assert str(status) in message.delivery_reason or status == 302
    for language in ("en", "zh-Hans"):
        assert health.told(message.delivery_code, language) != message.delivery_code


def test_a_retry_carries_the_same_id(shop: Shop, called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    called().next = [Answer(500)]
    message = answered(shop)
    outbox.run_due()
    Outgoing.objects.update(due_at=clock.now())
    outbox.run_due()
    assert called().ids() == [str(message.id)] * 2
    assert [call.message["attempt"] for call in called().calls] == [1, 2]
    assert now(message)[0] == "sent"


def test_a_busy_system_is_left_alone_as_long_as_it_asks(shop: Shop, called: Called) -> None:
    called().always = Answer(503, {"Retry-After": "3600"})
    answered(shop)
    outbox.run_due()
    assert Outgoing.objects.get().due_at > clock.now() + timedelta(minutes=55)


def test_answers_of_a_conversation_come_in_their_order(shop: Shop, called: Called) -> None:
    """Also when the first must be tried again."""
    called().next = [Answer(500)]
    first = answered(shop, "One")
    conversations.reply(shop.admin, first.conversation_id, text="Two")
    outbox.run_due()
    assert [call.message["message"]["text"] for call in called().calls] == ["One"]
    Outgoing.objects.update(due_at=clock.now())
    outbox.run_due()
    assert [call.message["message"]["text"] for call in called().calls] == ["One", "One", "Two"]


def test_what_counts_as_another_way_goes_out_by_its_account(shop: Shop, called: Called) -> None:
    """A WeChat gateway of one's own: no channel of ours speaks WeChat, its account does."""
    shop.change(options={"speaks": "wechat"})
    answered(shop)
    assert outbox.run_due() == 1
    assert len(called().calls) == 1


def test_files_come_as_links_that_are_good_for_a_while(
    shop: Shop, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.put(SYSTEM, "channels.public_url", "https://help.example")
    message = answered(shop, attachments=[build.attachment("bill.txt", b"42").id])
    outbox.run_due()
    (file,) = called().calls[0].message["message"]["files"]
    assert (file["name"], file["size"]) == ("bill.txt", 2)
    link = file["link"].removeprefix("https://help.example")
    fetched = Browser()("GET", link)
    assert (fetched.status_code, b"".join(fetched.streaming_content)) == (200, b"42")
    assert "attachment" in fetched["Content-Disposition"]
    assert b"".join(shop.call("GET", file["path"]).streaming_content) == b"42"
    assert Browser()("GET", link[:-2] + "xx").json()["type"] == "/errors/channels_api-link-expired"
    monkeypatch.setattr(links, "GOOD_FOR", timedelta(seconds=-1))
    assert Browser()("GET", link).status_code == 410
    assert now(message)[0] == "sent"


def test_a_key_fetches_only_files_of_answers(shop: Shop) -> None:
    """Not what customers sent, not those of other accounts."""
    theirs = build.attachment("theirs.txt")
    conversation = shop.says().json()["conversation"]
    from servewell.apps.conversations.models import MessageAttachment

    MessageAttachment.objects.create(message=Message.objects.get(), attachment=theirs)
    path = f"/api/v1/channels/api/{shop.account.id}/files"
    assert shop.call("GET", f"{path}/{theirs.id}").json()["type"] == "/errors/channels_api-no-such-file"
    ours = build.attachment("ours.txt")
    conversations.reply(shop.admin, UUID(conversation), text="Here", attachments=[ours.id])
    assert b"".join(shop.call("GET", f"{path}/{ours.id}").streaming_content) == b"hello"
    Conversation.objects.update(account=None)
    assert shop.call("GET", f"{path}/{ours.id}").status_code == 404


def test_without_a_callback_answers_wait_to_be_fetched(shop: Shop) -> None:
    """Until the system reports them; then they are gone from the list."""
    message = answered(shop, attachments=[build.attachment("bill.txt").id])
    outbox.run_due()
    assert now(message)[0] == "queued"
    assert not Outgoing.objects.exclude(state="done").exists()
    path = f"/api/v1/channels/api/{shop.account.id}/outgoing"
    page = shop.call("GET", path).json()
    (found,) = page["items"]
    assert (found["id"], found["message"]["text"], found["conversation"]["thread"]) == (
        str(message.id),
        "On its way.",
        "t1",
    )
    assert [file["name"] for file in found["message"]["files"]] == ["bill.txt"]
    assert found["customer"]["identities"] == {"email": "wang@example.com"}
    report = shop.call("PUT", f"/api/v1/conversations/messages/{message.id}/delivery", {"state": "delivered"})
    assert report.json() == {"is_news": True}
    assert shop.call("GET", path).json() == {"items": [], "next": None}


def test_many_that_wait_come_by_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from servewell.apps.channels.api import outgoing

    monkeypatch.setattr(outgoing, "PAGE", 2)
    message = answered(shop, "1")
    for text in "2345":
        conversations.reply(shop.admin, message.conversation_id, text=text)
    path, found, cursor = f"/api/v1/channels/api/{shop.account.id}/outgoing", [], ""
    while cursor is not None:
        page = shop.call("GET", f"{path}?cursor={cursor}" if cursor else path).json()
        found += [one["message"]["text"] for one in page["items"]]
        cursor = page["next"]
    assert found == list("12345")


def test_what_waited_to_be_fetched_is_called_when_a_callback_is_entered(shop: Shop, receiver: Receiver) -> None:
    """In its order, each under its id, also one so old that its call is gone; none that is reported."""
    first = answered(shop, "1")
    rest = [conversations.reply(shop.admin, first.conversation_id, text=text) for text in "234"]
    assert outbox.run_due() == 4
    shop.call("PUT", f"/api/v1/conversations/messages/{first.id}/delivery", {"state": "delivered"})
    Outgoing.objects.filter(key=str(rest[2].id)).delete()
    shop.change(options={"callback_url": receiver.url, "callback_secret": SECRET})
    outbox.run_due()
    assert receiver.ids() == [str(one.id) for one in rest]
    assert [now(one)[0] for one in rest] == ["sent"] * 3
    shop.change(name="Shop again")
    outbox.run_due()
    assert len(receiver.calls) == 3


def test_an_answer_is_not_left_waiting_when_a_callback_was_entered_meanwhile(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = answered(shop)
    monkeypatch.setattr(calling, "callback_of", lambda account: None)
    Account.objects.update(options={"callback_url": receiver.url})
    outbox.run_due()
    assert Outgoing.objects.get(key=str(message.id)).state == "waiting"


def test_what_is_called_back_is_not_fetched_too(shop: Shop, called: Called) -> None:
    answer = shop.call("GET", f"/api/v1/channels/api/{shop.account.id}/outgoing")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/channels_api-called-back")


def test_the_test_button_calls_the_callback(shop: Shop, called: Called) -> None:
    found = check(shop.account)
    assert (found.ok, found.code) == (True, "ok")
    assert called().calls[0].message["type"] == "ping"
    called().always = Answer(500, {}, b"broken")
    found = check(shop.account)
    assert (found.ok, found.code) == (False, "answered")
    assert "broken" in found.words


def test_the_test_button_says_what_is_wrong_with_an_address(shop: Shop, called: Called) -> None:
    settings.put(SYSTEM, "base.outbound_allowed", [])
    assert check(shop.account).code == "forbidden"
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    shop.change(options={"callback_url": "http://127.0.0.1:9/none"})
    assert check(shop.account).code == "unreachable"
    shop.change(options={"callback_url": ""})
    assert check(shop.account).code == "no_callback"


def test_the_secret_is_never_given_back(shop: Shop, called: Called) -> None:
    from tests.service.apps.people.helpers import signed_in

    from servewell.apps.people.models import User

    boss = signed_in(User.objects.get(username="boss"))
    told = boss("GET", f"/api/v1/channels/accounts/{shop.account.id}")
    assert told.json()["secrets"] == {"callback_secret": True}
    assert [one["key"] for one in told.json()["extra"]] == ["incoming"]
    assert SECRET not in json.dumps(told.json())
