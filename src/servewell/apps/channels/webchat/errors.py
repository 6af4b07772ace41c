"""How the chat says no to a visitor, in words that may be shown as they stand."""

from servewell.apps.base.errors import ServewellError


class WebchatError(ServewellError):
    """A refusal of the chat."""

    room = "channels_webchat"


class NoSuchSite(WebchatError):
    """There is no chat with this id, or it is paused."""

    slug, status = "no-such-site", 404


class NoVisitor(WebchatError):
    """The token is missing, unknown, expired or revoked."""

    slug, status = "no-visitor", 401


class WrongOrigin(WebchatError):
    """A page of an origin that the site does not name: `origin`."""

    slug, status = "wrong-origin", 403


class IdentityNeeded(WebchatError):
    """Only for visitors whose identity is signed."""

    slug, status = "identity-needed", 403


class BadIdentity(WebchatError):
    """An identity token that does not verify; `reason` says why, for whoever builds it."""

    slug, status = "bad-identity", 422


class ClosedNow(WebchatError):
    """Outside of working hours the site takes no messages; `opens_at` when it is known."""

    slug, status = "closed-now", 409


class NoSuchFile(WebchatError):
    """There is no such file or conversation of this visitor, or the link to it is old."""

    slug, status = "no-such-file", 404


class NoConversation(WebchatError):
    """There is no conversation yet."""

    slug, status = "no-conversation", 409


class GoesOnElsewhere(WebchatError):
    """The conversation was merged into one of another customer: it is not this visitor's to end."""

    slug, status = "goes-on-elsewhere", 409


class NothingWritten(WebchatError):
    """A message without text and files."""

    slug, status = "nothing-written", 422


class TooLong(WebchatError):
    """A message of more than `most` characters."""

    slug, status = "too-long", 422


class FormIncomplete(WebchatError):
    """Answers are missing or unfit; `fields` says which and why."""

    slug, status = "form-incomplete", 422


class FileTooLarge(WebchatError):
    """A file of more than `megabytes`."""

    slug, status = "file-too-large", 413


class FileUnfit(WebchatError):
    """A file that is not this visitor's, too many of them, or of a kind that is not taken."""

    slug, status = "file-unfit", 422


class TooFast(WebchatError):
    """More than the limit; `retry_after_s` says when the next is welcome."""

    slug, status = "too-fast", 429


class NothingToSend(WebchatError):
    """A transcript before anybody of us has answered: a stranger's words alone are mailed to nobody."""

    slug, status = "nothing-to-send", 409


class BadAddress(WebchatError):
    """No mail address."""

    slug, status = "bad-address", 422


class NotOffered(WebchatError):
    """The site does not offer this."""

    slug, status = "not-offered", 403
