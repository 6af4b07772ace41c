"""What do the filters ask of a conversation that was found? The same as in a list, but nothing is left out unasked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import parts, sets
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.inbox.sql import SQL
from servewell.apps.conversations.inbox.walks import GATHERED
from servewell.apps.conversations.models import ACTIVE
from servewell.apps.conversations.search import keys
from servewell.apps.customers import queries as customers
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.people import permissions


def conditions(principal: Principal, filters: Filters, values: Values) -> tuple[str, ...]:
    """Return the conditions over a row `c`, what `principal` may read first of all.

    Lists leave out what is solved, closed or asleep unless they are asked for it; search finds it all.
    """
    wanted = filters.model_copy(update={"snoozed": "any"})
    found = [sets.EVERY.sql, parts.reach(principal, values), *parts.whose(principal, wanted, values)]
    found += parts.asked(principal, wanted, sets.EVERY, values)
    if "snoozed" in filters.model_fields_set and filters.snoozed != "any":
        found.append(f"c.snoozed_until is {'null' if filters.snoozed == 'no' else 'not null'}")
    if filters.following:
        found.append(_among("followed", principal, values))
    if filters.mentioned:
        found.append(_among("called_on", principal, values))
    return tuple(found)


def within(principal: Principal, filters: Filters) -> tuple[tuple[int, ...], ...]:
    """Return keys that what is asked for has, of each group at least one: so the index finds less that is not wanted.

    The conditions are asked all the same: a key is a second behind.
    """
    teams = parts.teams_wanted(principal, filters)
    people = parts.people_wanted(principal, filters) if filters.assignee else None
    groups = [
        _reach(principal),
        _keys("team", teams),
        _keys("assignee", people),
        _keys("channel", filters.channel or None),
        _keys("tag", filters.tag or None),
        *(_keys("tag", [tag]) for tag in filters.tag_all),
        _keys("customer", _family(filters) if filters.customer else None),
        (keys.of_facet("file"),) if filters.attachments else (),
        (keys.of_facet("active"),) if filters.status and {*filters.status} <= {*ACTIVE} else (),
    ]
    return tuple(group for group in groups if group)


def _among(name: str, principal: Principal, values: Values) -> str:
    """Return the condition that somebody has to do with it, also if it was another one that was merged into it."""
    sql = SQL[name].format(user=values.put(principal.id, "uuid"), limit=GATHERED)
    return f"c.id in ({' '.join(sql.split())})"  # one line: the statement's comment names its places too


def _reach(principal: Principal) -> tuple[int, ...]:
    if permissions.scope_of(principal, "conversations.read") == permissions.ALL:
        return ()
    return (*(keys.of_facet("team", team) for team in principal.teams), keys.of_facet("assignee", principal.id))


def _keys(kind: str, wanted: Sequence[Any] | None) -> tuple[int, ...]:
    """Return the keys of any of these; nothing where everything, or also what has none, is wanted."""
    if wanted is None or None in wanted:
        return ()
    return tuple(keys.of_facet(kind, value) for value in wanted) or (keys.of_facet("nothing"),)


def _family(filters: Filters) -> list[UUID]:
    try:
        return customers.family(filters.customer) if filters.customer else []
    except NoSuchCustomer:
        return []
