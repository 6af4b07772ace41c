"""How is each verb of the room done once? For the test that lets the journal refuse, and counts what changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from servewell.apps.base import clock, ids
from servewell.apps.base.models import Outgoing
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.base.principal import Principal
from servewell.apps.webhooks import actions
from servewell.apps.webhooks.listeners import KIND
from servewell.apps.webhooks.models import Subscription
from servewell.apps.webhooks.sending import Outcome, Result

GONE = Result(Outcome.GONE, 410, 5, "")
URL = "https://receiver.example/"


@dataclass
class Hooks:
    """A webhook with a call that was given up, and a paused one."""

    who: Principal
    active: Subscription = field(init=False)
    paused: Subscription = field(init=False)
    item: OutboxItem = field(init=False)

    def __post_init__(self) -> None:
        self.active, self.paused = (actions.create(self.who, URL).subscription for _ in range(2))
        actions.pause(self.who, self.paused.id)
        message = {"id": str(ids.new()), "type": "conversation.opened", "data": {}}
        payload = {"subscription": str(self.active.id), "message": message}
        now = clock.now()
        moments = {"due_at": now, "created_at": now, "settled_at": now}
        self.item = OutboxItem(ids.new(), KIND, "key", payload, 1)
        Outgoing.objects.create(position=-1, kind=KIND, key="dead", payload=payload, state="parked", **moments)


VERBS: dict[str, Callable[[Hooks], Any]] = {
    "webhooks.create": lambda hooks: actions.create(hooks.who, URL),
    "webhooks.change": lambda hooks: actions.change(hooks.who, hooks.active.id, {"content": True}),
    "webhooks.alter": lambda hooks: actions.alter(hooks.who, hooks.active.id, {"state": "paused"}),
    "webhooks.remove": lambda hooks: actions.remove(hooks.who, hooks.active.id),
    "webhooks.pause": lambda hooks: actions.pause(hooks.who, hooks.active.id),
    "webhooks.resume": lambda hooks: actions.resume(hooks.who, hooks.paused.id),
    "webhooks.give_up": lambda hooks: actions.give_up(hooks.active.id, "gone"),
    "webhooks.note_failure": lambda hooks: actions.note_failure(hooks.active, hooks.item, GONE),
    "webhooks.rotate": lambda hooks: actions.rotate(hooks.who, hooks.active.id),
    "webhooks.ping": lambda hooks: actions.ping(hooks.who, hooks.active.id),
    "webhooks.replay": lambda hooks: actions.replay(hooks.who, hooks.active.id),
}
