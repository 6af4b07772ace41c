"""What can go wrong between us and a mail server, by a code that has a sentence: `channels_email.fault.<code>`."""

from datetime import timedelta

from servewell.apps.base.cleaning import short_line
from servewell.apps.base.errors import ServewellError
from servewell.apps.channels.frame.kinds import KeepFailed, SendFailed

LONGEST = 300  # characters of what the other side said


class Fault(Exception):
    """A mail server, or the one that gives tokens, did not do what we asked."""

    def __init__(self, code: str, words: str = "", *, wait: timedelta = timedelta()) -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code = code
        self.words = short_line(words, most=LONGEST).text
        self.wait = wait  # how long to let the other side alone at least

    @property
    def is_loss(self) -> bool:
        """Did only the connection break off, so that another one may do?"""
        return self.code in {"dropped", "slow"}

    def to_keep(self) -> KeepFailed:
        """Return it as the frame wants to hear of a connection that is kept."""
        return KeepFailed(self.code, self.words)

    def to_send(self) -> SendFailed:
        """Return it as the frame wants to hear of a message: the whole account cannot send, which may pass."""
        return SendFailed(self.code, self.words, permanent=False, wait=self.wait, whole=True)


class NoEnvelope(ServewellError):
    """The message came by no mail."""

    room, slug, status = "channels_email", "no-envelope", 404
