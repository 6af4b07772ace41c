"""How does a room say no? With a name, a status and a sentence that tells what to do.

Each room's `errors.py` derives from ServewellError; the sentence stands in the texts under
`<room>.error.<slug>`, so that `/errors/<room>-<slug>` can be read in Chinese and English.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from servewell.apps.base import texts


class ServewellError(Exception):
    """A refusal that a person will read."""

    room: ClassVar[str]  # the app that owns it
    slug: ClassVar[str]  # kebab-case, unique in the room
    status: ClassVar[int] = 400  # HTTP status

    def __init__(self, **values: Any) -> None:
        self.values = values  # what the sentence's places are filled with, and what the API returns beside it
        super().__init__(self.sentence("en"))

    @classmethod
    def name(cls) -> str:
        """Return the name in the API: `<room>-<slug>`."""
        return f"{cls.room}-{cls.slug}"

    def sentence(self, language: str) -> str:
        """Return the sentence in a language."""
        return texts.say(f"{self.room}.error.{self.slug}", language, **self.values)

    def problem(self, language: str) -> dict[str, Any]:
        """Return the body of `application/problem+json` (RFC 9457)."""
        shown = {name: it for name, it in self.values.items() if isinstance(it, str | int | float | list | dict)}
        own = {"type": f"/errors/{self.name()}", "title": self.sentence(language), "status": self.status}
        return {**own, **shown, **own}  # a value is never mistaken for what the RFC means by these names


class OutsideFailure(Exception):
    """A call to the outside failed; `permanent` says whether trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool, wait: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.wait = wait  # how long the other side asks us to wait at least


class NotNow(Exception):
    """A call to the outside was not made, because it would be in vain, or too soon; `until` when.

    `note` is written into the call's payload, over what it has: for the handler to find at the next try.
    """

    def __init__(self, until: datetime, note: Mapping[str, Any] | None = None) -> None:
        super().__init__(until.isoformat())
        self.until, self.note = until, dict(note or {})


class BadCursor(ServewellError):
    """A page's `cursor` that we did not make."""

    room, slug, status = "base", "bad-cursor", 400


class KeyReused(ServewellError):
    """An Idempotency-Key came back with another request."""

    room, slug, status = "base", "key-reused", 422


class BadKey(ServewellError):
    """An Idempotency-Key that is empty or too long."""

    room, slug, status = "base", "bad-key", 400


class AttachmentTooLarge(ServewellError):
    """A file above the limit."""

    room, slug, status = "base", "attachment-too-large", 413


class AttachmentGone(ServewellError):
    """A file whose bytes are no longer in the data folder, or that never was."""

    room, slug, status = "base", "attachment-gone", 404


class AddressRefused(ServewellError):
    """An outside address that must not be called; `reason` is a code with its own text."""

    room, slug, status = "base", "address-refused", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the reason in words."""
        reason = texts.say(f"base.refusal.{self.values['reason']}", language)
        return texts.say("base.error.address-refused", language, host=self.values["host"], reason=reason)


class BadSetting(ServewellError):
    """A value that does not fit its setting."""

    room, slug, status = "base", "bad-setting", 422


class UnknownSetting(ServewellError):
    """A setting that no room defined."""

    room, slug, status = "base", "unknown-setting", 404


class NoRoom(ServewellError):
    """The disk is full."""

    room, slug, status = "base", "no-room", 507


class TextTooLong(ServewellError):
    """A text with more characters than can be kept."""

    room, slug, status = "base", "text-too-long", 422


class JsonUnfit(ServewellError):
    """A value that the database cannot keep; `reason` is a code with its own text."""

    room, slug, status = "base", "json-unfit", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the reason in words."""
        reason = texts.say(f"base.unfit.{self.values['reason']}", language)
        return texts.say("base.error.json-unfit", language, reason=reason)


class BadField(ServewellError):
    """A value that does not fit the field it is for; `field` is the field's key, `reason` a code with its own text."""

    room, slug, status = "base", "bad-field", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the field's name and the reason in words."""
        reason = texts.say(f"base.field.{self.values['reason']}", language, **self._limits(language))
        name = self.values.get("names", {}).get(texts.nearest(language)) or self.values["field"]
        return texts.say("base.error.bad-field", language, name=name, reason=reason)

    def _limits(self, language: str) -> dict[str, Any]:
        """Options by what the person sees, else by their codes."""
        nearest, named = texts.nearest(language), self.values.get("option_names", {})
        options = [named.get(code, {}).get(nearest) or str(code) for code in self.values.get("options", ())]
        return {"limit": self.values.get("limit", ""), "options": ", ".join(options)[:400]}


class BadDefinition(ServewellError):
    """A field of one's own that cannot be defined so; `reason` is a code with its own text."""

    room, slug, status = "base", "bad-definition", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the reason in words."""
        reason = texts.say(f"base.definition.{self.values['reason']}", language)
        name = (self.values.get("names", {}).get(texts.nearest(language)) or "").strip() or self.values["field"]
        return texts.say("base.error.bad-definition", language, field=name, reason=reason)


class AttachmentEmpty(ServewellError):
    """A file without a byte."""

    room, slug, status = "base", "attachment-empty", 422
