"""How is a customer's record kept? Made by hand, and changed by those who saw its latest version."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import settings, typed
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, names, queries, terms
from servewell.apps.customers.actions._shared import locked, note, suggest, touch
from servewell.apps.customers.actions._writing import new_customer, write_new
from servewell.apps.customers.errors import BadCustomer, ChangedMeanwhile, IdentityTaken, MergedAway
from servewell.apps.customers.identities import Identity, read
from servewell.apps.customers.models import Customer


@transaction.atomic
def create(
    principal: Principal,
    *,
    name: str = "",
    language: str = "",
    tier: str = terms.DEFAULT_TIER,
    attributes: Mapping[str, Any] | None = None,
    identities: Sequence[Identity] = (),
    teams: Sequence[UUID] = (),
) -> Customer:
    """Make a customer by hand; BadCustomer, BadIdentity, BadField or IdentityTaken say what cannot be kept."""
    region = cache(lambda: str(settings.get("customers.region")))
    given = sorted({(one := read(entry, region)).key: one for entry in identities}.values(), key=lambda one: one.key)
    values = _values({"name": name, "language": language, "tier": tier}, attributes or {})
    kept = {key: value for key, value in values.pop("attributes", {}).items() if value is not None}
    customer = new_customer(teams=sorted(set(teams)), attributes=kept, **values)
    claimers = write_new(principal, customer, given)
    if claimers is None:
        raise IdentityTaken(**queries.owner_of(principal, given))
    note(principal, events.CREATED, customer.id, identities=len(given))
    suggest(principal, customer.id, claimers)
    return customer


@transaction.atomic
def change(
    principal: Principal,
    customer_id: UUID,
    version: int,
    *,
    attributes: Mapping[str, Any] | None = None,
    **fields: str,
) -> Customer:
    """Change what is given (name, language, tier; attributes by key, None empties one) of the version that was seen.

    ChangedMeanwhile when somebody saved in between: it names what they changed and what is there now, and nothing is
    written. MergedAway when the customer goes on as another one.
    """
    customer = locked(customer_id)
    if customer.id != customer_id:
        raise MergedAway(into=str(customer.id))
    wanted = _values(fields, attributes or {}, of=customer)
    if customer.version != version:
        raise _outdated(customer, version, wanted)
    changed = [field for field in events.FIELDS if field in wanted and getattr(customer, field) != wanted[field]]
    if changed:
        for field in changed:
            setattr(customer, field, wanted[field])
        customer.name_key = names.folded(customer.name)
        touch(customer, *changed, "name_key")
        note(principal, events.CHANGED, customer.id, fields=changed, version=customer.version)
    return customer


def _values(fields: Mapping[str, str], attributes: Mapping[str, Any], of: Customer | None = None) -> dict[str, Any]:
    """Return what was entered in the form that is stored."""
    values: dict[str, Any] = {field: _READ[field](value) for field, value in fields.items()}
    unchanged = {terms.DEFAULT_TIER, of.tier if of else terms.DEFAULT_TIER}  # an archived one may stay
    if values.get("tier", terms.DEFAULT_TIER) not in unchanged and values["tier"] not in terms.usable(terms.tiers()):
        raise BadCustomer(field="tier")
    if attributes:
        changes = _checked(attributes)
        joined = {**(of.attributes if of else {}), **changes}
        values["attributes"] = {key: value for key, value in joined.items() if value is not None}
    return values


def _checked(attributes: Mapping[str, Any]) -> dict[str, typed.Value]:
    defined = terms.usable(terms.attributes())
    if unknown := [key for key in attributes if key not in defined]:
        raise BadCustomer(field="attribute", key=unknown[0][:40])
    return {key: typed.checked(terms.definition(defined[key]), value) for key, value in attributes.items()}


def _language(entered: str) -> str:
    tag = names.language_tag(entered)
    if entered.strip() and not tag:
        raise BadCustomer(field="language")
    return tag


_READ: dict[str, Callable[[str], str]] = {"name": names.entered, "language": _language, "tier": str}


def _outdated(customer: Customer, version: int, wanted: Mapping[str, Any]) -> ChangedMeanwhile:
    changed = queries.changed_since(customer.id, version)
    now = {field: getattr(customer, field) for field in {*changed, *wanted}}
    return ChangedMeanwhile(version=customer.version, changed=changed, now=now)
