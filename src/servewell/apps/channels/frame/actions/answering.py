"""Automatic answers: counted, and stopped."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, secrets, statements
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import events
from servewell.apps.channels.frame.actions._shared import note
from servewell.apps.channels.frame.models import AnswerCount
from servewell.apps.channels.frame.queries import ANSWERS_WITHIN, SQL


@transaction.atomic
def count_answer(address_key: str, account_id: UUID, most: int) -> bool:
    """Count one more automatic answer to an address; return whether it is one of the `most` within an hour."""
    now = clock.now()
    mark = secrets.mark(f"answer:{address_key.strip().casefold()}")
    values = {"mark": mark, "now": now, "since": now - ANSWERS_WITHIN, "most": most, "account": account_id}
    count = int(statements.prepared(SQL["count_answer"], values)[0][0])
    if count == most + 1:
        note(SYSTEM, events.ANSWERS_STOPPED, account_id, answers=most)
    return count <= most


def forget_answers() -> int:
    """Remove the counts of hours that are over; return how many."""
    return AnswerCount.objects.filter(began_at__lt=clock.now() - ANSWERS_WITHIN).delete()[0]
