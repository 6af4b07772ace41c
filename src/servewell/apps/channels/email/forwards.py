"""Whose mail did one of us send on? The first mail that a forward quotes or carries says who wrote it."""

import re

from servewell.apps.channels.email import headers, quoting
from servewell.apps.channels.email.headers import Mailbox
from servewell.apps.channels.email.letters import Letter
from servewell.apps.people import queries as people

_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|转发|轉寄|轉發)\s*[:：]", re.IGNORECASE)


def written_by(letter: Letter, text: str, *, proven: bool) -> Mailbox | None:
    """Return who wrote the mail that one of our people sends on; None when this is no such forward.

    A forward whose sender the mailbox's server does not prove is an ordinary mail: else anybody could write in the name
    of others by writing in the name of one of us.
    """
    if not proven:
        return None
    found = _carried(letter) or quoting.forwarded_from(text, anywhere=bool(_SUBJECT.match(letter.subject)))
    if found is None or len(letter.senders) != 1 or "@" not in found.address:
        return None
    sender = people.called(letter.senders[0].address)
    return found if sender is not None and sender.is_active else None


def _carried(letter: Letter) -> Mailbox | None:
    """Return who wrote the only mail that is attached."""
    mails = [part for part in letter.mail.walk() if part.kind == "message/rfc822"]
    if len(mails) != 1:
        return None
    content = mails[0].content()
    above, _ = headers.read(content, 0, len(content))
    return next(iter(above.mailboxes("from")), None)
