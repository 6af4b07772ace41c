"""From where may one ask, how often, and what is asked before the first message?"""

from datetime import UTC, datetime, timedelta

import pytest
from tests import build, together
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat import cors
from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.models import Identity
from servewell.apps.people.actions import set_hours
from servewell.engines.calendars import Week, shifts

SHOP = "https://shop.example"
OFFICE = Week("Asia/Shanghai", (shifts("09:00-12:00 13:00-18:00"),) * 5 + ((),) * 2)
TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)  # ten in the morning in Shanghai


@pytest.fixture
def shop(db):
    """A chat on the pages of a shop."""
    return chat(options={"origins": [SHOP, "https://*.shop.example"]})


# --- Origins -------------------------------------------------------------------------------------------------------

ORIGINS = {  # origin of the page: may it?
    SHOP: True,
    "https://SHOP.example": True,  # browsers write it small; a program may not
    "https://www.shop.example": True,
    "https://a.b.shop.example": True,
    "http://shop.example": False,  # not the same scheme
    "https://shop.example:8443": False,
    "https://evilshop.example": False,
    "https://shop.example.evil.org": False,
    "null": False,  # a sandboxed frame, a file
    "http://testserver": True,  # our own
    "http://testserver.evil.org": False,
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_only_pages_of_named_origins_may_ask(shop, origin):
    """The preflight says so, and so does the answer; another page's request is refused, too."""
    visitor = Visitor(shop)
    asked = visitor("OPTIONS", "visitors", Origin=origin, **{"Access-Control-Request-Method": "POST"})
    answer = visitor("POST", "visitors", {}, Origin=origin)
    if ORIGINS[origin]:
        assert (asked.status_code, answer.status_code) == (204, 200)
        assert asked["Access-Control-Allow-Origin"] == answer["Access-Control-Allow-Origin"] == origin
        assert "authorization" in asked["Access-Control-Allow-Headers"]
    else:
        assert (asked.status_code, answer.status_code) == (403, 403)
        assert answer.json()["type"] == "/errors/channels_webchat-wrong-origin"
        assert "Access-Control-Allow-Origin" not in answer
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_refusal_can_be_read_by_the_page(shop):
    """Or it would see nothing but a broken network."""
    answer = Visitor(shop, "x" * 43)("GET", "state", Origin=SHOP)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, SHOP)


def test_everywhere_is_said_on_purpose(db):
    assert Visitor(chat(options={"origins": ["*"]}))("POST", "visitors", {}, Origin="https://a.org").status_code == 200
    assert Visitor(chat())("POST", "visitors", {}, Origin="https://a.org").status_code == 403


NORMAL = {
    "https://Shop.Example/": SHOP,
    "https://shop.example:443": SHOP,
    "http://localhost:5173": "http://localhost:5173",
    "https://*.shop.example": "https://*.shop.example",
    " * ": "*",
    "shop.example": "",
    "https://shop.example/chat": "",
    "https://u:p@shop.example": "",
    "javascript:alert(1)": "",
    "https://": "",
    "https://shop.example:99999": "",
    "https://a b": "",
}


@pytest.mark.parametrize("text", NORMAL)
def test_an_origin_has_one_form(text):
    assert cors.normal(text) == NORMAL[text]


def test_a_session_of_ours_means_nothing_here(site):
    """Cookies are not looked at: no page of another origin acts for somebody of us."""
    browser = signed_in(person("wang", "administrator"))
    answer = browser("GET", f"/api/v1/channels/webchat/{site.id}/state")
    assert (answer.status_code, answer.json()["type"]) == (401, "/errors/channels_webchat-no-visitor")


def test_a_visitors_token_opens_nothing_else(site):
    """Nor another site."""
    visitor = arrived(site)
    other = chat(name="Other")
    assert visitor("GET", "/api/v1/conversations/counts").status_code == 401
    assert visitor("GET", f"/api/v1/channels/webchat/{other.id}/state").status_code == 401


def test_a_paused_or_removed_site_is_not_there(site):
    """For its visitors too; afterwards they go on."""
    visitor = arrived(site)
    site.state = "paused"
    site.save()
    for answer in (visitor("GET", "state"), visitor("GET", "config"), visitor("POST", "visitors", {})):
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/channels_webchat-no-such-site")
    site.state = "active"
    site.save()
    assert visitor("GET", "state").status_code == 200


# --- How often -----------------------------------------------------------------------------------------------------


def test_too_many_messages_are_told_to_wait(site):
    """429 with the seconds; the same may be sent again then."""
    settings.put(SYSTEM, "channels_webchat.messages_per_minute", 6)
    visitor = Visitor(site)
    visitor.hello()
    now = clock.now()
    with clock.frozen(now):
        answers = [visitor.say(str(number)) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert (answers[3]["Retry-After"], answers[3].json()["type"]) == ("10", "/errors/channels_webchat-too-fast")
    with clock.frozen(now + timedelta(seconds=10)):
        assert visitor.say("4").status_code == 201


def test_a_network_brings_only_so_many_new_visitors(site):
    """Others are not held up by it."""
    settings.put(SYSTEM, "channels_webchat.hellos_per_minute", 3)
    with clock.frozen(clock.now()):
        answers = [Visitor(site)("POST", "visitors", {}).status_code for _ in range(4)]
        known = Known.objects.count()
        other = Visitor(site)
        other.client.defaults["REMOTE_ADDR"] = "203.0.113.7"
        assert other("POST", "visitors", {}).status_code == 200
    assert (answers, known) == ([200, 200, 200, 429], 3)


def test_who_is_known_already_is_not_counted_as_new(site):
    """A page load is not a new visitor."""
    settings.put(SYSTEM, "channels_webchat.hellos_per_minute", 3)
    visitor = Visitor(site)
    with clock.frozen(clock.now()):
        for _ in range(6):
            visitor.hello()
    assert Known.objects.count() == 1


def test_the_network_is_kept_as_a_mark_only(site):
    """And the page without what follows ? and #."""
    visitor = Visitor(site, **{"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    visitor.client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    visitor.hello(page={"url": f"{SHOP}/cart?token=abc#x", "title": "Cart", "referrer": "javascript:alert(1)"})
    row = Known.objects.get()
    assert (row.page_url, row.page_title, row.referrer) == (f"{SHOP}/cart", "Cart", "")
    assert row.browser == "firefox linux"
    assert "203.0" not in str(Known.objects.values().get())


def test_a_text_has_an_end(site):
    visitor = arrived(site)
    refused = visitor.say("x" * 4001)
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/channels_webchat-too-long")
    assert visitor.say(" \n ").json()["type"] == "/errors/channels_webchat-nothing-written"


# --- The form ------------------------------------------------------------------------------------------------------


def test_what_is_required_is_asked_before_the_first_message(lin):
    """And not again once it is known; a conversation that runs asks nothing."""
    options = [{"code": "parcel", "names": {"zh-Hans": "包裹", "en": "Parcel"}}]
    names = {"zh-Hans": "主题", "en": "Topic"}
    actions.create_field(build.person("boss", "administrator").principal(), "topic", names, "choice", options=options)
    asked = {"ask_email": "required", "ask_name": "optional", "ask_fields": ["topic!", "gone"]}
    visitor = Visitor(chat(options=asked))
    assert visitor.hello()["state"]["ask"] == ["name", "email", "topic"]
    form = visitor("GET", "config?lang=en").json()["form"]
    assert [(one["key"], one["kind"], one["required"]) for one in form] == [
        ("name", "text", False),
        ("email", "email", True),
        ("topic", "choice", True),
    ]
    assert form[2]["options"] == [{"code": "parcel", "name": "Parcel"}]
    refused = visitor.say("Hello", form={"email": "no address"})
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/channels_webchat-form-incomplete")
    assert [(one["key"], one["code"]) for one in refused.json()["fields"]] == [
        ("email", "unfit"),
        ("topic", "required"),
    ]
    assert all(one["sentence"] for one in refused.json()["fields"])
    form = {"email": "lin@example.com", "topic": "parcel", "name": "Lin", "unknown": 1}
    assert visitor.say("Hello", form=form).status_code == 201
    conversation = Conversation.objects.select_related("customer").get()
    assert (conversation.fields, conversation.customer.name) == ({"topic": "parcel"}, "Lin")
    assert visitor.state()["ask"] == []
    assert visitor.say("And another").status_code == 201
    visitor("POST", "end")
    assert visitor.state()["ask"] == ["topic"]
    assert not Identity.objects.filter(kind="email").exists()  # it was typed, so it is a claim


# --- Hours and queue -----------------------------------------------------------------------------------------------


def test_outside_of_the_hours_a_message_may_be_left(site):
    """The sentence says until when; the message is taken."""
    set_hours(SYSTEM, site.team, OFFICE)
    with clock.frozen(TUESDAY):
        hours = Visitor(site)("GET", "config?lang=en").json()["hours"]
        assert (hours["open"], hours["closes_at"], hours["sentence"]) == (True, "2026-11-24T04:00:00Z", "")
    with clock.frozen(TUESDAY + timedelta(hours=9)):
        visitor = Visitor(site)
        hours = visitor("GET", "config?lang=en").json()["hours"]
        assert (hours["open"], hours["opens_at"], hours["takes_messages"]) == (False, "2026-11-25T01:00:00Z", True)
        assert "tomorrow, 09:00 (UTC+8)" in hours["sentence"]
        assert "明天 09:00（UTC+8）" in visitor("GET", "config?lang=zh-CN").json()["hours"]["sentence"]
        visitor.hello()
        assert visitor.say("Anybody there?").status_code == 201


def test_a_site_may_take_none_while_it_is_closed(site):
    """But who is in the middle of a conversation goes on."""
    set_hours(SYSTEM, site.team, OFFICE)
    site.options = {"take_when_closed": False}
    site.save()
    with clock.frozen(TUESDAY):
        inside = arrived(site)
    with clock.frozen(TUESDAY + timedelta(hours=9)):
        assert inside.say("Still there?").status_code == 201
        visitor = Visitor(site)
        visitor.hello()
        refused = visitor.say("Anybody there?")
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors/channels_webchat-closed-now")
    assert refused.json()["opens_at"].startswith("2026-11-25T01:00:00")


def test_the_wait_is_reckoned_from_what_was_taken_up_in_the_last_hour(site, lin):
    """Unassigned ones of the team ahead, times the mean interval of the last hour; nobody guesses without one."""
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=90)):
        actions.take(lin, arrived(site).last["conversation"])  # too long ago
    waiting = []
    for number, where in enumerate((site, site, site, chat(team=build.team("Else")))):
        with clock.frozen(now - timedelta(minutes=20 - number)):
            waiting.append(arrived(where))
    first, second, third, others = waiting
    with clock.frozen(now):
        queue = third.state()["queue"]
        assert (queue["ahead"], queue["position"], queue["wait_s"]) == (2, 3, None)
        assert "nobody was taken up" in queue["sentence"]
    with clock.frozen(now + timedelta(seconds=1)):
        for _ in range(3):
            actions.take(lin, arrived(site).last["conversation"])
    from servewell.apps.channels.webchat import desk

    desk._paces.clear()
    with clock.frozen(now + timedelta(seconds=2)):
        queue = third.state()["queue"]
        assert (queue["ahead"], queue["wait_s"]) == (2, 2 * 3600 // 3)
        assert queue["sentence"] == "2 people are ahead of you. It should take about 40 min."
        actions.take(lin, first.last["conversation"])
        assert third.state()["queue"]["ahead"] == 1
        assert others.state()["queue"]["ahead"] == 0
        assert second.state()["queue"]["sentence"].startswith("You are next.")


def test_the_config_is_not_sent_twice(site):
    """An ETag; any page may read it that may ask."""
    visitor = Visitor(site)
    first = visitor("GET", "config?lang=en")
    again = visitor("GET", "config?lang=en", **{"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.json()["language"] == "en"
    site.options = {"languages": "zh-Hans", "title_zh": "有问题？"}
    site.save()
    later = visitor("GET", "config?lang=en", **{"If-None-Match": first["ETag"]})
    assert (later.status_code, later.json()["language"], later.json()["texts"]["title"]) == (200, "zh-Hans", "有问题？")


# --- At the same moment --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_first_messages_of_two_pages_make_one_conversation(settings):
    """Of any number of pages, all at once; none is lost, and the same one from two pages is one."""
    site = chat()
    visitor = Visitor(site)
    visitor.hello()

    def write(number):
        page = Visitor(site, visitor.token)
        return page.say(f"{number // 2}", client_id=f"018f0000-0000-7000-8000-{number // 2:012}").json()

    said = together.at_once(8, write)
    assert len({one["conversation"] for one in said}) == 1
    assert sorted(one["text"] for one in visitor.messages()["items"]) == ["0", "1", "2", "3"]
    assert Conversation.objects.count() == 1
