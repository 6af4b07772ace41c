"""Customers over HTTP: found, made, read, changed, blocked, merged; each refusal kind and none of them a fault."""

import json

import pytest
from tests.service.apps.customers.helpers import CUSTOMERS, agent, customer, team
from tests.service.apps.people.helpers import Browser, person

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer, Suggestion
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.models import Access, Event
from servewell.apps.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def names(answer):
    return [one["name"] for one in answer.json()["items"]]


def test_it_works():
    """Made, found by the beginning of a number in any writing, read, and that it was read is remembered."""
    browser = agent()
    body = {
        "name": "王小明",
        "language": "zh-Hans",
        "identities": [{"kind": "phone", "value": "138-0013-8000"}, {"kind": "email", "value": "Wang@Example.com"}],
    }
    made = browser("POST", CUSTOMERS, body)
    assert made.status_code == 201, made.content
    one = made.json()
    assert [(i["kind"], i["value"], i["shown"]) for i in one["identities"]] == [
        ("email", "wang@example.com", "Wang@Example.com"),
        ("phone", "+8613800138000", "+86 138 0013 8000"),
    ]
    assert (one["completeness"], one["missing"], one["teams"]) == (75, ["verified"], [str(team().id)])
    for text in ("王小", "138 0013", "+86138", "WANG@ex", "１３８００１３８０００"):
        assert names(browser("GET", f"{CUSTOMERS}?q={text.replace('+', '%2B')}")) == ["王小明"], text
    assert names(browser("GET", f"{CUSTOMERS}?q=wu")) == []
    Access.objects.all().delete()
    assert browser("GET", f"{CUSTOMERS}/{one['id']}").json() == one
    assert [(row.subject_kind, str(row.subject), row.what) for row in Access.objects.all()] == [
        ("customer", one["id"], "customer.read")
    ]


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("POST", "", {"name": "Li", "identities": [{"kind": "email", "value": "li@example.com"}]}),
        ("PATCH", "/{one}", {"version": 1, "tier": "gold"}),
        ("PUT", "/{one}/block", {"reason": "threats"}),
        ("DELETE", "/{one}/block", None),
        ("POST", "/{one}/identities", {"kind": "external", "source": "shop", "value": "42"}),
        ("POST", "/{one}/identities/{identity}/verify", None),
        ("POST", "/{one}/consents", {"purpose": "survey", "given": True, "source": "call"}),
        ("POST", "/{one}/merge", {"into": "{other}"}),
        ("POST", "/{merged}/unmerge", None),
        ("POST", "/suggestions/{suggestion}/dismiss", None),
    ],
)
def test_whoever_changes_a_customer_sees_them_and_it_is_remembered(method, tail, body):
    """So reading is needed too: a key that may only write is refused, and each answer stands in the access log."""
    one, other, merged = customer("one"), customer("other"), customer("merged")
    actions.merge(SYSTEM, merged, customer("big"))
    actions.find_or_create(SYSTEM, [Identity("email", f"{word}@example.com") for word in ("one", "other")])
    places = {
        "one": one,
        "other": other,
        "merged": merged,
        "suggestion": Suggestion.objects.get().id,
        "identity": Known.objects.get(customer=one).id,
    }
    path = f"{CUSTOMERS}{tail}".format(**places)
    sent = json.loads(json.dumps(body).replace("{other}", str(other)))
    boss = person("boss", "administrator").principal()
    _, only_writes = people.create_key(boss, "form", ["customers.write"], None)
    refused = Browser()(method, path, sent, Authorization=f"Bearer {only_writes}")
    assert (refused.status_code, refused.json()["type"]) == (403, "/errors/people-not-allowed")
    Access.objects.all().delete()
    answer = agent()(method, path, sent)
    assert 200 <= answer.status_code < 300, answer.content
    assert Access.objects.filter(subject_kind="customer").count() == 1


def test_customers_of_other_teams_are_not_there():
    """Neither in lists nor by any address; once a team has met them, they are."""
    browser, other = agent(), customer("other", of="Night")
    mine = customer("mine")
    assert names(browser("GET", CUSTOMERS)) == ["mine"]
    for method, tail, body in (
        *(("GET", "", None), ("PATCH", "", {"version": 1}), ("GET", "/timeline", None), ("GET", "/consents", None)),
        *(("PUT", "/block", {"reason": "x"}), ("POST", "/merge", {"into": str(mine)}), ("POST", "/unmerge", None)),
        ("POST", "/identities", {"kind": "email", "value": "a@b.cn"}),
    ):
        answer = browser(method, f"{CUSTOMERS}/{other}{tail}", body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/customers-no-such-customer"), tail
    into = browser("POST", f"{CUSTOMERS}/{mine}/merge", {"into": str(other)})
    assert (into.status_code, into.json()["type"]) == (404, "/errors/customers-no-such-survivor")
    actions.meet(SYSTEM, other, team().id)
    assert browser("GET", f"{CUSTOMERS}/{other}").status_code == 200


def test_two_who_save_at_once():
    """The second is told what changed and what is there now, and nothing of theirs is written."""
    browser, one = agent(), customer()
    path = f"{CUSTOMERS}/{one}"
    assert browser("PATCH", path, {"version": 1, "tier": "gold"}).json()["version"] == 2
    late = browser("PATCH", path, {"version": 1, "name": "Mine", "language": "en"})
    assert (late.status_code, late.json()["type"]) == (409, "/errors/customers-changed-meanwhile")
    told = late.json()
    assert (told["version"], told["changed"], told["now"]) == (
        2,
        ["tier"],
        {"tier": "gold", "name": "wang", "language": ""},
    )
    again = browser("PATCH", path, {"version": 2, "name": "Mine", "language": "en"}).json()
    assert (again["version"], again["name"], again["tier"], again["language"]) == (3, "Mine", "gold", "en")
    same = browser("PATCH", path, {"version": 3, "name": "Mine"}).json()
    assert same["version"] == 3


def test_attributes_are_checked_against_their_definitions():
    """And required ones count for completeness."""
    boss, browser, one = agent("boss", role="administrator"), agent(), customer()
    path, terms = f"{CUSTOMERS}/{one}", f"{CUSTOMERS}/terms/attribute"
    names = {"name_zh": "会员号", "name_en": "Member number"}
    assert browser("PUT", f"{terms}/member", {**names, "kind": "number"}).status_code == 403
    assert (
        boss("PUT", f"{terms}/member", {**names, "kind": "number", "required": True, "maximum": 999}).status_code == 200
    )
    assert boss("PUT", f"{terms}/member", {**names, "kind": "text"}).json()["field"] == "kind"
    assert browser("PATCH", path, {"version": 1, "attributes": {"member": "１２"}}).json()["attributes"] == {
        "member": 12
    }
    refused = browser("PATCH", path, {"version": 2, "attributes": {"member": 1000}})
    assert (refused.status_code, refused.json()["field"], refused.json()["reason"]) == (422, "member", "too-large")
    assert "会员号" in refused.json()["title"]
    assert browser("PATCH", path, {"version": 2, "attributes": {"nothing": 1}}).json()["field"] == "attribute"
    emptied = browser("PATCH", path, {"version": 2, "attributes": {"member": None}}).json()
    assert (emptied["attributes"], "attribute:member" in emptied["missing"]) == ({}, True)
    assert boss("PUT", f"{terms}/member/archived", {"archived": True}).json()["archived"]
    assert browser("PATCH", path, {"version": 3, "attributes": {"member": 1}}).status_code == 422


def test_tiers_and_purposes_are_built_in_and_can_be_changed():
    """The default tier stays; an archived one is given to nobody new."""
    boss, one = agent("boss", role="administrator"), customer()
    tiers = f"{CUSTOMERS}/terms/tier"
    assert [row["code"] for row in boss("GET", tiers).json()] == ["standard", "silver", "gold"]
    made = boss("PUT", f"{tiers}/platinum", {"name_zh": "白金", "name_en": "Platinum", "position": 9}).json()
    assert (made["code"], made["archived"]) == ("platinum", False)
    assert boss("PATCH", f"{CUSTOMERS}/{one}", {"version": 1, "tier": "platinum"}).status_code == 200
    assert (
        boss("PUT", f"{tiers}/gold", {"name_zh": "黄金", "name_en": "Golden", "position": 2}).json()["name_en"]
        == "Golden"
    )
    assert boss("PUT", f"{tiers}/platinum/archived", {"archived": True}).json()["archived"]
    assert boss("PATCH", f"{CUSTOMERS}/{one}", {"version": 2, "tier": "platinum", "name": "Wu"}).status_code == 200
    other = customer("other")
    assert boss("PATCH", f"{CUSTOMERS}/{other}", {"version": 1, "tier": "platinum"}).json()["field"] == "tier"
    for path, body, field in (
        (f"{tiers}/standard/archived", {"archived": True}, "built-in"),
        (f"{tiers}/Gold", {"name_zh": "金", "name_en": "Gold"}, "code"),
        (f"{tiers}/g%00", {"name_zh": "金", "name_en": "Gold"}, "code"),
        (f"{tiers}/empty", {"name_zh": "金", "name_en": "\x00"}, "names"),
    ):
        assert boss("PUT", path, body).json()["field"] == field
    assert boss("PUT", f"{tiers}/absent/archived", {"archived": True}).status_code == 404
    assert Event.objects.filter(activity="customer.term_defined").count() == 2


def test_consents_are_not_given_until_they_are():
    """Given and withdrawn, with source and proof; the latest decision counts, whenever it was written down."""
    browser, one = agent(), customer()
    path = f"{CUSTOMERS}/{one}/consents"
    assert {row["purpose"]: row["given"] for row in browser("GET", path).json()} == dict.fromkeys(
        ("service", "marketing", "survey", "recording", "research"), False
    )
    yes = {"purpose": "marketing", "given": True, "source": "form", "at": "2026-03-02T10:00:00Z", "proof": "f-12"}
    late = {"purpose": "marketing", "given": False, "source": "call", "at": "2026-03-01T10:00:00Z"}
    for body in (yes, late):
        assert browser("POST", path, body).status_code == 200
    told = next(row for row in browser("GET", path).json() if row["purpose"] == "marketing")
    assert (told["given"], told["at"], told["source"], told["proof"]) == (True, "2026-03-02T10:00:00Z", "form", "f-12")
    for wrong, field in (
        ({"purpose": "nothing"}, "purpose"),
        ({"source": " "}, "source"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"proof": "x" * 2001}, "proof"),
    ):
        assert browser("POST", path, {**yes, **wrong}).json()["field"] == field
    assert browser("POST", path, {**yes, "at": "2026-03-02T10:00:00"}).status_code == 422


def test_a_block_has_a_reason_and_perhaps_an_end():
    """It is lifted by hand, or by itself."""
    browser, one = agent(), customer()
    path = f"{CUSTOMERS}/{one}/block"
    assert browser("PUT", path, {"reason": " "}).json()["field"] == "reason"
    assert browser("PUT", path, {"reason": "x" * 501}).json()["field"] == "reason"
    for until in ("2020-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        assert browser("PUT", path, {"reason": "x", "until": until}).json()["field"] == "until"
    blocked = browser("PUT", path, {"reason": "威胁", "until": "2100-01-01T00:00:00Z"}).json()
    assert (blocked["blocked"], blocked["block"]["reason"]) == (True, "威胁")
    freed = browser("DELETE", path).json()
    assert (freed["blocked"], freed["block"]) == (False, None)


def test_identities_are_added_proven_and_taken_away():
    """One that somebody else has is refused, and whose it is said only to who may know."""
    browser, one, other = agent(), customer(), customer("other", of="Night")
    path = f"{CUSTOMERS}/{one}/identities"
    added = browser("POST", path, {"kind": "external", "source": "shop", "value": "42"})
    assert added.status_code == 201
    assert browser("POST", path, {"kind": "external", "source": "shop", "value": "42"}).json() == added.json()
    verified = browser("POST", f"{path}/{added.json()['id']}/verify")
    assert verified.json()["verified"]
    assert browser("GET", f"{CUSTOMERS}/{one}").json()["completeness"] == 88
    taken = browser("POST", path, {"kind": "email", "value": "OTHER@example.com"})
    assert (taken.status_code, taken.json()["type"], "customer" in taken.json()) == (
        *(409, "/errors/customers-identity-taken"),
        False,
    )
    actions.meet(SYSTEM, other, team().id)
    assert browser("POST", path, {"kind": "email", "value": "other@example.com"}).json()["customer"] == str(other)
    assert browser("DELETE", f"{path}/{added.json()['id']}").status_code == 204
    assert browser("DELETE", f"{path}/{added.json()['id']}").json()["type"] == "/errors/customers-no-such-identity"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("phone", "hello"), ("phone", "1" * 300), ("phone", "12345678901"), ("phone", ""), ("phone", "95588")),
        *(("email", "wang"), ("email", "x" * 100_000), ("external", ""), ("external", "x" * 401), ("fax", "1")),
        *(("visitor", "\x00"), ("email", "a@b.cn, c@d.cn")),
    ],
)
def test_identities_that_cannot_be_read_are_refused_with_what_to_do(kind, value):
    """In a sentence for the kind."""
    answer = agent()("POST", f"{CUSTOMERS}/{customer()}/identities", {"kind": kind, "value": value, "source": "s"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/customers-bad-identity")
    assert answer.json()["title"].endswith("。")


def test_bad_input_is_defined():
    """Long names, control characters, lone surrogates, things of the wrong kind."""
    browser = agent()
    for body, status in (
        ({"name": "x" * 300}, 422),
        ({"name": "x" * 200}, 201),
        ({"name": "a\x00b\x07\u202ec"}, 201),
        ({"name": "x" * 1_000_000}, 422),
        ({"name": 5}, 422),
        ({"language": "a language"}, 422),
        ({"tier": "\x00"}, 422),
        ({"attributes": {"\x00": 1}}, 422),
        ({"attributes": []}, 422),
        ({"identities": [{"kind": "email", "value": f"a{n}@b.cn"} for n in range(51)]}, 422),
        ({"identities": [{"kind": "email", "value": "a@b.cn"}, {"kind": "email", "value": "A@B.cn"}]}, 201),
    ):
        answer = browser("POST", CUSTOMERS, body)
        assert answer.status_code == status, (str(body)[:80], answer.content[:300])
    assert Customer.objects.filter(name="abc").exists()
    token = {"X-CSRFToken": browser.client.cookies["csrftoken"].value}
    for raw in ('{"name": "a\\ud800b"}', '{"attributes": {"\\ud800": 1}}', '{"attributes": {"a": "\\ud800"}}'):
        answer = browser.client.generic("POST", CUSTOMERS, raw, content_type="application/json", headers=token)
        assert answer.status_code in (201, 422), answer.content


def test_merging_over_http():
    """Conflicts are listed, both ids lead to the survivor, and it can be undone."""
    browser, one, other = agent(), customer("one"), customer("other")
    merged = browser("POST", f"{CUSTOMERS}/{one}/merge", {"into": str(other)}).json()
    assert (merged["customer"]["id"], merged["gone"]) == (str(other), str(one))
    assert merged["conflicts"] == [{"field": "name", "kept": "other", "other": "one"}]
    assert [row["id"] for row in merged["customer"]["merged"]] == [str(one)]
    assert browser("GET", f"{CUSTOMERS}/{one}").json()["id"] == str(other)
    assert names(browser("GET", CUSTOMERS)) == ["other"]
    assert names(browser("GET", f"{CUSTOMERS}?q=one")) == ["other"]
    stale = browser("PATCH", f"{CUSTOMERS}/{one}", {"version": 1, "name": "x"})
    assert (stale.json()["type"], stale.json()["into"]) == ("/errors/customers-merged-away", str(other))
    ring = browser("POST", f"{CUSTOMERS}/{other}/merge", {"into": str(one)})
    assert (ring.status_code, ring.json()["type"]) == (409, "/errors/customers-same-customer")
    assert browser("POST", f"{CUSTOMERS}/{one}/unmerge").json()["id"] == str(one)
    assert browser("POST", f"{CUSTOMERS}/{one}/unmerge").json()["type"] == "/errors/customers-not-merged"


def test_suggestions_show_pairs_one_sees_both():
    """And can be dismissed, once."""
    browser = agent()
    pair = [customer("one"), customer("other")]
    actions.find_or_create(SYSTEM, [Identity("email", f"{word}@example.com") for word in ("one", "other")])
    hidden = [customer("three"), customer("four", of="Night")]
    actions.find_or_create(SYSTEM, [Identity("email", f"{word}@example.com") for word in ("three", "four")])
    (row,) = browser("GET", f"{CUSTOMERS}/suggestions").json()["items"]
    assert {row["one"]["id"], row["other"]["id"]} == {str(one) for one in pair}
    assert browser("POST", f"{CUSTOMERS}/suggestions/{row['id']}/dismiss").json()["state"] == "dismissed"
    assert browser("POST", f"{CUSTOMERS}/suggestions/{row['id']}/dismiss").status_code == 404
    assert len(hidden) == 2
    assert browser("GET", f"{CUSTOMERS}/suggestions").json()["items"] == []


def test_nothing_personal_is_in_the_log(caplog, capsys):
    """Neither of what is sent nor of what is refused."""
    browser, one = agent(), customer("secretname")
    with caplog.at_level("DEBUG", logger="servewell"):
        browser("GET", f"{CUSTOMERS}?q=secretname@example.com")
        browser("POST", f"{CUSTOMERS}/{one}/identities", {"kind": "phone", "value": "secretname"})
        browser("PATCH", f"{CUSTOMERS}/{one}", {"version": 7, "name": "secretname"})
        actions.find_or_create(SYSTEM, [Identity("email", "secretname@example.com")])
    said = capsys.readouterr()
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("servewell")]
    assert "secretname" not in json.dumps([logged, said.err, said.out])


def test_events_carry_no_words():
    """Only ids, codes, numbers."""
    one = customer("secretname")
    actions.block(SYSTEM, one, "secretname")
    actions.decide(SYSTEM, one, "survey", True, source="secretname", proof="secretname")
    assert "secretname" not in json.dumps([str(row) for row in Event.objects.values_list()])
    assert ids.new() != one


def test_the_admin_only_shows_and_remembers_who_looked():
    """Nothing is changed past the verbs; lists are searched by the beginning."""
    boss, one = agent("boss", role="administrator"), customer()
    known = Known.objects.get()
    for path in ("customer/", f"customer/{one}/change/", "identity/", f"identity/{known.id}/change/", "erasure/"):
        assert boss.client.get(f"/admin/customers/{path}").status_code == 200, path
    for text, shown in (("WANG", True), ("ang", False)):
        found = boss.client.get(f"/admin/customers/customer/?q={text}")
        assert (str(one) in found.content.decode()) == shown
    looked = Access.objects.order_by("at").values_list("what", "subject")
    assert list(looked)[:4] == [
        *(("admin.customer", None), ("admin.customer", one), ("admin.identity", None), ("admin.identity", one)),
    ]
    for model in ("customer", "identity", "consent", "suggestion", "tier", "purpose", "attribute", "erasure"):
        assert boss.client.get(f"/admin/customers/{model}/").status_code == 200, model
        assert boss.client.get(f"/admin/customers/{model}/add/").status_code == 403, model
    token = boss.client.cookies["csrftoken"].value
    sent = boss.client.post(f"/admin/customers/customer/{one}/delete/", {"post": "yes"}, headers={"X-CSRFToken": token})
    assert sent.status_code == 403
