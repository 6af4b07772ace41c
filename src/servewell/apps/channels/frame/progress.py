"""What comes next for a customer, and what were they promised? Collected here for their page.

Rooms below know it (flows: the steps to come; promises: until when): what they answer is joined here, each as one more
line. Times are given as times; the page writes them in the reader's zone.
"""

from dataclasses import dataclass
from datetime import datetime

from servewell.apps.base import clock, texts
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.customers.models import Customer
from servewell.apps.people import hours
from servewell.apps.people.models import Hours

_WORDS = {
    Status.OPEN: "received",
    Status.WAITING_US: "working",
    Status.WAITING_CUSTOMER: "waiting_for_you",
    Status.SOLVED: "solved",
    Status.CLOSED: "closed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that comes next."""

    kind: str  # received | working | waiting_for_you | solved | closed | hours
    sentence: str  # in the customer's language, without the time
    at: datetime | None = None  # when, if it is known


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that we have promised."""

    kind: str  # reply | solution | step
    sentence: str  # in the customer's language, without the time
    due_at: datetime | None  # until when
    state: str  # open | kept | late


def status_of(conversation: Conversation) -> str:
    """Return the status as customers know it: new is `received` until somebody of us has it.

    Whoever is blocked is not told: what was closed at once for that is `received`, too.
    """
    if conversation.closed_at is not None and conversation.first_reply_at is None and _is_blocked(conversation):
        return "received"
    if conversation.status == Status.OPEN and conversation.assignee_id is not None:
        return "working"
    return _WORDS[Status(conversation.status)]


def expected(conversation: Conversation, language: str) -> list[Step]:
    """Return what comes next: whose turn it is, and when we are there again if we are away."""
    kind = status_of(conversation)
    turn = Step(kind, texts.say(f"channels.next.{kind}", language))
    away = _away(conversation, language) if kind in ("received", "working") else None
    return [step for step in (turn, away) if step]


def promised(conversation: Conversation, language: str) -> list[Promise]:
    """Return what we have promised in this conversation, due first."""
    return []


def _is_blocked(conversation: Conversation) -> bool:
    return Customer.objects.get(pk=conversation.customer.root_id).is_blocked


def _away(conversation: Conversation, language: str) -> Step | None:
    """Return when the team is there again; None while it is there, or where it has no working hours."""
    row = Hours.objects.filter(team=conversation.team_id).first() if conversation.team_id else None
    if row is None:
        return None
    week, now = hours.of(row), clock.now()
    if week.is_open(now):
        return None
    return Step("hours", texts.say("channels.next.hours", language), week.next_open(now))
