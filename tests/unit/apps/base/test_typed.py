"""Fields that the house defines itself: what is kept, what is refused, and that a kept value stays as it is."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import typed
from servewell.apps.base.errors import BadDefinition, BadField
from servewell.apps.base.typed import Definition, checked, defined

NAMES = {"zh-Hans": "颜色", "en": "Colour"}


def field(kind="text", **changes):
    options = ("red", "green", "blue") if kind in ("choice", "choices") else ()
    return Definition(**{"key": "colour", "names": NAMES, "kind": kind, "options": options, **changes})


def test_it_works():
    """Each kind has one form in which it is stored."""
    assert checked(field(), "  deep  red ") == "deep  red"
    assert checked(field("choices"), ["blue", "red", "blue"]) == ["red", "blue"]
    assert checked(field("number"), "1,200.50") == 1200.5


@pytest.mark.parametrize(
    ("kind", "given_value", "kept"),
    [
        ("text", "e\u0301", "é"),  # composed
        ("text", "a\x00b\x07c\r\nd", "abc\nd"),  # control characters go, lines stay
        ("text", "x\ud800y", "x\ufffdy"),  # a lone surrogate cannot be stored
        ("text", "\ud83d\ude00", "😀"),  # a pair can
        ("text", " \t\n", None),
        ("text", "\x00", None),
        ("number", "１２．５", 12.5),  # full-width digits
        ("number", 12.0, 12),
        ("number", -0.0, 0),
        ("number", 0, 0),
        ("boolean", "是", True),
        ("boolean", False, False),
        ("date", "2026年3月5日", "2026-03-05"),
        ("date", "2026/3/5", "2026-03-05"),
        ("choice", "red", "red"),
        ("choices", "red", ["red"]),
        ("choices", [], None),
        ("url", "HTTPS://Example.COM/A?b=C#d", "https://example.com/A?b=C#d"),
        ("email", " <Wang@Example.COM> ", "Wang@Example.COM"),
        ("email", "", None),
    ],
)
def test_values_are_brought_into_one_form(kind, given_value, kept):
    """So that two who mean the same write the same."""
    assert checked(field(kind), given_value) == kept
    assert type(checked(field(kind), given_value)) is type(kept)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("text", 5, "text"),
        ("text", {"a": 1}, "text"),
        ("text", "x" * 2001, "too-long"),
        ("text", "x" * 1_000_000, "too-long"),
        ("number", "twelve", "number"),
        ("number", "1e999", "number"),
        ("number", math.inf, "number"),
        ("number", math.nan, "number"),
        ("number", True, "number"),
        ("number", [1], "number"),
        ("number", "1_000", "number"),
        ("number", "9" * 5000, "number"),
        ("number", 10**400, "too-large"),
        ("number", 2.0**60, "too-large"),
        ("boolean", 1, "boolean"),
        ("boolean", "perhaps", "boolean"),
        ("date", "2026-02-30", "date"),
        ("date", "03/05/2026", "date"),  # which of them is the month?
        ("date", 20260305, "date"),
        ("choice", "pink", "choice"),
        ("choice", ["red"], "choice"),
        ("choices", ["red", "pink"], "choice"),
        ("choices", 5, "choices"),
        ("choices", [["red"]], "choice"),
        ("url", "javascript:alert(1)", "url"),
        ("url", "http://user:word@example.com/", "url"),
        ("url", "http://[::1", "url"),
        ("url", "http://example.com:99999/", "url"),
        ("url", "http:// example.com/", "url"),
        ("email", "wang", "email"),
        ("email", 5, "email"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fields_name_and_a_reason(kind, value, reason):
    """In both languages, and never with the value: it may be personal."""
    with pytest.raises(BadField) as refused:
        checked(field(kind), value)
    assert (refused.value.values["field"], refused.value.values["reason"]) == ("colour", reason)
    assert "颜色" in refused.value.sentence("zh-CN")
    assert "Colour" in refused.value.sentence("en")


def test_limits_are_the_definitions():
    """Characters, size or entries, by kind."""
    assert checked(field("text", maximum=5000), "x" * 5000) == "x" * 5000
    for kind, value in (("text", "xxx"), ("number", 2.5), ("choices", ["red", "green", "blue"])):
        with pytest.raises(BadField, match="2"):
            checked(field(kind, maximum=2), value)


@pytest.mark.parametrize(
    ("most", "said"),
    [(1234567, "1234567"), (1234567.0, "1234567"), (0.5, "0.5"), (1e-7, "0.0000001"), (2e14, "2" + "0" * 14)],
)
def test_a_limit_is_said_as_people_write_it(most, said):
    """To the last digit, without an exponent."""
    with pytest.raises(BadField) as refused:
        checked(field("number", maximum=most), 9e14)
    assert f" {said} " in f" {refused.value.sentence('zh-Hans')} ".replace("，", " ")


def test_options_are_said_by_their_names():
    """In the reader's language; one without names by its code."""
    named = {"red": {"zh-Hans": "红", "en": "Red"}, "green": {"zh-Hans": "绿", "en": "Green"}}
    for kind, value in (("choice", "pink"), ("choices", 5)):
        with pytest.raises(BadField) as refused:
            checked(field(kind, option_names=named), value)
        assert "红, 绿, blue" in refused.value.sentence("zh-Hans")
        assert "Red, Green, blue" in refused.value.sentence("en")


def test_a_definition_is_refused_by_the_fields_name():
    """Its key only where it has no name."""
    with pytest.raises(BadDefinition) as refused:
        defined(field(maximum=0))
    assert "“颜色”" in refused.value.sentence("zh-Hans")
    with pytest.raises(BadDefinition) as nameless:
        defined(field(names={}))
    assert "“colour”" in nameless.value.sentence("zh-Hans")


def test_an_empty_value_is_refused_only_where_one_is_required():
    """Zero and no are values."""
    for empty in (None, "", "  ", [], ()):
        assert checked(field(), empty) is None
        with pytest.raises(BadField, match="empty"):
            checked(field(required=True), empty)
    assert checked(field("number", required=True), 0) == 0
    assert checked(field("boolean", required=True), False) is False


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": "Colour"}, "key"),
        ({"key": ""}, "key"),
        ({"key": "x" * 41}, "key"),
        ({"names": {"en": "Colour"}}, "names"),
        ({"names": {"en": "Colour", "zh-Hans": "颜" * 81}}, "names"),
        ({"kind": "colour"}, "kind"),
        ({"options": ("red",)}, "options"),
        ({"kind": "choice"}, "options"),
        ({"kind": "choice", "options": ("red", "red")}, "options"),
        ({"kind": "choice", "options": ("深红",)}, "options"),
        ({"kind": "choice", "options": ("red",), "option_names": {"red": {"en": "Red"}}}, "names"),
        ({"maximum": 0}, "maximum"),
        ({"maximum": math.nan}, "maximum"),
        ({"kind": "date", "maximum": 5}, "maximum"),
        ({"maximum": 0.5}, "maximum"),  # would refuse every text
        ({"maximum": 2.5}, "maximum"),
        ({"kind": "choices", "options": ("red",), "maximum": 1.5}, "maximum"),
    ],
)
def test_a_definition_that_cannot_be_used_is_refused(changes, reason):
    """With what is wrong."""
    with pytest.raises(BadDefinition) as refused:
        defined(Definition(**{"key": "colour", "names": NAMES, "kind": "text", **changes}))
    assert refused.value.values["reason"] == reason
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_a_right_definition_passes():
    """As it is."""
    right = field("choice", option_names={"red": {"en": "Red", "zh-Hans": "红"}})
    assert defined(right) is right
    assert (right.name("zh-CN"), right.name("en-GB")) == ("颜色", "Colour")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
LIKELY = st.sampled_from(
    ["red", ["blue", "green"], "a@b.cn", "http://x.y/z", "2026-1-2", "是", " 1,000 ", "Ä@ÖL.de", "HTTP://É.com", "١٢"]
)


@given(kind=st.sampled_from(typed.KINDS), value=VALUES | LIKELY)
def test_what_is_kept_stays_as_it_is(kind, value):
    """Checked again it is the same, JSON keeps it, and nothing but BadField is ever raised."""
    try:
        kept = checked(field(kind), value)
    except BadField as refusal:
        refusal.sentence("zh-Hans")
        return
    assert checked(field(kind), kept) == kept
    assert json.loads(json.dumps(kept)) == kept
    assert "\x00" not in json.dumps(kept, ensure_ascii=False).encode().decode()
