"""What was done with a customer's record, in words? This room's own part of the time line, from the journal."""

from django.db.models import Q

from servewell.apps.base import texts
from servewell.apps.customers import terms, timeline
from servewell.apps.customers.timeline import Asked, Item
from servewell.apps.journal.models import Event

_LIMITED = {"customer.blocked": "limited", "customer.unblocked": "expired"}  # which attribute makes the other sentence


@timeline.provider("customers")
def told(asked: Asked) -> list[Item]:
    """Return what the journal remembers of the family outside of conversations: one query, two with consents."""
    rows = Event.objects.filter(conversation=None, customer__in=list(asked.family), activity__startswith="customer.")
    if asked.before is not None:
        at, id_ = asked.before
        rows = rows.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, id__lt=id_))
    events = list(rows.order_by("-occurred_at", "-id")[: asked.most])
    purposes = _purposes(asked.language) if any("purpose" in (event.attributes or {}) for event in events) else {}
    return [_item(event, purposes, asked.language) for event in events]


def _item(event: Event, purposes: dict[str, str], language: str) -> Item:
    return Item(
        at=event.occurred_at,
        id=event.id,
        kind=event.activity.partition(".")[2],
        sentence=sentence(event, purposes, language),
        actor_kind=event.actor_kind,
        actor=event.actor,
        details={"customer": str(event.customer)},
    )


def sentence(event: Event, purposes: dict[str, str], language: str) -> str:
    """Return an event of this room in words."""
    known, what = event.attributes or {}, event.activity.partition(".")[2]
    match what:
        case "identified" | "merged" | "unmerged":
            what = f"{what}-{known.get('how') or known.get('part')}"
        case "blocked" | "unblocked" if known.get(_LIMITED[event.activity]):
            what = f"{what}-{_LIMITED[event.activity]}"
        case "consent_changed":
            what = f"consent-{'given' if known.get('given') else 'withdrawn'}"
    unknown = texts.say("customers.history.unknown-purpose", language)
    return texts.say(
        f"customers.history.{what}",
        language,
        fields=_listed("field", known.get("fields", ()), language),
        kinds=_listed("kind", known.get("kinds", ()), language),
        purpose=purposes.get(str(known.get("purpose")), unknown),
    )


def _listed(of: str, codes: list[str], language: str) -> str:
    separator = texts.say("customers.list.separator", language)
    return separator.join(texts.say(f"customers.{of}.{code}", language) for code in codes)


def _purposes(language: str) -> dict[str, str]:
    chinese = texts.nearest(language) == texts.DEFAULT
    return {str(row.id): row.name_zh if chinese else row.name_en for row in terms.purposes()}
