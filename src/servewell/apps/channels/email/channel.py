"""What is this channel, to the frame?"""

from collections.abc import Mapping
from typing import Any

from servewell.apps.base import addresses
from servewell.apps.channels.email import keeping, mailing, sending, taking
from servewell.apps.channels.email.checking import check
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.frame.kinds import Field
from servewell.apps.channels.frame.models import Account

_SECURITY = ("tls", "starttls", "none")
_BY_PASSWORD, _BY_OAUTH = ("auth", ("password",)), ("auth", ("oauth2",))
FIELDS = (
    Field("display_name", most=100, group="identity"),
    Field("aliases", "list", default=[], most=100, group="identity"),
    Field("auth", "choice", default="password", options=("password", "oauth2"), required=True, group="sign_in"),
    Field("password", "secret", most=1000, required=True, group="sign_in", only_when=_BY_PASSWORD),
    Field("oauth_token_url", "url", required=True, group="sign_in", only_when=_BY_OAUTH),
    Field("oauth_client_id", most=500, required=True, group="sign_in", only_when=_BY_OAUTH),
    Field("oauth_client_secret", "secret", most=4000, group="sign_in", only_when=_BY_OAUTH),
    Field("oauth_refresh_token", "secret", most=10_000, required=True, group="sign_in", only_when=_BY_OAUTH),
    Field("oauth_scope", most=500, group="sign_in", only_when=_BY_OAUTH),
    Field("imap_host", most=253, required=True, group="receiving"),
    Field("imap_port", "number", default=993, least=1, most=65535, group="receiving"),
    Field("imap_security", "choice", default="tls", options=_SECURITY, required=True, group="receiving"),
    Field("imap_user", most=320, group="receiving"),
    Field("imap_folders", "list", default=["INBOX"], most=20, group="receiving"),
    Field("take_old", "boolean", default=False, group="receiving"),
    Field("poll_s", "number", default=60, least=5, most=3600, group="receiving"),
    Field("after_read", "choice", default="seen", options=("seen", "move"), required=True, group="receiving"),
    Field(
        "move_to", most=200, default="Servewell", required=True, group="receiving", only_when=("after_read", ("move",))
    ),
    Field("trusted_authserv", most=253, group="receiving"),
    Field("forwards_from_staff", "boolean", default=False, group="receiving"),
    Field("smtp_host", most=253, required=True, group="sending"),
    Field("smtp_port", "number", default=587, least=1, most=65535, group="sending"),
    Field("smtp_security", "choice", default="starttls", options=_SECURITY, required=True, group="sending"),
    Field("smtp_open", "boolean", default=False, group="sending"),
    Field("smtp_user", most=320, group="sending"),
    Field("smtp_password", "secret", most=1000, group="sending", only_when=_BY_PASSWORD),
    Field("quote", "boolean", default=True, group="words"),
    Field("number_in_subject", "boolean", default=True, group="words"),
    Field("link", "boolean", default=True, group="words"),
    Field("signature_zh", "lines", most=2000, group="words"),
    Field("signature_en", "lines", most=2000, group="words"),
    Field("acknowledge", "boolean", default=False, group="answers"),
    Field("acknowledge_zh", "lines", most=4000, group="answers"),
    Field("acknowledge_en", "lines", most=4000, group="answers"),
    Field("out_of_hours", "boolean", default=False, group="answers"),
    Field("out_of_hours_zh", "lines", most=4000, group="answers"),
    Field("out_of_hours_en", "lines", most=4000, group="answers"),
)


def fits(account: Account, said: Mapping[str, Any]) -> None:
    """Demand an address, aliases that are addresses, and a server to trust where forwards are taken; BadOption."""
    if addresses.email(account.address) is None:
        raise BadOption(field="address", reason="not_email")
    if any(addresses.email(alias) is None for alias in said["aliases"]):
        raise BadOption(channel=CHANNEL.code, field="aliases", reason="not_email")
    # else whoever writes in the name of one of us writes in anybody's
    if said["forwards_from_staff"] and not said.get("trusted_authserv"):
        raise BadOption(channel=CHANNEL.code, field="trusted_authserv", reason="required")


CHANNEL = kinds.register(
    kinds.Channel(
        code="email",
        sources=("email",),
        speaks="email",
        fields=FIELDS,
        check=check,
        send=sending.send,
        take=taking.take,
        keep=keeping.keep,
        fits=fits,
        lease_s=115.0,
        arrival_limit=512 * 2**20,
        mail=mailing.send,
        needs_address=True,
    )
)
