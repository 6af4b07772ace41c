"""What the tests of customers share."""

from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers.actions import find_or_create
from servewell.apps.customers.identities import Identity
from servewell.apps.people.models import Team

CUSTOMERS = "/api/v1/customers"


def team(name="Day"):
    return Team.objects.get_or_create(name=name)[0]


def agent(name="lin", of="Day", role="agent", **fields):
    """Return the browser of somebody in one team."""
    user = person(name, role, **fields)
    user.teams.add(team(of))
    return signed_in(user)


def customer(word="wang", of="Day", **fields):
    """Return the id of a customer whom a team has met."""
    given = [Identity("email", f"{word}@example.com")]
    return find_or_create(SYSTEM, given, **{"name": word, "team": team(of).id, **fields}).customer.id
