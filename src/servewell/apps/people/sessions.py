"""Which sessions does a person have, and how do they end? The rows of sign-ins beside Django's own of sessions."""

from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest

from servewell.apps.base import clock
from servewell.apps.people.models import SignIn

MARK = "people.sign_in"  # under which a session knows the sign-in it came of
FAILURES = "people.failures"  # and, while it begins, how many wrong tries went before


def current(request: HttpRequest) -> SignIn | None:
    """Return the sign-in that this request's session came of; None for one made before there were such rows."""
    marked = request.session.get(MARK)
    return SignIn.objects.filter(pk=marked).first() if marked else None


def follow(request: HttpRequest) -> None:
    """Keep the row pointing to its session after the session's key has changed."""
    here = current(request)
    if here is not None:
        SignIn.objects.filter(pk=here.pk).update(session_key=request.session.session_key)


def close_all(user_id: UUID, how: str, *, kept: UUID | None = None) -> int:
    """End every session of a person but one; return how many were open. They open nothing from the next request on."""
    rows = [row for row in SignIn.objects.filter(user_id=user_id, ended_at=None) if row.id != kept]
    return close(rows, how)


def close(sign_ins: list[SignIn], how: str) -> int:
    """End the sessions of these sign-ins; return of how many the row was still open."""
    Session.objects.filter(session_key__in=[sign_in.session_key for sign_in in sign_ins]).delete()
    open_ = SignIn.objects.filter(pk__in=[sign_in.pk for sign_in in sign_ins], ended_at=None)
    return open_.update(ended_at=clock.now(), ended_by=how)


def has_live(user_id: UUID) -> bool:
    """Is a session of this person open anywhere?"""
    return live(user_id).exists()


def live(user_id: UUID) -> QuerySet[SignIn]:
    """Return a person's sign-ins whose session still opens something."""
    keys = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return SignIn.objects.filter(user_id=user_id, ended_at=None, session_key__in=keys)
