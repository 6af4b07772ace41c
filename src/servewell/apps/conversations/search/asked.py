"""What do the filters ask of a conversation that was found? The same as in a list, but nothing is left out unasked."""

from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import parts, sets
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.parts import Values

_FOLLOWED = "exists (select 1 from conversations_follower as f where f.user_id = {} and f.conversation_id = c.id)"
_CALLED_ON = (
    "exists (select 1 from conversations_message as m where m.conversation_id = c.id and m.mentions @> array[{}])"
)


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
        found.append(_FOLLOWED.format(values.put(principal.id, "uuid")))
    if filters.mentioned:
        found.append(_CALLED_ON.format(values.put(principal.id, "uuid")))
    return tuple(found)
