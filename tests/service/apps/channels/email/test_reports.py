"""Does a report on one of our mails show on its message and its address, and open no conversation?"""

import pytest
from tests import mails
from tests.service.apps.channels.email.postbox import came

from servewell.apps.base import texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import bounces, threads
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers.models import Identity
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(box: Account) -> Message:
    """A message of ours that went out to Wang."""
    first = came(box, mails.mail())
    reply = conversations.reply(SYSTEM, first.conversation_id, text="On its way.")
    conversations.deliver(SYSTEM, reply.id, "sent", external_id=name(reply))
    return reply


def name(message: Message) -> str:
    return threads.name_of(message.id, "shop.example")


def now(message: Message) -> tuple[str, str, str]:
    return Message.objects.values_list("delivery", "delivery_code", "delivery_reason").get(pk=message.pk)


def address() -> Identity:
    return Identity.objects.get(value="wang@example.com")


def nothing_opened() -> bool:
    return Conversation.objects.count() == 1 and Message.objects.count() == 2


def test_it_works(box: Account, sent: Message) -> None:
    """A bounce fails the message, in words, marks the address, and opens no conversation."""
    arrival = came(box, mails.bounce(name(sent), "wang@example.com"))
    assert (arrival.state, arrival.outcome, arrival.message_id) == ("passed", "bounce", sent.id)
    assert now(sent) == ("failed", "channels_email.bounce.unknown", "550 5.1.1 No such user")
    assert (address().bounces, address().bounce_code) == (True, "unknown")
    assert nothing_opened()
    assert Event.objects.filter(activity="customer.address_bounced").count() == 1


def test_codes_have_sentences() -> None:
    """Each reason has a sentence in both languages."""
    for language in ("en", "zh-Hans"):
        assert all(texts.say(f"channels_email.bounce.{code}", language) for code in (*bounces.CODES, "delayed", "copy"))


@pytest.mark.parametrize(
    ("status", "said", "then"),
    [
        ("5.1.2", "550 Host or domain name not found", ("domain", True)),
        ("5.2.1", "550 mailbox disabled", ("disabled", True)),
        ("5.2.2", "552 Mailbox full", ("full", False)),
        ("5.3.4", "552 Message size exceeds fixed limit", ("large", False)),
        ("5.7.1", "554 Message rejected as spam", ("refused", False)),
        ("5.7.1", "550 User unknown? Blocked by policy", ("refused", False)),
        ("4.4.7", "Delivery time expired", ("expired", False)),
        ("5.0.0", "550 用户不存在", ("unknown", True)),
        ("5.0.0", "Something odd", ("other", False)),
    ],
)
def test_reasons(box: Account, sent: Message, status: str, said: str, then: tuple[str, bool]) -> None:
    """Only what will never get there marks the address; a full box or a refusal fails the message alone."""
    came(box, mails.bounce(name(sent), "wang@example.com", status=status, said=said))
    assert now(sent)[0] == "failed"
    assert (now(sent)[1].rpartition(".")[2], address().bounces) == then


def test_delayed(box: Account, sent: Message) -> None:
    """A delay says so beside the message, which stays sent; the bounce that follows counts."""
    arrival = came(
        box, mails.bounce(name(sent), "wang@example.com", action="delayed", status="4.4.1", said="no answer")
    )
    assert (arrival.outcome, now(sent)) == ("report", ("sent", "channels_email.bounce.delayed", "no answer"))
    came(box, mails.bounce(name(sent), "wang@example.com"))
    assert now(sent)[0] == "failed"
    came(box, mails.bounce(name(sent), "wang@example.com", action="delayed", status="4.4.1", Message_ID="<late@mx>"))
    assert now(sent)[0] == "failed"


def test_delivered_and_read(box: Account, sent: Message) -> None:
    """A receipt of the server, then one of the reader."""
    came(box, mails.bounce(name(sent), "wang@example.com", action="delivered", status="2.0.0"))
    assert now(sent)[0] == "delivered"
    arrival = came(box, mails.receipt(name(sent)))
    assert (arrival.outcome, now(sent)[0]) == ("report", "read")
    assert nothing_opened()


def test_deleted_unread(box: Account, sent: Message) -> None:
    """Who says that it was deleted has not read it."""
    assert came(box, mails.receipt(name(sent), "deleted")).outcome == "report"
    assert now(sent)[0] == "sent"


BODY = "Your message could not be delivered.\n\n<wang@example.com>:\n550 5.1.1 User does not exist\n\n"
IN_WORDS = {
    "qmail": {"From": "MAILER-DAEMON@mx.example.net", "Subject": "failure notice", "Return_Path": "<>"},
    "Exim": {
        "From": "Mail Delivery System <Mailer-Daemon@mx.example.net>",
        "Subject": "Mail delivery failed: returning message to sender",
        "X_Failed_Recipients": "wang@example.com",
    },
    "QQ": {"From": "PostMaster@qq.com", "Subject": "来自qq.com的退信"},
    "163": {"From": "Postmaster@163.com", "Subject": "系统退信"},
    "Exchange": {"From": "postmaster@shop.example", "Subject": "Undeliverable: My parcel", "Return_Path": "<>"},
}


@pytest.mark.parametrize("server", IN_WORDS)
def test_in_words(box: Account, sent: Message, server: str) -> None:
    """Servers that write their reports for people are understood."""
    raw = mails.mail(f"{BODY}Message-ID: <{name(sent)}>\n", Message_ID="<b@mx>", **IN_WORDS[server])
    assert came(box, raw).outcome == "bounce"
    assert now(sent) == ("failed", "channels_email.bounce.unknown", "550 5.1.1 User does not exist")
    assert address().bounces
    assert nothing_opened()


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "postmaster@customer.example", "Subject": "Your last shipment was undeliverable, please resend"},
        {"X_Failed_Recipients": "wang@example.com"},
        {"From": "MAILER-DAEMON@mx.example.net", "Subject": "failure notice", "Return_Path": "<>"},
    ],
    ids=["the postmaster of a customer", "a header alone", "of a mail that is not ours"],
)
def test_what_only_looks_like_one(box: Account, sent: Message, headers: dict) -> None:
    """Without the form of a report, and about no message of ours: somebody may have written it, so it is a message."""
    arrival = came(box, mails.mail("Please resend.", Message_ID="<p@e>", **headers))
    assert (arrival.state, arrival.outcome, now(sent)[0]) == ("taken", "", "sent")
    assert Envelope.objects.get(message=arrival.message_id).auto == "notice"


def test_a_copy_comes_back(box: Account) -> None:
    """The customer has it: the message stays sent, and says whose copy came back."""
    first = came(box, mails.mail(Cc="Li <li@example.com>"))
    reply = conversations.reply(SYSTEM, first.conversation_id, text="On its way.")
    conversations.deliver(SYSTEM, reply.id, "sent", external_id=name(reply))
    came(box, mails.bounce(name(reply), "li@example.com"))
    assert now(reply) == ("sent", "channels_email.bounce.copy", "li@example.com: 550 5.1.1 No such user")
    assert not address().bounces
    came(box, mails.bounce(name(reply), "wang@example.com", Message_ID="<second@mx>"))
    assert now(reply)[0] == "failed"


def test_of_somebody_else(box: Account, sent: Message) -> None:
    """A bounce of a mail that is not ours changes nothing, and opens no conversation: that of spam in our name."""
    arrival = came(box, mails.bounce("abc@elsewhere.example", "wang@example.com"))
    assert (arrival.outcome, now(sent)[0], address().bounces) == ("bounce", "sent", False)
    assert nothing_opened()


def test_forged(box: Account, sent: Message) -> None:
    """Who knows our mail to them can say no more than that this one failed: not that others' addresses are dead."""
    Identity.objects.create(
        customer=address().customer.__class__.objects.create(name="Li"),
        kind="email",
        value="li@example.com",
        shown="li@example.com",
        added_by_kind="system",
    )
    came(box, mails.bounce(name(sent), "li@example.com"))
    assert not Identity.objects.get(value="li@example.com").bounces
    forged = f"{sent.id.hex}.{'0' * 16}.sw@shop.example"
    came(box, mails.bounce(forged, "wang@example.com", Message_ID="<f@x>"))
    assert not address().bounces


def test_a_person_about_a_bounce(box: Account, sent: Message) -> None:
    """A customer who writes about a bounce is no bounce; nor is their automatic reply about a parcel that came back."""
    arrival: Arrival = came(box, mails.mail(BODY, Subject="Undelivered mail?", Message_ID="<q@e>"))
    assert arrival.state == "taken"
    away = mails.mail("I am away.", Subject="Re: Delivery failed: 包裹退回", Message_ID="<r@e>", Return_Path="<>")
    assert came(box, away).state == "taken"
