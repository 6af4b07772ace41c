"""Which addresses are our own? Of all mailboxes; a mail from one of them is from us, whichever it came to."""

import time
from pathlib import Path

from servewell.apps.base import statements
from servewell.apps.channels.email.options import compared
from servewell.apps.channels.frame.models import Account

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
_KEPT_S = 5.0  # a mailbox that was added is known everywhere after so long
_LONG_AGO = float("-inf")
_asked: dict[str, float] = {"at": _LONG_AGO}  # by the monotonic clock
_known: dict[str, frozenset[str]] = {"addresses": frozenset()}


def everywhere() -> frozenset[str]:
    """Return the addresses and aliases of all our mailboxes, as they compare; asked anew every few seconds."""
    if time.monotonic() - _asked["at"] > _KEPT_S:
        found = statements.prepared(_SQL["own_addresses"], {})
        _known["addresses"] = frozenset(one for address, aliases in found for one in _compared(address, aliases))
        _asked["at"] = time.monotonic()
    return _known["addresses"]


def forget() -> None:
    """Ask anew at the next need."""
    _asked["at"] = _LONG_AGO


def of(account: Account) -> frozenset[str]:
    """Return the addresses of one mailbox."""
    return frozenset(_compared(account.address, account.options.get("aliases") or []))


def _compared(address: str, aliases: list[str]) -> list[str]:
    return [compared(one) for one in (address, *aliases) if one.strip()]
