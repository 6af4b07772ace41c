"""Does a mail report on one of ours: it bounced, it waits, it was read? Told by the rules, and by looks without them.

RFC 3464 and 3462 (delivery), 3798 (read). What is not told in fields is looked for in words: Exchange, QQ and 163,
qmail and older servers write reports for people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from servewell.apps.base import addresses, cleaning
from servewell.apps.channels.email import charsets, headers, threads
from servewell.apps.channels.email.headers import Headers
from servewell.apps.channels.email.mime import Part

BOUNCED, DELAYED, DELIVERED, READ, OTHER = "bounced", "delayed", "delivered", "read", "other"
# Why it bounced, as a code of the sentence `channels_email.bounce.<code>`.
CODES = ("unknown", "domain", "disabled", "full", "large", "refused", "expired", "other")
DEAD = frozenset({"unknown", "domain", "disabled"})  # nothing will ever come through to that address
_SERVERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange")
_MOST = 200_000  # bytes of a part that are searched
_RECIPIENTS = 50

_FAILED = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|failed)|returned (?:mail|to sender)|failure notice"
    r"|mail delivery (?:failed|failure|system)|non.?delivery|could ?n[o']t be delivered|unzustellbar|non remis"
    r"|退信|退回|无法投递|無法傳遞|投递失败|投遞失敗|未送达|未能送达|发送失败",
    re.IGNORECASE,
)
_WAITS = re.compile(r"delay|still being retried|warning: could not send|延迟|延遲|仍在尝试", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<!\d)(?:smtp[; :]|said:|responded|error)?.{0,40}?(?<![\d.])[45]\d\d[- ].{0,250}", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}\w")
# Words of servers that tell more than their number; the first that fits.
_SAID = (
    ("full", re.compile(r"quota|mailbox (?:is )?full|insufficient storage|out of storage|容量|已满|空间不足", re.I)),
    ("large", re.compile(r"too large|size limit|exceeds? .{0,30}size|message size|过大|超过.{0,10}大小", re.I)),
    (
        "domain",
        re.compile(
            r"host (?:or domain name )?not found|domain (?:name )?not found|no such domain|nxdomain|unrouteable"
            r"|域名不存在|domain .{0,40}does not exist",
            re.IGNORECASE,
        ),
    ),
    ("disabled", re.compile(r"disabled|inactive|suspended|deactivated|冻结|停用|禁用|account .{0,20}locked", re.I)),
    (
        "unknown",
        re.compile(
            r"(?:user|mailbox|recipient|address|account)s? .{0,60}"
            r"(?:unknown|not found|not exist|n't exist|unavailable|invalid)"
            r"|(?:unknown|no such|invalid) (?:user|mailbox|recipient|address|account|local)"
            r"|不存在|无此用户|找不到收件人|收件人.{0,6}错误",
            re.IGNORECASE,
        ),
    ),
    ("expired", re.compile(r"expired|retry time|timed? ?out|too long in queue|超时", re.I)),
    ("refused", re.compile(r"spam|policy|block|black ?list|denied|reject|refused|reputation|拒绝|垃圾", re.I)),
)
# RFC 3463: class.subject.detail, without the class.
_BY_STATUS = {
    **dict.fromkeys(("1.0", "1.1", "1.3", "1.6", "1.10"), "unknown"),
    **dict.fromkeys(("1.2", "4.4"), "domain"),
    "2.1": "disabled",
    "2.2": "full",
    **dict.fromkeys(("2.3", "3.4"), "large"),
    "4.7": "expired",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says."""

    kind: str  # BOUNCED, DELAYED, DELIVERED, READ or OTHER
    messages: tuple[UUID, ...] = ()  # of ours that it is about; none: of something else, or it does not say
    addresses: tuple[str, ...] = ()  # that it names, as they compare: some that did not get it
    failed: tuple[str, ...] = ()  # of these, to whom it says that it bounced; none: it does not say
    code: str = ""  # of CODES, where it bounced
    words: str = ""  # what the other server said


def read(mail: Part) -> Report | None:
    """Return what a report says; None for what is none: without the form of one it must name a message of ours."""
    if mail.kind == "multipart/report":
        told = mail.headers.parameters("content-type").get("report-type", "").lower()
        if told == "disposition-notification" or _of_kind(mail, "message/disposition-notification"):
            return _receipt(mail)
        if told == "delivery-status" or _of_kind(mail, "message/delivery-status"):
            return _delivery(mail)
        return None
    report = _in_words(mail) if _looks_like_one(mail.headers) else None
    return report if report is not None and report.messages else None  # people write about lost parcels, too


def _of_kind(mail: Part, *kinds: str) -> Part | None:
    return next((part for part in mail.walk() if part.kind in kinds), None)


def _receipt(mail: Part) -> Report:
    part = _of_kind(mail, "message/disposition-notification")
    said = headers.read(part.content() + b"\n\n", 0, part.end - part.start)[0] if part else Headers()
    shown = said.raw("disposition").rpartition(";")[2].strip().lower().startswith("displayed")
    return Report(READ if shown else OTHER, messages=_ours(mail))


def _delivery(mail: Part) -> Report:
    part = _of_kind(mail, "message/delivery-status")
    blocks = list(_blocks(part.content()[:_MOST])) if part else []
    actions = [block.value("action") for block in blocks]
    kind = next((kind for action, kind in _ACTIONS if action in actions), OTHER if any(actions) else BOUNCED)
    told = [block for block in blocks if block.has("action") or block.has("final-recipient")]
    worst = next((block for block in told if block.value("action") == "failed"), told[0] if told else Headers())
    said = _diagnosis(worst)
    return Report(
        kind,
        messages=_ours(mail),
        addresses=_named(told) + _sent_to(mail),
        failed=_named([block for block in told if block.value("action") in {"failed", ""}]),
        code=code(worst.raw("status"), said) if kind == BOUNCED else "",
        words=said,
    )


_ACTIONS = (("failed", BOUNCED), ("delayed", DELAYED), ("delivered", DELIVERED))


def _blocks(content: bytes) -> Iterator[Headers]:
    """Yield the groups of fields of a report: of the mail, then of each who was to get it."""
    for block in re.split(rb"(?:\r?\n){2,}", content.strip())[:_RECIPIENTS]:
        yield headers.read(block + b"\n", 0, len(block) + 1)[0]


def _diagnosis(block: Headers) -> str:
    said = block.text("diagnostic-code").partition(";")[2].strip() or block.text("diagnostic-code")
    return cleaning.short_line(said or block.text("status"), most=300).text


def _named(blocks: list[Headers]) -> tuple[str, ...]:
    said = [block.raw(name) for block in blocks for name in ("final-recipient", "original-recipient")]
    return _addresses(one.rpartition(";")[2] for one in said if one)


def _sent_to(mail: Part) -> tuple[str, ...]:
    """Return to whom the mail went that comes back with the report."""
    part = _of_kind(mail, "message/rfc822", "text/rfc822-headers", "message/global-headers", "message/global")
    if part is None:
        return ()
    content = part.content()[:_MOST] + b"\n"
    boxes = headers.read(content, 0, len(content))[0].mailboxes("to")
    return (boxes[0].address,) if len(boxes) == 1 else ()


def _looks_like_one(above: Headers) -> bool:
    """By a program that carries mail, about mail that was not carried."""
    if above.has("x-failed-recipients"):
        return True
    senders = above.mailboxes("from")
    local = senders[0].address.partition("@")[0] if senders else ""
    about = above.text("subject")
    return local.startswith(_SERVERS) and bool(_FAILED.search(about) or _WAITS.search(about))


def _in_words(mail: Part) -> Report:
    said = "\n".join(_searched(mail))
    about = mail.headers.text("subject")
    kind = DELAYED if _WAITS.search(about) and not mail.headers.has("x-failed-recipients") else BOUNCED
    words = _server_words(said)
    named = _addresses([*mail.headers.raw("x-failed-recipients").split(","), *_ADDRESS.findall(said[:_MOST])])
    status = _STATUS.search(words) or _STATUS.search(said[:_MOST])
    found = code(status[0] if status else "", words or said[:5000]) if kind == BOUNCED else ""
    return Report(kind, messages=_ours(mail), addresses=named, code=found, words=words)


def code(status: str, words: str) -> str:
    """Return why a mail bounced, by the words of the server if they are clear, else by its number (RFC 3463)."""
    number = _STATUS.search(status) or _STATUS.search(words)
    by_number = _BY_STATUS.get(f"{number[2]}.{number[3]}") if number else None
    if number and number[2] == "7":
        by_number = "refused"
    if by_number in DEAD or by_number == "refused":
        return by_number
    return next((one for one, pattern in _SAID if pattern.search(words)), by_number or "other")


def _server_words(said: str) -> str:
    found = _SMTP.search(said[:20_000])
    return cleaning.short_line(found[0].strip(), most=300).text if found else ""


def _addresses(given: Iterator[str] | list[str]) -> tuple[str, ...]:
    found = dict.fromkeys(known.value for one in given if (known := addresses.email(one)) is not None)
    return tuple(found)[:_RECIPIENTS]


def _ours(mail: Part) -> tuple[UUID, ...]:
    """Return the messages of ours that are named anywhere in a report: in the mail that comes back, in the text."""
    named = " ".join([mail.headers.raw("references"), mail.headers.raw("in-reply-to"), *_searched(mail)])
    return tuple(dict.fromkeys(threads.all_ours(named)))[:5]


def _searched(mail: Part) -> Iterator[str]:
    for part in mail.walk():
        if not part.parts and part.family in {"text", "message", "multipart"}:
            given = part.headers.parameters("content-type").get("charset", "")
            yield charsets.decoded(part.content()[:_MOST], given)
