"""Does a new conversation get its team, priority and tags by the first rule that fits, and cost no more for it?"""

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_django
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Priority
from servewell.apps.customers import actions as customers
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer
from servewell.apps.flows import actions, reception, sorting

WANG = (Identity("email", "wang@example.com", verified=True),)


@pytest.fixture(autouse=True)
def _files(settings: pytest_django.Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def rule(desk: Desk, name: str = "Refunds", **given: Any) -> UUID:
    made = actions.create_rule(desk.who("boss"), name, **given)
    sorting.known.forget()
    return made.id


def received(**changes: Any) -> Any:
    return row(reception.receive(SYSTEM, build.inbound(**changes)).conversation_id)


def test_it_works(desk: Desk) -> None:
    """A rule gives team, priority and tags; the journal remembers which it was, and the team meets the customer."""
    tag = conversations.create_tag(desk.who("boss"), "Refund")
    made = rule(desk, conditions={"words": ["refund"]}, team=desk.other_team.id, priority="high", tags=[tag.id])
    conversation = received(text="I want a refund.")
    assert (conversation.team_id, conversation.priority) == (desk.other_team.id, Priority.HIGH)
    assert conversation.tags == [tag.id]
    assert last(conversation.id, "opened")["rule"] == str(made)
    assert Customer.objects.get().team_ids == [desk.other_team.id]


def test_without_a_rule_that_fits_the_team_of_the_account_counts(desk: Desk) -> None:
    rule(desk, conditions={"words": ["refund"]}, team=desk.other_team.id)
    conversation = received(text="Hello", default_team=desk.team.id)
    assert (conversation.team_id, conversation.priority) == (desk.team.id, Priority.NORMAL)
    assert "rule" not in last(conversation.id, "opened")


def test_a_rule_comes_before_the_team_of_the_account(desk: Desk) -> None:
    rule(desk, team=desk.other_team.id)
    assert received(default_team=desk.team.id).team_id == desk.other_team.id


def test_a_rule_without_a_team_leaves_that_of_the_account(desk: Desk) -> None:
    rule(desk, priority="urgent")
    conversation = received(default_team=desk.team.id)
    assert (conversation.team_id, conversation.priority) == (desk.team.id, Priority.URGENT)


def test_what_the_message_says_itself_comes_first(desk: Desk) -> None:
    """Unless the rule overrides it."""
    made = rule(desk, team=desk.other_team.id)
    assert received(team=desk.team.id).team_id == desk.team.id
    actions.change_rule(desk.who("boss"), made, {"overrides": True})
    sorting.known.forget()
    assert received(team=desk.team.id).team_id == desk.other_team.id


def test_the_first_rule_that_fits_counts(desk: Desk) -> None:
    first, second = rule(desk, team=desk.team.id), rule(desk, team=desk.other_team.id)
    assert received().team_id == desk.team.id
    actions.order_rules(desk.who("boss"), [second, first])
    sorting.known.forget()
    assert received().team_id == desk.other_team.id


def test_a_rule_that_rests_is_not_tried(desk: Desk) -> None:
    rule(desk, team=desk.team.id, active=False)
    assert received().team_id is None


def test_tags_of_the_message_stay(desk: Desk) -> None:
    own, given = (conversations.create_tag(desk.who("boss"), name).id for name in ("Own", "Given"))
    rule(desk, tags=[given, own])
    assert received(tags=(own,)).tags == [own, given]


def test_only_new_conversations_are_sorted(desk: Desk) -> None:
    """What joins one, or continues a closed one, stays where that is."""
    first = received(thread="t1", team=desk.team.id)
    rule(desk, team=desk.other_team.id, priority="urgent", overrides=True)
    again = received(thread="t1")
    assert (again.id, again.team_id, again.priority) == (first.id, desk.team.id, Priority.NORMAL)
    conversations.change(desk.who("boss"), first.id, conversations.Change(status="closed"))
    onward = received(thread="t1")
    assert onward.id != first.id
    assert (onward.team_id, onward.priority) == (desk.team.id, Priority.NORMAL)
    assert Customer.objects.get().team_ids == [desk.team.id]


def test_the_tier_of_a_known_customer_counts(desk: Desk) -> None:
    customer = customers.create(desk.who("boss"), name="Wang", tier="gold", identities=list(WANG)).id
    rule(desk, conditions={"tiers": ["gold"]}, team=desk.other_team.id)
    conversation = received()
    assert (conversation.customer_id, conversation.team_id) == (customer, desk.other_team.id)
    other = received(identities=(Identity("email", "li@example.com", verified=True),))
    assert other.team_id is None


def test_html_is_read_for_words_too(desk: Desk) -> None:
    """A mail that has no plain text says what its HTML shows."""
    rule(desk, conditions={"words": ["退款"], "words_in": "text"}, team=desk.team.id)
    assert received(text="", html="<p>请给我<b>退</b>款</p>").team_id == desk.team.id


def test_address_account_and_form_are_known_to_rules(desk: Desk) -> None:
    account = uuid4()
    conversations.create_field(desk.who("boss"), "topic", {"zh-Hans": "主题", "en": "Topic"}, "text")
    rule(
        desk,
        conditions={"addresses": ["VIP@example.com"], "accounts": [account], "fields": {"topic": ["Refund"]}},
        team=desk.team.id,
    )
    given = {"recipient": "vip@example.com", "account": account, "fields": {"topic": "refund"}}
    assert received(**given).team_id == desk.team.id
    assert received(**given | {"recipient": "info@example.com"}).team_id is None


def test_a_team_or_tag_that_is_archived_is_no_more_given(desk: Desk) -> None:
    """The contact then falls to the account's team; if that is archived too, to those who see all."""
    from servewell.apps.people.models import Team

    tag = conversations.create_tag(desk.who("boss"), "Refund")
    rule(desk, team=desk.other_team.id, tags=[tag.id], priority="high")
    conversations.archive_tag(desk.who("boss"), tag.id)
    Team.objects.filter(pk=desk.other_team.id).update(archived_at=clock.now())
    sorting.known.forget()
    conversation = received(default_team=desk.team.id)
    assert (conversation.team_id, conversation.tags, conversation.priority) == (desk.team.id, [], Priority.HIGH)
    Team.objects.update(archived_at=clock.now())
    sorting.known.forget()
    assert received(default_team=desk.team.id).team_id is None


def statements(**changes: Any) -> int:
    message = build.inbound(**changes)
    with CaptureQueriesContext(connection) as captured:
        reception.receive(SYSTEM, message)
    return len(captured)


def test_a_message_takes_at_most_12_statements_with_rules_read_anew(desk: Desk) -> None:
    """Also the first of a second, which reads the rules; savepoints and the two of the transaction included."""
    rule(desk, conditions={"tiers": ["gold"]}, team=desk.team.id)
    rule(desk, conditions={"words": ["parcel"]}, team=desk.other_team.id, priority="high")
    sorting.known.forget()
    assert statements(external_id="m1", thread="t1", default_team=desk.team.id) <= 11
    assert statements(external_id="m2", thread="t1", default_team=desk.team.id) <= 8
    by_phone = (Identity("phone", "138 0013 8000", verified=True),)
    assert statements(external_id="m3", thread="t3", identities=by_phone) <= 12
    stranger = (Identity("email", "li@example.com", verified=True),)
    named = received(external_id="m4").id
    assert statements(external_id="m5", conversation=named, identities=stranger) <= 12


def test_a_rule_that_another_process_changed_counts_within_two_seconds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells this process; it looks again when what it knows is a second old."""
    now = [100.0]
    monkeypatch.setattr(sorting.time, "monotonic", lambda: now[0])
    assert received().team_id is None
    with CaptureQueriesContext(connection) as captured:
        sorting.known.now()
    assert not captured.captured_queries  # known still
    actions.create_rule(desk.who("boss"), "All", team=desk.team.id)
    assert received().team_id is None  # nobody told: the transaction of the test never commits
    now[0] += 1.1
    assert received().team_id == desk.team.id


def test_a_rule_counts_at_once_where_it_was_made(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    assert received().team_id is None
    with django_capture_on_commit_callbacks(execute=True):
        actions.create_rule(desk.who("boss"), "All", team=desk.team.id)
    assert received().team_id == desk.team.id
