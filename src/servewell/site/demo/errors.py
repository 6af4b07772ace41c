"""What can be wrong with the wish for a made-up shop?"""

from servewell.apps.base.errors import ServewellError


class NoSuchDay(ServewellError):
    """The last day is not a date."""

    room, slug = "demo", "no-such-day"


class TooManyDays(ServewellError):
    """Fewer than a week, or more than two years."""

    room, slug = "demo", "days"


class NotForDemo(ServewellError):
    """The installation has people or a history of its own, with which the made-up ones would mix for good."""

    room, slug, status = "demo", "not-empty", 409
