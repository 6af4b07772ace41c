"""How is a mail broken, as servers, programs and ill will break it? Each mutant follows from its number alone."""

import base64
from collections.abc import Callable
from random import Random

from tests import mails

_SIZES = 200_000  # bytes: what a mutant may grow to
_HEADERS = (
    b"Message-ID", b"From", b"To", b"Subject", b"Date", b"Content-Type", b"Content-Transfer-Encoding", b"References",
    b"In-Reply-To", b"Content-Disposition", b"Auto-Submitted", b"Return-Path", b"Reply-To", b"Authentication-Results",
)  # fmt: skip
_VALUES = (
    b"", b"<>", b"\x00", b"=?utf-8?B?", b"=?utf-8?Q?=FF=FE?=", b"=?x-nothing?B?AAAA?=", b'"', b"a" * 5000, b"<" * 300,
    b"multipart/mixed", b'multipart/mixed; boundary="', b"multipart/report; report-type=delivery-status", b"text/html",
    b"text/plain; charset=utf-16", b"text/plain; charset=utf-7", b"text/plain; charset=punycode", b"message/rfc822",
    b"base64", b"quoted-printable", b"x-uuencode", b"Mon, 99 Foo 99999 99:99:99 +9999", b"\xff\xfe\xfd", b"@", b"<@>",
    b"a@b.c, d@e.f; g: h@i.j;", b"=?utf-8?B?" + base64.b64encode("王".encode() * 50) + b"?=", b"(((((((((", b"\\" * 50,
)  # fmt: skip
_CHARSETS = (b"utf-8", b"gb2312", b"gb18030", b"big5", b"iso-2022-jp", b"utf-16", b"utf-7", b"us-ascii", b"cp037", b"x")
_HTML = (
    b"<html><p>Hi<p>there<table><tr><td>x</table>", b"<!--[if mso]><p><![endif]-->", b"<script>a</script>b",
    b"<" * 200, b"&#0;&#x110000;&amp", b"<img src=cid:pic@1><img src=//e.example/a.gif>", b"<div>" * 300,
)  # fmt: skip


def seeds() -> list[bytes]:
    """Return the mails that mutants are made of: every odd one that is not large, and reports."""
    original = f"{'ab' * 16}.{'0' * 16}.sw@shop.example"
    more = [
        mails.bounce(original, "wang@example.com"),
        mails.receipt(original),
        mails.mail("On Mon, 9 Mar 2026, Help wrote:\n> Hello\n>> deeper\n\nYes.\n-- \nWang", References="<a@b> <c@d>"),
        mails.multipart(
            [mails.nested([mails.part("a"), mails.part("<p>a</p>", "text/html")], "alternative", "alt"),
             mails.file(mails.PNG, "image/png", "p.png", Content_ID="<pic@1>")]
        ),
    ]  # fmt: skip
    return [raw for raw in [make() for make in mails.ODD.values()] + more if len(raw) < _SIZES]


def mutant(number: int, seeds: list[bytes]) -> bytes:
    """Return the mutant of a number."""
    random = Random(number)
    raw = random.choice(seeds)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        raw = random.choice(_WAYS)(raw, random)[:_SIZES]
    return raw


def _truncated(raw: bytes, random: Random) -> bytes:
    return raw[: random.randrange(len(raw) + 1)]


def _flipped(raw: bytes, random: Random) -> bytes:
    out = bytearray(raw)
    for _ in range(random.choice((1, 3, 30, 300))):
        if out:
            out[random.randrange(min(len(out), random.choice((400, len(out)))))] = random.randrange(256)
    return bytes(out)


def _header_gone(raw: bytes, random: Random) -> bytes:
    lines = raw.split(b"\r\n")
    del lines[random.randrange(min(12, len(lines)))]
    return b"\r\n".join(lines)


def _header_again(raw: bytes, random: Random) -> bytes:
    return random.choice(_HEADERS) + b": " + random.choice(_VALUES) + b"\r\n" + raw


def _header_replaced(raw: bytes, random: Random) -> bytes:
    name = random.choice(_HEADERS)
    lines = [line for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n") if not line.lower().startswith(name.lower())]
    body = raw.partition(b"\r\n\r\n")[2]
    return b"\r\n".join([*lines, name + b": " + random.choice(_VALUES), b"", body])


def _charset_swapped(raw: bytes, random: Random) -> bytes:
    return raw.replace(random.choice(_CHARSETS), random.choice(_CHARSETS))


def _boundary_broken(raw: bytes, random: Random) -> bytes:
    broken = random.choice((b"--=_par", b"--=_part-", b"=_part", b"--=_part--", b"--=_part \t", b"\x00--=_part"))
    return raw.replace(b"--=_part", broken, random.choice((1, 2, -1)))


def _nested(raw: bytes, random: Random) -> bytes:
    kind = random.choice(("mixed", "alternative", "related", "digest", "signed", "report", "x"))
    for level in range(random.choice((1, 2, 5, 40))):
        inner = random.choice((raw, mails.part(raw, "message/rfc822"), mails.part(raw, "text/html")))
        raw = mails.multipart([inner, mails.part("beside")], kind, boundary=random.choice(("b", f"b{level}", "=_part")))
        if len(raw) > _SIZES // 2:
            break
    return raw


def _garbage(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw) + 1)
    noise = random.choice((random.randbytes(300), base64.b64encode(random.randbytes(200)), b"=" * 99, b"\n" * 999))
    return raw[:at] + noise + raw[at:]


def _html(raw: bytes, random: Random) -> bytes:
    return mails.mail(random.choice(_HTML) * random.choice((1, 20)) + raw[:5000], Content_Type="text/html")


def _doubled(raw: bytes, random: Random) -> bytes:
    at, end = sorted((random.randrange(len(raw) + 1), random.randrange(len(raw) + 1)))
    return raw[:end] + raw[at:end] * random.choice((1, 5)) + raw[end:]


def _line_ends(raw: bytes, random: Random) -> bytes:
    return raw.replace(b"\r\n", random.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n \r\n")))


_WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _truncated, _flipped, _flipped, _header_gone, _header_again, _header_replaced, _header_replaced, _charset_swapped,
    _boundary_broken, _nested, _garbage, _html, _doubled, _line_ends,
)  # fmt: skip
