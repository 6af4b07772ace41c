"""The small things: typing, reading, ending, a transcript, what was before."""

import math
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from servewell.apps.base import addresses, texts
from servewell.apps.channels.frame import transcripts
from servewell.apps.channels.webchat import actions, sites, view
from servewell.apps.channels.webchat.api import asking, shown
from servewell.apps.channels.webchat.api.shapes import (
    EarlierPage,
    MessagesShown,
    PositionIn,
    SentenceShown,
    StateShown,
    TranscriptIn,
    TypingIn,
)
from servewell.apps.channels.webchat.api.talking import PartWanted
from servewell.apps.channels.webchat.errors import (
    BadAddress,
    GoesOnElsewhere,
    IdentityNeeded,
    NoConversation,
    NothingToSend,
    NotOffered,
    TooFast,
)
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.view import Current
from servewell.apps.people import limits
from servewell.apps.people.auth import language_of

router = Router(auth=asking.VisitorAuth())
_TYPING = {"per_minute": 30, "burst": 4}  # what is more says nothing new
_TRANSCRIPTS = (  # what is counted, how many within an hour
    ("visitor", 3),
    ("network", 20),
    ("address", 5),
)


@router.post("/{uuid:site}/typing", response={204: None})
def tell_typing(request: HttpRequest, site: UUID, said: TypingIn) -> Status[None]:
    """Tell that the visitor types; too often is the same as once."""
    visitor = asking.visitor_of(request)
    if not limits.take(f"chat:typing:{visitor.id}", **_TYPING):
        now = view.current(visitor)
        if now is not None and not now.is_over:
            actions.types(visitor, now, said.state)
    return Status(204, None)


@router.post("/{uuid:site}/read", response={204: None})
def mark_read(request: HttpRequest, site: UUID, said: PositionIn) -> Status[None]:
    """Tell up to where the visitor has read; a mark never goes back, one in another conversation counts nothing."""
    visitor = asking.visitor_of(request)
    now = _current(visitor)
    if view.shown_id(visitor, now) == said.conversation:
        actions.read(visitor, now, said.position)
    return Status(204, None)


@router.post("/{uuid:site}/end", response=StateShown)
def end_conversation(request: HttpRequest, site: UUID) -> dict[str, Any]:
    """End the conversation; the next message begins another."""
    visitor = asking.visitor_of(request)
    now = _current(visitor)
    if not now.is_of_one:
        raise GoesOnElsewhere
    actions.end(now)
    return shown.state(visitor, language_of(request))


@router.post("/{uuid:site}/transcript", response={202: SentenceShown})
def mail_transcript(request: HttpRequest, site: UUID, wanted: TranscriptIn) -> Status[dict[str, str]]:
    """Mail what was said, once one of us has answered: nobody is made to mail strangers."""
    visitor = asking.visitor_of(request)
    now, language = _current(visitor), language_of(request)
    address = addresses.email(wanted.email)
    if not sites.option(visitor.account, "transcript"):
        raise NotOffered
    if address is None:
        raise BadAddress
    if now.first_reply_at is None or now.is_blocked:
        raise NothingToSend
    marks = {"visitor": visitor.id, "network": visitor.network or visitor.id, "address": address.value}
    for what, most in _TRANSCRIPTS:
        _hold_hour(f"chat:transcript:{what}:{marks[what]}", most)
    seen, _ = view.part(visitor, now, limit=transcripts.MOST)
    transcripts.send(now.own, address.shown, language, [one.message.id for one in seen])
    sentence = texts.say("channels_webchat.transcript.sent", language, email=address.shown)
    return Status(202, {"sentence": sentence})


@router.get("/{uuid:site}/conversations", response=EarlierPage)
def list_conversations(request: HttpRequest, site: UUID) -> dict[str, Any]:
    """List the conversations of somebody whose identity is signed, newest first."""
    visitor = asking.visitor_of(request)
    if not visitor.is_identified:
        raise IdentityNeeded
    rows = view.own(visitor)
    previews, now = view.previews(visitor, rows), view.current(visitor)
    return {"items": [shown.earlier(one, previews.get(one.id, ""), now) for one in rows]}


@router.get("/{uuid:site}/conversations/{uuid:conversation}/messages", response=MessagesShown, by_alias=True)
def read_earlier(request: HttpRequest, site: UUID, conversation: UUID, wanted: Query[PartWanted]) -> dict[str, Any]:
    """Tell what was said in an earlier conversation of somebody whose identity is signed."""
    visitor = asking.visitor_of(request)
    if not visitor.is_identified:
        raise IdentityNeeded
    seen, more = view.earlier(visitor, conversation, after=wanted.after, before=wanted.before, limit=wanted.limit)
    return {"conversation": conversation, "more": more, "items": shown.messages(seen, visitor)}


def _current(visitor: Visitor) -> Current:
    now = view.current(visitor)
    if now is None:
        raise NoConversation
    return now


def _hold_hour(key: str, most: int) -> None:
    wait = limits.take(key, per_minute=most / 60, burst=most)
    if wait:
        raise TooFast(retry_after_s=math.ceil(wait))
