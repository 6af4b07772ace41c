"""How does a contact stand in the desk? As a row that agrees with its events, with what was said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from servewell.apps.base import ids
from servewell.apps.conversations.models import PRIORITIES, Author, Delivery, MessageKind, Status
from servewell.site.demo.desk import course, dialogue, products
from servewell.site.demo.desk.customers import Person
from servewell.site.demo.desk.dialogue import Said, Talk
from servewell.site.demo.desk.files import Files
from servewell.site.demo.plans import Plan, dice_of
from servewell.site.demo.story import Step

_PREVIEW = 160
SOURCES = {
    "chat": "shop-site",
    "email": "help@example.com",
    "phone": "hotline",
    "wechat": "shop-account",
    "wecom": "shop-wecom",
}
_DELIVERED = {"chat": "read", "wechat": "delivered", "wecom": "read", "email": "sent", "phone": "delivered"}


@dataclass(frozen=True, slots=True)
class House:
    """What a contact is furnished with."""

    seed: int
    midnight: datetime  # the first one
    now: datetime
    close_after: float  # seconds
    teams: Mapping[str, UUID]
    agents: Mapping[dialogue.Person, UUID]
    called: dict[dialogue.Person, str]  # names of the agents
    people: Mapping[UUID, Person]
    tags: Mapping[str, UUID]  # by code
    files: Files

    def at(self, seconds: float | None) -> datetime | None:
        """Return a moment of the story."""
        return None if seconds is None else self.midnight + timedelta(seconds=seconds)


@dataclass(slots=True)
class Made:
    """Rows, by table."""

    conversation: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)  # of messages
    called: set[UUID] = field(default_factory=set)  # users that notes call on


def furnish(house: House, number: int, steps: list[Step]) -> Made:
    """Return the rows of one contact."""
    plan, now = steps[0].plan, (house.now - house.midnight).total_seconds()
    dice, person = dice_of(house.seed, f"talk:{plan.number}"), house.people[plan.customer]
    stands = course.of(steps, now, house.close_after)
    talk = _talk(dice, house, plan, person)
    said = dialogue.of(talk, steps)
    if stands.waiting is not None and now - said[-1].at > 4 * 3600 and dice.random() < 0.55:
        said.append(dialogue.once_more(talk, now - (now - said[-1].at) * dice.uniform(0.02, 0.5)))
    made = Made(_row(house, number, stands, talk, person))
    _speak(house, made, plan, said)
    return made


def _talk(dice: Random, house: House, plan: Plan, person: Person) -> Talk:
    product = person.favourite if dice.random() < 0.5 else products.draw(dice)
    ordered = house.midnight + timedelta(seconds=plan.arrival) - timedelta(days=dice.randrange(2, 20))
    language = "en" if person.language == "en" else "zh"
    values = {
        "order": f"SW{ordered:%y%m%d}{plan.number:05d}",
        "parcel": f"YD{dice.randrange(10**7, 10**8)}",
        "amount": f"{plan.amount / 100:.2f}",
        "days": str(dice.randrange(2, 9)),
        "code": str(dice.randrange(10, 60)),
        "product": product.name(language),
        "name": person.name.short,
    }
    return Talk(dice, language, product, values, house.called)


def _row(house: House, number: int, stands: course.Course, talk: Talk, person: Person) -> dict[str, Any]:
    plan, opened = stands.plan, house.at(stands.plan.arrival)
    subjects = talk.words.topics[plan.topic].subjects
    return {
        "id": plan.case,
        "number": number,
        "customer_id": plan.customer,
        "channel": plan.channel,
        "source": SOURCES[plan.channel],
        "subject": talk.fill(subjects) if plan.channel == "email" or talk.dice.random() < 0.3 else "",
        "language": person.language,
        "status": str(stands.status),
        "priority": _priority(talk.dice, plan),
        "contact_type": plan.contact_type if stands.known else None,
        "sentiment": plan.sentiment if stands.known else None,
        "team_id": house.teams[stands.team],
        "assignee_id": house.agents[stands.agent] if stands.agent else None,
        "tags": _tags(house, stands, person),
        "fields": _fields(plan, talk),
        "snoozed_until": None,
        "waiting_since": house.at(stands.waiting),
        "created_at": opened,
        "updated_at": _closed(house, stands) or house.at(stands.last),
        "solved_at": house.at(stands.solved),
        "closed_at": _closed(house, stands),
        "reopened": stands.reopened,
    }


def _closed(house: House, stands: course.Course) -> datetime | None:
    """What was closed by time was so to the microsecond."""
    solved = house.at(stands.solved)
    if solved is None or stands.closed is None or stands.closed == stands.solved:
        return house.at(stands.closed)
    return solved + timedelta(seconds=house.close_after)


def _priority(dice: Random, plan: Plan) -> int:
    """Complaints first, and of those the dearest; a suggestion can wait."""
    if plan.contact_type == "complaint":
        word = "urgent" if plan.amount > 20_000 else "high" if plan.sentiment == "negative" else "normal"
    else:
        word = "low" if plan.contact_type == "suggestion" else "high" if dice.random() < 0.04 else "normal"
    return int(PRIORITIES[word])


def _tags(house: House, stands: course.Course, person: Person) -> list[UUID]:
    plan = stands.plan
    given = {
        plan.topic: stands.known,
        "complaint": stands.known and plan.contact_type == "complaint",
        "vip": person.tier == "gold",
        "call_back": stands.status == Status.CLOSED and plan.channel == "phone" and stands.agent is None,
        "came_back": stands.reopened > 0,
    }
    return [house.tags[code] for code, carried in given.items() if carried]


def _fields(plan: Plan, talk: Talk) -> dict[str, Any]:
    about: dict[str, Any] = {"topic": plan.topic, "category": talk.product.category}
    if plan.topic in ("delivery", "refund", "fault", "invoice"):
        about["order_number"] = talk.values["order"]
    return about | ({"amount": plan.amount / 100} if plan.topic == "refund" else {})


def _speak(house: House, made: Made, plan: Plan, said: list[Said]) -> None:
    """Write the messages, and on the row what it shows of them."""
    for position, one in enumerate(said, 1):
        _message(house, made, plan, position, one)
    public = [(one, row) for one, row in zip(said, made.messages, strict=True) if one.kind == MessageKind.PUBLIC]
    ours = [row["created_at"] for one, row in public if one.author != Author.CUSTOMER]
    theirs = [row["created_at"] for one, row in public if one.author == Author.CUSTOMER]
    last = public[-1][0]
    made.conversation |= {
        "preview": last.text[:_PREVIEW],
        "preview_author": str(last.author),
        "messages": len(said),
        "last_message_at": max(row["created_at"] for row in made.messages),
        "last_customer_message_at": max(theirs),
        "first_reply_at": min(ours, default=None),
    }


def _message(house: House, made: Made, plan: Plan, position: int, one: Said) -> None:
    at = house.midnight + timedelta(seconds=one.at)
    author = plan.customer if one.author == Author.CUSTOMER else house.agents[one.person] if one.person else None
    message = ids.at(at)
    called = [house.agents[one.colleague]] if one.colleague else []
    made.called |= {*called}
    made.messages.append(
        {
            "id": message,
            "conversation_id": plan.case,
            "position": position,
            "kind": str(one.kind),
            "author_kind": str(one.author),
            "author": author,
            "text": one.text,
            "language": made.conversation["language"],
            "delivery": _delivery(plan, one),
            "source": made.conversation["source"] if one.kind == MessageKind.PUBLIC else "",
            "mentions": called,
            "created_at": at,
            "recorded_at": at,
        }
    )
    if one.file:
        attachment = house.files.use(one.file, at, author if one.author == Author.AGENT else None)
        made.files.append({"id": ids.at(at), "message_id": message, "attachment_id": attachment})


def _delivery(plan: Plan, one: Said) -> str:
    if one.kind == MessageKind.NOTE:
        return str(Delivery.NONE)
    return str(Delivery.RECEIVED) if one.author == Author.CUSTOMER else _DELIVERED[plan.channel]


def in_order(cases: Mapping[int, list[Step]]) -> Iterator[tuple[int, list[Step]]]:
    """Yield the contacts with their numbers, in the order in which they were opened."""
    yield from enumerate(sorted(cases.values(), key=lambda steps: steps[0].plan.arrival), 1)
