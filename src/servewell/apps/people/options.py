"""What can an administrator set about the house and its people?"""

from zoneinfo import available_timezones

from servewell.apps.base import settings

INSTALLATION = settings.define("people.installation", str, "Servewell 善待", lambda name: 0 < len(name) <= 80)
ZONE = settings.define("people.zone", str, "Asia/Shanghai", lambda zone: zone in available_timezones())
KEY_REQUESTS = settings.define("people.key_requests_per_minute", int, 600, lambda n: 1 <= n <= 1_000_000)
