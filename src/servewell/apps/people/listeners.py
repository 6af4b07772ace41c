"""What happens at the door? allauth and Django tell it by signals; the journal remembers it as ids and codes."""

from typing import Any
from uuid import UUID

from allauth.account.signals import user_logged_in, user_logged_out
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from servewell.apps.base.principal import Principal
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import SYSTEM, Actor, Event
from servewell.apps.people import actions, events, networks, queries, sessions
from servewell.apps.people.actions import sign_ins
from servewell.apps.people.models import User


@receiver(user_logged_in, dispatch_uid="people.signed_in")
def remember_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Every factor was right, and the session has its final key."""
    session = request.session
    arrival = sign_ins.Arrival(
        session_key=session.session_key or "",
        address=str(found) if (found := networks.parsed(get_client_ip(request))) else None,
        user_agent=request.headers.get("User-Agent", ""),
        second_factor=queries.has_second_factor(user.id),
        failures=int(session.pop(sessions.FAILURES, 0)),
    )
    session[sessions.MARK] = str(actions.remember_sign_in(user, arrival).id)


@receiver(user_logged_out, dispatch_uid="people.signed_out")
def remember_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Somebody left; without a user it was a session that had ended already."""
    if user is not None:
        mark = request.session.get(sessions.MARK)
        actions.remember_sign_out(user, UUID(mark) if mark else None)


def remember_failure(login: str) -> User | None:
    """A password was wrong, or nobody is called so: then the event carries no id. Return who is."""
    found = queries.called(login)
    attributes = {"step": "password"} | ({"user": found.id} if found else {})
    _record(Event(name=events.SIGN_IN_FAILED.name, actor=SYSTEM, attributes=attributes))
    return found


@receiver(authentication_failed, dispatch_uid="people.second_factor_failed")
def remember_wrong_code(user: User, **_: Any) -> None:
    """The password was right, the code was not."""
    attributes = {"user": user.id, "step": "second_factor"}
    _record(Event(name=events.SIGN_IN_FAILED.name, actor=SYSTEM, attributes=attributes))


@receiver(post_save, sender=Authenticator, dispatch_uid="people.second_factor_added")
def remember_second_factor(instance: Authenticator, created: bool, **_: Any) -> None:
    """A code will be asked for from now on, or recovery codes were made; in the transaction that stores it."""
    if created:
        _changed(events.SECOND_FACTOR_ENABLED.name, instance)


@receiver(post_delete, sender=Authenticator, dispatch_uid="people.second_factor_removed")
def remember_no_second_factor(instance: Authenticator, **_: Any) -> None:
    """No code is asked for any more, or the recovery codes are void; by the person, or by whom `removed_by` names."""
    _changed(events.SECOND_FACTOR_DISABLED.name, instance, getattr(instance, "removed_by", None))


def _changed(name: str, authenticator: Authenticator, by: Principal | None = None) -> None:
    actor = Actor.of(by) if by else Actor("agent", authenticator.user_id)
    attributes = {"user": authenticator.user_id, "kind": str(authenticator.type)}
    _record(Event(name=name, actor=actor, attributes=attributes))


def _record(event: Event) -> None:
    """Allauth opens no transaction of its own; where ours is open (second factors), the event is part of it."""
    with transaction.atomic():
        record(event)
