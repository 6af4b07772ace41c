"""What is this channel, to the frame?"""

from collections.abc import Mapping
from typing import Any

from servewell.apps.base import settings, typed
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.kinds import Field
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import actions, cors, forms
from servewell.apps.channels.webchat.checking import check

_ASKED = ("off", "optional", "required")
FIELDS = (
    Field("origins", "list", default=[], most=50, group="page"),
    Field("title_zh", most=60, default="", group="words"),
    Field("title_en", most=60, default="", group="words"),
    Field("greeting_zh", "lines", most=500, default="", group="words"),
    Field("greeting_en", "lines", most=500, default="", group="words"),
    Field("away_zh", "lines", most=500, default="", group="words"),
    Field("away_en", "lines", most=500, default="", group="words"),
    Field("privacy_zh", "lines", most=500, default="", group="words"),
    Field("privacy_en", "lines", most=500, default="", group="words"),
    Field("privacy_url", "url", default="", group="words"),
    Field("languages", "choice", default="both", options=("both", "zh-Hans", "en"), group="words"),
    Field("colour", "colour", default="#0f766e", group="look"),
    Field("position", "choice", default="right", options=("left", "right"), group="look"),
    Field("theme", "choice", default="auto", options=("auto", "light", "dark"), group="look"),
    Field("offset_x", "number", default=20, least=0, most=400, group="look"),
    Field("offset_y", "number", default=20, least=0, most=400, group="look"),
    Field("rings", "boolean", default=True, group="look"),
    Field("ask_name", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_email", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_phone", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_fields", "list", default=[], most=20, group="form"),
    Field("take_when_closed", "boolean", default=True, group="hours"),
    Field("files", "boolean", default=True, group="files"),
    Field("file_megabytes", "number", default=10, least=1, most=100, group="files"),
    Field("transcript", "boolean", default=True, group="files"),
    Field("identity", "choice", default="optional", options=("none", "optional", "required"), group="identity"),
    Field("identity_secret", "secret", most=500, group="identity"),
    Field("identity_secret_before", "secret", most=500, group="identity"),
    Field("identity_source", most=80, default="", group="identity"),
)
DEFAULTS = {field.key: field.default for field in FIELDS}
_SHORTEST_SECRET = 32  # characters: 128 bits where they are hexadecimal digits


def fits(account: Account, said: Mapping[str, Any]) -> None:
    """Demand origins and keys of fields that can be, and secrets that nobody guesses; BadOption."""
    for origin in said["origins"]:
        if cors.normal(origin) != origin:
            raise _bad("origins", "not_origin", options=[cors.normal(origin) or "https://shop.example"])
    for key in said["ask_fields"]:
        if not typed.KEY.fullmatch(key.removesuffix(forms.REQUIRED)):
            raise _bad("ask_fields", "not_key")
    for secret in ("identity_secret", "identity_secret_before"):
        if said.get(secret) and len(said[secret]) < _SHORTEST_SECRET:
            raise _bad(secret, "short_secret", limit=_SHORTEST_SECRET)
    if said["identity"] == "required" and not said.get("identity_secret"):
        raise _bad("identity_secret", "required")


def extra(account: Account) -> dict[str, str]:
    """Give the line of code for the shop's pages, a page to try it on, and what a content policy must allow."""
    base = str(settings.get("channels.public_url")).rstrip("/") or "https://servewell.example"
    return {
        "snippet": f'<script src="{base}/widget/v1.js" data-site="{account.id}" async></script>',
        "preview": f"/preview/{account.id}",
        "policy": f"script-src {base}; connect-src {base}",
    }


def _bad(field: str, reason: str, **limits: Any) -> BadOption:
    return BadOption(channel="webchat", field=field, reason=reason, **limits)


CHANNEL = kinds.register(
    kinds.Channel(
        code="webchat",
        sources=("chat:",),
        speaks="chat",
        fields=FIELDS,
        check=check,
        fits=fits,
        extra=extra,
        tidy=actions.forget_silent,
    )
)
