"""What is this channel, to the frame?"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from servewell.apps.channels.api import sending, waiting
from servewell.apps.channels.api.checking import check
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.kinds import Field
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.models import Channel as Ways

_SHORTEST_KEY = 24  # bytes; Standard Webhooks asks for 24 to 64
FIELDS = (
    Field("speaks", "choice", default="api", options=tuple(Ways.values), required=True, group="coming"),
    Field("keys", "list", default=[], most=20, group="coming"),
    Field("callback_url", "url", most=2000, group="answers"),
    Field("callback_secret", "secret", most=200, group="answers"),
)


def fits(account: Account, said: Mapping[str, Any]) -> None:
    """Demand a name of the source, and a good secret for a callback; BadOption."""
    if not account.address:
        raise BadOption(field="address", reason="required")
    if len(account.address) > 100:
        raise BadOption(field="address", reason="too_long", limit=100)
    if kinds.is_reserved(account.address):
        raise BadOption(channel="api", field="address", reason="reserved")
    if said["callback_url"] and not said.get("callback_secret"):
        raise BadOption(channel="api", field="callback_secret", reason="required")
    if said.get("callback_secret") and not _is_secret(said["callback_secret"]):
        raise BadOption(channel="api", field="callback_secret", reason="not_secret")


def extra(account: Account) -> dict[str, str]:
    """Tell the addresses that the outside system calls."""
    told = {"incoming": f'POST /api/v1/conversations/incoming  {{"source": "{account.address}", …}}'}
    if not account.options.get("callback_url"):
        told["outgoing"] = f"GET /api/v1/channels/api/{account.id}/outgoing"
    return told


def _is_secret(text: str) -> bool:
    """Is it `whsec_` and the Base64 of enough bytes?"""
    try:
        return text.startswith("whsec_") and len(base64.b64decode(text[6:], validate=True)) >= _SHORTEST_KEY
    except (binascii.Error, ValueError):
        return False


CHANNEL = kinds.register(
    kinds.Channel(
        code="api",
        speaks="api",
        needs_address=True,
        fields=FIELDS,
        check=check,
        send=sending.send,
        fits=fits,
        changed=waiting.call_out,
        extra=extra,
    )
)
