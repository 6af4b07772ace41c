"""Are lists kept for those they are for, and changed by those who may?"""

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions.views import MOST, Wanted
from servewell.apps.conversations.errors import OnlyPeople
from servewell.apps.conversations.inbox import views
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import SavedView
from servewell.apps.conversations.refusals import BadView, NoSuchView, OrderNotPossible, TooManyViews
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed
from servewell.apps.people.models import User

URGENT = Filters(priority=["urgent"], assignee=["me"])


def names(desk: Desk, who: str) -> list[str]:
    return [saved.name for saved in views.all_of(desk.who(who))]


def test_it_works(desk: Desk) -> None:
    """A view is kept as what differs from nothing, listed with its count, changed and forgotten."""
    saved = actions.save_view(desk.who("lin"), Wanted("  My   urgent ones ", URGENT))
    assert (saved.name, saved.order) == ("My urgent ones", "due")
    assert saved.filters == {"priority": ["urgent"], "assignee": ["me"]}
    assert views.named(desk.who("lin"), str(saved.id)).filters == URGENT
    case = desk.received()
    actions.change(desk.who("lin"), case, actions.Change(priority="urgent", assignee=desk.lin.id))
    counted = {view.id: count.count for view, _, count in views.with_counts(desk.who("lin"))}
    assert (counted[str(saved.id)], counted["mine"], counted["unassigned"]) == (1, 1, 0)
    actions.change_view(desk.who("lin"), saved.id, {"filters": Filters(status=["solved"])})
    assert SavedView.objects.get().order == "newest"  # solved ones have no promise to break
    actions.remove_view(desk.who("lin"), saved.id)
    assert not SavedView.objects.exists()
    kept = ["view_saved", "view_saved", "view_removed"]
    told = Event.objects.filter(activity__contains="view_").order_by("id").values_list("activity", flat=True)
    assert [name.partition(".")[2] for name in told] == kept


def test_ones_own_is_seen_by_nobody_else(desk: Desk) -> None:
    """Not even by a manager, who could not find it by its id either."""
    saved = actions.save_view(desk.who("lin"), Wanted("Mine", URGENT))
    assert (names(desk, "lin"), names(desk, "mei"), names(desk, "boss")) == (["Mine"], [], [])
    for do in (
        lambda: views.named(desk.who("boss"), str(saved.id)),
        lambda: actions.change_view(desk.who("boss"), saved.id, {"name": "x"}),
        lambda: actions.remove_view(desk.who("mei"), saved.id),
    ):
        with pytest.raises(NoSuchView):
            do()


def test_what_is_shared_is_seen_by_its_circle_and_changed_by_who_may_share(desk: Desk) -> None:
    """A team's by the team and by who sees all; everybody's by everybody."""
    lead = build.person("lead", "lead", desk.team, language="en").principal()
    team = actions.save_view(lead, Wanted("Team", URGENT, shared="team", team=desk.team.id, position=2))
    actions.save_view(lead, Wanted("All", URGENT, shared="everybody", position=1))
    assert names(desk, "lin") == names(desk, "boss") == ["All", "Team"]
    assert names(desk, "far") == ["All"]
    with pytest.raises(NotAllowed):
        actions.change_view(desk.who("lin"), team.id, {"name": "Ours"})
    with pytest.raises(NotAllowed):
        actions.save_view(desk.who("lin"), Wanted("Ours", URGENT, shared="everybody"))
    actions.change_view(desk.who("boss"), team.id, {"shared": "everybody", "team": None})
    assert names(desk, "far") == ["All", "Team"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("  ", URGENT), "name"),
        (Wanted("x" * 81, URGENT), "name"),
        (Wanted("Team", URGENT, shared="team"), "team"),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_with_the_reason(desk: Desk, wanted: Wanted, field: str) -> None:
    """A sentence, and which part it is about."""
    with pytest.raises(BadView) as refused:
        actions.save_view(desk.who("boss"), wanted)
    assert refused.value.values["field"] == field
    assert refused.value.sentence("en").endswith(".")


def test_other_things_that_do_not_fit_are_refused_too(desk: Desk) -> None:
    """An order without an index, a program's own view, a team out of sight, one view too many."""
    with pytest.raises(OrderNotPossible):
        actions.save_view(desk.who("lin"), Wanted("Closed", Filters(status=["closed"]), order="due"))
    lead = build.person("lead", "lead", desk.team).principal()
    with pytest.raises(BadView):
        actions.save_view(lead, Wanted("Theirs", URGENT, shared="team", team=desk.other_team.id))
    lin = User.objects.get(username="lin")
    SavedView.objects.bulk_create(SavedView(name=str(number), owner=lin) for number in range(MOST))
    with pytest.raises(TooManyViews):
        actions.save_view(desk.who("lin"), Wanted("One more", URGENT))
    key = build.principal("agent", kind="key", teams=frozenset(), scopes=frozenset(["conversations.read"]))
    with pytest.raises(OnlyPeople):
        actions.save_view(key, Wanted("A program's", URGENT))


@pytest.mark.parametrize("name", ["nothing", "", "00000000-0000-7000-8000-000000000000", "x" * 300])
def test_a_view_that_is_not_there_is_refused(desk: Desk, name: str) -> None:
    """By whatever name."""
    with pytest.raises(NoSuchView):
        views.named(desk.who("lin"), name)
