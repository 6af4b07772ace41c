"""Who may do what? One table: role x verb x scope. Nothing else in the house grants anything.

A scope is how far a verb reaches: `own` (what the person owns), `team` (also what belongs to their teams),
`all`. An object shows where it belongs by `owner_id` and `team_id`; one without either is within `all` only.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.people.errors import NotAllowed

M = TypeVar("M", bound=Model)

OWN, TEAM, ALL = "own", "team", "all"
VERBS = (
    "account.manage",  # one's own name, language, password, second factor
    "journal.read",  # events as they happen
    "logs.read",  # process maps, variants and the cases behind them
    "logs.import",
    "logs.delete",
    "people.manage",  # users, roles, teams, API keys
    "settings.manage",
)
TABLE: dict[str, dict[str, str]] = {
    "agent": {"account.manage": OWN, "journal.read": TEAM},
    "lead": {"account.manage": OWN, "journal.read": TEAM, "logs.read": ALL, "logs.import": ALL, "logs.delete": OWN},
    "manager": {
        "account.manage": OWN,
        "journal.read": ALL,
        "logs.read": ALL,
        "logs.import": ALL,
        "logs.delete": ALL,
    },
    "administrator": {
        "account.manage": OWN,
        "journal.read": ALL,
        "logs.read": ALL,
        "logs.import": ALL,
        "logs.delete": ALL,
        "people.manage": ALL,
        "settings.manage": ALL,
    },
    "auditor": {"account.manage": OWN, "journal.read": ALL, "logs.read": ALL},
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
        raise NotAllowed(verb=verb)


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
    rows: "QuerySet[M]", principal: Principal | None, verb: str, *, owner: str = "owner_id", team: str = "team_id"
) -> "QuerySet[M]":
    """Return the rows `verb` reaches; `owner` and `team` name the columns ("" where a model has none).

    Every query for somebody starts from this.
    """
    scope = scope_of(principal, verb)
    if principal is None or scope is None:
        return rows.none()
    if scope == ALL:
        return rows
    return rows.filter(_mine(principal, owner) | (_teams(principal, team) if scope == TEAM else _nothing()))


def _within(principal: Principal, scope: str, obj: Any) -> bool:
    if principal.id is not None and getattr(obj, "owner_id", None) == principal.id:
        return True
    return scope == TEAM and getattr(obj, "team_id", None) in principal.teams


def _mine(principal: Principal, owner: str) -> Q:
    return Q(**{owner: principal.id}) if owner and principal.id else _nothing()


def _teams(principal: Principal, team: str) -> Q:
    return Q(**{f"{team}__in": principal.teams}) if team and principal.teams else _nothing()


def _nothing() -> Q:
    return Q(pk__in=())
