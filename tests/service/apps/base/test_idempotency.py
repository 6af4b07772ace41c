"""Was this very request answered before?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests import build
from tests.together import at_once

from servewell.apps.base import clock, idempotency
from servewell.apps.base.errors import BadKey, KeyReused
from servewell.apps.base.idempotency import Answer
from servewell.apps.base.models import GivenAnswer

WHO = build.principal()
ASKED = idempotency.fingerprint("POST", "/api/v1/x", b"{}")


def answer(status: int = 201, body: Any = None) -> tuple[int, Any]:
    return status, body


def test_it_works() -> None:
    """The second time the first answer comes again, and nothing is done."""
    first = idempotency.once(WHO, "k", ASKED, lambda: (201, {"id": 1}))
    second = idempotency.once(WHO, "k", ASKED, lambda: pytest.fail("done twice"))
    assert first == Answer(201, {"id": 1}, repeated=False)
    assert second == Answer(201, {"id": 1}, repeated=True)


def test_the_key_with_another_request_is_refused() -> None:
    idempotency.once(WHO, "k", ASKED, answer)
    other = idempotency.fingerprint("POST", "/api/v1/x", b'{"amount": 2}')
    with pytest.raises(KeyReused):
        idempotency.once(WHO, "k", other, answer)
    assert KeyReused.status == 422


def test_neither_the_answer_nor_the_request_can_be_read_from_the_database() -> None:
    """Answers hold fresh API keys; what was asked could be guessed from a plain hash."""
    idempotency.once(WHO, "k", ASKED, lambda: (201, {"key": "sw_fresh"}))
    row = GivenAnswer.objects.values_list().get()
    assert "sw_fresh" not in str(row)
    assert ASKED not in str(row)


def test_keys_of_others_are_their_own() -> None:
    idempotency.once(WHO, "k", ASKED, answer)
    assert not idempotency.once(build.principal(), "k", ASKED, answer).repeated


def test_a_failure_leaves_nothing_so_that_a_retry_may_try_again() -> None:
    def fail() -> tuple[int, Any]:
        raise LookupError

    with pytest.raises(LookupError):
        idempotency.once(WHO, "k", ASKED, fail)
    assert not GivenAnswer.objects.exists()
    assert idempotency.once(WHO, "k", ASKED, answer).status == 201


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_sensible_length(key: str) -> None:
    with pytest.raises(BadKey):
        idempotency.once(WHO, key, ASKED, answer)


def test_of_sixteen_at_once_one_is_done(transactional_db: None) -> None:
    done: list[int] = []

    def work() -> tuple[int, Any]:
        done.append(1)
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(0.1)")
        return 201, {"n": len(done)}

    answers = at_once(16, lambda number: idempotency.once(WHO, "k", ASKED, work))
    assert len(done) == 1
    assert sorted(a.repeated for a in answers if isinstance(a, Answer)) == [False] + [True] * 15
    assert {a.body["n"] for a in answers if isinstance(a, Answer)} == {1}


def test_when_the_first_fails_the_next_one_does_it(transactional_db: None) -> None:
    """Those who wait for the first are not answered with its failure: one of them tries."""
    tried: list[int] = []

    def work() -> tuple[int, Any]:
        tried.append(1)
        number = len(tried)
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(0.05)")
        if number == 1:
            raise LookupError("first")
        return 201, number

    answers = at_once(4, lambda number: idempotency.once(WHO, "k", ASKED, work))
    assert len(tried) == 2
    assert [type(a) for a in answers].count(LookupError) == 1
    assert {a.body for a in answers if isinstance(a, Answer)} == {2}


def test_old_answers_are_forgotten() -> None:
    with clock.frozen(build.NOON):
        idempotency.once(WHO, "old", ASKED, answer)
    with clock.frozen(build.NOON + timedelta(days=3)):
        idempotency.once(WHO, "new", ASKED, answer)
        assert idempotency.forget_old() == 1
    assert GivenAnswer.objects.get().key == "new"


def test_different_requests_have_different_fingerprints() -> None:
    """The parts are told apart by their lengths, not only put one after the other."""
    asked = [("POST", "/a", b"b"), ("POST", "/ab", b""), ("PUT", "/a", b"b"), ("POST", "/a", b"c")]
    assert len({idempotency.fingerprint(*parts) for parts in asked}) == 4
