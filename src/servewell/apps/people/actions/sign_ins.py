"""How somebody came in: remembered, shown to them, warned of when it is unusual, ended."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.people import browsers, events, lockout, networks, queries, sessions
from servewell.apps.people.actions import presence
from servewell.apps.people.actions._shared import note, warn
from servewell.apps.people.errors import NoSuchAlert, NoSuchSignIn
from servewell.apps.people.models import Alert, SignIn, State, User
from servewell.apps.people.options import SIGN_IN_DAYS

FAMILIAR = timedelta(days=90)  # a browser or network seen within these is nothing new
WORTH_TELLING = 3  # wrong tries before a sign-in; fewer are slips of the owner's hand


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door, with every factor right."""

    session_key: str
    address: str | None  # IP address
    user_agent: str  # as the browser calls itself
    second_factor: bool  # was a code asked for?
    failures: int  # wrong tries since the last success


@transaction.atomic
def remember_sign_in(user: User, arrival: Arrival) -> SignIn:
    """Keep how a person came in, and warn them when browser or network is new or wrong tries went before."""
    browser, system = browsers.named(arrival.user_agent)
    network = networks.of(arrival.address)
    reasons = _unusual(user.id, browser, system, network, arrival.failures)
    now = clock.now()
    sign_in = SignIn.objects.create(
        user=user,
        session_key=arrival.session_key,
        at=now,
        seen_at=now,
        address=arrival.address,
        network=network,
        browser=browser,
        system=system,
        second_factor=arrival.second_factor,
    )
    note(user.principal(), events.SIGNED_IN.name, second_factor="yes" if arrival.second_factor else "no")
    if reasons:
        warn(user, reasons, arrival.failures, sign_in)
    return sign_in


@transaction.atomic
def remember_sign_out(user: User, sign_in: UUID | None) -> None:
    """Close the row of a session that its owner ended; who has no other one is offline from now on."""
    if sign_in is not None:
        sessions.close(list(SignIn.objects.filter(pk=sign_in, user=user)), "sign_out")
    note(user.principal(), events.SIGNED_OUT.name)
    _leave_if_last(user)


@transaction.atomic
def remember_lock(user: User, failures: int) -> None:
    """Tell a person that their name was locked after wrong tries."""
    note(SYSTEM, events.LOCKED.name, user=user.id)
    warn(user, ["locked"], failures)


@transaction.atomic
def unlock(principal: Principal, user_id: UUID) -> bool:
    """Let a person try again at once; return whether they were locked."""
    user = queries.person(user_id)
    was_locked = lockout.locked_until(user) is not None
    lockout.forget(user)
    if was_locked:
        note(principal, events.UNLOCKED.name, user=user.id)
    return was_locked


@transaction.atomic
def end_sign_in(principal: Principal, sign_in_id: UUID) -> None:
    """End one of one's own sessions; NoSuchSignIn. One that is over already stays as it ended."""
    user = queries.person(principal.id)
    found = SignIn.objects.filter(pk=sign_in_id, user=user).first()
    if found is None:
        raise NoSuchSignIn
    if sessions.close([found], "other"):
        note(principal, events.SESSION_ENDED.name, sign_in=found.id)
        _leave_if_last(user)


@transaction.atomic
def end_other_sign_ins(principal: Principal, kept: UUID | None) -> int:
    """End all of one's own sessions but `kept`; return how many were open."""
    user = queries.person(principal.id)
    ended = [sign_in for sign_in in sessions.live(user.id) if sign_in.id != kept]
    sessions.close_all(user.id, "other", kept=kept)
    for sign_in in ended:
        note(principal, events.SESSION_ENDED.name, sign_in=sign_in.id)
    return len(ended)


@transaction.atomic
def dismiss_alert(principal: Principal, alert_id: UUID) -> None:
    """Put one of one's own alerts away; NoSuchAlert. A second time changes nothing."""
    if not Alert.objects.filter(pk=alert_id, user=queries.person(principal.id)).exists():
        raise NoSuchAlert
    if Alert.objects.filter(pk=alert_id, dismissed_at=None).update(dismissed_at=clock.now()) == 1:  # 0: it was before
        note(principal, events.ALERT_DISMISSED.name, alert=alert_id)


def forget_old_sign_ins() -> int:
    """Close the rows of sessions that ran out, remove rows and alerts past the retention; return how many rows went."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    SignIn.objects.filter(ended_at=None).exclude(session_key__in=alive).update(ended_at=clock.now(), ended_by="expired")
    before = clock.now() - timedelta(days=settings.get(SIGN_IN_DAYS.name))
    Alert.objects.filter(at__lt=before).delete()
    return SignIn.objects.filter(at__lt=before, ended_at__isnull=False).delete()[1].get("people.SignIn", 0)


def _unusual(user_id: UUID, browser: str, system: str, network: str, failures: int) -> list[str]:
    """Return what is unusual, as codes; at somebody's very first sign-in no browser and no network is."""
    rows = SignIn.objects.filter(user_id=user_id, at__gte=clock.now() - FAMILIAR)
    known = set(rows.values_list("browser", "system", "network").distinct().order_by())
    reasons = []
    if known and (browser, system) not in {row[:2] for row in known}:
        reasons.append("new_browser")
    if known and network not in {row[2] for row in known}:
        reasons.append("new_network")
    if failures >= WORTH_TELLING:
        reasons.append("after_failures")
    return reasons


def _leave_if_last(user: User) -> None:
    if not sessions.has_live(user.id):
        presence.set_presence(user.principal(), user.id, State.OFFLINE, cause="sign_out")
