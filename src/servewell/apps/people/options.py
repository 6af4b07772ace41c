"""What can an administrator set about the house and its people?"""

from zoneinfo import available_timezones

from servewell.apps.base import settings

INSTALLATION = settings.define("people.installation", str, "Servewell 善待", lambda name: 0 < len(name) <= 80)
ZONE = settings.define("people.zone", str, "Asia/Shanghai", lambda zone: zone in available_timezones())
KEY_REQUESTS = settings.define("people.key_requests_per_minute", int, 600, lambda n: 1 <= n <= 1_000_000)

# A screen shows a sign of life about once a minute: below 2 everybody would blink.
SILENT_MINUTES = settings.define("people.silent_minutes", int, 5, lambda minutes: 2 <= minutes <= 1440)
SIGN_IN_DAYS = settings.define("people.sign_in_days", int, 180, lambda days: 1 <= days <= 3650)
LOCK_TRIES = settings.define("people.lock_tries", int, 10, lambda tries: 3 <= tries <= 100)
LOCK_WINDOW = settings.define("people.lock_window_minutes", int, 30, lambda minutes: 1 <= minutes <= 1440)
LOCK_MINUTES = settings.define("people.lock_minutes", int, 15, lambda minutes: 1 <= minutes <= 1440)
