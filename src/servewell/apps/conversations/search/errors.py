"""How search says no."""

from servewell.apps.conversations.errors import ConversationsError


class SearchTooLong(ConversationsError):
    """More than `most` characters to look for."""

    slug, status = "search-too-long", 422
