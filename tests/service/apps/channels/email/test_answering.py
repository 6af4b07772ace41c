"""A mailbox answers by itself once, to people only, and never without end."""

from datetime import UTC, datetime

import pytest
from tests import build, mailservers
from tests.mailservers import Dovecot, Smtp
from tests.service.apps.channels.email.test_sending import outgoing, read

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import sending
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations import history
from servewell.apps.conversations.models import Conversation, Message, Status
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import Hours

OPEN = datetime(2026, 3, 10, 3, tzinfo=UTC)  # a Tuesday, eleven o'clock in Shanghai
SHUT = datetime(2026, 3, 10, 15, tzinfo=UTC)


@pytest.fixture
def account(dovecot: Dovecot, smtp: Smtp, address: str, db: None) -> Account:
    made: Account = mailservers.account(address, dovecot, smtp, options={"acknowledge": True})
    return made


def came(account: Account, name: str = "one", sender: str = "wang@example.com", **heads: str) -> None:
    """Take a mail in, as a worker does."""
    lines = {"From": sender, "To": account.address, "Subject": "Parcel", "Message-ID": f"<{name}@wang>"}
    lines |= {key.replace("_", "-"): value for key, value in heads.items()}
    head = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
    assert frame.arrived(account, "", f"{head}\r\nWhere is it? ({name})\r\n".encode())
    assert arrivals.read_due() == 1


def answers() -> list[Message]:
    return list(Message.objects.filter(author_kind="system").order_by("created_at", "id"))


def test_it_works(account: Account, smtp: Smtp) -> None:
    """The customer reads the number; nobody has answered by that, and the customer still waits for us."""
    came(account)
    (answer,) = answers()
    conversation = Conversation.objects.get()
    assert f"#{conversation.number}" in answer.text
    assert answer.delivery == "queued"
    assert (conversation.status, conversation.first_reply_at) == (Status.OPEN, None)
    assert conversation.waiting_since is not None
    assert conversation.preview.startswith("Where is it?")
    sending.send(account, outgoing(answer))
    got = read(smtp.taken[-1].raw)
    assert got["Auto-Submitted"] == "auto-replied"
    assert got["X-Auto-Response-Suppress"] == "All"
    assert got["In-Reply-To"] == "<one@wang>"


def test_it_goes_out_by_the_same_outbox(account: Account) -> None:
    """As every answer does."""
    from servewell.apps.base.models import Outgoing

    came(account)
    (answer,) = answers()
    assert Outgoing.objects.get(kind="channels.send").payload == {"message": str(answer.id)}


def test_only_the_first_mail_of_a_conversation_is_answered(account: Account) -> None:
    """A second one belongs to it; the same once more is none."""
    came(account)
    came(account, "two", In_Reply_To="<one@wang>")
    came(account)
    assert Conversation.objects.count() == 1
    assert len(answers()) == 1


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<news.example.com>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
    ],
    ids=lambda heads: "-".join(*heads.items()),
)
def test_programs_are_kept_and_not_answered(account: Account, heads: dict[str, str]) -> None:
    """Each by what it says of itself."""
    came(account, **heads)
    assert Conversation.objects.count() == 1
    assert answers() == []


def test_our_own_addresses_are_not_answered(account: Account) -> None:
    """From equal to our address, our own message coming back, another mailbox of ours, an alias: no loop."""
    account.options = {**account.options, "aliases": ["shop@example.com"]}
    account.save()
    mailservers.account(f"other-{account.address}", None)
    for number, sender in enumerate((account.address.upper(), "shop@example.com", f"other-{account.address}")):
        came(account, f"own{number}", sender=sender)
    came(account, "back", Reply_To=account.address)
    assert answers() == []


def test_our_own_answer_that_comes_back_ends_there(account: Account, smtp: Smtp) -> None:
    """It is no message and opens nothing."""
    came(account)
    (answer,) = answers()
    sending.send(account, outgoing(answer))
    assert frame.arrived(account, "", smtp.taken[-1].raw)
    arrivals.read_due()
    assert Message.objects.count() == 2
    assert len(answers()) == 1


def test_nobody_gets_more_than_a_few_in_an_hour(account: Account) -> None:
    """Whatever its case; an alert tells of it; after the hour it goes on."""
    from servewell.apps.journal.models import Event

    settings.put(SYSTEM, "channels.answers_per_hour", 2)
    for number in range(5):
        came(account, str(number), sender="Wang@Example.com" if number % 2 else "wang@example.com")
    assert Conversation.objects.count() == 5
    assert len(answers()) == 2
    assert Event.objects.filter(activity="channel.answers_stopped").count() == 1
    came(account, "li", sender="li@example.com")
    assert len(answers()) == 3


def test_nobody_is_flooded_by_mails_that_ask_to_be_answered_elsewhere(account: Account) -> None:
    """What counts is who gets the answer; at another house than the writer's nobody does."""
    settings.put(SYSTEM, "channels.answers_per_hour", 2)
    for number in range(4):
        came(account, f"far{number}", sender=f"bot{number}@evil.example", Reply_To="victim@example.com")
    assert answers() == []
    for number in range(4):
        came(account, f"near{number}", sender=f"bot{number}@example.com", Reply_To="Victim@example.com")
    assert Conversation.objects.count() == 8
    assert len(answers()) == 2


def test_outside_the_teams_hours_other_words_are_said(account: Account) -> None:
    """Of the team of the conversation."""
    team = build.team()
    Hours.objects.create(
        team=team, zone="Asia/Shanghai", week=[[day, 540, 1080] for day in range(5)], exceptions={}, changed_at=SHUT
    )
    account.team = team
    account.options = {**account.options, "out_of_hours": True, "out_of_hours_en": "Shut. {number}"}
    account.version += 1
    account.save()
    with clock.frozen(SHUT):
        came(account)
    assert answers()[-1].text == f"Shut. #{Conversation.objects.get().number}"
    with clock.frozen(OPEN):
        came(account, "two", sender="li@example.com")
    assert "as soon as we can" in answers()[0].text  # it is earlier that day


def test_words_of_the_house_with_braces_of_their_own(account: Account) -> None:
    """Only the places we know are filled."""
    account.options = {**account.options, "acknowledge_en": "{number} {name} {0} {"}
    account.version += 1
    account.save()
    came(account)
    assert answers()[0].text == f"#{Conversation.objects.get().number} {{name}} {{0}} {{"


def test_off_means_off(account: Account) -> None:
    """As it is unless somebody wants it."""
    account.options = {**account.options, "acknowledge": False}
    account.version += 1
    account.save()
    came(account)
    assert answers() == []


def test_a_blocked_customer_hears_nothing(account: Account) -> None:
    """Their mail is kept."""
    came(account)
    conversation = Conversation.objects.get()
    Customer.objects.filter(pk=conversation.customer_id).update(blocked_at=clock.now())
    conversations.reply(build.person("x", "administrator").principal(), conversation.id, text="Bye", solve=True)
    came(account, "two")
    assert len(answers()) == 1


def test_an_answer_is_told_in_the_history(account: Account) -> None:
    """In words, in both languages."""
    came(account)
    conversation = Conversation.objects.get().id
    assert history.of(conversation, "en")[-1].sentence.endswith("told the customer that the message has come.")
    assert history.of(conversation, "zh-Hans")[-1].sentence.endswith("告知客户已收到来信。")
