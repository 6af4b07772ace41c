"""How much did each planted fault really cost? Measured on the shop itself, not guessed from its settings.

* `repeated_check`: every check of who was verified already; its seconds are those the check took.
* `ping_pong`: every refund that finance sent back; its seconds run from the first decision of finance to the last
  thing that was done to it in the to and fro: without the fault, the first decision would have been the end.
* `monday_morning`: the same days are run again with enough seats; its seconds are what all customers together waited
  longer for a person, its cases those who waited a minute longer, or gave up and otherwise would not have.

`seconds_lost` is what the fault did to the cases it touched. What it did to others, by keeping people busy, comes out
of the same days run without it, and stands in `seconds_others_waited`.
"""

from dataclasses import dataclass

from servewell.site.demo.shop import Shop, without
from servewell.site.demo.story import Step
from servewell.site.demo.vocabulary import DAY, GAVE_UP


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault and its size in the log."""

    kind: str  # repeated_check | ping_pong | monday_morning
    element: str | None  # where it shows in the map
    cases: int
    share_of_cases: float  # 0..1, of all cases of the log
    seconds_lost: float  # by the customers of those cases
    seconds_others_waited: float  # more than without the fault, in the queues of the front desk


def measure(shop: Shop) -> list[Planted]:
    """Return the faults that are on, with their sizes; nothing for a clean shop."""
    found = []
    if shop.faults.repeated_checks:
        found.append(_repeated_checks(shop))
    if shop.faults.ping_pong:
        found.append(_ping_pong(shop))
    if shop.faults.monday_morning:
        found.append(_monday_morning(shop))
    return found


def _repeated_checks(shop: Shop) -> Planted:
    seconds = {}
    for number, steps in shop.cases.items():
        checks = [step for step in _done(steps) if step.activity == "verify_identity"]
        if len(checks) > 1:
            seconds[number] = sum((step.end or 0) - (step.start or 0) for step in checks[1:])
    return _planted(shop, "repeated_check", "verify_identity", seconds, without(shop, repeated_checks=False))


def _ping_pong(shop: Shop) -> Planted:
    seconds = {}
    for number, steps in shop.cases.items():
        turns = [step for step in _done(steps) if step.activity in ("after_sales_check", "refund_approval")]
        first = next((n for n, step in enumerate(turns) if step.activity == "refund_approval"), len(turns))
        if len(turns) > first + 1:
            seconds[number] = (turns[-1].end or 0) - (turns[first].end or 0)
    return _planted(shop, "ping_pong", "refund_approval", seconds, without(shop, ping_pong=False))


def _monday_morning(shop: Shop) -> Planted:
    better = without(shop, monday_morning=False)
    waited, usual = _waits(shop), _waits(better)
    longer = {number: waited[number] - usual.get(number, 0.0) for number in waited}
    gave_up = {n for n in waited if _gave_up(shop, n) and not _gave_up(better, n)}
    cases = sum(seconds >= 60 or number in gave_up for number, seconds in longer.items())
    return Planted("monday_morning", "hand_to_person", cases, cases / len(shop.cases), round(sum(longer.values())), 0.0)


def _planted(shop: Shop, kind: str, element: str, seconds: dict[int, float], otherwise: Shop) -> Planted:
    waited = sum(_waits(shop).values()) - sum(_waits(otherwise).values())
    cases = len(seconds)
    return Planted(kind, element, cases, cases / len(shop.cases), round(sum(seconds.values())), round(waited))


def _waits(shop: Shop) -> dict[int, float]:
    """Return what each customer waited for a person, the first time, in seconds."""
    return {number: _wait(shop, steps) for number, steps in shop.cases.items()}


def _wait(shop: Shop, steps: list[Step]) -> float:
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if step.activity == "hand_to_person":
            end = step.end if step.end is not None else following.end if following else shop.days * DAY
            return (end or 0.0) - (step.start or 0.0)
    return 0.0


def _gave_up(shop: Shop, number: int) -> bool:
    return any(step.activity == GAVE_UP for step in shop.cases.get(number, ()))


def _done(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.end is not None]
