"""What can an administrator set about conversations?"""

from servewell.apps.base import settings

# 0: a solved conversation is never closed by itself.
CLOSE_AFTER_DAYS = settings.define("conversations.close_after_days", int, 7, lambda days: 0 <= days <= 365)
