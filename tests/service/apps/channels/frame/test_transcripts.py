"""What was said goes to a mail address that asks for it: public words, within limits, and the address is forgotten."""

from datetime import timedelta

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, row, told

from servewell.apps.base import outbox
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import jobs, kinds, transcripts
from servewell.apps.channels.frame.case import actions as asked
from servewell.apps.channels.frame.case.actions import TRANSCRIPT
from servewell.apps.channels.frame.case.errors import BadAddress, NoMailAccount, TooManyTranscripts
from servewell.apps.channels.frame.case.models import Transcript
from servewell.apps.channels.frame.kinds import SendFailed
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import InboundFile
from servewell.apps.conversations.errors import NoSuchConversation
from servewell.apps.customers import actions as customers

ADDRESS = "Wang@Example.com"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def box(monkeypatch):
    """A channel that sends mail, whose mails are kept here; with one account."""
    sent = []
    channel = kinds.Channel(
        "stub",
        "email",
        (),
        lambda account: kinds.Checked(True),
        mail=lambda account, mail: sent.append((account, mail)),
    )
    monkeypatch.setattr(kinds, "_channels", {"stub": channel})
    Account.objects.create(channel="stub", name="Support", address="help@shop.example")
    return sent


def go():
    """Let workers make all calls."""
    while outbox.run_due(only=[TRANSCRIPT]):
        pass


def test_it_works(desk, box):
    """Both sides' words with names and times, files by name, in the conversation's language."""
    file = build.attachment("label.png", b"x" * 2048)
    conversation = desk.received(
        "Where is my parcel?",
        subject="Order 7",
        language="en",
        customer_name="Wang",
        attachments=(InboundFile(file.id),),
    )
    actions.note(desk.who("lin"), conversation, text="difficult")
    actions.reply(desk.who("lin"), conversation, text="It <b>comes</b> tomorrow.")
    transcripts.send(conversation, ADDRESS)
    go()
    ((account, mail),) = box
    assert (account.name, mail.to, mail.language) == ("Support", ADDRESS, "en")
    assert mail.subject == f"What was said: Order 7 [#{row(conversation).number}]"
    for words in ("Wang ·", "Where is my parcel?", "File: label.png (2 KB)", "Lin ·", "It <b>comes</b> tomorrow."):
        assert words in mail.text
    assert "difficult" not in mail.text + mail.html
    assert "It &lt;b&gt;comes&lt;/b&gt; tomorrow." in mail.html
    assert told(conversation)[-2:] == ["transcript_asked", "transcript_sent"]


def test_it_speaks_the_language_asked_for(desk, box):
    """Chinese where nothing is said."""
    conversation = desk.received(language="en")
    transcripts.send(conversation, ADDRESS, "zh-Hans")
    go()
    assert "以下是截至" in box[0][1].text


def test_the_address_is_forgotten(desk, box):
    """What is kept for a day is a mark that names nobody; then nothing."""
    transcripts.send(desk.received(), ADDRESS)
    go()
    kept = Transcript.objects.get()
    assert (kept.address, kept.sent_at is not None, "wang" in kept.mark) == ("", True, False)
    Transcript.objects.update(asked_at=kept.asked_at - timedelta(days=3))
    jobs.tidy()
    assert not Transcript.objects.exists()


def test_three_a_day_of_a_conversation_and_to_an_address(desk, box):
    """However the address is written, and whoever asks: nobody's mailbox is filled through us."""
    one, other = desk.received(), desk.received("Another")
    for address in ("a@example.com", "b@example.com", "c@example.com"):
        transcripts.send(one, address)
    with pytest.raises(TooManyTranscripts):
        transcripts.send(one, "d@example.com")
    for _ in range(2):
        transcripts.send(other, "A@Example.com")
    with pytest.raises(TooManyTranscripts):
        transcripts.send(desk.received("Third"), "a@EXAMPLE.com")
    go()
    assert len(box) == 5


@pytest.mark.parametrize(
    "address", ["", "wang", "a@b@c", "a@example.com, b@example.com", "a@example.com\r\nBcc: x@y.z", "@x.cn"]
)
def test_what_is_no_address_is_refused(desk, box, address):
    """One address, and nothing beside it."""
    with pytest.raises(BadAddress):
        transcripts.send(desk.received(), address)


def test_without_a_mailbox_it_is_refused_at_once(desk):
    """Not hours later, by silence."""
    with pytest.raises(NoMailAccount):
        transcripts.send(desk.received(), ADDRESS)


def test_the_conversations_own_mailbox_sends_it(desk, box):
    """Else its team's, else one of nobody's, else any; never one that is paused."""
    other = build.team("Returns")
    of_team = Account.objects.create(channel="stub", name="Team", address="t@shop.example", team=desk.team)
    of_other = Account.objects.create(channel="stub", name="Other", address="o@shop.example", team=other)
    conversation = row(desk.received(account=of_other.id))
    assert transcripts.account_for(conversation) == of_other
    conversation.account = None
    assert transcripts.account_for(conversation) == of_team
    Account.objects.filter(pk=of_team.pk).update(state="paused")
    assert transcripts.account_for(conversation).name == "Support"


def test_what_cannot_be_sent_forgets_the_address_too(desk, monkeypatch):
    """A refusal for good: the call is parked with its reason."""

    def refuse(account, mail):
        raise SendFailed("refused", "550 no such user", permanent=True)

    channel = kinds.Channel("stub", "email", (), lambda account: kinds.Checked(True), mail=refuse)
    monkeypatch.setattr(kinds, "_channels", {"stub": channel})
    Account.objects.create(channel="stub", name="Support", address="help@shop.example")
    transcripts.send(desk.received(), ADDRESS)
    go()
    assert Transcript.objects.get().address == ""
    assert outbox.parked().get().kind == TRANSCRIPT


def test_who_is_erased_meanwhile_gets_no_mail(desk, box):
    """The request goes with the conversation."""
    conversation = desk.received()
    transcripts.send(conversation, ADDRESS)
    customers.erase(SYSTEM, row(conversation).customer_id)
    go()
    assert box == []
    assert not Transcript.objects.exists()


def test_a_long_conversation_tells_that_it_is_cut(desk, box, monkeypatch):
    """The last messages are there."""
    monkeypatch.setattr(transcripts, "MOST", 3)
    conversation = desk.received("m0", language="en")
    for n in range(1, 5):
        actions.reply(desk.who("lin"), conversation, text=f"m{n}")
    transcripts.send(conversation, ADDRESS)
    go()
    text = box[0][1].text
    assert "Only the last 3 messages" in text
    assert [f"m{n}" in text for n in range(5)] == [False, False, True, True, True]


def test_a_conversation_that_is_erased_meanwhile_sends_nothing(desk, box):
    """It is refused as one that does not exist."""
    conversation = row(desk.received())
    customers.erase(desk.who("boss"), conversation.customer_id)
    with pytest.raises(NoSuchConversation):
        asked.ask_transcript(conversation, ADDRESS, ADDRESS, "en")
