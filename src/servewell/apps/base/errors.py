"""How does a room say no? With a name, a status and a sentence that tells what to do.

Each room's `errors.py` derives from ServewellError; the sentence stands in the texts under
`<room>.error.<slug>`, so that `/errors/<room>-<slug>` can be read in Chinese and English.
"""

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
        return {
            "type": f"/errors/{self.name()}",
            "title": self.sentence(language),
            "status": self.status,
            **{name: value for name, value in self.values.items() if isinstance(value, str | int | float | list | dict)},
        }


class OutsideFailure(Exception):  # noqa: N818 - it is a failure of somebody else's, not an error of ours
    """A call to the outside failed; `permanent` says whether trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent
