"""What is a word? In Chinese, in English, joined, with digits, and in what nobody meant as a text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servewell.engines.text import LONGEST, MOST_TOKENS, normalised, terms, tokens, wanted

PIECES = [
    "退款",
    "我要",
    "ａｔｍ",
    "SKU-12345",
    "iPhone15",
    "iPhone 15",
    "#1042",
    "a@b.com",
    "e\u0301",
    "ｶﾞ",
    "㍿",
    "ﬁ",
    "İ",
]
PIECES += [
    "ΣΑΣ",
    "\u00ad",
    "\u200d",
    "👍🏽",
    "\ud800",
    "\x00",
    "한국",
    "ไทย",
    "ß",
    " ",
    "，",
    "\n",
    "'",
    "-",
    "1",
    "\u1161",
    "ᄀ",
]
ANY = st.text(alphabet=st.characters(), max_size=40)
TEXTS = st.one_of(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12).map("".join), ANY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("退款", ["退", "退款", "款"]),
        ("退", ["退"]),
        ("ＡＴＭ取款", ["atm", "取", "取款", "款"]),  # full width
        ("Refund, please", ["refund", "please"]),
        ("SKU-12345", ["sku", "sku12345", "12345"]),
        ("iPhone15", ["iphone15", "iphone", "15"]),
        ("iPhone 15", ["iphone", "iphone15", "15"]),
        ("wei@example.com", ["wei", "weiexample", "example", "examplecom", "com"]),
        ("see #1042", ["see", "#1042", "1042"]),
        ("don’t", ["don", "dont", "t"]),
        ("好👍🏽", ["好", "👍"]),  # the tone of skin is not looked at
        ("re\u00adfund", ["refund"]),  # a soft hyphen is not there
        ("e\u0301té", ["été"]),
        ("ｶﾞｽ", ["ガ", "ガス", "ス"]),  # half width, and its mark
        ("한국어", ["한", "한국", "국", "국어", "어"]),
        ("\x00\ud800，。!?…—", []),
        ("", []),
    ],
)
def test_the_words_of_a_text(text, found):
    """As they are kept in an index."""
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("退", ["退"]),  # a single character by itself
        ("退款", ["退款"]),
        ("申请退款", ["申请", "请退", "退款"]),  # of more only pairs: single ones are everywhere
        ("SKU-12345", ["sku12345"]),
        ("sku 12345", ["sku", "12345"]),
        ("wei@example.com", ["weiexample", "examplecom"]),
        ("#1042", ["#1042"]),
        ("?!", []),
    ],
)
def test_what_a_query_asks_for(text, looked_for):
    """Fewer words than the text has, and surer ones."""
    assert list(wanted(text)) == looked_for


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("sku12345", "Ihre SKU-12345."),
        ("SKU-12345", "sku12345"),
        ("sku 12345", "SKU-12345"),
        ("iphone15", "an iPhone 15 was"),
        ("example.com", "wei@example.com"),
        ("ｓｋｕ１２３４５", "SKU-12345"),
        ("1042", "#1042"),
        ("退款", "我要退款！"),
        ("ガス", "ｶﾞｽ"),
    ],
)
def test_spellings_find_each_other(query, text):
    """However the one or the other was typed."""
    assert {*wanted(query)} <= {*terms(text)}


@given(TEXTS)
@example("\u1161\u0300" * 5)
def test_whatever_is_typed_has_words_where_they_stand(text):
    """Places lie within the text, in the order in which the words begin; the same text has the same words."""
    found = list(tokens(text))
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert [token.text for token in found] == terms(text)
    assert all(0 < len(token.text) <= LONGEST for token in found)


@given(TEXTS)
def test_a_text_is_found_by_itself(text):
    """What a query asks for is always among the words of the same text."""
    assert {*wanted(text)} <= {*terms(text)}


@given(TEXTS, TEXTS)
def test_texts_apart_keep_their_words(one, other):
    """Two texts with a line between have the words of both, and no others."""
    assert terms(f"{one}\n{other}") == terms(one) + terms(other)


@given(TEXTS)
@example("ΑΣ")
@example("ϔ")
@example("ﾡﾢ")
def test_a_normal_form_is_its_own(text):
    """Twice is as good as once."""
    once = normalised(text).text
    assert normalised(once).text == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cf", "Mn", "Me"]), max_size=30))
def test_a_normal_form_is_unicodes(text):
    """NFKC and lower case, as the standard has it, apart from the final sigma."""
    form = text
    for _ in range(3):
        form = unicodedata.normalize("NFKC", form).translate({0xAD: None, 0x3C2: 0x3C3}).lower().replace("ς", "σ")
    assert [c for c in normalised(text).text if c.isalnum()] == [c for c in form if c.isalnum()]


@given(TEXTS)
def test_each_character_of_a_normal_form_comes_from_somewhere(text):
    """And later ones never from before earlier ones."""
    normal = normalised(text)
    places = [normal.span(at, at + 1) for at in range(len(normal.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


def test_a_huge_text_costs_a_bounded_time():
    """Its first part is found, and the rest is not looked at."""
    assert len(terms("我要退款，订单号 SKU-12345。" * 60_000)) == MOST_TOKENS
    assert len(terms("x" * 2_000_000)) == 1
    assert len(terms("a-" * 500_000)) == MOST_TOKENS
    assert terms("e" + "\u0301" * 500_000) != []
