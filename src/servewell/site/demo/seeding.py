"""How does the shop come into an installation? As teams, people, ninety days of journal and their desk, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from django.conf import settings as deployment
from django.db import transaction

from servewell.apps.base import clock, settings, texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import journal_log
from servewell.apps.journal import actions as journal
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.models import Event as Recorded
from servewell.apps.people import actions as people
from servewell.apps.people.events import SIGN_IN_FAILED
from servewell.apps.people.models import Team, User
from servewell.site.demo import chat, shop
from servewell.site.demo.desk import setting_up, today
from servewell.site.demo.desk.setting_up import Staff
from servewell.site.demo.errors import NotForDemo
from servewell.site.demo.shop import Shop
from servewell.site.demo.story import AGENT, BOT, CUSTOMER, Faults, Step
from servewell.site.demo.vocabulary import ELEMENTS, FLOW, TEAMS, VERSION

SEED, DAYS = 7, 90
# Who works in the shop; made up, one after the other through the teams.
PEOPLE = (
    *("林岚", "周晓彤", "吴思远", "郑雨桐", "王若溪", "冯子墨", "陈嘉禾", "褚一鸣", "卫清扬"),
    *("蒋书瑶", "沈逸尘", "韩沐阳", "杨知夏"),
    *("朱明轩", "秦语嫣", "许安然"),
    *("何俊熙", "吕向晚", "施望舒"),
)


def seed() -> bool:
    """Bring the shop in, unless it is there; its last day is yesterday. Return whether it was missing.

    Where it is there, the visitor may sign in again. NotForDemo when there is anything of somebody else's.
    """
    if is_seeded():
        for visitor in _visitors(is_active=False):
            people.activate(SYSTEM, visitor.id)
        chat.open_()
        return False
    if User.objects.exists() or Recorded.objects.exclude(activity=SIGN_IN_FAILED.name).exists():
        raise NotForDemo(data=str(deployment.DATA))
    now = clock.now()
    story = shop.run(SEED, DAYS, shop.yesterday(), Faults(), settings.get("people.zone"))
    made = today.go_on(story, (now - story.midnight).total_seconds(), setting_up.close_after())
    with transaction.atomic():
        staff = _hire()
        journal.load(history(made, staff))
        setting_up.furnish(made, staff, now)
        chat.open_()
    journal_log.refresh()  # so that the first page opens at once
    return True


def close() -> bool:
    """Shut the visitor out of an installation that is no demo any more; return whether they could sign in."""
    visitors = _visitors(is_active=True) if is_seeded() else []
    for visitor in visitors:
        people.deactivate(SYSTEM, visitor.id)
    return bool(visitors)


def is_seeded() -> bool:
    """Is the shop here? A person may be called as the visitor is, but only the shop has run its flow."""
    named = User.objects.filter(username=deployment.DEMO_SIGN_IN["username"])
    return named.exists() and Recorded.objects.filter(flow=FLOW).exists()


def _visitors(*, is_active: bool) -> list[User]:
    """Return the visitor, if the published password is still theirs."""
    named = User.objects.filter(username=deployment.DEMO_SIGN_IN["username"], is_active=is_active)
    return [user for user in named if user.check_password(deployment.DEMO_SIGN_IN["password"])]


def history(made: Shop, staff: Staff) -> Iterator[Event]:
    """Yield the shop's steps as events in the order in which they happened, both times in the past.

    What people of the shop do, or what is waited for, begins and ends; all else is only noted when it is done.
    """
    moments = [entry for steps in made.cases.values() for entry in _moments(steps)]
    moments.sort(key=itemgetter(0, 1, 2))
    recorded: dict[int, datetime] = {}
    for seconds, number, place, step, lifecycle, known in moments:
        at = made.midnight + timedelta(seconds=seconds)
        lag = timedelta(milliseconds=20 + (number * 31 + place * 17) % 200)
        recorded[number] = max(at + lag, recorded.get(number, at))
        yield _event(step, lifecycle, staff, at, recorded[number], known=known)


_Moment = tuple[float, int, int, Step, str, bool]  # seconds, case, place in the case, step, lifecycle, classified yet?


def _moments(steps: list[Step]) -> Iterator[_Moment]:
    known, number = False, steps[0].plan.number
    for place, step in enumerate(steps):
        if step.start is not None and _takes_time(step):
            yield step.start, number, 2 * place, step, "start", known
        if step.end is not None:
            known = known or step.activity == "classify_issue"
            yield step.end, number, 2 * place + 1, step, "complete", known


def _takes_time(step: Step) -> bool:
    return step.actor == AGENT or step.activity in ("hand_to_person", "wait")


def _event(step: Step, lifecycle: str, staff: Staff, at: datetime, recorded_at: datetime, *, known: bool) -> Event:
    plan, in_flow = step.plan, step.activity in ELEMENTS
    return Event(
        name="flow.element" if in_flow else step.activity,
        conversation=plan.case,
        customer=plan.customer,
        lifecycle=lifecycle,
        actor=_actor(step, staff),
        team=staff.teams[step.team] if step.team else None,
        channel=plan.channel,
        contact_type=plan.contact_type if known else None,
        sentiment=plan.sentiment if known else None,
        flow=FLOW if in_flow else None,
        version=VERSION if in_flow else None,
        element=step.activity if in_flow else None,
        amount=step.amount,
        attributes={"outcome": step.code} if step.code and lifecycle == "complete" else {},
        occurred_at=at,
        recorded_at=recorded_at,
    )


def _actor(step: Step, staff: Staff) -> Actor:
    if step.actor == AGENT and step.team is not None and step.agent is not None:
        return Actor("agent", staff.agents[step.team][step.agent])
    if step.actor == CUSTOMER:
        return Actor("customer", step.plan.customer)
    return Actor(BOT if step.actor == BOT else "system")


def _hire() -> Staff:
    """Make the teams, the people, and the one that the visitor signs in as."""
    names, teams, called = iter(PEOPLE), {}, {}
    agents: dict[str, list[UUID]] = {}
    for plan in TEAMS:
        teams[plan.code] = _team(texts.say(f"demo.team.{plan.code}")).id
        called[plan.code] = [next(names) for _ in range(plan.agents)]
        agents[plan.code] = [
            people.create_user(
                SYSTEM, f"{plan.code}-{number}", None, teams=[teams[plan.code]], name=name, role="agent"
            ).id
            for number, name in enumerate(called[plan.code], 1)
        ]
    sign_in = deployment.DEMO_SIGN_IN
    visitor = people.create_user(
        SYSTEM, sign_in["username"], sign_in["password"], name=texts.say("demo.visitor"), role="manager"
    )
    return Staff(teams, agents, called, visitor.id)


def _team(name: str) -> Team:
    return Team.objects.filter(name=name).first() or people.create_team(SYSTEM, name)
