"""What would the rules do with a contact, and why?"""

from typing import Any

from servewell.apps.conversations.models import PRIORITIES
from servewell.apps.flows import rules, sorting
from servewell.apps.flows.rules import Contact


def trial(contact: Contact) -> dict[str, Any]:
    """Return what the contact would get, and of every active rule which conditions do not hold."""
    sorting.known.forget()  # whoever tries wants to see what they just changed
    tried = [(rule, rules.missed(rule.conditions, contact)) for rule in sorting.known.now()]
    first = next((rule for rule, missed in tried if not missed), None)
    words = {int(number): word for word, number in PRIORITIES.items()}
    return {
        "rule": first and first.id,
        "team": first and first.team,
        "priority": words[first.priority] if first and first.priority else None,
        "tags": first.tags if first else (),
        "overrides": bool(first and first.overrides),
        "tried": [{"rule": rule.id, "fits": not missed, "missed": missed} for rule, missed in tried],
    }
