"""Is a mail lost when something else bears its Message-ID?"""

from datetime import UTC, datetime

import pytest
from tests import mails
from tests.service.apps.channels.email.postbox import came, message

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.actions import InboundMessage
from servewell.apps.conversations.models import Message
from servewell.apps.customers.identities import Identity
from servewell.apps.flows import reception

pytestmark = pytest.mark.django_db


def test_one_that_others_brought(box: Account) -> None:
    """What an outside system brought under the name of a mail does not take its place; the mail itself comes once."""
    writer = (Identity("email", "wang@example.com"),)
    brought = InboundMessage(
        channel="email",
        source="email",
        external_id="m1@example.com",
        identities=writer,
        text="Something else",
        occurred_at=datetime(2026, 3, 10, tzinfo=UTC),
    )
    first = reception.receive(SYSTEM, brought)
    arrival, again = came(box, mails.mail()), came(box, mails.mail())
    assert arrival.state == "taken"
    assert arrival.message_id != first.message_id
    assert (message(arrival).text, Envelope.objects.get().message_id) == ("Where is my parcel?", arrival.message_id)
    assert (again.outcome, again.message_id) == ("repeat", arrival.message_id)
    assert Message.objects.count() == 2


def scan(data: bytes) -> bytes:
    page = mails.file(data, "image/png", "scan.png")
    return mails.multipart([mails.part("Scanned."), page], Date=None, Message_ID="<scanner@example.com>")


def test_scans_without_a_date(box: Account) -> None:
    """A scanner that gives all its mails one name and no date: the same words with another page are another mail."""
    first, second, again = came(box, scan(mails.PNG)), came(box, scan(mails.PNG + b"2")), came(box, scan(mails.PNG))
    assert second.state == "taken"
    assert second.message_id != first.message_id
    assert (again.outcome, again.message_id) == ("repeat", first.message_id)
