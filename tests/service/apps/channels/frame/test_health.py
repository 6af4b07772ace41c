"""How is an account? Noted when it is news, cheaply when it is not; told in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.build import NOON
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import Browsing, made
from tests.service.apps.channels.stub import OtherSide

from servewell.apps.base import clock, texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, health
from servewell.apps.channels.frame.answering import may_answer
from servewell.apps.channels.frame.health import Backlog
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations import actions as conversations
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.django_db


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def shown(account: Account, language: str = "en") -> health.Health:
    return health.of(fresh(account), Backlog(), language)


def names() -> list[str]:
    rows = Event.objects.filter(activity__in=("channel.failed", "channel.recovered")).order_by("recorded_at")
    return list(rows.values_list("activity", flat=True))


def test_it_works(account: Account) -> None:
    """New, failing since, again well; each change is told once, with how long it lasted."""
    assert shown(account).state == "new"
    with clock.frozen(NOON):
        assert actions.fails(account.id, "login", "535 no")
        assert not actions.fails(account.id, "login", "535 no")
        assert not actions.fails(account.id, "busy", "421")
        told = shown(account)
        assert (told.state, told.words, told.since) == ("failing", "421", NOON)
    with clock.frozen(NOON + timedelta(minutes=5)):
        assert actions.works(account.id)
        assert not actions.works(account.id)
    assert (shown(account).state, shown(account).since, shown(account).words) == ("ok", None, "")
    assert names() == ["channel.failed", "channel.recovered"]
    assert Event.objects.get(activity="channel.recovered").attributes["failed_s"] == 300


@pytest.mark.parametrize("verb", [actions.works, lambda id_: actions.fails(id_, "login", "535")])
def test_when_nothing_changes_it_is_one_statement_that_writes_nothing(account: Account, verb: Any) -> None:
    """Half a minute later it is noted that it was looked at."""
    with clock.frozen(NOON):
        verb(account.id)
    with clock.frozen(NOON + timedelta(seconds=20)):
        with CaptureQueriesContext(connection) as asked:
            verb(account.id)
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == 1
        assert fresh(account).checked_at == NOON
    with clock.frozen(NOON + timedelta(seconds=31)):
        verb(account.id)
        assert fresh(account).checked_at == clock.now()


def test_words_of_any_length_are_kept_in_a_line(account: Account) -> None:
    actions.fails(account.id, "x" * 100, "a\x00b\r\n" * 500)
    row = fresh(account)
    assert len(row.fault) == 60
    assert len(row.fault_words) <= 500
    assert "\n" not in row.fault_words


@pytest.mark.parametrize(
    ("language", "fault", "sentence"),
    [
        ("en", "unreachable", "The other side cannot be reached."),
        ("zh-Hans", "unreachable", "无法连接对方"),
        ("en", "channels.fault.secret", "The passwords of this account"),  # a whole key
        ("en", "odd", "It does not work at present (odd)."),  # of a channel without texts
        ("zh-Hans", "odd", "目前无法使用（odd）。"),
    ],
)
def test_a_fault_is_told_in_words(account: Account, language: str, fault: str, sentence: str) -> None:
    actions.fails(account.id, fault)
    assert shown(account, language).sentence.startswith(sentence)


def test_a_channels_own_sentence_goes_before_the_shared_one(side: OtherSide, admin: Principal) -> None:
    own = [key for key in texts.catalogue("en") if key.startswith("channels_email.fault.")]
    assert own
    code = own[0].rpartition(".")[2]
    account = Account.objects.create(channel="email", name="Box")
    actions.fails(account.id, code)
    assert shown(account).sentence == texts.say(own[0], "en") or "{" in texts.catalogue("en")[own[0]]


def test_a_paused_account_is_paused_whatever_was_before(account: Account, admin: Principal) -> None:
    actions.fails(account.id, "login")
    actions.pause(admin, account.id)
    told = shown(account)
    assert (told.state, told.words, told.since) == ("paused", "", None)


def test_a_changed_account_is_to_be_seen_anew(account: Account, admin: Principal) -> None:
    actions.fails(account.id, "login")
    actions.change(admin, account.id, 1, {"options": {"password": "p"}})
    assert shown(account).state == "new"


def test_what_a_check_finds_is_said(account: Account) -> None:
    assert health.checked(account, Checked(ok=True), "zh-Hans") == "可以使用。"
    assert health.checked(account, Checked(ok=False, code="odd"), "en") == "It does not work (odd)."


class TestBacklog:
    """What lies at an account: counted for all in one statement."""

    def test_it_works(self, account: Account, side: OtherSide, admin: Principal, browsing: Browsing) -> None:
        other = made(admin, "Other")
        for number in range(3):
            actions.arrived(account, str(number), b"wang: Hello")
        Arrival.objects.create(account=account, state="aside", outcome="fault")
        Arrival.objects.create(account=account, state="taken")
        conversation = conversations.receive(
            SYSTEM, build.inbound(source="stub", account=account.id, identities=stub.identities("li"))
        ).conversation_id
        for word in ("a", "b"):
            conversations.reply(SYSTEM, conversation, text=word)
        with CaptureQueriesContext(connection) as asked:
            found = health.backlogs()
        assert len(asked) == 1
        assert found == {account.id: Backlog(waiting_out=2, waiting_in=3, aside=1), other.id: Backlog()}
        items = {one["name"]: one["health"] for one in browsing("GET", "/channels/accounts").json()["items"]}
        assert [items["Shop"][key] for key in ("waiting_out", "waiting_in", "aside")] == [2, 3, 1]

    def test_the_list_costs_the_same_however_many_accounts_there_are(
        self, account: Account, admin: Principal, browsing: Browsing
    ) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert browsing("GET", "/channels/accounts").status_code == 200
            return len(asked)

        few = count()
        for number in range(10):
            made(admin, f"More {number}", team=build.team(f"Team {number}").id)
        assert count() == few


def test_something_that_came_without_raw_bytes_is_noted_once_a_second(account: Account) -> None:
    with clock.frozen(NOON):
        actions.came_in(account.id)
    with clock.frozen(NOON + timedelta(milliseconds=500)):
        actions.came_in(account.id)
        assert fresh(account).last_in_at == NOON
    with clock.frozen(NOON + timedelta(seconds=2)):
        actions.came_in(account.id)
        assert fresh(account).last_in_at == clock.now()


class TestAlerts:
    """What to look at, at an account that may work all the same."""

    @staticmethod
    def alerts(browsing: Browsing, name: str = "Shop") -> list[dict[str, str]]:
        items = browsing("GET", "/channels/accounts").json()["items"]
        found: list[dict[str, str]] = next(one["health"]["alerts"] for one in items if one["name"] == name)
        return found

    def test_it_works(self, account: Account, admin: Principal, browsing: Browsing) -> None:
        """Answers to an address were stopped: told at the account that stopped them, until the hour is over."""
        made(admin, "Other")
        with clock.frozen(NOON):
            assert [may_answer("wang@example.com", account) for _ in range(3)] == [True] * 3
            assert self.alerts(browsing) == []
        with clock.frozen(NOON + timedelta(minutes=10)):
            assert not may_answer("wang@example.com", account)
        with clock.frozen(NOON + timedelta(minutes=59)):
            assert not may_answer("wang@example.com", account)
            [told] = self.alerts(browsing)
            assert told["code"] == "answers_stopped"
            assert told["sentence"] == texts.say("channels.alert.answers_stopped", "en")
            assert datetime.fromisoformat(told["since"]) == NOON + timedelta(minutes=10)
            assert self.alerts(browsing, "Other") == []
        with clock.frozen(NOON + timedelta(minutes=60)):
            assert self.alerts(browsing) == []
            assert may_answer("wang@example.com", account)
            assert self.alerts(browsing) == []

    def test_of_several_addresses_it_says_how_many(self, account: Account) -> None:
        with clock.frozen(NOON):
            for address in ("wang@example.com", "li@example.com"):
                assert [may_answer(address, account) for _ in range(5)].count(True) == 3
            backlog = health.backlogs()[account.id]
            [english], [chinese] = (health.of(account, backlog, language).alerts for language in ("en", "zh-Hans"))
        assert english.sentence.startswith("2 addresses")
        assert "有 2 个地址" in chinese.sentence
        assert (english.since, chinese.since) == (NOON, NOON)
