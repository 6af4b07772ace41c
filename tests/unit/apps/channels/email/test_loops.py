"""Is what a program wrote told from what a person wrote?"""

import pytest
from tests import mails

from servewell.apps.channels.email import letters

YES = mails.part("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=REPLY; charset=utf-8")
ASKS = mails.part("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=REQUEST; charset=utf-8")


def kind(raw: bytes) -> str:
    return letters.read(raw).auto


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: My parcel",
        "自动回复：我的包裹",
        "自动回复",
        "【自动回复】我的包裹",
        "=?utf-8?b?6Ieq5Yqo5Zue5aSNOiDmiJE=?=",
        "Out of Office: My parcel",
        "Automatische Antwort: Paket",
        "Réponse automatique : colis",
        "AutoReply: x",
    ],
)
def test_it_works(subject: str) -> None:
    """A subject as programs write it is enough."""
    assert kind(mails.mail(Subject=subject)) == "reply"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: My parcel",
        "自动回复功能怎么关闭？",
        "Out of office chairs in stock?",
        "automatic replywheel",
    ],
)
def test_a_person_who_writes_of_it(subject: str) -> None:
    """Whoever asks about automatic replies, or answers one, is a person."""
    assert kind(mails.mail(Subject=subject)) == ""


def test_calendars() -> None:
    """Who comes to a meeting has pressed a button; who asks for one is a person."""
    assert kind(mails.multipart([mails.part("I come"), YES], "alternative")) == "reply"
    assert kind(mails.multipart([mails.part("Shall we meet?"), ASKS], "alternative")) == ""


def test_complaints_and_rules() -> None:
    """A complaint of another server, and what a rule of Exchange sent, are of programs."""
    assert kind(mails.multipart([mails.part("Spam!")], "report", more="; report-type=feedback-report")) == "notice"
    assert kind(mails.mail(X_MS_Exchange_Inbox_Rules_Loop="wang@example.com")) == "notice"
    assert kind(mails.mail(X_Failed_Recipients="wang@example.com")) == "notice"


@pytest.mark.parametrize(
    ("local", "is_one"),
    [
        ("noreply", True),
        ("no-reply+123", True),
        ("bounce-42", True),
        ("Postmaster", True),
        ("bounceland", False),
        ("noreplyer", False),
        ("postmasterson", False),
    ],
)
def test_robots(local: str, is_one: bool) -> None:
    """The name of a robot, alone or with more behind + or -; other names only begin alike."""
    assert kind(mails.mail(From=f"{local}@example.com")) == ("notice" if is_one else "")
