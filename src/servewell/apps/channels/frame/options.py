"""What can an administrator set about all channels, and what was said about one account?"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from servewell.apps.base import secrets, settings
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.models import Account


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return not url or (parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query)


# Where customers reach this installation; stands in links of mails. Empty: links are left out.
PUBLIC_URL = settings.define("channels.public_url", str, "", _is_address)
# How long what arrived is kept as it came, once it was taken in.
RAW_KEPT_DAYS = settings.define("channels.raw_kept_days", int, 30, lambda days: 1 <= days <= 3650)
# Automatic answers to one address in an hour, over all channels; then they stop, and an alert is recorded.
ANSWERS_PER_HOUR = settings.define("channels.answers_per_hour", int, 3, lambda most: 0 <= most <= 100)


def of(account: Account) -> dict[str, Any]:
    """Return all that was said about an account: defaults, what is stored, and the secrets, opened.

    For the channel's own code only. secrets.Unopenable when they were sealed with a key that is not ours.
    """
    defaults = {field.key: field.default for field in kinds.of(account.channel).fields}
    return {**defaults, **account.options, **opened(account)}


def opened(account: Account) -> dict[str, str]:
    """Return the secrets that are set; Unopenable."""
    found: dict[str, str] = json.loads(secrets.open_(account.sealed)) if account.sealed else {}
    return found


def sealed(values: Mapping[str, str]) -> str:
    """Return secrets as they are stored: one sealed JSON object, empty when there are none."""
    return secrets.seal(json.dumps(dict(values), ensure_ascii=False)) if values else ""
