"""How does a customer get in writing what was said? As a mail that they ask for, with public words only.

1. The request is kept and a call put into the outbox, in one transaction (`case/actions.py`), within limits: mail to
   strangers must not be had by typing their addresses.
2. A worker composes the mail from what is there then, and hands it to an account whose channel sends mail.
3. When it went out, or was given up, the address is forgotten; its keyed mark is kept for a day, to count by.
"""

import html as markup
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from servewell.apps.base import addresses, outbox, settings, texts
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.channels.frame import kinds, links
from servewell.apps.channels.frame.case import actions
from servewell.apps.channels.frame.case.errors import BadAddress, NoMailAccount
from servewell.apps.channels.frame.case.models import Transcript
from servewell.apps.channels.frame.kinds import Mail, SendFailed
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import queries
from servewell.apps.conversations.errors import NoSuchConversation
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import User

MOST = 500  # messages in one mail: the last ones
_LEASE_S = 150.0
_SAYS = {Author.CUSTOMER: "customer", Author.AGENT: "us", Author.BOT: "us", Author.SYSTEM: "system"}


def send(conversation_id: UUID, address: str, language: str = "", only: Sequence[UUID] | None = None) -> None:
    """Let what was said in a conversation go to a mail address, in `language` or its own.

    With `only` these messages and no others, as somebody saw them: then of this very conversation, not of where it
    goes on since it was merged. BadAddress, NoMailAccount, TooManyTranscripts, NoSuchConversation.
    """
    known = addresses.email(address)
    if known is None:
        raise BadAddress
    conversation = _meant(conversation_id, itself=only is not None)
    if account_for(conversation) is None:
        raise NoMailAccount
    actions.ask_transcript(conversation, known.shown, known.value, language or conversation.language, only)


def can_be_sent() -> bool:
    """Is there any account that mails?"""
    codes = [channel.code for channel in kinds.every() if channel.mail is not None]
    return Account.objects.filter(channel__in=codes, state=Account.State.ACTIVE, removed_at=None).exists()


def account_for(conversation: Conversation) -> Account | None:
    """Return the account that mails for a conversation: its own, else its team's, else the first; None without any."""
    codes = [channel.code for channel in kinds.every() if channel.mail is not None]
    active = Account.objects.filter(channel__in=codes, state=Account.State.ACTIVE, removed_at=None).order_by("id")
    rows = list(active)
    own = [row for row in rows if row.id == conversation.account]
    theirs = [row for row in rows if conversation.team_id is not None and row.team_id == conversation.team_id]
    house = [row for row in rows if row.team_id is None]
    return next(iter([*own, *theirs, *house, *rows]), None)


def mail(item: OutboxItem) -> outbox.Settle | None:
    """Compose a transcript and hand it over; None when it was erased meanwhile."""
    asked = Transcript.objects.filter(pk=item.payload["transcript"]).exclude(address="").first()
    if asked is None:
        return None
    conversation = _meant(asked.conversation_id, itself=asked.only is not None)
    account = account_for(conversation)
    channel = kinds.registered(account.channel) if account else None
    if account is None or channel is None or channel.mail is None:
        raise SendFailed("channels.fault.no_account", permanent=True)
    channel.mail(account, composed(asked, conversation))
    return partial(actions.transcript_went, asked.id)


def given_up(item: OutboxItem, reason: str, fault: Exception | None) -> None:
    """Forget the address of a transcript that could not be sent."""
    Transcript.objects.filter(pk=item.payload["transcript"]).update(address="")


def composed(asked: Transcript, row: Conversation) -> Mail:
    """Return the mail: public messages in their order, files by name, times in the house's zone."""
    language, zone = texts.nearest(asked.language), ZoneInfo(str(settings.get("people.zone")))
    found = list(_public(asked, row).prefetch_related("files__attachment").order_by("-created_at", "-id")[: MOST + 1])
    parts = _parts(list(reversed(found[:MOST])), language, zone)
    head = _head(row, language, moment(asked.asked_at, zone), cut=len(found) > MOST)
    why = texts.say("channels.transcript.why", language)
    return Mail(
        id=asked.id,
        to=asked.address,
        subject=_subject(row, language),
        text="\n\n".join([*head, *(f"{line}\n{words}" for line, words in parts), "-- \n" + why]) + "\n",
        html=_page(head, parts, why, language),
        language=language,
        written_at=asked.asked_at,
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as it is read in either language, in a zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _meant(conversation_id: UUID, *, itself: bool) -> Conversation:
    if not itself:
        return queries.surviving(conversation_id)
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None:
        raise NoSuchConversation
    return row


def _public(asked: Transcript, row: Conversation) -> "QuerySet[Message]":
    """What whoever asked saw; else what the page of the conversation shows: nothing that another customer wrote."""
    public = Message.objects.filter(kind=MessageKind.PUBLIC)
    if asked.only is not None:
        return public.filter(pk__in=asked.only)
    return public.filter(links.readable(row.customer_id), conversation_id__in=links.own_family(row))


def _subject(row: Conversation, language: str) -> str:
    key = "channels.transcript.subject-about" if row.subject else "channels.transcript.subject"
    return texts.say(key, language, number=row.number, subject=row.subject)


def _head(row: Conversation, language: str, until: str, *, cut: bool) -> list[str]:
    found = [texts.say("channels.transcript.intro", language, number=row.number, moment=until)]
    if row.subject:
        found.append(texts.say("channels.transcript.about", language, subject=row.subject))
    if cut:
        found.append(texts.say("channels.transcript.cut", language, most=MOST))
    return found


def _parts(rows: Sequence[Message], language: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return for each message the line above it and its words."""
    people = {row.author for row in rows if row.author is not None}
    names: dict[UUID, str] = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    names |= dict(Customer.objects.filter(pk__in=people).values_list("pk", "name"))
    return [(_line(row, names, language, zone), _words(row, language)) for row in rows]


def _line(row: Message, names: dict[UUID, str], language: str, zone: ZoneInfo) -> str:
    stand_in = texts.say(f"channels.transcript.{_SAYS[row.read_as]}", language)
    name = (names.get(row.author, "") if row.author else "") or stand_in
    return f"{name} · {moment(row.created_at, zone)}"


def _words(row: Message, language: str) -> str:
    files = [
        texts.say("channels.transcript.file", language, name=one.attachment.name, size=_size(one.attachment.size))
        for one in row.files.all()
    ]
    return "\n".join([row.text.strip(), *files]).strip()


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, round(count / 2**10))} KB"


def _page(head: Sequence[str], parts: Sequence[tuple[str, str]], why: str, language: str) -> str:
    told = "".join(f"<p>{markup.escape(line)}</p>" for line in head)
    said = "".join(
        f'<p style="margin:16px 0 4px;color:#4d5a53"><b>{markup.escape(line)}</b></p>'
        f'<div style="white-space:pre-wrap">{markup.escape(words)}</div>'
        for line, words in parts
    )
    foot = f'<p style="margin-top:24px;color:#626d66;font-size:12px">{markup.escape(why)}</p>'
    style = "font-family:sans-serif;font-size:15px;line-height:1.6;max-width:640px;color:#1d2723"
    top = f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"></head><body style="{style}">'
    return f"{top}{told}{said}{foot}</body></html>"


outbox.handler(actions.TRANSCRIPT, lease_s=_LEASE_S, given_up=given_up)(mail)
