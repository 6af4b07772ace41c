"""How the room says no."""

from typing import Any

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError
from servewell.engines.mining.errors import MiningError


class InsightError(ServewellError):
    """A refusal about logs and what is asked of them."""

    room = "insight"


class NoSuchLog(InsightError):
    """There is no such log, or no longer."""

    slug, status = "no-such-log", 404


class NoSuchCase(InsightError):
    """The log has no such case."""

    slug, status = "no-such-case", 404


class NoSuchUpload(InsightError):
    """The file was forgotten, imported, or never sent."""

    slug, status = "no-such-upload", 404


class NothingSetAside(InsightError):
    """Every row of the log was taken."""

    slug, status = "nothing-set-aside", 404


class StillImporting(InsightError):
    """The log is not ready yet."""

    slug, status = "still-importing", 409


class ImportFailed(InsightError):
    """The log never became ready."""

    slug, status = "import-failed", 409


class NameTaken(InsightError):
    """Another log has this name; `free` is one that nobody has."""

    slug, status = "name-taken", 409


class BadName(InsightError):
    """The name is empty, too long, or reserved for the journal."""

    slug, status = "bad-name", 422


class JournalStays(InsightError):
    """The journal is not a log to delete."""

    slug, status = "journal-stays", 409


class FileTooLarge(InsightError):
    """The file is larger than the setting allows."""

    slug, status = "file-too-large", 413


class DiskFull(InsightError):
    """There is no room for the file; nothing of it was kept."""

    slug, status = "disk-full", 507


class Interrupted(InsightError):
    """The import was cut off more often than it is tried again."""

    slug, status = "interrupted", 500


class ImportBroke(InsightError):
    """The import failed by a fault of ours; the cause stands in the worker's log."""

    slug, status = "import-broke", 500


class TookTooLong(InsightError):
    """The question took longer than a page may wait."""

    slug, status = "took-too-long", 503


class BadFilter(InsightError):
    """A value in the address cannot be understood."""

    slug, status = "bad-filter", 422


class BadLog(InsightError):
    """The file cannot be read as a log; the engine says why, by its code."""

    slug, status = "bad-log", 422

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code=code, **values)

    @classmethod
    def of(cls, error: MiningError) -> "BadLog":
        """Return what a person is told of an engine's refusal."""
        return cls(error.code, **error.values)

    def sentence(self, language: str) -> str:
        """Return the engine's sentence, in the words of a page where it has its own."""
        return explained(language=language, **self.values)


def explained(code: str, language: str, **values: Any) -> str:
    """Return what a page says of a refusal: the engine's sentences may name flags of the command line, a page has none.

    Raises KeyError where neither the room nor the engine has a sentence.
    """
    for key in (f"insight.read.{code}", f"mining.error.{code}", f"insight.error.{code}"):
        if texts.known(key):
            return texts.say(key, language, **values)
    raise KeyError(code)
