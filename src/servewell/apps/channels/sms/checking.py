"""Does an account work? What the test button finds: an address that costs nothing is asked, no message is sent."""

from servewell.apps.base import outside
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.channels.frame import options
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.sms import gateway


def check(account: Account) -> Checked:
    """Ask the address to test with (a balance, say) by GET; without one nothing is called."""
    said = options.of(account)
    if not said["check_url"]:
        return Checked(ok=True, code="no_address")
    try:
        reply = gateway.call("GET", said["check_url"], said, {})
    except AddressRefused:
        return Checked(ok=False, code="forbidden")
    except OutsideFailure as failure:
        return Checked(ok=False, code="unreachable", words=str(failure))
    if 200 <= reply.status < 300:
        return Checked(ok=True, code="ok", values={"status": reply.status})
    code = "denied" if reply.status in (401, 403) else "answered"
    return Checked(ok=False, code=code, words=outside.words_of(reply), values={"status": reply.status})
