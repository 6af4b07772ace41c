"""How much is known of a customer: a figure in percent and what is missing, heaviest first."""

from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.customers.completeness import Demands, Facts, of, weights
from servewell.apps.customers.options import MEASURED

NOTHING = Facts("", "", False, {}, (), (), False)
ALL = Facts("Wang", "zh", True, {"a": 0, "b": False}, {"email"}, {"email"}, True)
USUAL = weights(["name=25", "reachable=25", "verified=20", "language=10", "attributes=20"])


def test_it_works():
    """The weight of what is known over that of what could be."""
    found = of(Facts("Wang", "", False, {"a": 1}, {"phone"}, (), False), Demands(USUAL, ("a", "b")))
    assert (found.percent, found.missing) == (60, ["verified", "language", "attribute:b"])


def test_nothing_and_everything():
    """0 and 100; a value that is zero or no is a value."""
    assert of(NOTHING, Demands(USUAL, ())).percent == 0
    assert of(ALL, Demands(USUAL, ("a", "b"))) == of(ALL, Demands({"name": 1}, ()))
    assert of(ALL, Demands(USUAL, ("a", "b"))).percent == 100


def test_what_cannot_be_known_does_not_count():
    """No attribute is required, so theirs is nobody's fault; with no weight at all nothing is missing."""
    assert of(Facts("Wang", "", False, {}, (), (), False), Demands({"name": 1, "attributes": 9}, ())).percent == 100
    assert of(NOTHING, Demands({"attributes": 5}, ())).percent == 100


def test_a_visitor_cannot_be_reached():
    """Only an address or a number can."""
    assert of(Facts("", "", False, {}, {"visitor", "external"}, (), False), Demands({"reachable": 1}, ())).percent == 0


@given(
    st.dictionaries(st.sampled_from(MEASURED), st.integers(0, 1000)),
    st.lists(st.sampled_from("abc"), unique=True),
    st.builds(
        Facts,
        st.sampled_from(["", "Wang"]),
        st.sampled_from(["", "zh"]),
        st.booleans(),
        st.dictionaries(st.sampled_from("abc"), st.none() | st.integers()),
        st.sets(st.sampled_from(["email", "visitor"])),
        st.sets(st.sampled_from(["email"])),
        st.booleans(),
    ),
)
def test_the_figure_is_100_just_when_nothing_is_missing(weight, required, facts):
    """And between 0 and 100 always."""
    found = of(facts, Demands(weight, tuple(required)))
    assert 0 <= found.percent <= 100
    assert (found.percent == 100) == (found.missing == [])
