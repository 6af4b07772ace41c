"""Teams: made, named, described, put away."""

from uuid import UUID

from django.db import IntegrityError, transaction

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.people import events
from servewell.apps.people.actions._shared import clean, note
from servewell.apps.people.errors import NoSuchTeam, TeamNameTaken
from servewell.apps.people.models import Team


@transaction.atomic
def create_team(principal: Principal, name: str, description: str = "") -> Team:
    """Make a team; its name is unique (TeamNameTaken)."""
    team = Team(name=name.strip(), description=description.strip())
    _save(team)
    note(principal, events.TEAM_CREATED.name, created=team.id)
    return team


@transaction.atomic
def change_team(
    principal: Principal,
    team_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    archived: bool | None = None,
) -> Team:
    """Rename, describe, archive or bring back a team; what is None stays.

    Who is in an archived team stays in it and what belongs to it stays readable; nobody is put into it any more.
    """
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NoSuchTeam
    changed = _differing(team, name, description, archived)
    if changed:
        _save(team)
        is_archived = team.archived_at is not None
        note(principal, events.TEAM_CHANGED.name, changed=team.id, fields=changed, archived=is_archived)
    return team


def _differing(team: Team, name: str | None, description: str | None, archived: bool | None) -> list[str]:
    changed = []
    if name is not None and name.strip() != team.name:
        team.name = name.strip()
        changed.append("name")
    if description is not None and description.strip() != team.description:
        team.description = description.strip()
        changed.append("description")
    if archived is not None and archived != (team.archived_at is not None):
        team.archived_at = clock.now() if archived else None
        changed.append("archived")
    return changed


def _save(team: Team) -> None:
    if Team.objects.filter(name=team.name).exclude(pk=team.pk).exists():
        raise TeamNameTaken(name=team.name)
    clean(team, constraints=False)
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as fault:  # somebody took the name between the check and now
        raise TeamNameTaken(name=team.name) from fault
