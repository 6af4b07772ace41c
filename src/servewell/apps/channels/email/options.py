"""What can an administrator set about all mailboxes, and what was said about one of them?"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from servewell.apps.base import addresses, settings
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame import options as frame
from servewell.apps.channels.frame.models import Account

# A mail above this is not fetched: its header is set aside, it stays on the server.
LARGEST_MEGABYTES = settings.define("channels_email.largest_megabytes", int, 50, lambda size: 1 <= size <= 500)
# What one mail of ours may weigh as it goes over the line, files included.
SENT_MEGABYTES = settings.define("channels_email.sent_megabytes", int, 25, lambda size: 1 <= size <= 150)

PORTS = {"imap": {"tls": 993, "starttls": 143, "none": 143}, "smtp": {"tls": 465, "starttls": 587, "none": 25}}


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server is, and as whom we sign in."""

    host: str
    port: int
    security: str  # tls | starttls | none
    user: str  # empty: nobody signs in
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuth:
    """How we get tokens in place of a password."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox, as an administrator described it."""

    account: UUID
    address: str  # customers write to it, and we write from it
    domain: str  # of the address, as DNS has it
    name: str  # shown beside the address
    aliases: tuple[str, ...]  # other addresses of ours whose mail comes here, as they compare
    imap: Server
    smtp: Server
    oauth: OAuth | None  # None: by password
    folders: tuple[str, ...]  # that are read
    poll_s: float
    takes_old: bool  # whether the unread mails that are there at first are taken too
    move_to: str  # folder for mails that were taken; empty: they stay, marked as read
    language: str  # where the customer's is unknown

    @property
    def own(self) -> frozenset[str]:
        """Return all addresses of this mailbox, as they compare."""
        return frozenset({compared(self.address), *self.aliases})


def of(account: Account) -> Box:
    """Return what was said about a mailbox, secrets opened."""
    said = frame.of(account)
    oauth = _oauth(said) if said["auth"] == "oauth2" else None
    user = str(said["imap_user"] or account.address)
    known = addresses.email(account.address)
    return Box(
        account=account.id,
        address=account.address,
        domain=known.value.rpartition("@")[2] if known else "",
        name=str(said["display_name"] or ""),
        aliases=tuple(compared(one) for one in said["aliases"] or ()),
        imap=_server("imap", said, user, str(said.get("password") or "")),
        smtp=_server(
            "smtp", said, _smtp_user(said, user), str(said.get("smtp_password") or said.get("password") or "")
        ),
        oauth=oauth,
        folders=tuple(one.strip() for one in said["imap_folders"] or () if one.strip()) or ("INBOX",),
        poll_s=float(said["poll_s"]),
        takes_old=bool(said["take_old"]),
        move_to=str(said["move_to"] or "") if said["after_read"] == "move" else "",
        language=account.language,
    )


def said(account: Account) -> dict[str, Any]:
    """Return what was said about a mailbox, without its secrets."""
    defaults = {field.key: field.default for field in kinds.of(account.channel).fields}
    return {**defaults, **account.options}


def own_addresses() -> frozenset[str]:
    """Return all addresses of all our mailboxes, as they compare."""
    found: set[str] = set()
    for address, stored in Account.objects.filter(channel="email", removed_at=None).values_list("address", "options"):
        found |= {compared(address), *map(compared, stored.get("aliases") or ())}
    return frozenset(found - {""})


def compared(address: str) -> str:
    """Return an address as it compares."""
    known = addresses.email(address)
    return known.value if known else address.strip().lower()


def _server(which: str, said: dict[str, Any], user: str, password: str) -> Server:
    security = str(said[f"{which}_security"])
    port = int(said[f"{which}_port"] or PORTS[which][security])
    return Server(str(said[f"{which}_host"] or ""), port, security, user, password)


def _smtp_user(said: dict[str, Any], usual: str) -> str:
    return "" if said["smtp_open"] else str(said["smtp_user"] or usual)


def _oauth(said: dict[str, Any]) -> OAuth:
    return OAuth(
        token_url=str(said["oauth_token_url"] or ""),
        client_id=str(said["oauth_client_id"] or ""),
        client_secret=str(said.get("oauth_client_secret") or ""),
        refresh_token=str(said.get("oauth_refresh_token") or ""),
        scope=str(said["oauth_scope"] or ""),
    )
