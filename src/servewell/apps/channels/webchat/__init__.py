"""Web chat: a widget on any page, and what it talks to."""
