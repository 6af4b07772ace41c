"""How the channel says no."""

from servewell.apps.base.errors import ServewellError


class ApiChannelError(ServewellError):
    """A refusal to an outside system."""

    room = "channels_api"


class NotItsKey(ApiChannelError):
    """Only certain keys may speak for this system, and this is none of them."""

    slug, status = "not-its-key", 403


class NotItsMessage(ApiChannelError):
    """What goes out by a channel of ours is reported by that channel."""

    slug, status = "not-its-message", 403


class ReservedSource(ApiChannelError):
    """A channel of ours uses this name itself: `name`."""

    slug, status = "reserved-source", 422


class CalledBack(ApiChannelError):
    """This account's answers are sent to its callback; there is nothing to fetch."""

    slug, status = "called-back", 409


class NoSuchFile(ApiChannelError):
    """There is no such file among the answers of this account."""

    slug, status = "no-such-file", 404


class LinkExpired(ApiChannelError):
    """The link is too old, or was never ours."""

    slug, status = "link-expired", 410
