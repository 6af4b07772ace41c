"""What can an administrator set about all channels?"""

from urllib.parse import urlsplit

from servewell.apps.base import settings


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return not url or (parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query)


# Where customers reach this installation; stands in links of mails. Empty: links are left out.
PUBLIC_URL = settings.define("channels.public_url", str, "", _is_address)
# How long what arrived is kept as it came, once it was taken in.
RAW_KEPT_DAYS = settings.define("channels.raw_kept_days", int, 30, lambda days: 1 <= days <= 3650)
# Automatic answers to one address in an hour, over all channels; then they stop, and an alert is recorded.
ANSWERS_PER_HOUR = settings.define("channels.answers_per_hour", int, 3, lambda most: 0 <= most <= 100)
