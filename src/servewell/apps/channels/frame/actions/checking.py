"""The test button: what a look at an account found, kept as its health."""

import structlog

from servewell.apps.base import secrets
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import faults, kinds
from servewell.apps.channels.frame.actions._shared import MANAGE
from servewell.apps.channels.frame.actions.health import fails, works
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account
from servewell.apps.people import permissions

_log = structlog.get_logger(__name__)


def check(principal: Principal, account: Account) -> Checked:
    """Call outside as the account does, and keep what was found as its health; call it outside any transaction."""
    permissions.demand(principal, MANAGE)
    found = _looked(account)
    if found.ok:
        works(account.id)
    else:
        fails(account.id, found.code, found.words)
    return found


def _looked(account: Account) -> Checked:
    try:
        return kinds.of(account.channel).check(account)
    except secrets.Unopenable:
        return Checked(ok=False, code="secret")
    except Exception as fault:
        _log.error("check failed", account=str(account.id), channel=account.channel, **faults.traced(fault))
        return Checked(ok=False, code="broke", words=type(fault).__name__)
