"""The peer of `intake.py`, run in its own environment: `intake_helpdesk.py prepare` or `... load HAVE UPTO`.

The same made-up texts as ours: the first message is the ticket, the others its follow-ups; the same shares are closed.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "intake_helpdesk_settings"

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

import intake_texts  # noqa: E402 - beside this file

BATCH = 5_000
QUEUES = 12
CLOSED, RESOLVED, OPEN = 4, 3, 1


def prepare() -> None:
    """Make the tables, queues and a member of staff; print the cookies of their session and CSRF token."""
    call_command("migrate", verbosity=0)
    for number in range(QUEUES):
        Queue.objects.get_or_create(
            slug=f"q{number}", defaults={"title": f"team {number}", "allow_public_submission": True}
        )
    User.objects.filter(username="agent").exists() or User.objects.create_superuser("agent", "agent@example.com", "x")
    client = Client()
    client.force_login(User.objects.get(username="agent"))
    print(client.cookies["sessionid"].value)


def load(have: int, upto: int, active: float) -> None:
    """Bring the tickets from `have` to `upto`, of which a share is active; then analyse."""
    queues = list(Queue.objects.order_by("id"))
    for first in range(have, upto, BATCH):
        _batch(queues, range(first, min(upto, first + BATCH)), active)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _batch(queues: list[Queue], numbers: range, active: float) -> None:
    now = datetime.now(UTC)
    tickets, talks = [], []
    for number in numbers:
        random = Random(number)
        said = intake_texts.talk(random)
        status = OPEN if random.random() < active else random.choices((CLOSED, RESOLVED), (95, 1))[0]
        queue = queues[0 if random.random() < 0.6 else random.randrange(1, QUEUES)]
        created = now - timedelta(minutes=number)
        address = f"customer{int(number / 2.5)}@example.com"
        tickets.append(
            Ticket(
                queue=queue,
                title=said.subject[:200],
                description=said.messages[0][1],
                status=status,
                created=created,
                modified=created,
                submitter_email=address,
                priority=random.choice((2, 3, 3, 3, 4)),
                secret_key=f"k{number}",
            )
        )
        talks.append(said)
    follows = []
    for ticket, said in zip(Ticket.objects.bulk_create(tickets), talks, strict=True):
        for _, text in said.messages[1:]:
            follows.append(FollowUp(ticket=ticket, date=ticket.created, title="Comment", comment=text, public=True))
    FollowUp.objects.bulk_create(follows)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        load(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
