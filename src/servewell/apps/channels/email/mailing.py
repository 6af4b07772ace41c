"""How does a mail go out that is no message of a conversation? As a machine's, which no other machine answers."""

from servewell.apps.channels.email import composing, loops, options, smtp, threads
from servewell.apps.channels.email.composing import Letter, Person
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.smtp import Parcel
from servewell.apps.channels.frame.kinds import Mail
from servewell.apps.channels.frame.models import Account


def send(account: Account, mail: Mail) -> None:
    """Send a mail from a mailbox; SendFailed. Every try carries the same Message-ID, made of the mail's id."""
    box = options.of(account)
    to, sender = composing.line(mail.to), composing.line(box.address)
    letter = Letter(
        name=threads.name_of(mail.id, box.domain),
        sender=Person(sender, box.name),
        to=Person(to),
        copies=(),
        subject=mail.subject,
        written_at=mail.written_at,
        text=mail.text,
        html=mail.html,
        files=(),
        answers="",
        references=(),
        automatic=True,
    )
    raw, needs_utf8 = composing.composed(letter, loops.MARK)
    try:
        smtp.hand_over(box, Parcel(sender, [to], [], raw, needs_utf8))
    except Fault as fault:
        raise fault.to_send() from fault
