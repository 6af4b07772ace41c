"""Did a person write this, or a program? What a program wrote is kept and never answered by one of ours.

RFC 3834 (Auto-Submitted), 2919 (List-Id), 5230 (vacation), and what programs said before there were rules.
"""

from servewell.apps.channels.email.headers import Headers

PERSON = ""
REPLY = "reply"  # a program answers: somebody is away, a ticket was opened
NOTICE = "notice"  # a program tells something by itself
BULK = "bulk"  # the same to many
LIST = "list"  # a mailing list
KINDS = (REPLY, NOTICE, BULK, LIST)
MARK = "x-servewell-message"  # stands in each mail of ours, with its own Message-ID

_ROBOTS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "no_reply", "bounce")
_REPLIES = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-auto-reply-from")


def kind(headers: Headers) -> str:
    """Return by what kind of program a mail was written; PERSON when nothing says that it was one."""
    submitted = headers.value("auto-submitted")
    precedence = headers.value("precedence") or headers.value("x-precedence")
    if submitted.startswith("auto-replied") or precedence == "auto_reply" or any(map(headers.has, _REPLIES)):
        return REPLY
    if headers.has("list-id") or headers.has("list-post") or precedence == "list":
        return LIST
    if precedence in {"bulk", "junk"} or headers.has("list-unsubscribe") or headers.has("feedback-id"):
        return BULK
    return NOTICE if _is_notice(headers, submitted) else PERSON


def _is_notice(headers: Headers, submitted: str) -> bool:
    generated = submitted not in {"", "no"} or headers.has("x-loop")
    suppress = headers.value("x-auto-response-suppress")
    quiet = suppress not in {"", "none"}
    return generated or quiet or has_no_way_back(headers) or _is_robot(headers)


def has_no_way_back(headers: Headers) -> bool:
    """Was it sent so that no answer can reach its sender: as bounces are?"""
    return headers.has("return-path") and headers.raw("return-path").replace(" ", "") in {"<>", ""}


def _is_robot(headers: Headers) -> bool:
    senders = headers.mailboxes("from")
    local = senders[0].address.partition("@")[0] if senders else ""
    return local.startswith(_ROBOTS)
