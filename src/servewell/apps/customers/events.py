"""What does the journal remember of customers? That something was done with them, never what they are called."""

from servewell.apps.customers.models import BOUNCES, Identity
from servewell.apps.journal.events import BOOLEAN, ID, NO_CONTACT, NUMBER, EventType, define, list_of, one_of

_CUSTOMER = NO_CONTACT - {"customer", "team"}
_NOBODY = NO_CONTACT
_KIND = one_of(*Identity.Kind.values)
_TERM = one_of("tier", "purpose", "attribute")
FIELDS = ("name", "language", "tier", "attributes")  # what `change` changes

CREATED = define(EventType("customer.created", _CUSTOMER, {"identities": NUMBER}))
CHANGED = define(EventType("customer.changed", _CUSTOMER, {"fields": list_of(one_of(*FIELDS)), "version": NUMBER}))
IDENTIFIED = define(
    EventType(
        "customer.identified",
        _CUSTOMER,
        {"how": one_of("added", "removed", "verified", "claimed"), "kinds": list_of(_KIND), "identities": list_of(ID)},
    )
)
BOUNCED = define(EventType("customer.address_bounced", _CUSTOMER, {"identity": ID, "code": one_of(*BOUNCES)}))
MET = define(EventType("customer.met", _CUSTOMER))
MERGED = define(EventType("customer.merged", _CUSTOMER, {"merge": ID, "part": one_of("from", "into")}))
UNMERGED = define(EventType("customer.unmerged", _CUSTOMER, {"merge": ID, "part": one_of("from", "into")}))
DOUBTED = define(EventType("customer.merge_suggested", _CUSTOMER, {"suggestion": ID, "kind": _KIND}))
DISMISSED = define(EventType("customer.merge_dismissed", _CUSTOMER, {"suggestion": ID}))
BLOCKED = define(EventType("customer.blocked", _CUSTOMER, {"limited": BOOLEAN}))
UNBLOCKED = define(EventType("customer.unblocked", _CUSTOMER, {"expired": BOOLEAN}))
CONSENT_CHANGED = define(EventType("customer.consent_changed", _CUSTOMER, {"purpose": ID, "given": BOOLEAN}))
EXPORTED = define(EventType("customer.exported", _CUSTOMER, {"records": NUMBER, "files": NUMBER}))
ERASED = define(EventType("customer.erased", _CUSTOMER, {"erasure": ID}))
DEFINED = define(EventType("customer.term_defined", _NOBODY, {"kind": _TERM, "term": ID}))
ARCHIVED = define(EventType("customer.term_archived", _NOBODY, {"kind": _TERM, "term": ID, "archived": BOOLEAN}))
