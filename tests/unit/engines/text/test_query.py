"""What does somebody look for?"""

import pytest
from hypothesis import given
from tests.unit.engines.text.test_tokens import TEXTS

from servewell.engines.text import has_phrases, parse
from servewell.engines.text.query import MOST_TERMS


@pytest.mark.parametrize(
    "quoted", ['"无法 登录"', "“无法 登录”", "「无法 登录」", "『无法 登录』", "«无法 登录»", "＂无法　登录＂"]
)
def test_quotes_make_a_phrase(quoted):
    """In whichever way they are typed."""
    query = parse(f"账号 {quoted}")
    assert query.phrases == ("无法 登录",)
    assert query.terms == ("账号", "无法", "登录")


@pytest.mark.parametrize("text", ["", " ", "?!，。…", '"', '""', "“”", "\x00\ud800", "—" * 10_000])
def test_nothing_to_look_for(text):
    """Punctuation, and what is no text at all."""
    assert parse(text).terms == ()
    assert parse(text).phrases == ()


def test_many_words_are_cut():
    """Each counts once; what was cut is said."""
    query = parse(" ".join(f"w{number}" for number in range(100)) * 3)
    assert (len(query.terms), query.cut) == (MOST_TERMS, True)
    assert parse("退款 退款 退款") == parse("退款")


def test_a_phrase_stands_as_it_is():
    """Whatever its width, case and blanks."""
    phrases = parse('"Not Working"').phrases
    assert has_phrases("it is not\n working", phrases)
    assert not has_phrases("working, is it not?", phrases)


@given(TEXTS)
def test_any_text_can_be_looked_for(text):
    """And says the same each time."""
    assert parse(text) == parse(text)
    assert len(parse(text).terms) <= MOST_TERMS
