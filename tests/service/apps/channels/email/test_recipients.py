"""An answer goes to the customer of the conversation; others read it only if the customer wrote to them too."""

from uuid import uuid4

import pytest
from tests import build, mailservers
from tests.mailservers import Dovecot, Smtp
from tests.service.apps.channels.email.test_sending import answered, mail, read, taken

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import recipients
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case import actions as page
from servewell.apps.channels.frame.case.actions import Words
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation


@pytest.fixture
def account(dovecot: Dovecot, smtp: Smtp, address: str, db: None) -> Account:
    settings.put(SYSTEM, "channels.public_url", "https://help.example.com")
    made: Account = mailservers.account(address, dovecot, smtp, options={"aliases": ["help@example.com"]})
    return made


def sent_on(account: Account, conversation: Conversation, name: str, **heads: str) -> None:
    """Let somebody answer a mail of ours that the customer sent on to them."""
    sent, _ = answered(account, conversation)
    raw = mail(From="Li <li@example.com>", Message_ID=f"<{name}>", In_Reply_To=f"<{sent.external_id}>", **heads)
    assert taken(account, raw).id == conversation.id


def test_it_works(account: Account, smtp: Smtp) -> None:
    """To the customer alone, with the link to their page."""
    conversation = taken(account, mail())
    answered(account, conversation)
    assert smtp.taken[-1].receivers == ["wang@example.com"]
    assert links.link_of(conversation.id, "en") in read(smtp.taken[-1].raw).get_content()


def test_who_was_sent_a_mail_on_and_answers_it_gets_no_answer(account: Account, smtp: Smtp) -> None:
    """What is private for Wang goes to Wang, in answer to Wang's own mail."""
    conversation = taken(account, mail())
    sent_on(account, conversation, "friend@li")
    answered(account, conversation, text="Private for Wang")
    got = read(smtp.taken[-1].raw)
    assert smtp.taken[-1].receivers == ["wang@example.com"]
    assert got["Cc"] is None
    assert got["In-Reply-To"] == "<first@wang.example>"


def test_who_the_customer_wrote_to_as_well_gets_a_copy_and_no_link(account: Account, smtp: Smtp) -> None:
    """Also after they wrote themselves; the link opens the whole conversation."""
    conversation = taken(account, mail(Cc="li@example.com"))
    sent_on(account, conversation, "friend@li", Cc="zhao@example.com")
    answered(account, conversation)
    assert smtp.taken[-1].receivers == ["wang@example.com", "li@example.com"]
    assert "https://help.example.com" not in read(smtp.taken[-1].raw).get_content()


def test_an_answer_to_another_address_than_they_wrote_from_bears_no_link(account: Account, smtp: Smtp) -> None:
    """Anybody may write a Reply-To."""
    conversation = taken(account, mail(Reply_To="other@elsewhere.example"))
    answered(account, conversation)
    assert smtp.taken[-1].receivers == ["other@elsewhere.example"]
    assert "https://help.example.com" not in read(smtp.taken[-1].raw).get_content()
    assert recipients.of(conversation, "").reply_to_differs


def test_what_the_customer_wrote_on_their_page_is_for_nobody_else(account: Account, smtp: Smtp) -> None:
    """Neither the answer to it goes to those of the last mail, nor are its words quoted."""
    conversation = taken(account, mail(Cc="li@example.com"))
    page.write(conversation.id, conversation, Words(uuid4(), "My card is 4711", []))
    answered(account, conversation)
    assert smtp.taken[-1].receivers == ["wang@example.com"]
    said = read(smtp.taken[-1].raw).get_content()
    assert "4711" not in said
    assert "> Where is it?" in said


def test_a_customer_who_never_wrote_a_mail(account: Account) -> None:
    """Gets it at the address we know; without one there is nobody."""
    who = build.person("first", "administrator").principal()
    opened = conversations.open_for(who, build.customer().id, channel="email", text="Hello", subject="News")
    conversation = Conversation.objects.get(pk=opened.conversation_id)
    found = recipients.of(conversation, "wang@example.com")
    assert found.to is not None
    assert (found.to.address, found.is_private) == ("wang@example.com", True)
    assert recipients.of(conversation, "").to is None


def test_whom_one_of_us_told_of_a_mail_they_sent_on_gets_no_copy(account: Account, smtp: Smtp) -> None:
    """The customer never wrote to them, and does not learn who they are."""
    account.options = {**account.options, "forwards_from_staff": True, "trusted_authserv": "mx.example.com"}
    account.save()
    build.person("lin", "agent", email="lin@example.com")
    sent = "---------- Forwarded message ---------\nFrom: Li <li@example.com>\nDate: today\n\nHelp!\n"
    raw = mail(
        From="lin@example.com", To="help@example.com, boss@example.com", Cc="secret@example.com", Subject="FW: x"
    )
    raw = b"Authentication-Results: mx.example.com; dmarc=pass\r\n" + raw
    conversation = taken(account, raw.replace(b"Where is it?\r\n", sent.encode()))
    answered(account, conversation, identities={"email": "li@example.com"})
    assert smtp.taken[-1].receivers == ["li@example.com"]
    assert read(smtp.taken[-1].raw)["Cc"] is None
