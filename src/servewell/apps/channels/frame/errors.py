"""How the room says no."""

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError


class ChannelsError(ServewellError):
    """A refusal about channels, their accounts and what came by them."""

    room = "channels"


class NoSuchChannel(ChannelsError):
    """No channel has this code."""

    slug, status = "no-such-channel", 422


class NoSuchAccount(ChannelsError):
    """There is no account with this id, or it was removed."""

    slug, status = "no-such-account", 404


class BadOption(ChannelsError):
    """What was entered does not fit: `field` is its key, `reason` a code with its own text.

    `channel` is the code of the account's channel, whose texts name the field; without it, it is one that all have.
    """

    slug, status = "bad-option", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the field's name and the reason in words."""
        reason = texts.say(self._reason(), language, **self._limits(language))
        return texts.say("channels.error.bad-option", language, name=self._name(language), reason=reason)

    def _reason(self) -> str:
        """Return the key of the sentence: the channel's own, else a shared one, else that it cannot be used."""
        room, reason = f"channels_{self.values.get('channel', '')}", self.values["reason"]
        keys = (f"{room}.option_reason.{reason}", f"channels.option.{reason}")
        return next((key for key in keys if texts.known(key)), "channels.option.not_allowed")

    def _name(self, language: str) -> str:
        """Return what the person sees above the field, else its key."""
        field = str(self.values["field"])
        keys = (f"channels_{self.values.get('channel', '')}.field.{field}", f"channels.field.{field}")
        return next((texts.say(key, language) for key in keys if texts.known(key)), field[:100])

    def _limits(self, language: str) -> dict[str, str]:
        options = [str(one) for one in self.values.get("options", ())]
        between = ", " if texts.nearest(language) == "en" else "、"
        return {"limit": str(self.values.get("limit", "")), "options": between.join(options)[:400]}


class ChangedMeanwhile(ChannelsError):
    """Somebody else saved first: `changed` names the fields, `now` has their present values, `version` the new one."""

    slug, status = "changed-meanwhile", 409


class NoSuchArrival(ChannelsError):
    """There is no arrival with this id, or it is kept no more."""

    slug, status = "no-such-arrival", 404


class NotAside(ChannelsError):
    """Only what is set aside can be read again or discarded."""

    slug, status = "not-aside", 409


class RawGone(ChannelsError):
    """What arrived is no longer kept as it came."""

    slug, status = "raw-gone", 410


class NoSuchMessage(ChannelsError):
    """There is no message of ours with this id."""

    slug, status = "no-such-message", 404


class NotFailed(ChannelsError):
    """Only what failed can be sent again."""

    slug, status = "not-failed", 409
