"""What one of us writes goes out as a mail that any mail program understands, once."""

import email
import email.policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from tests import build, mailservers
from tests.mailservers import Dovecot, Smtp

from servewell.apps.base import attachments, clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import sending, threads
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.kinds import Outgoing, OutgoingFile, SendFailed, Sent
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message, MessageKind
from servewell.apps.customers import actions as customers


@pytest.fixture
def account(dovecot: Dovecot, smtp: Smtp, address: str, db: None) -> Account:
    made: Account = mailservers.account(
        address,
        dovecot,
        smtp,
        options={
            "display_name": "善待商店",
            "aliases": ["shop@example.com", "help@example.com"],
            "signature_en": "Blue Shop\n<3",
        },
    )
    return made


def mail(**changes: str) -> bytes:
    heads = {
        "From": "王芳 <wang@example.com>".encode().decode(),
        "To": "help@example.com",
        "Subject": "Parcel",
        "Message-ID": "<first@wang.example>",
        "Date": f"{clock.now():%a, %d %b %Y %H:%M:%S +0000}",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in heads.items()).encode() + (
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nWhere is it?\r\n"
    )


def taken(account: Account, raw: bytes) -> Conversation:
    """Take a mail in, as a worker does; return its conversation."""
    arrival = frame.arrived(account, "", raw)
    assert arrival is not None
    assert arrivals.read_due() == 1
    arrival.refresh_from_db()
    assert arrival.state == Arrival.State.TAKEN, (arrival.outcome, arrival.words)
    return Conversation.objects.get(pk=arrival.conversation_id)


def answered(account: Account, conversation: Conversation, **changes: Any) -> tuple[Sent, Message]:
    """Write an answer and send it; return what was said of it, and the message."""
    who = build.person(f"agent{conversation.number}{Message.objects.count()}", "administrator").principal()
    message = conversations.reply(who, conversation.id, text=changes.pop("text", "It is on its way."))
    return sending.send(account, outgoing(message, **changes)), message


def outgoing(message: Message, **changes: Any) -> Outgoing:
    conversation = message.conversation
    values = {
        "message_id": message.id,
        "conversation_id": conversation.id,
        "number": conversation.number,
        "customer_id": conversation.customer_id,
        "key": str(message.id),
        "attempt": 1,
        "text": message.text,
        "html": message.html,
        "subject": conversation.subject,
        "language": "en",
        "thread": "",
        "written_at": message.created_at,
        "identities": {"email": "wang@example.com"},
        **changes,
    }
    return Outgoing(**values)


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def test_it_works(account: Account, smtp: Smtp, dovecot: Dovecot) -> None:
    """It answers the customer's mail, bears the number, and stands in their mailbox."""
    conversation = taken(account, mail())
    sent, message = answered(account, conversation)
    (handed,) = smtp.taken
    assert (handed.sender, handed.receivers) == (account.address, ["wang@example.com"])
    assert handed.user == account.address
    got = read(dovecot.mails("wang@example.com")[-1])
    assert got["From"] == f"善待商店 <{account.address}>"
    assert got["To"] == "王芳 <wang@example.com>"
    assert got["Subject"] == f"Re: Parcel [#{conversation.number}]"
    assert got["Message-ID"] == f"<{sent.external_id}>"
    assert threads.ours(sent.external_id) == message.id
    assert got["In-Reply-To"] == got["References"] == "<first@wang.example>"
    assert got["X-Servewell-Message"] == sent.external_id
    assert got["Auto-Submitted"] is None
    assert got.get_content_type() == "text/plain"
    said = got.get_content().replace("\r\n", "\n")
    assert said.startswith("It is on its way.\n\n-- \nBlue Shop\n<3\n\nYou wrote on ")
    assert said.endswith("> Where is it?\n")


def test_the_customers_answer_comes_back_into_the_conversation(account: Account, smtp: Smtp, dovecot: Dovecot) -> None:
    """And ours to it continues the thread."""
    conversation = taken(account, mail())
    sent, _ = answered(account, conversation)
    second = mail(Message_ID="<second@wang>", In_Reply_To=f"<{sent.external_id}>", Subject="Re: Parcel")
    assert taken(account, second).id == conversation.id
    answered(account, conversation)
    got = read(smtp.taken[-1].raw)
    assert got["In-Reply-To"] == "<second@wang>"
    assert got["References"].split()[-1] == "<second@wang>"
    assert f"<{sent.external_id}>" in got["References"]


def test_two_answers_in_a_row(account: Account, smtp: Smtp) -> None:
    """The second names the first too."""
    conversation = taken(account, mail())
    sent, message = answered(account, conversation)
    conversations.deliver(SYSTEM, message.id, "sent", external_id=sent.external_id)
    answered(account, conversation)
    got = read(smtp.taken[-1].raw)
    assert got["In-Reply-To"] == "<first@wang.example>"
    assert got["References"].split() == ["<first@wang.example>", f"<{sent.external_id}>"]


def test_html_pictures_and_files(account: Account, smtp: Smtp) -> None:
    """Text and HTML are alternatives; a picture stands in the HTML, a file beside it, under its Chinese name."""
    conversation = taken(account, mail())
    picture = attachments.store(BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 50), "map.png", "image/png")
    paper = attachments.store(BytesIO(b"%PDF-1.4 bill"), "发票 7.pdf", "application/pdf")
    files = (
        OutgoingFile(picture.id, picture.name, picture.media_type, picture.size, "map@servewell"),
        OutgoingFile(paper.id, paper.name, paper.media_type, paper.size),
    )
    answered(account, conversation, html='<p>See <b>here</b> <img src="cid:map@servewell"></p>', files=files)
    got = read(smtp.taken[-1].raw)
    assert [part.get_content_type() for part in got.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    image = next(part for part in got.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == "<map@servewell>"
    assert [part.get_filename() for part in got.iter_attachments()] == ["发票 7.pdf"]
    body = got.get_body(("html",))
    assert body is not None
    assert "&lt;3" in body.get_content()


def test_all_get_a_copy_but_ourselves(account: Account, smtp: Smtp) -> None:
    """Who was in To and Cc of the last mail; no address of any of our mailboxes, no alias, nobody twice."""
    mailservers.account(f"other-{account.address}", None)
    raw = mail(
        To=f"{account.address}, Li <li@example.com>, wang@example.com",
        Cc=f"SHOP@example.com, other-{account.address}, LI@example.com, 赵 <zhao@bücher.example>",
    )
    answered(account, taken(account, raw))
    assert smtp.taken[-1].receivers == ["wang@example.com", "li@example.com", "zhao@xn--bcher-kva.example"]
    got = read(smtp.taken[-1].raw)
    assert got["Cc"] == "Li <li@example.com>, 赵 <zhao@xn--bcher-kva.example>"


def test_answers_go_where_the_customer_asks(account: Account, smtp: Smtp) -> None:
    """Reply-To counts, unless it is an address of ours."""
    answered(account, taken(account, mail(Reply_To="wang.home@example.com")))
    assert smtp.taken[-1].receivers == ["wang.home@example.com"]
    answered(account, taken(account, mail(Reply_To=account.address, Message_ID="<other@wang>")))
    assert smtp.taken[-1].receivers == ["wang@example.com"]


def test_the_same_message_is_the_same_mail_at_every_try(account: Account, smtp: Smtp) -> None:
    """The server took it and the connection broke off before it said so: the next try carries the same Message-ID."""
    conversation = taken(account, mail())
    smtp.faults.cut = 1
    with pytest.raises(SendFailed) as lost:
        answered(account, conversation)
    assert not lost.value.permanent
    message = Message.objects.filter(conversation=conversation, kind=MessageKind.PUBLIC).order_by("-position")[0]
    sending.send(account, outgoing(message, attempt=2))
    one, other = [read(each.raw) for each in smtp.taken]
    assert one["Message-ID"] == other["Message-ID"]
    assert one["Date"] == other["Date"]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"receivers": {"wang@example.com": "550 5.1.1 No such user here"}}, ("refused", True, False)),
        ({"receivers": {"wang@example.com": "451 4.7.1 Greylisted"}}, ("later", False, False)),
        ({"mail": "452 4.3.1 Full"}, ("later", False, False)),
        ({"mail": "530 5.7.0 Sign in first"}, ("login", False, True)),
        ({"data": "554 5.7.1 Spam"}, ("refused", True, False)),
        ({"data": "421 4.3.2 Closing"}, ("busy", False, True)),
    ],
    ids=["no such user", "greylisted", "full", "sign in", "spam", "closing"],
)
def test_what_the_server_says_is_told(
    account: Account, smtp: Smtp, faults: dict[str, Any], expected: tuple[str, bool, bool]
) -> None:
    """A 4xx may pass, a 5xx does not; what is about us and not about the mail concerns the account."""
    conversation = taken(account, mail())
    smtp.faults = mailservers.Faults(**faults)
    with pytest.raises(SendFailed) as refused:
        answered(account, conversation)
    assert (refused.value.code, refused.value.permanent, refused.value.whole) == expected
    words = next(iter(faults.get("receivers", faults).values()))
    assert refused.value.words == words
    assert smtp.taken == []


def test_a_copy_that_is_refused_does_not_keep_the_customer_waiting(account: Account, smtp: Smtp) -> None:
    """The mail goes out; the agents read in a note who did not get it."""
    conversation = taken(account, mail(Cc="gone@example.com"))
    smtp.faults.receivers["gone@example.com"] = "550 5.1.1 Gone"
    sent, _ = answered(account, conversation)
    assert smtp.taken[-1].receivers == ["wang@example.com"]
    assert sent.note is not None
    sent.note()
    note = Message.objects.get(conversation=conversation, kind=MessageKind.NOTE)
    assert "gone@example.com: 550 5.1.1 Gone" in note.text


def test_the_server_is_away(account: Account, dovecot: Dovecot) -> None:
    """That may pass, and concerns the whole account."""
    conversation = taken(account, mail())
    away = mailservers.account(f"away-{account.address}", dovecot, None)
    with pytest.raises(SendFailed) as failed:
        answered(away, conversation)
    assert (failed.value.code, failed.value.permanent, failed.value.whole) == ("unreachable", False, True)


def test_the_password_is_wrong(account: Account, dovecot: Dovecot, smtp: Smtp) -> None:
    """That too; it is not tried again at once."""
    conversation = taken(account, mail())
    wrong = mailservers.account(f"wrong-{account.address}", dovecot, smtp, secrets={"password": "wrong"})
    with pytest.raises(SendFailed) as failed:
        answered(wrong, conversation)
    assert (failed.value.code, failed.value.permanent, failed.value.whole) == ("login", False, True)
    assert failed.value.wait.total_seconds() >= 60


def test_nothing_is_sent_to_an_address_that_came_back(account: Account, smtp: Smtp) -> None:
    """The agent is told; as a copy it is left out."""
    conversation = taken(account, mail())
    customers.note_bounce(SYSTEM, conversation.customer_id, ["wang@example.com"], "unknown")
    with pytest.raises(SendFailed) as refused:
        answered(account, conversation)
    assert (refused.value.code, refused.value.permanent) == ("bounced", True)
    assert smtp.taken == []


def test_a_customer_without_an_address(account: Account, smtp: Smtp) -> None:
    """Begun by one of us; there is nobody to write to."""
    who = build.person("lone", "administrator").principal()
    opened = conversations.open_for(who, build.customer().id, channel="email", text="Hello", subject="News")
    assert opened.message is not None
    with pytest.raises(SendFailed) as refused:
        sending.send(account, outgoing(opened.message, identities={}))
    assert (refused.value.code, refused.value.permanent) == ("no_address", True)


def test_a_conversation_that_we_begin(account: Account, smtp: Smtp) -> None:
    """It answers nothing, and says so; the customer's answer finds it."""
    who = build.person("first", "administrator").principal()
    opened = conversations.open_for(who, build.customer().id, channel="email", text="Hello", subject="News")
    assert opened.message is not None
    sent = sending.send(account, outgoing(opened.message))
    got = read(smtp.taken[-1].raw)
    assert got["Subject"] == f"News [#{opened.number}]"
    assert got["In-Reply-To"] is None
    back = taken(account, mail(In_Reply_To=f"<{sent.external_id}>"))
    assert back.id == opened.conversation_id


def test_what_is_too_large_is_refused_in_words(account: Account, smtp: Smtp) -> None:
    """Before its bytes are read; and what only the server finds too large."""
    conversation = taken(account, mail())
    settings.put(SYSTEM, "channels_email.sent_megabytes", 1)
    huge = OutgoingFile(UUID(int=1), "film.mp4", "video/mp4", 2**20)
    with pytest.raises(SendFailed) as refused:
        answered(account, conversation, files=(huge,))
    assert (refused.value.code, refused.value.permanent) == ("too_large", True)
    with mailservers.smtp(None, data_size_limit=1000) as narrow:
        small = mailservers.account(f"narrow-{account.address}", None, narrow)
        with pytest.raises(SendFailed) as refused:
            answered(small, conversation, text="x" * 2000)
    assert (refused.value.code, refused.value.permanent) == ("too_large", True)


def test_addresses_of_all_the_world(account: Account, dovecot: Dovecot, smtp: Smtp) -> None:
    """One that only SMTPUTF8 can write goes where that is offered, and is refused in words where it is not."""
    conversation = taken(account, mail(From="=?utf-8?b?6Zi/5biF?= <阿帅@例子.example>"))
    answered(account, conversation)
    (handed,) = smtp.taken
    assert handed.receivers == ["阿帅@xn--fsqu00a.example"]
    assert "SMTPUTF8" in handed.options
    with mailservers.smtp(None, utf8=False) as plain:
        old = mailservers.account(f"old-{account.address}", None, plain)
        with pytest.raises(SendFailed) as refused:
            answered(old, conversation)
    assert (refused.value.code, refused.value.permanent) == ("utf8", True)


def test_nobody_puts_a_header_in(account: Account, smtp: Smtp) -> None:
    """Neither by a subject, nor by a name, a file's name, or a Message-ID."""
    evil = "=?utf-8?b?" + "SGkNCkJjYzogZXZpbEBleGFtcGxlLmNvbQ0KDQo8Yj4=" + "?="  # Hi CR LF Bcc: evil@...
    raw = mail(Subject=evil, From=f"{evil} <wang@example.com>", Message_ID="<a\x0bBcc:x@wang>")
    account.options = {**account.options, "display_name": "Shop\r\nBcc: evil@example.com"}
    account.save()
    paper = attachments.store(BytesIO(b"x"), "a.txt", "text/plain")
    file = OutgoingFile(paper.id, 'a"\r\nBcc: evil@example.com.txt', "text/plain\r\nBcc: evil@example.com", 1)
    answered(account, taken(account, raw), files=(file,), subject="x\r\nBcc: evil@example.com")
    got = smtp.taken[-1]
    assert got.receivers == ["wang@example.com"]
    assert read(got.raw)["Bcc"] is None
    assert b"\r\nBcc:" not in got.raw.partition(b"\r\n\r\n")[0]


def test_long_threads_stay_within_lines(account: Account, smtp: Smtp) -> None:
    """References are the first and the nearest; each Message-ID stands whole on a line."""
    names = [f"<{'n' * 150}{number}@wang.example>" for number in range(40)]
    answered(account, taken(account, mail(References="\r\n ".join(names))))
    head = smtp.taken[-1].raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert b"=?" not in head.partition(b"References:")[2].partition(b"X-Servewell")[0]
    kept = read(smtp.taken[-1].raw)["References"].split()
    assert kept[0] == names[0]
    assert kept[-1] == "<first@wang.example>"
    assert len(kept) == 12


def test_tls_and_starttls(account: Account, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate that is believed; with another nothing is sent, and no password."""
    conversation = taken(account, mail())
    secure = mailservers.certificate(tmp_path)
    with mailservers.smtp(None, secure=secure) as server:
        own = mailservers.account(
            f"tls-{account.address}", None, server, options={"smtp_host": "localhost", "smtp_security": "starttls"}
        )
        with pytest.raises(SendFailed) as refused:
            answered(own, conversation)
        assert refused.value.code == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(secure.certificate))
        answered(own, conversation)
        assert len(server.taken) == 1


def test_subjects_are_tidy(account: Account, smtp: Smtp) -> None:
    """One Re:, one number, whatever the customer's program made of them."""
    conversation = taken(account, mail(Subject="=?utf-8?q?Re=3A_AW=3A_=E5=9B=9E=E5=A4=8D=EF=BC=9ARe=3A?= Parcel [#7]"))
    answered(account, conversation)
    assert read(smtp.taken[-1].raw)["Subject"] == f"Re: Parcel [#{conversation.number}]"
    answered(account, taken(account, mail(Subject="", Message_ID="<none@wang>")))
    assert read(smtp.taken[-1].raw)["Subject"].startswith("Re: Your message to us [#")
