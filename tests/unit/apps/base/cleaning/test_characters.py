"""Which characters of a stranger's text stay?"""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import cleaning
from servewell.apps.base.errors import TextTooLong

ANY = st.text(st.characters(), max_size=300)  # surrogates and control characters too


def test_it_works() -> None:
    assert cleaning.text("您好，\r\n订单 1042 还没到。") == "您好，\n订单 1042 还没到。"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b", "ab"),  # NUL, which PostgreSQL cannot keep
        ("a\x07b\x1b[31mc\x7f", "ab[31mc"),  # bells and the colours of a terminal
        ("a\tb\nc", "a\tb\nc"),
        ("a\rb\r\nc\x0bd\x0ce\u2028f\u2029g\x85h", "a\nb\nc\nd\ne\nf\ng\nh"),  # each kind of line end
        ("x\ud800y", "x\ufffdy"),  # a lone surrogate
        ("\udc00\ud800", "\ufffd\ufffd"),  # two that do not belong together
        ("\ud83d\ude00", "😀"),  # two that do
        ("e\u0301", "é"),
        ("\u202egpj.exe", "gpj.exe"),  # what turns the direction
        ("a\u2066b\u2069c\u202a\u202b\u202c\u202d", "abc"),
        ("שלום\u200f!", "שלום\u200f!"),  # a mark that Hebrew needs
        ("\ufeffhello", "hello"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),  # joined emoji stay joined
        ("", ""),
    ],
)
def test_what_cannot_be_seen_or_stored_goes(raw: str, clean: str) -> None:
    assert cleaning.text(raw) == clean


def test_a_text_above_the_limit_is_refused_with_its_size() -> None:
    assert len(cleaning.text("x" * 1_000_000)) == 1_000_000
    with pytest.raises(TextTooLong) as refusal:
        cleaning.text("x" * 1_000_001)
    assert refusal.value.values == {"size": 1_000_001, "most": 1_000_000}
    assert "1000001" in refusal.value.sentence("zh-Hans")


def test_what_is_removed_does_not_count() -> None:
    assert cleaning.text("x\x00" * 10, most=10) == "x" * 10


def test_what_comes_in_is_cut_and_says_so() -> None:
    assert cleaning.shortened("abcdef", most=6) == cleaning.Short("abcdef", 0)
    assert cleaning.shortened("abcdef", most=5) == cleaning.Short("abcd…", 2)


@pytest.mark.parametrize(
    "one",
    ["e\u0323\u0302x\u0323", "👨\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "🏴\U000e0067\U000e0062\U000e007f"],
    ids=["marks", "family", "skin", "variant", "flag"],
)
def test_a_cut_parts_no_letter_from_its_marks(one: str) -> None:
    """However far the limit lies within it."""
    last = unicodedata.normalize("NFC", one)
    for most in range(4, 4 + len(last)):
        cut = cleaning.shortened(f"abc{last}z", most=most).text.removesuffix("…")
        assert cut in {"abc", f"abc{last}", "abcệ", "abcệx"[:4]}


@pytest.mark.parametrize("nothing", ["\u200b", " \u200d \u00ad ", "\ufeff\u2060"])
def test_a_line_of_nothing_to_be_seen_is_empty(nothing: str) -> None:
    assert cleaning.line(nothing) == ""
    assert cleaning.line(f"a{nothing}b").startswith("a")


def test_a_line_is_one_line() -> None:
    assert cleaning.line("  a\n\tb\u3000 c ") == "a b c"
    assert cleaning.line("名" * 300) == "名" * 300
    with pytest.raises(TextTooLong):
        cleaning.line("名" * 301)
    assert cleaning.short_line("名" * 301).text == "名" * 299 + "…"


def test_a_million_marks_take_no_quarter_of_an_hour() -> None:
    """Composing sorts them, in the square of their number: 20,000 would take 0.4 s."""
    began = time.process_time()
    assert len(cleaning.text("q" + "\u0301\u0316" * 500_000)) == 31
    assert time.process_time() - began < 2


def test_thirty_marks_of_a_row_stay() -> None:
    assert len(cleaning.text("q" + "\u0323" * 31)) == 31


@given(ANY)
def test_cleaning_what_is_clean_changes_nothing(raw: str) -> None:
    once = cleaning.text(raw)
    assert cleaning.text(once) == once
    assert cleaning.line(cleaning.short_line(raw).text) == cleaning.short_line(raw).text


@given(ANY)
def test_what_comes_out_can_be_stored(raw: str) -> None:
    clean = cleaning.text(raw)
    clean.encode()
    assert unicodedata.is_normalized("NFC", clean)
    assert not {c for c in clean if unicodedata.category(c) == "Cc"} - set("\n\t")
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(ANY, st.integers(1, 40))
def test_a_cut_text_is_never_longer_than_allowed(raw: str, most: int) -> None:
    short = cleaning.shortened(raw, most=most)
    assert len(short.text) <= most
    assert (short.left_out == 0) == (short.text == cleaning.text(raw))
