"""What can an administrator set about calls to other systems?"""

from servewell.apps.base import settings

PAUSE_AFTER_DAYS = settings.define("webhooks.pause_after_days", int, 3, lambda days: 1 <= days <= 30)
TIMEOUT_S = settings.define("webhooks.timeout_s", int, 10, lambda seconds: 1 <= seconds <= 30)
ATTEMPTS_KEPT_DAYS = settings.define("webhooks.attempts_kept_days", int, 14, lambda days: 1 <= days <= 90)
DEAD_KEPT_DAYS = settings.define("webhooks.dead_kept_days", int, 90, lambda days: 1 <= days <= 365)
