"""Can state change without its event? Each verb of the rooms is done once, and once while the journal refuses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_django
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from tests import build
from tests.service.apps.channels import verbs as channels
from tests.service.apps.conversations import verbs as conversations
from tests.service.apps.flows import verbs as flows
from tests.service.apps.insight.conftest import SMALL
from tests.service.apps.webhooks import verbs as webhooks
from tests.unit.apps.test_verbs import SILENT, all_verbs

from servewell.apps.base import clock, ids
from servewell.apps.base.principal import Principal
from servewell.apps.customers import actions as customers
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Claim, Customer, Suggestion
from servewell.apps.insight import actions as insight
from servewell.apps.insight import heart, importing, storage
from servewell.apps.insight.course import Course
from servewell.apps.insight.models import Log
from servewell.apps.journal import actions as journal
from servewell.apps.journal.events import Actor
from servewell.apps.journal.models import Event
from servewell.apps.people import actions as people
from servewell.apps.people import hours, lockout
from servewell.apps.people.actions.sign_ins import Arrival
from servewell.apps.people.models import Alert, Hours, Presence, PresenceReason, SignIn, Skill, Try, User
from servewell.engines.calendars import Week, shifts

PHONE = Identity("phone", "+8613800138000")
PASSWORD, OTHER = "a long enough word 1", "another long enough word 2"
NINE_TO_SIX = Week("Asia/Shanghai", (shifts("09:00-18:00"),) * 5 + ((),) * 2)
ARRIVAL = Arrival("x" * 32, "203.0.113.9", "Firefox on Linux", second_factor=False, failures=0)
CUSTOMERS = "(select id, customer, actor from journal_event where customer is not null or actor_kind = 'customer')"
ROOMS = (
    "people",
    "customers",
    "conversations",
    "channels",
    "webhooks",
    "flows",
    "insight",
    "mfa",
    "base",  # calls in the outbox
)  # whose tables are watched; mfa is allauth's part of people


@dataclass
class House:
    """Somebody who may do everything, and what they do it to."""

    administrator: User
    agent: User
    gone: User  # who was shut out
    upload: insight.Sent  # a file that waits to be imported
    log: Log  # an import that runs
    file: Path  # what it imports
    customer: UUID  # somebody who opened a conversation
    known: Customer  # somebody with a record
    other: Customer  # somebody else, who is blocked, and may be the same
    merged: Customer  # somebody merged into `other`
    desk: conversations.Desk  # conversations
    who: Principal = field(init=False)
    hooks: webhooks.Hooks = field(init=False)
    reception: flows.Reception = field(init=False)
    ways: channels.Ways = field(init=False)

    def __post_init__(self) -> None:
        self.who = self.administrator.principal()
        self.hooks = webhooks.Hooks(self.who)
        self.reception = flows.Reception(self.who)
        self.ways = channels.Ways(self.who)


VERBS: dict[str, Callable[[House], Any]] = {
    "people.create_user": lambda house: people.create_user(house.who, "new", PASSWORD),
    "people.create_admin": lambda house: people.create_admin("second", PASSWORD),
    "people.change_user": lambda house: people.change_user(house.who, house.agent.id, role="lead"),
    "people.change_role": lambda house: people.change_role(house.who, house.agent.id, "lead"),
    "people.deactivate": lambda house: people.deactivate(house.who, house.agent.id),
    "people.activate": lambda house: people.activate(house.who, house.gone.id),
    "people.set_teams": lambda house: people.set_teams(house.who, house.agent.id, [_team().id]),
    "people.create_team": lambda house: people.create_team(house.who, "Night"),
    "people.change_own_password": lambda house: people.change_own_password(_request(house), PASSWORD, OTHER),
    "people.change_password": lambda house: people.change_password(house.who, house.agent.id, OTHER),
    "people.reset_second_factor": lambda house: people.reset_second_factor(house.who, house.agent.id),
    "people.update_preferences": lambda house: people.update_preferences(house.who, theme="dark"),
    "people.change_details": lambda house: people.change_details(house.who, house.agent.id, name="Lin"),
    "people.change_team": lambda house: people.change_team(house.who, _team().id, archived=True),
    "people.set_presence": lambda house: people.set_presence(house.who, house.agent.id, "busy"),
    "people.find_overdue": lambda house: people.find_overdue(house.administrator.id, _at_lunch(house).limit_at),
    "people.lose_silent": lambda house: people.lose_silent(),
    "people.define_reason": lambda house: people.define_reason(house.who, state="away", name_zh="茶", name_en="Tea"),
    "people.change_reason": lambda house: people.change_reason(house.who, _reason().id, archived=True),
    "people.define_skill": lambda house: people.define_skill(house.who, "Refunds"),
    "people.change_skill": lambda house: people.change_skill(house.who, _skill().id, archived=True),
    "people.set_skills": lambda house: people.set_skills(house.who, house.agent.id, {_skill().id: 3}),
    "people.set_hours": lambda house: people.set_hours(house.who, house.agent, NINE_TO_SIX),
    "people.clear_hours": lambda house: people.clear_hours(house.who, house.administrator),
    "people.remember_sign_in": lambda house: people.remember_sign_in(house.agent, ARRIVAL),
    "people.remember_sign_out": lambda house: people.remember_sign_out(house.administrator, _sign_in(house).id),
    "people.remember_lock": lambda house: people.remember_lock(house.agent, 10),
    "people.unlock": lambda house: people.unlock(house.who, house.gone.id),
    "people.end_sign_in": lambda house: people.end_sign_in(house.who, _sign_in(house).id),
    "people.end_other_sign_ins": lambda house: people.end_other_sign_ins(house.who, None),
    "people.dismiss_alert": lambda house: people.dismiss_alert(house.who, _alert(house).id),
    "people.create_key": lambda house: people.create_key(house.who, "k", ["logs.read"], None),
    "people.revoke_key": lambda house: people.revoke_key(house.who, _key(house)),
    "customers.accept_claim": lambda house: customers.accept_claim(house.who, house.known.id, _claim(house).id),
    "customers.add_identity": lambda house: customers.add_identity(house.who, house.known.id, PHONE),
    "customers.archive": lambda house: customers.archive(house.who, "tier", "gold"),
    "customers.block": lambda house: customers.block(house.who, house.known.id, "threats"),
    "customers.change": lambda house: customers.change(house.who, house.known.id, 1, name="Lin"),
    "customers.create": lambda house: customers.create(house.who, name="Lin"),
    "customers.decide": lambda house: customers.decide(house.who, house.known.id, "survey", True, source="form"),
    "customers.define": lambda house: customers.define(house.who, "tier", "top", name_zh="顶级", name_en="Top"),
    "customers.dismiss": lambda house: customers.dismiss(house.who, Suggestion.objects.get().id),
    "customers.erase": lambda house: customers.erase(house.who, house.known.id),
    "customers.export": lambda house: customers.export(house.who, house.known.id).file.close(),
    "customers.find_or_create": lambda house: _within(customers.find_or_create, house.who, [], name="Lin"),
    "customers.meet": lambda house: _within(customers.meet, house.who, house.known.id, _team().id),
    "customers.merge": lambda house: customers.merge(house.who, house.known.id, house.other.id),
    "customers.note_bounce": lambda house: customers.note_bounce(
        house.who, house.known.id, ["known@example.com"], "unknown"
    ),
    "customers.remove_claim": lambda house: customers.remove_claim(house.who, house.known.id, _claim(house).id),
    "customers.remove_identity": lambda house: customers.remove_identity(
        house.who, house.known.id, house.known.identities.get().id
    ),
    "customers.unblock": lambda house: customers.unblock(house.who, house.other.id),
    "customers.unmerge": lambda house: customers.unmerge(house.who, house.merged.id),
    "customers.verify_identity": lambda house: customers.verify_identity(
        house.who, house.known.id, house.known.identities.get().id
    ),
    "insight.start_import": lambda house: insight.start_import(house.who, house.upload.upload.id, "Shop", None, None),
    "insight.import_file": lambda house: insight.import_file(house.who, house.file),
    "insight.settle": lambda house: _settle(house, house.log),
    "insight.fail": lambda house: insight.fail(house.log, "needs-zone", {"column": "time", "sample": "now"}),
    "insight.delete": lambda house: insight.delete(house.who, house.log),
    "journal.erase_customer": lambda house: journal.erase_customer(house.who, house.customer),
}

VERBS |= {name: lambda house, do=do: do(house.desk) for name, do in conversations.VERBS.items()}
VERBS |= {name: lambda house, do=do: do(house.hooks) for name, do in webhooks.VERBS.items()}
VERBS |= {name: lambda house, do=do: do(house.reception) for name, do in flows.VERBS.items()}
VERBS |= {name: lambda house, do=do: do(house.ways) for name, do in channels.VERBS.items()}


@pytest.fixture
def house(db: None, settings: pytest_django.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(heart, "BEAT_S", 600)  # from its own connection it would not see what is not committed here
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; nothing is guarded here
    administrator = people.create_admin("boss", PASSWORD)
    agent, gone = (people.create_user(administrator.principal(), name, PASSWORD) for name in ("agent", "gone"))
    people.deactivate(administrator.principal(), gone.id)
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={"secret": "x"})
    who, customer, file = administrator.principal(), ids.new(), tmp_path / "small.csv"
    file.write_bytes(SMALL)
    upload = insight.send(who, SimpleUploadedFile(file.name, SMALL))
    log = Log.objects.create(name="Under way", owner_id=who.id, attempts=1, beat_at=clock.now())
    journal.record(build.event(customer=customer, actor=Actor("customer", customer)))
    known, other, merged = (
        customers.find_or_create(who, [Identity("email", f"{word}@example.com")]).customer
        for word in ("known", "other", "merged")
    )
    customers.find_or_create(who, [Identity("email", f"{word}@example.com") for word in ("known", "other")])
    Claim.objects.create(customer=known, kind="phone", value="+8613900139000", shown="+86 139 0013 9000")
    customers.block(who, other.id, "threats")
    customers.merge(who, merged.id, other.id)
    desk = conversations.Desk(administrator)
    house = House(administrator, agent, gone, upload, log, file, customer, known, other, merged, desk)
    _prepare_people(house)
    _team()
    _key(house)
    return house


def test_every_verb_is_looked_at_somewhere() -> None:
    recorders = {"journal.record", "journal.record_soon", "journal.together"}  # what all others record with
    assert all_verbs() - recorders == VERBS.keys() | SILENT.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_changes_state_and_records_it_or_does_neither(
    house: House, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First while the journal refuses: nothing changes. Then for good."""
    before, events = state(), Event.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr(journal, "_insert", _refuse)
        patched.setattr(journal, "_insert_all", _refuse)
        with pytest.raises(LookupError, match="the journal refuses"):
            VERBS[verb](house)
    assert state() == before
    VERBS[verb](house)
    assert state() != before
    assert Event.objects.count() > events


def _refuse(*given: Any) -> None:
    raise LookupError("the journal refuses")


def state() -> dict[str, str]:
    """Return a digest of each table of the rooms, and of the journal's customers."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        tables = {model._meta.db_table: _digest(cursor, f'"{model._meta.db_table}"') for model in models}
        return tables | {"customers": _digest(cursor, CUSTOMERS)}


def _digest(cursor: Any, source: str) -> str:
    cursor.execute(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {source} as t")
    return str(cursor.fetchone()[0])


def _within(verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Do a verb that has no savepoint of its own as its callers do: in their transaction."""
    with transaction.atomic():
        return verb(*given, **named)


def _settle(house: House, log: Log) -> None:
    with storage.drafted(storage.log(log.id), "1") as draft:
        assert insight.settle(log, importing.bring_in(house.file, draft, None, Course()), draft)


def _prepare_people(house: House) -> None:
    """An administrator who is at lunch for too long, silent, signed in and warned; somebody who is locked; a skill."""
    reason, now = _reason(), clock.now()
    long_ago = {"since": now, "seen_at": now - timedelta(days=1), "limit_at": now - timedelta(minutes=1)}
    Presence.objects.create(user=house.administrator, state="away", reason=reason, **long_ago)
    session = SessionStore()
    session.create()
    signed_in = {"session_key": session.session_key, "at": now, "seen_at": now}
    SignIn.objects.create(user=house.administrator, **signed_in)
    Alert.objects.create(user=house.administrator, at=now, reasons=["locked"])
    locked = {"tries": 10, "began_at": now, "tried_at": now, "locked_until": now + timedelta(hours=1)}
    Try.objects.create(key=lockout.of_name(house.gone.username), **locked)
    Skill.objects.create(name="Billing")
    Hours.objects.create(user=house.administrator, changed_at=now, **hours.stored(NINE_TO_SIX))


def _at_lunch(house: House) -> Presence:
    return Presence.objects.get(user=house.administrator)


def _reason() -> PresenceReason:
    return PresenceReason.objects.filter(state="away")[0]


def _skill() -> Skill:
    return Skill.objects.get(name="Billing")


def _sign_in(house: House) -> SignIn:
    return SignIn.objects.get(user=house.administrator)


def _claim(house: House) -> Claim:
    return house.known.claims.get()


def _alert(house: House) -> Alert:
    return Alert.objects.get(user=house.administrator)


def _team() -> Any:
    team, _ = apps.get_model("people", "Team").objects.get_or_create(name="Day")
    return team


def _key(house: House) -> Any:
    keys = apps.get_model("people", "ApiKey").objects
    return (keys.first() or people.create_key(house.who, "old", ["logs.read"], None)[0]).pk


def _request(house: House) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user, request.session = house.administrator, SessionStore()
    request.principal = house.who  # type: ignore[attr-defined]
    return request
