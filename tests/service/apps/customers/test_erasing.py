"""Erasing a person: nothing in the database names them any more, what happened stays, and it can be proven."""

import errno
import io
import json
import zipfile

import pytest
from django.db import connection
from tests import build
from tests.service.apps.customers.helpers import CUSTOMERS, agent, customer
from tests.together import at_once

from servewell.apps.base import attachments, ids
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import MessageAttachment
from servewell.apps.conversations.search import jobs as search
from servewell.apps.customers import actions, holdings, proofs
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.holdings import Holder
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Consent, Customer, Erasure, Suggestion
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.actions import log_access
from servewell.apps.journal.models import Access, Event

WORDS = ("Xanthippe", "xanthippe", "qx-secret", "13900001111", "9000011")  # what names the person, in any form


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def somebody():
    """Return a person with everything: two rows merged, identities, consents, a block, a suggestion, conversations."""
    one = customer("xanthippe", name="Xanthippe")
    other = actions.find_or_create(
        SYSTEM, [Identity("phone", "+86 139 0000 1111"), Identity("visitor", "qx-secret", "s")]
    )
    actions.decide(SYSTEM, one, "survey", True, source="Xanthippe's form", proof="qx-secret")
    actions.block(SYSTEM, one, "Xanthippe was rude")
    actions.define(SYSTEM, "attribute", "motto", name_zh="座右铭", name_en="Motto", kind="text")
    actions.change(SYSTEM, one, 1, attributes={"motto": "qx-secret"})
    third = customer("third")
    actions.find_or_create(SYSTEM, [Identity("email", "third@example.com"), Identity("email", "xanthippe@example.com")])
    actions.merge(SYSTEM, other.customer.id, one)
    for given in ({"email": "xanthippe@example.com"}, {"phone": "+8613900001111"}):
        sender = [Identity(kind, value) for kind, value in given.items()]
        conversations.receive(SYSTEM, build.inbound("Xanthippe here, qx-secret", identities=sender))
    for subject in (one, other.customer.id, *Known.objects.filter(customer=one).values_list("id", flat=True)):
        log_access(SYSTEM, "customer", subject, "customer.read")
    return one, other.customer.id, third


def mentions(*words):
    """Return each column of the database that still holds one of the words, in any text, JSON, array or bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and table_name in"
            " (select table_name from information_schema.tables where table_type = 'BASE TABLE')"
        )
        places = cursor.fetchall()
        found = []
        for table, column in places:
            like = " or ".join(f'"{column}"::text like %s' for _ in words)
            cursor.execute(f'select count(*) from "{table}" where {like}', [f"%{word}%" for word in words])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return sorted(found)


@pytest.mark.django_db
def test_it_works():
    """Found everywhere before, nowhere afterwards; history keeps what happened; the proof knows the address again."""
    one, merged, third = somebody()
    assert {"customers_customer.name", "customers_identity.value", "customers_consent.proof"} <= set(mentions(*WORDS))
    events, looked = Event.objects.count(), Access.objects.filter(what="customer.read").count()
    known = [str(id_) for id_ in Known.objects.exclude(customer=third).values_list("id", flat=True)]
    proof = actions.erase(SYSTEM, one)
    assert mentions(*WORDS) == []
    assert Event.objects.count() > events
    assert not Event.objects.filter(customer__in=[one, merged]).exists()
    assert list(Customer.objects.values_list("id", flat=True)) == [third]
    assert (Known.objects.count(), Consent.objects.count(), Suggestion.objects.count()) == (1, 0, 0)
    assert proof.counts["customers"] == 2 + 3 + 1 + 1
    assert proof.counts["conversations"] >= 2
    assert proofs.is_intact(Erasure.objects.get())
    search.index_due()  # the worker's note whose names to index again, taken within a second
    assert mentions(str(one), str(merged), *known) == []
    assert Access.objects.filter(subject_kind="customer", subject=None, what="customer.read").count() == looked


@pytest.mark.django_db
def test_a_repeated_request_does_not_bring_the_person_back():
    """The answers that showed them are emptied; the requests count as answered, and nothing is done again."""
    browser, boss = agent(), agent("boss", role="manager")
    sent = {"name": "Xanthippe", "identities": [{"kind": "email", "value": "xanthippe@example.com"}]}
    keys = ({"Idempotency-Key": "made"}, {"Idempotency-Key": "other"})
    made = browser("POST", CUSTOMERS, sent, **keys[0])
    kept = browser("POST", CUSTOMERS, {"name": "Somebody else"}, **keys[1])
    assert boss("DELETE", f"{CUSTOMERS}/{made.json()['id']}").status_code == 200
    again = browser("POST", CUSTOMERS, sent, **keys[0])
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (204, b"", "true")
    assert browser("POST", CUSTOMERS, {"name": "Somebody else"}, **keys[1]).json() == kept.json()
    assert list(Customer.objects.values_list("name", flat=True)) == ["Somebody else"]


@pytest.mark.django_db
def test_it_is_done_once():
    """Asked again, also by a merged id, the same proof comes back; nobody unknown is erased."""
    one, merged, _ = somebody()
    first = actions.erase(SYSTEM, merged)
    assert {actions.erase(SYSTEM, id_).id for id_ in (one, merged)} == {first.id}
    assert Event.objects.filter(activity="customer.erased").count() == 2
    with pytest.raises(NoSuchCustomer):
        actions.erase(SYSTEM, ids.new())


@pytest.mark.django_db(transaction=True)
def test_erasing_while_they_write():
    """Whoever writes at that moment is gone with the rest or a new customer; nobody hangs on a row that is gone."""
    one = customer("xanthippe")
    given = [Identity("email", "xanthippe@example.com")]
    work = [lambda: actions.erase(SYSTEM, one), lambda: actions.find_or_create(SYSTEM, given, name="Xanthippe")]
    outcomes = at_once(8, lambda turn: work[turn % 2]())
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert Erasure.objects.count() == 1
    assert not Customer.objects.filter(id=one).exists()
    assert not Known.objects.exclude(customer__in=Customer.objects.all()).exists()


@pytest.mark.django_db
def test_nothing_is_half_erased(monkeypatch):
    """When a room above cannot delete, all stays, and the next try does everything."""
    one, _, _ = somebody()
    before = mentions(*WORDS)
    monkeypatch.setattr(actions.erasing, "erase_customer", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.erase(SYSTEM, one)
    assert mentions(*WORDS) == before
    monkeypatch.undo()
    actions.erase(SYSTEM, one)
    assert mentions(*WORDS) == []


@pytest.mark.django_db
def test_the_proof_answers_over_http():
    """Was this person erased? In any spelling; for those who may export, and not by guessing names."""
    boss, auditor, lin = agent("boss", role="manager"), agent("au", role="auditor"), agent()
    one, _, third = somebody()
    assert lin("DELETE", f"{CUSTOMERS}/{one}").status_code == 403
    made = boss("DELETE", f"{CUSTOMERS}/{one}").json()
    assert (made["identities"], made["intact"]) == (3, True)
    assert auditor("GET", f"{CUSTOMERS}/erasures/{made['id']}").json() == made
    ask = lambda **given: auditor("POST", f"{CUSTOMERS}/erasures/verify", given).json()  # noqa: E731
    assert ask(kind="email", value="<XANTHIPPE@Example.com>") == {"erased": True, "proofs": [made]}
    assert ask(kind="phone", value="139 0000 1111")["erased"]
    assert ask(kind="email", value="third@example.com") == {"erased": False, "proofs": []}
    assert ask(kind="phone", value="never")["type"] == "/errors/customers-bad-identity"
    assert boss("GET", f"{CUSTOMERS}/{one}").status_code == 404
    assert boss("GET", f"{CUSTOMERS}/{third}").status_code == 200
    assert lin("POST", f"{CUSTOMERS}/erasures/verify", {"kind": "email", "value": "a@b.cn"}).status_code == 403
    assert auditor("GET", f"{CUSTOMERS}/erasures/{ids.new()}").status_code == 404


@pytest.mark.django_db
def test_a_proof_that_was_altered_is_not_intact():
    """Each part of it is signed."""
    one, _, _ = somebody()
    proof = actions.erase(SYSTEM, one)
    for field, value in (("counts", {"customers": 0}), ("marks", []), ("actor_kind", "agent"), ("members", [])):
        kept, _ = getattr(proof, field), setattr(proof, field, value)
        assert not proofs.is_intact(proof), field
        setattr(proof, field, kept)
    assert proofs.is_intact(proof)


@pytest.mark.django_db
def test_a_proof_outlives_the_installations_key(settings):
    """What was marked with an older key is found with the key among the fallbacks."""
    one, _, _ = somebody()
    actions.erase(SYSTEM, one)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of this installation"
    boss = agent("boss", role="manager")
    answer = boss("POST", f"{CUSTOMERS}/erasures/verify", {"kind": "email", "value": "xanthippe@example.com"}).json()
    assert answer["erased"]
    assert actions.erase(SYSTEM, one).id == Erasure.objects.get().id


@pytest.mark.django_db
def test_an_export_holds_all_that_is_known(monkeypatch):
    """Of the whole family, from every room, with files; that it was made is recorded and remembered."""
    boss = agent("boss", role="manager")
    one, merged, _ = somebody()
    file = attachments.store(io.BytesIO(b"my letter"), "letter.txt", "text/plain")
    gone = ids.new()
    holder = Holder(
        "feedback",
        records=lambda family: ((name, {"n": n, "of": family[n]}) for name in ("surveys", "votes") for n in range(2)),
        count=lambda family: 4,
        files=lambda family: [file.id, gone],
    )
    monkeypatch.setitem(holdings._holders, "feedback", holder)
    answer = boss("GET", f"{CUSTOMERS}/{merged}/export")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    held = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    assert {row["id"] for row in held["customers/customers.json"]} == {str(one), str(merged)}
    assert {row["value"] for row in held["customers/identities.json"]} == {
        *("xanthippe@example.com", "+8613900001111", "qx-secret"),
    }
    assert held["customers/consents.json"][0]["proof"] == "qx-secret"
    assert [row["of"] for row in held["feedback/votes.json"]] == [str(one), str(merged)]
    assert archive.read(f"files/{file.id}-letter.txt") == b"my letter"
    assert held["absent.json"] == [str(gone)]
    event = Event.objects.get(activity="customer.exported")
    assert (event.customer, event.attributes["files"]) == (one, 1)
    assert event.attributes["records"] == sum(len(held[name]) for name in held if "/" in name)


@pytest.mark.django_db
def test_an_export_on_a_full_disk_says_so(monkeypatch):
    """And nothing is recorded of one that was not made."""

    def full(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("servewell.apps.customers.actions.exporting._put", full)
    answer = agent("boss", role="manager")("GET", f"{CUSTOMERS}/{customer()}/export")
    assert (answer.status_code, answer.json()["type"]) == (507, "/errors/base-no-room")
    assert not Event.objects.filter(activity="customer.exported").exists()


@pytest.mark.django_db(transaction=True)
def test_an_export_of_any_size_is_written_outside_of_a_transaction(monkeypatch):
    """Sections and files may be larger than 4 GB (here: than ten bytes); nothing else waits for it meanwhile."""
    one, seen = customer(), []
    file = attachments.store(io.BytesIO(b"a letter of more"), "letter.txt", "text/plain")

    def votes(_):
        seen.append(connection.in_atomic_block)
        yield "votes", {"said": "more than ten bytes"}

    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 10)
    holder = Holder("feedback", records=votes, count=lambda _: 0, files=lambda _: [file.id])
    monkeypatch.setitem(holdings._holders, "feedback", holder)
    with actions.export(SYSTEM, one).file as archive:
        assert zipfile.ZipFile(archive).read(f"files/{file.id}-letter.txt") == b"a letter of more"
    assert seen == [False]


@pytest.mark.django_db
def test_an_export_of_somebody_erased_meanwhile_leaves_no_trace(monkeypatch):
    """Neither an archive nor an event that names who is gone."""
    one = customer()
    holder = Holder("feedback", records=lambda _: actions.erase(SYSTEM, one) and [], count=lambda _: 0)
    monkeypatch.setitem(holdings._holders, "feedback", holder)
    with pytest.raises(NoSuchCustomer):
        actions.export(SYSTEM, one)
    assert mentions(str(one)) in ([], ["conversations_searchdue.customer_id"])


@pytest.mark.django_db
def test_a_file_that_is_part_of_something_of_others_stays(monkeypatch):
    """The erasure does not fail over it."""
    one = customer("xanthippe")
    file = attachments.store(io.BytesIO(b"my letter"), "letter.txt", "text/plain")
    received = conversations.receive(SYSTEM, build.inbound("mine", identities=[Identity("email", "li@b.cn")]))
    MessageAttachment.objects.create(message_id=received.message_id, attachment=file)
    holder = Holder("feedback", records=lambda _: [], count=lambda _: 0, files=lambda _: [file.id])
    monkeypatch.setitem(holdings._holders, "feedback", holder)
    actions.erase(SYSTEM, one)
    assert Attachment.objects.filter(id=file.id).exists()


@pytest.mark.django_db
def test_files_go_with_the_person(monkeypatch):
    """Their rows at once; the bytes with the nightly sweep."""
    one = customer("xanthippe")
    file = attachments.store(io.BytesIO(b"my letter"), "letter.txt", "text/plain")
    holder = Holder("feedback", records=lambda _: [], count=lambda _: 0, files=lambda _: [file.id])
    monkeypatch.setitem(holdings._holders, "feedback", holder)
    assert actions.erase(SYSTEM, one).counts["files"] == 1
    assert mentions("letter.txt") == []
