"""How is a new customer written? With their identities, in one statement that does nothing when one is taken."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import facts, names
from servewell.apps.customers.actions._shared import SQL, Doubt, claim_columns, columns
from servewell.apps.customers.completeness import Demands
from servewell.apps.customers.identities import Read
from servewell.apps.customers.models import Customer
from servewell.apps.customers.models import Identity as Known


def new_customer(name: str, language: str, teams: list[UUID], **fields: Any) -> Customer:
    """Return a customer that is not yet stored."""
    made = Customer(name=name, name_key=names.folded(name), language=language, **fields)
    made.root_id, made.team_ids, made.met_team_ids = made.id, teams, teams
    return made


def write_new(
    principal: Principal,
    customer: Customer,
    given: Sequence[Read],
    claims: Sequence[Read] = (),
    wanted: Demands | None = None,
) -> list[Doubt] | None:
    """Store a new customer with identities and claims; None, and nothing stored, when one of the identities is taken.

    Returns who else only claims to have one of them. `wanted` is what the house wants to know, where that was read.
    """
    kinds = [(one.kind, one.verified) for one in given if not one.is_raw]
    known = facts.of_new(customer, kinds, wanted)
    customer.completeness, customer.missing = known.percent, known.missing
    values = columns(given, principal)
    customer.created_at = customer.changed_at = values["now"]
    row = {
        "id": customer.id,
        "teams": customer.team_ids,
        "attributes": json.dumps(customer.attributes),
        **{
            field: getattr(customer, field)
            for field in ("name", "name_key", "tier", "language", "completeness", "missing")
        },
    }
    found = statements.prepared(SQL["create_customer"], {**values, **claim_columns(claims), **row})
    if found[0][0] == len(given):
        return [Doubt(claimer, kind, is_claim=True) for _, kind, claimer in found if claimer is not None]
    Known.objects.filter(customer_id=customer.id).delete()
    return None
