"""What does a link to a customer's page open, for whom, and for how long?"""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.service.apps.conversations.desk import Desk, told
from tests.service.apps.people.helpers import Browser, signed_in

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case import actions as case
from servewell.apps.channels.frame.case.errors import LinkExpired, LinkRevoked, NoSuchLink
from servewell.apps.channels.frame.case.models import CaseLink
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers import actions as customers
from servewell.apps.journal import actions as journal
from servewell.apps.people.errors import NotAllowed

HERE = "https://help.example"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def public():
    settings.put(SYSTEM, "channels.public_url", HERE)


def opens(token):
    return links.opened(token)[1].id


def test_it_works(desk, public):
    """A link of a conversation opens it, in 47 characters that name nobody."""
    conversation = desk.received()
    url = links.link_of(conversation, "en")
    assert url.startswith(f"{HERE}/case/")
    token = url.removeprefix(f"{HERE}/case/").removesuffix("?lang=en")
    assert len(token) == 47
    assert opens(token) == conversation


def test_without_a_public_address_there_are_no_links(desk):
    """Half an address in a mail would lead nowhere."""
    assert links.link_of(desk.received()) == ""


def test_every_altered_token_is_refused_without_a_look_into_the_database(desk):
    """Whichever character is another one; the two bits that a last character has to spare open nothing else."""
    conversation = desk.received()
    token = links.token_of(conversation)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    with CaptureQueriesContext(connection) as done:
        for place, letter in enumerate(token[:-1]):
            other = alphabet[(alphabet.index(letter) + 1) % 64]
            with pytest.raises(NoSuchLink):
                links.opened(token[:place] + other + token[place + 1 :])
    assert len(done) == 0


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "=" * 47,
        "A" * 47,
        "A" * 48,
        "é" * 47,
        "\x00" * 47,
        "../../../etc/passwd",
        "a/b" * 16,
        " " * 47,
        "\ud800" * 47,
    ],
)
def test_what_is_no_token_is_no_link(token):
    """Of any form."""
    with pytest.raises(NoSuchLink):
        links.opened(token)


@given(st.binary(min_size=35, max_size=35))
def test_whatever_somebody_makes_up_is_no_link(raw):
    """35 bytes at random have no signature of ours."""
    with pytest.raises(NoSuchLink):
        links.opened(base64.urlsafe_b64encode(raw).decode().rstrip("="))


def test_a_link_of_nothing_is_no_link():
    """Also with a good signature: what it led to is gone."""
    with pytest.raises(NoSuchLink):
        links.opened(links.token_of(uuid4()))


def test_a_link_outlives_a_change_of_the_installations_key(desk, settings):
    """While the old key is kept; without it the link is nothing."""
    conversation = desk.received()
    before = links.token_of(conversation)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-this-installation-0123456789"
    assert opens(before) == conversation
    assert links.token_of(conversation) != before
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NoSuchLink):
        links.opened(before)


def test_a_link_ends_some_days_after_the_last_message(desk):
    """Ninety, unless the house says otherwise; a new message lets it go on."""
    conversation = desk.received()
    token = links.token_of(conversation)
    rows = Conversation.objects.filter(pk=conversation)
    rows.update(last_message_at=clock.now() - timedelta(days=89))
    assert opens(token) == conversation
    rows.update(last_message_at=clock.now() - timedelta(days=91))
    with pytest.raises(LinkExpired):
        links.opened(token)
    settings.put(SYSTEM, "channels.link_days", 100)
    assert opens(token) == conversation


def test_one_of_us_takes_links_back(desk, public):
    """All that were given, and none stands in mails until somebody makes one again: another one."""
    conversation, lin = desk.received(), desk.who("lin")
    before = links.token_of(conversation)
    case.revoke_link(lin, conversation)
    case.revoke_link(lin, conversation)  # again: nothing more happens
    assert links.link_of(conversation) == ""
    with pytest.raises(LinkRevoked):
        links.opened(before)
    url = case.renew_link(lin, conversation)
    assert url == links.link_of(conversation)
    assert opens(links.token_of(conversation)) == conversation
    with pytest.raises(LinkRevoked):
        links.opened(before)
    assert told(conversation)[-2:] == ["link_revoked", "link_renewed"]


def test_whoever_cannot_write_there_makes_and_takes_back_nothing(desk, public):
    """Another team's agent does not know it; an auditor only reads."""
    conversation = desk.received()
    for name in ("far", "auditor"):
        for verb in (case.revoke_link, case.renew_link):
            with pytest.raises(NotAllowed):
                verb(desk.who(name), conversation)


def test_a_link_follows_a_merge(desk):
    """And comes back when that is undone: a link is of a conversation, wherever it goes on."""
    one, other = desk.received(), desk.received("Another thing")
    token = links.token_of(one)
    actions.merge(desk.who("boss"), one, other)
    assert opens(token) == other
    case.revoke_link(desk.who("boss"), other)
    assert opens(token) == other  # the other's own links are taken back, not this one's


def test_after_an_erasure_a_link_is_nothing(desk):
    """With what was said about links, too."""
    conversation = desk.received()
    token = links.token_of(conversation)
    case.revoke_link(desk.who("lin"), conversation)
    customers.erase(SYSTEM, Conversation.objects.get(pk=conversation).customer_id)
    with pytest.raises(NoSuchLink):
        links.opened(token)


@pytest.mark.parametrize("verb", ["revoke_link", "renew_link", "solve"])
def test_nothing_changes_that_the_journal_does_not_hear_of(desk, public, verb, monkeypatch):
    """While it refuses, links stay as they are, and so does the conversation."""
    conversation, lin = desk.received(), desk.who("lin")
    if verb == "renew_link":
        case.revoke_link(lin, conversation)
    before = (list(CaseLink.objects.values()), Conversation.objects.get(pk=conversation).status)

    def refuse(event):
        raise LookupError("the journal refuses")

    monkeypatch.setattr(journal, "_insert", refuse)
    row = Conversation.objects.get(pk=conversation)
    with pytest.raises(LookupError), transaction.atomic():
        case.solve(row) if verb == "solve" else getattr(case, verb)(lin, conversation)
    assert (list(CaseLink.objects.values()), Conversation.objects.get(pk=conversation).status) == before


def test_links_are_made_and_taken_back_over_http(desk, public):
    """By whoever may write in the conversation."""
    conversation = desk.received()
    lin, far = signed_in(desk.lin), signed_in(desk.far)
    place = f"/api/v1/channels/conversations/{conversation}/link"
    made = lin("POST", place)
    assert (made.status_code, made.json()["url"]) == (200, links.link_of(conversation, ""))
    assert far("POST", place).status_code == 403
    assert lin("DELETE", place).status_code == 204
    token = made.json()["url"].rpartition("/")[2]
    gone = Browser()("GET", f"/api/v1/channels/case/{token}")
    assert (gone.status_code, gone.json()["type"]) == (410, "/errors/channels-link-revoked")


def test_without_a_public_address_an_agent_is_told_what_is_missing(desk):
    """In words, with who can help."""
    answer = signed_in(desk.lin)("POST", f"/api/v1/channels/conversations/{desk.received()}/link")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/channels-no-public-url")


def test_it_costs_one_query_to_open(desk):
    """Merged or not."""
    one, other = desk.received(), desk.received("Another thing")
    token = links.token_of(one)
    actions.merge(desk.who("boss"), one, other)
    links.opened(token)
    with CaptureQueriesContext(connection) as done:
        links.opened(token)
    assert len(done) <= 2  # the setting, where it is not remembered
