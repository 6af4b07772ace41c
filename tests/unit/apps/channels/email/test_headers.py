"""Are the lines above a mail read as their sender meant them?"""

import time

import pytest

from servewell.apps.channels.email import headers
from servewell.apps.channels.email.headers import Mailbox


def read(block: bytes) -> headers.Headers:
    return headers.read(block, 0, len(block))[0]


def test_it_works() -> None:
    """Names in any case, values unfolded; the body begins after the empty line."""
    raw = b"Subject: Hello\r\n World\r\nX-Two: 1\r\nx-two: 2\r\n\r\nBody"
    found, at = headers.read(raw, 0, len(raw))
    assert (found.text("subject"), list(found.all("x-two")), raw[at:]) == ("Hello World", ["1", "2"], b"Body")


@pytest.mark.parametrize(
    ("raw", "names", "body"),
    [
        (b"From x Tue\r\nA: 1\r\n\r\nb", ["a"], b"b"),  # of a file of mails
        (b"A: 1\r\nno header\r\nB: 2\r\n\r\nb", ["a", "b"], b"b"),  # headers go on below it
        (b"A: 1\r\nno header\r\nneither\r\n", ["a"], b"no header\r\nneither\r\n"),
        (b" leading\r\nA: 1\r\n\r\nb", ["a"], b"b"),
        (b"A: 1", ["a"], b""),
        (b"\r\nA: 1\r\n", [], b"A: 1\r\n"),
        (b"", [], b""),
    ],
)
def test_where_they_end(raw: bytes, names: list[str], body: bytes) -> None:
    """What is no header ends them, unless they go on."""
    found, at = headers.read(raw, 0, len(raw))
    assert ([name for name, _ in found.lines], raw[at:]) == (names, body)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?5L2g5aW9?=", "你好"),
        ("=?utf-8?b?5L2g?= =?UTF-8?B?5aW9?=", "你好"),  # the space between them is none
        ("=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?=", "你好"),  # cut within a character
        ("=?gb2312?B?xOO6ww==?= Wang", "你好 Wang"),
        ("Re: =?iso-8859-1?Q?Caf=E9_au_lait?=", "Re: Café au lait"),
        ("=?utf-8?Q?a b?=", "a b"),  # forbidden, and much used
        ("=?utf-8*en?Q?hello?=", "hello"),  # RFC 2231 says the language too
        ("=?x-klingon?Q?hello?=", "hello"),
        ("=?utf-8?X?hello?=", "=?utf-8?X?hello?="),
        ("=?utf-8?B?5L2g5aW9", "=?utf-8?B?5L2g5aW9"),
        ("=?utf-8?B?5L2g=5aW9?=", "你好"),
    ],
)
def test_encoded_words(raw: str, text: str) -> None:
    """RFC 2047, and what programs make of it."""
    assert headers.words(raw) == text


@pytest.mark.parametrize(
    ("raw", "boxes"),
    [
        ("Wang <Wang@Example.com>", [Mailbox("wang@example.com", "Wang")]),
        ('"Wang, Li" <a@b.cn>, c@d.cn', [Mailbox("a@b.cn", "Wang, Li"), Mailbox("c@d.cn")]),
        ("a@b.cn (Wang)", [Mailbox("a@b.cn", "Wang")]),
        ("=?utf-8?B?546L77yM5p2O?= <a@b.cn>", [Mailbox("a@b.cn", "王，李")]),
        ('"=?utf-8?Q?Wang?=" <a@b.cn>', [Mailbox("a@b.cn", "Wang")]),
        ("Team: a@b.cn, c@d.cn; e@f.cn", [Mailbox("a@b.cn"), Mailbox("c@d.cn"), Mailbox("e@f.cn")]),
        ("undisclosed-recipients:;", []),
        ('"a\\"b" <a@b.cn>', [Mailbox("a@b.cn", 'a"b')]),
        ("'Wang' <a@b.cn>", [Mailbox("a@b.cn", "Wang")]),
        ("<a@b.cn>", [Mailbox("a@b.cn")]),
        ("Wang a@b.cn", [Mailbox("Wang a@b.cn")]),  # kept as it stands
        ("王@例子.中国", [Mailbox("王@xn--fsqu00a.xn--fiqs8s")]),
        ("<>", []),
        ("", []),
        (",,,", []),
    ],
)
def test_addresses(raw: str, boxes: list[Mailbox]) -> None:
    """Names in quotes, comments, groups, encoded words, none."""
    assert headers.mailboxes(raw) == boxes


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ('text/plain; charset="utf-8"; format=flowed', {"charset": "utf-8", "format": "flowed"}),
        ("a/b; NAME=x y.pdf", {"name": "x y.pdf"}),
        ("a; filename*=UTF-8''%E5%8F%91.pdf", {"filename": "发.pdf"}),
        ("a; filename*0*=gb18030''%B7%A2; filename*1=\"a.pdf\"", {"filename": "发a.pdf"}),
        ('a; filename="=?utf-8?B?5Y+R?="', {"filename": "发"}),
        ('a; boundary="a;b\\"c"', {"boundary": 'a;b"c'}),
        ("a; boundary=", {"boundary": ""}),
        ('a; name="open', {"name": "open"}),
        ("a;;; =x; b", {}),
    ],
)
def test_parameters(raw: str, found: dict[str, str]) -> None:
    """RFC 2231, and what programs write in its place."""
    assert headers.parameters(raw) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"To: " + b'"\\' * 500_000,
        b"To: " + b"(" * 1_000_000,
        b"To: " + b"<" * 1_000_000,
        b"To: " + b"a@b.cn," * 200_000,
        b"To: " + b"=?utf-8?B?" * 100_000,
        b"To: " + b"=?utf-8?B?5L2g?= " * 60_000,
        b"To: x" + b"\r\n x" * 300_000,
        b"A:\r\n" * 300_000,
        b"To: x" + b"; a*0=b" * 150_000,
    ],
    ids=["quotes", "brackets", "angles", "addresses", "openings", "words", "folds", "lines", "parameters"],
)
def test_bombs(raw: bytes) -> None:
    """Headers that are made to take time take little."""
    began = time.process_time()
    found = read(raw)
    found.mailboxes("to")
    found.text("to")
    found.parameters("to")
    assert time.process_time() - began < 5
