"""Which chat is it? An account of this channel, and what its administrator said about it."""

from typing import Any
from uuid import UUID

from servewell.apps.channels.frame import options
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat.errors import NoSuchSite

CODE = "webchat"


def site(account_id: UUID) -> Account:
    """Return a chat that is open for visitors; NoSuchSite."""
    found = Account.objects.select_related("team").filter(pk=account_id, channel=CODE).first()
    return usable(found)


def usable(account: Account | None) -> Account:
    """Return the account if it is in use; NoSuchSite."""
    if account is None or not account.is_active:
        raise NoSuchSite
    return account


def option(account: Account, key: str) -> Any:
    """Return what was said about a field, else its default."""
    from servewell.apps.channels.webchat.channel import DEFAULTS

    return account.options.get(key, DEFAULTS[key])


def identity_secrets(account: Account) -> list[str]:
    """Return the secrets that sign identities: the present one, and the one before while it is kept."""
    opened = options.opened(account)
    return [secret for key in ("identity_secret", "identity_secret_before") if (secret := opened.get(key))]


def person_source(account: Account) -> str:
    """Return the system whose ids the signed identities carry."""
    return str(option(account, "identity_source")).strip() or f"chat:{account.id}"
