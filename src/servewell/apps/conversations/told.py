"""What does an event say? Which sentence fits, with what in its places, and which things it changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from servewell.apps.conversations.names import Names
from servewell.apps.journal.floors import room_of
from servewell.apps.journal.models import Event

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says."""

    variant: str = ""  # which of the event's sentences: "" or ".<word>"
    values: dict[str, str] = field(default_factory=dict)  # for the places of the sentence, beside {who}
    things: frozenset[str] = frozenset()
    before: Any = None  # code or name, where exactly one thing changed


_STATUS = frozenset({"status"})


def said(event: Event, names: Names) -> Said:
    """Return what an event of this room says; the name alone of any other."""
    tell = _TELLERS.get(event.activity.removeprefix("conversation."))
    return tell(event.attributes or {}, names, event) if tell else Said()


def room(activity: str) -> str:
    """Return the room that owns an event, or "" where the name is none of ours (an element of a flow)."""
    try:
        return room_of(activity)
    except ValueError:
        return ""


def _plain(*things: str) -> Callable[[Attributes, Names, Event], Said]:
    return lambda attributes, names, event: Said(things=frozenset(things))


def _files(variant: str, attributes: Attributes, things: frozenset[str] = frozenset()) -> Said:
    count = int(attributes.get("attachments") or 0)
    return Said(f"{variant}.files" if count else variant, {"count": str(count)} if count else {}, things)


def _opened(attributes: Attributes, names: Names, event: Event) -> Said:
    if attributes.get("continues"):
        return Said(".continues", {"other": names.one("conversation", attributes["continues"])})
    if attributes.get("split_from"):
        return Said(".split", {"other": names.one("conversation", attributes["split_from"])})
    return Said()


def _received(attributes: Attributes, names: Names, event: Event) -> Said:
    return _files(".blocked" if attributes.get("blocked") else "", attributes, _STATUS)


def _replied(attributes: Attributes, names: Names, event: Event) -> Said:
    return _files(".suggested" if attributes.get("suggested") else "", attributes, _STATUS)


def _noted(attributes: Attributes, names: Names, event: Event) -> Said:
    if attributes.get("mentions"):
        return Said(".mentions", {"people": names.many("user", attributes["mentions"])})
    return _files("", attributes)


def _classified(attributes: Attributes, names: Names, event: Event) -> Said:
    if event.contact_type is None:
        return Said()
    kind = names.code("contact_type", event.contact_type)
    if attributes.get("urgency"):
        return Said(".urgency", {"kind": kind, "urgency": names.code("urgency", attributes["urgency"])})
    return Said(".kind", {"kind": kind})


def _assigned(attributes: Attributes, names: Names, event: Event) -> Said:
    to_self = event.actor_kind == "agent" and str(event.actor) == str(attributes.get("agent"))
    values = {"agent": names.one("user", attributes.get("agent"))}
    things = frozenset({"assignee"})
    if attributes.get("from_team") or attributes.get("team_changed"):
        return Said(".team", values | {"team": names.one("team", event.team)}, things | {"team"})
    return Said(".self" if to_self else "", {} if to_self else values, things, names.one("user", None))


def _transferred(attributes: Attributes, names: Names, event: Event) -> Said:
    agent, from_agent = attributes.get("agent"), attributes.get("from_agent")
    changed_team = str(attributes.get("from_team")) != str(event.team)
    values = {"before": names.one("user", from_agent), "agent": names.one("user", agent)}
    values["team"] = names.one("team", event.team)
    things = {"assignee"} if agent != from_agent else set()
    if changed_team:
        variant = ".team_agent" if agent else ".team"
        before = names.one("team", attributes.get("from_team")) if not things else None
        return Said(variant, values, frozenset(things | {"team"}), before)
    return Said("" if agent else ".released", values, frozenset(things), values["before"])


def _waiting(attributes: Attributes, names: Names, event: Event) -> Said:
    words = {what: names.code("status", attributes[what]) for what in ("before", "status") if attributes.get(what)}
    return Said("", {"before": "", "status": ""} | words, _STATUS, attributes.get("before"))


def _closed(attributes: Attributes, names: Names, event: Event) -> Said:
    by = attributes.get("by") or "agent"
    return Said("" if by == "agent" else f".{by}", {}, _STATUS)


def _prioritised(attributes: Attributes, names: Names, event: Event) -> Said:
    words = {what: names.code("priority", attributes[what]) for what in ("before", "priority")}
    return Said("", words, frozenset({"priority"}), attributes["before"])


def _tagged(attributes: Attributes, names: Names, event: Event) -> Said:
    added, removed = attributes.get("added") or [], attributes.get("removed") or []
    variant = ".both" if added and removed else ".removed" if removed else ""
    values = {"added": names.many("tag", added), "removed": names.many("tag", removed)}
    return Said(variant, values, frozenset({"tags"}))


def _fields(attributes: Attributes, names: Names, event: Event) -> Said:
    fields = attributes.get("fields") or []
    things = frozenset(f"fields.{key}" for key in names.keys(fields))
    return Said("", {"fields": names.many("field", fields)}, things)


def _snoozed(attributes: Attributes, names: Names, event: Event) -> Said:
    hours = float(attributes.get("for_s") or 0) / 3600
    unit, amount = ("days", hours / 24) if hours >= 48 else ("hours", hours) if hours >= 1 else ("minutes", hours * 60)
    return Said(f".{unit}", {"amount": f"{amount:.0f}"}, frozenset({"snoozed_until"}))


def _woken(attributes: Attributes, names: Names, event: Event) -> Said:
    by = attributes.get("by") or "agent"
    return Said("" if by == "agent" else f".{by}", {}, frozenset({"snoozed_until"}))


def _other(name: str, *things: str) -> Callable[[Attributes, Names, Event], Said]:
    def tell(attributes: Attributes, names: Names, event: Event) -> Said:
        return Said("", {"other": names.one("conversation", attributes.get(name))}, frozenset(things))

    return tell


def _split(attributes: Attributes, names: Names, event: Event) -> Said:
    other = names.one("conversation", attributes.get("new"))
    return Said("", {"other": other, "count": str(int(attributes.get("messages") or 0))})


def _erased(attributes: Attributes, names: Names, event: Event) -> Said:
    return Said("", {"count": str(int(attributes.get("messages") or 0))}, _STATUS)


def _link(attributes: Attributes, names: Names, event: Event) -> Said:
    return Said(
        f".{attributes.get('kind') or 'related'}", {"other": names.one("conversation", attributes.get("other"))}
    )


def _following(attributes: Attributes, names: Names, event: Event) -> Said:
    if event.actor_kind == "agent" and str(event.actor) == str(attributes.get("user")):
        return Said()
    return Said(".other", {"person": names.one("user", attributes.get("user"))})


def _delivery(attributes: Attributes, names: Names, event: Event) -> Said:
    return Said(f".{attributes.get('delivery')}")


_TELLERS: dict[str, Callable[[Attributes, Names, Event], Said]] = {
    "opened": _opened,
    "message_received": _received,
    "classified": _classified,
    "assigned": _assigned,
    "transferred": _transferred,
    "replied": _replied,
    "acknowledged": _plain(),
    "noted": _noted,
    "waiting": _waiting,
    "solved": _plain("status"),
    "reopened": _plain("status"),
    "abandoned": _plain("status"),
    "closed": _closed,
    "prioritised": _prioritised,
    "tagged": _tagged,
    "field_changed": _fields,
    "subject_changed": _plain("subject"),
    "language_changed": _plain("language"),
    "snoozed": _snoozed,
    "woken": _woken,
    "merged": _other("into", "merged"),
    "absorbed": _other("merged", "status"),  # whose turn it is may be another's now
    "unmerged": _other("into", "merged"),
    "released": _other("merged", "status"),
    "split": _split,
    "continued": _other("new"),
    "messages_erased": _erased,
    "linked": _link,
    "unlinked": _link,
    "followed": _following,
    "unfollowed": _following,
    "delivery_changed": _delivery,
}
