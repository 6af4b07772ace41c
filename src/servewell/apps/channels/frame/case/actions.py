"""What can somebody with a link do, and what can one of us do about links?"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, outbox, secrets, statements
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case import events, view
from servewell.apps.channels.frame.case.errors import NothingWritten, NotYourFile, TooManyTranscripts, WordsTooMany
from servewell.apps.channels.frame.case.models import Transcript
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations import queries
from servewell.apps.conversations.actions import InboundFile, InboundMessage, Received
from servewell.apps.conversations.changes import Change
from servewell.apps.conversations.errors import NoSuchConversation
from servewell.apps.conversations.models import Conversation, MessageAttachment, Status
from servewell.apps.flows import reception
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import SYSTEM as SYSTEM_ACTOR
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions

WRITE = "conversations.write"
TRANSCRIPT = "channels.transcript"  # kind of call; payload: {"transcript": id}
TRANSCRIPTS_A_DAY = 3  # of one conversation, and to one address


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes on the page."""

    client_id: UUID  # made by the page: the same twice is one message
    text: str = ""
    files: Sequence[UUID] = ()  # sent by the same link


def write(bound: UUID, row: Conversation, words: Words) -> Received:
    """Take in what somebody wrote by a link to `bound`, which goes on in `row`: who knows the link belongs to it.

    It is a message of the conversation's customer, by the conversation's channel, so that answers go there as before.
    A solved conversation is taken up again; after a closed one a new one continues it. NothingWritten, WordsTooMany,
    NotYourFile.
    """
    external_id = f"case:{bound}:{words.client_id}"
    if len(words.text) > view.LONGEST:
        raise WordsTooMany(most=view.LONGEST)
    if not _says_something(words.text) and not words.files:
        raise NothingWritten
    _demand_files(bound, words.files, row.source, external_id)
    return reception.receive(
        SYSTEM,
        InboundMessage(
            channel=row.channel,
            source=row.source,
            account=row.account,
            external_id=external_id,
            thread=row.external_id,
            conversation=row.id,
            customer=row.customer_id,
            text=words.text,
            attachments=tuple(InboundFile(one) for one in dict.fromkeys(words.files)),
            language=row.language,
        ),
    )


@transaction.atomic
def solve(row: Conversation) -> None:
    """The customer says that it is solved; nothing when it is done already."""
    if row.status in (Status.SOLVED, Status.CLOSED):
        return
    conversations.change(SYSTEM, row.id, Change(status=Status.SOLVED))
    _note(Actor("customer", row.customer_id), events.SOLVED, row)


@transaction.atomic
def revoke_link(principal: Principal, conversation_id: UUID) -> None:
    """Let no link to a conversation's page be good any more, nor new ones be made until `renew_link`.

    NoSuchConversation, NotAllowed.
    """
    row = _demanded(principal, conversation_id)
    if statements.run(links.SQL["revoke"], {"conversation": row.id, "now": clock.now()}):
        _note(Actor.of(principal), events.REVOKED, row)


@transaction.atomic
def renew_link(principal: Principal, conversation_id: UUID) -> str:
    """Return the address of a conversation's page, "" without a public one; after a revocation it is another one.

    NoSuchConversation, NotAllowed.
    """
    row = _demanded(principal, conversation_id)
    if statements.run(links.SQL["renew"], {"conversation": row.id}):
        _note(Actor.of(principal), events.RENEWED, row)
    return links.link_of(row.id, row.language)


@transaction.atomic
def ask_transcript(
    row: Conversation, address: str, compared: str, language: str, only: Sequence[UUID] | None = None
) -> None:
    """Let a transcript go to an address; TooManyTranscripts for the fourth of a day, of the conversation or address.

    NoSuchConversation when it was erased meanwhile.
    """
    if not Conversation.objects.select_for_update(no_key=True).filter(pk=row.id).exists():
        raise NoSuchConversation
    mark, day_ago = secrets.mark(f"channels.transcript {compared}"), clock.now() - timedelta(days=1)
    today = Transcript.objects.filter(asked_at__gt=day_ago)
    if max(today.filter(conversation=row).count(), today.filter(mark=mark).count()) >= TRANSCRIPTS_A_DAY:
        raise TooManyTranscripts(most=TRANSCRIPTS_A_DAY)
    seen = None if only is None else [str(one) for one in only]
    asked = Transcript.objects.create(conversation=row, address=address, mark=mark, language=language[:16], only=seen)
    outbox.put(TRANSCRIPT, {"transcript": str(asked.id)}, key=str(asked.id))
    _note(Actor("customer", row.customer_id), events.TRANSCRIPT_ASKED, row)


def transcript_went(transcript_id: UUID) -> None:
    """Note that a transcript went out, and forget its address, in the transaction that settles its call."""
    asked = Transcript.objects.select_related("conversation").filter(pk=transcript_id).first()
    if asked is None:
        return  # erased while it was being sent
    asked.address, asked.sent_at = "", clock.now()
    asked.save(update_fields=["address", "sent_at"])
    _note(SYSTEM_ACTOR, events.TRANSCRIPT_SENT, asked.conversation)


def forget_transcripts() -> int:
    """Remove what is no longer counted; return how many."""
    old = clock.now() - timedelta(days=2)
    return Transcript.objects.filter(asked_at__lt=old, address="").delete()[0]


def _demanded(principal: Principal, conversation_id: UUID) -> Conversation:
    permissions.demand(principal, WRITE)
    row = queries.conversation(principal, conversation_id)
    permissions.demand(principal, WRITE, row)
    return row


def _says_something(text: str) -> bool:
    return any(not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc") for one in text)


def _demand_files(bound: UUID, wanted: Sequence[UUID], source: str, named: str) -> None:
    """Who knows a link sends only what came by it and is part of nothing yet but of this message, sent again."""
    if len(wanted) > view.MOST_FILES:
        raise NotYourFile
    mine = set(Attachment.objects.filter(id__in=wanted, uploader=bound).values_list("id", flat=True))
    carried = MessageAttachment.objects.filter(attachment_id__in=wanted)
    if mine != set(wanted) or carried.exclude(message__source=source, message__external_id=named).exists():
        raise NotYourFile


def _note(actor: Actor, event: EventType, row: Conversation) -> None:
    record(Event(event.name, row.id, customer=row.customer_id, actor=actor, team=row.team_id, channel=row.channel))
