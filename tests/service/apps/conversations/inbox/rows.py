"""A desk with many conversations of every kind, stored without the verbs, and lists made the slow and obvious way."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests import build

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import lists
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import ACTIVE, Conversation, Status, Tag
from servewell.apps.people.models import Team, User

DUE = ("ok", "soon", "breached", "paused", "")


class Many:
    """Three teams, agents in none, one and two of them, a manager, and `count` conversations drawn from a seed."""

    def __init__(self, count: int = 250, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.now = clock.now()
        self.teams: list[Team] = [build.team(name) for name in ("One", "Two", "Three")]
        self.one: User = build.person("one", "agent", self.teams[0], language="en")
        self.two: User = build.person("two", "agent", *self.teams[:2], language="en")
        self.none: User = build.person("none", "agent", language="en")
        self.boss: User = build.person("boss", "manager", language="en")
        self.people = [self.one, self.two, self.none]
        self.customers = [build.customer(f"Customer {number}") for number in range(5)]
        self.tags = [Tag.objects.create(name=f"tag {number}") for number in range(4)]
        self.rows = Conversation.objects.bulk_create(self._row(number) for number in range(count))

    def _row(self, number: int) -> Conversation:
        draw = self.random
        status = draw.choice([*Status.values, "open", "waiting_us"])
        waits = status in ("open", "waiting_us")
        snoozed = status in ACTIVE and draw.random() < 0.15
        return Conversation(
            number=5000 + number,
            customer=draw.choice(self.customers),
            channel=draw.choice(["chat", "email", "phone"]),
            language=draw.choice(["en", "zh-Hans", ""]),
            status=status,
            priority=draw.randint(1, 4),
            contact_type=draw.choice([None, "complaint", "inquiry"]),
            sentiment=draw.choice([None, "negative", "positive"]),
            team=draw.choice([*self.teams, None]),
            assignee=draw.choice([*self.people, None, None]),
            tags=[tag.id for tag in self.tags if draw.random() < 0.2],
            fields=draw.choice([{}, {"plan": "gold"}, {"plan": "basic"}]),
            snoozed_until=self.ago(-draw.randint(1, 9)) if snoozed else None,
            next_due_at=self.ago(draw.randint(-5, 5)) if waits and draw.random() < 0.6 else None,
            due_state=draw.choice(DUE) if waits else "",
            waiting_since=self.ago(draw.randint(0, 6)) if waits else None,
            last_message_at=self.ago(draw.randint(0, 40)),
            messages=3,
            created_at=self.ago(50),
            solved_at=self.ago(draw.randint(0, 300)) if status in ("solved", "closed") else None,
        )

    def ago(self, hours: float) -> Any:
        """Many fall on the same moment, so that the id must decide."""
        return self.now - timedelta(hours=hours)


def walked(principal: Principal, filters: Filters, order: str | None = None, limit: int = 7) -> list[UUID]:
    """Return what a list holds from its first page to its last."""
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = lists.page(principal, filters, order, cursor, limit)
        found += [item["id"] for item in page.items]
        if page.next is None:
            return found
        cursor = page.next


def reached(row: Conversation, principal: Principal) -> bool:
    if principal.role == "manager":
        return True
    return row.team_id in principal.teams or row.assignee_id == principal.id


LATE = float("inf")


def _time(moment: Any) -> float:
    return LATE if moment is None else float(moment.timestamp())


KEYS: dict[str, Callable[[Conversation], Any]] = {
    "due": lambda row: (_time(row.next_due_at), _time(row.waiting_since), row.id),
    "newest": lambda row: (-_time(row.last_message_at), -row.id.int),
    "oldest": lambda row: (_time(row.last_message_at), row.id),
    "waiting": lambda row: (_time(row.waiting_since), row.id),
    "priority": lambda row: (-row.priority, _time(row.next_due_at), row.id),
    "number": lambda row: -row.number,
    "snoozed": lambda row: (_time(row.snoozed_until), row.id),
}
