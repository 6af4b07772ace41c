"""Whatever is done to a conversation: does its row stay true, and does the journal tell all of it?"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import build
from tests.service.apps.conversations.desk import Desk, row

from servewell.apps.base import clock
from servewell.apps.base.errors import ServewellError
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, queries
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.lifecycle import CUSTOMER_WAITS, DONE
from servewell.apps.conversations.models import ACTIVE, PRIORITIES, Conversation, Message, Status
from servewell.apps.customers import actions as customers
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer
from servewell.apps.journal.models import Event

STRANGER = (Identity("email", "li@example.com", verified=True),)
AGENTS = ("lin", "mei", "far", "boss")
Step = tuple[str, Any]
STEPS: "st.SearchStrategy[Step]" = st.one_of(
    st.tuples(st.just("write"), st.booleans()),  # the customer, on the thread or by the number
    st.tuples(st.just("reply"), st.sampled_from([None, "solved", "waiting_us", "waiting_customer"])),
    st.tuples(st.just("note"), st.none()),
    st.tuples(st.just("status"), st.sampled_from([*Status.values, "lost"])),
    st.tuples(st.just("assign"), st.sampled_from([*AGENTS, None, "auditor", "gone"])),
    st.tuples(st.just("team"), st.sampled_from(["team", "other_team", None])),
    st.tuples(st.just("take"), st.sampled_from(AGENTS)),
    st.tuples(st.just("priority"), st.sampled_from(list(PRIORITIES))),
    st.tuples(st.just("tag"), st.integers(-3, 3)),  # below zero: away
    st.tuples(st.just("snooze"), st.sampled_from([-1, 1, 48, None])),  # hours
    st.tuples(st.just("abandon"), st.none()),
    st.tuples(st.just("block"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 24, 24 * 9])),  # hours; timers and jobs run
    st.tuples(st.just("leave"), st.none()),  # the owner is shut out
    st.tuples(st.just("split"), st.none()),
    st.tuples(st.just("classify"), st.sampled_from(["inquiry", "complaint"])),
    st.tuples(st.just("bulk"), st.sampled_from(["solved", "closed", "urgent", "mei", "nap"])),
    st.tuples(st.just("undo"), st.none()),  # the last one
    st.tuples(st.just("merge"), st.booleans()),  # a new one into it, of the same customer or of another
    st.tuples(st.just("unmerge"), st.none()),
    st.tuples(st.just("erase"), st.none()),  # who wrote in it, or in what was merged into it, and is somebody else
)


class Life:
    """One conversation, and what may be done to it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.gone = build.person("gone", "agent", self.desk.team, is_active=False)
        self.desk.gone = self.gone  # type: ignore[attr-defined]
        self.tags = [actions.create_tag(self.desk.who("boss"), f"t{n}").id for n in range(4)]
        self.now = clock.now()
        self.operation: UUID | None = None
        self.case = self.desk.received(thread="t1")
        self.do: dict[str, Callable[[Any], Any]] = {
            name.removeprefix("_do_"): getattr(self, name) for name in dir(self) if name.startswith("_do_")
        }

    def step(self, what: str, value: Any) -> None:
        """Do something; a refusal in words is fine, and changes nothing."""
        self.now += timedelta(seconds=1)
        before = (row(self.case).version, Event.objects.count())
        try:
            with clock.frozen(self.now):
                self.do[what](value)
        except ServewellError:
            assert (row(self.case).version, Event.objects.count()) == before

    def _do_write(self, on_thread: bool) -> None:
        self.desk.received("And?", **({"thread": "t1"} if on_thread else {"conversation": self.case}))

    def _do_reply(self, status: str | None) -> None:
        actions.reply(SYSTEM, self.case, text="Soon.", status=status)

    def _do_note(self, _: None) -> None:
        actions.note(SYSTEM, self.case, text="!")

    def _do_status(self, status: str) -> None:
        actions.change(SYSTEM, self.case, Change(status=status))

    def _do_assign(self, name: str | None) -> None:
        actions.assign(SYSTEM, self.case, assignee=getattr(self.desk, name).id if name else None)

    def _do_team(self, name: str | None) -> None:
        actions.assign(SYSTEM, self.case, team=getattr(self.desk, name).id if name else None)

    def _do_take(self, name: str) -> None:
        actions.take(self.desk.who(name), self.case)

    def _do_priority(self, word: str) -> None:
        actions.change(SYSTEM, self.case, Change(priority=word))

    def _do_tag(self, number: int) -> None:
        tag = (self.tags[abs(number)],)
        actions.change(SYSTEM, self.case, Change(tags_add=tag) if number >= 0 else Change(tags_remove=tag))

    def _do_snooze(self, hours: int | None) -> None:
        actions.snooze(SYSTEM, self.case, None if hours is None else clock.now() + timedelta(hours=hours))

    def _do_abandon(self, _: None) -> None:
        actions.abandon(SYSTEM, self.case)

    def _do_block(self, blocked: bool) -> None:
        Customer.objects.update(blocked_at=clock.now() if blocked else None)

    def _do_wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with clock.frozen(self.now):
            actions.wake(self.case)
            actions.close_solved()

    def _do_leave(self, _: None) -> None:
        owner = row(self.case).assignee_id
        if owner is not None:
            actions.give_back(owner)

    def _do_split(self, _: None) -> None:
        first = Message.objects.filter(conversation=self.case).order_by("position").first()
        actions.split(SYSTEM, self.case, [first.id] if first else [])

    def _do_bulk(self, what: str) -> None:
        wanted = {
            "mei": Change(assignee=self.desk.mei.id),
            "nap": Change(snoozed_until=clock.now() + timedelta(hours=2)),
            "urgent": Change(priority="urgent", tags_add=(self.tags[0],)),
        }
        done = actions.bulk(self.desk.who("boss"), wanted.get(what, Change(status=what)), chosen={self.case: None})
        self.operation = done.operation

    def _do_undo(self, _: None) -> None:
        if self.operation is not None:
            actions.undo(self.desk.who("boss"), self.operation)

    def _do_merge(self, is_same: bool) -> None:
        other = self.desk.received("Too", **({} if is_same else {"identities": STRANGER}))
        try:
            actions.merge(SYSTEM, other, self.case, anyway=True)
        except ServewellError:
            return  # a closed one takes nothing in: the other stays for itself

    def _do_unmerge(self, _: None) -> None:
        inner = Conversation.objects.filter(merged_into=self.case).first()
        if inner is not None:
            actions.unmerge(SYSTEM, inner.id)

    def _do_erase(self, _: None) -> None:
        if row(self.case).status != Status.CLOSED:
            self.desk.received("Me too", thread="t1", identities=STRANGER)
        known = Customer.objects.exclude(pk=row(self.case).customer_id).first()
        if known is not None:
            customers.erase(self.desk.who("boss"), known.id)

    def _do_classify(self, contact_type: str) -> None:
        actions.classify(SYSTEM, self.case, contact_type=contact_type)


def check_row(case: Conversation) -> None:
    """Check what is always so of a row."""
    assert (case.waiting_since is not None) == (case.status in CUSTOMER_WAITS)
    assert (case.solved_at is not None) == (case.status in DONE)
    assert (case.closed_at is not None) == (case.status == Status.CLOSED)
    assert case.snoozed_until is None or case.status in ACTIVE
    own = Message.objects.filter(conversation=case)
    positions = sorted(own.values_list("position", flat=True))
    assert len(positions) == len(set(positions))
    assert positions[-1] <= case.messages
    rows = Message.objects.filter(conversation__in=queries.merged_here(case.id)).order_by("created_at", "id")
    public = rows.filter(kind="public").last()
    assert case.preview_author == (public.author_kind if public else "")
    assert case.last_message_at == max(rows.values_list("created_at", flat=True))


def replayed(case: Conversation) -> dict[str, Any]:
    """Return what the journal alone says a conversation is now."""
    events = list(Event.objects.filter(conversation=case.id).order_by("seq"))
    now: dict[str, Any] = {
        "status": None,
        "assignee": None,
        "team": None,
        "priority": "normal",
        "tags": set(),
        "asleep": False,
    }
    for event in events:
        said, what = event.attributes or {}, event.activity.partition(".")[2]
        now["team"] = event.team
        if "status" in said:
            now["status"] = said["status"]
        match what:
            case "solved" | "closed":
                now |= {"status": what}
            case "assigned" | "transferred":
                now["assignee"] = said.get("agent")
            case "prioritised":
                now["priority"] = said["priority"]
            case "tagged":
                now["tags"] = (now["tags"] | set(said.get("added", ()))) - set(said.get("removed", ()))
            case "snoozed":
                now["asleep"] = True
            case "woken":
                now["asleep"] = False
        if now["status"] in DONE:
            now["asleep"] = False
    return now


def check_journal(case: Conversation) -> None:
    """Check that the journal tells the whole row, and numbers its changes without a gap."""
    words = {value: word for word, value in PRIORITIES.items()}
    assert replayed(case) == {
        "status": case.status,
        "assignee": str(case.assignee_id) if case.assignee_id else None,
        "team": case.team_id,
        "priority": words[case.priority],
        "tags": {str(tag) for tag in case.tags},
        "asleep": case.snoozed_until is not None,
    }
    versions = [
        (event.attributes or {}).get("version") for event in Event.objects.filter(conversation=case.id).order_by("seq")
    ]
    numbered = [version for version in versions if version is not None]
    assert numbered == sorted(numbered)
    assert set(numbered) == set(range(1, case.version + 1))


LASTING = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LASTING
@given(steps=st.lists(STEPS, max_size=14))
def test_whatever_happens_the_row_stays_true_and_the_journal_tells_it(db: None, steps: list[Step]) -> None:
    with build.rolled_back():
        life = Life()
        closed = False
        for what, value in steps:
            before = row(life.case)
            life.step(what, value)
            now = row(life.case)
            check_row(now)
            assert now.version >= before.version
            assert not closed or now.status == Status.CLOSED
            closed = now.status == Status.CLOSED
        check_journal(row(life.case))
        for other in Conversation.objects.exclude(pk=life.case):
            check_row(other)


# --- Merges -------------------------------------------------------------------------------------------------------

PAIRS = st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4))  # merge or undo, which, into which


@LASTING
@given(steps=st.lists(PAIRS, max_size=14))
def test_merges_and_their_undoing_do_what_pointers_would(db: None, steps: list[tuple[bool, int, int]]) -> None:
    """A model of five pointers says who belongs together; no message moves, no circle comes to be."""
    with build.rolled_back():
        desk = Desk()
        cases = [desk.received(f"{n}", thread=f"t{n}") for n in range(5)]
        into: dict[int, int] = {}
        for merges, one, other in steps:
            if merges:
                root = _root(into, other)
                fits = one not in into and root != one
                assert _works(lambda one=one, other=other: actions.merge(SYSTEM, cases[one], cases[other])) == fits
                if fits:
                    into[one] = root
            else:
                assert _works(lambda one=one: actions.unmerge(SYSTEM, cases[one])) == (one in into)
                into.pop(one, None)
        for number, case in enumerate(cases):
            family = {member for member in range(5) if _root(into, member) == _root(into, number)}
            assert set(queries.family(case)) == {cases[member] for member in family}
            assert queries.family(case)[0] == cases[_root(into, number)]
            assert {message.text for message in queries.stream(case)} == {str(member) for member in family}
            assert row(case).messages == 1
            assert row(case).is_active == (number not in into)


def _root(into: dict[int, int], one: int) -> int:
    return one if one not in into else _root(into, into[one])


def _works(do: Callable[[], Any]) -> bool:
    try:
        do()
    except ServewellError:
        return False
    return True


# --- Owners -------------------------------------------------------------------------------------------------------

GIFTS = st.tuples(
    st.sampled_from(["assign", "team", "take", "leave"]),
    st.sampled_from(AGENTS),
    st.sampled_from(["team", "other_team"]),
)


@LASTING
@given(steps=st.lists(GIFTS, max_size=14))
def test_a_conversation_has_one_owner_who_can_reach_it(db: None, steps: list[tuple[str, str, str]]) -> None:
    """And never somebody who lost it: the events tell the same owner at every moment."""
    with build.rolled_back():
        life = Life()
        for what, agent, team in steps:
            life.step(what, team if what == "team" else agent)
            now = row(life.case)
            assert replayed(now)["assignee"] == (str(now.assignee_id) if now.assignee_id else None)
            if now.assignee_id is not None:
                owner: Any = next(
                    getattr(life.desk, name) for name in AGENTS if getattr(life.desk, name).id == now.assignee_id
                )
                assert owner.role == "manager" or now.team_id in owner.principal().teams


def test_the_steps_are_all_there_are() -> None:
    """A step that nobody does proves nothing."""
    known = {name.removeprefix("_do_") for name in dir(Life) if name.startswith("_do_")}
    assert known == {
        "write", "reply", "note", "status", "assign", "team", "take", "priority", "tag", "snooze", "abandon", "block",
        "wait", "leave", "split", "classify", "bulk", "undo", "merge", "unmerge", "erase",
    }  # fmt: skip
