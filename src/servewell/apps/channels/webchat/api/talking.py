"""A visitor writes, and reads what was answered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from servewell.apps.channels.webchat import actions, desk, forms, sites, view
from servewell.apps.channels.webchat.api import asking, shown
from servewell.apps.channels.webchat.api.shapes import MessageIn, MessagesShown, WrittenShown
from servewell.apps.channels.webchat.errors import ClosedNow, FileUnfit, NothingWritten, TooLong
from servewell.apps.channels.webchat.forms import Answers
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.receiving import Words
from servewell.apps.people.auth import language_of

router = Router(auth=asking.VisitorAuth())
_BIGGEST = 2**31 - 1


class PartWanted(Schema):
    """Which part; without anything the newest."""

    conversation: UUID | None = None
    after: int | None = Field(default=None, ge=0, le=_BIGGEST)
    before: int | None = Field(default=None, ge=0, le=_BIGGEST)
    limit: int = Field(default=50, ge=1, le=100)


@router.get("/{uuid:site}/messages", response=MessagesShown, by_alias=True)
def read_messages(request: HttpRequest, site: UUID, wanted: Query[PartWanted]) -> dict[str, Any]:
    """Tell what was said in the current conversation, oldest first."""
    visitor = asking.visitor_of(request)
    now = view.current(visitor)
    if now is None:
        return {"conversation": None, "more": False, "items": []}
    known_as = view.shown_id(visitor, now)
    after = wanted.after if wanted.conversation in (None, known_as) else 0
    seen, more = view.part(visitor, now, after=after, before=wanted.before, limit=wanted.limit)
    actions.fetched(seen)
    return {"conversation": known_as, "more": more, "items": shown.messages(seen, visitor)}


@router.post(
    "/{uuid:site}/messages", auth=asking.VisitorAuth("messages"), response={201: WrittenShown, 200: WrittenShown}
)
def send_message(request: HttpRequest, site: UUID, said: MessageIn) -> Status[dict[str, Any]]:
    """Write to the shop; the same `client_id` twice is one message (200 the second time)."""
    visitor = asking.visitor_of(request)
    _demand_words(said)
    answers = _answers(visitor, said, language_of(request))
    written = actions.write(visitor, _words(said, answers.fields if answers else {}), answers)
    told = {
        "id": written.message,
        "client_id": said.client_id,
        "conversation": written.conversation,
        "position": written.position,
        "at": written.at,
        "new_conversation": written.is_new_conversation,
    }
    return Status(200 if written.is_repeat else 201, told)


def _words(said: MessageIn, fields: Mapping[str, Any]) -> Words:
    return Words(
        client_id=said.client_id,
        text=said.text,
        files=said.files,
        wrote_at=said.wrote_at,
        language=said.language,
        fields=fields,
    )


def _demand_words(said: MessageIn) -> None:
    if len(said.text) > shown.LONGEST:
        raise TooLong(most=shown.LONGEST)
    if not said.text.strip() and not said.files:
        raise NothingWritten
    if len(said.files) > shown.MOST_FILES:
        raise FileUnfit


def _answers(visitor: Visitor, said: MessageIn, language: str) -> Answers | None:
    """Return what was answered, where this begins a conversation; ClosedNow where none may begin."""
    account = visitor.account
    must_be_open = not sites.option(account, "take_when_closed")
    asked = forms.questions(account)
    if not asked and not must_be_open:
        return None
    now = view.current(visitor)
    if now is not None and not now.is_over:
        return None
    if must_be_open and not (hours := desk.hours(account, language))["open"]:
        raise ClosedNow(opens_at=hours["opens_at"].isoformat() if hours["opens_at"] else None)
    return forms.answers(visitor, said.form, language) if asked else None
