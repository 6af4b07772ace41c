"""How do canned replies say no?"""

from servewell.apps.base import texts
from servewell.apps.conversations.errors import ConversationsError


class NoSuchCanned(ConversationsError):
    """There is no such canned reply, or it is not yours to see."""

    slug, status = "no-such-canned", 404


class ShortcutTaken(ConversationsError):
    """Another canned reply for the same people has this shortcut."""

    slug, status = "shortcut-taken", 409


class BadCanned(ConversationsError):
    """A canned reply cannot be kept so: `field` names the part, `reason` is a code with its own text."""

    slug, status = "bad-canned", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the reason in words."""
        values = {"found": "", "line": 0, "column": 0, **self.values}
        reason = texts.say(f"conversations.canned.fault.{self.values['reason']}", language, **values)
        return texts.say("conversations.error.bad-canned", language, reason=reason)


class TooManyCanned(ConversationsError):
    """These people have as many canned replies as there may be: `most`."""

    slug, status = "too-many-canned", 409
