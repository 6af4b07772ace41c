"""Does a mail become one message, in its conversation, of whoever wrote it, whatever its sender made of the rules?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build, mails
from tests.service.apps.channels.email.postbox import came, conversation, mailbox, message

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import holding, owned, receiving, threads
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.customers import actions as customers
from servewell.apps.customers.models import Customer, Identity
from servewell.apps.flows import reception

pytestmark = pytest.mark.django_db


def test_it_works(box: Account) -> None:
    """A mail of somebody new is a customer, a conversation of that mailbox, a message, and its envelope."""
    arrival = came(box, mails.mail(Cc="Li <Li@Example.com>", Reply_To="wang@home.example"))
    said, opened = message(arrival), conversation(arrival)
    assert (arrival.state, arrival.outcome) == ("taken", "")
    assert (opened.subject, opened.channel, opened.account, opened.source) == ("My parcel", "email", box.id, "email")
    assert (said.text, said.external_id, said.delivery) == ("Where is my parcel?", "m1@example.com", "received")
    assert Customer.objects.get().name == "王小明"
    assert list(Identity.objects.values_list("value", "verified_at")) == [("wang@example.com", None)]
    kept = Envelope.objects.get(message=said)
    assert (kept.sender, kept.name, kept.recipient, kept.auto) == (
        "wang@example.com",
        "m1@example.com",
        "help@shop.example",
        "",
    )
    assert kept.to == [{"address": "help@shop.example", "name": ""}]
    assert kept.cc == [{"address": "li@example.com", "name": "Li"}]
    assert kept.reply_to == [{"address": "wang@home.example", "name": ""}]


def test_its_language(box: Account) -> None:
    """A mail in Chinese is one, whatever the program says; one that is not plain is what the program says."""
    assert conversation(came(box, mails.mail("我的包裹在哪里？", Content_Language="en-US"))).language == "zh-Hans"
    other = mails.mail("Bonjour", Content_Language="fr-FR", Message_ID="<m2@e>", From="li@example.com")
    assert conversation(came(box, other)).language == "fr-FR"


class TestOnce:
    """One Message-ID is one message."""

    def test_same_message_id_twice(self, box: Account) -> None:
        """The same mail again is the message that we have."""
        first = came(box, mails.mail())
        again = came(box, mails.mail(Received="from a by b; Tue, 10 Mar 2026 13:00:00 +0800"))
        assert (again.state, again.outcome, again.message_id) == ("passed", "repeat", first.message_id)
        assert Message.objects.count() == 1

    def test_by_a_list_too(self, box: Account) -> None:
        """A list that adds a line to a mail does not make it another one."""
        first = came(box, mails.mail())
        again = came(box, mails.mail("Where is my parcel?\n--\nsent by a list", List_Id="<l.example>"))
        assert (again.outcome, again.message_id) == ("repeat", first.message_id)

    def test_without_a_date(self, box: Account) -> None:
        """Without a date the words tell whether it is the same mail."""
        first = came(box, mails.mail(Date=None))
        assert came(box, mails.mail(Date=None)).message_id == first.message_id
        assert came(box, mails.mail("Other words", Date=None)).message_id != first.message_id

    def test_in_two_mailboxes(self, box: Account) -> None:
        """A mail to two of our mailboxes is one message, with its files once."""
        raw = mails.multipart([mails.part("See"), mails.file(mails.PNG, "image/png", "a.png")])
        first = came(box, raw)
        again = came(mailbox("sales@shop.example"), raw)
        assert (again.outcome, again.message_id) == ("repeat", first.message_id)
        assert MessageAttachment.objects.count() == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"From": "Li <li@example.com>"},
            {"body": "Something else", "Date": "Wed, 11 Mar 2026 12:00:00 +0800"},
            {"Date": "Wed, 11 Mar 2026 12:00:00 +0800"},
        ],
        ids=["other sender", "other words on another day", "the same words on another day"],
    )
    def test_another_mail_of_the_same_name(self, box: Account, other: dict) -> None:
        """Some programs give all their mails one Message-ID: another mail is another message, and that once too."""
        first, second = came(box, mails.mail()), came(box, mails.mail(**other))
        third = came(box, mails.mail(**other))
        assert second.state == "taken"
        assert second.message_id != first.message_id
        assert (third.outcome, third.message_id) == ("repeat", second.message_id)
        assert message(second).external_id.startswith("m1@example.com~")
        assert Envelope.objects.get(message=second.message_id).name == "m1@example.com"

    @pytest.mark.parametrize("name", ["no message id", "an empty message id", "a garbled message id"])
    def test_without_a_name(self, box: Account, name: str) -> None:
        """A mail without a Message-ID gets one, the same each time it comes."""
        first, again = came(box, mails.ODD[name]()), came(box, b"Received: from x\r\n" + mails.ODD[name]())
        assert first.state == "taken"
        assert message(first).external_id.endswith("@no-message-id")
        assert (again.outcome, again.message_id) == ("repeat", first.message_id)

    def test_without_a_name_and_a_date(self, box: Account) -> None:
        """The same words twice, with nothing to tell when: two mails, as they went two ways."""
        first = came(box, mails.mail(Message_ID=None, Date=None, Received="by mx id 1"))
        second = came(box, mails.mail(Message_ID=None, Date=None, Received="by mx id 2"))
        assert first.message_id != second.message_id


class TestThreads:
    """A mail goes to the conversation of what it answers."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"In_Reply_To": "<m1@example.com>"},
            {"References": "<x@y> <m1@example.com>"},
            {"In_Reply_To": "<unknown@example.com>", "References": "<m1@example.com>\r\n <other@example.com>"},
            {"In_Reply_To": "Your mail of Tuesday <m1@example.com>"},
        ],
        ids=["In-Reply-To", "References alone", "both", "with words"],
    )
    def test_what_it_answers(self, box: Account, headers: dict) -> None:
        """In-Reply-To threads, References alone threads; whoever knows the Message-ID belongs."""
        first = came(box, mails.mail())
        answer = came(box, mails.mail(From="li@example.com", Message_ID="<m2@example.com>", **headers))
        assert answer.conversation_id == first.conversation_id
        assert Customer.objects.count() == 2

    def test_nearest_first(self, box: Account) -> None:
        """Of several known mails the nearest counts."""
        came(box, mails.mail())
        second = came(box, mails.mail(Message_ID="<m2@example.com>", From="li@example.com"))
        raw = mails.mail(Message_ID="<m3@example.com>", References="<m1@example.com> <m2@example.com>")
        assert came(box, raw).conversation_id == second.conversation_id

    def test_an_answer_to_ours(self, box: Account) -> None:
        """What answers a mail of ours finds it by the Message-ID that only we can make, noted or not."""
        first = came(box, mails.mail())
        reply = conversations.reply(SYSTEM, first.conversation_id, text="On its way.")
        name = threads.name_of(reply.id, "shop.example")
        raw = mails.mail(Message_ID="<m2@example.com>", In_Reply_To=f"<{name}>", From="wife@example.com")
        assert came(box, raw).conversation_id == first.conversation_id
        conversations.deliver(SYSTEM, reply.id, "sent", external_id=name)
        raw = mails.mail(Message_ID="<m3@example.com>", In_Reply_To=f"<{name}>", From="wife@example.com")
        assert came(box, raw).conversation_id == first.conversation_id

    def test_a_forged_name(self, box: Account) -> None:
        """Who makes up a Message-ID of ours joins nothing."""
        first = came(box, mails.mail())
        reply = conversations.reply(SYSTEM, first.conversation_id, text="On its way.")
        forged = f"{reply.id.hex}.{'0' * 16}.sw@shop.example"
        raw = mails.mail(From="li@example.com", Message_ID="<m2@example.com>", In_Reply_To=f"<{forged}>")
        assert came(box, raw).conversation_id != first.conversation_id

    @pytest.mark.parametrize("subject", ["Re: [ticket-{number}]", "#{number}", "Re: My parcel", "[#{number}] Hello"])
    def test_a_number_in_the_subject(self, box: Account, subject: str) -> None:
        """A subject of a stranger joins nothing, whatever number it names: numbers can be guessed."""
        first = came(box, mails.mail())
        number = conversation(first).number
        raw = mails.mail(
            From="stranger@example.net", Message_ID="<s@example.net>", Subject=subject.format(number=number)
        )
        assert came(box, raw).conversation_id != first.conversation_id


class TestWho:
    """Who wrote it is who it is from."""

    def test_proven_by_our_server(self) -> None:
        """The sender is proven when the mailbox's own server says so, and only then."""
        box = mailbox(trusted_authserv="mx.shop.example")
        came(box, mails.mail(Authentication_Results="mx.shop.example; dmarc=pass header.from=example.com"))
        assert Identity.objects.get().verified_at is not None
        came(
            box,
            mails.mail(
                From="li@example.com",
                Message_ID="<m2@e>",
                Authentication_Results="mx.evil.example; dmarc=pass header.from=example.com",
            ),
        )
        assert Identity.objects.get(value="li@example.com").verified_at is None

    def test_a_form_of_ours(self, box: Account) -> None:
        """A form on our site writes from our own address: its user stands in Reply-To."""
        arrival = came(box, mails.mail(From="Shop <help@shop.example>", Reply_To="Li <li@example.com>"))
        assert arrival.state == "taken"
        assert Identity.objects.get().value == "li@example.com"

    def test_nobody(self, box: Account) -> None:
        """A mail from nobody is set aside: there is no one to answer."""
        arrival = came(box, mails.mail(From=None))
        assert (arrival.state, arrival.outcome) == ("aside", "unreadable")

    def test_nobody_in_a_known_conversation(self, box: Account) -> None:
        """A mail from nobody that answers one we have is set aside too: it is not its customer's by that."""
        came(box, mails.mail())
        answer = came(box, mails.mail(From=None, Message_ID="<m2@example.com>", References="<m1@example.com>"))
        assert (answer.state, answer.outcome) == ("aside", "unreadable")

    def test_no_address(self, box: Account) -> None:
        """A From that is no address is kept as it stands."""
        assert came(box, mails.mail(From="root")).state == "taken"
        assert Identity.objects.get().is_raw


FORWARDS = {
    "Gmail": "Please see\n\n---------- Forwarded message ---------\nFrom: 李 <li@example.com>\nDate: today\n\nHelp!",
    "Apple": "Begin forwarded message:\n\nFrom: 李 <li@example.com>\nSubject: Parcel\n\nHelp!",
    "Outlook": "From: 李 <li@example.com>\nSent: today\nTo: Lin\nSubject: Parcel\n\nHelp!",
    "Outlook, Chinese": "请看\n\n发件人: 李 [mailto:li@example.com]\n发送时间: 今天\n收件人: 林\n主题: 包裹\n\nHelp!",
}
PROVEN = "mx.shop.example; dmarc=pass header.from=shop.example"


class TestForwards:
    """What one of us sends on is the mail of whoever wrote it, where the mailbox says so."""

    @pytest.fixture
    def desk(self) -> Account:
        build.person("lin", "agent", email="Lin@shop.example")
        return mailbox(forwards_from_staff=True, trusted_authserv="mx.shop.example")

    @pytest.mark.parametrize("program", FORWARDS)
    def test_it_works(self, desk: Account, program: str) -> None:
        """Its customer is the first writer, its text the whole."""
        raw = mails.mail(
            FORWARDS[program],
            From="lin@shop.example",
            Subject="FW: Parcel",
            Reply_To="lin@shop.example",
            Authentication_Results=PROVEN,
        )
        arrival = came(desk, raw)
        assert Identity.objects.get().value == "li@example.com"
        assert Customer.objects.get().name == "李"
        assert message(arrival).text.strip() == FORWARDS[program]
        assert (Envelope.objects.get().sender, Envelope.objects.get().reply_to) == ("li@example.com", [])

    def test_as_a_file(self, desk: Account) -> None:
        """A mail that is attached tells who wrote it."""
        inner = mails.part(mails.mail("Help!", From="li@example.com"), "message/rfc822")
        raw = mails.multipart([mails.part("See"), inner], From="lin@shop.example", Authentication_Results=PROVEN)
        came(desk, raw)
        assert Identity.objects.get().value == "li@example.com"

    @pytest.mark.parametrize(
        ("sender", "options"),
        [
            ("stranger@example.net", {"forwards_from_staff": True}),  # not one of us
            ("lin@shop.example", {}),  # not wanted
            ("lin@shop.example", {"forwards_from_staff": True}),  # nobody proves anything
            ("lin@shop.example", {"forwards_from_staff": True, "trusted_authserv": "mx.shop.example"}),  # not proven
        ],
    )
    def test_what_is_none(self, sender: str, options: dict) -> None:
        """Nobody else makes mails of others; nor does one of us whom the server does not prove."""
        build.person("lin", "agent", email="lin@shop.example")
        came(mailbox(**options), mails.mail(FORWARDS["Gmail"], From=sender, Subject="FW: Parcel"))
        assert Identity.objects.get().value == sender

    def test_proven(self) -> None:
        """One of us whom the server proves."""
        build.person("lin", "agent", email="lin@shop.example")
        box = mailbox(forwards_from_staff=True, trusted_authserv="mx.shop.example")
        results = "mx.shop.example; dmarc=pass header.from=shop.example"
        came(box, mails.mail(FORWARDS["Gmail"], From="lin@shop.example", Authentication_Results=results))
        assert (Identity.objects.get().value, Identity.objects.get().verified_at) == ("li@example.com", None)


class TestLoops:
    """What machines write is kept, and told apart from what people write."""

    @pytest.mark.parametrize("address", ["help@shop.example", "Help@Shop.Example", "hello@shop.example"])
    def test_from_ourselves(self, address: str) -> None:
        """A mail from an address of ours, an alias too, makes no loop: it is no message."""
        box = mailbox(aliases=["hello@shop.example"])
        owned.forget()
        arrival = came(box, mails.mail(From=address))
        assert (arrival.state, arrival.outcome) == ("passed", "own")
        assert not Message.objects.exists()

    def test_our_own_mail_comes_back(self, box: Account) -> None:
        """A mail of ours that comes back, by a forwarding or a list, is no message."""
        first = came(box, mails.mail())
        reply = conversations.reply(SYSTEM, first.conversation_id, text="On its way.")
        name = threads.name_of(reply.id, "shop.example")
        assert came(box, mails.mail(From="list@example.net", Message_ID=f"<{name}>")).outcome == "own"
        again = mails.mail(From="list@example.net", Message_ID="<new@list>", X_Servewell_Message=f"<{name}>")
        assert came(box, again).outcome == "own"
        assert Message.objects.count() == 2

    @pytest.mark.parametrize(
        ("headers", "kind"),
        [
            ({"Auto_Submitted": "auto-replied"}, "reply"),
            ({"Auto_Submitted": "auto-generated"}, "notice"),
            ({"Precedence": "bulk"}, "bulk"),
            ({"Precedence": "list"}, "list"),
            ({"Precedence": "auto_reply"}, "reply"),
            ({"Precedence": "junk"}, "bulk"),
            ({"List_Id": "<news.example.com>"}, "list"),
            ({"X_Autoreply": "yes"}, "reply"),
            ({"X_Auto_Response_Suppress": "All"}, "notice"),
            ({"Return_Path": "<>"}, "notice"),
            ({"X_Loop": "help@example.com"}, "notice"),
            ({"From": "noreply@example.com"}, "notice"),
            ({"Auto_Submitted": "no"}, ""),
            ({"Return_Path": "<wang@example.com>"}, ""),
            ({"X_Auto_Response_Suppress": "None"}, ""),
        ],
    )
    def test_kept_and_known(self, box: Account, headers: dict, kind: str) -> None:
        """What a program wrote is a message that says so: nothing of ours answers it by itself."""
        arrival = came(box, mails.mail(**headers))
        assert arrival.state == "taken"
        assert Envelope.objects.get().auto == kind


def test_statements(box: Account) -> None:
    """Reading a mail asks the database nothing, but which addresses are ours every few seconds; its envelope is one."""
    came(box, mails.mail())
    raw = mails.mail(Message_ID="<m2@example.com>", References="<m1@example.com>")
    frame.arrived(box, "", raw)
    ((arrival, _),) = arrivals._claim()
    with CaptureQueriesContext(connection) as reading:
        taken = receiving.take(box, arrival, raw)
    with CaptureQueriesContext(connection) as receiving_it:
        received = reception.receive(SYSTEM, taken.message)
    with CaptureQueriesContext(connection) as after:
        taken.after(received)
    assert (len(reading), len(after)) == (0, 1)
    assert len(receiving_it) <= 12


def test_what_is_held(box: Account) -> None:
    """The export of a customer tells what stood on the envelopes of their mails, and of nobody else's."""
    came(box, mails.mail())
    came(box, mails.mail(From="li@example.com", Message_ID="<m2@e>"))
    wang = Identity.objects.get(value="wang@example.com").customer_id
    ((section, row),) = holding.records([wang])
    assert (section, row["sender"], row["to"]) == (
        "mails",
        "wang@example.com",
        [{"address": "help@shop.example", "name": ""}],
    )
    assert holding.count([wang]) == 1


def test_an_erased_customer(box: Account) -> None:
    """With a customer go their mails, and what stood on the envelopes."""
    came(box, mails.mail())
    boss = build.person("boss", "administrator").principal()
    customers.erase(boss, Customer.objects.get().id)
    assert not Envelope.objects.exists()
    assert not Conversation.objects.exists()
