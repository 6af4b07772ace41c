"""How the room says no."""

from typing import Any

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError


class CustomerError(ServewellError):
    """A refusal about a customer."""

    room = "customers"


class NoSuchCustomer(CustomerError):
    """There is no such customer, or none that this person reaches."""

    slug = "no-such-customer"
    status = 404


class NoSuchSurvivor(CustomerError):
    """There is no such customer to merge into, or none that this person reaches."""

    slug = "no-such-survivor"
    status = 404


class NoSuchIdentity(CustomerError):
    """This customer has no such identity."""

    slug = "no-such-identity"
    status = 404


class NoSuchClaim(CustomerError):
    """This customer has no such claim: it was accepted or taken away."""

    slug = "no-such-claim"
    status = 404


class NoSuchTerm(CustomerError):
    """There is no such tier, purpose or attribute."""

    slug = "no-such-term"
    status = 404


class NoSuchSuggestion(CustomerError):
    """There is no such suggestion, or it was decided already."""

    slug = "no-such-suggestion"
    status = 404


class NoSuchErasure(CustomerError):
    """There is no such proof of an erasure."""

    slug = "no-such-erasure"
    status = 404


class BadIdentity(CustomerError):
    """What was given cannot be read as an identity of its `kind`."""

    slug = "bad-identity"
    status = 422

    def sentence(self, language: str) -> str:
        """Return the sentence for the kind."""
        return texts.say(f"customers.unreadable.{self.values['kind']}", language)


class IdentityTaken(CustomerError):
    """Another customer has this identity; `customer` is their id when this person may know it."""

    slug = "identity-taken"
    status = 409


class TooManyIdentities(CustomerError):
    """More identities than one customer can have."""

    slug = "too-many-identities"
    status = 422


class BadCustomer(CustomerError):
    """A field that cannot be kept; `field` names it."""

    slug = "bad-customer"
    status = 422

    def sentence(self, language: str) -> str:
        """Return the sentence for the field."""
        return texts.say(f"customers.unfit.{self.values['field']}", language, **_limits(self.values))


class BadTerm(CustomerError):
    """A tier or purpose that cannot be kept so; `field` names what is wrong."""

    slug = "bad-term"
    status = 422

    def sentence(self, language: str) -> str:
        """Return the sentence for the field."""
        return texts.say(f"customers.unfit.{self.values['field']}", language, **_limits(self.values))


class ChangedMeanwhile(CustomerError):
    """Somebody else saved first: `changed` names the fields, `now` has their present values, `version` the new one."""

    slug = "changed-meanwhile"
    status = 409


class SameCustomer(CustomerError):
    """Both are one customer already, so that merging them would make a ring."""

    slug = "same-customer"
    status = 409


class NotMerged(CustomerError):
    """This customer is not merged into another."""

    slug = "not-merged"
    status = 409


class MergedAway(CustomerError):
    """This customer goes on as another one, `into`."""

    slug = "merged-away"
    status = 409


def _limits(values: dict[str, Any]) -> dict[str, Any]:
    return {"limit": values.get("limit", "")}
