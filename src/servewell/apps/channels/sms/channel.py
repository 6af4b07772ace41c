"""What is this channel, to the frame?"""

import re
from collections.abc import Mapping
from typing import Any

from servewell.apps.base import settings
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.kinds import Field
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.sms import receiving, sending
from servewell.apps.channels.sms.checking import check

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_SHORTEST_SECRET = 24  # characters
_WITH_SECRET = ("bearer", "basic", "header")
FIELDS = (
    Field("send_url", "url", required=True, most=2000, group="gateway"),
    Field("check_url", "url", most=2000, group="gateway"),
    Field("auth", "choice", default="bearer", options=("bearer", "basic", "header", "none"), group="gateway"),
    Field("auth_user", most=200, group="gateway", only_when=("auth", ("basic",))),
    Field("auth_header", default="X-API-Key", most=100, group="gateway", only_when=("auth", ("header",))),
    Field("auth_secret", "secret", most=2000, required=True, group="gateway", only_when=("auth", _WITH_SECRET)),
    Field("most_parts", "number", default=10, least=1, most=255, group="gateway"),
    Field("format", "choice", default="json", options=("json", "form"), group="names"),
    Field("to_name", default="to", required=True, most=60, group="names"),
    Field("from_name", default="from", most=60, group="names"),
    Field("text_name", default="text", required=True, most=60, group="names"),
    Field("id_name", default="reference", most=60, group="names"),
    Field("answer_id", default="id", most=100, group="names"),
    Field("callback_secret", "secret", required=True, most=500, group="coming"),
    Field("in_from", default="from", required=True, most=60, group="coming"),
    Field("in_to", default="to", most=60, group="coming"),
    Field("in_text", default="text", required=True, most=60, group="coming"),
    Field("in_id", default="id", most=60, group="coming"),
    Field("report_id", default="id", required=True, most=60, group="coming"),
    Field("report_status", default="status", required=True, most=60, group="coming"),
    Field("report_reason", default="reason", most=60, group="coming"),
)


def fits(account: Account, said: Mapping[str, Any]) -> None:
    """Demand a number of ours, and secrets where they are needed and hard to guess; BadOption."""
    if not account.address:
        raise BadOption(field="address", reason="required")
    if len(said["callback_secret"]) < _SHORTEST_SECRET:
        raise BadOption(channel="sms", field="callback_secret", reason="short_secret", limit=_SHORTEST_SECRET)
    if said["auth"] == "header" and not _HEADER.fullmatch(said["auth_header"]):
        raise BadOption(channel="sms", field="auth_header", reason="not_header")
    if said["auth"] == "basic" and ":" in said["auth_user"]:
        raise BadOption(channel="sms", field="auth_user", reason="colon")
    if not said.get("auth_secret", "").isascii() and said["auth"] in ("bearer", "header"):
        raise BadOption(channel="sms", field="auth_secret", reason="not_header")


def extra(account: Account) -> dict[str, str]:
    """Tell the addresses that the gateway is to call."""
    base = str(settings.get("channels.public_url")).rstrip("/")
    at = f"{base}/api/v1/channels/sms/{account.id}"
    return {"incoming": f"POST {at}/incoming", "report": f"POST {at}/report"}


CHANNEL = kinds.register(
    kinds.Channel(
        code="sms",
        sources=("sms:",),
        speaks="sms",
        fields=FIELDS,
        check=check,
        send=sending.send,
        take=receiving.take,
        fits=fits,
        extra=extra,
        arrival_limit=2**20,
        needs_address=True,
    )
)
