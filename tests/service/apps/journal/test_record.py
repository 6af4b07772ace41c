"""What does recording an event do?"""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Event
from servewell.apps.journal.models import Event as Row


def test_it_works() -> None:
    case = uuid4()
    first = record(Event("conversation.opened", case, channel="chat"))
    second = record(Event("conversation.message_received", case, channel="chat"))
    assert (first.seq, second.seq) == (1, 2)
    assert Row.objects.get(id=first.id).activity == "conversation.opened"
