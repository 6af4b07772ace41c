"""Who may do what: the one table and how far its scopes reach."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from servewell.apps.base import texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.people.errors import NotAllowed
from servewell.apps.people.models import Role
from servewell.apps.people.permissions import KEY_VERBS, TABLE, VERBS, can, demand, scope_of, verbs_of

ME, OTHER, TEAM, THEIRS = (UUID(int=number) for number in range(1, 5))


def someone(role, **more):
    return Principal("agent", ME, role, frozenset({TEAM}), **more)


def thing(owner=OTHER, team=THEIRS):
    return SimpleNamespace(owner_id=owner, team_id=team)


def test_it_works():
    """A manager deletes any log; a team lead their own; an agent none."""
    assert can(someone("manager"), "logs.delete", thing())
    assert not can(someone("lead"), "logs.delete", thing())
    assert can(someone("lead"), "logs.delete", thing(owner=ME))
    assert not can(someone("agent"), "logs.delete", thing(owner=ME))


def test_every_role_has_a_row():
    """No role is forgotten, and no row names a verb that does not exist."""
    assert set(TABLE) == set(Role.values)
    assert {verb for row in TABLE.values() for verb in row} <= set(VERBS)


def test_every_verb_is_explained():
    """In both languages, for the page of permissions and whoever makes a key."""
    for language in texts.LANGUAGES:
        explained = {key for key in texts.catalogue(language) if key.startswith("permissions.verb.")}
        assert explained == {f"permissions.verb.{verb}" for verb in VERBS}


def test_everyone_manages_their_own_account():
    """Whoever signs in may change their language and password."""
    assert all(scope_of(someone(role), "account.manage") == "own" for role in Role.values)


def test_team_scope_reaches_own_and_team():
    """An agent sees events of their teams, not of others."""
    agent = someone("agent")
    assert can(agent, "journal.read", thing(team=TEAM))
    assert can(agent, "journal.read", thing(owner=ME))
    assert not can(agent, "journal.read", thing())


def test_what_belongs_to_nobody_is_within_all_only():
    """An object without owner and team is not everybody's."""
    assert not can(someone("agent"), "journal.read", thing(owner=None, team=None))
    assert not can(Principal("agent", None, "lead"), "logs.delete", thing(owner=None, team=None))
    assert can(someone("auditor"), "journal.read", thing(owner=None, team=None))


def test_an_auditor_only_reads():
    """Besides their own account; taking a copy of one customer's data is reading too."""
    others = [verb for verb in verbs_of(someone("auditor")) if not verb.endswith(".read")]
    assert others == ["account.manage", "customers.export"]


def test_several_teams_may_share_an_object():
    """Any one of them reaches it; none of them does not, nor does an empty list."""
    shared = SimpleNamespace(team_ids=[THEIRS, TEAM])
    assert can(someone("agent"), "customers.read", shared)
    assert not can(someone("agent"), "customers.read", SimpleNamespace(team_ids=[THEIRS]))
    assert not can(someone("agent"), "customers.read", SimpleNamespace(team_ids=[]))
    assert not can(someone("agent"), "customers.read", SimpleNamespace(team_ids=None))
    assert can(someone("manager"), "customers.read", SimpleNamespace(team_ids=[]))


@pytest.mark.parametrize(
    ("verb", "scopes"),  # of agent, lead, manager, administrator, auditor
    [
        ("channels.read", (None, "all", "all", "all", "all")),
        ("channels.manage", (None, None, None, "all", None)),
        ("conversations.read", ("team", "team", "all", "all", "all")),
        ("conversations.receive", (None, None, None, "all", None)),
        ("conversations.write", ("team", "team", "all", "all", None)),
        ("conversations.configure", (None, "all", "all", "all", None)),
        ("customers.read", ("team", "team", "all", "all", "all")),
        ("customers.write", ("team", "team", "all", "all", None)),
        ("customers.erase", (None, None, "all", "all", None)),
        ("customers.export", (None, None, "all", "all", "all")),
        ("access.read", (None, None, None, "all", "all")),
        ("webhooks.manage", (None, None, None, "all", None)),
        ("reception.read", (None, "all", "all", "all", "all")),
        ("reception.manage", (None, None, "all", "all", None)),
        ("presence.read", ("team", "team", "all", "all", "all")),
        ("presence.manage", (None, "team", "all", "all", None)),
        ("presence.configure", (None, None, "all", "all", None)),
        ("skills.configure", (None, None, "all", "all", None)),
        ("skills.read", ("team", "team", "all", "all", "all")),
        ("skills.manage", (None, "team", "all", "all", None)),
        ("hours.read", ("team", "team", "all", "all", "all")),
        ("hours.manage", (None, "team", "all", "all", None)),
        ("people.manage", (None, None, None, "all", None)),
        ("settings.manage", (None, None, None, "all", None)),
        ("journal.read", ("team", "team", "all", "all", "all")),
        ("logs.read", (None, "all", "all", "all", "all")),
        ("logs.import", (None, "all", "all", "all", None)),
        ("logs.delete", (None, "own", "all", "all", None)),
        ("account.manage", ("own",) * 5),
    ],
)
def test_the_table_reads_as_agreed(verb, scopes):
    """Line by line, so that a change of it is a change of this too."""
    assert tuple(scope_of(someone(role), verb) for role in Role.values) == scopes


def test_no_verb_lacks_a_line_above():
    """Nobody adds one without saying here whose it is."""
    (marks,) = [mark for mark in test_the_table_reads_as_agreed.pytestmark if mark.name == "parametrize"]
    assert sorted(verb for verb, _ in marks.args[1]) == sorted(VERBS)


def test_a_key_does_what_its_scopes_and_its_makers_role_both_allow():
    """Neither alone is enough."""
    assert can(someone("manager", scopes=frozenset({"logs.read"})), "logs.read")
    assert not can(someone("manager", scopes=frozenset({"logs.read"})), "logs.import")
    assert not can(someone("agent", scopes=frozenset({"logs.read"})), "logs.read")
    assert "account.manage" not in KEY_VERBS


def test_nobody_may_nothing():
    """No principal, an unknown role, a customer: no."""
    for principal in (None, someone("emperor"), Principal("customer", ME), Principal("bot", ME)):
        assert not any(can(principal, verb) for verb in VERBS)


def test_the_system_may_everything():
    """Whoever has the command line has the house."""
    assert all(can(SYSTEM, verb, thing()) for verb in VERBS)


def test_an_unknown_verb_is_a_fault_of_ours():
    """A typing error must not look like a refusal."""
    with pytest.raises(KeyError):
        can(someone("manager"), "logs.raed")


def test_demand_names_the_verb():
    """The refusal says what was not allowed."""
    with pytest.raises(NotAllowed) as refused:
        demand(someone("agent"), "logs.import")
    assert refused.value.status == 403
    assert refused.value.values == {"verb": "logs.import"}
