"""Does what an outside system hands in come in once, by its account, with all that it tells?"""

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import build
from tests.service.apps.channels.api.conftest import INCOMING, WANG, Shop
from tests.service.apps.people.helpers import Browser
from tests.together import at_once

from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.flows import actions as flows
from servewell.apps.flows import sorting
from servewell.apps.people.models import ApiKey


def test_it_works(shop: Shop) -> None:
    """It becomes a conversation of the account's team, that names the account; the account shows when it last came."""
    answer = shop.says(external_id="m1", thread="t1", subject="Parcel")
    assert answer.status_code == 201, answer.content
    conversation = Conversation.objects.get(pk=answer.json()["conversation"])
    assert (conversation.account, conversation.team_id) == (shop.account.id, shop.team.id)
    assert (conversation.channel, conversation.source, conversation.external_id) == ("api", "shop", "t1")
    assert Account.objects.get().last_in_at is not None


def test_the_same_message_twice_is_one(shop: Shop) -> None:
    """Also when eight hand it in at once."""
    answers = at_once(8, lambda _: shop.says(external_id="m1", thread="t1"))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["message"] for answer in answers}) == 1
    assert Message.objects.count() == 1


def test_a_thread_goes_on_where_it_began(shop: Shop) -> None:
    first = shop.says(external_id="m1", thread="t1").json()
    again = shop.says(external_id="m2", thread="t1").json()
    assert (again["conversation"], again["is_new_conversation"]) == (first["conversation"], False)


def test_what_it_answers_is_where_it_belongs(shop: Shop) -> None:
    first = shop.says(external_id="m1").json()
    again = shop.says(external_id="m2", answers=["unknown", "m1"]).json()
    assert again["conversation"] == first["conversation"]


def test_custom_fields_and_files_come_along(shop: Shop) -> None:
    conversations.create_field(shop.admin, "order", {"zh-Hans": "订单", "en": "Order"}, "text")
    sent = Browser().client.post(
        f"{INCOMING}/attachments",
        {"file": SimpleUploadedFile("box.txt", b"broken")},
        headers={"Authorization": f"Bearer {shop.key}"},
    )
    assert sent.status_code == 201
    answer = shop.says(fields={"order": "SO-7"}, attachments=[{"id": sent.json()["id"]}], quoted="> Earlier")
    assert answer.status_code == 201, answer.content
    assert Conversation.objects.get().fields == {"order": "SO-7"}
    message = Message.objects.get()
    assert message.quoted == "> Earlier"
    assert [one.attachment.name for one in message.files.all()] == ["box.txt"]


def test_the_way_of_contact_is_what_the_message_says_else_the_account(shop: Shop) -> None:
    shop.change(options={"speaks": "wechat"})
    shop.says(external_id="m1")
    shop.says(external_id="m2", channel="sms")
    assert sorted(Conversation.objects.values_list("channel", flat=True)) == ["sms", "wechat"]


def test_a_source_without_an_account_is_only_a_name(shop: Shop) -> None:
    shop.says(source="elsewhere")
    conversation = Conversation.objects.get()
    assert (conversation.account, conversation.team_id, conversation.source) == (None, None, "elsewhere")


def test_rules_of_the_reception_count(shop: Shop) -> None:
    """For what comes by this account, sent to this address."""
    other = build.team("Returns")
    conditions = {"accounts": [shop.account.id], "addresses": ["returns"]}
    flows.create_rule(shop.admin, "Returns", conditions=conditions, team=other.id)
    sorting.known.forget()
    shop.says(external_id="m1", recipient="Returns")
    shop.says(external_id="m2")
    assert list(Conversation.objects.order_by("number").values_list("team_id", flat=True)) == [other.id, shop.team.id]


def test_only_the_keys_that_an_account_names_speak_for_it(shop: Shop) -> None:
    """Another key may still hand in what other sources say."""
    stranger = shop.made_key("other")
    shop.change(options={"keys": [ApiKey.objects.get(name="shop").prefix]})
    refused = shop.says(key=stranger)
    assert (refused.status_code, refused.json()["type"]) == (403, "/errors/channels_api-not-its-key")
    assert shop.says(key=stranger, source="elsewhere").status_code == 201
    assert shop.says().status_code == 201
    own = f"/api/v1/channels/api/{shop.account.id}"
    for path in (f"{own}/outgoing", f"{own}/files/{shop.account.id}"):
        assert shop.call("GET", path, key=stranger).json()["type"] == "/errors/channels_api-not-its-key"


def test_only_those_keys_write_into_its_conversations_and_report_on_its_answers(shop: Shop) -> None:
    """Also when a conversation is named, with its customer, under another source."""
    conversation = shop.says(external_id="m1").json()["conversation"]
    answer = conversations.reply(shop.admin, UUID(conversation), text="On its way.")
    stranger = shop.made_key("other")
    shop.change(options={"keys": [ApiKey.objects.get(name="shop").prefix]})
    written = shop.says("Mine", key=stranger, source="elsewhere", conversation=conversation)
    report = f"/api/v1/conversations/messages/{answer.id}/delivery"
    for refused in (written, shop.call("PUT", report, {"state": "read"}, stranger)):
        assert (refused.status_code, refused.json()["type"]) == (403, "/errors/channels_api-not-its-key")
    assert Message.objects.count() == 2
    assert shop.says("Mine", conversation=conversation).json()["conversation"] == conversation
    assert shop.call("PUT", report, {"state": "read"}).json() == {"is_news": True}


def test_how_far_a_mail_got_is_not_an_outside_systems_to_say(shop: Shop) -> None:
    conversation = shop.says(external_id="m1").json()["conversation"]
    answer = conversations.reply(shop.admin, UUID(conversation), text="On its way.")
    report = f"/api/v1/conversations/messages/{answer.id}/delivery"
    Account.objects.update(channel="email")
    refused = shop.call("PUT", report, {"state": "read"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/errors/channels_api-not-its-message")
    Conversation.objects.update(account=None, source="email")
    assert shop.call("PUT", report, {"state": "read"}).status_code == 403
    Conversation.objects.update(source="elsewhere")
    assert shop.call("PUT", report, {"state": "read"}).json() == {"is_news": True}


@pytest.mark.parametrize("source", ["email", " email\n", "chat:x", "sms:1"])
def test_the_names_of_our_own_channels_are_nobody_elses(shop: Shop, source: str) -> None:
    """Neither of what comes in nor of an account."""
    from servewell.apps.channels.frame.errors import BadOption

    refused = shop.says(source=source)
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/channels_api-reserved-source")
    with pytest.raises(BadOption) as fault:
        shop.change(address=source.strip())
    assert fault.value.values["reason"] == "reserved"
    for language in ("en", "zh-Hans"):
        assert "option_reason" not in fault.value.sentence(language)


def test_a_source_is_known_whatever_stands_around_its_name(shop: Shop) -> None:
    stranger = shop.made_key("other")
    shop.change(options={"keys": [ApiKey.objects.get(name="shop").prefix]})
    assert shop.says(key=stranger, source=" shop ").status_code == 403


@pytest.mark.parametrize(
    ("options", "field", "reason"),
    [
        ({"callback_url": "https://shop.example/hook"}, "callback_secret", "required"),
        ({"callback_url": "ftp://shop.example"}, "callback_url", "not_url"),
        ({"callback_secret": "whsec_short"}, "callback_secret", "not_secret"),
        ({"callback_secret": "x" * 60}, "callback_secret", "not_secret"),
        ({"speaks": "fax"}, "speaks", "not_choice"),
    ],
)
def test_what_does_not_fit_an_account_is_named(shop: Shop, options: dict[str, Any], field: str, reason: str) -> None:
    from servewell.apps.channels.frame.errors import BadOption

    with pytest.raises(BadOption) as refused:
        shop.change(options=options)
    assert (refused.value.values["field"], refused.value.values["reason"]) == (field, reason)
    for language in ("en", "zh-Hans"):
        assert "option_reason" not in refused.value.sentence(language)


def test_an_account_needs_the_name_of_its_source(shop: Shop) -> None:
    from servewell.apps.channels.frame.errors import BadOption

    with pytest.raises(BadOption):
        shop.change(address="")


def test_a_stranger_to_us_hands_in_nothing(shop: Shop) -> None:
    assert shop.call("POST", INCOMING, {"identities": [WANG], "text": "x"}, key="sw_aaaaaaaa_x").status_code == 401
