"""What do others ask about people?"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.people import hours, permissions
from servewell.apps.people.errors import NoSuchHours, NoSuchKey, NoSuchPerson, NoSuchTeam
from servewell.apps.people.models import Alert, ApiKey, Hours, Presence, SignIn, Team, User, UserSkill
from servewell.engines.calendars import Week


def person(user_id: UUID | None) -> User:
    """Return a user; NoSuchPerson when there is none."""
    found = User.objects.filter(pk=user_id).first() if user_id else None
    if found is None:
        raise NoSuchPerson
    return found


def page_of_people(after: str, count: int, **wanted: Any) -> list[User]:
    """Return up to `count` users whose user names come after one, with teams and `totp`.

    `wanted` limits them by `q` (in user name, name or address, in any case), `role`, `team` and `is_active`.
    """
    rows = _listed().filter(username__gt=after)
    limits = {"role": "role", "team": "teams", "is_active": "is_active"}
    rows = rows.filter(
        **{limits[name]: value for name, value in wanted.items() if name in limits and value is not None}
    )
    sought = (wanted.get("q") or "").strip()
    if sought:
        rows = rows.filter(Q(username__icontains=sought) | Q(name__icontains=sought) | Q(email__icontains=sought))
    return list(rows.order_by("username")[:count])


def listed_person(user_id: UUID) -> User:
    """Return one user with teams and `totp`."""
    found = _listed().filter(pk=user_id).first()
    if found is None:
        raise NoSuchPerson
    return found


def called(login: str) -> User | None:
    """Return the user with this user name or address, in any case, or None."""
    return User.objects.filter(Q(username__iexact=login) | (Q(email__iexact=login) & ~Q(email=""))).first()


def names(ids: Iterable[UUID]) -> dict[UUID | None, str]:
    """Return how people and API keys are called, by id; who is not known is left out."""
    wanted = list(ids)
    found: dict[UUID | None, str] = {key.id: key.name for key in ApiKey.objects.filter(pk__in=wanted)}
    return found | {user.id: str(user) for user in User.objects.filter(pk__in=wanted)}


def team(team_id: UUID) -> Team:
    """Return a team; NoSuchTeam when there is none."""
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise NoSuchTeam
    return found


def key(key_id: UUID) -> ApiKey:
    """Return an API key; NoSuchKey when there is none."""
    found = ApiKey.objects.filter(pk=key_id).first()
    if found is None:
        raise NoSuchKey
    return found


def has_second_factor(user_id: UUID) -> bool:
    """Is a code asked for at this person's sign-in?"""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def principal_of(user_id: UUID) -> Principal | None:
    """Return an active person as the one who acts, or None."""
    found = User.objects.filter(pk=user_id, is_active=True).first()
    return found.principal() if found else None


def presence(user_id: UUID) -> Presence | None:
    """Return what a person is now; None when they have never been there."""
    return Presence.objects.filter(pk=user_id).first()


def visible_to(principal: Principal, verb: str = "presence.read") -> QuerySet[User]:
    """Return the active people whom `verb` reaches: oneself and one's teams, or all, by role."""
    rows = permissions.narrow(User.objects.filter(is_active=True), principal, verb, owner="pk", team="teams")
    return rows.distinct()


def reached(principal: Principal, user_id: UUID, verb: str) -> User:
    """Return a person whom `verb` reaches; NoSuchPerson for others, as for none: an id must tell nothing."""
    found = person(user_id)
    if not permissions.can(principal, verb, found):
        raise NoSuchPerson
    return found


def reached_team(principal: Principal, team_id: UUID, verb: str) -> Team:
    """Return a team that `verb` reaches; NoSuchTeam for others, as for none."""
    found = team(team_id)
    if not permissions.can(principal, verb, found):
        raise NoSuchTeam
    return found


def page_of_presence(principal: Principal, team_id: UUID | None, after: str, count: int) -> list[User]:
    """Return up to `count` people whom one may see, whose user names come after one, with teams and presence."""
    rows = visible_to(principal).filter(username__gt=after)
    if team_id is not None:
        rows = rows.filter(pk__in=User.teams.through.objects.filter(team_id=team_id).values("user_id"))
    return list(rows.select_related("presence").prefetch_related("teams").order_by("username")[:count])


def skills_of(user_id: UUID) -> list[UserSkill]:
    """Return a person's skills with their names, by name."""
    return list(UserSkill.objects.filter(user_id=user_id).select_related("skill").order_by("skill__name"))


def hours_of_team(whose: Team) -> Week:
    """Return a team's working hours; NoSuchHours when none are set."""
    found = Hours.objects.filter(team=whose).first()
    if found is None:
        raise NoSuchHours
    return hours.of(found)


def hours_of_person(user: User) -> tuple[Week, UUID | None]:
    """Return a person's working hours, and the team they are of when the person has none of their own.

    Of several teams with hours the first by name counts; NoSuchHours when there is nothing anywhere.
    """
    rows = Hours.objects.filter(Q(user=user) | Q(team__members=user, team__archived_at=None))
    found = rows.order_by("user_id", "team__name").first()  # null user ids come last
    if found is None:
        raise NoSuchHours
    return hours.of(found), found.team_id


def page_of_sign_ins(user_id: UUID, after: tuple[datetime, UUID] | None, count: int) -> list[SignIn]:
    """Return up to `count` sign-ins of a person, newest first, each with `live`: does its session open anything?"""
    open_ = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    rows = SignIn.objects.filter(user_id=user_id).annotate(live=Q(ended_at=None) & Exists(open_))
    if after is not None:
        at, id_ = after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=id_))
    return list(rows[:count])


def open_alerts(user_id: UUID) -> QuerySet[Alert]:
    """Return what a person has not put away yet, newest first."""
    return Alert.objects.filter(user_id=user_id, dismissed_at=None)


def _listed() -> QuerySet[User]:
    codes = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.prefetch_related("teams").annotate(totp=Exists(codes))
