"""Who can have a conversation? An active person who answers customers and reaches it in its team."""

from types import SimpleNamespace
from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.actions._work import WRITE, Work, seconds
from servewell.apps.conversations.changes import Keep
from servewell.apps.conversations.errors import CannotTake, NoSuchTeam, OutOfReach
from servewell.apps.people import permissions
from servewell.apps.people.models import Team, User


def put_owner(work: Work, assignee: UUID | Keep | None, team: UUID | Keep | None) -> None:
    """Give it to a person, a team, or back to nobody; NoSuchTeam, CannotTake, OutOfReach.

    A person who cannot reach it in its team takes it along into their own, if they have just one; if they have
    several, the team must be named. A team that is named takes it from whoever could not reach it there.
    """
    conversation = work.conversation
    from_agent, from_team = conversation.assignee_id, conversation.team_id
    to_team = from_team if isinstance(team, Keep) else team
    if isinstance(assignee, Keep):
        to_agent = _staying(work, from_agent, to_team) if to_team != from_team else from_agent
    elif assignee is None:
        to_agent = None
    else:
        to_agent, to_team = assignee, reached(work, assignee, to_team, is_named=not isinstance(team, Keep))
    demand_open(work, to_team, from_team)
    if not work.set(assignee_id=to_agent, team_id=to_team):
        return
    if from_agent is None and to_agent is not None:
        waited = seconds(conversation.waiting_since or conversation.created_at, work.now)
        moved = from_team != to_team
        before = {"from_team": from_team if moved else None, "team_changed": moved}
        work.tell(events.ASSIGNED, agent=to_agent, waited_s=waited, **before)
    else:
        work.tell(events.TRANSFERRED, from_team=from_team, from_agent=from_agent, agent=to_agent)


def demand_open(work: Work, team: UUID | None, before: UUID | None) -> None:
    """Refuse a team that is not there or gets no more work; what a team has already it may keep. NoSuchTeam."""
    if team is None or team == before:
        return
    there = Team.objects.filter(pk=team, archived_at=None)
    if not work.once(("team", team), there.exists):
        raise NoSuchTeam


def reached(work: Work, assignee: UUID, team: UUID | None, *, is_named: bool) -> UUID | None:
    """Return the team in which this person has it; CannotTake, OutOfReach."""
    person = _working(work, assignee)
    if person is None:
        raise CannotTake(agent=_name(assignee))
    if _reaches(person, team):
        return team
    if is_named or len(person.teams) != 1:
        raise OutOfReach(agent=_name(assignee), teams=[str(one) for one in sorted(person.teams)])
    return next(iter(person.teams))


def _staying(work: Work, agent: UUID | None, team: UUID | None) -> UUID | None:
    person = _working(work, agent) if agent else None
    return agent if person is not None and _reaches(person, team) else None


def _working(work: Work, user_id: UUID) -> Principal | None:
    """Return a person who can answer customers at all: active, and of a role that does."""
    person = work.once(("person", user_id), lambda: _active(user_id))
    return person if permissions.can(person, WRITE) else None


def _active(user_id: UUID) -> Principal | None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user.principal() if user else None


def _reaches(person: Principal, team: UUID | None) -> bool:
    return permissions.can(person, WRITE, SimpleNamespace(team_id=team))


def _name(user_id: UUID) -> str:
    user = User.objects.filter(pk=user_id).first()
    return str(user) if user else "?"
