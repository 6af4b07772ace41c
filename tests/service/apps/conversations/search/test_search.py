"""Search: who finds what, in which order, and what is said when there is nothing to find."""

import pytest
from tests.service.apps.conversations.desk import row
from tests.service.apps.conversations.search.helpers import found, indexed, page, written

from servewell.apps.base.errors import BadCursor
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import Conversation, Follower, Message
from servewell.apps.conversations.queries import visible_to
from servewell.apps.conversations.search import candidates, finds, jobs, keys, queries
from servewell.apps.conversations.search.errors import SearchTooLong
from servewell.apps.people.errors import NotAllowed
from servewell.engines.text import bm25, highlight, normal, terms
from servewell.engines.text import query as text_query


def test_it_works(desk):
    """What was said is found, in Chinese and in English, and what was not is not."""
    chinese = written(desk, "我要退款，订单号 SKU-12345")
    english = written(desk, "Where is my parcel? It was sent to Berlin.", "li@example.com")
    assert found(desk, "退款") == [chinese]
    assert found(desk, "sku12345") == [chinese]
    assert found(desk, "PARCEL berlin") == [english]
    assert found(desk, "发票") == []


def test_all_that_somebody_may_remember_is_found(desk):
    """Its number, its subject, the customer's name and address, an answer of ours, a word in a note."""
    one = written(desk, "您好", "zhangwei@example.com")
    written(desk, "您好", "other@example.com")
    actions.change(desk.who("boss"), one, Change(subject="电饭煲坏了"))
    actions.reply(desk.who("lin"), one, text="已经为您登记")
    actions.note(desk.who("lin"), one, text="老客户，优先处理")
    for words in (f"#{row(one).number}", "电饭煲", "zhangwei@example.com", "zhangwei", "登记", "优先 电饭煲"):
        assert found(desk, words) == [one], words


def test_notes_can_be_searched_by_themselves(desk):
    """Whoever may read the conversation may read them."""
    one = written(desk, "我要发票")
    actions.note(desk.who("lin"), one, text="要发票的老客户")
    other = written(desk, "请开发票", "li@example.com")
    assert {*found(desk, "发票")} == {one, other}
    assert found(desk, "发票", "lin", notes=True) == [one]
    assert found(desk, "请开", notes=True) == []


def test_words_may_stand_in_different_messages(desk):
    """A conversation is one document."""
    one = written(desk, "订单 A100 没有收到")
    actions.reply(desk.who("lin"), one, text="已经为您申请退款")
    assert found(desk, "A100 退款") == [one]


def test_each_finds_what_they_may_read_and_nothing_else(desk):
    """An agent their teams' and their own, an auditor and a manager all; a stranger is refused."""
    here = written(desk, "退款")
    there = written(desk, "退款", "li@example.com", team=desk.other_team.id)
    own = written(desk, "退款", "zhao@example.com", team=desk.other_team.id)
    Conversation.objects.filter(pk=own).update(assignee=desk.lin)
    expected = {"lin": {here, own}, "mei": {here}, "far": {there, own}, "boss": {here, there, own}}
    for name, theirs in (expected | {"auditor": {here, there, own}}).items():
        assert {*found(desk, "退款", name)} == theirs, name
        assert theirs == {*visible_to(desk.who(name)).values_list("pk", flat=True)}
        assert page(desk, "退款", name).total == len(theirs)
    from tests import build

    with pytest.raises(NotAllowed):
        queries.search(build.principal(role="nobody"), "退款")


def test_the_best_comes_first(desk):
    """In the order of the book's formula, worked out here from the texts."""
    texts = ["退款退款退款", "退款", "退款" + "，其他的事情很多" * 9, "我要退款和发票", "发票", "快递"]
    told = {written(desk, text, f"w{number}@x.example"): text for number, text in enumerate(texts)}
    indexed()
    jobs.count_words()
    documents = {}
    for one, text in told.items():
        number, customer = row(one).number, row(one).customer
        about = [customer.name, *(identity.shown for identity in customer.identities.all())]
        documents[one] = [*terms(f"#{number}"), *(word for each in about for word in terms(each)), *terms(text)]
    mean = sum(map(len, documents.values())) / len(documents)
    for words in (["退款"], ["退款", "发票"]):
        worth = [bm25.idf(len(documents), sum(word in words_ for words_ in documents.values())) for word in words]
        scores = {
            one: bm25.score([words_.count(word) for word in words], worth, len(words_), mean)
            for one, words_ in documents.items()
            if all(word in words_ for word in words)
        }
        expected = sorted(scores, key=lambda one: (round(scores[one], 6), row(one).number), reverse=True)
        assert found(desk, " ".join(words)) == expected


def test_what_has_most_words_comes_when_nothing_has_all(desk):
    """And it is said."""
    two = written(desk, "退款 发票")
    one = written(desk, "退款", "li@example.com")
    shown = page(desk, "退款 发票 冰箱")
    assert ([hit.row["id"] for hit in shown.items], shown.match, shown.hints) == ([two], "most", ("most-words",))
    assert found(desk, "退款 冰箱") == [one, two]
    assert page(desk, "退款 发票").match == "all"
    nothing = page(desk, "冰箱 洗衣机")
    assert (nothing.items, nothing.total, nothing.match, nothing.hints) == ([], 0, "none", ("nothing-found",))


def test_a_phrase_stands_as_it_is(desk):
    """In quotes; without them the words may stand anywhere."""
    one = written(desk, "账号无法登录了")
    other = written(desk, "登录账号，无法付款", "li@example.com")
    assert {*found(desk, "无法 登录")} == {one, other}
    assert found(desk, "“无法登录”") == [one]
    assert found(desk, '"账号 无法"') == []
    assert page(desk, "“无法登录”").total == 1


@pytest.mark.parametrize("words", ["", "  ", "?!，。", "\x00", "\ud800\udfff", "—" * 900, '"'])
def test_nothing_to_look_for_is_told_kindly(desk, words):
    """Punctuation, and what is no text."""
    shown = page(desk, words)
    assert (shown.items, shown.total, shown.match, shown.hints) == ([], 0, "none", ("nothing-to-look-for",))


def test_a_very_long_search_is_refused_and_a_long_one_is_cut(desk):
    """With a sentence that says what to do."""
    one = written(desk, " ".join(f"w{number}" for number in range(32)))
    with pytest.raises(SearchTooLong, match="10000 characters"):
        page(desk, "退款" * 5000)
    shown = page(desk, " ".join(f"w{number}" for number in range(100)))
    assert ([hit.row["id"] for hit in shown.items], shown.hints) == ([one], ("words-left-out",))


@pytest.mark.parametrize("words", ["退款\x00", "退款\ud800", "'; drop table", "%s 退款 %(a)s {asked}", "退款" * 400])
def test_strange_words_harm_nobody(desk, words):
    """They are words, or nothing."""
    written(desk, "退款")
    assert page(desk, words).match in {"all", "most", "none"}


def test_strange_texts_are_found_by_what_can_be_read_of_them(desk):
    """A megabyte, control characters, three hundred characters of a name."""
    one = written(desk, "退款 " * 300_000 + "最后")
    assert found(desk, "退款") == [one]
    assert len(page(desk, "退款").items[0].messages[0].snippet.text) < 200


def test_pages_follow_each_other(desk):
    """Nothing twice, nothing left out, also when somebody writes meanwhile."""
    ids = [written(desk, "退款" * (1 + number % 3), f"w{number}@x.example") for number in range(12)]
    first = page(desk, "退款", limit=5)
    written(desk, "退款退款退款退款", "late@x.example")
    indexed()
    jobs.count_words()
    second = page(desk, "退款", limit=5, cursor=first.next)
    third = page(desk, "退款", limit=5, cursor=second.next)
    seen = [hit.row["id"] for shown in (first, second, third) for hit in shown.items]
    assert (len(seen), {*seen}, third.next, first.total) == (12, {*ids}, None, 12)
    with pytest.raises(BadCursor):
        page(desk, "发票", cursor=first.next)
    with pytest.raises(BadCursor):
        page(desk, "退款", cursor="made-up")


def test_finds_are_shown_where_they_stand(desk):
    """In the messages that show most of the words, in the subject and in the customer's name."""
    one = written(desk, "您好")
    actions.change(desk.who("boss"), one, Change(subject="关于退款"))
    actions.reply(desk.who("lin"), one, text="退款 已经为您申请")
    actions.note(desk.who("lin"), one, text="ＳＫＵ－９ 的退款")
    (hit,) = page(desk, "退款 sku9").items
    assert [hit.row["subject"][start:end] for start, end in hit.subject] == ["退款"]
    marked = [[m.snippet.text[a:b] for a, b in m.snippet.spans] for m in hit.messages]
    assert [(m.kind, m.author_kind) for m in hit.messages] == [("note", "agent"), ("public", "agent")]
    assert marked == [["ＳＫＵ－９", "退款"], ["退款"]]
    assert hit.row["number"] == row(one).number


@pytest.mark.parametrize("at_once", [0, 10_000])
def test_common_words_are_looked_up_block_by_block(desk, monkeypatch, at_once):
    """With blocks of two conversations the same is found as without; the newest first, where not all are looked at."""
    ids = [written(desk, "退款" if number % 2 else "发票", f"w{number}@x.example") for number in range(24)]
    _many(monkeypatch, at_once)
    assert {*found(desk, "退款", limit=50)} == {*ids[1::2]}
    assert {*found(desk, "发票", limit=50)} == {*ids[::2]}
    assert found(desk, "退款 发票") != []
    monkeypatch.setattr(candidates, "WINDOW", 3)
    shown = page(desk, "退款", limit=50)
    assert {hit.row["id"] for hit in shown.items} == {*ids[-5::2]}
    assert (shown.more, shown.hints) == (True, ("only-newest",))


def _many(monkeypatch, at_once):
    """Make blocks small, and words common."""
    from servewell.apps.conversations.models import SearchDocument

    monkeypatch.setattr(keys, "BLOCK", 2)
    monkeypatch.setattr(candidates, "_AT_ONCE", at_once)
    SearchDocument.objects.all().delete()
    jobs.reindex()
    indexed()
    jobs.count_words()


def test_a_search_takes_few_statements(desk, django_assert_max_num_queries):
    """Figures, candidates, rows, texts: however many are found."""
    for number in range(30):
        written(desk, "退款 发票", f"w{number}@x.example")
    indexed()
    jobs.count_words()
    boss = desk.who("boss")
    with django_assert_max_num_queries(4):
        shown = queries.search(boss, "退款 发票")
    assert (len(shown.items), shown.total, shown.more) == (20, 30, False)


def test_the_system_may_search_too(desk):
    """As flows will."""
    one = written(desk, "退款")
    indexed()
    assert [hit.row["id"] for hit in queries.search(SYSTEM, "退款").items] == [one]


def _long(desk, texts, sender="long@example.com"):
    """A conversation in which all this was written."""
    one = written(desk, texts[0], sender)
    Message.objects.bulk_create(
        Message(conversation_id=one, position=10 + n, author_kind="customer", text=text, delivery="none")
        for n, text in enumerate(texts[1:])
    )
    return one


@pytest.fixture
def read(monkeypatch):
    """Lengths of what search brings into normal form beyond a name: that is what costs."""
    lengths = []

    def counted(text):
        lengths.append(len(text))
        return normal.normalised(text)

    for place in (highlight, text_query):
        monkeypatch.setattr(place, "normalised", counted)
    return lengths


def test_a_huge_conversation_is_read_as_far_as_its_share_goes(desk, read):
    """A hundred messages of 20,000 characters, of which none has all words: 40,000 are read, each once."""
    one = _long(desk, ["退款", *(["发票 " * 6_666] * 100)])
    indexed()
    read.clear()
    result = queries.search(desk.who("boss"), "退款 发票")
    assert [hit.row["id"] for hit in result.items] == [one]
    assert sum(read) <= 45_000
    assert "not-all-read" in result.hints


def test_a_request_reads_no_more_than_its_share(desk, read):
    """Twenty such conversations share it; those that come first are read first."""
    for number in range(14):
        _long(desk, ["退款 " * 6_000] * 4, f"w{number}@example.com")
    indexed()
    for words in ("退款 发票 您好", '"退款 退款 发票" 退款', '"退款 退款"'):
        read.clear()
        result = queries.search(desk.who("boss"), words)
        assert sum(read) <= 420_000, words
    assert len(result.items) == 14


def test_what_a_phrase_was_not_compared_with_stands_on_the_next_page(desk, monkeypatch):
    """The cursor goes on where reading stopped, and says so."""
    monkeypatch.setattr(finds, "OF_ALL", 3_000)
    monkeypatch.setattr(finds, "_OF_PHRASES", 1_000)
    monkeypatch.setattr(finds.Reading.__init__, "__defaults__", (3_000, True))
    monkeypatch.setattr(finds, "_AT_ONCE", 1)
    wanted = {_long(desk, ["退 款 " * 200 + "款项到账"], f"w{number}@example.com") for number in range(4)}
    seen, cursor, pages = set(), None, 0
    while pages < 9:
        result = page(desk, '"款项到账"', cursor=cursor)
        seen |= {hit.row["id"] for hit in result.items}
        cursor, pages = result.next, pages + 1
        if cursor is None:
            break
        assert result.more
        assert "not-all-read" in result.hints
    assert seen == wanted
    assert pages > 1


def test_what_was_followed_is_found_where_it_goes_on(desk):
    """After it was merged."""
    gone, survivor = written(desk, "退款"), written(desk, "退款", "li@example.com")
    actions.follow(desk.who("boss"), gone)
    actions.merge(desk.who("boss"), gone, survivor, anyway=True)
    Follower.objects.exclude(conversation=gone).delete()
    assert found(desk, "退款", filters=Filters(following=True)) == [survivor]
