"""The peer of `intake.py`, in its own environment: `intake_helpdesk.py prepare | load HAVE UPTO SHARE | mail PORT TO`.

The same made-up texts as ours: the first message is the ticket, the others its follow-ups, notes and files among them;
the same shares are closed, the same ones merged.
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
from helpdesk.models import FollowUp, FollowUpAttachment, Queue, Ticket  # noqa: E402

import intake_texts  # noqa: E402 - beside this file

BATCH = 5_000
QUEUES = 12
CLOSED, RESOLVED, OPEN, DUPLICATE = 4, 3, 1, 5
MERGED = 51  # of each hundred, as ours


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
    follows, files = [], []
    for ticket, said in zip(Ticket.objects.bulk_create(tickets), talks, strict=True):
        own = [
            FollowUp(ticket=ticket, date=ticket.created, title="Comment", comment=text, public=n not in said.notes)
            for n, (_, text) in enumerate(said.messages[1:], start=1)
        ]
        if said.file:
            own = own or [FollowUp(ticket=ticket, date=ticket.created, title="Attachment", public=True)]
            files.append(FollowUpAttachment(followup=own[0], file=said.file, filename=said.file, size=50_000))
        follows += own
    FollowUp.objects.bulk_create(follows, BATCH)
    FollowUpAttachment.objects.bulk_create(files)
    _merge(tickets, numbers)


def _merge(tickets: list[Ticket], numbers: range) -> None:
    merged = [place for place, number in enumerate(numbers) if number % 100 == MERGED]
    for place in merged:
        tickets[place].merged_to, tickets[place].status = tickets[place - 1], DUPLICATE
    Ticket.objects.bulk_update([tickets[place] for place in merged], ["merged_to", "status"])


def fetch_mails(port: int, address: str) -> None:
    """Fetch mails of a mailbox by the peer's own command each time a line comes in; say when it is done."""
    own = {"email_box_host": "127.0.0.1", "email_box_port": port, "email_box_user": address, "email_box_interval": 0}
    own |= {"email_box_type": "imap", "email_box_pass": "mailbox-password", "email_box_imap_folder": "INBOX"}
    Queue.objects.filter(slug="q0").update(
        email_address=address, allow_email_submission=True, email_box_ssl=False, logging_type="none", **own
    )
    for _ in sys.stdin:
        Queue.objects.filter(slug="q0").update(email_box_last_check=datetime.now(UTC) - timedelta(hours=1))
        call_command("get_email", quiet=True)
        print("done", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    elif sys.argv[1] == "mail":
        fetch_mails(int(sys.argv[2]), sys.argv[3])
    else:
        load(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
