"""What happens in the background? When the house wants to know other things, every customer's figure is made anew."""

from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from servewell.apps.base import settings
from servewell.apps.customers import facts
from servewell.apps.customers.models import Customer

BATCH = 200  # customers that are locked while their figures are made


@app.task(name="customers.recount", queueing_lock="customers.recount")  # type: ignore[untyped-decorator]
def recount() -> None:
    """Compute the completeness of every customer; in batches, so that nobody waits for long."""
    wanted, after = facts.demands(), None
    while (after := _batch(wanted, after)) is not None:
        pass


def recount_later() -> None:
    """Have all figures made anew once this transaction is committed; a job that waits already will do it."""
    transaction.on_commit(_defer)


def _defer() -> None:
    try:
        recount.defer()
    except AlreadyEnqueued:
        return


@settings.on_change
def _weights_changed(principal: Any, name: str, old: Any, new: Any) -> None:
    if name == "customers.weights":
        recount_later()


@transaction.atomic
def _batch(wanted: Any, after: UUID | None) -> UUID | None:
    """Compute up to BATCH customers behind an id; return the last, or None when there were none.

    They are locked in the order of ids, as by everybody who changes what is known of one: a figure that was made of
    older facts never takes the place of a newer one.
    """
    rows = Customer.objects.filter(merged_into=None).order_by("id")
    page = list((rows.filter(id__gt=after) if after else rows).values_list("id", flat=True)[:BATCH])
    locked = list(rows.filter(id__in=page).select_for_update(no_key=True))
    for customer, known in facts.completeness_of_all(locked, wanted):
        if (customer.completeness, customer.missing) != (known.percent, known.missing):
            Customer.objects.filter(id=customer.id).update(completeness=known.percent, missing=known.missing)
    return page[-1] if page else None
