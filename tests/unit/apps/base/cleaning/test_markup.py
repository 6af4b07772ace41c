"""What of a stranger's HTML may be shown?"""

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parser
from tests.unit.apps.base.cleaning.attacks import ATTACKS

from servewell.apps.base import cleaning
from servewell.apps.base.cleaning import allowed

URLS = {"href", "src", "data-src"}
PARTS = [
    *("<b>", "</b>", "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<a href='", '<a href="'),
    *("<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<style>", "</style>", "<script>", "</script>", "<template>"),
    *("<noscript>", "<title>", "</title>", "<textarea>", "<select>", "<option>", "<form>", "<input>", "<iframe>"),
    *("<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "<!", "&lt;", "&amp;", "&#x3c;", "&#106;avascript:", "&", ";"),
    *("javascript:", "data:text/html,", "onerror=", "onclick='", 'style="', "color:red", "background:url(", "'", '"'),
    *("<img src=x ", "<img src='https://e.example/a.png'", ">", "/>", " ", "\n", "=", "`", "\\", "/", "x", "您好"),
    *(
        "<pre>",
        "\n\n",
        "<br>",
        "<li>",
        "<dd>",
        "<h1>",
        "<font color=red>",
        "<o:p>",
        "</",
        "<a><a>",
        "<nobr>",
        "<plaintext>",
    ),
    *("e", "\u0301", "\u0338", "\u202e", "\x00", "<td", "<caption>", "<col>", "<frameset>", "<body onload=", "<html>"),
]
SOUP = st.lists(st.sampled_from(PARTS), max_size=40).map("".join) | st.text(max_size=200)


def letters(text: str) -> list[str]:
    return sorted("".join(unicodedata.normalize("NFD", text).split()))


def assert_harmless(safe: str) -> None:
    """As a browser's parser reads it: only known tags and attributes, and no address that acts."""
    for element in parser.fragment_fromstring(safe, create_parent="section").iterdescendants():
        assert element.tag in allowed.TAGS, safe
        for name, value in element.attrib.items():
            known = allowed.ATTRIBUTES["*"] | allowed.ATTRIBUTES.get(element.tag, frozenset()) | {"rel", "target"}
            assert name in known, safe
            assert name not in URLS or re.match(r"(https?://|mailto:|tel:|cid:)", value, re.I), safe
            assert name != "style" or not re.search(
                r"url|expression|import|position|[\\@(<&]", re.sub(r"(rgba?|hsla?)\(", "", value)
            ), safe


def test_it_works() -> None:
    """A mail keeps its look, its links and its words."""
    mail = '<p style="color:#333;position:fixed">Hello <b>Ms Li</b>,</p><p>see <a href="https://a.example/?a=1&b=2">this</a></p>'
    shown = cleaning.html(mail)
    assert shown.safe == (
        '<p style="color:#333">Hello <b>Ms Li</b>,</p><p>see <a href="https://a.example/?a=1&amp;b=2"'
        ' target="_blank" rel="noopener noreferrer nofollow">this</a></p>'
    )
    assert (shown.text, shown.remote_images, shown.was_cut) == ("Hello Ms Li,\n\nsee this", 0, False)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_to_nothing(attack: str) -> None:
    safe = cleaning.html(attack).safe
    assert_harmless(safe)
    safe = re.sub(r'(title|alt)="[^"]*"', "", safe)  # words may say anything
    assert not re.search(r"<[^>]*\son\w+\s*=|<script|<style|<iframe|<form|<svg|<math", safe, re.I)
    assert not re.search(r"(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data|vbscript)", safe, re.I)


@settings(max_examples=300)
@given(SOUP)
def test_nothing_harmful_comes_out_of_anything(raw: str) -> None:
    assert_harmless(cleaning.html(raw).safe)


@settings(max_examples=300)
@given(SOUP)
def test_cleaning_what_is_clean_changes_nothing(raw: str) -> None:
    once = cleaning.html(raw)
    again = cleaning.html(once.safe)
    assert (again.safe, again.remote_images) == (once.safe, once.remote_images)
    # What stands wrongly in a table moves before it, and a tag out of place breaks no line: but no letter is lost.
    assert letters(again.text) == letters(once.text)


def test_a_picture_from_elsewhere_waits_for_a_click() -> None:
    """It would tell its owner who reads, when and where."""
    shown = cleaning.html(
        "<img src='https://t.example/pixel.gif?to=li'><img SRC=//t.example/a.png><img src='cid:logo@x'>"
    )
    assert shown.remote_images == 2
    assert ' src="http' not in shown.safe
    assert 'data-src="https://t.example/pixel.gif?to=li"' in shown.safe
    assert 'src="cid:logo@x"' in shown.safe


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc"),
        ("a &amp; b &lt;c&gt; &nbsp;d &#20320;", "a & b <c> \xa0d 你"),
        ("  lots \n of   room ", "lots of room"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<img alt='our logo'> hi", "our logo hi"),
        ("<title>t</title><style>p{}</style><script>x</script><p>seen</p>", "seen"),
        ("<div style='display:none'>preview</div><p hidden>x</p>seen", "seen"),
        ("<!--[if mso]>old<![endif]-->new<o:p>er</o:p>", "newer"),
        ("<ul><li>a<li>b</ul>", "a\n\nb"),
        ("plain text, 3 < 4 & 5 > 4", "plain text, 3 < 4 & 5 > 4"),
        ("\u202egpj.exe&#x202e;", "gpj.exe"),
        ("<p>a\x00b\ud800c</p>", "ab\ufffdc"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_it_is_told_in_words(raw: str, words: str) -> None:
    assert cleaning.html(raw).text == words


@pytest.mark.parametrize(
    "burst",
    [
        "<div>" * 10_000 + "deep" + "</div>" * 10_000,
        "<blockquote>" * 150_000,
        "".join(f"<b id={n}>" for n in range(50_000))
        + "<p>x" * 50_000,  # formatting that is opened again in each block
        "<table>" * 100_000,
        "<p>a" + "\u0301\u0316" * 500_000,
        "<" * 1_000_000,
        "<a href='" * 100_000,
        "<!--" * 250_000,
        "&" * 1_000_000,
        " " * 1_000_000 + "<pre>" + " " * 1_000_000,
        "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
        f"<p style='{';'.join(['color:red'] * 100_000)}'>x",
        f"<img alt='{'x' * 1_000_000}'>",
    ],
    ids=lambda burst: burst[:12],
)
def test_what_is_made_to_burst_a_reader_is_read_in_a_moment(burst: str) -> None:
    began = time.process_time()
    shown = cleaning.html(burst)
    assert time.process_time() - began < 4
    assert len(shown.safe) < 6_000_000


def test_deep_nests_lose_tags_not_words() -> None:
    shown = cleaning.html("<div>" * 10_000 + "deep" + "</div>" * 10_000 + "<p>after</p>")
    assert shown.text == "deep\n\nafter"
    assert shown.safe.count("<div>") == 100
    assert shown.was_cut


def test_a_mail_beyond_all_measure_is_cut_and_says_so() -> None:
    shown = cleaning.html("<p>" + "x" * 2_100_000)
    assert shown.was_cut
    assert len(shown.text) == 1_000_000
