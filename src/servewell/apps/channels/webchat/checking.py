"""Does an account work? What the test button finds: what keeps visitors from writing on the shop's pages."""

from servewell.apps.base import outside, settings
from servewell.apps.base.errors import AddressRefused, OutsideFailure
from servewell.apps.base.outside import Limits
from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import cors, sites

_QUICK = Limits(seconds=5.0, largest=2**16, cut=True)


def check(account: Account) -> Checked:
    """Look whether the house says by which address it is reached, and each page's origin answers."""
    public = str(settings.get("channels.public_url")).rstrip("/")
    if not public:
        return Checked(ok=False, code="no_public_url")
    origins = [str(one) for one in sites.option(account, "origins")]
    if not origins:
        return Checked(ok=True, code="own_pages_only", values={"public": public})
    for origin in origins:
        if "*" not in origin and (words := _silence(origin)):
            return Checked(ok=False, code="page_silent", words=words, values={"origin": origin})
    if cors.EVERYWHERE in origins:
        return Checked(ok=True, code="everywhere", values={"public": public})
    return Checked(ok=True, code="ok", values={"public": public, "count": len(origins)})


def _silence(origin: str) -> str:
    """Return why a page's server does not answer, "" when it does, whatever it answers."""
    try:
        outside.fetch("GET", f"{origin}/", limits=_QUICK)
    except AddressRefused:
        return ""  # a page inside, which we may not call: that says nothing of whether visitors reach it
    except OutsideFailure as failure:
        return str(failure)
    return ""
