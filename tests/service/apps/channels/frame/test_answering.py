"""Automatic answers end: two machines would answer each other for ever."""

from datetime import timedelta

import pytest
from tests.build import NOON
from tests.service.apps.channels.frame.conftest import made
from tests.together import at_once

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.answering import may_answer
from servewell.apps.channels.frame.models import Account, AnswerCount
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def answers(account: Account, count: int, address: str = "wang@example.com") -> list[bool]:
    return [may_answer(address, account) for _ in range(count)]


def alerts() -> list[object]:
    return list(Event.objects.filter(activity="channel.answers_stopped").values_list("attributes", flat=True))


def test_it_works(account: Account) -> None:
    """Three within an hour, then none; the alert comes once. After the hour they begin anew."""
    with clock.frozen(NOON):
        assert answers(account, 6) == [True] * 3 + [False] * 3
        assert alerts() == [{"account": str(account.id), "answers": 3}]
    with clock.frozen(NOON + timedelta(minutes=59)):
        assert answers(account, 1) == [False]
    with clock.frozen(NOON + timedelta(minutes=60)):
        assert answers(account, 4) == [True] * 3 + [False]
    assert len(alerts()) == 2


def test_an_address_is_one_whatever_its_case_and_by_whichever_account(account: Account, admin: Principal) -> None:
    other = made(admin, "Other")
    assert answers(account, 2) == [True, True]
    assert answers(other, 2, " Wang@Example.COM ") == [True, False]
    assert answers(other, 1, "li@example.com") == [True]


@pytest.mark.parametrize(("most", "allowed"), [(0, 0), (1, 1), (5, 5)])
def test_an_administrator_says_how_many(account: Account, most: int, allowed: int) -> None:
    """None at all is no alert: there is nothing to stop."""
    settings.put(SYSTEM, "channels.answers_per_hour", most)
    assert answers(account, 7).count(True) == allowed
    assert len(alerts()) == (1 if most else 0)


def test_of_many_at_once_no_more_are_let_through(account: Account) -> None:
    found = at_once(8, lambda number: may_answer("wang@example.com", account))
    assert sorted(found, key=str) == [False] * 5 + [True] * 3
    assert len(alerts()) == 1


def test_no_address_is_kept_and_counts_are_forgotten(account: Account) -> None:
    with clock.frozen(NOON):
        may_answer("wang@example.com", account)
        assert "wang" not in str(AnswerCount.objects.values().get())
        assert actions.forget_answers() == 0
    with clock.frozen(NOON + timedelta(hours=2)):
        assert actions.forget_answers() == 1
