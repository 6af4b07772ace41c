"""How are customers reached from outside? `/api/v1/customers`: one router, its parts by what they are about."""

# Fixed words (`/terms`, `/erasures`, `/suggestions`) come before `/{customer_id}`: the first address that fits answers.
from servewell.apps.customers.api import terms, erasures, merges, records, identities, consents  # noqa: F401, I001
from servewell.apps.customers.api.routes import router

__all__ = ["router"]
