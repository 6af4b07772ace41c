"""How does the customer's page say no, in words that may be shown as they stand?"""

from servewell.apps.channels.frame.errors import ChannelsError


class NoSuchLink(ChannelsError):
    """This link was never ours, or what it led to was erased."""

    slug, status = "no-such-link", 404


class LinkRevoked(ChannelsError):
    """One of us has taken this link back."""

    slug, status = "link-revoked", 410


class LinkExpired(ChannelsError):
    """Nobody has written for so long that the link is no longer good."""

    slug, status = "link-expired", 410


class NoPublicUrl(ChannelsError):
    """It is not set where customers reach this installation, so that there can be no links."""

    slug, status = "no-public-url", 409


class NothingWritten(ChannelsError):
    """A message without text and files."""

    slug, status = "nothing-written", 422


class WordsTooMany(ChannelsError):
    """A message of more than `most` characters."""

    slug, status = "words-too-many", 422


class NotYourFile(ChannelsError):
    """A file that was not sent by this link, or is part of a message already."""

    slug, status = "not-your-file", 422


class TooFast(ChannelsError):
    """More than the limit; `retry_after_s` says when the next is welcome."""

    slug, status = "too-fast", 429


class NoMailAccount(ChannelsError):
    """There is no mailbox that could send mail."""

    slug, status = "no-mail-account", 409


class BadAddress(ChannelsError):
    """What was given is no mail address."""

    slug, status = "bad-address", 422


class TooManyTranscripts(ChannelsError):
    """As many transcripts as one may have in a day: `most`."""

    slug, status = "too-many-transcripts", 429
