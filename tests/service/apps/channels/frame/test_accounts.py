"""Accounts of channels: made, changed, paused, removed; over HTTP too."""

from typing import Any

import pytest
from django.db import IntegrityError, connection
from tests import build
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import Browsing, made
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base import secrets
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions, options
from servewell.apps.channels.frame.errors import BadOption, ChangedMeanwhile, NoSuchAccount, NoSuchChannel
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed

pytestmark = pytest.mark.django_db


def events(name: str) -> list[dict[str, Any]]:
    return list(
        Event.objects.filter(activity=f"channel.{name}").order_by("recorded_at").values_list("attributes", flat=True)
    )


def change(principal: Principal, account: Account, **given: Any) -> Account:
    return actions.change(principal, account.id, account.version, given)


def refused(principal: Principal, **given: Any) -> tuple[str, str]:
    with pytest.raises(BadOption) as caught:
        made(principal, **given)
    return caught.value.values["field"], caught.value.values["reason"]


def test_it_works(side: OtherSide, admin: Principal) -> None:
    """What was said is kept; secrets are sealed, and only the channel's own code reads them."""
    team = build.team()
    account = actions.create(
        admin,
        "stub",
        {
            "name": " Shop ",
            "address": "+8613800138000",
            "team": team.id,
            "language": "en",
            "per_minute": 30,
            "options": {"host": "there.example", "password": "hunter2"},
        },
    )
    account.refresh_from_db()
    assert (account.name, account.address, account.team, account.language) == ("Shop", "+8613800138000", team, "en")
    assert account.options == {"host": "there.example"}
    assert "hunter2" not in account.sealed
    assert options.of(account) == {"host": "there.example", "port": 25, "tone": "kind", "password": "hunter2"}
    assert events("account_created") == [{"account": str(account.id)}]


def test_a_change_is_of_what_is_given(account: Account, admin: Principal) -> None:
    """It names the fields it changed; one that changes nothing is no change."""
    changed = change(admin, account, name="Other", options={"port": 26, "password": "p"})
    assert (changed.version, changed.options) == (2, {"host": "there.example", "port": 26})
    assert options.of(changed)["password"] == "p"
    assert change(admin, changed, name="Other", options={"password": ""}).version == 2
    assert events("account_changed") == [
        {"account": str(account.id), "fields": ["name", "options", "secrets"], "version": 2}
    ]


def test_who_saw_an_older_version_is_told_what_changed(account: Account, admin: Principal) -> None:
    """And nothing is written; no secret is told."""
    change(admin, account, name="Other", options={"password": "p"})
    with pytest.raises(ChangedMeanwhile) as caught:
        change(admin, account, address="123", options={"password": "q"})
    told = caught.value.values
    assert (told["version"], told["changed"]) == (2, ["name", "secrets"])
    assert told["now"] == {"name": "Other", "address": "", "options": {"host": "there.example"}}
    account.refresh_from_db()
    assert (account.address, options.of(account)["password"]) == ("", "p")


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x" * 81}, "name", "too_long"),
        ({"address": "x" * 321}, "address", "too_long"),
        ({"team": "00000000-0000-7000-8000-000000000000"}, "team", "no_such_team"),
        ({"language": "fr"}, "language", "not_language"),
        ({"per_minute": 0}, "per_minute", "too_small"),
        ({"per_minute": 10_001}, "per_minute", "too_large"),
        ({"per_minute": 1.5}, "per_minute", "not_whole"),
        ({"options": {}}, "host", "required"),
        ({"options": {"host": "h", "port": 0}}, "port", "too_small"),
        ({"options": {"host": "h", "x": 0}}, "x", "unknown"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(
    side: OtherSide, admin: Principal, given: dict[str, Any], field: str, reason: str
) -> None:
    assert refused(admin, **given) == (field, reason)
    assert not Account.objects.exists()


def test_an_archived_team_gets_no_account(side: OtherSide, admin: Principal) -> None:
    """One that has it keeps it when its other fields change."""
    team = build.team("Night")
    account = made(admin, team=team.id)
    team.archived_at = account.created_at
    team.save()
    assert refused(admin, team=team.id) == ("team", "no_such_team")
    assert change(admin, account, name="Other", team=team.id).team_id == team.id


def test_an_address_belongs_to_one_account_of_its_channel(side: OtherSide, admin: Principal) -> None:
    """Another channel may have it too, and so may a new one once the first is removed."""
    first = made(admin, address="123")
    assert refused(admin, address="123") == ("address", "taken")
    with stub.registered(stub.channel(side, "other")):
        assert actions.create(admin, "other", {"name": "O", "address": "123", "options": {"host": "h"}})
    actions.remove(admin, first.id)
    assert made(admin, address="123").address == "123"


def test_two_who_take_an_address_at_once_are_told_apart(
    side: OtherSide, admin: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the database, when both looked before either wrote."""

    def taken(self: Account, *args: Any, **how: Any) -> None:
        raise IntegrityError('violates unique constraint "channels_account_address"')

    monkeypatch.setattr(Account, "save", taken)
    assert refused(admin, address="123") == ("address", "taken")


def test_a_channel_checks_further(side: OtherSide, admin: Principal) -> None:
    """It sees the account as it will be, with its secrets opened."""
    seen = []

    def fits(account: Account, given: Any) -> None:
        seen.append((account.name, dict(given)))
        if given["tone"] == "curt":
            raise BadOption(channel="picky", field="tone", reason="not_allowed")

    with stub.registered(stub.channel(side, "picky", fits=fits)):
        entered = {"name": "P", "options": {"host": "h", "password": "p"}}
        account = actions.create(admin, "picky", entered)
        assert seen == [("P", {"host": "h", "port": 25, "tone": "kind", "password": "p"})]
        with pytest.raises(BadOption):
            change(admin, account, options={"tone": "curt"})


def test_secrets_that_cannot_be_opened_are_entered_again(account: Account, admin: Principal) -> None:
    """After a restore with another key: they count as not set, and anything can still be changed."""
    Account.objects.filter(pk=account.pk).update(sealed="0badc0de:xxx")
    account.refresh_from_db()
    with pytest.raises(secrets.Unopenable):
        options.of(account)
    changed = change(admin, account, options={"password": "again"})
    assert options.of(changed)["password"] == "again"


def test_a_channel_says_no_for_a_reason_of_its_own(account: Account) -> None:
    """One that has no sentence is told in general."""
    assert BadOption(channel="stub", field="tone", reason="odd").sentence("en") == "tone: this cannot be used."


def test_an_account_stays_with_its_channel(account: Account, admin: Principal) -> None:
    assert change(admin, account, channel="stub", name="Other").version == 2
    account.refresh_from_db()
    with pytest.raises(BadOption, match="Channel: cannot be changed"):
        change(admin, account, channel="email")


def test_only_administrators_may(account: Account, side: OtherSide) -> None:
    who = build.principal("manager")
    for verb in (actions.pause, actions.resume, actions.remove):
        with pytest.raises(NotAllowed):
            verb(who, account.id)
    with pytest.raises(NotAllowed):
        made(who)
    with pytest.raises(NotAllowed):
        change(who, account, name="x")
    with pytest.raises(NotAllowed):
        actions.check(who, account)


def test_there_is_no_such_channel_or_account(account: Account, admin: Principal) -> None:
    with pytest.raises(NoSuchChannel):
        actions.create(admin, "smoke", {"name": "x"})
    actions.remove(admin, account.id)
    with pytest.raises(NoSuchAccount):
        actions.pause(admin, account.id)


def test_pausing_twice_is_pausing_once(account: Account, admin: Principal) -> None:
    assert [actions.pause(admin, account.id).version for _ in range(2)] == [2, 2]
    assert [actions.resume(admin, account.id).version for _ in range(2)] == [3, 3]
    assert len(events("account_paused")) == len(events("account_resumed")) == 1


def test_a_removed_account_forgets_its_secrets(account: Account, admin: Principal) -> None:
    change(admin, account, options={"password": "p"})
    actions.remove(admin, account.id)
    account.refresh_from_db()
    assert (account.sealed, account.removed_at is not None) == ("", True)
    assert events("account_removed") == [{"account": str(account.id)}]


class TestHttp:
    """The same for the workspace."""

    def test_it_works(self, browsing: Browsing, side: OtherSide) -> None:
        """Made, listed, read, changed, paused, let go on, removed; of secrets only which are set."""
        body = {
            "channel": "stub",
            "name": "Shop",
            "address": "",
            "team": None,
            "language": "en",
            "per_minute": None,
            "options": {"host": "h", "password": "hunter2"},
        }
        answer = browsing("POST", "/channels/accounts", body)
        assert answer.status_code == 201, answer.content
        account = answer.json()
        path = f"/channels/accounts/{account['id']}"
        assert (account["options"], account["secrets"]) == (
            {"host": "h", "port": 25, "tone": "kind"},
            {"password": True},
        )
        assert account["health"]["state"] == "new"
        assert browsing("GET", "/channels/accounts").json() == {"items": [account]}
        assert browsing("GET", path).json() == account
        changed = browsing("PATCH", path, {"version": 1, "options": {"password": None}}).json()
        assert (changed["secrets"], changed["version"], changed["name"]) == ({"password": False}, 2, "Shop")
        paused = browsing("POST", f"{path}/pause").json()
        assert (paused["state"], paused["health"]["state"]) == ("paused", "paused")
        assert browsing("POST", f"{path}/resume").json()["state"] == "active"
        assert browsing("DELETE", path).status_code == 204
        assert browsing("GET", "/channels/accounts").json() == {"items": []}
        assert browsing("GET", path).status_code == 404

    def test_no_answer_holds_a_secret(self, browsing: Browsing, side: OtherSide) -> None:
        body = {"channel": "stub", "name": "Shop", "options": {"host": "h", "password": "hunter2"}}
        account = browsing("POST", "/channels/accounts", body)
        path = f"/channels/accounts/{account.json()['id']}"
        for answer in (account, browsing("GET", path), browsing("PATCH", path, {"version": 9, "name": "x"})):
            assert b"hunter2" not in answer.content

    def test_a_refusal_names_the_field(self, browsing: Browsing, side: OtherSide) -> None:
        body = {"channel": "stub", "name": "Shop", "options": {"host": "h", "port": 0}}
        answer = browsing("POST", "/channels/accounts", body)
        told = answer.json()
        assert (answer.status_code, told["type"]) == (422, "/errors/channels-bad-option")
        assert (told["field"], told["reason"], told["title"]) == ("port", "too_small", "port: must be 1 or more.")

    def test_who_saves_second_is_told(self, browsing: Browsing, account: Account) -> None:
        path = f"/channels/accounts/{account.id}"
        assert browsing("PATCH", path, {"version": 1, "name": "A"}).status_code == 200
        answer = browsing("PATCH", path, {"version": 1, "name": "B"})
        assert (answer.status_code, answer.json()["changed"], answer.json()["now"]) == (409, ["name"], {"name": "A"})

    def test_kinds_are_told_in_the_readers_language(self, browsing: Browsing, side: OtherSide) -> None:
        """What a form is made of; a channel without texts shows its codes."""
        kinds = {one["code"]: one for one in browsing("GET", "/channels/kinds").json()["items"]}
        assert {"api", "email", "webchat", "stub"} <= kinds.keys()
        tone = next(field for field in kinds["stub"]["fields"] if field["key"] == "tone")
        assert (tone["kind"], tone["options"]) == (
            "choice",
            [{"code": "kind", "name": "kind"}, {"code": "curt", "name": "curt"}],
        )

    def test_the_test_button_tells_what_it_found(self, browsing: Browsing, account: Account, side: OtherSide) -> None:
        """And keeps it as the account's health."""
        path = f"/channels/accounts/{account.id}/check"
        side.found = Checked(ok=False, code="login", words="535 no")
        told = browsing("POST", path).json()
        assert (told["ok"], told["words"], told["account"]["health"]["state"]) == (False, "535 no", "failing")
        side.found = Checked(ok=True)
        told = browsing("POST", path).json()
        assert (told["ok"], told["sentence"], told["account"]["health"]["state"]) == (True, "It works.", "ok")
        assert len(events("failed")) == len(events("recovered")) == 1

    @pytest.mark.django_db(transaction=True)
    def test_it_calls_outside_any_transaction(self, browsing: Browsing, account: Account, side: OtherSide) -> None:
        """Also when the request carries an Idempotency-Key, which holds a transaction open otherwise."""
        inside = []

        def check(account: Account) -> Checked:
            inside.append(connection.in_atomic_block)
            return Checked(ok=True)

        with stub.registered(stub.channel(side, "watched", check=check)):
            Account.objects.filter(pk=account.pk).update(channel="watched")
            path = f"/channels/accounts/{account.id}/check"
            assert browsing("POST", path, **{"Idempotency-Key": "k"}).status_code == 200
        assert inside == [False]

    @pytest.mark.parametrize(
        "given", [{"options": None}, {"name": None}, {"language": None}, {"options": {"port": None}}]
    )
    def test_null_is_understood_or_refused_in_words(
        self, browsing: Browsing, account: Account, given: dict[str, Any]
    ) -> None:
        answer = browsing("PATCH", f"/channels/accounts/{account.id}", {"version": 1, **given})
        assert answer.status_code in (200, 422)
        assert answer.json().get("title", "").endswith("." if answer.status_code == 422 else "")

    def test_a_test_that_breaks_says_so(
        self, browsing: Browsing, account: Account, side: OtherSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By a fault of ours; its words, which may hold a password, are neither told nor logged."""
        with stub.registered(stub.channel(side, "broken", check=lambda account: 1 / 0)):
            Account.objects.filter(pk=account.pk).update(channel="broken")
            told = browsing("POST", f"/channels/accounts/{account.id}/check").json()
        assert (told["ok"], told["words"]) == (False, "ZeroDivisionError")
        assert told["sentence"].startswith("The test itself failed")
