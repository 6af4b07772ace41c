"""What granian's worker processes load: the ASGI entry, in a process that ends when granian does."""

from servewell.site import offspring

offspring.end_with_parent()

from servewell.site.asgi import application  # noqa: E402 - only once we are sure to end

__all__ = ["application"]
