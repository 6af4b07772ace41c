"""How do tests make the mails that customers, programs and servers send? By hand, byte for byte: many are faulty.

`mail` makes an ordinary one, `multipart` a nest; `ODD` holds every kind that the acceptance list names, by what is odd
about it, for tests that send them through a real server too.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Any

BOUNDARY = "=_part"
FROM, TO = "王小明 <wang@example.com>", "help@shop.example"
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def mail(body: str | bytes = "Where is my parcel?", **headers: Any) -> bytes:
    """Return a mail; a header by its name with `_` for `-`; None leaves a usual one out, a list repeats it."""
    usual = {
        "From": FROM,
        "To": TO,
        "Subject": "My parcel",
        "Date": "Tue, 10 Mar 2026 12:00:00 +0800",
        "Message-ID": "<m1@example.com>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    given = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return header(given) + b"\r\n" + _bytes(body)


def header(lines: dict[str, Any]) -> bytes:
    """Return the lines above a part."""
    out = b""
    for name, value in lines.items():
        for one in value if isinstance(value, list) else [value]:
            out += b"" if one is None else name.encode() + b": " + _bytes(one) + b"\r\n"
    return out


def part(body: str | bytes, kind: str = "text/plain; charset=utf-8", **headers: Any) -> bytes:
    """Return a part of a mail."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return header({"Content-Type": kind, **named}) + b"\r\n" + _bytes(body)


def file(data: bytes, kind: str, name: str, **headers: Any) -> bytes:
    """Return a part that carries a file in Base64."""
    usual = {"Content_Transfer_Encoding": "base64", "Content_Disposition": f'attachment; filename="{name}"'}
    return part(base64.encodebytes(data), kind, **{**usual, **headers})


def joined(parts: Sequence[bytes], boundary: str = BOUNDARY) -> bytes:
    """Return parts between the lines of their boundary."""
    line = b"--" + boundary.encode()
    return b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"


def multipart(parts: Sequence[bytes], kind: str = "mixed", boundary: str = BOUNDARY, **headers: Any) -> bytes:
    """Return a mail of several parts."""
    more = headers.pop("more", "")
    return mail(joined(parts, boundary), Content_Type=f'multipart/{kind}; boundary="{boundary}"{more}', **headers)


def nested(parts: Sequence[bytes], kind: str, boundary: str, more: str = "") -> bytes:
    """Return a part that holds parts."""
    return part(joined(parts, boundary), f'multipart/{kind}; boundary="{boundary}"{more}')


def deep(levels: int, inner: bytes = b"") -> bytes:
    """Return a mail whose words lie under so many levels."""
    inside = inner or part("At the bottom")
    for level in range(levels):
        inside = nested([inside], "mixed", f"b{level}")
    return multipart([inside], boundary="outermost")


def bounce(
    original: str, recipient: str, *, action: str = "failed", status: str = "5.1.1", said: str = "", **headers: Any
) -> bytes:
    """Return a report of a server on our mail (RFC 3464), which comes back with it; `original`: its Message-ID."""
    diagnosis = f"Diagnostic-Code: smtp; {said or f'550 {status} No such user'}"
    fields = f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n{diagnosis}\r\n"
    parts = [
        part("I could not deliver your mail."),
        part(f"Reporting-MTA: dns; mx.example.net\r\n\r\n{fields}", "message/delivery-status"),
        part(f"Message-ID: <{original}>\r\nTo: {recipient}\r\nSubject: Re: My parcel\r\n\r\nHello", "message/rfc822"),
    ]
    usual: dict[str, Any] = {
        "From": "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
        "Subject": "Undelivered Mail Returned to Sender",
        "Message_ID": f"<dsn.{action}.{original[:16]}@mx.example.net>",
        "Return_Path": "<>",
        "Auto_Submitted": "auto-replied",
        "more": "; report-type=delivery-status",
    }
    return multipart(parts, "report", **{**usual, **headers})


def receipt(original: str, disposition: str = "displayed", **headers: Any) -> bytes:
    """Return what a mail program says when somebody opened a mail (RFC 3798)."""
    fields = (
        "Final-Recipient: rfc822; wang@example.com\r\n"
        f"Original-Message-ID: <{original}>\r\n"
        f"Disposition: manual-action/MDN-sent-manually; {disposition}\r\n"
    )
    parts = [part("Your mail was read."), part(fields, "message/disposition-notification")]
    usual = {"Subject": "Read: My parcel", "Message_ID": f"<mdn.{original[:16]}@example.com>"}
    return multipart(parts, "report", **{**usual, "more": "; report-type=disposition-notification", **headers})


def large(megabytes: int) -> bytes:
    """Return a mail with a file of this size as it is carried (Base64: a third more than the file)."""
    data = b"%PDF-1.7 " + bytes(range(256)) * (megabytes * 3 * 1024)
    return multipart(
        [part("See the file."), file(data, "application/pdf", "scan.pdf")], Message_ID="<large@example.com>"
    )


def many_links(count: int) -> bytes:
    """Return a mail of nothing but links."""
    links = "".join(f'<p><a href="https://shop.example/?n={n}">offer {n}</a></p>' for n in range(count))
    return mail(f"<html><body>{links}</body></html>", Content_Type="text/html; charset=utf-8", Message_ID="<l@e.com>")


def _bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _encoded(text: str, charset: str) -> dict[str, Any]:
    return {"body": text.encode(charset), "Content_Type": f"text/plain; charset={charset}"}


SCRIPT = (
    '<p onclick="alert(1)">Hello</p><script>alert(1)</script><img src="https://spy.example/p.gif" onerror="alert(1)">'
    '<a href="javascript:alert(1)">here</a><div style="background:url(https://spy.example/b.gif)">x</div>'
    '<style>body{background:url(https://spy.example/c.gif)}</style><link rel="stylesheet" href="https://spy.example/d">'
)

# What is odd about a mail, and how to make it.
ODD: dict[str, Callable[[], bytes]] = {
    "no message id": lambda: mail(Message_ID=None),
    "an empty message id": lambda: mail(Message_ID=""),
    "a garbled message id": lambda: mail(Message_ID="<<what is this>"),
    "an unknown charset": lambda: mail("你好，包裹在哪里？", Content_Type="text/plain; charset=x-klingon"),
    "GB18030": lambda: mail(**_encoded("你好，包裹在哪里？𠮷", "gb18030")),
    "GB18030 said to be GB2312": lambda: mail(
        "镕龑㙍在哪里".encode("gb18030"), Content_Type="text/plain; charset=gb2312"
    ),
    "Big5": lambda: mail(**_encoded("我的包裹在哪裡？", "big5")),
    "iso-2022-jp": lambda: mail(**_encoded("荷物はどこですか", "iso-2022-jp")),
    "Korean": lambda: mail("소포는 어디에".encode("cp949"), Content_Type='text/plain; charset="ks_c_5601-1987"'),
    "UTF-8 said to be ASCII": lambda: mail("你好", Content_Type="text/plain; charset=us-ascii"),
    "a raw header": lambda: mail(
        Subject="包裹在哪里".encode("gb18030"), From="王 <wang@example.com>".encode("gb18030")
    ),
    "NUL bytes": lambda: mail(b"Where\x00 is my\x00 parcel?", Subject=b"My \x00parcel"),
    "no body": lambda: mail(b""),
    "nothing but a header": lambda: mail(b"")[:-2],
    "no date": lambda: mail(Date=None),
    "a senseless date": lambda: mail(Date="Yesterday, at around noon"),
    "a date in the year 9999": lambda: mail(Date="Fri, 31 Dec 9999 23:59:59 -1200"),
    "no subject": lambda: mail(Subject=None),
    "no recipient": lambda: mail(To=None),
    "5,000 links": lambda: many_links(5000),
    "deep nesting": lambda: deep(60),
    "a broken boundary": lambda: multipart([part("Where is it?")]).replace(b"\r\n--=_part", b"\r\n--=_other"),
    "no boundary": lambda: mail("Where is it?", Content_Type="multipart/mixed"),
    "an unclosed boundary": lambda: multipart([part("Where is it?"), part("And when?")])[:-12],
    "broken Base64": lambda: mail("V2hlcmUgaXMgaXQ/!!=", Content_Transfer_Encoding="base64"),
    "broken quoted-printable": lambda: mail("Where =is =ZZ it=3F =", Content_Transfer_Encoding="quoted-printable"),
    "a header of a megabyte": lambda: mail(X_Bomb="a" * 2**20, Message_ID="<bomb@example.com>"),
    "ten thousand headers": lambda: mail(X_Bomb=["b"] * 10_000),
    "ten thousand recipients": lambda: mail(To=", ".join(f"n{n}@example.com" for n in range(10_000))),
    "three thousand parts": lambda: multipart([part(f"part {n}") for n in range(3000)]),
    "script": lambda: mail(SCRIPT, Content_Type="text/html; charset=utf-8"),
    "only a picture": lambda: mail(
        base64.encodebytes(PNG), Content_Type="image/png; name=a.png", Content_Transfer_Encoding="base64"
    ),
    "a mail within": lambda: multipart([part("See below"), part(mail("Inner"), "message/rfc822")]),
    "an invitation": lambda: multipart(
        [part("Come"), part("BEGIN:VCALENDAR\r\nEND:VCALENDAR", "text/calendar; method=REQUEST")], "alternative"
    ),
    "a mailbox file's first line": lambda: b"From wang@example.com Tue Mar 10 12:00:00 2026\r\n" + mail(),
    "bare line feeds": lambda: mail().replace(b"\r\n", b"\n"),
    "bare carriage returns": lambda: mail("a\rb\rc"),
}
# What is no message: nobody wrote it, or it is no mail.
UNFIT: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "nothing but line breaks": lambda: b"\r\n\r\n\r\n",
    "noise": lambda: bytes(range(256)) * 40,
    "no From": lambda: mail(From=None),
    "an empty From": lambda: mail(From=""),
}
