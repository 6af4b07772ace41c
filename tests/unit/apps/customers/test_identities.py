"""What somebody is known by: brought into one form, raw where it cannot be read, refused where a person can mend it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.customers.errors import BadIdentity
from servewell.apps.customers.identities import KINDS, Identity, read, read_all, searched


def china():
    return "CN"


def test_it_works():
    """One form for comparing, one for showing."""
    found = read(Identity("email", "Wang@Example.COM", verified=True), china)
    assert (found.key, found.shown, found.verified) == (("email", "", "wang@example.com"), "Wang@Example.COM", True)


def test_ids_of_other_systems_are_kept_as_they_are():
    """Case means something there; without the system's name they mean nothing."""
    assert read(Identity("external", " Ab-12 ", "shop"), china).key == ("external", "shop", "Ab-12")
    assert read(Identity("visitor", "v"), china).key == ("visitor", "", "v")
    for wrong in (Identity("external", "1"), Identity("external", "", "shop"), Identity("fax", "1")):
        with pytest.raises(BadIdentity):
            read(wrong, china)


def test_what_a_channel_gives_is_never_lost():
    """Kept raw, unverified, and never equal to something that could be read."""
    given_twice = [Identity("phone", "the blue one", verified=True), Identity("phone", " the blue one ")]
    (found,) = read_all(given_twice, china)
    assert (found.value, found.is_raw, found.verified) == ("raw:the blue one", True, False)
    assert read_all([Identity("email", " "), Identity("fax", "1")], china) == []


def test_what_is_said_twice_counts_once_and_proof_stays():
    """In whatever order they came."""
    one, two = Identity("email", "a@b.cn"), Identity("email", "A@B.CN", verified=True)
    for order in ([one, two], [two, one]):
        (found,) = read_all(order, china)
        assert found.verified


def test_the_region_is_asked_only_for_numbers():
    """It costs a query."""

    def never():
        raise AssertionError("asked for the region")

    read_all([Identity("email", "a@b.cn"), Identity("visitor", "1", "s")], never)
    assert searched("wang", never) == ["wang"]


@given(
    st.lists(
        st.builds(Identity, st.sampled_from([*KINDS, "fax"]), st.text(st.characters(codec=None)), st.text(max_size=90)),
        max_size=60,
    )
)
def test_whatever_a_channel_gives_can_be_stored(given_all):
    """In order, each once, within the columns' lengths, and the same when read again."""
    found = read_all(given_all, china)
    assert [one.key for one in found] == sorted({one.key for one in found})
    assert len(found) <= 50
    for one in found:
        assert len(one.value) <= 512
        assert len(one.shown) <= 512
        assert "\x00" not in f"{one.value}{one.shown}{one.source}"
        f"{one.value}{one.shown}{one.source}".encode()
