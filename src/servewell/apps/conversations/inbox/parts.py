"""How does a filter read in SQL? Texts of ours with names of values in them; what people typed is always a value."""

from datetime import timedelta
from typing import Any

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.orders import LATEST, WAITS, Order
from servewell.apps.conversations.inbox.sets import INBOX, Rows
from servewell.apps.conversations.models import PRIORITIES
from servewell.apps.people import permissions

FACETS = (
    "(ARRAY['st:' || c.status, 'ch:' || c.channel, 'pr:' || c.priority::text, 'ct:' || c.contact_type,"
    " 'se:' || c.sentiment, 'la:' || c.language, 'du:' || c.due_state])"
)  # as the index has it
_FAMILY = (
    "(select o.id from customers_customer o"
    " where o.root_id = (select f.root_id from customers_customer f where f.id = {}))"
)
_FILES = (
    "exists (select 1 from conversations_message m join conversations_messageattachment a on a.message_id = m.id"
    " where m.conversation_id = c.id)"
)
_SEEN = (
    "coalesce((select r.position from conversations_readmark r where r.user_id = {} and r.conversation_id = c.id), 0)"
)


class Values:
    """The values of a statement, under names of their own."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    def put(self, value: Any, kind: str = "") -> str:
        """Keep a value; return how the statement names it, cast to `kind` if given."""
        name = f"v{len(self.given)}"
        self.given[name] = list(value) if isinstance(value, list | tuple | set | frozenset) else value
        return f"%({name})s::{kind}" if kind else f"%({name})s"


def reach(principal: Principal, values: Values) -> str:
    """Return the condition for what a principal may read."""
    scope = permissions.scope_of(principal, "conversations.read")
    if scope == permissions.ALL:
        return "true"
    own = f"c.assignee_id = {values.put(principal.id, 'uuid')}"
    if scope == permissions.TEAM and principal.teams:
        return f"(c.team_id = any({values.put(principal.teams, 'uuid[]')}) or {own})"
    return own if scope else "false"


def whose(principal: Principal, filters: Filters, values: Values) -> list[str]:
    """Return the conditions on team and assignee."""
    teams = teams_wanted(principal, filters)
    found = [] if teams is None else [_one_of("c.team_id", teams, values)]
    return found + ([_one_of("c.assignee_id", people_wanted(principal, filters), values)] if filters.assignee else [])


def teams_wanted(principal: Principal, filters: Filters) -> list[Any] | None:
    """Return the ids of the teams asked for, None among them for no team; None when any will do.

    Who may read all and has no team means all by `mine`.
    """
    all_are_mine = not principal.teams and permissions.scope_of(principal, "conversations.read") == permissions.ALL
    if not filters.team or (filters.team == ["mine"] and all_are_mine):
        return None
    wanted: list[Any] = []
    for one in filters.team:
        wanted += sorted(principal.teams) if one == "mine" else [None if one == "none" else one]
    return list(dict.fromkeys(wanted))


def people_wanted(principal: Principal, filters: Filters) -> list[Any]:
    """Return the ids of the assignees asked for, None among them for nobody."""
    named = (principal.id if one == "me" else one for one in filters.assignee if (one, principal.id) != ("me", None))
    return [None if one == "none" else one for one in named]


def indexed(filters: Filters, rows: Rows, values: Values) -> list[str]:
    """Return the conditions that an index answers when few conversations meet them, as the index has them."""
    found = _tags(filters, values)
    if rows is INBOX:
        found += [f"{FACETS} && {values.put(facets, 'text[]')}" for facets in _facets(filters, rows)]
    return [f"({rows.sql}) is true", *found] if found else []


def ranged(filters: Filters, order: Order, values: Values) -> list[str]:
    """Return the conditions that cut a piece out of an order: the walk begins and ends there, and asks nothing."""
    if order.name != "waiting":
        return []
    found = [] if filters.waiting is None else [f"{WAITS} {'<' if filters.waiting else '='} '{LATEST}'"]
    since = _ago(clock.now(), filters.waiting_over_s)
    return found if since is None else [*found, f"{WAITS} < {values.put(since, 'timestamptz')}"]


def asked(principal: Principal, filters: Filters, rows: Rows, values: Values) -> list[str]:
    """Return every condition beside team and assignee, as each row is asked for it."""
    found = [_plain(facets, values) for facets in _facets(filters, rows)]
    for moment, column, sign in _moments(filters):
        found.append(f"c.{column} {sign} {values.put(moment, 'timestamptz')}")
    if filters.waiting is not None:
        found.append(f"c.waiting_since is {'not ' if filters.waiting else ''}null")
    if filters.snoozed == "no" and rows.name == "every":
        found.append("c.snoozed_until is null")
    found += _tags(filters, values)
    if filters.customer:
        found.append(f"c.customer_id = any({family(filters.customer, values)})")
    found += [f"c.fields ->> {values.put(key)} = {values.put(value)}" for key, _, value in map(_pair, filters.field)]
    if filters.unread is not None:
        seen = _SEEN.format(values.put(principal.id, "uuid"))
        found.append(f"{seen} {'<' if filters.unread else '>='} c.messages")
    if filters.attachments is not None:
        found.append(_FILES if filters.attachments else f"not {_FILES}")
    return found


def _tags(filters: Filters, values: Values) -> list[str]:
    either = [f"c.tags && {values.put(filters.tag, 'uuid[]')}"] if filters.tag else []
    return either + ([f"c.tags @> {values.put(filters.tag_all, 'uuid[]')}"] if filters.tag_all else [])


def family(customer: Any, values: Values) -> str:
    """Return the array of all who go on as the same customer."""
    return f"array{_FAMILY.format(values.put(customer, 'uuid'))}"


def _pair(text: str) -> tuple[str, str, str]:
    return text.partition(":")


def _moments(filters: Filters) -> list[tuple[Any, str, str]]:
    now = clock.now()
    asked = (
        (filters.created_from, "created_at", ">="),
        (filters.created_before, "created_at", "<"),
        (filters.updated_from, "updated_at", ">="),
        (filters.updated_before, "updated_at", "<"),
        (_ago(now, filters.waiting_over_s), "waiting_since", "<"),
        (_ago(now, filters.solved_within_s), "solved_at", ">="),
    )
    return [one for one in asked if one[0] is not None]


def _ago(now: Any, seconds: float | None) -> Any:
    return None if seconds is None else now - timedelta(seconds=seconds)


def _facets(filters: Filters, rows: Rows) -> list[list[str]]:
    statuses = [] if set(filters.status) >= rows.statuses else filters.status
    priorities = [str(int(PRIORITIES[word])) for word in filters.priority]
    asked = (
        ("st", statuses),
        ("ch", filters.channel),
        ("pr", priorities),
        ("ct", filters.contact_type),
        ("se", filters.sentiment),
        ("la", filters.language),
        ("du", filters.due),
    )
    return [[f"{code}:{value}" for value in wanted] for code, wanted in asked if wanted]


_COLUMNS = {
    "st": "c.status",
    "ch": "c.channel",
    "pr": "c.priority::text",
    "ct": "c.contact_type",
    "se": "c.sentiment",
    "la": "c.language",
    "du": "c.due_state",
}


def _plain(facets: list[str], values: Values) -> str:
    return _any(_COLUMNS[facets[0][:2]], [facet[3:] for facet in facets], "text[]", values)


def _one_of(column: str, wanted: list[Any], values: Values) -> str:
    named = [one for one in wanted if one is not None]
    either = [_any(column, named, "uuid[]", values)] if named else []
    either += [f"{column} is null"] if None in wanted else []
    return f"({' or '.join(either)})" if either else "false"


def _any(column: str, wanted: list[Any], kind: str, values: Values) -> str:
    return f"{column} = any({values.put(wanted, kind)})"
