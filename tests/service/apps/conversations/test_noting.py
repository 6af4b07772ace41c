"""How do we write to each other about a conversation, and whom does it reach?"""

from uuid import UUID, uuid4

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.errors import NothingWritten
from servewell.apps.conversations.models import Follower
from servewell.apps.people.errors import NotAllowed


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.received()


def test_it_works(desk: Desk, case: UUID) -> None:
    """The customer's turn, the preview and the waiting time stay as they are."""
    before = row(case)
    noted = actions.note(desk.who("lin"), case, text="He called already.")
    now = row(case)
    assert (noted.message.kind, noted.message.delivery, noted.message.position) == ("note", "none", 2)
    assert (now.status, now.preview, now.waiting_since) == (before.status, before.preview, before.waiting_since)
    assert (now.messages, now.version) == (2, 2)
    assert told(case)[-1] == "noted"


def test_whom_it_calls_on_follows_from_then_on(desk: Desk, case: UUID) -> None:
    noted = actions.note(desk.who("lin"), case, text="@mei @boss", mentions=[desk.mei.id, desk.boss.id, desk.mei.id])
    assert (noted.unseen, noted.unknown, noted.sentences) == ((), (), ())
    assert noted.message.mentions == [desk.mei.id, desk.boss.id]
    assert last(case, "noted")["mentions"] == [str(desk.mei.id), str(desk.boss.id)]
    assert set(Follower.objects.values_list("user_id", flat=True)) == {desk.mei.id, desk.boss.id}
    actions.note(desk.who("lin"), case, text="@mei again", mentions=[desk.mei.id])
    assert told(case).count("followed") == 2


def test_whom_it_does_not_reach_is_said_in_words(desk: Desk, case: UUID) -> None:
    """The note is kept all the same."""
    gone, nobody = build.person("gone", "agent", desk.team, is_active=False), uuid4()
    noted = actions.note(desk.who("lin"), case, text="@all", mentions=[desk.far.id, gone.id, nobody, desk.mei.id])
    assert (noted.unseen, noted.unknown) == (("Far", "Gone"), (nobody,))
    assert "Far, Gone cannot read this conversation" in noted.sentences[0]
    assert "1 of those you mentioned" in noted.sentences[1]
    assert noted.message.mentions == [desk.mei.id]
    assert list(Follower.objects.values_list("user_id", flat=True)) == [desk.mei.id]


def test_a_note_of_10000_mentions_keeps_what_an_event_carries(desk: Desk, case: UUID) -> None:
    noted = actions.note(desk.who("lin"), case, text="!", mentions=[uuid4() for _ in range(10_000)])
    assert len(noted.unknown) == 100


def test_a_closed_one_takes_notes(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("lin"), case, Change(status="closed"))
    assert actions.note(desk.who("lin"), case, text="For the record.").message.position == 2


def test_what_says_nothing_or_is_not_allowed_is_refused(desk: Desk, case: UUID) -> None:
    with pytest.raises(NothingWritten):
        actions.note(desk.who("lin"), case, text="  ")
    for stranger in ("far", "auditor"):
        with pytest.raises(NotAllowed):
            actions.note(desk.who(stranger), case, text="x")
    assert row(case).messages == 1
