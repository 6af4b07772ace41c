"""Did a person write this, or a program? What a program wrote is kept and never answered by one of ours.

RFC 3834 (Auto-Submitted), 2919 (List-Id), 5230 (vacation), 5965 (complaints), and what programs said before there were
rules.
"""

import re

from servewell.apps.channels.email.headers import Headers
from servewell.apps.channels.email.mime import Part

PERSON = ""
REPLY = "reply"  # a program answers: somebody is away, a ticket was opened
NOTICE = "notice"  # a program tells something by itself
BULK = "bulk"  # the same to many
LIST = "list"  # a mailing list
KINDS = (REPLY, NOTICE, BULK, LIST)
MARK = "x-servewell-message"  # stands in each mail of ours, with its own Message-ID

_ROBOTS = (
    *("mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "bounce", "bounces", "autoreply", "auto-reply"),
    *("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply"),
)
_REPLIES = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-auto-reply-from")
_NOTICES = ("x-loop", "x-failed-recipients", "x-ms-exchange-inbox-rules-loop")
# What programs put before a subject; whoever answers them has another word before it. A person may begin with the
# words too, and goes on without a colon.
_AWAY = re.compile(
    r"\s*[\[【(（]?\s*(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?"
    r"|automatische (?:antwort|abwesenheits\w+)|abwesenheitsnotiz|réponse automatique|respuesta automática"
    r"|risposta automatica|resposta automática|(?:外出)?自动回复|自動回覆|自動回復|自动答复|自動応答)"
    r"\s*(?:[:：\]】)）]|$)",
    re.IGNORECASE,
)


def kind(mail: Part) -> str:
    """Return by what kind of program a mail was written; PERSON when nothing says that it was one."""
    headers = mail.headers
    submitted = headers.value("auto-submitted")
    precedence = headers.value("precedence") or headers.value("x-precedence")
    if submitted.startswith("auto-replied") or precedence == "auto_reply" or any(map(headers.has, _REPLIES)):
        return REPLY
    if headers.has("list-id") or headers.has("list-post") or precedence == "list":
        return LIST
    if precedence in {"bulk", "junk"} or headers.has("list-unsubscribe") or headers.has("feedback-id"):
        return BULK
    if _AWAY.match(headers.text("subject")) or _accepts(mail):
        return REPLY
    return NOTICE if _is_notice(mail, submitted) else PERSON


def _accepts(mail: Part) -> bool:
    """Does a calendar say that somebody comes, or does not (RFC 5546)?"""
    return any(
        part.kind == "text/calendar" and part.headers.parameters("content-type").get("method", "").lower() == "reply"
        for part in mail.walk()
    )


def _is_notice(mail: Part, submitted: str) -> bool:
    headers = mail.headers
    generated = submitted not in {"", "no"} or any(map(headers.has, _NOTICES)) or mail.kind == "multipart/report"
    suppress = headers.value("x-auto-response-suppress")
    quiet = suppress not in {"", "none"}
    return generated or quiet or has_no_way_back(headers) or _is_robot(headers)


def has_no_way_back(headers: Headers) -> bool:
    """Was it sent so that no answer can reach its sender: as bounces are?"""
    return headers.has("return-path") and headers.raw("return-path").replace(" ", "") in {"<>", ""}


def _is_robot(headers: Headers) -> bool:
    senders = headers.mailboxes("from")
    local = senders[0].address.partition("@")[0].lower() if senders else ""
    return any(local == robot or local.startswith((f"{robot}+", f"{robot}-")) for robot in _ROBOTS)
