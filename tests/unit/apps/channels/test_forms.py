"""Does what was entered about an account fit?"""

from typing import Any

import pytest

from servewell.apps.channels.frame import forms
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.forms import Filled
from servewell.apps.channels.frame.kinds import Field

FIELDS = (
    Field("host", required=True),
    Field("port", kind="number", default=993, least=1, most=65535),
    Field("share", kind="number", default=0.5, least=0, most=1),
    Field("password", kind="secret", required=True),
    Field("key", kind="secret"),
    Field("tls", kind="boolean", default=True),
    Field("mode", kind="choice", options=("a", "b"), default="a"),
    Field("colour", kind="colour"),
    Field("page", kind="url"),
    Field("copy", kind="email"),
    Field("footer", kind="lines", most=20),
    Field("aliases", kind="list", default=[], most=3),
)
NOTHING = Filled({}, {})
STORED = Filled({"host": "h"}, {"password": "p"})


def filled(before: Filled = STORED, **given: Any) -> Filled:
    return forms.filled("stub", FIELDS, given, before)


def refused(before: Filled = STORED, **given: Any) -> dict[str, Any]:
    with pytest.raises(BadOption) as caught:
        filled(before, **given)
    return {name: value for name, value in caught.value.values.items() if name != "channel"}


def test_it_works() -> None:
    """What is given is kept in its form, secrets apart; what is not given stays."""
    found = filled(NOTHING, host=" imap.example ", password=" with blanks ", port=143, mode="b", colour="#1A73E8")
    assert found == Filled(
        {"host": "imap.example", "port": 143, "mode": "b", "colour": "#1a73e8"}, {"password": " with blanks "}
    )
    assert filled(found, tls=False) == Filled({**found.options, "tls": False}, found.secrets)


def test_a_secret_left_blank_stays_and_null_clears_it() -> None:
    before = Filled({"host": "h"}, {"password": "p", "key": "k"})
    assert filled(before, password="", key="").secrets == {"password": "p", "key": "k"}
    assert filled(before, key=None).secrets == {"password": "p"}
    assert filled(before, password="new").secrets == {"password": "new", "key": "k"}


def test_null_takes_an_option_back_to_its_default() -> None:
    assert filled(Filled({"host": "h", "port": 1}, {"password": "p"}), port=None).options == {"host": "h"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "   "}, "host"),  # nothing but blanks is nothing
        ({"host": None}, "host"),
        ({"password": None}, "password"),
    ],
)
def test_what_is_required_is_demanded(given: dict[str, Any], field: str) -> None:
    assert refused(**given) == {"field": field, "reason": "required"}


def test_what_is_required_is_demanded_of_a_new_one() -> None:
    """The first that is missing is named; a blank secret sets nothing."""
    assert refused(NOTHING) == {"field": "host", "reason": "required"}
    assert refused(NOTHING, host="h", password="") == {"field": "password", "reason": "required"}


def test_an_unknown_key_is_refused_by_name() -> None:
    assert refused(hots="x") == {"field": "hots", "reason": "unknown"}


def test_what_a_channel_no_longer_knows_is_forgotten() -> None:
    """After an update that took a field away nothing of it stays, secrets least of all."""
    assert filled(Filled({"host": "h", "old": 1}, {"password": "p", "older": "s"})) == STORED


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("host", 5, {"reason": "not_text"}),
        ("host", "x" * 501, {"reason": "too_long", "limit": 500}),
        ("password", ["p"], {"reason": "not_text"}),
        ("password", "x" * 10_001, {"reason": "too_long", "limit": 10_000}),
        ("port", "993", {"reason": "not_number"}),
        ("port", True, {"reason": "not_number"}),
        ("port", float("nan"), {"reason": "not_number"}),
        ("port", float("inf"), {"reason": "not_number"}),
        ("port", 1.5, {"reason": "not_whole"}),  # its default is a whole one
        ("port", 0, {"reason": "too_small", "limit": 1}),
        ("port", 65536, {"reason": "too_large", "limit": 65535}),
        ("share", 1.01, {"reason": "too_large", "limit": 1}),
        ("tls", "yes", {"reason": "not_boolean"}),
        ("tls", 1, {"reason": "not_boolean"}),
        ("mode", "c", {"reason": "not_choice", "options": ["a", "b"]}),
        ("mode", ["a"], {"reason": "not_choice", "options": ["a", "b"]}),
        ("colour", "red", {"reason": "not_colour"}),
        ("colour", "#12345", {"reason": "not_colour"}),
        ("page", "shop.example", {"reason": "not_url"}),
        ("page", "javascript:alert(1)", {"reason": "not_url"}),
        ("page", "https://", {"reason": "not_url"}),
        ("page", "https://shop.example:99999/", {"reason": "not_url"}),
        ("page", "https://[::1", {"reason": "not_url"}),
        ("copy", "help", {"reason": "not_email"}),
        ("copy", "a@b@c", {"reason": "not_email"}),
        ("copy", "a@b.example, c@d.example", {"reason": "not_email"}),
        ("footer", "x" * 21, {"reason": "too_long", "limit": 20}),
        ("aliases", "a", {"reason": "not_list"}),
        ("aliases", [1], {"reason": "not_list"}),
        ("aliases", ["a", "b", "c", "d"], {"reason": "too_many", "limit": 3}),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(key: str, value: Any, reason: dict[str, Any]) -> None:
    assert refused(**{key: value}) == {"field": key, **reason}


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("share", 0.25, 0.25),
        ("share", 1, 1),
        ("port", 143.0, 143),  # as JSON may say it
        ("mode", "", ""),  # none is chosen: it is not required
        ("page", "https://shop.example/help?x=1", "https://shop.example/help?x=1"),
        ("page", "", ""),
        ("copy", "王@例子.中国", "王@例子.中国"),
        ("footer", "one\r\ntwo\u0007", "one\ntwo"),
        ("aliases", [" a ", "a", "", "b"], ["a", "b"]),  # once each, without blanks
    ],
)
def test_what_fits_is_stored_in_its_form(key: str, value: Any, stored: Any) -> None:
    assert filled(**{key: value}).options[key] == stored


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_refusal_is_a_sentence_with_the_reason_and_the_limits(language: str) -> None:
    """A field that the channel's texts do not name is named by its key."""
    error = BadOption(channel="stub", field="mode", reason="not_choice", options=["a", "b"])
    assert (
        error.sentence(language)
        == {"en": "mode: must be one of: a, b.", "zh-Hans": "mode：只能是以下之一：a、b。"}[language]
    )


def test_a_refusal_names_a_field_that_all_accounts_have() -> None:
    assert BadOption(field="address", reason="taken").sentence("en").startswith("Address: another account")


def test_what_does_not_apply_is_not_demanded_and_stays() -> None:
    """A field counts with some options of a choice only, the default among them."""
    fields = (
        Field("auth", kind="choice", options=("none", "basic"), default="basic"),
        Field("word", kind="secret", required=True, only_when=("auth", ("basic",))),
    )
    with pytest.raises(BadOption) as caught:
        forms.filled("stub", fields, {}, NOTHING)
    assert caught.value.values["field"] == "word"
    assert forms.filled("stub", fields, {"auth": "none"}, NOTHING) == Filled({"auth": "none"}, {})
    kept = forms.filled("stub", fields, {"auth": "none"}, Filled({}, {"word": "w"}))
    assert kept == Filled({"auth": "none"}, {"word": "w"})
