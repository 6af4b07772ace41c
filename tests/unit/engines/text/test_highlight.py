"""Where does it stand, and what is worth showing of it?"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.text.test_tokens import TEXTS

from servewell.engines.text import may_have, parse, snippet, spans, tokens


def marked(text, query):
    """Return what is marked of a text."""
    return [text[start:end] for start, end in spans(text, parse(query).terms)]


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("我要退款，谢谢", "退款", ["退款"]),
        ("我要申请退款", "申请退款", ["申请退款"]),  # neighbours become one mark
        ("退货和退款", "退", ["退", "退"]),
        ("请看ＳＫＵ－１２３４５", "sku12345", ["ＳＫＵ－１２３４５"]),
        ("㍿は㍿", "株式", ["㍿", "㍿"]),  # one character that is four in its normal form
        ("a re\u00adfund", "refund", ["re\u00adfund"]),
        ("cafe\u0301s, café", "café", ["café"]),
        ("an iPhone 15", "iphone15", ["iPhone 15"]),
        ("nothing", "退款", []),
    ],
)
def test_what_is_marked(text, query, marks):
    """In the text as it was written, not in its normal form."""
    assert marked(text, query) == marks


@given(TEXTS, st.data())
def test_marks_lie_within_the_text_and_apart(text, data):
    """Each mark is made of tokens that were looked for, and each such token is marked."""
    found = list(tokens(text))
    terms = data.draw(st.lists(st.sampled_from([t.text for t in found] or ["x"]), max_size=4))
    marks = spans(text, terms)
    assert marks == sorted(marks)
    assert all(0 <= start < end <= len(text) for start, end in marks)
    assert all(one[1] < other[0] for one, other in pairwise(marks))
    places = [(t.start, t.end) for t in found if t.text in terms]
    assert all(any(start <= a and b <= end for start, end in marks) for a, b in places)
    assert {start for start, _ in marks} <= {a for a, _ in places}
    assert may_have(text, terms) or not marks


@given(TEXTS, st.data(), st.integers(min_value=30, max_value=60))
def test_a_snippet_is_a_part_of_the_text(text, data, length):
    """With its marks within it, an ellipsis where something is left out, and no longer than asked for."""
    text = text * 5
    terms = data.draw(st.lists(st.sampled_from([t.text for t in tokens(text)] or ["x"]), max_size=3))
    shown = snippet(text, terms, length)
    body = shown.text.removeprefix("…") if not text.startswith("…") else shown.text
    assert len(shown.text) <= length + 2
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.spans)
    assert (shown.found > 0) <= bool(shown.spans)
    flat = "".join(" " if c.isspace() else c for c in text)
    assert body.removesuffix("…").strip("…") in flat


def test_a_snippet_shows_the_place_with_most_words():
    """Not the first one."""
    text = "退款" + "。" * 300 + "发票的退款" + "。" * 300 + "发票"
    shown = snippet(text, parse("退款 发票").terms, 60)
    assert (shown.found, shown.text.count("…")) == (2, 2)
    assert [shown.text[start:end] for start, end in shown.spans] == ["发票", "退款"]


def test_a_short_text_is_shown_whole():
    """On one line."""
    shown = snippet("我要退款\n谢谢", parse("退款").terms)
    assert (shown.text, shown.spans) == ("我要退款 谢谢", ((2, 4),))
