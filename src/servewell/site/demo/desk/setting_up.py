"""How is the desk set up? What people work with first, then the customers, then what they said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Max

from servewell.apps.base import ids, settings, statements, timers
from servewell.apps.conversations.actions._steps import WAKE
from servewell.apps.conversations.models import (
    Conversation,
    Follower,
    Link,
    LinkKind,
    Message,
    MessageAttachment,
    ReadMark,
    SearchDue,
    Status,
)
from servewell.apps.conversations.search import jobs as search
from servewell.site.demo.desk import conversations, course, customers, furniture, special, staff, visitor
from servewell.site.demo.desk.conversations import House, Made
from servewell.site.demo.desk.copying import copy
from servewell.site.demo.desk.customers import Person
from servewell.site.demo.desk.files import Files
from servewell.site.demo.shop import Shop
from servewell.site.demo.story import Step
from servewell.site.demo.vocabulary import DAY

_SNOOZED, _LINKED = 5, 40
_INDEXED = 500  # the newest conversations, found by search at once; a worker writes the others' words after the start


@dataclass(frozen=True, slots=True)
class Staff:
    """The shop's people as this installation knows them."""

    teams: dict[str, UUID]  # by code
    agents: dict[str, list[UUID]]  # by the code of their team
    names: dict[str, list[str]]  # theirs, in the same order
    visitor: UUID


def close_after() -> float:
    """Return after how many seconds what is solved is closed; 0: never."""
    return float(settings.get("conversations.close_after_days") * DAY)


def furnish(made: Shop, people: Staff, now: datetime) -> int:
    """Write the desk of a shop, in the caller's transaction; return how many conversations it has.

    The events of the shop are the caller's to load.
    """
    staff.skills(made.seed, people.agents)
    staff.hours(people.teams, made.zone)
    staff.presence(made.seed, people.agents)
    tags = furniture.tags()
    furniture.fields()
    furniture.attributes()
    furniture.views(tags)
    furniture.canned()
    persons = _persons(made, people, now)
    house = _house(made, people, now, persons, tags)
    written = _write(
        house, people, [conversations.furnish(house, *each) for each in conversations.in_order(made.cases)]
    )
    special.single_out(made.seed, list(persons.values()))
    search.index_due(_INDEXED)
    return written


def _persons(made: Shop, people: Staff, now: datetime) -> dict[UUID, Person]:
    """Make up the customers and store them: a team that had to do with somebody reaches them."""
    channels: dict[UUID, set[str]] = defaultdict(set)
    teams: dict[UUID, dict[UUID, None]] = defaultdict(dict)
    for steps in made.cases.values():
        plan = steps[0].plan
        channels[plan.customer].add(plan.channel)
        teams[plan.customer] |= dict.fromkeys(people.teams[code] for code in _teams(steps))
    persons = customers.make_up(made.seed, channels, made.midnight)
    for person in persons.values():
        person.teams = [*teams[person.id]]
    customers.write(persons.values(), now)
    return persons


def _teams(steps: Sequence[Step]) -> list[str]:
    return [course.FIRST, *(step.team for step in steps if step.team)]


def _house(made: Shop, people: Staff, now: datetime, persons: Mapping[UUID, Person], tags: Mapping[str, UUID]) -> House:
    everybody = [(team, number) for team, members in people.agents.items() for number in range(len(members))]
    return House(
        seed=made.seed,
        midnight=made.midnight,
        now=now,
        close_after=close_after(),
        teams=people.teams,
        agents={(team, number): people.agents[team][number] for team, number in everybody},
        called={(team, number): people.names[team][number] for team, number in everybody},
        people=persons,
        tags=tags,
        files=Files(made.seed),
    )


def _write(house: House, people: Staff, made: list[Made]) -> int:
    done = [one for one in made if one.conversation["closed_at"] or one.conversation["solved_at"]]
    active = [one for one in made if not one.conversation["solved_at"]]
    visitor.call_on(house, active, people.visitor)
    _snooze(house, active)
    house.files.write()
    copy(Conversation, (one.conversation for one in reversed(made)))
    wanted = SearchDue.objects.aggregate(last=Max("id"))["last"]
    copy(Message, (row for one in made for row in one.messages))
    SearchDue.objects.filter(id__gt=wanted).delete()  # the newest come first, and none twice
    copy(MessageAttachment, (row for one in made for row in one.files))
    copy(Follower, visitor.followed(active, people.visitor))
    copy(ReadMark, visitor.read(done, people.visitor))
    copy(Link, _links(made))
    statements.rows("select setval('conversations_number', %(last)s)", {"last": len(made)})
    return len(made)


def _snooze(house: House, active: Sequence[Made]) -> None:
    """Put some off in which we wait for the customer; they come back by the room's own timer."""
    waiting = [one.conversation for one in active if one.conversation["status"] == Status.WAITING_CUSTOMER]
    for hours, row in enumerate(waiting[: 2 * _SNOOZED : 2], 1):
        row["snoozed_until"] = house.now + timedelta(hours=7 * hours)
        timers.set(WAKE, row["id"], row["snoozed_until"])


def _links(made: Iterable[Made]) -> list[dict[str, Any]]:
    """Link some conversations of one customer about one topic that follow each other."""
    by_matter: dict[tuple[UUID, str], list[Made]] = defaultdict(list)
    for one in made:
        by_matter[one.conversation["customer_id"], one.conversation["fields"]["topic"]].append(one)
    pairs = [pair for several in by_matter.values() for pair in pairwise(several)]
    return [
        {
            "id": ids.at(later.conversation["created_at"]),
            "one_id": later.conversation["id"],
            "other_id": earlier.conversation["id"],
            "kind": str(LinkKind.FOLLOW_UP if earlier.conversation["closed_at"] else LinkKind.RELATED),
            "created_at": later.conversation["created_at"],
        }
        for earlier, later in pairs[-_LINKED:]
    ]
