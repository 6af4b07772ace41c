"""The whole of it: mails come into a real mailbox and become conversations; answers go out by a real SMTP server.

Each line of the list of what others get wrong with mail stands here, and what dies in between loses and doubles
nothing.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests import mails, mailservers
from tests.acceptance.installation import Installation, until
from tests.mailservers import Dovecot, Smtp

HELP = "help@example.com"
PATIENCE = 120.0
_numbers = count(1)


class Desk:
    """Somebody who works at a running installation."""

    def __init__(self, installation: Installation) -> None:
        pipe = subprocess.PIPE
        path = str(Path(__file__).with_name("desk.py"))
        self.process = subprocess.Popen(
            [sys.executable, path], env=installation.surroundings(), stdin=pipe, stdout=pipe, text=True
        )

    def __call__(self, what: str, **more: Any) -> Any:
        """Do something and return what is said of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the desk broke down"
        return json.loads(line)

    def message(self, text: str, **wanted: Any) -> dict[str, Any] | None:
        """Return the one message with this text in it."""
        fits = [one for one in self("messages") if text in one["text"] and wanted.items() <= one.items()]
        assert len(fits) < 2, fits
        return fits[0] if fits else None

    def come(self, text: str, **wanted: Any) -> dict[str, Any]:
        """Wait until it is there."""
        assert until(lambda: self.message(text, **wanted), PATIENCE), (text, self("arrivals"), self("accounts"))
        found = self.message(text, **wanted)
        assert found is not None
        return found

    def settled(self, number: int) -> None:
        """Wait until so many arrivals were read or set aside."""

        def all_are() -> bool:
            states = Counter(one["state"] for one in self("arrivals"))
            return sum(states.values()) == number and not states["waiting"]

        assert until(all_are, PATIENCE), (number, self("arrivals"), self("accounts"))


class House:
    """An installation with a mailbox, its mail servers, and somebody at the desk."""

    def __init__(self, installation: Installation, dovecot: Dovecot, smtp: Smtp) -> None:
        self.installation, self.dovecot, self.smtp = installation, dovecot, smtp
        installation.up()
        self.desk = Desk(installation)
        options = {
            "imap_host": "127.0.0.1",
            "imap_port": dovecot.imap_port,
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp.port,
            "smtp_security": "none",
            "poll_s": 5,
            "aliases": ["shop@example.com"],
            "acknowledge": True,
            "acknowledge_en": "It has come: {number}",
        }
        self.desk("mailbox", address=HELP, options=options, password=mailservers.PASSWORD)
        assert until(lambda: self.desk("accounts")[0]["cursor"], PATIENCE), self.desk("accounts")
        self.delivered = 0

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the mailbox."""
        self.delivered += 1
        self.dovecot.deliver(HELP, raw)

    def mail(self, text: str, sender: str = "", **heads: Any) -> str:
        """Write to the mailbox; return the Message-ID, without brackets."""
        number = next(_numbers)
        lines = {
            "From": sender or f"customer{number}@example.com",
            "To": HELP,
            "Subject": "Parcel",
            "Message-ID": f"<m{number}@customers.example>",
            **{key.replace("_", "-"): value for key, value in heads.items()},
        }
        head = "".join(f"{key}: {value}\r\n" for key, value in lines.items() if value is not None)
        self.deliver(f"{head}\r\n{text}\r\n".encode())
        return f"m{number}@customers.example"

    def answers(self, text: str) -> list[dict[str, Any]]:
        """Return the automatic answers in the conversation of the message with this text."""
        about = self.desk.come(text, author="customer")["conversation"]
        said = self.desk("messages")
        return [one for one in said if one["conversation"] == about and one["author"] == "system"]


@pytest.fixture(scope="module")
def house(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("mail") / "data"
    subprocess.run(["/bin/cp", "-a", migrated, data], check=True)
    installation = Installation(data)
    with mailservers.mail_house() as (dovecot, smtp):
        try:
            made = House(installation, dovecot, smtp)
            yield made
            made.desk.process.kill()
            made.desk.process.communicate()
        finally:
            installation.clean()


@pytest.fixture
def desk(house: House) -> Desk:
    return house.desk


def test_it_works(house: House, desk: Desk) -> None:
    """A mail becomes a conversation; the answer stands in the customer's mailbox; theirs comes back to it."""
    house.mail("Where is my parcel?", sender="Wang <wang@example.com>")
    message = desk.come("Where is my parcel?")
    desk("reply", conversation=message["conversation"], text="It is on its way.")
    assert until(lambda: any(b"It is on its way." in raw for raw in house.dovecot.mails("wang@example.com")), PATIENCE)
    answer = desk.come("It is on its way.", delivery="sent")
    house.mail("Thank you!", sender="wang@example.com", In_Reply_To=f"<{answer['name']}>")
    assert desk.come("Thank you!")["conversation"] == message["conversation"]


def test_the_same_message_id_twice_is_one_message(house: House, desk: Desk) -> None:
    """Also when it comes much later."""
    name = house.mail("Only once", sender="li@example.com")
    desk.come("Only once")
    house.mail("Only once", sender="li@example.com", Message_ID=f"<{name}>")
    desk.settled(house.delivered)
    assert len([one for one in desk("messages") if "Only once" in one["text"]]) == 1


def test_in_reply_to_and_references_alone_thread(house: House, desk: Desk) -> None:
    """Whatever the subject, and whoever of theirs writes."""
    first = house.mail("The beginning", sender="zhao@example.com")
    begun = desk.come("The beginning")["conversation"]
    house.mail("By In-Reply-To", sender="zhao@example.com", Subject="Else", In_Reply_To=f"<{first}>")
    house.mail("By References", sender="zhao@example.com", Subject="Else", References=f"<x@y.example> <{first}>")
    assert desk.come("By In-Reply-To")["conversation"] == begun
    assert desk.come("By References")["conversation"] == begun


def test_a_number_in_a_strangers_subject_opens_no_door(house: House, desk: Desk) -> None:
    """It begins a conversation of its own."""
    house.mail("A secret of mine", sender="owner@example.com")
    secret = desk.come("A secret of mine")
    house.mail("Let me in", sender="stranger@example.com", Subject=f"Re: Parcel [#{secret['number']}] [ticket-1]")
    assert desk.come("Let me in")["conversation"] != secret["conversation"]


@pytest.mark.parametrize(
    "head",
    [("Auto_Submitted", "auto-replied"), ("Precedence", "bulk"), ("Precedence", "list"), ("Precedence", "auto_reply")],
    ids="=".join,
)
def test_programs_are_kept_and_never_answered_by_one_of_ours(house: House, desk: Desk, head: tuple[str, str]) -> None:
    """A person who writes the same is."""
    house.mail(f"Program {head}", **{head[0]: head[1]})
    house.mail(f"Person {head}")
    assert house.answers(f"Program {head}") == []
    assert len(house.answers(f"Person {head}")) == 1


def test_our_own_addresses_and_messages_make_no_loop(house: House, desk: Desk) -> None:
    """From equal to ours, an alias of ours, and our own mail that comes back."""
    house.mail("From ourselves", sender=HELP)
    house.mail("From our alias", sender="shop@example.com")
    house.mail("A person, before the echo", sender="echo@example.com")
    desk.come("A person, before the echo")
    assert until(lambda: house.dovecot.mails("echo@example.com"), PATIENCE)
    house.deliver(house.dovecot.mails("echo@example.com")[0])
    desk.settled(house.delivered)
    assert Counter(one["outcome"] for one in desk("arrivals"))["own"] == 3
    assert desk.message("From ourselves") is None


def test_more_than_a_few_automatic_answers_stop_with_an_alert(house: House, desk: Desk) -> None:
    """Three an hour, to one address."""
    for number in range(5):
        house.mail(f"Again and again {number}", sender="again@example.com")
    desk.settled(house.delivered)
    said = [len(house.answers(f"Again and again {number}")) for number in range(5)]
    assert sum(said) == 3
    assert desk("events", name="channel.answers_stopped") == 1


def test_a_missing_message_id_is_made_up(house: House, desk: Desk) -> None:
    """The mail is taken in; the same once more is the same."""
    for _ in range(2):
        house.mail("No id at all", sender="noid@example.com", Message_ID=None, Date="Sun, 22 Nov 2026 12:00:00 +0800")
    desk.settled(house.delivered)
    assert desk.come("No id at all")["name"]


ODD: dict[str, Callable[[], bytes]] = {
    **mails.ODD,
    **mails.UNFIT,
    "very deep nesting": lambda: mails.deep(1000),
    "forty megabytes": lambda: mails.large(40),
}


def test_odd_mails_are_taken_in_or_set_aside(house: House, desk: Desk) -> None:
    """Every kind of the list, through a real server: never lost, never a crash; what follows is read as ever."""
    for number, make in enumerate(ODD.values()):
        raw = make().replace(b"<m1@example.com>", b"<odd%d@example.com>" % number)
        house.deliver(raw.replace(b"wang@example.com", b"wang%d@example.com" % number))
    house.mail("After all that")
    desk.come("After all that")
    desk.settled(house.delivered)
    *odd, after = desk("arrivals")[-len(ODD) - 1 :]
    assert after["state"] == "taken"
    for what, arrival in zip(ODD, odd, strict=True):
        assert arrival["state"] in {"taken", "aside"}, (what, arrival)
        assert arrival["outcome"] != "fault", (what, arrival)
    assert max(arrival["size"] for arrival in odd) > 40 * 2**20


SCRIPTS = {
    "gb18030": "你好，包裹在哪里？𠮷 一",
    "big5": "我的包裹在哪裡？ 二",
    "iso-2022-jp": "荷物はどこですか 三",
    "euc-kr": "소포는 어디에 있나요",
}


@pytest.mark.parametrize("charset", SCRIPTS)
def test_text_of_other_scripts_is_read(house: House, desk: Desk, charset: str) -> None:
    """As it was written."""
    raw = mails.mail(SCRIPTS[charset].encode(charset), Content_Type=f"text/plain; charset={charset}")
    house.deliver(raw.replace(b"<m1@example.com>", f"<script-{charset}@example.com>".encode()))
    desk.come(SCRIPTS[charset])


def test_a_bounce_marks_the_address_and_opens_nothing(house: House, desk: Desk) -> None:
    """The next answer to it is refused in words."""
    house.mail("Will bounce", sender="dead@example.com")
    message = desk.come("Will bounce")
    desk("reply", conversation=message["conversation"], text="Into the void")
    sent = desk.come("Into the void", delivery="sent")
    before = len({one["conversation"] for one in desk("messages")})
    house.deliver(mails.bounce(sent["name"], "dead@example.com"))
    desk.come("Into the void", delivery="failed")
    assert desk("bounced", address="dead@example.com") == "unknown"
    assert len({one["conversation"] for one in desk("messages")}) == before
    desk("reply", conversation=message["conversation"], text="Once more")
    assert desk.come("Once more", delivery="failed")["code"] == "channels_email.fault.bounced"


def test_scripts_are_removed_and_pictures_of_others_not_loaded(house: House, desk: Desk) -> None:
    """What is shown holds neither."""
    body = '<p>With a script</p><script>alert(1)</script><img src="https://spy.example/p.gif" onerror="x()">'
    house.mail(body, Content_Type="text/html; charset=utf-8")
    html = desk.come("With a script")["html"]
    assert "script>" not in html
    assert "onerror" not in html
    assert ' src="https://spy.example' not in html


def test_the_smtp_server_is_away_for_a_while(house: House, desk: Desk) -> None:
    """The agent reads why the answer waits; when the server is back it goes out by itself, once."""
    house.mail("During the outage", sender="patient@example.com")
    message = desk.come("During the outage")
    assert until(lambda: len(house.dovecot.mails("patient@example.com")) == 1, PATIENCE)
    house.smtp.stop()
    desk("reply", conversation=message["conversation"], text="Sent in spite of it")
    assert desk.come("Sent in spite of it", code="channels_email.fault.unreachable")["delivery"] == "queued"
    house.smtp.start()
    desk.come("Sent in spite of it", delivery="sent")
    assert _count(house, "patient@example.com", b"Sent in spite of it") == 1


def test_the_imap_server_is_away_for_a_while(house: House, desk: Desk) -> None:
    """What came meanwhile is taken in when it is back; the account fails, and works again."""
    house.dovecot.stop()
    assert until(lambda: desk("accounts")[0]["fault"] == "unreachable", PATIENCE)
    house.dovecot.start()
    house.mail("After the outage")
    desk.come("After the outage")
    assert until(lambda: desk("accounts")[0]["fault"] == "", PATIENCE)


def test_what_comes_while_no_worker_lives_is_taken_by_the_next(house: House, desk: Desk) -> None:
    """Its connection to the mailbox died with it."""
    installation = house.installation
    installation.kill(*installation.children("cli worker", of=installation.pid))
    for number in range(5):
        house.mail(f"Nobody there {number}")
    for number in range(5):
        desk.come(f"Nobody there {number}", author="customer")
    desk.settled(house.delivered)


@pytest.mark.slow
def test_kill_9_of_the_worker_loses_and_doubles_nothing(house: House, desk: Desk) -> None:
    """Again and again, while mails come in and answers go out. What it was at is free after two minutes."""
    installation = house.installation
    house.mail("Many answers", sender="many@example.com")
    conversation = desk.come("Many answers")["conversation"]
    for number in range(20):
        house.mail(f"While it dies {number:02}", sender=f"dying{number}@example.com")
        desk("reply", conversation=conversation, text=f"Answer while it dies {number:02}")
        if number % 5 == 4:
            installation.kill(*installation.children("cli worker", of=installation.pid))
    for number in range(20):
        desk.come(f"While it dies {number:02}", author="customer")
        desk.come(f"Answer while it dies {number:02}", delivery="sent")
    desk.settled(house.delivered)
    names: dict[bytes, set[bytes]] = {}
    order = []
    for raw in house.dovecot.mails("many@example.com"):
        text = raw.partition(b"Answer while it dies ")[2][:2]
        if text:
            names.setdefault(text, set()).add(raw.lower().partition(b"message-id: ")[2].split(b"\r\n")[0])
            order.append(text)
    assert sorted(names) == [f"{number:02}".encode() for number in range(20)]
    assert all(len(of) == 1 for of in names.values())  # at least once, under one name: mailboxes drop the second
    assert list(dict.fromkeys(order)) == sorted(names)


def test_nothing_was_lost_on_the_way(house: House, desk: Desk) -> None:
    """Of all that these tests put into the mailbox each is an arrival, and each was read or set aside."""
    desk.settled(house.delivered)
    states = Counter(one["state"] for one in desk("arrivals"))
    assert states["taken"] + states["passed"] + states["aside"] == house.delivered


def _count(house: House, address: str, text: bytes) -> int:
    return sum(text in raw for raw in house.dovecot.mails(address))
