"""What can be done to customers? Each verb changes state and records its event in one transaction."""

from servewell.apps.customers.actions.finding import Found, find_or_create, meet

__all__ = ["Found", "find_or_create", "meet"]
