"""How is each verb of the room done once? For the test that lets the journal refuse, and counts what changed."""

from collections.abc import Callable
from typing import Any

from servewell.apps.base.principal import Principal
from servewell.apps.flows import actions
from servewell.apps.flows.models import ReceptionRule


class Reception:
    """Two rules."""

    def __init__(self, who: Principal) -> None:
        self.who = who
        self.first, self.second = (actions.create_rule(who, name) for name in ("First", "Second"))

    def reversed(self) -> list[ReceptionRule]:
        """Put them the other way round."""
        return actions.order_rules(self.who, [self.second.id, self.first.id])


VERBS: dict[str, Callable[[Reception], Any]] = {
    "flows.create_rule": lambda it: actions.create_rule(it.who, "Third"),
    "flows.change_rule": lambda it: actions.change_rule(it.who, it.first.id, {"active": False}),
    "flows.remove_rule": lambda it: actions.remove_rule(it.who, it.first.id),
    "flows.order_rules": lambda it: it.reversed(),
}
