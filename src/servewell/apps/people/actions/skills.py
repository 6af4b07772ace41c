"""Skills: the tree of them, and who has which at what level.

The tree is small and changes seldom: whoever changes it locks all of it, so that two moves at once make no circle.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.people import events
from servewell.apps.people.actions._shared import clean, locked, note
from servewell.apps.people.errors import (
    BadLevel,
    BadSkillTree,
    NoSuchSkill,
    SkillArchived,
    SkillNameTaken,
    TooManySkills,
)
from servewell.apps.people.models import Skill, User, UserSkill
from servewell.apps.people.models.skills import HIGHEST, LOWEST

DEEPEST = 6  # levels of the tree
MOST = 100  # skills of one person


@transaction.atomic
def define_skill(principal: Principal, name: str, description: str = "", parent: UUID | None = None) -> Skill:
    """Make a skill, below another one or at the top; SkillNameTaken, NoSuchSkill, BadSkillTree."""
    tree = _tree()
    skill = Skill(name=name.strip(), description=description.strip(), parent_id=_fit(tree, None, parent))
    _save(skill)
    note(principal, events.SKILL_DEFINED.name, skill=skill.id)
    return skill


@transaction.atomic
def change_skill(principal: Principal, skill_id: UUID, *, archived: bool | None = None, **fields: Any) -> Skill:
    """Rename, describe, move (`parent`, None: to the top), archive or bring back a skill; who has it keeps it."""
    tree = _tree()
    skill = tree.get(skill_id)
    if skill is None:
        raise NoSuchSkill
    wanted = {name: value.strip() for name, value in fields.items() if name != "parent"}
    if "parent" in fields:
        wanted["parent_id"] = _fit(tree, skill_id, fields["parent"])
    if archived is not None and archived != (skill.archived_at is not None):
        wanted["archived_at"] = clock.now() if archived else None
    changed = sorted(name for name, value in wanted.items() if getattr(skill, name) != value)
    if changed:
        for name in changed:
            setattr(skill, name, wanted[name])
        _save(skill)
        codes = [{"archived_at": "archived", "parent_id": "parent"}.get(name, name) for name in changed]
        note(principal, events.SKILL_CHANGED.name, skill=skill.id, fields=codes)
    return skill


@transaction.atomic
def set_skills(principal: Principal, user_id: UUID, levels: Mapping[UUID, int]) -> list[UserSkill]:
    """Give a person exactly these skills at these levels (1 to 5); what they have already at that level stays as it is.

    NoSuchSkill, SkillArchived (unless they have it), BadLevel, TooManySkills.
    """
    user = locked(user_id)
    had = {row.skill_id: row for row in UserSkill.objects.filter(user=user)}
    _check(levels, had)
    gone = [row.pk for skill, row in had.items() if skill not in levels]
    moved = {skill: level for skill, level in levels.items() if skill not in had or had[skill].level != level}
    if gone or moved:
        UserSkill.objects.filter(pk__in=gone).delete()
        _write(user, moved)
        order = sorted(levels)
        now = [levels[skill] for skill in order]
        note(principal, events.SKILLS_CHANGED.name, user=user.id, skills=order, levels=now)
    return list(UserSkill.objects.filter(user=user).select_related("skill").order_by("skill__name"))


def _write(user: User, levels: Mapping[UUID, int]) -> None:
    now = clock.now()
    UserSkill.objects.bulk_create(
        [UserSkill(user=user, skill_id=skill, level=level, set_at=now) for skill, level in levels.items()],
        update_conflicts=True,
        unique_fields=["user", "skill"],
        update_fields=["level", "set_at"],
    )


def _check(levels: Mapping[UUID, int], had: Mapping[UUID, UserSkill]) -> None:
    if len(levels) > MOST:
        raise TooManySkills(most=MOST)
    for level in levels.values():
        if not LOWEST <= level <= HIGHEST:
            raise BadLevel(level=level, lowest=LOWEST, highest=HIGHEST)
    known = {skill.id: skill for skill in Skill.objects.filter(id__in=levels)}
    for skill_id in levels:
        if skill_id not in known:
            raise NoSuchSkill
        if known[skill_id].archived_at is not None and skill_id not in had:
            raise SkillArchived(name=known[skill_id].name)


def _tree() -> dict[UUID, Skill]:
    """Return every skill, locked."""
    return {skill.id: skill for skill in Skill.objects.select_for_update(no_key=True).order_by("pk")}


def _fit(tree: Mapping[UUID, Skill], moved: UUID | None, parent: UUID | None) -> UUID | None:
    """Return the parent, when `moved` (None: a new skill) with all below it may stand there."""
    if parent is None:
        return None
    if parent not in tree:
        raise NoSuchSkill
    above = _above(tree, parent)
    if moved in above or len(above) + _height(tree, moved) > DEEPEST:
        raise BadSkillTree(deepest=DEEPEST)
    return parent


def _above(tree: Mapping[UUID, Skill], skill_id: UUID) -> list[UUID]:
    """Return a skill and those above it, up to the top."""
    path: list[UUID] = []
    here: UUID | None = skill_id
    while here is not None:
        path.append(here)
        here = tree[here].parent_id
    return path


def _height(tree: Mapping[UUID, Skill], skill_id: UUID | None) -> int:
    """Return how many levels a skill and those below it take: 1 for one without any."""
    if skill_id is None:
        return 1
    return (
        max(len(_above(tree, other)) for other in tree if skill_id in _above(tree, other))
        - len(_above(tree, skill_id))
        + 1
    )


def _save(skill: Skill) -> None:
    if Skill.objects.filter(name__iexact=skill.name).exclude(pk=skill.pk).exists():
        raise SkillNameTaken(name=skill.name)
    clean(skill, constraints=False)
    try:
        with transaction.atomic():
            skill.save()
    except IntegrityError as fault:  # somebody took the name between the check and now
        raise SkillNameTaken(name=skill.name) from fault
