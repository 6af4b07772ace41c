"""Does an account work? What the test button finds: the callback is called with a ping."""

from servewell.apps.base import ids
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.channels.api import calling
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account


def check(account: Account) -> Checked:
    """Call the callback with `{"type": "ping"}`; without one nothing is called: answers wait to be fetched."""
    callback = calling.callback_of(account)
    if callback is None:
        return Checked(ok=True, code="no_callback")
    fresh = str(ids.new())
    try:
        reply = calling.post(callback, fresh, {"type": "ping", "id": fresh, "account": str(account.id)})
    except AddressRefused:
        return Checked(ok=False, code="forbidden")
    except OutsideFailure as failure:
        return Checked(ok=False, code="unreachable", words=str(failure))
    if 200 <= reply.status < 300:
        return Checked(ok=True, code="ok", values={"status": reply.status})
    return Checked(ok=False, code="answered", words=calling.words_of(reply), values={"status": reply.status})
