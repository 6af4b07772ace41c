"""What comes in together is kept in one statement, claimed in one, and read in its order all the same."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.service.apps.channels.frame.conftest import made
from tests.service.apps.channels.frame.test_arrivals import arrive, texts
from tests.service.apps.channels.stub import OtherSide
from tests.together import at_once

from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account, Arrival

pytestmark = pytest.mark.django_db(transaction=True)


def test_several_are_kept_in_one_statement(account: Account, side: OtherSide) -> None:
    """In their order; what is among them twice, or was there before, is kept once."""
    arrive(account, "2", b"wang: old")
    brought = [
        actions.Brought(name, f"wang: {at}".encode(), name) for at, name in enumerate(["1", "2", "3", "3", "", ""])
    ]
    with CaptureQueriesContext(connection) as asked:
        found = actions.arrived_all(account, brought)
    assert len(asked) == 1
    assert [one.external_id for one in found] == ["1", "3", "", ""]
    assert Arrival.objects.count() == Attachment.objects.count() == 5
    assert arrivals.read_due() == 5
    assert texts() == ["old", "0", "2", "4", "5"]


def test_of_four_that_bring_the_same_ones_each_is_kept_once(account: Account) -> None:
    """Whichever way round they bring them."""
    names = [str(number) for number in range(20)]

    def bring(number: int) -> int:
        order = names if number % 2 else names[::-1]
        return len(actions.arrived_all(account, [actions.Brought(name, b"wang: Hello") for name in order]))

    assert sum(at_once(4, bring)) == 20
    assert Arrival.objects.count() == Attachment.objects.count() == 20


def test_several_of_an_account_are_claimed_at_once(account: Account, admin: Principal) -> None:
    """In their order; of another account none, and none while they are being read."""
    for number in range(5):
        arrive(account, str(number))
    arrive(made(admin, "Other"), "other")
    claimed = [arrivals._claim(3) for _ in range(3)]
    assert [[one.external_id for one, _ in together] for together in claimed] == [["0", "1", "2"], ["other"], []]


def test_what_was_tried_before_is_claimed_alone(account: Account) -> None:
    """If it kills its reader again, those behind it have not done that."""
    for number in range(4):
        arrive(account, str(number))
    Arrival.objects.filter(external_id="2").update(attempt=1)
    names = []
    while claimed := arrivals._claim(9):
        names.append([one.external_id for one, _ in claimed])
        Arrival.objects.filter(claim=claimed[0][0].claim).update(state="taken")
    assert names == [["0", "1"], ["2"], ["3"]]


def test_what_is_not_begun_in_time_is_given_back(
    account: Account, side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if nobody had claimed it: the next look takes it, in its order."""
    for number in range(3):
        arrive(account, str(number), f"wang: {number}".encode())
    monkeypatch.setattr(arrivals, "_BEGUN_S", -1.0)
    assert arrivals._read_all(arrivals._claim(3)) == 1
    rows = Arrival.objects.order_by("id").values_list("state", "attempt", "claim", "lease_until")
    assert list(rows)[1:] == [("waiting", 0, None, None)] * 2
    assert arrivals.read_due() == 2
    assert texts() == ["0", "1", "2"]


def test_what_cannot_even_be_set_aside_gives_the_others_back(
    account: Account, side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away, say: what had been claimed with it need not wait for the lease's end."""

    def fails(*_: Any) -> None:
        raise ConnectionError

    arrive(account, "1")
    arrive(account, "2")
    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "_read", fails)
        with pytest.raises(ConnectionError):
            arrivals.read_due()
    assert list(Arrival.objects.order_by("id").values_list("attempt", flat=True)) == [1, 0]
    assert Arrival.objects.filter(claim=None).count() == 1
