"""What is this channel, to the frame?"""

from servewell.apps.channels.api.checking import check
from servewell.apps.channels.frame import kinds

CHANNEL = kinds.register(kinds.Channel(code="api", speaks="api", fields=(), check=check))
