"""What is an activity called? The journal's have names in both languages; an imported log's are called as they are."""

from django.conf import settings as deployment

from servewell.apps.base import texts
from servewell.apps.journal.floors import room_of


def of_journal(activity: str, language: str) -> str:
    """Return the name of a flow element or of an event of the vocabulary; what nobody named is called by its id."""
    for key in (*(f"{place}.{activity}" for place in deployment.ELEMENT_NAMES), _event_key(activity)):
        if key is not None and texts.known(key):
            return texts.say(key, language)
    return activity


def short(id_: str) -> str:
    """Return a short name for an id: its last six digits, in which ids of one day differ."""
    return f"…{id_[-6:]}"


def _event_key(activity: str) -> str | None:
    noun, dot, rest = activity.partition(".")
    if not dot:
        return None
    try:
        return f"{room_of(noun)}.event.{rest}"
    except ValueError:
        return None
