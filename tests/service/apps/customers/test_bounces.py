"""Is an address known to be dead until something comes from it again, and only if it is the customer's?"""

from datetime import timedelta

import pytest

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import queries
from servewell.apps.customers.actions import find_or_create, note_bounce
from servewell.apps.customers.api import shown
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.django_db
MAIL = Identity("email", "Wang@example.com")


def told() -> int:
    return Event.objects.filter(activity="customer.address_bounced").count()


def test_it_works() -> None:
    """The address shows that it bounces, since when and why; the journal has it without the address."""
    wang = find_or_create(SYSTEM, [MAIL]).customer
    assert note_bounce(SYSTEM, wang.id, ["other@example.com", "wang@example.com"], "unknown") == 1
    row = Known.objects.get(value="wang@example.com")
    assert row.bounces
    assert queries.bounce_of("wang@example.com") == "unknown"
    assert queries.bounce_of("li@example.com") == ""
    assert (shown.identity(row)["bounce_code"], shown.identity(row)["bounced_at"]) == ("unknown", row.bounced_at)
    event = Event.objects.get(activity="customer.address_bounced")
    assert (event.customer, event.attributes) == (wang.id, {"identity": str(row.id), "code": "unknown"})


def test_what_is_known_is_no_news() -> None:
    """A second bounce of the same address is not told again."""
    wang = find_or_create(SYSTEM, [MAIL]).customer
    note_bounce(SYSTEM, wang.id, ["wang@example.com"], "unknown")
    assert note_bounce(SYSTEM, wang.id, ["wang@example.com"], "domain") == 0
    assert told() == 1


def test_a_mail_from_there_ends_it() -> None:
    """Whoever writes from an address has it: it bounces no more, and may bounce again."""
    wang = find_or_create(SYSTEM, [MAIL]).customer
    note_bounce(SYSTEM, wang.id, ["wang@example.com"], "disabled")
    earlier = clock.now() - timedelta(hours=1)
    Known.objects.update(bounced_at=earlier, last_seen_at=earlier)
    find_or_create(SYSTEM, [MAIL])
    row = Known.objects.get()
    assert not row.bounces
    assert shown.identity(row)["bounced_at"] is None
    assert note_bounce(SYSTEM, wang.id, ["wang@example.com"], "disabled") == 1


def test_of_others_nothing_is_noted() -> None:
    """A report about one customer's mail says nothing of another one's address, whatever it names."""
    wang = find_or_create(SYSTEM, [MAIL]).customer
    find_or_create(SYSTEM, [Identity("email", "li@example.com")])
    assert note_bounce(SYSTEM, wang.id, ["li@example.com"], "unknown") == 0
    assert told() == 0
