"""What may follow what, in the life of a conversation and on the way of a message?"""

import pytest

from servewell.apps.conversations import lifecycle
from servewell.apps.conversations.lifecycle import Happening, goes_on, next_status
from servewell.apps.conversations.models import Delivery, Status

NEW, US, THEM, SOLVED, CLOSED = Status.OPEN, Status.WAITING_US, Status.WAITING_CUSTOMER, Status.SOLVED, Status.CLOSED
TABLE = [
    # what happens, then what becomes of: open, waiting for us, waiting for the customer, solved, closed
    (Happening.CUSTOMER_WROTE, NEW, US, US, US, None),  # closed: a new conversation begins
    (Happening.REPLIED, THEM, THEM, THEM, SOLVED, None),  # "you are welcome" leaves it solved
    (Happening.RETURNED, NEW, NEW, NEW, NEW, None),
    (Happening.TAKEN_UP, US, US, US, US, None),
    (Happening.PUT_TO_CUSTOMER, THEM, THEM, THEM, THEM, None),
    (Happening.SOLVED, SOLVED, SOLVED, SOLVED, SOLVED, None),
    (Happening.CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED),
    (Happening.TIME_PASSED, None, None, None, CLOSED, CLOSED),  # only what is solved ends by itself
    (Happening.HELD, NEW, US, THEM, SOLVED, CLOSED),  # a blocked customer moves nothing
]


@pytest.mark.parametrize(("happening", "after"), [(row[0], row[1:]) for row in TABLE])
def test_it_works(happening: Happening, after: tuple[Status | None, ...]) -> None:
    assert tuple(next_status(before, happening) for before in Status) == after


def test_everything_that_can_happen_is_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(Happening)


def test_what_was_answered_does_not_become_new_again() -> None:
    """But nothing is refused that changes nothing."""
    after = [next_status(before, Happening.RETURNED, answered=True) for before in Status]
    assert after == [NEW, None, None, None, None]


def test_closed_is_final() -> None:
    assert {next_status(CLOSED, happening) for happening in Happening} == {None, CLOSED}


def test_each_status_can_be_asked_for() -> None:
    assert lifecycle.MEANT.keys() == set(Status)


ORDER = (Delivery.QUEUED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ)


def test_reports_of_a_message_only_go_forward() -> None:
    """They overtake each other on their way to us."""
    for at, before in enumerate(ORDER):
        assert [goes_on(before, after) for after in ORDER] == [place > at for place in range(4)]


def test_a_failed_one_may_be_tried_again_and_arrive() -> None:
    assert all(goes_on(Delivery.FAILED, after) for after in ORDER)
    assert [goes_on(before, Delivery.FAILED) for before in ORDER] == [True, True, True, False]


@pytest.mark.parametrize("before", [Delivery.RECEIVED, Delivery.NONE])
def test_nothing_is_reported_of_what_came_in_or_goes_nowhere(before: Delivery) -> None:
    assert not any(goes_on(before, after) for after in Delivery)
