"""What do tests share that look into a mailbox? One look, as a fresh connection does, and what it brought."""

import threading

from servewell.apps.base import attachments, clock
from servewell.apps.channels.email import imap, options
from servewell.apps.channels.email.keeping import Look
from servewell.apps.channels.frame.models import Account, Arrival


def mail(name: str = "one", text: str = "Where is it?") -> bytes:
    """Return a mail of Wang's; `name` is what its Message-ID begins with."""
    head = f"From: Wang <wang@example.com>\r\nTo: help@example.com\r\nSubject: Parcel\r\nMessage-ID: <{name}@wang>\r\n"
    return (head + f"Date: {clock.now():%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n{text}\r\n").encode()


def look(account: Account) -> int:
    """Look once, as a fresh connection does; return how many mails were new."""
    account = Account.objects.get(pk=account.pk)
    box = options.of(account)
    with imap.opened(box) as mailbox:
        return Look(account, box, mailbox).once(threading.Event())


def raws(account: Account) -> list[bytes]:
    """Return what was kept of the mails of a mailbox, the first first."""
    rows = Arrival.objects.filter(account=account).order_by("id")
    return [raw(row) for row in rows if row.raw_id]


def raw(arrival: Arrival) -> bytes:
    """Return what was kept of a mail."""
    assert arrival.raw_id is not None
    with attachments.open(arrival.raw_id)[1] as file:
        return file.read()
