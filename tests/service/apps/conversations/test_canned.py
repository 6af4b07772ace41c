"""How are replies that are written often kept, found and used?"""

from typing import Any

import pytest
from tests import build

from servewell.apps.base.errors import TextTooLong
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import canned
from servewell.apps.conversations.actions.canned import CannedWanted
from servewell.apps.conversations.canned import replies
from servewell.apps.conversations.canned.refusals import BadCanned, NoSuchCanned, ShortcutTaken, TooManyCanned
from servewell.apps.conversations.errors import NoSuchTeam, OnlyPeople
from servewell.apps.conversations.models import CannedReply, Conversation, Field
from servewell.apps.customers.models import Attribute, Customer
from servewell.apps.journal.models import Access, Event
from servewell.apps.people.errors import NotAllowed

HELLO = {"zh-Hans": "您好，{{customer.name|您}}！", "en": "Hello {{customer.name|there}}!"}


def wanted(shortcut: str = "/hi", **changes: Any) -> CannedWanted:
    return CannedWanted(**{"title": "Greeting", "shortcut": shortcut, "texts": HELLO, **changes})


def agent(name: str = "lin", role: str = "agent", team: str = "Front desk") -> Principal:
    made: Principal = build.person(name, role, build.team(team)).principal()
    return made


def case(team: str = "Front desk", customer: Customer | None = None, **columns: Any) -> Conversation:
    customer = customer or build.customer("王芳")
    Customer.objects.filter(pk=customer.pk).update(team_ids=[build.team(team).id])
    return Conversation.objects.create(customer=customer, channel="email", team=build.team(team), **columns)


def test_it_works() -> None:
    lin = agent()
    kept = actions.create_canned(lin, wanted())
    used = actions.use_canned(lin, kept.id, case(language="en-GB").id)
    assert (used.language, used.filled.text, used.filled.missing) == ("en", "Hello 王芳!", [])
    kept.refresh_from_db()
    assert (kept.shortcut, kept.used) == ("hi", 1)
    assert list(Event.objects.order_by("id").values_list("activity", flat=True)) == [
        "conversation.canned_created",
        "conversation.canned_used",
    ]


class TestKeeping:
    """For oneself, a team, or everybody."""

    @pytest.mark.parametrize("shared", ["team", "everybody"])
    def test_what_is_shared_needs_the_right(self, shared: str) -> None:
        team = build.team().id
        with pytest.raises(NotAllowed):
            actions.create_canned(agent(), wanted(shared=shared, team=team))
        assert actions.create_canned(agent("boss", "lead"), wanted(shared=shared, team=team)).owner_id is None

    def test_a_lead_shares_with_their_own_teams_only(self) -> None:
        night, lead = build.team("Night").id, agent("boss", "lead")
        for team in (night, None):
            with pytest.raises(NoSuchTeam):
                actions.create_canned(lead, wanted(shared="team", team=team))
        assert actions.create_canned(agent("chief", "manager"), wanted(shared="team", team=night)).team_id == night

    def test_a_program_has_nothing_of_its_own(self) -> None:
        with pytest.raises(OnlyPeople):
            actions.create_canned(build.principal("manager", kind="key"), wanted())

    def test_a_shortcut_is_taken_once_for_the_same_people(self) -> None:
        lin, mo, boss = agent(), agent("mo"), agent("boss", "lead")
        actions.create_canned(lin, wanted("/Hi"))
        with pytest.raises(ShortcutTaken) as refusal:
            actions.create_canned(lin, wanted("hI"))
        assert refusal.value.values == {"shortcut": "/hi"}
        actions.create_canned(mo, wanted())
        everybodys = actions.create_canned(boss, wanted(shared="everybody"))
        with pytest.raises(ShortcutTaken):
            actions.create_canned(boss, wanted(shared="everybody"))
        actions.change_canned(boss, everybodys.id, {"archived": True})
        actions.create_canned(boss, wanted(shared="everybody"))
        with pytest.raises(ShortcutTaken):
            actions.change_canned(boss, everybodys.id, {"archived": False})

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"title": " \n"}, "empty"),
            ({"shortcut": "two words"}, "shortcut"),
            ({"shortcut": "/"}, "shortcut"),
            ({"shortcut": "x" * 41}, "shortcut"),
            ({"texts": {}}, "empty"),
            ({"texts": {"en": " "}}, "empty"),
            ({"texts": {"fr": "Bonjour"}}, "language"),
            ({"texts": {"en": "a\n{{customer.nam}}"}}, "unknown"),
            ({"texts": {"en": "{{customer.attribute.level}}"}}, "unknown"),
            ({"texts": {"en": "{{agent.password}}"}}, "unknown"),
            ({"texts": {"en": "{{customer.name"}}, "open"),
            ({"texts": {"en": "{{1+1}}"}}, "name"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_its_reason(self, changes: dict[str, Any], reason: str) -> None:
        with pytest.raises(BadCanned) as refusal:
            actions.create_canned(agent(), wanted(**{"shortcut": "/hi", **changes}))
        assert refusal.value.values["reason"] == reason
        assert all("{" not in refusal.value.sentence(language).split("“")[0] for language in ("en", "zh-Hans"))

    def test_a_fault_says_where_it_is(self) -> None:
        with pytest.raises(BadCanned) as refusal:
            actions.create_canned(agent(), wanted(texts={"en": "one\ntwo {{customer.nam}}"}))
        assert "第 2 行第 5 个字符" in refusal.value.sentence("zh-Hans")
        assert "{{customer.nam}}" in refusal.value.sentence("en")

    def test_a_text_has_a_limit(self) -> None:
        with pytest.raises(TextTooLong):
            actions.create_canned(agent(), wanted(texts={"en": "x" * 20_001}))

    def test_nobody_changes_anothers_nor_what_is_shared_without_the_right(self) -> None:
        lin, mo = agent(), agent("mo")
        own = actions.create_canned(lin, wanted())
        shared = actions.create_canned(agent("boss", "lead"), wanted(shared="everybody"))
        with pytest.raises(NoSuchCanned):
            actions.change_canned(mo, own.id, {"title": "Mine"})
        with pytest.raises(NotAllowed):
            actions.change_canned(mo, shared.id, {"title": "Mine"})

    def test_what_is_brought_back_counts_as_what_is_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(canned, "MOST", 1)
        lin = agent()
        first = actions.create_canned(lin, wanted())
        actions.change_canned(lin, first.id, {"archived": True})
        actions.create_canned(lin, wanted("two"))
        for verb in (
            lambda: actions.create_canned(lin, wanted("three")),
            lambda: actions.change_canned(lin, first.id, {"archived": False}),
        ):
            with pytest.raises(TooManyCanned):
                verb()

    def test_a_change_that_changes_nothing_is_not_remembered(self) -> None:
        lin = agent()
        own = actions.create_canned(lin, wanted())
        actions.change_canned(lin, own.id, {"title": "Greeting", "archived": False})
        assert Event.objects.count() == 1


class TestFinding:
    """By what is typed."""

    def test_by_the_beginning_of_the_shortcut_or_of_a_word(self) -> None:
        lin = agent()
        for shortcut, title in (("thanks", "Say thanks"), ("hi", "Greeting"), ("谢谢", "感谢")):
            actions.create_canned(lin, wanted(shortcut, title=title))

        def found(typed: str) -> list[str]:
            return [row.shortcut for row in replies.found(lin, typed)]

        assert found("") == ["hi", "thanks", "谢谢"]
        assert found("/TH") == ["thanks"]
        assert found("say") == ["thanks"]
        assert found("than") == ["thanks"]
        assert found("谢") == ["谢谢"]
        assert found("%") == found("_") == found("x" * 10_000) == []

    def test_one_sees_ones_own_the_teams_and_everybodys(self) -> None:
        lin, mo = agent(), agent("mo", team="Night")
        actions.create_canned(lin, wanted("own"))
        actions.create_canned(agent("boss", "manager"), wanted("team", shared="team", team=build.team().id))
        actions.create_canned(agent("boss2", "lead"), wanted("all", shared="everybody"))
        assert [row.shortcut for row in replies.found(lin)] == ["all", "own", "team"]
        assert [row.shortcut for row in replies.found(mo)] == ["all"]
        assert [row.shortcut for row in replies.found(agent("chief", "manager"))] == ["all", "team"]

    def test_what_is_archived_is_offered_no_more(self) -> None:
        lin = agent()
        kept = actions.create_canned(lin, wanted())
        actions.change_canned(lin, kept.id, {"archived": True})
        assert replies.found(lin) == []
        assert [row.id for row in replies.found(lin, archived=True)] == [kept.id]
        with pytest.raises(NoSuchCanned):
            actions.use_canned(lin, kept.id, case().id)


class TestUsing:
    """Filled for one conversation."""

    def test_every_place_of_the_list_is_filled(self) -> None:
        Attribute.objects.create(code="level", name_zh="等级", name_en="Level", kind="text")
        Field.objects.create(key="order", names={"en": "Order"}, kind="text")
        lin, words = (
            agent(),
            (
                "{{customer.name}}/{{agent.name}}/{{team.name}}/{{conversation.number}}/{{conversation.subject}}/"
                "{{house.name}}/{{customer.attribute.level}}/{{conversation.field.order}}"
            ),
        )
        kept = actions.create_canned(lin, wanted(texts={"en": words}))
        customer = build.customer("王芳", attributes={"level": "gold"})
        conversation = case(customer=customer, subject="Parcel", fields={"order": "A-1"})
        used = actions.use_canned(lin, kept.id, conversation.id)
        assert used.filled.text == (f"王芳/Lin/Front desk/#{conversation.number}/Parcel/Servewell 善待/gold/A-1")

    @pytest.mark.parametrize(
        ("conversation", "customer", "asked", "spoken"),
        [
            ("en", "zh-CN", None, "en"),
            ("", "en-US", None, "en"),
            ("", "", None, "zh-Hans"),
            ("en", "", "zh-Hant", "zh-Hans"),
        ],
    )
    def test_it_speaks_the_language_of_the_conversation(
        self, conversation: str, customer: str, asked: str | None, spoken: str
    ) -> None:
        lin = agent()
        kept = actions.create_canned(lin, wanted())
        opened = case(language=conversation, customer=build.customer("王芳", language=customer))
        assert actions.use_canned(lin, kept.id, opened.id, language=asked).language == spoken

    def test_where_there_is_only_one_language_that_is_used(self) -> None:
        lin = agent()
        kept = actions.create_canned(lin, wanted(texts={"en": "Hello"}))
        assert actions.use_canned(lin, kept.id, case(language="zh-CN").id).language == "en"

    def test_what_is_not_known_is_told(self) -> None:
        lin = agent()
        kept = actions.create_canned(lin, wanted())
        used = actions.use_canned(lin, kept.id, case(customer=build.customer("")).id)
        assert (used.filled.text, used.filled.missing) == ("您好，您！", ["customer.name"])

    def test_a_field_that_was_archived_meanwhile_is_missing(self) -> None:
        field = Field.objects.create(key="order", names={"en": "Order"}, kind="text")
        lin = agent()
        kept = actions.create_canned(lin, wanted(texts={"en": "{{conversation.field.order|-}}"}))
        field.delete()
        assert actions.use_canned(lin, kept.id, case().id).filled.text == "-"

    def test_who_may_not_read_the_customer_gets_nothing_of_them(self) -> None:
        """A key without `customers.read`, and an agent of a team that the customer never wrote to."""
        Attribute.objects.create(code="level", name_zh="等级", name_en="Level", kind="text")
        words = "{{customer.name|there}} {{customer.attribute.level}}{{conversation.number}}"
        kept = actions.create_canned(agent("boss", "manager"), wanted(shared="everybody", texts={"en": words}))
        opened = case(customer=build.customer("王芳", attributes={"level": "gold"}))
        scopes = frozenset({"conversations.read", "conversations.write"})
        narrow = build.principal("manager", kind="key", scopes=scopes)
        Customer.objects.update(team_ids=[])
        for who in (narrow, agent()):
            used = actions.use_canned(who, kept.id, opened.id)
            assert used.filled.text == f"there #{opened.number}"
            assert used.filled.missing == ["customer.name", "customer.attribute.level"]
        assert Access.objects.filter(subject=opened.customer_id).count() == 2

    def test_that_the_customer_was_read_is_remembered(self) -> None:
        lin, opened = agent(), case()
        kept = actions.create_canned(lin, wanted())
        actions.use_canned(lin, kept.id, opened.id)
        row = Access.objects.get()
        assert (row.actor, row.subject_kind, row.subject) == (lin.id, "customer", opened.customer_id)
        assert row.what == "canned.filled"

    def test_only_for_conversations_one_may_answer(self) -> None:
        lin, auditor = agent(), agent("au", "auditor")
        kept = actions.create_canned(agent("boss", "lead"), wanted(shared="everybody"))
        with pytest.raises(NotAllowed):
            actions.use_canned(lin, kept.id, case("Night").id)
        with pytest.raises(NotAllowed):
            actions.use_canned(auditor, kept.id, case().id)
        assert CannedReply.objects.get().used == 0
