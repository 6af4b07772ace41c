"""How does a receiver know that a call is ours?"""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from servewell.apps.base import signing

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_it_works() -> None:
    key = signing.fresh_secret()
    headers = signing.headers("m1", NOW, b"{}", [key])
    assert signing.is_ours(headers, b"{}", key, NOW)


def test_it_is_what_standard_webhooks_says() -> None:
    """The example of its specification (1.0)."""
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, key) == wanted


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_is_not_ours(one: bytes, other: bytes) -> None:
    key = signing.fresh_secret()
    headers = signing.headers("m1", NOW, one, [key])
    assert signing.is_ours(headers, other, key, NOW) == (one == other)


def test_an_old_call_and_one_from_the_future_are_not() -> None:
    key = signing.fresh_secret()
    headers = signing.headers("m1", NOW, b"{}", [key])
    for minutes, fresh in ((-6, False), (-4, True), (4, True), (6, False)):
        assert signing.is_ours(headers, b"{}", key, NOW + timedelta(minutes=minutes)) == fresh


def test_another_id_or_time_or_secret_is_not() -> None:
    key = signing.fresh_secret()
    headers = signing.headers("m1", NOW, b"{}", [key])
    for changed in ({"webhook-id": "m2"}, {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}):
        assert not signing.is_ours({**headers, **changed}, b"{}", key, NOW)
    assert not signing.is_ours(headers, b"{}", signing.fresh_secret(), NOW)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
@example("m1", "1773144000", "v1,签名")
@example("m1", "١٧٧٣١٤٤٠٠٠", "\ud800")
@example("\ud800", "1" * 5000, "v1,")
def test_whatever_a_stranger_sends_is_no_fault_of_ours(id_: str, stamp: str, signed: str) -> None:
    strange = {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": signed}
    assert signing.is_ours(strange, b"{}", signing.fresh_secret(), NOW) is False


def test_what_is_no_call_at_all_is_not() -> None:
    for given_ in ({}, {"webhook-id": "x", "webhook-timestamp": "soon", "webhook-signature": "v1,"}):
        assert not signing.is_ours(given_, b"", signing.fresh_secret(), NOW)
    assert not signing.is_ours(signing.headers("m", NOW, b"", []), b"", "whsec_?", NOW)
