"""Ninety days of the shop, made from a seed."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from servewell.apps.base import clock
from servewell.site.demo.clockwork import Clockwork
from servewell.site.demo.plans import Plan, draw
from servewell.site.demo.story import Faults, Step, Visit
from servewell.site.demo.vocabulary import AFTER_SALES, FINANCE, FRONT_DESK, SHORT_FRONT_DESK, TECHNICAL, ZONE


@dataclass(frozen=True, slots=True)
class Shop:
    """What happened."""

    seed: int
    days: int
    last: date  # the last of its days
    zone: str  # IANA name of the zone the shop stands in
    faults: Faults
    cases: dict[int, list[Step]]  # by the plan's number: the steps in order of their beginning

    @property
    def first(self) -> date:
        """Return the first of its days."""
        return self.last - timedelta(days=self.days - 1)

    @property
    def midnight(self) -> datetime:
        """Return the moment its seconds count from, in UTC."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone)).astimezone(UTC)


def run(seed: int, days: int, last: date, faults: Faults, zone: str = ZONE) -> Shop:
    """Return the shop's days; the same arguments give the same days."""
    shop = Shop(seed, days, last, zone, faults, {})
    return _run(draw(seed, days, shop.midnight, shop.first.weekday()), shop)


def yesterday() -> date:
    """Return the last day that is over where the shop stands."""
    return clock.now().astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)


def without(shop: Shop, **off: bool) -> Shop:
    """Return the same days with some faults off (`ping_pong=False`): what would have happened."""
    plans = [steps[0].plan for steps in shop.cases.values()]
    return _run(plans, replace(shop, faults=replace(shop.faults, **off), cases={}))


def _run(plans: list[Plan], shop: Shop) -> Shop:
    desk = SHORT_FRONT_DESK if shop.faults.monday_morning else FRONT_DESK
    clock = Clockwork((desk, AFTER_SALES, FINANCE, TECHNICAL), shop.first.weekday(), shop.days)
    visits = [Visit(plan, clock, shop.faults) for plan in plans]
    for visit in visits:
        clock.tell(visit.story(), visit.plan.arrival)
    clock.run()
    return replace(shop, cases={visit.plan.number: visit.steps for visit in visits})
