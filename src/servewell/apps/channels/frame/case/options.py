"""What can an administrator set about the customer's page?"""

from servewell.apps.base import settings

# Days after the last message for which a link to the customer's page is good.
LINK_DAYS = settings.define("channels.link_days", int, 90, lambda days: 1 <= days <= 3650)
# Messages that one link may send in a minute.
LINK_MESSAGES = settings.define("channels.link_messages_per_minute", int, 10, lambda most: 1 <= most <= 600)
