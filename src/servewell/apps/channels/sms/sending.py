"""How does an answer reach a telephone? One call of the gateway, with our id, which is the same at every try.

What its answer means: 2xx taken, 400/404/410/413/415/422 never this one, 401/403/405 nobody let in, 429/503 later,
everything else again.
"""

from servewell.apps.base import outside
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.base.outside import Reply
from servewell.apps.channels.frame import links, options
from servewell.apps.channels.frame.kinds import Outgoing, SendFailed, Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.sms import gateway, parts

_REFUSED = {400, 404, 410, 413, 415, 422}  # this very message will never be taken
_DENIED = {401, 403, 405}  # nothing will be, until somebody changes the account
_BUSY = {429, 503}


def send(account: Account, message: Outgoing) -> Sent:
    """Hand a message over; SendFailed."""
    said = options.of(account)
    number, text = number_of(message), text_of(message)
    if parts.count(text) > said["most_parts"]:
        raise SendFailed("too_long", str(parts.count(text)), permanent=True)
    values = {said["to_name"]: number, said["text_name"]: text}
    values |= {said["from_name"]: account.address} if said["from_name"] else {}
    values |= {said["id_name"]: message.key} if said["id_name"] else {}
    try:
        reply = gateway.call("POST", said["send_url"], said, values, message.key)
    except AddressRefused as refusal:
        code = "denied" if refusal.values["reason"] == "redirects" else "forbidden"  # a POST is never sent on
        raise SendFailed(code, permanent=False, whole=True) from refusal
    except OutsideFailure as failure:
        raise SendFailed("unreachable", str(failure), permanent=False, whole=True) from failure
    return Sent(gateway.found(_taken(reply).body, said["answer_id"]))


def number_of(message: Outgoing) -> str:
    """Return the number to send to: the one they wrote from, else the surest we know; SendFailed."""
    number = message.thread or message.identities.get("phone", "")
    if not number:
        raise SendFailed("no_number", permanent=True)
    return number


def text_of(message: Outgoing) -> str:
    """Return what is sent; files do not travel by SMS, the customer's page shows them. SendFailed."""
    if not message.files:
        return message.text
    link = links.link_of(message.conversation_id, message.language)
    if not link:
        raise SendFailed("files", permanent=True)
    return f"{message.text}\n{link}".strip()


def _taken(reply: Reply) -> Reply:
    """Return a 2xx; SendFailed for all else."""
    status, words = reply.status, outside.words_of(reply)
    if 200 <= status < 300:
        return reply
    if status in _REFUSED:
        raise SendFailed("refused", words, permanent=True)
    if status in _BUSY:
        raise SendFailed("busy", words, permanent=False, wait=outside.asked_wait(reply))
    if status in _DENIED:
        raise SendFailed("denied", words, permanent=False, whole=True)
    raise SendFailed("answered", words, permanent=False)
