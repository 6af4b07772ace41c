"""What can be wrong with the wish for a made-up shop?"""

from servewell.apps.base.errors import ServewellError


class NoSuchDay(ServewellError):
    """The last day is not a date."""

    room, slug = "demo", "no-such-day"


class TooManyDays(ServewellError):
    """Fewer than a week, or more than two years."""

    room, slug = "demo", "days"
