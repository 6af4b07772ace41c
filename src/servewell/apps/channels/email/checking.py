"""Does an account work? What the test button finds."""

from servewell.apps.channels.frame.kinds import Checked
from servewell.apps.channels.frame.models import Account


def check(account: Account) -> Checked:
    """Return what was found."""
    raise NotImplementedError
