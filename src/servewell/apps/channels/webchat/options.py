"""What can an administrator set about all chats? Each site's own options stand in `channel.py`."""

from servewell.apps.base import settings

# Messages of one visitor in a minute; half of them may come at once.
MESSAGES_PER_MINUTE = settings.define("channels_webchat.messages_per_minute", int, 20, lambda most: 1 <= most <= 600)
# Files of one visitor in an hour.
FILES_PER_HOUR = settings.define("channels_webchat.files_per_hour", int, 30, lambda most: 0 <= most <= 1000)
# Visitors who say hello for the first time, of one network (a /24 or /48), in a minute.
HELLOS_PER_MINUTE = settings.define("channels_webchat.hellos_per_minute", int, 60, lambda most: 1 <= most <= 10_000)
# Requests of any kind of one visitor in a minute.
REQUESTS_PER_MINUTE = settings.define(
    "channels_webchat.requests_per_minute", int, 240, lambda most: 30 <= most <= 10_000
)
# Days that a token is good for after it was used last.
TOKEN_DAYS = settings.define("channels_webchat.token_days", int, 180, lambda days: 1 <= days <= 730)
# Days after which a visitor is forgotten who said hello and never wrote.
SILENT_DAYS = settings.define("channels_webchat.silent_days", int, 7, lambda days: 1 <= days <= 365)
