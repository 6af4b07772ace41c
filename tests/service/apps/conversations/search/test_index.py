"""The index: it says what the conversations say, whatever was done to them and by whom."""

import threading

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import build
from tests.service.apps.conversations.desk import Desk
from tests.service.apps.conversations.search.helpers import found, indexed, written

from servewell.apps.base import clock, ids, statements
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import (
    Conversation,
    Message,
    SearchDocument,
    SearchDue,
    SearchFigures,
    SearchTerm,
)
from servewell.apps.conversations.search import jobs, keys, queries
from servewell.apps.customers import actions as customers
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer


def documents():
    """Return what the index holds."""
    return {one.conversation_id: (one.number, one.terms, one.length) for one in SearchDocument.objects.all()}


def rebuilt():
    """Return what it holds once it is made anew from nothing."""
    SearchDocument.objects.all().delete()
    jobs.reindex()
    indexed()
    return documents()


def test_a_message_is_due_in_its_own_transaction(desk):
    """What is rolled back was never written, and needs no document."""
    with build.rolled_back():
        written(desk, "退款")
    assert not SearchDue.objects.exists()
    one = written(desk, "退款")
    assert {*SearchDue.objects.values_list("conversation_id", flat=True)} == {one}


def test_a_message_costs_no_statement_more(desk, django_assert_num_queries):
    """The trigger is part of the insert."""
    one = written(desk, "退款")
    message = Message(conversation_id=one, position=99, author_kind="agent", text="发票", delivery="sent")
    SearchDue.objects.all().delete()
    with django_assert_num_queries(1):
        message.save(force_insert=True)
    assert found(desk, "发票") == [one]


def test_what_changes_nothing_to_find_is_not_due(desk):
    """A status, a reading mark, a delivery."""
    one = written(desk, "退款")
    indexed()
    Conversation.objects.filter(pk=one).update(status="waiting_customer", priority=3, preview="x")
    Message.objects.filter(conversation=one).update(delivery="read")
    assert not SearchDue.objects.exists()


def test_who_has_it_and_whether_it_is_done_can_be_found(desk):
    """A second after it changed; an agent never waits for what the index knows already."""
    one = written(desk, "退款")
    active = Filters(status=["open", "waiting_us"])
    assert (found(desk, "退款", filters=active), found(desk, "退款", "far")) == ([one], [])
    Conversation.objects.filter(pk=one).update(status="solved", team=desk.other_team, assignee=desk.mei)
    assert found(desk, "退款", filters=active) == []
    assert [found(desk, "退款", who) for who in ("lin", "mei", "far")] == [[], [one], [one]]
    assert found(desk, "退款", filters=Filters(assignee=[desk.mei.id], team=[desk.other_team.id])) == [one]
    assert found(desk, "退款", filters=Filters(assignee=["none"])) == []


def test_the_same_words_are_not_written_again(desk):
    """The index is spared."""
    written(desk, "退款")
    indexed()
    (before,) = SearchDocument.objects.all()
    jobs.reindex()
    indexed()
    assert SearchDocument.objects.get().indexed_at == before.indexed_at


def test_a_text_that_changes_is_found_by_what_it_says_now(desk):
    """Also when it is taken away."""
    one = written(desk, "退款")
    message = Message.objects.get(conversation=one)
    Message.objects.filter(pk=message.pk).update(text="发票")
    assert (found(desk, "退款"), found(desk, "发票")) == ([], [one])
    Message.objects.filter(pk=message.pk).delete()
    assert found(desk, "发票") == []


def test_a_merged_conversation_is_found_where_it_goes_on(desk):
    """And by itself again when that is undone."""
    one = written(desk, "退款 A1")
    other = written(desk, "发票 B2", "li@example.com")
    actions.merge(desk.who("boss"), one, other, anyway=True)
    assert found(desk, "退款 发票") == [other]
    assert found(desk, f"#{Conversation.objects.get(pk=one).number}") == [other]
    actions.unmerge(desk.who("boss"), one)
    assert (found(desk, "退款"), found(desk, "发票")) == ([one], [other])


def test_a_split_conversation_takes_its_words_along(desk):
    """Each is found by its own."""
    one = written(desk, "退款")
    actions.reply(desk.who("lin"), one, text="发票")
    second = Message.objects.get(conversation=one, text="发票")
    fresh = actions.split(desk.who("boss"), one, [second.id])
    assert (found(desk, "退款"), found(desk, "发票")) == ([one], [fresh.id])


def test_a_customer_is_found_by_the_name_they_have_now(desk):
    """By an identity that is added, and by those of whom they are merged with."""
    one = written(desk, "您好")
    customer = Conversation.objects.get(pk=one).customer
    customers.change(SYSTEM, customer.id, Customer.objects.get(pk=customer.id).version, name="欧阳娜娜")
    customers.add_identity(SYSTEM, customer.id, Identity("external", "VIP-777", source="crm"))
    assert (found(desk, "欧阳娜娜"), found(desk, "vip777")) == ([one], [one])
    other = written(desk, "您好", "li@example.com")
    customers.merge(SYSTEM, customer.id, Conversation.objects.get(pk=other).customer_id)
    assert {*found(desk, "欧阳娜娜")} == {one, other}
    customers.unmerge(SYSTEM, customer.id)
    assert found(desk, "欧阳娜娜") == [one]


def test_an_erased_customer_leaves_nothing(desk):
    """Their documents go in the transaction that erases them, and no word of theirs is counted."""
    one = written(desk, "机密编号 Z999")
    other = written(desk, "退款", "li@example.com")
    indexed()
    jobs.count_words()
    secret = keys.of_word("z999")
    assert SearchTerm.objects.filter(key=secret).exists()
    customers.erase(SYSTEM, Conversation.objects.get(pk=one).customer_id)
    assert {*documents()} == {other}
    indexed()
    jobs.count_words()
    assert not SearchTerm.objects.filter(key=secret).exists()
    assert (found(desk, "z999"), found(desk, "退款")) == ([], [other])


def test_nothing_in_it_can_be_read(desk):
    """Keys only: no text, no name, no address."""
    written(desk, "机密 secret", "secret@example.com")
    indexed()
    jobs.count_words()
    for model in (SearchDocument, SearchTerm, SearchDue, SearchFigures):
        with connection.cursor() as cursor:
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {model._meta.db_table} as t")
            (told,) = cursor.fetchone()
        assert "secret" not in told
        assert "机密" not in told


def test_words_are_counted_again_when_much_is_new(desk):
    """By the indexer itself; a fresh house counts at once."""
    for number in range(3):
        written(desk, "退款", f"w{number}@x.example")
    SearchFigures.objects.create(documents=2, indexed_since=200)
    indexed()
    figures = SearchFigures.objects.get()
    assert (figures.documents, figures.indexed_since) == (3, 0)
    assert SearchTerm.objects.get(key=keys.of_word("退款")).documents == 3


def test_many_documents_are_counted_beside_the_indexer(desk):
    """By a job that is asked for once: no message waits for it."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    for number in range(2):
        written(desk, "退款", f"w{number}@x.example")
        SearchFigures.objects.update_or_create(id=1, defaults={"documents": 10**6, "indexed_since": 10**6})
        indexed()
    assert SearchFigures.objects.get().documents == 10**6
    assert ProcrastinateJob.objects.filter(task_name="conversations.count_words_later").count() == 1


def test_all_can_be_made_anew_and_new_messages_go_first(desk):
    """What somebody waits for is not behind a million others; what stopped goes on."""
    ids = [written(desk, "退款", f"w{number}@x.example") for number in range(5)]
    indexed()
    before = documents()
    SearchDocument.objects.filter(conversation_id__in=ids[:2]).delete()
    SearchDocument.objects.create(conversation_id=desk.boss.id, number=10**9, terms=[1], length=1)  # of no conversation
    assert jobs.reindex() == 5
    late = written(desk, "发票", "late@x.example")
    jobs.index_due(limit=1)
    assert late in documents()
    jobs.index_due(limit=2)
    indexed()
    assert {one: held for one, held in documents().items() if one != late} == before


def test_a_cycle_of_merges_ends(desk):
    """The verbs refuse it; should it be there all the same, the worker does not hang."""
    one, other = written(desk, "退款"), written(desk, "发票", "li@example.com")
    Conversation.objects.filter(pk=one).update(merged_into=other)
    Conversation.objects.filter(pk=other).update(merged_into=one)
    indexed()
    assert documents() == {}


STEP = st.tuples(
    st.sampled_from(["write", "note", "change", "drop", "merge", "unmerge", "subject", "index", "vanish"]),
    st.integers(0, 3),
    st.sampled_from(["退款", "发票 SKU-1", "refund", "", "#1", "👍"]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=12))
def test_the_index_is_what_a_rebuild_makes_of_it(db, steps):
    """Whatever happened in whichever order, with the indexer coming in between."""
    with build.rolled_back():
        desk = Desk()
        ids = [written(desk, f"您好 {number}", f"w{number}@x.example") for number in range(4)]
        for what, which, text in steps:
            _do(desk, what, ids[which], ids[(which + 1) % 4], text)
        indexed()
        held = documents()
        assert held == rebuilt()


def _do(desk, what, one, other, text):
    rows = Conversation.objects.filter(pk=one)
    match what:
        case "index":
            jobs.index_due(limit=2)
        case "write" | "note" if rows.exists():
            kind = {"write": "public", "note": "note"}[what]
            last = Message.objects.filter(conversation=one).count()
            Message.objects.create(
                conversation_id=one, position=100 + last, kind=kind, author_kind="agent", text=text, delivery="none"
            )
        case "change":
            Message.objects.filter(conversation=one, position=1).update(text=text)
        case "drop":
            Message.objects.filter(conversation=one).delete()
        case "merge" if rows.exists() and Conversation.objects.filter(pk=other).exists():
            rows.update(merged_into=other)
        case "unmerge":
            rows.update(merged_into=None)
        case "subject":
            rows.update(subject=text)
        case "vanish" if not Conversation.objects.filter(merged_into=one).exists():
            Message.objects.filter(conversation=one).delete()
            rows.delete()


def test_only_one_indexes_at_a_time(transactional_db):
    """So the last to write a document is never the one that read first."""
    desk = Desk()
    written(desk, "退款")
    taken = []
    with transaction.atomic():
        statements.rows(jobs._LEASE, {})
        other = threading.Thread(target=lambda: (taken.append(jobs.index_due()), connection.close()))
        other.start()
        other.join(20)
    assert taken == [0]
    assert jobs.index_due() > 0
    assert SearchDocument.objects.count() == 1


def test_everybody_is_answered_while_it_is_made_anew(desk):
    """From what is there."""
    one = written(desk, "退款")
    indexed()
    jobs.reindex()
    assert [hit.row["id"] for hit in queries.search(desk.who("boss"), "退款").items] == [one]


def _poisoned(monkeypatch, word):
    """Let a text with this word be one that cannot be indexed."""
    real = jobs.document

    def document(said):
        if any(word in text for _, text in said.messages):
            raise ValueError(word)
        return real(said)

    monkeypatch.setattr(jobs, "document", document)


def test_what_cannot_be_indexed_stops_no_other(desk, monkeypatch, caplog):
    """It is put off, with the kind of the failure and not a word of the text, and tried again later."""
    bad = written(desk, "毒药")
    good = [written(desk, "退款", f"w{number}@x.example") for number in range(3)]
    with monkeypatch.context() as patch:
        _poisoned(patch, "毒药")
        indexed()
        assert {*documents()} == {*good}
        (put_off,) = SearchDue.objects.all()
        assert (put_off.conversation_id, put_off.attempts, put_off.reason) == (bad, 1, "ValueError")
        assert put_off.later
        assert 0 < (put_off.not_before - clock.now()).total_seconds() <= 60
        assert str(bad) in caplog.text
        assert "毒药" not in caplog.text
        Message.objects.filter(conversation=bad).update(text="毒药 毒药")  # still one row, which waits longer
        indexed()
        (put_off,) = SearchDue.objects.all()
        assert put_off.attempts == 2
        assert (put_off.not_before - clock.now()).total_seconds() > 200
    SearchDue.objects.update(not_before=clock.now())
    indexed()
    assert {*documents()} == {bad, *good}
    assert not SearchDue.objects.exists()


def test_of_a_huge_conversation_only_the_newest_messages_are_read(desk, monkeypatch):
    """The index of a conversation's messages is walked from the newest back; no other row is touched."""
    one = written(desk, "退款")
    Message.objects.bulk_create(
        Message(conversation_id=one, position=10 + n, author_kind="agent", text=f"w{n}", delivery="none")
        for n in range(500)
    )
    monkeypatch.setattr(jobs, "NEWEST", 20)
    indexed()
    (_, terms, _) = documents()[one]
    assert [n for n in range(500) if keys.of_word(f"w{n}") in terms] == [*range(480, 500)]
    given = {"roots": [one], "members": [one], "most": 100, "octets": 10_000, "newest": 20}
    with connection.cursor() as cursor:
        cursor.execute("analyze conversations_message")
        cursor.execute("explain (analyze, format json) " + jobs.SQL["messages"], given)
        ((plan,),) = cursor.fetchall()
    assert max(_rows_of(plan[0]["Plan"], "conversations_message")) <= 20


def _rows_of(node, table):
    """Return how many rows each scan of a table gave, those it threw away included."""
    if node.get("Relation Name") == table:
        yield node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    for below in node.get("Plans", ()):
        yield from _rows_of(below, table)


def test_a_change_of_a_customer_is_one_row_however_much_they_wrote(desk, monkeypatch):
    """The indexer spreads it; behind what others wait for, where they have very many."""
    monkeypatch.setattr(jobs, "MANY", 3)
    first = written(desk, "您好")
    customer = Conversation.objects.get(pk=first).customer_id
    _more(first, 5)
    indexed()
    customers.add_identity(SYSTEM, customer, Identity("external", "VIP-9", source="crm"))
    assert list(SearchDue.objects.values_list("conversation_id", "customer_id", "later")) == [(None, customer, False)]
    late = written(desk, "发票", "late@x.example")
    jobs.index_due(limit=1)
    assert SearchDue.objects.filter(later=True).count() == 6
    jobs.index_due(limit=5)
    assert late in documents()
    indexed()
    assert keys.of_word("vip9") in documents()[first][1]


def _more(like, many):
    """Copy a conversation."""
    row = Conversation.objects.get(pk=like)
    for extra in range(many):
        row.pk, row.number, row._state.adding = ids.new(), 10**6 + extra, True
        row.save(force_insert=True)
