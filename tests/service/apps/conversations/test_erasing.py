"""A customer is erased or wants their data: what goes, what stays, what do they get?"""

import json
import threading
import time
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import pytest_django
from django.db import connection, transaction
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.base.models import Attachment, Timer
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, history, holding
from servewell.apps.conversations.actions import receiving
from servewell.apps.conversations.errors import NobodyWrote
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers import actions as customers
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer, Erasure
from servewell.apps.customers.timeline import Asked
from servewell.apps.journal.models import Event

STRANGER = (Identity("email", "li@example.com", verified=True),)
SECRET = "Xyzzy"  # in everything that the erased person ever wrote


@pytest.fixture(autouse=True)
def _files(settings: pytest_django.Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def theirs(desk: Desk) -> UUID:
    """A conversation of the person who will be erased, with a file and a reply."""
    file = build.attachment(f"{SECRET}.txt")
    case = desk.received(f"{SECRET} 1", subject=SECRET, attachments=(actions.InboundFile(file.id),), thread="t1")
    actions.reply(desk.who("lin"), case, text=f"Dear {SECRET}")
    return case


def erase(desk: Desk, case: UUID) -> None:
    customers.erase(desk.who("boss"), row(case).customer_id)


def everywhere() -> str:
    """Return all that our tables hold, as text."""
    tables = [name for name in connection.introspection.table_names() if name.startswith(("conversations_", "base_"))]
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"select string_agg(t::text, E'\\n') from \"{table}\" as t")
            found.append(str(cursor.fetchone()[0]))
    return "\n".join(found)


def test_it_works(desk: Desk, theirs: UUID) -> None:
    """Rows and files are gone, what happened stays, without the person."""
    assert SECRET in everywhere()
    erase(desk, theirs)
    assert SECRET not in everywhere()
    assert (Conversation.objects.count(), Message.objects.count(), Attachment.objects.count()) == (0, 0, 0)
    events = Event.objects.filter(conversation=theirs)
    assert events.count() == 3
    assert not events.exclude(customer=None).exists()
    assert [line.sentence for line in history.of(theirs, "en")][:2] == [
        "The customer began the conversation.",
        "The customer wrote and sent files (1).",
    ]
    erased = Event.objects.get(activity="conversation.erased")
    assert erased.attributes == {"files": 1, "messages": 2, "conversations": 1}


def test_what_they_wrote_in_a_conversation_of_somebody_else_goes_too(desk: Desk) -> None:
    """The conversation stays, and its row no longer shows their words."""
    case = desk.received("Mine", thread="t1")
    desk.received(f"{SECRET} here", thread="t1", identities=STRANGER)
    assert row(case).preview == f"{SECRET} here"
    stranger = Message.objects.get(conversation=case, position=2).author
    customers.erase(desk.who("boss"), stranger)  # type: ignore[arg-type]
    assert SECRET not in everywhere()
    assert (row(case).preview, Message.objects.get().text) == ("Mine", "Mine")


def test_what_went_on_in_theirs_stands_for_itself_again(desk: Desk, theirs: UUID) -> None:
    mine = desk.received("Mine", identities=STRANGER)
    actions.merge(desk.who("boss"), mine, theirs, anyway=True)
    erase(desk, theirs)
    assert row(mine).merged_into_id is None


def test_what_theirs_went_on_in_no_longer_shows_them(desk: Desk) -> None:
    mine = desk.received("Mine", identities=STRANGER)
    theirs = desk.received(f"{SECRET}!")
    actions.merge(desk.who("boss"), theirs, mine, anyway=True)
    assert SECRET in row(mine).preview
    erase(desk, theirs)
    assert row(mine).preview == "Mine"


def test_a_file_that_others_have_too_is_kept(desk: Desk, theirs: UUID) -> None:
    shared = build.attachment("terms.pdf")
    mine = desk.received("Mine", identities=STRANGER)
    for case in (theirs, mine):
        actions.reply(desk.who("lin"), case, text="See", attachments=[shared.id])
    erase(desk, theirs)
    assert [file.id for file in Attachment.objects.all()] == [shared.id]


def test_nothing_of_theirs_wakes_up_later(desk: Desk, theirs: UUID) -> None:
    actions.snooze(desk.who("lin"), theirs, clock.now() + timedelta(days=1))
    erase(desk, theirs)
    assert Timer.objects.count() == 0


def test_what_they_get_is_everything(desk: Desk, theirs: UUID) -> None:
    made = customers.export(desk.who("boss"), row(theirs).customer_id)
    with made.file, zipfile.ZipFile(BytesIO(made.file.read())) as archive:
        said = json.loads(archive.read("conversations/messages.json"))
        cases = json.loads(archive.read("conversations/conversations.json"))
        files = [name for name in archive.namelist() if name.startswith("files/")]
    assert [one["text"] for one in said] == [f"{SECRET} 1", f"Dear {SECRET}"]
    assert [one["subject"] for one in cases] == [SECRET]
    assert len(files) == 1


def test_their_time_line_shows_what_the_asker_may_read(desk: Desk, theirs: UUID) -> None:
    other = desk.received("Elsewhere", team=desk.other_team.id)
    family = [row(theirs).customer_id]

    def line(name: str) -> list[str]:
        return [item.sentence for item in holding.told(Asked(desk.who(name), family, None, 10, "en"))]

    number, elsewhere = row(theirs).number, row(other).number
    mine = [f"Lin replied (#{number}).", f"The customer wrote (#{number})."]
    assert line("lin") == mine
    assert line("boss") == [f"The customer wrote (#{elsewhere}).", *mine]


def test_the_time_line_goes_on_where_it_ended(desk: Desk, theirs: UUID) -> None:
    boss, family = desk.who("boss"), [row(theirs).customer_id]
    (first,) = holding.told(Asked(boss, family, None, 1, "en"))
    (second,) = holding.told(Asked(boss, family, first.place, 1, "en"))
    assert [first.kind, second.kind] == ["replied", "received"]
    assert second.details["preview"] == f"{SECRET} 1"


def test_whose_turn_it_is_follows_what_is_left_of_a_conversation_of_somebody_else(desk: Desk) -> None:
    """Told with the row's next version, so that who saw it before is told too; also where it was merged since."""
    case = desk.received("Mine", thread="t1")
    actions.reply(desk.who("lin"), case, text="Here.")
    into = desk.received("Mine too")
    actions.reply(desk.who("lin"), into, text="Yes.")
    desk.received(f"{SECRET} here", thread="t1", identities=STRANGER)
    version = row(case).version
    actions.merge(desk.who("lin"), case, into)
    stranger = Message.objects.get(conversation=case, position=3).author
    customers.erase(desk.who("boss"), stranger)  # type: ignore[arg-type]
    for one in (case, into):
        assert (row(one).status, row(one).waiting_since) == ("waiting_customer", None)
        assert (last(one, "messages_erased")["messages"], told(one)[-1]) == (1, "waiting")
        said = [line.sentence for line in history.of(one, "en")]
        assert "1 messages of a person who was erased were removed from it." in said
    assert row(case).version == last(case, "messages_erased")["version"] > version
    assert (row(case).preview, row(into).preview) == ("Here.", "Yes.")


def test_who_writes_while_they_are_erased_get_an_answer_in_words(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: pytest_django.Settings, tmp_path: Any
) -> None:
    """Each waits for a row of the other: the message is tried again, and then there is no such thread."""
    desk, held, wrote = Desk(), threading.Event(), threading.Event()
    case = desk.received(thread="t1")
    customer = row(case).customer_id
    actions.assign(desk.who("boss"), case, team=desk.other_team.id)  # so that the customer's row is written too
    meet = receiving._meet

    def slowly(*args: Any) -> None:
        wrote.set()
        meet(*args)

    monkeypatch.setattr(receiving, "_meet", slowly)

    def work(number: int) -> Any:
        if number:
            assert held.wait(20)
            return actions.receive(SYSTEM, build.inbound("And?", thread="t1", identities=()))
        with transaction.atomic():
            list(Customer.objects.select_for_update().filter(pk=customer))
            held.set()
            assert wrote.wait(20)
            time.sleep(0.5)
            return customers.erase(desk.who("boss"), customer)

    erased, received = at_once(2, work)
    assert isinstance(erased, Erasure)
    assert isinstance(received, NobodyWrote)  # the thread went with them
    assert not Conversation.objects.exists()


def test_nobody_begins_a_conversation_with_who_is_being_erased(transactional_db: None) -> None:
    """The erasure goes first; then there is no such customer, and nothing fails when it is written."""
    desk, erased = Desk(), threading.Event()
    customer = row(desk.received()).customer_id

    def work(number: int) -> Any:
        if number:
            assert erased.wait(20)
            return actions.open_for(desk.who("boss"), customer, channel="phone")
        with transaction.atomic():
            done = customers.erase(desk.who("boss"), customer)
            erased.set()
            time.sleep(0.5)
            return done

    _, opened = at_once(2, work)
    assert isinstance(opened, NoSuchCustomer)
