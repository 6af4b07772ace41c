"""Who does the site say sits there? Signed tokens, and what nobody gets to see by them."""

import base64
import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.base import clock
from servewell.apps.channels.frame import options
from servewell.apps.channels.webchat import identity
from servewell.apps.channels.webchat.errors import BadIdentity
from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.models import Identity

GUIDE = Path(__file__).parents[5] / "docs/guide"
SECRET, OLD = "s3cret-of-the-shop", "the-one-before"


@pytest.fixture
def shop(db):
    """A chat whose site signs identities."""
    return chat(sealed=options.sealed({"identity_secret": SECRET, "identity_secret_before": OLD}))


def signed(person="42", secret=SECRET, **claims):
    return identity.sign(secret, {"id": person, "name": "Wang Lin", "email": "lin@example.com"} | claims)


def known(kind):
    return list(Identity.objects.filter(kind=kind).values_list("value", flat=True))


def test_it_works(shop):
    """A signed visitor is known by name, and their address is proven."""
    visitor = Visitor(shop)
    hello = visitor.hello(identity=signed())
    assert hello["visitor"] == {"id": hello["visitor"]["id"], "identified": True, "name": "Wang Lin"}
    visitor.say("Hello")
    customer = Conversation.objects.get().customer
    assert customer.name == "Wang Lin"
    assert (known("external"), known("email")) == (["42"], ["lin@example.com"])
    assert Identity.objects.get(kind="email").verified_at is not None


def test_the_secret_before_still_counts(shop):
    assert Visitor(shop).hello(identity=signed(secret=OLD))["visitor"]["identified"]


NOW = 1_800_000_000
BAD = {
    "no dot": ("abc", "form"),
    "nothing": (".", "signature"),
    "another's secret": (identity.sign("other", {"id": "42"}), "signature"),
    "a changed body": (
        base64.urlsafe_b64encode(b'{"id":"43"}').decode().rstrip("=") + "." + signed().partition(".")[2],
        "signature",
    ),
    "a cut signature": (signed()[:-1], "signature"),
    "not ASCII": ("é.é", "form"),
    "too long": (signed(name="x" * 5000), "form"),
    "no id": (identity.sign(SECRET, {"name": "Lin"}), "id"),
    "an empty id": (identity.sign(SECRET, {"id": " "}), "id"),
    "an id that is a list": (identity.sign(SECRET, {"id": ["42"]}), "id"),
    "an id that is true": (identity.sign(SECRET, {"id": True}), "id"),
    "an id too long": (identity.sign(SECRET, {"id": "x" * 201}), "id"),
    "expired": (signed(exp=NOW - 1), "expired"),
    "of two years ago": (signed(iat=NOW - 2 * 366 * 86400), "expired"),
    "of tomorrow": (signed(iat=NOW + 86400), "future"),
    "an end that is text": (signed(exp="tomorrow"), "form"),
    "an end that is no number": (signed(exp=float("nan")), "form"),
    "a body that is a list": (identity.sign(SECRET, ["42"]), "form"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_verify_is_refused_with_the_reason(name):
    """Whoever builds the tokens is told which of them is wrong."""
    token, reason = BAD[name]
    from datetime import UTC, datetime

    with pytest.raises(BadIdentity) as refused:
        identity.verified(token, [SECRET], datetime.fromtimestamp(NOW, UTC))
    assert refused.value.values["reason"] == reason


def test_a_site_without_a_secret_believes_nobody(site):
    answer = Visitor(site)("POST", "visitors", {"identity": signed()})
    assert (answer.status_code, answer.json()["reason"]) == (422, "unset")


def test_the_form_of_other_languages_verifies():
    """As the guide's examples make it: compact JSON in UTF-8, padded or not, digits in any case, the id a number."""
    from datetime import UTC, datetime

    body = base64.urlsafe_b64encode(json.dumps({"id": 42, "name": "王琳"}, ensure_ascii=False).encode()).decode()
    for shape in (body, body.rstrip("=")):
        token = f"{shape}.{identity._signature(SECRET, shape).upper()}"
        found = identity.verified(token, ["", SECRET], datetime.fromtimestamp(NOW, UTC))
        assert (found.id, found.name) == ("42", "王琳")


def test_who_signs_in_while_chatting_goes_on_with_a_new_token(shop):
    """The conversation stays; whoever kept the old token (at a shared computer) does not follow."""
    visitor = arrived(shop)
    before, conversation = visitor.token, visitor.last["conversation"]
    hello = visitor.hello(identity=signed())
    assert visitor.token != before
    assert hello["state"]["conversation"]["id"] == conversation
    assert visitor.say("It is me").json()["conversation"] == conversation
    assert Visitor(shop, before)("GET", "state").status_code == 401
    assert Known.objects.count() == 1


def test_who_comes_next_at_the_same_browser_sees_nothing(shop):
    """Another identity, or none: a new visitor."""
    visitor = Visitor(shop)
    visitor.hello(identity=signed())
    visitor.say("My secret question")
    for following in ({"identity": signed("43", email="other@example.com")}, {}):
        other = Visitor(shop, visitor.token)
        hello = other.hello(**following)
        assert other.token != visitor.token
        assert hello["state"]["conversation"] is None
        assert other.messages()["items"] == []
        other.say("Mine")
        assert [one["text"] for one in other.messages()["items"]] == ["Mine"]
    assert Conversation.objects.count() == 3


def test_the_same_person_goes_on_at_another_device(shop, lin):
    """Known by the signature, with what was said on the first one."""
    phone, laptop = Visitor(shop), Visitor(shop)
    phone.hello(identity=signed())
    phone.say("From the phone")
    assert laptop.hello(identity=signed())["state"]["conversation"]["status"] == "waiting"
    assert [one["text"] for one in laptop.messages()["items"]] == ["From the phone"]
    laptop.say("From the laptop")
    actions.reply(lin, phone.messages()["conversation"], text="To both")
    assert [one["text"] for one in phone.messages()["items"]][1:] == ["From the laptop", "To both"]
    assert Conversation.objects.count() == 1


def test_two_devices_that_begin_at_the_same_time_begin_one_conversation(shop):
    """Both were there before anybody wrote."""
    phone, laptop = Visitor(shop), Visitor(shop)
    for device in (phone, laptop):
        device.hello(identity=signed())
    assert phone.say("One").json()["conversation"] == laptop.say("Two").json()["conversation"]


def test_what_was_before_is_for_the_signed_only(shop, site):
    """Others' ids open nothing."""
    visitor = Visitor(shop)
    visitor.hello(identity=signed())
    first = visitor.say("The first").json()["conversation"]
    visitor("POST", "end")
    visitor.say("The second")
    found = visitor("GET", "conversations").json()["items"]
    assert [(one["preview"], one["status"]) for one in found] == [("The second", "active"), ("The first", "ended")]
    told = visitor("GET", f"conversations/{first}/messages").json()
    assert [one["text"] for one in told["items"]] == ["The first"]
    other = Visitor(shop)
    other.hello(identity=signed("43", email="other@example.com"))
    assert other("GET", "conversations").json()["items"] == []
    assert other("GET", f"conversations/{first}/messages").status_code == 404
    anonymous = arrived(shop)
    assert anonymous("GET", "conversations").status_code == 403
    assert anonymous("GET", f"conversations/{first}/messages").status_code == 403


def test_a_site_may_want_everybody_signed(shop):
    """Neither a hello nor an old token gets in without."""
    early = arrived(shop)
    shop.options = {"identity": "required"}
    shop.save()
    refused = Visitor(shop)("POST", "visitors", {})
    assert (refused.status_code, refused.json()["type"]) == (403, "/errors/channels_webchat-identity-needed")
    assert early("GET", "state").status_code == 403
    assert Visitor(shop).hello(identity=signed())["visitor"]["identified"]


def test_a_token_ends_when_it_was_not_used_for_long(site):
    """Each use within the time renews it."""
    visitor = arrived(site)
    with clock.frozen(clock.now() + timedelta(days=100)):
        assert visitor("GET", "state").status_code == 200
    with clock.frozen(clock.now() + timedelta(days=250)):
        assert visitor("GET", "state").status_code == 200
    with clock.frozen(clock.now() + timedelta(days=250 + 181)):
        assert visitor("GET", "state").status_code == 401


def test_who_is_forgotten_leaves_no_token(site):
    visitor = arrived(site)
    assert visitor("DELETE", "visitors/me").status_code == 204
    assert visitor("GET", "state").status_code == 401
    assert Known.objects.count() == 0
    assert Conversation.objects.count() == 1


def test_the_token_itself_is_kept_nowhere(site):
    visitor = arrived(site)
    row = Known.objects.values().get()
    assert visitor.token not in json.dumps(row, default=str)


def test_a_typed_address_is_a_claim(shop):
    """Who types somebody's address does not become them."""
    owner = Visitor(shop)
    owner.hello(identity=signed())
    owner.say("I am Lin")
    shop.options = {"ask_email": "required"}
    shop.save()
    stranger = Visitor(shop)
    stranger.hello()
    stranger.say("So am I", form={"email": "lin@example.com"})
    customers = set(Conversation.objects.values_list("customer", flat=True))
    assert len(customers) == 2
    assert Identity.objects.filter(kind="email").count() == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["python", "js"])
def test_the_examples_of_the_guide_make_tokens_that_verify(language, kind):
    """As they stand; the one for PHP is built of the same three steps."""
    guide = (GUIDE / language / "webchat.md").read_text(encoding="utf-8")
    example = re.search(rf"```{kind}\n((?:(?!```).)*token\((?:secret|\$).*?)```", guide, re.DOTALL)[1]
    if kind == "python":
        made = {}
        exec(example, made)  # noqa: S102 - our own guide
        token = made["token"](SECRET, SimpleNamespace(id=42, name="王琳", email="lin@example.com"))
    else:
        call = f"{example}\nconsole.log(token('{SECRET}', {{id: 42, name: '王琳', email: 'lin@example.com'}}))"
        if (node := shutil.which("node")) is None:
            pytest.skip("there is no node here")
        token = subprocess.run([node, "-e", call], capture_output=True, text=True, check=True).stdout.strip()
    found = identity.verified(token, [SECRET], clock.now())
    assert (found.id, found.name, found.email) == ("42", "王琳", "lin@example.com")
