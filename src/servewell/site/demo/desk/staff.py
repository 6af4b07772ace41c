"""What can the shop's people do, when do they work, and who is there? By the verbs of the people's room."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from servewell.apps.base import clock, texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.people import actions as people
from servewell.apps.people.models import Presence, Team
from servewell.engines.calendars import Shift, Week
from servewell.site.demo.plans import dice_of
from servewell.site.demo.vocabulary import TEAMS, TeamPlan

# Skill, and the one it is a part of; which teams have it.
_SKILLS = (
    ("languages", None, ()),
    ("mandarin", "languages", ("front_desk", "after_sales", "finance", "technical")),
    ("english", "languages", ("front_desk", "technical")),
    ("orders", None, ("front_desk", "after_sales")),
    ("refunds", "orders", ("front_desk", "after_sales", "finance")),
    ("invoices", "orders", ("finance", "front_desk")),
    ("repairs", None, ("technical",)),
    ("complaints", None, ("front_desk", "after_sales")),
)
_REASONS = (("lunch", "away", 60), ("training", "busy", None), ("call", "busy", 30), ("break", "away", 15))
_STAYS = timedelta(days=365)  # nobody has a screen of theirs open: they stay as they are here until somebody says else


def skills(seed: int, agents: Mapping[str, Sequence[UUID]]) -> None:
    """Define the tree of skills, and say who has which at what level."""
    made: dict[str, UUID] = {}
    for code, parent, _ in _SKILLS:
        name = texts.say(f"demo.skill.{code}")
        made[code] = people.define_skill(SYSTEM, name, parent=made[parent] if parent else None).id
    dice = dice_of(seed, "skills")
    for team, members in agents.items():
        for member in members:
            has = [code for code, _, teams in _SKILLS if team in teams and (code == "mandarin" or dice.random() < 0.7)]
            people.set_skills(SYSTEM, member, {made[code]: dice.randint(2, 5) for code in has})


def hours(teams: Mapping[str, UUID], zone: str) -> None:
    """Give each team the hours of its seats."""
    for plan in TEAMS:
        people.set_hours(SYSTEM, Team.objects.get(pk=teams[plan.code]), _week(plan, zone))


def presence(seed: int, agents: Mapping[str, Sequence[UUID]]) -> None:
    """Let about two in three be there, some of them busy or at lunch."""
    dice = dice_of(seed, "presence")
    reasons = [
        people.define_reason(SYSTEM, state=state, limit_minutes=limit, position=place, **_names(code))
        for place, (code, state, limit) in enumerate(_REASONS)
    ]
    everybody = [member for members in agents.values() for member in members]
    for member in everybody:
        chance = dice.random()
        if chance < 0.5:
            people.set_presence(SYSTEM, member, "online")
        elif chance < 0.7:
            reason = dice.choice(reasons)
            people.set_presence(SYSTEM, member, reason.state, reason.id)
    Presence.objects.filter(user_id__in=everybody).update(seen_at=clock.now() + _STAYS)


def _week(plan: TeamPlan, zone: str) -> Week:
    return Week(zone, tuple(_day(seats) for seats in plan.seats))


def _day(seats: Sequence[int]) -> tuple[Shift, ...]:
    open_ = [hour for hour, number in enumerate(seats) if number]
    return (Shift(open_[0] * 60, (open_[-1] + 1) * 60),) if open_ else ()


def _names(code: str) -> dict[str, str]:
    return {"name_zh": texts.say(f"demo.reason.{code}"), "name_en": texts.say(f"demo.reason.{code}", "en")}
