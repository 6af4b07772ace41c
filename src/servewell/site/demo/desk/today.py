"""What happened since the last midnight? The story ends with yesterday; these contacts came in until just now.

They go the story's own way through the automatic answer, and then wait: most for somebody at the desk, some are being
served, some have been asked something back. A few whose matter was solved lately write again. So the inbox is alive
whenever the demo is started, and the map, which has half a percent more to show, stays what it was.
"""

from dataclasses import replace
from random import Random

from servewell.site.demo import plans
from servewell.site.demo.clockwork import Clockwork
from servewell.site.demo.desk import course
from servewell.site.demo.shop import Shop
from servewell.site.demo.story import AGENT, CUSTOMER, SYSTEM, Step, Visit
from servewell.site.demo.vocabulary import DAY, FRONT_DESK, HOUR, REOPENED, TeamPlan

ACTIVE = 84  # conversations that are not done, with those the story left so
FRESH = (36, 60)  # of them, who came today: at least and at most
BACK = 9  # of them, who write again
_SPAN = 12 * HOUR  # how long ago the first of today came
_LATELY = 3 * DAY  # since when what they come back with was solved
_SERVED, _ASKED = 0.34, 0.55  # share of those who wait that somebody has taken; of these, whom we wait for
_NOBODY = TeamPlan("front_desk", FRONT_DESK.agents, ((0,) * 24,) * 7)  # whoever comes waits


def go_on(shop: Shop, now: float, close_after: float) -> Shop:
    """Return the shop with what happened until `now` (seconds since its first midnight)."""
    dice, end = plans.dice_of(shop.seed, "today"), float(shop.days * DAY)
    courses = {number: course.of(steps, now, close_after) for number, steps in shop.cases.items()}
    waiting = sum(one.is_active for one in courses.values())
    fresh = _fresh(shop, dice, now, max(FRESH[0], min(FRESH[1], ACTIVE - BACK - waiting)))
    lately = [n for n, one in courses.items() if one.solved is not None and end - _LATELY < one.last < now - HOUR]
    back = {n: _back(dice, shop.cases[n], courses[n].last, now) for n in dice.sample(lately, min(BACK, len(lately)))}
    return replace(shop, cases={**shop.cases, **back, **fresh})


def _fresh(shop: Shop, dice: Random, now: float, wanted: int) -> dict[int, list[Step]]:
    """Return that many contacts that are not done yet."""
    arrivals = sorted(now - 20 - _SPAN * dice.random() ** 1.8 for _ in range(wanted * 6))
    clock = Clockwork((_NOBODY,), shop.first.weekday(), shop.days + 2, until=now)
    visits = [Visit(plan, clock, shop.faults) for plan in plans.later(shop.seed, arrivals, shop.midnight, _next(shop))]
    for visit in visits:
        clock.tell(visit.story(), visit.plan.arrival)
    clock.run()
    begun = [visit for visit in visits if visit.steps and course.of(visit.steps, now, 0).is_active]
    chosen = dice.sample(begun, min(wanted, len(begun)))
    return {visit.plan.number: [*visit.steps, *_served(dice, visit, now)] for visit in chosen}


def _served(dice: Random, visit: Visit, now: float) -> list[Step]:
    """Let somebody take it, in a third of those who wait: they work on it, or have asked something back."""
    plan, last = visit.plan, visit.steps[-1]
    since = last.end if last.end is not None else now
    is_waiting = plan.channel == "phone" or last.activity == "collect_details"
    if not is_waiting or now - since < 240 or dice.random() > _SERVED:
        return []
    agent, taken = dice.randrange(FRONT_DESK.agents), since + (now - since) * dice.uniform(0.1, 0.5)
    asked = taken + (now - taken) * dice.uniform(0.1, 0.7)
    steps = [Step(plan, "hand_to_person", since, taken, SYSTEM, "front_desk", agent)]
    steps.append(Step(plan, "call_system", taken, asked, AGENT, "front_desk", agent))
    if dice.random() < _ASKED:
        return [*steps, Step(plan, "wait", asked, None, CUSTOMER)]
    return [*steps, Step(plan, "answer_by_person", asked, None, AGENT, "front_desk", agent)]


def _back(dice: Random, steps: list[Step], last: float, now: float) -> list[Step]:
    at = now - 90 - min(now - 90 - last, _SPAN) * dice.random() ** 1.5
    return [*steps, Step(steps[0].plan, REOPENED, None, at, CUSTOMER)]


def _next(shop: Shop) -> int:
    return max(shop.cases) + 1
