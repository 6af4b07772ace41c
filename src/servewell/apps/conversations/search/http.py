"""Search over HTTP: mounted by the room's `api.py` as `/conversations/search`, before `/conversations/{id}`."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from servewell.apps.base import texts
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.http import ConversationRow
from servewell.apps.conversations.search import queries
from servewell.apps.conversations.search.finds import Found, Hit
from servewell.apps.journal.actions import log_access
from servewell.apps.people.auth import acting, language_of

router = Router()
Spans = list[tuple[int, int]]  # begin and end (exclusive) of each find, in code points


class Asked(Schema):
    """What is looked for."""

    words: str = Field(
        default="",
        description='in any order; in quotes ("…", “…”, 「…」) a phrase that stands as it is; at most 1,000 characters',
    )
    where: Literal["all", "notes"] = Field(default="all", description="`notes`: the words stand in private notes")
    cursor: str | None = None


class MessageFound(Schema):
    """A message in which the words stand."""

    id: UUID
    kind: Literal["public", "note"]
    author_kind: str  # customer | agent | bot | system
    created_at: datetime
    text: str  # the part of it that shows most of the words
    spans: Spans  # where they stand in `text`


class ConversationFound(Schema):
    """A conversation that speaks of it."""

    conversation: ConversationRow
    subject_spans: Spans
    customer_spans: Spans  # in the customer's name
    messages: list[MessageFound]  # at most two; empty where the words stand elsewhere or far back


class SearchPage(Schema):
    """The best of what was found."""

    items: list[ConversationFound]
    next: str | None = Field(description="cursor of the following page; null: this is the last")
    total: int = Field(description="how many were found, at most 99")
    more: bool = Field(description="there are more than that, or not all were looked at: show `99+`, or `12+`")
    match: Literal["all", "most", "none"] = Field(
        description="`all`: each has all words; `most`: none has all, these have most; `none`: nothing was found"
    )
    hints: list[str] = Field(
        description="sentences in the language of whoever asks, to show above the result: which words were left out,"
        " that only newer conversations were looked at, or that not all that was written was read"
    )


@router.get("/search", response=SearchPage)
def search_conversations(request: HttpRequest, asked: Query[Asked], wanted: Query[Filters]) -> dict[str, Any]:
    """Find conversations by what was said in them, their subject, number or customer; 20 a page, the best first."""
    notes = asked.where == "notes"
    principal = acting(request)
    page = queries.search(principal, asked.words, wanted, asked.cursor, notes=notes)
    log_access(principal, "customer", wanted.customer, "conversation.search")
    language = language_of(request)
    return {
        "items": [_hit(one) for one in page.items],
        "next": page.next,
        "total": page.total,
        "more": page.more,
        "match": page.match,
        "hints": [texts.say(f"conversations.search.{code}", language) for code in page.hints],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "conversation": hit.row,
        "subject_spans": hit.subject,
        "customer_spans": hit.customer,
        "messages": [_message(found) for found in hit.messages],
    }


def _message(found: Found) -> dict[str, Any]:
    return {
        "id": found.message_id,
        "kind": found.kind,
        "author_kind": found.author_kind,
        "created_at": found.created_at,
        "text": found.snippet.text,
        "spans": found.snippet.spans,
    }
