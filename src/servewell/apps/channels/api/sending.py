"""How does an answer reach the outside system? By a signed call, or it waits until the system fetches it.

A call carries the same id at every try, so that the other side can drop what it has. What its answer means:
2xx taken, 400/413/415/422 never this one, 410 nobody there any more, 429/503 later, everything else again.
"""

import json
from functools import partial
from typing import Any

from servewell.apps.base import outside
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.base.outside import Reply
from servewell.apps.channels.api import calling, links, waiting
from servewell.apps.channels.frame.kinds import Outgoing, SendFailed, Sent
from servewell.apps.channels.frame.models import Account

_REFUSED = {400, 413, 415, 422}  # this very message will never be taken
_DENIED = {401, 403, 404, 405}  # nothing will be, until somebody changes the address or the secret
_BUSY = {429, 503}
_STATES = ("sent", "delivered", "read")


def send(account: Account, message: Outgoing) -> Sent:
    """Hand a message over; SendFailed."""
    callback = calling.callback_of(account)
    if callback is None:
        # it waits at `/outgoing`; the outside system reports what became of it
        return Sent(state="queued", note=partial(waiting.demand_no_callback, account.id))
    try:
        reply = calling.post(callback, message.key, body_of(account, message))
    except AddressRefused as refusal:
        code = "denied" if refusal.values["reason"] == "redirects" else "forbidden"  # a POST is never sent on
        raise SendFailed(code, permanent=False, whole=True) from refusal
    except OutsideFailure as failure:
        raise SendFailed("unreachable", str(failure), permanent=False, whole=True) from failure
    return _judged(reply)


def body_of(account: Account, message: Outgoing) -> dict[str, Any]:
    """Return what a call says."""
    return {
        "type": "message",
        "id": message.key,
        "attempt": message.attempt,
        "account": str(account.id),
        "source": account.address,
        "conversation": {
            "id": str(message.conversation_id),
            "number": message.number,
            "thread": message.thread,
            "subject": message.subject,
        },
        "customer": {"id": str(message.customer_id), "identities": dict(message.identities)},
        "message": {
            "id": str(message.message_id),
            "text": message.text,
            "html": message.html,
            "language": message.language,
            "written_at": message.written_at.isoformat().replace("+00:00", "Z"),
            "files": [links.shown(account.id, message.message_id, file) for file in message.files],
        },
    }


def _judged(reply: Reply) -> Sent:
    """Return what a 2xx says; SendFailed for all else."""
    status, words = reply.status, calling.words_of(reply)
    if 200 <= status < 300:
        return _taken(reply.body)
    if status in _REFUSED:
        raise SendFailed("refused", words, permanent=True)
    if status == 410:
        raise SendFailed("gone", words, permanent=True)
    if status in _BUSY:
        raise SendFailed("busy", words, permanent=False, wait=outside.asked_wait(reply))
    if status in _DENIED:
        raise SendFailed("denied", words, permanent=False, whole=True)
    raise SendFailed("answered", words, permanent=False)


def _taken(body: bytes) -> Sent:
    """The answer may say under which name the message is known there, and how far it got; it need not say anything."""
    try:
        said = json.loads(body)
    except ValueError:
        return Sent()
    if not isinstance(said, dict):
        return Sent()
    name, state = said.get("external_id"), said.get("state")
    return Sent(str(name) if isinstance(name, str | int) else "", state if state in _STATES else "sent")
