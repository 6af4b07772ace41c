"""What may be remembered?"""

import string
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.journal import events
from servewell.apps.journal.errors import EventRefused
from servewell.apps.journal.events import BOOLEAN, ID, NUMBER, Actor, Event, EventType, known_as, list_of, one_of

CASE = UUID(int=1)
TYPE = EventType(
    "conversation.tested",
    frozenset({"team"}),
    {
        "subject": ID,
        "count": NUMBER,
        "done": BOOLEAN,
        "how": one_of("by_hand", "by_bot"),
        "teams": list_of(ID),
        "setting": known_as("name of a setting", lambda: frozenset({"a.b"})),
    },
    flows=True,
    money=True,
)


@pytest.fixture(autouse=True)
def _own_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {TYPE.name: TYPE, "base.bare": EventType("base.bare", events.NO_CONTACT)}
    monkeypatch.setattr(events, "_vocabulary", known)


def a_test(**changes: Any) -> Event:
    return Event(**{"name": TYPE.name, "conversation": CASE, **changes})


def refusal(event: Event) -> str:
    with pytest.raises(EventRefused) as refused:
        events.check(event)
    return str(refused.value.values["reason"])


def test_it_works() -> None:
    attributes = {
        "subject": uuid4(),
        "count": 3.5,
        "done": False,
        "how": "by_bot",
        "teams": [uuid4(), uuid4()],
        "setting": "a.b",
    }
    event = a_test(
        customer=uuid4(),
        lifecycle="start",
        actor=Actor("agent", uuid4()),
        channel="wechat",
        contact_type="complaint",
        sentiment="negative",
        flow="refund",
        version=2,
        element="Task_1",
        amount=-500,
        attributes=attributes,
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert events.check(event) is TYPE


def test_an_event_nobody_defined_is_refused() -> None:
    assert refusal(Event("conversation.invented", CASE)) == "no such event is defined"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"team": uuid4()}, "team does not apply"),
        ({"conversation": None}, "the conversation is missing"),
        ({"conversation": "42"}, "conversation is not an id"),
        ({"customer": "Zhang San"}, "customer is not an id"),
        ({"actor": Actor("agent", "me@shop.example")}, "the actor's id is not an id"),  # type: ignore[arg-type]
        ({"actor": Actor("robot")}, "actor is not one of its codes"),
        ({"lifecycle": "done"}, "lifecycle is not one of its codes"),
        ({"channel": "pigeon"}, "channel is not one of its codes"),
        ({"contact_type": "rant"}, "contact_type is not one of its codes"),
        ({"sentiment": "furious"}, "sentiment is not one of its codes"),
        ({"flow": "refund flow"}, "flow is not a BPMN id"),
        ({"element": "call 13800138000"}, "element is not a BPMN id"),
        ({"element": "tel_13800138000"}, "element is not a BPMN id"),
        ({"element": "a@b.example"}, "element is not a BPMN id"),
        ({"element": ""}, "element is not a BPMN id"),
        ({"element": "张三"}, "element is not a BPMN id"),
        ({"version": "2"}, "version is not a whole number"),
        ({"amount": 1.5}, "amount is not a whole number"),
        ({"amount": True}, "amount is not a whole number"),
        ({"attributes": {"note": "x"}}, "attribute 'note' is not defined"),
        ({"attributes": {"subject": "x"}}, "attribute 'subject' is not id"),
        ({"attributes": {"subject": str(uuid4())}}, "attribute 'subject' is not id"),
        ({"attributes": {"count": "3"}}, "attribute 'count' is not number"),
        ({"attributes": {"count": True}}, "attribute 'count' is not number"),
        ({"attributes": {"count": 13800138000}}, "attribute 'count' is not number"),  # a telephone number
        ({"attributes": {"count": float("nan")}}, "attribute 'count' is not number"),
        ({"attributes": {"count": float("inf")}}, "attribute 'count' is not number"),
        ({"attributes": {"done": 1}}, "attribute 'done' is not yes or no"),
        ({"attributes": {"how": "by magic"}}, "attribute 'how' is not `by_hand` / `by_bot`"),
        ({"attributes": {"teams": uuid4()}}, "attribute 'teams' is not list of id"),
        ({"attributes": {"teams": [uuid4()] * 101}}, "attribute 'teams' is not list of id"),
        ({"attributes": {"setting": "c.d"}}, "attribute 'setting' is not name of a setting"),
        ({"occurred_at": datetime(2026, 1, 1)}, "occurred_at has no zone"),  # noqa: DTZ001 - the point
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert refusal(a_test(**changes)) == reason


@pytest.mark.parametrize("changes", [{"flow": "x"}, {"version": 1}, {"element": "x"}])
def test_an_event_outside_flows_has_no_element(changes: dict[str, Any]) -> None:
    assert refusal(Event("base.bare", **changes)) == "flow, version and element do not apply"


def test_an_event_without_money_has_no_amount() -> None:
    assert refusal(Event("base.bare", amount=1)) == "amount does not apply"


def test_an_attribute_may_be_left_out_or_none() -> None:
    assert events.check(a_test(attributes={"count": None})) is TYPE


# Names, addresses, telephone numbers, mail addresses, identity cards and free text, in both languages.
PERSONAL = st.one_of(
    st.sampled_from(["张三", "Zhang San", "zhang", "上海市静安区南京西路1号", "5 Main Street", "110101199003078888"]),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    st.from_regex(r"\+86 1[3-9]\d{9}", fullmatch=True),
    st.emails(),
    st.text(min_size=1),
    st.text(alphabet=string.ascii_lowercase, min_size=1),
)
FIELDS = ("conversation", "customer", "team", "channel", "contact_type", "sentiment", "lifecycle", "version", "amount")


@given(PERSONAL, st.sampled_from([*TYPE.attributes, "note"]))
def test_no_personal_text_gets_into_an_attribute(text: str, name: str) -> None:
    if text not in {"by_hand", "by_bot", "a.b"}:
        refusal(a_test(attributes={name: text}))
        refusal(a_test(attributes={name: [text]}))
        refusal(a_test(attributes={name: {"text": text}}))


@given(PERSONAL, st.sampled_from(FIELDS))
def test_no_personal_text_gets_into_a_field(text: str, name: str) -> None:
    if text not in events.CHANNELS | events.CONTACT_TYPES | events.SENTIMENTS | events.LIFECYCLES:
        refusal(a_test(**{name: text}))


@given(PERSONAL)
def test_no_personal_text_gets_in_as_an_actor(text: str) -> None:
    refusal(a_test(actor=Actor("customer", text)))  # type: ignore[arg-type]
    if text not in events.ACTORS:
        refusal(a_test(actor=Actor(text)))


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True) | st.emails() | st.from_regex(r"\d{17}[\dX]", fullmatch=True))
def test_no_number_or_mail_address_gets_in_as_a_flow_or_an_element(text: str) -> None:
    refusal(a_test(element=text))
    refusal(a_test(flow=f"_{text}"))


class TestVocabulary:
    """Names are defined once, by the room that owns them."""

    @pytest.mark.parametrize(
        "name", ["opened", "Conversation.opened", "conversation.Opened", "conversation.", "a.b.c", ""]
    )
    def test_a_name_is_a_noun_and_what_happened(self, name: str) -> None:
        with pytest.raises(ValueError, match="is not"):
            events.define(EventType(name))

    def test_a_noun_is_a_rooms(self) -> None:
        with pytest.raises(ValueError, match="no room"):
            events.define(EventType("kitchen.opened"))

    def test_a_name_is_defined_once(self) -> None:
        with pytest.raises(ValueError, match="twice"):
            events.define(EventType(TYPE.name))
        assert events.define(TYPE) is TYPE

    def test_fields_that_always_apply_cannot_be_excluded(self) -> None:
        with pytest.raises(ValueError, match="always apply"):
            events.define(EventType("base.x", frozenset({"actor"})))

    def test_an_event_knows_its_room_and_its_text(self) -> None:
        assert (TYPE.room, TYPE.text) == ("conversations", "conversations.event.tested")
        bare = EventType("base.bare")
        assert (bare.room, bare.text) == ("base", "base.event.bare")


@pytest.mark.parametrize(
    ("kind", "actor"),
    [("agent", "agent"), ("customer", "customer"), ("bot", "bot"), ("key", "system")],
)
def test_who_acts_becomes_an_actor(kind: str, actor: str) -> None:
    id_ = uuid4()
    assert Actor.of(Principal(kind, id_)) == Actor(actor, id_)
    assert Actor.of(SYSTEM) == events.SYSTEM
