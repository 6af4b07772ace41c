"""What is this channel, to the frame?"""

from servewell.apps.channels.email.checking import check
from servewell.apps.channels.frame import kinds

CHANNEL = kinds.register(kinds.Channel(code="email", speaks="email", fields=(), check=check))
