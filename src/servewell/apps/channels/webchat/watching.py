"""Who may hold a stream of the chat, and of which conversation? Asked before it opens, and again while it is open."""

from dataclasses import dataclass
from uuid import UUID

from servewell.apps.channels.webchat import view, visitors
from servewell.apps.channels.webchat.errors import IdentityNeeded, NoSuchSite, NoVisitor
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.people.models import Team, User


@dataclass(frozen=True, slots=True)
class Watcher:
    """A visitor whose page is open."""

    visitor: UUID
    source: str
    thread: str
    conversation: UUID | None  # the current one
    own: UUID | None  # the one that has the thread's name, where that goes on in another
    shown: UUID | None  # the id by which the page knows the conversation
    is_pieced: bool  # are the page's positions others than the conversation's?
    team: UUID | None  # of the conversation
    waits: bool  # nobody of ours has it yet


def watcher(site: UUID, token: str) -> Watcher:
    """Return who watches; NoVisitor, NoSuchSite, IdentityNeeded."""
    found = visitors.by_token(site, token)
    visitors.demand_identity(found)
    return _watching(found)


def again(site: UUID, token: str) -> Watcher | str:
    """Return who watches now, or why they may no more."""
    try:
        return watcher(site, token)
    except (NoVisitor, NoSuchSite, IdentityNeeded) as refusal:
        return refusal.slug


def name_of(user: UUID, team: UUID | None) -> str:
    """Return how customers read somebody of ours: by their own name or their team's, never that they sign in by."""
    name = User.objects.filter(pk=user).values_list("name", flat=True).first()
    return name or (Team.objects.filter(pk=team).values_list("name", flat=True).first() if team else "") or ""


def _watching(visitor: Visitor) -> Watcher:
    now = view.current(visitor)
    return Watcher(
        visitor.id,
        visitor.source,
        visitor.thread,
        now.id if now else None,
        now.own if now else None,
        now.shown if now else None,
        bool(now and now.is_pieced),
        now.team if now else None,
        bool(now and now.status == "waiting" and not now.is_blocked),
    )
