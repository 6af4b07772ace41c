"""Does a mailbox work? What the test button finds: both servers are asked, and no mail is sent."""

from collections.abc import Callable

from servewell.apps.channels.email import imap, options, smtp
from servewell.apps.channels.email.connecting import hurried
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import Box
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account

PATIENCE_S = 10.0  # for each answer of a server: somebody waits for what is found


def check(account: Account) -> Checked:
    """Sign in to both servers, open each folder and count its mails; say in words what works and what does not."""
    box = options.of(account)
    reading, mails = _tried(lambda: _read(box))
    sending, _ = _tried(lambda: _greet(box))
    faults = [fault for fault in (reading, sending) if fault is not None]
    found = {"mails": mails, "folders": ", ".join(box.folders)}
    return Checked(
        ok=not faults,
        code=faults[0].code if faults else "ok",
        words=" | ".join(dict.fromkeys(fault.words for fault in faults if fault.words)),
        parts=(*_said("reading", reading, found), *_said("sending", sending, {})),
    )


def _said(what: str, fault: Fault | None, values: dict[str, object]) -> tuple[Checked, ...]:
    if fault is None:
        return (Checked(ok=True, code=f"{what}_works", values=values),)
    return Checked(ok=False, code=f"{what}_fails"), Checked(ok=False, code=fault.code)


def _tried(work: Callable[[], int]) -> tuple[Fault | None, int]:
    try:
        with hurried(PATIENCE_S):
            return None, work()
    except Fault as fault:
        return fault, 0


def _read(box: Box) -> int:
    with imap.opened(box) as mailbox:
        return sum(mailbox.select(folder).mails for folder in box.folders)


def _greet(box: Box) -> int:
    with smtp.opened(box):
        return 0
