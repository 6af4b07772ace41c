"""The shop as files: a log anybody can import, and what is hidden in it."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from servewell.site.demo.planted import measure
from servewell.site.demo.shop import Shop
from servewell.site.demo.story import AGENT, BOT, Step

HEADER = (
    "case",
    "activity",
    "time",
    "start",
    "resource",
    "team",
    "channel",
    "contact_type",
    "sentiment",
    "topic",
    "amount",
)


def write(shop: Shop, folder: Path) -> tuple[Path, Path]:
    """Write `shop.csv` and `planted.json` into `folder`, made where it is missing; return both paths.

    Times are ISO 8601 with the offset of the shop's zone, so that a Monday morning can be seen in the file. A step that
    nobody finished has no row. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log, planted = folder / "shop.csv", folder / "planted.json"
    with log.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_rows(shop))
    faults = [asdict(fault) for fault in measure(shop)]
    planted.write_text(json.dumps(faults, indent=1) + "\n", encoding="utf-8")
    return log, planted


def _rows(shop: Shop) -> Iterator[tuple[object, ...]]:
    midnight, place = shop.midnight, ZoneInfo(shop.zone)

    def stamp(seconds: float | None) -> str:
        if seconds is None:
            return ""
        return (midnight + timedelta(seconds=seconds)).astimezone(place).isoformat(timespec="milliseconds")

    finished = (step for steps in shop.cases.values() for step in steps if step.end is not None)
    for step in sorted(finished, key=lambda step: (step.end, step.plan.number)):
        plan = step.plan
        yield (
            *(plan.case, step.activity, stamp(step.end), stamp(step.start), resource(step), step.team or ""),
            *(plan.channel, plan.contact_type, plan.sentiment, plan.topic, step.amount or ""),
        )


def resource(step: Step) -> str:
    """Return who did it, as a code: `finance-2`, `bot`, or nothing for the customer and the system."""
    if step.actor == AGENT:
        return f"{step.team}-{(step.agent or 0) + 1}"
    return BOT if step.actor == BOT else ""
