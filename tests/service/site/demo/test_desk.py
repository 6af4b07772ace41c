"""The demo's desk agrees with its story: every row follows from its events, and every API answers something real."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import phonenumbers
import pytest
from django.conf import settings as deployment
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from pytest_django import DjangoDbBlocker
from tests import harness

from servewell.apps.base import attachments, clock, settings, texts, typed
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.definitions import definition_of
from servewell.apps.conversations.inbound import InboundMessage
from servewell.apps.conversations.models import (
    Conversation,
    Field,
    Message,
    MessageAttachment,
    SearchDocument,
    SearchDue,
    Status,
)
from servewell.apps.customers import facts, terms
from servewell.apps.customers.identities import Identity as Given
from servewell.apps.customers.models import Customer, Identity, Suggestion
from servewell.apps.journal.models import Case, Event
from servewell.apps.people.models import Team, User
from servewell.site import demo
from servewell.site.demo import seeding, shop
from servewell.site.demo.desk import today
from servewell.site.demo.story import Faults

ACTIVE = (Status.OPEN, Status.WAITING_US, Status.WAITING_CUSTOMER)


@pytest.fixture(scope="module")
def desk(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demo, once for all tests of this file: none of them changes what another reads."""
    before, deployment.DATA = deployment.DATA, tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock():
        keep = harness.filled_tables()
        assert demo.seed()
        yield
        harness.wipe(keep)
    deployment.DATA = before


@pytest.fixture
def visitor(desk: None) -> Client:
    """The demo's visitor, signed in."""
    browser = Client()
    user = User.objects.get(username=deployment.DEMO_SIGN_IN["username"])
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_every_case_is_a_conversation_numbered_as_they_were_opened(desk: None) -> None:
    """None is missing, none too many, and the customers and channels are those of the events."""
    opened = Event.objects.filter(activity="conversation.opened").order_by("occurred_at")
    told = list(opened.values_list("conversation", "customer", "channel", "occurred_at"))
    kept = Conversation.objects.order_by("number").values_list("id", "customer_id", "channel", "created_at", "number")
    rows = list(kept)
    assert [(case, customer, channel, at) for case, customer, channel, at, _ in rows] == told
    assert [number for *_, number in rows] == list(range(1, len(rows) + 1))
    assert 7_000 < len(rows) < 9_000


def test_history_replays_to_status_owner_and_times(desk: None) -> None:
    """What the events say of a conversation is what its row says; read anew here, from the journal alone."""
    told, first = _events(), Team.objects.get(name=texts.say("demo.team.front_desk")).id
    wrong = {
        row.number: (expected, _stored(row))
        for row in Conversation.objects.all()
        if (expected := _replayed(told[row.id], row, first)) != _stored(row)
    }
    assert not wrong, f"{len(wrong)} differ, e.g. {next(iter(wrong.items()))}"


def test_what_is_solved_is_closed_after_the_days_the_room_sets(desk: None) -> None:
    """So that the room's own job finds nothing that it should have closed long ago."""
    days = settings.get("conversations.close_after_days")
    seeded = User.objects.get(username=deployment.DEMO_SIGN_IN["username"]).created_at
    for row in Conversation.objects.filter(status=Status.SOLVED):
        assert row.solved_at is not None
        assert (seeded - row.solved_at).total_seconds() < days * 86_400 + 60
    assert not Conversation.objects.filter(closed_at__gt=clock.now()).exists()


def test_the_inbox_is_alive(desk: None) -> None:
    """Sixty to a hundred and twenty wait, of every status, with and without an owner, the newest since minutes."""
    active = Conversation.objects.filter(status__in=ACTIVE)
    by_status = Counter(active.values_list("status", flat=True))
    assert 60 <= sum(by_status.values()) <= 120
    assert by_status[Status.OPEN] + by_status[Status.WAITING_US] >= 40
    assert by_status[Status.WAITING_CUSTOMER] >= 3
    assert active.filter(assignee=None).count() >= 15
    assert active.exclude(assignee=None).count() >= 15
    ages = [(clock.now() - at).total_seconds() for at in active.values_list("last_message_at", flat=True)]
    assert min(ages) < 1_800
    waits = [(clock.now() - at).total_seconds() for at in _waiting_since(active)]
    assert min(waits) > 0
    assert max(waits) < 4 * 86_400
    assert active.exclude(snoozed_until=None).count() >= 2


def test_messages_fit_their_conversation(desk: None) -> None:
    """In order, without gaps, within its time; the row shows what they say."""
    said: dict[UUID, list[Message]] = defaultdict(list)
    for message in Message.objects.order_by("conversation_id", "position"):
        said[message.conversation_id].append(message)
    for row in Conversation.objects.all():
        messages, public = said[row.id], [one for one in said[row.id] if one.kind == "public"]
        assert [one.position for one in messages] == list(range(1, row.messages + 1)), row
        assert 2 <= len(messages) <= 10 or row.is_active, row
        times = [one.created_at for one in messages]
        assert times == sorted(times), row
        assert row.created_at <= times[0], row
        assert times[-1] <= clock.now(), row
        assert row.last_message_at == times[-1], row
        assert (row.preview, row.preview_author) == (public[-1].text[:160], public[-1].author_kind), row
        ours = [one.created_at for one in public if one.author_kind != "customer"]
        assert row.first_reply_at == min(ours, default=None), row
        theirs = [one.created_at for one in public if one.author_kind == "customer"]
        assert row.last_customer_message_at == max(theirs), row
    lengths = Counter(map(len, said.values()))
    assert sum(n for length, n in lengths.items() if 2 <= length <= 7) > 0.97 * sum(lengths.values()), lengths


def test_nothing_points_at_nothing(desk: None) -> None:
    """Authors, mentions, tags, teams and files are there; no place of a wording was left unfilled."""
    users, teams = _ids("people_user"), _ids("people_team")
    tags, customers = _ids("conversations_tag"), _ids("customers_customer")
    for kind, author, mentions, text in Message.objects.values_list("author_kind", "author", "mentions", "text"):
        assert author in {"customer": customers, "agent": users}.get(kind, {None})
        assert users.issuperset(mentions)
        assert text.strip()
        assert "{" not in text
        assert "}" not in text
    for carried in Conversation.objects.values_list("tags", flat=True):
        assert tags.issuperset(carried)
    for team_ids in Customer.objects.values_list("team_ids", flat=True):
        assert teams.issuperset(team_ids)
    assert not Message.objects.filter(kind="public").exclude(mentions=[]).exists()
    assert Message.objects.filter(kind="note").exclude(mentions=[]).count() > 500
    for file in MessageAttachment.objects.select_related("attachment")[:20]:
        found, stream = attachments.open(file.attachment_id)
        with stream:
            assert len(stream.read()) == found.size > 0


def test_custom_values_fit_their_definitions(desk: None) -> None:
    """The room would have let each of them in."""
    fields = {row.key: definition_of(row) for row in Field.objects.all()}
    for carried in Conversation.objects.values_list("fields", flat=True):
        for key, value in carried.items():
            assert typed.checked(fields[key], value) == value
    known = {row.code: terms.definition(row) for row in terms.attributes()}
    for carried in Customer.objects.values_list("attributes", flat=True):
        for key, value in carried.items():
            assert typed.checked(known[key], value) == value


def test_every_customer_of_the_story_is_there(desk: None) -> None:
    """With a name, a language, ways to be known by that lie under names kept for examples, and the right figure."""
    told = set(Event.objects.exclude(conversation=None).values_list("customer", flat=True))
    assert told <= _ids("customers_customer")
    assert not Customer.objects.filter(Q(name="") | Q(language="")).exists()
    english = Customer.objects.filter(language="en").count() / Customer.objects.count()
    assert 0.1 < english < 0.2
    emails = Identity.objects.filter(kind="email").values_list("value", flat=True)
    assert all(address.endswith(("example.com", "example.net", "example.org")) for address in emails)
    phones = Identity.objects.filter(kind="phone").values_list("value", flat=True)
    assert phones
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in phones if "+86" in number)
    assert all(number.startswith("+86154") or "55501" in number for number in phones)
    going_on = list(Customer.objects.filter(merged_into=None)[:200])
    for customer, figure in facts.completeness_of_all(going_on, facts.demands()):
        assert (customer.completeness, customer.missing) == (figure.percent, figure.missing)
    assert len({row.completeness for row in going_on}) > 3


def test_some_customers_are_out_of_the_ordinary(desk: None) -> None:
    """Blocked, merged with a twin, supposed to be one; each told by the room's own events."""
    assert Customer.objects.exclude(blocked_at=None).count() == 6
    twins = Customer.objects.exclude(merged_into=None)
    assert twins.count() == 7
    assert all(twin.root_id == twin.merged_into_id for twin in twins)
    open_ = Suggestion.objects.filter(state="open").select_related("one", "other")
    assert [one.one.name for one in open_] == [one.other.name for one in open_]
    assert len(open_) == 5
    told = Counter(Event.objects.filter(conversation=None).values_list("activity", flat=True))
    assert told["customer.merged"] == 14
    assert told["customer.blocked"] == 6


def test_every_page_of_the_desk_answers_something_real(visitor: Client) -> None:
    """Lists, counts, history, time line, search, and what an administrator arranges."""
    inbox = _get(visitor, "/conversations")
    assert len(inbox["items"]) == 50
    counts = {one["view"]: one["count"] for one in _get(visitor, "/conversations/counts")}
    assert counts["all"] >= 50
    for view in ("unassigned", "waiting_us", "waiting_customer", "mentioned", "following", "snoozed", "solved"):
        assert _get(visitor, f"/conversations?view={view}")["items"] or view == "unassigned", view
    one = next(row for row in inbox["items"] if row["assignee"])
    assert _get(visitor, f"/conversations/{one['id']}")["customer"]["name"]
    assert len(_get(visitor, f"/conversations/{one['id']}/messages")["items"]) >= 2
    history = [line["sentence"] for line in _get(visitor, f"/conversations/{one['id']}/history")["items"]]
    assert len(history) >= 3
    assert any(texts.say("demo.element.hand_to_person") in sentence for sentence in history), history
    customer = one["customer"]["id"]
    assert _get(visitor, f"/customers/{customer}")["identities"]
    _get(visitor, f"/customers/{customer}/timeline")
    assert len(_get(visitor, "/customers/suggestions")["items"]) == 5
    assert len(_get(visitor, "/conversations/tags")) == 10
    assert len(_get(visitor, "/conversations/fields")) == 4
    assert len(_get(visitor, "/conversations/canned")["items"]) == 8
    assert len(_get(visitor, "/conversations/views")) == 6
    assert len(_get(visitor, "/people/skills")) == 8
    assert Counter(row["presence"] for row in _get(visitor, "/people/presence")["items"])["online"] >= 5
    team = _get(visitor, "/people/teams")[0]
    assert _get(visitor, f"/people/teams/{team['id']}/hours")


def test_search_finds_what_was_said(visitor: Client) -> None:
    """The newest at once, in both languages; the rest when a worker has written its words."""
    assert SearchDocument.objects.count() >= 400
    newest = Conversation.objects.order_by("-number").first()
    assert newest is not None
    assert SearchDocument.objects.filter(conversation_id=newest.id).exists()
    written = SearchDocument.objects.values_list("conversation_id", flat=True)
    due = SearchDue.objects.values_list("conversation_id", flat=True)
    assert {*written} | {*due} == _ids("conversations_conversation")
    for words in ("退款", "蓝牙耳机", "refund"):
        found = _get(visitor, f"/conversations/search?words={quote(words)}")
        assert found["match"] == "all", words
        assert found["items"][0]["messages"], words


def test_what_happens_next_gets_the_next_number(visitor: Client) -> None:
    """A message of somebody new begins the next conversation; one of the desk counts on where its events ended."""
    with transaction.atomic():
        last = Conversation.objects.order_by("-number").values_list("number", flat=True)[0]
        came = actions.receive(
            SYSTEM, InboundMessage("chat", "你好", identities=(Given("visitor", "v-new", "shop-site"),))
        )
        assert came.number == last + 1
        row = Conversation.objects.filter(status=Status.WAITING_US).exclude(assignee=None)[0]
        before = Case.objects.get(conversation=row.id).last_seq
        answer = visitor.post(
            f"/api/v1/conversations/{row.id}/messages", {"text": "马上处理"}, content_type="application/json"
        )
        assert answer.status_code == 201, answer.content
        assert answer.json()["position"] == row.messages + 1
        assert Case.objects.get(conversation=row.id).last_seq > before
        transaction.set_rollback(True)


def test_a_visit_leaves_the_story_as_it_is(desk: None) -> None:
    """The desk adds contacts since midnight, and nothing to what the ninety days show: the map's figures hold."""
    story = shop.run(seeding.SEED, seeding.DAYS, shop.yesterday(), Faults(), settings.get("people.zone"))
    told = Counter(Event.objects.filter(conversation__in=_cases(story)).values_list("conversation", flat=True))
    wanted = {steps[0].plan.case: len(list(seeding._moments(steps))) for steps in story.cases.values()}
    more = {case: told[case] - number for case, number in wanted.items() if told[case] != number}
    assert set(more.values()) == {1}, "only those who wrote again"
    assert len(more) == today.BACK
    assert Conversation.objects.count() - len(wanted) <= today.FRESH[1]


def _replayed(events: list[Event], row: Conversation, first: UUID) -> dict[str, Any]:
    """Follow a conversation's events to where they leave it. `topic` is what the flow knows of it."""
    at = {"status": Status.OPEN.value, "waiting_since": row.created_at, "solved_at": None, "closed_at": None}
    owner, team, reopened = None, first, 0
    kind: tuple[str | None, str | None] = (None, None)
    for event in events:
        name = event.element or event.activity
        turn = _TURNS.get((name, event.lifecycle))
        if name == "hand_to_person" and at["status"] == Status.OPEN:
            turn = None
        if (name, event.lifecycle) == ("answer_by_person", "complete"):
            goes_on = row.fields["topic"] in ("refund", "fault") and not reopened
            turn = Status.WAITING_US if goes_on else Status.WAITING_CUSTOMER
        if name == "conversation.reopened":
            reopened += 1
        at = _entered(at, turn, event) if turn else at
        owner = event.actor if event.actor_kind == "agent" else owner
        team = first if name == "hand_to_person" else event.team or team
        kind = (event.contact_type, event.sentiment) if event.contact_type else kind
    return {**at, "assignee": owner, "team": team, "reopened": reopened, "kind": kind}


def _entered(at: dict[str, Any], status: Status, event: Event) -> dict[str, Any]:
    waits = status in (Status.OPEN, Status.WAITING_US)
    done = event.occurred_at if status in (Status.SOLVED, Status.CLOSED) else None
    return {
        "status": status.value,
        "waiting_since": (at["waiting_since"] or event.occurred_at) if waits else None,
        "solved_at": done,
        "closed_at": done if status == Status.CLOSED else None,
    }


_TURNS = {
    ("look_up_knowledge", "complete"): Status.WAITING_CUSTOMER,  # the answer is offered at once
    ("collect_details", "complete"): Status.WAITING_US,
    ("hand_to_person", "start"): Status.WAITING_US,
    ("hand_to_person", "complete"): Status.WAITING_US,
    ("wait", "start"): Status.WAITING_CUSTOMER,
    ("wait", "complete"): Status.WAITING_US,
    ("after_sales_check", "start"): Status.WAITING_US,
    ("refund_approval", "start"): Status.WAITING_US,
    ("technical_support", "start"): Status.WAITING_US,
    ("technical_support", "complete"): Status.WAITING_CUSTOMER,
    ("compensate", "start"): Status.WAITING_US,
    ("compensate", "complete"): Status.WAITING_CUSTOMER,
    ("notify", "complete"): Status.WAITING_CUSTOMER,
    ("survey_and_close", "complete"): Status.SOLVED,
    ("conversation.reopened", "complete"): Status.WAITING_US,
    ("conversation.abandoned", "complete"): Status.CLOSED,
}


def _stored(row: Conversation) -> dict[str, Any]:
    """Return the same of the row; what was closed by time reads as solved, as its events say."""
    days = settings.get("conversations.close_after_days")
    by_time = row.solved_at is not None and row.closed_at == row.solved_at + timedelta(days=days)
    return {
        "status": Status.SOLVED.value if by_time else row.status,
        "waiting_since": row.waiting_since,
        "solved_at": row.solved_at,
        "closed_at": None if by_time else row.closed_at,
        "assignee": row.assignee_id,
        "team": row.team_id,
        "reopened": row.reopened,
        "kind": (row.contact_type, row.sentiment),
    }


def _events() -> dict[UUID, list[Event]]:
    told: dict[UUID, list[Event]] = defaultdict(list)
    for event in Event.objects.exclude(conversation=None).order_by("conversation", "seq"):
        if event.conversation is not None:
            told[event.conversation].append(event)
    return told


def _waiting_since(rows: Any) -> list[Any]:
    return list(rows.exclude(waiting_since=None).values_list("waiting_since", flat=True))


def _cases(story: shop.Shop) -> list[UUID]:
    return [steps[0].plan.case for steps in story.cases.values()]


def _ids(table: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {table}")
        return {row[0] for row in cursor.fetchall()}


def _get(browser: Client, path: str) -> Any:
    answer = browser.get(f"/api/v1{path}")
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.json()
