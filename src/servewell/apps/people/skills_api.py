"""Who can do what, and how well? The tree of skills, and each person's levels."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from servewell.apps.people import actions, permissions, queries
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import SkillTwice
from servewell.apps.people.models import Skill, UserSkill

router = Router()


class SkillOut(Schema):
    """A skill."""

    id: UUID
    name: str
    description: str
    parent: UUID | None  # the broader one
    archived: bool


class NewSkill(Schema):
    """A skill to make."""

    name: str
    description: str = ""
    parent: UUID | None = None


class SkillChange(Schema):
    """What is to change; what is left out stays. A parent of null puts it at the top."""

    name: str | None = None
    description: str | None = None
    parent: UUID | None = None
    archived: bool | None = None


class SkillLevel(Schema):
    """How well somebody does it: 1 learning, 2 with help, 3 alone, 4 hard cases, 5 teaches others."""

    skill: UUID
    level: int = Field(ge=1, le=5)


class SkillLevels(Schema):
    """All skills of a person: what is not in it they do not have."""

    skills: list[SkillLevel] = Field(max_length=100)


class PersonSkill(SkillLevel):
    """A skill of a person, with its name."""

    name: str


@router.get("/skills", response=list[SkillOut])
def list_skills(request: HttpRequest) -> list[dict[str, Any]]:
    """List the skills by name, archived ones too."""
    permissions.demand(acting(request), "skills.read")
    return [_skill(skill) for skill in Skill.objects.all()]


@router.post("/skills", response={201: SkillOut})
def define_skill(request: HttpRequest, body: NewSkill) -> Status[dict[str, Any]]:
    """Make a skill, below another one or at the top."""
    permissions.demand(acting(request), "skills.configure")
    return Status(201, _skill(actions.define_skill(acting(request), **body.model_dump())))


@router.patch("/skills/{skill_id}", response=SkillOut)
def change_skill(request: HttpRequest, skill_id: UUID, body: SkillChange) -> dict[str, Any]:
    """Rename, describe, move, archive or bring back a skill."""
    permissions.demand(acting(request), "skills.configure")
    given = body.model_dump(exclude_unset=True)
    kept = {name: value for name, value in given.items() if value is not None or name == "parent"}
    return _skill(actions.change_skill(acting(request), skill_id, **kept))


@router.get("/users/{user_id}/skills", response=list[PersonSkill])
def list_skills_of(request: HttpRequest, user_id: UUID) -> list[dict[str, Any]]:
    """List a person's skills with their levels, by name."""
    permissions.demand(acting(request), "skills.read")
    person = queries.reached(acting(request), user_id, "skills.read")
    return [_level(row) for row in queries.skills_of(person.id)]


@router.put("/users/{user_id}/skills", response=list[PersonSkill])
def set_skills_of(request: HttpRequest, user_id: UUID, body: SkillLevels) -> list[dict[str, Any]]:
    """Give a person exactly these skills."""
    permissions.demand(acting(request), "skills.manage")
    queries.reached(acting(request), user_id, "skills.manage")
    levels: dict[UUID, int] = {}
    for one in body.skills:
        if levels.setdefault(one.skill, one.level) != one.level:
            raise SkillTwice
    return [_level(row) for row in actions.set_skills(acting(request), user_id, levels)]


def _skill(skill: Skill) -> dict[str, Any]:
    shown = {name: getattr(skill, name) for name in ("id", "name", "description")}
    return {**shown, "parent": skill.parent_id, "archived": skill.archived_at is not None}


def _level(row: UserSkill) -> dict[str, Any]:
    return {"skill": row.skill_id, "name": row.skill.name, "level": row.level}
