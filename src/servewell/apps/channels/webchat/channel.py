"""What is this channel, to the frame?"""

from servewell.apps.channels.frame import kinds
from servewell.apps.channels.webchat.checking import check

CHANNEL = kinds.register(kinds.Channel(code="webchat", speaks="chat", fields=(), check=check))
