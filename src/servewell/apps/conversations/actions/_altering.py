"""What is wanted of a conversation, step by step: of one, or of one among many that are changed in one go."""

from servewell.apps.conversations import history
from servewell.apps.conversations.actions import _assigning, _labels, _steps
from servewell.apps.conversations.actions._work import Work
from servewell.apps.conversations.changes import KEEP, Change

_MAY_BE_CLOSED = frozenset({"priority", "subject", "language", "tags"})  # what of a closed one may still be put right


def only_labels(wanted: Change) -> bool:
    """Does it touch nothing but what of a closed one may still be put right?"""
    return all(what in _MAY_BE_CLOSED or what.startswith("fields.") for what in wanted.things())


def apply(work: Work, wanted: Change, version: int | None) -> None:
    """Do to a locked conversation what is wanted, as `change` says; writing it is the caller's."""
    if version is not None and version < work.conversation.version:
        _demand_untouched(work, wanted, version)
    if wanted.subject is not None:
        _steps.put_subject(work, wanted.subject)
    if wanted.language is not None:
        _steps.put_language(work, wanted.language)
    if wanted.priority is not None:
        _steps.put_priority(work, wanted.priority)
    _labels.put_tags(work, wanted.tags_add, wanted.tags_remove, wanted.tags)
    _labels.put_fields(work, wanted.fields)
    if wanted.assignee is not KEEP or wanted.team is not KEEP:
        _assigning.put_owner(work, wanted.assignee, wanted.team)
    if wanted.status is not None:
        _steps.put_status(work, wanted.status)
    if wanted.snoozed_until is not KEEP:
        _steps.put_snooze(work, wanted.snoozed_until)


def _demand_untouched(work: Work, wanted: Change, version: int) -> None:
    made = history.since(work.conversation, version, work.principal.language)
    asked = {what for what in wanted.things() if history.now(work.conversation, what) != _asked(wanted, what)}
    clashing = [line for line in made if line.things & asked]
    if clashing:
        raise history.overtaken(work.principal, work.conversation, clashing)


def _asked(wanted: Change, what: str) -> object:
    """Return what is wanted of a thing, in the form of `history.now`."""
    if what.startswith("fields."):
        return wanted.fields[what.removeprefix("fields.")]
    if what == "tags":
        return [str(tag) for tag in wanted.tags or ()]
    return history.plain(getattr(wanted, what))
