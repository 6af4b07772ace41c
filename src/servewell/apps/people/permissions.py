"""Who may do what? One table: role x verb x scope. Nothing else in the house grants anything.

A scope is how far a verb reaches: `own` (what the person owns), `team` (also what belongs to their teams),
`all`. An object shows where it belongs by `owner_id`, `team_id` and `team_ids` (where several teams share it); one
without any is within `all` only.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.people.errors import NotAllowed

M = TypeVar("M", bound=Model)

OWN, TEAM, ALL = "own", "team", "all"
VERBS = (
    "access.read",  # who read personal data of whom
    "account.manage",  # one's own name, language, password, second factor, presence
    "channels.manage",  # mailboxes, sites and systems by which customers reach us, and what was set aside there
    "channels.read",
    "conversations.configure",  # tags, fields, shared views and shared canned replies
    "conversations.read",
    "conversations.receive",  # bring in what customers wrote elsewhere: for programs that stand between
    "conversations.write",
    "customers.erase",
    "customers.export",
    "customers.read",
    "customers.write",
    "hours.manage",  # when teams and people work
    "hours.read",
    "journal.read",  # events as they happen
    "logs.delete",
    "logs.import",
    "logs.read",  # process maps, variants and the cases behind them
    "people.manage",  # users, roles, teams, API keys
    "presence.configure",  # the reasons to be busy or away
    "presence.manage",  # others' presence
    "presence.read",  # who is there, by name
    "reception.manage",  # the rules by which new conversations find their team
    "reception.read",
    "settings.manage",
    "skills.configure",  # the tree of skills
    "skills.manage",  # who has which
    "skills.read",
    "webhooks.manage",
)
_EVERYBODY = {"account.manage": OWN}
_TEAMMATE = dict.fromkeys(
    (
        "conversations.read",
        "conversations.write",
        "customers.read",
        "customers.write",
        "hours.read",
        "journal.read",
        "presence.read",
        "skills.read",
    ),
    TEAM,
)
_READER = dict.fromkeys(
    (
        "channels.read",
        "conversations.read",
        "customers.read",
        "hours.read",
        "journal.read",
        "logs.read",
        "presence.read",
        "reception.read",
        "skills.read",
    ),
    ALL,
)
_MANAGER = _READER | dict.fromkeys(
    (
        "conversations.configure",
        "conversations.write",
        "customers.erase",
        "customers.export",
        "customers.write",
        "hours.manage",
        "logs.delete",
        "logs.import",
        "presence.configure",
        "presence.manage",
        "reception.manage",
        "skills.configure",
        "skills.manage",
    ),
    ALL,
)
TABLE: dict[str, dict[str, str]] = {
    "agent": _EVERYBODY | _TEAMMATE,
    "lead": _EVERYBODY
    | _TEAMMATE
    | dict.fromkeys(("hours.manage", "presence.manage", "skills.manage"), TEAM)
    | dict.fromkeys(("channels.read", "conversations.configure", "logs.import", "logs.read", "reception.read"), ALL)
    | {"logs.delete": OWN},
    "manager": _EVERYBODY | _MANAGER,
    "administrator": _EVERYBODY
    | _MANAGER
    | dict.fromkeys(
        (
            "access.read",
            "channels.manage",
            "conversations.receive",
            "people.manage",
            "settings.manage",
            "webhooks.manage",
        ),
        ALL,
    ),
    "auditor": _EVERYBODY | _READER | dict.fromkeys(("access.read", "customers.export"), ALL),
}
KEY_VERBS = tuple(verb for verb in VERBS if verb != "account.manage")  # a program has no account of its own


def can(principal: Principal | None, verb: str, obj: Any = None) -> bool:
    """May `principal` do `verb`, to `obj` if one is given? Without one: to anything at all?"""
    scope = scope_of(principal, verb)
    if principal is None or scope is None:
        return False
    return obj is None or scope == ALL or _within(principal, scope, obj)


def demand(principal: Principal | None, verb: str, obj: Any = None) -> None:
    """Raise NotAllowed (403) unless `principal` can."""
    if not can(principal, verb, obj):
        told = {"program": True} if principal is not None and principal.kind == "key" else {}
        raise NotAllowed(verb=verb, **told)


def scope_of(principal: Principal | None, verb: str) -> str | None:
    """Return how far `verb` reaches for `principal`: own, team, all, or None when it is not theirs."""
    if verb not in VERBS:
        raise KeyError(verb)
    if principal is None:
        return None
    if principal.kind == "system":
        return ALL
    if principal.scopes is not None and verb not in principal.scopes:
        return None
    return TABLE.get(principal.role or "", {}).get(verb)


def verbs_of(principal: Principal) -> list[str]:
    """Return the verbs that are `principal`'s, sorted: what the screen may offer."""
    return sorted(verb for verb in VERBS if can(principal, verb))


def narrow(
    rows: "QuerySet[M]",
    principal: Principal | None,
    verb: str,
    *,
    owner: str = "owner_id",
    team: str = "team_id",
    teams: str = "",
) -> "QuerySet[M]":
    """Return the rows `verb` reaches; `owner`, `team` and `teams` name the columns ("" where a model has none).

    `teams` is an array of team ids: a row is reached through any of them. Every query for somebody starts from this.
    """
    scope = scope_of(principal, verb)
    if principal is None or scope is None:
        return rows.none()
    if scope == ALL:
        return rows
    return rows.filter(_mine(principal, owner) | (_teams(principal, team, teams) if scope == TEAM else _nothing()))


def _within(principal: Principal, scope: str, obj: Any) -> bool:
    if principal.id is not None and getattr(obj, "owner_id", None) == principal.id:
        return True
    if scope != TEAM:
        return False
    return getattr(obj, "team_id", None) in principal.teams or not principal.teams.isdisjoint(
        getattr(obj, "team_ids", None) or ()
    )


def _mine(principal: Principal, owner: str) -> Q:
    return Q(**{owner: principal.id}) if owner and principal.id else _nothing()


def _teams(principal: Principal, team: str, teams: str) -> Q:
    if not principal.teams:
        return _nothing()
    one = Q(**{f"{team}__in": principal.teams}) if team else _nothing()
    return one | Q(**{f"{teams}__overlap": list(principal.teams)}) if teams else one


def _nothing() -> Q:
    return Q(pk__in=())
