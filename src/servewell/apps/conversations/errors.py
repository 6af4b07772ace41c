"""How the room says no."""

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError


class ConversationsError(ServewellError):
    """A refusal about conversations."""

    room = "conversations"


class NoSuchConversation(ConversationsError):
    """There is no conversation with this id or number."""

    slug, status = "no-such-conversation", 404


class NoSuchMessage(ConversationsError):
    """There is no message with this id, or it is not of this conversation."""

    slug, status = "no-such-message", 404


class NoSuchLink(ConversationsError):
    """There is no link with this id, or it is not of this conversation."""

    slug, status = "no-such-link", 404


class NoSuchAttachment(ConversationsError):
    """A file that was never sent, or is gone."""

    slug, status = "no-such-attachment", 422


class NoSuchTag(ConversationsError):
    """There is no tag with this id, or it is archived."""

    slug, status = "no-such-tag", 422


class NoSuchField(ConversationsError):
    """There is no custom field with this key, or it is archived."""

    slug, status = "no-such-field", 422


class NoSuchTeam(ConversationsError):
    """There is no team with this id, or it is archived."""

    slug, status = "no-such-team", 422


class TagTaken(ConversationsError):
    """A tag has this name, in this or another case."""

    slug, status = "tag-taken", 409


class FieldTaken(ConversationsError):
    """A custom field has this key."""

    slug, status = "field-taken", 409


class TooManyTags(ConversationsError):
    """A conversation may carry `most` tags."""

    slug, status = "too-many-tags", 422


class NothingWritten(ConversationsError):
    """A message without text and without files."""

    slug, status = "nothing-written", 422


class NobodyWrote(ConversationsError):
    """An inbound message that names neither its sender nor a conversation."""

    slug, status = "nobody-wrote", 422


class NameTaken(ConversationsError):
    """Another message of this source has this `external_id`: `name` is it. Nothing was sent."""

    slug, status = "name-taken", 409


class BusyMeanwhile(ConversationsError):
    """Others changed the same all the while; nothing was kept, and the same call may be made again."""

    slug, status = "busy-meanwhile", 503


class IsClosed(ConversationsError):
    """The conversation is closed for good: `number` is its own."""

    slug, status = "is-closed", 409


class IsMerged(ConversationsError):
    """The conversation goes on in another: `number` is that one's, `conversation` its id."""

    slug, status = "is-merged", 409


class NotMerged(ConversationsError):
    """The conversation was not merged into another, so there is nothing to undo."""

    slug, status = "not-merged", 409


class CannotFollow(ConversationsError):
    """The status cannot change so: `before` and `after` are its codes."""

    slug, status = "cannot-follow", 409

    def sentence(self, language: str) -> str:
        """Return the sentence with the statuses in words."""
        words = {name: texts.say(f"conversations.status.{code}", language) for name, code in self.values.items()}
        return texts.say("conversations.error.cannot-follow", language, **words)


class BadChange(ConversationsError):
    """A value of a change does not fit: `what` names it."""

    slug, status = "bad-change", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the thing by its name."""
        code = self.values.get("what", "")
        named = (
            texts.say(f"conversations.value.{code}", language) if texts.known(f"conversations.value.{code}") else code
        )
        return texts.say("conversations.error.bad-change", language, what=named)


class ConversationChanged(ConversationsError):
    """Somebody was quicker: `changed` lists what they did, `messages` what they wrote; `version` is the present one."""

    slug, status = "changed", 409


class AlreadyTaken(ConversationsError):
    """Somebody has it already: `agent` is their name."""

    slug, status = "already-taken", 409


class CannotTake(ConversationsError):
    """This person cannot have it: inactive, unknown, or of a role that does not answer customers."""

    slug, status = "cannot-take", 422


class OutOfReach(ConversationsError):
    """This person could not read it in that team: name a team of theirs with it (`teams` are the ids)."""

    slug, status = "out-of-reach", 422


class OnlyPeople(ConversationsError):
    """Only a person can do this, not a program with a key."""

    slug, status = "only-people", 422


class BadSnooze(ConversationsError):
    """A moment to come back that is past, or more than a year ahead."""

    slug, status = "bad-snooze", 422


class MergedWithItself(ConversationsError):
    """A conversation cannot go on in itself, or in one that goes on in it."""

    slug, status = "merged-with-itself", 422


class OtherCustomer(ConversationsError):
    """The two conversations are of different customers; say `anyway` to merge them nevertheless."""

    slug, status = "other-customer", 409


class LinkedToItself(ConversationsError):
    """A conversation has nothing to do with itself."""

    slug, status = "linked-to-itself", 422


class NothingSplit(ConversationsError):
    """Some of the messages must go and some must stay."""

    slug, status = "nothing-split", 422
