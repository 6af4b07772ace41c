"""How does what one of us wrote get to the customer by mail? Addressed as their last mail asks for (`recipients`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from servewell.apps.base import attachments, settings, texts
from servewell.apps.base.errors import AttachmentGone
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import composing, loops, options, recipients, smtp, threads
from servewell.apps.channels.email.composing import File, Letter, Person
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import SENT_MEGABYTES, Box
from servewell.apps.channels.email.smtp import Parcel
from servewell.apps.channels.email.wording import worded
from servewell.apps.channels.frame.kinds import Outgoing, OutgoingFile, SendFailed, Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Author, Message, MessageKind
from servewell.apps.customers import queries as customers

_NAMED = 12  # Message-IDs in References: the first and the nearest
_CODED = 1.37  # what base64 adds to a file


@dataclass(frozen=True, slots=True)
class _Way:
    """Whom a mail is for, and what it answers."""

    to: Person
    copies: Sequence[Person]
    answers: str  # Message-ID of the mail it answers
    references: Sequence[str]
    subject: str  # of that mail
    quoted: Message | None  # what that mail said
    is_private: bool  # only the customer reads it


def send(account: Account, outgoing: Outgoing) -> Sent:
    """Send a message as a mail; SendFailed.

    Its Message-ID is made of the message's id: a try that was repeated because we did not hear of the first one's end
    carries the same.
    """
    box = options.of(account)
    written = Message.objects.select_related("conversation").get(pk=outgoing.message_id)
    way = _way(outgoing, written)
    _demand_light(outgoing.files)
    name = threads.name_of(outgoing.message_id, box.domain)
    raw, needs_utf8 = composing.composed(_letter(account, box, outgoing, written=written, way=way, name=name), _MARK)
    _demand_within(len(raw))
    copies = [person.address for person in way.copies]
    try:
        handed = smtp.hand_over(box, Parcel(composing.line(box.address), [way.to.address], copies, raw, needs_utf8))
    except Fault as fault:
        raise fault.to_send() from fault
    note = partial(_tell_refused, outgoing, handed.refused) if handed.refused else None
    return Sent(external_id=name, note=note)


_MARK = "X-Servewell-Message"
assert _MARK.lower() == loops.MARK  # noqa: S101 - what we write is what we know again


def _letter(account: Account, box: Box, outgoing: Outgoing, *, written: Message, way: _Way, name: str) -> Letter:
    language = texts.nearest(outgoing.language or box.language)
    words = worded(account, outgoing, language, quoted=way.quoted, is_private=way.is_private)
    said = options.said(account)
    return Letter(
        name=name,
        sender=Person(composing.line(box.address), box.name),
        to=way.to,
        copies=way.copies,
        subject=composing.subject(
            way.subject or outgoing.subject,
            outgoing.number,
            answer=bool(way.answers),
            tag=bool(said["number_in_subject"]),
            fallback=texts.say("channels_email.mail.subject", language),
        ),
        written_at=outgoing.written_at,
        text=words.text,
        html=words.html,
        files=[_file(file) for file in outgoing.files],
        answers=way.answers,
        references=way.references,
        automatic=_is_automatic(written),
    )


def _way(outgoing: Outgoing, written: Message) -> _Way:
    """Return whom the mail is for, and what it answers: the customer's last mail, else what we wrote before."""
    known = outgoing.identities.get("email", "")
    alone = _is_automatic(written)
    found = recipients.of(written.conversation, known, before=written.position, alone=alone)
    if found.to is None:
        raise SendFailed("no_address", permanent=True)
    _demand_reachable(found.to)
    last = found.last
    if last is None:
        before = _ours_before(written)
        return _Way(found.to, (), before[-1] if before else "", before, outgoing.subject, None, found.is_private)
    between = _ours_before(written, after=last.message.position)
    names = _bounded([*last.references, *([last.name] if last.name else []), *between])
    answers = last.name or (between[-1] if between else "")
    return _Way(found.to, found.copies, answers, names, outgoing.subject, last.message, found.is_private)


def _ours_before(written: Message, *, after: int = 0) -> list[str]:
    """Return the Message-IDs of what we wrote in the conversation before, oldest first."""
    rows = Message.objects.filter(conversation_id=written.conversation_id, kind=MessageKind.PUBLIC)
    rows = rows.exclude(author_kind=Author.CUSTOMER).exclude(external_id="")
    rows = rows.filter(position__lt=written.position, position__gt=after).order_by("-position")
    return [name for name in reversed(rows.values_list("external_id", flat=True)[:_NAMED]) if threads.ours(name)]


def _bounded(names: Sequence[str]) -> list[str]:
    each = list(dict.fromkeys(names))
    return each if len(each) <= _NAMED else [each[0], *each[1 - _NAMED :]]


def _demand_reachable(to: Person) -> None:
    if code := customers.bounce_of(options.compared(to.address)):
        raise SendFailed("bounced", code, permanent=True)


def _is_automatic(written: Message) -> bool:
    """Was it written by a program of ours? What an outside system writes with a key may be a person's."""
    return written.author_kind == Author.BOT or (written.author_kind == Author.SYSTEM and written.author is None)


def _demand_light(files: Sequence[OutgoingFile]) -> None:
    """Refuse what is too large before it is read."""
    _demand_within(int(sum(file.size for file in files) * _CODED))


def _demand_within(size: int) -> None:
    most = settings.get(SENT_MEGABYTES.name)
    if size > most * 2**20:
        raise SendFailed("too_large", f"{size / 2**20:.1f} > {most} MB", permanent=True)


def _file(file: OutgoingFile) -> File:
    try:
        _, stream = attachments.open(file.attachment_id)
    except AttachmentGone as fault:
        raise SendFailed("file_gone", file.name, permanent=True) from fault
    with stream:
        return File(file.name, file.media_type, stream.read(), file.content_id)


def _tell_refused(outgoing: Outgoing, refused: dict[str, str]) -> None:
    """Tell the agents who of the copies was refused: the mail went out to the others."""
    lines = "\n".join(f"{address}: {words}" for address, words in refused.items())
    text = texts.say("channels_email.mail.copies_refused", texts.DEFAULT, refused=lines)
    conversations.note(SYSTEM, outgoing.conversation_id, text=text)
