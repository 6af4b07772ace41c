"""What does the room need done while nobody asks? Put-off conversations come back, solved ones close, looks fade."""

from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from servewell.apps.base import clock, timers
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions._steps import WAKE
from servewell.apps.conversations.actions._work import WRITE
from servewell.apps.conversations.actions.assigning import AT_ONCE
from servewell.apps.conversations.actions.bulk import forget_old
from servewell.apps.conversations.models import Looking
from servewell.apps.journal.events import Actor
from servewell.apps.people import permissions
from servewell.apps.people.models import User

_LOOKS_KEPT = timedelta(hours=1)


@timers.handler(WAKE)
def wake(timer: timers.FiredTimer) -> None:
    """Bring back what was put off until now."""
    actions.wake(timer.subject)


@app.periodic(cron="*/10 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="conversations.tidy", queueing_lock="conversations.tidy")  # type: ignore[untyped-decorator]
def tidy_often(timestamp: int) -> None:
    """Run `tidy` every ten minutes; `timestamp` is procrastinate's."""
    tidy()


def give_back(user: UUID, actor: Actor) -> None:
    """Take a person's conversations from them: the first at once, the others, if there are more, by a worker."""
    if actions.give_back(user, actor, limit=AT_ONCE) == AT_ONCE:
        give_back_later.defer(user=str(user), actor_kind=actor.kind, actor=str(actor.id) if actor.id else None)


@app.task(name="conversations.give_back")  # type: ignore[untyped-decorator]
def give_back_later(user: str, actor_kind: str, actor: str | None) -> None:
    """Go on until nothing is theirs, unless they answer customers again meanwhile."""
    who = Actor(actor_kind, UUID(actor) if actor else None)
    while not _answers(UUID(user)) and actions.give_back(UUID(user), who, limit=AT_ONCE) == AT_ONCE:
        pass


def _answers(user: UUID) -> bool:
    """Is this person active, and of a role that answers customers?"""
    found = User.objects.filter(pk=user, is_active=True).first()
    return found is not None and permissions.can(found.principal(), WRITE)


def tidy() -> None:
    """Close what was solved long enough ago, and forget who looked an hour ago and what can no longer be undone."""
    actions.close_solved()
    forget_old()
    Looking.objects.filter(seen_at__lt=clock.now() - _LOOKS_KEPT).delete()
