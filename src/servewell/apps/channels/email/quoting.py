"""What of a mail is new, and what stood there before? Quoted mails and signatures are parted from what was written.

Programs write no rule into their mails, so this goes by how they look in English and Chinese (and what the large
European languages say before a quotation). When in doubt nothing is parted: too much to read is better than too
little. The words of both parts together are the words of the mail.
"""

import re
from dataclasses import dataclass

from servewell.apps.channels.email.headers import Mailbox, mailboxes

_LONGEST_LINE = 500  # characters; longer ones are no line of a program
_MOST_LINES = 5000  # among which a quotation is looked for; behind more of one's own words there is none
_INTRODUCED = 4  # lines that an introduction may be broken into
_BLOCK = 7  # lines of a head of a quoted mail that are looked at
_LONGEST_SIGNATURE = 12  # lines
_HEADS = 500  # lines among which the head of a mail that is sent on is looked for

_BEGINS = re.compile(
    r"\s*(?:On|At|Le|El|Am|Il|Em|Op|Den|在|于|於|\d{4}\s*[-/年.]|[\"“<\w].{0,120}@)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r".{0,400}(?:wrote|writes|said|写道|寫道|写到|来信|來信|schrieb\b.{0,80}|a écrit|escribió|ha scritto|escreveu"
    r"|schreef\b.{0,80})\s*[:：]\s*",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"[\s>]*[-_=—*]{2,30}\s*(?:original (?:message|appointment)|original|reply message|ursprüngliche nachricht"
    r"|message d'origine|mensaje original|原始(?:邮件|郵件|消息)|原(?:邮件|郵件)|回复的?(?:原)?邮件|邮件原件)"
    r"\s*[-_=—*]{2,30}\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*(?:[-_=—]{2,30}\s*(?:forwarded (?:message|by)|转发的?邮件|轉寄郵件|转发邮件信息|forwarded mail).{0,60}"
    r"|begin forwarded message:|以下是转发的邮件[:：]?)\s*",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\s*\**\s*(?:from|发件人|寄件者|寄件人|发送人|von|de|da)\s*\**\s*[:：]\**\s*\S.{0,300}", re.IGNORECASE
)
_FIELD = re.compile(
    r"\s*\**\s*(?:sent|date|to|subject|cc|发送时间|发送日期|日期|时间|收件人|主\s?题|主旨|抄送|副本|寄件日期|收件者"
    r"|gesendet|an|betreff|envoyé|à|objet|enviado|para|asunto)\s*\**\s*[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_-]{20,}\s*")
_SIGNED = re.compile(r"--\s?")
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|via|with) (?:my )?.{2,60}|get outlook for .{2,40}"
    r"|[发發]自我的.{1,30}|[从從]我的.{1,30}(?:发送|傳送)"
    r"|发自\s?.{1,30}(?:邮箱|大师|手机|邮件).{0,20}|来自我的.{1,30}|(?:获取|下载)\s?outlook.{0,40}"
    r"|von meinem .{2,40} gesendet|envoyé (?:de mon|depuis) .{2,40}|enviado (?:desde|do) .{2,40})\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A mail's text in two parts."""

    text: str  # what was written now
    quoted: str = ""  # earlier mails and the signature


def split(text: str) -> Said:
    """Return what was written, and what is quoted or signed. Answers between the lines of a quotation stay with it."""
    lines = text.replace("\r\n", "\n").split("\n")
    start, is_marked = _quotation(lines)
    own, below, after = lines[:start], lines[start:], list[str]()
    if is_marked:
        below, after = _below(below)
        if _is_between(below):
            own, below, after = lines, [], []
    own, signature = _signed([*own, *after])
    if not any(line.strip() for line in own):
        return Said(text.strip("\n"))
    return Said("\n".join(own).strip("\n").rstrip(), "\n".join([*signature, *below]).strip("\n").rstrip())


def forwarded_from(text: str, *, anywhere: bool) -> Mailbox | None:
    """Return who wrote the mail that a text sends on; None when it sends none on.

    `anywhere`: it is known to send one on, so that the first head of a mail in it counts, whatever stands above it.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for at, line in enumerate(lines[:_HEADS]):
        if len(line) > _LONGEST_LINE:
            continue
        if _FORWARDED.fullmatch(line) or (anywhere and _is_head(lines, at)):
            return _author(lines[at : at + _BLOCK])
    return None


def _author(lines: list[str]) -> Mailbox | None:
    said = next((line for line in lines if _FROM.fullmatch(line)), "")
    value = re.split(r"[:：]", said, maxsplit=1)[-1].strip(" *\t;")
    return next(iter(mailboxes(re.sub(r"\[mailto:([^\]]*)\]", r"<\1>", value))), None)


def _quotation(lines: list[str]) -> tuple[int, bool]:
    """Return where the quotation begins, and whether `>` marks its lines; behind the last line when there is none."""
    for at, line in enumerate(lines[:_MOST_LINES]):
        if len(line) > _LONGEST_LINE or not line.strip():
            continue
        if _FORWARDED.fullmatch(line):
            break  # what somebody sends on to us is what they have to say
        if line.lstrip().startswith(">"):
            return at, True
        if _LINE.fullmatch(line) or _is_head(lines, at):
            return at, False
        if (height := _introduction(lines, at)) is not None:
            return at, _next_is_marked(lines, at + height)
    return len(lines), False


def _introduction(lines: list[str], at: int) -> int | None:
    """Return over how many lines somebody is said to have written, or None."""
    if not _BEGINS.match(lines[at]):
        return None
    words = ""
    for height, line in enumerate(lines[at : at + _INTRODUCED], start=1):
        words = f"{words} {line.strip()}"
        if len(words) > _LONGEST_LINE or not line.strip():
            return None
        if _WROTE.fullmatch(words) and re.search(r"\d|@", words):
            return height
    return None


def _is_head(lines: list[str], at: int) -> bool:
    """Does the head of an earlier mail stand here, as Outlook and the mail services of China write it?"""
    if _RULE.fullmatch(lines[at]):
        below = next((near for near in range(at + 1, min(at + 4, len(lines))) if lines[near].strip()), None)
        return below is not None and bool(_FROM.fullmatch(lines[below])) and _is_head(lines, below)
    if not _FROM.fullmatch(lines[at]):
        return False
    block = [line for line in lines[at + 1 : at + _BLOCK * 2] if line.strip()][:_BLOCK]
    return sum(bool(_FIELD.match(line)) for line in block) >= 2


def _next_is_marked(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _below(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the introduction with the marked lines, and what is written below them."""
    last = max((at for at, line in enumerate(lines) if line.lstrip().startswith(">")), default=-1)
    return lines[: last + 1], lines[last + 1 :]


def _is_between(lines: list[str]) -> bool:
    """Are there words of their own between marked lines?"""
    blocks, inside = 0, False
    for line in lines:
        marked = line.lstrip().startswith(">")
        if marked and not inside:
            blocks += 1
        if line.strip():
            inside = marked
    return blocks > 1


def _signed(lines: list[str]) -> tuple[list[str], list[str]]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for at in range(max(0, end - _LONGEST_SIGNATURE), end):
        if _SIGNED.fullmatch(lines[at]):
            return lines[:at], lines[at:]
    if end > 1 and len(lines[end - 1]) < _LONGEST_LINE and _DEVICE.fullmatch(lines[end - 1]):
        return lines[: end - 1], lines[end - 1 :]
    return lines, []
