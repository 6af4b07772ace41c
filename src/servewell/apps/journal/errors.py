"""What does the journal refuse?"""

from servewell.apps.base.errors import ServewellError


class EventRefused(ServewellError):
    """An event that is not in the vocabulary, or carries what it must not. A fault of ours, never of a person's."""

    room, slug, status = "journal", "event-refused", 500
